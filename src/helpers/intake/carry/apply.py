"""Carry the cells of people's files to the tables of a study, each with the place it came from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Lookup
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import pandera.pandas as pa

from helpers.contracts import Fault, StudyConfig, suggest_name
from helpers.contracts.mapping import (
    FILE,
    IGNORE,
    PATIENTS,
    SHEET,
    Mapping,
    Source,
    Target,
)
from helpers.contracts.missing import MISSING
from helpers.contracts.tables import table_contract
from helpers.contracts.units import find_unit, name_unit
from helpers.intake.read.source_table import SourceTable
from helpers.intake.words.cells import (
    Unfit,
    convert_number,
    convert_time,
    find_word,
    fold_word,
    read_date,
    read_number,
)
from helpers.intake.words.names import fold_name
from helpers.io.tables import MISSING_TEXTS

FLAGS = ("true", "false", "yes", "no")
MEASURED = ("enzyme activity per volume", "length")
"""Quantities whose unit must be said: their usual units differ by a factor that nobody sees."""

EXTRAMUSCULAR, CM_LINE = "core_set.extramuscular", 10

_NEGATED = {"<": "below", ">": "above"}


@dataclass(frozen=True)
class Origin:
    """Where a cell of a table came from: file, row and column as its owner sees them."""

    file: str
    row: int | None
    column: str


Cells = dict[str, tuple[str, Origin]]


@dataclass
class Record:
    """One row of a table, cell by cell with its origin."""

    origin: Origin
    cells: Cells = field(default_factory=dict)


@dataclass
class Causes:
    """Cells that do not fit, gathered by cause: one fault for all that one line mends."""

    found: dict[tuple[str, str, str, str, str], list[int | None]] = field(default_factory=dict)

    def add(self, origin: Origin, unfit: Unfit) -> None:
        """Note a cell that does not fit."""
        key = (origin.file, origin.column, unfit.found, unfit.expected, unfit.mend)
        self.found.setdefault(key, []).append(origin.row)

    def list_faults(self) -> Iterator[Fault]:
        """Give one fault for each cause, with its first row and the number of its cells."""
        for (file, column, found, expected, mend), rows in self.found.items():
            count = f" ({len(rows)} cells)" if len(rows) > 1 else ""
            yield Fault(file, f"{found}{count}", expected, mend, rows[0], column)


@dataclass
class Carrier:
    """What carries cells to tables under one mapping: the records so far, and what did not fit."""

    mapping: Mapping
    config: StudyConfig
    only: frozenset[str]
    starts: dict[str, dt.date] = field(default_factory=dict)
    records: dict[str, list[Record]] = field(default_factory=dict)
    causes: Causes = field(default_factory=Causes)
    left_out: dict[str, int] = field(default_factory=dict)
    strangers: dict[str, int] = field(default_factory=dict)
    _tests: dict[int, dict[str, tuple[Target, ...]]] = field(default_factory=dict)
    _by_key: dict[tuple[str, ...], Record] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.contract = cache(lambda name: table_contract(name, self.config))
        self.wanted = cache(lambda place: find_wanted_unit(Target(to=place), self.config))
        self.months = {fold_word(word): month for word, month in self.mapping.visits.items()}
        self.by_test = {target.table for target in self.mapping.targets if target.fixed}

    def note_starts(self, source: Source, table: SourceTable, file: str) -> None:
        """Read the date of each patient's first dose."""
        column = source.first_dose
        if not column:
            return
        for number, cells in list_kept(source, table):
            patient, text = table.cell(cells, source.patient), table.cell(cells, column)
            if not patient or not text or self._is_missing(text, ()):
                continue
            origin = Origin(file, number, column)
            try:
                date = read_date(text, source.dates)
            except Unfit as unfit:
                self.causes.add(origin, unfit)
                continue
            if self.starts.setdefault(patient, date) != date:
                found = f"another first dose of {patient} than {self.starts[patient]}"
                self.causes.add(
                    origin, Unfit(found, "one date a patient", "correct one of the two")
                )

    def carry(self, source: Source, table: SourceTable, file: str) -> None:
        """Carry every row of one sheet."""
        for number, cells in list_kept(source, table):
            patient = table.cell(cells, source.patient)
            if not patient:
                mend = "fill it, delete the row, or set fill_down if it means: as above"
                unfit = Unfit("a row without a patient", "the patient's pseudonym", mend)
                self.causes.add(Origin(file, number, source.patient), unfit)
                continue
            if source.listed_only and (PATIENTS, patient) not in self._by_key:
                self.strangers[file] = self.strangers.get(file, 0) + 1
                continue
            self._carry_row(source, table, Row(file, number, cells, patient))

    def _carry_row(self, source: Source, table: SourceTable, row: Row) -> None:
        if self.mapping.lists_everybody and PATIENTS in self.only:
            origin = Origin(row.file, row.number, source.patient)
            self._keep(PATIENTS, "", {}, {}, row.patient, origin)
        groups: dict[tuple[str, str, tuple[tuple[str, str], ...]], Cells] = {}
        settled: set[str] = set()
        for column, target, unit in self._list_targets(source, table, row):
            if target.to in settled:
                continue
            origin = Origin(row.file, row.number, column)
            try:
                month = self._find_place(source, table, row, column, target)
                if month is None:
                    continue
                text = table.cell(row.cells, column)
                made = self._convert(text, target, unit, source, row.patient)
                _refuse_labelled(text, made, target, table.sheet.words.get(column, {}))
            except Unfit as unfit:
                self.causes.add(replace(origin, column=unfit.column or column), unfit)
                continue
            group = groups.setdefault((target.table, month, tuple(target.fixed.items())), {})
            for name, value in made.items():
                self._put(group, name, value, origin)
            if target.first and made:
                settled.add(target.to)
        self._keep_groups(groups, row, source)

    def _find_place(
        self, source: Source, table: SourceTable, row: Row, column: str, target: Target
    ) -> str | None:
        """Give the month of a cell, empty where its table has none; None where it is not read."""
        visit = find_visit(source, table, row)
        has_month = "month" in self.contract(target.table).columns
        if has_month and "month" not in target.fixed:
            text = table.cell(row.cells, column)
            if not text or self._is_missing(text, target.missing):
                return None
            return self._find_month(target.visit or visit, source)
        other = bool(target.visit) and fold_word(target.visit or "") != fold_word(visit)
        return None if other else ""

    def _list_targets(
        self, source: Source, table: SourceTable, row: Row
    ) -> Iterator[tuple[str, Target, str | None]]:
        """Give each column of a row with its target, and the unit where a column says it."""
        own = [(column, target) for column, to in source.columns.items() for target in to]
        for column, target in sorted(own, key=lambda one: not one[1].first):
            if target.table in self.only and column in table.index:
                yield column, target, None
        tests = source.tests
        if tests is None:
            return
        name = table.cell(row.cells, tests.names)
        rows = self._tests.setdefault(id(tests), {fold_word(t): to for t, to in tests.rows.items()})
        folded = fold_word(name)
        if folded in rows:
            unit = table.cell(row.cells, tests.units) if tests.units else None
            for target in rows[folded]:
                if target.table in self.only:
                    yield tests.values, target, unit
        elif folded not in {fold_word(test) for test in tests.ignore}:
            near = suggest_name(name, tests.rows)
            mend = near + "add it to rows or ignore of tests in mapping.yml"
            unfit = Unfit(
                f"the test {name or 'without a name'}", "a test that mapping.yml names", mend
            )
            self.causes.add(Origin(row.file, row.number, tests.names), unfit)

    def _find_month(self, word: str, source: Source) -> str | None:
        """Give the month of a visit; None where its rows are not read."""
        month = self.months.get(fold_word(word))
        if month is None:
            near = suggest_name(word, self.mapping.visits)
            mend = near + "give it a month under visits in mapping.yml, or ignore"
            found = f"the visit {word}" if word else "an empty visit"
            raise Unfit(found, "a visit that mapping.yml names", mend, column=source.visit)
        if month == IGNORE:
            self.left_out[word] = self.left_out.get(word, 0) + 1
            return None
        return f"{month:g}"

    def _is_missing(self, text: str, missing: Sequence[str]) -> bool:
        if text in MISSING_TEXTS:
            return True
        words = dict.fromkeys((*self.mapping.missing, *missing), "")
        return bool(words) and find_word(text, words) is not None

    def _convert(
        self, text: str, target: Target, unit: str | None, source: Source, patient: str
    ) -> dict[str, str]:
        """Turn a cell into what its column holds, and what it says of others: unit, bound."""
        if not text or self._is_missing(text, target.missing):
            return {}
        words = self.mapping.words.get(target.to, {}) | target.words
        meaning = find_word(text, words) if words else None
        if meaning is not None:
            return {target.column: meaning} if meaning else {}
        contract = self.contract(target.table)
        schema = contract.columns[target.column]
        kind = schema.metadata["kind"]
        given = unit if unit is not None else target.unit or self.mapping.units.get(target.to, "")
        if is_time(target):
            return {
                target.column: convert_time(
                    text,
                    given or schema.metadata["unit"],
                    schema.metadata["unit"] or "days",
                    decimal=source.decimal,
                    dates=source.dates,
                    start=self.starts.get(patient),
                    days_in_month=self.mapping.days_in_month,
                )
            }
        if kind in ("number", "integer"):
            return self._convert_number(text, target, given, source, contract)
        if target.column == "unit":
            return {target.column: name_unit(text)}
        return {target.column: _match_closed(text, target, schema)}

    def _convert_number(
        self, text: str, target: Target, given: str, source: Source, contract: pa.DataFrameSchema
    ) -> dict[str, str]:
        number = read_number(text, source.decimal)
        made: dict[str, str] = {}
        if number.side:
            if target.below is None:
                mend = f"add below: bound, limit or empty to {target.to} in mapping.yml"
                raise Unfit("a limit, such as <160", "what a limit becomes", mend)
            if target.below == "empty":
                return {}
        if target.below == "bound":
            made["bound"] = _NEGATED.get(number.side, "in_range")
        wanted = self.wanted(target.to)
        if "unit" in contract.columns:
            name = next(iter(target.fixed.values()), "")
            wanted = self.mapping.convert.get(target.table, {}).get(name) or name_unit(given)
            if wanted:
                made["unit"] = name_unit(wanted)
        elif not given and wanted and (known := find_unit(wanted)) and known.quantity in MEASURED:
            mend = f"say it under units in mapping.yml: {target.to}: {wanted}"
            raise Unfit("values without a unit", f"a unit that converts to {wanted}", mend)
        made[target.column] = convert_number(number.text, given, wanted)
        return made

    def _put(self, cells: Cells, name: str, value: str, origin: Origin) -> None:
        """Put a value where there is none; another one in its place is a fault."""
        before = cells.get(name)
        if before is None:
            cells[name] = (value, origin)
        elif not _is_same(before[0], value):
            there = before[1]
            place = "the same row" if there.row == origin.row else f"row {there.row}"
            if there.file != origin.file:
                place = f"{there.file}, {place}"
            found = f"{value}, where {place}, column {there.column} gives {before[0]}"
            mend = "correct one, leave a visit or column out, or name the visit that counts"
            self.causes.add(origin, Unfit(found, f"one value for {name}", mend))

    def _keep_groups(self, groups: Lookup[Any, Cells], row: Row, source: Source) -> None:
        """Make records of what one row says; what it says of all tests of a table joins each."""
        named = {(table, month) for table, month, fixed in groups if fixed}
        for (table, month, fixed), cells in groups.items():
            if not fixed and (table in self.by_test):
                continue
            if (table, month) in named:
                for name, (value, origin) in groups.get((table, month, ()), {}).items():
                    cells.setdefault(name, (value, origin))
            origin = Origin(row.file, row.number, source.patient)
            if cells or table == PATIENTS:
                self._keep(table, month, dict(fixed), cells, row.patient, origin)

    def _keep(
        self,
        table: str,
        month: str,
        fixed: Lookup[str, str],
        cells: Cells,
        patient: str,
        at: Origin,
    ) -> None:
        person = "donor" if "donor" in self.contract(table).columns else "patient_id"
        whole: Cells = {person: (patient, at)}
        if month:
            whole["month"] = (month, at)
        made = Origin(FILE, None, "")
        whole |= {name: (value, made) for name, value in fixed.items() if value}
        whole |= cells
        for name, value in self.mapping.constants.items():
            owner, column = name.split(".")
            if owner == table and value and column not in whole:
                whole[column] = (value, made)
        key = self.contract(table).metadata["key"]
        if not key or not all(name in whole for name in key):
            self.records.setdefault(table, []).append(Record(at, whole))
            return
        identity = (table, *(whole[name][0] for name in key))
        record = self._by_key.get(identity)
        if record is None:
            record = self._by_key[identity] = Record(at)
            self.records.setdefault(table, []).append(record)
        for name, (value, origin) in whole.items():
            if name in key:
                record.cells.setdefault(name, (value, origin))
            else:
                self._put(record.cells, name, value, origin)


