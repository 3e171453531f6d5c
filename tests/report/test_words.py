"""Numbers, lists and names as a reader sees them, at the edges where they go wrong."""

import math
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.report.words import (
    MISSING,
    NBSP,
    capitalise,
    count_noun,
    escape,
    format_figures,
    format_number,
    format_p_value,
    format_percent,
    is_missing,
    join_words,
    keep_together,
    link_by_reason,
    link_patient,
    link_patients,
)

NOTHING = [None, float("nan"), np.float64("nan"), np.float32("nan"), pd.NA, pd.NaT]


@pytest.mark.parametrize("value", NOTHING)
def test_every_kind_of_missing_value_is_missing(value):
    assert is_missing(value) is True
    assert format_number(value) == MISSING


@pytest.mark.parametrize("value", [0, 0.0, "", "nan", False, math.inf, np.int64(0), [], "NA"])
def test_zero_text_and_infinity_are_not_missing(value):
    assert is_missing(value) is False


class TestNumber:
    @pytest.mark.parametrize(
        ("value", "text"),
        [
            (0, "0"),
            (-0.0, "0"),
            (6, "6"),
            (6.0, "6"),
            (-25.0, "−25"),
            (0.66666, "0.6667"),
            (0.5, "0.5"),
            (-0.125, "−0.125"),
            (1e-5, "0.00001"),
            (0.000012344, "0.00001234"),
            (-0.00002, "−0.00002"),
            (999.94, "999.9"),
            (999.96, "1000"),
            (1234.5, "1234"),
            (1235.5, "1236"),
            (123456789.0, "123456789"),
            (10**20, "100000000000000000000"),
            (math.inf, "∞"),
            (-math.inf, "−∞"),
            (np.int64(-3), "−3"),
            (np.float32(0.25), "0.25"),
            (np.float64(2.0), "2"),
        ],
    )
    def test_as_many_digits_as_it_needs_at_most_four(self, value, text):
        assert format_number(value) == text

    @pytest.mark.parametrize(
        ("value", "digits", "text"),
        [
            (41.5, 2, "41.50"),
            (6, 1, "6.0"),
            (-0.004, 2, "0.00"),
            (-0.006, 2, "−0.01"),
            (-0.4, 0, "0"),
            (math.inf, 2, "∞"),
            (1e-7, 3, "0.000"),
            (None, 2, "–"),
        ],
    )
    def test_digits_are_kept_where_they_are_asked_for(self, value, digits, text):
        assert format_number(value, digits=digits) == text

    @pytest.mark.parametrize(
        ("value", "text"),
        [(True, "yes"), (False, "no"), (np.bool_(True), "yes"), (np.bool_(False), "no")],
    )
    def test_a_flag_is_a_word(self, value, text):
        assert format_number(value) == text
        assert format_number(value, digits=2) == text

    def test_a_text_stays_as_it_is(self):
        assert format_number("-1 <b>") == "-1 <b>"

    @settings(deadline=None, max_examples=100)
    @given(st.floats(allow_nan=False))
    def test_no_reader_meets_an_exponent_or_a_hyphen_for_minus(self, value):
        assert re.fullmatch(r"−?(∞|\d+(\.\d+)?)", format_number(value))


class TestFigures:
    @pytest.mark.parametrize(
        ("value", "text"),
        [
            (269.7166, "270"),
            (99.95, "100"),
            (9.994, "9.99"),
            (9.996, "10.0"),
            (0.7448, "0.745"),
            (0.00123, "0.00123"),
            (-1.5, "−1.50"),
            (4321.0, "4321"),
            (0.0, "0"),
            (math.inf, "∞"),
            (None, "–"),
            (np.float64(1.0), "1.00"),
        ],
    )
    def test_are_three_whatever_the_size(self, value, text):
        assert format_figures(value, figures=3) == text


