"""One name for a patient's anchor, wherever the patient is named."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.contracts.patients import patient_anchor


@pytest.mark.parametrize(
    ("patient", "anchor"),
    [
        ("A", "patient-A"),
        ("site 1/A", "patient-site-1-A"),
        ("P_07", "patient-P-07"),
        ("1.2-3", "patient-1.2-3"),
        ("<b>&\"'", "patient--b----"),
        ("Ö1", "patient-Ö1"),
        (7, "patient-7"),
        ("", "patient-"),
    ],
)
def test_what_a_link_cannot_hold_becomes_a_hyphen(patient, anchor):
    assert patient_anchor(patient) == anchor


@settings(deadline=None, max_examples=50)
@given(st.text())
def test_an_anchor_can_stand_in_an_attribute_and_an_address(patient):
    assert re.fullmatch(r"patient-[^\s\"'<>&#%?/]*", patient_anchor(patient))
