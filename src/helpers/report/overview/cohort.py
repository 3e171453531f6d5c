"""Who the patients are: their arms, what was recorded at entry, and what their diagnoses mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from helpers.contracts import StudyConfig
from helpers.contracts.rows import list_rows
from helpers.derive.course.cohort import ALL
from helpers.derive.response.populations import JUDGED
from helpers.report.ledger import Result
from helpers.report.numbers import Numbers
from helpers.report.response.core_set import label_measures
from helpers.report.response.response_rule import name_rule, say_when
from helpers.report.words import (
    MISSING,
    NBSP,
    capitalise,
    count_noun,
    escape,
    format_number,
    is_missing,
    join_words,
    link_patients,
    name_group,
)
from helpers.study import Study

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


def list_arms(study: Study) -> dict[str, str]:
    """Give the arms that have patients and their labels, in the order of study.yml."""
    present = set(study.table("patients")["arm"])
    return {arm: label for arm, label in study.config.arms.items() if arm in present}


def count_entered(study: Study) -> int:
    """Count everybody who entered the study."""
    return len(study.table("patients"))


def group_by_response(study: Study) -> pd.Series:
    """Give the responders and non-responders; nobody where no response can be judged."""
    return study.responses.groups if study.can_judge_response else pd.Series(dtype="str")


def tabulate_cohort(summary: pd.DataFrame, config: StudyConfig) -> pd.DataFrame:
    """Lay out the patients at entry: a row per characteristic, a column per group.

    Parameters
    ----------
    summary : DataFrame
        From `helpers.derive.course.cohort.summarise_cohort`.
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


def tabulate_doses(doses: pd.DataFrame, headings: Sequence[str]) -> pd.DataFrame:
    """Lay out the doses at entry and their change, a row each, below the patients at entry.

    Parameters
    ----------
    doses : DataFrame
        From `helpers.derive.course.medication.summarise_doses`.
    headings : sequence of str
        Columns of `tabulate_cohort`: at entry, then one per group in the same order.

    Returns
    -------
    DataFrame
        The same columns; no rows where no drug was recorded.
    """
    rows: dict[str, list[str]] = {}
    for row in list_rows(doses):
        unit = MISSING if is_missing(row["unit"]) else row["unit"]
        change = " (change to the last month)" if row["what"] == "change" else ""
        name = f"{capitalise(row['drug'])}{change}, {unit}"
        rows.setdefault(name, [name]).append(_write_dose(row))
    return pd.DataFrame(list(rows.values()), columns=list(headings))


def _write_dose(row: Mapping[str, Any]) -> str:
    taking = f"{row['n_taking']} of {row['n_patients']}".replace(" ", NBSP)
    if not row["n_taking"]:
        return taking if row["what"] == "dose" else MISSING
    absent = row["n_taking"] - row["n"]
    missing = f"; {absent}{NBSP}not known" if absent else ""
    low, high = format_number(row["low"]), format_number(row["high"])
    values = f"{format_number(row['median'])} ({low} to {high})".replace(" ", NBSP)
    shown = f"{values}{missing}" if row["n"] else "not known"
    return f"{taking}: {shown}" if row["what"] == "dose" else shown


def _write_cell(row: Mapping[str, object]) -> str:
    missing = f"; {row['n_missing']}{NBSP}missing" if row["n_missing"] else ""
    if row["category"]:
        return f"{row['count']} of {row['n']}".replace(" ", NBSP) + missing
    if not row["n"]:
        return MISSING
    low, high = format_number(row["low"]), format_number(row["high"])
    whole = f"{format_number(row['median'])} ({low} to {high})".replace(" ", NBSP)
    return whole + missing


def tabulate_patients(patients: pd.DataFrame, config: StudyConfig) -> pd.DataFrame:
    """List the patients, one row each, with what was recorded of them at entry beside the arm."""
    if set(patients.columns) <= {"patient_id", "arm"}:
        return pd.DataFrame(columns=["patient", "arm"])
    names = {"patient_id": "patient"} | CHARACTERISTIC_LABELS
    return patients.assign(arm=patients["arm"].map(config.arms)).rename(columns=names)


def describe_entered(numbers: Numbers) -> str:
    """Say how many patients entered, by arm; a single one by name."""
    patients = numbers.study.table("patients")["patient_id"]
    if len(patients) == 1:
        return f"{numbers['entered']} patient is described: {link_patients(patients)}."
    arms = [
        f"{numbers[f'entered.{name_group(arm)}']} in the arm “{escape(label)}”"
        for arm, label in list_arms(numbers.study).items()
    ]
    by_arm = f": {join_words(arms)}" if len(arms) > 1 else ""
    return f"{numbers['entered']} patients entered the study{by_arm}."


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


def caption_cohort(summary: pd.DataFrame, doses: pd.DataFrame, study: Study) -> str:
    """Caption the table of patients at entry, saying who counts as a responder."""
    n = int((summary["n"] + summary["n_missing"]).max()) if len(summary) else 0
    several = summary["group"].nunique() > 1
    groups = " No tests: the groups are described." if several else ""
    return (
        f"Patients at entry (n = {n}). Numbers are medians (range); categories are counts."
        f"{_explain_doses(doses, study)}{_explain_responders(summary, study)}{groups}"
    )


def _explain_doses(doses: pd.DataFrame, study: Study) -> str:
    if doses.empty:
        return " Doses of other drugs were not recorded." if not study.has("medications") else ""
    return (
        " Drugs beside the study's treatment: how many took them at entry, with the dose; change "
        "to the last month in the study, 0 where they had been stopped by then."
    )


def _explain_responders(summary: pd.DataFrame, study: Study) -> str:
    if not study.can_judge_response or "responders" not in set(summary["group"]):
        return ""
    rule, standing = study.config.response, study.responses.standing
    unknown = int((study.responses.counted.notna() & (standing != JUDGED)).sum())
    who = f"{count_noun(unknown, 'patient')} who could not be judged"
    never = f", among them {who}" if unknown and rule.unjudged == "not_improved" else ""
    return (
        f" Responders: improved {say_when(rule, once=True)} by {name_rule(rule)} (chapter on "
        f"clinical response); non-responders: everybody else{never}."
    )


def explain_no_cohort(patients: pd.DataFrame) -> str:
    """Say why there is no table of patients at entry; a single patient makes no group."""
    return "" if len(patients) == 1 else "Nothing was recorded of the patients at entry."


def caption_patients(patients: pd.DataFrame) -> str:
    """Caption the list of patients."""
    if len(patients) == 1:
        return f"The patient.{explain_diagnoses(patients)}"
    return (
        f"The patients (n = {len(patients)}). Choose one here or in any figure to find that "
        f"patient in every figure and table.{explain_diagnoses(patients)}"
    )


def join_arms(arms: Mapping[str, str], parts: Sequence[str]) -> str:
    """Make one sentence of what is said of each arm; the arms are named where there are several."""
    if len(parts) == 1:
        return capitalise(parts[0]) + "."
    named = [f"{escape(label)}: {part}" for label, part in zip(arms.values(), parts, strict=True)]
    return "; ".join(named) + "."


def name_patients(result: Result) -> str:
    """Write the noun that follows a count of patients: singular where the whole is one patient."""
    return "patient" if result.n == 1 else "patients"
