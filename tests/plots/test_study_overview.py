import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PatchCollection, PathCollection

from helpers.derive.course.cohort import HAD_LEFT, MEASURED, NOT_MEASURED
from helpers.plots.study_overview import plot_availability, plot_flow

VISITS = {0.0: "Baseline", 3.0: "Month 3", 6.0: "Month 6", 12.0: "Month 12"}
LONG = "Local skin rash at the injection site that came back after each of several pauses"


def make_seen(*counts, arm="drug", entered=15):
    return pd.DataFrame(
        {
            "arm": arm,
            "month": list(VISITS)[: len(counts)],
            "n_entered": entered,
            "n_seen": pd.array(list(counts), dtype="Int64"),
        }
    )


def make_left(*rows):
    return pd.DataFrame(rows, columns=["arm", "month", "reason", "n"])


def read_texts(figure):
    return [text.get_text() for text in figure.axes[0].texts if text.get_text()]


def find_overlaps(figure):
    """List the pairs of texts whose boxes overlap on paper, and texts that leave the figure."""
    renderer = FigureCanvasAgg(figure).get_renderer()
    texts = [t for t in figure.axes[0].texts if t.get_text()]
    boxes = [t.get_window_extent(renderer) for t in texts]
    width, height = figure.bbox.width, figure.bbox.height
    faults = [
        (texts[i].get_text(), texts[j].get_text())
        for i in range(len(boxes))
        for j in range(i)
        if boxes[i].overlaps(boxes[j])
    ]
    outside = [b for b in boxes if b.x0 < 0 or b.x1 > width or b.y0 < 0 or b.y1 > height]
    return faults + outside


def test_a_box_says_the_visit_and_how_many_were_there():
    figure = plot_flow(
        make_seen(15, 13, 11, 9), arms={"drug": "Drug"}, visits=VISITS, left=make_left()
    )
    assert read_texts(figure) == [
        "Drug", "Baseline\nn = 15", "Month 3\nn = 13", "Month 6\nn = 11", "Month 12\nn = 9",
    ]  # fmt: skip


def test_long_reasons_are_broken_and_nothing_overlaps():
    left = make_left(
        ("drug", 3.0, LONG, 2), ("drug", 6.0, LONG, 1), ("drug", 6.0, "Headache", 1),
        ("drug", 12.0, LONG, 1), ("other", 12.0, LONG, 1),
    )  # fmt: skip
    seen = pd.concat([make_seen(15, 13, 11, 9), make_seen(15, 15, 15, 14, arm="other")])
    arms = {"drug": "Drug", "other": "Other drug"}
    figure = plot_flow(seen, arms=arms, visits=VISITS, left=left)
    assert find_overlaps(figure) == []
    written = "\n".join(read_texts(figure)).replace("\N{NO-BREAK SPACE}", "")
    assert " ".join(written.split()).count("that came back") == 4


def test_an_unknown_number_is_said_to_be_unknown():
    figure = plot_flow(
        make_seen(15, 13, None, 9), arms={"drug": "Drug"}, visits=VISITS, left=make_left()
    )
    assert "Month 6\nnot known" in read_texts(figure)


def test_an_arm_without_patients_has_no_row():
    arms = {"drug": "Drug", "other": "Nobody"}
    figure = plot_flow(
        make_seen(15, 13), arms=arms, visits=dict(list(VISITS.items())[:2]), left=make_left()
    )
    assert "Nobody" not in read_texts(figure)


@pytest.mark.parametrize(("counts", "entered"), [((1, 1), 1), ((15,), 15), ((15, None), 15)])
def test_one_patient_or_one_known_visit_makes_no_figure(counts, entered):
    seen = make_seen(*counts, entered=entered)
    visits = dict(list(VISITS.items())[: len(counts)])
    assert plot_flow(seen, arms={"drug": "Drug"}, visits=visits, left=make_left()) is None


@pytest.fixture
def availability():
    rows = [
        ("core_set", "A", 0.0, MEASURED), ("core_set", "B", 0.0, MEASURED),
        ("core_set", "A", 6.0, MEASURED), ("core_set", "B", 6.0, HAD_LEFT),
        ("t_cells", "A", 0.0, NOT_MEASURED), ("t_cells", "B", 0.0, MEASURED),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["table", "patient_id", "month", "status"])


def plot(availability):
    return plot_availability(
        availability,
        patients=["A", "B"],
        labels={"core_set": "Core set", "biopsies": "Muscle biopsy", "t_cells": "T cells"},
        visits=VISITS,
    )


def test_each_tile_carries_its_patient(availability):
    ax = plot(availability).axes[0]
    tiles = [c for c in ax.collections if isinstance(c, PatchCollection)]
    dots = [c for c in ax.collections if isinstance(c, PathCollection)]
    assert (
        sorted(url for c in tiles for url in c.get_urls())
        == ["#patient-A"] * 3 + ["#patient-B"] * 2
    )
    assert [c.get_urls() for c in dots] == [["#patient-B"]]
    assert [label.get_url() for label in ax.get_yticklabels()] == ["#patient-A", "#patient-B"]


def test_only_visits_and_tables_that_were_measured_have_columns(availability):
    ax = plot(availability).axes[0]
    labels = [label.get_text() for label in ax.get_xticklabels()]
    assert labels == ["Baseline", "Month 6", "Baseline"]
    assert [text.get_text() for text in ax.texts] == ["Core set", "T cells"]


def test_the_legend_explains_what_occurs_and_no_more(availability):
    [legend] = plot(availability).legends
    assert [t.get_text() for t in legend.get_texts()] == [
        MEASURED,
        NOT_MEASURED,
        "had left the study",
    ]
    [legend] = plot(availability[availability["status"] == MEASURED]).legends
    assert [t.get_text() for t in legend.get_texts()] == [MEASURED]


def test_nothing_measured_makes_no_figure(availability):
    assert plot(availability.iloc[:0]) is None
