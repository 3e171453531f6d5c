"""What an Excel workbook holds that no cell's value tells: formulas, merges, further sheets."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.contracts import Fault

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

_SHEETS = "xl/worksheets/"
_MERGE = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')


def has_formulas(path: Path) -> bool:
    """Tell whether any sheet of a workbook has a formula."""
    return _holds(path, rb"<(?:\w+:)?f[ >/]")


def _holds(path: Path, pattern: bytes) -> bool:
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.startswith(_SHEETS)]
        return any(re.search(pattern, archive.read(name)) for name in names)


def find_uncomputed(
    number: int, cells: Sequence[Any], formulas: Iterable[object], *, file: str
) -> list[Fault]:
    """Find formulas of which the file holds no result: read as empty, they would be lost.

    Parameters
    ----------
    number : int
        Of the row.
    cells : sequence of cells
        With values, as openpyxl reads them with ``data_only``.
    formulas : iterable
        What stands in the same cells without it.
    file : str
        How messages name the file.

    Returns
    -------
    list of Fault
    """
    from openpyxl.utils import get_column_letter

    return [
        Fault(
            file,
            f"a formula without a saved result ({written})",
            "a value",
            "open the workbook in a spreadsheet, save it, and bring it again",
            number,
            get_column_letter(at),
        )
        for at, (cell, written) in enumerate(zip(cells, formulas, strict=False), start=1)
        if cell.value is None and isinstance(written, str) and written.startswith("=")
    ]


def find_unread(path: Path, book: Workbook, *, width: int, file: str) -> Iterator[Fault]:
    """Find what a table's workbook holds and its first sheet's values do not tell.

    Parameters
    ----------
    path : Path
    book : Workbook
        Of the same file, read-only, with values.
    width : int
        Columns of the table; a merge beside it is no data.
    file : str
        How messages name the file.

    Yields
    ------
    Fault
        Of merged data cells, and of entries on other sheets.
    """
    yield from _find_merged(path, book, width, file)
    for sheet in book.worksheets[1:]:
        rows = enumerate(sheet.iter_rows(values_only=True), start=1)
        row = next((at for at, cells in rows if any(cell is not None for cell in cells)), None)
        if row is not None:
            found = f"entries on a further sheet ({sheet.title}), which is not read"
            mend = "save it as a table of its own, or delete the sheet"
            yield Fault(file, found, "one sheet, which holds the table", mend, row)


def _find_merged(path: Path, book: Workbook, width: int, file: str) -> Iterator[Fault]:
    from openpyxl.utils import column_index_from_string

    name = str(book.worksheets[0]._worksheet_path).lstrip("/")  # the part of the archive
    with zipfile.ZipFile(path) as archive:
        merges = _MERGE.findall(archive.read(name))
    for left, top, right, bottom in merges:
        if int(bottom) > 1 and column_index_from_string(left.decode()) <= width:
            area = f"{left.decode()}{top.decode()}:{right.decode()}{bottom.decode()}"
            mend = "take the merge apart, and fill each cell with what it was meant to hold"
            yield Fault(file, f"merged cells ({area})", "one value a cell", mend, int(top))
