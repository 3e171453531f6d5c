"""Who stayed and who left, in words, with and without a record of it."""

import pandas as pd
import pytest
from tests.report.cohorts import strip_tags

from helpers.answers import cohort
from helpers.report.overview import patient_flow as report


def ask(open_study, tables=None, **settings):
    return cohort.flow(cohort.availability(open_study(tables, **settings)))


def test_who_left_stands_under_the_first_visit_not_reached():
    patients = pd.DataFrame({"patient_id": ["A", "B", "C", "D"], "arm": "drug"})
    disposition = pd.DataFrame(
        {
            "patient_id": ["A", "B", "C", "D"],
            "last_month": [3.0, 2.9, 12.0, 12.0],
            "completed": [False, False, False, True],
            "stop_reason": pd.Series(["moved", None, "death", None], dtype="str"),
        }
    )
    left = report.list_who_left(patients, disposition, months=[0.0, 3.0, 12.0])
    assert left.values.tolist() == [
        ["drug", 12.0, "Moved", 1],
        ["drug", 3.0, "Reason not given", 1],
    ]
    assert report.list_who_left(patients, None, months=[0.0]).empty


@pytest.mark.parametrize(
    ("completed", "verb"), [("P1,3,true,", "was in"), ("P1,1,false,headache", "was not in")]
)
def test_whether_a_single_patient_stayed_is_said_in_words(open_study, completed, verb):
    flow = ask(
        open_study,
        {
            "patients": "patient_id,arm\nP1,treated\n",
            "disposition": f"patient_id,last_month,completed,stop_reason\n{completed}\n",
        },
    )
    assert strip_tags(report.describe_retention(flow.ledger)) == (
        f"The patient {verb} the study at the last planned visit (3 months)."
    )


def test_without_tables_nobody_is_said_to_have_left(open_study):
    flow = ask(open_study)
    missing = cohort.missing(flow.measured)
    assert strip_tags(report.describe_retention(flow.ledger)) == (
        "Who was still in the study at the last planned visit (3 months) was not recorded."
    )
    assert "was not recorded" in flow.conclusion[0]
    assert flow.find("patient_flow").alt == ("who was seen at which visit was not recorded.")
    assert missing.sentence == "The core set was not measured in this study."
    assert missing.find("missing_values").empty == ""
    assert "seen.treated.month_3" not in flow.ledger


def test_one_visit_leaves_nothing_to_compare(open_study):
    flow = ask(open_study, visits=[{"month": 0, "label": "Baseline"}])
    assert report.describe_retention(flow.ledger) == "One visit was planned."
    assert "no later state" in flow.conclusion[0]


def test_names_of_arms_become_names_of_results(open_study):
    flow = ask(
        open_study,
        {"patients": "patient_id,arm\nP1,Drug A (100 mg)\nP2,Drug A (100 mg)\n"},
        arms={"Drug A (100 mg)": "Drug A"},
    )
    assert flow.ledger["entered.drug-a-100-mg"].value == 2
    assert report.name_seen("arm", 4.5) == "seen.arm.month_4-5"
