"""Hold typed tables against their contracts, value by value."""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa

from helpers.contracts import Fault


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
    try:
        present.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        cases = error.failure_cases[["index", "column", "check"]]
        for row, column, check in cases.itertuples(index=False, name=None):
            faults.append(_describe_case(int(row), column, check, frame, contract, file))
    # A value can fail two checks of its column, which one fault already describes together.
    return sorted(dict.fromkeys(faults), key=lambda fault: (fault.row or 0, fault.column or ""))


def _describe_case(
    row: int, column: str, check: str, frame: pd.DataFrame, contract: pa.DataFrameSchema, file: str
) -> Fault:
    about = contract.columns[column].metadata
    if check == "not_nullable":
        mend = "fill the cell or delete the row"
        return Fault(file, "an empty cell", "an entry in every row", mend, row, column)
    found = " ".join([_write_value(frame.loc[row, column]), about["unit"]]).strip()
    return Fault(file, found, about["expected"], about["mend"], row, column)


def _find_repeats(frame: pd.DataFrame, key: list[str], file: str) -> list[Fault]:
    if not key or not set(key) <= set(frame.columns):
        return []
    first_rows: dict[tuple[object, ...], int] = {}
    faults = []
    for row, *values in frame[key].dropna().itertuples(name=None):
        first = first_rows.setdefault(tuple(values), row)
        if first != row:
            pairs = zip(key, values, strict=True)
            what = ", ".join(f"{name} {_write_value(value)}" for name, value in pairs)
            found, expected = f"{what} again, after row {first}", "one row per " + " and ".join(key)
            mend = "delete the wrong row; the source decides which of two values is right"
            faults.append(Fault(file, found, expected, mend, row, key[-1]))
    return faults


def _write_value(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