@dataclass(frozen=True)
class Row:
    """One row of a file: where it stands, and of which patient it is."""

    file: str
    number: int
    cells: tuple[str, ...]
    patient: str


def _refuse_labelled(
    text: str, made: Lookup[str, str], target: Target, labels: Lookup[str, str]
) -> None:
    """Refuse a code that its file calls missing and that was read as a number: 999 is no CK."""
    label = labels.get(text, "")
    if made.get(target.column) == text and fold_name(label) in MISSING:
        mend = f"add {text} to missing in mapping.yml"
        raise Unfit(f"{text}, which the file labels {label!r}", "a value", mend)


def find_wanted_unit(target: Target, config: StudyConfig) -> str:
    """Give the unit in which a table holds a column; empty where it has none or a column for it."""
    instruments = config.instruments
    if target.to == EXTRAMUSCULAR:
        on_a_line = instruments.extramuscular.instrument == "vas"
        usual = on_a_line and instruments.extramuscular.maximum is None
        return ("cm" if instruments.vas_maximum == CM_LINE else "mm") if usual else ""
    unit: str = table_contract(target.table, config).columns[target.column].metadata["unit"]
    return unit


def is_time(target: Target) -> bool:
    """Tell whether a column holds a time from the first dose."""
    return target.column in ("start_month", "end_month", "last_month", "day", "end_day")


