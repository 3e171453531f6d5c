"""Printed lists of measures: what they settle, and what they leave open."""

import pandas as pd
import pytest

from helpers.contracts.outcomes import CORE_MEASURES
from helpers.contracts.response import IMACS_2004
from helpers.derive.response.printed import judge_printed_changes

WORDS = {"+": "improved", "-": "worsened", "=": "unchanged"}


def judge(letters):
    """Judge physician, patient, MMT-8, HAQ, CK, extramuscular; a dot is not in the print."""
    rows = [
        ("A", 3.0, measure, WORDS[letter])
        for measure, letter in zip(CORE_MEASURES, letters, strict=True)
        if letter != "."
    ]
    printed = pd.DataFrame(rows, columns=["patient_id", "month", "measure", "change"])
    [flag] = judge_printed_changes(printed, definition=IMACS_2004)["improved"]
    return None if pd.isna(flag) else flag


@pytest.mark.parametrize(
    ("letters", "improved"),
    [
        ("+++===", True),
        ("++====", False),
        ("+++---", False),  # three worse
        ("+++--=", True),
        ("++-+==", False),  # strength is worse
        ("+++...", None),  # three unknown could all be worse
        ("+++=..", True),
        ("++.+==", None),  # strength is not in the print
        ("++.===", None),  # a third could have improved
        ("+.====", False),
        ("--=-..", False),
    ],
)
def test_what_is_not_printed_is_not_known(letters, improved):
    assert judge(letters) is improved or judge(letters) == improved
