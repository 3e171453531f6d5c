"""What is said of tolerability: nothing recorded, nobody, one patient, tables that disagree."""

import pytest
from tests.answers.shown import show
from tests.report.cohorts import strip_tags
from tests.report.safety_tables import DISPOSITION, EVENT_HEAD, EVENTS, TWO_ARMS

from helpers.answers import safety
from helpers.report.overview import safety as report


def describe_local(treatment):
    return strip_tags(report.describe_local_reactions(treatment.ledger, treatment.local))


def test_nothing_recorded_leaves_sections_empty_and_one_sentence_at_the_top(ask_treatment):
    treatment = ask_treatment()
    shown = show(safety.adverse_events(treatment)) + show(safety.tolerability(treatment))
    assert [strip_tags(output.html) for output in shown] == [
        "Whether anybody died was not recorded of 3 patients.",
        "",
    ]
    assert treatment.summary == (
        "Why patients stopped, how long they were treated, adverse events and deaths were not "
        "recorded.",
    )
    assert treatment.limits == ("",)


def test_nobody_stopped_leaves_no_table(ask_treatment):
    stayed = "patient_id,last_month,completed,stop_reason\nP1,12,true,\nP2,12,true,\nP3,12,true,\n"
    treatment = ask_treatment(disposition=stayed)
    [text] = show(safety.tolerability(treatment))
    assert strip_tags(text.html) == (
        "0 of 3 patients stopped early.Time on treatment adds up to 3.0 patient-years (median 12 "
        "months, 12 to 12)."
    )


def test_local_reactions_say_how_many_stopped_for_one(ask_treatment):
    treatment = ask_treatment(adverse_events=EVENTS, disposition=DISPOSITION)
    # exact (Clopper-Pearson) interval of 1 of 3: 0.8 % to 90.6 %
    assert describe_local(treatment) == (
        "1 of 3 patients had a local skin reaction as adverse event, at worst of grade 2; 1 "
        "stopped for one (33 % of all, 95 % CI 1 to 91 %)."
    )
    unknown = ask_treatment(adverse_events=EVENTS)
    assert describe_local(unknown).endswith("at worst of grade 2.")


@pytest.mark.parametrize(
    ("events", "disposition", "expected"),
    [
        (
            "P1,1,Injection site rash,General disorders,5,true,true,stopped\n",
            "P1,1,false,rash\n",
            "The patient stopped early (“rash”); treatment lasted 1 month. The patient had 1 "
            "adverse event: 1 serious and 1 of grade 3 or higher. The patient died. The patient "
            "had a local skin reaction as adverse event, at worst of grade 5.",
        ),
        (
            "",
            "P1,12,true,\n",
            "The patient completed; treatment lasted 12 months. The patient had 0 adverse events "
            "recorded. No death was recorded. ",
        ),
    ],
)
def test_a_single_patient_is_described_without_shares(ask_treatment, events, disposition, expected):
    head = "patient_id,last_month,completed,stop_reason\n"
    treatment = ask_treatment(
        "patient_id,arm\nP1,drug\n",
        adverse_events=EVENT_HEAD + events,
        disposition=head + disposition,
    )
    assert f"{strip_tags(treatment.sentence)} {describe_local(treatment)}" == expected
    assert treatment.limits == ("",)


def test_a_single_patient_without_tables_has_one_sentence(ask_treatment):
    treatment = ask_treatment("patient_id,arm\nP1,drug\n")
    assert treatment.summary == ("Time on treatment, adverse events and deaths were not recorded.",)


def test_the_limits_say_how_rare_an_unseen_event_may_be(ask_treatment):
    treatment = ask_treatment(adverse_events=EVENTS, disposition=DISPOSITION)
    first, contradiction = treatment.limits
    # upper exact limit of 0 of 3: 1 - 0.025 ** (1 / 3) = 70.8 %
    assert "none of the 3 patients had can still strike up to 71 % of such" in strip_tags(first)
    assert contradiction == ""


def test_tables_that_contradict_each_other_are_named(ask_treatment):
    stayed = DISPOSITION.replace("P1,2,false,rash", "P1,12,true,")
    courses = (
        "patient_id,drug,dose,unit,start_month,end_month\n"
        "P2,drug,100,mg/day,0,12\nP3,drug,100,mg/day,0,\n"
    )
    treatment = ask_treatment(adverse_events=EVENTS, disposition=stayed, medications=courses)
    limits = treatment.limits
    text = strip_tags(" ".join(limits))
    assert "No course of the treatment is recorded of P1, who counts without time" in text
    assert "The tables disagree about P1:" in text


def test_every_number_of_safety_has_a_source(ask_treatment):
    treatment = ask_treatment(TWO_ARMS, adverse_events=EVENTS, disposition=DISPOSITION)
    records = {record["id"]: record for record in treatment.ledger.ledger.publish()["records"]}
    assert records["stopped.drug.local-skin-reaction"]["value"] == 1
    assert records["exposure.usual-care.years"]["value"] == pytest.approx(10 / 12)
    assert records["events.drug.any-adverse-event.rate"]["n"] is None
    assert all(record["source"] for record in records.values())
