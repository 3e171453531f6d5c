"""Sentences and tables about the study as a whole: design, patients, flow, what is missing."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pandas as pd

from helpers.contracts import StudyConfig
from helpers.contracts.rows import list_rows
from helpers.derive.cohort import ALL
from helpers.derive.core_set import MEASURES
from helpers.derive.response import derive_best_response
from helpers.derive.response_groups import group_by_response
from helpers.report.chapter import Chapter
from helpers.report.words import (
    MISSING,
    NBSP,
    capitalise,
    count_noun,
    escape,
    format_number,
    join_words,
    link_patients,
    name_group,
)

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

CHARACTERISTIC_LABELS = {
    "age_years": "age, years",
    "disease_duration_years": "disease duration, years",
    "sex": "sex",
    "diagnosis": "diagnosis",
}

DIAGNOSIS_WORDS = {
    "PM": "polymyositis",
    "DM": "dermatomyositis",
    "IBM": "inclusion body myositis",
    "CADM": "clinically amyopathic dermatomyositis",
    "IMNM": "immune-mediated necrotising myopathy",
    "ASyS": "antisynthetase syndrome",
    "JDM": "juvenile dermatomyositis",
}
"""What the usual abbreviations of diagnoses stand for; captions explain those that occur."""


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
    return {visit.month: config.label_month(visit.month) for visit in visits}


def group_by_arm(chapter: Chapter) -> pd.Series:
    """Give each patient's arm as the report names it; index patient_id, in the study's order."""
    patients = chapter.study.table("patients").set_index("patient_id")["arm"]
    return patients.map(chapter.study.config.arms)


def list_arms(chapter: Chapter) -> dict[str, str]:
    """Give the arms that have patients and their labels, in the order of study.yml."""
    present = set(chapter.study.table("patients")["arm"])
    return {arm: label for arm, label in chapter.study.config.arms.items() if arm in present}


def count_entered(chapter: Chapter) -> int:
    """Count everybody who entered the study."""
    return len(chapter.study.table("patients"))


def group_by_best_response(responses: pd.DataFrame | None, patients: pd.DataFrame) -> pd.Series:
    """Divide the patients in responders and non-responders by the best visit of each.

    Parameters
    ----------
    responses : DataFrame or None
        One row per patient and month: category (`helpers.derive.cohort.derive_visit_responses`).
    patients : DataFrame
        Everybody who entered.

    Returns
    -------
    Series of str
        Index patient_id; no rows where no response can be judged.

    Examples
    --------
    >>> judged = pd.DataFrame({"patient_id": ["A"], "month": [3.0], "category": ["improved"]})
    >>> group_by_best_response(judged, pd.DataFrame({"patient_id": ["A", "B"]})).tolist()
    ['responders', 'non-responders']
    """
    if responses is None:
        return pd.Series(dtype="str")
    return group_by_response(derive_best_response(responses, patients=patients["patient_id"]))


def tabulate_design(config: StudyConfig, *, has_core_set: bool) -> pd.DataFrame:
    """List what the study is, one row per fact; what study.yml does not say has no row.

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
        "Question": config.question,
        "Design": config.design,
        "Arms": "; ".join(config.arms.values()),
        "Treatment": config.treatment,
        "Visits": join_words(label_visits(config).values()),
        "Primary outcome": config.primary_outcome,
        "Core set measures": "; ".join(label_measures(config).values()) if has_core_set else None,
        "Where the data come from": config.provenance,
        "Publication": config.citation,
        "Licence of the data": config.licence,
    }
    known = [(name, capitalise(text)) for name, text in rows.items() if text]
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
        One row per characteristic, then one column of text per group, headed by its size: median
        (range), or count. No rows for a single patient, whom the list of patients describes.
    """
    sizes = {row["group"]: row["n"] + row["n_missing"] for row in list_rows(summary)}
    if sizes.get(ALL, 0) < 2:
        return pd.DataFrame(columns=["at entry"])
    labels = CHARACTERISTIC_LABELS | label_measures(config)
    cells = summary.assign(
        characteristic=[
            capitalise(": ".join(filter(None, [labels[row["characteristic"]], row["category"]])))
            for row in list_rows(summary)
        ],
        text=[_write_cell(row) for row in list_rows(summary)],
    )
    order = list(dict.fromkeys(cells["characteristic"]))
    wide = cells.pivot(index="characteristic", columns="group", values="text")
    wide = wide.reindex(index=order, columns=list(sizes))
    wide.columns = pd.Index(
        [f"{capitalise(group)} (n{NBSP}={NBSP}{n})" for group, n in sizes.items()]
    )
    return wide.reset_index().rename(columns={"characteristic": "at entry"})


def _write_cell(row: Mapping[str, object]) -> str:
    missing = f"; {row['n_missing']}{NBSP}missing" if row["n_missing"] else ""
    if row["category"]:
        return f"{row['count']} of {row['n']}".replace(" ", NBSP) + missing
    if not row["n"]:
        return MISSING
    low, high = format_number(row["low"]), format_number(row["high"])
    whole = f"{format_number(row['median'])} ({low} to {high})".replace(" ", NBSP)
    return whole + missing


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
        Somebody who stopped after the last planned visit missed none and is not listed.

    Examples
    --------
    >>> stop = pd.DataFrame({"patient_id": ["A"], "last_month": [2.0], "completed": [False],
    ...                      "stop_reason": ["headache"]})
    >>> entered = pd.DataFrame({"patient_id": ["A"], "arm": ["drug"]})
    >>> list_who_left(entered, stop, months=[0.0, 3.0]).values.tolist()
    [['drug', 3.0, 'Headache', 1]]
    """
    columns = ["arm", "month", "reason", "n"]
    if disposition is None:
        return pd.DataFrame(columns=columns)
    gone = disposition[~disposition["completed"].astype(bool)].merge(patients, on="patient_id")
    missed = [min([m for m in months if m > last], default=None) for last in gone["last_month"]]
    reasons = gone["stop_reason"].astype("str").fillna("reason not recorded").map(capitalise)
    gone = gone.assign(month=pd.Series(missed, index=gone.index, dtype="float64"), reason=reasons)
    counts = gone.groupby(["arm", "month", "reason"], sort=False).size()
    return counts.rename("n").reset_index()[columns]


