"""Myositis Activities Profile (MAP): medians of its subscales, by an item map that you supply."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from helpers.derive.checks import keep_text, list_some
from helpers.derive.instruments.questionnaires import spread_items, stack_scores

N_ITEMS = 31
"""Items of the Swedish original; the United States version has 32."""


@dataclass(frozen=True)
class ActivitiesProfileMap:
    """Which items make which subscale.

    The map is not published: take it from the form in use. The original names four subscales
    (movement, moving around, personal care, domestic activities) and four single items (social,
    avoiding overexertion, work or school, leisure).

    Attributes
    ----------
    source : str
        Where the map was taken from, for the report.
    subscales : tuple of (name, items)
        Item numbers as text. A single item is a subscale with one item.
    n_items : int
        Items of the form.
    """

    source: str
    subscales: tuple[tuple[str, tuple[str, ...]], ...]
    n_items: int = N_ITEMS

    def __post_init__(self) -> None:
        known = {str(item) for item in range(1, self.n_items + 1)}
        counts = Counter(item for _, items in self.subscales for item in items)
        names = Counter(name for name, _ in self.subscales)
        faults = [f"item {item} is used twice" for item, times in counts.items() if times > 1]
        faults += [f"item {item} is not on the form" for item in counts if item not in known]
        faults += [f"{name} is named twice" for name, times in names.items() if times > 1]
        faults += [f"{name} has no item" for name, items in self.subscales if not items]
        faults += ["overall is taken by the score across subscales"] * ("overall" in names)
        if faults or not self.subscales:
            raise ValueError(
                "ActivitiesProfileMap: expected each subscale once with its own items, 1 to "
                f"{self.n_items}; {list_some(faults) or 'no subscale given'}."
            )


def list_map_responses(n_items: int = N_ITEMS) -> dict[str, range]:
    """List the items of the form, each with the responses that it offers.

    >>> list_map_responses(2)
    {'1': range(1, 8), '2': range(1, 8)}
    """
    return {str(item): range(1, 8) for item in range(1, n_items + 1)}


def derive_activities_profile(
    questionnaires: pd.DataFrame,
    *,
    item_map: ActivitiesProfileMap,
    missing_items: Literal["median_of_answered", "not_evaluable"] = "median_of_answered",
) -> pd.DataFrame:
    """Take the median of the items of each subscale, and the median of those for the whole.

    Parameters
    ----------
    questionnaires : DataFrame
        One row per patient, month, instrument and item. Of the instrument "map": item numbers as
        text, responses 1 (no difficulty) to 7 (impossible).
    item_map : ActivitiesProfileMap
        Which items make which subscale.
    missing_items : {"median_of_answered", "not_evaluable"}
        Whether a subscale with a gap is the median of what was answered, provided that is at
        least half of its items, or is missing. The same holds for the subscales of the overall
        score. The publications do not give the rule.

    Returns
    -------
    DataFrame
        One row per patient, month and subscale, then "overall": subscale, score (1 to 7, higher =
        worse), n_answered, n_items (for "overall": subscales), reason (empty, or why there is no
        score).

    Raises
    ------
    ValueError
        For an unknown item, a repeated item or an impossible response.

    Notes
    -----
    Ordinal: compare by rank tests, and do not average.

    References
    ----------
    Alexanderson H et al. J Rheumatol 2002;29:2386.

    Examples
    --------
    >>> answers = pd.DataFrame({"patient_id": "P1", "month": 0.0, "instrument": "map",
    ...                         "item": ["1", "2", "3"], "response": [1.0, 2.0, 7.0]})
    >>> invented = ActivitiesProfileMap("example", (("movement", ("1", "2", "3")),))
    >>> derive_activities_profile(answers, item_map=invented)["score"].tolist()
    [2.0, 2.0]
    """
    allowed = list_map_responses(item_map.n_items)
    wide = spread_items(questionnaires, "map", items=list(allowed), allowed=allowed)
    parts = [
        _score_median(wide[list(members)], name, "items", missing_items)
        for name, members in item_map.subscales
    ]
    medians = pd.DataFrame({part["subscale"].iloc[0]: part["score"] for part in parts if len(part)})
    parts.append(_score_median(medians.reindex(wide.index), "overall", "subscales", missing_items))
    table = stack_scores(parts, wide.index)
    return keep_text(table, ["subscale", "reason"])


def _score_median(answers: pd.DataFrame, name: str, what: str, missing_items: str) -> pd.DataFrame:
    n_items = answers.shape[1]
    n_answered = answers.notna().sum(axis=1)
    needed = n_items if missing_items == "not_evaluable" else max(1, (n_items + 1) // 2)
    return pd.DataFrame(
        {
            "subscale": name,
            "score": answers.median(axis=1).where(n_answered >= needed),
            "n_answered": n_answered.astype("Int64"),
            "n_items": pd.Series(n_items, index=answers.index, dtype="Int64"),
            "reason": [
                ""
                if number >= needed
                else f"only {number} of {n_items} {what} answered ({needed} needed)"
                for number in n_answered
            ],
        }
    )
