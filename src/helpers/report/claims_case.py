"""Claims about the single case of anti-MDA5 dermatomyositis."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from helpers.report.claims_design import find_dose
from helpers.report.claims_rules import Evidence, Finding, Rule, absent, judge_all
from helpers.report.words import format_number

DAYS_PER_MONTH = 365.25 / 12
DAYS_PER_WEEK = 7


def find_age(evidence: Evidence) -> Finding:
    """Find the age of the patient, a woman."""
    patient = evidence.table("patients").iloc[0]
    text = f"{patient['age_years']:g} years, {patient['sex']}"
    if patient["sex"] != "female":
        return judge_all(holds=False, text=text, note="the publication describes a woman")
    return Finding(value=patient["age_years"], text=text)


def find_change(test: str, *, days: tuple[float, float]) -> Callable[[Evidence], Finding]:
    """Make a rule that reads one laboratory value on two days."""

    def compute(evidence: Evidence) -> Finding:
        before, after = (_read_lab(evidence, test, day) for day in days)
        if before is None or after is None:
            return absent(f"no {test} of day {days[0]:g} and {days[1]:g} in the table labs")
        change = 100 * (after - before) / before
        text = f"{before:g} to {after:g} ({format_number(change, digits=1)} %)"
        return Finding(low=before, high=after, text=text)

    return compute


def find_reduction(test: str, *, days: tuple[float, float]) -> Callable[[Evidence], Finding]:
    """Make a rule that computes how many per cent one laboratory value fell."""

    def compute(evidence: Evidence) -> Finding:
        before, after = (_read_lab(evidence, test, day) for day in days)
        if before is None or after is None:
            return absent(f"no {test} of day {days[0]:g} and {days[1]:g} in the table labs")
        fall = 100 * (before - after) / before
        return Finding(value=fall, text=f"{format_number(fall)} %")

    return compute


def find_lab(test: str) -> Callable[[Evidence], Finding]:
    """Make a rule that finds one laboratory value, the same on every day it was measured."""

    def compute(evidence: Evidence) -> Finding:
        labs = evidence.table("labs")
        rows = labs[labs["test"] == test].dropna(subset=["value"])
        if rows.empty:
            return absent(f"no {test} in the table labs")
        values = sorted(set(rows["value"]))
        text = f"{', '.join(f'{value:g}' for value in values)} {rows['unit'].iloc[0]}"
        if len(values) > 1:
            return judge_all(holds=False, text=text, note="not the same on every day")
        return Finding(value=values[0], text=text)

    return compute


def find_day(event: str, *, unit_days: float, after: str = "") -> Callable[[Evidence], Finding]:
    """Make a rule that finds the time of an event, from day 0 or from another event."""

    def compute(evidence: Evidence) -> Finding:
        day = _read_day(evidence, event)
        start = _read_day(evidence, after) if after else 0.0
        if day is None or start is None:
            return absent(f"no dated event with the words {event!r} in the table case_events")
        time = (day - start) / unit_days
        return Finding(value=time, text=f"day {day:g}, {format_number(time)} {_name(unit_days)}")

    return compute


def _name(unit_days: float) -> str:
    return "weeks" if unit_days == DAYS_PER_WEEK else "months"


def _read_lab(evidence: Evidence, test: str, day: float) -> float | None:
    labs = evidence.table("labs")
    values = labs.loc[(labs["test"] == test) & (labs["day"] == day), "value"].dropna()
    return None if values.empty else float(values.iloc[0])


def _read_day(evidence: Evidence, words: str) -> float | None:
    events = evidence.table("case_events")
    found: pd.Series = events.loc[events["event"].str.contains(words, regex=False), "day"].dropna()
    return None if found.empty else float(found.iloc[-1])


_LABS = ("labs",)
_DRUGS = ("medications",)
_EVENTS = ("case_events",)

RULES: dict[str, Rule] = {
    "CAS-01": Rule(find_age, ("patients",), "age and sex in the table patients"),
    "CAS-02": Rule(find_change("CRP", days=(0, 8)), _LABS, "CRP on days 0 and 8"),
    "CAS-03": Rule(find_change("albumin", days=(0, 30)), _LABS, "albumin on days 0 and 30"),
    "CAS-04": Rule(
        find_reduction("PET SUVmax", days=(0, 122)),
        _LABS,
        "fall of SUVmax from day 0 to day 122; only the percentage was printed, so the table "
        "holds an index that starts at 100",
    ),
    "CAS-05": Rule(find_dose("anakinra", "mg/day"), _DRUGS, "dose in the table medications"),
    "CAS-06": Rule(
        find_day("skin ulcers healed", unit_days=DAYS_PER_WEEK), _EVENTS, "day of the event"
    ),
    "CAS-07": Rule(find_dose("prednisone", "mg/day"), _DRUGS, "dose in the table medications"),
    "CAS-08": Rule(
        find_dose("intravenous immunoglobulin", "g/kg/month"),
        _DRUGS,
        "dose in the table medications",
    ),
    "CAS-09": Rule(find_dose("methotrexate", "mg/week"), _DRUGS, "dose in the table medications"),
    "CAS-10": Rule(find_lab("weight lost over 2 years"), _LABS, "value in the table labs"),
    "CAS-11": Rule(find_lab("glucose at the PET scan"), _LABS, "value at both scans"),
    "CAS-12": Rule(find_dose("FDG (PET tracer)", "MBq/kg"), _DRUGS, "dose at both scans"),
    "CAS-13": Rule(
        find_day("death", unit_days=DAYS_PER_MONTH, after="PET scan"),
        _EVENTS,
        "months from the last PET scan to death",
    ),
}
"""Claims of the anti-MDA5 case."""
