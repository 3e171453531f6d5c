"""Printed flags of single patients, beside what is computed."""

from dataclasses import replace

import pandas as pd
import pytest
from tests.report.cohorts import one_arm, read_words

from helpers.answers import response
from helpers.study import read_study

HASHES = dict.fromkeys(("core_set", "published_flags"), "0123456789abcdef" * 4)


@pytest.fixture(scope="module")
def endurance():
    """The published trial, from its tables to every sentence."""
    study = read_study("endurance_training_iim", tables=["core_set", "published_flags"])
    return response.published_flags(study)


class TestPublished:
    def compare(self, *flags):
        study = one_arm("better", "same")
        printed = pd.DataFrame(flags, columns=["patient_id", "month", "flag", "value"])
        tables = {**study.tables, "published_flags": printed.astype({"value": "boolean"})}
        answer = response.published_flags(replace(study, tables=tables, hashes=HASHES))
        return read_words(answer.sentence), answer

    def test_all_flags_of_the_published_trial_are_reproduced(self, endurance):
        assert read_words(endurance.sentence) == (
            "The computation reproduces 15 of 15 published flags; no patient differs."
        )
        assert endurance.find("published_disagreements").frame.empty

    def test_a_difference_is_named_with_its_reason(self):
        told, answer = self.compare(
            ("A", 3.0, "imacs_improvement", True), ("B", 3.0, "imacs_improvement", True)
        )
        assert told == (
            "The computation reproduces 1 of 2 published flags; it differs in B, listed below with "
            "the reason."
        )
        table = answer.find("published_disagreements").frame
        assert list(table) == ["patient", "month", "computed", "published", "why"]
        assert table["patient"].tolist() == ["B"]

    def test_a_flag_of_a_visit_that_is_absent_cannot_be_compared(self):
        told, answer = self.compare(("A", 6.0, "imacs_improvement", True))
        assert told == "None of 1 published flag could be computed, so nothing can be compared."
        assert pd.isna(answer.comparison["computed"].item())

    @pytest.mark.parametrize("flags", [[], [("A", 3.0, "cycling_improvement", True)]])
    def test_without_flags_of_response_there_is_nothing_to_compare(self, flags):
        told, answer = self.compare(*flags)
        assert told.startswith("The publication printed no flags")
        assert answer.comparison.empty

    def test_a_study_without_the_table_has_nothing_to_compare(self):
        assert response.published_flags(one_arm("better")).comparison.empty
