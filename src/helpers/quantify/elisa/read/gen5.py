"""Read what Gen5 exports as text: the layout, the readings, the curve and its results."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from helpers.contracts import Fault, StudyDataError
from helpers.quantify.elisa.read.plate import (
    LETTERS,
    Plate,
    Printed,
    PrintedCurve,
    name_apart,
    name_well,
)
from helpers.quantify.elisa.read.reading import read_number, read_reading
from helpers.quantify.elisa.read.sheet import Sheet

PROGRAM = "Gen5"
_AGAIN = "export the file again from Gen5 as text, with layout and results as matrices"
_OTHER = ("Kinetic", "Spectrum", "Spectral", "Area Scan", "Fluorescence Polarization")
"""Procedures whose readings are more than one per well and wavelength."""

_CALLED = {"well id": "well id", "conc/dil": "conc/dil", "name": "name", "id": "name"}


@dataclass(frozen=True)
class _Cell:
    """One cell of a matrix: its label, its well, its text and its row in the file."""

    label: str
    well: str
    text: str
    row: int


def is_gen5(sheet: Sheet) -> bool:
    """Say whether a sheet is a text export of Gen5."""
    first = [cells[0] for cells in sheet.rows[:60] if cells]
    known = {"Software Version", "Plate Number", "Reader Type:"}
    return len(known.intersection(first)) >= 2


def read_gen5(sheet: Sheet, *, file: str) -> list[Plate]:
    """Read the plates of a text export of Gen5.

    Parameters
    ----------
    sheet : Sheet
    file : str
        How messages name the file.

    Returns
    -------
    list of Plate
        ``signals`` hold readings; what Gen5 subtracted a blank from is in ``derived``.

    Raises
    ------
    StudyDataError
        With every fault: a matrix without its rows, a reading that is none, a kinetic reading.
    """
    faults: list[Fault] = []
    starts = [
        at for at, cells in enumerate(sheet.rows) if cells and cells[0] == "Software Version"
    ] or [0]
    ends = [*starts[1:], len(sheet.rows)]
    plates = [
        _read_section(sheet.rows[start:end], start + 1, sheet.comma, file, faults)
        for start, end in zip(starts, ends, strict=True)
    ]
    if faults:
        raise StudyDataError(file, faults)
    names = name_apart(plate.name for plate in plates)
    return [replace(plate, name=name) for plate, name in zip(plates, names, strict=True)]


def _read_section(
    rows: Sequence[Sequence[str]], first: int, comma: bool, file: str, faults: list[Fault]
) -> Plate:
    name = _find_value(rows, "Plate Number") or "Plate"
    plate = Plate(name, file, PROGRAM, 8, 12, {}, row=first)
    procedure = [cell for cells in rows[:60] for cell in cells if cell.startswith(_OTHER)]
    if procedure:
        mend = "export an endpoint reading, or one that Gen5 reduced to one number per well"
        faults.append(
            Fault(file, f"a reading '{procedure[0]}'", "an endpoint reading", mend, first)
        )
        return plate
    known = len(faults)
    width, cells = _list_cells(rows, first, file, faults)
    if width > 12:
        plate = replace(plate, rows=16, columns=24)
    plate = _take_cells(plate, cells, comma, faults)
    if not plate.signals and len(faults) == known:
        found = f"plate {name} without a matrix of readings"
        faults.append(Fault(file, found, "a matrix of readings, A to H by 1 to 12", _AGAIN, first))
    return replace(plate, curves=tuple(_list_curves(rows, first)))


def _find_value(rows: Sequence[Sequence[str]], key: str) -> str:
    return next((cells[1] for cells in rows if len(cells) > 1 and cells[0] == key), "")


def _list_cells(
    rows: Sequence[Sequence[str]], first: int, file: str, faults: list[Fault]
) -> tuple[int, list[_Cell]]:
    """List the cells of every matrix, and the number of columns of the widest."""
    listed: list[_Cell] = []
    widest = 0
    at = 0
    while at < len(rows):
        width = _count_columns(rows[at])
        if not width:
            at += 1
            continue
        title = rows[at - 1][0] if at and rows[at - 1] else ""
        matrix, at = _take_matrix(rows, at + 1)
        letters = [cells[0] for _, cells in matrix if cells[0]]
        expected = 16 if width > 12 else 8
        if letters != list(LETTERS[:expected]):
            found = f"rows {', '.join(letters) or 'none'} of matrix {title!r}"
            rest = f"rows A to {LETTERS[expected - 1]}"
            faults.append(Fault(file, found, rest, _AGAIN, first + at - 1))
        widest = max(widest, width)
        listed += _list_matrix(matrix, width, title, first, file, faults)
    return widest, listed


def _count_columns(cells: Sequence[str]) -> int:
    """Count the columns that a header numbers from 1 on; 0 where it is no header."""
    if len(cells) < 13 or cells[0]:
        return 0
    numbers = [str(number) for number in range(1, len(cells))]
    most = 24 if list(cells[1:25]) == numbers[:24] and len(cells) >= 25 else 12
    return most if list(cells[1 : most + 1]) == numbers[:most] else 0


def _take_matrix(
    rows: Sequence[Sequence[str]], at: int
) -> tuple[list[tuple[int, Sequence[str]]], int]:
    matrix = []
    while at < len(rows) and any(rows[at]) and len(rows[at]) > 1:
        matrix.append((at, rows[at]))
        at += 1
    return matrix, at


def _list_matrix(
    matrix: Sequence[tuple[int, Sequence[str]]],
    width: int,
    title: str,
    first: int,
    file: str,
    faults: list[Fault],
) -> Iterator[_Cell]:
    letter = -1
    for at, cells in matrix:
        letter += bool(cells[0])
        label = cells[width + 1] if len(cells) > width + 1 else title
        if letter < 0 or letter >= len(LETTERS) or len(cells) > width + 2:
            found = f"{len(cells)} cells, or a row without its letter"
            expected = f"a letter, {width} wells and a label"
            faults.append(Fault(file, found, expected, _AGAIN, first + at))
            continue
        for column, text in enumerate(cells[1 : width + 1]):
            yield _Cell(label, name_well(letter, column), text, first + at)


def _take_cells(plate: Plate, cells: Sequence[_Cell], comma: bool, faults: list[Fault]) -> Plate:
    signals: dict[str, dict[str, float]] = {}
    derived: dict[str, dict[str, float]] = {}
    remarks: dict[str, str] = {}
    masked: set[str] = set()
    about: dict[str, dict[str, _Cell]] = {}
    for cell in cells:
        plain = cell.label.lower()
        if plain in _CALLED or "conc" in plain:
            about.setdefault("result" if plain not in _CALLED else plain, {})[cell.well] = cell
            continue
        reading = read_reading(cell.text, comma=comma)
        if reading is None:
            expected = f"a reading of well {cell.well}"
            faults.append(Fault(plate.file, repr(cell.text), expected, _AGAIN, cell.row))
        elif cell.text:
            home = derived if plain.startswith("blank") else signals
            home.setdefault(cell.label, {})[cell.well] = reading.value
            masked |= {cell.well} if reading.masked else set()
            if reading.remark:
                remarks[cell.well] = reading.remark
    printed = tuple(_list_printed(about, masked, comma))
    return replace(
        plate,
        signals=signals,
        derived=derived,
        remarks=remarks,
        masked=frozenset(masked),
        printed=printed,
    )


def _list_printed(
    about: dict[str, dict[str, _Cell]], masked: set[str], comma: bool
) -> Iterator[Printed]:
    names, numbers = about.get("well id", {}), about.get("conc/dil", {})
    results = about.get("result", {})
    for well in {**names, **results}:
        name = names[well].text if well in names else ""
        number = read_number(numbers[well].text, comma=comma) if well in numbers else None
        text = results[well].text if well in results else ""
        if not name and not text:
            continue
        standard = name.upper().startswith("STD")
        # A sample's dilution is a fraction (0.25 is 1 in 4) or a factor (4).
        dilution = max(number, 1 / number) if number and not standard else None
        yield Printed(
            well,
            "layout",
            name,
            number if standard else None,
            dilution,
            read_number(text, comma=comma),
            text,
            False,
            well in masked,
            "",
            (names.get(well) or results[well]).row,
        )


_FORMS = {"4pl": re.compile(r"\(A-D\)/\(1\+\(X/C\)\^B\)"), "linear": re.compile(r"^Y=A\*X\+B$")}


def _list_curves(rows: Sequence[Sequence[str]], first: int) -> Iterator[PrintedCurve]:
    """List the curves in a form that we know: a straight line, or four parameters."""
    for at, cells in enumerate(rows):
        if not cells or cells[0] != "Curve Name":
            continue
        for offset, values in enumerate(rows[at + 1 :], start=1):
            if len(values) < 4:
                break
            form = values[1].replace(" ", "").upper()
            numbers = dict(zip(cells[2:], map(read_number, values[2:]), strict=False))
            kind = next((kind for kind, known in _FORMS.items() if known.search(form)), "")
            wanted = [numbers.get(name) for name in ("ABCD" if kind == "4pl" else "AB")]
            found = [number for number in wanted if number is not None and math.isfinite(number)]
            if kind and len(found) == len(wanted):
                values_of = (*found, 1.0) if kind == "4pl" else tuple(found)
                yield PrintedCurve(kind, values_of, values[1], first + at + offset)
