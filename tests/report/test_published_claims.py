"""The chapter on published claims: every verdict in words, with its reason."""

import re

import pandas as pd
import pytest
from tests.report.cohorts import make_cohort, read_words

from helpers.claims import printed_numbers
from helpers.claims import verdicts as check
from helpers.claims.contradictions import list_contradictions
from helpers.claims.verdicts import VERDICTS
from helpers.report import published_claims as report
from helpers.report.numbers import Numbers
from helpers.study import read_study

COLUMNS = (
    *(
        "claim_id",
        "topic",
        "claim",
        "source",
        "published",
        "computed",
        "verdict",
        "reason",
        "basis",
    ),
)


def make_checked(*rows):
    """Make checked claims from (id, topic, verdict)."""
    full = [
        (
            name,
            topic,
            f"claim <{name}>",
            "A 2014",
            "6 of 9",
            "6 of 9",
            verdict,
            f"why & {name}",
            "computed",
        )
        for name, topic, verdict in rows
    ]
    return pd.DataFrame(full, columns=list(COLUMNS), dtype="str")


NOTHING = make_checked()
FINE = make_checked(("D1", "design", "reproduced"))
MIXED = make_checked(
    ("D1", "design", "reproduced"),
    ("D2", "design", "not reproduced"),
    ("S1", "serum", "compatible"),
    ("S2", "serum", "not computable from these data"),
    ("B1", "biopsy", "impossible in the source"),
    ("X1", "other_matter", "external"),
)


def tell(checked, origin="published"):
    """Record and tell; gives the numbers, the verdicts and the first sentence."""
    numbers = Numbers(make_cohort({"A": ["better"]}, data_origin=origin))
    verdicts, bases = check.summarise_verdicts(checked), check.summarise_bases(checked)
    report.record_claims(numbers, verdicts, bases)
    return numbers, verdicts, read_words(report.describe_claims(numbers, verdicts, bases))


class TestVerdicts:
    @pytest.mark.parametrize(
        ("checked", "told"),
        [
            (NOTHING, "No claims of a publication are listed for this study."),
            (
                FINE,
                "Of 1 published claim, 1 reproduced (1 computed independently).",
            ),
            (
                MIXED,
                "Of 6 published claims, 1 reproduced (1 computed independently), 1 compatible, 1 "
                "not reproduced, 1 not computable from these data, 1 impossible in the source and "
                "1 external.",
            ),
        ],
    )
    def test_are_counted_in_one_sentence(self, checked, told):
        assert tell(checked)[2] == told

    def test_are_recorded_each_even_where_there_is_none(self):
        chapter, *_ = tell(FINE)
        assert [result.id for result in chapter.ledger] == [
            f"claims.{name.replace(' ', '_')}" for name in (*VERDICTS, *check.BASES)
        ]
        assert [result.value for result in chapter.ledger] == [1, 0, 0, 0, 0, 0, 0, 0, 0, 1]
        assert {result.n for result in chapter.ledger} == {1}

    def test_left_open_are_named_with_their_reason(self):
        told = report.describe_open_claims(MIXED)
        assert told.startswith("Not plainly reproduced: D2 (claim &lt;D2&gt;): not reproduced, why")
        assert [name for name in MIXED["claim_id"] if f"{name} (" in told] == ["D2", "S1", "S2"]

    def test_none_left_open_is_said_and_no_claims_are_not_praised(self):
        assert report.describe_open_claims(FINE).startswith("No claim is left open")
        assert report.describe_open_claims(NOTHING) == ""

    def test_impossible_and_external_ones_are_named(self):
        assert report.describe_impossible_claims(MIXED) == (
            "B1 (claim &lt;B1&gt;) is impossible in the source: why &amp; B1. "
            "X1 (claim &lt;X1&gt;) is external: why &amp; X1."
        )
        assert report.describe_impossible_claims(FINE) == ""

    @pytest.mark.parametrize("checked", [NOTHING, FINE, MIXED])
    def test_no_sentence_holds_a_value_not_put_in_words(self, checked):
        chapter, verdicts, first = tell(checked)
        said = [
            first,
            report.conclude_claims(chapter, checked),
            *report.describe_claims_limits(checked),
            report.describe_claims_figure(verdicts, checked),
            report.caption_claims_figure(checked),
            report.caption_claims_table(checked),
        ]
        for sentence in said:
            assert not re.search(r"\bnan\b|None|<NA>|: \.|\(\)", sentence), sentence
            assert sentence == "" or sentence.endswith(".")


class TestConclusion:
    def test_an_invented_cohort_proves_nothing(self):
        chapter, *_ = tell(FINE, "reconstructed")
        assert "it is no evidence that they are true" in report.conclude_claims(chapter, FINE)

    @pytest.mark.parametrize(
        ("verdict", "told"),
        [
            ("reproduced", "The printed statements follow"),
            ("compatible", "The printed statements follow"),
            ("not reproduced", "Not every printed statement follows"),
            ("impossible in the source", "Not every printed statement follows"),
        ],
    )
    def test_of_real_data_depends_on_the_verdicts(self, verdict, told):
        chapter, *_ = tell(FINE)
        checked = make_checked(("D1", "design", "reproduced"), ("D2", "design", verdict))
        assert report.conclude_claims(chapter, checked).startswith(told)

    @pytest.mark.parametrize("origin", ["published", "reconstructed", "collected"])
    def test_without_claims_nothing_is_concluded(self, origin):
        chapter, *_ = tell(NOTHING, origin)
        assert report.conclude_claims(chapter, NOTHING) == (
            "Without published claims there is nothing to compare."
        )


