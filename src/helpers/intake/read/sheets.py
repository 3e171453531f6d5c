"""The files people have, as sheets of text in which every row keeps its number.

A workbook has several sheets, a text file one, a statistics file one with labels. Nothing is
decided here about what a cell means.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from helpers.contracts import Fault, StudyDataError
from helpers.io.bounds import LARGEST_TABLE, LARGEST_UNPACKED, MOST_CELLS
from helpers.io.child import BrokenFileError
from helpers.io.files import UnreadableError, read_bytes, require_file
from helpers.io.sheets import take_off_mark
from helpers.io.statistics_file import FUNCTIONS, read_statistics_file
from helpers.io.tables import (
    is_hint,
    require_small,
    require_small_archive,
    show_percent,
    write_text,
)
from helpers.io.workbook import find_uncomputed, has_formulas

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

Row = tuple[int, tuple[str, ...]]

SEPARATORS = (",", ";", "\t", "|")
ENCODINGS = ("utf-8", "utf-16", "cp1252")
_SNIFFED_ROWS = 60
_BLANK_SIGNS = "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}"


class Exact(str):
    """The text of a cell that is a number in its file: its decimal sign is a point, for sure."""

    __slots__ = ()


@dataclass(frozen=True)
class Sheet:
    """One sheet as text.

    Attributes
    ----------
    name : str
        Of the sheet; empty for files that have one.
    rows : tuple of (int, tuple of str)
        Rows with any entry: number in the file, and cells. Empty text is an empty cell.
    labels : mapping of str to str
        By column, its description in an SPSS, SAS or Stata file.
    words : mapping of str to mapping of str to str
        By column, the label of each code.
    faults : tuple of Fault
        What the file itself does not tell: formulas without a value.
    merged : tuple of (int, int, str)
        First row, last row and address of what is merged over more than one cell.
    """

    name: str
    rows: tuple[Row, ...]
    labels: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    merged: tuple[tuple[int, int, int, int, str], ...] = ()


@dataclass(frozen=True)
class TextForm:
    """How a text file is written."""

    separator: str = ","
    encoding: str = "utf-8"


def read_sheets(path: Path, form: TextForm | None = None, *, file: str) -> list[Sheet]:
    """Read every sheet of a file.

    Parameters
    ----------
    path : Path
    form : TextForm, optional
        How a text file is written; found out where not given.
    file : str
        How messages name the file.

    Returns
    -------
    list of Sheet
        Without those that hold nothing.

    Raises
    ------
    StudyDataError
        When it cannot be read, saying why and what to do.
    """
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        endings = ", ".join(READERS)
        mend = _OTHER_KINDS.get(path.suffix.lower(), "export it as CSV")
        raise _refuse(file, f"a {path.suffix or 'nameless'} file", f"one of {endings}", mend)
    try:
        require_file(path, at_most=LARGEST_TABLE)
        sheets = reader(path, form, file)
    except UnreadableError as error:
        raise _refuse(file, error.found, error.expected, error.mend) from None
    if sum(len(cells) for sheet in sheets for _, cells in sheet.rows) > MOST_CELLS:
        mend = "leave out what the analysis does not read"
        raise _refuse(file, f"more than {MOST_CELLS} cells", "the data of one study", mend)
    return [sheet for sheet in sheets if sheet.rows]


def find_text_form(path: Path, *, file: str) -> TextForm:
    """Find out how a text file is written: its encoding, and what stands between two cells.

    Of the separators, the one that parts most rows into the same number of cells, at least two.
    """
    text, encoding = _decode(path, "", file)
    lines = text.splitlines()[:_SNIFFED_ROWS]
    if lines and lines[0].lower().startswith("sep=") and len(lines[0]) > 4:
        return TextForm(lines[0][4], encoding)
    best, separator = 0, ","
    for sign in SEPARATORS:
        widths = [len(cells) for cells in csv.reader(lines, delimiter=sign) if any(cells)]
        usual = max(set(widths), key=widths.count, default=0)
        score = widths.count(usual) * usual if usual > 1 else 0
        if score > best:
            best, separator = score, sign
    return TextForm(separator, encoding)


def _decode(path: Path, encoding: str, file: str) -> tuple[str, str]:
    data = read_bytes(path, at_most=LARGEST_TABLE)
    if not encoding:
        boms = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
        encodings = ("utf-16",) if data.startswith(boms) else ("utf-8", "cp1252")
    else:
        encodings = (encoding,)
    for name in encodings:
        try:
            text = data.decode("utf-8-sig" if name == "utf-8" else name)
        except (UnicodeDecodeError, LookupError):
            continue
        if "\0" in text:
            raise _refuse(file, "a binary file", "text", "export the table as CSV")
        return text, name
    known = ", ".join(ENCODINGS)
    found = f"a text that is not in {' or '.join(encodings)}"
    raise _refuse(file, found, f"text in one of {known}", "save the file again as CSV UTF-8")


def _read_text(path: Path, form: TextForm | None, file: str) -> list[Sheet]:
    form = form or find_text_form(path, file=file)
    text, _ = _decode(path, form.encoding, file)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=form.separator, strict=True)
    rows: list[Row] = []
    start = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells) and not is_hint(start, cells):
                rows.append((start, tuple(_clean(take_off_mark(cell)) for cell in cells)))
            start = reader.line_num + 1
    except csv.Error as error:
        mend = "close the quotation mark, or save the file again as CSV"
        raise _refuse(file, f"row {start}: text that is not CSV ({error})", "CSV", mend) from None
    return [Sheet("", tuple(rows))]


def _clean(text: str) -> str:
    for sign in _BLANK_SIGNS:
        text = text.replace(sign, " ")
    return text.strip()


def _write(value: object) -> str:
    text = _clean(write_text(value))
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return Exact(text) if is_number else text


def _read_workbook(path: Path, form: TextForm | None, file: str) -> list[Sheet]:
    import openpyxl  # only here: other files need no workbooks

    del form
    try:
        require_small_archive(path, file)
        book = openpyxl.load_workbook(path, data_only=True)
        formulas = openpyxl.load_workbook(path) if has_formulas(path) else None
    except StudyDataError:
        raise
    except Exception as error:  # noqa: BLE001 - openpyxl raises many kinds for a broken file
        mend = "take a password off it, and save it again as .xlsx"
        raise _refuse(file, f"not a readable workbook ({error})", "Excel", mend) from None
    return [
        _read_worksheet(sheet, formulas[sheet.title] if formulas else None, file)
        for sheet in book.worksheets
    ]


def _read_worksheet(sheet: Worksheet, formulas: Worksheet | None, file: str) -> Sheet:
    rows: list[Row] = []
    faults: list[Fault] = []
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        texts = tuple(_write(show_percent(cell)) for cell in cells)
        if any(texts):
            rows.append((number, texts))
        if formulas is not None:
            written = (formulas.cell(number, cell.column).value for cell in cells)
            faults += find_uncomputed(number, cells, written, file=f"{file} ({sheet.title})")
    merged = tuple(
        (one.min_row, one.max_row, one.min_col, one.max_col, str(one.coord))
        for one in sheet.merged_cells.ranges
    )
    return Sheet(sheet.title, tuple(rows), faults=tuple(faults), merged=merged)


def _read_statistics_file(path: Path, form: TextForm | None, file: str) -> list[Sheet]:
    del form
    try:
        book = read_statistics_file(path, largest=LARGEST_UNPACKED, most_cells=MOST_CELLS)
    except BrokenFileError as error:
        found, expected = f"not readable ({error})", f"a {path.suffix} file"
        raise _refuse(file, found, expected, "export as CSV") from None
    require_small(book.size, file)
    rows = [
        (number, tuple(_write(cell) for cell in cells))
        for number, cells in enumerate(book.rows, start=2)
    ]
    filled = tuple(row for row in rows if any(row[1]))
    words = {
        name: {write_text(code): label for code, label in codes}
        for name, codes in book.words.items()
    }
    return [Sheet("", ((1, book.columns), *filled), labels=book.labels, words=words)]


def _refuse(file: str, found: str, expected: str, mend: str) -> StudyDataError:
    return StudyDataError(file, [Fault(file, found, expected, mend)])


READERS: dict[str, Callable[[Path, TextForm | None, str], list[Sheet]]] = {
    **dict.fromkeys((".csv", ".tsv", ".txt"), _read_text),
    **dict.fromkeys((".xlsx", ".xlsm"), _read_workbook),
    **dict.fromkeys(FUNCTIONS, _read_statistics_file),
}
"""How each file ending is read."""

_OTHER_KINDS = {
    ".xls": "open it in a spreadsheet and save it as .xlsx",
    ".ods": "open it in a spreadsheet and save it as .xlsx",
    ".pdf": "ask for the table itself, as a workbook or CSV",
    ".docx": "copy the table into a workbook, and save it as .xlsx",
    ".rds": "write it from R with write.csv(x, file, row.names = FALSE)",
    ".rdata": "write it from R with write.csv(x, file, row.names = FALSE)",
}
