"""How sure a count makes that a share lies above a limit: a confidence, from the binomial."""

from __future__ import annotations

from typing import Literal

from scipy.stats import binom

from helpers.stats.result import check_choice

ConfidenceMethod = Literal["midp", "exact"]

CONFIDENCE_WORDS: dict[str, str] = {
    "midp": "one-sided binomial confidence by mid-p",
    "exact": "one-sided exact binomial confidence (Clopper-Pearson)",
}


def find_confidence(
    count: int, n: int, *, above: float, method: ConfidenceMethod = "midp"
) -> float | None:
    """Give the confidence that a share lies above a limit: the level whose lower bound is there.

    Parameters
    ----------
    count, n : int
        Patients with the outcome, of how many.
    above : float
        The limit, a share strictly between 0 and 1.
    method : {"midp", "exact"}
        "exact": 1 - P(X >= count) at the limit, so a true share at the limit gives a confidence of
        c or more in at most 1 - c of all trials. "midp" counts half of P(X = count): closer to
        that on average, and sometimes beyond it.

    Returns
    -------
    float or None
        Between 0 and 1; None where n is 0.

    Raises
    ------
    ValueError
        When the counts are not 0 <= count <= n, or the limit is no share.

    Notes
    -----
    It is one minus the one-sided p of the limit. It is not the probability that the true share is
    above the limit, nor that a treatment works: nothing here says how likely either was before.

    References
    ----------
    Clopper CJ, Pearson ES. Biometrika 1934;26:404. Lancaster HO. J Am Stat Assoc 1961;56:223.

    Examples
    --------
    >>> round(find_confidence(7, 15, above=1 / 3), 3)
    0.854
    >>> round(find_confidence(7, 15, above=1 / 3, method="exact"), 3)
    0.797
    """
    chosen = check_choice(method, tuple(CONFIDENCE_WORDS), name="method")
    if not 0 <= count <= n:
        raise ValueError(f"count must lie within 0 and n, got {count} of {n}: are they swapped?")
    if not 0 < above < 1:
        raise ValueError(f"above must be a share strictly between 0 and 1, got {above}")
    if n == 0:
        return None
    below = float(binom.cdf(count - 1, n, above))
    return below + float(binom.pmf(count, n, above)) / 2 if chosen == "midp" else below
