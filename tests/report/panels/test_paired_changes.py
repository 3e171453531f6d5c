"""What changed: one panel, many, none; in words, tables and captions."""

import pandas as pd
from tests.report.cohorts import NA, read_words
from tests.report.pair_cohorts import (
    FAMILY,
    FOLDS,
    RISE,
    STILL,
    WORDS,
    make_numbers,
    make_pairs,
    say,
    summarise,
)

from helpers.report.panels import paired as pair_report
from helpers.report.panels import paired_changes as report
from helpers.stats.paired import summarise_pairs


def test_one_panel_that_rose_or_fell_is_said_with_size_interval_and_p():
    # R 4: wilcox.test(1:8, conf.int = TRUE): 4.5, 2 to 7, p = 0.0078125
    said = say(*RISE)
    assert said.startswith("The one stain tested changed clearly from Baseline to Month 6:")
    assert "CD3 rose by 4.50 cells (95 % CI 2.00 to 7.00; p = 0.008; n = 8)" in said
    assert "CD3 fell by 4.50 cells" in say(*RISE[::-1])


def test_a_fold_change_is_said_as_times_the_baseline():
    said = say([1.0] * 8, [2.0] * 8, words=FOLDS)
    assert "CD3 rose to 2.00 times the baseline" in said
    assert "CD3 fell to 0.50 times the baseline" in say([2.0] * 8, [1.0] * 8, words=FOLDS)


def test_no_clear_change_names_the_smallest_p():
    assert say(*STILL) == (
        "There is no clear change of CD3 from Baseline to Month 6 (p = 1; n = 8)."
    )
    assert say(*STILL, panels=("CD3", "CD163")).startswith(
        "Neither of the 2 stains changed clearly from"
    )


def test_all_of_two_panels_are_both():
    said = say(*RISE, panels=("CD3", "CD163"))
    assert said.startswith("Both stains changed clearly from Baseline to Month 6 (p-values not")


def test_nothing_to_test_says_why():
    assert say([1.0], [NA]) == "No stain could be tested: no differences."
    assert say([1.0], [1.0]) == "No stain could be tested: all differences are zero."


def test_the_adjusted_p_decides_and_stands_beside_the_raw_one():
    # six rises: p = 2/64 = 0.031; Holm over two: 0.0625
    six = ([1.0] * 6, [2.0, 3, 4, 5, 6, 7])
    said = say(*six, panels=("CD3", "CD163"), endpoint_families={"biopsies": FAMILY})
    assert said.startswith("Neither of the 2 stains changed")
    assert "p = 0.031, adjusted p = 0.062" in said


def test_several_arms_are_tested_one_by_one_and_named():
    numbers = make_numbers(arms={"A": "drug", "B": "placebo"})
    pooled = pair_report.pool_patients(numbers, numbers.study.groups)
    assert pooled.to_dict() == {"A": "drug", "B": "placebo"}
    arms = pd.Series(["drug"] * 6 + ["placebo"] * 6, index=[f"P{i}" for i in range(12)])
    pairs = make_pairs([1.0] * 12, [2.0, 3, 4, 5, 6, 7, 2, 0, 2, 0, 2, 0])
    changes = pair_report.adjust_family(summarise_pairs(pairs, arms), numbers.study.config, WORDS)
    report.record_changes(numbers, changes, WORDS)
    said = read_words(report.describe_changes(numbers, changes, WORDS))
    assert said.startswith("1 of 2 stains by group changed")
    assert "CD3 in “drug” rose" in said


def test_the_table_of_tests_has_p_values_and_that_of_groups_has_none():
    config = make_numbers(endpoint_families={"biopsies": FAMILY}).study.config
    pairs = make_pairs(*RISE)
    tested = pair_report.adjust_family(summarise(pairs), config, WORDS)
    columns = list(report.tabulate_changes(tested, WORDS))
    assert columns[-2:] == ["exact p", "adjusted p"]
    halves = pd.Series(["x"] * 4 + ["y"] * 4, index=pairs["patient_id"].unique())
    by_group = summarise_pairs(pairs, halves)
    shown = report.tabulate_groups(by_group, tested, WORDS)
    assert shown["group"].tolist() == ["x", "y"]
    assert not any("p" in column.split() for column in shown)
    assert report.tabulate_groups(tested, tested, WORDS).empty
    assert report.tabulate_groups(by_group, by_group, WORDS).empty


def test_an_interval_below_ninety_five_per_cent_says_so_everywhere():
    numbers = make_numbers()
    changes = summarise(make_pairs([0.0] * 5, [1.0, 2, 3, 4, 5]))
    report.record_changes(numbers, changes, WORDS)
    assert "3.00 (1.00 to 5.00; 94 %)" in report.tabulate_changes(changes, WORDS).iloc[0].tolist()
    assert "covers 94 %" in read_words(report.caption_changes(changes, WORDS))
    assert "covers 94 %" in read_words(report.caption_pairs(changes, WORDS))
    assert "94 % CI" in read_words(numbers["biopsy.change.cd3.all-patients"].interval)
    method = numbers["biopsy.change.cd3.all-patients"].method
    assert method.endswith("the widest interval covers 93.8%")


def test_a_full_interval_says_nothing_of_coverage():
    changes = summarise(make_pairs(*RISE))
    assert "widest" not in report.caption_changes(changes, WORDS)
    numbers = make_numbers()
    report.record_changes(numbers, changes, WORDS)
    assert "widest" not in numbers["biopsy.change.cd3.all-patients"].method
