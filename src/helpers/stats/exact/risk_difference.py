"""The difference of two shares with an exact interval: how many more of 100 patients."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln, xlog1py, xlogy
from statsmodels.stats.proportion import confint_proportions_2indep

from helpers.stats.result import Interval, StatisticResult, check_level

Floats = npt.NDArray[np.float64]

MOST_TABLES = 2601
"""Tables that are enumerated, such as 50 patients an arm; with more Newcombe's is given."""

DIFFERENCE_STEP, SHARE_STEPS = 0.01, 100
"""Grid of differences that are tried, and of the unknown share below each of them."""

EXACT = "exact unconditional score interval (Agresti and Min)"
ASYMPTOTIC = "hybrid score interval (Newcombe)"


def risk_difference(
    events: int, n: int, control_events: int, control_n: int, *, level: float = 0.95
) -> StatisticResult:
    """Give the difference of two shares, first minus second, with its exact interval.

    Parameters
    ----------
    events, n : int
        Patients with the event, and all, in the group that is judged.
    control_events, control_n : int
        The same in its reference.
    level : float
        Confidence level.

    Returns
    -------
    StatisticResult
        The difference, -1 to 1, and its interval; no p-value (Fisher's test gives one). Missing
        with a reason where a group has nobody.

    Raises
    ------
    ValueError
        When a count is negative or larger than its group.

    Notes
    -----
    A difference is inside the interval when no share of the reference makes the data improbable
    under it: the two-sided test of the score statistic is inverted, and the unknown share is taken
    where the test is weakest. It never covers less than its level, apart from the grid (0.001 of
    the difference, 0.01 of the share). It is not the interval of Fisher's test, whose p may lie on
    the other side of 0.05. Above 50 patients an arm Newcombe's hybrid score interval is given,
    which needs no enumeration.

    References
    ----------
    Agresti A, Min Y. Biometrics 2001;57:963. Newcombe RG. Stat Med 1998;17:873.

    Examples
    --------
    >>> result = risk_difference(9, 9, 1, 6)
    >>> round(result.estimate, 3), [round(end, 2) for end in result.interval]
    (0.833, [0.35, 0.99])
    """
    check_level(level)
    for count, total in ((events, n), (control_events, control_n)):
        if not 0 <= count <= total:
            raise ValueError(f"a count must be from 0 to its group's {total}, got {count}")
    if not n or not control_n:
        return StatisticResult(n_used=n + control_n, reason="a group has nobody who was judged")
    estimate = events / n - control_events / control_n
    if (n + 1) * (control_n + 1) > MOST_TABLES:
        low, high = confint_proportions_2indep(
            events, n, control_events, control_n, method="newcomb", alpha=1 - level
        )
        words = ASYMPTOTIC
    else:
        tables = _Tables(n, control_n)
        at = events * (control_n + 1) + control_events
        low = -_find_end(tables.swapped, control_events * (n + 1) + events, 1 - level, -estimate)
        high, words = _find_end(tables, at, 1 - level, estimate), EXACT
    return StatisticResult(
        estimate=estimate,
        interval=Interval(float(low), float(high), level),
        n_used=n + control_n,
        method=f"difference of shares, {words}",
    )


class _Tables:
    """Every pair of counts of two groups, and how probable each is under any two shares."""

    def __init__(self, m: int, n: int) -> None:
        self.m, self.n = m, n
        x, y = np.meshgrid(np.arange(m + 1.0), np.arange(n + 1.0), indexing="ij")
        self.x, self.y = x.ravel(), y.ravel()
        self._log_ways = _log_choose(m, self.x) + _log_choose(n, self.y)

    @property
    def swapped(self) -> _Tables:
        return _Tables(self.n, self.m)

    def find_p(self, difference: float, at: int) -> float:
        """Give the largest p, over the second share, of the score test of a difference."""
        score = np.abs(self._score(difference))
        extreme = score >= score[at] - 1e-9
        shares = np.linspace(max(0.0, -difference), min(1.0, 1.0 - difference), SHARE_STEPS + 1)
        second = shares[:, None]
        first = np.clip(second + difference, 0.0, 1.0)
        x, y = self.x[extreme], self.y[extreme]
        log_p = self._log_ways[extreme] + xlogy(x, first) + xlog1py(self.m - x, -first)
        log_p = log_p + xlogy(y, second) + xlog1py(self.n - y, -second)
        return float(np.exp(log_p).sum(axis=1).max())

    def _score(self, difference: float) -> Floats:
        """Give the score statistic of each table; its variance is at the restricted estimate."""
        second = _restrict(self.x, self.m, self.y, self.n, difference)
        first = np.clip(second + difference, 0.0, 1.0)
        variance = first * (1 - first) / self.m + second * (1 - second) / self.n
        gap = self.x / self.m - self.y / self.n - difference
        with np.errstate(divide="ignore", invalid="ignore"):
            score = gap / np.sqrt(variance)
        settled = np.where(np.abs(gap) < 1e-12, 0.0, np.copysign(np.inf, gap))
        return np.where(variance > 1e-15, score, settled)


def _restrict(x: Floats, m: int, y: Floats, n: int, d: float) -> Floats:
    """Give the most likely second share where the first is higher by d: the root of a cubic."""
    total = m + n
    third = float(total)
    second = (m + 2 * n) * d - total - x - y
    first = (n * d - total - 2 * y) * d + x + y
    zeroth = y * d * (1 - d)
    v = second**3 / (3 * third) ** 3 - second * first / (6 * third**2) + zeroth / (2 * third)
    inner = second**2 / (3 * third) ** 2 - first / (3 * third)
    u = np.copysign(np.sqrt(np.maximum(inner, 0.0)), v)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(np.abs(u) > 1e-12, v / u**3, 0.0)
    angle = (np.pi + np.arccos(np.clip(ratio, -1.0, 1.0))) / 3
    root = 2 * u * np.cos(angle) - second / (3 * third)
    inside: Floats = np.clip(root, max(0.0, -d), min(1.0, 1.0 - d))
    return inside


def _find_end(tables: _Tables, at: int, alpha: float, estimate: float) -> float:
    """Find the largest difference that is not rejected."""
    tried = np.arange(1.0, estimate, -DIFFERENCE_STEP)
    inside = next((d for d in tried if tables.find_p(float(d), at) > alpha), estimate)
    low, high = float(inside), min(1.0, float(inside) + DIFFERENCE_STEP)
    while high - low > 1e-4:
        middle = (low + high) / 2
        low, high = (middle, high) if tables.find_p(middle, at) > alpha else (low, middle)
    return low


def _log_choose(n: int, k: Floats) -> Floats:
    ways: Floats = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    return ways
