"""Standard curves: four and five parameters, straight lines, and the way back to a concentration.

Every curve is y = d + (a - d) / (1 + (x / c)^b)^g, with g = 1 for four parameters; a straight line
is y = slope x + intercept. With b above 0, a is the signal of nothing and d that of plenty.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import least_squares

Shape = Literal["4pl", "5pl", "linear"]
Weights = Literal["none", "1/y", "1/y2"]
Array = NDArray[np.float64]

PARAMETERS: dict[Shape, int] = {"4pl": 4, "5pl": 5, "linear": 2}
"""Parameters of each curve: it needs as many levels of standards."""

_SLOPES = np.exp(np.linspace(math.log(0.3), math.log(6.0), 13))
_MIDDLES = 25
_BENDS = (0.3, 1.0, 3.0)
_WIDEST_BEND = 20.0
_FLATTEST, _STEEPEST = 0.05, 30.0
_FAR = 1e3
"""How many times beyond the standards the middle of a curve may lie."""


class CurveError(ValueError):
    """Raised when no curve can be put through the standards; says in words why."""


@dataclass(frozen=True)
class Curve:
    """A standard curve.

    Attributes
    ----------
    shape : str
        ``4pl``, ``5pl`` or ``linear``.
    coefficients : tuple of float
        a, b, c, d, g; of a straight line slope and intercept.
    """

    shape: Shape
    coefficients: tuple[float, ...]

    @property
    def rises(self) -> bool:
        """Whether more analyte gives more signal; in a competitive assay it does not."""
        if self.shape == "linear":
            return self.coefficients[0] > 0
        a, b, _, d, _ = self.coefficients
        return (d > a) == (b > 0)

    def signal(self, concentration: ArrayLike) -> Array:
        """Give the signal at concentrations of 0 or more.

        >>> Curve("4pl", (0.0, 1.0, 100.0, 2.0, 1.0)).signal([0.0, 100.0]).tolist()
        [0.0, 1.0]
        """
        x = np.asarray(concentration, dtype=float)
        if self.shape == "linear":
            slope, intercept = self.coefficients
            return np.asarray(slope * x + intercept, dtype=float)
        a, _, _, d, g = self.coefficients
        with np.errstate(over="ignore"):
            share: Array = np.exp(-g * np.log1p(self._power(x)))
        return d + (a - d) * share

    def concentration(self, signal: ArrayLike) -> Array:
        """Give the concentrations at signals.

        Returns
        -------
        ndarray
            -inf for a signal below what the curve gives for nothing, inf for one above what it
            gives for plenty (turned round for a falling curve), missing where the signal is.

        Examples
        --------
        >>> Curve("4pl", (0.0, 1.0, 100.0, 2.0, 1.0)).concentration([-0.1, 1.0, 2.5]).tolist()
        [-inf, 100.0, inf]
        """
        y = np.asarray(signal, dtype=float)
        if self.shape == "linear":
            slope, intercept = self.coefficients
            found: Array = (y - intercept) / slope
            return np.where(np.isnan(y), np.nan, np.where(found < 0, -np.inf, found))
        a, b, c, d, g = self.coefficients
        with np.errstate(all="ignore"):
            share = (y - d) / (a - d)
            x = c * np.expm1(-np.log(share) / g) ** (1 / b)
        low, high = (-np.inf, np.inf) if b > 0 else (np.inf, -np.inf)
        x = np.where(share >= 1, low, np.where(share <= 0, high, x))
        known: Array = np.where(np.isnan(y), np.nan, x)
        return known

    def slope(self, concentration: ArrayLike) -> Array:
        """Give the change of the signal per change of the natural logarithm of concentration."""
        x = np.asarray(concentration, dtype=float)
        if self.shape == "linear":
            return np.asarray(self.coefficients[0] * x, dtype=float)
        a, b, _, d, g = self.coefficients
        power = self._power(x)
        with np.errstate(over="ignore", invalid="ignore"):
            share = np.exp(-g * np.log1p(power))
            steep: Array = -(a - d) * g * b * share * power / (1 + power)
        return np.where(power > 0, steep, 0.0)

    def gradient(self, concentration: ArrayLike) -> Array:
        """Give the derivatives of the signal by the fitted parameters, a row per concentration.

        The parameters are a, ln |b|, ln c, d, and for five parameters ln g; of a straight line
        slope and intercept.
        """
        x = np.atleast_1d(np.asarray(concentration, dtype=float))
        if self.shape == "linear":
            return np.column_stack([x, np.ones_like(x)])
        a, b, c, d, g = self.coefficients
        power = self._power(x)
        share = np.exp(-g * np.log1p(power))
        steep = (a - d) * g * b * share * power / (1 + power)
        with np.errstate(divide="ignore"):
            away = np.where(x > 0, np.log(x / c), 0.0)
        columns = [share, -steep * away, steep, 1 - share]
        if self.shape == "5pl":
            columns.append(-(a - d) * g * share * np.log1p(power))
        return np.column_stack(columns)

    def _power(self, x: Array) -> Array:
        _, b, c, _, _ = self.coefficients
        with np.errstate(divide="ignore", over="ignore"):
            power: Array = np.clip((x / c) ** b, 0.0, 1e300)
        return power


def fit_curve(
    concentration: ArrayLike, signal: ArrayLike, *, shape: Shape = "4pl", weights: Weights = "none"
) -> Curve:
    """Fit a curve to standards by least squares.

    The search starts from the best of a net of curves (slopes 0.3 to 6, middles from a tenth of
    the lowest to a hundred times the highest standard), so that no start has to be guessed.

    Parameters
    ----------
    concentration : array of float, n
        Of the standards, one per well; 0 is the zero standard.
    signal : array of float, n
        Same order; a well with a missing or infinite signal is left out.
    shape : {"4pl", "5pl", "linear"}
    weights : {"none", "1/y", "1/y2"}
        Of the squared distances, by the observed signal.

    Returns
    -------
    Curve

    Raises
    ------
    CurveError
        With fewer levels than parameters, signals that are all alike, weights for a signal of 0 or
        less, or a search that does not end.

    Notes
    -----
    Five parameters are weakly determined by eight standards: do not expect another program's to
    the digit.

    Examples
    --------
    >>> true = Curve("4pl", (0.05, 1.2, 80.0, 3.0, 1.0))
    >>> x = [0, 5, 10, 20, 40, 80, 160, 320]
    >>> [round(value, 4) for value in fit_curve(x, true.signal(x)).coefficients]
    [0.05, 1.2, 80.0, 3.0, 1.0]
    """
    x, y = np.asarray(concentration, dtype=float), np.asarray(signal, dtype=float)
    kept = np.isfinite(x) & np.isfinite(y)
    x, y = x[kept], y[kept]
    levels = np.unique(x).size
    if levels < PARAMETERS[shape]:
        needed = PARAMETERS[shape]
        raise CurveError(f"{levels} levels of standards; a {shape} curve needs {needed}")
    if np.ptp(y) <= 1e-9 * max(float(np.abs(y).max()), 1e-9):
        raise CurveError("standards whose signals are all alike")
    root = weigh(y, weights)
    if shape == "linear":
        slope, intercept = np.polyfit(x, y, 1, w=root)
        if slope == 0:
            raise CurveError("a straight line without a slope")
        return Curve("linear", (float(slope), float(intercept)))
    return _search(x, y, root, shape)


def weigh(y: Array, weights: Weights) -> Array:
    """Give the square roots of the weights, as they multiply distances.

    Raises
    ------
    CurveError
        For a signal of 0 or less, which cannot weigh.
    """
    if weights == "none":
        return np.ones_like(y)
    if y.min() <= 0:
        raise CurveError(f"a standard's signal of {y.min():g}, for which {weights} has no meaning")
    return 1 / np.sqrt(y) if weights == "1/y" else 1 / y


def _search(x: Array, y: Array, root: Array, shape: Shape) -> Curve:
    """Search slope, middle and bend only: for each of them a and d are linear, and solved for."""
    scale = float(np.ptp(y))
    start = _best_of_net(x, y / scale, root, shape)
    least, most = x[x > 0].min(), x.max()
    lower = np.array([math.log(_FLATTEST), math.log(least / _FAR), -math.log(_WIDEST_BEND)])
    upper = np.array([math.log(_STEEPEST), math.log(most * _FAR), math.log(_WIDEST_BEND)])
    lower, upper = lower[: start.size], upper[: start.size]

    def distances(values: Array) -> Array:
        return _solve_ends(values, x, y / scale, root)[1]

    def derivatives(values: Array) -> Array:
        return _derive_ends(values, x, y / scale, root)

    with np.errstate(all="ignore"):
        found = least_squares(
            distances,
            np.clip(start, lower + 1e-9, upper - 1e-9),
            jac=derivatives,
            bounds=(lower, upper),
            xtol=1e-13,
            ftol=1e-13,
            gtol=1e-13,
            max_nfev=400,
        )
        (a, d), _ = _solve_ends(found.x, x, y / scale, root)
    if not found.success or not np.isfinite([a, d, *found.x]).all() or abs(a - d) < 1e-9:
        raise CurveError("standards through which the search found no curve")
    b, c, *bend = np.exp(found.x)
    g = float(bend[0]) if bend else 1.0
    return Curve(shape, (float(a) * scale, float(b), float(c), float(d) * scale, g))


def _share(values: Array, x: Array) -> Array:
    """Give the share of a in the signal at each concentration; the rest is d's."""
    bend = math.exp(values[2]) if values.size > 2 else 1.0
    power = np.clip((x / math.exp(values[1])) ** math.exp(values[0]), 0.0, 1e300)
    return np.asarray(np.exp(-bend * np.log1p(power)), dtype=float)


