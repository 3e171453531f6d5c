"""What was measured when, and which core set values are missing."""

from tests.report.cohorts import strip_tags
from tests.study_folders import CORE_SET

from helpers.derive.cohort import derive_availability, summarise_availability
from helpers.report import availability as report


def test_missing_values_are_counted_with_their_patients(start):
    chapter, _, missing = start({"core_set": CORE_SET})
    # typed from CORE_SET: extramuscular of P1 at 3 months and ck of P2 at baseline; 3 visits
    assert strip_tags(report.describe_missing(chapter, missing)) == (
        "2 of 18 core set values are missing at visits that took place, in 2 patients: P1 and P2."
    )
    table = report.tabulate_missing(missing, chapter.study.config)
    assert table[["measure", "missing", "of", "who"]].values.tolist() == [
        ["Creatine kinase, U/L", 1, 2, "P2"],
        ["Extramuscular activity, VAS 0 to 10", 1, 1, "P1"],
    ]
    assert "(2 of 18)" in strip_tags(report.caption_missing(chapter, missing))


def test_a_complete_core_set_misses_nothing(start):
    whole = CORE_SET.replace("198,,76", "198,1,76").replace("1.25,,0", "1.25,90,0")
    chapter, _, missing = start({"core_set": whole})
    assert strip_tags(report.describe_missing(chapter, missing)).startswith("No core set value")
    assert report.caption_missing(chapter, missing) == ""
    assert report.explain_no_missing(chapter).startswith("No core set value is missing")


def test_one_missing_value_is_singular(start):
    chapter, _, missing = start({"core_set": CORE_SET.replace("1.25,,0", "1.25,90,0")})
    assert "1 of 18 core set values is missing" in strip_tags(
        report.describe_missing(chapter, missing)
    )
    assert "in 1 patient: P1." in strip_tags(report.describe_missing(chapter, missing))


def test_samples_show_how_many_can_be_compared(start):
    chapter, _, _ = start({"core_set": CORE_SET})
    availability = derive_availability(
        chapter.study.tables, patients=["P1", "P2"], months=[0.0, 3.0]
    )
    counts = summarise_availability(availability)
    table = report.tabulate_samples(counts, chapter.study.config)
    assert table.values.tolist() == [["Core set", "2", "1; 1 with baseline"]]
    assert report.tabulate_samples(counts.iloc[:0], chapter.study.config).empty


def test_what_was_never_recorded_is_one_sentence(start):
    chapter, _, _ = start()
    nothing = derive_availability({}, patients=["P1"], months=[0.0], disposition=None)
    assert report.describe_not_recorded(chapter, nothing) == (
        "Not recorded in this study: when and why treatment stopped (no table disposition), "
        "adverse events (no table adverse_events, which does not mean that there were none), the "
        "core set (no table core_set) and any other value by planned visit."
    )


def test_a_study_with_every_table_has_nothing_to_name(start):
    events = "patient_id,start_month,term,system_organ_class,ctcae_grade,serious,related,action\n"
    ended = "patient_id,last_month,completed,stop_reason\nP1,3,true,\nP2,3,true,\n"
    chapter, _, _ = start({"core_set": CORE_SET, "disposition": ended, "adverse_events": events})
    some = derive_availability(
        chapter.study.tables, patients=["P1", "P2"], months=[0.0], disposition=None
    )
    assert report.describe_not_recorded(chapter, some) == ""
