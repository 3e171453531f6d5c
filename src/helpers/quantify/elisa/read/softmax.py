"""Read what SoftMax Pro exports as text: plates on one row or on eight, and its group tables."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from helpers.contracts import Fault, StudyDataError
from helpers.quantify.elisa.read.plate import (
    ROUNDING,
    SHAPES,
    Plate,
    Printed,
    name_apart,
    name_well,
    spell_well,
)
from helpers.quantify.elisa.read.reading import read_number, read_reading
from helpers.quantify.elisa.read.sheet import Sheet

PROGRAM = "SoftMax Pro"
_READS = "an endpoint reading"
_SIZES = {str(rows * columns) for rows, columns in SHAPES}
_LEAST_WAVELENGTH = 200
_AGAIN = "export the file again from SoftMax Pro, all sections, as text"


@dataclass(frozen=True)
class _Block:
    """The rows of one section, with the number of the first."""

    kind: str
    rows: tuple[tuple[str, ...], ...]
    row: int


def is_softmax(sheet: Sheet) -> bool:
    """Say whether a sheet is a text export of SoftMax Pro."""
    return any(cells and cells[0].startswith("##BLOCKS") for cells in sheet.rows[:5])


def read_softmax(sheet: Sheet, *, file: str) -> list[Plate]:
    """Read the plates of a text export of SoftMax Pro.

    Masks stand only in the group tables: a plate's block holds the readings of masked wells too.
    Notes, reduced readings and summaries are passed over: they are computed from what is read.

    Parameters
    ----------
    sheet : Sheet
        ``TimeFormat`` (a plate on one row) or ``PlateFormat`` (a row per row of the plate).
    file : str
        How messages name the file.

    Returns
    -------
    list of Plate
        In the file's order; a second ``Plate1`` is ``Plate1 (2)``.

    Raises
    ------
    StudyDataError
        With every fault: torn sections, readings that are none, kinetic or spectrum readings.
    """
    faults: list[Fault] = []
    blocks = list(_find_blocks(sheet))
    faults += _find_missing_blocks(sheet, blocks, file)
    plates: list[Plate] = []
    tables: list[tuple[list[int], _Block]] = []
    run: list[int] = []
    before = ""
    for block in blocks:
        if block.kind == "Plate":
            run = [*run, len(plates)] if before == "Plate" else [len(plates)]
            plates.append(_read_plate(block, sheet.comma, file, faults))
        elif block.kind == "Group":
            tables.append((run, block))
        before = block.kind
    if not plates and not faults:
        faults.append(Fault(file, "no plate", "a section 'Plate:'", _AGAIN, 1))
    names = name_apart(plate.name for plate in plates)
    plates = [replace(plate, name=name) for plate, name in zip(plates, names, strict=True)]
    for run, block in tables:
        plates = _add_table(plates, run, block, sheet.comma, file, faults)
    if faults:
        raise StudyDataError(file, faults)
    return plates


def _find_blocks(sheet: Sheet) -> Iterator[_Block]:
    rows: list[tuple[str, ...]] = []
    start, kind = 0, ""
    for number, cells in enumerate(sheet.rows, start=1):
        first = cells[0] if cells else ""
        begins = re.match(r"(Plate|Group|Note|Cuvette ?Set|Graph|Image)s?:", first)
        # A note may hold any words; the other sections end before the next begins.
        if kind and begins and kind != "Note":
            yield _Block(f"open {kind}", tuple(rows), start)
            kind = ""
        if kind:
            rows.append(cells)
            if first == "~End":
                yield _Block(kind, tuple(rows[:-1]), start)
                kind = ""
        elif begins:
            kind, start, rows = begins[1], number, [cells]
    if kind:
        yield _Block(f"open {kind}", tuple(rows), start)


def _find_missing_blocks(sheet: Sheet, blocks: Sequence[_Block], file: str) -> Iterator[Fault]:
    for block in blocks:
        if block.kind.startswith("open "):
            found = f"a section '{block.rows[0][0]}' without an end: the file is torn"
            yield Fault(file, found, "'~End' after each section", _AGAIN, block.row)
        elif block.kind.startswith("Cuvette"):
            mend = "export plates only"
            yield Fault(file, "a cuvette set", "plates", mend, block.row)
    first = next(cells[0] for cells in sheet.rows if cells and cells[0].startswith("##BLOCKS"))
    said = re.search(r"\d{1,6}", first)
    if said and int(said[0]) != len(blocks):
        found = f"{len(blocks)} sections, where the first line says {int(said[0])}"
        mend = f"{_AGAIN}; if sections were taken out on purpose, correct the first line"
        yield Fault(file, found, "as many as the first line says", mend, 1)


def _read_plate(block: _Block, comma: bool, file: str, faults: list[Fault]) -> Plate:
    fields = (*block.rows[0], "", "", "")
    name, layout, read = fields[1] or "Plate", fields[3], fields[4] if len(fields) > 4 else ""
    wavelengths, columns, count = _find_wavelengths(fields)
    shape = next((shape for shape in SHAPES if shape[0] * shape[1] == count), (8, 12))
    plate = Plate(name, file, PROGRAM, *shape, {}, row=block.row)
    if read != "Endpoint":
        mend = "export the endpoint reading, or reduce it to one in SoftMax Pro first"
        faults.append(Fault(file, f"a {read or 'nameless'} reading", _READS, mend, block.row))
        return plate
    if layout not in ("PlateFormat", "TimeFormat"):
        expected = "PlateFormat or TimeFormat"
        faults.append(Fault(file, f"the format {layout!r}", expected, _AGAIN, block.row))
        return plate
    if count and shape[0] * shape[1] != count:
        faults.append(Fault(file, f"{count} wells", "a plate in use", _AGAIN, block.row))
        return plate
    labels = [str(number) for number in wavelengths if number >= _LEAST_WAVELENGTH]
    labels = labels or [fields[5] or "signal"]  # luminescence of every wavelength
    cells = (
        _list_rows(block, shape[0], columns, labels)
        if layout == "PlateFormat"
        else _list_lines(block, labels)
    )
    return _take_readings(plate, cells, labels, comma, faults)


def _find_wavelengths(fields: Sequence[str]) -> tuple[list[int], int, int]:
    """Find wavelengths, columns and wells: their place differs between kinds of reading."""
    for at, text in enumerate(fields[:-4]):
        parts = fields[at + 1].split()
        numbers = [int(part) for part in parts if part.isascii() and part.isdigit()]
        if text == str(len(parts)) and len(numbers) == len(parts) and fields[at + 4] in _SIZES:
            columns = int(fields[at + 3]) if fields[at + 3].isdecimal() else 0
            return numbers, columns, int(fields[at + 4])
    return [], 0, 0


_Cell = tuple[int, int, str | None, str]
"""Row in the file, number of the signal, well (None where no well is expected), text."""


def _list_rows(block: _Block, rows: int, columns: int, labels: Sequence[str]) -> Iterator[_Cell]:
    header = block.rows[1] if len(block.rows) > 1 else ()
    places = _number_columns(header)
    for letter, cells in enumerate(takewhile(any, block.rows[2:])):
        offset = letter + 2
        for at, text in enumerate(cells[2:], start=2):
            signal, column = places.get(at, (0, None))
            if column is not None and letter < rows and not 0 < columns < column + 1:
                yield block.row + offset, signal, name_well(letter, column), text
            elif text:
                yield block.row + offset, signal, None, text


def _number_columns(header: Sequence[str]) -> dict[int, tuple[int, int]]:
    """Give signal and column of each cell of a row: the header counts anew for each signal."""
    places: dict[int, tuple[int, int]] = {}
    signal, last = 0, 0
    for at, text in enumerate(header[2:], start=2):
        if re.fullmatch(r"[1-9]|1\d|2[0-4]", text):
            signal += int(text) <= last
            last = int(text)
            places[at] = (signal, last - 1)
    return places


def _list_lines(block: _Block, labels: Sequence[str]) -> Iterator[_Cell]:
    header = block.rows[1] if len(block.rows) > 1 else ()
    wells = {at: spell_well(text) for at, text in enumerate(header[2:], start=2) if text}
    signal = 0
    for offset, cells in enumerate(block.rows[2:], start=2):
        if any(spell_well(text) for text in cells[2:4]):
            break  # reduced readings, with a header of their own
        if not any(cells):
            continue
        if signal >= len(labels):
            yield block.row + offset, signal, None, next(text for text in cells if text)
            break
        for at, text in enumerate(cells[2:], start=2):
            if at in wells or text:
                yield block.row + offset, signal, wells.get(at), text
        signal += 1


def _take_readings(
    plate: Plate, cells: Iterable[_Cell], labels: Sequence[str], comma: bool, faults: list[Fault]
) -> Plate:
    signals: dict[str, dict[str, float]] = {label: {} for label in labels}
    remarks: dict[str, str] = {}
    known = len(faults)
    for row, signal, well, text in cells:
        reading = read_reading(text, comma=comma)
        if well is None or signal >= len(labels):
            found = f"{text!r} beside the plate: a reading too many, or one moved to the right"
            faults.append(Fault(plate.file, found, "a reading per well", _AGAIN, row))
        elif reading is None:
            expected = f"a reading of well {well}"
            faults.append(Fault(plate.file, repr(text), expected, _AGAIN, row))
        elif text:
            signals[labels[signal]][well] = reading.value
            if reading.remark:
                remarks[well] = reading.remark
    if len(faults) == known and not all(
        any(math.isfinite(value) for value in signal.values()) for signal in signals.values()
    ):
        found = f"plate {plate.name} without a reading"
        faults.append(Fault(plate.file, found, "readings of its wells", _AGAIN, plate.row))
    return replace(plate, signals=signals, remarks=remarks)


# Group tables


@dataclass(frozen=True)
class _Columns:
    """Where a group table holds what; None where it does not."""

    well: int
    reading: int | None
    result: int | None
    of_mean: bool
    nominal: int | None
    dilution: int | None
    plate: int | None
    unit: str


_UNIT = re.compile(r"([pnuµm]?[gM]|I?U|[pnuµm]?mol)\s*/\s*m?L", re.IGNORECASE)


def _add_table(
    plates: list[Plate],
    run: Sequence[int],
    block: _Block,
    comma: bool,
    file: str,
    faults: list[Fault],
) -> list[Plate]:
    """Put a group table's masks and results to its plates; give the plates anew."""
    columns = _find_columns(block)
    if columns is None or not plates:
        return plates
    added: dict[int, list[Printed]] = {}
    at = run[-1] if run else 0
    for printed, name in _list_printed(block, columns, comma, file, faults):
        named = [i for i in run if plates[i].name.startswith(name)] if name else list(run)
        if name and not named:
            named = [i for i, plate in enumerate(plates) if plate.name.startswith(name)]
        if not named:
            found = f"plate {name!r} in table {printed.group!r}"
            known = ", ".join(plate.name for plate in plates)
            faults.append(Fault(file, found, f"one of {known}", _AGAIN, printed.row))
            continue
        at = _pick_plate(plates, named, printed, at)
        added.setdefault(at, []).append(printed)
    changed = list(plates)
    for at, rows in added.items():
        plate = plates[at]
        masked = plate.masked | {printed.well for printed in rows if printed.masked}
        unit = plate.unit or columns.unit
        changed[at] = replace(
            plate, printed=(*plate.printed, *rows), masked=frozenset(masked), unit=unit
        )
    return changed


