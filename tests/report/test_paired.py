"""What is said of values before and after: on few, many, one, none, and on several arms."""

import pandas as pd
import pytest
from tests.report.cohorts import make_cohort, read_words

from helpers.derive.paired import derive_pairs, summarise_comparable
from helpers.report import paired as report
from helpers.report.chapter import Chapter
from helpers.stats.paired import summarise_pairs

NA = float("nan")
FAMILY = {"title": "Stains", "endpoints": ["CD3", "CD163"], "adjustment": "holm"}
WORDS = report.PairWords(
    topic="biopsy",
    table="biopsies",
    specimen="biopsy",
    specimens="biopsies",
    measure="stain",
    measures="stains",
    labels={"CD3": "CD3", "CD163": "CD163"},
    units={"CD3": "cells", "CD163": "cells"},
    ends=("Baseline", "Month 6"),
)
FOLDS = report.PairWords(
    topic="serum",
    table="cytokines",
    specimen="serum",
    specimens="serum",
    measure="protein",
    measures="proteins",
    labels={"CD3": "CD3"},
    units={"CD3": "pg/mL"},
    ends=("Baseline", "Month 6"),
    scale="log",
    were="was",
)


def make_chapter(fates=None, *, without=(), **options):
    fates = fates or {"A": ("better",), "B": ("same",)}
    study = make_cohort(fates, months=(6.0,), **options)
    for table in without:
        del study.tables[table]
    return Chapter(study, "02_muscle_biopsy_ihc")


def make_pairs(before, after, *, panels=("CD3",)):
    """Give everybody the same course in each panel."""
    rows = [
        (f"P{i}", month, panel, value)
        for panel in panels
        for month, values in ((0.0, before), (6.0, after))
        for i, value in enumerate(values)
    ]
    values = pd.DataFrame(rows, columns=["patient_id", "month", "marker", "value"])
    patients = [f"P{i}" for i in range(len(before))]
    return derive_pairs(values, patients, by="marker", value="value", baseline_month=0.0, month=6.0)


def summarise(pairs, **options):
    everybody = pd.Series(report.EVERYBODY, index=pairs["patient_id"].unique())
    return summarise_pairs(pairs, everybody, **options)


def say(before, after, *, words=WORDS, panels=("CD3",), **settings):
    chapter = make_chapter(**settings)
    changes = summarise(make_pairs(before, after, panels=panels), scale=words.scale)
    changes = report.adjust_family(changes, chapter.study.config, words)
    report.record_changes(chapter, changes, words)
    return read_words(report.describe_changes(chapter, changes, words))


def test_responders_come_first_whoever_is_listed_first():
    groups = report.group_patients(make_chapter({"A": ("same",), "B": ("better",)}))
    assert groups.to_dict() == {"B": "responders", "A": "non-responders"}
    assert list(groups.unique()) == ["responders", "non-responders"]


def test_without_core_set_patients_stand_by_arm():
    chapter = make_chapter(arms={"A": "drug", "B": "placebo"}, without=["core_set"])
    groups = report.group_patients(chapter)
    assert (groups.name, list(groups)) == ("arm", ["drug", "placebo"])
    assert report.order_groups(groups) == ["drug", "placebo"]
    assert "no core set" in report.describe_grouping(chapter, groups)


@pytest.mark.parametrize("fates", [{"A": ("better",)}, {"A": ("same",)}])
def test_colours_are_those_of_both_groups_also_when_one_is_empty(fates):
    groups = report.group_patients(make_chapter(fates))
    assert report.order_groups(groups) == ["responders", "non-responders"]


def test_who_could_not_be_judged_is_named_among_the_non_responders():
    chapter = make_chapter({"A": ("better",), "B": ("unknown",), "C": (None,)})
    said = read_words(report.describe_grouping(chapter, report.group_patients(chapter)))
    assert "(chapter on clinical response): 1 patient. Everybody else" in said
    assert "B and C" in said
    assert "2 patients could not be judged and count as non-responders" in said


