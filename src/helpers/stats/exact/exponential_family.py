"""Discrete one-parameter families: one engine for every exact test and interval on counts.

Binomial counts, the cell of a 2 x 2 table with its margins fixed, and discordant pairs all have
probabilities proportional to ``weight(t) * exp(theta * t)``: theta is the log odds, or the log odds
ratio. The ways to be two-sided (central, mid-p, minimum likelihood, Blaker) are written once, here.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.optimize import brentq
from scipy.special import logsumexp

from helpers.stats.exact.samples import Floats, Integers
from helpers.stats.result import TAIL_TOLERANCE, Alternative

TwoSided = Literal["central", "midp", "minlike", "blaker"]

RELATIVE_TOLERANCE = 1e-7
"""Probabilities this close, relatively, count as equal: R's rule in `fisher.test`."""

FARTHEST = 700.0
"""Search range for theta: exp(700) is about the largest float."""


@dataclass(frozen=True, slots=True)
class ExponentialFamily:
    """A family on consecutive integers.

    Attributes
    ----------
    support : ndarray of int, shape (S,)
        The values the count can take, rising by 1.
    log_weights : ndarray of float, shape (S,)
        Log probability at theta = 0, up to a constant.
    """

    support: Integers
    log_weights: Floats

    def probabilities(self, theta: float) -> Floats:
        """Return the probability of each value; an infinite theta puts all mass at one end."""
        if math.isinf(theta):
            mass = np.zeros(len(self.support))
            mass[-1 if theta > 0 else 0] = 1.0
            return mass
        logs = self.log_weights + theta * self.support
        return np.asarray(np.exp(logs - logsumexp(logs)), dtype=float)

    def place(self, observed: int) -> int:
        """Return the index of an observed count."""
        return int(observed - self.support[0])

    def mirrored(self) -> ExponentialFamily:
        """Return the family of the negated count, so that upper limits are lower limits."""
        return ExponentialFamily(-self.support[::-1], self.log_weights[::-1])

    def maximum_likelihood(self, observed: int) -> float:
        """Return the theta whose mean is the observed count; infinite at either end."""
        if observed == self.support[-1]:
            return math.inf
        if observed == self.support[0]:
            return -math.inf

        def excess(theta: float) -> float:
            return float(self.probabilities(theta) @ self.support) - observed

        return _root(excess, -FARTHEST, FARTHEST)


def exact_p_value(
    family: ExponentialFamily,
    observed: int,
    *,
    theta: float,
    method: TwoSided,
    alternative: Alternative,
) -> float:
    """Return the exact p of one hypothesis about theta.

    Parameters
    ----------
    method : {"central", "midp", "minlike", "blaker"}
        What "at least as extreme" means. "central": twice the smaller tail. "midp": the same with
        half the probability of the observed count. "minlike": all counts no more likely than the
        observed one. "blaker": the smaller tail and the largest opposite tail that is no larger.
    alternative : {"two-sided", "less", "greater"}
        One-sided tails are the same for all methods but "midp".

    Examples
    --------
    >>> coins = ExponentialFamily(np.arange(4), np.log([1.0, 3.0, 3.0, 1.0]))
    >>> p = exact_p_value(coins, 3, theta=0.0, method="central", alternative="two-sided")
    >>> round(p, 12)
    0.25
    """
    mass = family.probabilities(theta)
    place = family.place(observed)
    lower, upper = float(mass[: place + 1].sum()), float(mass[place:].sum())
    if method == "midp":
        lower, upper = lower - mass[place] / 2, upper - mass[place] / 2
    if alternative == "less":
        return min(1.0, lower)
    if alternative == "greater":
        return min(1.0, upper)
    if method == "minlike":
        return min(1.0, float(mass[mass <= mass[place] * (1 + RELATIVE_TOLERANCE)].sum()))
    if method == "blaker":
        return _blaker_p(mass, lower, upper)
    return min(1.0, 2 * min(lower, upper))


