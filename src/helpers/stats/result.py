"""What every statistic hands back: a number, its interval, its p, and on how many it rests."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Alternative = Literal["two-sided", "less", "greater"]

TAIL_TOLERANCE = 1e-12
"""Two probabilities closer than this are one: float sums of exact counts differ by less."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A confidence interval that says what it promises and what it keeps.

    Attributes
    ----------
    low, high : float
        The limits; a side that is not bounded is ``-inf`` or ``inf``.
    level : float
        The level asked for.
    achieved : float or None
        The exact coverage, where the null distribution gives it. Discrete data cannot hit 0.95;
        a value below `level` means that so few observations cannot reach it.

    Examples
    --------
    >>> low, high = Interval(0.01, 0.786, achieved=0.9609375)
    >>> low, high
    (0.01, 0.786)
    >>> 0 in Interval(0.01, 0.786)
    False
    """

    low: float
    high: float
    level: float = 0.95
    achieved: float | None = None

    def __iter__(self) -> Iterator[float]:
        yield self.low
        yield self.high

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high


@dataclass(frozen=True, slots=True, kw_only=True)
class StatisticResult:
    """One statistic with all a reader needs to judge it.

    Attributes
    ----------
    estimate : float or None
        The effect, with its sign; None when undefined.
    interval : Interval or None
        Its confidence interval.
    p_value : float or None
        From the test that `method` names.
    statistic : float or None
        The test statistic, where there is one.
    n_used, n_missing : int
        Observations (or pairs) that went in, and those dropped because a value was missing.
    ties : int
        Observations used that share their value (after zeros left) with another one.
    zeros : int
        Differences of exactly zero met before the zero rule was applied.
    method : str
        What was computed, in words fit for a caption.
    alternative : {"two-sided", "less", "greater"}
    smallest_p : float or None
        The least p this n and these ties could ever have given.
    p_error : float or None
        Monte Carlo standard error of the p; None when the p is exact or from a formula.
    reason : str
        Why something above is missing; empty when all is defined.
    note : str
        What to know before quoting the numbers, such as a level out of reach.

    Examples
    --------
    >>> StatisticResult(estimate=1.5, n_used=4, method="a mean").as_row()["estimate"]
    1.5
    """

    estimate: float | None = None
    interval: Interval | None = None
    p_value: float | None = None
    statistic: float | None = None
    n_used: int = 0
    n_missing: int = 0
    ties: int = 0
    zeros: int = 0
    method: str = ""
    alternative: Alternative = "two-sided"
    smallest_p: float | None = None
    p_error: float | None = None
    reason: str = ""
    note: str = ""

    def as_row(self) -> dict[str, object]:
        """Return one tidy row: the fields, the interval as low, high, level and achieved."""
        row: dict[str, object] = {
            name: getattr(self, name) for name in self.__dataclass_fields__ if name != "interval"
        }
        limits = self.interval or Interval(math.nan, math.nan, math.nan)
        row |= {"low": limits.low, "high": limits.high, "level": limits.level}
        return row | {"achieved": limits.achieved}


def check_level(level: float) -> float:
    """Return the level, or raise when it is no confidence level.

    Raises
    ------
    ValueError
        When `level` is not strictly between 0 and 1.

    Examples
    --------
    >>> check_level(0.95)
    0.95
    """
    if not 0 < level < 1:
        raise ValueError(
            f"level must lie strictly between 0 and 1, got {level}: write 0.95, not 95"
        )
    return float(level)


def check_choice(value: str, allowed: tuple[str, ...], *, name: str) -> str:
    """Return the choice in its canonical spelling; hyphens, underscores and case do not matter.

    Raises
    ------
    ValueError
        When `value` is none of `allowed`.

    Examples
    --------
    >>> check_choice("mid-p", ("central", "midp"), name="method")
    'midp'
    """
    canonical = {_plain(option): option for option in allowed}
    if _plain(value) not in canonical:
        raise ValueError(f"{name} must be one of {', '.join(allowed)}; got {value!r}")
    return canonical[_plain(value)]


def check_alternative(alternative: str) -> Alternative:
    """Return the alternative, or raise naming the three that exist.

    Examples
    --------
    >>> check_alternative("less")
    'less'
    """
    allowed = ("two-sided", "less", "greater")
    return check_choice(alternative, allowed, name="alternative")  # type: ignore[return-value]


def describe_alternative(alternative: Alternative) -> str:
    """Say in words how the p counts what is extreme.

    Examples
    --------
    >>> describe_alternative("less")
    'one-sided (less)'
    """
    if alternative == "two-sided":
        return "two-sided by distance from the null mean"
    return f"one-sided ({alternative})"


def tail_level(level: float, alternative: Alternative) -> float:
    """Return the error allowed at one end of an interval.

    Examples
    --------
    >>> round(tail_level(0.95, "two-sided"), 12)
    0.025
    """
    return (1 - level) / 2 if alternative == "two-sided" else 1 - level


def _plain(text: str) -> str:
    return str(text).lower().replace("-", "").replace("_", "").replace(" ", "").replace(".", "")
