"""Take a column's name apart: what it measures, at which visit, in which unit."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from helpers.contracts.units import find_unit

DAYS_IN_MONTH = 30.4375
NEAR = 0.16
"""A week or day is called by a whole month where that is off by less than this share of it."""

Kind = Literal["month", "week", "day", "year", "visit", "baseline", "before", "after", "unplanned"]

_GREEK = {"α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "λ": "lambda", "κ": "kappa"}
_RANGE = re.compile(r"[\(\[]\s*\d+\s*[-\u2013]\s*\d+[^\)\]]*[\)\]]")
_BRACKET = re.compile(r"[\(\[]\s*([^\)\]]+?)\s*[\)\]]")

_NAMED: tuple[tuple[Kind, str], ...] = (
    ("month", r"(?:m|mo|mon|mth|month|months|man|manad|manader|monat|monate)"),
    ("week", r"(?:w|wk|wks|week|weeks|vecka|veckor|woche|wochen)"),
    ("day", r"(?:d|day|days|dag|dagar|tag)"),
    ("year", r"(?:y|yr|year|years|ar|jahr)"),
    ("visit", r"(?:v|vis|visit|besok|visite|t|tp|time|tid|tidpunkt)"),
)
_CALLED: tuple[tuple[Kind, str], ...] = (
    (
        "baseline",
        r"(?:bl|base|baseline|baslinje|inklusion|inclusion|day 1|enrolment|enrollment|pre|fore)",
    ),
    ("before", r"(?:screening|scr|pre screening|run in)"),
    ("after", r"(?:post|efter|eot|end of treatment|end of study|slut|slutbesok)"),
    ("unplanned", r"(?:unscheduled|unsch|extra|oplanerad|early termination|ambul ecg)"),
)


@dataclass(frozen=True)
class VisitName:
    """What a name says of a visit.

    Attributes
    ----------
    kind : str
        Kind of number: of a month, week, day, year or visit; or baseline, before, after, unplanned.
    number : float
    start, end : int
        Where it stands in the folded name.
    """

    kind: Kind
    number: float
    start: int
    end: int

    @property
    def month(self) -> float | None:
        """The month that the name says; None where it says none."""
        if self.kind == "baseline":
            return 0.0
        days = {"month": DAYS_IN_MONTH, "week": 7.0, "day": 1.0, "year": 12 * DAYS_IN_MONTH}
        if self.kind not in days:
            return None
        number = max(self.number - 1, 0) if self.kind == "day" else self.number
        return round_month(number * days[self.kind] / DAYS_IN_MONTH)


def round_month(month: float) -> float:
    """Give the whole month that people mean, or one decimal where none is near.

    >>> round_month(12 * 7 / 30.4375), round_month(2 * 7 / 30.4375)
    (3.0, 0.5)
    """
    whole = float(round(month))
    return whole if whole and abs(month - whole) <= NEAR * month else round(month, 1)


def fold_name(text: str) -> str:
    """Give a name in small letters without accents and signs, words one space apart.

    >>> fold_name("Läkarens globala_bedömning"), fold_name("IFN-γ")
    ('lakarens globala bedomning', 'ifn gamma')
    """
    spelt = "".join(_GREEK.get(sign, sign) for sign in unicodedata.normalize("NFKC", text))
    spelt = unicodedata.normalize("NFKD", spelt.replace("ß", "ss").replace("ø", "o").casefold())
    kept = "".join(sign for sign in spelt if not unicodedata.combining(sign))
    return " ".join(re.findall(r"[a-z0-9]+", kept.replace("ø", "o").replace("æ", "ae")))


def find_bracket_unit(text: str) -> str:
    """Give the unit that a name or label has in brackets, as written; empty where none is known."""
    found = (part for part in _BRACKET.findall(text) if find_unit(part))
    return next(found, "")


def read_visit(text: str) -> VisitName | None:
    """Find what a name says of a visit: the month before the week, the visit's number last.

    Parameters
    ----------
    text : str
        A visit's name, or a column's.

    Returns
    -------
    VisitName or None

    Examples
    --------
    >>> read_visit("Visit 3 (Month 6)").month, read_visit("CK v3").kind
    (6.0, 'visit')
    >>> read_visit("Besök 12 mån").month
    12.0
    """
    name = fold_name(text)
    counted = (_find_number(name, kind, words) for kind, words in _NAMED[:-1])
    called = (_find_called(name, kind, pattern) for kind, pattern in _CALLED)
    found = (*counted, *called, _find_number(name, *_NAMED[-1]))
    return next((one for one in found if one), None)


def _find_number(name: str, kind: Kind, words: str) -> VisitName | None:
    """Find a number after one of some words, or before it where that is how people say it."""
    match = re.search(rf"(?<![a-z0-9]){words} ?(\d+(?: \d)?)(?![a-z0-9])", name)
    if match is None and kind != "visit":
        match = re.search(rf"(?<![a-z0-9])(\d+) ?{words}(?![a-z0-9])", name)
    return VisitName(kind, float(match[1].replace(" ", ".")), *match.span()) if match else None


def _find_called(name: str, kind: Kind, pattern: str) -> VisitName | None:
    match = re.search(rf"(?<![a-z0-9]){pattern}(?![a-z])", name)
    return VisitName(kind, 0.0, *match.span()) if match else None


def split_visit(name: str) -> tuple[str, str]:
    """Part a column's name into what it measures and the visit, both folded.

    >>> split_visit("CK v3"), split_visit("HAQ_BL"), split_visit("MMT8")
    (('ck', 'v3'), ('haq', 'bl'), ('mmt8', ''))
    """
    plain = _RANGE.sub(" ", name)
    folded = fold_name(_BRACKET.sub(" ", plain) if find_bracket_unit(plain) else plain)
    visit = read_visit(folded)
    if visit is None:
        return folded, ""
    base = f"{folded[: visit.start]} {folded[visit.end :]}"
    return " ".join(base.split()), folded[visit.start : visit.end]
