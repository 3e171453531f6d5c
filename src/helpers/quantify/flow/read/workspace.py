"""Read FlowJo 10 workspaces: samples, compensation, scales, gates, hierarchy and FlowJo's counts.

FlowJo keeps the corners of rectangles and polygons as values of the channels, an ellipse in a
square of 256 steps a side by its foci and four points of its edge, and the fields of a quadrant as
rectangles. How it counts is in `helpers.quantify.flow.grid`. Its values are the stored ones, times
the gain of a linear scale; time is in seconds. A count of -1 is one that FlowJo has not made.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote
from xml.etree.ElementTree import Element

import numpy as np

from helpers.contracts import suggest_name
from helpers.quantify.flow.compensation import Matrix, make_matrix
from helpers.quantify.flow.gates import (
    UNCOMPENSATED,
    Axis,
    Beyond,
    Boolean,
    Ellipse,
    Gate,
    GateTree,
    Point,
    Polygon,
    Rectangle,
    Shape,
    order_gates,
)
from helpers.quantify.flow.grid import is_no_limit, lay_corner, put_on_grid
from helpers.quantify.flow.read.documents import (
    find_child,
    list_children,
    local,
    read_attribute,
    read_document,
    read_number,
    read_optional_number,
)
from helpers.quantify.flow.refusals import refuse
from helpers.quantify.flow.scales import check_scale
from helpers.quantify.flow.transforms import (
    Asinh,
    Biex,
    FlowJoLog,
    Grid,
    Linear,
    Logicle,
    Transform,
)

KIND = "a FlowJo 10 workspace (.wsp)"
DISPLAY_STEPS = 256
"""Steps of the square in which FlowJo keeps ellipses."""

_ZERO_ON_FLOOR_FROM = (10, 6)
"""From this version on, a corner at or below 0 of a log axis lies on its first step."""

_JOINED = {"AndNode": "and", "OrNode": "or", "NotNode": "not"}
_SAVE = "open it in FlowJo 10 and save it again"


@dataclass(frozen=True, eq=False)
class Sample:
    """One tube of a workspace.

    Attributes
    ----------
    name : str
        As FlowJo shows it.
    fcs : str
        Name of its FCS file, from the file's address.
    scales : mapping of str to Transform or Beyond
        By channel as FlowJo names it, compensated ones with their prefix.
    tree : GateTree
        Its gates, with FlowJo's counts.
    """

    name: str
    fcs: str
    scales: Mapping[str, Transform | Beyond]
    tree: GateTree


@dataclass(frozen=True, eq=False)
class Workspace:
    """A FlowJo 10 workspace.

    Attributes
    ----------
    file : str
        How messages name it.
    version : str
        Of FlowJo.
    samples : tuple of Sample
    """

    file: str
    version: str
    samples: tuple[Sample, ...]

    def find(self, fcs: str) -> Sample:
        """Give the sample of an FCS file, by the file's name or the sample's.

        Raises
        ------
        StudyDataError
            When no sample, or more than one, has the name; the nearest is named.
        """
        name = Path(fcs).name
        for key in ("fcs", "name"):
            found = [one for one in self.samples if getattr(one, key) == name]
            if len(found) == 1:
                return found[0]
            if found:
                mend = "take all but one out of the workspace, or rename the files"
                raise refuse(self.file, f"{len(found)} samples named {name}", "one", mend)
        known = [one.fcs or one.name for one in self.samples]
        near = suggest_name(name, known)
        mend = f"{near}write the file's name as the workspace has it, or add the sample there"
        expected = "one of " + ", ".join(known[:40]) if known else "samples, and it has none"
        raise refuse(self.file, f"no sample {name}", expected, mend)


def read_workspace(path: Path, *, file: str = "") -> Workspace:
    """Read a FlowJo 10 workspace.

    Parameters
    ----------
    path : Path
    file : str
        How messages name it; its name where nothing is given.

    Returns
    -------
    Workspace
        Gates, scales and matrices that this project does not compute are kept by their name and
        refused when their events are asked for.

    Raises
    ------
    StudyDataError
        When it is no workspace of FlowJo 10, or holds something that cannot be understood; the
        message names sample and gate.
    """
    file = file or path.name
    root = read_document(path, file=file, kind=KIND)
    version = read_attribute(root, "flowJoVersion") or ""
    layout = read_attribute(root, "version") or ""
    if local(root.tag) != "Workspace" or not (version or layout).startswith(("10.", "20.")):
        found = f"{local(root.tag)[:40]} of version {version[:20] or layout[:20] or 'unknown'}"
        raise refuse(file, found, KIND, _SAVE)
    lists = list_children(root, "SampleList")
    samples = [one for each in lists for one in list_children(each, "Sample")]
    return Workspace(file, version, tuple(_read_sample(one, file, version) for one in samples))


def _read_sample(element: Element, file: str, version: str) -> Sample:
    node = find_child(element, "SampleNode")
    if node is None:
        raise refuse(file, "a Sample without SampleNode", "a node for each sample", _SAVE)
    name = read_attribute(node, "name") or ""
    data = find_child(element, "DataSet")
    address = unquote(read_attribute(data, "uri") or "") if data is not None else ""
    reader = _SampleReader(element, name, file, version)
    gates = order_gates(reader.list_gates(node), file=file)
    total = reader.read_count(node, "all events")
    tree = GateTree(file, gates, reader.matrices, total, reader.gains)
    return Sample(name, re.split(r"[/\\]", address)[-1], reader.scales, tree)


class _SampleReader:
    """What every gate of one sample is read with: its scales, matrices and derived channels."""

    def __init__(self, element: Element, name: str, file: str, version: str) -> None:
        self._name, self._file = name, file
        self._zero_on_floor = _is_at_least(version, _ZERO_ON_FLOOR_FROM)
        self.gains: dict[str, float] = {}
        self.scales = self._read_scales(element)
        self._spectral: dict[str, str] = {}
        self._affixes: list[tuple[str, str, str, frozenset[str]]] = []
        self.matrices: dict[str, Matrix] = {}
        for one in list_children(element, "spilloverMatrix"):
            self._read_matrix(one)
        self._derived = {
            read_attribute(one, "name") or ""
            for each in list_children(element, "DerivedParameters")
            for one in each.iter()
        } - {""}

    def _place(self, what: str) -> str:
        return f"sample {self._name}, {what}"

    def _read_scales(self, element: Element) -> dict[str, Transform | Beyond]:
        scales: dict[str, Transform | Beyond] = {}
        for each in list_children(element, "Transformations"):
            for one in list_children(each):
                channel = find_child(one, "parameter")
                name = "" if channel is None else read_attribute(channel, "name") or ""
                place = self._place(f"scale of {name}")
                scales[name] = _read_scale(one, name, file=self._file, place=place)
                gain = read_optional_number(one, "gain", file=self._file, place=place)
                if gain is not None and gain > 0:
                    self.gains[name] = gain
        return scales

    def _read_matrix(self, element: Element) -> None:
        name = read_attribute(element, "name") or "without a name"
        place = self._place(f"matrix {name}")
        listed = find_child(element, "parameters")
        detectors = (
            []
            if listed is None
            else [read_attribute(one, "name") or "" for one in list_children(listed, "parameter")]
        )
        prefix, suffix = (read_attribute(element, key) or "" for key in ("prefix", "suffix"))
        self._affixes.append((prefix, suffix, name, frozenset(detectors)))
        if read_attribute(element, "spectral") == "1":
            self._spectral[name] = f"spectrum matrix {name}"
            return
        rows = []
        for row in list_children(element, "spillover"):
            cells = {
                read_attribute(one, "parameter"): read_number(
                    one, "value", file=self._file, place=place
                )
                for one in list_children(row, "coefficient")
            }
            rows.append(
                (
                    read_attribute(row, "parameter") or "",
                    [cells[key] for key in detectors if key in cells],
                )
            )
        by_name = dict(rows)
        ordered = [by_name[key] for key in detectors if key in by_name]
        self.matrices[name] = make_matrix(
            name, detectors, ordered, file=self._file, place=f"sample {self._name}"
        )

    def list_gates(self, node: Element) -> Iterator[Gate]:
        """Walk over the gates of a sample, each before those drawn in it."""
        waiting = [("", one) for one in list_children(node, "Subpopulations")]
        while waiting:
            parent, group = waiting.pop(0)
            for element in list_children(group, "Population", *_JOINED):
                name = read_attribute(element, "name") or "without a name"
                path = f"{parent}/{name}" if parent else name
                yield self._read_gate(element, path, parent)
                waiting += [(path, one) for one in list_children(element, "Subpopulations")]

    def _read_gate(self, element: Element, path: str, parent: str) -> Gate:
        count = self.read_count(element, path)
        if (tag := local(element.tag)) in _JOINED:
            return Gate(path, parent, self._read_joined(element, tag, path), count=count)
        holder = find_child(element, "Gate")
        drawn = None if holder is None else next(list_children(holder), None)
        if drawn is None:
            return Gate(path, parent, Beyond("no shape in the workspace"), count=count)
        outside = read_attribute(drawn, "eventsInside") == "0"
        return Gate(path, parent, self._read_shape(drawn, path), outside, count)

    def read_count(self, element: Element, path: str) -> int | None:
        """Read FlowJo's count; None where it has not counted (-1)."""
        text = read_attribute(element, "count")
        if text is None or text.strip() in {"", "-1", "NaN"}:
            return None
        if not re.fullmatch(r"[0-9]{1,12}", text.strip()):
            found = f"{self._place(path)}: count {text[:40]!r}"
            raise refuse(self._file, found, "a whole number, or -1 for not counted", _SAVE)
        return int(text)

    def _read_joined(self, element: Element, tag: str, path: str) -> Boolean | Beyond:
        listed = find_child(element, "Dependents")
        names = (
            []
            if listed is None
            else [read_attribute(one, "name") or "" for one in list_children(listed, "Dependent")]
        )
        if not names:
            return Beyond(f"{tag} that joins no gate")
        if tag == "NotNode" and len(names) > 1:
            return Beyond("NotNode of more than one gate")
        of = tuple((name.strip("/"), False) for name in names)
        return Boolean(_JOINED[tag], of)  # type: ignore[arg-type]

    def _read_shape(self, drawn: Element, path: str) -> Shape:
        kind = local(drawn.tag)
        if kind not in {"RectangleGate", "PolygonGate", "EllipsoidGate"}:
            return Beyond(f"{kind} shape")
        axes: list[Axis] = []
        for one in list_children(drawn, "dimension"):
            axis = self._read_axis(one, path)
            if isinstance(axis, Beyond):
                return axis
            axes.append(axis)
        if kind == "RectangleGate":
            return self._read_rectangle(drawn, axes, path)
        if len(axes) != 2:
            return Beyond(f"{kind} in {len(axes)} dimensions")
        pair = (axes[0], axes[1])
        if kind == "PolygonGate":
            points = self._list_points(drawn, path, "vertex")
            if len(points) < 3:
                raise self._refuse(path, f"a polygon of {len(points)} corners", "three or more")
            return self._read_polygon(drawn, pair, points, path)
        return self._read_ellipse(drawn, pair, path)

    def _read_axis(self, dimension: Element, path: str) -> Axis | Beyond:
        named = next(
            (one for one in list_children(dimension) if local(one.tag).endswith("dimension")), None
        )
        name = "" if named is None else read_attribute(named, "name") or ""
        if not name:
            raise self._refuse(path, "an axis without a channel", "a channel for each axis")
        if name in self._derived:
            return Beyond(f"derived channel {name}")
        channel, matrix = self._find_matrix(name)
        if matrix in self._spectral:
            return Beyond(f"{self._spectral[matrix]} (for {name})")
        scale = self.scales.get(name, self.scales.get(channel))
        if isinstance(scale, Beyond):
            return scale
        return Axis(channel, matrix or UNCOMPENSATED, scale)

    def _find_matrix(self, name: str) -> tuple[str, str]:
        for prefix, suffix, matrix, detectors in self._affixes:
            inner = name.removeprefix(prefix).removesuffix(suffix)
            if prefix + inner + suffix == name and inner in detectors:
                return inner, matrix
        return name, ""

    def _read_rectangle(self, drawn: Element, axes: Sequence[Axis], path: str) -> Rectangle:
        place = self._place(path)
        limits: dict[str, list[float | None]] = {"min": [], "max": []}
        for one, axis in zip(list_children(drawn, "dimension"), axes, strict=True):
            for key, found in limits.items():
                value = read_optional_number(one, key, file=self._file, place=place)
                found.append(None if value is None else _put(value, axis))
        if not axes:
            raise self._refuse(path, "a rectangle without an axis", "one or more axes")
        lower, upper = (
            tuple(
                None if one is None or is_no_limit(one, axis, key, other) else one
                for one, other, axis in zip(limits[key], limits[against], axes, strict=True)
            )
            for key, against in (("min", "max"), ("max", "min"))
        )
        return Rectangle(tuple(axes), lower, upper)

    def _read_polygon(
        self, drawn: Element, pair: tuple[Axis, Axis], points: list[Point], path: str
    ) -> Polygon:
        """Lay a polygon on FlowJo's grid where its rule is known; elsewhere it stays as drawn."""
        place = self._place(path)
        steps = read_optional_number(drawn, "gateResolution", file=self._file, place=place)
        quadrant = read_attribute(drawn, "quadId")
        if steps is not None and quadrant in {None, "-1"}:
            axes = self._put_on_grid(pair, int(steps))
            if axes is not None:
                for axis in axes:
                    assert axis.transform is not None
                    check_scale(axis.transform, file=self._file, place=place)
                corners = tuple((self._lay(x, axes[0]), self._lay(y, axes[1])) for x, y in points)
                return Polygon(axes, corners)
        return Polygon(pair, tuple((_put(x, pair[0]), _put(y, pair[1])) for x, y in points))

    def _put_on_grid(self, pair: tuple[Axis, Axis], steps: int) -> tuple[Axis, Axis] | None:
        """Give both axes in whole steps; None where one has another rule, or none that is known."""
        for axis in pair:
            if axis.channel.lower() == "time" or self.gains.get(axis.channel, 1.0) != 1:
                return None
        first, second = (put_on_grid(axis, steps) for axis in pair)
        both = isinstance(first.transform, Grid) and isinstance(second.transform, Grid)
        return (first, second) if both else None

    def _lay(self, value: float, axis: Axis) -> float:
        return lay_corner(value, axis, zero_on_floor=self._zero_on_floor)

    def _list_points(self, element: Element, path: str, tag: str) -> list[Point]:
        points = []
        for one in list_children(element, tag):
            values = [
                read_number(each, "value", file=self._file, place=self._place(path))
                for each in list_children(one, "coordinate")
            ]
            if len(values) != 2:
                raise self._refuse(path, f"a point of {len(values)} numbers", "two")
            points.append((values[0], values[1]))
        return points

    def _read_ellipse(self, drawn: Element, axes: tuple[Axis, Axis], path: str) -> Shape:
        for axis in axes:
            if axis.transform is None:
                return Beyond(f"ellipse on {axis.channel}, for which the workspace has no scale")
        foci, edge = (
            []
            if (one := find_child(drawn, tag)) is None
            else self._list_points(one, path, "vertex")
            for tag in ("foci", "edge")
        )
        if len(foci) != 2 or len(edge) != 4:
            found = f"an ellipse of {len(foci)} foci and {len(edge)} points of its edge"
            raise self._refuse(path, found, "two foci and four points")
        pair = self._put_on_grid(axes, DISPLAY_STEPS)
        shape = make_ellipse(pair or axes, foci, edge, size=1 if pair else DISPLAY_STEPS)
        if shape is None:
            raise self._refuse(path, "an ellipse whose foci lie outside it", "foci inside it")
        return shape

    def _refuse(self, path: str, found: str, expected: str) -> Exception:
        return refuse(self._file, f"{self._place(path)}: {found}", expected, _SAVE)


