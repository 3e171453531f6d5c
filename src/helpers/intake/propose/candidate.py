"""A file, or sheets of the same columns, under proposal: its roles and its columns."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from helpers.intake.carry.apply import meets
from helpers.intake.propose.places import Guess, guess_column, list_contexts
from helpers.intake.propose.redcap import Field, find_field
from helpers.intake.read.sheets import TextForm, find_text_form, read_sheets
from helpers.intake.read.source_table import SourceTable, find_header, frame_sheet
from helpers.intake.words.names import VisitName, fold_name, read_visit
from helpers.intake.words.vocabulary import (
    FIRST_DOSE,
    PATIENT,
    TEST_NAMES,
    TEST_UNITS,
    TEST_VALUES,
    UNUSED,
    VISIT,
)

_SAME_COLUMNS = 0.8
_MOST_TESTS = 400
_TEXT_ENDINGS = (".csv", ".tsv", ".txt")


@dataclass
class Candidate:
    """What is proposed as one source.

    Attributes
    ----------
    path : Path
    tables : list of SourceTable
        Several where each visit has a sheet of its own.
    form : TextForm or None
        Of a text file.
    fields : mapping of str to Field
        Of a REDCap dictionary.
    """

    path: Path
    tables: list[SourceTable]
    form: TextForm | None
    fields: Mapping[str, Field] = field(default_factory=dict)

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns of its sheets, each once."""
        return tuple(dict.fromkeys(name for table in self.tables for name in table.columns))

    def values(self, column: str) -> list[str]:
        """All entries of a column, through all sheets."""
        tables = (table for table in self.tables if column in table.index)
        return [text for table in tables for text in table.values(column)]

    def label(self, column: str) -> str:
        """Give what the file or its dictionary says a column is."""
        field = find_field(column, self.fields)
        own = self.tables[0].sheet.labels.get(column, "")
        label = own or (field.label if field else "")
        return "" if fold_name(label) == fold_name(column) else label

    def words(self, column: str) -> Mapping[str, str]:
        """Labels of the codes of a column."""
        own = self.tables[0].sheet.words.get(column)
        field = find_field(column, self.fields)
        codes = own or (field.choices if field else {})
        seen = set(self.values(column))
        if not codes or not seen or seen & set(codes):
            return codes
        return {label: label for label in codes.values()}  # a labelled export holds the labels

    def pick(self, names: Sequence[str], taken: Collection[str] = ()) -> str:
        """Find the column that has the first of some names; empty where none has any."""
        folded: dict[str, str] = {}
        for column in self.columns:
            if column not in taken:
                folded.setdefault(fold_name(column), column)
                folded.setdefault(fold_name(column).replace(" ", ""), column)
        for column in self.columns:
            if column not in taken and self.label(column):
                folded.setdefault(fold_name(self.label(column)), column)
        return next((folded[name] for name in names if name in folded), "")

    def restrict(self, keep: Mapping[str, object]) -> None:
        """Leave out rows that are not read, so that nothing is said of their cells."""
        words = {c: [*map(str, w)] if isinstance(w, list) else [str(w)] for c, w in keep.items()}
        self.tables = [
            replace(
                table,
                rows=tuple(
                    (number, cells)
                    for number, cells in table.rows
                    if all(meets(table.cell(cells, c), w) for c, w in words.items())
                ),
            )
            for table in self.tables
        ]

    @cached_property
    def patient(self) -> str:
        """The column that names the patient."""
        return self.pick(PATIENT)

    @cached_property
    def is_by_sheet(self) -> bool:
        """Whether each visit has a sheet of its own."""
        return len(self.tables) > 1

    @cached_property
    def visit(self) -> str:
        """The column that names the visit."""
        found = self.pick(VISIT, (self.patient,))
        return found if found and self.values(found) else ""

    @cached_property
    def first_dose(self) -> str:
        """The column with the date of the first dose."""
        return self.pick(FIRST_DOSE, (self.patient, self.visit))

    @cached_property
    def tests(self) -> tuple[str, str, str] | None:
        """The columns with the name, value and unit of a test, where each row is one."""
        taken = [self.patient, self.visit]
        names = self.pick(TEST_NAMES, taken)
        values = self.pick(TEST_VALUES, [*taken, names])
        if not names or not values or len(set(self.values(names))) > _MOST_TESTS:
            return None
        if len(self.values(names)) == len(set(self.values(names))):  # nothing repeats: no tests
            return None
        return names, values, self.pick(TEST_UNITS, [*taken, names, values])

    @cached_property
    def is_one_row_a_patient(self) -> bool:
        """Whether no patient has two rows."""
        patients = self.values(self.patient) if self.patient else []
        return len(patients) == len(set(patients)) and not self.is_by_sheet

    @cached_property
    def roles(self) -> frozenset[str]:
        """Columns that say whose, when or what a row is."""
        found = {self.patient, self.visit, self.first_dose, *(self.tests or ())}
        return frozenset(found - {""})

    @cached_property
    def contexts(self) -> frozenset[str]:
        """Tables that the names of the file and its sheet speak of."""
        return list_contexts(self.path.stem, self.tables[0].sheet.name)

    @cached_property
    def guesses(self) -> list[Guess]:
        """What each column that has no role may be."""
        return [
            guess_column(column, self.tables[0], self.contexts, self.fields)
            for column in self.columns
            if column not in self.roles and not find_reason(column)
        ]


def find_reason(column: str) -> str:
    """Say why no table takes a column, where its name alone tells it."""
    folded = fold_name(column)
    ends = ("complete", "timestamp", "complete 2", "complete 3", "complete 4", "complete 5")
    if folded.endswith(ends) and (len(folded.split()) > 1 or column.endswith("?")):
        return "of REDCap itself"
    return UNUSED.get(folded, "")


def read_candidates(path: Path, *, file: str) -> list[Candidate]:
    """Read a file: one candidate for each sheet, or for all sheets that are a visit each.

    Parameters
    ----------
    path : Path
    file : str
        How messages name it.

    Returns
    -------
    list of Candidate

    Raises
    ------
    StudyDataError
        When it cannot be read.
    """
    is_text = path.suffix.lower() in _TEXT_ENDINGS
    form = find_text_form(path, file=file) if is_text else None
    sheets = read_sheets(path, form, file=file)
    tables = [frame_sheet(sheet, find_header(sheet)) for sheet in sheets]
    tables = [table for table in tables if table.rows]
    visits = [table for table in tables if _is_visit(table.sheet.name)]
    joined = len(visits) > 1 and _share_columns(visits)
    candidates = [Candidate(path, visits, form)] if joined else []
    single = [table for table in tables if not joined or table not in visits]
    return [Candidate(path, [table], form) for table in single] + candidates


def _is_visit(name: str) -> bool:
    found: VisitName | None = read_visit(name)
    return found is not None


def _share_columns(tables: Sequence[SourceTable]) -> bool:
    first = set(tables[0].columns)
    same = all(table.header == tables[0].header for table in tables)
    return same and all(
        len(first & set(table.columns)) >= _SAME_COLUMNS * max(len(first), len(table.columns))
        for table in tables
    )
