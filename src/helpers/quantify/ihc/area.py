"""How much of a field is tissue, and how much of the tissue is stained, at three thresholds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from helpers.quantify.ihc.settings import IhcSettings
from helpers.quantify.ihc.stains import WHITE, Colour, Pixels, measure_background, read_densities

Mask = npt.NDArray[np.bool_]

ROWS_AT_A_TIME = 512
"""Rows of a photograph whose densities are held at once: memory does not grow with its height."""

BLACK = 10
"""A point whose three colours are all at or below this is printed (a scale bar) or dirt."""

MOST_BLACK = 0.1
"""Per cent of the tissue that may be black before it is told."""

LEAST_TISSUE = 10.0
"""Per cent of a field that should be tissue."""


@dataclass(frozen=True, kw_only=True)
class Count:
    """What was counted in one field: points of tissue, or nuclei.

    Attributes
    ----------
    counted : int
        Points of tissue, or nuclei; what the stained ones are a share of.
    low, used, high : int
        Those stained at each threshold; `low` is the greatest of the three.
    tissue_percent : float or None
        Share of the field that is tissue.
    qc : str
        What is wrong with the field; empty if nothing.
    """

    counted: int
    low: int
    used: int
    high: int
    tissue_percent: float | None = None
    qc: str = ""


def find_background(pixels: Pixels, settings: IhcSettings) -> Colour | None:
    """Give the light through bare glass as the settings have it; None where it was not found."""
    return measure_background(pixels) if settings.background == "measured" else WHITE


def list_strips(
    pixels: Pixels, settings: IhcSettings, background: Colour
) -> Iterator[tuple[slice, npt.NDArray[np.float32], Mask]]:
    """Give the density of the dye and the tissue, a strip of the field at a time.

    Parameters
    ----------
    pixels : array of uint8, shape (height, width, 3)
    settings : IhcSettings
    background : (float, float, float)
        Light through bare glass.

    Yields
    ------
    (slice, array of float32, array of bool)
        The strip's rows, the dye's density in each point, and whether the point is tissue.
    """
    for first in range(0, pixels.shape[0], ROWS_AT_A_TIME):
        rows = slice(first, first + ROWS_AT_A_TIME)
        density, mean = read_densities(pixels[rows], settings.inverse, background)
        yield rows, density, mean > settings.tissue_density


def count_area(pixels: Pixels, settings: IhcSettings) -> Count:
    """Count the points of a field that are tissue, and of those the stained ones.

    Parameters
    ----------
    pixels : array of uint8, shape (height, width, 3)
    settings : IhcSettings

    Returns
    -------
    Count
        A field without tissue has 0 points, and says so.

    Notes
    -----
    Tissue is where the mean density of red, green and blue is above ``tissue_density``; stained is
    tissue where the dye's density is above the threshold. The area says how far the dye reaches,
    never how strong it is. Not to be trusted where ink, pigment or folds are in the field.

    Examples
    --------
    >>> brown, white = [120, 70, 30], [255, 255, 255]
    >>> count = count_area(np.array([[brown, brown, white, white]], np.uint8), IhcSettings())
    >>> count.counted, count.used, count.tissue_percent
    (2, 2, 50.0)
    """
    background = find_background(pixels, settings)
    counted, black = 0, 0
    stained = np.zeros(3, dtype=np.int64)
    for rows, density, tissue in list_strips(pixels, settings, background or WHITE):
        counted += int(np.count_nonzero(tissue))
        black += int(np.count_nonzero(pixels[rows].max(axis=2) <= BLACK))
        stained += [
            np.count_nonzero(tissue & (density > limit)) for limit in settings.thresholds.in_order
        ]
    low, used, high = (int(number) for number in stained)
    share = 100 * counted / (pixels.shape[0] * pixels.shape[1])
    qc = _judge(share, 100 * black / max(counted, 1), background is None)
    return Count(counted=counted, low=low, used=used, high=high, tissue_percent=share, qc=qc)


def mask_field(pixels: Pixels, settings: IhcSettings) -> npt.NDArray[np.uint8]:
    """Tell of each point what it was counted as, to be drawn.

    Parameters
    ----------
    pixels : array of uint8, shape (height, width, 3)
    settings : IhcSettings

    Returns
    -------
    array of uint8, shape (height, width)
        0 no tissue, 1 unstained, 2 stained at the low threshold only, 3 also at the one used, 4
        also at the high one.

    Examples
    --------
    >>> points = np.array([[[120, 70, 30], [255, 255, 255], [150, 140, 200]]], np.uint8)
    >>> mask_field(points, IhcSettings()).tolist()
    [[4, 0, 1]]
    """
    classes = np.zeros(pixels.shape[:2], np.uint8)
    background = find_background(pixels, settings) or WHITE
    for rows, density, tissue in list_strips(pixels, settings, background):
        levels = np.searchsorted(settings.thresholds.in_order, density, side="left") + 1
        classes[rows] = np.where(tissue, levels, 0)
    return classes


def _judge(tissue: float, black: float, lacks_glass: bool) -> str:
    found = []
    if tissue < LEAST_TISSUE:
        found.append(f"tissue fills {tissue:.1f} % of the field")
    if black > MOST_BLACK:
        found.append(f"{black:.1f} % of the tissue is black, as a scale bar or dirt is")
    if lacks_glass:
        found.append("no bare glass in the field, so white was taken as 255")
    return ", ".join(found)
