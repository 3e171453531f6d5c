"""Any export as sheets of text: every encoding and separator that readers' programs use."""

from __future__ import annotations

import csv
import re
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from helpers.contracts import Fault, StudyDataError
from helpers.io.bounds import LONGEST_CELL, MEGABYTE, MOST_COLUMNS
from helpers.io.files import UnreadableError, read_bytes
from helpers.io.tables import require_small_archive
from helpers.quantify.elisa.read.old_workbook import (
    BrokenWorkbookError,
    lacks_extra,
    read_old_workbook,
)

LARGEST_EXPORT = 16 * MEGABYTE
"""Bytes of one export: a plate of 384 wells at ten wavelengths is a tenth of a megabyte."""

MOST_CELLS = 1_000_000
"""Cells of one export."""

_LINES = re.compile(r"\r\n|\r|\n")
_WORKBOOKS = (".xlsx", ".xlsm")
_TEXTS = (".txt", ".csv", ".tsv", ".asc", ".xls")
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
"""How workbooks begin. Readers' programs also write text and call it .xls."""


@dataclass(frozen=True)
class Sheet:
    """Rows of text; the first is row 1, empty ones count.

    Attributes
    ----------
    name : str
        Of the sheet in a workbook; empty for a text file.
    rows : tuple of tuples of str
        Cells without spaces and quotation marks around them.
    comma : bool
        Whether decimals are written with a comma.
    """

    name: str
    rows: tuple[tuple[str, ...], ...]
    comma: bool = False


def read_sheets(path: Path, *, file: str) -> list[Sheet]:
    """Read an export as text, one sheet or several.

    Parameters
    ----------
    path : Path
        Text in UTF-8, UTF-16, cp1252 or Latin-1, separated by tabs, semicolons or commas; .xlsx;
        .xls with the extra ``plates``.
    file : str
        How messages name the file.

    Returns
    -------
    list of Sheet

    Raises
    ------
    StudyDataError
        When it is no such file, is too large, or needs an extra that is not installed.
    """
    ending = path.suffix.lower()
    try:
        data = read_bytes(path, at_most=LARGEST_EXPORT)
        if ending in _WORKBOOKS or (ending == ".xls" and data.startswith(_ZIP)):
            return _read_xlsx(path, file)
        if ending == ".xls" and data.startswith(_OLE):
            return _read_xls(path, file)
        return [_read_text(data, ending, file)]
    except UnreadableError as error:
        raise refuse(file, error.found, error.expected, error.mend) from None


def refuse(
    file: str, found: str, expected: str, mend: str, row: int | None = None
) -> StudyDataError:
    """Make the error for one thing that stops the reading of a file."""
    return StudyDataError(file, [Fault(file, found, expected, mend, row)])


