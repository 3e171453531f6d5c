from itertools import product

import numpy as np
import pandas as pd
import pytest

from helpers.derive.instruments.haq import (
    STANDARD_HAQ,
    HaqScoring,
    derive_haq_categories,
    derive_haq_di,
)

CATEGORIES = [name for name, _ in STANDARD_HAQ.categories]


def haq(responses=None, /, *, patient_id="P1", month=0.0, **supports):
    """Items 1 to 20 with 0 unless given by number; None leaves an item out."""
    items = {str(item): 0.0 for item in range(1, 21)}
    items |= {str(item): value for item, value in (responses or {}).items()}
    items |= supports
    rows = [(item, value) for item, value in items.items() if value is not None]
    table = pd.DataFrame(rows, columns=["item", "response"]).astype({"response": "float64"})
    return table.assign(patient_id=patient_id, month=month, instrument="haq")


def index(*args, scoring=STANDARD_HAQ, **supports):
    return derive_haq_di(haq(*args, **supports), scoring=scoring).iloc[0]


def test_the_twenty_items_are_shared_out_once_among_eight_categories():
    items = [item for _, items in STANDARD_HAQ.categories for item in items]
    assert items == [str(item) for item in range(1, 21)]
    assert [len(items) for _, items in STANDARD_HAQ.categories] == [2, 2, 3, 2, 3, 2, 3, 3]


def test_a_category_is_its_highest_item_and_the_index_their_mean():
    # dressing 2, eating 3, activities 1; the other five 0: 6 / 8
    row = index({1: 1, 2: 2, 5: 3, 20: 1})
    assert (row["haq_di"], row["haq_di_alternative"], row["n_categories"]) == (0.75, 0.75, 8)


@pytest.mark.parametrize(("item", "raised"), [(0, 2), (1, 2), (2, 2), (3, 3)])
@pytest.mark.parametrize("kind", ["aid", "help"])
def test_an_aid_or_help_raises_0_and_1_to_2(item, raised, kind):
    row = index({3: item}, **{f"{kind}_arising": 1})
    assert row["haq_di"] == raised / 8
    assert row["haq_di_alternative"] == item / 8


@pytest.mark.parametrize("category", CATEGORIES)
def test_each_aid_raises_its_own_category_only(category):
    table = derive_haq_categories(haq(**{f"aid_{category}": 1})).set_index("category")
    assert table["score"].to_dict() == dict.fromkeys(CATEGORIES, 0) | {category: 2}
    assert table.index[table["aid_or_help"]].tolist() == [category]


@pytest.mark.parametrize("value", [0, None])
def test_an_aid_not_used_or_left_empty_raises_nothing(value):
    assert index(aid_walking=value, help_walking=value)["haq_di"] == 0


@pytest.mark.parametrize(("n_lost", "scored"), [(0, True), (2, True), (3, False), (8, False)])
def test_six_of_eight_categories_are_needed(n_lost, scored):
    lost = {item: None for _, items in STANDARD_HAQ.categories[:n_lost] for item in items}
    row = index(lost | ({} if n_lost == 8 else {20: 3}), aid_dressing=0)
    assert pd.notna(row["haq_di"]) == scored
    assert row["n_categories"] == 8 - n_lost
    if scored:
        assert row["haq_di"] == 3 / (8 - n_lost)
        assert row["reason"] == ""
    else:
        assert row["reason"] == f"only {8 - n_lost} of 8 categories answered (6 needed)"


def test_seven_categories_and_whole_categories_can_be_asked_for():
    lost = dict.fromkeys((1, 2, 3, 4))
    assert index(lost)["haq_di"] == 0
    assert pd.isna(index(lost, scoring=HaqScoring(minimum_categories=7))["haq_di"])
    one_gap = index({5: None}, scoring=HaqScoring(minimum_items=None))
    assert one_gap["n_categories"] == 7
    assert index({5: None})["n_categories"] == 8


def test_an_aid_does_not_make_up_for_an_unanswered_category():
    table = derive_haq_categories(haq({1: None, 2: None}, aid_dressing=1)).set_index("category")
    assert np.isnan(table.loc["dressing", "score"])
    assert table.loc["dressing", "n_answered"] == 0


def test_every_pair_of_items_with_and_without_aid_scores_as_the_rule_reads():
    for first, second, aid in product((0, 1, 2, 3, None), (0, 1, 2, 3, None), (0, 1)):
        known = [item for item in (first, second) if item is not None]
        expected = max(known, default=np.nan)
        if known and aid and expected < 2:
            expected = 2
        table = derive_haq_categories(haq({8: first, 9: second}, aid_walking=aid))
        found = table.set_index("category").loc["walking", "score"]
        np.testing.assert_equal(found, float(expected))


def test_visits_keep_their_order_and_categories_that_of_the_form():
    table = pd.concat([haq(patient_id="P2", month=6.0), haq(patient_id="P1")])
    categories = derive_haq_categories(table)
    assert categories["patient_id"].tolist() == ["P2"] * 8 + ["P1"] * 8
    assert categories["category"].tolist() == CATEGORIES * 2
    assert derive_haq_di(table)["patient_id"].tolist() == ["P2", "P1"]


def test_no_questionnaire_gives_no_index():
    table = derive_haq_di(haq().iloc[:0])
    assert table.empty
    assert list(table.columns) == [
        "patient_id",
        "month",
        "haq_di",
        "haq_di_alternative",
        "n_categories",
        "reason",
    ]


def test_impossible_responses_and_unknown_items_are_refused():
    with pytest.raises(ValueError, match="item 1: 4 is not one of 0, 1, 2, 3"):
        index({1: 4})
    with pytest.raises(ValueError, match="item aid_walking: 2 is not one of 0, 1"):
        index(aid_walking=2)
    with pytest.raises(ValueError, match="item aid_running is not one of"):
        index(aid_running=1)
    with pytest.raises(ValueError, match="item 21 is not one of"):
        index({21: 0})
