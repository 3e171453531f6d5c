"""Two definitions of response side by side: IMACS and the total improvement score."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from helpers.derive.checks import VISIT, check_table, keep_text, list_some
from helpers.derive.response.core_set import SHORT_LABELS
from helpers.derive.response.tis import TIS_ADULT, TotalImprovementScore

AGREEMENTS: tuple[str, ...] = (
    "both improved",
    "neither improved",
    "IMACS only",
    "TIS only",
    "not comparable",
)
"""Every visit of every patient is in exactly one of these."""


def compare_response_definitions(
    improvement: pd.DataFrame,
    scores: pd.DataFrame,
    *,
    change: pd.DataFrame,
    components: pd.DataFrame,
    at_least: Literal["minimal", "moderate", "major"] = "minimal",
    definition: TotalImprovementScore = TIS_ADULT,
) -> pd.DataFrame:
    """Set the IMACS flag beside the total improvement score, and explain each disagreement.

    The two disagree by design: IMACS takes percentages of the patient's own baseline, counts
    measures and lets worsening forbid a response; the score takes percentages of the instrument's
    range, weighs the measures and gives a worsening no points rather than minus points.

    Parameters
    ----------
    improvement : DataFrame
        One row per patient and month, from `flag_imacs_improvement`.
    scores : DataFrame
        The same visits, from `derive_tis`.
    change, components : DataFrame
        What the two were derived from: `derive_relative_change` and `derive_tis_components`.
    at_least : {"minimal", "moderate", "major"}
        The category from which the score counts as a response.
    definition : TotalImprovementScore
        Holds the threshold of that category.

    Returns
    -------
    DataFrame
        One row per patient and month, in the order of `improvement`:

        - imacs_improved, tis_improved : boolean
        - tis, tis_category
        - agreement : one of `AGREEMENTS`
        - explanation : empty where both say the same, else why they differ

    Raises
    ------
    ValueError
        When the two tables do not hold the same visits once each.

    Examples
    --------
    >>> visit = {"patient_id": ["P1"], "month": [3.0]}
    >>> improvement = pd.DataFrame(visit | {"improved": pd.array([True], dtype="boolean"),
    ...                                     "better": "ck", "reason": "..."})
    >>> scores = pd.DataFrame(visit | {"tis": [2.5], "category": "none", "reason": ""})
    >>> measure = pd.DataFrame(visit | {"measure": "ck", "baseline": 2.0, "value": 1.0})
    >>> table = compare_response_definitions(
    ...     improvement, scores, change=measure.assign(improvement_percent=50.0),
    ...     components=measure.assign(change_percent=2.0, points=2.5))
    >>> table["agreement"].item()
    'IMACS only'
    """
    threshold: float = getattr(definition, at_least)
    both = _join_visits(improvement, scores)
    improved, enough = both["improved"], (both["tis"] >= threshold).astype("boolean")
    both["tis_improved"] = enough.mask(both["tis"].isna())
    both["agreement"] = _name_agreement(improved, both["tis_improved"])
    details = _detail_measures(change, components)
    both["explanation"] = [
        _explain_disagreement(row, details.get((row["patient_id"], row["month"])), threshold)
        for _, row in both.iterrows()
    ]
    both = both.rename(columns={"improved": "imacs_improved", "category": "tis_category"})
    columns = ["imacs_improved", "tis", "tis_category", "tis_improved", "agreement", "explanation"]
    return keep_text(both[[*VISIT, *columns]], ["tis_category", "agreement", "explanation"])


def _join_visits(improvement: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    check_table(
        improvement, name="improvement", columns=["improved", "better", "reason"], key=VISIT
    )
    check_table(scores, name="scores", columns=["tis", "category", "reason"], key=VISIT)
    seen = set(map(tuple, improvement[VISIT].to_numpy().tolist()))
    scored = set(map(tuple, scores[VISIT].to_numpy().tolist()))
    if seen != scored:
        raise ValueError(
            "improvement and scores: expected the same visits in both, found only in one: "
            f"{list_some(sorted(seen ^ scored))}; derive both from the same core set."
        )
    return improvement[[*VISIT, "improved", "better", "reason"]].merge(
        scores[[*VISIT, "tis", "category", "reason"]],
        on=VISIT,
        how="left",
        suffixes=("", "_tis"),
        validate="one_to_one",
    )


def _name_agreement(imacs: pd.Series, tis: pd.Series) -> pd.Series:
    yes, points = imacs.fillna(False).astype(bool), tis.fillna(False).astype(bool)
    agreement = np.select(
        [imacs.isna() | tis.isna(), yes & points, yes, points],
        ["not comparable", "both improved", "IMACS only", "TIS only"],
        default="neither improved",
    )
    return pd.Series(agreement, index=imacs.index, dtype="str")


def _detail_measures(
    change: pd.DataFrame, components: pd.DataFrame
) -> dict[tuple[object, ...], pd.DataFrame]:
    key = [*VISIT, "measure"]
    check_table(
        change, name="change", columns=["baseline", "value", "improvement_percent"], key=key
    )
    check_table(components, name="components", columns=["change_percent", "points"], key=key)
    details = change.merge(
        components[[*key, "change_percent", "points"]], on=key, how="left", validate="one_to_one"
    )
    return {visit: measures.set_index("measure") for visit, measures in details.groupby(VISIT)}


def _explain_disagreement(row: pd.Series, measures: pd.DataFrame | None, threshold: float) -> str:
    if row["agreement"] == "not comparable":
        return _explain_not_comparable(row)
    if measures is None or row["agreement"] not in ("IMACS only", "TIS only"):
        return ""
    if row["agreement"] == "IMACS only":
        moved = [_describe_move(name, measures.loc[name]) for name in row["better"].split(", ")]
        return (
            f"improved by IMACS, but the total improvement score is {row['tis']:g} "
            f"({threshold:g} needed), because the change is small against the instrument's range "
            f"or weighs little: {'; '.join(moved)}"
        )
    scored = measures[measures["points"] > 0].sort_values("points", ascending=False, kind="stable")
    points = ", ".join(
        f"{SHORT_LABELS[str(name)]} {value:g}" for name, value in scored["points"].items()
    )
    return (
        f"total improvement score {row['tis']:g} ({threshold:g} needed; points: {points}), "
        f"but not improved by IMACS: {row['reason']}"
    )


def _describe_move(name: str, measure: pd.Series) -> str:
    relative, absolute = measure["improvement_percent"], measure["change_percent"]
    of_baseline = "" if np.isinf(relative) else f"{relative:.3g} % of baseline, "
    of_range = "of an unknown share of the range (no points)"
    if pd.notna(absolute):
        of_range = f"{absolute:.3g} % of the range ({measure['points']:g} points)"
    return (
        f"{SHORT_LABELS[name]} from {measure['baseline']:g} to {measure['value']:g} is "
        f"{of_baseline}{of_range}"
    )


def _explain_not_comparable(row: pd.Series) -> str:
    parts = []
    if pd.isna(row["improved"]):
        parts.append(f"IMACS: {row['reason']}")
    if pd.isna(row["tis"]):
        parts.append(f"total improvement score: {row['reason_tis']}")
    return "; ".join(parts)
