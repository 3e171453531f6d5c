"""How sure a concentration read off a standard curve is.

The usual interval of an unweighted fit takes every signal for equally precise; plates are not like
that, and the interval is far too wide at low and too narrow at high concentrations. Here the curve
stays as it was fitted, and its covariance is a sandwich: the spread of the signals comes from the
replicates of the whole plate, as a function of the signal. Intervals are on the log scale.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import nnls
from scipy.special import stdtrit

from helpers.quantify.elisa.curve import Curve, Weights, fit_curve, weigh

Array = NDArray[np.float64]

CONFIDENCE = 0.95
_ROUNDS = 30


@dataclass(frozen=True)
class Spread:
    """Variance of one well's signal: constant + proportional x signal².

    Attributes
    ----------
    constant, proportional : float
        The noise of an empty well, and the square of the coefficient of variation.
    df : int
        Degrees of freedom that it was estimated from.
    source : str
        What it was estimated from, in words.
    """

    constant: float
    proportional: float
    df: int
    source: str

    def variance(self, signal: ArrayLike) -> Array:
        """Give the variance of one well at signals."""
        return self.constant + self.proportional * np.asarray(signal, dtype=float) ** 2


def pool_spread(groups: Iterable[Sequence[float]]) -> Spread | None:
    """Estimate how signals spread from replicates of all concentrations together.

    The variances of the groups are gamma-distributed about a straight line in the squared signal;
    the line is fitted by reweighting until it stays, with no part below 0.

    Parameters
    ----------
    groups : iterable of sequences of float
        Signals of wells that hold the same; those of one well say nothing.

    Returns
    -------
    Spread or None
        None where no group has two finite signals.

    Examples
    --------
    >>> spread = pool_spread([[1.0, 1.1], [2.0, 2.2], [0.1, 0.11]])
    >>> spread.df, round(float(spread.variance(1.0)) ** 0.5, 3)
    (3, 0.067)
    """
    finite = [[value for value in group if math.isfinite(value)] for group in groups]
    rows = [
        (float(np.mean(group)) ** 2, float(np.var(group, ddof=1)), len(group) - 1)
        for group in finite
        if len(group) > 1
    ]
    if not rows:
        return None
    squares, variances, df = (np.array(column) for column in zip(*rows, strict=True))
    constant, proportional = _fit_line(squares, variances, df)
    total = int(df.sum())
    return Spread(constant, proportional, total, f"replicates of the plate ({total} df)")


def _fit_line(squares: Array, variances: Array, df: Array) -> tuple[float, float]:
    pooled = float(variances @ df / df.sum())
    if pooled == 0:
        return 0.0, 0.0
    scale = max(float(squares.max()), 1e-300)
    design = np.column_stack([np.ones_like(squares), squares / scale])
    fitted = np.full_like(variances, pooled)
    line = np.array([pooled, 0.0])
    for _ in range(_ROUNDS):
        root = np.sqrt(df) / np.maximum(fitted, 1e-6 * pooled)
        new, _ = nnls(design * root[:, None], variances * root)
        fitted = design @ new
        if np.allclose(new, line, rtol=1e-6, atol=1e-12 * pooled):
            break
        line = new
    return float(new[0]), float(new[1] / scale)


@dataclass(frozen=True)
class Calibration:
    """A fitted standard curve with what is uncertain about it.

    Attributes
    ----------
    curve : Curve
    covariance : ndarray
        Of the fitted parameters; zero for a curve whose coefficients are taken as printed.
    spread : Spread or None
        None where nothing tells how signals spread; then no interval can be given.
    """

    curve: Curve
    covariance: Array = field(repr=False)
    spread: Spread | None

    def estimate(self, signal: float, wells: int) -> Estimate | None:
        """Give the concentration at a mean signal of some wells; None where the curve has none."""
        x = float(self.curve.concentration(signal))
        if not math.isfinite(x) or x <= 0:
            return None
        steep = float(self.curve.slope(x))
        if steep == 0 or not math.isfinite(steep):
            return None
        shift = -self.curve.gradient(x)[0] / steep
        own = None
        if self.spread is not None:
            own = float(self.spread.variance(signal)) / wells / steep**2
        return Estimate(x, own, shift, self)


@dataclass(frozen=True)
class Estimate:
    """A concentration in the well, on the log scale.

    Attributes
    ----------
    concentration : float
    own_variance : float or None
        Of ln(concentration) through the reading itself.
    shift : ndarray
        Change of ln(concentration) by each parameter of the curve.
    calibration : Calibration
    """

    concentration: float
    own_variance: float | None
    shift: Array = field(repr=False)
    calibration: Calibration = field(repr=False)

    @property
    def log_variance(self) -> float | None:
        """Variance of ln(concentration), the reading's and the curve's together."""
        if self.own_variance is None:
            return None
        return self.own_variance + float(self.shift @ self.calibration.covariance @ self.shift)

    def log_covariance(self, other: Estimate) -> float:
        """Give the covariance with another reading off the same curve; 0 off another one."""
        if other.calibration is not self.calibration:
            return 0.0
        return float(self.shift @ self.calibration.covariance @ other.shift)

    @property
    def multiplier(self) -> float:
        """Student's t for the limits at 95 %."""
        spread = self.calibration.spread
        return student(spread.df) if spread else math.nan


