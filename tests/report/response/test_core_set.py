"""Courses and changes of the core set measures, in tables, captions and words."""

import pandas as pd
import pytest
from tests.report.cohorts import make_cohort, one_arm, read_words
from tests.study_folders import make_config

from helpers.answers import core_set, response
from helpers.report.response import core_set as report
from helpers.report.response import extramuscular as extramuscular_report
from helpers.study import read_study


@pytest.fixture(scope="module")
def endurance():
    """The published trial's changes."""
    return core_set.change(read_study("endurance_training_iim", tables=["core_set"]))


def tabulate(study):
    return core_set.change(study).find("change_by_measure").frame


def caption(study):
    return core_set.change(study).find("change_by_measure").caption


def find_courses(study):
    return core_set.change(study).find("core_set_courses")


def find_tiles(study):
    return response.responders(study).find("change_tiles")


def test_measures_are_named_with_the_scales_that_the_study_declares():
    config = make_config(
        instruments={
            "vas_maximum": 100,
            "mmt8_maximum": 150,
            "extramuscular": {"instrument": "mitax"},
        }
    )
    labels = report.label_measures(config)
    assert labels["patient_global"] == "patient global activity, 0 to 100 mm"
    assert labels["mmt8"] == "muscle strength (MMT-8), 0 to 150"
    assert labels["extramuscular"] == "extramuscular activity, MITAX 0 to 1"


class TestRecords:
    def test_each_change_is_recorded_with_its_test(self, endurance):
        change = endurance.ledger["change.mmt8.endurance-exercise.month_3"]
        # Differences of A to I: 0, 5, 2, 4, 15, -1, 5, 2, 0 (table 4). Against a rise stand both
        # zeros (ranks 1.5) and -1 (rank 3): 6 or less in 15 of 512 patterns of signs, by hand.
        assert change.p_value == pytest.approx(30 / 512)
        assert (change.n, change.value) == (9, 2.5)


class TestTables:
    def test_changes_are_laid_out_with_interval_and_p(self, endurance):
        table = tabulate(endurance.study)
        assert "visit" not in table
        row = table.iloc[4]
        assert row["measure"] == "muscle strength (MMT-8), 0 to 80"
        assert (row["n"], row["median before"], row["median after"]) == (9, "76", "77")
        assert row["change (95 % interval)"] == "2.5 (0 to 8.5)"
        assert row["exact p"] == "0.059"

    def test_a_change_of_nobody_is_not_defined_and_of_one_has_no_interval(self):
        study = make_cohort({"A": ["better"], "B": ["unknown"]}, arms={"A": "x", "B": "y"})
        table = tabulate(study)
        assert table["change (95 % interval)"].tolist()[:2] == ["−3 (no interval)", "not defined"]
        assert table["exact p"].tolist()[1] == "not defined"

    def test_one_group_is_named_in_the_caption_and_has_no_column(self, endurance):
        study = make_cohort({"A": ["better"], "B": ["same"]})
        assert "group" not in tabulate(study)
        assert "in the arm “treated” at" in caption(study)
        assert set(tabulate(endurance.study)["group"]) == {
            "Endurance exercise",
            "Control",
        }

    def test_an_interval_of_few_pairs_is_named_by_what_it_covers(self):
        # Two pairs: the widest interval leaves out 2 of the 4 patterns of signs.
        study = make_cohort({"A": ["better"], "B": ["same"]})
        assert tabulate(study)["change (95 % interval)"][0] == ("−1.5 (−3 to 0; 50 %)")
        assert "covers 50 %" in read_words(caption(study))
        six = make_cohort({str(patient): ["better"] for patient in range(6)})
        assert "covers" not in caption(six)

    def test_several_visits_have_a_column(self):
        study = make_cohort({"A": ["same", "better"]}, months=(3.0, 6.0))
        visits = tabulate(study)["visit"].unique()
        assert list(map(read_words, visits)) == ["Month 3", "Month 6"]


class TestWords:
    def test_the_tiles_are_told_visit_by_visit(self):
        study = make_cohort({"A": ["better", "worse"], "B": ["same", None]}, months=(3.0, 6.0))
        assert read_words(find_tiles(study).alt) == (
            "Change from baseline of each patient and measure: at Month 3, 4 measures better and 0 "
            "worse by the limits; improved: A; at Month 6, 0 measures better and 4 worse by the "
            "limits; improved: nobody."
        )

    def test_the_courses_are_told_by_their_medians(self):
        study = make_cohort({"A": ["better"], "B": [None]})
        told = read_words(find_courses(study).alt)
        assert told.startswith("Lines of 2 patients in 1 group, one panel per measure.")
        assert "muscle strength (MMT-8), 0 to 80: median 60 at Baseline, 78 at Month 3" in told
        told = read_words(find_courses(one_arm(None)).alt)
        assert "median 60 at Baseline, no value at Month 3" in told

    def test_panels_are_titled_with_unit_and_direction(self, endurance):
        titles = report.title_measures(endurance.study.config)
        assert titles["ck"] == "CK\nµkat/L, ↓ better"
        assert titles["mmt8"].endswith("↑ better")
        assert extramuscular_report.label_extramuscular(endurance.study.config) == (
            "Extramuscular activity, MITAX 0 to 1,\nbaseline"
        )


class TestCaptions:
    def test_the_table_of_changes_names_test_interval_and_number_of_tests(self, endurance):
        told = caption(endurance.study)
        assert "at 12 weeks." in read_words(told)
        assert "Hodges-Lehmann" in told
        assert "signed-rank test, no change counted against a change" in told
        assert "unadjusted for the 12 tests in this table" in told

    def test_marks_are_explained_where_there_are_groups(self, endurance):
        assert "colour and mark" in find_courses(endurance.study).caption
        assert find_courses(one_arm("better", "same")).caption == (
            "One line per patient (n = 2); colour and mark tell the group."
        )

    def test_the_tiles_name_the_limits_in_force(self):
        limits = {"improvement_percent": 30, "worsening_percent": 40}
        told = find_tiles(make_cohort({"A": ["better"]}, response=limits)).caption
        assert "▲ by at least 30;" in told
        assert "worse by at least 40." in told


class TestAdjustedChanges:
    """Holm by hand: of p = 0.01 and 0.04 the smaller is doubled, the larger stays."""

    CHANGES = pd.DataFrame(
        {"measure": ["ck", "mmt8", "haq_di"], "group": "all", "p_value": [0.01, 0.04, 0.5]}
    )

    def test_only_measures_of_the_declared_family_are_adjusted(self):
        family = {"title": "Two", "endpoints": ["ck", "mmt8"], "adjustment": "holm"}
        config = make_config(endpoint_families={"core_set": family})
        adjusted = report.adjust_changes(self.CHANGES, config)["adjusted_p"]
        assert adjusted[:2].round(9).tolist() == [0.02, 0.04]
        assert adjusted.isna().tolist() == [False, False, True]

    def test_without_a_family_nothing_is_adjusted(self):
        assert report.adjust_changes(self.CHANGES, make_config())["adjusted_p"].isna().all()
