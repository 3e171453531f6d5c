"""Read what Bio-Plex Manager exports: a sheet per analyte, with the curve that it fitted."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence

from helpers.contracts import Fault, StudyDataError
from helpers.quantify.elisa.read.plate import Plate, Printed, PrintedCurve, find_shape, spell_well
from helpers.quantify.elisa.read.reading import read_number, read_reading
from helpers.quantify.elisa.read.sheet import Sheet

PROGRAM = "Bio-Plex Manager"
_AGAIN = "export the analyte again from Bio-Plex Manager, all columns and the standard curve"
_SIGNALS = ("FI - Bkgd", "FI")
_NUMBER = r"([+-]?[\d.]+(?:[eE][+-]?\d+)?)"
_CURVE = re.compile(
    rf"FI ?= ?{_NUMBER} ?\+ ?\({_NUMBER} ?([+-]) ?{_NUMBER}\) ?/ ?"
    rf"\(*1 ?\+ ?\(Conc ?/ ?{_NUMBER}\) ?\^ ?{_NUMBER}\)*(?: ?\^ ?{_NUMBER})?"
)


def is_bioplex(sheet: Sheet) -> bool:
    """Say whether a sheet is one analyte's results from Bio-Plex Manager."""
    return _find_header(sheet) is not None


def _find_header(sheet: Sheet) -> int | None:
    for at, cells in enumerate(sheet.rows[:60]):
        if {"Type", "Well", "FI", "Obs Conc"} <= set(cells):
            return at
    return None


def read_bioplex(sheets: Sequence[Sheet], *, file: str) -> list[Plate]:
    """Read the analytes of a workbook of Bio-Plex Manager.

    ``Obs Conc`` is already multiplied by the dilution there; here a printed result is the
    concentration in the well.

    Parameters
    ----------
    sheets : sequence of Sheet
        One analyte each; sheets without its table are passed over.
    file : str
        How messages name the file.

    Returns
    -------
    list of Plate
        One per analyte, all of the same name.

    Raises
    ------
    StudyDataError
        With every fault.
    """
    faults: list[Fault] = []
    plates = [_read_sheet(sheet, file, faults) for sheet in sheets if is_bioplex(sheet)]
    if faults:
        raise StudyDataError(file, faults)
    return plates


def _read_sheet(sheet: Sheet, file: str, faults: list[Fault]) -> Plate:
    start = _find_header(sheet)
    assert start is not None
    names = {name: at for at, name in enumerate(sheet.rows[start]) if name}
    facts = dict(
        cells[0].split(": ", 1) for cells in sheet.rows[:start] if cells and ": " in cells[0]
    )
    signals: dict[str, dict[str, float]] = {name: {} for name in _SIGNALS if name in names}
    remarks: dict[str, str] = {}
    printed: list[Printed] = []
    for offset, cells in enumerate(sheet.rows[start + 1 :], start=start + 2):
        texts = {name: cells[at] if at < len(cells) else "" for name, at in names.items()}
        if not texts["Well"]:
            break
        well = spell_well(texts["Well"])
        if well is None:
            faults.append(Fault(file, repr(texts["Well"]), "a well", _AGAIN, offset, "Well"))
            continue
        for name, signal in signals.items():
            _take_signal(texts[name], name, well, signal, remarks, (file, offset), faults)
        printed.append(_make_printed(well, texts, offset))
    rows, columns = find_shape(remark.well for remark in printed)
    return Plate(
        facts.get("Plate ID", sheet.name) or "Plate",
        file,
        PROGRAM,
        rows,
        columns,
        signals,
        remarks=remarks,
        masked=frozenset(one.well for one in printed if one.masked),
        printed=tuple(printed),
        curves=tuple(_list_curves(sheet)),
        analyte=facts.get("Analyte", sheet.name),
        row=start + 1,
    )


def _take_signal(
    text: str,
    name: str,
    well: str,
    signal: dict[str, float],
    remarks: dict[str, str],
    place: tuple[str, int],
    faults: list[Fault],
) -> None:
    file, row = place
    reading = read_reading(text)
    if reading is None:
        faults.append(Fault(file, repr(text), f"a reading of well {well}", _AGAIN, row, name))
        return
    if well in signal:
        found = f"well {well} again"
        faults.append(Fault(file, found, "each well once per analyte", _AGAIN, row, "Well"))
        return
    signal[well] = reading.value
    if reading.remark:
        remarks[well] = reading.remark


_ROLES = {"B": "blank", "S": "standard", "C": "control", "X": "sample"}


def _make_printed(well: str, texts: Mapping[str, str], row: int) -> Printed:
    kind = texts["Type"]
    dilution = read_number(texts.get("Dilution", "")) or 1.0
    text = texts["Obs Conc"]
    result = read_number(text.lstrip("*"))
    standard = _ROLES.get(kind[:1]) == "standard"
    return Printed(
        well,
        _ROLES.get(kind[:1], "sample"),
        kind if standard else texts.get("Description", "") or kind,
        read_number(texts.get("Exp Conc", "")) if standard else None,
        dilution,
        None if result is None else result / dilution,
        text,
        False,
        text == "---",
        next((texts[name] for name in _SIGNALS if name in texts), ""),
        row,
    )


def _list_curves(sheet: Sheet) -> Iterator[PrintedCurve]:
    for row, cells in enumerate(sheet.rows, start=1):
        text = cells[0] if cells else ""
        found = _CURVE.search(text) if text.startswith("Std. Curve") else None
        if found:
            low, high, _, _, middle, slope, bend = found.groups()
            numbers = [read_number(part or "1") for part in (high, slope, middle, low, bend)]
            known = tuple(number for number in numbers if number is not None)
            if len(known) == 5 and all(map(math.isfinite, known)) and known[2] > 0:
                yield PrintedCurve("5pl" if bend else "4pl", known, text, row)
