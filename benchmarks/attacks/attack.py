"""What every attack is: a number of cases, each of which holds to what the project promises or not.

A case is nothing but its number: the same number gives the same case on every machine, so that a
failure is seen again with ``benchmarks/attack.py --replay KIND NUMBER``.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

WORKERS, FEW = 2, 4
"""Cases are tried side by side, but no worker is made ready for less than a few."""


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
    run: Callable[[Iterable[int], Path], list[Failure]]


def divide(
    numbers: Iterable[Any], serve: Callable[[list[Any], int], Iterable[Failure | None]]
) -> list[Failure]:
    """Let each worker serve its share of the cases; give the failures in order."""
    numbers = list(numbers)
    workers = min(WORKERS, -(-len(numbers) // FEW))
    shares = [numbers[place::workers] for place in range(workers)]
    with ThreadPoolExecutor(WORKERS) as threads:
        found = threads.map(lambda some, place: list(serve(some, place)), shares, range(WORKERS))
        failures = [one for some in found for one in some if one]
    return sorted(failures, key=lambda failure: failure.number)


def tell(number: int, kind: str, case: str, seen: str) -> Failure | None:
    """Make a failure of what was seen; nothing where there is no kind of one."""
    return Failure(number, kind, case, seen[-300:]) if kind else None


def draw(name: str, number: int) -> Random:
    """Give the source of chance of one case."""
    return Random(f"{name} {number}")
