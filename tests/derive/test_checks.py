import numpy as np
import pandas as pd
import pytest

from helpers.derive import checks

KEY = ["patient_id", "month"]


def test_a_table_without_fault_passes_and_so_does_an_empty_one():
    table = pd.DataFrame({"patient_id": ["P1", "P1"], "month": [0.0, 3.0], "ck": [1.0, np.nan]})
    checks.check_table(table, name="core_set", columns=["ck"], key=KEY)
    checks.check_table(table.iloc[:0], name="core_set", columns=["ck"], key=KEY)


def test_every_missing_column_is_named():
    with pytest.raises(ValueError, match="month, ck not found"):
        checks.check_table(
            pd.DataFrame({"patient_id": ["P1"]}), name="core_set", columns=["ck"], key=KEY
        )


def test_an_empty_key_and_a_repeated_key_are_reported_together():
    table = pd.DataFrame(
        {"patient_id": ["P1", "P1", None], "month": [3.0, 3.0, 6.0], "ck": [1.0, 2.0, 3.0]}
    )
    with pytest.raises(ValueError, match=r"found it empty in row 2\..*more for \(P1, 3\.0\)"):
        checks.check_table(table, name="core_set", columns=["ck"], key=KEY)


@pytest.mark.parametrize(("value", "fine"), [(0, True), (10, True), (-0.1, False), (10.1, False)])
def test_both_ends_of_a_range_belong_to_it(value, fine):
    values = pd.Series([value, np.nan])
    if fine:
        checks.check_range(values, name="vas", high=10)
    else:
        with pytest.raises(ValueError, match=f"vas: expected values from 0 to 10, found {value}"):
            checks.check_range(values, name="vas", high=10)


def test_an_infinite_value_is_refused_even_without_an_upper_end():
    with pytest.raises(ValueError, match="expected values of 0 or more, found inf"):
        checks.check_range(pd.Series([np.inf]), name="ck")


def test_missing_choices_pass_and_unknown_ones_are_listed():
    checks.check_allowed(pd.Series(["ck", None], dtype="str"), name="measure", allowed=["ck"])
    with pytest.raises(ValueError, match="expected one of ck; found crp"):
        checks.check_allowed(pd.Series(["crp"]), name="measure", allowed=["ck"])


def test_an_unknown_month_is_answered_with_the_known_ones():
    checks.check_month(pd.DataFrame({"month": [3.0]}), 3, name="visits")
    with pytest.raises(ValueError, match="month 4 not found; the months there are: 3"):
        checks.check_month(pd.DataFrame({"month": [3.0]}), 4, name="visits")
    with pytest.raises(ValueError, match="the months there are: none"):
        checks.check_month(pd.DataFrame({"month": []}), 4, name="visits")


def test_rounding_removes_float_noise_keeps_infinity_and_drops_minus_zero():
    rounded = checks.round_for_comparison(pd.Series([24.999999999999996, -np.inf, -0.0, np.nan]))
    assert rounded.iloc[0] == 25
    assert rounded.iloc[1] == -np.inf
    assert not np.signbit(rounded.iloc[2])
    assert np.isnan(rounded.iloc[3])


def test_a_long_list_says_how_many_more_there_are():
    assert checks.list_some("ab") == "a, b"
    assert checks.list_some("abcdefg") == "a, b, c, d, e and 2 more"
