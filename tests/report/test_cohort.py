"""The patients of a study at entry: in groups, alone, and without anything recorded."""

import pandas as pd
from tests.report.cohorts import strip_tags
from tests.report.overview_studies import DISPOSITION, TWO_ARMS
from tests.study_folders import CORE_SET

from helpers.derive.cohort import derive_visit_responses, summarise_cohort
from helpers.report import cohort as report
from helpers.report import patient_flow as flow_report
from helpers.report import study_overview as overview_report
from helpers.report.words import NBSP


def test_patients_at_entry_stand_by_arm_and_by_response(start):
    patients = "patient_id,arm,sex\nP1,treated,female\nP2,treated,male\nP3,control,male\n"
    chapter, _, _ = start({"patients": patients, "core_set": CORE_SET}, arms=TWO_ARMS)
    config, table = chapter.study.config, chapter.study.table("patients")
    responses = derive_visit_responses(chapter.study.table("core_set"), config)
    groups = [report.group_by_arm(chapter), report.group_by_best_response(responses, table)]
    summary = summarise_cohort(table, chapter.study.table("core_set"), groups=groups)
    wide = report.tabulate_cohort(summary, config)
    assert [name.replace(NBSP, " ") for name in wide.columns] == [
        "at entry",
        "Treated (n = 2)",
        "Control <none> (n = 1)",
        "Responders (n = 1)",
        "Non-responders (n = 2)",
        "All (n = 3)",
    ]
    rows = wide.set_index("at entry")
    assert rows.loc["Sex: male"].str.replace(NBSP, " ").tolist() == [
        "1 of 2", "1 of 1", "0 of 1", "2 of 2", "2 of 3",
    ]  # fmt: skip
    assert rows.loc["Creatine kinase, U/L"].iloc[-1].replace(NBSP, " ") == (
        "252 (252 to 252); 2 missing"
    )
    caption = report.caption_cohort(summary, responses)
    assert "everybody else, among them 2 patients who could not be judged." in caption


def test_a_single_patient_has_no_table_of_groups(start):
    chapter, _, _ = start({"patients": "patient_id,arm,sex\nP1,treated,female\n"})
    table = chapter.study.table("patients")
    assert report.tabulate_cohort(summarise_cohort(table), chapter.study.config).empty
    assert report.explain_no_cohort(table) == ""
    assert report.caption_patients(table) == "The patient."


def test_without_characteristics_there_is_no_table_and_no_list(start):
    chapter, _, _ = start()
    table = chapter.study.table("patients")
    assert report.tabulate_cohort(summarise_cohort(table), chapter.study.config).empty
    assert report.explain_no_cohort(table) == "Nothing was recorded of the patients at entry."
    assert report.tabulate_patients(table, chapter.study.config).empty


def test_abbreviated_diagnoses_are_spelt_out_where_they_occur():
    patients = pd.DataFrame({"diagnosis": ["IBM", "overlap", None]})
    assert report.explain_diagnoses(patients) == " IBM: inclusion body myositis."
    assert report.explain_diagnoses(pd.DataFrame({"arm": ["x"]})) == ""


def test_an_arm_without_patients_is_not_mentioned(start):
    chapter, seen, _ = start(
        {"disposition": DISPOSITION.replace("P3,3,true,\n", "")}, arms=TWO_ARMS
    )
    assert report.list_arms(chapter) == {"treated": "Treated"}
    assert strip_tags(report.describe_entered(chapter)) == "2 patients entered the study."
    assert strip_tags(flow_report.describe_retention(chapter)).startswith("1 of 2 patients were in")
    assert overview_report.conclude_overview(chapter, seen)[0].startswith("One arm allows")
