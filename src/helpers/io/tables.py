"""Read one table of a study as text, each row with its number in the person's own file.

CSV, Excel, SPSS and SAS files end in the same shape: a frame of strings whose index is the row
number that a spreadsheet or an editor shows. What is a number, a flag or a name is decided
afterwards, in `helpers.io.cells`, so that every fault can name its place.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pandas as pd

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.cell.read_only import EmptyCell

from helpers.characters import MEND, describe_unseen, show_unseen
from helpers.contracts import Fault, StudyDataError, keep_first
from helpers.contracts.missing import means_missing
from helpers.io.bounds import (
    LARGEST_TABLE,
    LARGEST_UNPACKED,
    LAST_ROW,
    LONGEST_CELL,
    MEGABYTE,
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_FAULTS,
    MOST_MARKS,
    ROW_COST,
)
from helpers.io.child import BrokenFileError
from helpers.io.files import UnreadableError, read_bytes, require_file
from helpers.io.sheets import take_off_mark
from helpers.io.statistics_file import StatisticsFile, read_statistics_file
from helpers.io.workbook import find_uncomputed, find_unread, has_formulas

MISSING_TEXTS = frozenset({"", "NA", "NaN", "<NA>"})
_SEEN = "characters that can be seen"
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
    try:
        require_file(path, at_most=LARGEST_TABLE)
        rows = reader(path, file)
    except UnreadableError as error:
        raise _one(file, error.found, error.expected, error.mend) from None
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
    if _is_title(header, rows[1:]):
        found, mend = f"a title ({header[0]})", "delete the rows above the names of the columns"
        raise _one(file, found, "the names of the columns", mend, header_row)
    faults = _find_header_faults(header, header_row, file)
    torn = (row for row in rows[1:] if len(row[1]) != len(header))
    faults += keep_first((_describe_torn_row(*row, header, file) for row in torn), MOST_FAULTS)
    faults = faults or keep_first(_find_cell_faults(rows[1:], header, file), MOST_FAULTS)
    if faults:
        raise StudyDataError(file, faults)
    numbers = pd.Index([number for number, _ in rows[1:]], name="row")
    texts = [[_clean_cell(cell) for cell in cells] for _, cells in rows[1:]]
    return pd.DataFrame(texts, columns=header, index=numbers, dtype="str")


def _is_title(header: Sequence[str], rows: Sequence[tuple[int, list[str]]]) -> bool:
    """Tell whether the first row is one text above the names of two or more columns."""
    below = [cell.strip() for cell in rows[0][1]] if rows else []
    named = sum(cell.isidentifier() for cell in below)
    return bool(header[0]) and not any(header[1:]) and 2 <= named == len(list(filter(None, below)))


def _clean_cell(cell: str) -> str | None:
    text = take_off_mark(cell).strip()
    return None if text in MISSING_TEXTS else text


def _find_header_faults(header: Sequence[str], row: int, file: str) -> list[Fault]:
    if len(header) > MOST_COLUMNS:
        mend = "look whether this is the right file, and separated by commas"
        return [Fault(file, f"{len(header)} columns", f"at most {MOST_COLUMNS} columns", mend, row)]
    faults = [
        Fault(file, f"a column name with {unseen}", _SEEN, MEND, row, show_unseen(name))
        for name in header
        if (unseen := describe_unseen(name))
    ]
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


def _find_cell_faults(
    rows: Sequence[tuple[int, list[str]]], header: Sequence[str], file: str
) -> Iterator[Fault]:
    for number, cells in rows:
        for name, cell in zip(header, cells, strict=True):
            if unseen := describe_unseen(cell, lines=True):
                yield Fault(file, unseen, _SEEN, MEND, number, name)
            elif len(cell) > LONGEST_CELL:
                found, expected = f"{len(cell)} letters", f"at most {LONGEST_CELL} letters"
                mend = "shorten the text, or look for a quotation mark that was never closed"
                yield Fault(file, found, expected, mend, number, name)


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
    text = _decode(read_bytes(path, at_most=LARGEST_TABLE), file)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[tuple[int, list[str]]] = []
    start, count = 1, 0
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells) and not is_hint(start, cells):
                rows.append((start, cells))
                count = _count_cells(count, cells, file)
            start = reader.line_num + 1
    except csv.Error as error:
        mend = "close the quotation mark, or " + _RESAVE
        raise _one(file, f"text that is not CSV ({error})", "CSV", mend, start) from None
    return rows


def is_hint(row: int, cells: Sequence[str]) -> bool:
    """Tell whether this is the line in which Excel notes the separator, ``sep=,``."""
    return row == 1 and cells[0].lower().startswith("sep=")


def _count_cells(count: int, cells: Sequence[object], file: str) -> int:
    """Count on, and refuse a table that would not fit into a small machine's memory."""
    count += len(cells) + ROW_COST
    if count > MOST_CELLS:
        _refuse_cells(file, MOST_CELLS)
    return count


