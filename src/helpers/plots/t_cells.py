"""Figures of blood T cells: the shift between Th1 and Th17, memory cells against CK, cultures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from helpers.contracts.rows import list_rows
from helpers.plots.paired import plot_pairs
from helpers.plots.patients import mark_patients, patient_url
from helpers.plots.style import (
    COLOURS,
    INK,
    NARROW,
    colour_groups,
    house_style,
    mark_groups,
    new_figure,
)

NAME_HEIGHT = 0.15
"""Height of a patient's name, inches."""
LETTER = 0.08
"""Width of a letter of it, inches; on the wide side, as the reader's font may be."""
PLACES = (
    *((1, 1), (1, -1), (-1, 1), (-1, -1), (1, 0), (-1, 0)),
    *((1, 2.2), (1, -2.2), (-1, 2.2), (-1, -2.2), (-4.2, 0), (4.2, 0)),
)
"""Where a name may stand beside its point, the best first: steps to the right and upwards."""

CORNERS = {
    "towards Th17": (-1, 1),
    "both rose": (1, 1),
    "both fell": (-1, -1),
    "towards Th1": (1, -1),
}
"""Sign of each axis in the corner where a shift is seen."""


_Box = tuple[float, float, float, float]


def plot_shift(
    shift: pd.DataFrame,
    groups: pd.Series,
    *,
    order: Sequence[str],
    corners: Mapping[str, str],
    x_label: str,
    y_label: str,
) -> Figure | None:
    """Draw each patient's change of IL-17A+ cells against that of IFN-gamma+ cells.

    Parameters
    ----------
    shift : DataFrame
        One row per patient: patient_id, ifn_gamma_change, ifn_gamma_low, ifn_gamma_high and the
        same of il17a; low and high are counting intervals and may be missing.
    groups : Series of str
        Group of each patient, index patient_id; decides colour and mark.
    order : sequence of str
        Groups in the order of their colours.
    corners : mapping of str to str
        What each of the four shifts of `CORNERS` means, in plain words.
    x_label, y_label : str
        What the axes are, with the unit.

    Returns
    -------
    Figure or None
        None where nobody has both changes.
    """
    if shift.empty:
        return None
    points = shift.assign(x=shift["ifn_gamma_change"], y=shift["il17a_change"])
    reach = [_find_reach(shift, name) for name in ("ifn_gamma", "il17a")]
    with house_style():
        figure, (ax,) = new_figure(1, 1, width=NARROW, height=3.6)
        ax.set(xlim=(-reach[0], reach[0]), ylim=(-reach[1], reach[1]))
        ax.axhline(0, color=INK, linewidth=0.8)
        ax.axvline(0, color=INK, linewidth=0.8)
        shade = Rectangle((0, -reach[1]), reach[0], reach[1], color=COLOURS[2], alpha=0.08, lw=0)
        ax.add_patch(shade)
        for row in list_rows(points):
            look: dict[str, Any] = {"color": INK, "linewidth": 0.8, "alpha": 0.6}
            ax.plot([row["ifn_gamma_low"], row["ifn_gamma_high"]], [row["y"]] * 2, **look)
            ax.plot([row["x"]] * 2, [row["il17a_low"], row["il17a_high"]], **look)
        _draw_points(ax, points, groups, order)
        _name_corners(ax, corners, reach)
        ax.set(xlabel=x_label, ylabel=y_label)
        _explain_groups(figure, points, groups, order)
    return figure


def _find_reach(shift: pd.DataFrame, name: str) -> float:
    """Half the width of an axis with 0 in its middle, and room for the names of the corners."""
    ends = shift[list(_names(name))].abs()
    return 1.45 * (float(ends.max().max()) or 1.0)


def _name_corners(ax: Axes, corners: Mapping[str, str], reach: list[float]) -> None:
    for shift, (right, up) in CORNERS.items():
        ax.text(
            0.98 * right * reach[0],
            0.98 * up * reach[1],
            corners[shift],
            ha="right" if right > 0 else "left",
            va="top" if up > 0 else "bottom",
            fontweight="bold" if shift == "towards Th1" else "normal",
        )


def plot_memory_and_ck(
    pairs: pd.DataFrame, groups: pd.Series, *, order: Sequence[str], x_label: str, y_label: str
) -> Figure | None:
    """Draw each patient's fall of creatine kinase against the memory cells of baseline.

    Parameters
    ----------
    pairs : DataFrame
        One row per patient: patient_id, memory, fall.
    groups : Series of str
        Group of each patient, index patient_id.
    order : sequence of str
        Groups in the order of their colours.
    x_label, y_label : str
        What the axes are, with the unit.

    Returns
    -------
    Figure or None
        None where nobody has both numbers.
    """
    if pairs.empty:
        return None
    points = pairs.assign(x=pairs["memory"], y=pairs["fall"])
    with house_style():
        figure, (ax,) = new_figure(1, 1, width=6.6, height=4.2)
        for axis in ("x", "y"):
            low, high = points[axis].min(), points[axis].max()
            room = 0.14 * ((high - low) or 1)
            ax.set(**{f"{axis}lim": (low - room, high + room)})
        ax.axhline(0, color=INK, linewidth=0.8)
        _draw_points(ax, points, groups, order)
        ax.set(xlabel=x_label, ylabel=y_label)
        _explain_groups(figure, points, groups, order)
    return figure


