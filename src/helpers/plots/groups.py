"""Two groups side by side: every patient a point, and the shift with its interval."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers.plots.patients import jitter_patients, mark_patients
from helpers.plots.style import INK, colour_groups, house_style, mark_groups, new_figure


def plot_two_groups(
    values: pd.Series,
    groups: pd.Series,
    *,
    label: str,
    shift: tuple[float, float, float] | None = None,
    shift_label: str = "",
) -> Figure | None:
    """Draw the values of each group as points with the median, and the shift between two groups.

    Parameters
    ----------
    values : Series of float
        One per patient, index patient_id; missing ones are not drawn.
    groups : Series of str
        Group of each patient, same index; the order of the groups is the order of appearance.
    label : str
        What the values are, with the unit.
    shift : (float, float, float), optional
        Shift of the first group against the second: estimate, low, high. Drawn on an axis of its
        own beside the points.
    shift_label : str
        What the shift is, for its axis.

    Returns
    -------
    Figure or None
        None when no patient has a value.
    """
    known = values.dropna()
    if known.empty:
        return None
    names = list(groups.unique())
    frame = pd.DataFrame({"value": known, "group": groups[known.index]})
    with house_style():
        wide = [2.2, 1.0] if shift else [1.0]
        figure, axes = new_figure(
            1, len(wide), width=2.9 * sum(wide), height=3.0, width_ratios=wide
        )
        _draw_points(axes[0], frame, names, label)
        if shift:
            _draw_shift(axes[1], shift, shift_label)
    return figure


def _draw_points(ax: Axes, frame: pd.DataFrame, names: list[str], label: str) -> None:
    colours, marks = colour_groups(names), mark_groups(names)
    for place, name in enumerate(names):
        members = frame[frame["group"] == name]
        if members.empty:
            continue
        patients = [str(patient) for patient in members.index]
        x = place + np.array(jitter_patients(patients, width=0.36))
        mark_patients(
            ax, patients, x, members["value"], color=colours[name], marker=marks[name], s=34
        )
        median = members["value"].median()
        ax.plot([place - 0.28, place + 0.28], [median, median], color=INK, linewidth=1.4)
    counts = frame["group"].value_counts()
    ax.set_xticks(range(len(names)), [f"{name}\n(n = {counts.get(name, 0)})" for name in names])
    ax.set(xlim=(-0.6, len(names) - 0.4), ylabel=label, xlabel="")


def _draw_shift(ax: Axes, shift: tuple[float, float, float], label: str) -> None:
    centre, low, high = shift
    ax.axhline(0, color=INK, linewidth=0.8, linestyle=(0, (2, 2)))
    ax.plot([0, 0], [low, high], color=INK, linewidth=1.6)
    ax.plot(0, centre, marker="o", color=INK, markersize=7)
    ax.set(xlim=(-0.5, 0.5), xticks=[], ylabel=label)
    ax.spines["bottom"].set_visible(False)
