"""The patients of a study at entry: in groups, alone, and without anything recorded."""

import pandas as pd
from tests.report.overview_tables import TWO_ARMS
from tests.study_folders import CORE_SET

from helpers.answers import cohort
from helpers.report.overview import cohort as report
from helpers.report.words import NBSP


def find(study, name):
    return cohort.at_entry(study).find(name)


def test_patients_at_entry_stand_by_arm_and_by_response(open_study):
    patients = "patient_id,arm,sex\nP1,treated,female\nP2,treated,male\nP3,control,male\n"
    study = open_study({"patients": patients, "core_set": CORE_SET}, arms=TWO_ARMS)
    table = find(study, "patients_at_entry")
    assert [name.replace(NBSP, " ") for name in table.frame.columns] == [
        "at entry",
        "Treated (n = 2)",
        "Control <none> (n = 1)",
        "Responders (n = 1)",
        "Non-responders (n = 1)",
        "All (n = 3)",
    ]
    rows = table.frame.set_index("at entry")
    assert rows.loc["Sex: male"].str.replace(NBSP, " ").tolist() == [
        "1 of 2", "1 of 1", "0 of 1", "1 of 1", "2 of 3",
    ]  # fmt: skip
    assert rows.loc["Creatine kinase, U/L"].iloc[-1].replace(NBSP, " ") == (
        "252 (252 to 252); 2 missing"
    )
    assert "everybody else, among them 1 patient who could not be judged." in table.caption


def test_a_single_patient_has_no_table_of_groups(open_study):
    study = open_study({"patients": "patient_id,arm,sex\nP1,treated,female\n"})
    table = find(study, "patients_at_entry")
    assert (table.frame.empty, table.empty) == (True, "")
    assert find(study, "patients").caption == "The patient."


def test_without_characteristics_there_is_no_table_and_no_list(open_study):
    study = open_study()
    table = find(study, "patients_at_entry")
    assert table.frame.empty
    assert table.empty == "Nothing was recorded of the patients at entry."
    assert find(study, "patients").frame.empty


def test_abbreviated_diagnoses_are_spelt_out_where_they_occur():
    patients = pd.DataFrame({"diagnosis": ["IBM", "overlap", None]})
    assert report.explain_diagnoses(patients) == " IBM: inclusion body myositis."
    assert report.explain_diagnoses(pd.DataFrame({"arm": ["x"]})) == ""
