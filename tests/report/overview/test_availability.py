"""What was measured when, and which core set values are missing."""

from tests.report.cohorts import strip_tags
from tests.study_folders import CORE_SET

from helpers.answers import cohort
from helpers.derive.course.cohort import summarise_availability
from helpers.report.overview import availability as report


def ask(study):
    return cohort.missing(cohort.availability(study))


def describe_not_recorded(study):
    *_, text = ask(study).list_pieces()
    return text.paragraphs[0]


def test_missing_values_are_counted_with_their_patients(open_study):
    answer = ask(open_study({"core_set": CORE_SET}))
    # typed from CORE_SET: extramuscular of P1 at 3 months and ck of P2 at baseline; 3 visits
    assert strip_tags(answer.sentence) == (
        "2 of 18 core set values are missing at visits that took place, in 2 patients: P1 and P2."
    )
    table = answer.find("missing_values")
    assert table.frame[["measure", "missing", "of", "who"]].values.tolist() == [
        ["Creatine kinase, U/L", 1, 2, "P2"],
        ["Extramuscular activity, VAS 0 to 10", 1, 1, "P1"],
    ]
    assert "(2 of 18)" in strip_tags(table.caption)


def test_a_complete_core_set_misses_nothing(open_study):
    whole = CORE_SET.replace("198,,76", "198,1,76").replace("1.25,,0", "1.25,90,0")
    answer = ask(open_study({"core_set": whole}))
    assert strip_tags(answer.sentence).startswith("No core set value")
    table = answer.find("missing_values")
    assert table.caption == ""
    assert table.empty.startswith("No core set value is missing")


def test_one_missing_value_is_singular(open_study):
    answer = ask(open_study({"core_set": CORE_SET.replace("1.25,,0", "1.25,90,0")}))
    assert "1 of 18 core set values is missing" in strip_tags(answer.sentence)
    assert "in 1 patient: P1." in strip_tags(answer.sentence)


def test_samples_show_how_many_can_be_compared(open_study):
    study = open_study({"core_set": CORE_SET})
    measured = cohort.availability(study)
    assert measured.find("measured").frame.values.tolist() == [
        ["Core set", "2", "1; 1 with baseline"]
    ]
    counts = summarise_availability(measured.availability)
    assert report.tabulate_samples(counts.iloc[:0], study.config).empty


def test_what_was_never_recorded_is_one_sentence(open_study):
    assert describe_not_recorded(open_study()) == (
        "Not recorded in this study: when and why treatment stopped (no table disposition), "
        "adverse events (no table adverse_events, which does not mean that there were none), the "
        "core set (no table core_set) and any other value by planned visit."
    )


def test_a_study_with_every_table_has_nothing_to_name(open_study):
    events = "patient_id,start_month,term,system_organ_class,ctcae_grade,serious,related,action\n"
    ended = "patient_id,last_month,completed,stop_reason\nP1,3,true,\nP2,3,true,\n"
    study = open_study({"core_set": CORE_SET, "disposition": ended, "adverse_events": events})
    assert describe_not_recorded(study) == ""
