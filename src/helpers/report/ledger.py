"""Every reported number, once: what it is, how it was found, and from which file.

A number is recorded under a name when it is computed. Sentences, tables, captions and the check of
published claims look it up; nothing is typed by hand. The ledger travels inside the executed
notebook and lands beside the report as ``results.csv``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from helpers.contracts import suggest_name
from helpers.report.words import (
    NBSP,
    escape,
    format_figures,
    format_number,
    format_p_value,
    format_percent,
    is_missing,
)

LEDGER_MIME = "application/vnd.myositis.ledger+json"
COVERAGE = 0.95
"""What an interval covers where nothing else is said."""

_NAME = re.compile(r"[a-z0-9_]+(\.[A-Za-z0-9_-]+)*")


@dataclass(frozen=True)
class Result:
    """One reported number and where it comes from; in an f-string it is a link to its record.

    Attributes
    ----------
    id : str
        Name in the ledger, ``response.exercise.improved``.
    chapter : str
        Chapter that recorded it.
    value : int, float, str, bool or None
        The value itself, unrounded. None when it is not defined.
    text : str
        The value as the report shows it.
    unit : str
        Unit in words, or empty.
    n : int or None
        Number of patients or samples that it rests on.
    low, high : float or None
        Interval; `method` names its kind and level.
    p_value : float or None
        Unadjusted p-value where the number was tested.
    method : str
        How it was found, in words.
    reason : str
        Why it is missing, or what limits it.
    source : str
        Tables it was computed from, each with the first characters of its sha256.
    digits : int or None
        Decimals that the report shows of the value and its interval.
    figures : int or None
        Significant figures instead, for values that span orders of magnitude.
    coverage : float
        What the interval covers: less than 0.95 where so few observations cannot reach it.
    population : str
        Who the `n` are, in words, and why others are not among them: "all who entered".
    state : {"known", "unknown"}
        "unknown" where the value is missing, or where it counts only those of whom it is known and
        could be larger; the text then says "at least". A zero is never unknown.
    share_of : str
        Of a share, the id of the count that it is of; both have the same `n`.
    """

    id: str
    chapter: str
    value: int | float | str | bool | None
    text: str
    unit: str = ""
    n: int | None = None
    low: float | None = None
    high: float | None = None
    p_value: float | None = None
    method: str = ""
    reason: str = ""
    source: str = ""
    digits: int | None = None
    figures: int | None = None
    coverage: float = COVERAGE
    population: str = ""
    state: Literal["known", "unknown"] = "known"
    share_of: str = ""

    def __str__(self) -> str:
        return self.link(self.text)

    def link(self, text: str) -> str:
        """Write any text as a link to this record, carrying the unrounded value."""
        value = "" if self.value is None else escape(self.value)
        number = f'<data value="{value}">{escape(text)}</data>'
        return f'<a class="number" href="#result-{self.id}">{number}</a>'

    @property
    def interval(self) -> str:
        """The interval as a link, ``95 % CI 0.3 to 0.9``; empty where there is none."""
        if self.low is None or self.high is None:
            return ""
        low, high = (
            _write_value(limit, digits=self.digits, figures=self.figures)
            for limit in (self.low, self.high)
        )
        return self.link(f"{format_percent(self.coverage)}{NBSP}CI {low} to {high}")

    @property
    def interval_percent(self) -> str:
        """The interval of a share in per cent, as a link; empty where there is none."""
        if self.low is None or self.high is None:
            return ""
        low, high = (format_number(100 * limit, digits=0) for limit in (self.low, self.high))
        return self.link(f"{format_percent(self.coverage)}{NBSP}CI {low} to {high}{NBSP}%")

    @property
    def percent(self) -> str:
        """A share as per cent, as a link."""
        if not isinstance(self.value, (int, float)):
            return self.link(self.text)
        return self.link(format_percent(self.value))

    @property
    def p_text(self) -> str:
        """The p-value as a link, ``p = 0.044``."""
        return self.link(format_p_value(self.p_value))


class Ledger:
    """The numbers of one chapter, each recorded once.

    Parameters
    ----------
    chapter : str
        Name of the notebook, ``01_clinical_response``.
    hashes : mapping of str to str
        sha256 of the file behind each table of the study.

    Examples
    --------
    >>> ledger = Ledger("01_clinical_response", {"core_set": "ab" * 32})
    >>> improved = ledger.record("response.improved", 7, n=15, source="core_set")
    >>> ledger["response.improved"].source
    'core_set@abababababab'
    """

    def __init__(self, chapter: str, hashes: dict[str, str]) -> None:
        self.chapter = chapter
        self._hashes = dict(hashes)
        self._results: dict[str, Result] = {}

    def record(
        self,
        name: str,
        value: Any,  # noqa: ANN401 - numpy and pandas scalars arrive here and leave as plain ones
        *,
        source: str | Sequence[str],
        unit: str = "",
        n: int | None = None,
        low: float | None = None,
        high: float | None = None,
        p_value: float | None = None,
        method: str = "",
        reason: str = "",
        digits: int | None = None,
        figures: int | None = None,
        coverage: float | None = None,
        population: str = "",
        known: bool = True,
        share_of: str = "",
    ) -> Result:
        """Record one number.

        Parameters
        ----------
        name : str
            Words of letters, digits, hyphens and underscores, joined by points.
        value : number, text, truth value or missing
            A missing value needs a `reason`.
        source : str or sequence of str
            Tables that the number was computed from.
        unit, n, low, high, p_value, method, reason
            See `Result`.
        digits, figures : int, optional
            Decimals, or else significant figures, that the report shows.
        coverage : float, optional
            What the interval covers, where that is known; more than 0.95 is named 95 %.
        population, share_of : str
            See `Result`.
        known : bool
            False for a count that could be larger, because it is not known of everybody; it needs
            a `reason`.

        Returns
        -------
        Result

        Raises
        ------
        ValueError
            When the name is taken by another value, is not a name, a value that is missing or not
            known has no reason, or nothing but a zero is known.
        """
        plain = _plain_value(value)
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name of a result; expected words joined by points")
        if (plain is None or not known) and not reason:
            raise ValueError(f"{name} is missing or not known; expected a reason beside it")
        if not known and plain == 0:
            raise ValueError(f"{name} is 0, and it is not known that it is; record it as missing")
        tables = [source] if isinstance(source, str) else list(source)
        result = Result(
            id=name,
            chapter=self.chapter,
            value=plain,
            text=("" if known or plain is None else "at least ")
            + _write_value(plain, digits=digits, figures=figures),
            unit=unit,
            n=None if n is None else int(n),
            low=_plain_limit(low),
            high=_plain_limit(high),
            p_value=_plain_limit(p_value),
            method=method,
            reason=reason,
            source="; ".join(self._name_source(table) for table in tables),
            digits=digits,
            figures=figures,
            coverage=_plain_coverage(coverage),
            population=population,
            state="known" if known and plain is not None else "unknown",
            share_of=share_of,
        )
        if self._results.setdefault(name, result) != result:
            raise ValueError(
                f"{name} is recorded already with {self._results[name].text}, now {result.text}; "
                "give the second number a name of its own"
            )
        return result

    def _name_source(self, table: str) -> str:
        return f"{table}@{self._hashes.get(table, 'unknown')[:12]}"

    def __getitem__(self, name: str) -> Result:
        if name not in self._results:
            raise KeyError(f"no result {name} in this chapter: {suggest_name(name, self._results)}")
        return self._results[name]

    def __contains__(self, name: str) -> bool:
        return name in self._results

    def __iter__(self) -> Iterator[Result]:
        return iter(self._results.values())

    def __len__(self) -> int:
        return len(self._results)

    def publish(self) -> dict[str, list[dict[str, Any]]]:
        """Give all records as plain data, in the order in which they were recorded.

        Infinite limits become text, because JSON has no number for them.
        """
        return {"records": [_write_record(result) for result in self]}


def _write_value(value: object, *, digits: int | None, figures: int | None) -> str:
    if figures is None:
        return format_number(value, digits=digits)
    return format_figures(value, figures=figures)


def _plain_value(value: Any) -> int | float | str | bool | None:  # noqa: ANN401
    if hasattr(value, "item"):
        value = value.item()
    if is_missing(value):
        return None
    if isinstance(value, float):
        return value + 0.0  # -0.0 becomes 0.0
    if isinstance(value, (bool, int, str)):
        return value
    raise ValueError(f"{value!r} is a {type(value).__name__}; expected one number, text or flag")


def _plain_limit(limit: float | None) -> float | None:
    return None if limit is None or is_missing(limit) else float(limit) + 0.0


def _plain_coverage(coverage: float | None) -> float:
    if coverage is None or is_missing(coverage):
        return COVERAGE
    return min(float(coverage), COVERAGE)


def _write_record(result: Result) -> dict[str, Any]:
    record = asdict(result)
    for shown in ("digits", "figures"):  # the text has them
        del record[shown]
    for name in ("value", "low", "high"):
        limit = record[name]
        if isinstance(limit, float) and math.isinf(limit):
            record[name] = "inf" if limit > 0 else "-inf"
    return record
