"""Time the exact rank tests against scipy's and pingouin's own routes, all in one run.

Run with ``python benchmarks/stats.py``. Every row names the route, its median time, how many times
slower it is than ours, and how far its p is from the exact one: a fast wrong answer is no rival.
Rounds take turns, so that a busy machine slows all routes alike.
"""

import time
import warnings
from statistics import median

import numpy as np
import pingouin as pg
from scipy import stats

from helpers.stats.exact.exact import rank_sum_test, signed_rank_test

ROUNDS = 15

# Differences and groups as clinical scores give them: small whole numbers, tied.
FIFTEEN = np.array([3, 5, -2, 1, 8, 4, 4, -1, 6, 2, 1, 10, -3, 7, 5], dtype=float)
FIFTY = np.tile(FIFTEEN, 4)[:50] * np.where(np.arange(50) % 4 == 0, -1, 1)
SEVEN = np.array([2, 3, 3, 5, 6, 6, 9], dtype=float)
EIGHT = np.array([1, 4, 5, 6, 7, 8, 8, 10], dtype=float)


def sum_of_positive_ranks(differences, axis=-1):
    ranks = stats.rankdata(np.abs(differences), axis=axis)
    return np.sum(ranks * (differences > 0), axis=axis)


def rank_sum_distance(x, y, axis=-1):
    """Return how far W lies from its mean: one-sided in this is two-sided by distance in W."""
    ranks = stats.rankdata(np.concatenate([x, y], axis=axis), axis=axis)
    centre = x.shape[axis] * (x.shape[axis] + y.shape[axis] + 1) / 2
    return np.abs(np.sum(ranks[..., : x.shape[axis]], axis=axis) - centre)


def signed_rank_routes(differences, *, resamples):
    return {
        "helpers signed_rank_test": lambda: signed_rank_test(differences).p_value,
        "scipy permutation_test": lambda: (
            stats.permutation_test(
                (differences,),
                sum_of_positive_ranks,
                permutation_type="samples",
                vectorized=True,
                n_resamples=resamples,
                rng=1,
            ).pvalue
        ),
        "scipy wilcoxon auto": lambda: stats.wilcoxon(differences).pvalue,
        "scipy wilcoxon exact": lambda: stats.wilcoxon(differences, method="exact").pvalue,
        "pingouin wilcoxon": lambda: float(pg.wilcoxon(differences)["p_val"].iloc[0]),
    }


def rank_sum_routes(x, y):
    return {
        "helpers rank_sum_test": lambda: rank_sum_test(x, y).p_value,
        "scipy permutation_test": lambda: (
            stats.permutation_test(
                (x, y),
                rank_sum_distance,
                vectorized=True,
                n_resamples=np.inf,
                alternative="greater",
            ).pvalue
        ),
        "scipy mannwhitneyu auto": lambda: stats.mannwhitneyu(x, y).pvalue,
        "scipy mannwhitneyu exact": lambda: stats.mannwhitneyu(x, y, method="exact").pvalue,
        "pingouin mwu": lambda: float(pg.mwu(x, y)["p_val"].iloc[0]),
    }


def compare(title, routes):
    seconds = {name: [] for name in routes}
    answers = {name: route() for name, route in routes.items()}
    for _ in range(ROUNDS):
        for name, route in routes.items():
            start = time.perf_counter()
            route()
            seconds[name].append(time.perf_counter() - start)
    ours = next(iter(routes))
    print(f"\n{title}\n{'route':28}{'median ms':>11}{'x ours':>9}{'p':>12}{'p - exact':>12}")
    for name, times in seconds.items():
        ratio = median(times) / median(seconds[ours])
        gap = answers[name] - answers[ours]
        print(f"{name:28}{median(times) * 1e3:11.3f}{ratio:9.1f}{answers[name]:12.7f}{gap:12.1e}")


def main():
    # The rivals warn of ties; that they are off is what the last column shows.
    warnings.simplefilter("ignore")
    compare("signed-rank, n = 15, tied", signed_rank_routes(FIFTEEN, resamples=np.inf))
    compare(
        "signed-rank, n = 50, tied (scipy: 9,999 draws, as 2**50 patterns cannot be enumerated)",
        signed_rank_routes(FIFTY, resamples=9_999),
    )
    compare("rank-sum, 7 v 8, tied", rank_sum_routes(SEVEN, EIGHT))


if __name__ == "__main__":
    main()
