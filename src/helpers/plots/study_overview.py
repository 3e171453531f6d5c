"""Figures of the study as a whole: the flow of patients and what was measured when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from helpers.plots.style import COLOURS, INK, WIDTH, house_style, new_figure, patient_url


def plot_flow(
    seen: pd.DataFrame, *, arms: Mapping[str, str], visits: Mapping[float, str], left: pd.DataFrame
) -> Figure:
    """Draw the flow of patients: a row of boxes for each arm, a box for each planned visit.

    Parameters
    ----------
    seen : DataFrame
        One row per arm and month: arm, month, n_entered, n_seen.
    arms : mapping of str to str
        Name of each arm and its label.
    visits : mapping of float to str
        Planned visits and their labels.
    left : DataFrame
        One row per arm, month and reason for patients who stopped before that visit: arm, month,
        reason, n. No rows where nobody stopped or reasons are not known.

    Returns
    -------
    Figure
    """
    most = int(left.groupby(["arm", "month"]).size().max()) if len(left) else 0
    step = 1.25 + 0.32 * most
    with house_style():
        figure, (ax,) = new_figure(1, 1, height=(step * len(arms) + 0.3) * 0.62)
        for row, (arm, label) in enumerate(arms.items()):
            top = -row * step
            ax.text(0, top + 0.62, label, fontweight="bold", va="bottom")
            for column, (month, visit) in enumerate(visits.items()):
                box = seen[(seen["arm"] == arm) & (seen["month"] == month)].iloc[0]
                _draw_box(ax, column, top, f"{visit}\nn = {box['n_seen']}")
                gone = left[(left["arm"] == arm) & (left["month"] == month)]
                notes = [f"{r.n} × {r.reason}" for r in gone.itertuples()]
                ax.text(column, top - 0.08, "\n".join(notes), va="top", fontsize=7.5)
            for column in range(1, len(visits)):
                arrow = {"arrowstyle": "->", "color": INK, "linewidth": 0.9}
                end, start = (column - 0.02, top + 0.25), (column - 0.28, top + 0.25)
                ax.annotate("", xy=end, xytext=start, arrowprops=arrow)
        ax.set(xlim=(-0.05, len(visits) - 0.1), ylim=(-step * len(arms) + 1.1, 1.0))
        ax.axis("off")
    return figure


def _draw_box(ax: Axes, column: float, top: float, text: str) -> None:
    box = Rectangle((column, top), 0.7, 0.5, fill=False, edgecolor=INK, linewidth=0.9)
    ax.add_patch(box)
    ax.text(column + 0.35, top + 0.25, text, ha="center", va="center")


def plot_availability(
    availability: pd.DataFrame,
    *,
    patients: Sequence[str],
    labels: Mapping[str, str],
    visits: Mapping[float, str],
) -> Figure:
    """Draw which patient was measured by what at which visit: a filled tile for each.

    Parameters
    ----------
    availability : DataFrame
        One row per table, patient and planned visit: table, patient_id, month, n_values.
    patients : sequence of str
        Rows, from top to bottom.
    labels : mapping of str to str
        Tables in reading order and their headings.
    visits : mapping of float to str
        Planned visits and their labels.

    Returns
    -------
    Figure
    """
    pairs = [
        (table, month)
        for table in labels
        for month in sorted(availability.loc[availability["table"] == table, "month"].unique())
    ]
    row_of = {patient: row for row, patient in enumerate(patients)}
    with house_style():
        width = min(WIDTH, 1.0 + 0.62 * max(len(pairs), 4))
        figure, (ax,) = new_figure(1, 1, width=width, height=0.2 * len(patients) + 1.3)
        for column, (table, month) in enumerate(pairs):
            part = availability[(availability["table"] == table) & (availability["month"] == month)]
            for tile in part.itertuples():
                _draw_tile(ax, column, row_of[tile.patient_id], tile.patient_id, tile.n_values > 0)
        ax.set_xticks(
            np.arange(len(pairs)), [visits[month] for _, month in pairs], rotation=35, ha="right"
        )
        ax.set_yticks(range(len(patients)), list(patients))
        for label, patient in zip(ax.get_yticklabels(), patients, strict=True):
            label.set_url(patient_url(patient))
        ax.set(xlim=(-0.6, len(pairs) - 0.4), ylim=(len(patients) - 0.4, -0.6))
        ax.tick_params(length=0)
        for spine in ax.spines.values():
            spine.set_visible(False)
        _head_tables(ax, pairs, labels)
    return figure


def _draw_tile(ax: Axes, column: int, row: int, patient: str, filled: bool) -> None:
    tile = Rectangle(
        (column - 0.4, row - 0.38),
        0.8,
        0.76,
        facecolor=COLOURS[0] if filled else "none",
        edgecolor=COLOURS[0] if filled else INK,
        linewidth=0.6,
        linestyle="-" if filled else (0, (2, 2)),
    )
    tile.set_url(patient_url(patient))
    ax.add_patch(tile)


def _head_tables(ax: Axes, pairs: Sequence[tuple[str, float]], labels: Mapping[str, str]) -> None:
    for table, label in labels.items():
        columns = [column for column, (name, _) in enumerate(pairs) if name == table]
        if columns:
            middle = (columns[0] + columns[-1]) / 2
            words = label.replace(" ", "\n", 1) if len(columns) < 4 else label
            ax.text(middle, -0.75, words, ha="center", va="bottom", fontsize=8)
