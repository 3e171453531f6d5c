import pandas as pd
import pytest

from helpers.plots.flow import plot_gates
from helpers.report.figures import draw_svg

NA = float("nan")


def make_page(names, flat=True):
    gates = pd.DataFrame(
        {
            "gate": names,
            "name": names,
            "parent": "all events",
            "x_label": "CD3 (FITC-A), compensated",
            "y_label": "SSC-A" if flat else "",
            "counts": "FlowJo 475, ours 476",
            "beyond": [number == 1 for number in range(len(names))],
        }
    )
    points = pd.concat(
        [
            pd.DataFrame(
                {
                    "gate": name,
                    "x": [0.1, 0.5, NA],
                    "y": [0.2, 0.6, 0.1] if flat else NA,
                    "inside": [False, True, False],
                }
            )
            for name in names
        ]
    )
    corners = [(0.3, 0.3), (0.8, 0.3), (0.8, 0.8)] if flat else [(0.3, NA), (0.8, NA)]
    outlines = pd.concat(
        [pd.DataFrame(corners, columns=["x", "y"]).assign(gate=name) for name in names]
    )
    ticks = pd.DataFrame(
        [(name, "x", 0.5, "10k") for name in names], columns=["gate", "axis", "place", "label"]
    )
    return gates, points, outlines, ticks


@pytest.mark.parametrize("flat", [True, False])
def test_every_gate_has_a_plot_with_its_outline_and_both_counts(flat):
    figure = plot_gates(*make_page(["Cells", "CD3+", "CD4+", "CD8+"], flat))
    shown = [ax for ax in figure.axes if ax.axison]
    assert len(shown) == 4
    words = [text.get_text() for ax in shown for text in ax.texts]
    assert words == ["FlowJo 475, ours 476", "FlowJo 475, ours 476 (differ)", *words[2:]]
    assert shown[0].get_xlabel() == "CD3 (FITC-A), compensated"
    assert [text.get_text() for text in shown[0].get_xticklabels()] == ["10k"]
    if flat:
        assert [len(patch.get_xy()) for patch in shown[0].patches] == [4]  # closed
        assert [len(one.get_offsets()) for one in shown[0].collections] == [1, 1]
    else:
        assert [line.get_xdata()[0] for line in shown[0].lines] == [0.3, 0.8]
    assert "svg" in draw_svg(figure, name="gates", alt="a")


def test_without_a_gate_there_is_no_figure():
    gates, *others = make_page(["Cells"])
    assert plot_gates(gates.iloc[:0], *others) is None
