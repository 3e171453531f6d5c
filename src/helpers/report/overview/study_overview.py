"""Sentences and tables about the study as a whole: its design, what it allows to conclude."""

from __future__ import annotations

import re

import pandas as pd

from helpers.contracts import StudyConfig
from helpers.contracts.rows import list_rows
from helpers.report.numbers import Numbers
from helpers.report.outcomes.outcome import name_outcome
from helpers.report.overview.availability import TABLE_LABELS
from helpers.report.overview.cohort import (
    CHARACTERISTIC_LABELS,
    count_entered,
    describe_entered,
    list_arms,
)
from helpers.report.overview.patient_flow import (
    conclude_retention,
    describe_retention,
    name_not_due,
    name_seen,
)
from helpers.report.response.core_set import label_measures
from helpers.report.words import capitalise, escape, format_number, join_words, name_group


def label_visits(config: StudyConfig, *, after_baseline: bool = False) -> dict[float, str]:
    """Give the planned visits and their labels, in order of time."""
    visits = config.visits[1:] if after_baseline else config.visits
    return {visit.month: config.label_month(visit.month) for visit in visits}


def tabulate_design(config: StudyConfig, *, has_core_set: bool) -> pd.DataFrame:
    """List what the study is, one row per fact; what study.yml does not say has no row.

    Question, origin and source stand at the head of the study page and in every chapter's
    provenance.

    Parameters
    ----------
    config : StudyConfig
    has_core_set : bool
        Whether the core set was measured, so that its scales matter.

    Returns
    -------
    DataFrame
        fact, about this study.
    """
    rows = {
        "Design": config.design,
        "Arms": "; ".join(config.arms.values()),
        "Treatment": config.treatment,
        "Visits": join_words(label_visits(config).values()),
        "Primary outcome": name_outcome(config.primary_outcome, config)
        if config.primary_outcome
        else None,
        "Core set measures": "; ".join(label_measures(config).values()) if has_core_set else None,
        "Licence of the data": config.licence,
    }
    known = [(name, capitalise(text)) for name, text in rows.items() if text]
    return pd.DataFrame(known, columns=["fact", "about this study"])


def record_flow(numbers: Numbers, seen: pd.DataFrame) -> None:
    """Record who entered, and who was in the study at each visit.

    Parameters
    ----------
    numbers : Numbers
    seen : DataFrame
        From `helpers.derive.course.cohort.count_seen`.
    """
    patients = numbers.study.table("patients")
    numbers.record("entered", len(patients), unit="patients", source="patients")
    for arm, n in patients["arm"].value_counts(sort=False).items():
        name = f"entered.{name_group(str(arm))}"
        numbers.record(name, n, unit="patients", source="patients")
    by_value = [name for name in TABLE_LABELS if numbers.study.has(name)]
    known = ["disposition"] if numbers.study.has("disposition") else by_value
    for row in list_rows(seen[seen["n_seen"].notna() | (seen["n_not_due"] > 0)]):
        name = name_seen(row["arm"], row["month"])
        due, later = row["n_entered"] - row["n_not_due"], row["n_not_due"]
        numbers.record(
            name,
            row["n_seen"],
            n=due,
            unit="patients",
            population="all who entered"
            + (f" and for whom the visit is due ({later} not yet)" if later else ""),
            reason="" if due else "the visit is not yet due for anybody",
            source=["patients", *known],
        )
        if numbers.study.config.data_cut is not None:
            numbers.record(
                name_not_due(name),
                later,
                n=row["n_entered"],
                unit="patients",
                population="all who entered",
                source=["patients", *known],
            )


def take_first_sentence(text: str) -> str:
    """Give the first sentence of a text; a short word before a point, as in vs., ends none.

    >>> take_first_sentence("Drug vs. Placebo, randomised. Nobody knew the arm.")
    'Drug vs. Placebo, randomised.'
    """
    return re.split(r"(?<=[\w)%]{3}[.!?])\s+(?=[A-Z])", text.strip(), maxsplit=1)[0]


def describe_design(config: StudyConfig) -> str:
    """Say in one sentence what the study is."""
    return escape(take_first_sentence(config.design))


def describe_flow(numbers: Numbers) -> str:
    """Say in one sentence who entered and who stayed, and whether the trial still runs."""
    return f"{describe_interim(numbers.study.config)}{_describe_flow(numbers)}"


def describe_interim(config: StudyConfig) -> str:
    """Say that a report is an interim one; nothing where no data cut is declared."""
    if config.data_cut is None:
        return ""
    day = f"{config.data_cut.day} {config.data_cut:%B %Y}"
    return f"<strong>Interim</strong> (data cut of {day}): "


def _describe_flow(numbers: Numbers) -> str:
    config, entered = numbers.study.config, describe_entered(numbers)
    if count_entered(numbers.study) == 1 or len(config.months) == 1:
        return entered
    said = f"{entered.removesuffix('.')}; {describe_retention(numbers)}"
    return said.replace("; Who was", "; who was")


def conclude_overview(numbers: Numbers, seen: pd.DataFrame) -> list[str]:
    """Say which comparisons the design and the retention allow."""
    if count_entered(numbers.study) == 1:
        return [
            "One patient shows what can happen, not how often it happens, nor why: treatment, "
            "other medication and time act together."
        ]
    n_arms = len(list_arms(numbers.study))
    words = {2: "Two", 3: "Three", 4: "Four"}
    arms = (
        f"{words.get(n_arms, str(n_arms))} arms allow a comparison between treatments."
        if n_arms > 1
        else "One arm allows comparison with each patient's own baseline only."
    )
    return [f"{arms} {conclude_retention(numbers, seen)}"]


def describe_overview_limits(numbers: Numbers) -> list[str]:
    """Say what the study's design and data cannot show."""
    patients = numbers.study.table("patients")
    absent = [
        label.removesuffix(", years")
        for name, label in CHARACTERISTIC_LABELS.items()
        if name not in patients
    ]
    whose = "the patient" if len(patients) == 1 else "single patients"
    unknown = f"Not recorded of {whose}: {join_words(absent)}." if absent else ""
    return [
        _describe_smallness(numbers),
        _describe_control(numbers),
        unknown,
    ]


def list_notes(config: StudyConfig) -> list[str]:
    """Give what study.yml says a reader must know, a paragraph each."""
    return [escape(note) for note in config.notes]


def _describe_smallness(numbers: Numbers) -> str:
    entered = count_entered(numbers.study)
    if entered == 1:
        return "From one patient no share and no interval can be estimated."
    return (
        f"With {numbers['entered']} patients one patient more or less moves every share by "
        f"{format_number(100 / entered, digits=0)} percentage points."
    )


def _describe_control(numbers: Numbers) -> str:
    if len(list_arms(numbers.study)) > 1:
        return (
            "The groups are small, so chance differences between them at entry are to be expected."
        )
    return (
        "There is no control group: improvement can come from the treatment, from time, from "
        "other medication, or from being observed."
    )
