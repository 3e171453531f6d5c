"""Printed flags of single patients, beside what is computed."""

import pandas as pd
import pytest
from tests.report.cohorts import Run, read_words, run_one

from helpers.report import published_flags as report
from helpers.report.numbers import Numbers
from helpers.study import read_study


@pytest.fixture(scope="module")
def endurance():
    """The published trial, from its tables to every sentence."""
    return Run(read_study("endurance_training_iim", tables=["core_set", "published_flags"]))


class TestPublished:
    def compare(self, *flags):
        run = run_one("better", "same")
        printed = pd.DataFrame(flags, columns=["patient_id", "month", "flag", "value"])
        comparison = report.compare_with_published(
            run.improvement, printed.astype({"value": "boolean"})
        )
        chapter = Numbers(run.chapter.study)
        report.record_agreement(chapter, comparison)
        return read_words(report.describe_agreement(chapter, comparison)), comparison

    def test_all_flags_of_the_published_trial_are_reproduced(self, endurance):
        told = report.describe_agreement(endurance.chapter, endurance.comparison)
        assert read_words(told) == (
            "The computation reproduces 15 of 15 published flags; no patient differs."
        )
        assert report.list_disagreements(endurance.comparison).empty

    def test_a_difference_is_named_with_its_reason(self):
        told, comparison = self.compare(
            ("A", 3.0, "imacs_improvement", True), ("B", 3.0, "imacs_improvement", True)
        )
        assert told == (
            "The computation reproduces 1 of 2 published flags; it differs in B, listed below with "
            "the reason."
        )
        table = report.list_disagreements(comparison)
        assert list(table) == ["patient", "month", "computed", "published", "why"]
        assert table["patient"].tolist() == ["B"]

    def test_a_flag_of_a_visit_that_is_absent_is_not_reproduced(self):
        told, comparison = self.compare(("A", 6.0, "imacs_improvement", True))
        assert told.startswith("The computation reproduces 0 of 1 published flag; it differs in A")
        assert pd.isna(comparison["computed"].item())

    @pytest.mark.parametrize("flags", [[], [("A", 3.0, "cycling_improvement", True)]])
    def test_without_flags_of_response_there_is_nothing_to_compare(self, flags):
        told, comparison = self.compare(*flags)
        assert told.startswith("The publication printed no flags")
        assert comparison.empty

    def test_a_study_without_the_table_has_nothing_to_compare(self):
        assert report.compare_with_published(run_one("better").improvement, None).empty
