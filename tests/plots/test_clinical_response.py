"""Figures of the response: every patient there, linked, and nothing drawn that was not measured."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from tests.report.cohorts import BASELINE, make_cohort

from helpers.answers import core_set, response
from helpers.derive.response.core_set import MEASURE_NAMES
from helpers.plots import clinical_response as plots
from helpers.plots.patients import find_marks_outside
from helpers.plots.style import BETTER, COLOURS, MARKS, NARROW, OTHER, WORSE
from helpers.report.response.core_set import SHORT_LABELS, title_measures

NA = float("nan")
VISITS = {0.0: "Baseline", 3.0: "Month 3", 6.0: "Month 6"}
ARMS = pd.Series({"A": "drug", "B": "drug", "C": "placebo"})


def make_values(**courses):
    """Make the values of one measure from each patient's course over the visits."""
    rows = [
        (patient, month, value)
        for patient, course in courses.items()
        for month, value in zip(VISITS, course, strict=True)
        if value != "absent"
    ]
    frame = pd.DataFrame(rows, columns=["patient_id", "month", "ck"])
    return frame.astype({"ck": "float64"})


def draw_courses(values, groups=ARMS):
    return plots.plot_trajectories(
        values, groups, panels=["ck"], titles={"ck": "CK, U/L\n(lower is better)"}, visits=VISITS
    )


def read_lines(ax):
    """Give each patient's course as drawn, by its link."""
    return {
        line.get_url(): [None if np.isnan(y) else float(y) for y in line.get_ydata()]
        for line in ax.lines
        if line.get_url()
    }


class TestCourses:
    def test_each_patient_is_one_linked_line(self):
        figure = draw_courses(make_values(A=[1, 2, 3], B=[4, 5, 6], C=[7, 8, 9]))
        [ax] = figure.axes
        assert read_lines(ax) == {
            "#patient-A": [1, 2, 3],
            "#patient-B": [4, 5, 6],
            "#patient-C": [7, 8, 9],
        }
        assert len(ax.lines) == 3

    def test_links_follow_the_patients_whatever_the_order_of_rows(self):
        values = make_values(P10=[1, 1, 1], P9=[9, 9, 9], a=[5, 5, 5])
        groups = pd.Series({"a": "x", "P9": "x", "P10": "x"})
        [ax] = draw_courses(values.sample(frac=1, random_state=1), groups).axes
        assert read_lines(ax) == {
            "#patient-P10": [1, 1, 1],
            "#patient-P9": [9, 9, 9],
            "#patient-a": [5, 5, 5],
        }

    @pytest.mark.parametrize("gap", [NA, "absent"])
    def test_a_missing_value_or_visit_leaves_a_gap(self, gap):
        [ax] = draw_courses(make_values(A=[1, gap, 3], B=[4, 5, 6], C=[7, 8, 9])).axes
        assert read_lines(ax)["#patient-A"] == [1, None, 3]

    def test_a_visit_at_which_nobody_was_measured_is_no_gap(self):
        [ax] = draw_courses(make_values(A=[1, NA, 3], B=[4, NA, 6], C=[7, "absent", 9])).axes
        assert read_lines(ax) == {
            "#patient-A": [1, 3],
            "#patient-B": [4, 6],
            "#patient-C": [7, 9],
        }

    def test_a_patient_without_any_value_has_no_line(self):
        [ax] = draw_courses(make_values(A=[1, 2, 3], B=[NA, NA, NA], C=[7, 8, 9])).axes
        assert sorted(read_lines(ax)) == ["#patient-A", "#patient-C"]

    def test_a_group_without_any_value_leaves_the_others(self):
        [ax] = draw_courses(make_values(A=[1, 2, 3], C=[NA, NA, NA])).axes
        assert list(read_lines(ax)) == ["#patient-A"]

    def test_the_group_is_told_by_colour_and_mark_and_in_the_legend(self):
        figure = draw_courses(make_values(A=[1, 2, 3], C=[7, 8, 9]))
        drug, placebo = figure.axes[0].lines
        assert (drug.get_color(), placebo.get_color()) == COLOURS[:2]
        assert (drug.get_marker(), placebo.get_marker()) == MARKS[:2]
        [legend] = figure.legends
        assert [text.get_text() for text in legend.get_texts()] == [
            "drug (n = 2)",
            "placebo (n = 1)",
        ]

    def test_all_visits_are_shown_by_name_where_there_is_room_else_by_month(self):
        [ax] = draw_courses(make_values(A=[1, 2, "absent"])).axes
        assert [tick.get_text() for tick in ax.get_xticklabels()] == ["0", "3", "6"]
        assert ax.get_xlabel() == "month"
        low, high = ax.get_xlim()
        assert low < 0
        assert high > 6
        values, two = make_values(A=[1, 2, 3]), {0.0: "Baseline", 3.0: "12 weeks"}
        [ax] = plots.plot_trajectories(
            values, ARMS, panels=["ck"], titles={"ck": "CK"}, visits=two
        ).axes
        assert [tick.get_text() for tick in ax.get_xticklabels()] == ["Baseline", "12 weeks"]

    def test_limits_of_normal_are_broken_lines_and_named(self):
        figure = plots.plot_trajectories(
            make_values(A=[1, 2, 3]),
            ARMS,
            panels=["ck"],
            titles={"ck": "CK"},
            visits=VISITS,
            limits={"ck": [2.5, 3.3]},
        )
        limits = [line.get_ydata()[0] for line in figure.axes[0].lines if not line.get_url()]
        assert limits == [2.5, 3.3]
        assert figure.legends[0].get_texts()[-1].get_text() == "upper limit of normal"

    @pytest.mark.parametrize(("course", "from_zero"), [([1, 5, 9], True), ([70, 75, 80], False)])
    def test_the_axis_begins_at_zero_unless_the_values_are_far_from_it(self, course, from_zero):
        [ax] = draw_courses(make_values(A=course)).axes
        assert bool(ax.get_ylim()[0] <= 0) is from_zero

    def test_each_measure_has_a_panel_whose_title_tells_unit_and_direction(self):
        study = make_cohort({"A": ["better"], "B": ["same"]})
        figure = core_set.change(study).find("core_set_courses").draw()
        titles = [ax.get_title(loc="left") for ax in figure.axes]
        assert titles == list(title_measures(study.config).values())
        assert titles[2] == "MMT-8\n0 to 80, ↑ better"
        assert [len(read_lines(ax)) for ax in figure.axes] == [2] * 6

    def test_panels_that_are_not_needed_are_not_seen(self):
        values = make_values(A=[1, 2, 3]).assign(b=1.0, c=2.0)
        titles = dict.fromkeys(["ck", "b", "c"], "x")
        figure = plots.plot_trajectories(
            values, ARMS, panels=list(titles), titles=titles, visits=VISITS
        )
        assert [ax.get_visible() for ax in figure.axes] == [True] * 3 + [False]


