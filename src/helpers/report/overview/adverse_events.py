"""Which adverse events occurred, how grave, in how many patients, and at what rate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from helpers.contracts.rows import list_rows
from helpers.derive.course.adverse_events import GRADES, OVERVIEW_ROWS
from helpers.report.ledger import Result
from helpers.report.numbers import Numbers
from helpers.report.overview.cohort import count_entered, join_arms, list_arms, name_patients
from helpers.report.overview.disposition import ENTERED
from helpers.report.words import (
    MISSING,
    NBSP,
    capitalise,
    count_noun,
    escape,
    format_number,
    format_percent,
    is_missing,
    name_group,
)
from helpers.stats.exact.exact import binomial_interval
from helpers.stats.exact.proportions import poisson_rate_interval

PER_YEARS = 100
"""Rates are events in this many patient-years."""

EVENTS_NOT_RECORDED = (
    "Adverse events were not recorded (no table adverse_events), which does not mean that there "
    "were none."
)

WORST_GRADES = {f"worst_grade_{grade}": f"grade{NBSP}{grade}" for grade in GRADES} | {
    "worst_grade_missing": f"no{NBSP}grade"
}
"""Columns of the summary of adverse events and their headings."""

NOT_RECORDED = "not recorded"

_INDENT = NBSP * 4


def record_events(numbers: Numbers, overview: pd.DataFrame) -> None:
    """Record patients, events and rate of each row that is always shown, arm by arm."""
    known = ("adverse_events", "disposition", "medications")
    source = [name for name in known if numbers.study.has(name)]
    for row in list_rows(overview):
        name = name_events(row["arm"], row["row"])
        about = {"n": row["n_treated"], "source": _list_sources(numbers), "population": ENTERED}
        for what, noun in (("patients", "patient"), ("events", "event")):
            unknown = int(row[f"n_{what}_unknown"])
            count = None if unknown and not row[f"n_{what}"] else row[f"n_{what}"]
            reason = f"not known of {count_noun(unknown, noun)}" if unknown else ""
            numbers.record(
                f"{name}.{what}", count, unit=what, reason=reason, known=not unknown, **about
            )
        rate, low, high, method, why = _rate_row(row)
        numbers.record(
            f"{name}.rate",
            rate,
            low=low,
            high=high,
            unit=f"events per {PER_YEARS} patient-years",
            method=method,
            reason=why,
            source=source,
            digits=1,
        )


def _list_sources(numbers: Numbers) -> list[str]:
    """Name the tables that say what befell a patient: events, and why somebody stopped."""
    return [name for name in ("adverse_events", "disposition") if numbers.study.has(name)]


def _rate_row(
    row: Mapping[str, Any],
) -> tuple[float | None, float | None, float | None, str, str]:
    """Give a row's rate; of events that are not all known there is none."""
    if row["n_events_unknown"]:
        unknown = count_noun(int(row["n_events_unknown"]), "event")
        return None, None, None, "", f"not known of {unknown}"
    return rate_events(row["n_events"], row["patient_years"])


def name_events(arm: str, row: str) -> str:
    """Name the records of one row of the overview of adverse events.

    >>> name_events("control", "grade 3 or higher")
    'events.control.grade-3-or-higher'
    """
    return f"events.{name_group(arm)}.{name_group(row)}"


def rate_events(
    n_events: int, patient_years: float | None
) -> tuple[float | None, float | None, float | None, str, str]:
    """Give the rate per 100 patient-years with its exact Poisson interval.

    Parameters
    ----------
    n_events : int
        All events.
    patient_years : float or None
        Exposure; missing where it was not recorded.

    Returns
    -------
    (rate, low, high, method, reason)
        The first three are None where the exposure is missing or 0; the reason says so.

    Examples
    --------
    >>> rate_events(3, 12.5)[0], rate_events(3, None)[0]
    (24.0, None)
    """
    if patient_years is None or is_missing(patient_years):
        return None, None, None, "", "time on treatment was not recorded"
    rate = poisson_rate_interval(int(n_events), float(patient_years), per=PER_YEARS)
    low, high = rate.interval or (None, None)
    return rate.estimate, low, high, rate.method, "" if rate.estimate is not None else rate.reason


def tabulate_event_overview(overview: pd.DataFrame, arms: Mapping[str, str]) -> pd.DataFrame:
    """Lay out the rows that are always shown: patients, events, rate; a set of columns per arm.

    Parameters
    ----------
    overview : DataFrame
        First of `helpers.derive.course.safety.summarise_events_by_arm`.
    arms : mapping of str to str
        Arms with patients and their labels.

    Returns
    -------
    DataFrame
        One row per entry of `helpers.derive.course.adverse_events.OVERVIEW_ROWS`, in that order.
    """
    found = {(row["arm"], row["row"]): row for row in list_rows(overview)}
    rows = []
    for name in OVERVIEW_ROWS:
        cells: dict[str, object] = {"adverse event": capitalise(name)}
        for arm, label in arms.items():
            cells |= _head_arm(_write_counts(found[arm, name]), label, several=len(arms) > 1)
        rows.append(cells)
    return pd.DataFrame(rows)