def _pick_plate(plates: Sequence[Plate], named: Sequence[int], printed: Printed, last: int) -> int:
    """Of several plates that a row can mean, pick the one that has its reading."""
    if len(named) == 1:
        return named[0]
    value = read_number(printed.reading)
    if value is not None:
        agreeing = [at for at in named if agrees_with(plates[at], printed.well, value)]
        if agreeing:
            return last if last in agreeing else agreeing[0]
    return last if last in named else named[0]


def agrees_with(plate: Plate, well: str, printed: float) -> bool:
    """Say whether a rounded reading is one of the well's, or the difference of its first two."""
    values = [signal.get(well, math.nan) for signal in plate.signals.values()]
    if len(values) > 1:
        values.append(values[0] - values[1])
    return any(abs(value - printed) <= ROUNDING for value in values)


def _find_columns(block: _Block) -> _Columns | None:
    header = block.rows[1] if len(block.rows) > 1 else ()
    formulas = _read_formulas(block)
    kinds = [_match_formula(name, formulas) for name in header]
    well = _find(header, kinds, "!WellIDs", ("well", "wells"))
    if well is None:
        return None
    reading = _find(header, kinds, "!WellValues", ("od", "value", "values"))
    result, of_mean = _find_result(header, kinds, formulas)
    nominal = dilution = None
    for at, (name, kind) in enumerate(zip(header, kinds, strict=True)):
        plain = re.sub(r"[^a-z]", "", kind.lower())
        if plain == "factor" or (plain == "sampledescriptor" and "dilution" in name.lower()):
            dilution = at
        elif plain in ("conc", "sampledescriptor"):
            nominal = at
    if nominal is None and dilution is None and not formulas:
        nominal = _find(header, kinds, "", ("conc", "concentration"))
        dilution = _find(header, kinds, "", ("dilution", "dilutionfactor"))
    unit = _UNIT.search(header[nominal]) if nominal is not None else None
    plate = _find(header, kinds, "!WellPlateName", ("wellplatename",))
    text = unit[0] if unit else ""
    return _Columns(well, reading, result, of_mean, nominal, dilution, plate, text)


