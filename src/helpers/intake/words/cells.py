"""Turn one cell of a person's file into what a table holds, or say why it cannot be."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from helpers.contracts.mapping import FROM_DATE, FROM_STUDY_DAY
from helpers.contracts.units import find_factor, find_unit, name_unit
from helpers.intake.read.sheets import Exact
from helpers.io.bounds import LARGEST_NUMBER, SMALLEST_NUMBER

DIGITS = 6
"""Decimals of a time that was computed from a date."""

_LIMIT = re.compile(r"([<>≤≥])\s*=?\s*(.+)")
_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_GROUPED = re.compile(r"[+-]?\d{1,3}([.,]\d{3})+")
_SPACED = re.compile(r"(?<=\d)[ '](?=\d{3}(\D|$))")
_DATE = re.compile(r"(\d{1,4})[-./ ](\d{1,2}|[A-Za-z]{3})[-./ ](\d{1,4})(?:[T ].*)?")
_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_YEAR = 4


class Unfit(ValueError):
    """A cell that cannot become what its column of the table holds.

    Attributes
    ----------
    found, expected, mend : str
        In words; cells with the same three have one cause.
    column : str or None
        Another column of the row that is the cause.
    """

    def __init__(self, found: str, expected: str, mend: str, column: str | None = None) -> None:
        self.found, self.expected, self.mend, self.column = found, expected, mend, column
        super().__init__(found)


@dataclass(frozen=True)
class Number:
    """A number as text, and on which side of it the true value is: ``<``, ``>`` or neither."""

    text: str
    side: str = ""


@lru_cache(maxsize=2**16)
def fold_word(text: str) -> str:
    """Give what two spellings of one word have in common: case, form of letters, spaces.

    >>> fold_word(" Ja  tack ") == fold_word("ja tack")
    True
    """
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def find_word(text: str, words: Mapping[str, str]) -> str | None:
    """Find what a word means; None where no line of the mapping says it.

    A whole number is the same word with and without decimals: ``1`` and ``1.0``.
    """
    folded = {fold_word(word): meaning for word, meaning in words.items()}
    word = fold_word(text)
    found = folded.get(word)
    return folded.get(re.sub(r"[.,]0+$", "", word)) if found is None else found


def read_number(text: str, decimal: str) -> Number:
    """Read a number as people write it: with a decimal comma, spaces, a per cent sign, a ``<``.

    Parameters
    ----------
    text : str
        Not empty.
    decimal : str
        ``.`` or ``,``.

    Returns
    -------
    Number
        With a point.

    Raises
    ------
    Unfit
        When it is no number, or could be two.

    Examples
    --------
    >>> read_number("<1 200,5", ",")
    Number(text='1200.5', side='<')
    >>> read_number("1,100", ".")
    Traceback (most recent call last):
    helpers.intake.words.cells.Unfit: 1,100, which can be 1.1 or 1100
    """
    if isinstance(text, Exact):
        decimal = "."
    limit = _LIMIT.fullmatch(text)
    side, rest = (limit[1], limit[2]) if limit else ("", text)
    side = {"≤": "<", "≥": ">"}.get(side, side)
    rest = _SPACED.sub("", rest.removesuffix("%").strip().replace("\N{MINUS SIGN}", "-"))
    other = "," if decimal == "." else "."
    if _GROUPED.fullmatch(rest) and other in rest and not isinstance(text, Exact):
        whole = re.sub("[.,]", "", rest)
        readings = f"{float(rest.replace(',', '.')):g} or {whole}" if rest.count(other) == 1 else ""
        found = f"{text}, which can be {readings}" if readings else f"{text}, with signs in between"
        mend = f"take the {other} out of the cell, or set decimal: '{other}' if it is the decimal"
        raise Unfit(found, f"a number with {decimal} as its decimal sign", mend)
    point = rest.replace(",", ".") if decimal == "," else rest
    if _PLAIN.fullmatch(point) and not (decimal == "," and "." in rest):
        if point.strip("+-0.") and not SMALLEST_NUMBER <= abs(float(point)) <= LARGEST_NUMBER:
            found, expected = f"{text}, too large or too small to be measured", "a number"
            raise Unfit(found, expected, "correct the cell, or list the text under missing")
        return Number(point, side)
    if _PLAIN.fullmatch(rest.replace(other, ".")) and other in rest:
        kind = "comma" if other == "," else "point"
        mend = f"set decimal: '{other}' for this file in mapping.yml: it mends all"
        raise Unfit(f"a decimal {kind}", f"a number with {decimal} as its decimal sign", mend)
    mend = "correct the cell, or list the text under missing in mapping.yml"
    raise Unfit(f"{text!r}, which is no number", "a number", mend)


def convert_number(text: str, given: str, wanted: str) -> str:
    """Bring a number into another unit by an exact factor.

    Parameters
    ----------
    text : str
        With a point.
    given, wanted : str
        Units; either may be empty, and then nothing is converted.

    Returns
    -------
    str

    Raises
    ------
    Unfit
        When no exact factor is known.

    Examples
    --------
    >>> convert_number("252", "U/L", "ukat/L")
    '4.2'
    """
    if not given or not wanted:
        return text
    factor = find_factor(given, wanted)
    if factor is None:
        unknown = "" if find_unit(given) else ", which is no known unit"
        mend = "correct the unit, or give the values in another one"
        raise Unfit(f"the unit {given}{unknown}", f"{name_unit(wanted)} or what converts", mend)
    if factor == 1:
        return text
    return f"{float(Fraction(text) * factor):.12g}"


def read_date(text: str, order: str) -> dt.date:
    """Read a date.

    Parameters
    ----------
    text : str
    order : str
        ``year first``, ``day first`` or ``month first``.

    Returns
    -------
    date

    Raises
    ------
    Unfit
        When it is none, or not complete.

    Examples
    --------
    >>> read_date("03.02.2024", "day first"), read_date("2024-02-03T08:00", "day first")
    (datetime.date(2024, 2, 3), datetime.date(2024, 2, 3))
    """
    found = _DATE.fullmatch(text.strip())
    parts = _order_date(found[1], found[2], found[3], order) if found else None
    if parts:
        try:
            return dt.date(*parts)
        except ValueError:
            pass
    expected = f"a whole date, {order}, its year of four digits"
    raise Unfit(f"{text!r}, which is none", expected, "correct it, or list it under missing")


def _order_date(first: str, middle: str, last: str, order: str) -> tuple[int, int, int] | None:
    """Give year, month and day of the three parts of a date; None where the order is not known."""
    named = not middle.isdigit()
    if named and middle.lower() in _MONTH_NAMES:
        middle = str(_MONTH_NAMES.index(middle.lower()) + 1)
    if not middle.isdigit():
        return None
    if len(first) == _YEAR:
        return int(first), int(middle), int(last)
    if len(last) != _YEAR or (order == "year first" and not named):
        return None
    if order == "month first" and not named:
        return int(last), int(first), int(middle)
    return int(last), int(middle), int(first)


def convert_time(
    text: str,
    given: str,
    wanted: str,
    *,
    decimal: str,
    dates: str,
    start: dt.date | None,
    days_in_month: float,
) -> str:
    """Turn a date, a day or a length of time into months or days from the first dose.

    Parameters
    ----------
    text : str
        Not empty.
    given : str
        ``date``, ``study day`` (1 is the day of the first dose, -1 the day before) or a unit.
    wanted : str
        ``months`` or ``days``.
    decimal, dates : str
        How numbers and dates are written.
    start : date or None
        Day of the patient's first dose.
    days_in_month : float

    Returns
    -------
    str

    Raises
    ------
    Unfit
        When it is no time, or the first dose is not known.
    """
    if given == FROM_DATE:
        if start is None:
            mend = "fill it in the file, or list the cell's text under missing in mapping.yml"
            raise Unfit("a date of a patient without a first dose", "the date of it", mend)
        days = Fraction((read_date(text, dates) - start).days)
    else:
        number = Fraction(read_number(text, decimal).text)
        if given == FROM_STUDY_DAY:
            if number == 0:
                raise Unfit("day 0", "a day before (-1) or from (1) the first dose", "correct it")
            days = number - 1 if number > 0 else number
        elif (factor := find_factor(given, wanted)) is not None:
            return f"{float(number * factor):.12g}"
        elif (factor := find_factor(given, "days")) is not None:
            days = number * factor
        elif (factor := find_factor(given, "months")) is not None:
            days = number * factor * Fraction(days_in_month)
        else:
            raise Unfit(
                f"the unit {given}", "date, study day, days, weeks, months or years", "correct it"
            )
    if wanted == "days":
        return f"{float(days):g}"
    return f"{round(float(days) / days_in_month, DIGITS):.12g}"