def _draw_points(ax: Axes, points: pd.DataFrame, groups: pd.Series, order: Sequence[str]) -> None:
    colours, marks = colour_groups(order), mark_groups(order)
    for group in order:
        members = points[points["patient_id"].map(groups) == group]
        if len(members):
            looks = {"color": colours[group], "marker": marks[group]}
            who, across, up = members["patient_id"], members["x"], members["y"]
            mark_patients(ax, who, across, up, **looks, s=42, zorder=3)
    for (x, y, side), patient in zip(_place_names(ax, points), points["patient_id"], strict=True):
        text = ax.text(x, y, patient, ha=side, va="center", fontsize=8, zorder=4)
        text.set_url(patient_url(patient))


def _place_names(ax: Axes, points: pd.DataFrame) -> list[tuple[float, float, str]]:
    """Find room for each patient's name, in turn, clear of marks, lines and the lines at 0."""
    figure = ax.get_figure()
    assert figure is not None
    wide, high = (0.86 * size for size in figure.get_size_inches())  # type: ignore[union-attr]
    (x0, x1), (y0, y1) = ax.get_xlim(), ax.get_ylim()
    x_inch, y_inch = (x1 - x0) / wide, (y1 - y0) / high
    inches = points.assign(x=(points["x"] - x0) / x_inch, y=(points["y"] - y0) / y_inch)
    taken = [(x - 0.06, y - 0.06, x + 0.06, y + 0.06) for x, y in inches[["x", "y"]].to_numpy()]
    taken += _box_lines(points, (x0, y0), (x_inch, y_inch))
    right, up = -x0 / x_inch, -y0 / y_inch
    taken += [(right - 0.02, 0.0, right + 0.02, high), (0.0, up - 0.02, wide, up + 0.02)]
    names = []
    for row in list_rows(inches):
        x, y, width = row["x"], row["y"], len(row["patient_id"]) * LETTER
        boxes = [_box_name(x, y, place, width) for place in PLACES]
        box = min(boxes, key=lambda box: sum(_overlap(box, other) for other in taken))
        taken.append(box)
        side = "left" if box[0] > x else "right"
        edge = box[0] if side == "left" else box[2]
        names.append((x0 + edge * x_inch, y0 + (box[1] + box[3]) / 2 * y_inch, side))
    return names


def _box_lines(
    points: pd.DataFrame, origin: tuple[float, float], inch: tuple[float, float]
) -> list[_Box]:
    """Give the thin lines of the counting intervals, where there are any, as narrow boxes."""
    if "ifn_gamma_low" not in points:
        return []
    boxes = []
    for row in list_rows(points.dropna(subset=["ifn_gamma_low", "il17a_low"])):
        x, left, right = ((row[n] - origin[0]) / inch[0] for n in _names("ifn_gamma"))
        y, low, high = ((row[n] - origin[1]) / inch[1] for n in _names("il17a"))
        boxes += [(left, y - 0.02, right, y + 0.02), (x - 0.02, low, x + 0.02, high)]
    return boxes


def _names(name: str) -> tuple[str, str, str]:
    return (f"{name}_change", f"{name}_low", f"{name}_high")


def _box_name(x: float, y: float, place: tuple[float, float], width: float) -> _Box:
    right, up = place
    left = x + 0.08 * right - (width if right < 0 else 0.0)
    middle = y + 0.11 * up
    return (left, middle - NAME_HEIGHT / 2, left + width, middle + NAME_HEIGHT / 2)


def _overlap(box: _Box, other: _Box) -> float:
    width = min(box[2], other[2]) - max(box[0], other[0])
    height = min(box[3], other[3]) - max(box[1], other[1])
    return max(0.0, width) * max(0.0, height)


def _explain_groups(
    figure: Figure, points: pd.DataFrame, groups: pd.Series, order: Sequence[str]
) -> None:
    colours, marks = colour_groups(order), mark_groups(order)
    known = set(points["patient_id"].map(groups))
    handles = [
        Line2D(
            [], [], ls="", color=colours[group], marker=marks[group], markersize=6.5, label=group
        )
        for group in order
        if group in known
    ]
    figure.legend(handles=handles, loc="outside upper left", ncols=len(handles))


def plot_culture(
    pairs: pd.DataFrame,
    groups: pd.Series,
    summary: pd.DataFrame,
    *,
    titles: Mapping[str, str],
    ends: tuple[str, str],
) -> Figure | None:
    """Draw each donor's culture without and with what was added, and the differences.

    Parameters
    ----------
    pairs : DataFrame
        One row per donor and panel: donor, panel, before, after.
    groups : Series of str
        Index donor; one group.
    summary, titles, ends
        As `helpers.plots.paired.plot_pairs`.

    Returns
    -------
    Figure or None
        None where there is no culture. Donors are not patients of the study: no mark is a link.
    """
    if pairs.empty:
        return None
    figure = plot_pairs(
        pairs.rename(columns={"donor": "patient_id"}), groups, summary, titles=titles, ends=ends
    )
    if figure is not None:
        for ax in figure.axes:
            for artist in (*ax.lines, *ax.texts):
                artist.set_url(None)
            for collection in ax.collections:
                collection.set_urls([None])
    return figure
