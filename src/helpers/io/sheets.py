r"""Write every CSV of the project, so that a spreadsheet takes no text of the data for a formula.

A spreadsheet computes a cell that begins with ``=``, ``+``, ``-`` or ``@``: a patient called
``=1+1`` becomes 2, and a stop reason can open an address. Spreadsheets have a sign of their own
for "this is text", an apostrophe in front. `write_sheet` puts it before such a text, and
`take_off_mark` takes it off where a table is read, so that a text comes back as it was.

What is text is decided by type, not by look: the number -0.5 is written as it is; the text
``-0.5``, or ``-12 (-20 to -3)``, gets the mark. The minus sign of our sentences (U+2212) begins
no formula.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterable
from numbers import Number
from types import SimpleNamespace

MARK = "'"

_UNSEEN = (
    r"\s\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e"
    r"\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
)
_BEGINNINGS = "=+@＝＋－＠﹦﹢﹣﹫\t\r\n-"
"""ASCII, full-width and small signs, and what a spreadsheet may drop before it looks for them."""

_AT_RISK = re.compile(rf"{MARK}*[{_UNSEEN}]*[{_BEGINNINGS}]")
"""Marks in front count: a text that has one of its own gets one more, and keeps its own."""


def write_sheet(header: Iterable[object], rows: Iterable[Iterable[object]]) -> str:
    r"""Write a table as CSV: commas, one newline a row, every digit, the mark where it is needed.

    Parameters
    ----------
    header : iterable
        Names of the columns.
    rows : iterable of iterables
        Cells. None and NaN are missing and become empty cells; numbers are written with all their
        digits; everything else is text.

    Returns
    -------
    str
        The same on every machine and Python.

    Examples
    --------
    >>> write_sheet(["patient_id", "change"], [["=1+1", -0.5], ["P02", None]])
    "patient_id,change\n'=1+1,-0.5\nP02,\n"
    """
    lines: list[str] = []
    # Ends of two signs make every Python quote both of them inside a cell; one of them is kept.
    writer = csv.writer(SimpleNamespace(write=lines.append), lineterminator="\r\n")
    writer.writerows([_write_cell(cell) for cell in cells] for cells in (header, *rows))
    return "".join(line.removesuffix("\r\n") + "\n" for line in lines)


def mark_text(text: str) -> str:
    """Put the mark before a text that a spreadsheet may take for a formula; leave others alone.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        `take_off_mark` gives the text back, whatever it was.

    Examples
    --------
    >>> [mark_text(text) for text in ("=1+1", " @x", "'=1+1", "'quoted'", "P01")]
    ["'=1+1", "' @x", "''=1+1", "'quoted'", 'P01']
    """
    return MARK + text if _AT_RISK.match(text) else text


def take_off_mark(cell: str) -> str:
    """Take off the mark that `mark_text` put there; an apostrophe of the text's own stays.

    Parameters
    ----------
    cell : str
        As it stands in the file, with its spaces.

    Returns
    -------
    str
        The text.

    Examples
    --------
    >>> [take_off_mark(cell) for cell in ("'=1+1", "''=1+1", "'quoted'", "=1+1")]
    ['=1+1', "'=1+1", "'quoted'", '=1+1']
    """
    return cell[1:] if cell.startswith(MARK) and _AT_RISK.match(cell) else cell


def _write_cell(cell: object) -> str:
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return ""
    return str(cell) if isinstance(cell, Number) else mark_text(str(cell))
