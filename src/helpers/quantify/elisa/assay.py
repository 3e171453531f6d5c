"""One assay: the wells of one plate that share a standard curve, and what they come to."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from helpers.contracts.elisa import ElisaSettings
from helpers.quantify.elisa.curve import CurveError
from helpers.quantify.elisa.layout import Role, Well, plates_of
from helpers.quantify.elisa.read.plate import ROUNDING, Plate, Printed, shows_reading
from helpers.quantify.elisa.uncertainty import (
    Calibration,
    Estimate,
    Spread,
    calibrate,
    pool_spread,
    take_printed,
)


@dataclass(frozen=True)
class WellResult:
    """One well: what was in it, what was read, what it comes to.

    Attributes
    ----------
    layout : Well
    signal : float
        Infinite for a reader's overflow, missing where there is no reading.
    concentration : float
        In the well, before the dilution; -inf below the curve, inf above it.
    mask : str
        Why the well is taken out; empty if it is in.
    remark : str
        What stands in the file in the place of a number.
    vendor : Printed or None
        What the reader's program made of the well.
    """

    layout: Well
    signal: float
    concentration: float
    mask: str
    remark: str
    vendor: Printed | None


@dataclass(frozen=True)
class Level:
    """One concentration of the standards, read back off the curve.

    Attributes
    ----------
    nominal : float
    wells : int
        Without those taken out.
    signal : float
        Mean.
    concentration : float
        At the mean signal.
    recovery : float or None
        Percent of nominal; None for the zero standard and off the curve.
    cv : float or None
        Of the wells' concentrations, percent; None for fewer than two on the curve.
    within : bool
        Whether the level lies between the limits of quantification.
    limit, cv_limit : float
        Accepted distance from 100 % and accepted cv; wider at the limits of quantification.
    passes : bool
        Whether it is accepted; never for the zero standard, which is not judged.
    """

    nominal: float
    wells: int
    signal: float
    concentration: float
    recovery: float | None
    cv: float | None
    within: bool
    limit: float
    cv_limit: float
    passes: bool


@dataclass(frozen=True)
class Dilution:
    """One sample at one dilution.

    Attributes
    ----------
    sample : str
    role : str
        ``sample``, ``control`` or ``spike``.
    dilution : float
    wells : tuple of WellResult
        All of them, with those taken out.
    n : int
        Wells that count.
    signal : float
        Their mean.
    concentration : float
        In the well, at the mean signal.
    cv : float or None
        Of the wells' concentrations, percent; None for fewer than two on the curve.
    estimate : Estimate or None
        None off the curve.
    """

    sample: str
    role: Role
    dilution: float
    wells: tuple[WellResult, ...]
    n: int
    signal: float
    concentration: float
    cv: float | None
    estimate: Estimate | None


@dataclass(frozen=True)
class Assay:
    """The evaluation of one analyte on one plate.

    Attributes
    ----------
    plate : Plate
    analyte : str
    settings : ElisaSettings
    signal : str
        The reading that counts: ``450``, or ``450 - 620``.
    wells : tuple of WellResult
        In the layout's order, without empty ones.
    calibration : Calibration or None
        None where no curve could be had; `problem` says why.
    problem : str
    levels : tuple of Level
        From the lowest standard to the highest.
    lloq, uloq : float or None
        Limits of quantification in the well.
    limits_from : str
        Where they come from, in words.
    dilutions : tuple of Dilution
        Every sample, control and spike at every dilution.
    """

    plate: Plate
    analyte: str
    settings: ElisaSettings
    signal: str
    wells: tuple[WellResult, ...]
    calibration: Calibration | None
    problem: str
    levels: tuple[Level, ...]
    lloq: float | None
    uloq: float | None
    limits_from: str
    dilutions: tuple[Dilution, ...]

    @property
    def key(self) -> tuple[str, str]:
        """The plate's name and the analyte: no two assays of a study have both in common."""
        return self.plate.name, self.analyte


class SignalError(ValueError):
    """Raised when a plate does not tell which of its readings counts."""


def choose_signal(plate: Plate, wavelengths: Sequence[str]) -> tuple[str, Mapping[str, float]]:
    """Give the reading that counts: as set, the only one, or the one the program itself used.

    Parameters
    ----------
    plate : Plate
    wavelengths : sequence of str
        None, one, or two labels or wavelengths; of two, the second is subtracted.

    Returns
    -------
    (str, mapping of str to float)
        What it is, and its values by well.

    Raises
    ------
    SignalError
        When a label is not there, or nothing tells which of several counts.

    Examples
    --------
    >>> plate = Plate("p", "f", "", 8, 12, {"450": {"A1": 0.5}, "620": {"A1": 0.1}})
    >>> choose_signal(plate, ("450", "620"))
    ('450 - 620', {'A1': 0.4})
    """
    if wavelengths:
        found = [_find_signal(plate, label) for label in wavelengths]
    elif len(plate.signals) == 1:
        found = list(plate.signals.items())
    else:
        found = _find_used(plate)
    if len(found) == 1:
        return found[0]
    (one, first), (two, second) = found
    return f"{one} - {two}", {well: first[well] - second[well] for well in first if well in second}


