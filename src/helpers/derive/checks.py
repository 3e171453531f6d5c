"""What every derivation asks of its input: columns, one row per key, values in range.

The contracts of a study check files. These checks keep the rules safe for tables that were made or
edited in a notebook: a doubled visit would otherwise be counted twice without a word.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

VISIT = ["patient_id", "month"]
"""What identifies a visit in every table."""

DECIMALS = 9
"""Places kept before any comparison with a cut-off: (0.5 - 0.4) / 0.5 is a hair under 20 %."""


def round_for_comparison(values: pd.Series) -> pd.Series:
    """Round to 1e-9, so that a true 20 % is not 19.999999999999996 %.

    Parameters
    ----------
    values : Series of float
        Missing and infinite values stay as they are.

    Returns
    -------
    Series of float64, same index; minus zero becomes zero.

    Examples
    --------
    >>> round_for_comparison(pd.Series([(0.5 - 0.4) / 0.5 * 100])).tolist()
    [20.0]
    """
    return values.astype("float64").round(DECIMALS) + 0.0


def list_some(values: Iterable[object], *, limit: int = 5) -> str:
    """Write the first few values of a list, and how many more there are.

    Examples
    --------
    >>> list_some(["P01", "P02", "P03"], limit=2)
    'P01, P02 and 1 more'
    """
    words = [str(value) for value in values]
    more = len(words) - limit
    return ", ".join(words[:limit]) + (f" and {more} more" if more > 0 else "")


def check_table(
    table: pd.DataFrame, *, name: str, columns: Sequence[str], key: Sequence[str]
) -> None:
    """Refuse a table that lacks a column, leaves a key empty or repeats one.

    Parameters
    ----------
    table : DataFrame
    name : str
        What the table is called in the message.
    columns : sequence of str
        Columns that must be there beside the key.
    key : sequence of str
        The columns of which each combination may occur once; none where rows may repeat.

    Raises
    ------
    ValueError
        With every fault found, the values concerned and how to mend them.

    Examples
    --------
    >>> doubled = pd.DataFrame({"patient_id": ["P1", "P1"], "month": [3.0, 3.0]})
    >>> check_table(doubled, name="core_set", columns=[], key=["patient_id", "month"])
    Traceback (most recent call last):
    ...
    ValueError: core_set: expected one row per patient_id x month, found more for (P1, 3.0); \
keep one row of each.
    """
    missing = [column for column in (*key, *columns) if column not in table.columns]
    if missing:
        raise ValueError(
            f"{name}: expected the columns {', '.join((*key, *columns))}; "
            f"{', '.join(missing)} not found. A measure that was never taken is a column of "
            "empty values."
        )
    faults = [fault for fault in (_empty_keys(table, key), _repeated_keys(table, key)) if fault]
    if faults:
        raise ValueError(f"{name}: " + " ".join(faults))


def _empty_keys(table: pd.DataFrame, key: Sequence[str]) -> str:
    columns = [column for column in key if table[column].isna().any()]
    if not columns:
        return ""
    rows = table.index[table[list(columns)].isna().any(axis=1)]
    return f"expected {', '.join(columns)} in every row, found it empty in row {list_some(rows)}."


def _repeated_keys(table: pd.DataFrame, key: Sequence[str]) -> str:
    if not key:
        return ""
    repeated = table.loc[table.duplicated(list(key)), list(key)].drop_duplicates()
    if repeated.empty:
        return ""
    found = ["(" + ", ".join(map(str, row)) + ")" for row in repeated.itertuples(index=False)]
    return (
        f"expected one row per {' x '.join(key)}, found more for {list_some(found)}; "
        "keep one row of each."
    )


def check_range(
    values: pd.Series, *, name: str, low: float = 0.0, high: float = float("inf")
) -> None:
    """Refuse numbers outside their range; missing values pass.

    Parameters
    ----------
    values : Series of float
    name : str
        What the values are, for the message.
    low, high : float
        Both inside the range; an infinite value is always refused.

    Raises
    ------
    ValueError
        Naming the rows and the values.

    Examples
    --------
    >>> check_range(pd.Series([11.0]), name="physician_global", high=10)
    Traceback (most recent call last):
    ...
    ValueError: physician_global: expected values from 0 to 10, found 11.0 in row 0; \
correct the value or the declared maximum.
    """
    numbers = values.astype("float64")
    wrong = numbers[((numbers < low) | (numbers > high) | np.isinf(numbers)).fillna(False)]
    if wrong.empty:
        return
    expected = f"from {low:g} to {high:g}" if np.isfinite(high) else f"of {low:g} or more"
    raise ValueError(
        f"{name}: expected values {expected}, found {list_some(wrong.tolist())} "
        f"in row {list_some(wrong.index)}; correct the value or the declared maximum."
    )


def check_allowed(values: pd.Series, *, name: str, allowed: Iterable[object]) -> None:
    """Refuse values outside a closed list; missing values pass.

    Raises
    ------
    ValueError
        Naming what is allowed and what was found.

    Examples
    --------
    >>> check_allowed(pd.Series(["ck", "crp"]), name="measure", allowed=["ck", "mmt8"])
    Traceback (most recent call last):
    ...
    ValueError: measure: expected one of ck, mmt8; found crp.
    """
    choices = list(allowed)
    unknown = [value for value in values.dropna().unique() if value not in choices]
    if unknown:
        raise ValueError(
            f"{name}: expected one of {', '.join(map(str, choices))}; found {list_some(unknown)}."
        )


def check_month(table: pd.DataFrame, month: float, *, name: str) -> None:
    """Refuse a month at which nobody was seen.

    Raises
    ------
    ValueError
        Naming the months there are.

    Examples
    --------
    >>> check_month(pd.DataFrame({"month": [3.0, 6.0]}), 9, name="categories")
    Traceback (most recent call last):
    ...
    ValueError: categories: month 9 not found; the months there are: 3, 6.
    """
    months = sorted(table["month"].dropna().unique())
    if month not in months:
        known = ", ".join(f"{known:g}" for known in months) or "none"
        raise ValueError(f"{name}: month {month:g} not found; the months there are: {known}.")


def keep_text(table: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Give text columns the text type, also where there is no row to tell it from.

    Examples
    --------
    >>> str(keep_text(pd.DataFrame({"reason": []}), ["reason"])["reason"].dtype)
    'str'
    """
    return table.astype(dict.fromkeys(columns, "str"))
