"""Adjusting p-values for how many were looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pandas as pd

from helpers.stats.exact.samples import Floats


def holm(p_values: Iterable[Any]) -> pd.Series[float]:
    """Adjust p-values so that the chance of any false claim stays within the level (Holm).

    For the few clinical endpoints that were named beforehand.

    Parameters
    ----------
    p_values : Series or iterable of numbers
        None, NaN and NA are tests that could not be done: they stay missing and do not count.

    Returns
    -------
    Series of float
        Adjusted p in the order and with the index given.

    Raises
    ------
    ValueError
        When a value is not a probability.

    Notes
    -----
    Sorted, the i-th of m is multiplied by m - i + 1; an adjusted p never falls below an earlier
    one. Valid under any dependence. statsmodels' ``multipletests`` agrees, but a single missing
    p makes all of its results missing.

    References
    ----------
    Holm S. Scand J Stat 1979;6:65.

    Examples
    --------
    >>> holm([0.001, 0.012, None, 0.02]).round(3).tolist()
    [0.003, 0.024, nan, 0.024]
    """
    return _adjust(p_values, _holm_sorted)


def benjamini_hochberg(p_values: Iterable[Any]) -> pd.Series[float]:
    """Adjust p-values so that the expected share of false claims stays within the level (BH).

    For exploratory panels, such as cytokines.

    Parameters
    ----------
    p_values : Series or iterable of numbers
        None, NaN and NA are tests that could not be done: they stay missing and do not count.

    Returns
    -------
    Series of float
        Adjusted p in the order and with the index given.

    Raises
    ------
    ValueError
        When a value is not a probability.

    Notes
    -----
    Sorted, the i-th of m is multiplied by m / i; an adjusted p never exceeds a later one. Valid for
    independent or positively dependent tests.

    References
    ----------
    Benjamini Y, Hochberg Y. J R Stat Soc B 1995;57:289.

    Examples
    --------
    >>> benjamini_hochberg([0.001, 0.012, 0.02]).round(3).tolist()
    [0.003, 0.018, 0.02]
    """
    return _adjust(p_values, _benjamini_hochberg_sorted)


def _adjust(p_values: Iterable[Any], rule: Callable[[Floats], Floats]) -> pd.Series[float]:
    series = (
        p_values if isinstance(p_values, pd.Series) else pd.Series(list(p_values), dtype=object)
    )
    values = np.asarray(pd.to_numeric(series).to_numpy(dtype=float, na_value=np.nan), dtype=float)
    present = ~np.isnan(values)
    wrong = values[present & ((values < 0) | (values > 1))]
    if len(wrong):
        raise ValueError(
            f"p-values must lie between 0 and 1, got {wrong.tolist()}: pass raw p-values, not "
            "percentages or statistics"
        )
    order = np.argsort(values[present], kind="stable")
    adjusted = np.full(len(values), np.nan)
    result = np.empty(len(order))
    result[order] = np.clip(rule(values[present][order]), 0, 1)
    adjusted[present] = result
    return pd.Series(adjusted, index=series.index, name=series.name, dtype="float64")


def _holm_sorted(p: Floats) -> Floats:
    return np.asarray(np.maximum.accumulate(p * np.arange(len(p), 0, -1)), dtype=float)


def _benjamini_hochberg_sorted(p: Floats) -> Floats:
    raised = p * len(p) / np.arange(1, len(p) + 1)
    return np.asarray(np.minimum.accumulate(raised[::-1])[::-1], dtype=float)
