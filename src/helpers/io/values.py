"""Hold typed tables against their contracts, value by value."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
import pandera.pandas as pa

from helpers.characters import MEND, describe_unseen
from helpers.contracts import Fault, keep_first
from helpers.io.bounds import LONGEST_NAME, MOST_FAULTS

_NAME = f"a name in one line, of at most {LONGEST_NAME} letters"
PEOPLE = ("patient_id", "donor")
"""Columns that name people."""


def find_value_faults(
    frame: pd.DataFrame, contract: pa.DataFrameSchema, *, file: str
) -> list[Fault]:
    """List the values outside their contract: ranges, allowed values, empty keys, repeated rows.

    Parameters
    ----------
    frame : DataFrame
        A typed table, index = row in the file. Columns it lacks are not judged here.
    contract : pandera.DataFrameSchema
        From `helpers.contracts.table_contract`.
    file : str
        How messages name the file.

    Returns
    -------
    list of Fault
        In order of row and column; empty when every value fits.
    """
    present = contract.select_columns([name for name in contract.columns if name in frame])
    faults = _find_repeats(frame, list(contract.metadata["key"]), file)
    faults += _find_lines(frame, contract, file)
    try:
        present.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        cases = error.failure_cases[["index", "column", "check"]]
        faults += keep_first(
            # A value can fail two checks of its column, which one fault describes together.
            dict.fromkeys(
                _describe_case(int(row), column, check, frame, contract, file)
                for row, column, check in cases.itertuples(index=False, name=None)
            ),
            MOST_FAULTS,
        )
    return sorted(faults, key=lambda fault: (fault.row or 0, fault.column or ""))


def _find_lines(frame: pd.DataFrame, contract: pa.DataFrameSchema, file: str) -> list[Fault]:
    """Find tabs and line breaks in names: two that look alike would be two patients or tests."""
    names = [
        name
        for name in (*PEOPLE, *contract.metadata["key"])
        if name in frame and contract.columns[name].metadata["kind"] == "text"
    ]
    found = (
        Fault(
            file, wrong, f"a name in one line, of at most {LONGEST_NAME} letters", MEND, row, name
        )
        for name in dict.fromkeys(names)
        for row, text in frame[[name]].dropna().itertuples(name=None)
        if (wrong := describe_unseen(text) or _describe_length(text))
    )
    return keep_first(found, MOST_FAULTS)


def _describe_length(name: str) -> str:
    return f"a name of {len(name)} letters" if len(name) > LONGEST_NAME else ""


def _describe_case(
    row: int, column: str, check: str, frame: pd.DataFrame, contract: pa.DataFrameSchema, file: str
) -> Fault:
    about = contract.columns[column].metadata
    if check == "not_nullable":
        mend = "fill the cell or delete the row"
        return Fault(file, "an empty cell", "an entry in every row", mend, row, column)
    found = " ".join([_write_value(frame.loc[row, column]), about["unit"]]).strip()
    return Fault(file, found, about["expected"], about["mend"], row, column)


def find_empty_bounds(cytokines: pd.DataFrame, *, file: str) -> Iterator[Fault]:
    """List concentrations that are marked as outside quantification without the limit.

    Parameters
    ----------
    cytokines : DataFrame
        A typed table, index = row in the file.
    file : str
        How messages name the file.

    Yields
    ------
    Fault
    """
    outside = cytokines["bound"].isin(["below", "above"]) & cytokines["concentration"].isna()
    for row, bound in cytokines.loc[outside, ["bound"]].itertuples(name=None):
        limit = "lower" if bound == "below" else "upper"
        mend = f"put the {limit} limit of quantification here; in_range if nothing was measured"
        expected = "the limit itself"
        yield Fault(file, f"an empty cell, marked {bound}", expected, mend, row, "concentration")


def _find_repeats(frame: pd.DataFrame, key: list[str], file: str) -> list[Fault]:
    if not key or not set(key) <= set(frame.columns):
        return []
    return keep_first(_list_repeats(frame, key, file), MOST_FAULTS)


def _list_repeats(frame: pd.DataFrame, key: list[str], file: str) -> Iterator[Fault]:
    first_rows: dict[tuple[object, ...], int] = {}
    for row, *values in frame[key].dropna().itertuples(name=None):
        first = first_rows.setdefault(tuple(values), row)
        if first != row:
            pairs = zip(key, values, strict=True)
            what = ", ".join(f"{name} {_write_value(value)}" for name, value in pairs)
            found, expected = f"{what} again, after row {first}", "one row per " + " and ".join(key)
            mend = "delete the wrong row; the source decides which of two values is right"
            yield Fault(file, found, expected, mend, row, key[-1])


def _write_value(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
