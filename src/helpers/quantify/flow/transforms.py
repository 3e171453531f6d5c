"""Scales on which gates are drawn: from a channel's value to a place on its axis.

Every scale runs from about 0 to 1. Linear, log, asinh and logicle are Gating-ML 2.0's (ISAC
Recommendation, Spidlen et al., Cytometry A 2015; 87:683-687); FlowJo's are a linear scale that may
begin elsewhere than at 0, its own log, and biex: a table made anew from what is published of it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

BIEX_POINTS = 4096
"""Steps of FlowJo's table; values between two are interpolated."""


@dataclass(frozen=True)
class Linear:
    """``(x + A) / (T + A)``: Gating-ML's flin, and FlowJo's linear with ``A = -minRange``."""

    t: float
    a: float = 0.0

    def apply(self, values: Floats) -> Floats:
        """Give the places of values on the axis."""
        return np.asarray((values + self.a) / (self.t + self.a))


@dataclass(frozen=True)
class Log:
    """``log10(x / T) / M + 1``: Gating-ML's flog. Values of 0 and below have no place (-inf)."""

    t: float
    m: float

    def apply(self, values: Floats) -> Floats:
        """Give the places of values on the axis."""
        with np.errstate(divide="ignore"):
            return np.asarray(np.log10(np.maximum(values, 0) / self.t) / self.m + 1)


@dataclass(frozen=True)
class FlowJoLog:
    """``log10(max(x, offset) / offset) / decades``: FlowJo's log, with a pile at its lower end."""

    offset: float
    decades: float

    def apply(self, values: Floats) -> Floats:
        """Give the places of values on the axis."""
        return np.asarray(np.log10(np.maximum(values, self.offset) / self.offset) / self.decades)


@dataclass(frozen=True)
class Asinh:
    """``(asinh(x sinh(M ln 10) / T) + A ln 10) / ((M + A) ln 10)``: Gating-ML's fasinh."""

    t: float
    m: float
    a: float

    def apply(self, values: Floats) -> Floats:
        """Give the places of values on the axis."""
        ten = math.log(10)
        raised = np.arcsinh(values * math.sinh(self.m * ten) / self.t)
        return np.asarray((raised + self.a * ten) / ((self.m + self.a) * ten))


@dataclass(frozen=True)
class Logicle:
    """Gating-ML's logicle (Moore and Parks, Cytometry A 2012; 81:273-277), by flowutils."""

    t: float
    w: float
    m: float
    a: float

    def apply(self, values: Floats) -> Floats:
        """Give the places of values on the axis."""
        from flowutils.transforms import logicle  # C: only who has gates waits for it

        flat = np.ascontiguousarray(values, dtype=float).ravel()
        return np.asarray(logicle(flat, None, t=self.t, m=self.m, w=self.w, a=self.a)).reshape(
            np.shape(values)
        )


@dataclass(frozen=True)
class Biex:
    """FlowJo's biex: a table of `BIEX_POINTS` steps, interpolated, with a pile at its lower end.

    Beyond the table's top its last step goes on.

    Attributes
    ----------
    top : float
        ``maxRange``.
    positive, negative : float
        Decades above zero, and further ones below.
    width : float
        Width basis, below -1: the larger its size, the more values lie in the linear part.

    Notes
    -----
    With ``w = log10(-width) / 2`` decades of the axis' middle taken from both halves, the positive
    branch is ``exp(p i / N)`` and the negative one ``exp(-q i / N)`` at step i of N, where p are
    the decades above zero (as natural logarithm) and q solves ``2 ln(q / p) + w' (p + q) = 0``.
    Below the step at which both meet, the table is its own mirror. Held against the tables of
    cytolib's authors as FlowKit 1.3 gives them: equal to 1e-9 of the top.
    """

    top: float
    positive: float
    negative: float
    width: float

    def apply(self, values: Floats) -> Floats:
        """Give the places of values on the axis."""
        table = make_biex_table(self)
        beyond = np.maximum(values - table[-1], 0) / (table[-1] - table[-2])
        places = np.interp(values, table, np.arange(BIEX_POINTS + 1) / BIEX_POINTS)
        return np.asarray(places + beyond / BIEX_POINTS)