def test_one_unjudged_patient_is_said_in_the_singular():
    chapter = make_chapter({"A": ("better",), "B": ("unknown",)})
    said = read_words(report.describe_grouping(chapter, report.group_patients(chapter)))
    assert "1 patient could not be judged and counts as a non-responder: B." in said


def describe_comparable(before, after):
    chapter, pairs = make_chapter(), make_pairs(before, after)
    comparable = summarise_comparable(pairs)
    report.record_comparable(chapter, comparable, WORDS)
    return read_words(report.describe_comparable(chapter, comparable, WORDS))


def test_who_cannot_be_compared_is_counted_and_named_with_the_reason():
    said = describe_comparable([1, NA, NA, 2], [2, 2, 2, NA])
    assert "1 of 4 patients can be compared" in said
    assert "P1 and P2 (no baseline biopsy) and P3 (no biopsy after treatment)" in said


def test_everybody_and_nobody_comparable_are_said():
    assert "2 of 2 patients can be compared" in describe_comparable([1, 2], [2, 3])
    assert "everybody has biopsies of both visits" in describe_comparable([1, 2], [2, 3])
    assert "0 of 2 patients" in describe_comparable([1, 2], [NA, NA])


RISE = ([1.0] * 8, [2.0, 3, 4, 5, 6, 7, 8, 9])
STILL = ([1.0] * 8, [2.0, 0, 2, 0, 2, 0, 2, 0])


def test_one_panel_that_rose_or_fell_is_said_with_size_interval_and_p():
    # R 4: wilcox.test(1:8, conf.int = TRUE): 4.5, 2 to 7, p = 0.0078125
    said = say(*RISE)
    assert said.startswith("The one stain tested changed by more than chance easily explains: CD3")
    assert "rose by 4.50 cells (95 % CI 2.00 to 7.00; p = 0.008)" in said
    assert "CD3 fell by 4.50 cells" in say(*RISE[::-1])


def test_a_fold_change_is_said_as_times_the_baseline():
    said = say([1.0] * 8, [2.0] * 8, words=FOLDS)
    assert "CD3 rose to 2.00 times the baseline" in said
    assert "CD3 fell to 0.50 times the baseline" in say([2.0] * 8, [1.0] * 8, words=FOLDS)


def test_no_clear_change_names_the_smallest_p():
    assert say(*STILL) == ("CD3 did not change by more than chance easily explains (p = 1).")
    assert say(*STILL, panels=("CD3", "CD163")).startswith("Neither of the 2 stains changed by")


def test_all_of_two_panels_are_both():
    assert say(*RISE, panels=("CD3", "CD163")).startswith("Both stains changed by more than")


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
    chapter = make_chapter(arms={"A": "drug", "B": "placebo"})
    pooled = report.pool_patients(chapter, report.group_patients(chapter))
    assert pooled.to_dict() == {"A": "drug", "B": "placebo"}
    arms = pd.Series(["drug"] * 6 + ["placebo"] * 6, index=[f"P{i}" for i in range(12)])
    pairs = make_pairs([1.0] * 12, [2.0, 3, 4, 5, 6, 7, 2, 0, 2, 0, 2, 0])
    changes = report.adjust_family(summarise_pairs(pairs, arms), chapter.study.config, WORDS)
    report.record_changes(chapter, changes, WORDS)
    said = read_words(report.describe_changes(chapter, changes, WORDS))
    assert said.startswith("1 of 2 stains by group changed")
    assert "CD3 in “drug” rose" in said


def test_one_arm_is_pooled():
    chapter = make_chapter()
    pooled = report.pool_patients(chapter, report.group_patients(chapter))
    assert set(pooled) == {report.EVERYBODY}


FAMILIES = {"first": FAMILY | {"title": "First"}, "biopsies": FAMILY | {"title": "Own"}}


