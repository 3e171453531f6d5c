"""The language of claims: what it reads, and that nothing else is taken for it."""

import pytest

from helpers.contracts.claim_filters import (
    Comparison,
    Term,
    parse_conditions,
    parse_rows,
    parse_series,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("month=6", Comparison(Term("month"), "=", ("6",))),
        ("dose>0.75", Comparison(Term("dose"), ">", ("0.75",))),
        ("dose >= 0.75", Comparison(Term("dose"), ">=", ("0.75",))),
        ("drug!=placebo", Comparison(Term("drug"), "!=", ("placebo",))),
        ("event~PET scan", Comparison(Term("event"), "~", ("PET scan",))),
        ("value known", Comparison(Term("value"), "known")),
        ("population=CD4+ IL-17A+|NK", Comparison(Term("population"), "=", ("CD4+ IL-17A+", "NK"))),
        ("change(percent)<0", Comparison(Term("percent", "change"), "<", ("0",))),
        ("change_percent(fi)>=20", Comparison(Term("fi", "change_percent"), ">=", ("20",))),
        ("deficit(mmt8) known", Comparison(Term("mmt8", "deficit"), "known")),
    ],
)
def test_a_comparison_is_read(text, expected):
    [found] = parse_rows(text, "biopsies").comparisons
    assert found == expected


def test_comparisons_are_joined_and_written_as_they_were_read():
    text = "marker=IL-1Ra & month=6 & change_percent(value)>=20 & expressed known"
    assert str(parse_rows(text, "biopsies")) == text
    assert parse_rows("", "biopsies").comparisons == ()


def test_a_table_before_a_colon_takes_the_place_of_the_claims_own():
    assert parse_rows("labs: day=8", "patients").table == "labs"
    assert parse_rows("event~at 12:30", "case_events").table == "case_events"


def test_conditions_ways_groups_and_refusals_are_told_apart():
    both, third = parse_conditions("month=0 or labs: day=1; not non-responders", "biopsies")
    assert [option.rows.table for option in both.options] == ["biopsies", "labs"]
    assert (both.refuses, third.refuses) == (False, True)
    assert third.options[0].group == "non-responders"


@pytest.mark.parametrize(
    "text",
    ["month", "month=", "=6", "__import__('os')", "a.b=1", "log(ck)>1", "a;;b=1"],
)
def test_what_is_no_comparison_is_refused(text):
    with pytest.raises(ValueError, match="is no comparison such as month=6"):
        parse_conditions(text, "biopsies")


def test_a_series_is_a_column_at_a_time_or_its_change():
    at = parse_series("functional_index: fi at 6")
    assert (at.rows.table, at.column, at.times, at.is_fall) == (
        "functional_index",
        "fi",
        ("6",),
        False,
    )
    fall = parse_series("t_cells: fall of percent from 0 to 6 where population=CD4+ TNF+")
    assert (fall.times, fall.is_fall) == (("0", "6"), True)
    assert str(fall.rows) == "population=CD4+ TNF+"
    with pytest.raises(ValueError, match="is no series such as"):
        parse_series("fi at 6")
