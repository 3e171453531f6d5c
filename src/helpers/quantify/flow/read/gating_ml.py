"""Read Gating-ML 2.0 (ISAC Recommendation; Spidlen et al., Cytometry A 2015; 87:683-687).

Read are rectangles, polygons, ellipses, quadrants and Boolean gates on linear, log, asinh and
logicle axes, raw or compensated by the FCS file's own matrix. Beyond that are hyperlog axes,
ratios, ellipsoids in three dimensions and spectrum matrices: such gates are kept by their name and
refused.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Literal
from xml.etree.ElementTree import Element

from helpers.quantify.flow.compensation import Matrix, make_matrix
from helpers.quantify.flow.gates import (
    OWN_MATRIX,
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
from helpers.quantify.flow.transforms import Asinh, Bounded, Linear, Log, Logicle, Transform

KIND = "a Gating-ML 2.0 file"
NAMESPACE = "http://www.isac-net.org/std/Gating-ML/v2.0/"

SpectrumMatrices = Literal["refuse", "square"]
"""What becomes of gates on a spectrum matrix: refused, or read where it has as many dyes as
detectors and so is an ordinary compensation, solved exactly."""

_SAVE = "save it again in the program that made it"


def read_gating_ml(
    path: Path, *, file: str = "", spectrum_matrices: SpectrumMatrices = "refuse"
) -> GateTree:
    """Read the gates of a Gating-ML 2.0 file.

    Parameters
    ----------
    path : Path
    file : str
        How messages name it; its name where nothing is given.
    spectrum_matrices : {"refuse", "square"}
        Gates compensated by a matrix of the file itself are refused, or read with a square one.

    Returns
    -------
    GateTree
        Paths are the gates' ids, for they are unique in a file. Fields of a quadrant gate stand for
        themselves. There are no counts.

    Raises
    ------
    StudyDataError
        When it is no Gating-ML 2.0, or holds something that cannot be understood; the message names
        the gate.
    """
    file = file or path.name
    root = read_document(path, file=file, kind=KIND)
    if root.tag != f"{{{NAMESPACE}gating}}Gating-ML":
        found = (
            f"{local(root.tag)[:40]} of {root.tag.partition('}')[0].strip('{')[:80] or 'no kind'}"
        )
        raise refuse(file, found, KIND, "export the gates as Gating-ML 2.0")
    reader = _Reader(root, file, spectrum_matrices)
    gates = order_gates(reader.list_gates(root), file=file)
    return GateTree(file, gates, reader.matrices)


class _Reader:
    """What every gate is read with: the file's transforms and matrices."""

    def __init__(self, root: Element, file: str, spectrum: SpectrumMatrices) -> None:
        self._file = file
        self._transforms = dict(self._list_transforms(root))
        self.matrices: dict[str, Matrix] = {}
        self._refused: dict[str, Beyond] = {}
        for one in list_children(root, "spectrumMatrix"):
            self._read_matrix(one, spectrum)

    def _list_transforms(self, root: Element) -> Iterator[tuple[str, Transform | Beyond]]:
        for one in list_children(root, "transformation"):
            name = read_attribute(one, "id") or ""
            inner = next(list_children(one), None)
            if inner is None:
                raise self._refuse(f"transformation {name}", "nothing in it", "a scale")
            yield name, self._read_transform(one, inner, name)

    def _read_transform(self, outer: Element, inner: Element, name: str) -> Transform | Beyond:
        place = f"transformation {name}"

        def number(key: str) -> float:
            return read_number(inner, key, file=self._file, place=place)

        scale: Linear | Log | Asinh | Logicle
        match local(inner.tag):
            case "flin":
                scale = Linear(number("T"), number("A"))
            case "flog":
                scale = Log(number("T"), number("M"))
            case "fasinh":
                scale = Asinh(number("T"), number("M"), number("A"))
            case "logicle":
                scale = Logicle(number("T"), number("W"), number("M"), number("A"))
            case kind:
                words = {"fratio": "ratio", "hyperlog": "hyperlog"}
                return Beyond(f"{words.get(kind, kind)} transform {name}")
        check_scale(scale, file=self._file, place=place)
        low, high = (
            read_optional_number(outer, key, file=self._file, place=place)
            for key in ("boundMin", "boundMax")
        )
        if low is None and high is None:
            return scale
        bounded = Bounded(
            scale, -math.inf if low is None else low, math.inf if high is None else high
        )
        check_scale(bounded, file=self._file, place=place)
        return bounded

    def _read_matrix(self, element: Element, spectrum: SpectrumMatrices) -> None:
        name = read_attribute(element, "id") or ""
        outputs, detectors = (
            self._list_names(element, tag) for tag in ("fluorochromes", "detectors")
        )
        if spectrum == "refuse" or len(outputs) != len(detectors):
            size = f"{len(outputs)} dyes, {len(detectors)} detectors"
            self._refused[name] = Beyond(f"spectrum matrix {name} ({size})")
            return
        if (
            find_child(element, "matrix-inversion") is not None
            or read_attribute(element, "matrix-inverted-already") == "true"
        ):
            self._refused[name] = Beyond(f"spectrum matrix {name} that is inverted already")
            return
        rows = [
            [
                read_number(one, "value", file=self._file, place=f"spectrum matrix {name}")
                for one in list_children(row, "coefficient")
            ]
            for row in list_children(element, "spectrum")
        ]
        self.matrices[name] = make_matrix(name, detectors, rows, file=self._file, outputs=outputs)

    def _list_names(self, element: Element, tag: str) -> list[str]:
        group = find_child(element, tag)
        listed = [] if group is None else list_children(group, "fcs-dimension")
        return [read_attribute(one, "name") or "" for one in listed]

    def list_gates(self, root: Element) -> Iterator[Gate]:
        """Walk over the file's gates; the fields of a quadrant gate are gates of their own."""
        for one in list_children(root):
            kind = local(one.tag)
            if not kind.endswith("Gate"):
                continue
            name = read_attribute(one, "id") or ""
            parent = read_attribute(one, "parent_id") or ""
            if not name:
                raise self._refuse(f"a {kind}", "no id", "an id for each gate")
            if kind == "QuadrantGate":
                yield from self._list_fields(one, name, parent)
            else:
                yield Gate(name, parent, self._read_shape(one, kind, name))

    def _read_shape(self, element: Element, kind: str, name: str) -> Shape:
        if kind == "BooleanGate":
            return self._read_joined(element, name)
        if kind not in {"RectangleGate", "PolygonGate", "EllipsoidGate"}:
            return Beyond(f"{kind} shape")
        axes: list[Axis] = []
        beyond: list[Beyond] = []
        for one in list_children(element, "dimension"):
            axis = self._read_axis(one, name)
            axes += [axis] if isinstance(axis, Axis) else []
            beyond += [axis] if isinstance(axis, Beyond) else []
        count = len(axes) + len(beyond)
        if kind == "EllipsoidGate" and count == 3:
            beyond.append(Beyond("ellipsoid in three dimensions"))
        elif kind != "RectangleGate" and count != 2:
            beyond.append(Beyond(f"{kind} in {count} dimensions"))
        if beyond:
            return Beyond(", ".join(dict.fromkeys(one.what for one in beyond)))
        if kind == "RectangleGate":
            return self._read_rectangle(element, axes, name)
        pair = (axes[0], axes[1])
        if kind == "PolygonGate":
            corners = tuple(self._read_point(one, name) for one in list_children(element, "vertex"))
            if len(corners) < 3:
                raise self._refuse(name, f"a polygon of {len(corners)} corners", "three or more")
            return Polygon(pair, corners)
        return self._read_ellipse(element, pair, name)

    def _read_axis(self, element: Element, gate: str) -> Axis | Beyond:
        named = find_child(element, "fcs-dimension")
        scale = self._find_transform(read_attribute(element, "transformation-ref"), gate)
        if named is None:
            made = find_child(element, "new-dimension")
            ref = None if made is None else read_attribute(made, "transformation-ref")
            made_by = self._find_transform(ref, gate)
            return made_by if isinstance(made_by, Beyond) else Beyond("a dimension that is made")
        channel = read_attribute(named, "name") or ""
        matrix = read_attribute(element, "compensation-ref") or UNCOMPENSATED
        wrong = [one for one in (self._refused.get(matrix), scale) if isinstance(one, Beyond)]
        if wrong:
            return Beyond(", ".join(f"{one.what} on {channel}" for one in wrong))
        if matrix not in {UNCOMPENSATED, OWN_MATRIX, *self.matrices}:
            raise self._refuse(gate, f"compensation by {matrix}", "a matrix of the file")
        assert not isinstance(scale, Beyond)
        return Axis(channel, matrix, scale)

    def _find_transform(self, name: str | None, gate: str) -> Transform | Beyond | None:
        if name is None:
            return None
        if name not in self._transforms:
            raise self._refuse(gate, f"a transformation {name}", "one of the file")
        return self._transforms[name]

    def _read_rectangle(self, element: Element, axes: list[Axis], name: str) -> Rectangle:
        if not axes:
            raise self._refuse(name, "a rectangle without an axis", "one or more axes")
        lower, upper = (
            tuple(
                read_optional_number(one, key, file=self._file, place=f"gate {name}")
                for one in list_children(element, "dimension")
            )
            for key in ("min", "max")
        )
        return Rectangle(tuple(axes), lower, upper)

    def _read_point(self, element: Element, name: str) -> Point:
        values = [
            read_number(one, "value", file=self._file, place=f"gate {name}")
            for one in list_children(element, "coordinate", "entry")
        ]
        if len(values) != 2:
            raise self._refuse(name, f"{local(element.tag)} of {len(values)} numbers", "two")
        return values[0], values[1]

    def _read_ellipse(self, element: Element, axes: tuple[Axis, Axis], name: str) -> Ellipse:
        mean = find_child(element, "mean")
        covariance = find_child(element, "covarianceMatrix")
        distance = find_child(element, "distanceSquare")
        if mean is None or covariance is None or distance is None:
            raise self._refuse(name, "an ellipse", "its mean, covarianceMatrix and distanceSquare")
        rows = [self._read_point(one, name) for one in list_children(covariance, "row")]
        size = read_number(distance, "value", file=self._file, place=f"gate {name}")
        (a, b), (c, d) = rows if len(rows) == 2 else ((0.0, 0.0), (0.0, 0.0))
        if not (a > 0 and a * d - b * c > 0 and b == c and size > 0):
            raise self._refuse(name, "an ellipse", "a positive definite matrix of two rows")
        return Ellipse(axes, self._read_point(mean, name), (rows[0], rows[1]), size)

    def _read_joined(self, element: Element, name: str) -> Boolean:
        for one in list_children(element, "and", "or", "not"):
            of = tuple(
                (
                    read_attribute(ref, "ref") or "",
                    read_attribute(ref, "use-as-complement") == "true",
                )
                for ref in list_children(one, "gateReference")
            )
            operator = local(one.tag)
            enough = len(of) == 1 if operator == "not" else len(of) > 1
            if enough and all(ref for ref, _ in of):
                return Boolean(operator, of)  # type: ignore[arg-type]
        raise self._refuse(name, "a Boolean gate", "and, or of several gates, or not of one")

    def _list_fields(self, element: Element, name: str, parent: str) -> Iterator[Gate]:
        dividers: dict[str, tuple[Axis | Beyond, list[float]]] = {}
        for one in list_children(element, "divider"):
            axis = self._read_axis(one, name)
            values = sorted(
                _read_text_number(each, self._file, name) for each in list_children(one, "value")
            )
            if not values:
                raise self._refuse(name, "a divider without a value", "one or more")
            dividers[read_attribute(one, "id") or ""] = (axis, values)
        for one in list_children(element, "Quadrant"):
            path = read_attribute(one, "id") or ""
            yield Gate(path, parent, self._read_field(one, path, dividers))

    def _read_field(
        self, element: Element, path: str, dividers: dict[str, tuple[Axis | Beyond, list[float]]]
    ) -> Shape:
        axes: list[Axis] = []
        lower: list[float | None] = []
        upper: list[float | None] = []
        for one in list_children(element, "position"):
            ref = read_attribute(one, "divider_ref") or ""
            if ref not in dividers:
                raise self._refuse(path, f"a divider {ref}", "one of its quadrant gate")
            axis, values = dividers[ref]
            if isinstance(axis, Beyond):
                return axis
            at = read_number(one, "location", file=self._file, place=f"gate {path}")
            axes.append(axis)
            lower.append(max((value for value in values if value <= at), default=None))
            upper.append(min((value for value in values if value > at), default=None))
        if not axes:
            raise self._refuse(path, "a field of a quadrant without a place", "a position or more")
        return Rectangle(tuple(axes), tuple(lower), tuple(upper), kind="quadrant")

    def _refuse(self, gate: str, found: str, expected: str) -> Exception:
        return refuse(self._file, f"gate {gate}: {found}", expected, _SAVE)


def _read_text_number(element: Element, file: str, gate: str) -> float:
    try:
        value = float(element.text or "")
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        found = f"gate {gate}: divider at {(element.text or 'nothing')[:40]!r}"
        raise refuse(file, found, "a number", _SAVE)
    return value
