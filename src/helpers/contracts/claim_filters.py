"""The small language in which a study's claims name rows, patients and series; never evaluated.

Rows of a table are named by comparisons, joined by ``&``::

    drug=azathioprine|methotrexate & months_before>=2

Patients are named by what they have a row of. Conditions that must all hold are parted by ``;``,
ways to meet one of them by ``or``, and ``not`` leaves out who has such a row::

    biopsies: marker=IL-1Ra & expressed=yes; responders
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, cast

Sign = Literal["=", "!=", ">", ">=", "<", "<=", "~", "known"]
Transform = Literal["", "change", "change_percent", "deficit"]
Group = Literal["responders", "non-responders"]

GROUPS: tuple[Group, ...] = ("responders", "non-responders")

_TABLE = re.compile(r"(?P<table>[a-z][a-z_0-9]*): *")
_TERM = r"(?:(?P<transform>change_percent|change|deficit)\((?P<inner>\w+)\)|(?P<column>\w+))"
_COMPARISON = re.compile(
    rf"{_TERM} *(?:(?P<sign>>=|<=|!=|=|>|<|~) *(?P<value>.+)|(?P<known>known))"
)
_SERIES = re.compile(
    r"(?P<table>[a-z][a-z_0-9]*): (?P<fall>fall of )?(?P<column>\w+) "
    r"(?:at (?P<at>[-\d.]+)|from (?P<start>[-\d.]+) to (?P<end>[-\d.]+))(?: where (?P<rows>.+))?"
)


@dataclass(frozen=True)
class Term:
    """A column, or what is computed from it: its change from baseline, or its deficit.

    >>> str(Term("fi", "change_percent"))
    'change_percent(fi)'
    """

    column: str
    transform: Transform = ""

    def __str__(self) -> str:
        return f"{self.transform}({self.column})" if self.transform else self.column


@dataclass(frozen=True)
class Comparison:
    """A term held against a value, or against several of which one must fit."""

    term: Term
    sign: Sign
    values: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.sign == "known":
            return f"{self.term} known"
        return f"{self.term}{self.sign}{'|'.join(self.values)}"


@dataclass(frozen=True)
class Rows:
    """Rows of one table that meet every comparison; all rows where there is none."""

    table: str
    comparisons: tuple[Comparison, ...] = ()

    def __str__(self) -> str:
        return " & ".join(map(str, self.comparisons))


@dataclass(frozen=True)
class Option:
    """One way to meet a condition: a row of a table, or a group of response."""

    rows: Rows | None = None
    group: Group | None = None


@dataclass(frozen=True)
class Condition:
    """Ways of which one must hold, or, where `refuses`, of which none may."""

    options: tuple[Option, ...]
    refuses: bool = False


@dataclass(frozen=True)
class Series:
    """One number for each patient: a column at a time, or its change between two."""

    rows: Rows
    column: str
    times: tuple[str, ...]
    is_fall: bool = False


def parse_conditions(text: str, table: str) -> tuple[Condition, ...]:
    """Read conditions on patients.

    Parameters
    ----------
    text : str
        As in the module's text. Empty: whoever has a row of the table.
    table : str
        Table of the rows that name none.

    Returns
    -------
    tuple of Condition

    Raises
    ------
    ValueError
        With the part that is no comparison.

    Examples
    --------
    >>> parse_conditions("not patients: arm=control", "core_set")[0].refuses
    True
    """
    return tuple(_parse_condition(part.strip(), table) for part in text.split(";"))


def _parse_condition(text: str, table: str) -> Condition:
    body = text.removeprefix("not ")
    options = tuple(_parse_option(part.strip(), table) for part in body.split(" or "))
    return Condition(options, refuses=body != text)


def _parse_option(text: str, table: str) -> Option:
    if text in GROUPS:
        return Option(group=text)
    return Option(rows=parse_rows(text, table))


def parse_rows(text: str, table: str) -> Rows:
    """Read the comparisons that name rows of one table.

    Examples
    --------
    >>> str(parse_rows("labs: test=CRP & day<=8", "patients"))
    'test=CRP & day<=8'
    """
    named = _TABLE.match(text)
    if named is not None:
        table, text = named["table"], text[named.end() :]
    parts = [part.strip() for part in text.split(" & ")] if text else []
    return Rows(table, tuple(map(_parse_comparison, parts)))


def _parse_comparison(text: str) -> Comparison:
    found = _COMPARISON.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no comparison such as month=6, dose>0.75 or value known")
    term = Term(found["inner"] or found["column"], cast(Transform, found["transform"] or ""))
    if found["known"]:
        return Comparison(term, "known")
    values = tuple(value.strip() for value in found["value"].split("|"))
    return Comparison(term, cast(Sign, found["sign"]), values)


def parse_series(text: str) -> Series:
    """Read what one number for each patient is.

    Examples
    --------
    >>> parse_series("core_set: fall of ck from 0 to 6").times
    ('0', '6')
    """
    found = _SERIES.fullmatch(text.strip())
    if found is None:
        raise ValueError(
            f"{text!r} is no series such as 'functional_index: fi at 6' or "
            "'core_set: fall of ck from 0 to 6'"
        )
    times = (found["at"],) if found["at"] else (found["start"], found["end"])
    rows = parse_rows(found["rows"] or "", found["table"])
    return Series(rows, found["column"], times, is_fall=bool(found["fall"]))