def _solve_ends(values: Array, x: Array, y: Array, root: Array) -> tuple[Array, Array]:
    """Give the best a and d for a slope, middle and bend, and the distances that are left."""
    share, weight = _share(values, x), root**2
    total = weight.sum()
    mean_share, mean_y = share @ weight / total, y @ weight / total
    off = share - mean_share
    squares = off @ (weight * off)
    rise = off @ (weight * (y - mean_y)) / squares if squares > 0 else 0.0
    d = mean_y - rise * mean_share
    return np.array([d + rise, d]), root * (d + rise * share - y)


def _derive_ends(values: Array, x: Array, y: Array, root: Array) -> Array:
    """Give the derivatives of the distances, a and d being solved for (Kaufman's form)."""
    (a, d), _ = _solve_ends(values, x, y, root)
    bend = (math.exp(values[2]),) if values.size > 2 else (1.0,)
    shape: Shape = "5pl" if values.size > 2 else "4pl"
    curve = Curve(shape, (a, math.exp(values[0]), math.exp(values[1]), d, *bend))
    gradient = root[:, None] * curve.gradient(x)
    ends, rest = gradient[:, [0, 3]], np.delete(gradient, [0, 3], axis=1)
    across, _ = np.linalg.qr(ends)
    return np.asarray(rest - across @ (across.T @ rest), dtype=float)


def _best_of_net(x: Array, y: Array, root: Array, shape: Shape) -> Array:
    """Give slope, middle and bend of the best curve of the net, as logarithms."""
    positive = x[x > 0]
    middles = np.geomspace(positive.min() / 10, positive.max() * 100, _MIDDLES)
    bends = _BENDS if shape == "5pl" else (1.0,)
    b, c, g = (part.ravel() for part in np.meshgrid(_SLOPES, middles, bends, indexing="ij"))
    with np.errstate(over="ignore"):
        share = np.exp(-g[:, None] * np.log1p((x / c[:, None]) ** b[:, None]))
    weight = root**2
    total = weight.sum()
    mean_share, mean_y = share @ weight / total, y @ weight / total
    off_share, off_y = share - mean_share[:, None], y - mean_y
    squares = (off_share**2) @ weight
    slope = np.divide(
        off_share @ (weight * off_y), squares, out=np.zeros_like(b), where=squares > 0
    )
    rest = ((off_y - slope[:, None] * off_share) ** 2) @ weight
    rest[squares <= 0] = np.inf
    best = int(np.argmin(rest))
    start = [math.log(b[best]), math.log(c[best])]
    return np.array([*start, math.log(g[best])] if shape == "5pl" else start)