def find_visit(source: Source, table: SourceTable, row: Row) -> str:
    """Give the visit of a row as the file names it; empty where nothing says it."""
    if source.at:
        return source.at
    if source.visit == SHEET:
        return table.sheet.name
    return table.cell(row.cells, source.visit) if source.visit else ""


def list_kept(source: Source, table: SourceTable) -> list[tuple[int, tuple[str, ...]]]:
    """Give the rows that a source reads, filled down; `keep` and `leave_out` say which."""
    leave_out = {fold_word(text) for text in source.leave_out}
    above: dict[str, str] = {}
    rows = []
    for number, cells in table.rows:
        for column in source.fill_down:
            if column in table.index:
                above[column] = table.cell(cells, column) or above.get(column, "")
        if above:
            filled = list(cells) + [""] * (max(table.places) + 1 - len(cells))
            for column, text in above.items():
                filled[table.index[column]] = text
            cells = tuple(filled)
        if fold_word(table.cell(cells, source.patient)) in leave_out - {""}:
            continue
        if all(meets(table.cell(cells, column), words) for column, words in source.keep.items()):
            rows.append((number, cells))
    return rows


def meets(text: str, words: Sequence[str]) -> bool:
    """Tell whether a cell is one of some words, or within a comparison such as ``>0``.

    >>> meets("12", [">0"]), meets("-3", [">0"]), meets("y", ["Y"])
    (True, False, True)
    """
    for word in words:
        if word[:1] in ("<", ">") and word.lstrip("<>=").strip():
            try:
                value, limit = float(text), float(word.lstrip("<>= "))
            except ValueError:
                continue
            sign = word[: len(word) - len(word.lstrip("<>="))]
            tests = {"<": value < limit, "<=": value <= limit, ">": value > limit}
            if tests.get(sign, value >= limit):
                return True
        elif fold_word(word) == fold_word(text):
            return True
    return False


def _is_same(one: str, other: str) -> bool:
    if one == other:
        return True
    try:
        return float(one) == float(other)
    except ValueError:
        return False


def list_allowed(schema: pa.Column) -> tuple[str, ...]:
    """Give the closed list of words of a column; empty where it takes any text."""
    if schema.metadata["kind"] == "flag":
        return FLAGS
    lists = [
        check.statistics["allowed_values"]
        for check in schema.checks
        if "allowed_values" in check.statistics
    ]
    return tuple(str(word) for word in lists[0]) if lists else ()


def _match_closed(text: str, target: Target, schema: pa.Column) -> str:
    """Give the word of a closed list that a cell is; any text where the list is open."""
    allowed = list_allowed(schema)
    if not allowed:
        return text
    known = {fold_word(word): word for word in allowed}
    found = known.get(fold_word(text))
    if found is None:
        near = suggest_name(text, allowed)
        mend = near + f"say what it means under words, {target.to}, in mapping.yml"
        raise Unfit(f"the word {text}", f"one of {', '.join(allowed)}", mend)
    return found
