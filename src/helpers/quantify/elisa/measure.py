"""Plates and layout in, measurements out: the door of ELISA."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from helpers.contracts import Fault, StudyDataError, suggest_name
from helpers.contracts.elisa import ElisaSettings
from helpers.io.hashes import hash_file
from helpers.quantify.elisa.assay import Assay, SignalError, choose_signal, evaluate
from helpers.quantify.elisa.change import BetweenPlates, compare_plates, measure_change
from helpers.quantify.elisa.conclusion import Conclusion, conclude
from helpers.quantify.elisa.layout import (
    Well,
    find_layout_faults,
    plates_of,
    read_layout,
)
from helpers.quantify.elisa.quality import find_plate_remarks
from helpers.quantify.elisa.read.export import read_export
from helpers.quantify.elisa.read.plate import Plate, name_apart
from helpers.quantify.measurement import Measurement

CHANGE_COLUMNS = [
    *("patient_id", "what", "first_month", "month", "ratio", "lower", "upper"),
    *("beyond_assay", "method", "why"),
]

SETTINGS = "study.yml"
"""How messages name the settings."""


@dataclass(frozen=True)
class Run:
    """All plates of a study, evaluated.

    Attributes
    ----------
    layout : tuple of Well
    assays : tuple of Assay
        In the order of plates, then of analytes.
    conclusions : tuple of Conclusion
        Samples and controls of all assays.
    remarks : mapping of (str, str) to tuple of str
        What is wrong with a plate as a whole, by plate and analyte.
    between : mapping of str to BetweenPlates or None
        How much plates differ, by analyte.
    hashes : mapping of str to str
        sha256 by file.
    """

    layout: tuple[Well, ...]
    assays: tuple[Assay, ...]
    conclusions: tuple[Conclusion, ...]
    remarks: Mapping[tuple[str, str], tuple[str, ...]]
    between: Mapping[str, BetweenPlates | None]
    hashes: Mapping[str, str]


def evaluate_run(
    files: Iterable[Path],
    layout: Path,
    settings: ElisaSettings | Mapping[str, ElisaSettings],
    *,
    folder: Path,
    patients: Collection[str] | None = None,
) -> Run:
    """Read and evaluate all plates of a study.

    Parameters
    ----------
    files : iterable of Path
        Exports of plate readers.
    layout : Path
        layout.csv.
    settings : ElisaSettings, or a mapping of them by analyte
    folder : Path
        The study's folder; messages name files below it.
    patients : collection of str, optional
        Who is in the study; without it nobody's name is judged.

    Returns
    -------
    Run

    Raises
    ------
    StudyDataError
        With every fault of all files, the layout and the settings at once.
    """
    faults: list[Fault] = []
    plates, hashes = _read_plates(files, folder, faults)
    wells: list[Well] = []
    name = _name_file(layout, folder)
    try:
        wells, found = read_layout(layout, file=name)
        faults += found
    except StudyDataError as error:
        faults += error.faults
    if wells and plates and not faults:
        faults += find_layout_faults(wells, plates, file=name, patients=patients)
        faults += _find_settings_faults(wells, plates, settings)
    if not plates and not faults:
        expected = "at least one plate reader's export"
        faults.append(Fault(name, "no plates", expected, "put the exports beside the layout"))
    if faults:
        raise StudyDataError("ELISA", faults)
    return _evaluate(plates, wells, settings, hashes)


def measure(
    files: Iterable[Path],
    layout: Path,
    settings: ElisaSettings | Mapping[str, ElisaSettings],
    *,
    folder: Path,
    patients: Collection[str] | None = None,
) -> list[Measurement]:
    """Read all plates of a study and give one measurement per patient, month and analyte.

    Parameters
    ----------
    files, layout, settings, folder, patients
        As `evaluate_run`.

    Returns
    -------
    list of Measurement
        In the layout's order. Below quantification there is no value, `upper` is the limit and
        `flag` says so.

    Raises
    ------
    StudyDataError
        With every fault of all files, the layout and the settings at once.
    """
    return list_measurements(
        evaluate_run(files, layout, settings, folder=folder, patients=patients)
    )


def list_measurements(run: Run) -> list[Measurement]:
    """Give one measurement per sample of a run, in the layout's order."""
    first = {
        (well.plate, well.analyte, well.sample): (at, well)
        for at, well in reversed(list(enumerate(run.layout)))
        if well.role == "sample"
    }
    made: list[tuple[int, Measurement]] = []
    for one in run.conclusions:
        if one.role != "sample":
            continue
        at, well = first[one.assay.plate.name, one.assay.analyte, one.sample]
        assert well.month is not None
        qc = (*one.remarks, *run.remarks[one.assay.key])
        file = one.assay.plate.file
        measurement = Measurement(
            well.patient_id,
            well.month,
            well.analyte,
            one.value,
            one.assay.settings.unit,
            one.n,
            one.se,
            one.lower,
            one.upper,
            one.method,
            one.flag,
            "; ".join(qc),
            file,
            run.hashes[file],
        )
        made.append((at, measurement))
    return [measurement for _, measurement in sorted(made, key=lambda pair: pair[0])]


