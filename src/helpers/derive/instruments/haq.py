"""Health Assessment Questionnaire Disability Index (HAQ-DI) from its 20 items, aids and help."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from helpers.derive.checks import VISIT, keep_text
from helpers.derive.instruments.questionnaires import spread_items, stack_scores


@dataclass(frozen=True)
class HaqScoring:
    """How the index is made; the defaults are the usual scoring.

    Attributes
    ----------
    categories : tuple of (name, items)
        Item numbers of the eight categories, in the order of the form.
    minimum_categories : int
        With fewer categories answered there is no index. Six is the original rule; one public
        implementation asks for seven.
    minimum_items : int or None
        Items that a category needs to count; None asks for all of them.
    raised_to : float
        An aid or help from a person lifts a category of 0 or 1 to this.
    """

    categories: tuple[tuple[str, tuple[str, ...]], ...] = (
        ("dressing", ("1", "2")),
        ("arising", ("3", "4")),
        ("eating", ("5", "6", "7")),
        ("walking", ("8", "9")),
        ("hygiene", ("10", "11", "12")),
        ("reach", ("13", "14")),
        ("grip", ("15", "16", "17")),
        ("activities", ("18", "19", "20")),
    )
    minimum_categories: int = 6
    minimum_items: int | None = 1
    raised_to: float = 2.0


STANDARD_HAQ = HaqScoring()


def derive_haq_categories(
    questionnaires: pd.DataFrame, *, scoring: HaqScoring = STANDARD_HAQ
) -> pd.DataFrame:
    """Score the eight categories: the highest item, raised where an aid or help was needed.

    Parameters
    ----------
    questionnaires : DataFrame
        One row per patient, month, instrument and item. Of the instrument "haq": items "1" to
        "20" (0 without difficulty to 3 unable), and "aid_<category>", "help_<category>" (0 or 1).
        An aid or help left empty counts as not used. An aid written in free text has to be given
        to its category beforehand.
    scoring : HaqScoring

    Returns
    -------
    DataFrame
        One row per patient, month and category:

        - category, n_answered
        - highest_item : missing when too few items were answered
        - aid_or_help : boolean
        - score : highest_item, raised if need be

    Raises
    ------
    ValueError
        For an unknown item, a repeated item or an impossible response.

    Examples
    --------
    >>> answers = pd.DataFrame({"patient_id": "P1", "month": 0.0, "instrument": "haq",
    ...                         "item": ["1", "2", "aid_dressing"], "response": [0.0, 1.0, 1.0]})
    >>> derive_haq_categories(answers)["score"].tolist()[0]
    2.0
    """
    wide = _spread_haq(questionnaires, scoring)
    parts = [
        _score_category(wide, category, items, scoring) for category, items in scoring.categories
    ]
    table = stack_scores(parts, wide.index)
    columns = ["category", "n_answered", "highest_item", "aid_or_help", "score"]
    return keep_text(table[[*VISIT, *columns]], ["category"])


def list_haq_responses(scoring: HaqScoring = STANDARD_HAQ) -> dict[str, range]:
    """List the items of the form, each with the responses that it offers.

    >>> list_haq_responses()["1"], list_haq_responses()["aid_grip"]
    (range(0, 4), range(0, 2))
    """
    numbered = [item for _, items in scoring.categories for item in items]
    extra = [f"{kind}_{category}" for category, _ in scoring.categories for kind in ("aid", "help")]
    return dict.fromkeys(numbered, range(4)) | dict.fromkeys(extra, range(2))


def _spread_haq(questionnaires: pd.DataFrame, scoring: HaqScoring) -> pd.DataFrame:
    allowed = list_haq_responses(scoring)
    return spread_items(questionnaires, "haq", items=list(allowed), allowed=allowed)


def _score_category(
    wide: pd.DataFrame, category: str, items: tuple[str, ...], scoring: HaqScoring
) -> pd.DataFrame:
    answers = wide[list(items)]
    n_answered = answers.notna().sum(axis=1)
    needed = len(items) if scoring.minimum_items is None else scoring.minimum_items
    highest = answers.max(axis=1).where(n_answered >= needed)
    supported = (wide[[f"aid_{category}", f"help_{category}"]] == 1).any(axis=1)
    raised = highest.where(~supported, highest.clip(lower=scoring.raised_to))
    return pd.DataFrame(
        {
            "category": category,
            "n_answered": n_answered.astype("Int64"),
            "highest_item": highest,
            "aid_or_help": supported.astype("boolean"),
            "score": raised,
        }
    )


def derive_haq_di(
    questionnaires: pd.DataFrame, *, scoring: HaqScoring = STANDARD_HAQ
) -> pd.DataFrame:
    """Compute the disability index: the mean of the categories that were answered.

    Parameters
    ----------
    questionnaires : DataFrame
        As in `derive_haq_categories`.
    scoring : HaqScoring

    Returns
    -------
    DataFrame
        One row per patient and month:

        - haq_di : 0 (best) to 3
        - haq_di_alternative : the same without regard to aids and help
        - n_categories : categories answered
        - reason : empty, or why there is no index

    Raises
    ------
    ValueError
        As `derive_haq_categories`.

    Notes
    -----
    The two indices must not be mixed in one comparison. With fewer than eight categories the
    index does not fall on steps of 0.125.

    References
    ----------
    Bruce B, Fries JF. J Rheumatol 2003;30:167.

    Examples
    --------
    >>> answers = pd.DataFrame({"patient_id": "P1", "month": 0.0, "instrument": "haq",
    ...                         "item": [str(item) for item in range(1, 21)], "response": 1.0})
    >>> derive_haq_di(answers)["haq_di"].tolist()
    [1.0]
    """
    categories = derive_haq_categories(questionnaires, scoring=scoring)
    index = categories.groupby(VISIT, sort=False).agg(
        haq_di=("score", "mean"),
        haq_di_alternative=("highest_item", "mean"),
        n_categories=("score", "count"),
    )
    enough = index["n_categories"] >= scoring.minimum_categories
    index[["haq_di", "haq_di_alternative"]] = index[["haq_di", "haq_di_alternative"]].where(enough)
    index["reason"] = [
        ""
        if number >= scoring.minimum_categories
        else f"only {number} of {len(scoring.categories)} categories answered "
        f"({scoring.minimum_categories} needed)"
        for number in index["n_categories"]
    ]
    return keep_text(index.reset_index().astype({"n_categories": "Int64"}), ["reason"])
