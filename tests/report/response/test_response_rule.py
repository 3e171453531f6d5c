"""The study's rule for response in the few words that every chapter uses."""

import pytest

from helpers.contracts.response import Response
from helpers.report.response.response_rule import name_rule, say_responders, say_when


@pytest.mark.parametrize(
    ("rule", "name"),
    [
        ({}, "the IMACS definition"),
        ({"improvement_percent": 20}, "the IMACS definition"),
        ({"improvement_percent": 40}, "the IMACS definition with other limits"),
        ({"veto_must_be_measured": True}, "the IMACS definition with other limits"),
        ({"definition": "printo_jdm"}, "the PRINTO definition"),
        (
            {"definition": "printo_jdm", "worsening_percent": 25},
            "the PRINTO definition with other limits",
        ),
        ({"definition": "tis_adult"}, "the total improvement score (at least minimal)"),
        (
            {"definition": "tis_adult", "tis_category": "major"},
            "the total improvement score (at least major)",
        ),
        ({"visits": "last"}, "the IMACS definition"),
    ],
)
def test_the_definition_in_force_is_named(rule, name):
    assert name_rule(Response(**rule)) == name


@pytest.mark.parametrize(
    ("visits", "words", "once"),
    [
        ("any", "at any visit", "at one visit or more"),
        ("last", "at the last planned visit", "at the last planned visit"),
        ("two_in_a_row", "at two visits in a row", "at two visits in a row"),
    ],
)
def test_the_visits_that_count_are_said(visits, words, once):
    rule = Response(visits=visits)
    assert (say_when(rule), say_when(rule, once=True)) == (words, once)
    assert say_responders(rule) == f"improved {words} by the IMACS definition"