def _find_signal(plate: Plate, label: str) -> tuple[str, Mapping[str, float]]:
    known = {**plate.signals, **plate.derived}
    if label in known:
        return label, known[label]
    ending = [name for name in plate.signals if name.split(":")[-1] == label]
    if len(ending) == 1:
        return ending[0], known[ending[0]]
    raise SignalError(f"no reading {label!r}; there are {', '.join(known)}")


def _find_used(plate: Plate) -> list[tuple[str, Mapping[str, float]]]:
    """Find the reading that the program's own tables show, where it exported several."""
    listed = list(plate.signals.items())
    ways = [[one] for one in listed] + [listed[:2]]
    shown = [one for one in plate.printed if shows_reading(one)]
    for way in ways if shown else []:
        first = way[0][1]
        second = way[1][1] if len(way) > 1 else {}
        off = [
            abs(first.get(one.well, math.nan) - second.get(one.well, 0.0) - float(one.reading))
            for one in shown
        ]
        if max(off) <= ROUNDING:
            return way
    raise SignalError(f"readings {', '.join(plate.signals)}, and nothing tells which counts")


def evaluate(plate: Plate, layout: Sequence[Well], analyte: str, settings: ElisaSettings) -> Assay:
    """Evaluate one analyte on one plate.

    Parameters
    ----------
    plate : Plate
    layout : sequence of Well
        Of any plates and analytes; those of this one are taken. A blank belongs to every analyte.
    analyte : str
    settings : ElisaSettings

    Returns
    -------
    Assay
        Without a calibration where the standards give none; nothing is raised then.

    Raises
    ------
    SignalError
        As `choose_signal`.
    """
    label, signal = choose_signal(plate, settings.wavelengths)
    mine = [
        well
        for well in layout
        if well.role != "empty"
        and well.analyte in ("", analyte)
        and any(plate is other for other in plates_of(well, [plate]))
    ]
    masks = _list_masks(plate, settings)
    vendor = {one.well: one for one in plate.printed}
    wells = [
        WellResult(
            well,
            signal.get(well.well, math.nan),
            math.nan,
            masks.get(well.well, ""),
            plate.remarks.get(well.well, ""),
            vendor.get(well.well),
        )
        for well in mine
    ]
    spread = pool_spread(_replicates(wells))
    calibration, problem = _calibrate(plate, wells, settings, spread)
    if calibration is not None:
        read = calibration.curve.concentration([well.signal for well in wells])
        wells = [replace(well, concentration=float(x)) for well, x in zip(wells, read, strict=True)]
    levels, lloq, uloq, source = _judge_levels(wells, calibration, settings)
    dilutions = tuple(_list_dilutions(wells, calibration))
    return Assay(
        plate,
        analyte,
        settings,
        label,
        tuple(wells),
        calibration,
        problem,
        levels,
        lloq,
        uloq,
        source,
        dilutions,
    )


def _list_masks(plate: Plate, settings: ElisaSettings) -> dict[str, str]:
    masks = {}
    if settings.printed_masks == "obey":
        masks = dict.fromkeys(plate.masked, f"masked in {plate.program}")
    masks |= {mask.well: mask.reason for mask in settings.masks if mask.plate == plate.name}
    return masks


def _counts(well: WellResult) -> bool:
    return not well.mask and not math.isnan(well.signal)


def _replicates(wells: Iterable[WellResult]) -> list[list[float]]:
    groups: dict[tuple[object, ...], list[float]] = {}
    for well in wells:
        if _counts(well):
            at = well.layout
            key = (at.role, at.sample if at.role != "standard" else "", at.nominal, at.dilution)
            groups.setdefault(key, []).append(well.signal)
    return list(groups.values())


