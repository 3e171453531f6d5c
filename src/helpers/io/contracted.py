"""Read a table and hold it against its contract: columns, cells, values, all faults at once."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from helpers.contracts import Fault, StudyDataError, suggest_name
from helpers.io.cells import convert_cells
from helpers.io.tables import read_table
from helpers.io.values import find_value_faults

XPORT_NAME_LENGTH = 8
"""The longest column name that a SAS transport file of version 5 can hold."""


def read_contracted(
    path: Path, contract: pa.DataFrameSchema, *, file: str
) -> tuple[pd.DataFrame, list[Fault]]:
    """Read a table as its contract has it.

    Parameters
    ----------
    path : Path
        CSV, Excel, SPSS or SAS.
    contract : pandera.DataFrameSchema
        With the metadata that `helpers.contracts.tables` gives each column and table.
    file : str
        How messages name the file.

    Returns
    -------
    (DataFrame, list of Fault)
        The typed table, index = row in the file, and everything that does not fit; the table is
        empty where the file has no form.
    """
    try:
        cells = read_table(path, file=file)
    except StudyDataError as error:
        return pd.DataFrame(), list(error.faults)
    faults = compare_columns(cells, contract, file=file)
    if cells.empty and not contract.metadata["may_be_empty"]:
        mend = "fill it, or delete the file if the study did not measure this"
        faults.append(Fault(file, "a header without rows", "at least one row", mend))
    frame, found = judge_cells(cells, contract, file=file)
    return frame, faults + found


def judge_cells(
    cells: pd.DataFrame, contract: pa.DataFrameSchema, *, file: str
) -> tuple[pd.DataFrame, list[Fault]]:
    """Give a table of text the types of its contract, and list every cell that does not fit.

    Parameters
    ----------
    cells : DataFrame of str
        Index = row in the file.
    contract : pandera.DataFrameSchema
    file : str
        How messages name the file.

    Returns
    -------
    (DataFrame, list of Fault)
        A cell that does not fit is missing in the table.
    """
    frame, unfit = convert_cells(cells, contract, file=file)
    # A cell that did not fit is missing now; that it then breaks a rule is no second fault.
    places = {(fault.row, fault.column) for fault in unfit}
    values = find_value_faults(frame, contract, file=file)
    return frame, unfit + [fault for fault in values if (fault.row, fault.column) not in places]


def compare_columns(cells: pd.DataFrame, contract: pa.DataFrameSchema, *, file: str) -> list[Fault]:
    """List the columns of a table that its contract does not know, and those that it misses.

    Examples
    --------
    >>> schema = pa.DataFrameSchema({"field": pa.Column(str, description="which field")})
    >>> faults = compare_columns(pd.DataFrame({"fields": ["1"]}), schema, file="fields.csv")
    >>> [(fault.found, fault.mend) for fault in faults]
    [('an unknown column', 'did you mean field? rename or delete it')]
    """
    known = list(contract.columns)
    absent = [name for name in known if name not in cells]
    faults, misspelt = [], set()
    for name in cells.columns:
        if name not in known:
            near = suggest_name(name, absent)
            misspelt |= {column for column in absent if f" {column}?" in near}
            expected = "one of " + ", ".join(known)
            mend = near + "rename or delete it"
            if file.endswith(".xpt") and len(name) == XPORT_NAME_LENGTH:
                mend += "; SAS transport version 5 cuts names there: export version 8 or CSV"
            faults.append(Fault(file, "an unknown column", expected, mend, 1, name))
    for name in absent:
        if contract.columns[name].required and name not in misspelt:
            expected = str(contract.columns[name].description)
            mend = "add the column; leave its cells empty where nothing was measured"
            faults.append(Fault(file, "no such column", expected, mend, 1, name))
    return faults
