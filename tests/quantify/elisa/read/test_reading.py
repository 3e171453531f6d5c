import math

import pytest

from helpers.quantify.elisa.read.reading import read_number, read_reading


@pytest.mark.parametrize(
    ("text", "value"),
    [("0.5", 0.5), ("-0.012", -0.012), (" 1 ", 1), ("1e-3", 1e-3), (".5", 0.5), ("5.", 5)],
)
def test_numbers(text, value):
    assert read_number(text) == value


@pytest.mark.parametrize("text", ["", "0,5", "1.2.3", "½", "²", "1_0", "nan", "inf", "1e13", "0x1"])
def test_what_is_no_number(text):
    assert read_number(text) is None


def test_the_largest_number_is_still_one():
    assert read_number("1e12") == 1e12


def test_decimal_commas_are_read_where_the_file_has_them():
    assert read_number("0,5", comma=True) == 0.5
    assert read_number("1.234,5", comma=True) is None


@pytest.mark.parametrize("text", ["OVRFLW", "overflow", "#Sat", ">3.5", "> 3141492.000"])
def test_an_overflow_is_above_every_signal(text):
    assert read_reading(text).value == math.inf


@pytest.mark.parametrize("text", ["", "MISSED", "NaN", "Range?", "?????", "*****"])
def test_no_reading_is_missing_and_keeps_its_words(text):
    reading = read_reading(text)
    assert math.isnan(reading.value)
    assert reading.remark == text


def test_masks_are_told():
    assert read_reading("*0.356*").masked
    assert read_reading("*0.356*").value == 0.356
    assert read_reading("Masked").masked
    assert read_reading("<0.000").value == -math.inf


@pytest.mark.parametrize("text", ["banana", "0..5", "A1", "**", "<", ">x", "=1+1"])
def test_other_words_are_not_understood(text):
    assert read_reading(text) is None
