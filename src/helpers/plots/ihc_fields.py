"""Figures of one photograph of a stained section: what was counted, at the three thresholds."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from helpers.plots.style import house_style, new_figure

COLOURS = ("#FFFFFF", "#D9D9D9", "#F2C14E", "#E07A1F", "#8C2D04")
"""No tissue, unstained, stained at the low threshold only, at the one used, at the high one: from
light to dark, so that they can be told apart without colour."""

LONGEST_SIDE = 480
"""Points of the longer side of a picture in a figure: about a third of a megabyte for the two."""


def plot_field(
    pixels: npt.NDArray[np.uint8],
    classes: npt.NDArray[np.uint8],
    *,
    thresholds: tuple[float, float, float],
    percents: tuple[float, float, float],
) -> Figure:
    """Draw a photograph, and beside it what each of its points was counted as.

    Parameters
    ----------
    pixels : array of uint8, shape (height, width, 3)
        The photograph.
    classes : array of uint8, shape (height, width)
        0 no tissue, 1 unstained, 2 stained at the low threshold only, 3 also at the one used, 4
        also at the high one.
    thresholds : (float, float, float)
        Low, used and high density.
    percents : (float, float, float)
        Stained share at each of them.

    Returns
    -------
    Figure
        Both pictures are thinned to at most `LONGEST_SIDE` points.

    Raises
    ------
    ValueError
        When the two pictures are not of one size.
    """
    if pixels.shape[:2] != classes.shape:
        found = f"{pixels.shape[:2]} and {classes.shape}"
        raise ValueError(f"expected a class for every point of the photograph, got {found}")
    step = -(-max(classes.shape) // LONGEST_SIDE)
    height = 4.4 * classes.shape[0] / classes.shape[1]
    with house_style():
        figure, (left, right) = new_figure(1, 2, height=min(max(height, 1.5), 9.0) + 0.9)
        _show(left, pixels[::step, ::step], "the photograph")
        _show(right, _paint(classes[::step, ::step]), "what was counted")
        figure.legend(handles=_explain(thresholds, percents), loc="outside lower left", ncols=2)
    return figure


def _show(ax: Axes, picture: npt.NDArray[np.uint8], title: str) -> None:
    ax.imshow(picture, interpolation="nearest")
    ax.set_title(title)
    ax.set(xticks=[], yticks=[])
    for spine in ax.spines.values():
        spine.set_visible(False)


def _paint(classes: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    palette = [[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for colour in COLOURS]
    painted: npt.NDArray[np.uint8] = np.array(palette, np.uint8)[classes]
    return painted


def _explain(
    thresholds: tuple[float, float, float], percents: tuple[float, float, float]
) -> list[Patch]:
    names = ("low", "used", "high")
    labels = ["no tissue", "tissue, unstained"] + [
        f"stained above {limit:g} ({name}), with what is darker: {percent:.1f} % of the tissue"
        for name, limit, percent in zip(names, thresholds, percents, strict=True)
    ]
    return [
        Patch(facecolor=colour, edgecolor="#767676", linewidth=0.6, label=label)
        for colour, label in zip(COLOURS, labels, strict=True)
    ]
