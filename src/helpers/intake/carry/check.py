"""Hold mapping.yml against the tables and against the files it names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from helpers.contracts import CONTRACTS, Fault, StudyConfig, suggest_name, table_contract
from helpers.contracts.dictionary import start_settings
from helpers.contracts.mapping import FILE, IGNORE, SHEET, Mapping, Source, Target
from helpers.contracts.units import find_factor, find_unit, name_unit
from helpers.intake.carry.apply import find_wanted_unit, is_time, list_allowed
from helpers.intake.carry.mapping_file import MappingFile
from helpers.intake.read.source_table import SourceTable

IDENTITY = ("patient_id", "donor", "month")
"""Columns that every row gets from the patient and the visit of its source."""


@dataclass(frozen=True)
class Coverage:
    """How many columns of one source go where.

    Attributes
    ----------
    columns, placed, ignored : tuple of str
        All columns of the file, those that are used, and those that mapping.yml says are not.
    """

    columns: tuple[str, ...]
    placed: tuple[str, ...]
    ignored: tuple[str, ...]

    @property
    def left(self) -> tuple[str, ...]:
        """Columns that nothing is said of."""
        return tuple(name for name in self.columns if name not in {*self.placed, *self.ignored})

    def __str__(self) -> str:
        """Say it in words: 28 of 31 columns placed, 3 ignored."""
        words = f"{len(self.placed)} of {len(self.columns)} columns placed"
        if self.ignored:
            words += f", {len(self.ignored)} ignored"
        return words + (f", {len(self.left)} neither" if self.left else "")


def list_used(source: Source) -> dict[str, tuple[object, ...]]:
    """Give every column that a source uses, with the key of the mapping that names it."""
    used: dict[str, tuple[object, ...]] = {}
    for key in ("patient", "visit", "first_dose"):
        name = getattr(source, key)
        if name and name != SHEET:
            used.setdefault(name, (key,))
    used |= {name: ("keep", name) for name in source.keep if name not in used}
    used |= {name: ("columns", name) for name in source.columns}
    if source.tests:
        for key in ("names", "values", "units"):
            if name := getattr(source.tests, key):
                used.setdefault(name, ("tests", key))
    return used


def cover(source: Source, tables: Sequence[SourceTable]) -> Coverage:
    """Tell which columns of a source's sheets are placed, ignored, or neither."""
    columns = tuple(dict.fromkeys(name for table in tables for name in table.columns))
    used = list_used(source)
    return Coverage(
        columns,
        tuple(name for name in columns if name in used),
        tuple(name for name in columns if name in source.ignore and name not in used),
    )


def find_coverage_faults(
    at: int, source: Source, tables: Sequence[SourceTable], file: MappingFile, name: str
) -> Iterator[Fault]:
    """Find columns of a file that mapping.yml does not speak of, and columns that are not there."""
    found = cover(source, tables)
    used = list_used(source)
    absent = [column for column in used if column not in found.columns]
    near = {column: suggest_name(column, found.left) for column in absent}
    for column in absent:
        mend = near[column] + "correct the name in mapping.yml, or bring a file that has it"
        row = file.find_row("sources", at, *used[column])
        yield Fault(FILE, f"{name} has no column {column}", "a column of the file", mend, row)
    for column in found.left:
        mend = suggest_name(column, absent) + "name it under columns or ignore in mapping.yml"
        header = tables[0].header[-1] if tables else None
        expected = "a column that mapping.yml places or ignores"
        yield Fault(
            name, "a column that is neither placed nor ignored", expected, mend, header, column
        )


def find_target_faults(file: MappingFile, config: StudyConfig) -> Iterator[Fault]:
    """Find places that no table has, visits that are not named, units that cannot be converted."""
    mapping = file.mapping
    for path, source, target in _walk_targets(mapping):
        row = file.find_row(*path)
        wrong = _judge_place(target.to, row) or _judge_fixed(target, row, config)
        if wrong:
            yield wrong
            continue
        yield from _judge_visit(target, source, mapping, row, config)
        if target.unit:
            yield from _judge_unit(target.to, target.unit, row, config)
    for place, unit in mapping.units.items():
        row = file.find_row("units", place)
        yield from filter(None, [_judge_place(place, row)])
        if _knows(place):
            yield from _judge_unit(place, unit, row, config)
    yield from _find_visit_faults(file, config)
    yield from _find_word_faults(file, config)
    yield from _find_constant_faults(file, config)


