"""Seeded draws that are the same whole numbers on every machine and under every numpy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

Item = TypeVar("Item")

SEED = 2014
"""Year of the trial's full publication; any other number gives another cohort of equal standing."""

MOST_ATTEMPTS = 5_000


class Draws:
    """Whole numbers drawn from one stream of the PCG64 generator.

    Only the raw 64-bit output is used: numpy promises that it never changes, while the methods
    that turn it into numbers of a distribution may.

    Parameters
    ----------
    topic : str
        Names the stream, so that one topic can be changed without moving the others.
    seed : int

    Examples
    --------
    >>> Draws("example").between(1, 6) == Draws("example").between(1, 6)
    True
    """

    def __init__(self, topic: str, *, seed: int = SEED) -> None:
        self._bits = np.random.PCG64(np.random.SeedSequence([seed, *topic.encode()]))

    def between(self, low: int, high: int) -> int:
        """Draw one whole number from low to high, both included.

        The remainder of 64 random bits is uneven by less than one part in 10^15.

        >>> 1 <= Draws("example").between(1, 6) <= 6
        True
        """
        if high < low:
            raise ValueError(f"expected low <= high, found {low} > {high}")
        return low + int(self._bits.random_raw()) % (high - low + 1)

    def choose(self, items: Sequence[Item]) -> Item:
        """Draw one of several items.

        >>> Draws("example").choose(["a"])
        'a'
        """
        return items[self.between(0, len(items) - 1)]

    def shuffle(self, items: Sequence[Item]) -> list[Item]:
        """Put items in random order (Fisher-Yates).

        >>> sorted(Draws("example").shuffle([3, 1, 2]))
        [1, 2, 3]
        """
        shuffled = list(items)
        for last in range(len(shuffled) - 1, 0, -1):
            other = self.between(0, last)
            shuffled[last], shuffled[other] = shuffled[other], shuffled[last]
        return shuffled

    def skewed(self, low: int, high: int) -> int:
        """Draw one whole number from low to high, small ones more often, as a log-normal would.

        The smallest of three even draws: right-skewed without a logarithm, whose last digit may
        differ from machine to machine.

        >>> 10 <= Draws("example").skewed(10, 90) <= 90
        True
        """
        return min(self.between(low, high) for _ in range(3))


def draw_until(draw: Callable[[], Item], accept: Callable[[Item], bool], *, what: str) -> Item:
    """Draw again and again, and keep the first outcome that is accepted (rejection sampling).

    Parameters
    ----------
    draw : callable
        Makes one candidate.
    accept : callable
        The published condition.
    what : str
        For the message when it never holds.

    Raises
    ------
    RuntimeError
        When `MOST_ATTEMPTS` candidates were refused: the ranges contradict the condition.

    Examples
    --------
    >>> stream = Draws("example")
    >>> draw_until(lambda: stream.between(1, 6), lambda face: face == 6, what="a six")
    6
    """
    for _ in range(MOST_ATTEMPTS):
        candidate = draw()
        if accept(candidate):
            return candidate
    raise RuntimeError(
        f"{what}: none of {MOST_ATTEMPTS} candidates met the published condition; "
        "widen the range that they are drawn from"
    )


def scale_percent(value: int, percent: int) -> int:
    """Take a percentage of a whole number, halves rounded up, in whole-number arithmetic.

    >>> scale_percent(15, 110), scale_percent(15, 90)
    (17, 14)
    """
    return (2 * value * percent + 100) // 200


def fit_to_total(values: Sequence[int], *, total: int, low: int, high: int) -> list[int]:
    """Move whole numbers as little as possible so that they add up to a total.

    Every value is moved by one, in turn from the first to the last, until the sum is right; a
    value at a limit stays there.

    Parameters
    ----------
    values : sequence of int
    total : int
        What they must add up to.
    low, high : int
        Limits of each value.

    Raises
    ------
    ValueError
        When no values inside the limits can add up to it.

    Examples
    --------
    >>> fit_to_total([5, 9, 2], total=20, low=1, high=9)
    [7, 9, 4]
    """
    fitted = [min(max(value, low), high) for value in values]
    if not low * len(fitted) <= total <= high * len(fitted):
        raise ValueError(f"{len(fitted)} values of {low} to {high} cannot add up to {total}")
    place = 0
    while (difference := total - sum(fitted)) != 0:
        step = 1 if difference > 0 else -1
        if low <= fitted[place] + step <= high:
            fitted[place] += step
        place = (place + 1) % len(fitted)
    return fitted


def mix(*parts: tuple[int, int]) -> int:
    """Give the weighted mean of whole numbers, rounded down; each part is a weight and a value.

    What two mixtures share makes them move together.

    >>> mix((60, 100), (40, 50))
    80
    """
    return sum(weight * value for weight, value in parts) // sum(weight for weight, _ in parts)
