"""How long patients were treated, and who stopped why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from helpers.contracts.rows import list_rows
from helpers.derive.course.disposition import (
    COMPLETED,
    DEATHS,
    DIED,
    ONGOING,
    REASON_NOT_GIVEN,
)
from helpers.derive.course.exposure import summarise_exposure
from helpers.derive.course.safety import (
    CAUSES,
    DEATH,
    DISEASE,
    LOCAL_REACTION,
    LOCAL_REACTIONS,
    NOT_TOLD,
    OTHER_EVENT,
    OTHER_REASON,
    STOPS,
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
from helpers.report.words import (
    capitalise,
    count_noun,
    escape,
    format_number,
    join_words,
    name_group,
)

ENTERED = "all who entered"


def record_stops(numbers: Numbers, stops: pd.DataFrame, outcomes: pd.DataFrame) -> None:
    """Record how many of each arm stopped, for any and for each cause and reason, with the share.

    Parameters
    ----------
    numbers : Numbers
    stops : DataFrame
        From `helpers.derive.course.safety.classify_stops`.
    outcomes : DataFrame
        From `helpers.derive.course.safety.derive_outcomes_by_arm`.
    """
    source = [name for name in ("disposition", "adverse_events") if numbers.study.has(name)]
    about: dict[str, Any] = {"unit": "patients", "source": source, "population": ENTERED}
    for arm in list_arms(numbers.study):
        here = outcomes[outcomes["arm"] == arm]
        members = stops[stops["patient_id"].isin(here["patient_id"])]
        name, n = f"stopped.{name_group(arm)}", len(here)
        _record_with_share(numbers, f"{name}.any", len(members), n, about)
        untold = int((members["cause"] == NOT_TOLD).sum())
        for cause in CAUSES:
            count = int((members["cause"] == cause).sum())
            open_to = 0 if cause == DEATH else untold  # a death is told by other sources too
            reason = f"of {count_noun(open_to, 'stop')} the cause is not told" if open_to else ""
            known = {"reason": reason, "known": not open_to}
            value = None if open_to and not count else count
            _record_with_share(numbers, name_stop(arm, cause), value, n, about | known)
        if untold:
            numbers.record(name_stop(arm, NOT_TOLD), untold, n=n, **about)
        for written, times in members["reason"].value_counts().items():
            numbers.record(_name_reason(arm, str(written)), times, n=n, **about)
        if (outcomes["status"] == ONGOING).any():
            running = int((here["status"] == ONGOING).sum())
            numbers.record(f"ongoing.{name_group(arm)}", running, n=n, **about)


def _record_with_share(
    numbers: Numbers, name: str, count: int | None, n: int, about: Mapping[str, Any]
) -> None:
    recorded = numbers.record(name, count, n=n, **about)
    record_share(numbers, f"{name}.share", of=recorded, source=about["source"])


def _name_reason(arm: str, reason: str) -> str:
    return f"stopped.{name_group(arm)}.reason.{name_group(reason)}"


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


def describe_stops(numbers: Numbers, stops: pd.DataFrame | None) -> str:
    """Say how many stopped, for which reasons as written, and of which kind these are.

    Empty where the disposition was not recorded.
    """
    arms = list_arms(numbers.study)
    if stops is None or f"stopped.{name_group(next(iter(arms)))}.any" not in numbers:
        return ""
    patients = numbers.study.table("patients").set_index("patient_id")["arm"]
    parts = []
    for arm in arms:
        members = stops[stops["patient_id"].map(patients) == arm]
        parts.append(_describe_stops_of(numbers, arm, members))
    return join_arms(arms, parts)


def _describe_stops_of(numbers: Numbers, arm: str, members: pd.DataFrame) -> str:
    stopped = numbers[f"stopped.{name_group(arm)}.any"]
    running = f"ongoing.{name_group(arm)}"
    if count_entered(numbers.study) == 1:
        if len(members):
            return f"the patient stopped early ({_quote(members['reason'].iloc[0])})"
        still = running in numbers and numbers[running].value
        return "the patient is still in the study" if still else "the patient completed"
    said = f"{stopped} of {stopped.n} {name_patients(stopped)} stopped early"
    still = ""
    if running in numbers and numbers[running].value:
        verb = "is" if numbers[running].value == 1 else "are"
        still = f"; {numbers[running]} {verb} still in the study"
    if not stopped.value:
        return f"{said}{still}"
    reasons = [
        f"{numbers[_name_reason(arm, str(reason))]} {_quote(str(reason))}"
        for reason in members["reason"].value_counts().index
    ]
    return f"{said}: {join_words(reasons)}{_describe_kinds(numbers, arm)}{still}"


def _describe_kinds(numbers: Numbers, arm: str) -> str:
    """Say of which kinds the reasons are; a kind that did not occur is not named."""
    found = [
        cause
        for cause in (*CAUSES, NOT_TOLD)
        if name_stop(arm, cause) in numbers and numbers[name_stop(arm, cause)].value
    ]
    kinds = [f"{numbers[name_stop(arm, cause)]} {_KINDS[cause]}" for cause in found]
    said = join_words(kinds)
    return (
        f" (by kind: {said if LOCAL_REACTION in found else said.replace('another adv', 'an adv')})"
    )


_KINDS = {
    DEATH: "died",
    LOCAL_REACTION: "for a local skin reaction",
    OTHER_EVENT: "for another adverse event",
    DISEASE: "for disease activity",
    OTHER_REASON: "for another reason",
    NOT_TOLD: "for a cause that is not told",
}


def _quote(reason: str) -> str:
    return escape(reason) if reason in (REASON_NOT_GIVEN, DIED) else f"“{escape(reason)}”"


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
        cause=pd.Categorical(stops["cause"], categories=[*CAUSES, NOT_TOLD], ordered=True),
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
    return (
        f"Who stopped, why as it was written, and in which month (n = {numbers['entered']} "
        "entered). The cause is ours, by the words of the reason and by the adverse events that "
        "led to stopping; where neither tells it, it is not told."
    )


def list_stop_methods() -> list[tuple[str, str]]:
    """List the words that decide the cause of stopping, for the report's methods."""

    def quote(words: Sequence[str]) -> str:
        return ", ".join(f"“{word}”" for word in words)

    return [
        (
            "Cause of stopping",
            f"Death: by status, reason or adverse event ({quote(DEATHS.words)}). Local skin "
            "reaction: the reason, or an event that led to stopping, says "
            f"{quote(LOCAL_REACTIONS.words)}. Disease activity: the reason says "
            f"{quote(STOPS.disease)}. Other adverse event: the reason says {quote(STOPS.event)}, "
            "or names an event of the patient, or an event led to stopping. Other reason: "
            f"{quote(STOPS.other)}, or no recorded event led to stopping. Else the cause is not "
            "told.",
        )
    ]


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