def tabulate_events(by_class: pd.DataFrame, arms: Mapping[str, str]) -> pd.DataFrame:
    """Lay out adverse events: each organ class and, indented, its terms.

    Parameters
    ----------
    by_class : DataFrame
        Second of `helpers.derive.course.safety.summarise_events_by_arm`.
    arms : mapping of str to str
        Arms with patients and their labels.

    Returns
    -------
    DataFrame
        One row per organ class and term: patients (each once), how many of them had which worst
        grade (one arm only, and only grades that occur), events, rate. Classes and terms by
        falling number of patients.
    """
    found = {
        (row["arm"], row["system_organ_class"], row["term"]): row for row in list_rows(by_class)
    }
    several = len(arms) > 1
    grades = [] if several else [g for g in WORST_GRADES if by_class[g].sum()]
    rows = []
    for organ_class, term in order_events(by_class):
        name = f"{_INDENT}{capitalise(term)}" if term else capitalise(organ_class)
        cells: dict[str, object] = {"adverse event": name}
        for arm, label in arms.items():
            counts = _write_counts(found[arm, organ_class, term], grades)
            cells |= _head_arm(counts, label, several=several)
        rows.append(cells)
    return pd.DataFrame(rows)


def order_events(by_class: pd.DataFrame) -> list[tuple[str, str]]:
    """Put classes, and terms in each, by falling number of patients in all arms together."""
    keys = ["system_organ_class", "term"]
    total = by_class.groupby(keys)[["n_patients", "n_events"]].sum().reset_index()
    heads = total[total["term"] == ""].set_index("system_organ_class")
    total["class_patients"] = total["system_organ_class"].map(heads["n_patients"])
    total["class_events"] = total["system_organ_class"].map(heads["n_events"])
    total["is_term"] = total["term"] != ""
    ordered = total.sort_values(
        ["class_patients", "class_events", keys[0], "is_term", "n_patients", "n_events", keys[1]],
        ascending=[False, False, True, True, False, False, True],
    )
    return list(zip(ordered[keys[0]], ordered[keys[1]], strict=True))


def _write_counts(row: Mapping[str, Any], grades: Sequence[str] = ()) -> dict[str, object]:
    """Write the cells of one row: patients, how many had these worst grades, events, rate."""
    cells: dict[str, object] = {"patients": _write_patients(row)}
    cells |= {WORST_GRADES[grade]: row[grade] for grade in grades}
    unknown = row.get("n_events_unknown", 0)
    known = f"{row['n_events']} (+ {unknown} not known)"
    cells["events"] = row["n_events"] if not unknown else known if row["n_events"] else NOT_RECORDED
    heading = f"per {PER_YEARS} patient-years (95{NBSP}%{NBSP}CI)"
    rate, low, high, _, _ = _rate_row({"n_events_unknown": 0} | dict(row))
    if rate is not None:
        numbers = [format_number(value, digits=1) for value in (rate, low, high)]
        text = "{} ({} to {})".format(*numbers)
        cells[heading] = text.replace(" ", NBSP)
    elif unknown and not is_missing(row["patient_years"]):
        cells[heading] = MISSING
    return cells


def _write_patients(row: Mapping[str, Any]) -> str:
    """Write how many patients: with the share where that is known, else the least."""
    if not row.get("n_patients_unknown", 0):
        share = format_percent(row["n_patients"] / row["n_treated"])
        return f"{row['n_patients']} ({share})".replace(" ", NBSP)
    least = f"at least {row['n_patients']}".replace(" ", NBSP)
    return least if row["n_patients"] else NOT_RECORDED


def _head_arm(cells: dict[str, object], label: str, *, several: bool) -> dict[str, object]:
    return {f"{label}: {name}": cell for name, cell in cells.items()} if several else cells


def format_event(name: object) -> str:
    """Set an organ class in bold and a term, which is indented, plainly; HTML.

    >>> format_event("Infections")
    '<strong>Infections</strong>'
    """
    text = str(name)
    return escape(text) if text.startswith(NBSP) else f"<strong>{escape(text)}</strong>"


def caption_events_figure(numbers: Numbers) -> str:
    """Caption the figure of adverse events."""
    return (
        "A mark for each patient, by term and worst grade "
        f"(CTCAE; n = {count_entered(numbers.study)} entered). Classes in bold."
    )


def find_events(numbers: Numbers) -> str:
    """Say in one sentence how many had an event, and how grave; the title of the figure."""
    arms, parts = list_arms(numbers.study), []
    for arm, label in arms.items():
        had, serious, severe = (
            numbers[f"{name_events(arm, row)}.patients"]
            for row in (OVERVIEW_ROWS[0], "serious", "grade 3 or higher")
        )
        whose = f" in “{escape(label)}”" if len(arms) > 1 else ""
        parts.append(
            f"{had} of {had.n}{whose} had an adverse event, {_say_known(serious)} a serious one, "
            f"{_say_known(severe)} one of grade 3 or higher"
        )
    return f"{'; '.join(parts)}."


