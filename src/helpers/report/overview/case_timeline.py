"""Sentences and tables about the course of one patient: what happened when, and what moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from helpers.contracts.rows import list_rows
from helpers.derive.course.case_timeline import DAYS_PER_MONTH, list_ongoing, list_started
from helpers.report.numbers import Numbers
from helpers.report.words import (
    NBSP,
    capitalise,
    count_noun,
    escape,
    format_number,
    is_missing,
    join_words,
    link_patient,
    link_patients,
    name_group,
)

INDEX_UNIT = "per cent of"
"""A unit that begins so says that only a relative value was printed."""

NO_EFFECT = "One patient: what is seen here is a course, not an effect."

NO_INFERENCE = (
    "There is no test, no interval and no p-value in this chapter, and none would mean anything: "
    "a test asks how often chance alone would do as much, and that is learnt from how patients "
    "differ or from how one patient varies without treatment. One patient with one value before "
    "and one after teaches neither."
)


def label_courses(courses: pd.DataFrame) -> pd.DataFrame:
    """Name each course by drug and dose, as the figure writes it.

    Examples
    --------
    >>> one = pd.DataFrame({"drug": ["rituximab"], "dose": [100.0], "unit": ["mg/day"]})
    >>> label_courses(one)["label"].tolist()
    ['rituximab, 100 mg/day']
    """
    return courses.assign(
        label=[f"{course['drug']}, {_write_dose(course)}" for course in list_rows(courses)]
    )


def _write_dose(course: Mapping[str, Any]) -> str:
    if is_missing(course["dose"]):
        return "dose not recorded"
    unit = "" if is_missing(course["unit"]) else f" {course['unit']}"
    return f"{format_number(course['dose'])}{unit}"


def label_points(labs: pd.DataFrame, changes: pd.DataFrame) -> pd.DataFrame:
    """Keep the values of tests that were done twice, each with what the figure writes beside it.

    Parameters
    ----------
    labs : DataFrame
        One row per day and test of one patient.
    changes : DataFrame
        From `helpers.derive.course.case_timeline.derive_lab_change`, same patient.

    Returns
    -------
    DataFrame
        The rows of tests with values on two or more days, with a label: the value, and for a value
        after the start of treatment its change in per cent.
    """
    known = labs.dropna(subset=["value"])
    days = known.groupby("test")["day"].nunique()
    shown = known[known["test"].map(days) > 1]
    percents = changes.set_index(["test", "after_day"])["change_percent"].dropna()
    labels = [
        _label_value(row["value"], percents.get((row["test"], row["day"])))
        for row in list_rows(shown)
    ]
    return shown.assign(label=labels)


def _label_value(value: float, percent: float | None) -> str:
    text = format_number(value)
    return text if is_missing(percent) else f"{text} ({_sign(percent)} %)"


def _sign(percent: float | None) -> str:
    text = format_number(percent, digits=0)
    return f"+{text}" if percent is not None and percent > 0 and text != "0" else text


def record_case(numbers: Numbers, changes: pd.DataFrame, events: pd.DataFrame) -> None:
    """Record each test's value before and after, interval and change, and the events' count.

    Parameters
    ----------
    numbers : Numbers
    changes : DataFrame
        From `helpers.derive.course.case_timeline.derive_lab_change`, one patient.
    events : DataFrame
        The patient's case_events.
    """
    dated = events["day"].dropna()
    counts = {"events": len(events), "events_undated": len(events) - len(dated)}
    for name, count in counts.items():
        numbers.record(f"case_timeline.{name}", count, unit="events", n=1, source="case_events")
    for row in list_rows(changes[changes["reason"] != "no value"]):
        _record_change(numbers, row)


def _record_change(numbers: Numbers, row: Mapping[str, Any]) -> None:
    name = name_change(row)
    about: dict[str, Any] = {"n": 1, "source": "labs"}
    for half in ("before", "after"):
        if not is_missing(row[half]):
            day = f"value of day {format_number(row[f'{half}_day'])}"
            numbers.record(f"{name}.{half}", row[half], unit=row["unit"], method=day, **about)
    if is_missing(row["interval_days"]):
        return
    numbers.record(f"{name}.interval", row["interval_days"], unit="days", **about)
    numbers.record(
        f"{name}.change",
        row["change_percent"],
        unit="per cent of the value before",
        method="100 × (after − before) / before; one patient, no inference",
        reason=row["reason"],
        digits=1,
        **about,
    )


def name_change(row: Mapping[str, Any]) -> str:
    """Name the records of one comparison.

    >>> name_change({"test": "CRP", "after_day": 8.0})
    'case_timeline.crp.day_8'
    """
    day = "alone" if is_missing(row["after_day"]) else f"day_{row['after_day']:g}"
    return f"case_timeline.{name_group(row['test'])}.{day.replace('.', '-')}"


def describe_patient(numbers: Numbers, patient_id: str, others: Sequence[str]) -> str:
    """Say who the patient is, and who else of the study has a course of their own."""
    patients = numbers.study.table("patients")
    patient = patients[patients["patient_id"] == patient_id].iloc[0].to_dict()
    age = patient.get("age_years")
    parts = [
        patient.get("sex"),
        None if is_missing(age) else f"{format_number(age)} years old",
        patient.get("diagnosis"),
    ]
    about = ", ".join(escape(part) for part in parts if not is_missing(part))
    more = f" Not shown here: {link_patients(others)}." if others else ""
    return f"The course of patient {link_patient(patient_id)}{f': {about}' if about else ''}.{more}"


def describe_changes(numbers: Numbers, changes: pd.DataFrame) -> list[str]:
    """Say for each test how far it moved, from what to what, in how many days."""
    return [_describe_change(numbers, row) for row in list_rows(_keep_compared(changes))]


def _keep_compared(changes: pd.DataFrame) -> pd.DataFrame:
    return changes[changes["change"].notna()]


def _describe_change(numbers: Numbers, row: Mapping[str, Any]) -> str:
    name = name_change(row)
    before, after = numbers[f"{name}.before"], numbers[f"{name}.after"]
    interval, change = numbers[f"{name}.interval"], numbers[f"{name}.change"]
    test, unit = capitalise(escape(row["test"])), escape(row["unit"])
    days = f"{interval} {'day' if row['interval_days'] == 1 else 'days'}"
    if row["change"] == 0:
        return f"{test} was the same before and {days} later ({after} {unit})."
    verb = "rose" if row["change"] > 0 else "fell"
    share = (
        escape(change.reason)
        if change.value is None
        else change.link(f"{'+' if row['change'] > 0 else ''}{change.text}{NBSP}%")
    )
    return f"{test} {verb} from {before} to {after} {unit} in {days} ({share})."


def describe_outcomes(events: pd.DataFrame) -> str:
    """Say which outcomes are recorded, and when."""
    outcomes = list_rows(events[events["kind"] == "outcome"])
    if not outcomes:
        return "No outcome is recorded."
    return " ".join(f"{_say_when(row['day'])}: {escape(row['event'])}." for row in outcomes)


def _say_when(day: float) -> str:
    if is_missing(day):
        return "Without a date"
    months = round(abs(day) / DAYS_PER_MONTH)
    side = "after the start of treatment" if day > 0 else "before the start of treatment"
    about = f" (about {months} months {side})" if months > 1 else ""
    return f"Day {format_number(day)}{about}"


def describe_undated(numbers: Numbers) -> str:
    """Say how many events have no day, so that nobody looks for them in the figure."""
    undated, total = numbers["case_timeline.events_undated"], numbers["case_timeline.events"]
    if undated.value == 0:
        return ""
    have, they = ("has", "it stands") if undated.value == 1 else ("have", "they stand")
    return (
        f"{undated} of {total} events {have} no recorded day; {they} in the table of events, not "
        "in the figure."
    )


def describe_ongoing(courses: pd.DataFrame) -> str:
    """Name what else may have been given: the drugs without a recorded end before treatment."""
    if courses.empty:
        return "Which other drugs were given is not recorded."
    drugs, treatment = list_ongoing(courses), escape(name_treatment(courses))
    if not drugs:
        return f"No other drug is recorded at the time of {treatment}."
    any_of_them = "it" if len(drugs) == 1 else "any of them"
    return (
        f"Also given: {escape(join_words(drugs))}. Nothing recorded says that {any_of_them} had "
        f"ended before {treatment} began."
    )


def name_treatment(courses: pd.DataFrame) -> str:
    """Name the drugs that began on day 0 and were given for longer than that day.

    >>> name_treatment(pd.DataFrame({"drug": ["a"], "start_day": [0.0], "end_day": [None]}))
    'a'
    """
    return join_words(list_started(courses)) or "the treatment"


def tabulate_events(events: pd.DataFrame) -> pd.DataFrame:
    """List the events in order of time: day, last day where there is one, kind, event."""
    several = {"until day": events["end_day"]} if events["end_day"].notna().any() else {}
    return pd.DataFrame(
        {"event": events["event"], "kind": events["kind"], "day": events["day"], **several}
    )


def tabulate_courses(courses: pd.DataFrame) -> pd.DataFrame:
    """List the treatments: drug, dose, first and last day."""
    return pd.DataFrame(
        {
            "drug": courses["drug"],
            "dose": [_write_dose(course) for course in list_rows(courses)],
            "first day": courses["start_day"],
            "last day": courses["end_day"],
        }
    )


def tabulate_changes(changes: pd.DataFrame) -> pd.DataFrame:
    """List how far each test moved: before, after, interval in days, change, where it stands."""
    rows = list_rows(changes)
    why = {"why not compared": changes["reason"]} if (changes["reason"] != "").any() else {}
    return pd.DataFrame(
        {
            "test": changes["test"],
            "unit": changes["unit"],
            "before": changes["before"],
            "after": changes["after"],
            "interval, days": changes["interval_days"],
            "change, %": changes["change_percent"],
            "source": [_write_source(row) for row in rows],
            **why,
        }
    )


def _write_source(row: Mapping[str, Any]) -> str:
    days = [row[f"{half}_day"] for half in ("before", "after")]
    known = [format_number(day) for day in days if not is_missing(day)]
    return f"table labs, {'day' if len(known) == 1 else 'days'} {join_words(known)}"


def caption_timeline(events: pd.DataFrame) -> str:
    """Caption the figure of the course."""
    dated = int(events["day"].notna().sum())
    return (
        f"Course of one patient ({count_noun(dated, 'dated event')}). In brackets: change from the "
        "last value before. Dashed line: start of treatment."
    )


def explain_timeline(courses: pd.DataFrame) -> str:
    """Say what the bars of the course mean."""
    if courses.empty:
        return ""
    return (
        "Bars: treatments; broken: first day not recorded; arrow: no last day recorded; a stroke: "
        "one day only. No bar runs past a death. No interval and no test: n = 1."
    )


def caption_events(events: pd.DataFrame) -> str:
    """Caption the table of events."""
    return (
        f"Events of one patient ({count_noun(len(events), 'event')}), in order of time; day 0 is "
        f"the start of treatment; those without a day last."
    )


def caption_courses(courses: pd.DataFrame) -> str:
    """Caption the table of treatments."""
    return (
        f"Treatments of one patient ({count_noun(len(courses), 'course')}). Day 0 is the start of "
        f"treatment; a missing day was not recorded."
    )


def caption_changes(changes: pd.DataFrame, citation: str | None) -> str:
    """Caption the table of changes, with the publication behind it where there is one."""
    source = f" As printed in: {escape(citation)}" if citation else ""
    return (
        f"Change of each test in one patient (n = 1; {count_noun(len(changes), 'row')}): last "
        "value before the start of treatment against each later one; source: table and days. No "
        f"interval and no test: n = 1.{source}"
    )


def describe_timeline(courses: pd.DataFrame, events: pd.DataFrame, changes: pd.DataFrame) -> str:
    """Describe the figure of the course in plain words."""
    dated = events.dropna(subset=["day"])
    if dated.empty and _keep_compared(changes).empty:
        return "nothing is dated."
    moved = [
        f"{row['test']} {format_number(row['before'])} on day {format_number(row['before_day'])}, "
        f"{format_number(row['after'])} {row['unit']} on day {format_number(row['after_day'])}"
        for row in list_rows(_keep_compared(changes))
    ]
    happened = [f"day {format_number(row['day'])}, {row['event']}" for row in list_rows(dated)]
    drugs = join_words(dict.fromkeys(courses["drug"]))
    parts = [
        f"Treatments: {drugs}." if drugs else "",
        f"Events: {'; '.join(happened)}." if happened else "",
        f"Tests: {'; '.join(moved)}." if moved else "",
    ]
    return "Course of one patient on one time axis. " + " ".join(filter(None, parts))


def summarise_case_timeline(
    numbers: Numbers, changes: pd.DataFrame, events: pd.DataFrame, patient: str
) -> list[str]:
    """Sum the chapter up in a few sentences, from the ledger."""
    moved = changes[changes["change"].fillna(0) != 0]
    sentences = describe_changes(numbers, moved) or ["No test has a value before and after."]
    return [
        patient,
        " ".join(sentences),
        describe_outcomes(events),
        f"{NO_EFFECT} Nothing was tested.",
    ]


def conclude_case_timeline(changes: pd.DataFrame, courses: pd.DataFrame) -> list[str]:
    """Say what one course allows, and what it leaves open."""
    moved = changes[changes["change"].fillna(0) != 0]
    drug = escape(name_treatment(courses))
    if moved.empty:
        return [f"No measured value shows whether anything moved after {drug} began."]
    last = moved.drop_duplicates("test", keep="last")
    ways = join_words(
        f"{escape(row['test'])} {'rose' if row['change'] > 0 else 'fell'}"
        for row in list_rows(last)
    )
    others = "the other drugs, " if list_ongoing(courses) else ""
    return [
        f"After {drug} began, {ways}. An effect of {drug} could look like this; so could the "
        f"illness’s own ups and downs, {others}or the choice of what gets published, because "
        "remarkable courses are reported and others are not. One course cannot tell these apart.",
        f"The case is a reason for a study. It does not say how often {drug} helps, how much, or "
        "for how long.",
    ]


def describe_case_limits(
    numbers: Numbers, changes: pd.DataFrame, courses: pd.DataFrame
) -> list[str]:
    """Say what one course cannot show, counting what was measured once or as an index only."""
    alone = [row["test"] for row in list_rows(changes[changes["change"].isna()])]
    index = list(dict.fromkeys(changes.loc[changes["unit"].str.startswith(INDEX_UNIT), "test"]))
    return [
        "A patient is treated, and described, when the illness is at its worst; after that, "
        "values tend to get better by themselves.",
        describe_ongoing(courses),
        f"Not compared, because there is no second value in the same unit: "
        f"{escape(join_words(alone))}."
        if alone
        else "",
        f"{escape(join_words(index))}: only the relative change was recorded, so the value before "
        "is 100 by definition and the absolute values are not known."
        if index
        else "",
        f"Where the days come from: {escape(numbers.study.config.provenance)}",
    ]
