"""p-values: from which on they count, which one decides, and how captions name their tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from helpers.contracts.rows import list_rows
from helpers.report.numbers import Numbers
from helpers.report.words import count_noun, escape, is_missing

LEVEL = 0.05
"""A change, difference or relation is called clear below this p-value."""

STANDARD = (
    (
        "What “clear” means",
        f"A change, difference or relation is called clear where its p-value is below {LEVEL}: the "
        "one adjusted for the family of tests that study.yml declares, else the plain one, which "
        "is then named as not adjusted.",
    ),
    (
        "What “no clear change” means",
        "That a change was not shown. No margin was declared within which two values count as "
        "equal, so “no change” and “unrelated” are never concluded; what the interval holds "
        "remains possible.",
    ),
    (
        "p-values and intervals",
        "Both come from one test. Of changes, a patient without change counts against the change, "
        "in the p-value and in the interval. An exact interval covers its level or more; where so "
        "few cannot reach it, what the widest one covers is said. A rank correlation has an "
        "approximate interval, and none below 10 pairs.",
    ),
)
"""The standard of evidence of every chapter, in its one place: name and description of each."""

NOT_ADJUSTED = "not adjusted for other tests"


def decide_p(row: Mapping[str, Any]) -> float:
    """Give the p-value that decides: the adjusted one where the study declares a family.

    >>> decide_p({"p_value": 0.01, "adjusted_p": 0.04}), decide_p({"p_value": 0.01})
    (0.04, 0.01)
    """
    adjusted = row.get("adjusted_p")
    decisive = row["p_value"] if adjusted is None or is_missing(adjusted) else adjusted
    return float(decisive)


def keep_clear(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Keep the rows of tests whose deciding p-value lies below `LEVEL`, in their order.

    >>> keep_clear(pd.DataFrame({"panel": ["a", "b", "c"], "p_value": [0.05, 0.04, None]}))
    [{'panel': 'b', 'p_value': 0.04}]
    """
    tested = rows.dropna(subset=["p_value"])
    return [row for row in list_rows(tested) if decide_p(row) < LEVEL]


def find_least(rows: pd.DataFrame) -> dict[str, Any] | None:
    """Find the row of tests with the smallest deciding p-value; None where nothing was tested.

    Adjustment makes many p-values alike, often 1: among those the smallest raw one is named.

    >>> find_least(pd.DataFrame({"panel": ["a", "b"], "p_value": [0.5, 0.4]}))["panel"]
    'b'
    """
    tested = list_rows(rows.dropna(subset=["p_value"]))
    return min(tested, key=lambda row: (decide_p(row), float(row["p_value"])), default=None)


def record_adjusted_p(
    numbers: Numbers, name: str, row: Mapping[str, Any], *, source: str | Sequence[str]
) -> None:
    """Record the adjusted p-value of a test under a name of its own; nothing where there is none.

    Parameters
    ----------
    numbers : Numbers
    name : str
        Name in the ledger.
    row : mapping
        n; adjusted_p and adjustment where the test belongs to a family.
    source : str or sequence of str
        Tables it was computed from.
    """
    adjusted = row.get("adjusted_p")
    if is_missing(adjusted):
        return
    numbers.record(
        name,
        adjusted,
        n=row["n"],
        p_value=adjusted,
        unit="adjusted p-value",
        method=row["adjustment"],
        source=source,
    )


def link_p(numbers: Numbers, name: str, adjusted: str) -> str:
    """Give the p-value of a result, and the adjusted one where it was recorded, as links."""
    raw = numbers[name].p_text
    return f"{raw}, adjusted {numbers[adjusted].p_text}" if adjusted in numbers else raw


def say_unadjusted(rows: pd.DataFrame) -> str:
    """Say in a sentence that several tests were not adjusted; nothing where they were, or for one.

    >>> say_unadjusted(pd.DataFrame({"p_value": [0.5, 0.1], "adjusted_p": [None, None]}))
    ' (p-values not adjusted for the 2 tests)'
    """
    tests = int(rows["p_value"].notna().sum())
    if tests < 2 or ("adjusted_p" in rows and rows["adjusted_p"].notna().any()):
        return ""
    return f" (p-values not adjusted for the {tests} tests)"


def name_test(rows: pd.DataFrame) -> str:
    """Name the test of a table in its caption: the first method, up to its first semicolon."""
    methods = [method for method in rows["method"] if method]
    return escape(methods[0].split(";")[0]) if methods else ""


def say_adjusted(rows: pd.DataFrame, *, where: str = "", each: str = "") -> str:
    """Say in a caption for how many tests the p-values of a table are adjusted, and how.

    Parameters
    ----------
    rows : DataFrame
        p_value, adjusted_p, adjustment.
    where, each : str
        What follows the number of tests, when they are not adjusted and when they are.

    Examples
    --------
    >>> say_adjusted(pd.DataFrame({"p_value": [0.5], "adjusted_p": [None], "adjustment": [""]}))
    'not adjusted for the 1 test'
    """
    tests = count_noun(int(rows["p_value"].notna().sum()), "test")
    if rows["adjusted_p"].isna().all():
        return f"not adjusted for the {tests}{where}"
    return f"also adjusted for the {tests}{each} ({escape(rows['adjustment'].iloc[0])})"
