"""Who was studied and who stayed; later answers are asked of earlier ones."""

import pytest
from tests.report.cohorts import make_cohort, read_words

from helpers.answers import cohort


def test_flow_and_gaps_are_of_what_was_measured():
    measured = cohort.availability(make_cohort({"A": ["better"], "B": [None]}))
    assert cohort.flow(measured).measured is measured
    assert cohort.missing(measured).measured is measured
    assert measured.numbers.empty


def test_who_was_seen_is_recorded_by_arm_and_visit():
    flow = cohort.flow(cohort.availability(make_cohort({"A": ["better"], "B": [None]})))
    assert flow.ledger["entered.treated"].value == 2
    assert flow.ledger["seen.treated.month_3"].value == 1


@pytest.mark.parametrize(
    ("response", "responders"),
    [({}, ["Responders (n = 2)"]), ({"improvement_percent": 60}, [])],
)
def test_responders_at_entry_are_those_of_the_studys_rule(response, responders):
    # "better" moves four measures, by 60, 50, 30 and 50 per cent.
    fates = {"A": ["better"], "B": ["same"], "C": ["better"]}
    table = cohort.at_entry(make_cohort(fates, response=response)).find("patients_at_entry")
    assert [read_words(head) for head in table.frame if head.startswith("Resp")] == responders


def test_the_notes_of_the_study_are_limits_of_its_design():
    study = make_cohort({"A": ["better"]}, notes=["Doses < 5 mg were not recorded."])
    assert cohort.design(study).limits == ("Doses &lt; 5 mg were not recorded.",)
