import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PathCollection
from matplotlib.container import BarContainer

from helpers.plots.disposition import (
    BAR_COLOURS,
    LONGEST_REASON,
    order_by_duration,
    plot_swimmer,
    style_diagnoses,
)

VISITS = {0.0: "Baseline", 3.0: "Month 3", 6.0: "Month 6", 12.0: "Month 12"}


@pytest.fixture
def outcomes():
    return pd.DataFrame(
        {
            "patient_id": ["A", "B", "C"],
            "arm": "drug",
            "last_month": [4.0, 12.0, 1.0],
            "outcome": ["headache", "completed", "local skin rash at the injection site"],
        }
    )


@pytest.fixture
def courses():
    return pd.DataFrame(
        {"patient_id": ["A", "B", "C"], "start_month": 0.0, "end_month": [4.0, 12.0, 1.0]}
    )


@pytest.fixture
def diagnoses():
    return pd.Series(["PM", "DM", "PM"], index=["A", "B", "C"])


@pytest.fixture
def responses():
    return pd.DataFrame(
        {
            "patient_id": ["A", "B", "B"],
            "month": [3.0, 3.0, 6.0],
            "category": ["worsened", "improved", "unchanged"],
        }
    )


def plot(courses, outcomes, arms=None, **more):
    return plot_swimmer(courses, outcomes, arms=arms or {"drug": "Drug"}, visits=VISITS, **more)


def list_bars(ax):
    return [bar for c in ax.containers if isinstance(c, BarContainer) for bar in c]


def test_one_bar_per_patient_longest_first_linked_to_the_patient(courses, outcomes):
    [ax] = plot(courses, outcomes).axes
    assert [label.get_text() for label in ax.get_yticklabels()] == ["B", "A", "C"]
    assert [label.get_url() for label in ax.get_yticklabels()] == [
        "#patient-B", "#patient-A", "#patient-C",
    ]  # fmt: skip
    bars = {bar.get_url(): bar.get_width() for bar in list_bars(ax)}
    assert bars == {"#patient-A": 4.0, "#patient-B": 12.0, "#patient-C": 1.0}


def test_a_pause_leaves_a_gap_and_months_off_treatment_a_line(courses, outcomes):
    paused = pd.DataFrame(
        {"patient_id": ["B", "B"], "start_month": [0.0, 6.0], "end_month": [3.0, 9.0]}
    )
    [ax] = plot(paused, outcomes).axes
    assert [(bar.get_x(), bar.get_width()) for bar in list_bars(ax)] == [(0.0, 3.0), (6.0, 3.0)]
    followed = [list(line.get_xdata()) for line in ax.lines if line.get_url() == "#patient-B"]
    assert [9.0, 12.0] in followed


def test_a_stop_says_why_and_completion_has_an_end_mark(courses, outcomes):
    [ax] = plot(courses, outcomes).axes
    reasons = {text.get_url(): text.get_text() for text in ax.texts}
    assert reasons == {
        "#patient-A": "Headache",
        "#patient-C": "Local skin rash at the injection site",
    }
    ends = [line for line in ax.lines if line.get_marker() == "|"]
    assert [(line.get_url(), line.get_xdata()[0]) for line in ends] == [("#patient-B", 12.0)]


def test_a_long_reason_is_shortened_and_stays_inside_the_figure(courses, outcomes):
    late = outcomes.assign(last_month=11.0, outcome="word " * 40)
    figure = plot(courses, late)
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    for text in figure.axes[0].texts:
        assert len(text.get_text()) <= LONGEST_REASON
        assert text.get_text().endswith("…")
        assert text.get_window_extent(renderer).x1 <= figure.bbox.width


