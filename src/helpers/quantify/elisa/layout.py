"""``layout.csv``: what was in each well of each plate, held against the plates themselves."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast, get_args

import pandas as pd
import pandera.pandas as pa

from helpers.contracts import Fault, StudyDataError, keep_first, suggest_name
from helpers.contracts.rows import list_rows
from helpers.io.bounds import MOST_FAULTS
from helpers.io.cells import convert_cells
from helpers.io.tables import read_table
from helpers.quantify.elisa.read.plate import (
    Plate,
    fits_plate,
    name_well,
    nearest_well,
    place_well,
    spell_well,
)

Role = Literal["standard", "sample", "control", "blank", "spike", "empty"]
ROLES: tuple[str, ...] = get_args(Role)

COLUMNS = {
    "plate": "text",
    "well": "text",
    "role": "text",
    "sample": "text",
    "patient_id": "text",
    "month": "number",
    "analyte": "text",
    "nominal": "number",
    "dilution": "number",
}
"""Columns of layout.csv and what they hold; those after role may be absent where nobody needs them.

nominal is the concentration of a standard, what was added to a spike, or empty; dilution is a
factor of 1 or more. A well may be a range (A4:C12).
"""

NEEDED: dict[str, tuple[str, ...]] = {
    "standard": ("nominal", "analyte"),
    "sample": ("sample", "patient_id", "month", "analyte"),
    "control": ("sample", "analyte"),
    "spike": ("sample", "analyte", "nominal"),
    "blank": (),
    "empty": (),
}
"""Columns that each role must fill."""

_MOST_WELLS_NAMED = 12


@dataclass(frozen=True)
class Well:
    """One well of one plate, for one analyte.

    Attributes
    ----------
    plate, well, role, sample, patient_id, analyte : str
        Empty where the role needs none.
    month, nominal : float or None
    dilution : float
        1 where nothing is said.
    row : int
        Row of layout.csv.
    """

    plate: str
    well: str
    role: Role
    sample: str
    patient_id: str
    month: float | None
    analyte: str
    nominal: float | None
    dilution: float
    row: int


def read_layout(path: Path, *, file: str) -> tuple[list[Well], list[Fault]]:
    """Read layout.csv by itself, without the plates.

    Parameters
    ----------
    path : Path
    file : str
        How messages name the file.

    Returns
    -------
    (list of Well, list of Fault)
        The wells that could be understood, ranges unfolded, and every fault of the rest.

    Raises
    ------
    StudyDataError
        When the file is no table.
    """
    cells = read_table(path, file=file)
    faults = list(_find_column_faults(cells, file))
    contract = pa.DataFrameSchema(
        {name: pa.Column(nullable=True, metadata={"kind": kind}) for name, kind in COLUMNS.items()}
    )
    if faults and not {"plate", "well", "role"} <= set(cells.columns):
        return [], faults
    frame, unfit = convert_cells(cells, contract, file=file)
    faults += unfit
    frame = frame.reindex(columns=list(COLUMNS))
    bad = {(fault.row, fault.column) for fault in unfit}
    bad_rows = {row for row, _ in bad}
    wells: list[Well] = []
    for row, values in zip(frame.index, list_rows(frame), strict=True):
        told = _find_row_faults(values, int(str(row)), file)
        found = [fault for fault in told if (fault.row, fault.column) not in bad]
        faults += found
        if not found and row not in bad_rows:
            wells += _unfold(values, int(str(row)))
    return wells, faults


def _find_column_faults(cells: pd.DataFrame, file: str) -> Iterator[Fault]:
    for name in ("plate", "well", "role"):
        if name not in cells.columns:
            expected = f"the columns {', '.join(COLUMNS)}"
            yield Fault(file, f"no column {name}", expected, "add the column", 1, name)
    for name in cells.columns:
        if name not in COLUMNS:
            mend = suggest_name(name, COLUMNS) + "rename the column or delete it"
            expected = f"only {', '.join(COLUMNS)}"
            yield Fault(file, "a column that nothing reads", expected, mend, 1, str(name))


def _find_row_faults(values: dict[str, object], row: int, file: str) -> Iterator[Fault]:
    role = _text(values["role"])
    if role not in ROLES:
        mend = suggest_name(role, ROLES) + "use one of the roles"
        expected = f"one of {', '.join(ROLES)}"
        yield Fault(file, repr(role) if role else "an empty cell", expected, mend, row, "role")
    for name in ("plate", "well", *NEEDED.get(role, ())):
        if not _text(values[name]):
            expected = f"an entry for a {role or 'well'}"
            mend = "fill the cell"
            if name == "analyte":
                mend = "name what is measured, also on a plate with one analyte"
            yield Fault(file, "an empty cell", expected, mend, row, name)
    month, nominal, dilution = (_number(values[name]) for name in ("month", "nominal", "dilution"))
    if dilution is not None and dilution < 1:
        mend = f"write the factor: {1 / dilution:g}" if dilution > 0 else "write the factor"
        yield Fault(file, f"{dilution:g}", "a factor of 1 or more", mend, row, "dilution")
    for name, number in (("month", month), ("nominal", nominal)):
        if number is not None and number < 0:
            yield Fault(file, f"{number:g}", "0 or more", "correct the value", row, name)
    well = _text(values["well"])
    if well and not _list_wells(well):
        expected = "a well (B7) or a range of wells (A4:C12)"
        yield Fault(file, repr(well), expected, "write the letter, then the number", row, "well")


def _text(value: object) -> str:
    return "" if value is None or bool(pd.isna(value)) else str(value)  # type: ignore[call-overload]


def _number(value: object) -> float | None:
    return None if value is None or bool(pd.isna(value)) else float(str(value))  # type: ignore[call-overload]


def _list_wells(text: str) -> list[str]:
    """List the wells of a well or a range; none where it is neither."""
    first, _, last = text.partition(":")
    wells = [spell_well(first), spell_well(last or first)]
    if wells[0] is None or wells[1] is None:
        return []
    (top, left), (bottom, right) = place_well(wells[0]), place_well(wells[1])
    return [name_well(r, c) for r in range(top, bottom + 1) for c in range(left, right + 1)]


def _unfold(values: dict[str, object], row: int) -> Iterator[Well]:
    for well in _list_wells(_text(values["well"])):
        yield Well(
            _text(values["plate"]),
            well,
            cast(Role, _text(values["role"])),
            _text(values["sample"]),
            _text(values["patient_id"]),
            _number(values["month"]),
            _text(values["analyte"]),
            _number(values["nominal"]),
            _number(values["dilution"]) or 1.0,
            row,
        )


def find_layout_faults(
    wells: Sequence[Well],
    plates: Sequence[Plate],
    *,
    file: str,
    patients: Collection[str] | None = None,
) -> list[Fault]:
    """Hold a layout against its plates: everything named once, nothing silently unused.

    Parameters
    ----------
    wells : sequence of Well
    plates : sequence of Plate
    file : str
        How messages name layout.csv.
    patients : collection of str, optional
        Who is in the study; without it nobody's name is judged.

    Returns
    -------
    list of Fault
        Unknown plates, wells and patients with the nearest known ones; wells without a reading;
        readings without a row; wells and samples named twice; spikes without their sample.
    """
    found = [
        *_find_plate_faults(wells, plates, file),
        *_find_well_faults(wells, plates, file),
        *_find_unused(wells, plates, file),
        *_find_repeats(wells, file),
        *_find_sample_faults(wells, file),
        *_find_scale_faults(wells, plates, file),
    ]
    if patients is not None:
        found += _find_people(wells, patients, file)
    return keep_first(found, MOST_FAULTS)


def plates_of(well: Well, plates: Iterable[Plate]) -> list[Plate]:
    """Give the plates that a row of the layout means; of a bead assay, its analyte's."""
    named = [plate for plate in plates if plate.name == well.plate]
    if not well.analyte:
        return named
    return [plate for plate in named if plate.analyte in ("", well.analyte)]


