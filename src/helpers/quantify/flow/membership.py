"""Which events are inside which gates, and how many."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from helpers.quantify.flow.compensation import Matrix
from helpers.quantify.flow.gates import (
    OWN_MATRIX,
    UNCOMPENSATED,
    Axis,
    Beyond,
    Boolean,
    Ellipse,
    Gate,
    GateTree,
    Polygon,
    Rectangle,
)
from helpers.quantify.flow.grid import find_on_grid, is_on_grid
from helpers.quantify.flow.read.fcs import Events
from helpers.quantify.flow.refusals import refuse
from helpers.quantify.flow.transforms import Biex, Bounded, Grid

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

CompensationSource = Literal["gates", "fcs", "none"]
"""Which matrix compensated axes take: the one that they name, the FCS file's own, or none."""


class Axes:
    """Where the events of one tube stand on the axes of its gates; each axis is computed once."""

    def __init__(
        self, events: Events, tree: GateTree, compensation: CompensationSource | Matrix
    ) -> None:
        self._events, self._tree, self._compensation = events, tree, compensation
        self._values = events.values if tree.gains is None else events.scale_stored(tree.gains)
        self._signals: dict[str, tuple[Matrix | None, Floats]] = {}
        self._places: dict[Axis, Floats] = {}

    def place(self, axis: Axis) -> Floats:
        """Give the places of all events on an axis.

        Raises
        ------
        StudyDataError
            When the axis' channel, or the matrix that it needs, is not there.
        """
        if axis not in self._places:
            self._places[axis] = self._compute(axis)
        return self._places[axis]

    def _compute(self, axis: Axis) -> Floats:
        scale = axis.transform
        if isinstance(scale, Bounded):
            inner = self.place(replace(axis, transform=scale.inner))
            return np.clip(inner, scale.lower, scale.upper)
        if isinstance(scale, Grid) and not isinstance(scale.inner, Biex):
            return scale.cut(self.place(replace(axis, transform=scale.inner)))
        values = self._read(axis)
        return values if scale is None else scale.apply(values)

    def _read(self, axis: Axis) -> Floats:
        matrix, signals = self._compensate(axis.compensation)
        column = None if matrix is None else matrix.find_output(axis.channel)
        if column is not None:
            return np.asarray(signals[:, column])
        if matrix is not None and axis.compensation != OWN_MATRIX:
            found = f"{axis.channel} is compensated in {self._tree.file}, and not in {matrix.name}"
            mend = "give a matrix that has it, or draw the gate on the channel as it was measured"
            raise refuse(self._events.file, found, "one of " + ", ".join(matrix.outputs), mend)
        return np.asarray(self._values[:, self._events.find_channel(axis.channel)])

    def _compensate(self, name: str) -> tuple[Matrix | None, Floats]:
        if name not in self._signals:
            matrix = self._choose(name)
            if matrix is None:
                self._signals[name] = (None, self._values)
            else:
                columns = [self._events.find_channel(one) for one in matrix.detectors]
                signals = matrix.compensate(self._values[:, columns])
                self._signals[name] = (matrix, signals)
        return self._signals[name]

    def _choose(self, name: str) -> Matrix | None:
        """Give the matrix of an axis. Without one of its own, FCS is as it was measured."""
        if name == UNCOMPENSATED or self._compensation == "none":
            return None
        if isinstance(self._compensation, Matrix):
            return self._compensation
        if self._compensation == "fcs" and self._events.spill is None:
            mend = "name another source of compensation: the gates' own, a CSV file, or none"
            why = next((note for note in self._events.notes if "matrix" in note), "")
            raise refuse(self._events.file, why or "no spillover matrix", "a matrix", mend)
        if name == OWN_MATRIX or self._compensation == "fcs":
            return self._events.spill
        return self._tree.matrices[name]


@dataclass(frozen=True, eq=False)
class Membership:
    """Every event of a tube against every gate.

    Attributes
    ----------
    tree : GateTree
    inside : mapping of str to array of bool
        By path: the events inside the gate and all it is drawn in.
    refused : mapping of str to str
        By path: what of the gate, or of one that it stands on, is not computed here.
    total : int
        All events of the tube.
    axes : Axes
        Where its events stand on the axes of gates.
    """

    tree: GateTree
    inside: Mapping[str, Flags]
    refused: Mapping[str, str]
    total: int
    axes: Axes

    def count(self, path: str) -> int:
        """Count the events inside a gate; all events for an empty path.

        Raises
        ------
        StudyDataError
            When the gate is not there, or is one that this project refuses to compute.
        """
        if not path.strip("/"):
            return self.total
        gate = self.tree.find(path)
        if gate.path in self.refused:
            found = f"gate {gate.path} with {self.refused[gate.path]}"
            expected = "linear, log, logicle, asinh or biex axes, and a gate in one or two of them"
            mend = "draw it with another scale or shape, or give its counts as a table"
            raise refuse(self.tree.file, found, expected, mend)
        return int(self.inside[gate.path].sum())


