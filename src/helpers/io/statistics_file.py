"""Read SPSS, SAS and Stata files, with the labels that they give columns and codes.

The library's compiled reader can crash on a broken file, so it runs in a child process, see
`helpers.io.child`; this file is also what that process runs.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from helpers.io.child import GIGABYTE, read_in_child

FUNCTIONS = {
    ".sav": "read_sav",
    ".zsav": "read_sav",
    ".por": "read_por",
    ".dta": "read_dta",
    ".xpt": "read_xport",
    ".sas7bdat": "read_sas7bdat",
}
"""What the library calls its reader of each file ending."""


@dataclass(frozen=True)
class StatisticsFile:
    """What one file holds.

    Attributes
    ----------
    size : int
        Bytes of all values, as the file tells; nothing else was read where it is too large.
    columns : tuple of str
    rows : tuple of tuples
        Numbers and texts; dates as text, 2024-01-03; missing values are None or NaN.
    labels : mapping of str to str
        By column, its description.
    words : mapping of str to tuple of (code, label)
        By column, the label of each code.
    """

    size: int
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[object, ...], ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, tuple[tuple[object, str], ...]] = field(default_factory=dict)


def read_statistics_file(path: Path, *, largest: int, most_cells: int) -> StatisticsFile:
    """Read a file of one of the endings of `FUNCTIONS`.

    Parameters
    ----------
    path : Path
        A SAS catalogue that lies beside a ``.sas7bdat`` gives its labels.
    largest : int
        Bytes of all values; of a larger file the values are not read.
    most_cells : int
        No more rows are read than fill these cells, and one.

    Returns
    -------
    StatisticsFile

    Raises
    ------
    BrokenFileError
        When it cannot be read.
    """
    bounds = (str(largest), str(most_cells))
    answer = read_in_child(__file__, str(path), *bounds, most_memory=3 * GIGABYTE)
    return StatisticsFile(
        answer["size"],
        tuple(answer["columns"]),
        tuple(tuple(row) for row in answer["rows"]),
        answer["labels"],
        {
            name: tuple((code, str(label)) for code, label in codes)
            for name, codes in answer["words"].items()
        },
    )


def _answer(path: Path, largest: int, most_cells: int) -> dict[str, Any]:
    import pyreadstat

    read = getattr(pyreadstat, FUNCTIONS[path.suffix.lower()])
    _, about = read(str(path), metadataonly=True)
    size = sum(about.variable_storage_width.values()) * (about.number_rows or 0)
    if size > largest:
        return {"size": size, "columns": [], "rows": [], "labels": {}, "words": {}}
    catalogue = next(iter(sorted(path.parent.glob("*.sas7bcat"))), None)
    is_sas = path.suffix.lower() == ".sas7bdat"
    extra = {"catalog_file": str(catalogue)} if is_sas and catalogue else {}
    most = most_cells // max(about.number_columns, 1) + 1  # the rows are not always told
    frame, about = read(str(path), row_limit=most, **extra)
    return {
        "size": size,
        "columns": [str(name) for name in frame.columns],
        "rows": frame.astype(object).to_numpy().tolist(),
        "labels": {name: text or "" for name, text in about.column_names_to_labels.items()},
        "words": {name: list(codes.items()) for name, codes in about.variable_value_labels.items()},
    }


def _write_other(value: object) -> str | None:
    """Write what JSON does not know: dates as text, what is no time as missing."""
    if value != value:
        return None
    return value.strftime("%Y-%m-%d") if isinstance(value, (dt.date, dt.datetime)) else str(value)


def _main() -> None:
    try:
        answer = _answer(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
    except Exception as error:  # noqa: BLE001 - the library raises its own and system errors
        answer = {"fault": str(error) or type(error).__name__}
    json.dump(answer, sys.stdout, default=_write_other)


if __name__ == "__main__":
    _main()