class TestTables:
    def test_the_list_shows_what_was_printed_and_computed(self):
        table = report.tabulate_claims(MIXED)
        assert list(table) == [
            *("id and source", "claim", "published", "computed", "verdict", "basis", "how and why"),
        ]
        assert len(table) == 6
        assert table["verdict"].tolist() == MIXED["verdict"].tolist()

    def test_only_what_is_reproduced_is_a_sign_and_the_caption_explains_it(self):
        assert report.format_verdict("reproduced").count("reproduced") == 2
        assert report.format_verdict("not <reproduced>") == "not &lt;reproduced&gt;"
        assert report.caption_claims_table(MIXED).endswith("✓: reproduced.")
        rest = MIXED[MIXED["verdict"] != "reproduced"]
        assert "✓" not in report.caption_claims_table(rest)

    def test_the_file_keeps_the_columns_that_were_promised(self):
        assert list(report.keep_claim_file(MIXED)) == [
            *("claim_id", "source", "published", "computed", "verdict", "reason", "basis"),
        ]

    def test_topics_come_in_the_reports_order_and_unknown_ones_last(self):
        labels = report.label_topics(MIXED)
        assert next(iter(labels)) == "design"
        assert list(labels.items())[-1] == ("other_matter", "other matter")

    def test_the_figure_is_described_and_captioned_with_n(self):
        _, verdicts, _ = tell(MIXED)
        told = report.describe_claims_figure(verdicts, MIXED)
        assert told.startswith("6 published claims in 4 topics: 1 reproduced, 1 compatible")
        assert "(n = 6)" in report.caption_claims_figure(MIXED)
        assert "(n = 6)" in report.caption_claims_table(MIXED)

    def test_the_figure_of_no_claims_says_why_there_is_none(self):
        _, verdicts, _ = tell(NOTHING)
        assert report.describe_claims_figure(verdicts, NOTHING) == (
            "no published claims are listed."
        )


class TestPValues:
    METHODS = pd.DataFrame(
        {
            "claim_id": ["S<1", "S<1", "S2"],
            "printed": ["p = 0.04", "p = 0.04", "p = 0.01"],
            "method": ["signed-rank", "t", "Spearman"],
            "p_value": [0.0391, 0.2, 0.06],
            "fits": pd.array([True, False, False], dtype="boolean"),
            "outcome": ["8 of 9", "", ""],
        }
    )

    def test_name_the_test_that_fits_or_say_that_none_does(self):
        assert report.describe_p_values(self.METHODS) == (
            "What could have printed each p-value: p = 0.04 (S&lt;1): signed-rank; p = 0.01 (S2): "
            "none of the tests tried."
        )

    def test_several_that_fit_are_alternatives(self):
        both = self.METHODS.assign(fits=pd.array([True, True, False], dtype="boolean"))
        assert "signed-rank or t;" in report.describe_p_values(both)

    def test_are_laid_out_to_six_decimals(self):
        table = report.tabulate_p_values(self.METHODS)
        assert table["closest p"].tolist() == ["0.039100", "0.200000", "0.060000"]

    def test_none_printed_is_said(self):
        methods = printed_numbers.identify_p_value_methods([])
        assert report.describe_p_values(methods).startswith("No p-value was printed")
        assert report.tabulate_p_values(methods).empty


def test_no_printed_mean_gives_an_empty_table():
    assert report.tabulate_means(printed_numbers.check_printed_means([])).empty


@pytest.mark.parametrize(
    ("n", "told"),
    [
        (0, "No two printed statements about this study seem to disagree."),
        (1, "The sources seem to disagree in 1 place; each is taken apart below."),
        (2, "The sources seem to disagree in 2 places; each is taken apart below."),
    ],
)
def test_contradictions_are_counted(n, told):
    assert report.describe_contradictions(pd.DataFrame({"title": ["x"] * n})) == told


@pytest.mark.parametrize("source", ["Dorph abstract", "IMACS registry", "A 2014"])
def test_claims_from_abstracts_are_owned_up_to(source):
    limits = report.describe_claims_limits(FINE.assign(source=source))
    assert bool(limits[-1]) is (source != "A 2014")


def test_what_was_built_in_is_never_told_as_evidence():
    checked = FINE.assign(basis="constructed")
    _, _, told = tell(checked, "reconstructed")
    assert told.endswith(
        "1 reproduced (1 because the cohort was built so that they hold and 0 computed "
        "independently)."
    )


def test_the_published_trial_runs_through():
    study = read_study("endurance_training_iim")
    checked = check.check_claims(study)
    numbers = Numbers(study)
    verdicts, bases = check.summarise_verdicts(checked), check.summarise_bases(checked)
    report.record_claims(numbers, verdicts, bases)
    told = read_words(report.describe_claims(numbers, verdicts, bases))
    assert told.startswith(f"Of {len(checked)} published claims, ")
    assert "seems to disagree" in report.tabulate_contradictions(list_contradictions(study))
    methods = printed_numbers.identify_p_value_methods(check.read_claims(study))
    assert len(report.tabulate_p_values(methods)) == len(methods)
