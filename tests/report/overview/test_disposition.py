"""Who stopped why, and how long treatment lasted."""

import pandas as pd
import pytest
from tests.answers.shown import show
from tests.report.cohorts import strip_tags
from tests.report.safety_tables import DISPOSITION, EVENTS

from helpers.answers import safety
from helpers.report.overview import adverse_events as events_report
from helpers.report.overview import disposition as report


def test_reasons_stand_under_their_cause_with_linked_patients(ask_treatment):
    treatment = ask_treatment(adverse_events=EVENTS, disposition=DISPOSITION)
    tolerability = safety.tolerability(treatment)
    text, table, methods = show(tolerability)
    assert "Disease activity: the reason says" in strip_tags(methods.html)
    assert strip_tags(text.html).startswith(
        "2 of 3 patients stopped early: 1 “rash” and 1 “moved away” (by kind: 1 for a local skin "
        "reaction and 1 for another reason)."
    )
    assert "Time on treatment adds up to 2.0 patient-years (median 10 months, 2 to 12)." in (
        strip_tags(text.html)
    )
    assert table.label == ("table", "reasons_for_stopping")
    assert 'href="#patient-P3"' in table.html
    rows = tolerability.find("reasons_for_stopping").frame
    share = treatment.ledger["stopped.drug.any.share"]
    assert (share.value, share.reason) == (pytest.approx(2 / 3), "")
    assert rows.values.tolist() == [
        ["Rash", "local skin reaction", 1, "P1", "2"],
        ["Moved away", "other reason", 1, "P3", "10"],
    ]


def test_without_adverse_events_causes_are_not_told_apart(ask_treatment):
    treatment = ask_treatment(disposition=DISPOSITION)
    assert strip_tags(report.describe_stops(treatment.ledger, treatment.stops)) == (
        "2 of 3 patients stopped early: 1 “rash” and 1 “moved away” (by kind: at least 1 for "
        "another reason and 1 for a cause that is not told)."
    )
    event = treatment.ledger["stopped.drug.other-adverse-event"]
    assert (event.value, event.state, event.reason) == (
        None,
        "unknown",
        "of 1 stop the cause is not told",
    )
    assert treatment.summary[1] == events_report.EVENTS_NOT_RECORDED


def test_the_caption_of_the_swimmer_plot_explains_what_is_drawn(ask_treatment):
    treatment = ask_treatment(disposition=DISPOSITION)
    visits = pd.DataFrame({"patient_id": ["P1"], "month": [3.0], "category": ["improved"]})
    plain = treatment.find("time_on_treatment").caption
    assert plain.startswith("Time on treatment (n = 3), longest first. Bar: time in the study.")
    assert "Thin line" not in plain
    assert "A mark beyond" not in plain
    full = report.caption_swimmer(
        treatment.ledger, treatment.exposure, treatment.outcomes, visits, None
    )
    assert "A mark beyond the end of a bar" in full
    assert "IMACS" in full
    paused = treatment.exposure.assign(exposure_months=1.0)
    assert "Thin line" in report.caption_swimmer(
        treatment.ledger, paused, treatment.outcomes, None, None
    )
    assert report.caption_swimmer(treatment.ledger, None, None, None, None) == ""


def test_the_swimmer_plot_in_words_lists_the_longest_first(ask_treatment):
    treatment = ask_treatment(disposition=DISPOSITION)
    assert treatment.find("time_on_treatment").alt == (
        "Months on treatment by patient, longest first: P2 12 (completed), P3 10 (moved away), "
        "P1 2 (rash)."
    )
    assert report.describe_swimmer(None, None) == ""