def _read_formulas(block: _Block) -> dict[str, str]:
    formulas: dict[str, str] = {}
    inside = False
    for cells in block.rows[2:]:
        if cells and cells[0] == "Group Column":
            inside = True
        elif inside and not any(cells):
            break
        elif inside and len(cells) > 2:
            formulas[cells[1].strip()] = cells[2].strip('"')
    return formulas


def _match_formula(name: str, formulas: Mapping[str, str]) -> str:
    """Give the formula of a column, whose heading may have a unit after its name."""
    names = [known for known in formulas if name == known or name.startswith(f"{known} ")]
    return formulas[max(names, key=len)] if names else ""


def _find(
    header: Sequence[str], kinds: Sequence[str], formula: str, names: Sequence[str]
) -> int | None:
    for at, kind in enumerate(kinds):
        if formula and kind == formula:
            return at
    plain = [re.sub(r"[^a-z]", "", name.lower()) for name in header]
    return next((plain.index(name) for name in names if name in plain), None)


_INTERPOLATED = re.compile(r"InterpX\([^,()]*,\s*'?([^'()]+?)'?\)")


def _find_result(
    header: Sequence[str], kinds: Sequence[str], formulas: Mapping[str, str]
) -> tuple[int | None, bool]:
    for at, kind in enumerate(kinds):
        if found := _INTERPOLATED.search(kind):
            return at, "average(" in formulas.get(found[1], "").lower()
    if formulas:
        return None, False
    return _find(header, kinds, "", ("backcalcconc", "result", "results")), False


