"""In whose biopsies IL-1Ra was seen, and what that says of response."""

import pytest
from tests.report.biopsy_cohorts import compare, compare_anakinra, stain
from tests.report.cohorts import read_words

from helpers.answers import biopsies
from helpers.report.pieces import Figure, Table


@pytest.fixture(scope="module")
def anakinra():
    return biopsies.expression(compare_anakinra())


def ask(*rows, **options):
    return biopsies.expression(compare(*rows, **options))


def describe(answer):
    return read_words(answer.sentence)


def conclude(answer):
    [said] = answer.conclusion
    return read_words(said)


def test_the_comparison_of_expression_is_that_of_fisher(anakinra):
    # 7/0 against 3/5: p = C(8,5)/C(15,5) less or equal terms = 56/3003 + 21/3003
    ratio = anakinra.ledger["biopsy.expressed.odds_ratio"]
    assert ratio.p_value == pytest.approx(77 / 3003)
    assert ratio.text == "∞"
    assert "no number, as one group has no exception" in describe(anakinra)


def test_the_drug_is_named_as_what_the_stain_may_show_only_in_its_own_study(anakinra):
    assert "The injected drug is IL-1Ra itself" in conclude(anakinra)
    fates = {f"R{i}": ("better",) for i in range(5)} | {f"N{i}": ("same",) for i in range(5)}
    rows = [stain(p, 6, 1, marker="IL-1Ra", seen=p.startswith("R")) for p in fates]
    other = ask(*rows, fates=fates)
    assert "differs clearly between the groups (p = 0.008, not adjusted" in conclude(other)
    assert "drug" not in conclude(other)


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
    assert said in describe(ask(*rows))


def test_only_a_share_that_is_missing_says_why():
    ledger = ask(stain("A", 6, 1, marker="IL-1Ra")).ledger
    known, missing = (
        ledger[f"biopsy.expressed.{group}.share"] for group in ("responders", "non-responders")
    )
    assert (known.value, known.reason) == (1.0, "")
    assert (missing.value, missing.reason) == (None, "nobody's biopsy after treatment is known")


def test_groups_that_cannot_be_compared_say_why_and_conclude_nothing():
    found = ask(*[stain(p, 6, 1, marker="IL-1Ra") for p in "AB"])
    assert "The groups cannot be compared (" in describe(found)
    assert conclude(found) == ""


def test_without_the_stain_nothing_is_said_of_it():
    found = ask(stain("A", 0, 1), stain("A", 6, 1))
    assert describe(found) == ("No biopsy after treatment says whether IL-1Ra was seen.")
    assert found.find("il1ra_expression", Table).frame.empty
    assert found.find("il1ra_expression", Figure).alt == "no biopsy says whether IL-1Ra was seen."
