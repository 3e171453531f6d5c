"""What the page of a plate shows, as tables: its wells, its curve, its standards."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from helpers.quantify.elisa.assay import Assay, WellResult
from helpers.quantify.elisa.layout import Well
from helpers.quantify.elisa.uncertainty import student

WELL_COLUMNS = ["row", "column", "well", "role", "sample", "signal", "concentration", "mark"]
TRACE_COLUMNS = ["concentration", "signal", "lower", "upper"]
STANDARD_COLUMNS = ["concentration", "signal", "residual", "masked"]
_POINTS = 200


def list_wells(assay: Assay) -> pd.DataFrame:
    """List the wells of an assay for a heat map.

    Returns
    -------
    DataFrame
        One row per well that is in use: row and column from 0, well, role, sample, signal (missing
        where there is none or it is an overflow), concentration in the well (missing off the
        curve), and mark: ``masked``, ``no reading``, ``overflow``, ``below``, ``above``, ``cv`` (of
        its replicates), or empty.
    """
    wide = {
        well.layout.well
        for one in assay.dilutions
        if one.cv is not None and one.cv > assay.settings.replicate_cv
        for well in one.wells
    }
    rows = [_list_well(well, assay, well.layout.well in wide) for well in assay.wells]
    return pd.DataFrame(rows, columns=WELL_COLUMNS)


def _list_well(well: WellResult, assay: Assay, wide: bool) -> tuple[object, ...]:
    at: Well = well.layout
    row, column = "ABCDEFGHIJKLMNOP".index(at.well[0]), int(at.well[1:]) - 1
    signal = well.signal if math.isfinite(well.signal) else None
    x = well.concentration if math.isfinite(well.concentration) else None
    mark = _mark(well, assay)
    if not mark and wide:
        mark = "cv"
    return row, column, at.well, at.role, at.sample, signal, x, mark


def _mark(well: WellResult, assay: Assay) -> str:
    if well.mask:
        return "masked"
    if math.isnan(well.signal):
        return "no reading"
    if math.isinf(well.signal):
        return "overflow"
    if well.layout.role in ("standard", "blank") or assay.lloq is None or assay.uloq is None:
        return ""
    if well.concentration < assay.lloq:
        return "below"
    return "above" if well.concentration > assay.uloq else ""


def trace_curve(assay: Assay) -> pd.DataFrame:
    """Trace the standard curve with its band.

    Returns
    -------
    DataFrame
        concentration, signal, and lower and upper limits of the curve at 95 %, missing where
        nothing tells how signals spread; no rows without a curve.
    """
    calibration = assay.calibration
    nominal = [level.nominal for level in assay.levels if level.nominal > 0]
    ends = [*nominal, *(end for end in (assay.lloq, assay.uloq) if end is not None)]
    if calibration is None or not ends:
        return pd.DataFrame(columns=TRACE_COLUMNS)
    x = np.geomspace(min(ends) / 2, max(ends) * 1.5, _POINTS)
    y = calibration.curve.signal(x)
    reach = np.full_like(y, np.nan)
    if calibration.spread is not None:
        by = calibration.curve.gradient(x)
        variance = np.einsum("ij,jk,ik->i", by, calibration.covariance, by)
        reach = student(calibration.spread.df) * np.sqrt(np.maximum(variance, 0))
    return pd.DataFrame({"concentration": x, "signal": y, "lower": y - reach, "upper": y + reach})


def list_standards(assay: Assay) -> pd.DataFrame:
    """List the wells of the standards above zero.

    Returns
    -------
    DataFrame
        concentration (nominal), signal, residual: how far the concentration read back is from the
        nominal one, in percent (missing off the curve); masked.
    """
    rows = []
    for well in assay.wells:
        nominal = well.layout.nominal
        if well.layout.role != "standard" or not nominal or not math.isfinite(well.signal):
            continue
        off = (
            100 * (well.concentration / nominal - 1) if math.isfinite(well.concentration) else None
        )
        rows.append((nominal, well.signal, off, bool(well.mask)))
    return pd.DataFrame(rows, columns=STANDARD_COLUMNS)


def list_readings(assay: Assay) -> pd.DataFrame:
    """List the samples and controls that lie on the curve: concentration, signal, role."""
    rows = [
        (one.concentration, one.signal, one.role)
        for one in assay.dilutions
        if math.isfinite(one.concentration) and one.concentration > 0
    ]
    return pd.DataFrame(rows, columns=["concentration", "signal", "role"])
