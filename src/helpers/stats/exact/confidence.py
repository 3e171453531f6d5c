"""How sure a share is above a mark: the confidence that so few patients allow."""

from __future__ import annotations

from dataclasses import dataclass

from scipy.stats import binom


@dataclass(frozen=True)
class Confidence:
    """Confidence that a share lies above a mark.

    Attributes
    ----------
    mid_p, exact : float
        One minus the one-sided p-value of the opposite: mid-p, and exact, which claims less.
    """

    mid_p: float
    exact: float


def confidence_above(events: int, n: int, mark: float) -> Confidence:
    """Say how confident a count allows one to be that the true share lies above a mark.

    Parameters
    ----------
    events, n : int
        Patients with the event, and all.
    mark : float
        A share, above 0 and below 1.

    Returns
    -------
    Confidence

    Raises
    ------
    ValueError
        When n is 0, the count does not lie in 0 to n, or the mark is no share.

    Notes
    -----
    With X binomial(n, mark): exact is P(X < events), mid-p adds half of P(X = events). The mark is
    where one-sided intervals of that confidence begin. It is a statement about the method, not a
    probability of the hypothesis; do not read it as one.

    References
    ----------
    Berry G, Armitage P. The Statistician 1995;44:417.

    Examples
    --------
    Seven of 15, above a third: P(X <= 6) is 0.797, P(X = 7) 0.115.

    >>> sure = confidence_above(7, 15, 1 / 3)
    >>> round(sure.exact, 3), round(sure.mid_p, 3)
    (0.797, 0.854)
    """
    if not 0 <= events <= n or n < 1:
        raise ValueError(f"expected a count from 0 to n and n of 1 or more, got {events} of {n}")
    if not 0 < mark < 1:
        raise ValueError(f"mark must be a share above 0 and below 1, got {mark}")
    below = float(binom.cdf(events - 1, n, mark))
    return Confidence(mid_p=below + float(binom.pmf(events, n, mark)) / 2, exact=below)
