"""`fields.csv` and `field_counts.csv`: which field is of which biopsy, and what is wrong there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, Literal

import pandas as pd
import pandera.pandas as pa

from helpers.contracts import Fault, StudyDataError, keep_first, suggest_name
from helpers.contracts.configuration import LATEST_MONTH
from helpers.contracts.rows import list_rows
from helpers.io.bounds import MOST_FAULTS
from helpers.io.contracted import read_contracted
from helpers.io.hashes import hash_file
from helpers.quantify.ihc.images import ENDINGS, find_header_fault
from helpers.quantify.ihc.nuclei import lacks_extra
from helpers.quantify.ihc.settings import IhcSettings

FIELD_KEY = ("biopsy", "marker", "field", "reader")
"""What names one reading of one field."""

_DTYPES: dict[str, Any] = {"text": "str", "number": float}


def _column(
    kind: Literal["text", "number"],
    description: str,
    *,
    unit: str = "",
    between: tuple[float, float] | None = None,
    filled: bool = True,
    required: bool = True,
    mend: str = "correct the value",
) -> pa.Column:
    expected = f"{between[0]:g} to {between[1]:g} {unit}".strip() if between else ""
    checks = [pa.Check.in_range(*between, error=expected)] if between else []
    about = {"kind": kind, "unit": unit, "expected": expected, "mend": mend, "filled": filled}
    return pa.Column(
        _DTYPES[kind],
        checks=checks,
        nullable=not filled,
        required=required,
        description=description,
        metadata=about,
    )


_PLACE = {
    "biopsy": _column("text", "name of the biopsy: one piece of tissue, the unit of analysis"),
    "patient_id": _column("text", "pseudonym of the patient, the same in every table"),
    "month": _column(
        "number", "months since the first dose", unit="months", between=(0, LATEST_MONTH)
    ),
    "marker": _column("text", "stain, as in the table biopsies"),
    "field": _column("text", "name or number of the field inside the biopsy"),
    "reader": _column("text", "who took or counted the field"),
}


def _contract(columns: dict[str, pa.Column], key: Sequence[str]) -> pa.DataFrameSchema:
    about = {"one_row_per": "field and reader", "key": tuple(key), "may_be_empty": False}
    return pa.DataFrameSchema(columns, strict=True, metadata=about)


FIELDS = _contract(
    {"file": _column("text", "the photograph, below the folder of this table"), **_PLACE},
    FIELD_KEY,
)
"""Contract of `fields.csv`: one row per photograph."""

COUNTS = _contract(
    {
        **_PLACE,
        "area_percent": _column(
            "number",
            "stained share of the field's tissue",
            unit="%",
            between=(0, 100),
            filled=False,
            required=False,
            mend="correct the value, or leave the cell empty if it was not read",
        ),
        "count": _column(
            "number",
            "cells in the field",
            between=(0, 1_000_000),
            filled=False,
            required=False,
            mend="correct the value, or leave the cell empty if it was not read",
        ),
        "field_mm2": _column(
            "number",
            "size of the field; makes of a count cells per mm²",
            unit="mm²",
            between=(0.0001, 10_000),
            filled=False,
            required=False,
        ),
    },
    FIELD_KEY,
)
"""Contract of `field_counts.csv`, where no photograph is there: one row per field."""


def read_fields(table: Path, settings: IhcSettings, *, file: str) -> pd.DataFrame:
    """Read `fields.csv`, and look at the first bytes of every photograph it names.

    Parameters
    ----------
    table : Path
        Photographs lie beside it or in folders below.
    settings : IhcSettings
        Says whether nuclei are asked for, which need the extra `images`.
    file : str
        How messages name the table.

    Returns
    -------
    DataFrame
        One row per photograph: the columns of `FIELDS` and sha256, index = row in the file.

    Raises
    ------
    StudyDataError
        With every fault of the table and of its photographs: the nearest file is named, a
        photograph in the folder that no row names is a fault, and so is one picture twice.
    """
    faults = _find_lacking_extra(settings, file)
    fields, found = read_contracted(table, FIELDS, file=file)
    faults += found + _find_torn_biopsies(fields, file)
    if "file" in fields:
        fields, found = _add_hashes(fields, table.parent, file)
        faults += found
    if faults:
        raise StudyDataError(file, faults)
    return fields


def read_counts(table: Path, *, file: str) -> pd.DataFrame:
    """Read `field_counts.csv`: what was counted in each field, by a person or another program.

    Parameters
    ----------
    table : Path
    file : str
        How messages name the table.

    Returns
    -------
    DataFrame
        One row per field and reader: the columns of `COUNTS`, absent ones missing, index = row in
        the file.

    Raises
    ------
    StudyDataError
        With every fault, among them a row that holds both a percentage and a count, and a marker
        that is once an area and once a count.
    """
    counts, faults = read_contracted(table, COUNTS, file=file)
    faults += _find_torn_biopsies(counts, file)
    counts = counts.reindex(columns=list(COUNTS.columns))
    faults += keep_first(_find_mixed(counts, file), MOST_FAULTS) if not faults else []
    if faults:
        raise StudyDataError(file, faults)
    return counts


def _find_lacking_extra(settings: IhcSettings, file: str) -> list[Fault]:
    if settings.measures != "nuclei" or not lacks_extra():
        return []
    mend = "install the extra: pip install '.[images]', or measure the area"
    return [Fault(file, "nuclei asked for, and scikit-image is absent", "the extra images", mend)]


def _find_torn_biopsies(fields: pd.DataFrame, file: str) -> list[Fault]:
    """List biopsies that are of two patients or two months."""
    if not {"biopsy", "patient_id", "month"} <= set(fields):
        return []
    return keep_first(_list_torn_biopsies(fields, file), MOST_FAULTS)


def _list_torn_biopsies(fields: pd.DataFrame, file: str) -> Iterator[Fault]:
    first: dict[str, tuple[int, str, float]] = {}
    known = fields[["biopsy", "patient_id", "month"]].dropna()
    for row, biopsy, patient, month in known.itertuples(name=None):
        seen, *whose = first.setdefault(biopsy, (row, patient, month))
        if whose != [patient, month]:
            yield Fault(
                file,
                f"biopsy {biopsy} of {patient} at month {month:g}",
                f"{whose[0]} at month {whose[1]:g}, as in row {seen}",
                "give each biopsy a name of its own, or correct the patient or the month",
                row,
                "biopsy",
            )


def _add_hashes(fields: pd.DataFrame, folder: Path, file: str) -> tuple[pd.DataFrame, list[Fault]]:
    there = list_photographs(folder)
    faults: list[Fault] = []
    hashes: dict[object, str] = {}
    for row, name in fields["file"].dropna().items():
        fault = _judge_photograph(folder, name, there, file=file, row=int(str(row)))
        if fault is None:
            hashes[row] = hash_file(folder / name)
        else:
            faults.append(fault)
    hashed = fields.assign(sha256=pd.Series(hashes, dtype="str"))
    faults += list(_list_repeats(hashed, file)) + _list_unused(there, fields["file"].dropna(), file)
    return hashed, keep_first(faults, MOST_FAULTS)


def list_photographs(folder: Path) -> list[str]:
    """Name every photograph of a folder and of those below, by its path from the folder."""
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.suffix.lower() in ENDINGS and not path.name.startswith(".")
    )


def _judge_photograph(
    folder: Path, name: str, there: Sequence[str], *, file: str, row: int
) -> Fault | None:
    place = PurePosixPath(name)
    expected = "a photograph in the folder of this table, or below it"
    if place.is_absolute() or ".." in place.parts or "\\" in name or ":" in name:
        mend = "put the photograph there, and write its path with /"
        return Fault(file, f"the path {name}", expected, mend, row, "file")
    if not (folder / name).exists():
        mend = suggest_name(name, there) + "correct the name, or put the photograph there"
        return Fault(file, f"no file {name}", expected, mend, row, "file")
    return find_header_fault(folder / name, file=join_name(file, name))


def join_name(file: str, name: str) -> str:
    """Name a photograph as its table is named, below the study's folder.

    >>> join_name("raw/fields.csv", "a.png")
    'raw/a.png'
    """
    return (PurePosixPath(file).parent / name).as_posix()


def _list_repeats(fields: pd.DataFrame, file: str) -> Iterator[Fault]:
    first: dict[str, tuple[int, str]] = {}
    for row, name, content in fields[["file", "sha256"]].dropna().itertuples(name=None):
        seen, other = first.setdefault(content, (row, name))
        if seen != row:
            again = "again" if name == other else f"the same picture as {other}"
            found, expected = f"{name}, {again}, after row {seen}", "one row per photograph"
            mend = "delete the row, or put the right photograph there"
            yield Fault(file, found, expected, mend, row, "file")


def _list_unused(there: Iterable[str], named: Iterable[str], file: str) -> list[Fault]:
    used = {PurePosixPath(name).as_posix() for name in named}
    expected, mend = f"a row in {file}", "add its row, or move it out of the folder"
    return [
        Fault(join_name(file, name), "a photograph that is not used", expected, mend)
        for name in there
        if name not in used
    ]


def _find_mixed(counts: pd.DataFrame, file: str) -> Iterator[Fault]:
    kinds: dict[str, tuple[str, object]] = {}
    for row, fields in zip(counts.index, list_rows(counts), strict=True):
        kind = describe_unit(fields)
        if kind is None:
            found = "both area_percent and count"
            yield Fault(file, found, "one of them", "leave one empty", row, "count")
        elif kind and kinds.setdefault(fields["marker"], (kind, row))[0] != kind:
            other, seen = kinds[fields["marker"]]
            found, expected = f"{fields['marker']} in {kind}", f"{other}, as in row {seen}"
            mend = "give every field of a marker in one unit"
            yield Fault(file, found, expected, mend, row, "marker")


def describe_unit(fields: dict[str, Any]) -> str | None:
    """Name the unit of one row of `field_counts.csv`.

    Parameters
    ----------
    fields : dict
        area_percent, count and field_mm2; missing where not given.

    Returns
    -------
    str or None
        Empty where nothing was read, None where both an area and a count were.

    Examples
    --------
    >>> describe_unit({"area_percent": None, "count": 4.0, "field_mm2": 0.2})
    'cells/mm2'
    """
    names = ("area_percent", "count", "field_mm2")
    area, count, size = (not pd.isna(fields[name]) for name in names)
    if area and count:
        return None
    if area:
        return "% positive area"
    return ("cells/mm2" if size else "cells per field") if count else ""