def exact_limits(
    family: ExponentialFamily,
    observed: int,
    *,
    method: TwoSided,
    level: float,
    alternative: Alternative,
) -> tuple[float, float]:
    """Return the limits of theta that the same test does not reject.

    The set of thetas with p above 1 - level can have holes for "minlike" and "blaker"; the limits
    are then its outer ends, as in exact2x2.

    Examples
    --------
    >>> coins = ExponentialFamily(np.arange(4), np.log([1.0, 3.0, 3.0, 1.0]))
    >>> low, high = exact_limits(coins, 3, method="central", level=0.95, alternative="two-sided")
    >>> round(float(1 / (1 + np.exp(-low))), 6), high
    (0.292402, inf)
    """
    one_sided = alternative != "two-sided"
    tail = 1 - level if one_sided else (1 - level) / 2
    equal_tails = one_sided or method in ("central", "midp")

    def lower(one: ExponentialFamily, count: int) -> float:
        if equal_tails:
            return _tail_limit(one, count, tail, half=method == "midp")
        return _outer_limit(one, count, 1 - level, method)

    low = -math.inf if alternative == "less" else lower(family, observed)
    high = math.inf if alternative == "greater" else -lower(family.mirrored(), -observed)
    return low, high


def smallest_exact_p(
    family: ExponentialFamily, *, theta: float, method: TwoSided, alternative: Alternative
) -> float:
    """Return the least p any count could give under this hypothesis.

    Examples
    --------
    >>> coins = ExponentialFamily(np.arange(4), np.log([1.0, 3.0, 3.0, 1.0]))
    >>> p = smallest_exact_p(coins, theta=0.0, method="minlike", alternative="two-sided")
    >>> round(p, 12)
    0.25
    """
    # Probabilities fall away from one peak, so the most extreme count is one of the two ends.
    ends = (int(family.support[0]), int(family.support[-1]))
    return min(
        exact_p_value(family, end, theta=theta, method=method, alternative=alternative)
        for end in ends
    )


def _blaker_p(mass: Floats, lower: float, upper: float) -> float:
    near = min(lower, upper) * (1 + RELATIVE_TOLERANCE)
    far_tails = np.cumsum(mass[::-1]) if lower <= upper else np.cumsum(mass)
    reached = far_tails[far_tails <= near]
    return min(1.0, min(lower, upper) + float(reached.max(initial=0.0)))


def _tail_limit(family: ExponentialFamily, observed: int, tail: float, *, half: bool) -> float:
    """Return the theta at which the upper tail of the observed count equals `tail`."""
    place = family.place(observed)
    if place == 0 and not half:
        return -math.inf

    def excess(theta: float) -> float:
        mass = family.probabilities(theta)
        return float(mass[place:].sum()) - (mass[place] / 2 if half else 0.0) - tail

    return _root(excess, -FARTHEST, FARTHEST)


def _outer_limit(family: ExponentialFamily, observed: int, alpha: float, method: TwoSided) -> float:
    """Return the least theta whose two-sided p exceeds alpha.

    Below the observed count's own theta the p is P(T >= observed) + P(T <= j), where j rises in
    jumps as theta grows. Between two jumps p first falls, then rises (the part left out is an
    interval of counts), so each stretch is settled by its two ends and at most one root.
    """
    place = family.place(observed)
    if place == 0:
        return -math.inf
    first, start = 0, -FARTHEST
    if method == "blaker":
        # Blaker's p is at most twice the tail, so his limit is not below the central one.
        start = max(start, _tail_limit(family, observed, alpha / 2, half=False))
        mass = family.probabilities(start)
        first = int((np.cumsum(mass[:place]) <= mass[place:].sum()).sum())
    for j in range(first, place + 1):

        def excess(theta: float, kept: int = j) -> float:
            return 1 - alpha - float(family.probabilities(theta)[kept:place].sum())

        end = _jump(family, j, place, method) if j < place else FARTHEST
        if end > start:
            if excess(start) > TAIL_TOLERANCE:
                return start
            if excess(end) > 0:
                return _root(excess, start, end)
            start = end
    raise AssertionError("p reaches 1 before the observed count's own theta")


def _jump(family: ExponentialFamily, j: int, place: int, method: TwoSided) -> float:
    """Return the theta from which on the counts up to index j count as no less extreme."""
    logs = family.log_weights
    if method == "minlike":
        return float((logs[j] - logs[place]) / (place - j))

    def excess(theta: float) -> float:
        mass = family.probabilities(theta)
        return float(mass[place:].sum() - mass[: j + 1].sum())

    return _root(excess, -FARTHEST, FARTHEST)


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    if function(low) >= 0:
        return -math.inf if low == -FARTHEST else low
    return float(brentq(function, low, high, xtol=1e-13, rtol=1e-14, maxiter=500))
