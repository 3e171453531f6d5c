"""Adverse events as dots: each patient once in a row, the worst first, told apart by shape."""

import pandas as pd

from helpers.plots.adverse_events import plot_adverse_events
from helpers.plots.patients import find_marks_outside

ORDER = [("Skin", ""), ("Skin", "rash"), ("Skin", "itch")]


def make_worst(*rows):
    columns = ["patient_id", "arm", "system_organ_class", "term", "grade"]
    return pd.DataFrame(rows, columns=columns)


WORST = make_worst(
    ("A", "x", "Skin", "rash", 1), ("B", "x", "Skin", "rash", 3), ("A", "x", "Skin", "itch", 0)
)


def test_each_patient_is_a_linked_mark_in_the_row_of_the_term():
    figure = plot_adverse_events(WORST, ORDER, arms={"x": "Drug"})
    [ax] = figure.axes
    drawn = {
        (url, *map(float, place))
        for points in ax.collections
        for url, place in zip(points.get_urls(), points.get_offsets(), strict=True)
    }
    assert drawn == {("#patient-B", 1, 1), ("#patient-A", 2, 1), ("#patient-A", 1, 2)}
    assert find_marks_outside(figure) == []


def test_grades_are_told_apart_by_shape_and_explained():
    figure = plot_adverse_events(WORST, ORDER, arms={"x": "Drug"})
    words = [text.get_text() for text in figure.legends[0].get_texts()]
    assert words == ["no grade", "grade 1", "grade 3"]


def test_classes_head_their_terms_and_arms_have_a_panel_each():
    two = pd.concat([WORST, make_worst(("C", "y", "Skin", "rash", 2))])
    first, second = plot_adverse_events(two, ORDER, arms={"x": "Drug", "y": "None"}).axes
    assert [text.get_text() for text in first.texts] == ["Skin"]
    assert [label.get_text() for label in first.get_yticklabels()] == ["", "rash", "itch"]
    assert second.get_title(loc="left") == "None"


def test_nobody_with_an_event_is_no_figure():
    assert plot_adverse_events(WORST.iloc[:0], ORDER, arms={"x": "Drug"}) is None
