import datetime as dt

import pytest

from helpers.intake.read.sheets import Exact
from helpers.intake.words.cells import (
    Number,
    Unfit,
    convert_number,
    convert_time,
    find_word,
    read_date,
    read_number,
)
from helpers.intake.words.names import fold_name, read_visit, round_month, split_visit
from helpers.intake.words.vocabulary import AMBIGUOUS, COLUMNS, IN_CONTEXT, WORDS


@pytest.mark.parametrize(
    ("text", "decimal", "number"),
    [
        ("12", ".", Number("12")),
        ("1,5", ",", Number("1.5")),
        ("1 200,5", ",", Number("1200.5")),
        ("1'200", ".", Number("1200")),
        ("<0.7", ".", Number("0.7", "<")),
        ("> 10 000", ".", Number("10000", ">")),
        ("≤5", ".", Number("5", "<")),
        ("54.1 %", ".", Number("54.1")),
        ("\N{MINUS SIGN}3", ".", Number("-3")),
        ("1e3", ".", Number("1e3")),
    ],
)
def test_numbers_are_read_as_people_write_them(text, decimal, number):
    assert read_number(text, decimal) == number


@pytest.mark.parametrize(
    ("text", "decimal", "found"),
    [
        ("1,100", ".", "1,100, which can be 1.1 or 1100"),
        ("1.100", ",", "1.100, which can be 1.1 or 1100"),
        ("1,234,567", ".", "with signs in between"),
        ("1,5", ".", "a decimal comma"),
        ("1.5", ",", "a decimal point"),
        ("high", ".", "'high', which is no number"),
        ("12 U/L", ".", "no number"),
        ("1e999999", ".", "too large or too small"),
        ("1e-300", ".", "too large or too small"),
    ],
)
def test_a_number_that_can_be_two_or_none_is_refused(text, decimal, found):
    with pytest.raises(Unfit, match=found):
        read_number(text, decimal)


def test_a_number_of_a_workbook_has_a_point_whatever_its_texts_have():
    assert read_number(Exact("1.125"), ",") == Number("1.125")
    assert read_number("1,125", ",") == Number("1.125")


def test_units_convert_by_exact_factors_only():
    assert convert_number("252", "U/L", "ukat/L") == "4.2"
    assert convert_number("0.4", "ng/ml", "pg/mL") == "400"
    assert convert_number("3.50", "cm", "cm") == "3.50"
    with pytest.raises(Unfit, match="the unit MFI, which is no known unit"):
        convert_number("3", "MFI", "pg/mL")
    with pytest.raises(Unfit, match=r"the unit pg/mL$"):
        convert_number("3", "pg/mL", "U/L")


def test_a_word_is_found_in_any_case_and_a_code_with_or_without_decimals():
    words = {"Ja": "true", "1": "female"}
    assert find_word(" JA ", words) == "true"
    assert find_word("1.0", words) == "female"
    assert find_word("11", words) is None


@pytest.mark.parametrize(
    ("text", "order", "date"),
    [
        ("2024-02-03", "month first", dt.date(2024, 2, 3)),
        ("03/02/2024", "day first", dt.date(2024, 2, 3)),
        ("03/02/2024", "month first", dt.date(2024, 3, 2)),
        ("3.2.2024", "day first", dt.date(2024, 2, 3)),
        ("03-Feb-2024", "day first", dt.date(2024, 2, 3)),
        ("2024-02-03T08:30", "year first", dt.date(2024, 2, 3)),
    ],
)
def test_dates_are_read_in_their_order(text, order, date):
    assert read_date(text, order) == date


@pytest.mark.parametrize("text", ["03/02/2024", "3.2.24"])
def test_a_date_is_not_read_in_an_order_that_nobody_declared(text):
    with pytest.raises(Unfit, match="which is none"):
        read_date(text, "year first")


@pytest.mark.parametrize("text", ["2024-02", "2024", "30/02/2024", "soon", "2024-13-01"])
def test_a_date_that_is_not_whole_is_refused(text):
    with pytest.raises(Unfit, match="which is none"):
        read_date(text, "day first")


def time(text, unit, start=dt.date(2024, 1, 1), wanted="months"):
    return convert_time(
        text, unit, wanted, decimal=".", dates="year first", start=start, days_in_month=30.4375
    )


def test_times_are_counted_from_the_first_dose():
    # Day 1 is the day of the first dose and there is no day 0 (CDISC ADaM).
    assert time("1", "study day") == "0"
    assert time("-1", "study day", wanted="days") == "-1"
    assert time("2024-12-31", "date") == "11.991786"  # 365 days of 30.4375
    assert time("6", "weeks") == "1.379877"  # 42 days of 30.4375
    assert time("1", "years") == "12"
    assert time("2.5", "months") == "2.5"
    assert time("2", "months", wanted="days") == "60.875"


def test_a_time_that_cannot_be_counted_is_refused():
    with pytest.raises(Unfit, match="day 0"):
        time("0", "study day")
    with pytest.raises(Unfit, match="without a first dose"):
        time("2024-02-03", "date", start=None)
    with pytest.raises(Unfit, match="the unit pg/mL"):
        time("3", "pg/mL")


@pytest.mark.parametrize(
    ("text", "kind", "month"),
    [
        ("Baseline", "baseline", 0),
        ("baseline_arm_1", "baseline", 0),
        ("Week 12", "week", 3),
        ("W26", "week", 6),
        ("2 weeks", "week", 0.5),
        ("Visit 3 (Month 6)", "month", 6),
        ("6 månader", "month", 6),
        ("Besök 2", "visit", None),
        ("Day 1", "day", 0),
        ("Day 85", "day", 3),
        ("1 år", "year", 12),
        ("Screening", "before", None),
        ("HAQ_pre", "baseline", 0),
        ("End of treatment", "after", None),
        ("Unscheduled 3.1", "unplanned", None),
    ],
)
def test_a_visit_says_its_month_where_it_can(text, kind, month):
    visit = read_visit(text)
    assert (visit.kind, visit.month) == (kind, month)


@pytest.mark.parametrize("text", ["Arm", "MMT8", "CD4", "IL-6", "arm"])
def test_what_names_no_visit_is_none(text):
    assert read_visit(text) is None


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("CK v3", ("ck", "v3")),
        ("HAQ_6M", ("haq", "6m")),
        ("MMT-8 besök 2", ("mmt 8", "besok 2")),
        ("CK (µkat/L) BL", ("ck", "bl")),
        ("IL-6_w12", ("il 6", "w12")),
        ("MMT8", ("mmt8", "")),
        ("HAQ (0-3)", ("haq", "")),
        ("MMT8 (0–150 points) m6", ("mmt8", "m6")),
    ],
)
def test_a_columns_name_is_parted_from_its_visit(name, parts):
    assert split_visit(name) == parts


def test_a_week_is_called_by_a_whole_month_only_where_one_is_near():
    assert [round_month(weeks * 7 / 30.4375) for weeks in (1, 4, 6, 8, 24, 52)] == [
        *(0.2, 1, 1.4, 2, 6, 12)
    ]


def test_the_vocabulary_is_folded_and_means_one_place_a_name():
    for names in (*COLUMNS.values(), *IN_CONTEXT.values(), AMBIGUOUS, *WORDS.values()):
        assert [name for name in names if fold_name(name) != name] == []
    assert not set(AMBIGUOUS) & {name for names in COLUMNS.values() for name in names}
