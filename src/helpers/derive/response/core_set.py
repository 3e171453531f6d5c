"""The six core set measures of myositis disease activity, and how far each moved from baseline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from helpers.derive.baseline import pair_with_baseline
from helpers.derive.checks import (
    VISIT,
    check_allowed,
    check_range,
    check_table,
    round_for_comparison,
)

ZeroBaseline = Literal["infinite_worsening", "not_evaluable"]


@dataclass(frozen=True)
class Measure:
    """One core set measure.

    Attributes
    ----------
    name : str
        Its column in the table `core_set`.
    label : str
        Its full name in reports.
    short_label : str
        Its name in a narrow table or on an axis.
    better : {"lower", "higher"}
        The direction of improvement.
    """

    name: str
    label: str
    short_label: str
    better: Literal["lower", "higher"]


MEASURES: tuple[Measure, ...] = (
    Measure("physician_global", "physician global activity", "Physician", "lower"),
    Measure("patient_global", "patient global activity", "Patient", "lower"),
    Measure("mmt8", "manual muscle testing (MMT-8)", "MMT-8", "higher"),
    Measure("haq_di", "Health Assessment Questionnaire (HAQ-DI)", "HAQ-DI", "lower"),
    Measure("ck", "creatine kinase", "CK", "lower"),
    Measure("extramuscular", "extramuscular activity", "Extramuscular", "lower"),
)
"""The six measures in the order in which the field lists them (Rider et al 2003)."""

MEASURE_NAMES: tuple[str, ...] = tuple(measure.name for measure in MEASURES)

SHORT_LABELS: dict[str, str] = {measure.name: measure.short_label for measure in MEASURES}

HIGHER_IS_BETTER: tuple[str, ...] = tuple(
    measure.name for measure in MEASURES if measure.better == "higher"
)


def check_core_set(core_set: pd.DataFrame) -> None:
    """Refuse a core set table that cannot be judged.

    Raises
    ------
    ValueError
        When a column is absent, a patient has two rows for one month, or a value is negative.

    Examples
    --------
    >>> check_core_set(pd.DataFrame(columns=["patient_id", "month", *MEASURE_NAMES]))
    """
    check_table(core_set, name="core_set", columns=MEASURE_NAMES, key=VISIT)
    for name in MEASURE_NAMES:
        check_range(core_set[name], name=f"core_set, column {name}")


def lengthen_core_set(core_set: pd.DataFrame) -> pd.DataFrame:
    """Turn the six columns into rows.

    Parameters
    ----------
    core_set : DataFrame
        One row per patient and month.

    Returns
    -------
    DataFrame
        One row per patient, month and measure, in the order of the input and of `MEASURES`:
        patient_id, month, measure, value.

    Raises
    ------
    ValueError
        See `check_core_set`.

    Examples
    --------
    >>> visit = pd.DataFrame({"patient_id": ["P1"], "month": [0.0], "ck": [4.0]})
    >>> lengthen_core_set(visit.reindex(columns=["patient_id", "month", *MEASURE_NAMES])).shape
    (6, 4)
    """
    check_core_set(core_set)
    numbers = core_set.reset_index(drop=True).astype(
        dict.fromkeys(("month", *MEASURE_NAMES), "float64")
    )
    long = numbers.melt(
        id_vars=VISIT, value_vars=list(MEASURE_NAMES), var_name="measure", ignore_index=False
    )
    # The stable sort keeps the order of visits and, within a visit, of measures.
    return long.sort_index(kind="stable").reset_index(drop=True)


def derive_relative_change(
    core_set: pd.DataFrame,
    *,
    baseline_month: float = 0.0,
    zero_baseline: ZeroBaseline = "infinite_worsening",
) -> pd.DataFrame:
    """Say how far each measure improved, in per cent of the patient's own baseline.

    For a measure that improves downwards ``(baseline - value) / baseline * 100``, for muscle
    strength ``(value - baseline) / baseline * 100``, rounded to 1e-9: positive is better.

    Parameters
    ----------
    core_set : DataFrame
        One row per patient and month: patient_id, month and the six measures.
    baseline_month : float, default 0
        The month that counts as baseline. Only later visits are compared.
    zero_baseline : {"infinite_worsening", "not_evaluable"}
        A baseline of 0 has no percentage, and no official rule was found. By default 0 to 0 is
        unchanged (0 %), and any move away from 0 is infinitely large in its own direction: minus
        infinity (worse) for the five measures that improve downwards, plus infinity (better) for
        muscle strength. The first half reproduces the published classification of patients
        A and D in reference 2; muscle strength of 0 did not occur there and follows by symmetry.
        With "not_evaluable" every change from a baseline of 0 is missing, 0 to 0 too.

    Returns
    -------
    DataFrame
        One row per patient, later month and measure, in the order of the input and of `MEASURES`:

        - patient_id, month, measure
        - baseline, value : in the measure's own unit
        - improvement_percent : missing where the two cannot be compared
        - reason : empty, or why improvement_percent is missing

    Raises
    ------
    ValueError
        See `check_core_set`.

    Notes
    -----
    Do not read the percentage of a small baseline as a large effect: 5 mm to 4 mm on a 100 mm
    scale is an improvement of 20 %. Creatine kinase inside the normal range is compared like any
    other, as the authors of reference 2 did.

    References
    ----------
    1. Rider LG et al. Defining clinical improvement in adult and juvenile myositis.
       J Rheumatol 2003;30:603.
    2. Alemo Munters L et al. Arthritis Res Ther 2013;15:R83, table 4.

    Examples
    --------
    >>> visits = pd.DataFrame({"patient_id": "P1", "month": [0.0, 3.0], "mmt8": [60.0, 72.0]})
    >>> visits = visits.reindex(columns=["patient_id", "month", *MEASURE_NAMES])
    >>> change = derive_relative_change(visits)
    >>> change.loc[change["measure"] == "mmt8", "improvement_percent"].tolist()
    [20.0]
    """
    change = pair_with_baseline(
        lengthen_core_set(core_set), by=["measure"], baseline_month=baseline_month
    )
    direction = pd.Series(1.0, index=change.index).where(
        change["measure"].isin(HIGHER_IS_BETTER), -1.0
    )
    gain = direction * (change["value"] - change["baseline"])
    percent = gain / change["baseline"].replace(0, np.nan) * 100
    from_zero = (change["baseline"] == 0) & gain.notna()
    if zero_baseline == "infinite_worsening":
        percent = percent.mask(from_zero, _infinite_in_direction(gain))
    else:
        change["reason"] = change["reason"].mask(
            from_zero, "baseline is 0, so a relative change is undefined"
        )
    change["improvement_percent"] = round_for_comparison(percent)
    return change[[*VISIT, "measure", "baseline", "value", "improvement_percent", "reason"]]


def _infinite_in_direction(gain: pd.Series) -> pd.Series:
    infinite = np.select([gain > 0, gain < 0], [np.inf, -np.inf], default=0.0)
    return pd.Series(infinite, index=gain.index)


def spread_measures(change: pd.DataFrame, column: str = "improvement_percent") -> pd.DataFrame:
    """Lay out one quantity of the long table of changes with a column for each measure.

    Parameters
    ----------
    change : DataFrame
        One row per patient, month and measure, for example from `derive_relative_change`.
    column : str
        The quantity to lay out.

    Returns
    -------
    DataFrame of float64
        One row per patient and month (the index), in the order of the input; the six measures in
        the order of `MEASURES`. A measure that the input leaves out is missing throughout.

    Raises
    ------
    ValueError
        When a column is absent, a patient has one measure twice at a visit, or a measure is
        not of the core set.

    Examples
    --------
    >>> change = pd.DataFrame({"patient_id": "P1", "month": 3.0, "measure": ["ck"],
    ...                        "improvement_percent": [20.0]})
    >>> spread_measures(change)["ck"].tolist()
    [20.0]
    """
    check_table(change, name="change", columns=[column], key=[*VISIT, "measure"])
    check_allowed(change["measure"], name="change, column measure", allowed=MEASURE_NAMES)
    visits = pd.MultiIndex.from_frame(change[VISIT].drop_duplicates())
    wide = change.set_index([*VISIT, "measure"])[column].astype("float64").unstack("measure")
    return wide.reindex(index=visits, columns=list(MEASURE_NAMES))
