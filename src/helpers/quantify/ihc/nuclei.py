"""How many nuclei of a field are stained: nuclei found by watershed (extra `images`)."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy import ndimage

from helpers.contracts import Fault
from helpers.quantify.ihc.area import Count, find_background
from helpers.quantify.ihc.settings import IhcSettings
from helpers.quantify.ihc.stains import WHITE, Pixels, read_densities

EXTRA = ("skimage",)
"""What finds nuclei; part of the extra `images`, where it is called scikit-image."""

UM_PER_PIXEL = 0.5
"""Size to which a finer photograph is brought: a nucleus is 10 to 20 points across."""

MOST_POINTS = 6_000_000
"""Points of a photograph, once brought to that size, in which nuclei are sought: 0.6 GB of memory.
It is a field of 1.2 by 1.2 mm."""

FEWEST = 50
"""Nuclei under which a field's per cent is told as resting on few."""

Labels = npt.NDArray[np.int32]


def lacks_extra() -> bool:
    """Tell whether the library that finds nuclei is absent."""
    return any(find_spec(name) is None for name in EXTRA)


def find_size_fault(pixels: Pixels, settings: IhcSettings, *, file: str) -> Fault | None:
    """Say that a field is too wide for nuclei to be sought in it; None where it is not."""
    small, um_per_pixel = _shrink(pixels, settings)
    height, width = small.shape[:2]
    if height * width <= MOST_POINTS:
        return None
    found = f"a field of {width} x {height} points of {um_per_pixel:g} µm"
    mend = "cut it into fields, each with a row of its own, or correct um_per_pixel"
    return Fault(file, found, f"at most {MOST_POINTS / 1e6:g} million such points", mend)


def count_nuclei(pixels: Pixels, settings: IhcSettings) -> Count:
    """Count the nuclei of a field, and those whose mean density is above each threshold.

    Parameters
    ----------
    pixels : array of uint8, shape (height, width, 3)
    settings : IhcSettings
        With ``um_per_pixel``.

    Returns
    -------
    Count
        Report the per cent, never the number: programs differ by 10 to 40 % in how many nuclei
        they find, and by 5 to 6 points in the share that is stained.

    Raises
    ------
    ModuleNotFoundError
        When the extra `images` is absent; `find_faults` says so before anything is read.
    """
    small, um_per_pixel = _shrink(pixels, settings)
    background = find_background(small, settings) or WHITE
    density, mean = read_densities(small, settings.inverse, background)
    labels = find_nuclei(3 * mean, settings, um_per_pixel=um_per_pixel)
    numbers = np.arange(1, int(labels.max()) + 1)
    means = np.asarray(ndimage.mean(density, labels, numbers)) if len(numbers) else np.empty(0)
    low, used, high = (int((means > limit).sum()) for limit in settings.thresholds.in_order)
    tissue = 100 * float((mean > settings.tissue_density).mean())
    qc = f"only {len(numbers)} nuclei" if len(numbers) < FEWEST else ""
    return Count(counted=len(numbers), low=low, used=used, high=high, tissue_percent=tissue, qc=qc)


def _shrink(pixels: Pixels, settings: IhcSettings) -> tuple[Pixels, float]:
    given = settings.um_per_pixel or UM_PER_PIXEL
    if given >= UM_PER_PIXEL:
        return pixels, given
    height, width = pixels.shape[:2]
    ratio = given / UM_PER_PIXEL
    size = (max(1, round(width * ratio)), max(1, round(height * ratio)))
    small = Image.fromarray(pixels).resize(size, Image.Resampling.BOX)
    return np.asarray(small), UM_PER_PIXEL


def find_nuclei(
    density: npt.NDArray[np.float32], settings: IhcSettings, *, um_per_pixel: float
) -> Labels:
    """Mark each nucleus of a field with a number of its own.

    Parameters
    ----------
    density : array, shape (height, width)
        Sum of the densities of red, green and blue.
    settings : IhcSettings
    um_per_pixel : float

    Returns
    -------
    array of int32, shape (height, width)
        0 between nuclei, else 1, 2, …

    Notes
    -----
    The level of the tissue around (opening by reconstruction) is taken off, what is left above
    ``least_density`` and inside an edge (negative Laplacian) is cut into nuclei by a watershed from
    the middles, and pieces outside the sizes of a nucleus are dropped. Crowded nuclei run
    together, pale ones are missed.
    """
    from skimage.morphology import reconstruction
    from skimage.segmentation import watershed

    rules = settings.nuclei
    smooth = ndimage.gaussian_filter(density, rules.smoothing_um / um_per_pixel)
    width = 2 * max(1, round(rules.background_um / um_per_pixel)) + 1
    level = reconstruction(ndimage.grey_erosion(smooth, size=(width, width)), smooth)
    inside = ndimage.gaussian_laplace(density, rules.smoothing_um / um_per_pixel) < 0
    above = ndimage.binary_fill_holes(inside & (smooth - level > rules.least_density))
    depth = ndimage.gaussian_filter(ndimage.distance_transform_edt(above), 1.0)
    reach = 2 * max(1, round(_radius(rules.least_um2) / um_per_pixel)) + 1
    middles = (ndimage.maximum_filter(depth, size=reach) == depth) & above
    markers, _ = ndimage.label(middles, structure=np.ones((3, 3)))
    labels = watershed(-depth, markers, mask=above)
    return _keep_sizes(labels, rules.least_um2 / um_per_pixel**2, rules.most_um2 / um_per_pixel**2)


def _radius(area: float) -> float:
    return float(np.sqrt(area / np.pi))


def _keep_sizes(labels: npt.NDArray[np.int_], least: float, most: float) -> Labels:
    sizes = np.bincount(labels.ravel())
    kept = (sizes >= least) & (sizes <= most)
    kept[0] = False
    renumbered = np.where(kept, np.cumsum(kept), 0).astype(np.int32)
    found: Labels = renumbered[labels]
    return found
