"""Find plates in any export: a grid with its letters and numbers, bare numbers, or a list of wells.

Many readers' programs (BMG MARS, EnVision, Kaleido, SkanIt, Magellan, and whatever a person typed)
write the same thing with different words around it. What is found here is the grid; the words near
it become its label.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath

from helpers.contracts import Fault, StudyDataError
from helpers.quantify.elisa.read.plate import (
    LETTERS,
    SHAPES,
    Plate,
    find_shape,
    name_well,
    spell_well,
)
from helpers.quantify.elisa.read.reading import Reading, read_number, read_reading
from helpers.quantify.elisa.read.sheet import Sheet

PROGRAM = "a plate grid"
_MEND = "write the plate as letters down and numbers across, one reading per well"
_LOOK_BACK = 10
"""Rows above a grid whose words can be its label."""

_LONGEST_LABEL = 60
"""Letters of words that can be a label; what is longer describes the run."""

_LEAST_NUMBERS = 0.5
"""Share of cells that are readings, from which on a grid is one of readings and not of names."""

_COMPUTED = re.compile(
    r"(?i)conc|dilution|sample|blank|curve|average|mean|std ?dev|\bsd\b|cv|ratio|calc"
)
"""Labels of grids that a program computed or that name samples."""

_WAVELENGTH = re.compile(r"(?<![\d.:/-])([2-9]\d\d)(?:[./](\d{3}))?(?![\d.:/-])")
_PLATE = re.compile(r"(?i)\bplate\s*(?:no\.?|number|#|:)?\s*(\d{1,4})\b")
_NO_PLATE = re.compile(r"(?i)repeat|type|plates|well")
_PLATE_SIZES = {"384", "960"}


@dataclass
class _Grid:
    """One grid: its label, its plate's name (empty where none is told), its wells."""

    label: str
    plate: str
    computed: bool
    cells: dict[str, Reading]
    rows: int
    columns: int
    row: int
    faults: list[Fault] = field(default_factory=list)


def read_grid(sheets: Sequence[Sheet], *, file: str) -> list[Plate]:
    """Find the plates in an export of any program.

    Parameters
    ----------
    sheets : sequence of Sheet
    file : str
        How messages name the file.

    Returns
    -------
    list of Plate
        ``signals`` are labelled by wavelength where the words near the grid tell it, otherwise by
        those words; grids of concentrations, dilutions or blank-subtracted readings are in
        ``derived``; grids of names are passed over.

    Raises
    ------
    StudyDataError
        When no plate is found, a grid is torn, or a reading is none.
    """
    grids = [grid for sheet in sheets for grid in _find_grids(sheet, file)]
    if not any(not grid.computed for grid in grids):
        grids += [grid for sheet in sheets for grid in _find_lists(sheet, file)]
    readings = [grid for grid in grids if not grid.computed]
    faults = [fault for grid in grids for fault in grid.faults]
    if not readings and not faults:
        faults = [Fault(file, "no plate", "a grid of 8 x 12 or 16 x 24 readings", _MEND)]
    if faults:
        raise StudyDataError(file, faults)
    return _join_plates(grids, PurePath(file).stem, file)


def _join_plates(grids: Sequence[_Grid], stem: str, file: str) -> list[Plate]:
    """Put grids of one plate together: a label that comes again begins the next plate."""
    named: dict[str, Plate] = {}
    last = ""
    count = 0
    for grid in grids:
        name = grid.plate or last
        taken = named.get(name)
        if not name or (not grid.plate and taken and _has(taken, grid)):
            count += 1
            name = stem if count == 1 else f"{stem} ({count})"
        if name not in named:
            named[name] = Plate(name, file, PROGRAM, grid.rows, grid.columns, {}, row=grid.row)
        named[name] = _add_grid(named[name], grid)
        last = name
    return [plate for plate in named.values() if plate.signals]


def _has(plate: Plate, grid: _Grid) -> bool:
    return grid.label in (plate.derived if grid.computed else plate.signals)


def _add_grid(plate: Plate, grid: _Grid) -> Plate:
    values = {well: reading.value for well, reading in grid.cells.items()}
    remarks = {well: reading.remark for well, reading in grid.cells.items() if reading.remark}
    label = grid.label
    home = plate.derived if grid.computed else plate.signals
    while label in home:
        label = f"{label} again"
    if grid.computed:
        return replace(plate, derived={**home, label: values})
    masked = {well for well, reading in grid.cells.items() if reading.masked}
    return replace(
        plate,
        signals={**home, label: values},
        remarks={**plate.remarks, **remarks},
        masked=plate.masked | masked,
    )


