"""Begin a layout.csv from what a reader's program says of its wells."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pandas as pd

from helpers.quantify.elisa.layout import COLUMNS, Role
from helpers.quantify.elisa.read.plate import Plate, Printed

_CONTROL = re.compile(r"(?i)\b(co|ctrl|control|qc|loq)\w*\b")
_BLANK = re.compile(r"(?i)\b(blk|blank)\w*\b")


def draft_layout(plates: Iterable[Plate], *, analyte: str = "") -> pd.DataFrame:
    """Draft the rows of a layout: standards, names and dilutions as the program has them.

    Whose a sample is, and when it was taken, no reader knows: patient_id and month are left for a
    person to fill. Wells of which the program says nothing have the role empty.

    Parameters
    ----------
    plates : iterable of Plate
    analyte : str
        What was measured, where the file does not say.

    Returns
    -------
    DataFrame
        Columns of layout.csv, one row per well.
    """
    rows = []
    for plate in plates:
        printed = {one.well: one for one in plate.printed}
        for well in plate.wells:
            one = printed.get(well)
            role = _guess_role(one)
            name = plate.analyte or analyte
            sample = one.sample if one is not None and role != "empty" else None
            dilution = one.dilution if one is not None and role in ("sample", "control") else None
            nominal = one.nominal if one is not None and role == "standard" else None
            cells = (plate.name, well, role, sample, None, None, name, nominal, dilution)
            rows.append(cells if role != "empty" else (*cells[:3], *[None] * 6))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _guess_role(printed: Printed | None) -> Role:
    if printed is None:
        return "empty"
    if printed.nominal is not None:
        return "standard"
    words = f"{printed.group} {printed.sample}"
    if _BLANK.search(words):
        return "blank"
    return "control" if _CONTROL.search(words) else "sample"
