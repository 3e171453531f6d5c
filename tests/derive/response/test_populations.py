"""Who is counted: judged, not yet due, or why not."""

import pandas as pd
import pytest
from tests.report.cohorts import make_core_set

from helpers.derive.response.populations import (
    HAD_LEFT,
    JUDGED,
    NO_BASELINE,
    NOT_SEEN,
    NOT_YET_DUE,
    TOO_LITTLE,
    count_responders,
    derive_standing,
    find_not_due,
    summarise_standing,
)

NA = pd.NA
MONTHS = (0.0, 3.0, 6.0)


def stand(fates, flag, status=None, last=6.0, **options):
    core_set = make_core_set({"A": fates}, months=MONTHS[1:])
    disposition = None
    if status is not None:
        disposition = pd.DataFrame(
            {"patient_id": ["A"], "last_month": last, "status": status, "stop_reason": None}
        )
    flags = pd.Series({"A": flag}, dtype="boolean")
    [found] = derive_standing(flags, core_set, disposition, months=MONTHS, **options)
    return found


@pytest.mark.parametrize(
    ("fates", "flag", "about", "standing"),
    [
        (["better", "same"], True, {}, JUDGED),
        ([None, None], NA, {}, NOT_SEEN),
        ([None, None], NA, {"status": "completed"}, NOT_SEEN),
        ([None, None], NA, {"status": "left", "last": 1.0}, HAD_LEFT),
        ([None, None], NA, {"status": "died", "last": 1.0}, HAD_LEFT),
        (["better", None], True, {"status": "ongoing", "last": 4.0}, NOT_YET_DUE),
        (["better", None], True, {"status": "ongoing", "last": 6.0}, JUDGED),
        (["better", None], True, {"status": "ongoing", "last": 5.9, "window": 0.1}, JUDGED),
        (["better", "same"], True, {"status": "ongoing", "last": 4.0}, JUDGED),  # held early
        (["better", None], NA, {"last_only": True}, NOT_SEEN),
        (["better", None], True, {"status": "left", "last": 4.0}, JUDGED),
    ],
)
def test_everybody_has_one_standing(fates, flag, about, standing):
    assert stand(fates, flag, **about) == standing


def test_without_a_baseline_or_with_too_few_measures_the_reason_says_so():
    core_set = make_core_set({"A": ["better"], "B": ["better"]})
    core_set = core_set[(core_set["patient_id"] == "B") | (core_set["month"] > 0)]
    flags = pd.Series({"A": NA, "B": NA}, dtype="boolean")
    found = derive_standing(flags, core_set, None, months=(0.0, 3.0))
    assert found.to_dict() == {"A": NO_BASELINE, "B": TOO_LITTLE}


FLAGS = pd.Series({"A": True, "B": NA, "C": False, "D": NA, "E": NA}, dtype="boolean")
STANDING = pd.Series(
    {"A": JUDGED, "B": HAD_LEFT, "C": NOT_YET_DUE, "D": NOT_SEEN, "E": HAD_LEFT}, dtype="str"
)
ARMS = pd.Series(list("xxxyy"), index=FLAGS.index)


@pytest.mark.parametrize(
    ("unjudged", "counted"),
    [("not_improved", [True, False, NA, NA, NA]), ("left_out", [True, NA, NA, NA, NA])],
)
def test_nobody_is_counted_who_is_not_due_or_whose_arm_was_not_judged(unjudged, counted):
    assert count_responders(FLAGS, STANDING, ARMS, unjudged=unjudged).tolist() == counted


def test_the_standings_of_an_arm_add_up_to_those_who_entered():
    rows = summarise_standing(STANDING, ARMS, FLAGS).set_index("group")
    assert rows["n_entered"].to_dict() == {"x": 3, "y": 2}
    assert (rows.drop(columns=["n_entered", "n_early"]).sum(axis=1) == rows["n_entered"]).all()
    improved = summarise_standing(STANDING, ARMS, FLAGS.mask(FLAGS.index == "C", True))
    assert improved["n_early"].tolist() == [1, 0]


def test_without_a_disposition_nothing_is_known_to_be_yet_to_come():
    assert find_not_due(None, None, months=MONTHS) == frozenset()
