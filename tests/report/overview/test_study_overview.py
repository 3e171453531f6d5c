"""What the first chapter says of a study: one arm, two, one patient, tables that are absent."""

from dataclasses import replace

import pytest
from tests.answers.asked import SHIPPED, ask_chapter
from tests.answers.shown import list_alts, list_captions, list_pieces, list_sentences
from tests.report.cohorts import UNWRITTEN, strip_tags
from tests.report.overview_tables import DISPOSITION, PATIENTS, TWO_ARMS
from tests.study_folders import make_config

from helpers.answers import cohort
from helpers.report.overview import cohort as cohort_report
from helpers.report.overview import patient_flow as flow_report
from helpers.report.overview import study_overview as report
from helpers.report.pieces import Figure
from helpers.study import read_study

NBSP = "\N{NO-BREAK SPACE}"


def ask_flow(study):
    return cohort.flow(cohort.availability(study))


def ask_overview(study):
    return ask_chapter(study, "cohort", "safety")


def say(answers):
    return strip_tags(" ".join([*list_sentences(*answers), *list_captions(*answers)]))


def find_drawn(answers):
    """Name the figures that there is something to draw for, or something to say of."""
    return {
        name for one in answers for name, piece in list_pieces(one, Figure).items() if piece.alt
    }


def test_visits_with_short_names_do_not_break():
    visits = [{"month": 0, "label": "Start of anakinra"}, {"month": 3, "label": "12 weeks"}]
    config = make_config(visits=visits)
    assert report.label_visits(config) == {0.0: "Start of anakinra", 3.0: f"12{NBSP}weeks"}
    assert report.label_visits(config, after_baseline=True) == {3.0: f"12{NBSP}weeks"}


def test_the_design_lists_only_what_is_known_and_begins_with_capitals():
    table = report.tabulate_design(make_config(treatment="drug x"), has_core_set=False)
    facts = dict(zip(table["fact"], table["about this study"], strict=True))
    assert facts["Treatment"] == "Drug x"
    assert "Core set measures" not in facts
    assert "Licence of the data" not in facts


def test_the_design_does_not_repeat_the_head_of_the_page():
    config = make_config(citation="Zong 2014", question="Does x help?", provenance="From it.")
    table = report.tabulate_design(config, has_core_set=False)
    shown = " ".join(table["about this study"])
    assert not any(words in shown for words in ("Zong 2014", "Does x help?", "From it."))


def test_two_arms_are_named_and_escaped_in_every_sentence(open_study):
    flow = ask_flow(open_study({"patients": PATIENTS, "disposition": DISPOSITION}, arms=TWO_ARMS))
    assert strip_tags(cohort_report.describe_entered(flow.ledger)) == (
        "3 patients entered the study: 2 in the arm “Treated” and 1 in the arm "
        "“Control &lt;none&gt;”."
    )
    assert strip_tags(flow_report.describe_retention(flow.ledger)) == (
        "1 of 2 (Treated) and 1 of 1 (Control &lt;none&gt;) patients were in the study at the last "
        "planned visit (3 months)."
    )


def check_one_patient(text):
    for nonsense in ("1 patients", "100 percentage points", "of 1 "):
        assert nonsense not in text
    assert not UNWRITTEN.search(text)


def test_a_single_patient_is_named_and_never_plural(open_study):
    answers = ask_overview(open_study({"patients": "patient_id,arm\nP1,treated\n"}))
    assert "patient_flow" not in find_drawn(answers)
    text = say(answers)
    assert "1 patient is described: P1." in text
    assert "No table by visit says whether the patient was seen at 3 months." in text
    check_one_patient(text)


def test_a_single_case_without_visits_is_never_plural():
    answers = ask_overview(read_study("anti_mda5_case"))
    assert find_drawn(answers) == set()
    check_one_patient(say(answers))


@pytest.mark.parametrize("name", SHIPPED)
def test_a_study_with_its_patients_alone_has_no_figures_of_values(name):
    study = read_study(name)
    alone = ask_overview(replace(study, tables={"patients": study.table("patients")}))
    assert not find_drawn(alone) & {"time_on_treatment", "availability"}
    assert not UNWRITTEN.search(say(alone))


@pytest.mark.parametrize(
    "table",
    ["disposition", "core_set", "adverse_events", "medications", "biopsies", "functional_index"],
)
def test_any_one_table_may_be_absent(table):
    study = read_study("anakinra_iim", tables=cohort.TABLES)
    tables = {name: frame for name, frame in study.tables.items() if name != table}
    answers = ask_overview(replace(study, tables=tables))
    assert ("time_on_treatment" in find_drawn(answers)) == (table != "disposition")
    for text in (say(answers), *list_alts(*answers)):
        assert not UNWRITTEN.search(text)


@pytest.mark.parametrize(
    ("last_months", "words"),
    [
        (("3,true,", "3,true,"), "Every patient was in the study"),
        (("1,false,moved", "3,true,"), "1 of 2 patients had left by the last visit"),
        (("1,false,moved", "1,false,moved"), "No patient was in the study at the last visit"),
    ],
)
def test_the_conclusion_follows_who_stayed(open_study, last_months, words):
    rows = "\n".join(f"P{i},{row}" for i, row in enumerate(last_months, start=1))
    table = f"patient_id,last_month,completed,stop_reason\n{rows}\n"
    assert words in ask_flow(open_study({"disposition": table})).conclusion[0]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("A first sentence. A second one.", "A first sentence."),
        ("Anakinra vs. Placebo in 15 patients", "Anakinra vs. Placebo in 15 patients"),
        ("Given at 5.5 mg. Then more.", "Given at 5.5 mg. Then more."),
        ("Assessed (twice). Then again.", "Assessed (twice)."),
    ],
)
def test_a_summary_takes_the_first_sentence_of_the_design(text, first):
    assert report.take_first_sentence(text) == first
