"""Tables, proportions and rates against printed values and brute-force inversion."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import binom, chi2, fisher_exact, nchypergeom_fisher
from scipy.stats.contingency import odds_ratio

from helpers.stats.exact.proportions import (
    binomial_interval,
    fisher_test,
    mcnemar_test,
    poisson_rate_interval,
)

FEW = settings(deadline=None, max_examples=25)
BALANCED = [[6, 12], [12, 5]]  # exact2x2 vignette
PUBLISHED = [[7, 0], [3, 5]]  # IL-1Ra positive by response
TEA = [[3, 1], [1, 3]]  # R: example(fisher.test)
CONVICTIONS = [[2, 15], [10, 3]]  # R: example(fisher.test)
cells = st.integers(0, 7)


def binomial_p(k, n, p, method):
    """Return the two-sided p from the definition, tail by tail."""
    mass = binom.pmf(np.arange(n + 1), n, p)
    lower, upper = mass[: k + 1].sum(), mass[k:].sum()
    if method == "midp":
        return 2 * min(lower, upper) - mass[k]
    if method == "clopper-pearson":
        return min(1.0, 2 * min(lower, upper))
    if lower < upper:
        tails = [mass[j:].sum() for j in range(n + 2)]
    else:
        tails = [mass[:j].sum() for j in range(n + 2)]
    near = min(lower, upper)
    return near + max(tail for tail in tails if tail <= near * (1 + 1e-12))


class TestFisher:
    @pytest.mark.parametrize(
        ("table", "method", "p"),
        [
            (BALANCED, "minlike", 0.0437102),  # exact2x2 vignette, as the next three
            (BALANCED, "central", 0.0605876),
            (BALANCED, "blaker", 0.0437102),
            (BALANCED, "midp", 0.0352714),
            (PUBLISHED, "minlike", 0.0256410),  # R 4.2.2
            (PUBLISHED, "central", 0.0372960),
            (PUBLISHED, "midp", 0.0186480),
            (CONVICTIONS, "minlike", 0.00053672),  # R 4.2.2
        ],
    )
    def test_it_agrees_with_printed_p_values(self, table, method, p):
        assert fisher_test(table, method=method).p_value == pytest.approx(p, abs=5e-8)

    @pytest.mark.parametrize(
        ("table", "method", "low", "high"),
        [
            (BALANCED, "central", 0.03888, 1.05649),  # exact2x2 vignette, grid search
            (BALANCED, "minlike", 0.0436, 0.9170),
            (BALANCED, "blaker", 0.0423, 0.9170),
            (PUBLISHED, "central", 1.13745, math.inf),
        ],
    )
    def test_it_agrees_with_printed_intervals(self, table, method, low, high):
        interval = fisher_test(table, method=method).interval
        assert tuple(interval) == pytest.approx((low, high), abs=6e-5)

    @pytest.mark.parametrize(
        ("table", "estimate"), [(TEA, 6.408309), (CONVICTIONS, 0.0469366), (BALANCED, 0.218902)]
    )
    def test_the_odds_ratio_is_the_conditional_estimate(self, table, estimate):
        # R finds its root to four digits only.
        assert fisher_test(table).estimate == pytest.approx(estimate, rel=5e-6)

    def test_one_sided_tea_tasting(self):
        result = fisher_test(TEA, alternative="greater")
        assert result.p_value == pytest.approx(0.2428571, abs=1e-7)  # R 4.2.2
        assert tuple(result.interval) == pytest.approx((0.3135693, math.inf), abs=1e-5)

    def test_one_sided_convictions(self):
        p = fisher_test(CONVICTIONS, alternative="less").p_value
        assert p == pytest.approx(0.00046518, abs=5e-9)  # R 4.2.2

    @given(a=cells, b=cells, c=cells, d=cells)
    @FEW
    def test_the_default_p_is_scipy_s(self, a, b, c, d):
        assume(a + b and c + d and a + c and b + d)
        table = [[a, b], [c, d]]
        assert fisher_test(table).p_value == pytest.approx(fisher_exact(table).pvalue, abs=1e-9)

    @given(a=cells, b=cells, c=cells, d=cells)
    @FEW
    def test_central_limits_are_scipy_s(self, a, b, c, d):
        assume(a + b and c + d and a + c and b + d)
        table = [[a, b], [c, d]]
        reference = odds_ratio(table).confidence_interval(0.95)
        ours = fisher_test(table, method="central").interval
        assert tuple(ours) == pytest.approx((reference.low, reference.high), rel=1e-6)

    @pytest.mark.parametrize("method", ["minlike", "central", "midp", "blaker"])
    @given(a=cells, b=cells, c=cells, d=cells)
    @FEW
    def test_p_and_interval_never_contradict(self, method, a, b, c, d):
        assume(a + b and c + d and a + c and b + d)
        result = fisher_test([[a, b], [c, d]], method=method)
        if 1 not in result.interval:
            assert result.p_value <= 0.05 + 1e-9

    @pytest.mark.parametrize("table", [BALANCED, CONVICTIONS, [[4, 3], [2, 6]], [[1, 9], [5, 5]]])
    def test_minimum_likelihood_limits_are_the_outer_ends(self, table):
        (a, b), (c, d) = table
        low, high = fisher_test(table).interval

        def p(ratio):
            support = np.arange(max(0, a + c - c - d), min(a + b, a + c) + 1)
            mass = nchypergeom_fisher.pmf(support, a + b + c + d, a + b, a + c, ratio)
            seen = mass[support == a][0]
            return mass[mass <= seen * (1 + 1e-9)].sum()

        assert p(low * 1.00001) > 0.05 - 1e-6
        assert p(high / 1.00001) > 0.05 - 1e-6
        assert max(p(low / grow) for grow in np.linspace(1.0001, 3, 60)) <= 0.05
        assert max(p(high * grow) for grow in np.linspace(1.0001, 3, 60)) <= 0.05

    def test_an_empty_row_has_no_odds_ratio(self):
        result = fisher_test([[0, 0], [3, 5]])
        assert (result.p_value, result.estimate) == (1.0, None)
        assert tuple(result.interval) == (0.0, math.inf)
        assert "no odds ratio" in result.reason

    @pytest.mark.parametrize(
        ("table", "message"),
        [
            ([[1, 2, 3], [4, 5, 6]], "2 x 2 table of counts"),
            ([[0.5, 1], [2, 3]], "whole count"),
            ([[-1, 1], [2, 3]], "whole count"),
            ([[None, 1], [2, 3]], "whole count"),
        ],
    )
    def test_bad_tables_are_refused(self, table, message):
        with pytest.raises(ValueError, match=message):
            fisher_test(table)

    def test_unknown_methods_are_named(self):
        with pytest.raises(ValueError, match="method must be one of minlike, central"):
            fisher_test(TEA, method="doubling")


class TestMcNemar:
    def test_the_p_is_the_binomial_one(self):
        # 1 against 8: 2 * (1 + 9) / 2**9.
        assert mcnemar_test([[3, 1], [8, 3]]).p_value == pytest.approx(20 / 512, abs=1e-12)

    def test_the_interval_is_clopper_pearson_s_as_odds(self):
        low, high = mcnemar_test([[3, 1], [8, 3]]).interval
        shares = binomial_interval(1, 9).interval
        expected = [share / (1 - share) for share in shares]
        assert [low, high] == pytest.approx(expected, rel=1e-9)

    def test_nobody_changing_is_undefined(self):
        result = mcnemar_test([[5, 0], [0, 4]])
        assert (result.p_value, result.reason) == (None, "no patient changed")

    def test_one_direction_only_has_infinite_odds(self):
        assert mcnemar_test([[5, 3], [0, 4]]).estimate == math.inf


class TestBinomial:
    @pytest.mark.parametrize(
        ("k", "method", "low", "high"),
        [
            (7, "clopper-pearson", 0.212667, 0.734139),
            (7, "wilson", 0.248095, 0.698830),
            (7, "midp", 0.231973, 0.713191),
            (4, "clopper-pearson", 0.077872, 0.551003),
            (4, "wilson", 0.108975, 0.519504),
            (4, "midp", 0.091022, 0.525335),
            (0, "clopper-pearson", 0, 0.218019),
            (0, "wilson", 0, 0.203883),
            (0, "midp", 0, 0.181036),
            (15, "clopper-pearson", 0.781981, 1),
            (15, "wilson", 0.796117, 1),
            (15, "midp", 0.818964, 1),
        ],
    )
    def test_fifteen_patients(self, k, method, low, high):
        interval = binomial_interval(k, 15, method=method).interval
        assert tuple(interval) == pytest.approx((low, high), abs=5e-7)

    @pytest.mark.parametrize(("k", "low", "high"), [(7, 0.21503, 0.70966), (4, 0.09667, 0.53526)])
    def test_blaker_agrees_with_the_stepped_search(self, k, low, high):
        # BlakerCI and DescTools walk in steps of 1e-5 or more.
        interval = binomial_interval(k, 15, method="blaker").interval
        assert tuple(interval) == pytest.approx((low, high), abs=2e-5)

    @pytest.mark.parametrize("method", ["clopper-pearson", "midp", "blaker"])
    @given(n=st.integers(2, 25), share=st.floats(0, 1))
    @FEW
    def test_the_limits_are_where_the_p_crosses(self, method, n, share):
        k = round(share * n)
        low, high = binomial_interval(k, n, method=method).interval
        if low > 0:
            assert binomial_p(k, n, low + 1e-8, method) > 0.05 - 1e-6
            assert all(binomial_p(k, n, low - step, method) <= 0.05 for step in (1e-8, low / 3))
        if high < 1:
            assert binomial_p(k, n, high - 1e-8, method) > 0.05 - 1e-6
            far = (1 - high) / 3
            assert all(binomial_p(k, n, high + step, method) <= 0.05 for step in (1e-8, far))

    @given(n=st.integers(1, 30), share=st.floats(0, 1))
    @FEW
    def test_blaker_lies_inside_clopper_pearson(self, n, share):
        k = round(share * n)
        inner = binomial_interval(k, n, method="blaker").interval
        outer = binomial_interval(k, n).interval
        assert inner.low >= outer.low - 1e-9
        assert inner.high <= outer.high + 1e-9

    def test_spelling_of_the_method_is_forgiven(self):
        one = binomial_interval(4, 15, method="mid-p").interval
        assert one == binomial_interval(4, 15, method="midp").interval
        assert binomial_interval(4, 15, method="clopper_pearson").interval.low > 0

    def test_no_patients_means_no_proportion(self):
        result = binomial_interval(0, 0)
        assert (result.estimate, result.interval, result.reason) == (None, None, "no patients")

    def test_a_null_proportion_gives_a_p_of_the_same_method(self):
        assert binomial_interval(9, 9, null=0.5).p_value == pytest.approx(2 / 512, abs=1e-12)
        assert binomial_interval(9, 9, null=0.5, method="midp").p_value == pytest.approx(
            1 / 512, abs=1e-12
        )
        assert binomial_interval(3, 9).p_value is None

    @pytest.mark.parametrize(
        ("k", "n", "message"),
        [(5, 4, "must not exceed n"), (-1, 4, "whole count"), (0.5, 4, "whole count")],
    )
    def test_impossible_counts_are_refused(self, k, n, message):
        with pytest.raises(ValueError, match=message):
            binomial_interval(k, n)


class TestPoisson:
    def test_it_is_garwood_s(self):
        result = poisson_rate_interval(3, 12.5)
        limits = np.array([chi2.ppf(0.025, 6), chi2.ppf(0.975, 8)]) / 2 / 12.5 * 100
        assert result.estimate == 24.0
        assert tuple(result.interval) == pytest.approx(tuple(limits), rel=1e-12)

    def test_no_events_have_an_upper_limit(self):
        # -ln(0.025) / 10 years, per 100.
        assert poisson_rate_interval(0, 10).interval.high == pytest.approx(36.88879, abs=1e-5)
        assert poisson_rate_interval(0, 10).interval.low == 0.0

    def test_no_exposure_has_no_rate(self):
        assert poisson_rate_interval(0, 0).reason == "no exposure"

    def test_negative_exposure_is_refused(self):
        with pytest.raises(ValueError, match="exposure must be finite"):
            poisson_rate_interval(1, -2)

    def test_a_null_rate_is_tested(self):
        # R: poisson.test(10, 1, 5, "greater") has 0.03182806; twice the smaller tail.
        p = poisson_rate_interval(10, 1, per=1, null=5).p_value
        assert p == pytest.approx(0.06365612, abs=1e-7)
