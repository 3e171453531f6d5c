"""Pairs and differences: which marks stand for whom, and what the axes say."""

import itertools

import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PathCollection

from helpers.plots.paired import plot_pairs
from helpers.plots.style import house_style
from helpers.report.figures import draw_svg

NA = float("nan")
GROUPS = pd.Series(["x", "x", "y"], index=["A", "B", "C"])
VALUES = pd.DataFrame(
    {
        "patient_id": ["A", "B", "C"],
        "panel": "CD3",
        "before": [10.0, 20.0, 40.0],
        "after": [20.0, 10.0, 80.0],
    }
)
SUMMARY = pd.DataFrame(
    {
        "panel": "CD3",
        "group": ["x", "y"],
        "change": [2.0, 40.0],
        "low": [1.0, NA],
        "high": [3.0, NA],
        "n": [2, 1],
    }
)


def draw(values=VALUES, summary=SUMMARY, titles=("CD3",), **options):
    named = {title: f"{title}, cells" for title in titles}
    return plot_pairs(values, GROUPS, summary, titles=named, **options)


def read_legend(figure):
    return [text.get_text() for text in figure.legends[0].get_texts()]


def find_points(ax):
    return sorted(
        (round(float(x), 3), round(float(y), 6))
        for collection in ax.collections
        if isinstance(collection, PathCollection)
        for x, y in collection.get_offsets()
    )


def list_line_colours(ax):
    lines = [part for part in ax.collections if isinstance(part, LineCollection)]
    return [tuple(part.get_color()[0]) for part in lines]


def test_a_panel_has_lines_and_differences_and_every_mark_carries_its_patient():
    figure = draw()
    html = draw_svg(figure, name="f", alt="a")
    for patient in "ABC":  # a line, two ends and a difference
        assert html.count(f'href="#patient-{patient}"') == 4


def test_groups_stand_beside_each_other_with_their_own_colour():
    left, _ = draw().axes
    assert [label.get_text() for label in left.get_xticklabels()] == ["before", "after"] * 2
    assert len(set(list_line_colours(left))) == 2


def test_differences_are_after_minus_before_and_the_zero_is_drawn():
    _, right = draw().axes
    assert sorted(y for _, y in find_points(right)) == [-10.0, 10.0, 40.0]
    assert any(list(line.get_ydata()) == [0, 0] for line in right.lines)
    assert [label.get_text() for label in right.get_xticklabels()] == ["n = 2", "n = 1"]


def test_on_a_log_scale_differences_are_ratios_and_the_one_is_drawn():
    left, right = draw(scale="log").axes
    assert sorted(y for _, y in find_points(right)) == [0.5, 2.0, 2.0]
    assert any(list(line.get_ydata()) == [1, 1] for line in right.lines)
    assert (left.get_yscale(), right.get_title(loc="left")) == ("log", "Fold change")


@pytest.mark.parametrize("bad", [0.0, -1.0])
def test_a_value_without_logarithm_is_refused_by_name(bad):
    with pytest.raises(ValueError, match=r"values above 0 .* for B \(CD3\)"):
        draw(VALUES.assign(before=[1.0, bad, 1.0]), scale="log")
    assert draw(VALUES.assign(before=[1.0, bad, 1.0])) is not None


def test_half_a_pair_is_an_open_mark_without_line_or_difference():
    figure = draw(VALUES.assign(after=[20.0, NA, 80.0]))
    left, right = figure.axes
    assert len(find_points(left)) == 5
    assert len(find_points(right)) == 2
    assert "other half not measured" in read_legend(figure)
    assert "other half not measured" not in read_legend(draw())


def test_a_limit_of_quantification_is_a_triangle_and_an_open_change_has_no_point():
    bounded = VALUES.assign(
        after_bound=["below", "in_range", "in_range"],
        change_bound=["below", "in_range", "unknown"],
    )
    figure = draw(bounded)
    assert len(find_points(figure.axes[1])) == 2
    assert "below quantification: at the limit" in read_legend(figure)


def test_a_reference_band_is_named_only_where_it_is_drawn():
    assert read_legend(draw(bands={"CD3": (5.0, 15.0)}))[-1] == "healthy range"
    assert "healthy range" not in read_legend(draw(bands={"other": (5.0, 15.0)}))


def test_a_group_without_centre_or_interval_is_drawn_all_the_same():
    nothing = SUMMARY.assign(change=NA, low=NA, high=NA)
    figure = draw(summary=nothing)
    assert "centre and its interval" not in read_legend(figure)
    assert len(find_points(figure.axes[1])) == 3


def test_a_group_keeps_its_colour_when_the_other_has_no_patient():
    only = draw(VALUES[VALUES["patient_id"] == "C"], order=["x", "y"])
    both = draw(order=["x", "y"])
    assert list_line_colours(only.axes[0]) == list_line_colours(both.axes[0])[-1:]
    assert read_legend(only)[0] == "y"


def test_two_panels_share_a_row_and_an_empty_panel_is_left_out():
    values = pd.concat([VALUES, VALUES.assign(panel="CD163")])
    assert len(draw(values, titles=("CD3", "CD163", "IL-1Ra")).axes) == 4


def test_nothing_to_draw_is_no_figure():
    assert draw(VALUES.assign(before=NA, after=NA)) is None
    assert draw(titles=("CD163",)) is None


def test_no_words_leave_the_figure_or_meet():
    values = pd.concat([VALUES, VALUES.assign(panel="CD163")])
    figure = draw(values, titles=("CD3", "CD163"), ends=("Baseline", "12 weeks"))
    with house_style():
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        renderer = canvas.get_renderer()
        for ax in figure.axes:
            boxes = [label.get_window_extent(renderer) for label in ax.get_xticklabels()]
            assert not any(a.x1 > b.x0 for a, b in itertools.pairwise(boxes))
        legend = figure.legends[0].get_window_extent(renderer)
    assert legend.x0 >= 0
    assert legend.x1 <= figure.bbox.width


def test_the_values_given_are_not_changed():
    values = VALUES.copy()
    draw(values)
    pd.testing.assert_frame_equal(values, VALUES)
