"""Before and after: each patient's pair as a line, and beside it the differences.

An estimation plot. The left axis of a panel shows what was measured, the right one by how much it
changed: a point per patient, and the centre of all with its interval. Any chapter with one value
before and one after treatment uses it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, NullLocator

from helpers.contracts.rows import list_rows
from helpers.plots.patients import jitter_patients, join_patients, mark_patients
from helpers.plots.style import INK, WIDTH, colour_groups, house_style, mark_groups

Scale = Literal["linear", "log"]

BAND_COLOUR = "#8a8f98"
BOUND_MARKS = {"below": "v", "above": "^"}
"""A value outside the limits of quantification: a triangle at the limit, pointing outwards."""

KIND_LABELS = {
    "alone": "other half not measured",
    "below": "below quantification: at the limit",
    "above": "above quantification: at the limit",
}
MOST_STEPS = 6
"""Of a linear axis: panels are small."""

_GROUP_STEP = 2.3
_CENTRE_SHIFT = 0.3


@dataclass(frozen=True)
class _Looks:
    """What the panels of one figure share."""

    groups: Sequence[str]
    colours: Mapping[str, str]
    marks: Mapping[str, str]
    ends: tuple[str, str]
    change_title: str
    scale: Scale


def plot_pairs(
    values: pd.DataFrame,
    groups: pd.Series,
    summary: pd.DataFrame,
    *,
    titles: Mapping[str, str],
    ends: tuple[str, str] = ("before", "after"),
    scale: Scale = "linear",
    change_title: str | None = None,
    order: Sequence[str] | None = None,
    bands: Mapping[str, tuple[float, float]] | None = None,
    band_label: str = "healthy range",
) -> Figure | None:
    """Draw each patient's pair and difference, one panel per measure, and each group's centre.

    Parameters
    ----------
    values : DataFrame
        One row per patient and panel: patient_id, panel, before, after. A patient with one half
        only is drawn as an open mark without a line. The columns before_bound and after_bound
        (in_range, below, above) may say that a value is a limit of quantification, and
        change_bound (also: unknown) what that makes of the change; an unknown change has no point.
    groups : Series of str
        Group of each patient, index patient_id; decides place, colour and mark.
    summary : DataFrame
        One row per panel and group: panel, group, change, low, high, and n where it is to be
        shown. With ``scale="log"`` change and its limits are ratios (fold changes).
    titles : mapping of str to str
        The panels in reading order and their titles, with unit.
    ends : (str, str)
        Names of the two visits.
    scale : {"linear", "log"}
        "linear" shows after - before, "log" shows after / before; log values must be above 0.
    change_title : str, optional
        Title of the axis of differences; "Change" or "Fold change" where not given.
    order : sequence of str, optional
        Groups in the order of their colours; the order of `groups` where not given.
    bands : mapping of str to (float, float), optional
        Low and high end of a reference range, by panel.
    band_label : str
        What the range is, for the legend.

    Returns
    -------
    Figure or None
        None where no panel has any value.

    Raises
    ------
    ValueError
        When a value cannot stand on a logarithmic axis.
    """
    _refuse_no_logarithm(values, scale)
    drawn = _prepare(values, groups, scale)
    panels = [panel for panel in titles if (drawn["panel"] == panel).any()]
    if not panels:
        return None
    known = list(order) if order is not None else list(groups.unique())
    looks = _Looks(
        [group for group in known if (drawn["group"] == group).any()],
        colour_groups(known),
        mark_groups(known),
        ends,
        change_title or ("Change" if scale == "linear" else "Fold change"),
        scale,
    )
    bands = {panel: bands[panel] for panel in panels if panel in bands} if bands else {}
    with house_style():
        figure, axes = _lay_out(len(panels))
        for panel, (left, right) in zip(panels, axes, strict=True):
            part = drawn[drawn["panel"] == panel]
            _draw_band(left, bands.get(panel))
            _draw_panel(left, right, part, summary[summary["panel"] == panel], looks)
            left.set_title(titles[panel])
        handles = _list_handles(drawn, summary, looks, band_label if bands else "")
        columns = len(handles) if len(handles) < 5 else 3
        figure.legend(handles=handles, loc="outside upper left", ncols=columns)
    return figure


def _refuse_no_logarithm(values: pd.DataFrame, scale: Scale) -> None:
    if scale == "linear":
        return
    low = values[(values["before"] <= 0) | (values["after"] <= 0)]
    if len(low):
        who = ", ".join(f"{row['patient_id']} ({row['panel']})" for row in list_rows(low))
        raise ValueError(
            f"expected values above 0 for a logarithmic axis, found 0 or less for {who}; "
            'use scale="linear", or give the limit of quantification'
        )


def _prepare(values: pd.DataFrame, groups: pd.Series, scale: Scale) -> pd.DataFrame:
    """Add group, change and what kind of mark each value is; drop patients without any value."""
    drawn = values.dropna(subset=["before", "after"], how="all").copy()
    drawn["group"] = drawn["patient_id"].map(groups)
    for half in ("before", "after"):
        bound = drawn.get(f"{half}_bound", pd.Series("in_range", index=drawn.index))
        alone = drawn[["before", "after"]].isna().any(axis=1)
        drawn[f"{half}_kind"] = bound.where(bound.isin(list(BOUND_MARKS)), "measured")
        drawn[f"{half}_kind"] = drawn[f"{half}_kind"].mask(alone, "alone")
    drawn["change"] = (
        drawn["after"] - drawn["before"] if scale == "linear" else drawn["after"] / drawn["before"]
    )
    known = drawn.get("change_bound", pd.Series("in_range", index=drawn.index))
    drawn["change_kind"] = known.replace("in_range", "measured")
    return drawn.sort_values("patient_id")


def _lay_out(n_panels: int) -> tuple[Figure, list[tuple[Axes, Axes]]]:
    """Give a pair of axes per panel, two panels a row; a single panel has the row to itself."""
    columns = min(2, n_panels)
    rows = -(-n_panels // columns)
    ratios = [3.2, 2.0, 0.25] * columns
    figure = Figure(figsize=(WIDTH if columns == 2 else 7.2, 2.7 * rows + 0.6))
    cells = figure.add_gridspec(rows, 3 * columns - 1, width_ratios=ratios[:-1])
    places = [(i // columns, 3 * (i % columns)) for i in range(n_panels)]
    return figure, [
        (figure.add_subplot(cells[row, column]), figure.add_subplot(cells[row, column + 1]))
        for row, column in places
    ]


def _draw_band(ax: Axes, band: tuple[float, float] | None) -> None:
    if band is not None:
        ax.axhspan(*band, color=BAND_COLOUR, alpha=0.25, linewidth=0, zorder=0)


def _draw_panel(
    left: Axes, right: Axes, part: pd.DataFrame, summary: pd.DataFrame, looks: _Looks
) -> None:
    for place, group in enumerate(looks.groups):
        members = part[part["group"] == group]
        _draw_pairs(left, members, place * _GROUP_STEP, looks.colours[group], looks.marks[group])
        _draw_changes(right, members, place, looks.colours[group], looks.marks[group])
        _draw_centre(right, summary[summary["group"] == group], place)
    right.axhline(0 if looks.scale == "linear" else 1, color=INK, linewidth=0.8, zorder=0)
    starts = [place * _GROUP_STEP for place in range(len(looks.groups))]
    ticks = [start + end for start in starts for end in (0, 1)]
    left.set_xticks(ticks, list(looks.ends) * len(starts), fontsize=8)
    left.set_xlim(-0.35, ticks[-1] + 0.35)
    right.set_xticks(range(len(looks.groups)), _count(summary, looks.groups), fontsize=8)
    right.set_xlim(-0.5, len(looks.groups) - 0.5 + _CENTRE_SHIFT / 2)
    right.set_title(looks.change_title, fontsize=9)
    for ax in (left, right):
        ax.set(xlabel="", ylabel="")
        ax.tick_params(axis="x", length=0)
        ax.locator_params(axis="y", nbins=MOST_STEPS)
        _finish_scale(ax, looks.scale)
    if looks.scale == "linear" and min(part["before"].min(), part["after"].min()) >= 0:
        left.set_ylim(bottom=-0.03 * left.get_ylim()[1])


def _count(summary: pd.DataFrame, groups: Sequence[str]) -> list[str]:
    if "n" not in summary:
        return [""] * len(groups)
    counts = summary.set_index("group")["n"]
    return [f"n = {counts[group]}" if group in counts else "" for group in groups]


def _finish_scale(ax: Axes, scale: Scale) -> None:
    if scale == "linear":
        return
    ax.set_yscale("log")
    low, high = ax.get_ylim()
    ax.set_ylim(low / 1.15, high * 1.15)
    decades = np.log10(high / low)
    steps = (1, 1.5, 2, 3, 5, 7) if decades < 1.2 else (1, 2, 5) if decades < 2 else (1,)
    ax.yaxis.set_major_locator(LogLocator(subs=steps))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}".replace(",", " ")))
    if len(steps) > 1:  # the labels show the scale; marks between them would be clutter
        ax.yaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_minor_formatter(NullFormatter())


def _draw_pairs(ax: Axes, members: pd.DataFrame, start: float, colour: str, mark: str) -> None:
    complete = members.dropna(subset=["before", "after"])
    ends = list(zip(complete["before"], complete["after"], strict=True))
    join_patients(
        ax, complete["patient_id"], (start, start + 1), ends, color=colour, alpha=0.8, linewidth=1.2
    )
    halves = [
        members[["patient_id", half, f"{half}_kind"]]
        .set_axis(["patient_id", "y", "kind"], axis="columns")
        .assign(x=start + place)
        for place, half in enumerate(("before", "after"))
    ]
    _draw_marks(ax, pd.concat(halves).dropna(subset=["y"]), colour, mark)


def _draw_changes(ax: Axes, members: pd.DataFrame, place: int, colour: str, mark: str) -> None:
    points = members.rename(columns={"change": "y", "change_kind": "kind"}).dropna(subset=["y"])
    shifts = jitter_patients(list(points["patient_id"]), width=0.3)
    _draw_marks(ax, points.assign(x=[place - 0.1 + shift for shift in shifts]), colour, mark)


def _draw_marks(ax: Axes, points: pd.DataFrame, colour: str, mark: str) -> None:
    for kind, part in points[points["kind"] != "unknown"].groupby("kind"):
        mark_patients(
            ax,
            part["patient_id"],
            part["x"],
            part["y"],
            marker=BOUND_MARKS.get(str(kind), mark),
            s=44 if str(kind) in BOUND_MARKS else 26,
            facecolors="none" if kind == "alone" else colour,
            edgecolors=colour,
            linewidths=1.1,
            alpha=0.9,
            zorder=3,
        )


def _draw_centre(ax: Axes, summary: pd.DataFrame, place: int) -> None:
    for row in list_rows(summary.dropna(subset=["change"])):
        x = place + _CENTRE_SHIFT
        ax.plot([x, x], [row["low"], row["high"]], color=INK, linewidth=1.6)
        ax.plot(x, row["change"], marker="o", markersize=5.5, color=INK)


def _list_handles(
    drawn: pd.DataFrame, summary: pd.DataFrame, looks: _Looks, band_label: str
) -> list[Any]:
    handles: list[Any] = [
        Line2D([], [], color=looks.colours[group], marker=looks.marks[group], ms=5, label=group)
        for group in looks.groups
    ]
    if summary["change"].notna().any():
        label = "centre and its interval"
        handles.append(Line2D([], [], color=INK, marker="o", markersize=5.5, label=label))
    kinds = set(drawn["before_kind"]) | set(drawn["after_kind"])
    for kind, label in KIND_LABELS.items():
        if kind in kinds:
            handles.append(_show_kind(kind, label))
    if band_label:
        handles.append(Patch(facecolor=BAND_COLOUR, alpha=0.25, label=band_label))
    return handles


def _show_kind(kind: str, label: str) -> mpl.lines.Line2D:
    face = "none" if kind == "alone" else INK
    mark = BOUND_MARKS.get(kind, "o")
    return Line2D(
        [], [], linestyle="", marker=mark, color=INK, markerfacecolor=face, ms=6, label=label
    )
