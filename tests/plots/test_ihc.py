import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from helpers.plots.ihc import plot_expression, plot_predictors
from helpers.plots.style import house_style
from helpers.report.figures import draw_svg

NA = float("nan")
ORDER = ["responders", "non-responders"]
VISITS = {0.0: "Baseline", 6.0: "Month 6"}
GROUPS = pd.Series(["responders", "non-responders", "non-responders"], index=list("ABC"))


def make_expression(*flags):
    keys = [(patient, month) for patient in "ABC" for month in VISITS]
    frame = pd.DataFrame(keys, columns=["patient_id", "month"])
    return frame.assign(expressed=pd.array(flags, dtype="boolean"))


def make_pairs(levels, fi):
    names = [f"P{number:02d}" for number in range(1, len(levels) + 1)]
    return pd.DataFrame({"panel": "CD163", "patient_id": names, "level": levels, "fi": fi})


def draw_pairs(pairs, panels=("CD163",)):
    groups = pd.Series(ORDER * len(pairs), index=None)[: len(pairs)].set_axis(pairs["patient_id"])
    titles = {panel: f"{panel} at Baseline" for panel in panels}
    return plot_predictors(pairs, groups, titles=titles, y_label="Functional Index", order=ORDER)


def test_every_patient_has_a_mark_at_each_visit_and_a_name():
    figure = plot_expression(
        make_expression(True, True, False, pd.NA, False, True), GROUPS, visits=VISITS, order=ORDER
    )
    html = draw_svg(figure, name="f", alt="a")
    for patient in "ABC":
        assert html.count(f'href="#patient-{patient}"') == 3
    words = {text.get_text() for text in figure.axes[0].texts}
    assert {"responders", "non-responders", "·"} <= words


def test_a_group_without_patients_is_not_headed():
    figure = plot_expression(
        make_expression(*[True] * 6),
        pd.Series("non-responders", index=list("ABC")),
        visits=VISITS,
        order=ORDER,
    )
    assert {text.get_text() for text in figure.axes[0].texts} == {"non-responders"}


def test_without_any_known_biopsy_there_is_no_figure():
    nobody = make_expression(*[pd.NA] * 6)
    assert plot_expression(nobody, GROUPS, visits=VISITS, order=ORDER) is None


def test_the_scatter_names_every_complete_pair_and_leaves_the_others_out():
    figure = draw_pairs(make_pairs([1.0, 2.0, NA], [30.0, NA, 20.0]))
    assert [text.get_text() for text in figure.axes[0].texts] == ["P01"]
    html = draw_svg(figure, name="f", alt="a")
    assert html.count('href="#patient-P01"') == 2


@pytest.mark.parametrize("panels", [("CD163",), ("IL-1alpha",), ("CD163", "IL-1alpha")])
def test_only_stains_with_pairs_have_a_panel(panels):
    figure = draw_pairs(make_pairs([1.0, 2.0], [30.0, 20.0]), panels)
    assert (figure is None) == (panels == ("IL-1alpha",))
    if figure is not None:
        assert len(figure.axes) == 1


CROWDED = (
    [31.0, 50, 53, 60, 117, 169, 59, 46, 29, 159, 43],
    [42.0, 24, 43, 38, 32, 17, 26, 29, 48, 22, 49],
)


@pytest.mark.parametrize("points", [CROWDED, ([10.0, 11, 30], [20.0, 20, 40])])
def test_names_of_points_do_not_meet(points):
    figure = draw_pairs(make_pairs(*points))
    with house_style():
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        renderer = canvas.get_renderer()
        boxes = [text.get_window_extent(renderer) for text in figure.axes[0].texts]
    meeting = [
        (i, j) for i, a in enumerate(boxes) for j, b in enumerate(boxes) if i < j and a.overlaps(b)
    ]
    assert meeting == []
