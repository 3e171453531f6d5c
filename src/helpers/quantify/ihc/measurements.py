"""From `fields.csv` and its photographs, or from `field_counts.csv`, to measurements."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from helpers.contracts import Fault, StudyDataError
from helpers.contracts.rows import list_rows
from helpers.io.hashes import hash_file
from helpers.quantify.ihc.area import Count, count_area
from helpers.quantify.ihc.bands import find_small_changes, find_turns
from helpers.quantify.ihc.biopsies import Amount, Reading, Unit, combine_fields
from helpers.quantify.ihc.fields import describe_unit, join_name, read_counts, read_fields
from helpers.quantify.ihc.images import read_image
from helpers.quantify.ihc.nuclei import count_nuclei, find_size_fault
from helpers.quantify.ihc.settings import IhcSettings
from helpers.quantify.measurement import Measurement


def measure(
    table: Path, settings: IhcSettings, *, file: str = "fields.csv", baseline: float = 0.0
) -> list[Measurement]:
    """Measure every photograph that `fields.csv` names, and combine the fields of each biopsy.

    Parameters
    ----------
    table : Path
        `fields.csv`; photographs lie beside it or below.
    settings : IhcSettings
    file : str
        How messages and measurements name the table, below the study's folder.
    baseline : float
        Month that changes are taken from.

    Returns
    -------
    list of Measurement
        One per patient, month, marker and reader. `se`, `lower` and `upper` are the spread between
        fields; `flag` tells a change smaller than the threshold band and a ranking that turns in
        it; `qc` what is wrong with fields or with the negative control.

    Raises
    ------
    StudyDataError
        With every fault of the table, of its photographs' first bytes, or of their contents.
    """
    amounts = measure_amounts(table, settings, file=file)
    return describe_amounts(amounts, baseline=baseline, control=judge_controls(amounts, settings))


def measure_counts(
    table: Path, *, file: str = "field_counts.csv", baseline: float = 0.0
) -> list[Measurement]:
    """Combine the fields that `field_counts.csv` gives, where no photograph is there.

    Parameters
    ----------
    table : Path
    file : str
        How messages and measurements name the table, below the study's folder.
    baseline : float
        Month that changes are taken from.

    Returns
    -------
    list of Measurement
        As from `measure`, without a threshold band: nothing is known of the threshold.

    Raises
    ------
    StudyDataError
        With every fault of the table.
    """
    return describe_amounts(combine_counts(table, file=file), baseline=baseline)


def measure_amounts(
    table: Path, settings: IhcSettings, *, file: str = "fields.csv"
) -> tuple[Amount, ...]:
    """Do what `measure` does, and keep the threshold band of each amount."""
    fields = read_fields(table, settings, file=file)
    readings: list[Reading] = []
    faults: list[Fault] = []
    for row in list_rows(fields):
        name = join_name(file, row["file"])
        try:
            pixels = read_image(table.parent / row["file"], file=name)
        except StudyDataError as error:
            faults += error.faults
            continue
        if settings.measures == "area":
            readings.append(_read_count(row, count_area(pixels, settings), settings, name))
        elif fault := find_size_fault(pixels, settings, file=name):
            faults.append(fault)
        else:
            readings.append(_read_count(row, count_nuclei(pixels, settings), settings, name))
    if faults:
        raise StudyDataError(file, faults)
    return combine_fields(readings)


def _read_count(row: dict[str, Any], count: Count, settings: IhcSettings, name: str) -> Reading:
    unit: Unit = "% positive area" if settings.measures == "area" else "% positive nuclei"
    return Reading(
        **_take_place(row),
        size=count.counted,
        amount=count.used,
        low=count.low,
        high=count.high,
        unit=unit,
        qc=count.qc,
        file=name,
        sha256=row["sha256"],
    )


def combine_counts(table: Path, *, file: str = "field_counts.csv") -> tuple[Amount, ...]:
    """Do what `measure_counts` does, and keep amounts apart by reader and biopsy."""
    counts = read_counts(table, file=file)
    sha256 = hash_file(table)
    units = {row["marker"]: describe_unit(row) for row in list_rows(counts) if describe_unit(row)}
    readings = []
    for row in list_rows(counts):
        unit = units.get(row["marker"]) or "cells per field"
        size, amount = _read_size(row)
        readings.append(
            Reading(
                **_take_place(row),
                size=size,
                amount=amount,
                low=amount,
                high=amount,
                unit=unit,  # type: ignore[arg-type]  # describe_unit gives no other
                file=file,
                sha256=sha256,
            )
        )
    return combine_fields(readings)


def _read_size(row: dict[str, Any]) -> tuple[float, float]:
    """Give what a field's amount is a share of, and the amount; 0, 0 where it was not read."""
    unit = describe_unit(row)
    if not unit:
        return 0.0, 0.0
    if unit == "% positive area":
        return 1.0, row["area_percent"] / 100
    return (row["field_mm2"] if unit == "cells/mm2" else 1.0), row["count"]


def _take_place(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: row[name] for name in ("patient_id", "month", "marker", "reader", "biopsy", "field")
    }


def judge_controls(amounts: Sequence[Amount], settings: IhcSettings) -> str:
    """Say what is wrong with the negative controls; empty when all stay below their limit."""
    controls = [one for one in amounts if one.marker in settings.negative_controls]
    values = [one.value for one in controls if one.value is not None]
    if not values:
        return "no negative control"
    if max(values) < settings.control_limit:
        return ""
    return f"a negative control shows {max(values):.1f} %, limit {settings.control_limit:g} %"


def describe_amounts(
    amounts: Sequence[Amount], *, baseline: float, control: str = ""
) -> list[Measurement]:
    """Write amounts as measurements, with what a reader must know of each.

    Parameters
    ----------
    amounts : sequence of Amount
    baseline : float
        Month that changes are taken from.
    control : str
        What is wrong with the negative controls, told with every amount.

    Returns
    -------
    list of Measurement
        `what` is the marker, with the reader where there are several.
    """
    changes, turns = find_small_changes(amounts, baseline=baseline), find_turns(amounts)
    several = len({amount.reader for amount in amounts}) > 1
    return [
        Measurement(
            patient_id=amount.patient_id,
            month=amount.month,
            what=f"{amount.marker}, {amount.reader}" if several else amount.marker,
            value=amount.value,
            unit=amount.unit,
            n=len(amount.fields) if len(amount.biopsies) < 2 else len(amount.biopsies),
            se=amount.se,
            lower=amount.lower,
            upper=amount.upper,
            interval_method=amount.interval_method,
            flag=_join(_say_missing(amount), changes.get(amount, ""), turns.get(amount, "")),
            qc=_join(amount.qc, control),
            source_file="; ".join(amount.files),
            sha256="; ".join(amount.hashes),
        )
        for amount in amounts
    ]


def _say_missing(amount: Amount) -> str:
    return "no field could be read" if amount.value is None else ""


def _join(*parts: str) -> str:
    return "; ".join(part for part in parts if part)
