import re

import pandas as pd
import pytest
from tests.study_folders import write_study

from helpers.derive import safety
from helpers.report import safety as report
from helpers.report.chapter import Chapter
from helpers.study import read_study

NBSP = "\N{NO-BREAK SPACE}"
ARMS = {"drug": "Drug", "usual care": "Usual care"}
EVENT_HEAD = "patient_id,start_month,term,system_organ_class,ctcae_grade,serious,related,action\n"
EVENTS = EVENT_HEAD + (
    "P1,1,Injection site rash,General disorders,2,false,true,stopped\n"
    "P1,2,headache,Nervous system disorders,1,false,false,none\n"
    "P1,3,headache,Nervous system disorders,3,true,false,none\n"
    "P2,1,Migraine,Nervous system disorders,1,false,false,none\n"
)
DISPOSITION = (
    "patient_id,last_month,completed,stop_reason\n"
    "P1,2,false,rash\nP2,12,true,\nP3,10,false,moved away\n"
)
ONE_ARM = "patient_id,arm\nP1,drug\nP2,drug\nP3,drug\n"
TWO_ARMS = "patient_id,arm\nP1,drug\nP2,drug\nP3,usual care\n"


def strip_tags(html):
    return " ".join(re.sub(r"<[^>]+>", "", html).replace(NBSP, " ").split())


class Case:
    """A chapter with everything recorded, and the frames behind it."""

    def __init__(self, folder):
        self.chapter = Chapter(read_study(folder), "00_study_overview")
        tables = self.chapter.study.tables
        self.patients, disposition = tables["patients"], tables.get("disposition")
        events = tables.get("adverse_events")
        self.exposure = safety.derive_exposure_by_arm(
            self.patients, disposition, tables.get("medications")
        )
        self.outcomes = safety.derive_outcomes_by_arm(self.patients, disposition)
        self.stops = safety.classify_stops(disposition, events)
        self.summaries = safety.summarise_events_by_arm(events, self.patients, self.exposure)
        self.local = safety.summarise_local_reactions(events, self.patients)
        self.chapter.record("entered", len(self.patients), source="patients")
        report.record_safety(self.chapter, self.stops, self.exposure, self.summaries, self.local)


@pytest.fixture
def open_case(tmp_path):
    def start(patients=ONE_ARM, **tables):
        folder = tmp_path / f"study{len(list(tmp_path.iterdir()))}"
        return Case(write_study(folder, {"patients": patients, **tables}, arms=ARMS))

    return start


@pytest.fixture
def shown(monkeypatch):
    outputs = []
    monkeypatch.setattr(
        "helpers.report.chapter._display",
        lambda data, metadata: outputs.append((metadata["report"], data)),
    )
    return outputs


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


def test_the_overview_always_has_its_six_rows(open_case):
    case = open_case(adverse_events=EVENTS, disposition=DISPOSITION)
    table = report.tabulate_event_overview(case.summaries[0], {"drug": "Drug"})
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


def test_no_event_at_all_still_shows_the_rows_and_a_sentence(open_case, shown):
    case = open_case(adverse_events=EVENT_HEAD, disposition=DISPOSITION)
    report.show_adverse_events(case.chapter, case.summaries)
    text, overview, by_class = (strip_tags(data["text/html"]) for _, data in shown)
    assert text == "0 of 3 patients had an adverse event recorded."
    assert overview.count("0 (0 %)") == 6
    assert by_class == "No adverse event was recorded."


def test_classes_hold_their_terms_and_count_each_patient_once(open_case):
    case = open_case(adverse_events=EVENTS, disposition=DISPOSITION)
    table = report.tabulate_events(case.summaries[1], {"drug": "Drug"})
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


