"""From the light in a photograph to the density of one dye, point by point."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
Densities = npt.NDArray[np.float32]
Matrix = npt.NDArray[np.float64]

Colour = tuple[float, float, float]
"""Red, green, blue: how much a dye darkens each, or the light through bare glass."""

WHITE = (255.0, 255.0, 255.0)

LEAST_ANGLE = 0.05
"""Sine of the angle between two dyes under which a photograph cannot tell them apart (3 degrees).
Haematoxylin and DAB have 0.60."""

GLASS_DARKEST, GLASS_SPREAD, GLASS_DEPTH, GLASS_SHARE = 150, 30, 20, 0.01
"""Bare glass is bright and grey: the brightest hundredth of a field is at least 150 in each colour,
and its colours differ by at most 30. All within 20 of it is glass, if that is 1 % of the field."""


def invert_stains(counterstain: Colour, stain: Colour) -> Matrix:
    """Give the matrix that turns the densities of three colours into those of two dyes.

    Parameters
    ----------
    counterstain, stain : (float, float, float)
        How much each darkens red, green and blue; their length plays no part.

    Returns
    -------
    array, shape (3, 3)
        ``densities @ matrix`` has the counterstain, the stain and the rest in its columns.

    Raises
    ------
    ValueError
        When the dyes have nearly one colour.

    Notes
    -----
    Rows of the stain matrix are the two dyes and their cross product, each of length 1; the result
    is its inverse (Ruifrok and Johnston, Anal Quant Cytol Histol 2001;23:291). What is neither dye
    falls to the third, as far as it is at right angles to both.

    Examples
    --------
    >>> invert_stains((1, 0, 0), (0, 0, 2)).tolist()
    [[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]]
    """
    first, second = (_to_unit(dye) for dye in (counterstain, stain))
    third = np.cross(first, second)
    if np.linalg.norm(third) < LEAST_ANGLE:
        raise ValueError("the stain and its counterstain have one colour: expected two dyes")
    matrix: Matrix = np.linalg.inv(np.stack([first, second, _to_unit(third)])) + 0.0
    return matrix


def _to_unit(vector: npt.ArrayLike) -> Matrix:
    values = np.asarray(vector, dtype=float)
    unit: Matrix = values / np.linalg.norm(values)
    return unit


def measure_background(pixels: Pixels) -> Colour | None:
    """Find the light through bare glass in a field.

    Parameters
    ----------
    pixels : array of uint8, shape (height, width, 3)

    Returns
    -------
    (float, float, float) or None
        Red, green and blue; None where the field shows no glass.

    Examples
    --------
    >>> measure_background(np.full((4, 4, 3), 240, np.uint8))
    (240.0, 240.0, 240.0)
    >>> measure_background(np.full((4, 4, 3), 90, np.uint8)) is None
    True
    """
    step = max(1, round((pixels.shape[0] * pixels.shape[1] / 1_000_000) ** 0.5))
    points = pixels[::step, ::step].reshape(-1, 3)
    bright = np.percentile(points, 99, axis=0)
    if bright.min() < GLASS_DARKEST or np.ptp(bright) > GLASS_SPREAD:
        return None
    glass = points[(points >= bright - GLASS_DEPTH).all(axis=1)]
    if len(glass) < GLASS_SHARE * len(points):
        return None
    red, green, blue = np.median(glass, axis=0)
    return float(red), float(green), float(blue)


def read_densities(
    pixels: Pixels, inverse: Matrix, background: Colour = WHITE
) -> tuple[Densities, Densities]:
    """Give the density of the dye that is counted, and of all colours together.

    Parameters
    ----------
    pixels : array of uint8, shape (height, width, 3)
    inverse : array, shape (3, 3)
        From `invert_stains`.
    background : (float, float, float)
        Light through bare glass: red, green, blue.

    Returns
    -------
    (array, array) of float32, shape (height, width)
        Density of the dye, which may be below 0, and mean density of the three colours.

    Notes
    -----
    Density is -log10(light / background), with light at least 1 of 255. DAB does not darken in
    proportion to its amount (it does not follow Beer and Lambert), so the density serves to tell
    stained from unstained and is no measure of how much there is.
    """
    column = inverse[:, 1]
    light = np.maximum(np.arange(256), 1)
    stain = np.zeros(pixels.shape[:2], np.float32)
    mean = np.zeros(pixels.shape[:2], np.float32)
    for channel in range(3):
        density = -np.log10(light / background[channel])
        values = pixels[..., channel]
        stain += (density * column[channel]).astype(np.float32)[values]
        mean += (density / 3).astype(np.float32)[values]
    return stain, mean