def _find_grids(sheet: Sheet, file: str) -> Iterator[_Grid]:
    rows = sheet.rows
    at, end = 0, -1
    while at < len(rows):
        if header := _find_header(rows[at]):
            grid, at = _take_grid(sheet, at, *header, end, file)
        elif shape := _find_bare(rows, at):
            grid, at = _take_bare(sheet, at, *shape, end, file)
        else:
            at += 1
            continue
        end = at - 1
        if grid is not None:
            yield grid


def _find_header(cells: Sequence[str]) -> tuple[int, int] | None:
    """Find the numbers 1 to 12 or 24 across: where the first stands, and how many there are."""
    for at, text in enumerate(cells[:6]):
        if text.lstrip("0") != "1" and text != "1.0":
            continue
        count = 0
        for number, other in enumerate(cells[at:], start=1):
            if other.removesuffix(".0").lstrip("0") != str(number):
                break
            count = number
        if count in {columns for _, columns in SHAPES if columns >= 12} and at > 0:
            return at, count
    return None


def _take_grid(
    sheet: Sheet, at: int, first: int, columns: int, end: int, file: str
) -> tuple[_Grid | None, int]:
    """Take the rows below a header; None for a grid of names."""
    start = at
    texts: dict[str, tuple[int, str]] = {}
    more: list[tuple[int, str, str]] = []
    letters: list[str] = []
    for number, cells in enumerate(sheet.rows[start + 1 :], start=start + 2):
        letter = cells[first - 1].upper() if len(cells) >= first else ""
        if letter not in LETTERS or not letter:
            break
        at = number - 1
        letters.append(letter)
        row = LETTERS.index(letter)
        for column, text in enumerate(cells[first : first + columns]):
            texts[name_well(row, column)] = (number, text)
        beyond = [text for text in cells[first + columns :] if read_number(text) is not None]
        more += [(number, letter, text) for text in beyond[:1]]
    if len({text for _, _, text in more}) == 1 and len(more) == len(letters):
        more = []  # the wavelength, written again at the end of each row
    faults = [
        Fault(
            file,
            f"{text!r} beyond column {columns} of row {letter}",
            f"{columns} readings in a row",
            _MEND,
            number,
        )
        for number, letter, text in more
    ]
    rows = 16 if columns > 12 else 8
    corner = sheet.rows[start][first - 1]
    grid = _make_grid(sheet, texts, (rows, columns), start, end, corner, file)
    if grid is None or not letters:
        return None, at + 1
    if letters != list(LETTERS[:rows]) and not grid.computed:
        found = f"rows {', '.join(letters)} below the numbers 1 to {columns}"
        faults.append(Fault(file, found, f"rows A to {LETTERS[rows - 1]}", _MEND, start + 1))
    grid.faults = [] if grid.computed else faults + grid.faults
    return grid, at + 1


def _find_bare(rows: Sequence[Sequence[str]], at: int) -> tuple[int, int] | None:
    """Find a block of 8 x 12 or 16 x 24 numbers without letters; another size is none."""
    width = _count_numbers(rows[at])
    shape = next((shape for shape in SHAPES[:2] if shape[1] == width), None)
    if shape is None:
        return None
    height = 0
    while at + height < len(rows) and _count_numbers(rows[at + height]) == width:
        height += 1
    return shape if height == shape[0] else None


def _count_numbers(cells: Sequence[str]) -> int:
    filled = [text for text in cells if text]
    fits = all(read_reading(text) is not None for text in filled)
    return len(filled) if fits and list(cells[: len(filled)]) == filled else 0


def _take_bare(
    sheet: Sheet, at: int, rows: int, columns: int, end: int, file: str
) -> tuple[_Grid | None, int]:
    texts = {
        name_well(row, column): (at + row + 1, sheet.rows[at + row][column])
        for row in range(rows)
        for column in range(columns)
    }
    return _make_grid(sheet, texts, (rows, columns), at, end, "", file), at + rows


def _make_grid(
    sheet: Sheet,
    texts: dict[str, tuple[int, str]],
    shape: tuple[int, int],
    start: int,
    end: int,
    corner: str,
    file: str,
) -> _Grid | None:
    """Read the cells; None where they are names, or where there is nothing at all."""
    label, plate, computed = _find_words(sheet, start, end, corner)
    filled = {well: text for well, (_, text) in texts.items() if text and text != "-"}
    readings = {well: read_reading(text, comma=sheet.comma) for well, text in filled.items()}
    understood = {well: reading for well, reading in readings.items() if reading is not None}
    numbers = [reading for reading in understood.values() if not math.isnan(reading.value)]
    if not filled or len(numbers) < _LEAST_NUMBERS * len(filled):
        return None
    grid = _Grid(label, plate, computed, understood, *shape, start + 1)
    if not computed:
        grid.faults = [
            Fault(file, repr(filled[well]), f"a reading of well {well}", _MEND, texts[well][0])
            for well, reading in readings.items()
            if reading is None
        ]
    return grid