def test_an_unknown_grade_has_a_column_of_its_own(open_case):
    case = open_case(adverse_events=EVENTS.replace("disorders,1,false,false", "disorders,,false,"))
    table = report.tabulate_events(case.summaries[1], {"drug": "Drug"})
    assert table[f"no{NBSP}grade"].tolist() == [1, 0, 1, 0, 0]
    overview = report.tabulate_event_overview(case.summaries[0], {"drug": "Drug"})
    assert overview["events"].tolist()[3] == "1 (+ 2 unknown)"
    sentence = strip_tags(report.describe_events(case.chapter))
    assert "1 one of grade 3 or higher (not known of 2 events)" in sentence


def test_without_exposure_the_tables_have_no_rates(open_case):
    case = open_case(adverse_events=EVENTS)
    table = report.tabulate_events(case.summaries[1], {"drug": "Drug"})
    assert not any("patient-years" in name for name in table.columns)
    assert "No rates: time on treatment was not recorded." in report.caption_events(
        case.summaries[0]
    )
    assert "patient-years" not in report.describe_events(case.chapter)


def test_two_arms_have_columns_and_clauses_of_their_own(open_case):
    case = open_case(TWO_ARMS, adverse_events=EVENTS, disposition=DISPOSITION)
    table = report.tabulate_events(case.summaries[1], ARMS)
    assert table["Usual care: events"].tolist() == [0, 0, 0, 0, 0]
    assert table["Drug: events"].tolist() == [3, 2, 1, 1, 1]
    sentence = strip_tags(report.describe_events(case.chapter))
    assert sentence.startswith("Drug: 2 of 2 patients had an adverse event (4 events, ")
    assert sentence.endswith("; Usual care: 0 of 1 patient had an adverse event recorded.")
    stops = strip_tags(report.describe_stops(case.chapter))
    assert stops == (
        "Drug: 1 of 2 patients stopped early: 1 for local skin reactions, 0 for other adverse "
        "events and 0 for other reasons; Usual care: 1 of 1 patient stopped early: 0 for local "
        "skin reactions, 0 for other adverse events and 1 for other reasons."
    )
    assert "(Usual care; median 10 months, 10 to 10)" in strip_tags(
        report.describe_exposure(case.chapter)
    )


def test_nothing_recorded_is_one_sentence_each(open_case, shown):
    case = open_case()
    report.show_adverse_events(case.chapter, case.summaries)
    report.show_tolerability(case.chapter, case.stops, case.local)
    assert [strip_tags(data["text/html"]) for _, data in shown] == [
        report.EVENTS_NOT_RECORDED,
        report.STOPS_NOT_RECORDED,
    ]
    assert report.summarise_safety(case.chapter) == [
        "Why patients stopped, how long they were treated and adverse events were not recorded."
    ]
    assert report.describe_safety_limits(case.chapter, case.stops, case.exposure) == [""]


def test_reasons_stand_under_their_cause_with_linked_patients(open_case, shown):
    case = open_case(adverse_events=EVENTS, disposition=DISPOSITION)
    report.show_tolerability(case.chapter, case.stops, case.local)
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


def test_nobody_stopped_leaves_no_table(open_case, shown):
    stayed = "patient_id,last_month,completed,stop_reason\nP1,12,true,\nP2,12,true,\nP3,12,true,\n"
    case = open_case(disposition=stayed)
    report.show_tolerability(case.chapter, case.stops, case.local)
    [(_, text)] = shown
    assert strip_tags(text["text/html"]) == (
        "0 of 3 patients stopped early.Time on treatment adds up to 3.0 patient-years (median 12 "
        "months, 12 to 12)."
    )


def test_without_adverse_events_causes_are_not_told_apart(open_case):
    case = open_case(disposition=DISPOSITION)
    assert strip_tags(report.describe_stops(case.chapter)) == (
        "2 of 3 patients stopped early: 0 for local skin reactions and 2 for other reasons, of "
        "which adverse events cannot be told apart."
    )
    assert "another adverse event" not in report.caption_stops(case.chapter)
    assert report.summarise_safety(case.chapter)[1] == report.EVENTS_NOT_RECORDED


