"""What the biopsy chapter says: nobody, everybody, one patient, one group, two readers."""

from dataclasses import replace

import pytest
from tests.report.biopsy_cohorts import compare, compare_anakinra, stain
from tests.report.cohorts import read_words

from helpers.answers import biopsies
from helpers.report.biopsies import biopsy_predictors
from helpers.report.biopsies import ihc as report


@pytest.fixture(scope="module")
def anakinra():
    return compare_anakinra()


def test_the_reconstructed_cohort_says_what_was_published(anakinra):
    # All seven adjusted p become 1, so the smallest raw p is named. IL-1beta: twice the smaller
    # share of all patterns of signs, by the enumeration of tests/statements/test_evidence.py.
    assert read_words(anakinra.sentence).startswith("14 of 15 patients can be compared")
    assert "P09 (no baseline biopsy)" in read_words(anakinra.sentence)
    assert read_words(biopsies.change(anakinra).sentence).startswith(
        "None of the 7 stains changed clearly from Baseline to Month 6;"
        " the smallest p-value is that of IL-1β (p = 0.211, adjusted p = 1; n = 14)."
    )
    expressed = read_words(biopsies.expression(anakinra).sentence)
    assert "7 of 7 responders" in expressed
    assert "3 of 8 non-responders" in expressed
    predicted = read_words(biopsies.predict_functional_index(anakinra).sentence)
    assert predicted.count("the lower the Functional Index") == 2


def test_those_who_left_early_and_those_without_functional_index_are_named(anakinra):
    assert report.PATCHY in anakinra.limits
    assert any("P04, P05, P09 and P13 had left" in read_words(text) for text in anakinra.limits)
    outcome = biopsies.predict_functional_index(anakinra).outcome
    left_out = read_words(biopsy_predictors.describe_left_out(outcome))
    assert "P04, P05 and P13 (no Functional Index)" in left_out


def test_a_change_that_is_clear_is_not_credited_to_the_treatment():
    fates = {f"P{i}": ("same",) for i in range(8)}
    rows = [stain(p, m, 1 + m * (i + 1)) for i, p in enumerate(fates) for m in (0, 6)]
    [said] = biopsies.change(compare(*rows, fates=fates)).conclusion
    assert "cannot be credited to the treatment" in read_words(said)


def test_one_baseline_biopsy_only_concludes_that_nothing_can_be_told():
    found = compare(stain("A", 0, 1))
    [said] = biopsies.change(found).conclusion
    assert said.endswith("cannot be told from these biopsies.")
    assert read_words(found.sentence).startswith("0 of 2 patients can be compared")


def test_without_core_set_the_groups_are_arms():
    found = compare(
        *[stain(p, 6, 1, marker="IL-1Ra") for p in "AB"], arms={"A": "drug", "B": "sham"}
    )
    tables = {name: table for name, table in found.study.tables.items() if name != "core_set"}
    alone = biopsies.compare_visits(replace(found.study, tables=tables))
    assert "1 of 1 patients of “drug”" in read_words(biopsies.expression(alone).sentence)
