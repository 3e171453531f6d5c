"""A plate as a reader's program exported it: readings, masks, and what the program made of them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

SHAPES = ((8, 12), (16, 24), (4, 6), (2, 3), (3, 4), (6, 8))
"""Rows and columns of the plates in use: 96, 384, 24, 6, 12 and 48 wells."""

LETTERS = "ABCDEFGHIJKLMNOP"
ROUNDING = 0.00051
"""Half the third decimal, to which programs round readings in their tables."""

_WELL = re.compile(r"([A-Pa-p])\s?0?([1-9]|1\d|2[0-4])")


@dataclass(frozen=True)
class Printed:
    """What the reader's program printed about one well.

    Attributes
    ----------
    well, group, sample : str
        The well, the table it stands in, and the sample's name there.
    nominal, dilution : float or None
        Concentration of a standard and dilution of a sample, where they are printed.
    result : float or None
        Concentration in the well, before it is multiplied by the dilution.
    text : str
        The result as it stands in the file: ``21.479``, ``Range?``, ``OOR <``.
    of_mean : bool
        Whether the result belongs to the mean signal of the sample, not to this well.
    masked : bool
        Whether somebody took the well out.
    reading : str
        The reading as it stands in the table, rounded.
    row : int
        Row in the file.
    """

    well: str
    group: str
    sample: str
    nominal: float | None
    dilution: float | None
    result: float | None
    text: str
    of_mean: bool
    masked: bool
    reading: str
    row: int


@dataclass(frozen=True)
class PrintedCurve:
    """A standard curve as the program printed it.

    Attributes
    ----------
    kind : str
        ``4pl``, ``5pl`` or ``linear``.
    coefficients : tuple of float
        a, b, c, d, g of `helpers.quantify.elisa.curve.Curve`, or slope and intercept.
    text : str
        As it stands in the file.
    row : int
        Row in the file.
    """

    kind: str
    coefficients: tuple[float, ...]
    text: str
    row: int


@dataclass(frozen=True)
class Plate:
    """One plate of one file; of a bead assay, one analyte of it.

    Attributes
    ----------
    name : str
        As in the file; a second plate of the same name is ``Plate1 (2)``.
    file : str
        How messages name the file.
    program : str
        What wrote it, in words.
    rows, columns : int
        Shape of the plate.
    signals : mapping of str to mapping of str to float
        Readings by wavelength or label, then by well. A reader's overflow is infinite; what could
        not be read is missing (NaN).
    derived : mapping of str to mapping of str to float
        What the program computed from readings, such as blank-subtracted ones.
    remarks : mapping of str to str
        What stands in the file where a well has no number.
    masked : frozenset of str
        Wells that somebody took out in the program.
    printed : tuple of Printed
        The program's own results.
    curves : tuple of PrintedCurve
        The program's own curves.
    analyte : str
        Of a bead assay; empty where the file does not say.
    unit : str
        Of printed concentrations; empty where the file does not say.
    row : int
        Where the plate begins in the file.
    """

    name: str
    file: str
    program: str
    rows: int
    columns: int
    signals: Mapping[str, Mapping[str, float]]
    derived: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    remarks: Mapping[str, str] = field(default_factory=dict)
    masked: frozenset[str] = frozenset()
    printed: tuple[Printed, ...] = ()
    curves: tuple[PrintedCurve, ...] = ()
    analyte: str = ""
    unit: str = ""
    row: int = 1

    @property
    def wells(self) -> tuple[str, ...]:
        """Wells with a reading or a remark, row by row."""
        known = {well for signal in self.signals.values() for well in signal} | set(self.remarks)
        return tuple(sorted(known, key=place_well))


def spell_well(text: str) -> str | None:
    """Spell a well as everywhere here; None where it is no well.

    >>> spell_well("a01"), spell_well("P24"), spell_well("H13"), spell_well("Q1"), spell_well("A0")
    ('A1', 'P24', 'H13', None, None)
    """
    found = _WELL.fullmatch(text.strip())
    return f"{found[1].upper()}{int(found[2])}" if found else None


def place_well(well: str) -> tuple[int, int]:
    """Give row and column of a well, counted from 0.

    >>> place_well("B12")
    (1, 11)
    """
    return LETTERS.index(well[0]), int(well[1:]) - 1


def name_well(row: int, column: int) -> str:
    """Name a well by row and column, counted from 0.

    >>> name_well(1, 11)
    'B12'
    """
    return f"{LETTERS[row]}{column + 1}"


def fits_plate(well: str, plate: Plate) -> bool:
    """Say whether a plate of this shape has the well."""
    row, column = place_well(well)
    return row < plate.rows and column < plate.columns


def nearest_well(text: str, plate: Plate) -> str:
    """Name the plate's well that a misspelt one most likely means; empty where none is near.

    >>> nearest_well("H13", Plate("p", "f", "", 8, 12, {}))
    'H12'
    """
    well = spell_well(text)
    if well:
        row, column = place_well(well)
        return name_well(min(row, plate.rows - 1), min(column, plate.columns - 1))
    known = [name_well(r, c) for r in range(plate.rows) for c in range(plate.columns)]
    near = get_close_matches(text.upper(), known, n=1, cutoff=0.5)
    return near[0] if near else ""


def find_shape(wells: Iterable[str]) -> tuple[int, int]:
    """Give the shape of the smallest usual plate, 96 wells or more, that has all wells.

    >>> find_shape(["A1", "H12"]), find_shape(["A1", "A13"])
    ((8, 12), (16, 24))
    """
    places = [place_well(well) for well in wells]
    small = all(row < 8 and column < 12 for row, column in places)
    return (8, 12) if small else (16, 24)


def name_apart(names: Iterable[str]) -> list[str]:
    """Tell plates of the same name apart by their order.

    >>> name_apart(["Plate1", "Plate1", "x"])
    ['Plate1', 'Plate1 (2)', 'x']
    """
    counts: dict[str, int] = {}
    apart = []
    for name in names:
        counts[name] = counts.get(name, 0) + 1
        apart.append(name if counts[name] == 1 else f"{name} ({counts[name]})")
    return apart


def shows_reading(printed: Printed) -> bool:
    """Say whether the program printed a number as this well's reading."""
    try:
        return math.isfinite(float(printed.reading))
    except ValueError:
        return False