def student(df: float) -> float:
    """Give Student's t for two-sided limits at 95 %.

    >>> round(student(10), 3)
    2.228
    """
    return float(stdtrit(df, 0.5 + CONFIDENCE / 2))


def calibrate(
    concentration: ArrayLike,
    signal: ArrayLike,
    *,
    shape: str,
    weights: Weights,
    fit_to: str,
    spread: Spread | None,
) -> Calibration:
    """Fit a curve to standards, with the sandwich covariance of its parameters.

    C = M V M', M = (J'WJ)⁻¹J'W, where V is the variance of what was fitted: of a level's mean, or
    of a well. Where no well has a replicate, V comes from the distances to the curve itself.

    Parameters
    ----------
    concentration, signal : array of float, n
        Of the standard wells.
    shape : {"4pl", "5pl", "linear"}
    weights : {"none", "1/y", "1/y2"}
    fit_to : {"means", "wells"}
    spread : Spread or None

    Returns
    -------
    Calibration

    Raises
    ------
    CurveError
        As `fit_curve`.
    """
    x, y = np.asarray(concentration, dtype=float), np.asarray(signal, dtype=float)
    kept = np.isfinite(y)
    x, y = x[kept], y[kept]
    counts = np.ones_like(y)
    if fit_to == "means":
        levels, at = np.unique(x, return_inverse=True)
        counts = np.bincount(at).astype(float)
        x, y = levels, np.bincount(at, weights=y) / counts
    curve = fit_curve(x, y, shape=shape, weights=weights)  # type: ignore[arg-type]
    jacobian, fitted = curve.gradient(x), curve.signal(x)
    spread = spread or _spread_about(curve, x, y, jacobian.shape[1])
    if spread is None:
        return Calibration(curve, np.zeros((jacobian.shape[1],) * 2), None)
    root = weigh(y, weights)
    scale = np.linalg.norm(root[:, None] * jacobian, axis=0)
    scale[scale == 0] = 1.0
    moved = (np.linalg.pinv(root[:, None] * jacobian / scale, rcond=1e-10) * root) / scale[:, None]
    covariance = (moved * (spread.variance(fitted) / counts)) @ moved.T
    return Calibration(curve, covariance, spread)


def _spread_about(curve: Curve, x: Array, y: Array, parameters: int) -> Spread | None:
    """Take the spread from the standards' distances to the curve, where no well has a replicate."""
    df = y.size - parameters
    if df < 1:
        return None
    fitted = curve.signal(x)
    inflated = (y - fitted) ** 2 * y.size / df
    constant, proportional = _fit_line(fitted**2, inflated, np.ones_like(y))
    return Spread(
        constant, proportional, df, f"distances of the standards from the curve ({df} df)"
    )


def take_printed(shape: str, coefficients: Sequence[float], spread: Spread | None) -> Calibration:
    """Take a curve as printed: what its own uncertainty was, the file does not say."""
    size = {"4pl": 4, "5pl": 5, "linear": 2}[shape]
    curve = Curve(shape, tuple(coefficients))  # type: ignore[arg-type]
    return Calibration(curve, np.zeros((size, size)), spread)
