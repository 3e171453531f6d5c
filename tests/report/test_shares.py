"""Shares with their exact intervals, group by group."""

import pandas as pd
import pytest
from tests.report.cohorts import make_cohort, read_words

from helpers.report import shares as report
from helpers.report.numbers import Numbers
from helpers.stats.groups import compare_shares, summarise_share

GROUPS = pd.Series(["x"] * 4 + ["y"] * 3 + ["Z 1"], index=list("ABCDEFGH"))
FLAGS = pd.Series([True] * 4 + [True, False, False, None], index=GROUPS.index, dtype="boolean")
SHARES = summarise_share(FLAGS, GROUPS)


@pytest.fixture
def chapter():
    return Numbers(make_cohort({"A": ("better",)}))


def test_a_share_has_its_exact_interval_and_no_reason(chapter):
    count = chapter.record("a", 0, n=3, source="core_set", population="all who entered")
    found = report.record_share(chapter, "a.share", of=count, source="core_set")
    assert (found.share_of, found.population) == ("a", "all who entered")
    # Clopper-Pearson by hand: 1 - 0.025 ** (1 / 3)
    assert (found.value, found.n, found.reason) == (0.0, 3, "")
    assert found.high == pytest.approx(1 - 0.025 ** (1 / 3))


def test_a_share_of_nobody_says_why_it_is_missing(chapter):
    count = chapter.record("a", None, n=0, source="core_set", reason="nobody came")
    found = report.record_share(chapter, "a.share", of=count, source="core_set")
    assert (found.value, found.reason) == (None, "nobody came")


def test_a_count_that_is_not_known_of_everybody_has_no_share(chapter):
    count = chapter.record("a", 2, n=3, known=False, source="core_set", reason="not known of 1")
    found = report.record_share(chapter, "a.share", of=count, source="core_set")
    assert (found.value, found.state, found.reason) == (None, "unknown", "not known of 1")


def test_each_group_has_its_count_and_share(chapter):
    report.record_shares(
        chapter,
        "seen",
        SHARES,
        compare_shares(FLAGS.head(7), GROUPS.head(7)),
        counted="count",
        source="core_set",
        reason="nobody known",
    )
    assert (chapter["seen.x.count"].value, chapter["seen.x.share"].value) == (4, 1.0)
    assert chapter["seen.y.share"].value == pytest.approx(1 / 3)
    assert (chapter["seen.z-1.share"].value, chapter["seen.z-1.share"].reason) == (
        None,
        "nobody known",
    )
    assert chapter["seen.x.share"].reason == ""
    # Fisher's exact test of 4/0 against 1/2: C(5, 4) / C(7, 4) = 5 / 35
    assert chapter["seen.odds_ratio"].p_value == pytest.approx(5 / 35)


def test_without_a_comparison_there_is_no_odds_ratio(chapter):
    report.record_shares(
        chapter, "seen", SHARES, None, counted="count", source="core_set", reason="nobody known"
    )
    assert "seen.odds_ratio" not in chapter.ledger


def test_a_table_writes_share_and_interval_in_per_cent():
    written = [read_words(report.write_share(row)) for row in SHARES.to_dict("records")]
    # 4 of 4: 0.025 ** (1 / 4) = 39.8 %; 1 of 3 as in R's binom.test: 0.84 % to 90.6 %
    assert written == ["100 % (40 % to 100 %)", "33 % (1 % to 91 %)", "not defined"]


def test_a_caption_names_the_interval_and_the_test_where_there_is_one():
    test = compare_shares(FLAGS.head(7), GROUPS.head(7))
    alone = "Interval: exact (Clopper-Pearson) binomial interval."
    assert report.caption_test(SHARES, None) == alone
    assert report.caption_test(SHARES, test).startswith(f"{alone} Compared by Fisher")
