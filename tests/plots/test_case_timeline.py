"""The figure of one patient's course: rows of their own, nothing that overlaps, links."""

import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from helpers.plots.case_timeline import plot_timeline
from helpers.plots.style import house_style

NA = float("nan")


def make_courses():
    return pd.DataFrame(
        {
            "patient_id": "C1",
            "label": ["anakinra, 100 mg/day", "azathioprine, dose not recorded", "tracer, 2 MBq"],
            "start_day": [0.0, NA, 0.0],
            "end_day": [NA, -30.0, 0.0],
        }
    )


def make_events(days):
    words = "a finding that needs many words, as findings in case reports often do, and more yet"
    return pd.DataFrame(
        {"patient_id": "C1", "day": days, "end_day": NA, "kind": "finding", "event": words}
    )


def make_points():
    rows = [("CRP", 0.0, 179.0, "179"), ("CRP", 8.0, 31.0, "31 (−83 %)")]
    points = pd.DataFrame(rows, columns=["test", "day", "value", "label"])
    return points.assign(patient_id="C1", unit="mg/L")


def list_texts(figure):
    """Every text drawn, with its box."""
    with house_style():
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        renderer = canvas.get_renderer()
    found = []
    for ax in figure.axes:
        ticks = ax.yaxis._update_ticks()  # those inside the view, which are the ones drawn
        if ax is figure.axes[-1]:
            ticks += [*ax.xaxis._update_ticks()]
        candidates = [*ax.texts, *(tick.label1 for tick in ticks), ax._left_title, ax.yaxis.label]
        found += [text for text in candidates if text.get_text() and text.get_visible()]
    return [(text.get_text(), text.get_window_extent(renderer)) for text in found]


@pytest.mark.parametrize(
    "days",
    [
        [-150.0, 0.0, 0.0, 8.0, 28.0, 30.0, 122.0, 274.0],
        [0.0] * 6,
        [NA, 273.0, 274.0],
        [-1.0, 1.0],
    ],
)
def test_no_two_labels_overlap_and_none_is_cut(days):
    figure = plot_timeline(make_courses(), make_events(days), make_points(), span=(-150.0, 274.0))
    boxes = list_texts(figure)
    canvas = figure.bbox
    for number, (text, box) in enumerate(boxes):
        assert canvas.x0 <= box.x0 <= box.x1 <= canvas.x1, text
        for other, other_box in boxes[number + 1 :]:
            assert not box.shrunk(0.98, 0.9).overlaps(other_box), (text, other)


def test_every_mark_of_the_patient_is_a_link():
    figure = plot_timeline(make_courses(), make_events([0.0]), make_points(), span=(-150, 274))
    treatments, events, test = figure.axes
    drawn = [line for line in treatments.lines if line.get_url()]
    assert {line.get_url() for line in [*drawn, events.lines[0], test.lines[0]]} == {"#patient-C1"}
    assert len(drawn) == 4  # two bars, an arrow where no end is recorded, a stroke for one day


def test_a_course_without_a_recorded_first_day_is_broken_and_begins_at_the_edge():
    figure = plot_timeline(make_courses(), make_events([]), make_points(), span=(-150.0, 274.0))
    solid, _, broken, _ = figure.axes[0].lines[:4]
    assert solid.get_linestyle() == "-"
    assert broken.get_linestyle() == "--"
    assert broken.get_xdata().tolist() == [-150, -30]


def test_rows_are_left_out_where_nothing_is_known():
    none = make_courses().iloc[:0]
    figure = plot_timeline(none, make_events([NA]), make_points(), span=(0.0, 8.0))
    assert [ax.get_ylabel() for ax in figure.axes] == ["CRP\nmg/L"]


def test_nothing_dated_gives_no_figure():
    empty = make_points().iloc[:0]
    assert plot_timeline(make_courses(), make_events([NA]), empty, span=None) is None
