"""What is known while a mapping is proposed: the draft, the files, and what was found in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

import pandera.pandas as pa

from helpers.contracts import StudyConfig, table_contract
from helpers.contracts.dictionary import start_settings
from helpers.contracts.mapping import TODO
from helpers.intake.propose.candidate import Candidate
from helpers.intake.propose.draft import Draft
from helpers.intake.propose.places import Guess


@dataclass
class Proposal:
    """A draft, and what was read for it.

    Attributes
    ----------
    draft : Draft
    candidates : list of Candidate
    chosen : mapping of int to mapping of str to Guess
        By number of the candidate and column, the place that was given to the column.
    numbers : mapping of str to list of float
        By place, the numbers that go there, from which scales are told.
    arms : list of str
        As the files name them.
    ck_unit : str
        Unit of most values of CK, where a column of the files says it.
    names_visits : bool
        Whether the columns of the candidate at hand name visits.
    screened : bool
        Whether a file lists people who never entered.
    """

    draft: Draft
    candidates: list[Candidate]
    chosen: dict[int, dict[str, Guess]] = field(default_factory=dict)
    numbers: dict[str, list[float]] = field(default_factory=dict)
    arms: list[str] = field(default_factory=list)
    ck_unit: str = ""
    names_visits: bool = False
    screened: bool = False


@cache
def give_contract(table: str) -> pa.DataFrameSchema:
    """Give a table's contract under the settings that a new study starts with."""
    return table_contract(table, StudyConfig.model_validate(start_settings("any")))


def find_schema(place: str) -> pa.Column:
    """Give the contract of one place, ``core_set.ck``."""
    table, _, column = place.partition(".")
    schema: pa.Column = give_contract(table).columns[column]
    return schema


def has_column(place: str, column: str) -> bool:
    """Tell whether the table of a place has another column too."""
    return column in give_contract(place.split(".")[0]).columns


def has_month(place: str) -> bool:
    """Tell whether a place holds one value a visit; one that is not told yet may."""
    return place == TODO or has_column(place, "month")
