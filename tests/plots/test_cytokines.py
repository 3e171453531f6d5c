import pandas as pd
import pytest

from helpers.plots.cytokines import plot_ratios

NA = float("nan")


def draw(ratios, lows, highs):
    rows = pd.DataFrame({"ratio": ratios, "low": lows, "high": highs})
    rows = rows.assign(panel="IL-1Ra", what="Baseline", n_first=5, n_second=6)
    return plot_ratios(rows, labels={"IL-1Ra": "IL-1Ra"}, axis_label="how many times higher")


def test_each_row_is_named_with_its_numbers_of_patients():
    ax = draw([2.0], [0.5], [4.0]).axes[0]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["IL-1Ra, Baseline"]
    assert [text.get_text() for text in ax.texts] == ["5 and 6", "patients"]


@pytest.mark.parametrize(
    ("low", "high", "span"), [(0.9, 1.1, 4.0), (0.5, 20.0, 20.0), (0.01, 2.0, 100.0)]
)
def test_the_axis_is_as_wide_to_both_sides_and_never_narrower_than_four_times(low, high, span):
    left, right = draw([1.0], [low], [high]).axes[0].get_xlim()
    assert left * right == pytest.approx(1)
    assert right >= span


def test_a_ratio_without_interval_is_a_point_and_a_missing_ratio_no_row():
    ax = draw([2.0, NA], [NA, NA], [NA, NA]).axes[0]
    assert len(ax.get_yticks()) == 1
    assert draw([NA], [NA], [NA]) is None
