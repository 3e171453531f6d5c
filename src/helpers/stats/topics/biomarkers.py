"""Candidates compared between two groups, and what so few patients can show of so many."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import norm

from helpers.stats.effect_sizes import cliff_delta
from helpers.stats.exact.exact import hodges_lehmann_shift
from helpers.stats.exact.rank_distributions import rank_sum_distribution
from helpers.stats.exact.samples import Floats, Integers, doubled_midranks, grid_codes
from helpers.stats.multiplicity import benjamini_hochberg, holm
from helpers.stats.result import TAIL_TOLERANCE
from helpers.stats.topics.discrimination import auc, score_interval

MOST_RELABELLINGS = 20_000
"""Up to so many ways of dealing out the groups are all tried; beyond, a seeded sample is."""

SAMPLED_RELABELLINGS = 9_999

ADJUSTMENTS = {"holm": holm, "benjamini_hochberg": benjamini_hochberg}

Booleans = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Reach:
    """What two groups of given sizes can show at best, whatever is measured in them.

    Attributes
    ----------
    n_first, n_second : int
        Patients in the two groups.
    level : float
        The p from which a result would be called significant.
    smallest_p : float or None
        Least exact rank-sum p without ties: complete separation. None when a group is empty.
    smallest_auc : float or None
        Least AUC above 0.5 whose p stays within the level; None when none does.
    false_alarm : float or None
        How often a value that tells nothing gives a p within the level.
    low, high : float or None
        Score interval (95 %) of an AUC of exactly 0.5.
    """

    n_first: int
    n_second: int
    level: float
    smallest_p: float | None = None
    smallest_auc: float | None = None
    false_alarm: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class BestOfMany:
    """How often chance alone makes the best of many candidates look as good as the one seen.

    Attributes
    ----------
    smallest_p : float or None
        Least p among the candidates.
    p_value : float or None
        Share of the ways to deal out the groups in which the least p is as small.
    n_candidates, n_relabellings : int
        Candidates that could be tested, and ways that were tried.
    complete : bool
        Whether all ways were tried, or a seeded sample.
    """

    smallest_p: float | None
    p_value: float | None
    n_candidates: int
    n_relabellings: int
    complete: bool


def compare_candidates(
    values: pd.DataFrame, groups: pd.Series, *, first: str, second: str
) -> pd.DataFrame:
    """Compare every candidate between two groups, by rank.

    Parameters
    ----------
    values : DataFrame
        One row per candidate and patient with a value: candidate, patient_id, value.
    groups : Series of str
        Group of each patient, index patient_id.
    first, second : str
        The groups; positive differences mean that the first is higher.

    Returns
    -------
    DataFrame
        One row per candidate, in order of appearance: candidate, n_first, n_second, median_first,
        median_second, shift with shift_low and shift_high (Hodges-Lehmann, in the value's unit),
        delta (Cliff), auc with auc_low and auc_high (Newcombe's score interval), p_value and
        smallest_p (exact rank-sum), auc_needed (see `Reach.smallest_auc`), reason. What is not
        defined is missing, and `reason` says why.

    Examples
    --------
    >>> values = pd.DataFrame({"candidate": "ck", "patient_id": list("ABCD"),
    ...                        "value": [9.0, 8.0, 1.0, 2.0]})
    >>> groups = pd.Series(["yes", "yes", "no", "no"], index=list("ABCD"))
    >>> row = compare_candidates(values, groups, first="yes", second="no").iloc[0]
    >>> float(row["auc"]), float(row["shift"]), round(float(row["p_value"]), 3)
    (1.0, 7.0, 0.333)
    """
    rows = []
    for name, part in values.groupby("candidate", sort=False):
        group = part["patient_id"].map(groups)
        rows.append({"candidate": name, **_compare(part, group, first=first, second=second)})
    columns = ["candidate", *_compare(values.iloc[:0], groups.iloc[:0], first=first, second=second)]
    return pd.DataFrame(rows, columns=columns)


def _compare(part: pd.DataFrame, group: pd.Series, *, first: str, second: str) -> dict[str, object]:
    x, y = (part.loc[(group == name).to_numpy(), "value"] for name in (first, second))
    area = auc(x, y, method="score")
    shift, delta = hodges_lehmann_shift(x, y), cliff_delta(x, y)
    low, high = area.interval or (math.nan, math.nan)
    shift_low, shift_high = shift.interval or (math.nan, math.nan)
    empty = [name for name, values in ((first, x), (second, y)) if values.empty]
    return {
        "n_first": len(x),
        "n_second": len(y),
        "median_first": x.median(),
        "median_second": y.median(),
        "shift": _number(shift.estimate),
        "shift_low": shift_low,
        "shift_high": shift_high,
        "delta": _number(delta.estimate),
        "auc": _number(area.estimate),
        "auc_low": low,
        "auc_high": high,
        "p_value": _number(area.p_value),
        "smallest_p": _number(area.smallest_p),
        "auc_needed": _number(derive_reach(len(x), len(y)).smallest_auc),
        "reason": f"no value in {' or '.join(empty)}" if empty else "",
    }


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)


def adjust_within_families(
    p_values: pd.Series, families: pd.Series, methods: Mapping[str, str]
) -> pd.Series:
    """Adjust p-values for the number of tests in the family of each.

    Parameters
    ----------
    p_values : Series of float
        Unadjusted; missing ones stay missing and do not count.
    families : Series of str
        Family of each, same index.
    methods : mapping of str to str
        "holm", "benjamini_hochberg" or "none" for each family.

    Returns
    -------
    Series of float

    Raises
    ------
    ValueError
        When a family has no method, or the method is another word.

    Examples
    --------
    >>> adjust_within_families(pd.Series([0.01, 0.04, 0.03]), pd.Series(["a", "a", "b"]),
    ...                        {"a": "holm", "b": "none"}).tolist()
    [0.02, 0.04, 0.03]
    """
    adjusted = p_values.astype("float64").copy()
    for family in families.unique():
        method = methods.get(family, "")
        if method not in (*ADJUSTMENTS, "none"):
            raise ValueError(
                f"family {family!r}: expected an adjustment of {', '.join(ADJUSTMENTS)} or none, "
                f"found {method!r}; declare it under endpoint_families in study.yml"
            )
        members = families == family
        if method != "none":
            adjusted[members] = ADJUSTMENTS[method](adjusted[members])
    return adjusted


def leave_out_patients(
    values: pd.DataFrame, groups: pd.Series, *, first: str, second: str
) -> pd.DataFrame:
    """Compare every candidate again without each patient in turn.

    Parameters
    ----------
    values, groups, first, second
        As in `compare_candidates`.

    Returns
    -------
    DataFrame
        One row per candidate and patient with a value: candidate, left_out, auc, p_value.

    Examples
    --------
    >>> values = pd.DataFrame({"candidate": "ck", "patient_id": list("ABCD"),
    ...                        "value": [9.0, 1.5, 1.0, 2.0]})
    >>> groups = pd.Series(["yes", "yes", "no", "no"], index=list("ABCD"))
    >>> leave_out_patients(values, groups, first="yes", second="no")["auc"].tolist()
    [0.5, 1.0, 0.5, 1.0]
    """
    rows = []
    for name, part in values.groupby("candidate", sort=False):
        member = (part["patient_id"].map(groups) == first).to_numpy(dtype=bool)
        known = member | (part["patient_id"].map(groups) == second).to_numpy(dtype=bool)
        codes, patients = grid_codes(part["value"].to_numpy(dtype=float)), part["patient_id"]
        for place, patient in enumerate(patients):
            rest = known & (np.arange(len(codes)) != place)
            area, p_value = _separate(codes[rest], member[rest])
            about = {"candidate": name, "left_out": patient}
            rows.append(about | {"auc": area, "p_value": p_value})
    return pd.DataFrame(rows, columns=["candidate", "left_out", "auc", "p_value"])


def _separate(codes: Integers, member: Booleans) -> tuple[float, float]:
    """Return AUC and exact p as `auc` does, without the interval, for the many repetitions."""
    m, n = int(member.sum()), int((~member).sum())
    if not m or not n:
        return math.nan, math.nan
    ranks = doubled_midranks(codes)
    total = int(ranks[member].sum())
    null = rank_sum_distribution(ranks, m)
    return (total - m * (m + 1)) / (2 * m * n), null.p_value(total, "two-sided")


def summarise_left_out(left_out: pd.DataFrame, comparison: pd.DataFrame) -> pd.DataFrame:
    """Say how far each result moves without one patient, and whose absence moves it most.

    Parameters
    ----------
    left_out : DataFrame
        From `leave_out_patients`.
    comparison : DataFrame
        From `compare_candidates`.

    Returns
    -------
    DataFrame
        One row per candidate of `comparison`: candidate, auc_least, auc_most, p_least, p_most,
        matters_most (patient whose absence moves the AUC farthest; several are joined by commas).

    Examples
    --------
    >>> left_out = pd.DataFrame({"candidate": "ck", "left_out": ["A", "B"], "auc": [0.5, 0.9],
    ...                          "p_value": [1.0, 0.1]})
    >>> comparison = pd.DataFrame({"candidate": ["ck"], "auc": [0.8]})
    >>> summarise_left_out(left_out, comparison)[["auc_least", "matters_most"]].values.tolist()
    [[0.5, 'A']]
    """
    rows = []
    for name, area in comparison[["candidate", "auc"]].itertuples(index=False, name=None):
        part = left_out[left_out["candidate"] == name]
        moved = (part["auc"] - area).abs().round(9)
        most = part.loc[(moved == moved.max()) & (moved > 0), "left_out"]
        rows.append(
            {
                "candidate": name,
                "auc_least": part["auc"].min(),
                "auc_most": part["auc"].max(),
                "p_least": part["p_value"].min(),
                "p_most": part["p_value"].max(),
                "matters_most": ", ".join(most),
            }
        )
    columns = ["candidate", "auc_least", "auc_most", "p_least", "p_most", "matters_most"]
    return pd.DataFrame(rows, columns=columns)


@lru_cache(maxsize=256)
def derive_reach(n_first: int, n_second: int, *, level: float = 0.05) -> Reach:
    """Say what two groups of these sizes can show at best.

    Parameters
    ----------
    n_first, n_second : int
        Patients in the two groups.
    level : float
        The p from which a result would be called significant.

    Returns
    -------
    Reach

    Notes
    -----
    By the exact rank-sum distribution without ties; ties make it a little coarser.

    Examples
    --------
    >>> reach = derive_reach(7, 8)
    >>> round(reach.smallest_p, 6), round(reach.smallest_auc, 4)
    (0.000311, 0.8214)
    """
    if not n_first or not n_second:
        return Reach(n_first, n_second, level)
    ranks = 2 * np.arange(1, n_first + n_second + 1, dtype=np.int64)
    null = rank_sum_distribution(ranks, n_first)
    p_values = _two_sided(null.probability, null.deviation)
    possible = null.probability > 0
    # Without ties W runs through 0, 1, ..., m n in the order of the deviations.
    wins = np.arange(possible.sum())
    areas, attained = wins / (n_first * n_second), p_values[possible]
    within = attained <= level + TAIL_TOLERANCE
    above = areas[within & (areas > 0.5)]
    low, high = score_interval(0.5, n_first, n_second, 0.95)
    return Reach(
        n_first,
        n_second,
        level,
        smallest_p=float(attained.min()),
        smallest_auc=float(above.min()) if len(above) else None,
        false_alarm=float(null.probability[possible][within].sum()),
        low=low,
        high=high,
    )


def _two_sided(probability: Floats, deviation: Integers) -> Floats:
    """Return the two-sided p of every outcome at once: all that lies as far from the mean."""
    distance = np.abs(deviation)
    order = np.argsort(-distance, kind="stable")
    totals = np.cumsum(probability[order])
    last = np.searchsorted(-distance[order], -distance, side="right") - 1
    return np.asarray(np.minimum(totals[last], 1.0), dtype=float)


def judge_best_of_many(
    values: pd.DataFrame, groups: pd.Series, *, first: str, seed: int = 1
) -> BestOfMany:
    """Ask how often chance makes the best candidate look as good as the one seen.

    Parameters
    ----------
    values : DataFrame
        One row per candidate and patient with a value: candidate, patient_id, value.
    groups : Series of str
        Group of each patient, index patient_id. The sizes of the groups are kept.
    first : str
        The group whose ranks are summed.
    seed : int
        Of the sample that is drawn where there are too many ways to try them all.

    Returns
    -------
    BestOfMany

    Notes
    -----
    Every patient keeps all values, so that candidates that go together still do (Westfall and
    Young's minimum p). It asks whether anything at all was found, not which candidate it is.

    References
    ----------
    Westfall PH, Young SS. Resampling-based multiple testing. New York: Wiley, 1993.

    Examples
    --------
    >>> values = pd.DataFrame({"candidate": "ck", "patient_id": list("ABCD"),
    ...                        "value": [9.0, 8.0, 1.0, 2.0]})
    >>> groups = pd.Series(["yes", "yes", "no", "no"], index=list("ABCD"))
    >>> round(judge_best_of_many(values, groups, first="yes").p_value, 3)
    0.333
    """
    member = (groups == first).to_numpy(dtype=bool)
    if member.all() or not member.any():
        return BestOfMany(None, None, 0, 1, True)
    wide = values.pivot(index="patient_id", columns="candidate", values="value")
    wide = wide.reindex(groups.index)
    ways, complete = _deal_out(len(member), int(member.sum()), seed)
    least, observed = np.ones(len(ways)), 1.0
    tested = 0
    for name in wide.columns:
        known = wide[name].notna().to_numpy()
        ranks = doubled_midranks(grid_codes(wide[name].to_numpy()[known]))
        if not 0 < member[known].sum() < known.sum() or len(set(ranks.tolist())) < 2:
            continue
        tested += 1
        least = np.minimum(least, _p_of_each(ranks, ways[:, known]))
        observed = min(observed, float(_p_of_each(ranks, member[None, known])[0]))
    if not tested:
        return BestOfMany(None, None, 0, len(ways), complete)
    hits = int((least <= observed + TAIL_TOLERANCE).sum())
    share = hits / len(ways) if complete else (hits + 1) / (len(ways) + 1)
    return BestOfMany(observed, share, tested, len(ways), complete)


def _deal_out(n: int, size: int, seed: int) -> tuple[Booleans, bool]:
    if math.comb(n, size) <= MOST_RELABELLINGS:
        chosen = np.array(list(combinations(range(n), size)), dtype=np.int64).reshape(-1, size)
        complete = True
    else:
        draws = np.random.default_rng(seed).random((SAMPLED_RELABELLINGS, n))
        chosen, complete = np.argsort(draws, axis=1)[:, :size], False
    ways = np.zeros((len(chosen), n), dtype=bool)
    ways[np.arange(len(chosen))[:, None], chosen] = True
    return ways, complete


def _p_of_each(ranks: Integers, members: Booleans) -> Floats:
    """Return the exact rank-sum p under each way to deal out the groups; 1 where one is empty."""
    # In floats, which are exact here and multiplied much faster than integers.
    together = members.astype(float) @ np.column_stack([np.ones(len(ranks)), ranks])
    sizes, sums = together.T.astype(np.int64)
    p_values = np.ones(len(members))
    for size in np.unique(sizes):
        if 0 < size < len(ranks):
            null = rank_sum_distribution(ranks, int(size))
            here = sizes == size
            p_values[here] = _two_sided(null.probability, null.deviation)[sums[here] // null.step]
    return p_values


def count_patients_to_confirm(
    area: float, *, share: float, power: float, level: float = 0.05
) -> int | None:
    """Give the number of patients in which an AUC of this size would be confirmed.

    Parameters
    ----------
    area : float
        The true AUC that is assumed.
    share : float
        Share of the patients who respond, between 0 and 1.
    power : float
        Chance wanted to find a p within the level.
    level : float
        Two-sided.

    Returns
    -------
    int or None
        Patients in all, both groups together; None where the AUC is 0.5 or one group empty.

    Notes
    -----
    Noether's formula: (z_level + z_power)^2 / (12 share (1 - share) (area - 0.5)^2). It takes the
    spread of the rank sum under the null, and asks for a few patients too many when the AUC is
    near 0 or 1.

    References
    ----------
    Noether GE. J Am Stat Assoc 1987;82:645.

    Examples
    --------
    >>> count_patients_to_confirm(0.7, share=0.5, power=0.8)
    66
    """
    if round(area - 0.5, 9) == 0 or not 0 < share < 1:
        return None
    z = float(norm.isf(level / 2) + norm.isf(1 - power))
    return math.ceil(z**2 / (12 * share * (1 - share) * (area - 0.5) ** 2))
