"""Agreement against Shrout and Fleiss, pingouin, statsmodels' own example and hand work."""

import numpy as np
import pandas as pd
import pytest

from helpers.stats.agreement import bland_altman, cohen_kappa, intraclass_correlation

SHROUT_FLEISS = np.array(
    [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
)


@pytest.mark.parametrize(
    ("form", "value"),
    [
        ("1,1", 0.16574),
        ("2,1", 0.28976),
        ("3,1", 0.71484),
        ("1,k", 0.44280),
        ("2,k", 0.62005),
        ("3,k", 0.90932),
    ],
)
def test_shrout_and_fleiss(form, value):
    assert intraclass_correlation(SHROUT_FLEISS, form=form).estimate == pytest.approx(
        value, abs=5e-6
    )


@pytest.mark.parametrize(
    ("form", "low", "high"),
    [
        ("1,1", -0.13, 0.72),  # R psych::ICC and pingouin 0.7, which print two digits
        ("2,1", 0.02, 0.76),
        ("3,1", 0.34, 0.95),
        ("1,k", -0.88, 0.91),
        ("2,k", 0.07, 0.93),
        ("3,k", 0.68, 0.99),
    ],
)
def test_shrout_and_fleiss_intervals(form, low, high):
    interval = intraclass_correlation(SHROUT_FLEISS, form=form).interval
    assert tuple(interval) == pytest.approx((low, high), abs=0.0051)


def test_a_specimen_with_a_gap_is_dropped_and_counted():
    gappy = pd.DataFrame(SHROUT_FLEISS, dtype=float)
    gappy.loc[6] = [1.0, np.nan, 2.0, 3.0]
    result = intraclass_correlation(gappy)
    assert (result.n_used, result.n_missing) == (6, 1)
    assert result.estimate == pytest.approx(0.28976, abs=5e-6)


@pytest.mark.parametrize(
    ("ratings", "reason"),
    [
        (np.array([[1.0, 2.0]]), "two complete specimens"),
        (np.array([[3.0, 3.0], [3.0, 3.0]]), "do not vary"),
    ],
)
def test_an_undefined_icc_is_missing(ratings, reason):
    result = intraclass_correlation(ratings)
    assert result.estimate is None
    assert reason in result.reason


def test_identical_readers_have_no_interval():
    result = intraclass_correlation(np.array([[1.0, 1.0], [2.0, 2.0], [4.0, 4.0]]))
    assert result.estimate == pytest.approx(1.0)
    assert result.interval is None
    assert "last digit" in result.reason


def test_one_reader_is_refused():
    with pytest.raises(ValueError, match="two readers or more"):
        intraclass_correlation(np.array([[1.0], [2.0]]))


def test_kappa_by_hand():
    # Agreement 0.70, chance 0.50: kappa 0.40. SE by Fleiss, Cohen and Everitt.
    first = ["+"] * 25 + ["-"] * 25
    second = ["+"] * 20 + ["-"] * 5 + ["+"] * 10 + ["-"] * 15
    result = cohen_kappa(first, second)
    assert result.estimate == pytest.approx(0.4, abs=1e-12)
    assert result.interval.low < 0.4 < result.interval.high


@pytest.mark.parametrize(("weights", "power"), [("linear", 1), ("quadratic", 2)])
def test_weighted_kappa_by_hand(weights, power):
    # Two of six pairs are one step apart; chance from margins 2 1 2 1 and 1 2 1 2.
    first, second = [0, 1, 2, 3, 0, 2], [0, 1, 2, 3, 1, 3]
    margins = np.outer([2, 1, 2, 1], [1, 2, 1, 2]) / 36
    steps = np.abs(np.subtract.outer(range(4), range(4)))
    expected = 1 - (2 / 6) / (margins * steps**power).sum()
    result = cohen_kappa(first, second, weights=weights, categories=[0, 1, 2, 3])
    assert result.estimate == pytest.approx(expected, abs=1e-12)


def test_an_unused_step_of_the_scale_counts():
    first, second = [0, 0, 2, 2], [0, 2, 2, 2]
    named = cohen_kappa(first, second, weights="linear", categories=[0, 1, 2])
    assert named.estimate == pytest.approx(0.5, abs=1e-12)


def test_complete_agreement_keeps_a_width():
    result = cohen_kappa([1, 1, 2, 2, 3], [1, 1, 2, 2, 3])
    assert result.estimate == 1.0
    assert result.interval.low < 0.5
    assert "no width" in result.note


def test_one_category_only_is_undefined():
    result = cohen_kappa(["+", "+"], ["+", "+"])
    assert result.estimate is None
    assert "one and the same category" in result.reason


def test_complete_disagreement_has_no_interval():
    result = cohen_kappa([1, 0], [0, 1])
    assert (result.estimate, result.interval) == (-1.0, None)
    assert "standard error is 0" in result.reason


def test_kappa_counts_missing_pairs():
    result = cohen_kappa(["+", None, "-"], ["+", "-", "-"])
    assert (result.n_used, result.n_missing) == (2, 1)


def test_a_reading_off_the_scale_is_refused():
    with pytest.raises(ValueError, match="outside the categories"):
        cohen_kappa([0, 1], [0, 7], categories=[0, 1, 2])


def test_kappa_needs_pairs():
    with pytest.raises(ValueError, match="got 1 and 2 readings"):
        cohen_kappa([1], [1, 2])


def test_bland_altman_by_hand():
    # Differences 1, 0, 0.5: mean 0.5, SD 0.5.
    result = bland_altman([1.0, 2.0, 3.0], [0.0, 2.0, 2.5])
    assert result.bias.estimate == pytest.approx(0.5)
    assert result.lower.estimate == pytest.approx(0.5 - 1.959964 * 0.5, abs=1e-6)
    assert result.upper.estimate == pytest.approx(0.5 + 1.959964 * 0.5, abs=1e-6)
    # t(2) = 4.302653; 0.5 / sqrt(3).
    assert result.bias.interval.high == pytest.approx(0.5 + 4.302653 * 0.288675, abs=1e-5)


def test_bland_altman_needs_two_pairs():
    result = bland_altman([1.0, None], [1.0, 2.0])
    assert (result.sd, result.reason) == (None, "needs two complete pairs")