def make_ellipse(
    axes: tuple[Axis, Axis], foci: Sequence[Point], edge: Sequence[Point], *, size: float
) -> Ellipse | None:
    """Make an ellipse of FlowJo's foci and points of the edge, in steps of its square.

    Parameters
    ----------
    axes : pair of Axis
    foci : two points
    edge : four points
        The ends of one axis of the ellipse, then those of the other. The longer one counts; the
        shorter follows from the foci, for its ends are rounded.
    size : float
        Steps of the square to 1 on the axes.

    Returns
    -------
    Ellipse or None
        None where the foci are further apart than the ends.
    """
    points = np.asarray([*foci, *edge]) / size
    first, second = points[0], points[1]
    long = max(math.dist(points[2], points[3]), math.dist(points[4], points[5])) / 2
    focal = math.dist(first, second) / 2
    if not focal < long:
        return None
    angle = math.atan2(*(second - first)[::-1]) if focal else 0.0
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    spread = turn @ np.diag([long**2, long**2 - focal**2]) @ turn.T
    centre = (first + second) / 2
    return Ellipse(
        axes,
        (float(centre[0]), float(centre[1])),
        ((float(spread[0, 0]), float(spread[0, 1])), (float(spread[1, 0]), float(spread[1, 1]))),
    )


