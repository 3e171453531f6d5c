"""Two groups of points: every patient once, linked, and the shift beside."""

import pandas as pd
import pytest

from helpers.plots.groups import plot_two_groups
from helpers.plots.patients import jitter_patients
from helpers.plots.style import COLOURS

NA = float("nan")
GROUPS = pd.Series({"A": "responders", "B": "others", "C": "responders", "D": "others"})


def draw(values, groups=GROUPS, **options):
    series = pd.Series(values, dtype="float64")
    return plot_two_groups(series, groups, label="points", **options)


def list_points(figure):
    """Give each patient's link with its place."""
    return {
        url: tuple(offset)
        for points in figure.axes[0].collections
        for url, offset in zip(points.get_urls(), points.get_offsets().tolist(), strict=True)
    }


def test_every_patient_is_one_linked_point_at_its_value():
    points = list_points(draw({"A": 1.0, "B": 2.0, "C": 3.0, "D": 4.0}))
    assert {url: y for url, (_, y) in points.items()} == {
        "#patient-A": 1.0,
        "#patient-B": 2.0,
        "#patient-C": 3.0,
        "#patient-D": 4.0,
    }


def test_points_lie_at_their_group_moved_by_the_patients_own_jitter():
    points = list_points(draw({"A": 1.0, "B": 2.0, "C": 3.0, "D": 4.0}))
    [of_a, of_b] = jitter_patients(["A", "B"], width=0.36)
    assert points["#patient-A"][0] == pytest.approx(0 + of_a)
    assert points["#patient-B"][0] == pytest.approx(1 + of_b)


def test_a_missing_value_is_not_drawn_and_not_counted():
    figure = draw({"A": 1.0, "B": 2.0, "C": NA, "D": 4.0})
    assert sorted(list_points(figure)) == ["#patient-A", "#patient-B", "#patient-D"]
    assert [tick.get_text() for tick in figure.axes[0].get_xticklabels()] == [
        "responders\n(n = 1)",
        "others\n(n = 2)",
    ]


def test_the_line_of_a_group_is_its_median():
    lines = draw({"A": 1.0, "B": 2.0, "C": 5.0, "D": 10.0}).axes[0].lines
    assert [list(line.get_ydata()) for line in lines] == [[3.0, 3.0], [6.0, 6.0]]


def test_groups_differ_in_colour_and_mark():
    first, second = draw({"A": 1.0, "B": 2.0}).axes[0].collections
    assert first.get_facecolor()[0].tolist() != second.get_facecolor()[0].tolist()
    assert len(first.get_paths()[0].vertices) != len(second.get_paths()[0].vertices)


@pytest.mark.parametrize(("absent", "left"), [("AC", ["B", "D"]), ("BD", ["A", "C"])])
def test_a_group_without_values_is_named_and_the_other_keeps_its_links(absent, left):
    values = {name: NA if name in absent else 1.0 for name in "ABCD"}
    figure = draw(values)
    assert sorted(list_points(figure)) == [f"#patient-{name}" for name in left]
    assert sorted(tick.get_text()[-7:] for tick in figure.axes[0].get_xticklabels()) == [
        "(n = 0)",
        "(n = 2)",
    ]


@pytest.mark.parametrize("values", [{}, {"A": NA, "B": NA}])
def test_without_a_value_there_is_no_figure(values):
    assert draw(values) is None


def test_one_group_has_the_first_colour():
    figure = draw({"A": 1.0}, pd.Series({"A": "all"}))
    [points] = figure.axes[0].collections
    assert points.get_facecolor()[0, :3].tolist() == pytest.approx(
        [int(COLOURS[0][i : i + 2], 16) / 255 for i in (1, 3, 5)]
    )


class TestShift:
    def test_has_an_axis_of_its_own_with_estimate_and_limits(self):
        figure = draw({"A": 1.0, "B": 2.0}, shift=(1.5, 0.5, 2.5), shift_label="difference")
        points, shift = figure.axes
        zero, interval, centre = shift.lines
        assert list(zero.get_ydata()) == [0, 0]
        assert list(interval.get_ydata()) == [0.5, 2.5]
        assert list(centre.get_ydata()) == [1.5]
        assert (points.get_ylabel(), shift.get_ylabel()) == ("points", "difference")

    def test_is_left_out_where_there_is_none(self):
        assert len(draw({"A": 1.0, "B": 2.0}).axes) == 1