def list_changes(run: Run) -> pd.DataFrame:
    """Compare each patient's later samples with the first, with the assay's error.

    Returns
    -------
    DataFrame
        One row per patient, analyte and later month: patient_id, what, first_month, month, ratio,
        lower, upper, beyond_assay, method, why. Where one of the two has no value there is no
        ratio, and why says so.
    """
    whose = {
        (well.plate, well.analyte, well.sample): (well.patient_id, well.month)
        for well in run.layout
        if well.role == "sample"
    }
    courses: dict[tuple[str, str], dict[float, Conclusion]] = {}
    for one in run.conclusions:
        if one.role == "sample":
            patient, month = whose[(*one.assay.key, one.sample)]
            courses.setdefault((patient, one.assay.analyte), {})[month or 0.0] = one
    rows = []
    for (patient, analyte), course in courses.items():
        first, *later = sorted(course)
        for month in later:
            change = measure_change(course[first], course[month], run.between[analyte])
            rows.append(
                (
                    *(patient, analyte, first, month, change.ratio, change.lower, change.upper),
                    *(change.beyond_assay, change.method, change.why),
                )
            )
    return pd.DataFrame(rows, columns=CHANGE_COLUMNS)


def _name_file(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.name


def _read_plates(
    files: Iterable[Path], folder: Path, faults: list[Fault]
) -> tuple[list[Plate], dict[str, str]]:
    """Read every file; plates of one name in two files are told apart by their order."""
    plates: list[Plate] = []
    hashes: dict[str, str] = {}
    for path in files:
        file = _name_file(path, folder)
        try:
            read = read_export(path, file=file)
        except StudyDataError as error:
            faults += error.faults
            continue
        hashes[file] = hash_file(path)
        plates += read
    keys = dict.fromkeys((plate.file, plate.name) for plate in plates)
    apart = dict(zip(keys, name_apart(name for _, name in keys), strict=True))
    return [replace(plate, name=apart[plate.file, plate.name]) for plate in plates], hashes


def settings_of(
    analyte: str, settings: ElisaSettings | Mapping[str, ElisaSettings]
) -> ElisaSettings | None:
    """Give the settings of an analyte; None where a mapping lacks it."""
    return settings if isinstance(settings, ElisaSettings) else settings.get(analyte)


def _list_pairs(wells: Sequence[Well], plates: Sequence[Plate]) -> list[tuple[Plate, str]]:
    """List each plate with each analyte that the layout has on it."""
    pairs = []
    for plate in plates:
        analytes = dict.fromkeys(
            well.analyte for well in wells if well.analyte and plate in plates_of(well, [plate])
        )
        pairs += [(plate, analyte) for analyte in analytes]
    return pairs


def _find_settings_faults(
    wells: Sequence[Well],
    plates: Sequence[Plate],
    settings: ElisaSettings | Mapping[str, ElisaSettings],
) -> list[Fault]:
    faults: list[Fault] = []
    for plate, analyte in _list_pairs(wells, plates):
        chosen = settings_of(analyte, settings)
        if chosen is None:
            assert not isinstance(settings, ElisaSettings)
            expected = f"settings of one of {', '.join(settings)}"
            mend = suggest_name(analyte, settings) + "add settings for the analyte"
            faults.append(Fault(SETTINGS, f"no settings for {analyte}", expected, mend))
            continue
        faults += _find_assay_faults(plate, analyte, wells, chosen)
    known = {plate.name: plate for plate in plates}
    several = [settings] if isinstance(settings, ElisaSettings) else list(settings.values())
    for one in several:
        faults += _find_mask_faults(one, known)
        controls = {well.sample for well in wells if well.role == "control"}
        for limits in one.controls:
            if limits.sample not in controls:
                mend = suggest_name(limits.sample, controls) + "name the control as the layout does"
                expected = f"one of the controls {', '.join(sorted(controls)) or '(there is none)'}"
                found = repr(limits.sample)
                faults.append(Fault(SETTINGS, found, expected, mend, column="controls"))
    return list(dict.fromkeys(faults))


def _find_assay_faults(
    plate: Plate, analyte: str, wells: Sequence[Well], settings: ElisaSettings
) -> Iterable[Fault]:
    try:
        choose_signal(plate, settings.wavelengths)
    except SignalError as error:
        expected = "one reading that counts, or two of which the second is subtracted"
        mend = "say which under wavelengths"
        yield Fault(plate.file, str(error), expected, mend, plate.row, "wavelengths")
    standards = [
        well
        for well in wells
        if well.role == "standard" and well.analyte == analyte and plate in plates_of(well, [plate])
    ]
    limits = settings.lloq is not None and settings.uloq is not None
    if not standards and settings.curve != "printed":
        found = f"no standards of {analyte} on plate {plate.name}"
        mend = "give the wells of standards their role and nominal, or set curve: printed"
        yield Fault("layout.csv", found, "standards on each plate", mend, column="role")
    elif not standards and not limits:
        found = f"no standards of {analyte} on plate {plate.name}, and no limits"
        mend = "set lloq and uloq, in the well"
        yield Fault(SETTINGS, found, "limits of quantification", mend, column="lloq")
    if settings.curve == "printed" and len(plate.curves) != 1:
        found = f"{len(plate.curves)} curves with known coefficients on plate {plate.name}"
        mend = "set curve to 4pl, 5pl or linear"
        yield Fault(plate.file, found, "one printed curve", mend, plate.row)


def _find_mask_faults(settings: ElisaSettings, plates: Mapping[str, Plate]) -> Iterable[Fault]:
    for mask in settings.masks:
        plate = plates.get(mask.plate)
        if plate is None:
            mend = suggest_name(mask.plate, plates) + "name the plate as its file does"
            expected = f"one of {', '.join(plates)}"
            yield Fault(SETTINGS, repr(mask.plate), expected, mend, column="masks")
        elif mask.well not in plate.wells:
            expected = f"a well that was read on plate {mask.plate}"
            mend = "write the letter, then the number"
            yield Fault(SETTINGS, repr(mask.well), expected, mend, column="masks")


def _evaluate(
    plates: Sequence[Plate],
    wells: Sequence[Well],
    settings: ElisaSettings | Mapping[str, ElisaSettings],
    hashes: Mapping[str, str],
) -> Run:
    assays: list[Assay] = []
    conclusions: list[Conclusion] = []
    remarks: dict[tuple[str, str], tuple[str, ...]] = {}
    for plate, analyte in _list_pairs(wells, plates):
        chosen = settings_of(analyte, settings)
        assert chosen is not None
        assay = evaluate(plate, wells, analyte, chosen)
        found = conclude(assay)
        assays.append(assay)
        conclusions += found
        remarks[assay.key] = find_plate_remarks(assay, found)
    between = {
        analyte: compare_plates(one for one in conclusions if one.assay.analyte == analyte)
        for analyte in dict.fromkeys(assay.analyte for assay in assays)
    }
    return Run(tuple(wells), tuple(assays), tuple(conclusions), remarks, between, dict(hashes))