def _list_printed(
    block: _Block, columns: _Columns, comma: bool, file: str, faults: list[Fault]
) -> Iterator[tuple[Printed, str]]:
    """Give what is printed about each well, and its plate's name; blank cells repeat the last."""
    group = block.rows[0][0].partition(":")[2].strip()
    above = {"sample": "", "nominal": None, "dilution": None}
    for offset, cells in enumerate(block.rows[2:], start=2):
        if not any(cells) or cells[0] in ("Group Column", "Group Summaries"):
            break
        row = block.row + offset
        texts = {key: _take(cells, at) for key, at in vars(columns).items() if isinstance(at, int)}
        well = spell_well(texts["well"])
        if cells[0]:
            above = {"sample": cells[0], "nominal": None, "dilution": None}
        for key in ("nominal", "dilution"):
            number = read_number(texts.get(key, ""), comma=comma)
            above[key] = above[key] if number is None else number  # type: ignore[assignment]
        if well is None:
            if texts["well"]:
                expected = f"a well in table {group!r}"
                faults.append(Fault(file, repr(texts["well"]), expected, _AGAIN, row))
            continue
        yield _make_printed(well, group, above, texts, columns, comma, row), texts.get("plate", "")


def _make_printed(
    well: str,
    group: str,
    above: Mapping[str, object],
    texts: Mapping[str, str],
    columns: _Columns,
    comma: bool,
    row: int,
) -> Printed:
    text, reading = texts.get("result", ""), texts.get("reading", "")
    return Printed(
        well,
        group,
        str(above["sample"]),
        above["nominal"],  # type: ignore[arg-type]
        above["dilution"],  # type: ignore[arg-type]
        read_number(text, comma=comma),
        text,
        columns.of_mean,
        "Masked" in (text, reading),
        reading.replace(",", ".") if comma else reading,
        row,
    )


def _take(cells: Sequence[str], at: int) -> str:
    return cells[at] if at < len(cells) else ""
