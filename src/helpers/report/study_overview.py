"""Sentences and tables about the study as a whole: design, patients, flow, what is missing."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from helpers.contracts import StudyConfig
from helpers.contracts.rows import list_rows
from helpers.derive.core_set import MEASURES
from helpers.report.chapter import Chapter
from helpers.report.words import (
    MISSING,
    capitalise,
    count_noun,
    escape,
    format_number,
    join_words,
    link_patients,
)

TABLE_LABELS = {
    "core_set": "core set",
    "functional_index": "Functional Index",
    "questionnaires": "questionnaires",
    "performance_tests": "performance tests",
    "biopsies": "muscle biopsy",
    "cytokines": "serum cytokines",
    "t_cells": "T cells",
}
"""How the report names the tables that hold values by visit."""

CHARACTERISTIC_LABELS = {
    "age_years": "age, years",
    "disease_duration_years": "disease duration, years",
    "sex": "sex",
    "diagnosis": "diagnosis",
}


def label_measures(config: StudyConfig) -> dict[str, str]:
    """Name each core set measure with its unit and range, as the study declares them.

    Parameters
    ----------
    config : StudyConfig

    Returns
    -------
    dict of str to str
        Column and label, in the order of the field.

    Examples
    --------
    >>> from helpers.study import read_study
    >>> label_measures(read_study("endurance_training_iim", tables=[]).config)["ck"]
    'creatine kinase, ukat/L'
    """
    instruments = config.instruments
    vas = "mm" if instruments.vas_maximum == 100 else "cm"
    units = {
        "physician_global": f"0 to {instruments.vas_maximum} {vas}",
        "patient_global": f"0 to {instruments.vas_maximum} {vas}",
        "mmt8": f"0 to {instruments.mmt8_maximum}",
        "haq_di": "0 to 3",
        "ck": instruments.ck.shown_unit,
        "extramuscular": f"{instruments.extramuscular.instrument.upper()} "
        f"0 to {instruments.extramuscular_maximum:g}",
    }
    names = {"mmt8": "muscle strength (MMT-8)", "haq_di": "disability (HAQ-DI)"}
    return {m.name: f"{names.get(m.name, m.label)}, {units[m.name]}" for m in MEASURES}


def label_visits(config: StudyConfig, *, after_baseline: bool = False) -> dict[float, str]:
    """Give the planned visits and their labels, in order of time."""
    visits = config.visits[1:] if after_baseline else config.visits
    return {visit.month: visit.label for visit in visits}


def group_by_arm(chapter: Chapter) -> pd.Series:
    """Give each patient's arm as the report names it; index patient_id, in the study's order."""
    patients = chapter.study.table("patients").set_index("patient_id")["arm"]
    return patients.map(chapter.study.config.arms)


def tabulate_design(config: StudyConfig) -> pd.DataFrame:
    """List what the study is, one row per fact; what study.yml does not say has no row."""
    rows = {
        "Question": config.question,
        "Design": config.design,
        "Arms": "; ".join(config.arms.values()),
        "Treatment": config.treatment,
        "Visits": join_words(visit.label for visit in config.visits),
        "Primary outcome": config.primary_outcome,
        "Core set measures": "; ".join(label_measures(config).values()),
        "Where the data come from": config.provenance,
        "Publication": config.citation,
        "Licence of the data": config.licence,
        "To know": " ".join(config.notes),
    }
    known = [(name, text) for name, text in rows.items() if text]
    return pd.DataFrame(known, columns=["fact", "about this study"])


def tabulate_cohort(summary: pd.DataFrame, config: StudyConfig) -> pd.DataFrame:
    """Lay out the patients at entry: a row per characteristic, a column per group.

    Parameters
    ----------
    summary : DataFrame
        From `helpers.derive.cohort.summarise_cohort`.
    config : StudyConfig
        For units.

    Returns
    -------
    DataFrame
        characteristic, then one column of text per group: median (range), or count.
    """
    labels = CHARACTERISTIC_LABELS | label_measures(config)
    cells = summary.assign(
        characteristic=[
            ": ".join(filter(None, [labels[row["characteristic"]], row["category"]]))
            for row in list_rows(summary)
        ],
        text=[_write_cell(row) for row in list_rows(summary)],
    )
    order = list(dict.fromkeys(cells["characteristic"]))
    groups = list(dict.fromkeys(cells["group"]))
    wide = cells.pivot(index="characteristic", columns="group", values="text")
    wide = wide.reindex(index=order, columns=groups)
    wide.columns.name = None
    return wide.reset_index().rename(columns={"characteristic": "at entry"})


def _write_cell(row: Mapping[str, object]) -> str:
    missing = f"; {row['n_missing']} missing" if row["n_missing"] else ""
    if row["category"]:
        return f"{row['count']} of {row['n']}{missing}"
    if not row["n"]:
        return MISSING
    low, high = format_number(row["low"]), format_number(row["high"])
    return f"{format_number(row['median'])} ({low} to {high}){missing}"


def list_who_left(
    patients: pd.DataFrame, disposition: pd.DataFrame | None, *, months: list[float]
) -> pd.DataFrame:
    """Count the patients who stopped before each visit, by arm and reason.

    Parameters
    ----------
    patients : DataFrame
        patient_id and arm.
    disposition : DataFrame or None
        One row per patient: last_month, completed, stop_reason; None where not recorded.
    months : list of float
        Planned visits.

    Returns
    -------
    DataFrame
        One row per arm, month and reason: arm, month (first visit not reached), reason, n.

    Examples
    --------
    >>> stop = pd.DataFrame({"patient_id": ["A"], "last_month": [2.0], "completed": [False],
    ...                      "stop_reason": ["headache"]})
    >>> entered = pd.DataFrame({"patient_id": ["A"], "arm": ["drug"]})
    >>> list_who_left(entered, stop, months=[0.0, 3.0]).values.tolist()
    [['drug', 3.0, 'headache', 1]]
    """
    columns = ["arm", "month", "reason", "n"]
    if disposition is None:
        return pd.DataFrame(columns=columns)
    gone = disposition[~disposition["completed"].astype(bool)].merge(patients, on="patient_id")
    missed = [
        min((month for month in months if month > last), default=months[-1])
        for last in gone["last_month"]
    ]
    gone = gone.assign(month=missed, reason=gone["stop_reason"].fillna("reason not recorded"))
    counts = gone.groupby(["arm", "month", "reason"], sort=False).size()
    return counts.rename("n").reset_index()[columns]


def tabulate_patients(patients: pd.DataFrame, config: StudyConfig) -> pd.DataFrame:
    """List the patients, one row each, with what was recorded of them at entry beside the arm."""
    if set(patients.columns) <= {"patient_id", "arm"}:
        return pd.DataFrame(columns=["patient", "arm"])
    return patients.rename(columns={"patient_id": "patient"}).assign(
        arm=patients["arm"].map(config.arms)
    )


def tabulate_missing(missing: pd.DataFrame, config: StudyConfig) -> pd.DataFrame:
    """List missing core set values: visit, measure, how many of those seen, and who."""
    labels = label_measures(config)
    return pd.DataFrame(
        {
            "visit": missing["month"].map(config.label_month),
            "measure": missing["measure"].map(labels),
            "missing": missing["n_missing"],
            "of": missing["n_seen"],
            "who": missing["patients"],
        }
    )


def record_overview(chapter: Chapter, seen: pd.DataFrame, missing: pd.DataFrame) -> None:
    """Record who entered, who was in the study at each visit, and what is missing.

    Parameters
    ----------
    chapter : Chapter
    seen : DataFrame
        From `helpers.derive.cohort.count_seen`.
    missing : DataFrame
        From `helpers.derive.cohort.summarise_missing`.
    """
    patients = chapter.study.table("patients")
    chapter.record("entered", len(patients), unit="patients", source="patients")
    for arm, n in patients["arm"].value_counts(sort=False).items():
        chapter.record(f"entered.{arm}", n, unit="patients", source="patients")
    known = [name for name in ("disposition", "core_set") if chapter.study.has(name)]
    for row in list_rows(seen):
        chapter.record(
            name_seen(row["arm"], row["month"]),
            row["n_seen"],
            n=row["n_entered"],
            unit="patients",
            source=["patients", *known[:1]],
        )
    if chapter.study.has("core_set"):
        _record_missing(chapter, missing)


def name_seen(arm: str, month: float) -> str:
    """Name the record of how many patients of an arm were in the study at a visit.

    >>> name_seen("control", 3.0)
    'seen.control.month_3'
    """
    return f"seen.{arm}.month_{month:g}".replace(".5", "-5")


def _record_missing(chapter: Chapter, missing: pd.DataFrame) -> None:
    core_set = chapter.study.table("core_set")
    measured = core_set[[measure.name for measure in MEASURES]]
    chapter.record(
        "missing_values",
        missing["n_missing"].sum(),
        n=int(measured.notna().any(axis=1).sum()) * len(MEASURES),
        unit="core set values",
        source="core_set",
        method="six measures at every visit that took place",
    )


def describe_entered(chapter: Chapter) -> str:
    """Say how many patients entered, by arm."""
    config = chapter.study.config
    arms = [
        f"{chapter[f'entered.{arm}']} in the arm “{escape(label)}”"
        for arm, label in config.arms.items()
        if f"entered.{arm}" in chapter.ledger
    ]
    by_arm = f": {join_words(arms)}" if len(arms) > 1 else ""
    return f"{chapter['entered']} patients entered the study{by_arm}."


def describe_retention(chapter: Chapter) -> str:
    """Say how many patients of each arm were still in the study at the last planned visit."""
    config = chapter.study.config
    last = config.visits[-1]
    parts = []
    for arm, label in config.arms.items():
        name = name_seen(arm, last.month)
        if name in chapter.ledger:
            seen = chapter[name]
            whom = f" ({escape(label)})" if len(config.arms) > 1 else ""
            parts.append(f"{seen} of {seen.n}{whom}")
    return (
        f"{capitalise(join_words(parts))} patients were in the study at the last planned visit "
        f"({escape(last.label)})."
    )


def describe_missing(chapter: Chapter, missing: pd.DataFrame) -> str:
    """Say how many core set values are missing, and of whom."""
    if "missing_values" not in chapter.ledger:
        return "The study has no core set table."
    total = chapter["missing_values"]
    if missing.empty:
        return f"No core set value is missing ({total} of {total.n})."
    absent = {name for row in missing["patients"] for name in row.split(", ")}
    names = [name for name in chapter.study.table("patients")["patient_id"] if name in absent]
    return (
        f"{total} of {total.n} core set values are missing, in "
        f"{count_noun(len(names), 'patient')}: {link_patients(names)}. A missing value is left "
        "out of the comparison with baseline; it is never replaced."
    )


def describe_measured(availability: pd.DataFrame) -> str:
    """Say in words what the study measured by visit."""
    tables = [TABLE_LABELS[name] for name in dict.fromkeys(availability["table"])]
    return f"Measured by visit: {join_words(tables)}." if tables else ""


def caption_cohort(summary: pd.DataFrame) -> str:
    """Caption the table of patients at entry."""
    n = int((summary["n"] + summary["n_missing"]).max()) if len(summary) else 0
    return (
        f"Patients at entry (n = {n}). Numbers are medians (range); categories are counts. "
        "No tests: the groups are described."
    )


def caption_patients(patients: pd.DataFrame) -> str:
    """Caption the list of patients."""
    return (
        f"The patients (n = {len(patients)}). Choose one here or in any figure to find "
        "that patient in every figure and table."
    )


def caption_flow(chapter: Chapter, left: pd.DataFrame) -> str:
    """Caption the flow of patients, saying how being in the study was decided."""
    how = (
        "by the recorded last month"
        if chapter.study.has("disposition")
        else "by having at least one core set value"
    )
    reasons = " Reasons stand below the first visit not reached." if len(left) else ""
    return (
        f"Flow of patients (n = {chapter['entered']} entered). In the study at a visit: {how}."
        f"{reasons}"
    )


def describe_flow(seen: pd.DataFrame, left: pd.DataFrame, config: StudyConfig) -> str:
    """Describe the flow of patients in plain words."""
    parts = []
    for arm, rows in seen.groupby("arm", sort=False):
        steps = [f"{r['n_seen']} at {config.label_month(r['month'])}" for r in list_rows(rows)]
        parts.append(f"{config.arms[str(arm)]}: {join_words(steps)}")
    gone = [
        f"{r['n']} before {config.label_month(r['month'])} ({r['reason']})" for r in list_rows(left)
    ]
    stopped = f" Stopped: {join_words(gone)}." if gone else ""
    return f"Flow of patients. {'; '.join(parts)}.{stopped}"


def caption_availability(availability: pd.DataFrame, patients: pd.DataFrame) -> str:
    """Caption the figure of what was measured when."""
    filled = int((availability["n_values"] > 0).sum())
    return (
        f"What was measured of whom (n = {len(patients)} patients). A filled tile: at least one "
        f"value ({filled} of {len(availability)} planned); a dashed tile: none."
    )


def describe_availability(availability: pd.DataFrame, config: StudyConfig) -> str:
    """Describe what was measured when in plain words: table by table, visit by visit."""
    parts = []
    for (table, month), rows in availability.groupby(["table", "month"], sort=False):
        measured = int((rows["n_values"] > 0).sum())
        visit = config.label_month(float(str(month)))
        parts.append(f"{TABLE_LABELS[str(table)]} at {visit}: {measured} of {len(rows)}")
    return f"Patients with at least one value. {'; '.join(parts)}."


def summarise_overview(
    chapter: Chapter, availability: pd.DataFrame, missing: pd.DataFrame
) -> list[str]:
    """Sum the chapter up in a few sentences, from the ledger."""
    return [
        escape(chapter.study.config.design),
        describe_entered(chapter) + " " + describe_retention(chapter),
        describe_measured(availability),
        describe_missing(chapter, missing),
    ]


def conclude_overview(chapter: Chapter, seen: pd.DataFrame) -> list[str]:
    """Say which comparisons the design and the retention allow."""
    config = chapter.study.config
    last = seen[seen["month"] == config.months[-1]]
    stayed, entered = int(last["n_seen"].sum()), int(last["n_entered"].sum())
    whole = (
        "Every patient was in the study to the last visit, so later visits describe the same "
        "patients as the first."
        if stayed == entered
        else f"{entered - stayed} of {entered} patients had left by the last visit: later visits "
        "describe those who stayed, and every analysis of response counts those who left."
    )
    arms = (
        "Two arms allow a comparison between treatments."
        if len(config.arms) > 1
        else "One arm allows comparison with each patient's own baseline only."
    )
    return [f"{arms} {whole}"]


def describe_overview_limits(chapter: Chapter) -> list[str]:
    """Say what the study's design and data cannot show."""
    config = chapter.study.config
    few = (
        f"With {chapter['entered']} patients one patient more or less moves every share by "
        f"{format_number(100 / max(int(str(chapter['entered'].value)), 1), digits=0)} percentage "
        "points."
    )
    single = (
        "There is no control group: improvement can come from the treatment, from time, from "
        "other medication, or from being observed."
        if len(config.arms) == 1
        else "The groups are small, so chance differences between them at entry are to be expected."
    )
    absent = [
        label
        for name, label in CHARACTERISTIC_LABELS.items()
        if name not in chapter.study.table("patients")
    ]
    unknown = f"Not recorded of single patients: {join_words(absent)}." if absent else ""
    return [few, single, unknown, *(escape(note) for note in config.notes)]
