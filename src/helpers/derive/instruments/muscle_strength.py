"""Manual muscle testing of eight groups (MMT-8): the total from the grades of the groups."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from helpers.derive.checks import (
    VISIT,
    check_allowed,
    check_range,
    check_table,
    keep_text,
    round_for_comparison,
)

MMT8_GROUPS: tuple[str, ...] = (
    "neck_flexors",
    "deltoid",
    "biceps_brachii",
    "wrist_extensors",
    "gluteus_maximus",
    "gluteus_medius",
    "quadriceps",
    "ankle_dorsiflexors",
)
"""The eight groups. Neck flexors are axial and are graded once, the others on one or both sides."""

MAXIMUM_GRADE = 10.0
_SIDED_GROUPS = MMT8_GROUPS[1:]


def derive_mmt8(
    grades: pd.DataFrame,
    *,
    maximum: Literal[80, 150],
    missing_groups: Literal["not_evaluable", "scale_up"] = "not_evaluable",
    minimum_share: float = 0.5,
) -> pd.DataFrame:
    """Add the grades of the eight groups up to a total of 80 (one side) or 150 (both sides).

    Parameters
    ----------
    grades : DataFrame
        One row per patient, month, group and side: patient_id, month, group (see `MMT8_GROUPS`),
        side ("right", "left"; "axial" for neck flexors), grade (0 to 10). For a total of 80 keep
        one side, usually the dominant one.
    maximum : {80, 150}
        Eight groups on one side, or seven on both sides and neck flexors once.
    missing_groups : {"not_evaluable", "scale_up"}
        What a missing grade does: leave no total, or take the graded groups' share of their
        own maximum for the whole, ``sum / (10 * n_graded) * maximum``. No rule was found.
    minimum_share : float, default 0.5
        With "scale_up", the least share of grades that must be there.

    Returns
    -------
    DataFrame
        One row per patient and month, in the order of the input:

        - mmt8 : 0 to `maximum`, higher = stronger
        - n_graded : grades found, of 8 or 15
        - reason : empty, or why there is no total, or that it was scaled up

    Raises
    ------
    ValueError
        For an unknown group or side, a grade outside 0 to 10, a repeated grade, or grades of both
        sides when the total is 80.

    Notes
    -----
    Scaling up assumes that the missing groups are as strong as the graded ones, which is untrue
    where weakness is proximal.

    Examples
    --------
    >>> grades = pd.DataFrame({"patient_id": "P1", "month": 0.0, "group": MMT8_GROUPS,
    ...                        "side": ["axial"] + ["right"] * 7, "grade": 9.0})
    >>> derive_mmt8(grades, maximum=80)["mmt8"].tolist()
    [72.0]
    """
    _check_grades(grades, maximum)
    expected = int(maximum / MAXIMUM_GRADE)
    totals = grades.groupby(VISIT, sort=False).agg(
        sum=("grade", "sum"), n_graded=("grade", "count")
    )
    needed = expected if missing_groups == "not_evaluable" else minimum_share * expected
    share = totals["sum"] / (totals["n_graded"] * MAXIMUM_GRADE)
    totals["mmt8"] = round_for_comparison(share * maximum).where(totals["n_graded"] >= needed)
    totals["reason"] = _explain(totals, expected)
    table = totals[["mmt8", "n_graded", "reason"]].reset_index()
    return keep_text(table.astype({"n_graded": "Int64"}), ["reason"])


def _check_grades(grades: pd.DataFrame, maximum: int) -> None:
    key = [*VISIT, "group", "side"]
    check_table(grades, name="grades", columns=["grade"], key=key)
    check_allowed(grades["group"], name="grades, column group", allowed=MMT8_GROUPS)
    check_range(grades["grade"], name="grades, column grade", high=MAXIMUM_GRADE)
    axial = grades["group"] == MMT8_GROUPS[0]
    check_allowed(grades.loc[axial, "side"], name="side of neck_flexors", allowed=["axial"])
    check_allowed(grades.loc[~axial, "side"], name="side of the limbs", allowed=["right", "left"])
    if maximum == 80:
        one_side = "grades, one side for a total of 80"
        check_table(grades, name=one_side, columns=[], key=[*VISIT, "group"])


def _explain(totals: pd.DataFrame, expected: int) -> list[str]:
    found = [f"{number} of {expected} grades" for number in totals["n_graded"]]
    reason = np.select(
        [totals["mmt8"].isna(), totals["n_graded"] < expected],
        [[f"only {words}" for words in found], [f"scaled up from {words}" for words in found]],
        default="",
    )
    return [str(words) for words in reason]
