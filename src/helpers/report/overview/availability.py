"""What was measured of whom and when, and which core set values are missing."""

from __future__ import annotations

import pandas as pd

from helpers.contracts import StudyConfig
from helpers.contracts.rows import list_rows
from helpers.derive.response.core_set import MEASURES
from helpers.report.numbers import Numbers
from helpers.report.response.core_set import label_measures
from helpers.report.words import NBSP, capitalise, count_noun, join_words, link_patients

TABLE_LABELS = {
    "core_set": "core set",
    "functional_index": "Functional Index",
    "questionnaires": "questionnaires",
    "performance_tests": "performance tests",
    "biopsies": "muscle biopsy",
    "cytokines": "serum cytokines",
    "t_cells": f"T{NBSP}cells",
}
"""How the report names the tables that hold values by visit."""


def tabulate_samples(counts: pd.DataFrame, config: StudyConfig) -> pd.DataFrame:
    """Lay out how many patients were measured by what and when, and how many can be compared.

    Parameters
    ----------
    counts : DataFrame
        From `helpers.derive.course.cohort.summarise_availability`.
    config : StudyConfig
        For the names of the visits.

    Returns
    -------
    DataFrame
        One row per table: "measured", then a column per visit: patients with a value and, after
        baseline, how many of them have one at baseline too. Empty where it was not planned.
    """
    rows: dict[str, dict[str, str]] = {}
    for row in list_rows(counts):
        paired = (
            "" if row["month"] == config.baseline_month else f"; {row['n_paired']} with baseline"
        )
        cells = rows.setdefault(row["table"], {"measured": capitalise(TABLE_LABELS[row["table"]])})
        cells[config.label_month(row["month"])] = f"{row['n_measured']}{paired}"
    visits = [config.label_month(month) for month in sorted(set(counts["month"]))]
    return pd.DataFrame(list(rows.values()), columns=["measured", *visits])


def tabulate_missing(missing: pd.DataFrame, config: StudyConfig) -> pd.DataFrame:
    """List missing core set values: measure, visit, how many of those seen, and who."""
    labels = label_measures(config)
    return pd.DataFrame(
        {
            "measure": missing["measure"].map(labels).map(capitalise),
            "visit": missing["month"].map(config.label_month),
            "missing": missing["n_missing"],
            "of": missing["n_seen"],
            "who": missing["patients"],
        }
    )


def record_missing(numbers: Numbers, missing: pd.DataFrame) -> None:
    """Record how many core set values are missing at visits that took place."""
    core_set = numbers.study.table("core_set")
    measured = core_set[[measure.name for measure in MEASURES]]
    numbers.record(
        "missing_values",
        missing["n_missing"].sum(),
        n=int(measured.notna().any(axis=1).sum()) * len(MEASURES),
        unit="core set values",
        source="core_set",
        method="six measures at every visit that took place",
    )


def describe_missing(numbers: Numbers, missing: pd.DataFrame) -> str:
    """Say how many core set values are missing, and of whom."""
    if "missing_values" not in numbers:
        return "The core set was not measured in this study."
    total = numbers["missing_values"]
    if missing.empty:
        return f"No core set value is missing ({total} of {total.n}) at visits that took place."
    absent = {name for row in missing["patients"] for name in row.split(", ")}
    names = [name for name in numbers.study.table("patients")["patient_id"] if name in absent]
    verb = "is" if total.value == 1 else "are"
    return (
        f"{total} of {total.n} core set values {verb} missing at visits that took place, in "
        f"{count_noun(len(names), 'patient')}: {link_patients(names)}."
    )


def caption_missing(numbers: Numbers, missing: pd.DataFrame) -> str:
    """Caption the list of missing values, saying what happens to them."""
    if missing.empty:
        return ""
    return (
        f"Core set values missing at visits that took place ({numbers['missing_values']} of "
        f"{numbers['missing_values'].n}), by measure and visit. A missing value is left out of "
        "the comparison with baseline; it is never replaced."
    )


def explain_no_missing(numbers: Numbers) -> str:
    """Say that no value is missing; nothing where the core set was not measured at all."""
    if not numbers.study.has("core_set"):
        return ""
    return "No core set value is missing at visits that took place."


def describe_not_recorded(numbers: Numbers, availability: pd.DataFrame) -> str:
    """List in one sentence what the other sections are silent about: it was not recorded.

    Parameters
    ----------
    numbers : Numbers
    availability : DataFrame
        From `helpers.derive.course.cohort.derive_availability`.

    Returns
    -------
    str
        HTML; empty where all of it was recorded.
    """
    parts = {
        "when and why treatment stopped (no table disposition)": numbers.study.has("disposition"),
        "adverse events (no table adverse_events, which does not mean that there were none)": (
            numbers.study.has("adverse_events")
        ),
        "the core set (no table core_set)": numbers.study.has("core_set"),
        "any other value by planned visit": not availability.empty,
    }
    listed = [words for words, is_recorded in parts.items() if not is_recorded]
    return f"Not recorded in this study: {join_words(listed)}." if listed else ""


def caption_availability(availability: pd.DataFrame, patients: pd.DataFrame) -> str:
    """Caption the figure of what was measured when; empty where nothing was."""
    if availability.empty:
        return ""
    filled = int((availability["n_values"] > 0).sum())
    return (
        f"What was measured of whom (n = {len(patients)}). A filled tile: at least one value "
        f"({filled} of {len(availability)} tiles). Only visits at which anybody was measured that "
        "way are shown."
    )


def head_tables() -> dict[str, str]:
    """Give the headings of the tables that hold values by visit, in reading order."""
    return {name: capitalise(label) for name, label in TABLE_LABELS.items()}


def caption_samples(counts: pd.DataFrame) -> str:
    """Caption the table of how many patients were measured when."""
    n = int(counts["n_patients"].max()) if len(counts) else 0
    return (
        f"Patients with at least one value (of {n}); “with baseline”: of these, how many also "
        "have a value at baseline and can be compared with it. A dash: not measured then."
    )


def describe_availability(availability: pd.DataFrame, config: StudyConfig) -> str:
    """Describe what was measured when, table by table and visit by visit; empty for nothing."""
    if availability.empty:
        return ""
    parts = []
    for (table, month), rows in availability.groupby(["table", "month"], sort=False):
        measured = int((rows["n_values"] > 0).sum())
        visit = config.label_month(float(str(month)))
        parts.append(f"{TABLE_LABELS[str(table)]} at {visit}: {measured} of {len(rows)}")
    return f"Patients with at least one value. {'; '.join(parts)}."
