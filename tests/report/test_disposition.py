"""Who stopped why, and how long treatment lasted."""

import pandas as pd
import pytest
from tests.report.cohorts import strip_tags
from tests.report.safety_cases import DISPOSITION, EVENTS

from helpers.report import adverse_events as events_report
from helpers.report import disposition as report
from helpers.report import safety as safety_report


def test_reasons_stand_under_their_cause_with_linked_patients(open_case, shown):
    case = open_case(adverse_events=EVENTS, disposition=DISPOSITION)
    safety_report.show_tolerability(case.chapter, case.stops, case.local)
    (_, text), (label, table) = shown
    assert strip_tags(text["text/html"]).startswith("2 of 3 patients stopped early: 1 for local")
    assert "Time on treatment adds up to 2.0 patient-years (median 10 months, 2 to 12)." in (
        strip_tags(text["text/html"])
    )
    assert label["name"] == "reasons_for_stopping"
    assert 'href="#patient-P3"' in table["text/html"]
    rows = report.tabulate_stops(case.stops, case.patients, {"drug": "Drug"})
    share = case.chapter["stopped.drug.any.share"]
    assert (share.value, share.reason) == (pytest.approx(2 / 3), "")
    assert rows.values.tolist() == [
        ["Rash", "local skin reaction", 1, "P1", "2"],
        ["Moved away", "other reason", 1, "P3", "10"],
    ]


def test_without_adverse_events_causes_are_not_told_apart(open_case):
    case = open_case(disposition=DISPOSITION)
    assert strip_tags(report.describe_stops(case.chapter)) == (
        "2 of 3 patients stopped early: 0 for local skin reactions and 2 for other reasons, of "
        "which adverse events cannot be told apart."
    )
    assert "another adverse event" not in report.caption_stops(case.chapter)
    assert safety_report.summarise_safety(case.chapter)[1] == events_report.EVENTS_NOT_RECORDED


def test_the_caption_of_the_swimmer_plot_explains_what_is_drawn(open_case):
    case = open_case(disposition=DISPOSITION)
    visits = pd.DataFrame({"patient_id": ["P1"], "month": [3.0], "category": ["improved"]})
    plain = report.caption_swimmer(case.chapter, case.exposure, case.outcomes, None, None)
    assert plain.startswith("Time on treatment (n = 3), longest first. Bar: time in the study.")
    assert "Thin line" not in plain
    assert "A mark beyond" not in plain
    full = report.caption_swimmer(case.chapter, case.exposure, case.outcomes, visits, None)
    assert "A mark beyond the end of a bar" in full
    assert "IMACS" in full
    paused = case.exposure.assign(exposure_months=1.0)
    assert "Thin line" in report.caption_swimmer(case.chapter, paused, case.outcomes, None, None)
    assert report.caption_swimmer(case.chapter, None, None, None, None) == ""


def test_the_swimmer_plot_in_words_lists_the_longest_first(open_case):
    case = open_case(disposition=DISPOSITION)
    assert report.describe_swimmer(case.exposure, case.outcomes) == (
        "Months on treatment by patient, longest first: P2 12 (completed), P3 10 (moved away), "
        "P1 2 (rash)."
    )
    assert report.describe_swimmer(None, None) == ""
