"""Names that every file system takes, on both sides of every bound."""

import pytest

from helpers.names import LONGEST, describe_name, fold_name, is_partial_name


@pytest.mark.parametrize(
    "name",
    [
        *("rituximab_dm", "My study (2)", "Träning", "研究", "007", "a.b", "_x"),
        *("con_2", "con1", "com10", "x.failed.2", "a" * LONGEST),
    ],
)
def test_a_good_name_has_nothing_against_it(name):
    assert describe_name(name) == ""


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "empty"),
        ("..", "a point"),
        (".hidden", "a point"),
        ("x.", "a point"),
        ("x ", "a space"),
        ("-p", "begins or ends"),
        ("~$x", "begins or ends"),
        ("a/b", "with /"),
        ("a\\b", "with \\"),
        ("a:b", "with :"),
        ("con", "Windows"),
        ("NUL.txt", "Windows"),
        ("Aux", "Windows"),
        ("lpt1", "Windows"),
        ("com¹", "Windows"),
        ("x.FAILED", ".failed"),
        ("x.html", ".html"),
        ("a\nb", "U+000A"),
        ("a\u202eb", "U+202E"),
        ("a\udcff", "U+DCFF"),
        ("a" * (LONGEST + 1), "200 bytes"),
        ("å" * 101, "200 bytes"),
    ],
)
def test_a_name_that_some_computer_cannot_take_is_described(name, said):
    assert said in describe_name(name)


def test_names_that_differ_in_case_or_spelling_of_a_letter_are_one():
    assert fold_name("Study") == fold_name("sTUDY") != fold_name("studie")
    assert fold_name("ÅSA") == fold_name("a\u030asa")


@pytest.mark.parametrize(
    ("name", "expected"),
    [("toy.failed", True), ("toy.FAILED", True), ("toy.failed 2", False), ("failed", False)],
)
def test_names_that_no_report_may_have(name, expected):
    assert is_partial_name(name) == expected
