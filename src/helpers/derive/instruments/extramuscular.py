"""Extramuscular activity over organ systems: MYOACT from scales, MITAX from categories."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from helpers.derive.checks import (
    VISIT,
    check_allowed,
    check_range,
    check_table,
    keep_text,
    round_for_comparison,
)

MYOACT_SYSTEMS: tuple[str, ...] = (
    "constitutional",
    "cutaneous",
    "skeletal",
    "gastrointestinal",
    "pulmonary",
    "cardiac",
)
"""The six extramuscular systems; the muscle scale of the form is not in the sum."""

MITAX_POINTS: dict[str, float] = {"A": 9.0, "B": 3.0, "C": 1.0, "D": 0.0, "E": 0.0}
"""Points of each category. Recalled and not confirmed from a source: check the form in use."""


def derive_myoact(systems: pd.DataFrame, *, vas_maximum: float = 10.0) -> pd.DataFrame:
    """Add up the visual analogue scales of the organ systems that were assessed.

    Parameters
    ----------
    systems : DataFrame
        One row per patient, month and system: patient_id, month, system (see `MYOACT_SYSTEMS`),
        vas (0 to `vas_maximum`; missing = not assessed).
    vas_maximum : float, default 10
        Top of the scales.

    Returns
    -------
    DataFrame
        One row per patient and month, in the order of the input:

        - score : sum of the scales assessed
        - maximum : largest sum those systems could give (60 cm when all six were assessed)
        - share : score / maximum, 0 to 1; compare visits by this when they differ in systems
        - n_assessed, reason : systems assessed; empty, or why there is no score

    Raises
    ------
    ValueError
        For an unknown system, a repeated system or a value outside its scale.

    Examples
    --------
    >>> systems = pd.DataFrame({"patient_id": "P1", "month": 0.0,
    ...                         "system": ["cutaneous", "pulmonary"], "vas": [4.0, 2.0]})
    >>> derive_myoact(systems)[["score", "maximum", "share"]].values.tolist()
    [[6.0, 20.0, 0.3]]
    """
    _check_systems(systems, "vas")
    check_range(systems["vas"], name="systems, column vas", high=vas_maximum)
    return _sum_assessed(systems[VISIT].assign(points=systems["vas"]), vas_maximum)


def derive_mitax(
    systems: pd.DataFrame, *, points: Mapping[str, float] = MITAX_POINTS
) -> pd.DataFrame:
    """Add up the points of each organ system's category, on a scale of 0 to 1.

    Parameters
    ----------
    systems : DataFrame
        One row per patient, month and system: patient_id, month, system (see `MYOACT_SYSTEMS`),
        category (a key of `points`; missing = not assessed).
    points : mapping
        Points of each category.

    Returns
    -------
    DataFrame
        One row per patient and month, in the order of the input: score, maximum, share (0 to 1,
        the form in which the index is usually given), n_assessed, reason. See `derive_myoact`.

    Raises
    ------
    ValueError
        For an unknown system or category, or a repeated system.

    Examples
    --------
    >>> systems = pd.DataFrame({"patient_id": "P1", "month": 0.0,
    ...                         "system": ["cutaneous", "pulmonary"], "category": ["B", "E"]})
    >>> derive_mitax(systems)[["score", "maximum"]].values.tolist()
    [[3.0, 18.0]]
    """
    _check_systems(systems, "category")
    check_allowed(systems["category"], name="systems, column category", allowed=points)
    scored = systems["category"].map(dict(points)).astype("float64")
    return _sum_assessed(systems[VISIT].assign(points=scored), max(points.values()))


def _check_systems(systems: pd.DataFrame, column: str) -> None:
    check_table(systems, name="systems", columns=[column], key=[*VISIT, "system"])
    check_allowed(systems["system"], name="systems, column system", allowed=MYOACT_SYSTEMS)


def _sum_assessed(points: pd.DataFrame, maximum_each: float) -> pd.DataFrame:
    totals = points.groupby(VISIT, sort=False)["points"].agg(score="sum", n_assessed="count")
    assessed = totals["n_assessed"] > 0
    totals["score"] = round_for_comparison(totals["score"]).where(assessed)
    totals["maximum"] = (totals["n_assessed"] * maximum_each).where(assessed).astype("float64")
    totals["share"] = round_for_comparison(totals["score"] / totals["maximum"])
    totals["reason"] = assessed.map({True: "", False: "no system assessed"})
    columns = ["score", "maximum", "share", "n_assessed", "reason"]
    return keep_text(totals[columns].reset_index().astype({"n_assessed": "Int64"}), ["reason"])
