"""One value before and one after, for everybody who entered: who can be compared, and who not."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from helpers.derive.checks import VISIT, check_table, keep_text, list_some

PAIR = ["patient_id", "panel"]
"""What identifies a pair: the patient, and what was measured (a stain, a protein)."""


def check_one_unit(table: pd.DataFrame, *, by: str, name: str) -> None:
    """Refuse a table in which one stain or protein has two units.

    Raises
    ------
    ValueError
        Naming each with its units.

    Examples
    --------
    >>> mixed = pd.DataFrame({"analyte": ["IL-1Ra"] * 2, "unit": ["pg/mL", "ng/mL"]})
    >>> check_one_unit(mixed, by="analyte", name="cytokines")
    Traceback (most recent call last):
    ...
    ValueError: cytokines: expected one unit for each analyte, found IL-1Ra: pg/mL and ng/mL; \
convert the values to one unit
    """
    units = table.dropna(subset=["unit"]).groupby(by, sort=False)["unit"].unique()
    mixed = [f"{what}: {' and '.join(found)}" for what, found in units.items() if len(found) > 1]
    if mixed:
        raise ValueError(
            f"{name}: expected one unit for each {by}, found {list_some(mixed)}; convert the "
            "values to one unit"
        )


def find_follow_up_month(
    table: pd.DataFrame, *, value: str, baseline_month: float, months: Sequence[float]
) -> float:
    """Find the visit that is compared with baseline: the last one with any value.

    Parameters
    ----------
    table : DataFrame
        One row per patient, month and whatever else.
    value : str
        The column of values.
    baseline_month : float
    months : sequence of float
        Planned visits; where nothing was measured after baseline, the last of them is taken.

    Returns
    -------
    float
        Infinite where no visit after baseline was even planned: nobody has a value then.

    Examples
    --------
    >>> table = pd.DataFrame({"month": [0.0, 3.0, 6.0], "value": [1.0, 2.0, None]})
    >>> find_follow_up_month(table, value="value", baseline_month=0.0, months=[0.0, 3.0, 6.0])
    3.0
    """
    seen = table.loc[table[value].notna(), "month"]
    later = list(seen[seen > baseline_month]) or [m for m in months if m > baseline_month]
    return float(max(later, default=math.inf))


def derive_pairs(
    values: pd.DataFrame,
    patients: Sequence[str],
    *,
    by: str,
    value: str,
    baseline_month: float,
    month: float,
    panels: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Put the value of one visit beside the baseline, with a row also for those never measured.

    Parameters
    ----------
    values : DataFrame
        One row per patient, month and `by`.
    patients : sequence of str
        Everybody who entered.
    by : str
        The column that says what was measured; it becomes ``panel``.
    value : str
        The column of numbers.
    baseline_month, month : float
        The visits before and after.
    panels : sequence of str, optional
        What is wanted of `by`, in this order; all of it in order of appearance where not given.

    Returns
    -------
    DataFrame
        One row per panel and patient: patient_id, panel, before, after,
        reason. `reason` is empty, or says which of the two is absent.

    Raises
    ------
    ValueError
        When a column is absent or a patient has two values of one kind for one month.

    Examples
    --------
    >>> table = pd.DataFrame({"patient_id": ["A", "A", "B"], "month": [0.0, 6.0, 6.0],
    ...                       "marker": "CD3", "value": [40.0, 30.0, 20.0]})
    >>> pairs = derive_pairs(table, ["A", "B", "C"], by="marker", value="value",
    ...                      baseline_month=0.0, month=6.0)
    >>> pairs["reason"].tolist()
    ['', 'no baseline value', 'never measured']
    """
    check_table(values, name="values", columns=[value], key=[*VISIT, by])
    wide = values.pivot(index=["patient_id", by], columns="month", values=value)
    wanted = list(dict.fromkeys(values[by])) if panels is None else panels
    everybody = pd.MultiIndex.from_tuples(
        [(patient, panel) for panel in wanted for patient in patients], names=PAIR
    )
    wide = wide.rename_axis(index=PAIR).reindex(index=everybody, columns=[baseline_month, month])
    pairs = wide.set_axis(["before", "after"], axis=1).astype(float).reset_index()
    pairs["reason"] = np.select(
        [
            pairs["before"].isna() & pairs["after"].isna(),
            pairs["before"].isna(),
            pairs["after"].isna(),
        ],
        ["never measured", "no baseline value", "no value after treatment"],
        default="",
    )
    return keep_text(pairs, [*PAIR, "reason"])


def summarise_comparable(pairs: pd.DataFrame) -> pd.DataFrame:
    """Say of each patient in how many panels both values can be compared, and if in none, why.

    Parameters
    ----------
    pairs : DataFrame
        From `derive_pairs`.

    Returns
    -------
    DataFrame
        One row per patient: patient_id, n_panels, n_comparable, reason. `reason` is empty where at
        least one panel can be compared; otherwise the reasons met, each once.

    Examples
    --------
    >>> pairs = pd.DataFrame({"patient_id": ["A", "A"], "panel": ["CD3", "CD163"],
    ...                       "reason": ["", "no baseline value"]})
    >>> summarise_comparable(pairs).values.tolist()
    [['A', 2, 1, '']]
    """
    rows = [
        {
            "patient_id": patient,
            "n_panels": len(part),
            "n_comparable": int((part["reason"] == "").sum()),
            "reason": ""
            if (part["reason"] == "").any()
            else " or ".join(dict.fromkeys(part["reason"])),
        }
        for patient, part in pairs.groupby("patient_id", sort=False)
    ]
    columns = ["patient_id", "n_panels", "n_comparable", "reason"]
    return keep_text(pd.DataFrame(rows, columns=columns), ["patient_id", "reason"])