def _say_known(count: Result) -> str:
    return "an unknown number" if count.value is None else str(count)


def describe_events_figure(by_class: pd.DataFrame) -> str:
    """Describe the figure of adverse events in plain words: the patients with each term."""
    terms = by_class[by_class["term"] != ""].groupby("term")["n_patients"].sum()
    listed = [f"{term} {n}" for term, n in terms.sort_values(ascending=False).items()]
    return f"Patients with each adverse event: {', '.join(listed)}."


def limit_events(numbers: Numbers) -> str:
    """Say what so few patients cannot rule out."""
    none = binomial_interval(0, count_entered(numbers.study)).interval
    assert none is not None, "somebody entered"
    return (
        f"An event that none of {count_entered(numbers.study)} had can still strike up to "
        f"{format_percent(none.high)} of such patients."
    )


def caption_event_overview(numbers: Numbers, overview: pd.DataFrame) -> str:
    """Caption the rows that are always shown."""
    parts = []
    for arm, label in list_arms(numbers.study).items():
        row = list_rows(overview[overview["arm"] == arm])[0]
        years = row["patient_years"]
        known = "" if is_missing(years) else f", {format_number(years, digits=1)} patient-years"
        whose = f"{escape(label)}: " if len(list_arms(numbers.study)) > 1 else ""
        parts.append(f"{whose}n{NBSP}={NBSP}{row['n_treated']}{known}")
    return (
        f"Adverse events in short ({'; '.join(parts)}). Patients are counted once in each row; "
        f"events are all. Per cent: of everybody who entered.{_explain_rates(overview)}"
    )


def caption_events(overview: pd.DataFrame) -> str:
    """Caption adverse events by organ class and term."""
    several = overview["arm"].nunique() > 1
    grades = (
        ""
        if several
        else " and at their worst grade (CTCAE 1 to 5; a grade without a column did not occur)"
    )
    return (
        "Adverse events by system organ class and, below it, term, as recorded. Patients are "
        f"counted once in each class and once in each term{grades}; events are all."
        f"{_explain_rates(overview)}"
    )


def _explain_rates(overview: pd.DataFrame) -> str:
    if overview["patient_years"].isna().all():
        return " No rates: time on treatment was not recorded."
    return (
        f" Rates: events in {PER_YEARS} patient-years on treatment, exact Poisson (Garwood) "
        "interval, which takes events as independent."
    )


def describe_events(numbers: Numbers) -> str:
    """Say how many patients had adverse events, and how grave these were, arm by arm."""
    arms = list_arms(numbers.study)
    return join_arms(arms, [_describe_events_of(numbers, arm) for arm in arms])


def _describe_events_of(numbers: Numbers, arm: str) -> str:
    anyone = numbers[f"{name_events(arm, OVERVIEW_ROWS[0])}.patients"]
    total = numbers[f"{name_events(arm, OVERVIEW_ROWS[0])}.events"]
    noun = "event" if total.value == 1 else "events"
    if count_entered(numbers.study) == 1:
        serious, severe = (
            numbers[f"{name_events(arm, row)}.events"] for row in ("serious", "grade 3 or higher")
        )
        if not total.value:
            return f"the patient had {total} adverse {noun} recorded"
        return (
            f"the patient had {total} adverse {noun}: {_say_known(serious, 'serious')} and "
            f"{_say_known(severe, 'of grade 3 or higher')}"
        )
    if not anyone.value:
        return f"{anyone} of {anyone.n} {name_patients(anyone)} had an adverse event recorded"
    serious, severe = (
        numbers[f"{name_events(arm, row)}.patients"] for row in ("serious", "grade 3 or higher")
    )
    grave = _say_known(serious, "serious", "had a serious one")
    return (
        f"{anyone} of {anyone.n} {name_patients(anyone)} had an adverse event ({total} {noun}"
        f"{_describe_rate(numbers, arm)}): {grave} and "
        f"{_say_known(severe, 'of grade 3 or higher', 'one of grade 3 or higher')}"
    )


def _say_known(result: Result, kind: str, words: str = "") -> str:
    """Say how many are known of; where none is and some could be, that it is not known."""
    if result.value is None:
        return f"whether any was {kind} is {escape(result.reason)}"
    unsure = f" ({escape(result.reason)})" if result.reason else ""
    return f"{result} {words or kind}{unsure}"


def _describe_rate(numbers: Numbers, arm: str) -> str:
    rate = numbers[f"{name_events(arm, OVERVIEW_ROWS[0])}.rate"]
    if rate.value is None:
        return ""
    return f", {rate} per {PER_YEARS} patient-years, {rate.interval}"
