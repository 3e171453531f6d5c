"""One sheet with its header found: columns by name, rows by number."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from helpers.contracts.units import find_unit
from helpers.intake.read.sheets import Row, Sheet

_NUMBER = re.compile(r"[<>]?\s*[+-]?\d[\d\s.,]*%?")
_HEADER_ROWS = 30
_LOOK_AHEAD = 20
_SHARE_FILLED = 0.6
_SHARE_WORDS = 0.8


@dataclass(frozen=True)
class SourceTable:
    """A sheet that has columns.

    Attributes
    ----------
    sheet : Sheet
        Where it comes from.
    header : tuple of int
        Numbers of the rows that name the columns.
    columns : tuple of str
        Each name once; a name that the file has twice gets a number, ``CK (2)``.
    places : tuple of int
        Position of each column in a row of the sheet.
    rows : tuple of (int, tuple of str)
        Rows below the header.
    """

    sheet: Sheet
    header: tuple[int, ...]
    columns: tuple[str, ...]
    places: tuple[int, ...]
    rows: tuple[Row, ...]

    @cached_property
    def index(self) -> Mapping[str, int]:
        """Position of each column by its name."""
        return dict(zip(self.columns, self.places, strict=True))

    def cell(self, cells: Sequence[str], column: str) -> str:
        """Give one cell of a row; empty where the row is shorter, or the sheet lacks the column."""
        place = self.index.get(column, len(cells))
        return cells[place] if place < len(cells) else ""

    def values(self, column: str) -> list[str]:
        """Give the entries of a column, without the empty ones."""
        return [text for _, cells in self.rows if (text := self.cell(cells, column))]

    @cached_property
    def merged_below(self) -> tuple[tuple[int, int, int, int, str], ...]:
        """What is merged over several rows below the header."""
        last = max(self.header)
        return tuple(one for one in self.sheet.merged if one[0] > last and one[0] < one[1])


def find_header(sheet: Sheet) -> tuple[int, ...]:
    """Find the row that names the columns, below any title; two rows where one is not enough.

    The first row that is nearly as full as the fullest one near it and holds words. Where its names
    repeat, the row above says what each group of columns is.

    Parameters
    ----------
    sheet : Sheet

    Returns
    -------
    tuple of int
        Row numbers.

    Examples
    --------
    >>> rows = ((1, ("A trial", "", "")), (3, ("id", "sex", "CK")), (4, ("P1", "F", "3")))
    >>> find_header(Sheet("", rows))
    (3,)
    """
    rows = sheet.rows
    for at, (number, cells) in enumerate(rows[:_HEADER_ROWS]):
        near = [_count(other) for _, other in rows[at : at + _LOOK_AHEAD]]
        filled = [cell for cell in cells if cell]
        words = [cell for cell in filled if not _NUMBER.fullmatch(cell)]
        enough = max(2 if max(near) > 1 else 1, _SHARE_FILLED * max(near))
        if len(filled) >= enough and len(words) >= _SHARE_WORDS * len(filled):
            above = rows[at - 1] if at else None
            if above and above[0] == number - 1 and _names_groups(above[1], filled):
                return (above[0], number)
            below = rows[at + 1] if at + 1 < len(rows) else None
            if below and below[0] == number + 1 and _goes_on(below[1], cells):
                return (number, below[0])
            return (number,)
    return (rows[0][0],)


def _goes_on(below: Sequence[str], names: Sequence[str]) -> bool:
    """Tell a second row of names, of units or of what groups are made of, from a row of data."""
    gaps = "" in names[: len(below)]
    words = [cell for cell in below if cell and not _NUMBER.fullmatch(cell)]
    all_words = bool(words) and len(words) == _count(below)
    return _names_units(below, names) or (gaps and all_words and _names_groups(names, words))


def _names_units(below: Sequence[str], names: Sequence[str]) -> bool:
    """Tell a row of units below the names from a first row of data."""
    filled = [(name, cell) for name, cell in zip(names, below, strict=False) if cell]
    units = [cell for name, cell in filled if name and find_unit(cell.strip("()[]"))]
    return len(units) > 1 and len(units) >= _SHARE_WORDS * len(filled)


def _names_groups(above: Sequence[str], names: Sequence[str]) -> bool:
    return _count(above) > 1 and max(Counter(names).values()) > 1


def _count(cells: Sequence[str]) -> int:
    return sum(bool(cell) for cell in cells)


def frame_sheet(sheet: Sheet, header: Sequence[int]) -> SourceTable:
    """Name the columns of a sheet by the rows of its header.

    Parameters
    ----------
    sheet : Sheet
    header : sequence of int
        Row numbers; the last one names the columns, one above it what groups of them are.

    Returns
    -------
    SourceTable
        Columns without a name and without an entry are left out.
    """
    by_number = dict(sheet.rows)
    rows = tuple(row for row in sheet.rows if row[0] > max(header))
    width = max((len(cells) for _, cells in (*rows, *sheet.rows)), default=0)
    levels = [_pad(by_number.get(number, ()), width) for number in header]
    groups = [_spread(level, number, sheet) for level, number in zip(levels, header, strict=True)]
    used = [any(at < len(cells) and cells[at] for _, cells in rows) for at in range(width)]
    names, places = [], []
    for at in range(width):
        own = levels[-1][at]
        above = [group[at] for group in groups[:-1]] if own else [one[at] for one in levels[:-1]]
        name = " ".join(filter(None, [*above, own]))
        if name or used[at]:
            names.append(name or f"column {_letter(at)}")
            places.append(at)
    return SourceTable(sheet, tuple(header), tuple(_number_repeats(names)), tuple(places), rows)


def _pad(cells: Sequence[str], width: int) -> list[str]:
    return [" ".join(cell.split()) for cell in cells] + [""] * (width - len(cells))


def _spread(level: list[str], number: int, sheet: Sheet) -> list[str]:
    """Let the title of a group stand over all its columns: those merged, or up to the next."""
    spans = [one for one in sheet.merged if one[0] <= number <= one[1]]
    spread, last = [], ""
    for at, text in enumerate(level):
        last = text or last
        within = not spans or any(one[2] - 1 <= at <= one[3] - 1 for one in spans)
        spread.append(text or (last if within else ""))
    return spread


def _letter(at: int) -> str:
    letters = ""
    while at >= 0:
        letters = chr(ord("A") + at % 26) + letters
        at = at // 26 - 1
    return letters


def _number_repeats(names: Sequence[str]) -> Iterator[str]:
    seen: Counter[str] = Counter()
    for name in names:
        seen[name] += 1
        yield name if seen[name] == 1 else f"{name} ({seen[name]})"
