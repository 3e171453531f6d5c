"""What the single case's chapter says, on the published case and where things are missing."""

import re

import pandas as pd
import pytest

from helpers.derive.course import case_timeline as timeline
from helpers.report.numbers import Numbers
from helpers.report.overview import case_timeline as report
from helpers.study import read_study

NA = float("nan")
NO_COURSES = timeline.derive_courses(None)


def read_words(html):
    return re.sub(r"<[^>]+>", "", html).replace("\N{NO-BREAK SPACE}", " ")


def make_labs(*rows):
    frame = pd.DataFrame(rows, columns=["test", "day", "value", "unit"])
    return frame.assign(patient_id="C01")


def make_events(*rows):
    frame = pd.DataFrame(rows, columns=["day", "kind", "event"])
    return frame.assign(patient_id="C01", end_day=NA).astype({"day": "float64"})


def make_courses(*rows):
    frame = pd.DataFrame(rows, columns=["drug", "start_day", "end_day"])
    return frame.assign(patient_id="C01", dose=NA, unit="mg")


@pytest.fixture
def chapter():
    tables = ["labs", "case_events", "medications"]
    return Numbers(read_study("anti_mda5_case", tables=tables))


@pytest.fixture
def case(chapter):
    """The published case, recorded: changes, events, courses."""
    changes = timeline.derive_lab_change(chapter.study.table("labs"))
    events = timeline.order_events(chapter.study.table("case_events"))
    report.record_case(chapter, changes, events)
    return changes, events, timeline.derive_courses(chapter.study.table("medications"))


def test_the_published_changes_are_told_as_printed(chapter, case):
    told = [read_words(sentence) for sentence in report.describe_changes(chapter, case[0])]
    # Groh 2015; the percentages by hand: 148/179, 10/22, 46/100.
    assert told[:3] == [
        "CRP fell from 179 to 31 mg/L in 8 days (−82.7 %).",
        "Albumin rose from 22 to 32 g/L in 30 days (+45.5 %).",
        "PET SUVmax fell from 100 to 54 per cent of the value before anakinra in 122 days "
        "(−46.0 %).",
    ]
    assert told[3] == "Glucose at the PET scan was the same before and 122 days later (4 mmol/L)."


def test_no_result_of_a_single_case_has_an_interval_or_a_p_value(chapter, case):
    results = list(chapter.ledger)
    assert len(results) > 10
    assert {(r.n, r.low, r.high, r.p_value) for r in results} == {(1, None, None, None)}


def test_the_summary_has_at_most_five_points_and_says_that_nothing_was_tested(chapter, case):
    changes, events, _ = case
    patient = report.describe_patient(chapter, "C01", [])
    told = [
        read_words(s) for s in report.summarise_case_timeline(chapter, changes, events, patient)
    ]
    assert len(told) <= 5
    assert told[0] == "The course of patient C01: female, 53 years old, CADM."
    assert "death by aspiration pneumonia" in told[2]
    assert told[2].startswith("Without a date: death by aspiration pneumonia, 5 months after the")
    assert told[-1].endswith("Nothing was tested.")


def test_other_cases_of_the_study_are_named(chapter):
    told = read_words(report.describe_patient(chapter, "C01", ["C02", "C03"]))
    assert told.endswith("Not shown here: C02 and C03.")


def test_a_rise_from_zero_has_no_percentage(chapter):
    changes = timeline.derive_lab_change(make_labs(("x", 0.0, 0.0, "U"), ("x", 1.0, 3.0, "U")))
    report.record_case(chapter, changes, make_events())
    [told] = report.describe_changes(chapter, changes)
    assert read_words(told) == (
        "X rose from 0 to 3 U in 1 day (the value before is 0, so there is no percentage)."
    )


@pytest.mark.parametrize(
    ("days", "told"),
    [
        ([0.0, 3.0], ""),
        ([NA, 3.0], "1 of 2 events has no recorded day; it stands in the table of events, not in "
         "the figure."),
        ([NA, NA], "2 of 2 events have no recorded day; they stand in the table of events, not in "
         "the figure."),
    ],
)  # fmt: skip
def test_events_without_a_day_are_counted(chapter, days, told):
    events = make_events(*[(day, "finding", "f") for day in days])
    report.record_case(chapter, timeline.derive_lab_change(make_labs()), events)
    assert read_words(report.describe_undated(chapter)) == told


