"""Changes between two samples of a patient, with the assay's error: on one plate, or on two."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from helpers.quantify.elisa.conclusion import Conclusion
from helpers.quantify.elisa.uncertainty import student


@dataclass(frozen=True)
class BetweenPlates:
    """How much plates differ, from controls that were on several.

    Attributes
    ----------
    variance : float
        Of ln(concentration) from plate to plate, beyond the error within plates; never below 0.
    observed : float
        Of the plates' means of their controls, with the error within plates.
    plates : frozenset of str
        Those that had a control.
    controls : int
        How many there are.
    """

    variance: float
    observed: float
    plates: frozenset[str]
    controls: int


@dataclass(frozen=True)
class Change:
    """A change from one sample to another, as the ratio of the second to the first.

    Attributes
    ----------
    ratio, lower, upper : float or None
        None where one of the samples has no value.
    log_se : float or None
        Standard error of ln(ratio).
    method : str
        What the interval holds, and what it does not.
    beyond_assay : bool or None
        Whether the change is larger than the assay's error; None where that is not known.
    why : str
        Why there is no ratio.
    """

    ratio: float | None
    lower: float | None
    upper: float | None
    log_se: float | None
    method: str
    beyond_assay: bool | None
    why: str


def compare_plates(conclusions: Iterable[Conclusion]) -> BetweenPlates | None:
    """Estimate how much plates of one analyte differ, from the controls that were on several.

    Each control is taken relative to its own mean over plates; the mean of a plate's controls then
    shows the plate. What controls differ by within plates, the curve's error included, is
    subtracted.

    Parameters
    ----------
    conclusions : iterable of Conclusion
        Of one analyte, on any plates.

    Returns
    -------
    BetweenPlates or None
        None where no control was measured on two plates.
    """
    controls: dict[str, dict[str, Conclusion]] = {}
    for one in conclusions:
        if one.role == "control" and one.value is not None and one.estimate is not None:
            controls.setdefault(one.sample, {})[one.assay.plate.name] = one
    shared = {name: on for name, on in controls.items() if len(on) > 1}
    plates = sorted({plate for on in shared.values() for plate in on})
    if not plates:
        return None
    apart: dict[str, list[float]] = {plate: [] for plate in plates}
    for on in shared.values():
        logs = {plate: math.log(one.value or math.nan) for plate, one in on.items()}
        mean = float(np.mean(list(logs.values())))
        for plate, log in logs.items():
            apart[plate].append(log - mean)
    means = [float(np.mean(values)) for values in apart.values()]
    within = float(np.mean([_error_of_mean(shared, plate) for plate in plates]))
    observed = float(np.sum(np.square(means))) / (len(plates) - 1)
    # Not the plates alone: what differs within them differs between their means too.
    variance = max(observed - within, 0.0)
    return BetweenPlates(variance, observed, frozenset(plates), len(shared))


def _error_of_mean(controls: dict[str, dict[str, Conclusion]], plate: str) -> float:
    """Give the variance of the mean of a plate's controls, their common curve included."""
    estimates = [on[plate].estimate for on in controls.values() if plate in on]
    known = [one for one in estimates if one is not None]
    total = sum(one.log_variance or 0.0 for one in known)
    total += sum(one.log_covariance(two) for one in known for two in known if one is not two)
    return total / len(known) ** 2


def measure_change(
    first: Conclusion, second: Conclusion, between: BetweenPlates | None = None
) -> Change:
    """Compare two samples.

    On one plate both are read off the same curve: what they share of its error cancels. On two
    plates the variance between plates is added, where controls tell it; else the method says that
    it is not included.

    Parameters
    ----------
    first, second : Conclusion
        Before and after, of one analyte.
    between : BetweenPlates, optional
        Of that analyte.

    Returns
    -------
    Change
        ln(ratio) ± t se, back on the scale of ratios.

    Notes
    -----
    t is that of the error within plates. Where both plates had the controls, their own difference
    is part of the variance between plates: few plates make the interval no less sure, which
    benchmarks/coverage.py shows for 2 to 12 plates. Where one of them had none, degrees of freedom
    are Satterthwaite's.
    """
    for one in (first, second):
        if one.value is None:
            return Change(None, None, None, None, "", None, f"{one.sample}: {one.flag}")
    assert first.value is not None
    assert second.value is not None
    ratio = second.value / first.value
    a, b = first.estimate, second.estimate
    assert a is not None
    assert b is not None
    if a.log_variance is None or b.log_variance is None:
        return Change(ratio, None, None, None, "", None, "")
    spreads = [one.calibration.spread for one in (a, b)]
    within = [a.log_variance, b.log_variance]
    terms = [(part, spread.df) for part, spread in zip(within, spreads, strict=True) if spread]
    if a.calibration is b.calibration:
        variance = sum(within) - 2 * a.log_covariance(b)
        terms = [(variance, terms[0][1])]
        method = "one plate: the error of the common curve cancels"
    elif between is None:
        variance = sum(within)
        method = "two plates: the error between plates is not included, no control was on several"
    else:
        variance = sum(within) + 2 * between.variance
        if not {one.assay.plate.name for one in (first, second)} <= between.plates:
            terms.append((2 * between.observed, len(between.plates) - 1))
        method = (
            f"two plates: with the error between plates, from {between.controls} controls "
            f"on {len(between.plates)} plates"
        )
    return _make_change(ratio, max(variance, 0.0), terms, method)


def _make_change(
    ratio: float, variance: float, terms: Sequence[tuple[float, int]], method: str
) -> Change:
    se = math.sqrt(variance)
    total = sum(part for part, _ in terms)
    rough = sum(part**2 / df for part, df in terms)
    df = max(total**2 / rough, 1.0) if rough > 0 else math.inf
    reach = min(student(df) * se, 700.0)
    lower, upper = ratio * math.exp(-reach), ratio * math.exp(reach)
    return Change(ratio, lower, upper, se, method, not lower <= 1 <= upper, "")