def make_change(**percents):
    """Make changes of patients in ck and mmt8 at month 3."""
    rows = [
        (patient, 3.0, measure, percent)
        for patient, pair in percents.items()
        for measure, percent in zip(("ck", "mmt8"), pair, strict=True)
    ]
    return pd.DataFrame(rows, columns=["patient_id", "month", "measure", "improvement_percent"])


def draw_tiles(change, categories=(), patients=("A", "B"), visits=None):
    categories = pd.DataFrame(categories, columns=["patient_id", "month", "category"])
    return plots.plot_change_by_measure(
        change,
        categories,
        patients=list(patients),
        labels={"ck": "CK", "mmt8": "MMT-8"},
        visits=visits or {3.0: "Month 3"},
        better_percent=20,
        worse_percent=25,
    )


def read_tiles(ax):
    """Give the words by row, from left to right."""
    rows = {}
    for text in ax.texts:
        x, y = text.get_position()
        if y > 0:
            rows.setdefault(int(y), []).append((x, text.get_text()))
    return [[word for _, word in sorted(rows[row]) if word] for row in sorted(rows)]


class TestTiles:
    @pytest.mark.parametrize(
        ("percent", "word"),
        [
            (20.0, "▲ 20"),
            (19.99, "20"),
            (-25.0, "▼ −25"),
            (-24.6, "−25"),
            (0.0, "0"),
            (-0.0, "0"),
            (-0.4, "0"),
            (np.inf, "▲ >200"),
            (-np.inf, "▼ <−200"),
            (200.0, "▲ 200"),
            (200.1, "▲ >200"),
            (NA, "·"),
        ],
    )
    def test_a_tile_names_its_change_and_marks_the_limits(self, percent, word):
        [ax] = draw_tiles(make_change(A=(percent, 1.0)), patients=["A"]).axes
        assert read_tiles(ax) == [[word, "1", "·"]]

    def test_blue_is_better_orange_is_worse_and_no_change_has_the_colour_of_the_page(self):
        [ax] = draw_tiles(make_change(A=(100.0, -100.0), B=(NA, 0.0))).axes
        [tiles] = ax.collections
        tiles.update_scalarmappable()
        better, worse, same = tiles.get_facecolors()[[0, 1, 3]]
        assert (to_hex(better), to_hex(worse)) == (BETTER.lower(), WORSE.lower())
        assert same[3] == 0
        assert np.ma.getmaskarray(tiles.get_array()).tolist() == [[False, False], [True, False]]

    def test_one_large_change_does_not_bleach_the_rest(self):
        [ax] = draw_tiles(make_change(A=(60.0, -300.0), B=(1.0, 0.0))).axes
        [tiles] = ax.collections
        tiles.update_scalarmappable()
        deep, deepest = tiles.get_facecolors()[[0, 1]]
        assert deep[3] == deepest[3] == plots.DEEPEST

    def test_on_a_phone_the_visits_stand_below_each_other(self):
        visits = {3.0: "Month 3", 6.0: "Month 6"}
        figure = plots.plot_change_by_measure(
            make_change(A=(1.0, 2.0)),
            pd.DataFrame(columns=["patient_id", "month", "category"]),
            patients=["A"],
            labels={"ck": "CK", "mmt8": "MMT-8"},
            visits=visits,
            better_percent=20,
            worse_percent=25,
            is_narrow=True,
        )
        assert figure.get_figwidth() == NARROW
        assert [bool(ax.get_yticklabels()) for ax in figure.axes] == [True, True]

    def test_the_response_of_each_patient_stands_beside_the_row_and_is_linked(self):
        categories = [("A", 3.0, "improved"), ("B", 3.0, "worsened")]
        [ax] = draw_tiles(make_change(A=(30.0, 0), B=(-30.0, 0)), categories).axes
        assert [row[-1] for row in read_tiles(ax)] == ["●", "▼"]
        assert [text.get_url() for text in ax.texts if text.get_text() in "●▼"] == [
            "#patient-A",
            "#patient-B",
        ]

    @pytest.mark.parametrize(("category", "mark"), plots.CATEGORY_MARKS.items())
    def test_every_category_has_a_mark(self, category, mark):
        [ax] = draw_tiles(make_change(A=(0, 0)), [("A", 3.0, category)], patients=["A"]).axes
        assert read_tiles(ax)[0][-1] == mark

    def test_rows_follow_the_patients_and_their_names_are_linked(self):
        [ax] = draw_tiles(make_change(A=(1.0, 2.0), B=(3.0, 4.0)), patients=["B", "A", "Z"]).axes
        assert [row[:2] for row in read_tiles(ax)] == [["3", "4"], ["1", "2"], ["·", "·"]]
        assert [(label.get_text(), label.get_url()) for label in ax.get_yticklabels()] == [
            ("B", "#patient-B"),
            ("A", "#patient-A"),
            ("Z", "#patient-Z"),
        ]

    def test_each_visit_has_a_block_and_one_without_anybody_is_empty(self):
        visits = {3.0: "Month 3", 6.0: "Month 6"}
        first, second = draw_tiles(make_change(A=(1.0, 2.0)), visits=visits, patients=["A"]).axes
        assert [ax.get_title(loc="left") for ax in (first, second)] == ["Month 3", "Month 6"]
        assert read_tiles(second) == [["·", "·", "·"]]
        assert [label.get_text() for label in first.get_xticklabels()] == ["CK", "MMT-8"]

    def test_nobody_seen_after_baseline_gives_no_figure(self):
        assert draw_tiles(make_change()) is None