def _refuse_cells(file: str, most: int) -> NoReturn:
    mend = "look whether this is the right file; leave out what the analysis does not read"
    raise _one(file, f"more than {most} cells", "the table of one study", mend)


def _decode(data: bytes, file: str) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _one(file, "UTF-16 text", "UTF-8 text", _RESAVE)
    if b"\0" in data:
        row = data.count(b"\n", 0, data.index(b"\0")) + 1
        found = "a binary file (it holds U+0000)"
        raise _one(file, found, "CSV text", "export the table as CSV", row)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        found = f"a byte that is not UTF-8 (0x{data[error.start]:02x}; Windows or Mac encoding?)"
        raise _one(file, found, "UTF-8 text", _RESAVE, row) from None


def _read_excel(path: Path, file: str) -> list[tuple[int, list[str]]]:
    import openpyxl  # only here: CSV studies need no workbooks

    try:
        require_small_archive(path, file)
        # Read-only: of a sheet with one value in its last corner, no cell between is made.
        with (
            path.open("rb") as stream,  # openpyxl keeps a file open that it could not read
            closing(openpyxl.load_workbook(stream, data_only=True, read_only=True)) as book,
        ):
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # what the file says of its own extent may be wrong
            rows = _list_sheet_rows(sheet.rows, file)
            width = max((len(cells) for _, cells in rows), default=0)
            faults = keep_first(find_unread(path, book, width=width, file=file), MOST_FAULTS)
        faults += keep_first(_list_uncomputed(path, file), MOST_FAULTS)
    except StudyDataError:
        raise
    except Exception as error:  # noqa: BLE001 - openpyxl raises many kinds for a broken file
        mend = "take a password off it, and save it again as .xlsx"
        raise _one(file, f"not a readable workbook ({error})", "Excel", mend) from None
    if faults:
        raise StudyDataError(file, faults)
    # Formatted but empty columns to the right of the table are not part of it.
    return [(number, cells + [""] * (width - len(cells))) for number, cells in rows]


def _list_uncomputed(path: Path, file: str) -> Iterator[Fault]:
    """Find formulas without a result on the first sheet, read a second time with its formulas."""
    import openpyxl

    if not has_formulas(path):
        return
    with (
        path.open("rb") as one,
        path.open("rb") as other,
        closing(openpyxl.load_workbook(one, data_only=True, read_only=True)) as values,
        closing(openpyxl.load_workbook(other, read_only=True)) as formulas,
    ):
        sheets = values.worksheets[0], formulas.worksheets[0]
        for sheet in sheets:
            sheet.reset_dimensions()
        rows = zip(sheets[0].rows, sheets[1].iter_rows(values_only=True), strict=False)
        for number, (cells, written) in enumerate(rows, start=1):
            yield from find_uncomputed(number, cells, written, file=file)