def find_members(
    events: Events,
    tree: GateTree,
    *,
    compensation: CompensationSource | Matrix = "gates",
    only: Collection[str] | None = None,
) -> Membership:
    """Put every event of a tube inside or outside every gate.

    Parameters
    ----------
    events : Events
    tree : GateTree
    compensation : {"gates", "fcs", "none"} or Matrix
        What compensated axes take in place of the matrix that the gates name.
    only : collection of str or None
        Paths that are asked for; those that they stand on come along. None is all.

    Returns
    -------
    Membership
        Gates that this project refuses are listed with what they need.

    Raises
    ------
    StudyDataError
        When a gate's channel, or the matrix that it needs, is not there.
    """
    space = Axes(events, tree, compensation)
    inside: dict[str, Flags] = {}
    refused: dict[str, str] = {}
    wanted = tree.gates if only is None else _list_wanted(tree, only)
    for path, gate in tree.gates.items():
        if path not in wanted:
            continue
        if why := _find_refusal(gate, refused):
            refused[path] = why
            continue
        outer = inside[gate.parent] if gate.parent else np.ones(len(events), dtype=bool)
        inside[path] = _find_inside(gate, outer, inside, space)
    return Membership(tree, inside, refused, len(events), space)


def _list_wanted(tree: GateTree, only: Collection[str]) -> set[str]:
    wanted = {tree.find(path).path for path in only if path.strip("/")}
    for gate in reversed(list(tree.gates.values())):
        if gate.path in wanted:
            wanted |= {gate.parent} - {""}
            if isinstance(gate.shape, Boolean):
                wanted |= {path for path, _ in gate.shape.of}
    return wanted


def _find_refusal(gate: Gate, refused: Mapping[str, str]) -> str:
    if isinstance(gate.shape, Beyond):
        return gate.shape.what
    joined = [path for path, _ in gate.shape.of] if isinstance(gate.shape, Boolean) else []
    for path in [gate.parent, *joined]:
        if path in refused:
            return f"{refused[path]} (in {path}, which it stands on)"
    return ""


def _find_inside(gate: Gate, outer: Flags, inside: Mapping[str, Flags], space: Axes) -> Flags:
    shape = gate.shape
    if isinstance(shape, Boolean):
        parts = [inside[path] ^ complement for path, complement in shape.of]
        joined = (
            np.logical_or.reduce(parts)
            if shape.operator == "or"
            else (np.logical_and.reduce(parts))
        )
        found: Flags = ~joined if shape.operator == "not" else joined
        return (found ^ gate.outside) & outer
    assert not isinstance(shape, Beyond)
    columns = [space.place(axis) for axis in shape.axes]
    if isinstance(shape, Rectangle):
        return (_is_in_rectangle(columns, shape) ^ gate.outside) & outer
    if isinstance(shape, Polygon) and is_on_grid(shape):
        return (find_on_grid(columns, shape) ^ gate.outside) & outer
    low, high = _find_box(shape)
    # Only what lies in the shape's box is asked for: the rest would cost as much.
    rows = np.flatnonzero(outer & _is_in_box(columns, low, high))
    points = np.column_stack([column[rows] for column in columns])
    result = np.zeros(len(outer), dtype=bool)
    result[rows] = (
        _is_in_polygon(points, shape)
        if isinstance(shape, Polygon)
        else _is_in_ellipse(points, shape)
    )
    return ~result & outer if gate.outside else result


def _find_box(shape: Polygon | Ellipse) -> tuple[Floats, Floats]:
    if isinstance(shape, Polygon):
        vertices = np.asarray(shape.vertices)
        return vertices.min(axis=0), vertices.max(axis=0)
    half = np.sqrt(np.diag(np.asarray(shape.covariance)) * shape.distance) * (1 + 1e-9)
    return np.asarray(shape.mean) - half, np.asarray(shape.mean) + half


def _is_in_box(columns: list[Floats], low: Floats, high: Floats) -> Flags:
    x, y = columns
    within: Flags = (x >= low[0]) & (x <= high[0]) & (y >= low[1]) & (y <= high[1])
    return within


def _is_in_rectangle(columns: list[Floats], shape: Rectangle) -> Flags:
    within = np.ones(len(columns[0]), dtype=bool)
    for column, lower, upper in zip(columns, shape.lower, shape.upper, strict=True):
        if lower is not None:
            within &= column >= lower
        if upper is not None:
            within &= column < upper
    return within


def _is_in_polygon(points: Floats, shape: Polygon) -> Flags:
    from flowutils.gating import points_in_polygon  # C: only who has gates waits for it

    if not len(points):
        return np.zeros(0, dtype=bool)
    return np.asarray(points_in_polygon(np.asarray(shape.vertices, dtype=float), points))


def _is_in_ellipse(points: Floats, shape: Ellipse) -> Flags:
    from flowutils.gating import points_in_ellipsoid

    return np.asarray(
        points_in_ellipsoid(
            np.asarray(shape.covariance), np.asarray(shape.mean), shape.distance, points
        )
    )