@dataclass(frozen=True)
class Bounded:
    """A scale that ends at a bound, and piles up there (Gating-ML's boundMin and boundMax)."""

    inner: Linear | Log | Asinh | Logicle
    lower: float
    upper: float

    def apply(self, values: Floats) -> Floats:
        """Give the places of values on the axis."""
        return np.clip(self.inner.apply(values), self.lower, self.upper)


@dataclass(frozen=True)
class Grid:
    """Whole steps of a scale, on which FlowJo lays events and corners of polygons before it counts.

    Linear and log scales are rounded, biex and logicle ones cut; events beyond an end stand on its
    first or last step. `helpers.quantify.flow.grid` has the rule and its source.

    Attributes
    ----------
    inner : Linear, FlowJoLog, Logicle or Biex
    steps : int
        As a rule 256.
    """

    inner: Linear | FlowJoLog | Logicle | Biex
    steps: int

    def apply(self, values: Floats) -> Floats:
        """Give the steps on which events stand: whole numbers from 0."""
        if isinstance(self.inner, Biex):
            return self.lay(values)
        return self.cut(self.inner.apply(values))

    def cut(self, places: Floats) -> Floats:
        """Give the steps of events from their places on the inner scale; not for biex."""
        return np.clip(np.floor(places * self.steps + self._rounding), 0, self.steps - 1)

    @property
    def _rounding(self) -> float:
        return 0.0 if isinstance(self.inner, Logicle) else 0.5

    def lay(self, values: Floats) -> Floats:
        """Give the steps on which corners lie: whole numbers, also beyond the ends."""
        if isinstance(self.inner, Biex):
            entry = np.searchsorted(make_biex_table(self.inner), values, side="right") - 1
            return np.floor(np.clip(entry, 0, BIEX_POINTS) * self.steps / BIEX_POINTS)
        return np.floor(self.inner.apply(values) * self.steps + self._rounding)


Transform = Linear | Log | FlowJoLog | Asinh | Logicle | Biex | Bounded | Grid


@cache
def make_biex_table(scale: Biex) -> Floats:
    """Give the values of FlowJo's table, one for each step from 0 to `BIEX_POINTS`.

    Parameters
    ----------
    scale : Biex

    Returns
    -------
    array of float
        Rising; the last is a little below `top`.

    Examples
    --------
    >>> table = make_biex_table(Biex(top=262144, positive=4.41854, negative=0, width=-10))
    >>> len(table), round(float(table[0]), 1), round(float(table[-1]))
    (4097, -132.3, 261622)
    """
    steps = BIEX_POINTS + 1
    half = math.log10(-scale.width) / 2
    above, below = scale.positive - half, max(scale.negative, 0.0) + half
    zero = min(int(below * BIEX_POINTS / (below + above)), BIEX_POINTS // 2)
    if zero > 0:
        above = below * BIEX_POINTS / zero
    rise = above * math.log(10)
    linear = half / above
    fall = _find_fall(rise, linear)
    place = np.arange(steps) / steps
    mirror = math.exp((rise + fall) * (linear + below / above))
    shape = np.exp(rise * place) - mirror * np.exp(-fall * place)
    table = scale.top * math.exp(-rise) * (shape - shape[zero])
    table[:zero] = -table[2 * zero - np.arange(zero)]
    table.flags.writeable = False
    return np.asarray(table)


def _find_fall(rise: float, linear: float) -> float:
    """Solve for the exponent of the negative branch: equal to the other where nothing is linear."""
    from scipy.optimize import brentq  # half a second to load

    if linear == 0:
        return rise
    found = brentq(
        lambda fall: 2 * math.log(fall / rise) + linear * (rise + fall),
        1e-12 * rise,
        rise,
        xtol=1e-14,
    )
    return float(found)
