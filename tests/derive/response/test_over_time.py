"""Response over time, with the fate of one patient written as a row of letters."""

import pandas as pd
import pytest

from helpers.contracts.response import Response
from helpers.derive.response.over_time import count_everybody, judge_moments, label_flags

MONTHS = [3.0, 6.0, 12.0]
LETTERS = {"I": "improved", "u": "unchanged", "w": "worsened", "?": "not evaluable"}


def make_visits(fate):
    """Make the visits of patient A; a dot is a visit not held."""
    rows = [("A", m, LETTERS[c]) for m, c in zip(MONTHS, fate, strict=True) if c != "."]
    return pd.DataFrame(rows, columns=["patient_id", "month", "category"])


def judge(fate):
    """Give any, confirmed, kept and first improved by month 6: Y, n or ? each."""
    row = judge_moments(make_visits(fate), patients=["A"], months=MONTHS).loc["A"]
    names = ("any", "confirmed", "kept", "by_month_6")
    return "".join("?" if pd.isna(row[name]) else "Y" if row[name] else "n" for name in names)


@pytest.mark.parametrize(
    ("fate", "expected"),
    [
        ("III", "YYYY"),
        ("IIu", "YYnY"),
        ("Iuu", "YnnY"),
        ("uuI", "YnYn"),
        ("IuI", "YnnY"),
        ("I?I", "Y??Y"),  # two in a row could have been; whether it held in between is not known
        ("II.", "YY?Y"),
        ("u..", "nn?n"),
        ("...", "????"),
        ("?.?", "????"),
        ("wuw", "nnnn"),
        ("?uI", "YnYn"),
    ],
)
def test_each_fate_at_each_moment(fate, expected):
    assert judge(fate) == expected


EVENTS = pd.DataFrame(
    {
        "patient_id": ["A", "B"],
        "month": [4.0, 4.0],
        "event": ["withdrawal", "death"],
        "detail": ["", ""],
    }
)


@pytest.mark.parametrize(
    ("month", "settings", "counted"),
    [
        (6.0, {}, [False, False, False]),
        (6.0, {"intercurrent": {"withdrawal": "as_observed"}}, [None, False, False]),
        (6.0, {"intercurrent": {"death": "not_judged"}}, [False, None, False]),
        (6.0, {"unjudged": "left_out"}, [False, False, None]),
        (3.0, {"unjudged": "left_out"}, [None, None, None]),  # nobody had left by then
    ],
)
def test_who_was_not_judged_counts_by_what_happened(month, settings, counted):
    judged = pd.Series(pd.NA, index=list("ABC"), dtype="boolean")
    found = count_everybody(judged, EVENTS, Response(**settings), month=month)
    assert [None if pd.isna(one) else one for one in found] == counted


def test_flags_become_categories():
    flags = pd.DataFrame(
        {"patient_id": list("ABC"), "month": 3.0, "f": pd.array([True, False, None], "boolean")}
    )
    found = label_flags(flags, column="f")["category"].tolist()
    assert found == ["improved", "unchanged", "not evaluable"]
