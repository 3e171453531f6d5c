"""From a sample's dilutions to one value, or to a bound where it is beyond quantification."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from helpers.quantify.elisa.assay import Assay, Dilution
from helpers.quantify.elisa.layout import Role
from helpers.quantify.elisa.uncertainty import Estimate

RULE = (
    "The least dilution whose reading lies within the limits of quantification counts. What lies "
    "below all of them is left-censored at the lower limit times the least dilution, and no number."
)
"""How dilutions become one value."""


@dataclass(frozen=True)
class Conclusion:
    """One sample of one assay.

    Attributes
    ----------
    sample, role : str
    assay : Assay
    value, se, lower, upper : float or None
        Concentration in the sample, its standard error and limits. Below quantification there is no
        value, and `upper` is what it is below of; above, `lower` is what it is above of.
    n : int
        Wells that the value was read from.
    dilution : float or None
        The dilution that counts.
    flag : str
        Why there is no value.
    remarks : tuple of str
        What quality control found about this sample.
    method : str
        How the interval was made; empty where there is none.
    estimate : Estimate or None
        The reading behind the value, for changes.
    """

    sample: str
    role: Role
    assay: Assay
    value: float | None
    se: float | None
    lower: float | None
    upper: float | None
    n: int
    dilution: float | None
    flag: str
    remarks: tuple[str, ...]
    method: str
    estimate: Estimate | None = field(default=None, repr=False)


def conclude(assay: Assay) -> list[Conclusion]:
    """Conclude on every sample and control of an assay, in the layout's order."""
    groups: dict[tuple[Role, str], list[Dilution]] = {}
    for one in assay.dilutions:
        if one.role != "spike":
            groups.setdefault((one.role, one.sample), []).append(one)
    return [
        _conclude(assay, role, sample, sorted(group, key=lambda one: one.dilution))
        for (role, sample), group in groups.items()
    ]


def _conclude(assay: Assay, role: Role, sample: str, group: Sequence[Dilution]) -> Conclusion:
    read = [one for one in group if one.n]
    places = [_place(one, assay) for one in read]
    counted = sum(one.n for one in read)
    flag, lower, upper = "", None, None
    if not read:
        flag = _describe_unread(group)
    elif assay.calibration is None:
        flag = f"no curve: {assay.problem}"
    elif assay.lloq is None or assay.uloq is None:
        flag = "no limits of quantification: no standard passes, and the study sets none"
    elif "in" in places:
        chosen = read[places.index("in")]
        return _measure(assay, role, sample, chosen, _find_contradiction(read, places, chosen))
    else:
        flag, lower, upper = _bound(read, places, assay)
    return Conclusion(
        sample, role, assay, None, None, lower, upper, counted, None, flag, (), "", None
    )


def _place(one: Dilution, assay: Assay) -> str:
    if assay.lloq is None or assay.uloq is None or math.isnan(one.concentration):
        return ""
    if one.concentration < assay.lloq:
        return "below"
    return "above" if one.concentration > assay.uloq else "in"


def _describe_unread(group: Iterable[Dilution]) -> str:
    reasons = dict.fromkeys(
        well.mask or f"{well.remark or 'nothing'} in the file"
        for one in group
        for well in one.wells
    )
    return f"no reading: {', '.join(reasons)}"


def _bound(
    read: Sequence[Dilution], places: Sequence[str], assay: Assay
) -> tuple[str, float | None, float | None]:
    assert assay.lloq is not None
    assert assay.uloq is not None
    below = [
        assay.lloq * one.dilution for one, at in zip(read, places, strict=True) if at == "below"
    ]
    above = [
        assay.uloq * one.dilution for one, at in zip(read, places, strict=True) if at == "above"
    ]
    upper, lower = min(below, default=None), max(above, default=None)
    unit = assay.settings.unit
    if lower is None and upper is not None:
        return f"below quantification (< {write_amount(upper)} {unit})", None, upper
    if upper is None and lower is not None:
        return f"above quantification (> {write_amount(lower)} {unit})", lower, None
    if lower is not None and upper is not None and lower < upper:
        span = f"{write_amount(lower)} to {write_amount(upper)} {unit}"
        return f"between two dilutions ({span})", lower, upper
    return "dilutions that contradict each other", None, None


def write_amount(amount: float) -> str:
    """Write a concentration with four digits, as a person does.

    >>> write_amount(468.75), write_amount(10000.0), write_amount(0.031254)
    ('468.8', '10000', '0.03125')
    """
    return np.format_float_positional(float(f"{amount:.4g}"), trim="-")


def _find_contradiction(
    read: Sequence[Dilution], places: Sequence[str], chosen: Dilution
) -> tuple[str, ...]:
    """Find a lesser dilution that reads lower than the range: too much analyte can do that."""
    return tuple(
        f"below quantification at dilution {one.dilution:g}, within it at {chosen.dilution:g}: "
        "hook effect, or wells exchanged"
        for one, at in zip(read, places, strict=True)
        if at == "below" and one.dilution < chosen.dilution
    )


def _measure(
    assay: Assay, role: Role, sample: str, chosen: Dilution, remarks: tuple[str, ...]
) -> Conclusion:
    assert chosen.estimate is not None
    value = chosen.concentration * chosen.dilution
    variance = chosen.estimate.log_variance
    se = lower = upper = None
    if variance is not None:
        spread = math.sqrt(variance)
        se = value * spread
        reach = chosen.estimate.multiplier * spread
        # Beyond e^700 no float goes: such an interval says that the reading tells nothing.
        lower = value * math.exp(-min(reach, 700.0))
        upper = value * math.exp(reach) if reach < 700 else None
    remarks = (*remarks, *_judge_replicates(chosen, assay))
    return Conclusion(
        sample,
        role,
        assay,
        value,
        se,
        lower,
        upper,
        chosen.n,
        chosen.dilution,
        "",
        remarks,
        describe_interval(assay),
        chosen.estimate,
    )


def _judge_replicates(chosen: Dilution, assay: Assay) -> tuple[str, ...]:
    settings = assay.settings
    assert assay.lloq is not None
    assert assay.uloq is not None
    near = min(abs(math.log(chosen.concentration / end)) for end in (assay.lloq, assay.uloq))
    limit = settings.replicate_cv_at_ends if near < 1e-9 else settings.replicate_cv
    if chosen.n > 1 and chosen.cv is None:
        return ("replicates of which one is off the curve",)
    if chosen.cv is not None and chosen.cv > limit:
        return (f"replicates with a CV of {chosen.cv:.0f} % (limit {limit:g} %)",)
    return ()


def describe_interval(assay: Assay) -> str:
    """Say how intervals of an assay are made; empty where there are none."""
    calibration = assay.calibration
    if calibration is None or calibration.spread is None:
        return ""
    curve = (
        "the curve as printed, its own error not known"
        if assay.settings.curve == "printed"
        else "sandwich covariance of the curve"
    )
    return (
        f"95 % on the log scale, within the plate: {curve}, signals' spread from "
        f"{calibration.spread.source}"
    )
