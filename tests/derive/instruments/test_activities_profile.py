import pandas as pd
import pytest

from helpers.derive.instruments.activities_profile import (
    ActivitiesProfileMap,
    derive_activities_profile,
)

# Invented: the map of items to subscales is not published.
INVENTED = ActivitiesProfileMap(
    source="invented for this test",
    subscales=(
        ("movement", ("1", "2", "3", "4")),
        ("personal care", ("5", "6")),
        ("social", ("31",)),
    ),
)


def answers(responses, patient_id="P1"):
    table = pd.DataFrame({"item": list(map(str, responses)), "response": responses.values()})
    return table.assign(patient_id=patient_id, month=0.0, instrument="map").astype(
        {"response": "float64"}
    )


def profile(responses, **options):
    table = derive_activities_profile(answers(responses), item_map=INVENTED, **options)
    return table.set_index("subscale")


FULL = {1: 1, 2: 2, 3: 4, 4: 7, 5: 2, 6: 3, 31: 6}


def test_a_subscale_is_the_median_of_its_items_and_the_whole_the_median_of_those():
    table = profile(FULL)
    assert table["score"].to_dict() == {
        "movement": 3.0,
        "personal care": 2.5,
        "social": 6.0,
        "overall": 3.0,
    }
    assert table["n_items"].tolist() == [4, 2, 1, 3]
    assert table["reason"].tolist() == [""] * 4


@pytest.mark.parametrize(
    ("lost", "score", "reason"),
    [
        ((1,), 4.0, ""),
        ((1, 2), 5.5, ""),
        ((1, 2, 3), None, "only 1 of 4 items answered (2 needed)"),
        ((1, 2, 3, 4), None, "only 0 of 4 items answered (2 needed)"),
    ],
)
def test_half_of_the_items_are_enough_for_a_median(lost, score, reason):
    row = profile(FULL | dict.fromkeys(lost)).loc["movement"]
    assert (None if pd.isna(row["score"]) else row["score"]) == score
    assert row["reason"] == reason


def test_a_gap_can_be_made_to_cost_the_subscale_and_the_whole():
    table = profile(FULL | {1: None}, missing_items="not_evaluable")
    assert table.loc["movement", "reason"] == "only 3 of 4 items answered (4 needed)"
    assert table.loc["overall", "reason"] == "only 2 of 3 subscales answered (3 needed)"
    assert table["score"].isna().tolist() == [True, False, False, True]


def test_a_single_item_is_its_value_or_missing():
    assert profile(FULL).loc["social", "score"] == 6
    assert pd.isna(profile(FULL | {31: None}).loc["social", "score"])


def test_visits_keep_their_order_and_no_visit_gives_no_score():
    table = pd.concat([answers(FULL, "P2"), answers(FULL, "P1")])
    found = derive_activities_profile(table, item_map=INVENTED)
    assert found["patient_id"].tolist() == ["P2"] * 4 + ["P1"] * 4
    assert found["subscale"].tolist() == ["movement", "personal care", "social", "overall"] * 2
    assert derive_activities_profile(table.iloc[:0], item_map=INVENTED).empty


@pytest.mark.parametrize(("response", "fine"), [(0, False), (1, True), (7, True), (8, False)])
def test_responses_run_from_1_to_7(response, fine):
    if fine:
        assert profile({31: response}).loc["social", "score"] == response
    else:
        with pytest.raises(ValueError, match=f"item 31: {response} is not one of 1, 2"):
            profile({31: response})


def test_items_beyond_the_form_are_refused():
    with pytest.raises(ValueError, match="item 32 is not one of 1 to 31"):
        profile({32: 1})


def test_every_fault_of_a_map_is_named():
    with pytest.raises(
        ValueError,
        match="item 1 is used twice, item 32 is not on the form, a is named twice, b has no item, "
        "overall is taken",
    ):
        ActivitiesProfileMap(
            "x", (("a", ("1",)), ("a", ("1", "32")), ("b", ()), ("overall", ("2",)))
        )
    with pytest.raises(ValueError, match="no subscale given"):
        ActivitiesProfileMap("x", ())
