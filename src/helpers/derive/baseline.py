"""Each later value beside the same patient's baseline: the step before any change is computed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from helpers.derive.checks import VISIT, check_table, keep_text, round_for_comparison


def pair_with_baseline(
    values: pd.DataFrame,
    *,
    by: Sequence[str] = (),
    value: str = "value",
    baseline_month: float = 0.0,
    name: str = "values",
) -> pd.DataFrame:
    """Put each value after baseline beside the baseline of the same patient.

    Parameters
    ----------
    values : DataFrame
        One row per patient, month and `by`.
    by : sequence of str
        What else tells values apart, for example ``["analyte"]``.
    value : str
        The column of numbers.
    baseline_month : float, default 0
        The month that counts as baseline. Earlier visits are left out.
    name : str
        What the table is called in messages.

    Returns
    -------
    DataFrame
        One row per row of `values` after baseline, in the same order: patient_id, month, the
        columns of `by`, baseline, value, reason. `reason` is empty, or says which of the two
        numbers is absent.

    Raises
    ------
    ValueError
        When a column is absent or a patient has two values for one month.

    Examples
    --------
    >>> fi = pd.DataFrame({"patient_id": "P1", "month": [0.0, 6.0], "fi": [30.0, 36.0]})
    >>> pair_with_baseline(fi, value="fi")[["baseline", "value"]].values.tolist()
    [[30.0, 36.0]]
    """
    check_table(values, name=name, columns=[value], key=[*VISIT, *by])
    numbers = values[[*VISIT, *by, value]].rename(columns={value: "value"})
    numbers = numbers.astype({"month": "float64", "value": "float64"})
    baseline = numbers[numbers["month"] == baseline_month].drop(columns="month")
    pairs = numbers[numbers["month"] > baseline_month].merge(
        baseline.rename(columns={"value": "baseline"}),
        on=["patient_id", *by],
        how="left",
        validate="many_to_one",
    )
    pairs["reason"] = _describe_absence(pairs)
    return pairs[[*VISIT, *by, "baseline", "value", "reason"]]


def _describe_absence(pairs: pd.DataFrame) -> pd.Series:
    no_baseline, no_value = pairs["baseline"].isna(), pairs["value"].isna()
    reason = np.select(
        [no_baseline & no_value, no_baseline, no_value],
        [
            "no baseline value and not measured at this visit",
            "no baseline value",
            "not measured at this visit",
        ],
        default="",
    )
    return pd.Series(reason, index=pairs.index, dtype="str")


def derive_change_from_baseline(
    values: pd.DataFrame,
    *,
    by: Sequence[str] = (),
    value: str = "value",
    baseline_month: float = 0.0,
) -> pd.DataFrame:
    """Subtract each patient's baseline, and express the difference in per cent of it.

    Parameters
    ----------
    values : DataFrame
        One row per patient, month and `by`.
    by, value, baseline_month
        As in `pair_with_baseline`.

    Returns
    -------
    DataFrame
        One row per row of `values` after baseline: patient_id, month, the columns of `by`,
        baseline, value, change (value - baseline, in the value's own unit), change_percent
        (100 * change / baseline, positive = higher), reason. A baseline of 0 has no percentage:
        it is missing, and the reason says so. Both are rounded to 1e-9.

    Raises
    ------
    ValueError
        See `pair_with_baseline`.

    Notes
    -----
    A percentage of a small baseline is large and unsteady; prefer `change` for tests.

    Examples
    --------
    >>> fi = pd.DataFrame({"patient_id": "P1", "month": [0.0, 6.0], "fi": [30.0, 36.0]})
    >>> derive_change_from_baseline(fi, value="fi")[["change", "change_percent"]].values.tolist()
    [[6.0, 20.0]]
    """
    pairs = pair_with_baseline(values, by=by, value=value, baseline_month=baseline_month)
    change = pairs["value"] - pairs["baseline"]
    pairs["change"] = round_for_comparison(change)
    pairs["change_percent"] = round_for_comparison(
        change / pairs["baseline"].replace(0, np.nan) * 100
    )
    pairs["reason"] = pairs["reason"].mask(
        change.notna() & (pairs["baseline"] == 0),
        "baseline is 0, so a relative change is undefined",
    )
    columns = [*VISIT, *by, "baseline", "value", "change", "change_percent", "reason"]
    return keep_text(pairs[columns], ["reason"])
