"""Make a study's tables through its mapping, each cell with its place in the original."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from collections.abc import Mapping as Lookup
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from helpers.contracts import (
    CONTRACTS,
    Fault,
    StudyConfig,
    StudyDataError,
    suggest_name,
    table_contract,
)
from helpers.contracts.mapping import FILE, PATIENTS, Source
from helpers.intake.carry.apply import Carrier, Origin, Record, list_kept
from helpers.intake.carry.check import cover, find_coverage_faults, find_target_faults
from helpers.intake.carry.mapping_file import MappingFile, read_mapping
from helpers.intake.read.files import (
    RAW,
    choose_file,
    describe_originals,
    list_raw,
    name_sheet,
    read_source,
)
from helpers.intake.read.source_table import SourceTable

FIRST_ROW = 2
"""As in a file with a header: rows of a table made here are counted the same way."""


@dataclass(frozen=True)
class MappedTable:
    """One table made from people's files.

    Attributes
    ----------
    label : str
        How messages name it until its cells are told by their places in the originals.
    cells : DataFrame of str
        As `helpers.io.tables.read_table` gives them.
    origins : mapping of int to Record
        What each row was made of.
    """

    label: str
    cells: pd.DataFrame
    origins: Lookup[int, Record]

    def locate(self, fault: Fault) -> Fault:
        """Name the place of a fault in the file that its value came from."""
        record = self.origins.get(fault.row or 0)
        if record is None:
            return replace(fault, file=FILE, row=None, column=f"{self.name}.{fault.column}")
        cell = record.cells.get(fault.column or "")
        origin = cell[1] if cell else Origin(record.origin.file, record.origin.row, "")
        column = origin.column or f"for {self.name}.{fault.column}"
        return replace(
            fault,
            file=origin.file,
            row=origin.row,
            column=column if origin.file != FILE else f"{self.name}.{fault.column}",
            found=re.sub(r"(?<=\brow )\d+", self._find_row, fault.found),
        )

    @property
    def name(self) -> str:
        """Name of the table."""
        return self.label.rpartition(" ")[2]

    def _find_row(self, number: re.Match[str]) -> str:
        record = self.origins.get(int(number[0]))
        return str(record.origin.row) if record else number[0]


@dataclass(frozen=True)
class Intake:
    """What a study's mapping makes of its files.

    Attributes
    ----------
    tables : mapping of str to MappedTable
    faults : tuple of Fault
        Of the mapping and of cells that did not fit it; such cells are missing in the tables.
    notes : tuple of str
        What was read, in words: columns placed and ignored, rows left out.
    """

    tables: Lookup[str, MappedTable] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()


def read_intake(
    folder: Path, config: StudyConfig, *, only: Collection[str] | None = None
) -> Intake:
    """Compute a study's tables from the files in raw/ through its mapping.yml.

    Parameters
    ----------
    folder : Path
        A study folder that has a mapping.yml.
    config : StudyConfig
    only : collection of str, optional
        Make these tables only; all where not given.

    Returns
    -------
    Intake
        With faults and without tables where the mapping or a file cannot be read.
    """
    mapping_file, faults = read_mapping(folder / FILE)
    if mapping_file is None:
        return Intake(faults=tuple(faults))
    mapping = mapping_file.mapping
    faults += find_target_faults(mapping_file, config)
    wanted = CONTRACTS if only is None else {PATIENTS, *only}
    chosen = frozenset(mapping.tables) & frozenset(wanted)
    read, found = _read_sources(folder, mapping_file, chosen)
    faults += found
    if faults:
        return Intake(faults=tuple(faults), notes=tuple(_describe(read, {})))
    carrier = Carrier(mapping, config, chosen)
    for _, source, path, tables in read:
        for table in tables:
            carrier.note_starts(source, table, name_sheet(path, table))
    for _, source, path, tables in sorted(read, key=lambda one: one[1].listed_only):
        for table in tables:
            carrier.carry(source, table, name_sheet(path, table))
    made = {name: _frame(name, carrier.records.get(name, []), config) for name in sorted(chosen)}
    notes = _describe(read, carrier.left_out)
    for file, count in carrier.strangers.items():
        notes.append(f"{file}: {count} rows of people who are not in patients are left out")
    notes += [f"{name}: {len(table.cells)} rows" for name, table in made.items()]
    used = [path for _, _, path, _ in read]
    older = [path for source in mapping.sources for path in choose_file(folder, source, mapping)[1]]
    notes += describe_originals(folder, used, older, mapping)
    return Intake(made, tuple(carrier.causes.list_faults()), tuple(notes))


Read = tuple[int, Source, Path, list[SourceTable]]


def _read_sources(
    folder: Path, file: MappingFile, chosen: Collection[str]
) -> tuple[list[Read], list[Fault]]:
    """Read the sources that some tables need; a check needs all."""
    read: list[Read] = []
    faults: list[Fault] = []
    for at, source in enumerate(file.mapping.sources):
        if not (source.first_dose or file.mapping.lists_everybody or source.tables & set(chosen)):
            continue
        path, _ = choose_file(folder, source, file.mapping)
        if path is None:
            names = [one.name for one in list_raw(folder)]
            mend = (
                suggest_name(source.file, names) + f"put the file into {RAW}/, or correct its name"
            )
            row = file.find_row("sources", at, "file")
            found = f"no file {source.file} in {RAW}/"
            faults.append(Fault(FILE, found, ", ".join(names) or "a file", mend, row))
            continue
        try:
            tables = read_source(path, source)
        except StudyDataError as error:
            faults += error.faults
            continue
        for table in tables:
            faults += table.sheet.faults
            faults += _find_merged(source, table, name_sheet(path, table))
        faults += find_coverage_faults(at, source, tables, file, name_sheet(path, tables[0]))
        read.append((at, source, path, tables))
    return read, faults


def _find_merged(source: Source, table: SourceTable, file: str) -> list[Fault]:
    """Find merged cells in which all values but the first would be taken for missing."""
    allowed = {table.index[name] for name in source.fill_down if name in table.index}
    return [
        Fault(
            file,
            f"cells merged over several rows ({address})",
            "one cell a row",
            "unmerge them and fill each, or add the column to fill_down if it means: as above",
            first,
            next((n for n, place in table.index.items() if place == left - 1), None),
        )
        for first, _, left, right, address in table.merged_below
        if not set(range(left - 1, right)) <= allowed
    ]


def _frame(name: str, records: Sequence[Record], config: StudyConfig) -> MappedTable:
    columns = list(table_contract(name, config).columns)
    rows = [
        [record.cells[column][0] if column in record.cells else None for column in columns]
        for record in records
    ]
    index = pd.Index(range(FIRST_ROW, FIRST_ROW + len(rows)), name="row")
    cells = pd.DataFrame(rows, columns=columns, index=index, dtype="str")
    optional = [
        column
        for column, schema in table_contract(name, config).columns.items()
        if not schema.required and cells[column].isna().all()
    ]
    origins = dict(zip(index, records, strict=True))
    return MappedTable(f"{FILE}, table {name}", cells.drop(columns=optional), origins)


def _describe(read: Sequence[Read], left_out: Lookup[str, int]) -> list[str]:
    lines = []
    for _, source, path, tables in read:
        words = f"{name_sheet(path, tables[0]) if len(tables) == 1 else f'{RAW}/{path.name}'}: "
        words += str(cover(source, tables))
        total = sum(len(table.rows) for table in tables)
        kept = sum(len(list_kept(source, table)) for table in tables)
        if kept < total:
            why = " and ".join(
                f"{name} is {' or '.join(word or 'empty' for word in w)}"
                for name, w in source.keep.items()
            )
            why = f" (kept where {why})" if why else ""
            words += f"; {kept} of {total} rows read{why}"
        lines.append(words)
    lines += [
        f"visit {word or '(none)'}: {count} values are not read" for word, count in left_out.items()
    ]
    return lines
