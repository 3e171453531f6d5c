"""The verbs on small tables: what each finds, and what it cannot know."""

import math

import pytest

from helpers.claims.evidence import NotKnown
from helpers.claims.verbs import (
    VERBS,
    approximate_signed_rank,
    approximate_spearman,
    judge_undecided,
    judge_way,
)
from helpers.contracts.claims import NOT_CHECKED
from helpers.contracts.claims import VERBS as NAMED
from helpers.stats.exact.exact import signed_rank_test
from helpers.stats.result import StatisticResult


def test_approximations_agree_with_published_values():
    # R: wilcox.test(1:10, exact = FALSE, correct = FALSE), and correct = TRUE.
    assert approximate_signed_rank(range(1, 11)) == pytest.approx(0.005062, abs=1e-6)
    assert approximate_signed_rank(range(1, 11), correction=True) == pytest.approx(
        0.005922, abs=1e-6
    )
    # Golden value: x = 1..8, y = 2,1,4,3,6,5,8,7 has rho 0.9047619 and scipy's t p 0.00200828.
    assert approximate_spearman(0.9047619047619048, 8) == pytest.approx(0.00200828, abs=1e-8)
    assert approximate_spearman(1.0, 8) == 0.0
    assert math.isnan(approximate_spearman(0.5, 2))


def test_a_direction_is_reproduced_compatible_or_not():
    # Signed ranks of 6: all one way p = 2/64 = 0.03125, one against at rank 1 p = 4/64 = 0.0625.
    assert judge_way(signed_rank_test([1, 2, 3, 4, 5, 6]), expected="up").verdict == ("reproduced")
    weak = judge_way(signed_rank_test([-1, 2, 3, 4, 5, 6]), expected="up")
    assert (weak.verdict, weak.note) == ("compatible", "the way holds, but not at 5 %")
    wrong = judge_way(signed_rank_test([1, 2, 3, 4, 5, 6]), expected="down")
    assert (wrong.verdict, wrong.note) == ("not reproduced", "the other way")
    with pytest.raises(NotKnown):
        judge_way(signed_rank_test([]), expected="up")


def test_no_change_needs_every_p_at_or_above_5_percent():
    at, below = (StatisticResult(estimate=1.0, p_value=p, n_used=9) for p in (0.05, 0.0499))
    assert judge_undecided({"a": at}).verdict == "reproduced"
    assert judge_undecided({"a": at, "b": below}).verdict == "not reproduced"
    with pytest.raises(NotKnown, match="no values to test"):
        judge_undecided({})


def test_every_verb_that_a_file_may_name_is_computed():
    assert set(VERBS) == set(NAMED) - {NOT_CHECKED}
