"""Who reached a declared outcome; what stands in the sentences is in tests/statements."""

import pandas as pd
import pytest
from tests.report.cohorts import make_cohort

from helpers.derive.response.outcomes import find_measure, list_measures

RESPONSE_AT_6 = {"measure": "response", "month": 6}


def judge(fates, **settings):
    study = make_cohort(fates, months=(3.0, 6.0), primary_outcome=RESPONSE_AT_6, **settings)
    return study.judge_outcome("primary").set_index("patient_id")


def test_response_is_judged_at_its_visit_by_the_rule_of_the_study():
    judged = judge({"A": ["same", "better"], "B": ["better", "same"], "C": ["better", None]})
    assert judged["reached"].fillna(False).tolist() == [True, False, False]
    assert judged.loc["C", "reason"] == "not seen at this visit"


@pytest.mark.parametrize(("unjudged", "counted"), [("not_improved", 3), ("left_out", 2)])
def test_who_was_not_seen_counts_by_the_rule_for_the_unjudged(unjudged, counted):
    fates = {"A": ["same", "better"], "B": ["better", "same"], "C": ["better", None]}
    judged = judge(fates, response={"unjudged": unjudged})
    assert judged["counted"].notna().sum() == counted


def test_creatine_kinase_is_compared_in_the_unit_of_the_limit():
    outcome = {"measure": "ck", "direction": "lower", "improvement": 1, "month": 3}
    core = pd.DataFrame(
        {"patient_id": "A", "month": [0.0, 3.0], "ck": [300.0, 240.0]}
    )  # 5 and 4 ukat/L, shown as U/L
    study = make_cohort(
        {"A": ["same"]},
        tables={"core_set": core},
        primary_outcome=outcome,
        instruments={"ck": {"unit": "ukat/L", "report_unit": "U/L"}},
    )
    assert study.judge_outcome("primary")["reached"].tolist() == [True]


def test_a_baseline_of_zero_has_no_percentage():
    outcome = {
        "measure": "functional_index",
        "direction": "higher",
        "improvement_percent": 20,
        "month": 3,
    }
    index = pd.DataFrame({"patient_id": "A", "month": [0.0, 3.0], "fi": [0.0, 30.0]})
    study = make_cohort(
        {"A": ["same"]}, tables={"functional_index": index}, primary_outcome=outcome
    )
    judged = study.judge_outcome("primary")
    assert judged["reached"].isna().all()
    assert judged["reason"].tolist() == ["baseline is 0, so a relative change is undefined"]


def test_a_measure_of_no_table_is_found_nowhere():
    assert find_measure("walk", {}).table == ""
    assert list_measures({"functional_index": pd.DataFrame()}) == ["functional_index"]