def decode(data: bytes) -> str:
    r"""Decode the text of an export, whatever Windows or Mac wrote it.

    UTF-16 is told by its mark or by its zero bytes; what is no UTF-8 is cp1252, and what has no
    meaning there is Latin-1, where every byte has one.

    >>> [decode("24 °C".encode(encoding)) for encoding in ("utf-16", "utf-16-le", "cp1252")]
    ['24 °C', '24 °C', '24 °C']
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    if len(data) > 3 and data[:200:2].count(0) + data[1:200:2].count(0) > len(data[:200]) // 3:
        order = "utf-16-le" if data[1:200:2].count(0) > data[:200:2].count(0) else "utf-16-be"
        return data.decode(order, errors="replace")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


def _read_text(data: bytes, ending: str, file: str) -> Sheet:
    if ending not in _TEXTS:
        expected = "a text export (.txt, .csv, .tsv) or a workbook (.xlsx, .xls)"
        raise refuse(file, f"a {ending or 'nameless'} file", expected, "export the plate as text")
    text = decode(data)
    if "\0" in text:
        row = len(_LINES.findall(text, 0, text.index("\0"))) + 1
        mend = "export the plate as text, not in the program's own format"
        raise refuse(file, "a binary file (it holds U+0000)", "text", mend, row)
    lines = _LINES.split(text)
    mark = find_separator(lines)
    rows = tuple(_split(line, mark) for line in lines)
    _require_bounds(rows, file)
    return Sheet("", rows, comma=mark != "," and _uses_comma(rows, file))


def find_separator(lines: list[str]) -> str:
    r"""Tell by which sign a text's columns are separated.

    >>> find_separator(["a;b;c;d", "1,5;2;3;4"]), find_separator(["x\ty\tz\t1,5"])
    (';', '\t')
    """
    for mark in "\t;,":
        if any(line.count(mark) >= 3 for line in lines):
            return mark
    return "\t" if any("\t" in line for line in lines) else ","


def _split(line: str, mark: str) -> tuple[str, ...]:
    if '"' not in line:
        cells = line.split(mark)
    elif mark == "\t":
        cells = [cell.strip().strip('"') for cell in line.split(mark)]
    else:
        try:
            cells = next(csv.reader([line], delimiter=mark), [])
        except csv.Error:
            cells = line.split(mark)
    return tuple(cell.strip() for cell in cells)


def _require_bounds(rows: tuple[tuple[str, ...], ...], file: str) -> None:
    if sum(map(len, rows)) > MOST_CELLS:
        mend = "look whether this is the right file; export the endpoint reading only"
        raise refuse(file, f"more than {MOST_CELLS} cells", "the export of some plates", mend)
    for number, cells in enumerate(rows, start=1):
        if len(cells) > MOST_COLUMNS or any(len(cell) > LONGEST_CELL for cell in cells):
            found = f"{len(cells)} cells, or one of more than {LONGEST_CELL} letters"
            raise refuse(file, found, "the rows of a plate", "export the plate again", number)


_COMMA = re.compile(r"-?\d*,\d+")
_POINT = re.compile(r"-?\d*\.\d+")


def _uses_comma(rows: tuple[tuple[str, ...], ...], file: str) -> bool:
    """Say whether decimals have commas; in one row both signs would make a number a guess."""
    commas = [n for n, cells in enumerate(rows, 1) if any(map(_COMMA.fullmatch, cells))]
    mixed = [n for n in commas if any(map(_POINT.fullmatch, rows[n - 1]))]
    if mixed:
        cells = rows[mixed[0] - 1]
        both = [next(filter(sign.fullmatch, cells)) for sign in (_COMMA, _POINT)]
        found = f"decimals with a comma ({both[0]}) and with a point ({both[1]}) in one row"
        mend = "export the file again with one decimal sign"
        raise refuse(file, found, "one decimal sign", mend, mixed[0])
    return bool(commas)


def _read_xlsx(path: Path, file: str) -> list[Sheet]:
    import openpyxl  # only here: text exports need no workbooks

    try:
        require_small_archive(path, file)
        with (
            path.open("rb") as stream,
            closing(openpyxl.load_workbook(stream, data_only=True, read_only=True)) as book,
        ):
            return [_take_sheet(sheet, file) for sheet in book.worksheets]
    except StudyDataError:
        raise
    except Exception as error:  # noqa: BLE001 - openpyxl raises many kinds for a broken file
        mend = "take a password off it, and save it again as .xlsx"
        raise refuse(file, f"not a readable workbook ({error})", "Excel", mend) from None


def _take_sheet(sheet: ReadOnlyWorksheet, file: str) -> Sheet:
    sheet.reset_dimensions()  # what the file says of its own extent may be wrong
    rows: list[tuple[str, ...]] = []
    count = 0
    for cells in sheet.iter_rows(values_only=True):
        texts = [_write(cell) for cell in cells]
        while texts and not texts[-1]:
            texts.pop()
        count += len(texts) + 1
        if count > MOST_CELLS or len(texts) > MOST_COLUMNS:
            mend = "delete what is far from the plate: look at the last cell with Ctrl+End"
            found = f"more than {MOST_CELLS} cells or {MOST_COLUMNS} columns in sheet {sheet.title}"
            raise refuse(file, found, "plates", mend, len(rows) + 1)
        rows.append(tuple(texts))
    return Sheet(sheet.title, tuple(rows))


def _write(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    return str(cell).strip()


def _read_xls(path: Path, file: str) -> list[Sheet]:
    if lacks_extra():
        mend = 'install it (pip install "myositis-study-report[plates]"), or save the file as .xlsx'
        raise refuse(file, "an old .xls workbook", "the extra 'plates'", mend)
    try:
        named = read_old_workbook(path, most_cells=MOST_CELLS)
    except BrokenWorkbookError as error:
        mend = "take a password off it, and save it again as .xlsx"
        raise refuse(file, f"not a readable workbook ({error})", "Excel", mend) from None
    sheets = [
        Sheet(name, tuple(tuple(map(_write, row)) for row in rows)) for name, rows in named.items()
    ]
    for sheet in sheets:
        _require_bounds(sheet.rows, file)
    return sheets
