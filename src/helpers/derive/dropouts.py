"""How much the answer depends on what is assumed of patients who left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

import pandas as pd

from helpers.derive.response import derive_response_at_month

DropoutRule = Literal["non_response", "observed", "last_observation"]
DROPOUT_RULES: tuple[DropoutRule, ...] = get_args(DropoutRule)
"""The rules that are shown side by side; the first is the usual main analysis."""


def summarise_dropout_rules(
    categories: pd.DataFrame, *, patients: Sequence[str] | pd.Series, months: Sequence[float]
) -> pd.DataFrame:
    """Count who had improved at each visit under each rule for those who were not seen.

    Parameters
    ----------
    categories : DataFrame
        One row per patient and month, from `helpers.derive.response.derive_response_category`.
    patients : sequence of str
        Everybody who entered.
    months : sequence of float
        Visits after baseline; one at which nobody was seen is left out.

    Returns
    -------
    DataFrame
        One row per month and rule: month, rule, n_improved, n (patients counted), n_replaced
        (counted without having been judged at that visit).

    Examples
    --------
    >>> categories = pd.DataFrame({"patient_id": ["A"], "month": [6.0], "category": ["improved"]})
    >>> counts = summarise_dropout_rules(categories, patients=["A", "B"], months=[6.0])
    >>> counts[["rule", "n_improved", "n"]].values.tolist()
    [['non_response', 1, 2], ['observed', 1, 1], ['last_observation', 1, 1]]
    """
    seen = set(categories["month"])
    rows = []
    for month in (month for month in months if month in seen):
        for rule in DROPOUT_RULES:
            at_month = derive_response_at_month(
                categories, month=month, patients=patients, when_missing=rule
            )
            known = at_month["improved"].dropna()
            replaced = (at_month["source"] != "observed") & at_month["improved"].notna()
            rows.append((month, rule, int(known.sum()), len(known), int(replaced.sum())))
    return pd.DataFrame(rows, columns=["month", "rule", "n_improved", "n", "n_replaced"])