def _find_plate_faults(
    wells: Sequence[Well], plates: Sequence[Plate], file: str
) -> Iterator[Fault]:
    known = sorted({plate.name for plate in plates})
    analytes = sorted({plate.analyte for plate in plates if plate.analyte})
    told: set[tuple[str, str]] = set()
    for well in wells:
        unknown = well.plate not in known
        key = (well.plate, "" if unknown else well.analyte)
        if plates_of(well, plates) or key in told:
            continue
        told.add(key)
        if unknown:
            mend = suggest_name(well.plate, known) + "name the plate as its file does"
            expected = f"one of {', '.join(known)}"
            yield Fault(file, repr(well.plate), expected, mend, well.row, "plate")
        else:
            mend = suggest_name(well.analyte, analytes) + "name the analyte as the file does"
            expected = f"one of {', '.join(analytes)}"
            yield Fault(file, repr(well.analyte), expected, mend, well.row, "analyte")


def _find_well_faults(wells: Sequence[Well], plates: Sequence[Plate], file: str) -> Iterator[Fault]:
    read = {id(plate): set(plate.wells) for plate in plates}
    for well in wells:
        for plate in plates_of(well, plates)[:1]:
            if not fits_plate(well.well, plate):
                expected = f"a well of a plate of {plate.rows} x {plate.columns}"
                near = nearest_well(well.well, plate)
                mend = f"did you mean {near}?"
                yield Fault(file, well.well, expected, mend, well.row, "well")
            elif well.role != "empty" and well.well not in read[id(plate)]:
                found = f"well {well.well}, for which {plate.file} has no reading"
                expected = "wells that were read"
                mend = "correct the well, delete the row, or give it the role empty"
                yield Fault(file, found, expected, mend, well.row, "well")


