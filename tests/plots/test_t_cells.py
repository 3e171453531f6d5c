"""Figures of T cells: corners named in words, names that do not meet, links to patients only."""

import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from helpers.plots.style import house_style
from helpers.plots.t_cells import CORNERS, plot_culture, plot_memory_and_ck, plot_shift
from helpers.report.figures import draw_svg

NA = float("nan")
ORDER = ["responders", "non-responders"]
WORDS = {corner: f"words for\n{corner}" for corner in CORNERS}
FALLS = [9.3, 0.9, 1.7, 14.4, 3.5, -4.7, -0.4, 0.3]
SEEN = [(0.12, -0.03), (0.26, -0.04), (0.20, -0.09), (0.38, 0.06), (0.11, -0.09), (0.06, -0.04)]


def make_shift(points, *, half=0.05):
    names = [f"P{number:02d}" for number in range(1, len(points) + 1)]
    frame = pd.DataFrame(points, columns=["ifn_gamma_change", "il17a_change"]).assign(
        patient_id=names
    )
    for name in ("ifn_gamma", "il17a"):
        frame[f"{name}_low"] = frame[f"{name}_change"] - half
        frame[f"{name}_high"] = frame[f"{name}_change"] + half
    return frame


def group(frame):
    return pd.Series(ORDER * len(frame), index=None)[: len(frame)].set_axis(frame["patient_id"])


def draw_shift(points, **options):
    frame = make_shift(points, **options)
    return plot_shift(
        frame, group(frame), order=ORDER, corners=WORDS, x_label="IFN-gamma", y_label="IL-17A"
    )


def find_boxes(figure):
    with house_style():
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        renderer = canvas.get_renderer()
        return [
            (text.get_text(), text.get_window_extent(renderer)) for text in figure.axes[0].texts
        ]


@pytest.mark.parametrize(
    "points", [SEEN, [(0.1, -0.1)], [(0.1, 0.1), (0.1, 0.1)], [(0.0, 0.0)], [(5.0, -0.001)] * 3]
)
def test_no_name_meets_another_or_leaves_the_figure(points):
    figure = draw_shift(points)
    boxes = find_boxes(figure)
    assert len(boxes) == len(points) + 4
    for number, (text, box) in enumerate(boxes):
        assert figure.bbox.x0 <= box.x0 <= box.x1 <= figure.bbox.x1, text
        for other, other_box in boxes[number + 1 :]:
            assert not box.overlaps(other_box), (text, other)


def test_zero_is_in_the_middle_and_every_point_inside():
    ax = draw_shift(SEEN).axes[0]
    for low, high in (ax.get_xlim(), ax.get_ylim()):
        assert low == pytest.approx(-high)
        assert high > 0.11


def test_a_corner_of_the_figure_holds_the_words_of_its_signs():
    ax = draw_shift(SEEN).axes[0]
    places = {text.get_text(): text.get_position() for text in ax.texts}
    for corner, (right, up) in CORNERS.items():
        x, y = places[WORDS[corner]]
        assert (x > 0, y > 0) == (right > 0, up > 0)


def test_without_counting_intervals_the_points_are_drawn_alone():
    figure = draw_shift([(0.1, -0.1)], half=NA)
    assert len(find_boxes(figure)) == 5


def test_every_point_and_name_leads_to_its_patient():
    svg = draw_svg(draw_shift(SEEN), name="shift", alt="a")
    for number in range(1, 7):
        assert svg.count(f'href="#patient-P{number:02d}"') == 2


def test_nobody_with_both_gives_no_figure():
    assert draw_shift([]) is None
    empty = pd.DataFrame(columns=["patient_id", "memory", "fall"])
    assert plot_memory_and_ck(empty, group(empty), order=ORDER, x_label="x", y_label="y") is None


@pytest.mark.parametrize(
    ("memory", "fall"),
    [
        ([28.4, 63, 34.8, 31.8, 39.5, 72.1, 68.8, 50.7], FALLS),
        ([40.0], [0.0]),
        ([40.0, 40.0], [1.0, 1.0]),
    ],
)  # fmt: skip
def test_names_beside_memory_and_ck_do_not_meet(memory, fall):
    frame = pd.DataFrame({"memory": memory, "fall": fall})
    frame["patient_id"] = [f"P{number:02d}" for number in range(1, len(frame) + 1)]
    figure = plot_memory_and_ck(frame, group(frame), order=ORDER, x_label="x", y_label="y")
    boxes = find_boxes(figure)
    for number, (text, box) in enumerate(boxes):
        for other, other_box in boxes[number + 1 :]:
            assert not box.overlaps(other_box), (text, other)


def test_a_group_keeps_its_colour_when_the_other_has_nobody():
    frame = pd.DataFrame({"patient_id": ["A"], "memory": [40.0], "fall": [1.0]})
    alone = pd.Series(["non-responders"], index=["A"])
    figure = plot_memory_and_ck(frame, alone, order=ORDER, x_label="x", y_label="y")
    [legend] = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["non-responders"]
    colour = figure.axes[0].collections[0].get_facecolor()[0]
    assert tuple(colour.round(3)) == (0.482, 0.522, 0.557, 1.0)  # grey, 7B858E


def test_donors_are_not_links():
    pairs = pd.DataFrame(
        {"donor": ["D1", "D2"], "panel": "IL-17A", "before": [9.0, 8.0], "after": [5.0, NA]}
    )
    summary = pd.DataFrame(
        {"panel": ["IL-17A"], "group": "donors", "n": 1, "change": -4.0, "low": NA, "high": NA}
    )
    figure = plot_culture(
        pairs,
        pd.Series("donors", index=["D1", "D2"]),
        summary,
        titles={"IL-17A": "IL-17A, pg/mL"},
        ends=("alone", "drug"),
    )
    svg = draw_svg(figure, name="culture", alt="a")
    assert "patient" not in svg
    assert "<a " not in svg
    assert (
        plot_culture(pairs.iloc[:0], pd.Series(dtype=str), summary, titles={}, ends=("", ""))
        is None
    )