@pytest.mark.parametrize(
    ("families", "title"),
    [
        (FAMILIES, "Own"),
        ({"first": FAMILIES["first"]}, "First"),
        ({"other": FAMILY | {"endpoints": ["ck"]}}, None),
        ({}, None),
    ],
)
def test_the_family_named_as_the_table_goes_first(families, title):
    config = make_chapter(endpoint_families=families).study.config
    family = report.find_family(config, WORDS)
    assert (family and family.title) == title


def test_an_endpoint_outside_the_family_is_not_adjusted():
    families = {"biopsies": FAMILY | {"endpoints": ["CD3"]}}
    config = make_chapter(endpoint_families=families).study.config
    changes = summarise(make_pairs(*RISE, panels=("CD3", "CD163")))
    adjusted = report.adjust_family(changes, config, WORDS)["adjusted_p"]
    assert adjusted.iloc[0] == changes["p_value"].iloc[0]
    assert pd.isna(adjusted.iloc[1])


def test_a_family_without_adjustment_is_neither_described_nor_applied():
    families = {"biopsies": FAMILY | {"adjustment": "none"}}
    config = make_chapter(endpoint_families=families).study.config
    assert report.describe_family(report.find_family(config, WORDS)) == []
    changes = report.adjust_family(summarise(make_pairs(*RISE)), config, WORDS)
    assert changes["adjusted_p"].isna().all()
    assert "not adjusted for the 1 test " in report.caption_changes(changes, WORDS)


def test_the_table_of_tests_has_p_values_and_that_of_groups_has_none():
    config = make_chapter(endpoint_families={"biopsies": FAMILY}).study.config
    pairs = make_pairs(*RISE)
    tested = report.adjust_family(summarise(pairs), config, WORDS)
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
    chapter = make_chapter()
    changes = summarise(make_pairs([0.0] * 5, [1.0, 2, 3, 4, 5]))
    report.record_changes(chapter, changes, WORDS)
    assert "3.00 (1.00 to 5.00; 94 %)" in report.tabulate_changes(changes, WORDS).iloc[0].tolist()
    assert "covers 94 %" in read_words(report.caption_changes(changes, WORDS))
    assert "covers 94 %" in read_words(report.caption_pairs(changes, WORDS))
    assert "94 % CI" in read_words(chapter["biopsy.change.cd3.all-patients"].interval)
    method = chapter["biopsy.change.cd3.all-patients"].method
    assert method.endswith("the widest interval covers 93.8%")


def test_a_full_interval_says_nothing_of_coverage():
    changes = summarise(make_pairs(*RISE))
    assert "widest" not in report.caption_changes(changes, WORDS)
    chapter = make_chapter()
    report.record_changes(chapter, changes, WORDS)
    assert "widest" not in chapter["biopsy.change.cd3.all-patients"].method


def test_who_left_before_the_later_visit_but_has_a_value_is_named():
    stops = pd.DataFrame({"patient_id": ["P0", "P1"], "last_month": [2.0, 6.0]})
    chapter = make_chapter(tables={"disposition": stops})
    pairs = make_pairs([1.0, 1.0], [2.0, 2.0])
    said = read_words(report.describe_left_early(chapter, pairs, WORDS, month=6.0))
    assert said.startswith("P0 had left the study before Month 6; this patient's biopsies")
    assert report.describe_left_early(make_chapter(), pairs, WORDS, month=6.0) == ""
    late = make_pairs([1.0, 1.0], [NA, 2.0])
    assert report.describe_left_early(chapter, late, WORDS, month=6.0) == ""


def test_a_division_by_response_over_several_arms_says_that_it_mixes_them():
    mixed = make_chapter(arms={"A": "drug", "B": "placebo"})
    groups = report.group_patients(mixed)
    assert "all arms are taken together" in report.describe_group_limits(mixed, groups, WORDS)
    by_arm = groups.rename("arm")
    assert report.describe_group_limits(mixed, by_arm, WORDS) == ""
