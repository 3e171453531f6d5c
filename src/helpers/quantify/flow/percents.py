"""Percents of cells and their counting error: one population, less its background, and the change.

A tube holds a sample of the blood's cells: how many fall into a gate varies by chance even where
nothing else does. That is all these intervals hold. Staining, gating and the assay's variation from
day to day, often 30 % of the value, come on top.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

COUNT_ONLY_BELOW = 10
"""With fewer events in the gate, the count says more than a percent."""

IMPRECISE_BELOW = 25
"""With fewer, the counting error alone is more than a fifth of the value (1 / sqrt(25))."""

COUNT_ONLY = "count only"
IMPRECISE = "imprecise"
NOT_ABOVE_BACKGROUND = "not above background"
NO_PARENT_EVENTS = "no parent events"

EXACT = "exact (Clopper-Pearson) binomial interval, counting error only"
NEWCOMBE = "Newcombe's interval for a difference of two proportions, counting error only"
MOVER = "MOVER of four Wilson intervals, counting error only"


@dataclass(frozen=True)
class Share:
    """Events in a gate among those of its parent.

    >>> Share(0, 20000).percent
    0.0
    """

    count: int
    parent: int

    def __post_init__(self) -> None:
        if not 0 <= self.count <= self.parent:
            raise ValueError(
                f"expected a count from 0 to its parent's {self.parent}, got {self.count}: "
                "count events of the gate among those of the parent"
            )

    @property
    def percent(self) -> float | None:
        """The share in per cent; None where the parent has no events."""
        return 100 * self.count / self.parent if self.parent else None


@dataclass(frozen=True)
class Percent:
    """A percent, or a difference of percents, with its counting error.

    Attributes
    ----------
    value : float or None
        Per cent of the parent, or percentage points; None where a parent has no events.
    se, lower, upper : float or None
        Standard error and 95 % limits, in the unit of `value`.
    method : str
        How the interval was made, in words; empty where there is none.
    flags : tuple of str
        What a reader must know before using it.
    """

    value: float | None
    se: float | None
    lower: float | None
    upper: float | None
    method: str
    flags: tuple[str, ...]


_MISSING = Percent(None, None, None, None, "", (NO_PARENT_EVENTS,))


def find_percent(share: Share, *, level: float = 0.95) -> Percent:
    """Give the percent of a population, with its exact binomial interval.

    Parameters
    ----------
    share : Share
    level : float
        Of confidence.

    Returns
    -------
    Percent
        Missing where the parent has no events. Clopper and Pearson's interval (Biometrika 1934;
        26:404-413), by statsmodels.

    Examples
    --------
    >>> one = find_percent(Share(0, 20000))
    >>> one.value, one.lower, round(one.upper, 3), one.flags
    (0.0, 0.0, 0.018, ('count only',))
    """
    from statsmodels.stats.proportion import proportion_confint  # half a second to load

    if not share.parent:
        return _MISSING
    lower, upper = proportion_confint(share.count, share.parent, alpha=1 - level, method="beta")
    return Percent(
        value=share.percent,
        se=100 * math.sqrt(_find_variance(share)),
        lower=100 * float(lower),
        upper=100 * float(upper),
        method=EXACT,
        flags=_flag_count(share.count),
    )


def find_net(stimulated: Share, unstimulated: Share, *, level: float = 0.95) -> Percent:
    """Give what a stimulus adds: the percent with it minus the percent without.

    Parameters
    ----------
    stimulated, unstimulated : Share
        Two tubes of one sample.
    level : float
        Of confidence.

    Returns
    -------
    Percent
        In percentage points, with Newcombe's interval (Statistics in Medicine 1998; 17:873-890,
        method 10). Missing where a parent has no events. Flagged by the events of the stimulated
        tube, and where the interval reaches 0 or below.

    Examples
    --------
    >>> net = find_net(Share(56, 70), Share(48, 80))
    >>> round(net.value, 1), round(net.lower, 2), round(net.upper, 2)
    (20.0, 5.24, 33.39)
    """
    net = _combine([(stimulated, 1), (unstimulated, -1)], NEWCOMBE, level)
    if net.lower is None:
        return net
    flags = _flag_count(stimulated.count)
    flags += (NOT_ABOVE_BACKGROUND,) if net.lower <= 0 else ()
    return Percent(net.value, net.se, net.lower, net.upper, net.method, flags)


def find_change(
    before: tuple[Share, Share] | Share, after: tuple[Share, Share] | Share, *, level: float = 0.95
) -> Percent:
    """Give the change of a percent, or of what a stimulus adds, from one visit to another.

    Parameters
    ----------
    before, after : Share, or pair of Share
        A pair is stimulated and unstimulated; both visits are of one kind.
    level : float
        Of confidence.

    Returns
    -------
    Percent
        In percentage points, after minus before. Two shares have Newcombe's interval, four MOVER's:
        the distances from each share to its Wilson limits are added in squares (Zou and Donner,
        Statistics in Medicine 2008; 27:1693-1702). Missing where a parent has no events.

    Raises
    ------
    ValueError
        When one visit has a pair and the other has not.

    Examples
    --------
    >>> before, after = (Share(40, 50000), Share(5, 50000)), (Share(90, 50000), Share(6, 50000))
    >>> change = find_change(before, after)
    >>> round(change.value, 3), round(change.lower, 3), round(change.upper, 3)
    (0.098, 0.051, 0.147)
    """
    if isinstance(before, Share) and isinstance(after, Share):
        change = _combine([(after, 1), (before, -1)], NEWCOMBE, level)
        counts = [after.count, before.count]
    elif isinstance(before, tuple) and isinstance(after, tuple):
        signed = [(after[0], 1), (after[1], -1), (before[0], -1), (before[1], 1)]
        change = _combine(signed, MOVER, level)
        counts = [after[0].count, before[0].count]
    else:
        raise ValueError(
            "expected both visits with a pair of tubes or both without, got one of each"
        )
    if change.value is None:
        return change
    flags = _flag_count(min(counts))
    return Percent(change.value, change.se, change.lower, change.upper, change.method, flags)


def _combine(
    signed: Sequence[tuple[Share, Literal[1, -1] | int]], method: str, level: float
) -> Percent:
    """Add and subtract shares; the limits by MOVER, which is Newcombe's interval for two."""
    from statsmodels.stats.proportion import proportion_confint

    if not all(share.parent for share, _ in signed):
        return _MISSING
    value = below = above = variance = 0.0
    for share, sign in signed:
        p = share.count / share.parent
        limits = proportion_confint(share.count, share.parent, alpha=1 - level, method="wilson")
        down, up = p - float(limits[0]), float(limits[1]) - p
        value += sign * p
        variance += _find_variance(share)
        below += (down if sign > 0 else up) ** 2
        above += (up if sign > 0 else down) ** 2
    lower, upper = value - math.sqrt(below), value + math.sqrt(above)
    return Percent(100 * value, 100 * math.sqrt(variance), 100 * lower, 100 * upper, method, ())


def _find_variance(share: Share) -> float:
    p = share.count / share.parent
    return p * (1 - p) / share.parent


def _flag_count(count: int) -> tuple[str, ...]:
    if count < COUNT_ONLY_BELOW:
        return (COUNT_ONLY,)
    return (IMPRECISE,) if count < IMPRECISE_BELOW else ()