def _find_unused(wells: Sequence[Well], plates: Sequence[Plate], file: str) -> Iterator[Fault]:
    for plate in plates:
        named = {well.well for well in wells if plate in plates_of(well, plates)}
        unused = [well for well in plate.wells if well not in named]
        if not unused:
            continue
        listed = ", ".join(unused[:_MOST_WELLS_NAMED])
        more = len(unused) - _MOST_WELLS_NAMED
        rest = f" and {more} more" if more > 0 else ""
        about = f" for {plate.analyte}" if plate.analyte else ""
        found = (
            f"no row for plate {plate.name} of {plate.file}{about}"
            if not named
            else f"readings of plate {plate.name}{about} without a row: {listed}{rest}"
        )
        mend = "add the rows; wells that are not used have the role empty (A4:C12 is a range)"
        yield Fault(file, found, "a row for each well that was read", mend, column="well")


def _find_repeats(wells: Sequence[Well], file: str) -> Iterator[Fault]:
    first: dict[tuple[str, str, str], int] = {}
    for well in wells:
        key = (well.plate, well.well, well.analyte)
        if key in first:
            found = f"plate {well.plate}, well {well.well} again, after row {first[key]}"
            mend = "delete the wrong row; a range may cover the well too"
            yield Fault(file, found, "each well once per analyte", mend, well.row, "well")
        first.setdefault(key, well.row)


def _find_sample_faults(wells: Sequence[Well], file: str) -> Iterator[Fault]:
    """Find samples that are two things, patients measured twice, and spikes of nothing."""
    whose: dict[str, Well] = {}
    places: dict[tuple[str, float | None, str], Well] = {}
    for well in (well for well in wells if well.role == "sample"):
        other = whose.setdefault(well.sample, well)
        if (other.patient_id, other.month) != (well.patient_id, well.month):
            found = f"sample {well.sample} of {well.patient_id}, month {well.month:g}"
            expected = f"patient {other.patient_id}, month {other.month:g}, as in row {other.row}"
            yield Fault(file, found, expected, "give each sample one name", well.row, "sample")
            continue
        first = places.setdefault((well.patient_id, well.month, well.analyte), well)
        if (first.plate, first.sample) != (well.plate, well.sample):
            found = f"{well.analyte} of {well.patient_id}, month {well.month:g} again: " + (
                f"sample {first.sample} on plate {first.plate} in row {first.row}"
            )
            mend = "give the wells of the run that is not to be used the role empty"
            yield Fault(file, found, "one measurement", mend, well.row, "sample")
    samples = {(well.plate, well.sample) for well in wells if well.role in ("sample", "control")}
    for well in (well for well in wells if well.role == "spike"):
        if (well.plate, well.sample) not in samples:
            names = [sample for plate, sample in samples if plate == well.plate]
            mend = suggest_name(well.sample, names) + "name the sample that was spiked"
            expected = "a sample that is on the same plate without the spike"
            yield Fault(file, repr(well.sample), expected, mend, well.row, "sample")


_SAME = 1e-3


def _find_scale_faults(
    wells: Sequence[Well], plates: Sequence[Plate], file: str
) -> Iterator[Fault]:
    """Find standards that the file and the layout do not agree about, whatever unit each uses."""
    for plate in plates:
        printed = {one.well: one.nominal for one in plate.printed if one.nominal}
        pairs = [
            (well, printed[well.well])
            for well in wells
            if well.role == "standard"
            and well.nominal
            and well.well in printed
            and plate in plates_of(well, plates)
        ]
        ratios = sorted(cast(float, well.nominal) / said for well, said in pairs)
        if not ratios:
            continue
        usual = ratios[len(ratios) // 2]
        for well, said in pairs:
            assert well.nominal is not None
            if abs(well.nominal / said / usual - 1) > _SAME:
                found = f"{well.nominal:g} in well {well.well}, where {plate.file} says {said:g}"
                mend = "look which is right: the layout, or the template in the reader's program"
                expected = "the same standards in both"
                yield Fault(file, found, expected, mend, well.row, "nominal")


def _find_people(wells: Sequence[Well], patients: Collection[str], file: str) -> Iterator[Fault]:
    told: set[str] = set()
    for well in wells:
        name = well.patient_id
        if well.role == "sample" and name not in patients and name not in told:
            told.add(name)
            mend = suggest_name(name, patients) + "add the patient to the study, or mend the name"
            expected = "a patient of the study"
            yield Fault(file, repr(name), expected, mend, well.row, "patient_id")


def require_no_faults(file: str, faults: Sequence[Fault]) -> None:
    """Raise every fault at once, if there is any."""
    if faults:
        raise StudyDataError(file, faults)