def test_diagnosis_is_a_colour_a_hatch_and_letters(courses, outcomes, diagnoses):
    [ax] = plot(courses, outcomes, diagnoses=diagnoses).axes
    assert [label.get_text() for label in ax.get_yticklabels()] == ["B · DM", "A · PM", "C · PM"]
    looks = {bar.get_url(): (bar.get_facecolor(), bar.get_hatch()) for bar in list_bars(ax)}
    assert looks["#patient-A"] == looks["#patient-C"]
    assert looks["#patient-A"][0] != looks["#patient-B"][0]
    assert looks["#patient-A"][1] != looks["#patient-B"][1]


def test_more_diagnoses_than_colours_still_differ_by_hatch():
    names = [f"D{i}" for i in range(12)]
    looks = style_diagnoses(pd.Series(names))
    assert len(set(looks.values())) == 12
    assert style_diagnoses(None) == {}


def test_an_unknown_diagnosis_has_the_plain_colour_and_no_letters(courses, outcomes):
    some = pd.Series(["PM", None, None], index=["A", "B", "C"], dtype="str")
    [ax] = plot(courses, outcomes, diagnoses=some).axes
    assert [label.get_text() for label in ax.get_yticklabels()] == ["B", "A · PM", "C"]
    assert BAR_COLOURS[-1] != BAR_COLOURS[0]


def test_response_and_biopsy_stand_side_by_side_and_carry_their_patient(
    courses, outcomes, responses
):
    biopsies = pd.DataFrame({"patient_id": ["B", "C"], "month": [6.0, 6.0]})
    [ax] = plot(courses, outcomes, responses=responses, biopsies=biopsies).axes
    points = {
        (url, round(float(x), 3))
        for c in ax.collections
        if isinstance(c, PathCollection)
        for url, (x, _) in zip(c.get_urls(), c.get_offsets(), strict=True)
    }
    assert ("#patient-B", 3.0) in points
    assert ("#patient-B", 6.0) in points
    assert ("#patient-B", 6.264) in points  # the biopsy, 2.2 % of 12 months to the right
    assert ("#patient-C", 6.0) in points  # no response at that visit: where it belongs


def test_the_legend_lists_what_was_drawn(courses, outcomes, diagnoses, responses):
    biopsies = pd.DataFrame({"patient_id": ["B"], "month": [6.0]})
    figure = plot(courses, outcomes, diagnoses=diagnoses, responses=responses, biopsies=biopsies)
    [legend] = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == [
        "PM", "DM", "improved", "unchanged", "worsened", "muscle biopsy", "completed",
    ]  # fmt: skip


def test_the_legend_stays_inside_the_figure_with_long_names(courses, outcomes, responses):
    names = ["inclusion body myositis", "clinically amyopathic dermatomyositis", "polymyositis"]
    figure = plot(
        courses, outcomes, diagnoses=pd.Series(names, index=["A", "B", "C"]), responses=responses
    )
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    box = figure.legends[0].get_window_extent(renderer)
    assert box.x1 <= figure.bbox.width
    assert box.y0 >= figure.axes[0].get_window_extent(renderer).y1


def test_several_arms_have_a_panel_each_and_an_empty_one_none(courses, outcomes):
    arms = {"drug": "Drug", "other": "Other", "empty": "Nobody"}
    figure = plot(courses, outcomes.assign(arm=["drug", "other", "drug"]), arms=arms)
    assert [ax.get_title("left") for ax in figure.axes] == ["Drug", "Other"]


def test_one_patient_who_never_had_a_dose_still_has_a_row(courses, outcomes):
    [ax] = plot(courses.iloc[:0], outcomes.iloc[:1]).axes
    assert [label.get_text() for label in ax.get_yticklabels()] == ["A"]
    assert list_bars(ax) == []


def test_without_a_disposition_there_is_no_figure(courses, outcomes):
    assert plot(None, outcomes) is None
    assert plot(courses, None) is None


def test_courses_of_one_patient_add_up_before_sorting():
    courses = pd.DataFrame(
        {"patient_id": ["A", "A", "B"], "start_month": [0, 5, 0], "end_month": [3, 8, 5]}
    )
    assert order_by_duration(courses, ["B", "A"]) == ["A", "B"]
