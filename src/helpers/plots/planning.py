"""Figure of the power of a controlled trial against its size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers.plots.style import COLOURS, INK, LINES, NARROW, house_style, new_figure


def plot_power(
    curve: pd.DataFrame,
    simulated: pd.DataFrame,
    *,
    labels: Mapping[str, str],
    sizes: Sequence[tuple[str, int, float]],
    targets: Sequence[float],
) -> Figure:
    """Draw the power of a trial against the number of patients in each arm.

    Parameters
    ----------
    curve : DataFrame
        One row per scenario and size: scenario, n_per_arm, power.
    simulated : DataFrame
        One row per size played: n_per_arm, power, error (standard error).
    labels : mapping of str to str
        Scenarios in the order of the legend, and their labels.
    sizes : sequence of (str, int, float)
        Scenario, number per arm and power of the sizes to point out.
    targets : sequence of float
        Powers wanted, drawn as lines.

    Returns
    -------
    Figure
    """
    with house_style():
        figure, (ax,) = new_figure(1, 1, width=NARROW, height=3.4)
        for target in targets:
            ax.axhline(100 * target, color=INK, linewidth=0.7, linestyle=(0, (2, 2)))
        handles = [
            _draw_scenario(ax, curve[curve["scenario"] == name], place, label)
            for place, (name, label) in enumerate(labels.items())
        ]
        handles += _draw_simulated(ax, simulated)
        for scenario, size, power in sizes:
            _point_out(ax, size, power, COLOURS[list(labels).index(scenario)])
        ax.set(ylim=(0, 101), xlim=(0, curve["n_per_arm"].max()))
        ax.set(xlabel="patients in each arm", ylabel="power")
        ax.yaxis.set_major_formatter("{x:.0f} %")
        figure.legend(handles=handles, loc="outside upper left", ncols=1)
    return figure


def _draw_scenario(ax: Axes, part: pd.DataFrame, place: int, label: str) -> mpl.lines.Line2D:
    (line,) = ax.plot(
        part["n_per_arm"],
        100 * part["power"],
        color=COLOURS[place],
        linestyle=LINES[place],
        linewidth=1.8,
        label=label,
    )
    return line


def _draw_simulated(ax: Axes, simulated: pd.DataFrame) -> list[mpl.lines.Line2D]:
    if simulated.empty:
        return []
    ax.errorbar(
        simulated["n_per_arm"],
        100 * simulated["power"],
        yerr=196 * simulated["error"],
        fmt="x",
        color=INK,
        markersize=5,
        linewidth=1,
        capsize=2,
        zorder=4,
    )
    label = "the same, simulated"
    return [mpl.lines.Line2D([], [], color=INK, marker="x", linestyle="", label=label)]


def _point_out(ax: Axes, size: int, power: float, colour: str) -> None:
    ax.plot(size, 100 * power, marker="o", color=colour, markersize=6, zorder=5)
    ax.annotate(
        f"{size}",
        (size, 100 * power),
        xytext=(5, -11),
        textcoords="offset points",
        fontweight="bold",
    )
