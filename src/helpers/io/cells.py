"""Turn a table's text into numbers, flags and names, saying of each cell that does not fit why."""

from __future__ import annotations

import re
from collections.abc import Callable

import pandas as pd
import pandera.pandas as pa

from helpers.contracts import Fault, keep_first
from helpers.io.bounds import LARGEST_NUMBER, MOST_FAULTS, SMALLEST_NUMBER

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_INTEGER = re.compile(r"[+-]?\d{1,15}(\.0+)?")  # 15 digits: more are not exact as a float
_FLAGS = {"true": True, "yes": True, "false": False, "no": False}
_MONTHS = [
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
    "maj",
    "okt",
]

_MENDS: tuple[tuple[re.Pattern[str], str, str], ...] = (
    (
        re.compile(r"\d{4}-\d\d-\d\d.*|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}"),
        "a date",
        "a spreadsheet has turned the entry into a date: format the column as Number, retype it",
    ),
    (
        re.compile(
            rf"(?i)\d{{1,2}}[-. ]+({'|'.join(_MONTHS)})\w*|({'|'.join(_MONTHS)})\w*[-. ]\d+"
        ),
        "a date",
        "a spreadsheet has turned the entry into a date: format the column as Number, retype it",
    ),
    (
        re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+"),
        "a comma that parts thousands, or a decimal comma",
        "write {plain} if the comma parts thousands, or else the decimal sign as a point",
    ),
    (
        re.compile(r"[+-]?\d{1,3}([\s'\u2019]\d{3})+([.,]\d+)?"),
        "a number with parted thousands",
        "write it without what parts the thousands: {plain}",
    ),
    (re.compile(r"[+-]?\d+,\d+"), "a decimal comma", "write the decimal sign as a point"),
    (
        re.compile(r"(?i)oor\s*<.*"),
        "below the assay's range",
        "put the lower limit of quantification here and below in the column bound",
    ),
    (
        re.compile(r"(?i)oor\s*>.*"),
        "above the assay's range",
        "put the upper limit of quantification here and above in the column bound",
    ),
    (
        re.compile(r"\*\s*[\d.]+|[\d.]+\s*\*"),
        "a number extrapolated beyond the standards",
        "put the limit of quantification here and below or above in the column bound; the number "
        "alone, without the star, only if the laboratory stands by it",
    ),
    (
        re.compile(r"[-–—*.]{2,}"),
        "no value",
        "leave the cell empty: nothing was measured",
    ),
    (
        re.compile(r"[<>≤≥].*"),
        "a limit",
        "put the limit itself here; in cytokines, say below or above in the column bound",
    ),
    (re.compile(r"[+-]?[\d.]+\s*[%A-Za-zµ/]+.*"), "a number with a unit", "leave the number only"),
)
_EXPECTED = {"number": "a number", "integer": "a whole number", "flag": "true or false"}
_MISPLACED_NUMBERS = {
    "number": ("a number too large or too small to be measured", "correct the value"),
    "integer": ("not a whole number", "correct the value, or leave the cell empty"),
    "flag": ("a number", "write true or false: a code's meaning is never guessed"),
}


def convert_cells(
    cells: pd.DataFrame, contract: pa.DataFrameSchema, *, file: str
) -> tuple[pd.DataFrame, list[Fault]]:
    """Convert a table of text to the types of its contract; what does not fit becomes missing.

    Parameters
    ----------
    cells : DataFrame of str
        One row per data row, index = row in the file, as `helpers.io.tables.read_table` gives it.
    contract : pandera.DataFrameSchema
        Columns it does not know are passed over; columns it misses are not made up.
    file : str
        How messages name the file.

    Returns
    -------
    (DataFrame, list of Fault)
        The converted table and one fault per cell that is not of its column's kind.

    Examples
    --------
    >>> schema = pa.DataFrameSchema({"ck": pa.Column(float, metadata={"kind": "number"})})
    >>> frame, faults = convert_cells(pd.DataFrame({"ck": ["6.2", "1,9"]}), schema, file="a.csv")
    >>> frame["ck"].tolist(), faults[0].found
    ([6.2, nan], "'1,9' (a decimal comma)")
    """
    columns: dict[str, pd.Series] = {}
    faults: list[Fault] = []
    for name, column in contract.columns.items():
        if name not in cells:
            continue
        kind = column.metadata["kind"]
        fits = cells[name].map(_FITS[kind], na_action="ignore").eq(False)
        unfit = cells.loc[fits.fillna(False), name]
        found = (
            _describe_cell(text, kind, file=file, row=row, column=name)
            for row, text in unfit.items()
        )
        faults += keep_first(found, MOST_FAULTS)
        spelt = _spell_words(cells[name], column) if kind == "text" else cells[name]
        columns[name] = _CONVERT[kind](spelt.mask(fits.fillna(False)))
    return pd.DataFrame(columns, index=cells.index), faults


def _spell_words(texts: pd.Series, column: pa.Column) -> pd.Series:
    """Write words of a closed list as the list does, whatever their case: Female as female."""
    allowed = [word for one in column.checks for word in one.statistics.get("allowed_values", ())]
    known = {str(word).casefold(): str(word) for word in allowed}
    if not known or len(known) < len(allowed):
        return texts
    return texts.map(lambda text: known.get(text.casefold(), text), na_action="ignore")


def _describe_cell(text: str, kind: str, *, file: str, row: object, column: str) -> Fault:
    what, mend = "text", "correct the value, or leave the cell empty if it is missing"
    if _NUMBER.fullmatch(text):
        what, mend = _MISPLACED_NUMBERS[kind]
    elif kind != "flag":
        for pattern, name, cure in _MENDS:
            if pattern.fullmatch(text):
                what, mend = name, cure.format(plain=_join_thousands(text))
                break
    return Fault(file, f"{text!r} ({what})", _EXPECTED[kind], mend, int(str(row)), column)


def _join_thousands(text: str) -> str:
    """Write a number without what may part its thousands; another comma is its decimal sign."""
    return re.sub(r"[,\s'\u2019](?=\d{3}(\D|$))", "", text).replace(",", ".")


def _is_measurable(number: float) -> bool:
    return number == 0 or SMALLEST_NUMBER <= abs(number) <= LARGEST_NUMBER


def _to_flag(cells: pd.Series) -> pd.Series:
    return cells.str.lower().map(_FLAGS).astype("boolean")


_FITS: dict[str, Callable[[str], bool]] = {
    "text": lambda text: True,
    "number": lambda text: _NUMBER.fullmatch(text) is not None and _is_measurable(float(text)),
    "integer": lambda text: _INTEGER.fullmatch(text) is not None,
    "flag": lambda text: text.lower() in _FLAGS,
}
_CONVERT: dict[str, Callable[[pd.Series], pd.Series]] = {
    "text": lambda cells: cells.astype("str"),
    "number": lambda cells: cells.astype(float),
    "integer": lambda cells: cells.astype(float).astype("Int64"),
    "flag": _to_flag,
}
