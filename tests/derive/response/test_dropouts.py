"""The same cohort under three rules for those who were not seen."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.derive.response_visits import make_visits

from helpers.derive.response.dropouts import (
    DROPOUT_RULES,
    RESPONDER_RULES,
    derive_response_at_month,
    summarise_dropout_rules,
)

RULES = {rule.name: rule for rule in (*DROPOUT_RULES, *RESPONDER_RULES)}

PATIENTS = ["A", "B", "C", "D", "E"]
# A stays improved; B improved, then left; C came late; D could not be judged at the end; E never
# came back after baseline.
VISITS = [
    ("A", 3.0, "improved"),
    ("A", 6.0, "improved"),
    ("B", 3.0, "improved"),
    ("C", 6.0, "improved"),
    ("D", 3.0, "worsened"),
    ("D", 6.0, "not evaluable"),
]


def summarise(visits=VISITS, *, patients=PATIENTS, months=(3.0, 6.0), not_due=()):
    categories = pd.DataFrame(visits, columns=["patient_id", "month", "category"])
    arms = pd.Series("drug", index=list(patients))
    return summarise_dropout_rules(categories, groups=arms, months=months, not_due=not_due)


def test_the_rules_stand_side_by_side():
    # n_improved, n, n_replaced by hand. Month 3: A and B improved, D judged, C and E absent.
    # Month 6: A and C improved and judged; carried forward B improved, D worsened.
    counts = summarise()[["month", "rule", "n_improved", "n", "n_replaced"]]
    assert counts.values.tolist() == [
        [3.0, "non_response", 2, 5, 2],
        [3.0, "observed", 2, 3, 0],
        [3.0, "last_observation", 2, 3, 0],
        [6.0, "non_response", 2, 5, 3],
        [6.0, "observed", 2, 2, 0],
        [6.0, "last_observation", 3, 4, 2],
    ]


def test_columns_are_named_and_the_usual_analysis_is_first():
    counts = ["n_improved", "n", "n_replaced", "n_not_due"]
    assert list(summarise()) == ["month", "group", "rule", *counts]
    assert DROPOUT_RULES[0].name == "non_response"


def test_a_visit_that_nobody_reached_is_left_out():
    assert summarise(months=(3.0, 6.0, 12.0))["month"].unique().tolist() == [3.0, 6.0]


def test_a_visit_yet_to_come_is_in_no_denominator():
    # By hand: as above at month 6, without E, who has not reached it.
    counts = summarise(not_due=[("E", 6.0)], months=(6.0,))
    assert counts[["n_improved", "n", "n_not_due"]].values.tolist() == [
        [2, 4, 1],
        [2, 2, 1],
        [3, 4, 1],
    ]


def test_where_nobody_was_judged_there_is_no_zero():
    counts = summarise([("A", 3.0, "not evaluable")], months=(3.0,))
    assert counts["n_improved"].isna().all()


def test_arms_are_counted_apart():
    categories = pd.DataFrame(VISITS, columns=["patient_id", "month", "category"])
    arms = pd.Series(list("xxyyy"), index=PATIENTS)
    counts = summarise_dropout_rules(categories, groups=arms, months=[6.0])
    everybody = counts[counts["rule"] == "non_response"].set_index("group")
    assert everybody[["n_improved", "n"]].T.to_dict("list") == {"x": [1, 2], "y": [1, 3]}


def test_without_any_visit_there_are_no_rows():
    assert summarise([]).empty


def test_where_everybody_was_judged_the_rules_agree():
    visits = [(patient, 3.0, "improved") for patient in "AB"]
    counts = summarise(visits, patients=["A", "B"], months=[3.0])
    assert counts[["n_improved", "n", "n_replaced"]].values.tolist() == [[2, 2, 0]] * 3


def test_a_patient_who_is_not_listed_is_refused():
    with pytest.raises(ValueError, match="not listed: E"):
        summarise([("E", 3.0, "improved")], patients=["A"])


@settings(deadline=None, max_examples=25)
@given(
    st.lists(
        st.sampled_from(["improved", "unchanged", "worsened", "not evaluable", "absent"]),
        min_size=4,
        max_size=4,
    )
)
def test_counting_everybody_never_gives_the_larger_share(fates):
    visits = [
        (patient, month, fate)
        for (patient, month), fate in zip(
            [("A", 3.0), ("B", 3.0), ("A", 6.0), ("B", 6.0)], fates, strict=True
        )
        if fate != "absent"
    ]
    counts = summarise(visits, patients=["A", "B"])
    for _, rules in counts.groupby("month"):
        of = rules.set_index("rule").astype({"n_improved": "Int64"}).fillna(0)
        assert of.loc["non_response", "n"] == 2
        assert of.loc["non_response", "n_improved"] == of.loc["observed", "n_improved"]
        assert of.loc["last_observation", "n_improved"] >= of.loc["observed", "n_improved"]
        assert (of["n_improved"] <= of["n"]).all()


COURSES = make_visits(P1="i-i", P2="iu", P3="in", P4="uwn", P5="---")
EVERYBODY = ["P1", "P2", "P3", "P4", "P5"]


def at_month(month, rule, categories=COURSES):
    return derive_response_at_month(categories, month=month, patients=EVERYBODY, rule=RULES[rule])


def test_a_missing_visit_can_count_as_non_response():
    table = at_month(6, "non_response")
    assert table["improved"].tolist() == [False] * 5
    assert table["source"].tolist() == [
        "counted as non-response",
        "observed",
        "counted as non-response",
        "observed",
        "counted as non-response",
    ]


def test_a_missing_visit_can_stay_missing():
    table = at_month(12, "observed")
    assert table["improved"].isna().tolist() == [False, True, True, True, True]
    assert table["improved"].iloc[0]
    assert table["source"].iloc[1] == "missing"


def test_the_last_evaluable_visit_can_be_carried_forward_and_says_from_where():
    table = at_month(12, "last_observation")
    assert table["category"].tolist() == [
        "improved",
        "unchanged",
        "improved",
        "worsened",
        "not evaluable",
    ]
    assert table["source"].tolist() == ["observed"] + ["carried forward"] * 3 + ["missing"]
    assert table["source_month"].tolist()[:4] == [12.0, 6.0, 3.0, 6.0]
    assert pd.isna(table["improved"].iloc[4])


def test_a_later_visit_is_never_carried_back():
    table = at_month(6, "last_observation", make_visits(P1="--i", P2="ui"))
    assert pd.isna(table["improved"].iloc[0])


def test_an_unknown_month_is_refused():
    with pytest.raises(ValueError, match="month 9 not found; the months there are: 3, 6, 12"):
        at_month(9, "observed")


def test_who_was_never_judged_can_count_where_the_others_are_carried_forward():
    carried, counted = at_month(12, "last_observation"), at_month(12, "last_carried")
    assert pd.isna(carried["improved"].iloc[4])
    assert not counted["improved"].iloc[4]
    assert carried["improved"].tolist()[:4] == counted["improved"].tolist()[:4]


def test_no_two_rules_have_one_name_or_one_label():
    rules = [*DROPOUT_RULES, *RESPONDER_RULES]
    assert len(RULES) == len({rule.label for rule in rules}) == len(rules) == 8
