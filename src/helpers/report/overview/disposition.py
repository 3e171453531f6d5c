"""How long patients were treated, and who stopped why."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from helpers.contracts.rows import list_rows
from helpers.derive.course.disposition import COMPLETED
from helpers.derive.course.exposure import summarise_exposure
from helpers.derive.course.safety import (
    CAUSES,
    LOCAL_REACTION,
    LOCAL_REACTIONS,
    OTHER_EVENT,
    OTHER_REASON,
)
from helpers.report.numbers import Numbers
from helpers.report.overview.cohort import (
    count_entered,
    explain_diagnoses,
    join_arms,
    list_arms,
    name_patients,
)
from helpers.report.response.response_rule import name_rule
from helpers.report.shares import record_share
from helpers.report.words import capitalise, escape, format_number, join_words, name_group


def record_stops(numbers: Numbers, stops: pd.DataFrame) -> None:
    """Record how many of each arm stopped, for any and for each cause, with their share."""
    patients = numbers.study.table("patients").set_index("patient_id")["arm"]
    source = [name for name in ("disposition", "adverse_events") if numbers.study.has(name)]
    for arm in list_arms(numbers.study):
        n = int((patients == arm).sum())
        members = stops[stops["patient_id"].map(patients) == arm]
        for cause in (None, *CAUSES):
            count = len(members) if cause is None else int((members["cause"] == cause).sum())
            name = f"stopped.{name_group(arm)}.{'any' if cause is None else name_group(cause)}"
            numbers.record(name, count, n=n, unit="patients", source=source)
            record_share(numbers, f"{name}.share", count, n, source=source)


def record_exposure(numbers: Numbers, exposure: pd.DataFrame) -> None:
    """Record patient-years and months of treatment of each arm."""
    source = [name for name in ("disposition", "medications") if numbers.study.has(name)]
    for arm in list_arms(numbers.study):
        members = exposure[exposure["arm"] == arm]
        [total] = list_rows(summarise_exposure(members))
        how = "; ".join(dict.fromkeys(members["source"]))
        about = {"n": total["n_patients"], "source": source, "method": how}
        name = f"exposure.{name_group(arm)}"
        years = total["patient_years"]
        numbers.record(f"{name}.years", years, unit="patient-years", digits=1, **about)
        for part, column in {
            "median": "median",
            "shortest": "minimum",
            "longest": "maximum",
        }.items():
            numbers.record(f"{name}.{part}", total[f"{column}_months"], unit="months", **about)


def describe_stops(numbers: Numbers) -> str:
    """Say how many stopped, for local skin reactions, other adverse events and other reasons.

    Empty where the disposition was not recorded.
    """
    arms = list_arms(numbers.study)
    if f"stopped.{name_group(next(iter(arms)))}.any" not in numbers:
        return ""
    return join_arms(arms, [_describe_stops_of(numbers, arm) for arm in arms])


def _describe_stops_of(numbers: Numbers, arm: str) -> str:
    stopped = numbers[f"stopped.{name_group(arm)}.any"]
    if count_entered(numbers.study) == 1:
        return "the patient stopped early" if stopped.value else "the patient completed"
    if not stopped.value:
        return f"{stopped} of {stopped.n} {name_patients(stopped)} stopped early"
    if numbers.study.has("adverse_events"):
        words = {
            LOCAL_REACTION: "for local skin reactions",
            OTHER_EVENT: "for other adverse events",
            OTHER_REASON: "for other reasons",
        }
    else:
        words = {
            LOCAL_REACTION: "for local skin reactions",
            OTHER_REASON: "for other reasons, of which adverse events cannot be told apart",
        }
    counts = [f"{numbers[name_stop(arm, cause)]} {text}" for cause, text in words.items()]
    return f"{stopped} of {stopped.n} {name_patients(stopped)} stopped early: {join_words(counts)}"


def name_stop(arm: str, cause: str) -> str:
    """Name the record of how many of an arm stopped for a cause."""
    return f"stopped.{name_group(arm)}.{name_group(cause)}"


def describe_exposure(numbers: Numbers) -> str:
    """Say how many patient-years of treatment there were; nothing where it is not recorded."""
    arms = list_arms(numbers.study)
    parts = []
    for arm, label in arms.items():
        name = f"exposure.{name_group(arm)}"
        if f"{name}.years" not in numbers:
            return ""
        years, median = numbers[f"{name}.years"], numbers[f"{name}.median"]
        if count_entered(numbers.study) == 1:
            return f"Treatment lasted {median} {'month' if median.value == 1 else 'months'}."
        whose = f"{escape(label)}; " if len(arms) > 1 else ""
        low, high = numbers[f"{name}.shortest"], numbers[f"{name}.longest"]
        spread = f"median {median} months, {low} to {high}"
        parts.append(f"{years} patient-years ({whose}{spread})")
    return f"Time on treatment adds up to {join_words(parts)}."


def tabulate_stops(
    stops: pd.DataFrame, patients: pd.DataFrame, arms: Mapping[str, str]
) -> pd.DataFrame:
    """List the reasons for stopping under their causes, with the patients.

    Parameters
    ----------
    stops : DataFrame
        From `helpers.derive.course.safety.classify_stops`.
    patients : DataFrame
        patient_id and arm.
    arms : mapping of str to str
        Arms with patients and their labels; a column where there are several.

    Returns
    -------
    DataFrame
        One row per cause and reason (and arm): reason, cause, arm (where there are several),
        patients, who, month (the last of each, in the order of the names).
    """
    columns = ["reason", "cause", *(["arm"] if len(arms) > 1 else []), "patients", "who", "month"]
    arm_of = patients.set_index("patient_id")["arm"].map(arms)
    named = stops.assign(
        arm=stops["patient_id"].map(arm_of),
        cause=pd.Categorical(stops["cause"], categories=CAUSES, ordered=True),
        reason=stops["reason"].map(capitalise),
    )
    rows = []
    for (cause, reason, arm), part in named.groupby(["cause", "reason", "arm"], observed=True):
        rows.append(
            {
                "reason": reason,
                "cause": cause,
                "arm": arm,
                "patients": len(part),
                "who": ", ".join(part["patient_id"]),
                "month": ", ".join(format_number(month) for month in part["last_month"]),
            }
        )
    return pd.DataFrame(rows, columns=columns)


def caption_stops(numbers: Numbers) -> str:
    """Caption the table of reasons, saying what makes a cause."""
    other = (
        "another adverse event when an adverse event led to stopping; "
        if numbers.study.has("adverse_events")
        else ""
    )
    words = ", ".join(f"“{word}”" for word in LOCAL_REACTIONS.words)
    return (
        f"Who stopped, why and in which month (n = {numbers['entered']} entered). Cause: local "
        f"skin reaction when the reason or an adverse event that led to stopping says {words}; "
        f"{other}otherwise another reason."
    )


def caption_swimmer(
    numbers: Numbers,
    exposure: pd.DataFrame | None,
    outcomes: pd.DataFrame | None,
    responses: pd.DataFrame | None,
    biopsies: pd.DataFrame | None,
) -> str:
    """Caption the figure of time on treatment, saying where marks stand."""
    if exposure is None or outcomes is None:
        return ""
    source = "; ".join(
        dict.fromkeys(
            numbers[f"exposure.{name_group(arm)}.years"].method for arm in list_arms(numbers.study)
        )
    )
    judged = (
        f"Response at each visit by {name_rule(numbers.study.config.response)} "
        "(chapter on clinical response). "
        if responses is not None
        else ""
    )
    late = count_late_marks(outcomes, responses, biopsies)
    beyond = (
        "A mark beyond the end of a bar was assessed on stopping or afterwards and stands under "
        "the planned visit for which it was recorded. "
        if late
        else ""
    )
    first = ", longest first" if len(outcomes) > 1 else ""
    stopped = "Text beside a bar: why the patient stopped. "
    pauses = outcomes["last_month"].sum() > exposure["exposure_months"].sum()
    line = "Thin line: in the study without treatment. " if pauses else ""
    return (
        f"Time on treatment (n = {len(outcomes)}){first}. Bar: {source}. {judged}{beyond}"
        f"{stopped if (outcomes['outcome'] != COMPLETED).any() else ''}{line}"
        f"{explain_diagnoses(numbers.study.table('patients')).strip()}"
    )


def count_late_marks(
    outcomes: pd.DataFrame, responses: pd.DataFrame | None, biopsies: pd.DataFrame | None
) -> int:
    """Count the visits and biopsies that stand after a patient's last month.

    >>> outcomes = pd.DataFrame({"patient_id": ["A"], "last_month": [1.0]})
    >>> visits = pd.DataFrame({"patient_id": ["A", "A"], "month": [0.0, 3.0]})
    >>> count_late_marks(outcomes, visits, None)
    1
    """
    last = outcomes.set_index("patient_id")["last_month"]
    tables = [table for table in (responses, biopsies) if table is not None]
    return sum(int((table["month"] > table["patient_id"].map(last)).sum()) for table in tables)


def describe_swimmer(exposure: pd.DataFrame | None, outcomes: pd.DataFrame | None) -> str:
    """Describe the time on treatment in plain words, empty where neither was recorded."""
    if exposure is None or outcomes is None:
        return ""
    months = exposure.set_index("patient_id")["exposure_months"]
    ordered = sorted(list_rows(outcomes), key=lambda row: -months[row["patient_id"]])
    parts = [
        f"{row['patient_id']} {format_number(months[row['patient_id']])} ({row['outcome']})"
        for row in ordered
    ]
    return f"Months on treatment by patient, longest first: {', '.join(parts)}."
