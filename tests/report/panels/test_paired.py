"""What is said of values before and after: on few, many, one, none, and on several arms."""

from dataclasses import replace

import pandas as pd
import pytest
from tests.report.cohorts import read_words
from tests.report.pair_cohorts import FAMILY, RISE, WORDS, make_numbers, make_pairs, summarise

from helpers.derive.laboratory.paired import summarise_comparable
from helpers.report.numbers import Numbers
from helpers.report.panels import paired as report
from helpers.report.panels import paired_changes as change_report

NA = float("nan")


def test_responders_come_first_whoever_is_listed_first():
    groups = make_numbers({"A": ("same",), "B": ("better",)}).study.groups
    assert groups.to_dict() == {"B": "responders", "A": "non-responders"}
    assert list(groups.unique()) == ["responders", "non-responders"]


def test_without_core_set_patients_stand_by_arm():
    study = make_numbers(arms={"A": "drug", "B": "placebo"}).study
    patients = {"patients": study.table("patients")}
    numbers = Numbers(replace(study, tables=patients))
    groups = numbers.study.groups
    assert (groups.name, list(groups)) == ("arm", ["drug", "placebo"])
    assert report.order_groups(groups) == ["drug", "placebo"]
    assert "no core set" in report.describe_grouping(numbers, groups)


@pytest.mark.parametrize("fates", [{"A": ("better",)}, {"A": ("same",)}])
def test_colours_are_those_of_both_groups_also_when_one_is_empty(fates):
    groups = make_numbers(fates).study.groups
    assert report.order_groups(groups) == ["responders", "non-responders"]


def test_who_could_not_be_judged_is_named_among_the_non_responders():
    numbers = make_numbers({"A": ("better",), "B": ("unknown",), "C": (None,)})
    said = read_words(report.describe_grouping(numbers, numbers.study.groups))
    assert "(chapter on clinical response): 1 patient. Everybody else" in said
    assert "B and C" in said
    assert "2 patients could not be judged and count as non-responders" in said


def test_one_unjudged_patient_is_said_in_the_singular():
    numbers = make_numbers({"A": ("better",), "B": ("unknown",)})
    said = read_words(report.describe_grouping(numbers, numbers.study.groups))
    assert "1 patient could not be judged and counts as a non-responder: B." in said


def describe_comparable(before, after):
    numbers, pairs = make_numbers(), make_pairs(before, after)
    comparable = summarise_comparable(pairs)
    report.record_comparable(numbers, comparable, WORDS)
    return read_words(report.describe_comparable(numbers, comparable, WORDS))


def test_who_cannot_be_compared_is_counted_and_named_with_the_reason():
    said = describe_comparable([1, NA, NA, 2], [2, 2, 2, NA])
    assert "1 of 4 patients can be compared" in said
    assert "P1 and P2 (no baseline biopsy) and P3 (no biopsy after treatment)" in said


def test_everybody_and_nobody_comparable_are_said():
    assert "2 of 2 patients can be compared" in describe_comparable([1, 2], [2, 3])
    assert "everybody has biopsies of both visits" in describe_comparable([1, 2], [2, 3])
    assert "0 of 2 patients" in describe_comparable([1, 2], [NA, NA])


def test_one_arm_is_pooled():
    numbers = make_numbers()
    pooled = report.pool_patients(numbers, numbers.study.groups)
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
    config = make_numbers(endpoint_families=families).study.config
    family = report.find_family(config, WORDS)
    assert (family and family.title) == title


def test_an_endpoint_outside_the_family_is_not_adjusted():
    families = {"biopsies": FAMILY | {"endpoints": ["CD3"]}}
    config = make_numbers(endpoint_families=families).study.config
    changes = summarise(make_pairs(*RISE, panels=("CD3", "CD163")))
    adjusted = report.adjust_family(changes, config, WORDS)["adjusted_p"]
    assert adjusted.iloc[0] == changes["p_value"].iloc[0]
    assert pd.isna(adjusted.iloc[1])


def test_a_family_without_adjustment_is_neither_described_nor_applied():
    families = {"biopsies": FAMILY | {"adjustment": "none"}}
    config = make_numbers(endpoint_families=families).study.config
    assert report.describe_family(report.find_family(config, WORDS)) == []
    changes = report.adjust_family(summarise(make_pairs(*RISE)), config, WORDS)
    assert changes["adjusted_p"].isna().all()
    assert "not adjusted for the 1 test " in change_report.caption_changes(changes, WORDS)


def test_who_left_before_the_later_visit_but_has_a_value_is_named():
    stops = pd.DataFrame({"patient_id": ["P0", "P1"], "last_month": [2.0, 6.0]})
    numbers = make_numbers(tables={"disposition": stops})
    pairs = make_pairs([1.0, 1.0], [2.0, 2.0])
    said = read_words(report.describe_left_early(numbers, pairs, WORDS, month=6.0))
    assert said.startswith("P0 had left the study before Month 6; this patient's biopsies")
    assert report.describe_left_early(make_numbers(), pairs, WORDS, month=6.0) == ""
    late = make_pairs([1.0, 1.0], [NA, 2.0])
    assert report.describe_left_early(numbers, late, WORDS, month=6.0) == ""


def test_a_division_by_response_over_several_arms_says_that_it_mixes_them():
    mixed = make_numbers(arms={"A": "drug", "B": "placebo"})
    groups = mixed.study.groups
    assert "all arms are taken together" in report.describe_group_limits(mixed, groups, WORDS)
    by_arm = groups.rename("arm")
    assert report.describe_group_limits(mixed, by_arm, WORDS) == ""
