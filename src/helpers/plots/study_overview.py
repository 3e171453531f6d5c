"""Figures of the study as a whole: the flow of patients and what was measured when."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from helpers.contracts.rows import list_rows
from helpers.derive.course.cohort import MEASURED, NOT_MEASURED
from helpers.derive.course.disposition import HAD_LEFT, NOT_DUE
from helpers.plots.patients import link_labels, mark_patients, patient_url
from helpers.plots.style import COLOURS, INK, WIDTH, house_style, new_figure

NOTE_SIZE = 7.5
"""Points of the small print in the flow of patients."""

_LINE = 0.145
"""Inches from one line of small print to the next."""

_LETTER = 0.062
"""Inches that a letter of small print takes on average, a little generously."""

_BOX = 0.46
"""Height of a box in inches."""


_TILES: dict[str, dict[str, Any]] = {
    MEASURED: {"facecolor": COLOURS[0], "edgecolor": COLOURS[0]},
    NOT_MEASURED: {"facecolor": "none", "edgecolor": INK, "linestyle": (0, (2, 2))},
}


_MARKS: dict[str, tuple[str, float]] = {HAD_LEFT: ("o", 5), NOT_DUE: (">", 9)}
"""Marker and size of a visit that somebody did not have."""


def plot_flow(
    seen: pd.DataFrame, *, arms: Mapping[str, str], visits: Mapping[float, str], left: pd.DataFrame
) -> Figure | None:
    """Draw the flow of patients: a row of boxes for each arm, a box for each planned visit.

    Parameters
    ----------
    seen : DataFrame
        One row per arm and month: arm, month, n_entered, n_seen (missing where not known).
    arms : mapping of str to str
        Name of each arm and its label; an arm without patients is left out.
    visits : mapping of float to str
        Planned visits and their labels.
    left : DataFrame
        One row per arm, month and reason for patients who stopped before that visit: arm, month,
        reason, n. No rows where nobody stopped or reasons are not known.

    Returns
    -------
    Figure or None
        None for a single patient, and where only the first visit is known.
    """
    if not _is_worth_drawing(seen):
        return None
    pitch = min(2.6, WIDTH / len(visits))
    notes = _write_notes(left, pitch)
    shown = {arm: label for arm, label in arms.items() if arm in set(seen["arm"])}
    depths = {
        arm: 0.42 + _BOX + _LINE * max([0, *(len(n) for (a, _), n in notes.items() if a == arm)])
        for arm in shown
    }
    with house_style():
        height = sum(depths.values()) + 0.16 * (len(shown) - 1)
        figure = Figure(figsize=(pitch * len(visits), height))
        figure.set_layout_engine("none")
        ax = figure.add_axes((0, 0, 1, 1))
        top = height
        for arm, label in shown.items():
            ax.text(0.02, top - 0.04, label, fontweight="bold", va="top")
            _draw_row(ax, seen[seen["arm"] == arm], visits, pitch, top - 0.28)
            for column, month in enumerate(visits):
                lines = "\n".join(notes.get((arm, month), []))
                below = top - 0.28 - _BOX - 0.06
                ax.text(column * pitch + 0.02, below, lines, va="top", fontsize=NOTE_SIZE)
            top -= depths[arm] + 0.16
        ax.set(xlim=(0, pitch * len(visits)), ylim=(0, height))
        ax.axis("off")
    return figure


def _is_worth_drawing(seen: pd.DataFrame) -> bool:
    first = seen["month"] == seen["month"].min()
    several = seen.loc[first, "n_entered"].sum() > 1
    return bool(several and seen.loc[~first, "n_seen"].notna().any())


def _write_notes(left: pd.DataFrame, pitch: float) -> dict[tuple[str, float], list[str]]:
    """Break each reason into lines that fit under its box."""
    letters = int((pitch - 0.15) / _LETTER)
    notes: dict[tuple[str, float], list[str]] = {}
    for row in list_rows(left):
        text = f"{row['n']} × {row['reason']}"
        lines = textwrap.wrap(text, letters, subsequent_indent="\N{NO-BREAK SPACE}" * 5)
        notes.setdefault((row["arm"], row["month"]), []).extend(lines)
    return notes


def _draw_row(
    ax: Axes, seen: pd.DataFrame, visits: Mapping[float, str], pitch: float, top: float
) -> None:
    counts = {row["month"]: row["n_seen"] for row in list_rows(seen)}
    coming = {row["month"]: row.get("n_not_due", 0) for row in list_rows(seen)}
    middle = top - _BOX / 2
    for column, (month, visit) in enumerate(visits.items()):
        count = "not known" if pd.isna(counts[month]) else f"n = {counts[month]}"
        if coming.get(month):
            later = f"{coming[month]} not yet due"
            count = later if pd.isna(counts[month]) else f"{count}, {later}"
        left, width = column * pitch + 0.02, 0.72 * pitch
        ax.add_patch(
            Rectangle((left, top - _BOX), width, _BOX, fill=False, edgecolor=INK, linewidth=0.9)
        )
        letters = int(width / (1.15 * _LETTER))
        words = "\n".join([textwrap.shorten(visit, letters, placeholder="…"), count])
        ax.text(left + width / 2, middle, words, ha="center", va="center")
        if column:
            ax.annotate(
                "",
                xy=(left - 0.03, middle),
                xytext=(left - 0.26 * pitch, middle),
                arrowprops={"arrowstyle": "->", "color": INK, "linewidth": 0.9},
            )


def plot_availability(
    availability: pd.DataFrame,
    *,
    patients: Sequence[str],
    labels: Mapping[str, str],
    visits: Mapping[float, str],
) -> Figure | None:
    """Draw which patient was measured by what at which visit: a tile for each.

    Parameters
    ----------
    availability : DataFrame
        One row per table, patient and planned visit: table, patient_id, month, status
        (`helpers.derive.course.cohort.derive_availability`).
    patients : sequence of str
        Rows, from top to bottom.
    labels : mapping of str to str
        Tables in reading order and their headings.
    visits : mapping of float to str
        Planned visits and their labels.

    Returns
    -------
    Figure or None
        None where nothing was measured by visit.
    """
    if availability.empty:
        return None
    pairs = [
        (table, float(month))
        for table in labels
        for month in sorted(availability.loc[availability["table"] == table, "month"].unique())
    ]
    places = _place_tables(pairs)
    width = min(WIDTH, 1.2 + 0.62 * max(len(pairs), 4))
    with house_style():
        figure, (ax,) = new_figure(1, 1, width=width, height=0.2 * len(patients) + 1.75)
        _draw_tiles(ax, availability, places, {p: row for row, p in enumerate(patients)})
        ax.set_xticks(list(places.values()), [visits[month] for _, month in pairs])
        steep = len(pairs) > 16
        ax.tick_params(axis="x", length=0, rotation=90 if steep else 40, pad=1)
        for label in ax.get_xticklabels():
            label.set(ha="center" if steep else "right", rotation_mode="anchor", va="center")
        ax.set_yticks(range(len(patients)), list(patients))
        ax.tick_params(axis="y", length=0)
        link_labels(ax.get_yticklabels(), patients)
        ax.set(xlim=(-0.6, max(places.values()) + 0.6), ylim=(len(patients) - 0.4, -0.6))
        ax.spines[:].set_visible(False)
        _head_tables(ax, places, labels)
        _explain_tiles(figure, set(availability["status"]))
    return figure


def _place_tables(pairs: Sequence[tuple[str, float]]) -> dict[tuple[str, float], float]:
    """Give each column its place, with a gap between one table and the next."""
    tables = list(dict.fromkeys(table for table, _ in pairs))
    return {pair: place + 0.35 * tables.index(pair[0]) for place, pair in enumerate(pairs)}


def _draw_tiles(
    ax: Axes,
    availability: pd.DataFrame,
    places: Mapping[tuple[str, float], float],
    row_of: Mapping[str, int],
) -> None:
    for status, part in availability.groupby("status"):
        x = [places[tile["table"], tile["month"]] for tile in list_rows(part)]
        y = [row_of[patient] for patient in part["patient_id"]]
        urls = [patient_url(patient) for patient in part["patient_id"]]
        if status in _MARKS:
            marker, size = _MARKS[str(status)]
            mark_patients(
                ax, part["patient_id"], x, y, s=size, marker=marker, color=INK, linewidths=0
            )
        else:
            tiles = [Rectangle((a - 0.4, b - 0.38), 0.8, 0.76) for a, b in zip(x, y, strict=True)]
            collection = PatchCollection(tiles, linewidth=0.7, **_TILES[str(status)])
            collection.set_urls(urls)
            ax.add_collection(collection, autolim=False)


def _head_tables(
    ax: Axes, places: Mapping[tuple[str, float], float], labels: Mapping[str, str]
) -> None:
    for table, label in labels.items():
        columns = [place for (name, _), place in places.items() if name == table]
        if columns:
            letters = max(8, int(9 * len(columns)))
            words = "\n".join(textwrap.wrap(label, letters, break_long_words=False))
            ax.text(float(np.mean(columns)), -0.75, words, ha="center", va="bottom", fontsize=8)


def _explain_tiles(figure: Figure, found: set[str]) -> None:
    marks: dict[str, Artist] = {
        status: Patch(linewidth=0.7, label=status, **look) for status, look in _TILES.items()
    }
    for status, (marker, _) in _MARKS.items():
        words = "had left the study" if status == HAD_LEFT else status
        marks[status] = Line2D(
            [], [], linestyle="", marker=marker, markersize=2.2, color=INK, label=words
        )
    handles = [handle for status, handle in marks.items() if status in found]
    figure.legend(handles=handles, loc="outside lower left", ncols=len(handles))
