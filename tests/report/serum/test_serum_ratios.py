"""Groups compared by ratios: clear, unclear, too few, only one group."""

from tests.report.cohorts import read_words
from tests.report.serum_cohorts import compare, compare_many, serum

from helpers.answers import cytokines
from helpers.report.pieces import Figure, Table
from helpers.report.serum import serum_ratios as report


def ask_many(before, after, **options):
    return cytokines.compare_groups(compare_many(before, after, **options))


def describe(answer):
    return read_words(answer.sentence)


def conclude(answer):
    return " ".join(map(read_words, answer.conclusion))


def test_a_clear_difference_between_groups_is_said_with_ratio_and_p():
    # four against four, complete separation: p = 2/70
    found = ask_many(lambda i: 100 + i if i < 4 else 10 + i, lambda i: 100 + i)
    assert (
        "responders and non-responders differ clearly (p-values not adjusted"
        in describe(found).lower()
    )
    assert "IL-1Ra, Baseline: ratio" in describe(found)
    assert "p = 0.029" in describe(found)
    assert "not yet a marker" in conclude(found)


def test_no_difference_says_how_large_it_could_still_be():
    found = ask_many(lambda i: 10 + i % 4, lambda i: 12 + i % 4)
    assert describe(found).startswith("No level and no change differs")
    assert "No clear difference is not the same as no difference" in conclude(found)
    assert "could not have given a p-value below 0.03" in found.limits[0]


def test_a_ratio_whose_interval_falls_short_names_its_real_coverage():
    found = ask_many(lambda i: 10 + i, lambda i: 20 + i, n=2)
    assert "95 % CI" not in describe(found)
    assert "67 % CI" in describe(found)  # 1 - 2/6
    assert "covers 67 %" in read_words(found.find("serum_by_response", Table).caption)


def test_one_group_only_has_nothing_to_hold_against_response():
    serum_of_one = compare(serum("A", 0, 20), serum("A", 6, 40), fates={"A": ("same",)})
    found = cytokines.compare_groups(serum_of_one)
    table = found.find("serum_by_response", Table)
    assert "nothing can be held against response" in describe(found)
    assert table.caption == ""
    assert table.frame.empty
    assert "not two groups" in found.find("serum_by_response", Figure).alt
    assert report.name_ratio(serum_of_one.groups) == "ratio"
