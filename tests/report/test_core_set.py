"""Courses and changes of the core set measures, in tables, captions and words."""

import pandas as pd
import pytest
from tests.report.cohorts import Run, make_cohort, read_words, run_one
from tests.study_folders import make_config

from helpers.derive.imacs import ImprovementDefinition
from helpers.report import core_set as report
from helpers.report import extramuscular as extramuscular_report
from helpers.study import read_study


@pytest.fixture(scope="module")
def endurance():
    """The published trial, from its tables to every sentence."""
    return Run(read_study("endurance_training_iim", tables=["core_set", "published_flags"]))


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
        change = endurance.chapter["change.mmt8.endurance-exercise.month_3"]
        # Differences of A to I: 0, 5, 2, 4, 15, -1, 5, 2, 0 (table 4); the exact p of the seven
        # non-zero ones, ranks 1 for -1: 2 * 2/128.
        assert change.p_value == pytest.approx(4 / 128)
        assert (change.n, change.value) == (9, 2.5)


class TestTables:
    def test_changes_are_laid_out_with_interval_and_p(self, endurance):
        table = report.tabulate_change(endurance.changes, endurance.config)
        assert "visit" not in table
        row = table.iloc[4]
        assert row["measure"] == "muscle strength (MMT-8), 0 to 80"
        assert (row["n"], row["median before"], row["median after"]) == (9, "76", "77")
        assert row["change (95 % interval)"] == "2.5 (0 to 8.5)"
        assert row["exact p"] == "0.031"

    def test_a_change_of_nobody_is_not_defined_and_of_one_has_no_interval(self):
        run = Run(make_cohort({"A": ["better"], "B": ["unknown"]}, arms={"A": "x", "B": "y"}))
        table = report.tabulate_change(run.changes, run.config)
        assert table["change (95 % interval)"].tolist()[:2] == ["−3 (no interval)", "not defined"]
        assert table["exact p"].tolist()[1] == "not defined"

    def test_one_group_is_named_in_the_caption_and_has_no_column(self, endurance):
        run = Run(make_cohort({"A": ["better"], "B": ["same"]}))
        assert "group" not in report.tabulate_change(run.changes, run.config)
        group = run.changes["group"].iloc[0]
        assert f"in the arm “{group}” at" in report.caption_change(run.changes, run.config)
        assert set(report.tabulate_change(endurance.changes, endurance.config)["group"]) == {
            "Endurance exercise",
            "Control",
        }

    def test_an_interval_of_few_pairs_is_named_by_what_it_covers(self):
        # Two pairs: the widest interval leaves out 2 of the 4 patterns of signs.
        run = Run(make_cohort({"A": ["better"], "B": ["same"]}))
        assert report.tabulate_change(run.changes, run.config)["change (95 % interval)"][0] == (
            "−1.5 (−3 to 0; 50 %)"
        )
        assert "covers 50 %" in read_words(report.caption_change(run.changes, run.config))
        six = Run(make_cohort({str(patient): ["better"] for patient in range(6)}))
        assert "covers" not in report.caption_change(six.changes, six.config)

    def test_several_visits_have_a_column(self):
        run = Run(make_cohort({"A": ["same", "better"]}, months=(3.0, 6.0)))
        visits = report.tabulate_change(run.changes, run.config)["visit"].unique()
        assert list(map(read_words, visits)) == ["Month 3", "Month 6"]


class TestWords:
    def test_the_tiles_are_told_visit_by_visit(self):
        run = Run(make_cohort({"A": ["better", "worse"], "B": ["same", None]}, months=(3.0, 6.0)))
        assert read_words(report.describe_change_tiles(run.improvement, run.config)) == (
            "Change from baseline of each patient and measure: at Month 3, 4 measures better and 0 "
            "worse by the limits; improved: A; at Month 6, 0 measures better and 4 worse by the "
            "limits; improved: nobody."
        )

    def test_the_courses_are_told_by_their_medians(self):
        run = Run(make_cohort({"A": ["better"], "B": [None]}))
        told = read_words(report.describe_courses(run.core_set, run.groups, run.config))
        assert told.startswith("Lines of 2 patients in 1 group, one panel per measure.")
        assert "muscle strength (MMT-8), 0 to 80: median 60 at Baseline, 78 at Month 3" in told
        nobody = run_one(None)
        told = read_words(report.describe_courses(nobody.core_set, nobody.groups, nobody.config))
        assert "median 60 at Baseline, no value at Month 3" in told

    def test_panels_are_titled_with_unit_and_direction(self, endurance):
        titles = report.title_measures(endurance.config)
        assert titles["ck"] == "Creatine kinase, ukat/L\n(lower is better)"
        assert titles["mmt8"].endswith("(higher is better)")
        assert extramuscular_report.label_extramuscular(endurance.config) == (
            "Extramuscular activity, MITAX 0 to 1,\nbaseline"
        )


class TestCaptions:
    def test_the_table_of_changes_names_test_interval_and_number_of_tests(self, endurance):
        caption = report.caption_change(endurance.changes, endurance.config)
        assert "at 12 weeks." in read_words(caption)
        assert "Hodges-Lehmann" in caption
        assert "signed-rank test, zeros dropped" in caption
        assert "unadjusted for the 12 tests in this table" in caption

    def test_marks_are_explained_where_there_are_groups(self, endurance):
        assert "Colour and mark" in report.caption_courses(endurance.core_set, endurance.groups)
        run = run_one("better", "same")
        assert report.caption_courses(run.core_set, run.groups) == (
            "Course of each core set measure, one line per patient (n = 2). A missing value leaves "
            "a gap."
        )

    def test_the_tiles_name_the_limits_in_force(self):
        other = ImprovementDefinition(
            name="x", source="y", improvement_percent=30, worsening_percent=40
        )
        caption = report.caption_change_tiles(other, run_one("better").groups)
        assert "better by at least 30 %" in caption
        assert "worse by at least 40 %" in caption


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
