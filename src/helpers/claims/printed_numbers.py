"""What printed numbers tell about themselves: by which test, from which data, in agreement."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

import pandas as pd
from scipy import stats

from helpers.claims.verbs import approximate_signed_rank, approximate_spearman
from helpers.claims.verdicts import match_digits, round_as_printed
from helpers.contracts.claims import Claim
from helpers.report.words import format_number
from helpers.stats.exact.exact import signed_rank_test, spearman_test

LARGEST_ENUMERATED_N = 12
"""Exact p of a correlation are tried up to this n; beyond it every coefficient takes seconds."""


@dataclass(frozen=True)
class Grim:
    """Whether a printed mean or percentage can come from whole numbers.

    Attributes
    ----------
    possible : bool
        Some total of whole numbers gives a mean that prints so.
    nearest : float
        The attainable mean closest to the printed one.
    informative : bool
        Whether the check could have failed: with n * items at or above 10 to the power of the
        decimals every printed value is possible.
    """

    possible: bool
    nearest: float
    informative: bool


def check_grim(mean: float, n: int, decimals: int, items: int = 1) -> Grim:
    """Check whether a printed mean of whole numbers is possible (GRIM).

    Parameters
    ----------
    mean : float
        As printed. For a percentage of people give the share: 46.7 % is a mean of 0.467.
    n : int
        Number of people.
    decimals : int
        Decimals that were printed.
    items : int
        Whole-number items behind each person's value; a mean of 3 items moves in thirds.

    Returns
    -------
    Grim

    Raises
    ------
    ValueError
        For a count below 1 or decimals below 0.

    Notes
    -----
    The mean of whole numbers is a whole total divided by n * items. Do not use it for values that
    are measured in fractions, unless they are first multiplied up to whole steps.

    References
    ----------
    Brown NJL, Heathers JAJ. The GRIM test. Soc Psychol Personal Sci 2017;8:363.

    Examples
    --------
    >>> check_grim(5.19, n=28, decimals=2)
    Grim(possible=False, nearest=5.178571428571429, informative=True)
    """
    if n < 1 or items < 1 or decimals < 0:
        raise ValueError(
            f"expected n and items of 1 or more and decimals of 0 or more, found n={n}, "
            f"items={items}, decimals={decimals}"
        )
    parts = n * items
    printed = f"{mean:.{decimals}f}"
    middle = round(mean * parts)
    totals = (middle - 1, middle, middle + 1)
    nearest = min((total / parts for total in totals), key=lambda value: abs(value - mean))
    possible = any(_prints_as(total / parts, printed) for total in totals)
    return Grim(possible, nearest, parts < 10**decimals)


def _prints_as(value: float, printed: str) -> bool:
    """Accept both ways to round a half: which one a source used is not known."""
    step = Decimal(1).scaleb(int(Decimal(printed).as_tuple().exponent))
    distance = abs(Decimal(str(round(value, 9))) - Decimal(printed))
    return distance <= step / 2


def check_printed_means(claims: Sequence[Claim]) -> pd.DataFrame:
    """Check of every printed mean whether whole steps and its own range allow it.

    Parameters
    ----------
    claims : sequence of Claim
        From `helpers.claims.verdicts.read_claims`; those of another statistic are passed over.

    Returns
    -------
    DataFrame
        One row per mean: claim_id, printed, n (missing where not printed), grim (text),
        attainable_low, attainable_high (the means that n values can have when both ends of the
        printed range occur), least_n (the fewest values that can have this mean and range),
        remark.

    Examples
    --------
    >>> claim = Claim("X", "", "", "", "mean", "", "1.1", "0.08", "4.96", "", "", "exact", "")
    >>> check_printed_means([claim])["least_n"].tolist()
    [5]
    """
    rows = [_check_mean(claim) for claim in claims if claim.statistic == "mean"]
    columns = ["claim_id", "printed", "n", "grim", "attainable_low", "attainable_high", "least_n"]
    table = pd.DataFrame(rows, columns=[*columns, "remark"])
    numbers = {"attainable_low": "float64", "attainable_high": "float64"}
    return table.astype({"n": "Int64", "least_n": "Int64", **numbers})


def _check_mean(claim: Claim) -> dict[str, object]:
    n = int(claim.n) if claim.n else None
    decimals = max(0, -int(Decimal(claim.value).as_tuple().exponent))
    grim = "n not printed"
    if n is not None:
        grim = _describe_grim(check_grim(float(claim.value), n, decimals))
    row: dict[str, object] = {"claim_id": claim.claim_id, "printed": claim.value, "n": n}
    return row | {"grim": grim} | _check_range(claim, n)


def _check_range(claim: Claim, n: int | None) -> dict[str, object]:
    if not (claim.low and claim.high):
        return {"remark": "no range printed with it"}
    low, high = float(claim.low), float(claim.high)
    least = _find_least_n(claim.value, low, high)
    if least is None:
        return {"remark": "no number of values with this range has this mean"}
    ends = {}
    if n is not None and n > 1:
        ends = {
            "attainable_low": (low * (n - 1) + high) / n,
            "attainable_high": (low + high * (n - 1)) / n,
        }
    enough = n is None or n >= least
    remark = f"needs {least} values or more" + ("" if enough else ": fewer were printed")
    return ends | {"least_n": least, "remark": remark}


def _find_least_n(printed: str, low: float, high: float) -> int | None:
    """Find the fewest values, both ends of the range among them, whose mean can print so."""
    half = 0.5 * 10.0 ** int(Decimal(printed).as_tuple().exponent)
    mean = float(printed)
    if low > high or not low - half <= mean <= high + half:
        return None
    for n in range(2, 1_001):
        if (low * (n - 1) + high) / n <= mean + half and (low + high * (n - 1)) / n >= mean - half:
            return n
    return None


def _describe_grim(grim: Grim) -> str:
    if not grim.informative:
        return "cannot fail: every printed value is possible at this n"
    if grim.possible:
        return "possible"
    return f"impossible, nearest {format_number(grim.nearest)}"


def identify_p_value_methods(claims: Sequence[Claim]) -> pd.DataFrame:
    """Find which test printed each p-value, from the p, the n and the coefficient alone.

    For a paired comparison every rank sum that n untied changes can give is tried; for a
    correlation every coefficient that prints as the published one. No value of a patient is
    needed, so this says something about the source, whatever the tables hold.

    Parameters
    ----------
    claims : sequence of Claim
        Those of statistic p_value (paired) or correlation with n and p_value are examined.

    Returns
    -------
    DataFrame
        One row per claim and method: claim_id, printed, method, p_value (of the outcome that fits,
        or else of the nearest one), fits (boolean), outcome (what the data must then be). Exact
        correlations are tried up to n = `LARGEST_ENUMERATED_N` and have no row beyond it.

    Examples
    --------
    >>> claim = Claim("X", "", "", "", "p_value", "10", "", "", "", "", "0.005", "exact", "")
    >>> identify_p_value_methods([claim])[["method", "fits"]].values.tolist()[:2]
    [['signed ranks, exact', False], ['signed ranks, normal approximation', True]]
    """
    rows: list[dict[str, object]] = []
    for claim in claims:
        if claim.n and claim.p_value and claim.statistic == "p_value":
            rows += _try_paired(claim)
        elif claim.n and claim.p_value and claim.statistic == "correlation":
            rows += _try_correlation(claim)
    columns = ["claim_id", "printed", "method", "p_value", "fits", "outcome"]
    return pd.DataFrame(rows, columns=columns).astype({"fits": "boolean"})


def _try_paired(claim: Claim) -> list[dict[str, object]]:
    n = int(claim.n)
    changes = {against: _make_changes(n, against) for against in range(n * (n + 1) // 4 + 1)}
    rows = []
    for method, p_of in _SIGNED_RANK_METHODS.items():
        outcomes = [(p_of(d), _describe_against(against, n)) for against, d in changes.items()]
        rows.append(_find_fit(claim, method, outcomes))
    sign_p = [
        (float(stats.binomtest(k, n).pvalue), f"{n - k} of {n} change the same way")
        for k in range(n // 2 + 1)
    ]
    rows.append(_find_fit(claim, "sign test, exact", sign_p))
    return rows


def _make_changes(n: int, against: int) -> list[int]:
    """Give changes of sizes 1 to n of which those against the rest have ranks adding up so."""
    signs = {}
    for size in range(n, 0, -1):
        signs[size] = -1 if size <= against else 1
        against -= size if size <= against else 0
    return [size * signs[size] for size in range(1, n + 1)]


def _compute_exactly(changes: Sequence[int]) -> float:
    return float(signed_rank_test(changes).p_value or math.nan)


_SIGNED_RANK_METHODS: dict[str, Callable[[Sequence[int]], float]] = {
    "signed ranks, exact": _compute_exactly,
    "signed ranks, normal approximation": approximate_signed_rank,
    "signed ranks, normal approximation with continuity correction": partial(
        approximate_signed_rank, correction=True
    ),
}


def _describe_against(against: int, n: int) -> str:
    if against == 0:
        return f"all {n} change the same way"
    return f"changes the other way have ranks adding up to {against}"


def _try_correlation(claim: Claim) -> list[dict[str, object]]:
    n = int(claim.n)
    coefficients = [r for r in _list_coefficients(n) if match_digits(r, claim.value)]
    approximate = [(approximate_spearman(r, n), f"rho = {r:.3f}") for r in coefficients]
    step = Decimal(1).scaleb(int(Decimal(claim.value).as_tuple().exponent)) / 2
    edges = [float(Decimal(claim.value) + shift) for shift in (-step, step)]
    grid = [edges[0] + (edges[1] - edges[0]) * k / 400 for k in range(1, 400)]
    pearson = [(approximate_spearman(r, n), f"r = {r:.3f}, for example") for r in grid]
    outcomes = {"Spearman, t approximation": approximate}
    if n <= LARGEST_ENUMERATED_N:
        exact = [(_exact_spearman(n, r), f"rho = {r:.3f}") for r in coefficients]
        outcomes["Spearman, exact"] = exact
    outcomes["Pearson, t distribution"] = pearson
    return [_find_fit(claim, method, found) for method, found in outcomes.items() if found]


def _list_coefficients(n: int) -> list[float]:
    """Every Spearman coefficient that n untied pairs can have."""
    cubed = n**3 - n
    return [1 - 6 * squares / cubed for squares in range(0, cubed // 3 + 1, 2)]


def _exact_spearman(n: int, rho: float) -> float:
    """Give the two-sided p of a coefficient; without ties it is that of the same below zero."""
    squares = round((1 + abs(rho)) * (n**3 - n) / 6)
    order = _find_order(n, n * (n + 1) * (2 * n + 1) // 6 - squares // 2)
    result = spearman_test(list(range(1, n + 1)), order)
    assert result.estimate is not None
    assert abs(result.estimate + abs(rho)) < 1e-9
    return float(result.p_value or math.nan)


def _find_order(n: int, products: int) -> list[int]:
    """Find an order of 1..n whose products with 1..n add up so, by swaps from the reverse order."""
    order = list(range(n, 0, -1))
    missing = products - sum(i * rank for i, rank in enumerate(order, start=1))
    while missing > 0:
        place, gain = max(
            (
                ((i, j), (j - i) * (order[i] - order[j]))
                for i in range(n)
                for j in range(i + 1, n)
                if 0 < (j - i) * (order[i] - order[j]) <= missing
            ),
            key=lambda swap: swap[1],
        )
        i, j = place
        order[i], order[j] = order[j], order[i]
        missing -= gain
    return order


def _find_fit(
    claim: Claim, method: str, outcomes: Sequence[tuple[float, str]]
) -> dict[str, object]:
    row: dict[str, object] = {
        "claim_id": claim.claim_id,
        "printed": f"p = {claim.p_value}" + (f", R = {claim.value}" if claim.value else ""),
        "method": method,
    }
    fitting = [found for found in outcomes if match_digits(found[0], claim.p_value)]
    if fitting:
        p_value, outcome = fitting[0]
        return row | {"p_value": p_value, "fits": True, "outcome": outcome}
    p_value, outcome = min(outcomes, key=lambda found: abs(found[0] - float(claim.p_value)))
    printed = round_as_printed(p_value, claim.p_value)
    return row | {
        "p_value": p_value,
        "fits": False,
        "outcome": f"none prints so; the nearest is {printed}, when {outcome}",
    }