def _find_visit_faults(file: MappingFile, config: StudyConfig) -> Iterator[Fault]:
    """Find months that study.yml does not plan: one line there settles all of their values."""
    planned = ", ".join(f"{visit.month:g} ({visit.label})" for visit in config.visits)
    for word, month in file.mapping.visits.items():
        if month != IGNORE and month not in config.months:
            line = f"- {{month: {month:g}, label: {word}}}"
            mend = f"correct the month, or add to visits in study.yml, in order of time: {line}"
            row = file.find_row("visits", word)
            found = f"month {month:g} for {word}"
            yield Fault(FILE, found, f"a visit of study.yml: {planned}", mend, row, word)


def _walk_targets(mapping: Mapping) -> Iterator[tuple[tuple[object, ...], Source, Target]]:
    for at, source in enumerate(mapping.sources):
        for column, targets in source.columns.items():
            for target in targets:
                yield ("sources", at, "columns", column), source, target
        for name, targets in (source.tests.rows if source.tests else {}).items():
            for target in targets:
                yield ("sources", at, "tests", "rows", name), source, target


def _knows(place: str) -> bool:
    return _judge_place(place, None) is None


def _judge_place(place: str, row: int | None) -> Fault | None:
    table, column = place.split(".")
    if table not in CONTRACTS:
        mend = suggest_name(table, CONTRACTS) + "correct the name of the table"
        return Fault(FILE, f"an unknown table {table}", ", ".join(CONTRACTS), mend, row, place)
    columns = [name for name in _list_columns(table) if name not in IDENTITY]
    if column in IDENTITY:
        mend = "the source's own keys patient and visit say it: take this line away"
        return Fault(FILE, f"a place for {column}", ", ".join(columns), mend, row, place)
    if column not in columns:
        mend = suggest_name(column, columns) + "correct the name of the column"
        return Fault(FILE, f"{table} has no column {column}", ", ".join(columns), mend, row, place)
    return None


@cache
def _list_columns(table: str) -> tuple[str, ...]:
    config = StudyConfig.model_validate(start_settings("any"))
    return tuple(table_contract(table, config).columns)


def _judge_fixed(target: Target, row: int | None, config: StudyConfig) -> Fault | None:
    columns = table_contract(target.table, config).columns
    for name in target.fixed:
        if name not in columns:
            mend = suggest_name(name, columns) + "correct the name under with"
            found = f"{target.table} has no column {name}"
            return Fault(FILE, found, ", ".join(columns), mend, row, target.to)
    if target.below == "bound" and "bound" not in columns:
        found = f"below: bound, where {target.table} has no column bound"
        return Fault(FILE, found, "limit or empty", "write one of them", row, target.to)
    return None


def _judge_visit(
    target: Target, source: Source, mapping: Mapping, row: int | None, config: StudyConfig
) -> Iterator[Fault]:
    if target.visit and target.visit not in mapping.visits:
        mend = suggest_name(target.visit, mapping.visits) + "add it to visits"
        expected = "a visit listed under visits"
        yield Fault(FILE, f"the visit {target.visit}", expected, mend, row, target.to)
    needs = "month" in table_contract(target.table, config).columns
    named = target.visit or source.visit or source.at or "month" in target.fixed
    if needs and not named:
        mend = "give the source a visit (column) or at (a visit), or the column a visit"
        found = f"a place in {target.table} and no visit"
        yield Fault(FILE, found, "the visit of each value", mend, row, target.to)


