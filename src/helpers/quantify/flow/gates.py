"""Gates as records: which channels on which scale, and which part of them counts as inside.

A gate's coordinates are places on the axes of `helpers.quantify.flow.transforms`. What is not
computed here is kept as `Beyond`, with its name: it keeps its place in the hierarchy and the count
that another program gave it, and is refused when its events are asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from helpers.contracts import StudyDataError, suggest_name
from helpers.quantify.flow.compensation import Matrix
from helpers.quantify.flow.refusals import refuse
from helpers.quantify.flow.transforms import Transform

Point = tuple[float, float]

UNCOMPENSATED, OWN_MATRIX = "uncompensated", "FCS"
"""Gating-ML's words for an axis without compensation, and for the FCS file's own matrix."""


@dataclass(frozen=True)
class Axis:
    """One axis of a gate.

    Attributes
    ----------
    channel : str
        As the FCS file names it, or as the matrix names its output.
    compensation : str
        ``uncompensated``, ``FCS``, or the name of a matrix of the gates' own file.
    transform : Transform or None
        None for the channel's own values.
    """

    channel: str
    compensation: str = UNCOMPENSATED
    transform: Transform | None = None


@dataclass(frozen=True)
class Rectangle:
    """Inside are events from the lower limit (included) up to the upper (not) on every axis.

    One axis is a range; the fields of a quadrant are rectangles too. None is no limit.
    """

    axes: tuple[Axis, ...]
    lower: tuple[float | None, ...]
    upper: tuple[float | None, ...]
    kind: Literal["rectangle", "quadrant"] = "rectangle"


@dataclass(frozen=True)
class Polygon:
    """Inside by the even-odd rule; of its edges the left and lower ones belong to it.

    On FlowJo's grid, where both axes have whole steps, all edges do.
    """

    axes: tuple[Axis, Axis]
    vertices: tuple[Point, ...]
    kind: Literal["polygon"] = "polygon"


@dataclass(frozen=True)
class Ellipse:
    """Inside are events whose squared Mahalanobis distance from the mean is at most `distance`."""

    axes: tuple[Axis, Axis]
    mean: Point
    covariance: tuple[Point, Point]
    distance: float = 1.0
    kind: Literal["ellipse"] = "ellipse"


@dataclass(frozen=True)
class Boolean:
    """Other gates joined: each by its path, and whether its complement is meant."""

    operator: Literal["and", "or", "not"]
    of: tuple[tuple[str, bool], ...]
    kind: Literal["boolean"] = "boolean"


@dataclass(frozen=True)
class Beyond:
    """What this project refuses to compute, by its name: ``hyperlog transform of FL1-H``."""

    what: str
    kind: Literal["beyond"] = "beyond"


Shape = Rectangle | Polygon | Ellipse | Boolean | Beyond


@dataclass(frozen=True)
class Gate:
    """One gate in its hierarchy.

    Attributes
    ----------
    path : str
        Names from the outermost gate on, joined by ``/``: ``Singlets/CD3+/CD4+``.
    parent : str
        Path of the gate it is drawn in; empty for all events.
    shape : Shape
    outside : bool
        True where the events outside the shape are meant (FlowJo's eventsInside of 0).
    count : int or None
        What the other program counted; None where it gives no count.
    """

    path: str
    parent: str
    shape: Shape
    outside: bool = False
    count: int | None = None

    @property
    def name(self) -> str:
        """The gate's own name, without those it is drawn in."""
        return self.path.removeprefix(self.parent).removeprefix("/")


@dataclass(frozen=True, eq=False)
class GateTree:
    """All gates for one tube.

    Attributes
    ----------
    file : str
        The gates' own file, as messages name it.
    gates : mapping of str to Gate
        By path, parents before their children.
    matrices : mapping of str to Matrix
        Of the gates' own file, by name.
    total : int or None
        Events of the tube, as the other program counted them.
    gains : mapping of str to float, or None
        None where gates were drawn on the values of the standards. Otherwise they were drawn on
        the stored values, times the gain of the channels named here.
    """

    file: str
    gates: Mapping[str, Gate]
    matrices: Mapping[str, Matrix] = field(default_factory=dict)
    total: int | None = None
    gains: Mapping[str, float] | None = None

    def find(self, path: str) -> Gate:
        """Give a gate by its path, with or without a leading ``/``.

        Raises
        ------
        StudyDataError
            When there is none; the nearest is named.
        """
        try:
            return self.gates[path.strip("/")]
        except KeyError:
            raise self.refuse_path(path) from None

    def refuse_path(self, path: str) -> StudyDataError:
        """Make the error for a path that no gate has."""
        same_end = [one for one in self.gates if one.endswith("/" + path.strip("/"))]
        near = suggest_name(path.strip("/"), self.gates) or "".join(
            f"did you mean {one}? " for one in same_end[:1]
        )
        known = ", ".join(list(self.gates)[:40]) or "no gate at all"
        mend = f"{near}write the names from the outermost gate on, joined by /"
        return refuse(self.file, f"no gate {path}", f"one of {known}", mend)


def order_gates(gates: Iterable[Gate], *, file: str) -> dict[str, Gate]:
    """Put gates by path, each after its parent and after those it joins.

    Parameters
    ----------
    gates : iterable of Gate
    file : str
        How messages name their file.

    Returns
    -------
    dict of str to Gate

    Raises
    ------
    StudyDataError
        When two have one path, one is drawn in or joins a gate that is not there, or a circle is.
    """
    known: dict[str, Gate] = {}
    for gate in gates:
        if gate.path in known:
            found = f"two gates named {gate.path}"
            raise refuse(file, found, "each path once", "rename one of them and save again")
        known[gate.path] = gate
    ordered: dict[str, Gate] = {}
    for gate in known.values():
        _place(gate, known, ordered, file)
    return ordered


def _place(start: Gate, known: Mapping[str, Gate], ordered: dict[str, Gate], file: str) -> None:
    """Put a gate after all it needs: a walk with a stack of its own, for chains of any length."""
    open_paths: dict[str, None] = {}
    stack = [start.path]
    while stack:
        gate = known[stack[-1]]
        needs = [path for path in _list_needs(gate) if path not in ordered]
        for path in needs:
            if path not in known:
                near = suggest_name(path, known)
                found = f"gate {gate.path} on a gate {path} that is not there"
                raise refuse(file, found, "a gate of the same file", f"{near}save the file again")
            if path in open_paths or path == gate.path:
                found = f"gate {gate.path}, which stands on itself through {path}"
                raise refuse(file, found, "gates without a circle", "draw it on another gate")
        if needs:
            open_paths[gate.path] = None
            stack.append(needs[0])
        else:
            ordered.setdefault(gate.path, gate)
            open_paths.pop(gate.path, None)
            stack.pop()


def _list_needs(gate: Gate) -> Sequence[str]:
    joined = [path for path, _ in gate.shape.of] if isinstance(gate.shape, Boolean) else []
    return ([gate.parent] if gate.parent else []) + joined
