"""What a page of gates shows: the events around each gate, its outline, and both counts."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from helpers.quantify.flow.gates import UNCOMPENSATED, Axis, Boolean, Ellipse, Gate, Point, Polygon
from helpers.quantify.flow.membership import Membership
from helpers.quantify.flow.read.fcs import Events
from helpers.quantify.flow.transforms import Grid, Linear
from helpers.quantify.flow.vendor import compare_counts

MOST_POINTS = 4000
"""Events drawn of one gate's surroundings; evenly taken in the file's order."""

ELLIPSE_CORNERS = 90
_APART = 0.12
"""Ticks nearer than this share of an axis run into each other."""

_REACH = (-0.5, 1.5)
"""Beyond these places an open side of a rectangle is not drawn."""


@dataclass(frozen=True, eq=False)
class GatePage:
    """Frames for `helpers.plots.flow.plot_gates`, one set of rows per gate that can be drawn.

    Attributes
    ----------
    gates : DataFrame
        One row per gate, parents first: gate, name, parent, x_label, y_label (empty for one axis),
        counts (in words), beyond (whether both counts differ by more than is tolerated).
    points : DataFrame
        One row per event shown: gate, x, y, inside.
    outlines : DataFrame
        One row per corner: gate, x, y.
    ticks : DataFrame
        One row per tick: gate, axis, place, label.
    """

    gates: pd.DataFrame
    points: pd.DataFrame
    outlines: pd.DataFrame
    ticks: pd.DataFrame


def make_page(events: Events, members: Membership, *, program: str = "FlowJo") -> GatePage:
    """Collect what a page of a tube's gates shows.

    Parameters
    ----------
    events : Events
    members : Membership
        Of these events.
    program : str
        Whose counts the gates carry.

    Returns
    -------
    GatePage
        Boolean gates, refused ones and those in three or more dimensions have no plot.
    """
    pairs = {pair.gate: pair for pair in compare_counts(members, program=program)}
    gates, points, outlines, ticks = [], [], [], []
    for path in members.inside:
        gate = members.tree.gates[path]
        axes = _list_axes(gate)
        if not 1 <= len(axes) <= 2:
            continue
        pair = pairs[path]
        shown, marks = _take_points(members, gate, axes)
        corners = _outline(gate, shown)
        labels = [_label(axis, events) for axis in axes]
        gates.append(
            {
                "gate": path,
                "name": gate.name,
                "parent": gate.parent or "all events",
                "x_label": labels[0],
                "y_label": labels[1] if len(labels) > 1 else "",
                "counts": pair.words if pair.vendor is not None else _count(pair.ours),
                "beyond": pair.is_beyond,
            }
        )
        points.append(shown.assign(gate=path, inside=marks))
        outlines.append(pd.DataFrame(corners, columns=["x", "y"]).assign(gate=path))
        ticks += [
            {"gate": path, "axis": name, "place": place, "label": label}
            for name, axis in zip("xy", axes, strict=False)
            for place, label in _list_ticks(axis)
        ]
    return GatePage(
        pd.DataFrame(gates),
        pd.concat(points, ignore_index=True) if points else pd.DataFrame(),
        pd.concat(outlines, ignore_index=True) if outlines else pd.DataFrame(),
        pd.DataFrame(ticks, columns=["gate", "axis", "place", "label"]),
    )


def _count(number: int | None) -> str:
    return f"{number} event{'s' * (number != 1)}"


def _list_axes(gate: Gate) -> tuple[Axis, ...]:
    shape = gate.shape
    return () if isinstance(shape, Boolean) else getattr(shape, "axes", ())


def _take_points(
    members: Membership, gate: Gate, axes: tuple[Axis, ...]
) -> tuple[pd.DataFrame, np.ndarray]:
    around = members.inside[gate.parent] if gate.parent else np.ones(members.total, dtype=bool)
    rows = np.flatnonzero(around)
    rows = rows[:: max(1, math.ceil(len(rows) / MOST_POINTS))]
    places = {name: _spread(members, axis)[rows] for name, axis in zip("xy", axes, strict=False)}
    shown = pd.DataFrame({"x": places["x"], "y": places.get("y", np.nan)})
    return shown, members.inside[gate.path][rows]


def _spread(members: Membership, axis: Axis) -> np.ndarray:
    """Give places on an axis; on a grid also those between its steps, as events have them."""
    if not isinstance(axis.transform, Grid):
        return members.axes.place(axis)
    inner = members.axes.place(replace(axis, transform=axis.transform.inner))
    return np.clip(inner, 0, 1) * axis.transform.steps


def _outline(gate: Gate, shown: pd.DataFrame) -> list[Point]:
    shape = gate.shape
    if isinstance(shape, Polygon):
        return list(shape.vertices)
    if isinstance(shape, Ellipse):
        return list(_walk_ellipse(shape))
    limits = []
    for name, lower, upper in zip("xy", shape.lower, shape.upper, strict=False):  # type: ignore[union-attr]
        known = shown[name].replace([np.inf, -np.inf], np.nan).dropna()
        low, high = (known.min(), known.max()) if len(known) else _REACH
        room = 0.05 * (high - low or 1)
        limits.append(
            (low - room if lower is None else lower, high + room if upper is None else upper)
        )
    if len(limits) == 1:
        return [(limits[0][0], math.nan), (limits[0][1], math.nan)]
    (left, right), (bottom, top) = limits
    return [(left, bottom), (right, bottom), (right, top), (left, top)]


def _walk_ellipse(shape: Ellipse) -> Iterator[Point]:
    root = np.linalg.cholesky(np.asarray(shape.covariance) * shape.distance)
    for angle in np.linspace(0, 2 * math.pi, ELLIPSE_CORNERS, endpoint=False):
        x, y = np.asarray(shape.mean) + root @ (math.cos(angle), math.sin(angle))
        yield float(x), float(y)


def _label(axis: Axis, events: Events) -> str:
    names = {one.name.replace("/", "_"): one.label for one in events.channels}
    marker = names.get(axis.channel.replace("/", "_"), "")
    shown = f"{marker} ({axis.channel})" if marker and marker != axis.channel else axis.channel
    return shown if axis.compensation == UNCOMPENSATED else f"{shown}, compensated"


def _list_ticks(axis: Axis) -> list[tuple[float, str]]:
    """Give places and labels of round values; none for an axis of the channel's own values."""
    scale = axis.transform
    if scale is None:
        return []
    if isinstance(scale, Grid):
        ticks = _list_ticks(replace(axis, transform=scale.inner))
        return [(place * scale.steps, label) for place, label in ticks]
    if isinstance(scale, Linear):
        size = 10 ** math.floor(math.log10(scale.t / 5))
        step = next(one * size for one in (1, 2, 5, 10) if one * size >= scale.t / 5)
        values = [step * number for number in range(int(scale.t / step) + 1)]
    else:
        values = [-(10.0**3), 0.0, *(10.0**power for power in range(2, 7))]
    ticks = []
    for value in values:
        near = max(abs(value) / 50, 1.0)
        below, place, above = scale.apply(np.array([value - near, value, value + near]))
        piled_up = not below < place < above and not isinstance(scale, Linear)
        if 0 <= place <= 1 and not piled_up and (not ticks or place - ticks[-1][0] > _APART):
            ticks.append((float(place), _write(value)))
    return ticks


def _write(value: float) -> str:
    """Write a round value as cytometrists do.

    >>> [_write(value) for value in (-1000.0, 0.0, 100.0, 50000.0, 1e6)]
    ['−1k', '0', '100', '50k', '1M']
    """
    for size, letter in ((1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:g}{letter}".replace("-", "−")
    return f"{value:g}".replace("-", "−")
