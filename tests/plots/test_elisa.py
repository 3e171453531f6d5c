import pandas as pd
import pytest

from helpers.plots.elisa import MARKS, plot_curve, plot_plate
from helpers.plots.style import COLOURS
from helpers.report.figures import draw_svg

WELLS = pd.DataFrame(
    {
        "row": [0, 1, 2, 3],
        "column": [0, 0, 1, 11],
        "well": ["A1", "B1", "C2", "D12"],
        "role": ["standard", "control", "sample", "sample"],
        "signal": [2.5, 1.0, 0.1, None],
        "mark": ["", "masked", "below", "no reading"],
    }
)
TRACE = pd.DataFrame(
    {"concentration": [10, 100], "signal": [0.1, 1], "lower": [0.05, 0.9], "upper": [0.2, 1.1]}
)
STANDARDS = pd.DataFrame(
    {
        "concentration": [20.0, 50.0],
        "signal": [0.2, 0.5],
        "residual": [5.0, None],
        "masked": [False, True],
    }
)
READINGS = pd.DataFrame({"concentration": [30.0], "signal": [0.3], "role": ["sample"]})


def draw_curve(trace=TRACE, readings=READINGS, limits=(15.0, None)):
    return plot_curve(
        trace, STANDARDS, readings, limits=limits, signal_label="absorbance", unit="pg/mL"
    )


def words_of(figure):
    return [text.get_text() for legend in figure.legends for text in legend.get_texts()]


def test_wells_stand_in_their_places_with_signal_letter_and_mark():
    figure = plot_plate(WELLS, rows=8, columns=12, signal_label="absorbance")
    ax = figure.axes[0]
    assert [text.get_text() for text in ax.get_yticklabels()] == list("ABCDEFGH")
    assert [text.get_text() for text in ax.get_xticklabels()] == [str(n) for n in range(1, 13)]
    texts = [text.get_text() for text in ax.texts]
    assert {"2.500", "1.000", "0.100", "S", "C"} <= set(texts)
    assert words_of(figure) == [
        *(MARKS[key][1] for key in ("masked", "no reading", "below")),
        "S standard",
        "C control",
    ]
    assert draw_svg(figure, name="plate", alt="a plate")


def test_a_large_plate_is_drawn_without_numbers():
    figure = plot_plate(WELLS, rows=16, columns=24, signal_label="absorbance")
    assert len(figure.axes[0].get_yticklabels()) == 16
    assert "2.500" not in [text.get_text() for text in figure.axes[0].texts]


def test_a_plate_without_signals_has_no_figure():
    assert plot_plate(WELLS.assign(signal=None), rows=8, columns=12, signal_label="x") is None


def test_the_curve_its_standards_samples_limits_and_residuals():
    figure = draw_curve()
    ax, below = figure.axes
    assert ax.get_xscale() == below.get_xscale() == "log"
    assert ax.get_xlim() == pytest.approx((10, 100))
    assert words_of(figure) == [
        "standard, one well",
        "standard, taken out",
        "sample",
        "limits of quantification",
    ]
    blue = [
        line for line in below.lines if line.get_color() == COLOURS[0] and len(line.get_xdata())
    ]
    assert [list(line.get_ydata()) for line in blue] == [[5.0]]  # the other is off the curve
    assert draw_svg(figure, name="curve", alt="a curve")


def test_without_band_limits_or_samples_the_curve_is_drawn_all_the_same():
    bare = TRACE.assign(lower=None, upper=None)
    figure = draw_curve(trace=bare, readings=READINGS.iloc[:0], limits=(None, None))
    assert words_of(figure) == ["standard, one well", "standard, taken out"]


def test_without_a_curve_there_is_no_figure():
    assert draw_curve(trace=TRACE.iloc[:0]) is None
