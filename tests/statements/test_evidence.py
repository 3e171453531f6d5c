"""How sure the data make a reader is told by one standard, and never for more than it is."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import rankdata
from tests.report.biopsy_cohorts import compare, stain
from tests.report.cohorts import read_words
from tests.statements.studies import build, find, make_arms

from helpers.answers import biopsies, response
from helpers.report.p_values import STANDARD
from helpers.report.pieces import Text
from helpers.stats.association import spearman_test
from helpers.stats.exact.exact import change_test, hodges_lehmann, signed_rank_test


def read(answer):
    """Give all paragraphs of an answer as a reader sees them."""
    pieces = [piece for piece in answer.list_pieces() if isinstance(piece, Text)]
    return " ".join(read_words(text) for piece in pieces for text in piece.paragraphs)


def ask_share(folder, *fates, **arms):
    chosen = make_arms(**(arms or {"drug": len(fates)}))
    return response.share(
        build(folder, chosen, fates=dict(zip(chosen, ([fate] for fate in fates), strict=True)))
    )


class TestConfidence:
    def test_is_said_by_mid_p_with_the_exact_value_in_its_record(self, tmp_path):
        answer = ask_share(tmp_path, "better", "better", "same", "same")
        # By hand, in 81ths at a true third: 48 below 2 of 4, and 24 at it.
        row = find(answer, "response.drug.confidence")
        assert float(row["value"]) == pytest.approx(60 / 81)
        assert "mid-p; exact: 59.3" in read_words(row["method"])
        exact = find(answer, "response.drug.confidence_exact")["value"]
        assert float(exact) == pytest.approx(48 / 81)
        assert "The confidence that more than a third improve is 74 % (mid-p)" in read(answer)

    def test_is_never_the_probability_that_the_drug_works(self, tmp_path):
        told = read(ask_share(tmp_path, "better", "better", "better", "same"))
        assert "not the probability that the treatment works" in told
        assert "probability that the drug" not in told

    def test_of_an_arm_without_anybody_judged_is_not_said(self, tmp_path):
        answer = ask_share(tmp_path, "unknown", "unknown")
        assert "confidence that" not in read(answer)


class TestZeros:
    @given(st.lists(st.integers(-3, 6), min_size=6, max_size=12))
    @settings(deadline=None, max_examples=150)
    def test_p_and_interval_never_disagree(self, differences):
        result = change_test(differences)
        if result.p_value is not None and result.interval.achieved >= 0.95:
            assert (result.p_value <= 0.05) == (0 not in result.interval)

    @given(st.lists(st.integers(-3, 4), min_size=2, max_size=8).filter(any))
    @settings(deadline=None, max_examples=40)
    def test_p_is_what_all_patterns_of_signs_give(self, differences):
        tails = []
        for side in (1, -1):
            shifted = side * np.array(differences) - 1e-3  # just above no change
            ranks = rankdata(abs(shifted).round(6))
            signs = np.array(list(product((0, 1), repeat=len(ranks))))
            tails.append(np.mean(signs @ ranks >= ranks[shifted > 0].sum() - 1e-9))
        assert change_test(differences).p_value == pytest.approx(min(1, 2 * min(tails)))

    def test_the_p_that_drops_zeros_did_disagree(self):
        changes = [1, 2, 3, 4, 5, 6, 0, 0, 0]
        assert signed_rank_test(changes).p_value == 0.03125
        assert 0 in hodges_lehmann(changes).interval
        # By hand: ranks 2, 2, 2 (no change, against) and 4 to 9; 14 of 512 sign patterns have at
        # most the 6 that speak against the change, and both sides count.
        assert change_test(changes).p_value == 28 / 512

    def test_without_zeros_it_is_the_ordinary_test(self):
        # R 4: wilcox.test(c(1, 2, 3, 4, 5, 7)): p = 0.03125
        assert change_test([1, 2, 3, 4, 5, 7]).p_value == 0.03125

    def test_an_interval_without_width_says_why_and_what_it_covers(self):
        result = hodges_lehmann([-1] + [0] * 12 + [3])
        assert tuple(result.interval) == (0, 0)
        assert "all values are equal" not in result.note
        assert "so many values are equal" in result.note
        assert "covers 99.02%" in result.note
        assert "all values are equal" in hodges_lehmann([2] * 7).note


@pytest.mark.parametrize(("n", "has_interval"), [(9, False), (10, True)])
def test_a_rank_correlation_has_an_interval_from_ten_pairs_on(n, has_interval):
    result = spearman_test(range(n), [1, 0, *range(2, n)])
    assert (result.interval is not None) is has_interval
    assert ("no interval below 10 pairs" in result.method) is not has_interval


def ask_stains(changes, *, markers=("CD3", "CD163")):
    """Ask what changed in stains that all move so from baseline to month 6."""
    patients = [f"P{number:02d}" for number in range(1, len(changes) + 1)]
    rows = [
        stain(patient, month, 10 + place + change * (month > 0), marker=marker)
        for place, (patient, change) in enumerate(zip(patients, changes, strict=True))
        for marker in markers
        for month in (0, 6)
    ]
    fates = dict.fromkeys(patients, ("same",))
    return biopsies.change(compare(*rows, fates=fates))


class TestClear:
    def test_p_values_that_were_not_adjusted_are_named_so(self):
        told = read_words(ask_stains([1, 2, 3, 4, 5, 6, 7, 8]).sentence)
        assert "changed clearly" in told
        assert "(p-values not adjusted for the 2 tests)" in told

    def test_what_was_not_shown_is_no_clear_change_and_never_no_change(self):
        told = read_words(ask_stains([1, -1, 2, -2, 3, -3], markers=("CD3",)).sentence)
        assert told.startswith("There is no clear change of CD3")
        assert "did not change" not in told

    def test_zeros_do_not_make_a_change_clear(self):
        answer = ask_stains([1, 2, 3, 4, 5, 6, 0, 0, 0], markers=("CD3",))
        told = read_words(answer.sentence)
        assert told.startswith("There is no clear change of CD3")
        assert "p = 0.055" in told

    def test_the_standard_is_one_text_that_every_chapter_shows(self, tmp_path):
        stains = ask_stains([1, 2, 3, 4, 5, 6])
        assert stains.methods == STANDARD
        assert ask_share(tmp_path, "better", "same").methods == STANDARD
