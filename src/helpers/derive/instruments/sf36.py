"""RAND-36 and SF-36 version 1: eight scales of 0 to 100 and two component scores.

The two share their 36 items and differ in how pain and general health are weighed. RAND-36 is free
to use with credit to RAND. Version 2 of the SF-36 is licensed and is not computed here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from helpers.derive.checks import VISIT, check_allowed, check_table, keep_text
from helpers.derive.instruments.questionnaires import spread_items, stack_scores

SCALES: dict[str, tuple[str, ...]] = {
    "PF": tuple(map(str, range(3, 13))),
    "RP": ("13", "14", "15", "16"),
    "BP": ("21", "22"),
    "GH": ("1", "33", "34", "35", "36"),
    "VT": ("23", "27", "29", "31"),
    "SF": ("20", "32"),
    "RE": ("17", "18", "19"),
    "MH": ("24", "25", "26", "28", "30"),
}
"""The items of each scale, in the usual order. Item 2 (health transition) belongs to none."""

SCALE_LABELS: dict[str, str] = {
    "PF": "physical functioning",
    "RP": "role limitations, physical",
    "BP": "bodily pain",
    "GH": "general health",
    "VT": "vitality",
    "SF": "social functioning",
    "RE": "role limitations, emotional",
    "MH": "mental health",
}

_RECODES: tuple[tuple[tuple[int, ...], tuple[float, ...]], ...] = (
    ((1, 2, 20, 22, 34, 36), (100, 75, 50, 25, 0)),
    (tuple(range(3, 13)), (0, 50, 100)),
    (tuple(range(13, 20)), (0, 100)),
    ((21, 23, 26, 27, 30), (100, 80, 60, 40, 20, 0)),
    ((24, 25, 28, 29, 31), (0, 20, 40, 60, 80, 100)),
    ((32, 33, 35), (0, 25, 50, 75, 100)),
)

RECODED: dict[str, tuple[float, ...]] = {
    str(item): points for items, points in _RECODES for item in items
}
"""RAND-36: what the responses 1, 2, 3, ... of each item become, from 0 (worst) to 100 (best)."""

ITEMS: tuple[str, ...] = tuple(map(str, range(1, 37)))

_GENERAL_HEALTH_MOS = (5.0, 4.4, 3.4, 2.0, 1.0)
_PAIN_AMOUNT_MOS = (6.0, 5.4, 4.2, 3.1, 2.2, 1.0)
_PAIN_INTERFERENCE_MOS = (5.0, 4.0, 3.0, 2.0, 1.0)
_PAIN_INTERFERENCE_WITHOUT_PAIN_MOS = 6.0
_PAIN_INTERFERENCE_ALONE_MOS = (6.0, 4.75, 3.5, 2.25, 1.0)


@dataclass(frozen=True)
class ComponentNorms:
    """The population against which component scores are set, and the weight of each scale.

    Attributes
    ----------
    name : str
        How the report names the population.
    means, deviations : tuple of float
        Of the eight scales, in the order of `SCALES`.
    physical, mental : tuple of float
        Factor score coefficients in the same order.
    """

    name: str
    means: tuple[float, ...]
    deviations: tuple[float, ...]
    physical: tuple[float, ...]
    mental: tuple[float, ...]


US_1990 = ComponentNorms(
    name="United States general population 1990, SF-36 version 1",
    means=(84.52404, 81.19907, 75.49196, 72.21316, 61.05453, 83.59753, 81.29467, 74.84212),
    deviations=(22.89490, 33.79729, 23.55879, 20.16964, 20.86942, 22.37642, 33.02717, 18.01189),
    physical=(0.42402, 0.35119, 0.31754, 0.24954, 0.02877, -0.00753, -0.19206, -0.22069),
    mental=(-0.22999, -0.12329, -0.09731, -0.01571, 0.23534, 0.26876, 0.43407, 0.48581),
)


def list_sf36_responses() -> dict[str, range]:
    """List the items of the form, each with the responses that it offers.

    >>> list_sf36_responses()["1"]
    range(1, 6)
    """
    return {item: range(1, len(points) + 1) for item, points in RECODED.items()}


def derive_sf36_scales(
    questionnaires: pd.DataFrame,
    *,
    scoring: Literal["sf36_v1", "rand36"] = "sf36_v1",
    minimum_answered: Literal["half", "any"] | None = None,
) -> pd.DataFrame:
    """Score the eight scales from 0 (worst) to 100 (best).

    A scale is the mean of its answered items after each was put on 0 to 100, which is the same as
    filling a gap with the person's own mean of that scale.

    Parameters
    ----------
    questionnaires : DataFrame
        One row per patient, month, instrument and item. Of the instrument "sf36": items "1" to
        "36", responses as ticked (1, 2, 3, ...).
    scoring : {"sf36_v1", "rand36"}
        The two differ in pain (BP) and general health (GH): SF-36 recalibrates items 1, 21 and
        22, the last according to item 21.
    minimum_answered : {"half", "any"}, optional
        A scale counts when half of its items, or any, were answered. By default "half" for SF-36
        and "any" for RAND-36, as their manuals have it.

    Returns
    -------
    DataFrame
        One row per patient, month and scale, in the order of `SCALES`: scale, score, n_answered,
        n_items, reason (empty, or why there is no score).

    Raises
    ------
    ValueError
        For an unknown item, a repeated item or an impossible response.

    References
    ----------
    Ware JE, Sherbourne CD. Med Care 1992;30:473. Hays RD et al. Health Econ 1993;2:217.

    Examples
    --------
    >>> answers = pd.DataFrame({"patient_id": "P1", "month": 0.0, "instrument": "sf36",
    ...                         "item": ["23", "27", "29", "31"], "response": [4, 3, 3, None]})
    >>> scales = derive_sf36_scales(answers, scoring="rand36").set_index("scale")
    >>> round(scales.loc["VT", "score"], 1).item()
    46.7
    """
    wide = spread_items(questionnaires, "sf36", items=ITEMS, allowed=list_sf36_responses())
    recoded = _recode_rand(wide)
    if scoring == "sf36_v1":
        recoded = _recalibrate(recoded, wide)
    rule = minimum_answered or {"sf36_v1": "half", "rand36": "any"}[scoring]
    parts = [_score_scale(recoded, scale, rule) for scale in SCALES]
    table = stack_scores(parts, wide.index)
    return keep_text(table, ["scale", "reason"])


def _look_up(responses: pd.Series, values: tuple[float, ...]) -> pd.Series:
    return responses.map(dict(enumerate(values, start=1))).astype("float64")


def _recode_rand(wide: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({item: _look_up(wide[item], RECODED[item]) for item in ITEMS})


def _recalibrate(recoded: pd.DataFrame, wide: pd.DataFrame) -> pd.DataFrame:
    """Put items 1, 21 and 22 on the intervals of the SF-36, then on 0 to 100."""
    health = _look_up(wide["1"], _GENERAL_HEALTH_MOS)
    amount = _look_up(wide["21"], _PAIN_AMOUNT_MOS)
    interference = _look_up(wide["22"], _PAIN_INTERFERENCE_MOS)
    interference = interference.mask(
        (wide["22"] == 1) & (wide["21"] == 1), _PAIN_INTERFERENCE_WITHOUT_PAIN_MOS
    )
    alone = _look_up(wide["22"], _PAIN_INTERFERENCE_ALONE_MOS)
    interference = interference.mask(wide["21"].isna(), alone)
    return recoded.assign(
        **{
            "1": (health - 1) / 4 * 100,
            "21": (amount - 1) / 5 * 100,
            "22": (interference - 1) / 5 * 100,
        }
    )


def _score_scale(recoded: pd.DataFrame, scale: str, rule: str) -> pd.DataFrame:
    items = recoded[list(SCALES[scale])]
    n_items = items.shape[1]
    n_answered = items.notna().sum(axis=1)
    needed = (n_items + 1) // 2 if rule == "half" else 1
    return pd.DataFrame(
        {
            "scale": scale,
            "score": items.mean(axis=1).where(n_answered >= needed),
            "n_answered": n_answered.astype("Int64"),
            "n_items": pd.Series(n_items, index=items.index, dtype="Int64"),
            "reason": [
                ""
                if number >= needed
                else f"only {number} of {n_items} items answered ({needed} needed)"
                for number in n_answered
            ],
        }
    )


def derive_sf36_components(
    scales: pd.DataFrame, *, norms: ComponentNorms = US_1990
) -> pd.DataFrame:
    """Compute the physical and mental component scores (PCS, MCS) of SF-36 version 1.

    Each scale is set against the population, ``z = (score - mean) / deviation``; the weighted sum
    of the eight is put on a scale with mean 50 and standard deviation 10 in that population.

    Parameters
    ----------
    scales : DataFrame
        One row per patient, month and scale, from ``derive_sf36_scales(..., scoring="sf36_v1")``.
        RAND-36 scales have no component weights; do not pass them.
    norms : ComponentNorms
        Population and weights.

    Returns
    -------
    DataFrame
        One row per patient and month: pcs, mcs (higher = better), reason (empty, or which scales
        are missing: all eight are needed).

    Raises
    ------
    ValueError
        When a column is absent, a scale is repeated at a visit or unknown.

    Notes
    -----
    The mental score rises when the physical scales fall and the other way round; read the two
    beside the eight scales.

    References
    ----------
    Ware JE, Kosinski M, Keller SD. SF-36 Physical and Mental Health Summary Scales. 1994.

    Examples
    --------
    >>> scales = pd.DataFrame({"patient_id": "P1", "month": 0.0, "scale": list(SCALES),
    ...                        "score": US_1990.means})
    >>> derive_sf36_components(scales)[["pcs", "mcs"]].values.tolist()
    [[50.0, 50.0]]
    """
    check_table(scales, name="scales", columns=["score"], key=[*VISIT, "scale"])
    check_allowed(scales["scale"], name="scales, column scale", allowed=SCALES)
    visits = pd.MultiIndex.from_frame(scales[VISIT].drop_duplicates())
    wide = scales.set_index([*VISIT, "scale"])["score"].astype("float64").unstack("scale")
    wide = wide.reindex(index=visits, columns=list(SCALES))
    z = (wide - np.asarray(norms.means)) / np.asarray(norms.deviations)
    components = pd.DataFrame(
        {
            "pcs": (z * np.asarray(norms.physical)).sum(axis=1, skipna=False) * 10 + 50,
            "mcs": (z * np.asarray(norms.mental)).sum(axis=1, skipna=False) * 10 + 50,
        }
    )
    components["reason"] = [
        f"needs all eight scales; missing {', '.join(absent.index[absent])}" if absent.any() else ""
        for _, absent in wide.isna().iterrows()
    ]
    return keep_text(components.reset_index(), ["reason"])
