"""Groups compared by ratios: clear, unclear, too few, only one group."""

from tests.report.cohorts import read_words
from tests.report.serum_runs import run, run_many, serum

from helpers.report import serum_ratios as report


def test_a_clear_difference_between_groups_is_said_with_ratio_and_p():
    # four against four, complete separation: p = 2/70
    found = run_many(lambda i: 100 + i if i < 4 else 10 + i, lambda i: 100 + i)
    assert "responders and non-responders differ by more" in found.describe_ratios().lower()
    assert "IL-1Ra, Baseline: ratio" in found.describe_ratios()
    assert "p = 0.029" in found.describe_ratios()
    assert "not yet a marker" in found.conclude()


def test_no_difference_says_how_large_it_could_still_be():
    found = run_many(lambda i: 10 + i % 4, lambda i: 12 + i % 4)
    assert found.describe_ratios().startswith("No level and no change differs")
    assert "No clear difference is not the same as no difference" in found.conclude()
    assert "could not have given a p-value below 0.03" in found.describe_limits()


def test_a_ratio_whose_interval_falls_short_names_its_real_coverage():
    found = run_many(lambda i: 10 + i, lambda i: 20 + i, n=2)
    assert "95 % CI" not in found.describe_ratios()
    assert "67 % CI" in found.describe_ratios()  # 1 - 2/6
    assert "covers 67 %" in read_words(report.caption_ratios(found.comparison, found.groups))


def test_one_group_only_has_nothing_to_hold_against_response():
    found = run(serum("A", 0, 20), serum("A", 6, 40), fates={"A": ("same",)})
    assert "nothing can be held against response" in found.describe_ratios()
    assert report.caption_ratios(found.comparison, found.groups) == ""
    assert report.tabulate_ratios(found.comparison, found.groups, found.words).empty
    assert "not two groups" in report.describe_ratios_figure(found.comparison, found.words)
    assert report.name_ratio(found.groups) == "ratio"
