"""Find names that are one name in two spellings, or that a spreadsheet has spoilt."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache
from typing import NamedTuple

import pandas as pd

from helpers.contracts import Fault, StudyConfig, suggest_name
from helpers.contracts.identity import (
    describe_spreadsheet_id,
    drop_zeros,
    fold_person,
    fold_thing,
    show_difference,
)
from helpers.contracts.patients import patient_anchor
from helpers.io.bounds import MOST_FAULTS
from helpers.io.values import PEOPLE

Tables = Mapping[str, pd.DataFrame]
Labels = Mapping[str, str]

EXAMPLE_PREFIX = "EXAMPLE"
"""Patients and donors of the scaffold's example rows begin with this; real data never may."""

_KINDS: tuple[tuple[str, tuple[str, ...], Callable[[str], str]], ...] = (
    ("patient", ("patient_id",), fold_person),
    ("donor", ("donor",), fold_person),
    ("reader", ("reader",), fold_person),
    ("condition", ("condition",), fold_person),
    ("analyte", ("analyte",), fold_thing),
    ("marker", ("marker",), fold_thing),
    ("population", ("population", "parent"), fold_thing),
    ("test", ("test",), fold_thing),
)
"""What is named in tables, in which columns, and how two names of it are compared."""


class _Named(NamedTuple):
    name: str
    file: str
    row: int | None
    column: str


def find_examples(tables: Tables, labels: Labels) -> Iterator[Fault]:
    """Find the template's own rows, left among the data."""
    for name, frame in tables.items():
        for column in [name for name in PEOPLE if name in frame]:
            for row, person in frame[[column]].dropna().itertuples(name=None):
                if person.startswith(EXAMPLE_PREFIX):
                    found = f"the template's example row ({person})"
                    mend = "replace the row by the study's own data"
                    yield Fault(labels[name], found, "data of the study", mend, row, column)


def find_two_spellings(tables: Tables, labels: Labels, config: StudyConfig) -> Iterator[Fault]:
    """Find names of one kind that fall together once they are folded, in all tables.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Typed, index = row in the file.
    labels : mapping of str to str
        How messages name the file of each table.
    config : StudyConfig
        Names proteins and stains too.

    Yields
    ------
    Fault
        One for each further spelling, at the first place that has it; it names both spellings.
    """
    for kind, columns, fold in _KINDS:
        first: dict[str, _Named] = {}
        told: set[str] = set()
        for one in _list_names(kind, columns, tables, labels, config):
            earlier = first.setdefault(fold(one.name), one)
            if earlier.name != one.name and one.name not in told:
                told.add(one.name)
                yield _tell_two(kind, earlier, one)


def _list_names(
    kind: str, columns: Collection[str], tables: Tables, labels: Labels, config: StudyConfig
) -> Iterator[_Named]:
    for table, frame in tables.items():
        for column in [name for name in columns if name in frame]:
            names = frame[column].dropna().drop_duplicates()
            for row, name in names.items():
                yield _Named(str(name), labels[table], int(str(row)), column)
    settings: dict[str, dict[str, Collection[str]]] = {
        "analyte": {"references": config.references, "analytes": config.analytes},
        "marker": {"markers": config.markers},
    }
    for key, named in settings.get(kind, {}).items():
        for name in named:
            yield _Named(name, "study.yml", None, f"{key}.{name}")


def _tell_two(kind: str, first: _Named, second: _Named) -> Fault:
    earlier, later = show_difference(first.name, second.name)
    row = "" if first.row is None else f", row {first.row}"
    found = f"{later}, which reads like {earlier} of {first.file}{row}"
    mend = "write it in one way everywhere; if they are two, give one of them another name"
    return Fault(
        second.file, found, f"one way of writing each {kind}", mend, second.row, second.column
    )