def _judge_unit(place: str, unit: str, row: int | None, config: StudyConfig) -> Iterator[Fault]:
    target = Target(to=place)
    wanted = find_wanted_unit(target, config)
    if is_time(target):
        if unit not in ("date", "study day") and not _is_time_unit(unit):
            expected = "date, study day, days, weeks, months or years"
            yield Fault(FILE, f"the unit {unit}", expected, "write one of them", row, place)
    elif not wanted and "unit" not in table_contract(target.table, config).columns:
        if name_unit(unit) != "points":
            mend = "take the unit away; see instruments in study.yml for the scales in use"
            yield Fault(FILE, f"the unit {unit}", "no unit here", mend, row, place)
    elif wanted and find_factor(unit, wanted) is None:
        expected = f"{wanted}, or a unit that converts exactly"
        mend = "correct it, or declare the other unit under instruments in study.yml"
        yield Fault(FILE, f"the unit {unit}", expected, mend, row, place)


def _is_time_unit(unit: str) -> bool:
    known = find_unit(unit)
    return known is not None and known.quantity in ("days", "years")


def _find_word_faults(file: MappingFile, config: StudyConfig) -> Iterator[Fault]:
    groups: list[tuple[str, dict[str, str], tuple[object, ...]]] = [
        (place, words, ("words", place)) for place, words in file.mapping.words.items()
    ]
    groups += [(t.to, t.words, path) for path, _, t in _walk_targets(file.mapping) if t.words]
    for place, words, path in groups:
        wrong = _judge_place(place, file.find_row(*path))
        if wrong:
            if path[0] == "words":
                yield wrong
            continue
        target = Target(to=place)
        schema = table_contract(target.table, config).columns[target.column]
        allowed = list_allowed(schema)
        for word, meaning in words.items():
            if allowed and meaning and meaning.casefold() not in {w.casefold() for w in allowed}:
                mend = suggest_name(meaning, allowed) + "write one of them, or nothing for missing"
                row = file.find_row(*path, word)
                found = f"{word} means {meaning}"
                yield Fault(FILE, found, "one of " + ", ".join(allowed), mend, row, place)


def _find_constant_faults(file: MappingFile, config: StudyConfig) -> Iterator[Fault]:
    mapping = file.mapping
    filled = {target.to for target in mapping.targets}
    filled |= {f"{t.table}.{name}" for t in mapping.targets for name in t.fixed}
    for place in mapping.constants:
        row = file.find_row("constants", place)
        wrong = _judge_place(place, row)
        if wrong:
            yield wrong
        elif place in filled:
            mend = "take it from constants, or the column from columns"
            found = f"{place}, which a column of the files fills"
            yield Fault(FILE, found, "a column that no file has", mend, row, place)
    yield from _find_unfilled(file, config, filled)
    if "patients" not in mapping.tables:
        mend = "give one column of the file to patients, for example patients.arm or patients.sex"
        yield Fault(FILE, "no file that lists the patients", "a place in patients", mend)


def _find_unfilled(file: MappingFile, config: StudyConfig, filled: set[str]) -> Iterator[Fault]:
    """Find columns that a table must have, and that neither a file nor a constant fills."""
    mapping = file.mapping
    row = file.find_row("constants")
    for name in (table for table in mapping.tables if table in CONTRACTS):
        given, known = {*IDENTITY, *_list_made(name, mapping)}, filled | {*mapping.constants}
        for column, schema in table_contract(name, config).columns.items():
            place = f"{name}.{column}"
            if schema.required and column not in given and place not in known:
                mend = (
                    f"name the column of the file, or add {place}: under constants, with nothing "
                    "behind it where it was not recorded"
                )
                yield Fault(FILE, f"no column for {place}", str(schema.description), mend, row)


def _list_made(table: str, mapping: Mapping) -> set[str]:
    """List the columns that are made beside others: the unit, and the side of a limit."""
    targets = [target for target in mapping.targets if target.table == table]
    made = {"bound"} if any(target.below == "bound" for target in targets) else set()
    by_row = any(source.tests and source.tests.units for source in mapping.sources)
    named = any(target.unit or target.to in mapping.units for target in targets)
    return made | ({"unit"} if by_row or named else set())
