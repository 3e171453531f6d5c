"""Shares of patients with their exact intervals: recorded by group, written in tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from helpers.contracts.rows import list_rows
from helpers.report.ledger import Result
from helpers.report.numbers import Numbers
from helpers.report.words import escape, format_percent, name_group
from helpers.stats.exact.exact import binomial_interval
from helpers.stats.exact.risk_difference import risk_difference
from helpers.stats.result import StatisticResult

ODDS_FIGURES = 3
"""Significant figures of an odds ratio, whose interval may reach from 0.7 to 270."""


def record_share(numbers: Numbers, name: str, *, of: Result, source: str | Sequence[str]) -> Result:
    """Record which share of its patients a recorded count is, with its exact interval.

    Of a count that is not known, or of nobody, there is none.
    """
    about: dict[str, Any] = {
        "unit": "share of patients",
        "population": of.population,
        "share_of": of.id,
    }
    if of.state == "unknown" or not of.n:
        reason = of.reason or "there is nobody to count"
        return numbers.record(name, None, n=of.n, reason=reason, source=source, **about)
    share = replace(binomial_interval(int(str(of.value)), of.n), reason="")
    return numbers.record_statistic(name, share, source=source, **about)


def record_shares(
    numbers: Numbers,
    name: str,
    shares: pd.DataFrame,
    test: StatisticResult | None,
    *,
    counted: str,
    source: str | Sequence[str],
    reason: str,
    population: str = "",
) -> None:
    """Record count and share of each group, and their comparison where there are two.

    Parameters
    ----------
    numbers : Numbers
    name : str
        First words of the names in the ledger: ``<name>.<group>.<counted>``,
        ``<name>.<group>.share`` and ``<name>.odds_ratio``.
    shares : DataFrame
        From `helpers.stats.groups.summarise_share`.
    test : StatisticResult or None
        From `helpers.stats.groups.compare_shares`.
    counted : str
        Last word of the name of a count.
    source : str or sequence of str
        Tables behind the flags.
    reason : str
        Why a group without anybody counted has neither count nor share.
    population : str
        Who are counted.
    """
    for row in list_rows(shares):
        group = f"{name}.{name_group(row['group'])}"
        count = numbers.record(
            f"{group}.{counted}",
            row["n_improved"] if row["n"] else None,
            n=row["n"],
            unit="patients",
            population=row.get("population", population),
            reason="" if row["n"] else reason,
            source=source,
        )
        record_share(numbers, f"{group}.share", of=count, source=source)
    if test is not None:
        one, other = list_rows(shares.head(2))
        difference = risk_difference(one["n_improved"], one["n"], other["n_improved"], other["n"])
        numbers.record_statistic(
            f"{name}.difference",
            replace(in_points(difference), p_value=test.p_value),
            unit="percentage points",
            digits=0,
            source=source,
        )
        numbers.record_statistic(
            f"{name}.odds_ratio", test, unit="odds ratio", figures=ODDS_FIGURES, source=source
        )


def in_points(difference: StatisticResult) -> StatisticResult:
    """Give a difference of shares in percentage points, beside the p of Fisher's test."""
    if difference.estimate is None or difference.interval is None:
        return difference
    low, high = (100 * end for end in difference.interval)
    return replace(
        difference,
        estimate=100 * difference.estimate,
        interval=replace(difference.interval, low=low, high=high),
        method=f"{difference.method}; p: Fisher's exact test, two-sided by minimum likelihood",
    )


def write_share(row: Mapping[str, Any]) -> str:
    r"""Write a group's share and its interval for a table, in per cent.

    >>> write_share({"n": 4, "share": 0.5, "low": 0.0676, "high": 0.9324})
    '50\xa0% (7\xa0% to 93\xa0%)'
    """
    if not row["n"]:
        return "not defined"
    share, low, high = (format_percent(row[part]) for part in ("share", "low", "high"))
    return f"{share} ({low} to {high})"


def caption_test(shares: pd.DataFrame, test: StatisticResult | None) -> str:
    """Name in a caption the interval of the shares and the test that compares them."""
    compared = f" Compared by {escape(test.method)}." if test is not None else ""
    return f"Interval: {escape(shares['method'].iloc[0])}.{compared}"
