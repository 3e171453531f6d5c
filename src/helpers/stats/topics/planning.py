"""How many patients a controlled trial would need: exact power, and the same by simulation."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import gammaln
from scipy.stats import binom

from helpers.stats.result import TAIL_TOLERANCE

Booleans = npt.NDArray[np.bool_]

LARGEST_ARM = 2000
"""Beyond so many patients an arm the tables no longer fit, and a formula will do."""


@dataclass(frozen=True, slots=True)
class ArmSize:
    """How many patients each arm needs for a given power.

    Attributes
    ----------
    scenario : str
        Which share of responders under treatment is assumed.
    target : float
        The power wanted.
    n_per_arm : int or None
        Least number from which every larger one that was tried reaches the target too; None where
        the largest that was tried does not reach it.
    power : float or None
        Power at that number.
    """

    scenario: str
    target: float
    n_per_arm: int | None
    power: float | None


def find_rejections(n_per_arm: int, *, level: float = 0.05) -> Booleans:
    """Find the outcomes of a trial with two equal arms that Fisher's exact test calls significant.

    Parameters
    ----------
    n_per_arm : int
        Patients in each arm.
    level : float
        Two-sided p up to which a result is significant.

    Returns
    -------
    ndarray of bool, shape (n_per_arm + 1, n_per_arm + 1)
        True where the p of a responders in one arm and b in the other is at most `level`.

    Raises
    ------
    ValueError
        When there are no patients, or more than `LARGEST_ARM`.

    Notes
    -----
    With equal arms the table's distribution is symmetric given its margins, so doubling the smaller
    tail, minimum likelihood and Blaker's rule are one test.

    Examples
    --------
    >>> [int(n) for n in np.argwhere(find_rejections(5))[0]], int(find_rejections(5).sum())
    ([0, 4], 6)
    """
    if not 1 <= n_per_arm <= LARGEST_ARM:
        raise ValueError(f"n_per_arm must lie between 1 and {LARGEST_ARM}, got {n_per_arm}")
    counts = np.arange(n_per_arm + 1)
    ways = gammaln(n_per_arm + 1) - gammaln(counts + 1) - gammaln(n_per_arm - counts + 1)
    total = counts[:, None] + counts[None, :]
    both = 2 * n_per_arm
    all_ways = gammaln(both + 1) - gammaln(total + 1) - gammaln(both - total + 1)
    by_total = np.zeros((n_per_arm + 1, both + 1))
    by_total[counts[:, None], total] = np.exp(ways[:, None] + ways[None, :] - all_ways)
    lower = by_total.cumsum(axis=0)[counts[:, None], total]
    return np.asarray(2 * np.minimum(lower, lower.T) <= level + TAIL_TOLERANCE)


def compute_power(n_per_arm: int, *, treated: float, control: float, level: float = 0.05) -> float:
    """Give the chance that a trial finds the treatment better, exactly.

    Parameters
    ----------
    n_per_arm : int
        Patients in each of two equal arms.
    treated, control : float
        True shares of responders, 0 to 1.
    level : float
        Two-sided level of Fisher's exact test.

    Returns
    -------
    float
        Sum of the binomial probabilities of all outcomes that are significant and in which more
        patients respond under treatment.

    Raises
    ------
    ValueError
        When a share is outside 0 to 1.

    Examples
    --------
    >>> round(compute_power(50, treated=0.5, control=0.2), 4)
    0.8527
    """
    _check_shares(treated, control)
    return _weigh(find_rejections(n_per_arm, level=level), treated, control)


def _check_shares(*shares: float) -> None:
    wrong = [share for share in shares if not 0 <= share <= 1]
    if wrong:
        raise ValueError(f"shares must lie between 0 and 1, got {wrong}: divide by 100?")


def _weigh(rejections: Booleans, treated: float, control: float) -> float:
    counts = np.arange(len(rejections))
    first, second = (binom.pmf(counts, len(counts) - 1, share) for share in (treated, control))
    # Significant the wrong way round is no success: only more responders under treatment count.
    return float(first @ np.tril(rejections, -1) @ second)


def compute_power_curve(
    sizes: Sequence[int], treated: Mapping[str, float], *, control: float, level: float = 0.05
) -> pd.DataFrame:
    """Give the exact power of trials of several sizes under several shares of responders.

    Parameters
    ----------
    sizes : sequence of int
        Patients in each arm.
    treated : mapping of str to float
        Share of responders under treatment, by name of the scenario.
    control : float
        Share of responders without treatment.
    level : float
        Two-sided level of Fisher's exact test.

    Returns
    -------
    DataFrame
        One row per scenario and size: scenario, n_per_arm, power.

    Raises
    ------
    ValueError
        As `compute_power`.

    Examples
    --------
    >>> curve = compute_power_curve([20, 50], {"seen": 0.5}, control=0.2)
    >>> curve["power"].round(3).tolist()
    [0.409, 0.853]
    """
    _check_shares(control, *treated.values())
    rows = []
    for size in sizes:
        rejections = find_rejections(size, level=level)
        for scenario, share in treated.items():
            power = _weigh(rejections, share, control)
            rows.append({"scenario": scenario, "n_per_arm": size, "power": power})
    return pd.DataFrame(rows, columns=["scenario", "n_per_arm", "power"])


def find_arm_sizes(curve: pd.DataFrame, *, targets: Sequence[float]) -> list[ArmSize]:
    """Find the least number of patients per arm that reaches each power.

    Parameters
    ----------
    curve : DataFrame
        From `compute_power_curve`, with sizes close together.
    targets : sequence of float
        Powers wanted.

    Returns
    -------
    list of ArmSize
        By scenario, then by target.

    Notes
    -----
    The power of an exact test goes up and down a little as patients are added; the number given is
    the one from which it stays at or above the target.

    Examples
    --------
    >>> curve = pd.DataFrame({"scenario": "seen", "n_per_arm": [1, 2, 3, 4],
    ...                       "power": [0.8, 0.7, 0.8, 0.9]})
    >>> find_arm_sizes(curve, targets=[0.8])[0].n_per_arm
    3
    """
    found = []
    for scenario, part in curve.groupby("scenario", sort=False):
        ordered = part.sort_values("n_per_arm")
        for target in targets:
            short = np.flatnonzero(ordered["power"].to_numpy() < target)
            place = int(short[-1]) + 1 if len(short) else 0
            reached = place < len(ordered)
            size = int(ordered["n_per_arm"].iloc[place]) if reached else None
            power = float(ordered["power"].iloc[place]) if reached else None
            found.append(ArmSize(str(scenario), target, size, power))
    return found


def simulate_power(
    sizes: Sequence[int],
    *,
    treated: float,
    control: float,
    simulations: int = 10_000,
    seed: int = 1,
    level: float = 0.05,
) -> pd.DataFrame:
    """Give the power again by playing the trial many times, with the error of that.

    Parameters
    ----------
    sizes : sequence of int
        Patients in each arm.
    treated, control : float
        True shares of responders.
    simulations : int
        Trials played for each size.
    seed : int
        The same seed gives the same numbers.
    level : float
        Two-sided level of Fisher's exact test.

    Returns
    -------
    DataFrame
        One row per size: n_per_arm, power, error (Monte Carlo standard error), simulations.

    Raises
    ------
    ValueError
        When a share is outside 0 to 1, or there are no simulations.

    Examples
    --------
    >>> played = simulate_power([50], treated=0.5, control=0.2, simulations=2000)
    >>> bool(abs(played["power"].iloc[0] - 0.8527) < 4 * played["error"].iloc[0])
    True
    """
    _check_shares(treated, control)
    if simulations < 1:
        raise ValueError(f"simulations must be 1 or more, got {simulations}")
    random = np.random.default_rng(seed)
    rows = []
    for size in sizes:
        first, second = (random.binomial(size, p, simulations) for p in (treated, control))
        successes = np.tril(find_rejections(size, level=level), -1)
        power = float(successes[first, second].mean())
        error = math.sqrt(power * (1 - power) / simulations)
        rows.append({"n_per_arm": size, "power": power, "error": error, "simulations": simulations})
    return pd.DataFrame(rows, columns=["n_per_arm", "power", "error", "simulations"])
