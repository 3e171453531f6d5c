"""The course of the patient who was asked for."""

from dataclasses import replace

import pandas as pd
import pytest
from tests.answers.asked import CASE, read

from helpers.answers import case_timeline


@pytest.fixture(scope="module")
def two_cases():
    study = read(CASE)
    tables = {
        name: pd.concat([table, table.head(3).assign(patient_id="C02")], ignore_index=True)
        for name, table in study.tables.items()
    }
    return replace(study, tables=tables)


def test_the_first_case_is_shown_where_none_is_asked_for(two_cases):
    assert case_timeline.course(two_cases).patient_id == "C01"
    assert case_timeline.course(two_cases, patient_id="C02").patient_id == "C02"


def test_only_the_case_that_was_asked_for_is_read(two_cases):
    course = case_timeline.course(two_cases, patient_id="C02")
    assert set(course.labs["patient_id"]) == set(course.events["patient_id"]) == {"C02"}
    assert len(course.events) == 3
    assert "C01" in course.sentence


def test_an_unknown_case_is_refused(two_cases):
    with pytest.raises(ValueError, match="C03"):
        case_timeline.course(two_cases, patient_id="C03")


def test_what_was_given_and_what_moved_are_of_the_same_course():
    course = case_timeline.course(read(CASE))
    assert case_timeline.treatments(course).course is course
    changes = case_timeline.changes(course)
    assert changes.course is course
    assert changes.numbers.empty


def test_why_nothing_is_tested_is_said():
    [said] = case_timeline.explain_no_tests().paragraphs
    assert "one patient" in said.lower()
