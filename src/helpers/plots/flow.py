"""Figures of flow cytometry: each gate on the events around it, with both counts."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon

from helpers.contracts.rows import list_rows
from helpers.plots.style import COLOURS, INK, house_style, new_figure

COLUMNS = 3
"""Gates side by side."""

_OUTSIDE = "0.6"
_BINS = 80


def plot_gates(
    gates: pd.DataFrame, points: pd.DataFrame, outlines: pd.DataFrame, ticks: pd.DataFrame
) -> Figure | None:
    """Draw every gate of a tube: the events around it, its outline, our count and the program's.

    Parameters
    ----------
    gates : DataFrame
        One row per gate, in reading order: gate, name, parent, x_label, y_label (empty for a gate
        on one axis, which is drawn as a histogram), counts, beyond.
    points : DataFrame
        One row per event: gate, x, y, inside.
    outlines : DataFrame
        One row per corner: gate, x, y; y is missing for a gate on one axis.
    ticks : DataFrame
        One row per tick: gate, axis, place, label; an axis without any has its own numbers.

    Returns
    -------
    Figure or None
        None where there is no gate.
    """
    if gates.empty:
        return None
    rows = math.ceil(len(gates) / COLUMNS)
    with house_style():
        figure, axes = new_figure(rows, min(len(gates), COLUMNS), height=3.1 * rows + 0.4)
        for ax, gate in zip(axes, list_rows(gates), strict=False):
            shown = points[points["gate"] == gate["gate"]]
            corners = outlines[outlines["gate"] == gate["gate"]]
            _draw(ax, gate["y_label"] != "", shown, corners)
            _name(ax, gate)
            _put_ticks(ax, ticks[ticks["gate"] == gate["gate"]])
        for ax in axes[len(gates) :]:
            ax.set_axis_off()
        handles = [
            Line2D([], [], ls="", marker="o", ms=4, color=colour, label=label)
            for colour, label in ((COLOURS[0], "inside the gate"), (_OUTSIDE, "outside"))
        ]
        figure.legend(handles=handles, loc="outside upper left", ncols=2)
    return figure


def _draw(ax: Axes, flat: bool, shown: pd.DataFrame, corners: pd.DataFrame) -> None:
    drawn = shown[np.isfinite(shown["x"])]
    if flat:
        drawn = drawn[np.isfinite(drawn["y"])]
        for inside, colour in ((False, _OUTSIDE), (True, COLOURS[0])):
            part = drawn[drawn["inside"] == inside]
            # As a picture: thousands of events as shapes of their own would make a heavy page.
            ax.scatter(part["x"], part["y"], s=2, color=colour, linewidths=0, rasterized=True)
        ax.add_patch(Polygon(corners[["x", "y"]].to_numpy(), fill=False, ec=COLOURS[1], lw=1.4))
        ax.autoscale_view()
        return
    if len(drawn):
        edges = np.histogram_bin_edges(drawn["x"], bins=_BINS)
        parts = [drawn.loc[drawn["inside"] == inside, "x"] for inside in (True, False)]
        ax.hist(parts, bins=list(edges), stacked=True, color=[COLOURS[0], _OUTSIDE])
    for place in corners["x"]:
        ax.axvline(place, color=COLOURS[1], lw=1.4)
    ax.set_yticks([])


def _name(ax: Axes, gate: dict[str, object]) -> None:
    ax.set_title(f"{gate['name']}\nin {gate['parent']}", fontsize=8.5)
    ax.set(xlabel=gate["x_label"], ylabel=gate["y_label"] or "events")
    warn = " (differ)" if gate["beyond"] else ""
    ax.text(
        0.98,
        0.98,
        f"{gate['counts']}{warn}",
        transform=ax.transAxes,
        ha="right",
        va="top",
        fontsize=8,
        color=INK,
        fontweight="bold" if gate["beyond"] else "normal",
    )


def _put_ticks(ax: Axes, ticks: pd.DataFrame) -> None:
    for name, axis in (("x", ax.xaxis), ("y", ax.yaxis)):
        own = ticks[ticks["axis"] == name]
        if len(own):
            axis.set_ticks(own["place"].to_list(), own["label"].to_list())
