"""In whose biopsies IL-1Ra was seen, and what that says of response."""

import pytest
from tests.report.biopsy_runs import Run, make_biopsies, run, stain

from helpers.report import il1ra_expression as report
from helpers.study import read_study


@pytest.fixture(scope="module")
def anakinra():
    tables = ["biopsies", "core_set", "functional_index", "disposition"]
    return Run(read_study("anakinra_iim", tables=tables))


def test_the_comparison_of_expression_is_that_of_fisher(anakinra):
    # 7/0 against 3/5: p = C(8,5)/C(15,5) less or equal terms = 56/3003 + 21/3003
    ratio = anakinra.chapter["biopsy.expressed.odds_ratio"]
    assert ratio.p_value == pytest.approx(77 / 3003)
    assert ratio.text == "∞"
    assert "no number, as one group has no exception" in anakinra.describe_expression()


def test_the_drug_is_named_as_what_the_stain_may_show_only_in_its_own_study(anakinra):
    assert "The injected drug is IL-1Ra itself" in anakinra.conclude()[1]
    fates = {f"R{i}": ("better",) for i in range(5)} | {f"N{i}": ("same",) for i in range(5)}
    rows = [stain(p, 6, 1, marker="IL-1Ra", seen=p.startswith("R")) for p in fates]
    other = run(make_biopsies(*rows), fates=fates)
    assert "differs between the groups" in other.conclude()[1]
    assert "drug" not in other.conclude()[1]


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        ({"A": True, "B": True}, "1 of 1 responders"),
        ({"A": False, "B": False}, "0 of 1 responders"),
        ({"A": True}, "1 of 1 responders (100 %, 95 % CI 3 to 100 %)"),
        ({"B": False}, "0 of 1 non-responders (0 %, 95 % CI"),
    ],
)
def test_expression_in_all_none_or_one_group_is_said(flags, said):
    rows = [stain(p, 6, 1, marker="IL-1Ra", seen=seen) for p, seen in flags.items()]
    assert said in run(make_biopsies(*rows)).describe_expression()


def test_only_a_share_that_is_missing_says_why():
    chapter = run(make_biopsies(stain("A", 6, 1, marker="IL-1Ra"))).chapter
    known, missing = (
        chapter[f"biopsy.expressed.{group}.share"] for group in ("responders", "non-responders")
    )
    assert (known.value, known.reason) == (1.0, "")
    assert (missing.value, missing.reason) == (None, "nobody's biopsy after treatment is known")


def test_groups_that_cannot_be_compared_say_why_and_conclude_nothing():
    found = run(make_biopsies(*[stain(p, 6, 1, marker="IL-1Ra") for p in "AB"]))
    assert "The groups cannot be compared (" in found.describe_expression()
    assert found.conclude()[1] == ""


def test_without_the_stain_nothing_is_said_of_it():
    found = run(make_biopsies(stain("A", 0, 1), stain("A", 6, 1)))
    assert found.describe_expression() == (
        "No biopsy after treatment says whether IL-1Ra was seen."
    )
    assert report.tabulate_expression(found.shares).empty
    alt = report.describe_expression_figure(found.expression, found.groups, found.words, (0.0, 6.0))
    assert alt == "no biopsy says whether IL-1Ra was seen."
