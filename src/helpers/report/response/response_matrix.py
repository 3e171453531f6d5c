"""Patients by methods: everything measured of each patient beside the response."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from helpers.contracts.rows import list_rows
from helpers.derive.response.response_groups import NON_RESPONDERS, RESPONDERS
from helpers.plots.clinical_response import CATEGORY_MARKS
from helpers.report.words import capitalise, format_number, link_patients

MATRIX_LABELS = {"response": "resp.", "extramuscular, before": "extra-muscular, before"}
"""Headings of the matrix as a table, which must fit a printed page."""

MATRIX_HEADINGS = {"before": "{}, before", "after": "{}, after", "change": "{}, change"}


def list_members(groups: pd.Series) -> dict[str, list[str]]:
    """List the patients of each group under its heading, responders first.

    >>> list_members(pd.Series(["responders", "non-responders"], index=["A", "B"]))
    {'Responders (n = 1)': ['A'], 'Non-responders (n = 1)': ['B']}
    """
    members = {name: list(groups.index[groups == name]) for name in (RESPONDERS, NON_RESPONDERS)}
    return {
        f"{capitalise(name)} (n = {len(patients)})": patients for name, patients in members.items()
    }


def head_columns(matrix: pd.DataFrame) -> dict[int, str]:
    """Give each column of the matrix its heading."""
    columns = matrix.drop_duplicates("position") if len(matrix) else matrix
    return {
        int(row["position"]): MATRIX_HEADINGS[row["when"]].format(row["label"])
        for row in list_rows(columns)
    }


def tabulate_matrix(
    matrix: pd.DataFrame, best: pd.DataFrame, members: Mapping[str, Sequence[str]]
) -> pd.DataFrame:
    """Lay the matrix out as a table: a row per patient, a column per measurement."""
    rows = [patient for patients in members.values() for patient in patients]
    response = best.set_index("patient_id")["best_response"].reindex(rows)
    table = pd.DataFrame({"patient": rows, "response": response.to_numpy()})
    for position, part in matrix.groupby("position", sort=False):
        heading = head_columns(part)[int(str(position))]
        values = part.set_index("patient_id")["value"].reindex(rows)
        table[heading] = values.to_numpy(dtype=float)
    return table


def format_response(category: object) -> str:
    """Write a best response as the mark that the figure uses."""
    return CATEGORY_MARKS[str(category)]


def caption_matrix(matrix: pd.DataFrame, groups: pd.Series) -> str:
    """Caption the figure of patients by methods."""
    columns = matrix["position"].nunique() if len(matrix) else 0
    return (
        f"One row per patient (n = {len(groups)}), one column per measurement ({columns}). The "
        "number is the measured value; the shade is its rank among the patients measured, pale for "
        "the lowest and dark for the highest, whatever is good or bad. before: baseline; after: "
        "last visit measured; change: from baseline to the last visit measured. A point: not "
        "measured. Response (resp.): ● improved, – unchanged, ▼ worsened, ? not evaluable. "
        "No tests."
    )


def caption_matrix_table(matrix: pd.DataFrame, groups: pd.Series) -> str:
    """Caption the table of patients by methods."""
    columns = matrix["position"].nunique() if len(matrix) else 0
    return (
        f"The numbers of the figure: {len(groups)} patients, {columns} measurements. before: "
        "baseline; after: last visit measured; change: from baseline to the last visit measured. "
        "resp.: ● improved, – unchanged, ▼ worsened, ? not evaluable."
    )


def describe_matrix(matrix: pd.DataFrame, groups: pd.Series) -> str:
    """Describe the figure of patients by methods in plain words: medians of the two groups."""
    if matrix.empty:
        return "nothing was measured that the figure could show."
    parts = []
    for position, column in matrix.groupby("position", sort=False):
        group = column["patient_id"].map(groups)
        ends = [
            format_number(column.loc[group == name, "value"].median())
            for name in (RESPONDERS, NON_RESPONDERS)
        ]
        heading = head_columns(column)[int(str(position))]
        parts.append(f"{heading}: {ends[0]} in responders, {ends[1]} in the others")
    return f"Tiles of {len(groups)} patients by methods. Medians: {'; '.join(parts)}."


def describe_gaps(matrix: pd.DataFrame, groups: pd.Series) -> str:
    """Say how many patients have every measurement of the matrix."""
    if matrix.empty:
        return "None of these measurements was made in this study."
    wide = matrix.pivot(index="patient_id", columns="position", values="value")
    complete = [name for name in groups.index if wide.loc[name].notna().all()]
    who = f" ({link_patients(complete)})" if complete else ""
    return (
        f"{len(complete)} of {len(groups)} patients have every one of the {wide.shape[1]} "
        f"measurements{who}. "
        "What goes together can be judged in these patients only."
    )
