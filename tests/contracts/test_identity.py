"""Names that are one name in two spellings."""

import pytest

from helpers.contracts.identity import (
    describe_spreadsheet_id,
    drop_zeros,
    fold_person,
    fold_thing,
    show_difference,
)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("P01", "p01"),
        ("\u00c51", "A\u030a1"),  # composed and decomposed
        ("P01", "\uff30\uff10\uff11"),  # full width
        ("P-1", "P\N{EN DASH}1"),
        ("P-1", "P\N{MINUS SIGN}1"),
        ("P-1", "P\N{NON-BREAKING HYPHEN}1"),
        ("P 1", "P\N{NO-BREAK SPACE}1"),
        ("P01", "P\N{ZERO WIDTH SPACE}01"),
        ("A1", "\N{GREEK CAPITAL LETTER ALPHA}1"),
        ("A1", "\N{CYRILLIC CAPITAL LETTER A}1"),
        ("p1", "\N{CYRILLIC SMALL LETTER ER}1"),
    ],
)
def test_one_person_in_two_spellings(first, second):
    assert fold_person(first) == fold_person(second)
    assert fold_thing(first) == fold_thing(second)


@pytest.mark.parametrize(
    ("first", "second"), [("1-12", "11-2"), ("1 12", "112"), ("P1", "P01"), ("A1", "\u00c51")]
)
def test_two_persons(first, second):
    assert fold_person(first) != fold_person(second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("IL-6", "IL6"),
        ("IL-6", "IL 6"),
        ("TNF-\N{GREEK SMALL LETTER ALPHA}", "TNFalpha"),
        ("IL-1beta", "IL-1b"),
        ("CD4+ CD45RO+", "CD4+CD45RO+"),
        ("CD4\N{SUPERSCRIPT PLUS SIGN}", "CD4+"),
        ("6-minute walk", "6 Minute Walk"),
    ],
)
def test_one_thing_in_two_spellings(first, second):
    assert fold_thing(first) == fold_thing(second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("IL-1alpha", "IL-1beta"),
        ("IL-17A", "IL-17F"),
        ("CD4+ CD8-", "CD4+ CD8+"),
        ("CD4+ CD8-", "CD4+ CD8"),
        ("CD3-CD56-", "CD3+CD56-"),
        ("CK", "CK-MB"),
        ("-", "--"),
    ],
)
def test_two_things(first, second):
    assert fold_thing(first) != fold_thing(second)


def test_two_names_show_the_code_points_that_part_them():
    assert show_difference("\u00c51", "A\u030a1") == (
        "\u00c51 (U+00C5)",
        "A\u030a1 (U+0041 U+030A)",
    )
    assert show_difference("P1", "P\u200b1") == ("P1 (without it)", "P\u200b1 (U+200B)")


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("2024-02-01", "a date"),
        ("01-Feb", "a date"),
        ("Feb-01", "a date"),
        ("1-feb-2024", "a date"),
        ("01/02/2024", "a date"),
        ("1.00E+05", "a rounded number"),
        ("01-12", ""),
        ("01-ABC", ""),
        ("DM-01", ""),
        ("1.2", ""),
        ("P01", ""),
        ("E1", ""),
    ],
)
def test_what_a_spreadsheet_made_of_an_id(name, what):
    assert describe_spreadsheet_id(name) == what


def test_zeros_at_the_front_of_numbers_go():
    assert [drop_zeros(name) for name in ("001", "P01-010", "100", "0")] == [
        "1",
        "P1-10",
        "100",
        "0",
    ]
