"""How much one patient carries: every result again without each patient in turn."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from helpers.stats.result import StatisticResult


def leave_one_out(
    frame: pd.DataFrame,
    statistic: Callable[[pd.DataFrame], StatisticResult],
    *,
    patient: str = "patient_id",
) -> pd.DataFrame:
    """Compute a statistic again with each patient left out.

    Parameters
    ----------
    frame : DataFrame
        Any tidy table with a patient column; a patient's rows leave together.
    statistic : callable
        Takes such a table and returns a `StatisticResult`.
    patient : str
        Name of the patient column.

    Returns
    -------
    DataFrame
        One row per left-out patient, in order of first appearance: `left_out`, then the fields of
        the result (estimate, p_value, low, high, n_used, ...).

    Raises
    ------
    ValueError
        When the patient column is absent or has missing values.

    Notes
    -----
    With n = 15 a result that hangs on one patient is a case report. The spread of the rows is not
    a confidence interval.

    Examples
    --------
    >>> from helpers.stats.exact.exact import signed_rank_test
    >>> table = pd.DataFrame({"patient_id": ["p1", "p2", "p3"], "change": [1.0, 2.0, 9.0]})
    >>> rows = leave_one_out(table, lambda rest: signed_rank_test(rest["change"]))
    >>> rows[["left_out", "estimate", "p_value"]].values.tolist()
    [['p1', 5.5, 0.5], ['p2', 5.0, 0.5], ['p3', 1.5, 0.5]]
    """
    if patient not in frame.columns:
        raise ValueError(
            f"expected a column {patient!r} naming the patients, found {list(frame.columns)}: "
            "pass its name as patient="
        )
    if frame[patient].isna().any():
        raise ValueError(
            f"column {patient!r} lacks a value in {int(frame[patient].isna().sum())} row(s): "
            "a row of nobody cannot be left out"
        )
    rows = [
        {"left_out": one} | statistic(frame[frame[patient] != one]).as_row()
        for one in frame[patient].unique()
    ]
    columns = ["left_out", *StatisticResult().as_row()]
    return pd.DataFrame(rows, columns=columns)
