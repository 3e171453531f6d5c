"""What printed numbers tell about themselves."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.claims.printed_numbers import (
    check_grim,
    check_printed_means,
    identify_p_value_methods,
)
from helpers.claims.verdicts import read_claims
from helpers.contracts.claims import Claim
from helpers.study import read_study


@pytest.fixture(scope="module")
def anakinra():
    return read_study("anakinra_iim")


def _claim(**given_fields):
    return Claim(**dict.fromkeys(Claim.__dataclass_fields__, "") | given_fields)


@pytest.mark.parametrize(
    ("mean", "n", "decimals", "items", "possible"),
    [
        # Brown and Heathers 2017: 5.19 of 28 people cannot be, 5.18 (145/28) can.
        (5.19, 28, 2, 1, False),
        (5.18, 28, 2, 1, True),
        # The same with three items each: 436/84 = 5.190.
        (5.19, 28, 2, 3, True),
        # Shares of 15: 7/15 = 46.67 % prints as 0.467 or 0.47, and 0.46 is no share of 15.
        (0.467, 15, 3, 1, True),
        (0.47, 15, 2, 1, True),
        (0.46, 15, 2, 1, False),
        # 1/8 = 0.125 may be rounded up or to even.
        (0.13, 8, 2, 1, True),
        (0.12, 8, 2, 1, True),
        (0.14, 8, 2, 1, False),
    ],
)
def test_grim_tells_possible_means_from_impossible_ones(mean, n, decimals, items, possible):
    assert check_grim(mean, n, decimals, items).possible is possible


def test_grim_says_when_it_cannot_fail():
    assert check_grim(2559, n=14, decimals=0).informative is False
    assert check_grim(2.5, n=10, decimals=1).informative is False
    assert check_grim(2.5, n=9, decimals=1).informative is True
    assert check_grim(0.46, n=15, decimals=2).nearest == pytest.approx(7 / 15)


@pytest.mark.parametrize(("n", "decimals", "items"), [(0, 2, 1), (5, -1, 1), (5, 2, 0)])
def test_grim_refuses_numbers_that_are_no_counts(n, decimals, items):
    with pytest.raises(ValueError, match="expected n and items of 1 or more"):
        check_grim(1.0, n, decimals, items)


@given(
    values=st.lists(st.integers(0, 50), min_size=1, max_size=60),
    decimals=st.integers(0, 4),
)
@settings(deadline=None, max_examples=100)
def test_the_mean_of_whole_numbers_is_always_possible(values, decimals):
    mean = round(sum(values) / len(values), decimals)
    assert check_grim(mean, len(values), decimals).possible


def test_p_of_the_rise_in_il1ra_is_the_normal_approximation_with_all_ten_rising(anakinra):
    methods = identify_p_value_methods(read_claims(anakinra)).set_index(["claim_id", "method"])
    rise = methods.loc["SER-06"]
    assert rise["fits"].to_dict() == {
        "signed ranks, exact": False,
        "signed ranks, normal approximation": True,
        "signed ranks, normal approximation with continuity correction": False,
        "sign test, exact": False,
    }
    fitting = rise.loc["signed ranks, normal approximation"]
    assert fitting["p_value"] == pytest.approx(0.005062, abs=1e-6)
    assert fitting["outcome"] == "all 10 change the same way"
    # Exact p of 10 pairs: 2/1024 for none against, then 4/1024 = 0.0039 and 6/1024 = 0.0059.
    assert rise.loc["signed ranks, exact", "p_value"] == pytest.approx(6 / 1024)


def test_p_of_the_correlation_fits_a_t_approximation_and_no_exact_test(anakinra):
    methods = identify_p_value_methods(read_claims(anakinra)).set_index(["claim_id", "method"])
    correlation = methods.loc["TCE-03"]
    assert correlation["fits"].to_dict() == {
        "Spearman, t approximation": True,
        "Spearman, exact": False,
        "Pearson, t distribution": True,
    }
    assert correlation.loc["Spearman, t approximation", "outcome"] == "rho = -0.929"
    assert correlation.loc["Spearman, t approximation", "p_value"] == pytest.approx(
        0.000863, abs=1e-6
    )
    # The exact p of rho = -0.929 at n = 8, by enumeration of 8! orders: 90/40320.
    assert correlation.loc["Spearman, exact", "p_value"] == pytest.approx(90 / 40_320)


@pytest.mark.parametrize("r", ["0.9", "-0.9"])
def test_the_sign_of_a_coefficient_does_not_matter(r):
    claim = _claim(claim_id="X", statistic="correlation", n="8", value=r, p_value="0.002")
    methods = identify_p_value_methods([claim]).set_index("method")
    assert methods["fits"].all()
    assert methods.loc["Spearman, exact", "p_value"] == pytest.approx(90 / 40_320)


def test_exact_correlations_of_many_are_not_tried():
    claim = _claim(claim_id="X", statistic="correlation", n="20", value="0.6", p_value="0.005")
    methods = identify_p_value_methods([claim]).set_index("method")
    assert methods.index.tolist() == ["Spearman, t approximation", "Pearson, t distribution"]


def test_claims_without_a_p_are_passed_over():
    assert identify_p_value_methods([_claim(statistic="mean", n="4", value="2")]).empty


def test_an_exact_p_is_recognised_as_such():
    claim = _claim(claim_id="X", statistic="p_value", n="6", p_value="0.031")
    methods = identify_p_value_methods([claim]).set_index("method")
    assert methods.loc["signed ranks, exact", "fits"]
    assert not methods.loc["signed ranks, normal approximation", "fits"]


def test_means_are_checked_against_their_own_range(anakinra):
    means = check_printed_means(read_claims(anakinra)).set_index("claim_id")
    assert means["least_n"].dropna().to_dict() == {
        "SER-01": 4,
        "SER-02": 3,
        "TCE-04": 5,
        "TCE-06": 3,
    }
    # 13 values of 467 and one of 6937; 467 once and 13 of 6937: by hand.
    assert means.loc["SER-01", "attainable_low"] == pytest.approx(13_008 / 14)
    assert means.loc["SER-01", "attainable_high"] == pytest.approx(90_648 / 14)
    assert means.loc["SER-04", "remark"] == "no range printed with it"


@pytest.mark.parametrize(
    ("value", "low", "high", "n", "remark"),
    [
        ("19571", "19572", "18844", "10", "no number of values with this range has this mean"),
        ("9.6", "1", "9.5", "10", "no number of values with this range has this mean"),
        ("2.0", "1", "9", "8", "needs 8 values or more"),
        ("2.0", "1", "9", "7", "needs 8 values or more: fewer were printed"),
    ],
)
def test_a_mean_outside_what_its_range_allows_is_named(value, low, high, n, remark):
    claim = _claim(claim_id="X", statistic="mean", value=value, low=low, high=high, n=n)
    assert check_printed_means([claim])["remark"].tolist() == [remark]
