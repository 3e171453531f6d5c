"""Statistics of stained sections: do readers agree, does a stain go with muscle function."""

from __future__ import annotations

import pandas as pd

from helpers.derive.laboratory.ihc import is_ordinal
from helpers.stats.exact.exact import (
    StatisticResult,
    cohen_kappa,
    intraclass_correlation,
    spearman_test,
)


def correlate_panels(pairs: pd.DataFrame) -> dict[str, StatisticResult]:
    """Correlate each stain at baseline with the Functional Index, exactly by ranks.

    Parameters
    ----------
    pairs : DataFrame
        From `helpers.derive.laboratory.ihc.pair_with_functional_index`.

    Returns
    -------
    dict of str to StatisticResult
        Stain and Spearman's rho with its exact p; pairs with a missing half are counted.

    Examples
    --------
    >>> pairs = pd.DataFrame({"panel": "CD163", "level": [1.0, 2.0, 3.0], "fi": [9.0, 8.0, 7.0]})
    >>> correlate_panels(pairs)["CD163"].estimate
    -1.0
    """
    return {
        str(panel): spearman_test(part["level"], part["fi"])
        for panel, part in pairs.groupby("panel", sort=False)
    }


def summarise_agreement(readings: pd.DataFrame) -> pd.DataFrame:
    """Say for each stain and pair of readers how far they agree.

    Parameters
    ----------
    readings : DataFrame
        From `helpers.derive.laboratory.ihc.pair_readers`.

    Returns
    -------
    DataFrame
        One row per stain, pair of readers and question ("amount", "seen or not"): marker, readers,
        question, n (sections that both scored), estimate, low, high, measure, method, reason.
        Amounts: intraclass correlation (2,1); steps of a scale: quadratic-weighted kappa; seen or
        not: Cohen's kappa. No rows where every section had one reader.

    Notes
    -----
    The sections of one patient are not independent, so the intervals are somewhat too narrow.

    Examples
    --------
    >>> readings = pd.DataFrame({"marker": "CD3", "unit": "cells/mm2", "first_reader": "a",
    ...     "second_reader": "b", "first": [9.0, 6.0, 8.0], "second": [8.0, 6.0, 9.0],
    ...     "first_expressed": pd.NA, "second_expressed": pd.NA})
    >>> summarise_agreement(readings)[["question", "n"]].values.tolist()
    [['amount', 3]]
    """
    rows = []
    for (marker, first, second), part in readings.groupby(
        ["marker", "first_reader", "second_reader"], sort=False
    ):
        about = {"marker": marker, "readers": f"{first} and {second}"}
        for question, found in _ask(part):
            low, high = found.interval or (float("nan"), float("nan"))
            rows.append(
                about
                | {
                    "question": question,
                    "n": found.n_used,
                    "estimate": found.estimate,
                    "low": low,
                    "high": high,
                    "measure": found.method.split(":")[0].split(", ")[0],
                    "method": found.method,
                    "reason": found.reason,
                }
            )
    columns = ["marker", "readers", "question", "n", "estimate", "low", "high", "measure", "method"]
    return pd.DataFrame(rows, columns=[*columns, "reason"])


def _ask(part: pd.DataFrame) -> list[tuple[str, StatisticResult]]:
    asked = []
    if part[["first", "second"]].notna().all(axis=1).any():
        asked.append(("amount", _compare_amounts(part)))
    seen = part[["first_expressed", "second_expressed"]].dropna().astype(bool)
    if len(seen):
        found = cohen_kappa(
            seen["first_expressed"], seen["second_expressed"], categories=[False, True]
        )
        asked.append(("seen or not", found))
    return asked


def _compare_amounts(part: pd.DataFrame) -> StatisticResult:
    values = pd.concat([part["first"], part["second"]])
    unit = part["unit"].dropna()
    if not is_ordinal(values, unit=str(unit.iloc[0]) if len(unit) else ""):
        return intraclass_correlation(part[["first", "second"]], form="2,1")
    steps = [float(step) for step in range(int(values.max()) + 1)]
    return cohen_kappa(part["first"], part["second"], weights="quadratic", categories=steps)
