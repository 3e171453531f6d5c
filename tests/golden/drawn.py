"""What a figure shows, as numbers: axes, scales and every drawn value, in no library's format."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import matplotlib as mpl
import numpy as np
from matplotlib import collections, patches, ticker
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

DIGITS = 6


@contextmanager
def watch_drawing(*, really: bool) -> Iterator[dict[str, Figure]]:
    """Keep every figure that is written as SVG, by the name that its ids are made from.

    Drawing is a third of a chapter's time: where not `really`, an empty figure stands for it.
    """
    figures: dict[str, Figure] = {}
    write = FigureCanvasSVG.print_svg

    def keep(canvas: FigureCanvasSVG, file: Any, **options: Any) -> None:
        figures[str(mpl.rcParams["svg.hashsalt"])] = canvas.figure
        write(canvas if really else FigureCanvasSVG(Figure()), file, **options)

    with mock.patch.object(FigureCanvasSVG, "print_svg", keep):
        yield figures


def list_drawn(figure: Figure) -> list[dict[str, Any]]:
    """List each pair of axes with its labels, scales, named ticks and drawn values."""
    return [_drop_empty(_read_axes(axes)) for axes in figure.axes]


def _read_axes(axes: Axes) -> dict[str, Any]:
    legend = axes.get_legend()
    return {
        "title": " / ".join(filter(None, (axes.get_title(side) for side in ("left", "center")))),
        "x": _read_axis(axes.xaxis, axes.get_xlim()),
        "y": _read_axis(axes.yaxis, axes.get_ylim()),
        "legend": [text.get_text() for text in legend.get_texts()] if legend else [],
        "lines": [_read_line(line) for line in axes.lines],
        "points": [_read_collection(one) for one in axes.collections],
        "bars": [_read_patch(patch) for patch in axes.patches],
        "texts": [f"{_write(text.get_position())} {text.get_text()}" for text in axes.texts],
        "images": [_write_rows(image.get_array()) for image in axes.images],
    }


def _read_axis(axis: Any, limits: tuple[float, float]) -> str:
    ticks = []
    if isinstance(axis.get_major_formatter(), ticker.FixedFormatter):
        ticks = [label.get_text() for label in axis.get_ticklabels()]
    kind = axis.get_scale()
    named = f", ticks {' | '.join(ticks)}" if ticks else ""
    return f"{axis.get_label_text()} [{kind}, {_write(limits)}{named}]"


def _read_line(line: Any) -> str:
    label = "" if line.get_label().startswith("_") else f" {line.get_label()}"
    look = f"{line.get_linestyle()} {line.get_marker()} {to_hex(line.get_color())}"
    return f"{look}{label}: {_write_rows(line.get_xydata())}"


def _read_collection(one: collections.Collection) -> str:
    colours = "/".join(dict.fromkeys(map(to_hex, [*one.get_facecolor(), *one.get_edgecolor()])))
    name = type(one).__name__
    if isinstance(one, collections.LineCollection):
        return f"{name} {colours}: {' ; '.join(_write_rows(part) for part in one.get_segments())}"
    if isinstance(one, collections.PolyCollection):
        parts = (_write_rows(path.vertices) for path in one.get_paths())
        return f"{name} {colours}: {' ; '.join(parts)}"
    values = one.get_array()
    shown = "" if values is None else f" = {_write(_fill(values).ravel())}"
    return f"{name} {colours}: {_write_rows(one.get_offsets())}{shown}"


def _read_patch(patch: patches.Patch) -> str:
    look = f"{to_hex(patch.get_facecolor())} {patch.get_hatch() or ''}".strip()
    if isinstance(patch, patches.Rectangle):
        corner = (*patch.get_xy(), patch.get_width(), patch.get_height())
        return f"{look}: {_write(corner)}"
    return f"{look}: {_write_rows(patch.get_path().vertices)}"


def _write_rows(rows: Any) -> str:
    return " ".join(_write(row) for row in _fill(rows))


def _fill(values: Any) -> Any:
    return np.ma.filled(np.ma.asarray(values, float), np.nan)


def _write(values: Iterable[Any]) -> str:
    return ",".join(_write_number(value) for value in values)


def _write_number(value: Any) -> str:
    if isinstance(value, str):
        return value
    return f"{float(value) + 0.0:.{DIGITS}g}"


def _drop_empty(about: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in about.items() if value}