@pytest.mark.parametrize(
    ("courses", "told"),
    [
        (NO_COURSES, "Which other drugs were given is not recorded."),
        (make_courses(("a", 0.0, NA)), "No other drug is recorded at the time of a."),
        (
            make_courses(("a", 0.0, NA), ("b", NA, NA)),
            "Also given: b. Nothing recorded says that it had ended before a began.",
        ),
        (
            make_courses(("b", NA, NA), ("c", -9.0, NA)),
            "Also given: b and c. Nothing recorded says that any of them had ended before the "
            "treatment began.",
        ),
    ],
)
def test_the_other_drugs_are_named(courses, told):
    assert report.describe_ongoing(courses) == told


def test_outcomes_without_a_date_and_without_any():
    assert report.describe_outcomes(make_events()) == "No outcome is recorded."
    undated = make_events((NA, "outcome", "recovery"), (9.0, "outcome", "relapse"))
    assert report.describe_outcomes(undated) == "Without a date: recovery. Day 9: relapse."


def test_the_conclusion_names_what_moved_and_credits_nobody(case):
    changes, _, courses = case
    first, second = report.conclude_case_timeline(changes, courses)
    assert first.startswith("After anakinra began, CRP fell, albumin rose and PET SUVmax fell.")
    assert "the other drugs" in first
    assert "how often anakinra helps" in second
    alone, _ = report.conclude_case_timeline(changes, NO_COURSES)
    assert alone.startswith("After the treatment began")
    assert "the other drugs" not in alone


def test_without_any_change_the_conclusion_says_so():
    same = timeline.derive_lab_change(make_labs(("x", 0.0, 2.0, "U"), ("x", 9.0, 2.0, "U")))
    [told] = report.conclude_case_timeline(same, NO_COURSES)
    assert told == "No measured value shows whether anything moved after the treatment began."


def test_the_limits_name_what_was_measured_once_or_as_an_index(chapter, case):
    changes, _, courses = case
    told = " ".join(report.describe_case_limits(chapter, changes, courses))
    assert "no second value in the same unit: weight lost over 2 years." in told
    assert "PET SUVmax: only the relative change was recorded" in told
    bare = timeline.derive_lab_change(make_labs(("x", 0.0, 2.0, "U"), ("x", 9.0, 1.0, "U")))
    told = " ".join(report.describe_case_limits(chapter, bare, NO_COURSES))
    assert "no second value" not in told
    assert "relative change was recorded" not in told


def test_each_change_in_the_table_names_its_source(case):
    table = report.tabulate_changes(case[0]).set_index("test")
    assert table.loc["CRP", "source"] == "table labs, days 0 and 8"
    assert table.loc["weight lost over 2 years", "source"] == "table labs, day −150"
    whole = report.tabulate_changes(case[0][case[0]["reason"] == ""])
    assert "why not compared" not in whole


def test_values_carry_their_change_in_the_figure(chapter, case):
    points = report.label_points(chapter.study.table("labs"), case[0])
    assert "weight lost over 2 years" not in set(points["test"])
    assert points.loc[points["test"] == "CRP", "label"].tolist() == ["179", "31 (−83 %)"]
    assert points.loc[points["test"] == "albumin", "label"].tolist() == ["22", "32 (+45 %)"]


def test_the_alternative_text_tells_the_course_and_an_empty_one_says_so(case):
    changes, events, courses = case
    told = report.describe_timeline(courses, events, changes)
    assert "CRP 179 on day 0, 31 mg/L on day 8" in told
    assert "day 28, skin ulcers healed" in told
    assert "death" not in told  # its day is not known
    empty = report.describe_timeline(NO_COURSES, make_events(), changes.iloc[:0])
    assert empty == "nothing is dated."


def test_captions_say_that_there_is_no_interval_and_no_test(case):
    changes, _, courses = case
    assert "No interval and no test: n = 1." in report.explain_timeline(courses)
    cited = report.caption_changes(changes, "Groh & others 2015")
    assert cited.endswith("As printed in: Groh &amp; others 2015")
    assert "As printed" not in report.caption_changes(changes, None)