def find_like_anchors(tables: Tables, labels: Labels) -> Iterator[Fault]:
    """Find two patients whose links would be one: names that differ in signs only."""
    if "patient_id" not in tables.get("patients", pd.DataFrame()):
        return
    first: dict[str, str] = {}
    for row, patient in tables["patients"][["patient_id"]].dropna().itertuples(name=None):
        earlier = first.setdefault(patient_anchor(patient), patient)
        if earlier != patient and fold_person(earlier) != fold_person(patient):
            found = f"{patient}, which differs from {earlier} by signs only"
            expected = "names that differ in letters or digits"
            mend = "rename one of the two in every table"
            yield Fault(labels["patients"], found, expected, mend, row, "patient_id")


def find_strangers(tables: Tables, labels: Labels) -> Iterator[Fault]:
    """Find patients that the table of patients does not list; another spelling is no stranger."""
    if "patient_id" not in tables.get("patients", pd.DataFrame()):
        return
    known = set(tables["patients"]["patient_id"].dropna())
    if not known:  # a fault of its own, which would be repeated for every row
        return
    folded = {fold_person(patient) for patient in known}
    suggest = cache(lambda patient: _suggest_patient(patient, known))
    for name, frame in tables.items():
        if "patient_id" not in frame:
            continue
        for row, patient in frame[["patient_id"]].dropna().itertuples(name=None):
            if patient in known or patient.startswith(EXAMPLE_PREFIX):
                continue
            if fold_person(patient) in folded or describe_spreadsheet_id(patient):
                continue  # told once, as what it is
            few = suggest.cache_info().currsize < MOST_FAULTS  # each takes a millisecond
            near = suggest(patient) if few else ""
            mend = near + "correct it, or add the patient to patients"
            expected = "a patient listed in tables/patients"
            yield Fault(labels[name], patient, expected, mend, row, "patient_id")


def _suggest_patient(patient: str, known: Collection[str]) -> str:
    """Name the listed patient that this one may be; zeros that a spreadsheet dropped go first."""
    bare = drop_zeros(fold_person(patient))
    same = [other for other in sorted(known) if drop_zeros(fold_person(other)) == bare]
    return f"did you mean {same[0]}? " if same else suggest_name(patient, sorted(known))


def find_spoilt_ids(tables: Tables, labels: Labels) -> Iterator[Fault]:
    """Find ids of people that a spreadsheet stored as a date or as a rounded number."""
    expected = "the id as it was given"
    for name, frame in tables.items():
        for column in [name for name in PEOPLE if name in frame]:
            for row, person in frame[column].dropna().drop_duplicates().items():
                if what := describe_spreadsheet_id(str(person)):
                    mend = "format the column as Text in the spreadsheet, and type the id again"
                    found = f"{person}, {what} that a spreadsheet made of an id"
                    yield Fault(labels[name], found, expected, mend, int(str(row)), column)


def find_mixed_ids(tables: Tables, labels: Labels) -> Iterator[Fault]:
    """Find a column in which some people are called by a bare number and others are not."""
    for table, column in (("patients", "patient_id"), ("in_vitro", "donor")):
        if column not in tables.get(table, pd.DataFrame()):
            continue
        people = tables[table][column].dropna().drop_duplicates()
        people = people[[not str(name).startswith(EXAMPLE_PREFIX) for name in people]]
        people = people[[not describe_spreadsheet_id(str(name)) for name in people]]
        bare = people[[str(name).isdecimal() for name in people]]
        if len(bare) in (0, len(people)):
            continue
        other = people.drop(bare.index)
        rare, usual = (bare, other) if len(bare) <= len(other) else (other, bare)
        found = (
            f"{rare.iloc[0]}, while {usual.iloc[0]} is written otherwise "
            f"({len(bare)} numbers, {len(other)} with letters or signs)"
        )
        mend = "write every id in full, as it was given, in this and every other table"
        row = int(str(rare.index[0]))
        yield Fault(labels[table], found, "ids written in one way", mend, row, column)


FINDERS_OF_PEOPLE = (
    *(find_examples, find_spoilt_ids, find_mixed_ids),
    *(find_like_anchors, find_strangers),
)
"""Each is given all tables, and how messages name their files."""