def make_summary(*rows):
    columns = ["group", "n_improved", "n", "share", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


class TestShares:
    def test_share_interval_and_count_of_each_group(self):
        summary = make_summary(("drug", 6, 9, 2 / 3, 0.2993, 0.9251), ("x", 1, 6, 1 / 6, 0.0, 0.64))
        [ax] = plots.plot_response_by_group(summary, axis_label="improved").axes
        first, centre, _, other = ax.lines
        assert list(first.get_xdata()) == pytest.approx([29.93, 92.51])
        assert list(centre.get_xdata()) == pytest.approx([66.667], abs=1e-3)
        assert list(other.get_xdata()) == pytest.approx([16.667], abs=1e-3)
        assert [text.get_text() for text in ax.texts] == ["6 of 9", "1 of 6"]
        assert [label.get_text() for label in ax.get_yticklabels()] == ["drug", "x"]
        assert (ax.get_xlim(), ax.get_xlabel()) == ((0, 100), "improved")

    def test_the_first_group_stands_on_top(self):
        summary = make_summary(("a", 1, 1, 1.0, 0.0, 1.0), ("b", 1, 1, 1.0, 0.0, 1.0))
        low, high = plots.plot_response_by_group(summary, axis_label="x").axes[0].get_ylim()
        assert low > high

    def test_a_group_that_could_not_be_judged_has_no_point(self):
        summary = make_summary(("a", 1, 2, 0.5, 0.01, 0.99), ("b", 0, 0, NA, NA, NA))
        [ax] = plots.plot_response_by_group(summary, axis_label="x").axes
        assert np.isnan(ax.lines[3].get_xdata()).all()
        assert ax.texts[1].get_text() == "not judged"

    def test_nobody_judged_gives_no_figure(self):
        assert (
            plots.plot_response_by_group(make_summary(("a", 0, 0, NA, NA, NA)), axis_label="x")
            is None
        )


class TestScores:
    def draw(self, fates, months=(3.0,)):
        answer = response.total_improvement(make_cohort(fates, months=months))
        return answer.find("total_improvement").draw()

    def test_each_score_is_a_linked_line_and_point(self):
        # better: physician 30 % of the range (17.5), patient 30 % (7.5), MMT-8 22.5 % (27.5),
        # HAQ-DI 16.7 % (7.5): 60 points; same: 0 points. Points of Aggarwal et al 2017.
        [ax] = self.draw({"A": ["better"], "B": ["same"], "C": ["unknown"]}).axes
        drawn = [
            (line.get_url(), np.ravel(line.get_xdata()).tolist())
            for line in ax.lines
            if line.get_url()
        ]
        assert drawn == [
            ("#patient-A", [0, 60]),
            ("#patient-A", [60]),
            ("#patient-B", [0, 0]),
            ("#patient-B", [0]),
        ]

    def test_only_those_improved_by_the_other_definition_are_filled(self):
        [ax] = self.draw({"A": ["better"], "B": ["same"]}).axes
        faces = [line.get_markerfacecolor() for line in ax.lines if line.get_marker() == "o"]
        assert faces == [BETTER, "none"]

    def test_the_thresholds_are_drawn(self):
        [ax] = self.draw({"A": ["better"]}).axes
        assert [line.get_xdata()[0] for line in ax.lines[:3]] == [20, 40, 60]

    def test_names_stand_once_and_are_linked(self):
        first, second = self.draw({"A": ["better", "same"]}, months=(3.0, 6.0)).axes
        assert [(t.get_text(), t.get_url()) for t in first.get_yticklabels()] == [
            ("A", "#patient-A")
        ]
        assert [t.get_text() for t in second.get_yticklabels()] == [""]

    @pytest.mark.parametrize("fate", ["unknown", None])
    def test_without_a_score_there_is_no_figure(self, fate):
        assert self.draw({"A": [fate]}) is None


class TestFunctionalIndex:
    GROUPS = pd.Series({"A": "responders", "B": "non-responders", "C": "responders"})

    def draw(self, **courses):
        values = make_values(**courses).rename(columns={"ck": "fi"})
        return plots.plot_functional_index(values, self.GROUPS, visits=VISITS)

    def test_responders_have_their_colour_and_everybody_shares_one_axis(self):
        [ax] = self.draw(A=[30, 35, 40], B=[20, NA, 18], C=[10, 12, 14]).axes
        assert read_lines(ax)["#patient-B"] == [20, 18]
        colours = {line.get_url(): line.get_color() for line in ax.lines}
        assert colours == {"#patient-A": BETTER, "#patient-B": OTHER, "#patient-C": BETTER}
        assert ax.get_ylabel() == "Functional Index, points"

    def test_all_points_lie_inside_the_axis(self):
        figure = self.draw(A=[30, 35, 40], B=[20, 19, 4], C=[10, 64, 14])
        assert find_marks_outside(figure) == []
        figure.axes[0].set_ylim(5, 60)
        assert sorted(find_marks_outside(figure)) == ["#patient-B", "#patient-C"]

    def test_not_measured_gives_no_figure(self):
        assert plots.plot_functional_index(None, self.GROUPS, visits=VISITS) is None
        assert self.draw() is None
        assert self.draw(A=[NA, NA, NA]) is None


def test_every_figure_fits_the_page_and_links_every_patient():
    study = make_cohort({"A": ["better"], "B": ["same"], "C": ["worse"]})
    courses = core_set.change(study).find("core_set_courses").draw()
    tiles = response.responders(study).find("change_tiles").draw()
    assert max(figure.get_size_inches()[0] for figure in (courses, tiles)) <= 9.6
    assert {line.get_url() for ax in courses.axes for line in ax.lines} == {
        "#patient-A",
        "#patient-B",
        "#patient-C",
    }
    assert list(SHORT_LABELS) == list(MEASURE_NAMES) == list(title_measures(study.config))
    assert set(BASELINE) == set(MEASURE_NAMES)
