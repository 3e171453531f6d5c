"""What happened beside the treatment, and what visits after it count as."""

import pandas as pd
import pytest

from helpers.contracts.outcomes import Intercurrent
from helpers.derive.response.intercurrent import (
    apply_drug_strategies,
    derive_intercurrent_events,
    find_event_before,
)

DRUGS = pd.DataFrame(
    {
        "patient_id": list("ABCDE"),
        "drug": ["rituximab", "prednisolone", "rituximab", "cyclosporin", "rituximab"],
        "start_month": [3.0, 3.0, 0.0, 4.0, float("nan")],
        "role": ["rescue", "background", "rescue", "not_allowed", "rescue"],
    }
)
LEFT = pd.DataFrame(
    {
        "patient_id": list("ABC"),
        "last_month": [2.0, 6.0, 12.0],
        "completed": [False, False, True],
        "stop_reason": ["moved away", "Sudden death", None],
    }
)


def list_events(events):
    return [tuple(row) for row in events[["patient_id", "event"]].itertuples(index=False)]


def test_only_drugs_that_began_after_baseline_are_events():
    assert list_events(derive_intercurrent_events(DRUGS, None)) == [
        ("A", "rescue"),
        ("D", "drug_not_allowed"),
        ("E", "rescue"),
    ]


def test_a_death_is_no_withdrawal():
    assert list_events(derive_intercurrent_events(None, LEFT)) == [
        ("A", "withdrawal"),
        ("B", "death"),
    ]


@pytest.mark.parametrize("drugs", [None, DRUGS.drop(columns="role"), DRUGS[:0]])
def test_nothing_known_is_no_event(drugs):
    assert derive_intercurrent_events(drugs, None).empty


@pytest.mark.parametrize(("month", "found"), [(2.9, ""), (3.0, "rescue"), (3.1, "rescue")])
def test_a_visit_in_the_month_of_an_event_lies_after_it(month, found):
    events = derive_intercurrent_events(DRUGS, None)
    visits = pd.DataFrame({"patient_id": ["A"], "month": [month]}, index=[7])
    assert find_event_before(events, visits, kinds=("rescue",))["event"].to_dict() == {7: found}


def test_an_event_without_a_month_counts_as_before():
    events = derive_intercurrent_events(DRUGS, None)
    visits = pd.DataFrame({"patient_id": ["E"], "month": [3.0]})
    assert find_event_before(events, visits, kinds=("rescue",))["event"].tolist() == ["rescue"]


@pytest.mark.parametrize(
    ("strategy", "flag", "told"),
    [
        ("as_observed", True, "better"),
        ("not_improved", False, "after rescue treatment (rituximab) the visit counts as not"),
        ("not_judged", None, "after rescue treatment (rituximab) the visit is not judged"),
    ],
)
def test_a_visit_after_rescue_counts_as_the_study_says(strategy, flag, told):
    judged = pd.DataFrame(
        {
            "patient_id": ["A", "B"],
            "month": 6.0,
            "improved": pd.array([True, True], dtype="boolean"),
            "reason": "better",
        }
    )
    events = derive_intercurrent_events(DRUGS, None)
    now = apply_drug_strategies(judged, events, Intercurrent(rescue=strategy), flag="improved")
    assert [None if pd.isna(one) else one for one in now["improved"]] == [flag, True]
    assert now["reason"].iloc[0].startswith(told)
    assert now["reason"].iloc[1] == "better"