def _is_at_least(version: str, least: tuple[int, int]) -> bool:
    numbers = re.match(r"(\d+)\.(\d+)", version)
    return numbers is not None and (int(numbers[1]), int(numbers[2])) >= least


def _put(value: float, axis: Axis) -> float:
    """Put a channel's value on its axis."""
    return value if axis.transform is None else float(axis.transform.apply(np.array([value]))[0])


def _read_scale(element: Element, name: str, *, file: str, place: str) -> Transform | Beyond:
    def number(key: str) -> float:
        return read_number(element, key, file=file, place=place)

    kind = local(element.tag)
    scale: Transform
    if kind == "linear":
        scale = Linear(number("maxRange"), -number("minRange"))
    elif kind == "log":
        scale = FlowJoLog(number("offset"), number("decades"))
    elif kind == "logicle":
        scale = Logicle(number("T"), number("W"), number("M"), number("A"))
    elif kind == "fasinh":
        scale = Asinh(number("T"), number("M"), number("A"))
    elif kind == "biex":
        if read_attribute(element, "length") not in {None, "256"}:
            return Beyond(f"biex of length {read_attribute(element, 'length')} of {name}")
        scale = Biex(number("maxRange"), number("pos"), number("neg"), number("width"))
    else:
        return Beyond(f"{kind} transform of {name}")
    check_scale(scale, file=file, place=place)
    return scale
