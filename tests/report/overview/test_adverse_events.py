"""Rates, organ classes and terms of adverse events, in one arm and two."""

import pytest
from tests.answers.shown import show
from tests.report.cohorts import strip_tags
from tests.report.safety_tables import ARMS, DISPOSITION, EVENT_HEAD, EVENTS, TWO_ARMS

from helpers.answers import safety
from helpers.report.overview import adverse_events as report
from helpers.report.overview import disposition as disposition_report
from helpers.report.words import NBSP


@pytest.mark.parametrize(
    ("events", "years", "expected"),
    [
        # Garwood's limits by the chi-square form, from a table of exact Poisson limits:
        # 0: 0 to 3.689; 1: 0.0253 to 5.572; 18: 10.668 to 28.448
        (0, 2.0, (0.0, 0.0, 184.44)),
        (1, 2.0, (50.0, 1.266, 278.58)),
        (18, 11.25, (160.0, 94.83, 252.87)),
    ],
)
def test_a_rate_has_exact_poisson_limits(events, years, expected):
    rate, low, high, method, reason = report.rate_events(events, years)
    assert (rate, low, high) == pytest.approx(expected, abs=0.01)
    assert "Poisson" in method
    assert reason == ""


@pytest.mark.parametrize(
    ("years", "reason"),
    [
        (None, "time on treatment was not recorded"),
        (float("nan"), "time on treatment was not recorded"),
        (0.0, "no exposure"),
    ],
)
def test_without_exposure_there_is_no_rate_but_a_reason(years, reason):
    assert report.rate_events(3, years)[:3] == (None, None, None)
    assert report.rate_events(3, years)[4] == reason


def test_the_overview_always_has_its_six_rows(ask_treatment):
    treatment = ask_treatment(adverse_events=EVENTS, disposition=DISPOSITION)
    table = report.tabulate_event_overview(treatment.events[0], {"drug": "Drug"})
    assert table["adverse event"].tolist() == [
        "Any adverse event", "Related to treatment", "Serious", "Grade 3 or higher",
        "Leading to stopping treatment", "Death",
    ]  # fmt: skip
    assert [cell.replace(NBSP, " ") for cell in table["patients"]] == [
        "2 (67 %)", "1 (33 %)", "1 (33 %)", "1 (33 %)", "1 (33 %)", "0 (0 %)",
    ]  # fmt: skip
    assert table["events"].tolist() == [4, 1, 1, 1, 1, 0]
    # 24 months are 2 patient-years: 4 events are 200 in 100 years, 0 events 0 to 184.4
    rates = [cell.replace(NBSP, " ") for cell in table.iloc[:, -1]]
    assert rates[0].startswith("200.0 (")
    assert rates[-1] == "0.0 (0.0 to 184.4)"


def test_no_event_at_all_still_shows_the_rows_and_a_sentence(ask_treatment):
    treatment = ask_treatment(adverse_events=EVENT_HEAD, disposition=DISPOSITION)
    text, overview, by_class = (
        strip_tags(one.html) for one in show(safety.adverse_events(treatment))
    )
    assert text == ("0 of 3 patients had an adverse event recorded.No death was recorded (0 of 3).")
    assert overview.count("0 (0 %)") == 6
    assert by_class == "No adverse event was recorded."


def test_classes_hold_their_terms_and_count_each_patient_once(ask_treatment):
    treatment = ask_treatment(adverse_events=EVENTS, disposition=DISPOSITION)
    table = report.tabulate_events(treatment.events[1], {"drug": "Drug"})
    table.columns = [name.replace(NBSP, " ") for name in table.columns]
    assert table["adverse event"].str.strip().tolist() == [
        "Nervous system disorders", "Headache", "Migraine", "General disorders",
        "Injection site rash",
    ]  # fmt: skip
    assert [cell.replace(NBSP, " ") for cell in table["patients"]] == [
        "2 (67 %)", "1 (33 %)", "1 (33 %)", "1 (33 %)", "1 (33 %)",
    ]  # fmt: skip
    assert table["events"].tolist() == [3, 2, 1, 1, 1]
    # the headaches of P1 were of grade 1 and 3: counted once, at 3
    assert table.loc[1, ["grade 1", "grade 2", "grade 3"]].tolist() == [0, 0, 1]
    assert "grade 4" not in table
    assert "no grade" not in table


def test_an_unknown_grade_has_a_column_of_its_own(ask_treatment):
    treatment = ask_treatment(
        adverse_events=EVENTS.replace("disorders,1,false,false", "disorders,,false,")
    )
    table = report.tabulate_events(treatment.events[1], {"drug": "Drug"})
    assert table[f"no{NBSP}grade"].tolist() == [1, 0, 1, 0, 0]
    overview = report.tabulate_event_overview(treatment.events[0], {"drug": "Drug"})
    assert overview["events"].tolist()[3] == "1 (+ 2 not known)"
    assert overview["patients"].tolist()[3].replace(NBSP, " ") == "at least 1"
    sentence = strip_tags(report.describe_events(treatment.ledger))
    assert "at least 1 one of grade 3 or higher (not known of 1 patient)" in sentence


def test_without_exposure_the_tables_have_no_rates(ask_treatment):
    treatment = ask_treatment(adverse_events=EVENTS)
    table = report.tabulate_events(treatment.events[1], {"drug": "Drug"})
    assert not any("patient-years" in name for name in table.columns)
    assert "No rates: time on treatment was not recorded." in report.caption_events(
        treatment.events[0]
    )
    assert "patient-years" not in report.describe_events(treatment.ledger)


def test_two_arms_have_columns_and_clauses_of_their_own(ask_treatment):
    treatment = ask_treatment(TWO_ARMS, adverse_events=EVENTS, disposition=DISPOSITION)
    table = report.tabulate_events(treatment.events[1], ARMS)
    assert table["Usual care: events"].tolist() == [0, 0, 0, 0, 0]
    assert table["Drug: events"].tolist() == [3, 2, 1, 1, 1]
    sentence = strip_tags(report.describe_events(treatment.ledger))
    assert sentence.startswith("Drug: 2 of 2 patients had an adverse event (4 events, ")
    assert sentence.endswith("; Usual care: 0 of 1 patient had an adverse event recorded.")
    stops = strip_tags(disposition_report.describe_stops(treatment.ledger, treatment.stops))
    assert stops == (
        "Drug: 1 of 2 patients stopped early: 1 “rash” (by kind: 1 for a local skin reaction); "
        "Usual care: 1 of 1 patient stopped early: 1 “moved away” (by kind: 1 for another reason)."
    )
    assert "(Usual care; median 10 months, 10 to 10)" in strip_tags(
        disposition_report.describe_exposure(treatment.ledger)
    )
