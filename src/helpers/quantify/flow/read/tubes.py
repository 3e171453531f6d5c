"""`tubes.csv`: whose blood each tube holds, from which month, under which condition."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pandera.pandas as pa

from helpers.contracts import Fault, StudyDataError, keep_first, suggest_name
from helpers.contracts.configuration import LATEST_MONTH
from helpers.io.bounds import MOST_FAULTS
from helpers.io.contracted import read_contracted


def _column(dtype: object, kind: str, description: str, expected: str = "") -> pa.Column:
    about = {
        "kind": kind,
        "unit": "",
        "expected": expected or description,
        "mend": "fill the cell",
        "filled": True,
    }
    checks = [pa.Check.in_range(0, LATEST_MONTH, error=expected)] if kind == "number" else []
    return pa.Column(dtype, checks=checks, nullable=False, description=description, metadata=about)


TUBES = pa.DataFrameSchema(
    {
        "file": _column("str", "text", "the FCS file, below the folder of this table"),
        "patient_id": _column("str", "text", "pseudonym of the patient, the same in every table"),
        "month": _column(
            float, "number", "months since the first dose", f"0 to {LATEST_MONTH} months"
        ),
        "condition": _column("str", "text", "what was done to the cells: a stimulus, or none"),
    },
    strict=True,
    metadata={"one_row_per": "tube", "key": ("file",), "may_be_empty": False},
)
"""Contract of `tubes.csv`: one row per tube."""


@dataclass(frozen=True)
class Tube:
    """One tube: its file, whose it is, and its row in `tubes.csv`."""

    file: str
    patient_id: str
    month: float
    condition: str
    row: int


def read_tubes(path: Path, *, file: str = "") -> list[Tube]:
    """Read `tubes.csv`.

    Parameters
    ----------
    path : Path
    file : str
        How messages name it; its name where nothing is given.

    Returns
    -------
    list of Tube
        In the order of the table.

    Raises
    ------
    StudyDataError
        With every fault: columns, cells, a file that leads out of the folder, two tubes of one
        patient, month and condition (they are never pooled).
    """
    file = file or path.name
    frame, faults = read_contracted(path, TUBES, file=file)
    if faults:
        raise StudyDataError(file, faults)
    columns = frame[["file", "patient_id", "month", "condition"]]
    tubes = [
        Tube(str(name), str(patient), float(month), str(condition), int(row))
        for row, name, patient, month, condition in columns.itertuples(name=None)
    ]
    faults = keep_first(_find_wrong(tubes, file), MOST_FAULTS)
    if faults:
        raise StudyDataError(file, faults)
    return tubes


def _find_wrong(tubes: list[Tube], file: str) -> Iterator[Fault]:
    seen: dict[tuple[str, float, str], Tube] = {}
    for tube in tubes:
        path = PurePosixPath(tube.file.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in tube.file:
            mend = "put the file below the folder of the table, and write its name"
            yield Fault(file, tube.file, "a file below this folder", mend, tube.row, "file")
        first = seen.setdefault((tube.patient_id, tube.month, tube.condition), tube)
        if first is not tube:
            found = (
                f"{tube.patient_id}, month {tube.month:g}, {tube.condition} as in row {first.row}"
            )
            mend = "name the condition apart, or take one tube out: tubes are never pooled"
            yield Fault(file, found, "one tube of each", mend, tube.row, "condition")


def find_unused(
    tubes: list[Tube], *, there: Collection[str], left_out: Collection[str], file: str
) -> list[Fault]:
    """List files that are there and in no row, rows without a file, and names left out in vain.

    Parameters
    ----------
    tubes : list of Tube
    there : collection of str
        Names of the files or samples that are there.
    left_out : collection of str
        Those that are not meant to be used.
    file : str
        How messages name `tubes.csv`.

    Returns
    -------
    list of Fault
        The nearest name with each.
    """
    named = {tube.file for tube in tubes}
    faults = [
        Fault(
            file,
            f"no file {tube.file}",
            "a file of this folder, or a sample of the gates' file",
            suggest_name(tube.file, set(there) - named) + "correct the name, or add the file",
            tube.row,
            "file",
        )
        for tube in tubes
        if tube.file not in there
    ]
    missing = {tube.file for tube in tubes} - set(there)
    for name in sorted(set(there) - named - set(left_out)):
        near = suggest_name(name, missing)
        mend = f"{near}give it a row, or name it in left_out"
        faults.append(Fault(file, f"{name} is there and in no row", "a row for each", mend))
    for name in sorted(set(left_out) - set(there)):
        near = suggest_name(name, there)
        mend = f"{near}take it out of left_out"
        faults.append(Fault(file, f"left_out names {name}, which is not there", "a file", mend))
    return faults


def find_lacking(tubes: list[Tube], conditions: Collection[str], *, file: str) -> list[Fault]:
    """List conditions that no population reads, and visits without a tube of one that is read.

    Parameters
    ----------
    tubes : list of Tube
    conditions : collection of str
        Those that the populations name.
    file : str
        How messages name `tubes.csv`.

    Returns
    -------
    list of Fault
    """
    faults = [
        Fault(
            file,
            f"condition {tube.condition}, which no population reads",
            "one of " + ", ".join(sorted(conditions)),
            suggest_name(tube.condition, conditions) + "correct it, or add it to a population",
            tube.row,
            "condition",
        )
        for tube in tubes
        if tube.condition not in conditions
    ]
    for condition in sorted(set(conditions) - {tube.condition for tube in tubes}):
        near = suggest_name(condition, {tube.condition for tube in tubes})
        mend = f"{near}write it as the table does"
        faults.append(Fault(file, f"no tube of condition {condition}", "a tube", mend))
    return keep_first(faults, MOST_FAULTS)