def test_local_reactions_say_how_many_stopped_for_one(open_case):
    case = open_case(adverse_events=EVENTS, disposition=DISPOSITION)
    # exact (Clopper-Pearson) interval of 1 of 3: 0.8 % to 90.6 %
    assert strip_tags(report.describe_local_reactions(case.chapter, case.local)) == (
        "1 of 3 patients had a local skin reaction as adverse event, at worst of grade 2; 1 "
        "stopped for one (33 % of all, 95 % CI 1 to 91 %)."
    )
    unknown = open_case(adverse_events=EVENTS)
    assert strip_tags(report.describe_local_reactions(unknown.chapter, unknown.local)).endswith(
        "at worst of grade 2."
    )


@pytest.mark.parametrize(
    ("events", "disposition", "expected"),
    [
        (
            "P1,1,Injection site rash,General disorders,5,true,true,stopped\n",
            "P1,1,false,rash\n",
            "The patient stopped early; treatment lasted 1 month. The patient had 1 adverse event, "
            "1 serious and 1 of grade 3 or higher, and died. The patient had a local skin reaction "
            "as adverse event, at worst of grade 5.",
        ),
        (
            "",
            "P1,12,true,\n",
            "The patient completed; treatment lasted 12 months. The patient had 0 adverse events, "
            "0 serious and 0 of grade 3 or higher. The patient had no local skin reaction as "
            "adverse event.",
        ),
    ],
)
def test_a_single_patient_is_described_without_shares(open_case, events, disposition, expected):
    head = "patient_id,last_month,completed,stop_reason\n"
    case = open_case(
        "patient_id,arm\nP1,drug\n",
        adverse_events=EVENT_HEAD + events,
        disposition=head + disposition,
    )
    sentences = [
        *report.summarise_safety(case.chapter),
        report.describe_local_reactions(case.chapter, case.local),
    ]
    assert strip_tags(" ".join(sentences)) == expected
    assert report.describe_safety_limits(case.chapter, case.stops, case.exposure) == [""]


def test_a_single_patient_without_tables_has_one_sentence(open_case):
    case = open_case("patient_id,arm\nP1,drug\n")
    assert report.summarise_safety(case.chapter) == [
        "Time on treatment and adverse events were not recorded."
    ]


def test_the_limits_say_how_rare_an_unseen_event_may_be(open_case):
    case = open_case(adverse_events=EVENTS, disposition=DISPOSITION)
    first, contradiction = report.describe_safety_limits(case.chapter, case.stops, case.exposure)
    # upper exact limit of 0 of 3: 1 - 0.025 ** (1 / 3) = 70.8 %
    assert "none of the 3 patients had can still strike up to 71 % of such" in strip_tags(first)
    assert contradiction == ""


def test_tables_that_contradict_each_other_are_named(open_case):
    stayed = DISPOSITION.replace("P1,2,false,rash", "P1,12,true,")
    courses = (
        "patient_id,drug,dose,unit,start_month,end_month\n"
        "P2,drug,100,mg/day,0,12\nP3,drug,100,mg/day,0,\n"
    )
    case = open_case(adverse_events=EVENTS, disposition=stayed, medications=courses)
    limits = report.describe_safety_limits(case.chapter, case.stops, case.exposure)
    text = strip_tags(" ".join(limits))
    assert "No course of the treatment is recorded of P1, who counts without time" in text
    assert "The tables disagree about P1:" in text


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
    assert "not recorded" in report.describe_swimmer(None, None)


def test_every_number_of_safety_has_a_source(open_case):
    case = open_case(TWO_ARMS, adverse_events=EVENTS, disposition=DISPOSITION)
    records = {record["id"]: record for record in case.chapter.ledger.publish()["records"]}
    assert records["stopped.drug.local-skin-reaction"]["value"] == 1
    assert records["exposure.usual-care.years"]["value"] == pytest.approx(10 / 12)
    assert records["events.drug.any-adverse-event.rate"]["n"] is None
    assert all(record["source"] for record in records.values())
