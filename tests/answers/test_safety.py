"""Treatment and its tolerability: one flow, one table of events, no number twice."""

import pytest
from tests.answers.asked import COHORT, read

from helpers.answers import cohort, safety


@pytest.fixture(scope="module")
def treatment():
    return safety.treatment(cohort.flow(cohort.availability(read(COHORT))))


def test_events_and_tolerability_quote_the_treatment(treatment):
    events, tolerability = safety.adverse_events(treatment), safety.tolerability(treatment)
    assert events.numbers.empty
    assert tolerability.numbers.empty
    assert events.ledger["events.anakinra.any-adverse-event.events"].value == 25
    assert tolerability.ledger["entered.anakinra"] is treatment.flow.ledger["entered.anakinra"]


def test_the_summary_says_what_the_sentence_says(treatment):
    # By hand in disposition.csv and adverse_events.csv: 9 x 12 + 1 + 4 + 8 + 2 + 7 + 5 = 135
    # months; limits of 25 events from a table of exact Poisson limits (16.179 and 36.905).
    assert treatment.sentence == " ".join(treatment.summary)
    assert "13 of 15 patients had an adverse event (25 events, 222.2 per 100 patient-years" in (
        repr(treatment).replace("\N{NO-BREAK SPACE}", " ")
    )
