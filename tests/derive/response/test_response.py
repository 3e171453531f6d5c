from itertools import product

import pandas as pd
import pytest
from tests.derive.response_visits import make_visits

from helpers.contracts.response import IMACS_2004
from helpers.derive.response.core_set import derive_relative_change
from helpers.derive.response.imacs import flag_imacs_improvement, flag_imacs_worsening
from helpers.derive.response.response import (
    CATEGORIES,
    derive_best_response,
    derive_response_category,
)


def flags(name, *values, patient_id="P1"):
    return pd.DataFrame(
        {
            "patient_id": patient_id,
            "month": [3.0 * (place + 1) for place in range(len(values))],
            name: pd.array(values, dtype="boolean"),
            "reason": "because",
        }
    )


def category(improved, worsened, **options):
    table = derive_response_category(
        flags("improved", improved), flags("worsened", worsened), **options
    )
    return table["category"].item()


# --- category ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("improved", "worsened", "expected"),
    [
        (True, False, "improved"),
        (True, None, "improved"),
        (True, True, "improved"),
        (False, True, "worsened"),
        (None, True, "worsened"),
        (False, False, "unchanged"),
        (False, None, "not evaluable"),
        (None, False, "not evaluable"),
        (None, None, "not evaluable"),
    ],
)
def test_every_pair_of_flags_is_in_exactly_one_class(improved, worsened, expected):
    assert category(improved, worsened) == expected
    assert expected in CATEGORIES


def test_a_visit_that_meets_both_definitions_can_be_called_worsened_and_says_so():
    assert category(True, True, when_both="worsened") == "worsened"
    table = derive_response_category(flags("improved", True), flags("worsened", True))
    assert table["reason"].item() == (
        "meets both definitions; improvement: because; worsening: because"
    )


def test_classes_follow_the_order_of_the_improvement_table():
    improvement = flags("improved", True, False, None).iloc[[2, 0, 1]]
    table = derive_response_category(improvement, flags("worsened", False, True, None))
    assert table["month"].tolist() == [9.0, 3.0, 6.0]
    assert table["category"].tolist() == ["not evaluable", "improved", "worsened"]


def test_tables_with_different_visits_are_refused():
    with pytest.raises(ValueError, match=r"found only in one: \(P1, 6\.0\)"):
        derive_response_category(flags("improved", True, True), flags("worsened", True))


def test_a_doubled_visit_is_refused():
    doubled = pd.concat([flags("improved", True)] * 2)
    with pytest.raises(ValueError, match="improvement: expected one row per patient_id x month"):
        derive_response_category(doubled, flags("worsened", True))


def test_no_visit_gives_no_class():
    table = derive_response_category(flags("improved"), flags("worsened"))
    assert table.empty
    assert list(table.columns) == ["patient_id", "month", "category", "reason"]


def test_the_published_cohort_falls_into_classes(munters_core_set):
    """By hand: only O has three measures worse by 30 % (HAQ-DI 40 %, CK 33 %, patient VAS 51 %)."""
    change = derive_relative_change(munters_core_set)
    worsening = flag_imacs_worsening(change, vas_maximum=100, extramuscular_is_vas=False)
    table = derive_response_category(
        flag_imacs_improvement(change, definition=IMACS_2004), worsening
    )
    found = table.set_index("patient_id")["category"]
    assert found[found == "improved"].index.tolist() == list("ABCDFIK")
    assert found[found == "worsened"].index.tolist() == ["O"]
    assert found[found == "unchanged"].index.tolist() == list("EGHJLMN")


# --- best response -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("letters", "best", "first", "last", "until"),
    [
        ("iii", "improved", 3, 12, 12),
        ("iiu", "improved", 3, 6, 6),
        ("iui", "improved", 3, 12, 3),
        ("ini", "improved", 3, 12, 3),
        ("i-i", "improved", 3, 12, 12),
        ("uii", "improved", 6, 12, 12),
        ("wwi", "improved", 12, 12, 12),
        ("uwu", "worsened", None, None, None),
        ("uuw", "worsened", None, None, None),
        ("uun", "unchanged", None, None, None),
        ("nnn", "not evaluable", None, None, None),
    ],
)
def test_the_best_response_and_its_months(letters, best, first, last, until):
    row = derive_best_response(make_visits(P1=letters)).iloc[0]
    assert row["best_response"] == best
    months = row[["first_improved_month", "last_improved_month", "sustained_until_month"]]
    assert [None if pd.isna(month) else month for month in months] == [first, last, until]


@pytest.mark.parametrize(
    ("letters", "best"), [("wuu", "unchanged"), ("uww", "worsened"), ("uwn", "worsened")]
)
def test_worsening_can_be_asked_of_the_last_evaluable_visit_only(letters, best):
    table = derive_best_response(make_visits(P1=letters), worsened_when="last_evaluable_visit")
    assert table["best_response"].item() == best


def test_all_possible_courses_have_exactly_one_best_response():
    courses = {"".join(letters): "".join(letters) for letters in product("iuwn", repeat=3)}
    table = derive_best_response(make_visits(**courses))
    assert len(table) == 64
    assert table["best_response"].isin(CATEGORIES).all()
    improved = table["best_response"] == "improved"
    assert table.loc[improved, "first_improved_month"].notna().all()
    assert table.loc[~improved, "first_improved_month"].isna().all()
    ordered = table[improved]
    assert (ordered["first_improved_month"] <= ordered["sustained_until_month"]).all()
    assert (ordered["sustained_until_month"] <= ordered["last_improved_month"]).all()


def test_visits_are_counted_and_may_come_in_any_order():
    row = derive_best_response(make_visits(P1="iin").iloc[::-1]).iloc[0]
    assert (row["n_visits"], row["n_evaluable"]) == (3, 2)
    assert (row["first_improved_month"], row["sustained_until_month"]) == (3.0, 6.0)


def test_patients_without_a_visit_are_kept_when_listed():
    table = derive_best_response(make_visits(P2="i"), patients=["P1", "P2"])
    assert table["patient_id"].tolist() == ["P1", "P2"]
    assert table["best_response"].tolist() == ["not evaluable", "improved"]
    assert table["n_visits"].tolist() == [0, 1]


def test_strangers_repeated_patients_and_unknown_classes_are_refused():
    with pytest.raises(ValueError, match="more than once: P1; not listed: P2"):
        derive_best_response(make_visits(P2="i"), patients=["P1", "P1"])
    with pytest.raises(ValueError, match="column category: expected one of improved"):
        derive_best_response(make_visits(P1="i").replace("improved", "better"))
    with pytest.raises(ValueError, match="categories: expected one row per patient_id x month"):
        derive_best_response(pd.concat([make_visits(P1="i")] * 2))


def test_no_patient_gives_an_empty_table_with_its_types():
    table = derive_best_response(make_visits())
    assert table.empty
    assert str(table["n_visits"].dtype) == "Int64"
