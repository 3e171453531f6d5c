"""Quality of a plate: standards, controls, detection limits, dilutions, spikes.

Limits are those of the study's settings; their defaults are those of ICH M10 for ligand-binding
assays, and CLSI EP17 for the limits of blank and of detection.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from itertools import chain

import numpy as np
import pandas as pd

from helpers.quantify.elisa.assay import Assay, Dilution, Level, coefficient_of_variation
from helpers.quantify.elisa.conclusion import Conclusion, write_amount
from helpers.quantify.elisa.read.plate import ROUNDING, shows_reading

FEWEST_BLANKS = 3
"""Blank wells below which no limit of blank is given; CLSI EP17 asks for sixty to state one."""

NORMAL_95 = 1.6449
"""95th percentile of the normal distribution."""


@dataclass(frozen=True)
class Detection:
    """Limits of blank and detection.

    Attributes
    ----------
    blanks : int
        Wells without analyte.
    lob_signal, lod_signal : float or None
        As signals.
    lob, lod : float or None
        As concentrations in the well; None where the signal lies below the curve's lower end.
    why : str
        Why there is none, or what to know about it.
    """

    blanks: int
    lob_signal: float | None
    lod_signal: float | None
    lob: float | None
    lod: float | None
    why: str


def detect(assay: Assay) -> Detection:
    """Give the limits of blank and of detection of an assay (CLSI EP17, parametric).

    LoB = mean of blanks + c s, LoD = LoB + c s', c = 1.645 / (1 - 1 / (4 df)), with s the blanks'
    standard deviation and s' that of a low signal, from the replicates of the whole plate. In a
    falling curve both are subtracted. Of one plate's few blanks they are rough.

    Returns
    -------
    Detection
        Without limits for fewer than three blank wells or no curve.
    """
    blanks = [
        well.signal
        for well in assay.wells
        if not well.mask
        and math.isfinite(well.signal)
        and (well.layout.role == "blank" or _is_zero(well.layout.role, well.layout.nominal))
    ]
    calibration = assay.calibration
    if calibration is None or calibration.spread is None:
        return Detection(len(blanks), None, None, None, None, assay.problem or "no replicates")
    if len(blanks) < FEWEST_BLANKS:
        why = f"{len(blanks)} blank wells; at least {FEWEST_BLANKS} are needed"
        return Detection(len(blanks), None, None, None, None, why)
    sign = 1 if calibration.curve.rises else -1
    lob = float(np.mean(blanks)) + sign * _c(len(blanks) - 1) * float(np.std(blanks, ddof=1))
    low = math.sqrt(float(calibration.spread.variance(lob)))
    lod = lob + sign * _c(calibration.spread.df) * low
    found = [float(value) for value in calibration.curve.concentration([lob, lod])]
    known = [value if math.isfinite(value) else None for value in found]
    return Detection(len(blanks), lob, lod, known[0], known[1], f"{len(blanks)} blank wells")


def _is_zero(role: str, nominal: float | None) -> bool:
    return role == "standard" and nominal == 0


def _c(df: int) -> float:
    return NORMAL_95 / (1 - 1 / (4 * df))


def find_plate_remarks(assay: Assay, conclusions: Sequence[Conclusion]) -> tuple[str, ...]:
    """Say what is wrong with a plate as a whole; it stands beside each of its values.

    Returns
    -------
    tuple of str
        No curve, readings that the file's own tables contradict, standards that do not pass as
        ICH M10 asks, controls out of range.
    """
    remarks = [f"no curve: {assay.problem}"] if assay.problem else []
    found = (_compare_readings(assay), _judge_standards(assay), _judge_controls(assay, conclusions))
    return (*remarks, *chain.from_iterable(found))


def _compare_readings(assay: Assay) -> Iterator[str]:
    """Hold the plate's readings against those in the program's own tables."""
    other = [
        well.layout.well
        for well in assay.wells
        if well.vendor is not None
        and shows_reading(well.vendor)
        and abs(well.signal - float(well.vendor.reading)) > ROUNDING * max(1.0, abs(well.signal))
    ]
    if other:
        yield (
            f"{len(other)} readings of {assay.signal} are not those of {assay.plate.program}'s "
            f"own tables (first {other[0]})"
        )


def _judge_standards(assay: Assay) -> Iterator[str]:
    if assay.calibration is None or not assay.levels:
        return
    settings = assay.settings
    within = [level for level in assay.levels if level.within and level.nominal > 0]
    passed = [level for level in within if level.passes]
    share = 100 * len(passed) / len(within) if within else 0.0
    if share < settings.least_share_of_standards:
        yield (
            f"{len(passed)} of {len(within)} standards pass "
            f"(needed: {settings.least_share_of_standards:g} %)"
        )
    if len(passed) < settings.least_levels:
        yield f"{len(passed)} levels of standards pass (needed: {settings.least_levels})"
    highest = max(level.nominal for level in assay.levels)
    if len(assay.calibration.curve.coefficients) > 2 and assay.settings.curve != "printed":
        middle = assay.calibration.curve.coefficients[2]
        if middle > 10 * highest:
            yield "the curve's upper end lies far beyond the standards"


def _judge_controls(assay: Assay, conclusions: Iterable[Conclusion]) -> Iterator[str]:
    for one in conclusions:
        limits = assay.settings.range_of(one.sample, assay.analyte)
        if one.role != "control" or limits is None:
            continue
        span = f"{limits.lower:g} to {limits.upper:g} {assay.settings.unit}"
        if one.value is None:
            yield f"control {one.sample} has no value ({one.flag}); it must be {span}"
        elif not limits.lower <= one.value <= limits.upper:
            yield f"control {one.sample} is {write_amount(one.value)}; it must be {span}"


def list_standards(assay: Assay) -> pd.DataFrame:
    """List the standards read back: one row per level, columns as in `Level`, lowest first."""
    columns = [field.name for field in fields(Level)]
    return pd.DataFrame([asdict(level) for level in assay.levels], columns=columns)


def chart_controls(conclusions: Iterable[Conclusion]) -> pd.DataFrame:
    """Give the values of a control chart: one row per control and plate, in the plates' order.

    Returns
    -------
    DataFrame
        analyte, plate, control, value, lower, upper (of the declared range, missing where none is
        declared), within (missing where the range or the value is), flag.
    """
    rows = []
    for one in conclusions:
        if one.role != "control":
            continue
        limits = one.assay.settings.range_of(one.sample, one.assay.analyte)
        within = None
        if limits is not None and one.value is not None:
            within = limits.lower <= one.value <= limits.upper
        rows.append(
            {
                "analyte": one.assay.analyte,
                "plate": one.assay.plate.name,
                "control": one.sample,
                "value": one.value,
                "lower": limits.lower if limits else None,
                "upper": limits.upper if limits else None,
                "within": within,
                "flag": one.flag,
            }
        )
    columns = ["analyte", "plate", "control", "value", "lower", "upper", "within", "flag"]
    return pd.DataFrame(rows, columns=columns)


def compare_dilutions(assay: Assay) -> pd.DataFrame:
    """Hold a sample's dilutions against each other (parallelism).

    Returns
    -------
    DataFrame
        One row per sample or control that has two dilutions or more within the limits of
        quantification: sample, dilutions, concentrations (each times its dilution), cv in percent,
        limit, passes.
    """
    groups: dict[str, list[Dilution]] = {}
    for one in assay.dilutions:
        if one.role != "spike" and _is_within(one, assay):
            groups.setdefault(one.sample, []).append(one)
    rows = []
    for sample, group in groups.items():
        values = [one.concentration * one.dilution for one in group]
        cv = coefficient_of_variation(values)
        if cv is not None:
            limit = assay.settings.dilution_cv
            rows.append((sample, [one.dilution for one in group], values, cv, limit, cv <= limit))
    columns = ["sample", "dilutions", "concentrations", "cv", "limit", "passes"]
    return pd.DataFrame(rows, columns=columns)


def recover_spikes(assay: Assay) -> pd.DataFrame:
    """Give how much of what was added to a sample was found again.

    Recovery is (with spike - without) / added, in the well; the sample without the spike is the one
    of the same name and dilution, and counts as 0 where it lies below the curve.

    Returns
    -------
    DataFrame
        sample, dilution, added, without, found, recovery in percent, passes; recovery and passes
        are missing where the spiked wells are off the curve, or the plain ones above it.
    """
    plain = {
        (one.sample, one.dilution): one.concentration
        for one in assay.dilutions
        if one.role in ("sample", "control")
    }
    settings = assay.settings
    rows = []
    for one in assay.dilutions:
        if one.role != "spike":
            continue
        added = float(np.mean([well.layout.nominal or math.nan for well in one.wells]))
        before = plain.get((one.sample, one.dilution), math.nan)
        before = 0.0 if before == -math.inf else before
        share = 100 * (one.concentration - before) / added
        known = math.isfinite(share)
        passes = settings.spike_recovery_lower <= share <= settings.spike_recovery_upper
        rows.append(
            (
                one.sample,
                one.dilution,
                added,
                before,
                one.concentration,
                share if known else None,
                passes if known else None,
            )
        )
    columns = ["sample", "dilution", "added", "without", "found", "recovery", "passes"]
    return pd.DataFrame(rows, columns=columns)


def _is_within(one: Dilution, assay: Assay) -> bool:
    if assay.lloq is None or assay.uloq is None:
        return False
    return assay.lloq <= one.concentration <= assay.uloq
