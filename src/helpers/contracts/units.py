"""Units as people spell them, and what converts exactly into what.

A factor stands here only where it follows from the units' definitions. From days to months, or
from mass to amount of substance, there is none: those need a number that a study declares.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Unit:
    """One unit: how we write it, what kind of quantity it measures, how large it is.

    Attributes
    ----------
    name : str
        As reports write it.
    quantity : str
        Units of one quantity convert into each other.
    size : Fraction
        In the smallest unit of its quantity.
    spellings : tuple of str
        Other ways of writing it; case and kind of micro sign do not matter.
    """

    name: str
    quantity: str
    size: Fraction
    spellings: tuple[str, ...] = ()


_ENZYME, _MASS, _SHARE, _LENGTH, _DENSITY, _YEARS, _DAYS, _SECONDS = (
    "enzyme activity per volume",
    "mass per volume",
    "share",
    "length",
    "cells per area",
    "years",
    "days",
    "seconds",
)

UNITS = (
    # 1 kat = 1 mol/s and 1 U = 1 umol/min, so 1 ukat = 60 U.
    Unit("U/L", _ENZYME, Fraction(1), ("iu/l", "ie/l", "e/l", "units/l", "unit/l", "mu/ml")),
    Unit("ukat/L", _ENZYME, Fraction(60), ("mckat/l", "microkat/l", "mikrokat/l")),
    Unit("nkat/L", _ENZYME, Fraction(6, 100)),
    Unit("pg/mL", _MASS, Fraction(1), ("ng/l",)),
    Unit("ng/dL", _MASS, Fraction(10)),
    Unit("ng/mL", _MASS, Fraction(10**3), ("ug/l", "mcg/l")),
    Unit("ug/dL", _MASS, Fraction(10**4), ("mcg/dl",)),
    Unit("mg/L", _MASS, Fraction(10**6), ("ug/ml", "mcg/ml")),
    Unit("mg/dL", _MASS, Fraction(10**7)),
    Unit("g/L", _MASS, Fraction(10**9), ("mg/ml",)),
    Unit("g/dL", _MASS, Fraction(10**10)),
    Unit("fraction", _SHARE, Fraction(100), ("proportion", "ratio of 1")),
    Unit("%", _SHARE, Fraction(1), ("percent", "per cent", "procent", "pct")),
    Unit("mm", _LENGTH, Fraction(1), ("millimeter", "millimetre")),
    Unit("cm", _LENGTH, Fraction(10), ("centimeter", "centimetre")),
    Unit("cells/mm2", _DENSITY, Fraction(1), ("/mm2", "cells/mm^2", "cells per mm2", "celler/mm2")),
    Unit("months", _YEARS, Fraction(1), ("month", "mo", "man", "manader", "monate", "mois")),
    Unit("years", _YEARS, Fraction(12), ("year", "yr", "yrs", "y", "ar", "jahre", "ans")),
    Unit("days", _DAYS, Fraction(1), ("day", "d", "dagar", "dag", "tage")),
    Unit("weeks", _DAYS, Fraction(7), ("week", "wk", "wks", "veckor", "wochen")),
    Unit("s", _SECONDS, Fraction(1), ("sec", "seconds", "sekunder")),
    Unit("min", _SECONDS, Fraction(60), ("minutes", "minuter")),
    Unit("h", _SECONDS, Fraction(3600), ("hour", "hours", "timmar")),
    Unit("points", "points", Fraction(1), ("point", "poang", "punkte", "p")),
)
"""Every unit that is known by more than its spelling."""


def _fold(text: str) -> str:
    """Take away what does not make two units: case, spaces, accents, kind of micro and 2."""
    plain = unicodedata.normalize("NFKD", text.replace("µ", "u").replace("μ", "u"))
    kept = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return "".join(kept.casefold().split())


_KNOWN = {_fold(word): unit for unit in UNITS for word in (unit.name, *unit.spellings)}


def find_unit(text: str) -> Unit | None:
    """Find the unit that a text spells.

    Parameters
    ----------
    text : str
        In any case, with any micro sign.

    Returns
    -------
    Unit or None
        None where it is not known here; such a unit can still be used, as it is written.

    Examples
    --------
    >>> [find_unit(text).name for text in ("µkat/l", "UKAT/L", "ng/L", "cells/mm²")]
    ['ukat/L', 'ukat/L', 'pg/mL', 'cells/mm2']
    >>> find_unit("MFI") is None
    True
    """
    return _KNOWN.get(_fold(text))


def name_unit(text: str) -> str:
    """Write a unit in one way, whatever way it was written; an unknown one stays as it is."""
    unit = find_unit(text)
    return unit.name if unit else " ".join(text.split())


def find_factor(given: str, wanted: str) -> Fraction | None:
    """Give what a value is multiplied with to be in another unit; exact, or not at all.

    Parameters
    ----------
    given, wanted : str
        Units in any spelling.

    Returns
    -------
    Fraction or None
        None where no exact factor is known.

    Examples
    --------
    >>> find_factor("U/L", "µkat/L"), find_factor("mg/dL", "mg/L"), find_factor("MFI", "pg/mL")
    (Fraction(1, 60), Fraction(10, 1), None)
    """
    if name_unit(given) == name_unit(wanted):
        return Fraction(1)
    have, want = find_unit(given), find_unit(wanted)
    if have is None or want is None or have.quantity != want.quantity:
        return None
    return have.size / want.size
