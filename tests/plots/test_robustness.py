import pandas as pd
import pytest
from matplotlib.collections import PathCollection

from helpers.plots import robustness as plots

NA = float("nan")
GROUPS = ["responders", "non-responders"]
VALUES = pd.DataFrame(
    {
        "patient_id": ["A", "B", "C"],
        "group": ["responders", "responders", "non-responders"],
        "value": [40.0, 30.0, 10.0],
    }
)
LEFT_OUT = pd.DataFrame(
    {"left_out": ["A", "B", "C"], "auc": [1.0, 0.8, NA], "p_text": ["p = 1", "p = 1", "none"]}
)


def draw_one(values=VALUES):
    return plots.plot_one_predictor(
        values, LEFT_OUT, groups=GROUPS, whole=0.9, axis_label="Activity, 0 to 100"
    )


def test_each_value_is_a_mark_of_its_patient():
    left = draw_one().axes[0]
    assert [c.get_urls() for c in left.collections] == [
        ["#patient-A", "#patient-B"],
        ["#patient-C"],
    ]
    assert [t.get_text() for t in left.get_xticklabels()] == [
        "responders\n(n = 2)",
        "non-responders\n(n = 1)",
    ]


def test_each_absence_is_a_row_with_its_p_even_where_nothing_is_defined():
    right = draw_one().axes[1]
    assert [t.get_text() for t in right.get_yticklabels()] == ["A", "B", "C"]
    assert [t.get_text() for t in right.texts] == ["p = 1", "p = 1", "none"]
    assert sum(len(part.get_offsets()) for part in right.collections) == 2


def test_the_axis_of_the_auc_holds_every_value():
    low, high = draw_one().axes[1].get_xlim()
    assert low <= 0.5
    assert high >= 1.0


@pytest.mark.parametrize("group", GROUPS)
def test_one_group_alone_is_no_figure(group):
    assert draw_one(VALUES[VALUES["group"] == group]) is None


OPTIONS = {"definition": {"a": "rule A", "b": "rule B"}}
CURVE = pd.DataFrame(
    {
        "definition": ["a", "b", "a"],
        "estimate": [0.6, 0.8, NA],
        "low": [0.3, 0.6, NA],
        "high": [0.8, 0.9, NA],
        "p_value": [0.2, 0.01, NA],
        "is_main": [True, False, False],
    }
)


def draw_curve(curve=CURVE):
    return plots.plot_specification_curve(
        curve, OPTIONS, headings={"definition": "Response by"}, level=0.05
    )


def test_the_choices_stand_below_the_estimates():
    above, below = draw_curve().axes
    assert [t.get_text() for t in below.get_yticklabels()] == ["Response by", "rule A", "rule B"]
    assert below.collections[0].get_offsets().tolist() == [[0, 1], [1, 2]]
    assert above.get_xlim() == below.get_xlim()


def test_filled_points_are_those_with_a_small_p():
    above = draw_curve().axes[0]
    points = [c for c in above.collections if isinstance(c, PathCollection)]
    assert [c.get_offsets()[0].tolist() for c in points[:2]] == [[1, 0.8], [0, 0.6]]


def test_specifications_without_an_estimate_are_not_drawn():
    assert draw_curve(CURVE[CURVE["estimate"].isna()]) is None
