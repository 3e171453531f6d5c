"""What every attack is: a number of cases, each of which holds to what the project promises or not.

A case is nothing but its number: the same number gives the same case on every machine, so that a
failure is seen again with ``benchmarks/attack.py --replay KIND NUMBER``.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random


@dataclass(frozen=True)
class Failure:
    """One case in which the project did not hold.

    Attributes
    ----------
    number : int
        The case, to be replayed.
    kind : str
        What went wrong, in words that are the same for the same fault.
    case : str
        The smallest input that shows it.
    seen : str
        What was seen instead.
    """

    number: int
    kind: str
    case: str
    seen: str


@dataclass(frozen=True)
class Attack:
    """One attack.

    Attributes
    ----------
    name : str
        As ``--only`` names it.
    promise : str
        What must hold in every case, in one sentence.
    cases : int
        How many cases a full attack tries; ``--scale`` makes them fewer.
    run : callable
        Tries cases by their numbers in an empty folder, and gives what failed.
    """

    name: str
    promise: str
    cases: int
    run: Callable[[Iterable[int], Path], Iterator[Failure]]


def draw(name: str, number: int) -> Random:
    """Give the source of chance of one case."""
    return Random(f"{name} {number}")
