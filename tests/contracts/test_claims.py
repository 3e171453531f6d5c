"""One line of a file of claims: which tables it rests on, and whether it needs a response."""

import pytest

from helpers.contracts.claims import CHECKING, PRINTED, VERBS, Claim, Contradiction


def make_claim(**cells):
    return Claim(**dict.fromkeys(PRINTED, "") | cells)


@pytest.mark.parametrize(
    ("cells", "tables"),
    [
        ({}, ()),
        ({"verb": "not checked", "table": "biopsies"}, ()),
        ({"verb": "stated", "column": "notes", "where": "for {} hours"}, ()),
        ({"verb": "count", "table": "patients"}, ("patients",)),
        ({"verb": "count", "table": "response", "where": "n_evaluable>1"}, ("core_set",)),
        ({"verb": "count", "table": "biopsies", "of": "responders"}, ("biopsies", "core_set")),
        ({"verb": "all_of", "table": "labs", "where": "day=1"}, ("patients", "labs")),
        (
            {"verb": "count", "table": "medications", "where": "not spans_study=no"},
            ("medications", "disposition"),
        ),
        (
            {"verb": "correlation", "table": "t_cells", "against": "core_set: ck at 0"},
            ("t_cells", "core_set"),
        ),
        (
            {"verb": "time", "table": "case_events", "where": "event~a", "against": "event~b"},
            ("case_events",),
        ),
    ],
)
def test_names_the_tables_it_cannot_be_checked_without(cells, tables):
    assert make_claim(**cells).tables == tables


@pytest.mark.parametrize(
    ("cells", "needs"),
    [
        ({"verb": "count", "table": "biopsies"}, False),
        ({"verb": "count", "table": "response"}, True),
        ({"verb": "count", "table": "biopsies", "of": "non-responders"}, True),
        ({"verb": "direction", "table": "labs", "groups": "responders vs non-responders"}, True),
    ],
)
def test_knows_whether_it_rests_on_who_responded(cells, needs):
    assert make_claim(**cells).needs_response is needs


def test_times_and_groups_are_lists():
    claim = make_claim(times="0 | 6", groups="responders vs patients: arm=a", table="labs")
    assert claim.moments == ("0", "6")
    assert [len(side) for side in claim.sides] == [1, 1]
    assert make_claim().moments == ()


def test_every_verb_needs_columns_that_a_file_has():
    assert {name for needs in VERBS.values() for name in needs.columns} <= set(CHECKING)


def test_a_contradiction_names_its_claims():
    assert Contradiction("", "A-1, B-2", "", "").claim_ids == ["A-1", "B-2"]
