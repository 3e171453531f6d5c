"""Estimates with their intervals: how they are recorded, rounded and written in tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from helpers.contracts.rows import list_rows
from helpers.report.ledger import COVERAGE, Result
from helpers.report.numbers import Numbers
from helpers.report.words import NBSP, format_number, format_percent, is_missing, join_words
from helpers.stats.paired import Scale


def record_estimate(
    numbers: Numbers,
    name: str,
    row: Mapping[str, Any],
    *,
    value: str,
    source: str | Sequence[str],
    unit: str = "",
    digits: int | None = None,
) -> Result:
    """Record one row of a table of estimates: number, n, interval, p-value, method and reason.

    Parameters
    ----------
    numbers : Numbers
    name : str
        Name in the ledger.
    row : mapping
        n, low, high, method, reason; p_value and achieved (what the interval covers) where there
        is one.
    value : str
        Column of the estimate.
    source, unit, digits
        See `helpers.report.ledger.Ledger.record`.

    Returns
    -------
    Result
        Its method says so where the interval covers less than 95 %.
    """
    return numbers.record(
        name,
        row[value],
        n=row["n"],
        low=row["low"],
        high=row["high"],
        p_value=row.get("p_value"),
        method=row["method"] + explain_coverage(row),
        reason=row["reason"],
        coverage=row.get("achieved"),
        source=source,
        unit=unit,
        digits=digits,
    )


def explain_missing(value: object, reason: str) -> str:
    """Give the reason of a missing value; a value that is there needs none.

    >>> explain_missing(None, "nobody was seen"), explain_missing(3, "nobody was seen")
    ('nobody was seen', '')
    """
    return reason if is_missing(value) else ""


def choose_digits(*numbers: float, scale: Scale = "linear") -> int:
    """Choose decimals so that the largest of some numbers shows about three figures.

    A ratio below 1 needs two decimals whatever stands beside it.

    >>> choose_digits(0.4, 3.2), choose_digits(12.5, -3.0), choose_digits(100.0, float("nan"))
    (2, 1, 0)
    >>> choose_digits(0.6, 12.5, scale="log")
    2
    """
    known = [abs(number) for number in numbers if not is_missing(number)]
    largest = max(known, default=0.0)
    if scale == "log" and min(known, default=1.0) < 1:
        return 2
    return 0 if largest >= 99.95 else 1 if largest >= 9.995 else 2


def write_limits(
    low: float | None,
    high: float | None,
    *,
    digits: int | None = None,
    achieved: float | None = None,
    absent: str = "no interval",
) -> str:
    """Write the limits of an interval or range for a table; a lower coverage than 95 % is named.

    >>> write_limits(-2.0, 3.0), write_limits(None, None), write_limits(1, 5, achieved=0.9375)
    ('−2 to 3', 'no interval', '1 to 5; 94 %')
    """
    if is_missing(low):
        return absent
    ends = " to ".join(format_number(limit, digits=digits) for limit in (low, high))
    short = f"; {format_percent(achieved)}" if _falls_short(low, achieved) else ""
    return f"{ends}{short}".replace(NBSP, " ")


def write_estimate(
    centre: float | None,
    low: float | None,
    high: float | None,
    *,
    digits: int | None = None,
    achieved: float | None = None,
    absent: str = "no interval",
) -> str:
    """Write an estimate and its interval for a table; a lower coverage than 95 % is named.

    >>> write_estimate(1.0, -2.0, 3.0), write_estimate(1, None, None), write_estimate(None, 0, 1)
    ('1 (−2 to 3)', '1 (no interval)', 'not defined')
    """
    if is_missing(centre):
        return "not defined"
    limits = write_limits(low, high, digits=digits, achieved=achieved, absent=absent)
    return f"{format_number(centre, digits=digits)} ({limits})"


def write_rounded(
    centre: float, low: float, high: float, *, achieved: float = COVERAGE, scale: Scale = "linear"
) -> str:
    """Write an estimate and its interval with the decimals that `choose_digits` finds for both.

    >>> write_rounded(1.0, -2.0, 3.0, achieved=0.9375)
    '1.00 (−2.00 to 3.00; 94 %)'
    """
    digits = choose_digits(centre, low, high, scale=scale)
    return write_estimate(centre, low, high, digits=digits, achieved=achieved)


def write_range(low: float | None, high: float | None, *, digits: int) -> str:
    """Write the two ends of a range for a table.

    >>> write_range(0.5, 1, digits=2), write_range(None, None, digits=2)
    ('0.50 to 1.00', 'not defined')
    """
    return write_limits(low, high, digits=digits, absent="not defined")


def write_unbroken(row: Mapping[str, Any], name: str, *, digits: int | None = None) -> str:
    r"""Write the estimate of a column and its limits, which do not part at the end of a line.

    >>> write_unbroken({"auc": 0.8, "auc_low": 0.5, "auc_high": 0.9}, "auc").split(" ")
    ['0.8', '(0.5\xa0to\xa00.9)']
    """
    numbers = row[name], row[f"{name}_low"], row[f"{name}_high"]
    centre, _, limits = write_estimate(*numbers, digits=digits, absent="not defined").partition(" ")
    return f"{centre} {limits.replace(' ', NBSP)}"


def _falls_short(low: float | None, achieved: float | None) -> bool:
    if is_missing(low) or achieved is None or is_missing(achieved):
        return False
    return achieved < COVERAGE - 1e-9


def explain_coverage(row: Mapping[str, Any]) -> str:
    """Say that an interval covers less than 95 %, for the method of a result."""
    if not _falls_short(row["low"], row.get("achieved")):
        return ""
    return f"; 95 % is out of reach with so few, the widest interval covers {row['achieved']:.1%}"


def caption_coverage(rows: pd.DataFrame) -> str:
    """Say in a caption that some intervals cover less than 95 %; empty where all do."""
    short = {
        row["achieved"] for row in list_rows(rows) if _falls_short(row["low"], row["achieved"])
    }
    if not short:
        return ""
    return (
        " Where there are too few for 95 %, the interval is the widest possible and covers "
        f"{join_words(format_percent(share) for share in sorted(short))}."
    )