def require_small_archive(path: Path, file: str) -> None:
    """Refuse a workbook that would not fit into a small machine once it is unpacked."""
    with zipfile.ZipFile(path) as archive:
        require_small(sum(entry.file_size for entry in archive.infolist()), file)
        marks = sum(archive.read(entry).count(b"<") for entry in archive.infolist())
    if marks > MOST_MARKS:
        _refuse_cells(file, MOST_MARKS // 4)


def require_small(size: int, file: str) -> None:
    """Refuse what takes more bytes than a table can have."""
    if size > LARGEST_UNPACKED:
        found = f"a file of {size / MEGABYTE:.0f} MB, once it is unpacked"
        mend = "delete other sheets, pictures and formats, or export the table as CSV"
        raise _one(file, found, f"at most {LARGEST_UNPACKED / MEGABYTE:g} MB", mend)


def _list_sheet_rows(
    rows: Iterable[Sequence[Cell | EmptyCell]], file: str
) -> list[tuple[int, list[str]]]:
    """Give the rows that hold anything, each up to its last entry."""
    listed: list[tuple[int, list[str]]] = []
    count = 0
    for number, row in enumerate(rows, start=1):
        texts = [write_text(show_percent(cell)) for cell in row]
        last = max((at for at, text in enumerate(texts, start=1) if text), default=0)
        if last > MOST_COLUMNS or number > LAST_ROW:
            mend = "delete what is there: look at the last cell of the sheet with Ctrl+End"
            found = f"an entry in column {last}, far from the table"
            raise _one(file, found, f"at most {MOST_COLUMNS} columns", mend, number)
        if last:
            listed.append((number, texts[:last]))
            count = _count_cells(count, texts[:last], file)
    return listed


def show_percent(cell: Cell | EmptyCell) -> object:
    """Give a cell's value; one shown as 54.1% is stored as 0.541, so it gets its sign back."""
    if isinstance(cell.value, (int, float)) and "%" in cell.number_format:
        return f"{100 * cell.value:g} %"
    return cell.value


def _read_statistics_file(path: Path, file: str) -> list[tuple[int, list[str]]]:
    try:
        book = read_statistics_file(path, largest=LARGEST_UNPACKED, most_cells=MOST_CELLS)
    except BrokenFileError as error:
        expected = f"a {path.suffix} file"
        raise _one(file, f"not readable ({error})", expected, "export as CSV") from None
    require_small(book.size, file)
    _count_cells(0, range(len(book.rows) * len(book.columns)), file)
    if faults := keep_first(_find_labelled_missing(book, file), MOST_FAULTS):
        raise StudyDataError(file, faults)
    header = (1, [name.lower() for name in book.columns])
    return [header, *_text_rows(book.rows, first=2)]


def _find_labelled_missing(book: StatisticsFile, file: str) -> Iterator[Fault]:
    """Find numbers in use of which the file's own label says that they are none."""
    for at, name in enumerate(book.columns):
        words = {code: label for code, label in book.words.get(name, ()) if means_missing(label)}
        for row, cells in enumerate(book.rows, start=2):
            if cells[at] in words:
                code = write_text(cells[at])
                found = f"{code}, which the file labels '{words[cells[at]]}'"
                mend = f"declare {code} a missing value of this column in the program, or empty it"
                yield Fault(file, found, "a value, or an empty cell", mend, row, name.lower())


def _text_rows(rows: Iterable[Sequence[object]], *, first: int) -> list[tuple[int, list[str]]]:
    texts = (
        (number, [write_text(cell) for cell in cells]) for number, cells in enumerate(rows, first)
    )
    return [(number, cells) for number, cells in texts if any(cells)]


def write_text(cell: object) -> str:
    """Write the cell of a workbook or statistics file as text, a missing one as empty."""
    if cell is None or cell is pd.NaT or (isinstance(cell, float) and cell != cell):
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, (dt.date, dt.datetime)):
        return cell.strftime("%Y-%m-%d")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


READERS: dict[str, Callable[[Path, str], list[tuple[int, list[str]]]]] = {
    ".csv": _read_csv,
    ".xlsx": _read_excel,
    ".sav": _read_statistics_file,
    ".xpt": _read_statistics_file,
    ".sas7bdat": _read_statistics_file,
}
"""How each file ending is read. An .xls workbook needs a library we do not carry: save as .xlsx."""
