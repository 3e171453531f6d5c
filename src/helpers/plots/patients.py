"""The marks of patients: each is a link, by which the page shows one patient in every figure."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.figure import Figure
from matplotlib.text import Text

from helpers.contracts.patients import patient_anchor


def patient_url(patient: str) -> str:
    """Give the link that a patient's marks carry in a figure."""
    return f"#{patient_anchor(patient)}"


def jitter_patients(patients: Sequence[str], *, width: float) -> list[float]:
    """Shift each patient sideways by an amount that is always the same for that patient.

    Parameters
    ----------
    patients : sequence of str
        One per point.
    width : float
        Shifts lie within plus or minus half of this.

    Returns
    -------
    list of float

    Examples
    --------
    >>> jitter_patients(["A", "B", "A"], width=0.2)[0] == jitter_patients(["A"], width=0.2)[0]
    True
    """
    digests = (hashlib.sha256(patient.encode()).digest() for patient in patients)
    return [(int.from_bytes(digest[:4]) / 2**32 - 0.5) * width for digest in digests]


def mark_patients(
    ax: Axes,
    patients: Iterable[str],
    x: Iterable[float],
    y: Iterable[float],
    **looks: Any,  # noqa: ANN401 - matplotlib's own
) -> PathCollection:
    """Draw a point per patient, all of one look.

    Parameters
    ----------
    ax : Axes
        Where.
    patients : iterable of str
        One per point.
    x, y : iterable of float
        Places.
    **looks
        Settings of `matplotlib.axes.Axes.scatter`.

    Returns
    -------
    PathCollection
    """
    points = ax.scatter(list(x), list(y), **looks)
    points.set_urls([patient_url(str(patient)) for patient in patients])
    return points


def join_patients(
    ax: Axes,
    patients: Iterable[str],
    x: tuple[float, float],
    y: Iterable[tuple[float, float]],
    **looks: Any,  # noqa: ANN401 - matplotlib's own
) -> LineCollection:
    """Draw a line per patient from one place to another, all of one look.

    Parameters
    ----------
    ax : Axes
        Where.
    patients : iterable of str
        One per line.
    x : (float, float)
        Where every line begins and ends.
    y : iterable of (float, float)
        Values at both ends.
    **looks
        Settings of `matplotlib.collections.LineCollection`.

    Returns
    -------
    LineCollection
    """
    lines = LineCollection([list(zip(x, pair, strict=True)) for pair in y], **looks)
    lines.set_urls([patient_url(str(patient)) for patient in patients])
    ax.add_collection(lines)
    ax.autoscale_view()
    return lines


def link_labels(labels: Iterable[Text], patients: Iterable[str]) -> None:
    """Make each label of an axis a link to its patient.

    Parameters
    ----------
    labels : iterable of Text
        Labels in the order of the ticks; there may be none.
    patients : iterable of str
        Who they name.
    """
    for label, patient in zip(labels, patients, strict=False):
        label.set_url(patient_url(str(patient)))


def find_marks_outside(figure: Figure) -> list[str]:
    """List the patients of whom a point lies outside its axes, where nobody would see it.

    Parameters
    ----------
    figure : Figure
        Ready to be drawn.

    Returns
    -------
    list of str
        Links of the patients; empty where everything is inside.
    """
    found: list[str] = []
    for ax in figure.axes:
        for line in ax.lines:
            url, places = line.get_url(), np.atleast_2d(line.get_xydata())
            if url and line.get_transform() == ax.transData:
                found += _list_outside(ax, [url] * len(places), places)
        for points in ax.collections:
            if isinstance(points, PathCollection):
                found += _list_outside(ax, points.get_urls(), points.get_offsets())
    return found


def _list_outside(ax: Axes, urls: Sequence[str | None], places: Any) -> list[str]:  # noqa: ANN401 - numpy's
    pairs = zip(urls, places, strict=False)
    return [url for url, (x, y) in pairs if url and _is_outside(ax, float(x), float(y))]


def _is_outside(ax: Axes, x: float, y: float) -> bool:
    if not (math.isfinite(x) and math.isfinite(y)):
        return False
    return any(
        not low - 1e-9 <= value <= high + 1e-9
        for value, (low, high) in ((x, sorted(ax.get_xlim())), (y, sorted(ax.get_ylim())))
    )