class TestPValue:
    @pytest.mark.parametrize(
        ("p_value", "text"),
        [
            (0.04371, "p = 0.044"),
            (0.05, "p = 0.050"),
            (0.001, "p = 0.001"),
            (0.00099999, "p < 0.001"),
            (0.0005, "p < 0.001"),
            (0.0, "p < 0.001"),
            (0.9994, "p = 0.999"),
            (0.9995, "p = 1"),
            (1.0, "p = 1"),
            (1, "p = 1"),
            (np.float64(0.5), "p = 0.500"),
        ],
    )
    def test_has_three_decimals_and_is_never_zero(self, p_value, text):
        assert format_p_value(p_value).replace(NBSP, " ") == text

    @pytest.mark.parametrize("p_value", NOTHING)
    def test_says_so_where_it_is_not_defined(self, p_value):
        assert format_p_value(p_value) == "p not defined"

    def test_does_not_break_at_the_end_of_a_line(self):
        assert " " not in format_p_value(0.2) + format_p_value(0.0001)


class TestPercent:
    @pytest.mark.parametrize(
        ("share", "text"),
        [
            (0, "0 %"),
            (1, "100 %"),
            (6 / 9, "67 %"),
            (1 / 3, "33 %"),
            (0.004, "0 %"),
            (-0.5, "−50 %"),
        ],
    )
    def test_is_rounded_to_whole_numbers(self, share, text):
        assert format_percent(share) == text.replace(" ", NBSP)

    def test_has_decimals_where_they_are_asked_for(self):
        assert format_percent(2 / 3, digits=1) == f"66.7{NBSP}%"

    @pytest.mark.parametrize("share", NOTHING)
    def test_of_nobody_is_a_dash(self, share):
        assert format_percent(share) == "–"


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0 patients"), (1, "1 patient"), (2, "2 patients"), (21, "21 patients")],
)
def test_only_one_is_singular(number, text):
    assert count_noun(number, "patient") == text
    assert count_noun(np.int64(number), "patient") == text


def test_a_plural_of_its_own_is_taken():
    assert [count_noun(n, "biopsy", "biopsies") for n in (0, 1, 2)] == [
        "0 biopsies",
        "1 biopsy",
        "2 biopsies",
    ]


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ([], ""),
        (["A"], "A"),
        (["A", "B"], "A and B"),
        (["A", "B", "C"], "A, B and C"),
        ((word for word in "AB"), "A and B"),
    ],
)
def test_words_are_joined_as_in_a_sentence(words, text):
    assert join_words(words) == text


def test_another_conjunction_can_be_named():
    assert join_words(["A", "B", "C"], conjunction="or") == "A, B or C"


@pytest.mark.parametrize(
    ("text", "capital"), [("serum IL-1Ra", "Serum IL-1Ra"), ("", ""), ("éa", "Éa"), ("<a>", "<a>")]
)
def test_only_the_first_letter_becomes_a_capital(text, capital):
    assert capitalise(text) == capital


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("n = 15", "n~=~15"),
        ("n = <a", "n~=~<a"),
        ("mean = 15", "mean = 15"),
        ("20 % better", "20~% better"),
        ("3 mm", "3~mm"),
        ("3 mmol", "3 mmol"),
        ("5 kg and 2 mL", "5~kg and 2~mL"),
        ("one mm", "one mm"),
    ],
)
def test_a_number_stays_with_its_unit(text, kept):
    assert keep_together(text).replace(NBSP, "~") == kept


def test_html_in_data_cannot_act():
    assert escape("<b a=\"1\" b='2'> & c") == "&lt;b a=&quot;1&quot; b=&#x27;2&#x27;&gt; &amp; c"
    assert escape(6) == "6"


def test_a_patient_with_an_odd_name_is_linked_safely():
    assert link_patient("<P 1>&") == (
        '<a class="patient" href="#patient--P-1--">&lt;P 1&gt;&amp;</a>'
    )


@pytest.mark.parametrize(
    ("patients", "words"), [([], ""), (["A"], "A"), (["A", "B", "C"], "A, B and C")]
)
def test_patients_are_listed_as_in_a_sentence(patients, words):
    html = link_patients(patients)
    assert re.sub(r"<[^>]+>", "", html) == words
    assert html.count('href="#patient-') == len(patients)


def test_patients_of_one_reason_stand_together_in_order_of_appearance():
    rows = pd.DataFrame({"patient": ["C", "A", "B"], "reason": ["<1 month", "rash", "<1 month"]})
    html = link_by_reason(rows["patient"], rows["reason"])
    assert re.sub(r"<[^>]+>", "", html) == "C and B (&lt;1 month) and A (rash)"
    assert html.count('href="#patient-') == 3
    nobody = rows.head(0)
    assert link_by_reason(nobody["patient"], nobody["reason"]) == ""
