"""Samples as they enter a test: numbers in one row, the missing counted, float noise removed."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

Values = Iterable[Any]
Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

SIGNIFICANT_DIGITS = 11
"""Digits of the largest value that count: 7.3 - 4.2 and 3.1 are one value, not two."""


class Sample(NamedTuple):
    """The values present and how many were missing."""

    values: Floats
    n_missing: int


class Pairs(NamedTuple):
    """The complete pairs and how many pairs lacked a value."""

    x: Floats
    y: Floats
    n_missing: int


def read_sample(values: Values, *, name: str) -> Sample:
    """Return the present values as floats and the number missing.

    Parameters
    ----------
    values : iterable of numbers
        One row of numbers; None, NaN and NA are missing.
    name : str
        What the caller calls it, for the message.

    Raises
    ------
    ValueError
        When the values are not numbers, not one row, or infinite.

    Examples
    --------
    >>> read_sample([1, None, 3], name="x")
    Sample(values=array([1., 3.]), n_missing=1)
    """
    array = _as_floats(values, name=name)
    missing = np.isnan(array)
    return Sample(array[~missing], int(missing.sum()))


def read_pairs(x: Values, y: Values, *, names: tuple[str, str] = ("x", "y")) -> Pairs:
    """Return the pairs with both values present and the number of pairs dropped.

    Pairs are matched by position; two Series must therefore share their index.

    Raises
    ------
    ValueError
        When lengths differ, the indexes of two Series differ, or a value is infinite or no number.

    Examples
    --------
    >>> read_pairs([1, 2, None], [4, None, 6])
    Pairs(x=array([1.]), y=array([4.]), n_missing=2)
    """
    both_series = isinstance(x, pd.Series) and isinstance(y, pd.Series)
    first, second = _as_floats(x, name=names[0]), _as_floats(y, name=names[1])
    if len(first) != len(second):
        raise ValueError(
            f"{names[0]} and {names[1]} must be pairs, got {len(first)} and {len(second)} values: "
            "put them side by side in one table first, with NaN where one is missing"
        )
    if both_series and not x.index.equals(y.index):  # type: ignore[attr-defined]
        raise ValueError(
            f"{names[0]} and {names[1]} are Series with different indexes, so pairs are unsure: "
            "align them (x, y = x.align(y)) or pass .to_numpy() if the order is the pairing"
        )
    complete = ~(np.isnan(first) | np.isnan(second))
    return Pairs(first[complete], second[complete], int((~complete).sum()))


def grid_codes(values: Floats, *, scale: float | None = None) -> Integers:
    """Return integers in the order and with the ties the values have apart from float noise.

    Parameters
    ----------
    values : ndarray of float
        Finite values.
    scale : float, optional
        The largest size to measure the noise against; by default that of `values` themselves.

    Notes
    -----
    Ranks on raw floats split what a clinician recorded as one value: ``7.3 - 4.2`` is not
    ``3.1`` in binary. Values are put on a decimal grid of `SIGNIFICANT_DIGITS` digits of the
    largest one. Do not use with values that differ truly by less than 1e-10 of the largest.

    Examples
    --------
    >>> grid_codes(np.array([7.3 - 4.2, 3.1])).tolist()
    [31000000000, 31000000000]
    """
    largest = scale if scale is not None else float(np.abs(values).max(initial=0.0))
    if largest == 0:
        return np.zeros(len(values), dtype=np.int64)
    decimals = SIGNIFICANT_DIGITS - 1 - math.floor(math.log10(largest))
    # Past 1e300 a power of ten overflows, so tiny and huge scales are met in two steps.
    half = decimals // 2
    return np.rint(values * 10.0**half * 10.0 ** (decimals - half)).astype(np.int64)


def doubled_midranks(codes: Integers) -> Integers:
    """Return twice the midranks: integers even where values tie.

    Examples
    --------
    >>> doubled_midranks(np.array([10, 20, 20, 30])).tolist()
    [2, 5, 5, 8]
    """
    ordered = np.sort(codes)
    below = np.searchsorted(ordered, codes, side="left")
    return np.asarray(below + np.searchsorted(ordered, codes, side="right") + 1, dtype=np.int64)


def count_tied(codes: Integers) -> int:
    """Return how many values share their value with another.

    Examples
    --------
    >>> count_tied(np.array([1, 2, 2, 3]))
    2
    """
    _, counts = np.unique(codes, return_counts=True)
    return int(counts[counts > 1].sum())


def _as_floats(values: Values, *, name: str) -> Floats:
    try:
        array = _convert(values)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"{name} must be numbers, one of its values is not ({error}): "
            "convert the column with pandas.to_numeric before testing"
        ) from error
    if array.ndim != 1:
        raise ValueError(
            f"{name} must be one row of numbers, got {array.ndim} dimensions {array.shape}: "
            "pass a single column"
        )
    if np.isinf(array).any():
        raise ValueError(
            f"{name} holds {int(np.isinf(array).sum())} infinite value(s): "
            "find the division by zero behind it, or mark it missing"
        )
    return array


def _convert(values: Values) -> Floats:
    if isinstance(values, pd.Series):
        return np.asarray(values.to_numpy(dtype=float, na_value=np.nan), dtype=float)
    if isinstance(values, pd.DataFrame):
        return np.asarray(values, dtype=float)
    items = values if isinstance(values, np.ndarray) else list(values)
    if isinstance(items, list) and any(item is pd.NA for item in items):
        items = [math.nan if item is pd.NA else item for item in items]
    return np.asarray(items, dtype=float)