def _calibrate(
    plate: Plate, wells: Sequence[WellResult], settings: ElisaSettings, spread: Spread | None
) -> tuple[Calibration | None, str]:
    if settings.curve == "printed":
        if len(plate.curves) != 1:
            return None, f"{len(plate.curves)} curves with known coefficients in the file, not one"
        printed = plate.curves[0]
        return take_printed(printed.kind, printed.coefficients, spread), ""
    standards = [
        well
        for well in wells
        if well.layout.role == "standard"
        and _counts(well)
        and math.isfinite(well.signal)
        and (well.layout.nominal or settings.zero_standard == "in")
    ]
    x = [well.layout.nominal or 0.0 for well in standards]
    y = [well.signal for well in standards]
    try:
        return (
            calibrate(
                x,
                y,
                shape=settings.curve,
                weights=settings.weights,
                fit_to=settings.fit_to,
                spread=spread,
            ),
            "",
        )
    except CurveError as error:
        return None, str(error)


def coefficient_of_variation(values: Sequence[float]) -> float | None:
    """Give the coefficient of variation in percent; None for fewer than two finite values.

    >>> coefficient_of_variation([9.0, 11.0])
    14.142135623730951
    """
    if len(values) < 2 or not all(map(math.isfinite, values)):
        return None
    mean = float(np.mean(values))
    return 100 * float(np.std(values, ddof=1)) / mean if mean > 0 else None


def _judge_levels(
    wells: Sequence[WellResult], calibration: Calibration | None, settings: ElisaSettings
) -> tuple[tuple[Level, ...], float | None, float | None, str]:
    groups: dict[float, list[WellResult]] = {}
    for well in wells:
        if well.layout.role == "standard":
            groups.setdefault(well.layout.nominal or 0.0, []).append(well)
    if calibration is None:
        return (), settings.lloq, settings.uloq, "no curve"
    plain = [_judge(nominal, groups[nominal], calibration) for nominal in sorted(groups)]
    ends = settings.standard_recovery_at_ends, settings.replicate_cv_at_ends
    usable = [level.nominal for level in plain if _is_good(level, *ends)]
    lloq = settings.lloq if settings.lloq is not None else min(usable, default=None)
    uloq = settings.uloq if settings.uloq is not None else max(usable, default=None)
    said = [settings.lloq is not None, settings.uloq is not None]
    source = "set by the study" if all(said) else "the lowest and highest standards that pass"
    if any(said) and not all(said):
        source = f"{'lower' if said[0] else 'upper'} set by the study, the other from the standards"
    levels = tuple(_place(level, lloq, uloq, settings) for level in plain)
    return levels, lloq, uloq, source


def _judge(nominal: float, wells: Sequence[WellResult], calibration: Calibration) -> Level:
    kept = [well for well in wells if _counts(well)]
    signal = float(np.mean([well.signal for well in kept])) if kept else math.nan
    x = float(calibration.curve.concentration(signal))
    recovery = 100 * x / nominal if nominal > 0 and math.isfinite(x) else None
    cv = coefficient_of_variation([well.concentration for well in kept])
    return Level(nominal, len(kept), signal, x, recovery, cv, False, 0.0, 0.0, False)


def _is_good(level: Level, limit: float, cv_limit: float) -> bool:
    if level.recovery is None or abs(level.recovery - 100) > limit:
        return False
    return level.wells < 2 or (level.cv is not None and level.cv <= cv_limit)


def _place(level: Level, lloq: float | None, uloq: float | None, settings: ElisaSettings) -> Level:
    within = (
        lloq is not None and uloq is not None and lloq <= level.nominal <= uloq and level.wells > 0
    )
    at_end = level.nominal in (lloq, uloq)
    limit = settings.standard_recovery_at_ends if at_end else settings.standard_recovery
    cv_limit = settings.replicate_cv_at_ends if at_end else settings.replicate_cv
    passes = within and _is_good(level, limit, cv_limit)
    return replace(level, within=within, limit=limit, cv_limit=cv_limit, passes=passes)


def _list_dilutions(
    wells: Iterable[WellResult], calibration: Calibration | None
) -> Iterable[Dilution]:
    groups: dict[tuple[Role, str, float], list[WellResult]] = {}
    for well in wells:
        at = well.layout
        if at.role in ("sample", "control", "spike"):
            groups.setdefault((at.role, at.sample, at.dilution), []).append(well)
    for (role, sample, dilution), group in groups.items():
        kept = [well for well in group if _counts(well)]
        signal = float(np.mean([well.signal for well in kept])) if kept else math.nan
        x, estimate = math.nan, None
        if calibration is not None:
            x = float(calibration.curve.concentration(signal))
            estimate = calibration.estimate(signal, len(kept)) if math.isfinite(signal) else None
        cv = coefficient_of_variation([well.concentration for well in kept])
        yield Dilution(sample, role, dilution, tuple(group), len(kept), signal, x, cv, estimate)
