"""Read an old .xls workbook, in a process of its own.

The library of the extra ``plates`` trusts what a file says of its own size: a broken one of 33 kB
asks it for 4 GB, which ends the process. So it runs in a child process, see `helpers.io.child`;
this file is also what that process runs.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path

from helpers.io.child import BrokenFileError, read_in_child

EXTRA = "python_calamine"


class BrokenWorkbookError(ValueError):
    """Raised when a workbook cannot be read."""


def lacks_extra() -> bool:
    """Say whether what reads old workbooks is not installed."""
    return (EXTRA in sys.modules and sys.modules[EXTRA] is None) or (
        EXTRA not in sys.modules and importlib.util.find_spec(EXTRA) is None
    )


def read_old_workbook(path: Path, *, most_cells: int) -> dict[str, list[list[object]]]:
    """Read the sheets of an old workbook.

    Parameters
    ----------
    path : Path
    most_cells : int
        Of one sheet; a larger one is refused.

    Returns
    -------
    dict of str to list of rows
        Texts, numbers and truths by the name of the sheet; other cells as text.

    Raises
    ------
    BrokenWorkbookError
        When it cannot be read, or is too large.
    """
    try:
        answer = read_in_child(__file__, str(path), str(most_cells))
    except BrokenFileError as error:
        raise BrokenWorkbookError(str(error)) from error
    return {str(name): rows for name, rows in answer["sheets"].items()}


def _answer(path: str, most_cells: int) -> dict[str, object]:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(path)
    sheets = {}
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        rows, columns = sheet.end or (0, 0)
        if (rows + 1) * (columns + 1) > most_cells:
            return {"fault": f"sheet {name} has {rows + 1} rows and {columns + 1} columns"}
        sheets[name] = sheet.to_python(skip_empty_area=False)
    return {"sheets": sheets} if sheets else {"fault": "it has no sheet"}


if __name__ == "__main__":
    json.dump(_answer(sys.argv[1], int(sys.argv[2])), sys.stdout, default=str)
