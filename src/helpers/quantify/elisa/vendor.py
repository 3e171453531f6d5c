"""The reader program's own results: how it came to them, and how far ours are from them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

import numpy as np
import pandas as pd

from helpers.quantify.elisa.assay import Assay, SignalError, choose_signal
from helpers.quantify.elisa.curve import Curve, CurveError, Shape, Weights, fit_curve
from helpers.quantify.elisa.read.plate import Plate, Printed

RELATIVE, ABSOLUTE = 0.0005, 0.0006
"""A result is reproduced within half a unit of its third digit, or of its third decimal."""

_FARTHEST = 100.0
"""Beyond so many times what rounding explains, a result counts no more for being farther off."""


@dataclass(frozen=True)
class Recipe:
    """One way from a plate's standards to concentrations.

    Attributes
    ----------
    signal : str
    shape : str
        ``printed`` where the curve stands in the file.
    weights, zero_standard, printed_masks, fit_to : str
        As in the settings.
    """

    signal: str
    shape: Shape | Literal["printed"]
    weights: Weights
    zero_standard: Literal["in", "out"]
    printed_masks: Literal["obey", "ignore"]
    fit_to: Literal["means", "wells"]

    def __str__(self) -> str:
        if self.shape == "printed":
            return f"the curve as printed, of {self.signal}"
        through = "each level's mean" if self.fit_to == "means" else "each well"
        weights = "unweighted" if self.weights == "none" else f"weights {self.weights}"
        masks = "" if self.printed_masks == "obey" else ", masked wells included"
        zero = f"zero standard {self.zero_standard}"
        return f"{self.shape} of {self.signal} through {through}, {weights}, {zero}{masks}"


@dataclass(frozen=True)
class Reproduction:
    """The best way that was found to a program's own results.

    Attributes
    ----------
    recipe : Recipe
    curve : Curve
    wells : int
        Wells for which the program printed a concentration of their own.
    exact : int
        Of them, those that come out as printed.
    median : float
        Median relative difference.
    distance : float
        Root mean square difference, in units of what rounding explains.
    rounding : int
        Of them, those that come out as printed once readings may be off by half their last digit.
    """

    recipe: Recipe
    curve: Curve
    wells: int
    exact: int
    median: float
    distance: float
    rounding: int

    @property
    def reproduced(self) -> bool:
        """Whether every result comes out, the rounding of readings allowed for."""
        return self.rounding == self.wells


def reproduce(plate: Plate, wavelengths: Sequence[str] = ()) -> Reproduction | None:
    """Find how the program came from its standards to its results.

    Every curve (of the printed kind, where one is printed), weight, treatment of the zero standard
    and of masks, and both ways to fit to replicates are tried, the most usual first. The first that
    gives every result as printed is taken, else the one whose results lie nearest, measured in what
    the rounding of readings and results explains.

    Parameters
    ----------
    plate : Plate
    wavelengths : sequence of str
        As in the settings.

    Returns
    -------
    Reproduction or None
        None where the file holds no standards or no results.
    """
    try:
        chosen = choose_signal(plate, wavelengths)
    except SignalError:
        return None
    best: Reproduction | None = None
    for label, signal in [chosen] if wavelengths else [chosen, *plate.derived.items()]:
        results = [
            one
            for one in plate.printed
            if one.result and one.result > 0 and not one.of_mean
            if math.isfinite(signal.get(one.well, math.nan))
        ]
        read = np.array([signal[one.well] for one in results])
        printed = np.array([one.result for one in results], dtype=float)
        step = _last_digit(list(signal.values()))
        for recipe, curve in _list_curves(plate, label, signal) if results else ():
            found = _judge(recipe, curve, read, printed, step)
            if best is None or found.exact == found.wells or found.distance < best.distance:
                best = found
            if best.exact == best.wells:
                return best
    return best


def _list_curves(plate: Plate, label: str, signal: object) -> Iterator[tuple[Recipe, Curve]]:
    values = dict(signal)  # type: ignore[call-overload]
    for printed in plate.curves:
        curve = Curve(printed.kind, printed.coefficients)  # type: ignore[arg-type]
        yield Recipe(label, "printed", "none", "in", "obey", "means"), curve
    standards = [one for one in plate.printed if one.nominal is not None]
    known = {printed.kind for printed in plate.curves}
    every: tuple[Shape, ...] = ("4pl", "5pl", "linear")
    shapes = tuple(shape for shape in every if shape in known) or every
    masks: tuple[Literal["obey", "ignore"], ...] = ("obey", "ignore")
    if not any(one.masked for one in standards):
        masks = ("obey",)
    ends: tuple[Literal["in", "out"], ...] = ("in", "out")
    if not any(one.nominal == 0 for one in standards):
        ends = ("in",)
    ways: tuple[Literal["means", "wells"], ...] = ("means", "wells")
    for shape, weights, zero, mask, way in product(
        shapes, ("none", "1/y", "1/y2"), ends, masks, ways
    ):
        kept = [
            one
            for one in standards
            if (mask == "ignore" or not one.masked) and (zero == "in" or one.nominal)
        ]
        try:
            curve = _fit(kept, values, shape, weights, way)  # type: ignore[arg-type]
        except CurveError:
            continue
        yield Recipe(label, shape, weights, zero, mask, way), curve  # type: ignore[arg-type]


def _fit(
    standards: Sequence[Printed],
    signal: Mapping[str, float],
    shape: Shape,
    weights: Weights,
    way: str,
) -> Curve:
    x = np.array([one.nominal for one in standards], dtype=float)
    y = np.array([signal.get(one.well, math.nan) for one in standards])
    x, y = x[np.isfinite(y)], y[np.isfinite(y)]
    if way == "means":
        levels = np.unique(x)
        x, y = levels, np.array([y[x == level].mean() for level in levels])
    return fit_curve(x, y, shape=shape, weights=weights)


def _judge(
    recipe: Recipe,
    curve: Curve,
    read: np.ndarray,
    printed: np.ndarray,
    step: float,
) -> Reproduction:
    ours = curve.concentration(read)
    with np.errstate(all="ignore"):
        off = np.abs(np.where(np.isfinite(ours), ours, np.inf) - printed)
        tolerance = np.maximum(RELATIVE * printed, ABSOLUTE)
        per_signal = printed / np.abs(curve.slope(printed))
        loose = tolerance + 0.5 * step * np.where(np.isfinite(per_signal), per_signal, 0.0)
    exact, rounding = int((off <= tolerance).sum()), int((off <= loose).sum())
    median = float(np.median(off / printed))
    distance = float(np.sqrt(np.mean(np.minimum(off / loose, _FARTHEST) ** 2)))
    return Reproduction(recipe, curve, printed.size, exact, median, distance, rounding)


def _last_digit(values: Sequence[float]) -> float:
    """Give the step of the last digit that readings have, from 1 to a millionth.

    >>> _last_digit([0.12, 1.345])
    0.001
    """
    known = np.array([value for value in values if math.isfinite(value)])
    for digits in range(7):
        if np.allclose(known, np.round(known, digits), rtol=0, atol=1e-9):
            return 10.0**-digits
    return 0.0


def compare_wells(assay: Assay) -> pd.DataFrame:
    """Put the program's result of each well beside ours, both as concentrations in the well.

    Returns
    -------
    DataFrame
        well, sample, vendor (as printed), vendor_value, ours (missing off the curve), difference in
        percent of the program's, same (within the tolerance); wells that the program printed
        nothing about are left out, and results of a mean are missing in vendor_value.
    """
    rows = []
    for well in assay.wells:
        printed = well.vendor
        if printed is None or not printed.text:
            continue
        value = None if printed.of_mean else printed.result
        ours = well.concentration if math.isfinite(well.concentration) else None
        difference = same = None
        if value is not None and ours is not None and value > 0:
            difference = 100 * (ours / value - 1)
            same = abs(ours - value) <= max(RELATIVE * value, ABSOLUTE)
        sample = well.layout.sample or printed.sample
        rows.append((well.layout.well, sample, printed.text, value, ours, difference, same))
    columns = ["well", "sample", "vendor", "vendor_value", "ours", "difference", "same"]
    return pd.DataFrame(rows, columns=columns)
