"""Figures of the muscle biopsies: where a stain was seen, and stains against muscle function."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from helpers.contracts.rows import list_rows
from helpers.plots.patients import link_labels, mark_patients, patient_url
from helpers.plots.style import INK, NARROW, colour_groups, house_style, mark_groups, new_figure

_GROUP_GAP = 0.9

_POINT, _LETTER, _LINE = 0.012, 0.021, 0.02
"""Half a point, the width of a letter and half a line of names, as shares of the axes."""

_SIDES = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))
"""Where a name may stand beside its point, the best first."""


def plot_expression(
    expression: pd.DataFrame,
    groups: pd.Series,
    *,
    visits: Mapping[float, str],
    order: Sequence[str],
) -> Figure | None:
    """Draw in whose biopsies a stain was seen: a column per patient, a row per visit.

    Parameters
    ----------
    expression : DataFrame
        One row per patient and month: patient_id, month, expressed (missing where not known).
    groups : Series of str
        Group of each patient, index patient_id; groups stand apart.
    visits : mapping of float to str
        Rows from top to bottom and their labels.
    order : sequence of str
        Groups from left to right, in the order of their colours.

    Returns
    -------
    Figure or None
        None where nobody's biopsy is known.
    """
    if expression["expressed"].isna().all():
        return None
    colours, marks = colour_groups(order), mark_groups(order)
    places = _place_patients(groups, order)
    with house_style():
        figure, (ax,) = new_figure(1, 1, width=NARROW, height=0.36 * len(visits) + 1.25)
        tiles = expression.assign(
            group=expression["patient_id"].map(groups),
            x=expression["patient_id"].map(places),
            y=expression["month"].map({month: row for row, month in enumerate(visits)}),
        ).dropna(subset=["y"])
        for group in order:
            _draw_tiles(ax, tiles[tiles["group"] == group], colours[group], marks[group])
        _finish_tiles(ax, places, groups, visits, order)
        figure.legend(handles=_explain_tiles(marks[order[0]]), loc="outside upper left", ncols=3)
    return figure


def _place_patients(groups: pd.Series, order: Sequence[str]) -> dict[str, float]:
    places: dict[str, float] = {}
    place = 0.0
    for group in order:
        members = groups.index[groups == group]
        places |= {str(patient): place + i for i, patient in enumerate(members)}
        place += len(members) + (_GROUP_GAP if len(members) else 0)
    return places


def _draw_tiles(ax: Axes, tiles: pd.DataFrame, colour: str, mark: str) -> None:
    for tile in list_rows(tiles[tiles["expressed"].isna()]):
        text = ax.text(tile["x"], tile["y"], "·", ha="center", va="center", color=INK)
        text.set_url(patient_url(tile["patient_id"]))
    for expressed, part in tiles.dropna(subset=["expressed"]).groupby("expressed"):
        mark_patients(
            ax,
            part["patient_id"],
            part["x"],
            part["y"],
            s=46,
            marker=mark,
            facecolors=colour if expressed else "none",
            edgecolors=colour,
            linewidths=1.3,
        )


def _finish_tiles(
    ax: Axes,
    places: Mapping[str, float],
    groups: pd.Series,
    visits: Mapping[float, str],
    order: Sequence[str],
) -> None:
    ax.set_xticks(list(places.values()), list(places), rotation=90)
    link_labels(ax.get_xticklabels(), places)
    ax.set_yticks(range(len(visits)), list(visits.values()))
    ax.set(xlim=(-0.6, max(places.values()) + 0.6), ylim=(len(visits) - 0.5, -0.5))
    ax.tick_params(length=0)
    for spine in ax.spines.values():
        spine.set_visible(False)
    for group in order:
        members = [places[str(patient)] for patient in groups.index[groups == group]]
        if members:
            ax.text(min(members) - 0.4, -0.62, group, ha="left", va="bottom")


def _explain_tiles(mark: str) -> list[Line2D]:
    kinds = {"seen": INK, "not seen": "none"}
    handles = [
        Line2D([], [], ls="", marker=mark, ms=8, color=INK, markerfacecolor=face, label=label)
        for label, face in kinds.items()
    ]
    return [*handles, Line2D([], [], ls="", marker=".", ms=3, color=INK, label="not known")]


def plot_predictors(
    pairs: pd.DataFrame,
    groups: pd.Series,
    *,
    titles: Mapping[str, str],
    y_label: str,
    order: Sequence[str],
) -> Figure | None:
    """Draw a later outcome against the amount of each stain at baseline, a point per patient.

    Parameters
    ----------
    pairs : DataFrame
        One row per stain and patient: panel, patient_id, level, fi. Incomplete pairs are left out.
    groups : Series of str
        Group of each patient, index patient_id; decides colour and mark.
    titles : mapping of str to str
        Panels in reading order and the label of each horizontal axis.
    y_label : str
        The outcome.
    order : sequence of str
        Groups in the order of their colours.

    Returns
    -------
    Figure or None
        None where no pair is complete.
    """
    drawn = pairs.dropna(subset=["level", "fi"])
    panels = [panel for panel in titles if (drawn["panel"] == panel).any()]
    if not panels:
        return None
    colours, marks = colour_groups(order), mark_groups(order)
    with house_style():
        figure, axes = new_figure(1, len(panels), width=4.2 * min(len(panels), 2) + 0.4, height=3.6)
        for ax, panel in zip(axes, panels, strict=True):
            part = drawn[drawn["panel"] == panel].sort_values("patient_id")
            for group in order:
                members = part[part["patient_id"].map(groups) == group]
                _draw_points(ax, members, colours[group], marks[group])
            ax.set(xlabel=titles[panel], ylabel=y_label if ax is axes[0] else "")
            ax.margins(0.11)
            _name_points(ax, part)
        known = drawn["patient_id"].map(groups)
        handles = [
            Line2D([], [], ls="", color=colours[group], marker=marks[group], label=group)
            for group in order
            if (known == group).any()
        ]
        figure.legend(handles=handles, loc="outside upper left", ncols=len(handles))
    return figure


def _draw_points(ax: Axes, members: pd.DataFrame, colour: str, mark: str) -> None:
    if members.empty:
        return
    mark_patients(
        ax, members["patient_id"], members["level"], members["fi"], color=colour, marker=mark, s=42
    )


def _name_points(ax: Axes, points: pd.DataFrame) -> None:
    """Write each patient's name at the first side of the point where it covers nothing."""
    wide, high = np.ptp(ax.get_xlim()), np.ptp(ax.get_ylim())
    spots = [(row["level"] / wide, row["fi"] / high) for row in list_rows(points)]
    taken = [(x, y, _POINT, _POINT) for x, y in spots]
    for (x, y), patient in zip(spots, points["patient_id"], strict=True):
        half = _LETTER * len(patient) / 2
        around = [(x + dx * (half + 0.02), y + dy * 0.045) for dx, dy in _SIDES]
        free = [spot for spot in around if not _covers(spot, half, taken)]
        middle = (free or around)[0]
        taken.append((*middle, half, _LINE))
        name = ax.text(
            middle[0] * wide, middle[1] * high, patient, ha="center", va="center", fontsize=7.5
        )
        name.set_url(patient_url(patient))


def _covers(
    spot: tuple[float, float], half: float, taken: list[tuple[float, float, float, float]]
) -> bool:
    x, y = spot
    return any(abs(x - a) < half + w and abs(y - b) < _LINE + h for a, b, w, h in taken)
