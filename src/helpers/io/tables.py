"""Read one table of a study as text, each row with its number in the person's own file.

CSV, Excel, SPSS and SAS files end in the same shape: a frame of strings whose index is the row
number that a spreadsheet or an editor shows. What is a number, a flag or a name is decided
afterwards, in `helpers.io.cells`, so that every fault can name its place.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from openpyxl.cell import Cell, MergedCell

from helpers.contracts import Fault, StudyDataError
from helpers.io.sheets import take_off_mark

MISSING_TEXTS = frozenset({"", "NA", "NaN", "<NA>"})
_RESAVE = "save the file again as 'CSV UTF-8 (comma delimited)'"


def read_table(path: Path, *, file: str) -> pd.DataFrame:
    """Read a table as text: one row per data row, index = row number in the file.

    Parameters
    ----------
    path : Path
        A file with one of the endings of `READERS`.
    file : str
        How messages name the file.

    Returns
    -------
    DataFrame
        Columns as in the file, all text, without the apostrophe that our own files put before
        what a spreadsheet may take for a formula; missing cells are missing. Rows without any
        entry are left out.

    Raises
    ------
    StudyDataError
        With every fault of the file's form: encoding, separators, torn rows, repeated columns.
    """
    try:
        reader = READERS[path.suffix.lower()]
    except KeyError:
        known = ", ".join(sorted(READERS))
        fault = Fault(
            file, f"a {path.suffix or 'nameless'} file", f"one of {known}", "export it as CSV"
        )
        raise StudyDataError(file, [fault]) from None
    rows = reader(path, file)
    return _frame_rows(rows, file)


def _frame_rows(rows: Sequence[tuple[int, list[str]]], file: str) -> pd.DataFrame:
    if not rows:
        raise _one(file, "an empty file", "a header row and data rows", "fill it, or delete it")
    header_row, header = rows[0]
    header = [take_off_mark(name).strip() for name in header]
    if len(header) == 1 and any(mark in header[0] for mark in ";\t|"):
        found = "columns separated by semicolons, tabs or bars"
        mend = _RESAVE + ", with a point as decimal sign"
        raise _one(file, found, "columns separated by commas", mend, header_row)
    faults = _find_header_faults(header, header_row, file)
    for number, cells in rows[1:]:
        if len(cells) != len(header):
            faults.append(_describe_torn_row(number, cells, header, file))
    if faults:
        raise StudyDataError(file, faults)
    numbers = pd.Index([number for number, _ in rows[1:]], name="row")
    texts = [[_clean_cell(cell) for cell in cells] for _, cells in rows[1:]]
    return pd.DataFrame(texts, columns=header, index=numbers, dtype="str")


def _clean_cell(cell: str) -> str | None:
    text = take_off_mark(cell).strip()
    return None if text in MISSING_TEXTS else text


def _find_header_faults(header: Sequence[str], row: int, file: str) -> list[Fault]:
    faults = []
    for name in dict.fromkeys(header):
        if not name:
            faults.append(
                Fault(
                    file, "a column without a name", "a name in each", "name it or delete it", row
                )
            )
        elif header.count(name) > 1:
            times = f"{header.count(name)} columns of this name"
            faults.append(Fault(file, times, "each name once", "rename or delete one", row, name))
    return faults


def _describe_torn_row(
    number: int, cells: Sequence[str], header: Sequence[str], file: str
) -> Fault:
    more = len(cells) > len(header)
    mend = (
        "a decimal comma or an unquoted comma splits a cell: write decimals with a point"
        if more
        else "add the missing commas, or look for a line break inside a cell"
    )
    found = f"{len(cells)} cell{'s' * (len(cells) != 1)}"
    return Fault(file, found, f"{len(header)} cells, as in the header", mend, number)


def _one(file: str, found: str, expected: str, mend: str, row: int | None = None) -> StudyDataError:
    return StudyDataError(file, [Fault(file, found, expected, mend, row)])


def _read_csv(path: Path, file: str) -> list[tuple[int, list[str]]]:
    text = _decode(path.read_bytes(), file)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[tuple[int, list[str]]] = []
    start = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((start, cells))
            start = reader.line_num + 1
    except csv.Error as error:
        mend = "close the quotation mark, or " + _RESAVE
        raise _one(file, f"text that is not CSV ({error})", "CSV", mend, start) from None
    return rows


def _decode(data: bytes, file: str) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _one(file, "UTF-16 text", "UTF-8 text", _RESAVE)
    if b"\0" in data:
        raise _one(file, "a binary file", "CSV text", "export the table as CSV")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        found = f"a byte that is not UTF-8 (0x{data[error.start]:02x}; Windows or Mac encoding?)"
        raise _one(file, found, "UTF-8 text", _RESAVE, row) from None


def _read_excel(path: Path, file: str) -> list[tuple[int, list[str]]]:
    import openpyxl  # only here: CSV studies need no workbooks

    try:
        sheet = openpyxl.load_workbook(path, data_only=True).worksheets[0]
    except Exception as error:  # noqa: BLE001 - openpyxl raises many kinds for a broken file
        raise _one(file, f"not a readable workbook ({error})", "Excel", "save it again") from None
    rows = _text_rows(([_show_percent(cell) for cell in row] for row in sheet.rows), first=1)
    # Formatted but empty columns to the right of the table are not part of it.
    width = max((at for _, cells in rows for at, cell in enumerate(cells, 1) if cell), default=0)
    return [(number, cells[:width]) for number, cells in rows]


def _show_percent(cell: Cell | MergedCell) -> object:
    """Give a cell's value; one shown as 54.1% is stored as 0.541, so it gets its sign back."""
    if isinstance(cell.value, (int, float)) and "%" in cell.number_format:
        return f"{100 * cell.value:g} %"
    return cell.value


def _read_statistics_file(path: Path, file: str) -> list[tuple[int, list[str]]]:
    import pyreadstat  # only here: its compiled parsers are not needed for CSV studies

    try:
        frame, _ = getattr(pyreadstat, _PYREADSTAT[path.suffix.lower()])(str(path))
    except Exception as error:  # noqa: BLE001 - pyreadstat raises its own and system errors
        expected = f"a {path.suffix} file"
        raise _one(file, f"not readable ({error})", expected, "export as CSV") from None
    header = (1, [str(name).lower() for name in frame.columns])
    values = _text_rows(frame.astype(object).to_numpy().tolist(), first=2)
    return [header, *values]


def _text_rows(rows: Iterable[Sequence[object]], *, first: int) -> list[tuple[int, list[str]]]:
    texts = (
        (number, [_write_cell(cell) for cell in cells]) for number, cells in enumerate(rows, first)
    )
    return [(number, cells) for number, cells in texts if any(cells)]


def _write_cell(cell: object) -> str:
    if cell is None or cell is pd.NaT or (isinstance(cell, float) and cell != cell):
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, (dt.date, dt.datetime)):
        return cell.strftime("%Y-%m-%d")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


_PYREADSTAT = {".sav": "read_sav", ".xpt": "read_xport", ".sas7bdat": "read_sas7bdat"}
READERS: dict[str, Callable[[Path, str], list[tuple[int, list[str]]]]] = {
    ".csv": _read_csv,
    ".xlsx": _read_excel,
    ".sav": _read_statistics_file,
    ".xpt": _read_statistics_file,
    ".sas7bdat": _read_statistics_file,
}
"""How each file ending is read. An .xls workbook needs a library we do not carry: save as .xlsx."""