def tabulate_patients(patients: pd.DataFrame, config: StudyConfig) -> pd.DataFrame:
    """List the patients, one row each, with what was recorded of them at entry beside the arm."""
    if set(patients.columns) <= {"patient_id", "arm"}:
        return pd.DataFrame(columns=["patient", "arm"])
    names = {"patient_id": "patient"} | CHARACTERISTIC_LABELS
    return patients.assign(arm=patients["arm"].map(config.arms)).rename(columns=names)


def tabulate_samples(counts: pd.DataFrame, config: StudyConfig) -> pd.DataFrame:
    """Lay out how many patients were measured by what and when, and how many can be compared.

    Parameters
    ----------
    counts : DataFrame
        From `helpers.derive.cohort.summarise_availability`.
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
        name = f"entered.{name_group(str(arm))}"
        chapter.record(name, n, unit="patients", source="patients")
    by_value = [name for name in TABLE_LABELS if chapter.study.has(name)]
    known = ["disposition"] if chapter.study.has("disposition") else by_value
    for row in list_rows(seen.dropna(subset=["n_seen"])):
        chapter.record(
            name_seen(row["arm"], row["month"]),
            row["n_seen"],
            n=row["n_entered"],
            unit="patients",
            source=["patients", *known],
        )
    if chapter.study.has("core_set"):
        _record_missing(chapter, missing)


def name_seen(arm: str, month: float) -> str:
    """Name the record of how many patients of an arm were in the study at a visit.

    >>> name_seen("control", 3.0)
    'seen.control.month_3'
    """
    return f"seen.{name_group(arm)}.month_{f'{month:g}'.replace('.', '-')}"


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
    """Say how many patients entered, by arm; a single one by name."""
    patients = chapter.study.table("patients")["patient_id"]
    if len(patients) == 1:
        return f"{chapter['entered']} patient is described: {link_patients(patients)}."
    arms = [
        f"{chapter[f'entered.{name_group(arm)}']} in the arm “{escape(label)}”"
        for arm, label in list_arms(chapter).items()
    ]
    by_arm = f": {join_words(arms)}" if len(arms) > 1 else ""
    return f"{chapter['entered']} patients entered the study{by_arm}."


def describe_retention(chapter: Chapter) -> str:
    """Say how many patients of each arm were still in the study at the last planned visit."""
    config = chapter.study.config
    last, label = config.months[-1], escape(config.label_month(config.months[-1]))
    if len(config.months) == 1:
        return "One visit was planned."
    arms = list_arms(chapter)
    names = {arm: name_seen(arm, last) for arm in arms}
    single = count_entered(chapter) == 1
    if not all(name in chapter.ledger for name in names.values()):
        if single:
            return f"No table by visit says whether the patient was seen at {label}."
        return f"Who was still in the study at the last planned visit ({label}) was not recorded."
    parts = [
        f"{chapter[name]} of {chapter[name].n}"
        + (f" ({escape(arms[arm])})" if len(arms) > 1 else "")
        for arm, name in names.items()
    ]
    if single:
        stayed = "was" if chapter[next(iter(names.values()))].value else "was not"
        return f"The patient {stayed} in the study at the last planned visit ({label})."
    return f"{join_words(parts)} patients were in the study at the last planned visit ({label})."


def describe_missing(chapter: Chapter, missing: pd.DataFrame) -> str:
    """Say how many core set values are missing, and of whom."""
    if "missing_values" not in chapter.ledger:
        return "The core set was not measured in this study."
    total = chapter["missing_values"]
    if missing.empty:
        return f"No core set value is missing ({total} of {total.n}) at visits that took place."
    absent = {name for row in missing["patients"] for name in row.split(", ")}
    names = [name for name in chapter.study.table("patients")["patient_id"] if name in absent]
    verb = "is" if total.value == 1 else "are"
    return (
        f"{total} of {total.n} core set values {verb} missing at visits that took place, in "
        f"{count_noun(len(names), 'patient')}: {link_patients(names)}."
    )


def caption_missing(chapter: Chapter, missing: pd.DataFrame) -> str:
    """Caption the list of missing values, saying what happens to them."""
    if missing.empty:
        return ""
    return (
        f"Core set values missing at visits that took place ({chapter['missing_values']} of "
        f"{chapter['missing_values'].n}), by measure and visit. A missing value is left out of "
        "the comparison with baseline; it is never replaced."
    )


def explain_no_missing(chapter: Chapter) -> str:
    """Say why there is no list of missing values: none is missing, or nothing was measured."""
    if not chapter.study.has("core_set"):
        return "The core set was not measured in this study."
    return "No core set value is missing at visits that took place."


def link_listed(names: object) -> str:
    """Turn names joined by commas into links to the patients; what a table's cell shows.

    >>> link_listed("A, B").count("patient-")
    2
    """
    return link_patients(str(names).split(", "))


def explain_diagnoses(patients: pd.DataFrame) -> str:
    """Spell out the abbreviations of diagnoses that occur.

    >>> explain_diagnoses(pd.DataFrame({"diagnosis": ["DM", "PM", "DM"]}))
    ' DM: dermatomyositis; PM: polymyositis.'
    """
    if "diagnosis" not in patients:
        return ""
    found = [d for d in patients["diagnosis"].dropna().unique() if d in DIAGNOSIS_WORDS]
    words = "; ".join(f"{name}: {DIAGNOSIS_WORDS[name]}" for name in found)
    return f" {words}." if words else ""


def caption_cohort(summary: pd.DataFrame, responses: pd.DataFrame | None) -> str:
    """Caption the table of patients at entry, saying who counts as a responder."""
    n = int((summary["n"] + summary["n_missing"]).max()) if len(summary) else 0
    several = summary["group"].nunique() > 1
    groups = " No tests: the groups are described." if several else ""
    return (
        f"Patients at entry (n = {n}). Numbers are medians (range); categories are counts."
        f"{_explain_responders(summary, responses)}{groups}"
    )


def _explain_responders(summary: pd.DataFrame, responses: pd.DataFrame | None) -> str:
    if responses is None or "responders" not in set(summary["group"]):
        return ""
    judged = responses.loc[responses["category"] != "not evaluable", "patient_id"].nunique()
    entered = int((summary["n"] + summary["n_missing"]).max())
    unknown = count_noun(entered - judged, "patient")
    never = f", among them {unknown} who could not be judged" if judged < entered else ""
    return (
        " Responders: improved at one visit or more by the IMACS definition (chapter on clinical "
        f"response); non-responders: everybody else{never}."
    )


def explain_no_cohort(patients: pd.DataFrame) -> str:
    """Say why there is no table of patients at entry."""
    if len(patients) == 1:
        return "One patient: there is no group to describe."
    return "Nothing was recorded of the patients at entry."


def caption_patients(patients: pd.DataFrame) -> str:
    """Caption the list of patients."""
    if len(patients) == 1:
        return f"The patient.{explain_diagnoses(patients)}"
    return (
        f"The patients (n = {len(patients)}). Choose one here or in any figure to find that "
        f"patient in every figure and table.{explain_diagnoses(patients)}"
    )


def caption_flow(chapter: Chapter, left: pd.DataFrame) -> str:
    """Caption the flow of patients, saying how being in the study was decided."""
    how = (
        "by the recorded last month"
        if chapter.study.has("disposition")
        else "by having at least one value there"
    )
    reasons = " Reasons stand below the first visit not reached." if len(left) else ""
    return (
        f"Flow of patients (n = {chapter['entered']} entered). In the study at a visit: {how}."
        f"{reasons}"
    )


def describe_flow(seen: pd.DataFrame, left: pd.DataFrame, config: StudyConfig) -> str:
    """Describe the flow of patients in plain words, or say why there is none."""
    if seen.loc[seen["month"] == seen["month"].min(), "n_entered"].sum() == 1:
        return "one patient makes no flow."
    known = seen.dropna(subset=["n_seen"])
    if known["month"].nunique() < 2:
        return "who was seen at which visit was not recorded."
    parts = []
    for arm, rows in known.groupby("arm", sort=False):
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
        f"What was measured of whom (n = {len(patients)}). A filled tile: at least one value "
        f"({filled} of {len(availability)} tiles). Only visits at which anybody was measured that "
        "way are shown."
    )


def head_tables() -> dict[str, str]:
    """Give the headings of the tables that hold values by visit, in reading order."""
    return {name: capitalise(label) for name, label in TABLE_LABELS.items()}


def explain_no_samples() -> str:
    """Say what it means that nothing was measured by planned visit."""
    return "There is no later visit to compare with a baseline."


def caption_samples(counts: pd.DataFrame) -> str:
    """Caption the table of how many patients were measured when."""
    n = int(counts["n_patients"].max()) if len(counts) else 0
    return (
        f"Patients with at least one value (of {n}); “with baseline”: of these, how many also "
        "have a value at baseline and can be compared with it. A dash: not measured then."
    )


def describe_availability(availability: pd.DataFrame, config: StudyConfig) -> str:
    """Describe what was measured when in plain words: table by table, visit by visit."""
    if availability.empty:
        return "nothing was recorded by planned visit."
    parts = []
    for (table, month), rows in availability.groupby(["table", "month"], sort=False):
        measured = int((rows["n_values"] > 0).sum())
        visit = config.label_month(float(str(month)))
        parts.append(f"{TABLE_LABELS[str(table)]} at {visit}: {measured} of {len(rows)}")
    return f"Patients with at least one value. {'; '.join(parts)}."


def take_first_sentence(text: str) -> str:
    """Give the first sentence of a text; a short word before a point, as in vs., ends none.

    >>> take_first_sentence("Drug vs. Placebo, randomised. Nobody knew the arm.")
    'Drug vs. Placebo, randomised.'
    """
    return re.split(r"(?<=[\w)%]{3}[.!?])\s+(?=[A-Z])", text.strip(), maxsplit=1)[0]


def summarise_overview(
    chapter: Chapter, missing: pd.DataFrame, *safety_sentences: str
) -> list[str]:
    """Sum the chapter up in a few sentences, from the ledger.

    Parameters
    ----------
    chapter : Chapter
    missing : DataFrame
        From `helpers.derive.cohort.summarise_missing`.
    *safety_sentences : str
        From `helpers.report.safety.summarise_safety`.

    Returns
    -------
    list of str
        HTML, at most five sentences.
    """
    config = chapter.study.config
    entered = describe_entered(chapter)
    if count_entered(chapter) > 1 and len(config.months) > 1:
        entered = f"{entered.removesuffix('.')}; {describe_retention(chapter)}"
        entered = entered.replace("; Who was", "; who was")
    return [
        escape(take_first_sentence(config.design)),
        entered,
        *safety_sentences,
        describe_missing(chapter, missing),
    ]


def conclude_overview(chapter: Chapter, seen: pd.DataFrame) -> list[str]:
    """Say which comparisons the design and the retention allow."""
    if count_entered(chapter) == 1:
        return [
            "One patient shows what can happen, not how often it happens, nor why: treatment, "
            "other medication and time act together."
        ]
    n_arms = len(list_arms(chapter))
    words = {2: "Two", 3: "Three", 4: "Four"}
    arms = (
        f"{words.get(n_arms, str(n_arms))} arms allow a comparison between treatments."
        if n_arms > 1
        else "One arm allows comparison with each patient's own baseline only."
    )
    return [f"{arms} {_conclude_retention(chapter, seen)}"]


def _conclude_retention(chapter: Chapter, seen: pd.DataFrame) -> str:
    config = chapter.study.config
    last = seen[seen["month"] == config.months[-1]]
    if len(config.months) == 1:
        return "With one visit there is no later state to compare."
    if last["n_seen"].isna().any():
        return (
            "Who stayed to the last visit was not recorded, so later visits may describe a "
            "selection of those who entered."
        )
    stayed, entered = int(last["n_seen"].sum()), int(last["n_entered"].sum())
    if stayed == entered:
        return (
            "Every patient was in the study to the last visit, so later visits describe the same "
            "patients as the first."
        )
    if stayed == 0:
        return "No patient was in the study at the last visit, which can therefore tell nothing."
    return (
        f"{entered - stayed} of {entered} patients had left by the last visit: later visits "
        "describe those who stayed, and every analysis of response counts those who left."
    )


def describe_overview_limits(chapter: Chapter) -> list[str]:
    """Say what the study's design and data cannot show."""
    patients = chapter.study.table("patients")
    absent = [
        label.removesuffix(", years")
        for name, label in CHARACTERISTIC_LABELS.items()
        if name not in patients
    ]
    whose = "the patient" if len(patients) == 1 else "single patients"
    unknown = f"Not recorded of {whose}: {join_words(absent)}." if absent else ""
    return [
        _describe_smallness(chapter),
        _describe_control(chapter),
        unknown,
    ]


def list_notes(config: StudyConfig) -> list[str]:
    """Give what study.yml says a reader must know, a paragraph each."""
    return [escape(note) for note in config.notes]


def _describe_smallness(chapter: Chapter) -> str:
    entered = count_entered(chapter)
    if entered == 1:
        return "From one patient no share and no interval can be estimated."
    return (
        f"With {chapter['entered']} patients one patient more or less moves every share by "
        f"{format_number(100 / entered, digits=0)} percentage points."
    )


def _describe_control(chapter: Chapter) -> str:
    if len(list_arms(chapter)) > 1:
        return (
            "The groups are small, so chance differences between them at entry are to be expected."
        )
    return (
        "There is no control group: improvement can come from the treatment, from time, from "
        "other medication, or from being observed."
    )
