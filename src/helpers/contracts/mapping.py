"""What mapping.yml may say: how people's own files become the tables of a study."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from helpers.contracts.model import Frozen

FILE = "mapping.yml"

PATIENTS = "patients"

TODO = "TODO"
"""What stands where nobody but the study's people can know the answer; `check` names each."""

IGNORE = "ignore"
"""In the place of a month: rows of this visit are not read."""

SHEET = "the sheet"
"""In the place of a column: the visit is the name of the sheet."""

FROM_DATE, FROM_STUDY_DAY = "date", "study day"
"""Units of a time that is no length: a date, or a day counted as CDISC does, without a day 0."""


def _write_plainly(value: object) -> object:
    """Give a key or word as text, also where YAML takes it for a number or a date."""
    if isinstance(value, (list, dict, tuple)):
        return value
    return "" if value is None else str(value)


def _as_list(value: object) -> object:
    return value if isinstance(value, (list, tuple)) else [value]


def _require_column(text: str) -> str:
    if text.count(".") != 1 or not all(text.split(".")):
        raise ValueError("a table and its column, such as core_set.ck")
    return text


Text = Annotated[str, BeforeValidator(_write_plainly)]
Texts = Annotated[tuple[Text, ...], BeforeValidator(_as_list)]
TableColumn = Annotated[str, AfterValidator(_require_column)]
Words = dict[Text, Text]


class Target(Frozen):
    """Where the cells of one column go, and what they are on the way."""

    to: TableColumn = Field(description="table.column that the cells are for")
    visit: Text | None = Field(
        None, description="visit of the cells, where the column's name says it"
    )
    fixed: dict[str, Text] = Field(
        default_factory=dict,
        alias="with",
        description="what the other columns of the same row of the table hold",
    )
    unit: Text | None = Field(None, description="unit of the cells; date or study day for a time")
    words: Words = Field(default_factory=dict, description="what a word of the file means here")
    missing: Texts = Field((), description="what stands for a missing value here")
    first: bool = Field(
        False, description="where it says something, other columns of the row for it do not count"
    )
    below: Literal["bound", "limit", "empty"] | None = Field(
        None,
        description="what a cell such as <160 becomes: the limit, with below in the column bound; "
        "the limit itself; or empty",
    )

    @model_validator(mode="before")
    @classmethod
    def _accept_name(cls, value: object) -> object:
        return {"to": value} if isinstance(value, str) else value

    @property
    def table(self) -> str:
        """The table that the cells are for."""
        return self.to.split(".")[0]

    @property
    def column(self) -> str:
        """The column of that table."""
        return self.to.split(".")[1]


Targets = Annotated[tuple[Target, ...], BeforeValidator(_as_list)]


class ResultRows(Frozen):
    """A file with one row a test: which column names it, and where each test goes."""

    names: Text = Field(description="column that names what was measured")
    values: Text = Field(description="column with the result")
    units: Text | None = Field(None, description="column with the unit of the result")
    rows: dict[Text, Targets] = Field(description="where the results of each test go")
    ignore: Texts = Field((), description="tests that are not used")


class Source(Frozen):
    """One file, or one sheet of it: how it is read and where each of its columns goes."""

    file: Text = Field(
        description="file in raw/; of several that fit a name with *, the last is read"
    )
    sheets: Texts = Field((), description="sheets of a workbook, all with the same columns")
    header: Annotated[tuple[int, ...], BeforeValidator(_as_list)] = Field(
        (1,), description="row with the names of the columns, or its two rows"
    )
    separator: Text = Field(",", description="what stands between two cells of a text file")
    decimal: Literal[".", ","] = Field(".", description="decimal sign of the numbers")
    encoding: Text = Field("utf-8", description="encoding of a text file")
    dates: Literal["year first", "day first", "month first"] = Field(
        "year first", description="order in which a date is written"
    )
    patient: Text = Field(description="column that names the patient")
    visit: Text | None = Field(
        None, description=f"column that names the visit, or `{SHEET}` for the name of the sheet"
    )
    at: Text | None = Field(None, description="the visit of all rows, where no column names it")
    first_dose: Text | None = Field(None, description="column with the date of the first dose")
    fill_down: Texts = Field((), description="columns in which an empty cell means: as above")
    leave_out: Texts = Field((), description="what is no patient in the column of patients")
    keep: dict[Text, Texts] = Field(
        default_factory=dict,
        description="by column, the words of the rows that are read, or a comparison such as >0",
    )
    listed_only: bool = Field(
        False, description="leave out rows of people who are in no row of patients, and count them"
    )
    columns: dict[Text, Targets] = Field(
        default_factory=dict, description="where the cells of each column go"
    )
    tests: ResultRows | None = Field(None, description="for a file with one row a test")
    ignore: Texts = Field((), description="columns that are not used")

    @property
    def targets(self) -> tuple[Target, ...]:
        """Every place that some cell of it goes to."""
        groups = (self.columns, self.tests.rows if self.tests else {})
        return tuple(one for group in groups for targets in group.values() for one in targets)

    @property
    def tables(self) -> frozenset[str]:
        """The tables that it feeds."""
        return frozenset(target.table for target in self.targets)


class Mapping(Frozen):
    """One mapping.yml: how the files in raw/ become the study's tables."""

    sources: tuple[Source, ...] = Field(description="files and sheets that are read")
    visits: dict[Text, float | Literal["ignore"]] = Field(
        default_factory=dict, description="month of each visit as the files name it, or ignore"
    )
    words: dict[TableColumn, Words] = Field(
        default_factory=dict, description="by table.column, what the files' words mean"
    )
    units: dict[TableColumn, Text] = Field(
        default_factory=dict, description="by table.column, the unit that the files use"
    )
    convert: dict[str, dict[Text, Text]] = Field(
        default_factory=dict, description="by table and name of a test, the unit to convert to"
    )
    missing: Texts = Field((), description="what stands for a missing value in every column")
    constants: dict[TableColumn, Text] = Field(
        default_factory=dict,
        description="by table.column, what no file says: one value for all rows, or nothing",
    )
    days_in_month: Annotated[float, Field(ge=28, le=31)] = Field(
        30.4375, description="days of a month, where dates become months"
    )
    kept: Texts = Field((), description="files in raw/ that are kept and not read")

    @property
    def targets(self) -> tuple[Target, ...]:
        """Every place that some cell goes to."""
        return tuple(target for source in self.sources for target in source.targets)

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that the files become, in the order in which they are named."""
        constants = [place.split(".")[0] for place in self.constants]
        return tuple(dict.fromkeys([*(target.table for target in self.targets), *constants]))

    @property
    def lists_everybody(self) -> bool:
        """Whether the patients are all whom any file names, as no column says more of them."""
        return not any(target.table == PATIENTS for target in self.targets)


def list_model_keys() -> tuple[str, ...]:
    """List every key that mapping.yml may hold at any place."""
    models: tuple[Any, ...] = (Mapping, Source, ResultRows, Target)
    names = [field.alias or name for model in models for name, field in model.model_fields.items()]
    return tuple(dict.fromkeys(names))