def _find_words(sheet: Sheet, start: int, end: int, corner: str) -> tuple[str, str, bool]:
    """Find a grid's label, its plate's name, and whether it was computed, in the words above it."""
    label, title, plate, nearest, computed = "", "", "", "", bool(_COMPUTED.search(corner))
    for at in range(start - 1, max(end, start - 1 - _LOOK_BACK), -1):
        for place, text in enumerate(" ".join(text.split()) for text in sheet.rows[at]):
            named = _PLATE.search(text)
            lettered = any(map(str.isalpha, text)) and ":" not in text and not named
            if lettered and len(text) < _LONGEST_LABEL:
                nearest = nearest or text
            found = _WAVELENGTH.search(text)
            if found and found[1] not in _PLATE_SIZES and not label and "late" not in text:
                label, title = found[1], text
            if named and not plate and not _NO_PLATE.search(text):
                plate = f"Plate {int(named[1])}"
            below = sheet.rows[at + 1] if at + 1 < len(sheet.rows) else ()
            if text == "Plate" and place == 0 and not plate and below and below[0].isdecimal():
                plate = f"Plate {int(below[0][:6])}"
            computed = computed or bool(re.match(r"Calc \d", text))
    if _COMPUTED.search(corner):
        return f"{corner} {label}".strip(), plate, True
    if computed or _COMPUTED.search(title) or _COMPUTED.search(sheet.name):
        return f"{sheet.name or title or nearest} {label}".strip(), plate, True
    return label or nearest or sheet.name or "signal", plate, False


def _find_lists(sheet: Sheet, file: str) -> Iterator[_Grid]:
    """Find a list with a well on each row: one grid for each column of numbers and each plate."""
    start, column = _find_well_column(sheet)
    if column is None:
        return
    header = next((row for row in sheet.rows[:start] if sum(map(bool, row)) > 1), ())
    of_plate = next((at for at, text in enumerate(header) if text.lower().startswith("plate")), -1)
    labels = {
        at: _label_column(text)
        for at, text in enumerate(header)
        if text and at not in (column, of_plate)
    }
    grids: dict[tuple[str, int], _Grid] = {}
    plate, ended = "", 0
    for number, cells in enumerate(sheet.rows[start:], start=start + 1):
        well = spell_well(cells[column]) if len(cells) > column else None
        filled = {at: cells[at] for at in labels if at < len(cells) and cells[at]}
        if well is None or ended:
            ended = ended or number
            if any(read_number(text, comma=sheet.comma) is not None for text in filled.values()):
                found = f"readings without a well, or after the list's end in row {ended}"
                fault = Fault(file, found, "one list, a well on each row", _MEND, number)
                yield _Grid("", "", False, {}, 8, 12, number, [fault])
                return
            continue
        plate = cells[of_plate] if 0 <= of_plate < len(cells) and cells[of_plate] else plate
        for at, text in filled.items():
            empty = _Grid(labels[at], plate, bool(_COMPUTED.search(labels[at])), {}, 8, 12, number)
            _add_well(grids.setdefault((plate, at), empty), well, text, sheet.comma, file, number)
    yield from _keep_numbers(grids.values())


def _keep_numbers(grids: Iterable[_Grid]) -> Iterator[_Grid]:
    """Keep the columns that are readings; the others are names."""
    for grid in grids:
        numbers = [one for one in grid.cells.values() if not math.isnan(one.value)]
        if len(numbers) >= _LEAST_NUMBERS * max(len(grid.cells) + len(grid.faults), 1):
            grid.rows, grid.columns = find_shape(grid.cells)
            grid.faults = [] if grid.computed else grid.faults
            yield grid


def _add_well(grid: _Grid, well: str, text: str, comma: bool, file: str, row: int) -> None:
    reading = read_reading(text, comma=comma)
    if reading is None:
        grid.faults.append(Fault(file, repr(text), f"a reading of well {well}", _MEND, row))
    elif well in grid.cells:
        grid.faults.append(Fault(file, f"well {well} again", "each well once", _MEND, row))
    else:
        grid.cells[well] = reading


def _label_column(text: str) -> str:
    found = _WAVELENGTH.search(text)
    return found[1] if found and found[1] not in _PLATE_SIZES else text


def _find_well_column(sheet: Sheet) -> tuple[int, int | None]:
    """Find the first row and the column of a list of wells: at least six, one below another."""
    for start, cells in enumerate(sheet.rows[:40]):
        for at, text in enumerate(cells[:30]):
            if spell_well(text) is None:
                continue
            below = [row[at] for row in sheet.rows[start : start + 6] if len(row) > at]
            wells = [spell_well(other) for other in below]
            if len(wells) == 6 and None not in wells and len(set(wells)) > 1:
                return start, at
    return 0, None
