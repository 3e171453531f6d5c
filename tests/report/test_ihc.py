"""What the biopsy chapter says: nobody, everybody, one patient, one group, two readers."""

import pytest
from tests.report.biopsy_runs import Run, make_biopsies, run, stain
from tests.report.cohorts import make_cohort, read_words

from helpers.report import biopsy_predictors
from helpers.report import ihc as report
from helpers.study import read_study

NA = float("nan")


@pytest.fixture(scope="module")
def anakinra():
    tables = ["biopsies", "core_set", "functional_index", "disposition"]
    return Run(read_study("anakinra_iim", tables=tables))


def test_the_reconstructed_cohort_says_what_was_published(anakinra):
    changed, expressed, predicted, comparable = anakinra.summarise()
    assert comparable.startswith("14 of 15 patients can be compared")
    assert "P09 (no baseline biopsy)" in comparable
    assert changed.startswith(
        "None of the 7 stains changed from Baseline to Month 6 by more than chance easily explains;"
        " the smallest p-value is that of IL-1Ra (p = 0.008, adjusted p = 0.055; n = 14)."
    )
    assert "7 of 7 responders" in expressed
    assert "3 of 8 non-responders" in expressed
    assert predicted.count("the lower the Functional Index") == 2


def test_those_who_left_early_and_those_without_functional_index_are_named(anakinra):
    limits = report.describe_biopsy_limits(
        anakinra.chapter, anakinra.pairs, anakinra.groups, anakinra.words, month=6.0
    )
    assert any("P04, P05, P09 and P13 had left" in read_words(text) for text in limits)
    left_out = read_words(biopsy_predictors.describe_left_out(anakinra.outcome))
    assert "P04, P05 and P13 (no Functional Index)" in left_out


def test_a_change_that_is_clear_is_not_credited_to_the_treatment():
    fates = {f"P{i}": ("same",) for i in range(8)}
    rows = [stain(p, m, 1 + m * (i + 1)) for i, p in enumerate(fates) for m in (0, 6)]
    assert (
        "cannot be credited to the treatment"
        in run(make_biopsies(*rows), fates=fates).conclude()[0]
    )


def test_one_baseline_biopsy_only_concludes_that_nothing_can_be_told():
    found = run(make_biopsies(stain("A", 0, 1)))
    assert found.conclude()[0].endswith("cannot be told from these biopsies.")
    assert found.summarise()[-1].startswith("0 of 2 patients can be compared")


def test_without_core_set_the_groups_are_arms():
    study = make_cohort(
        {"A": ("better",), "B": ("same",)},
        months=(6.0,),
        arms={"A": "drug", "B": "sham"},
        tables={"biopsies": make_biopsies(*[stain(p, 6, 1, marker="IL-1Ra") for p in "AB"])},
    )
    del study.tables["core_set"]
    assert "1 of 1 patients of “drug”" in Run(study).describe_expression()
