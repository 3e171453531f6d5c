"""What stands in a cell where a reading is expected: a number, an overflow, a mask, or nothing."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from helpers.io.bounds import LARGEST_NUMBER

OVERFLOWS = frozenset({"OVRFLW", "OVERFLOW", "OVER", "#SAT", "SAT", "SATURATED", "+++++", "OVR"})
"""What programs write for a well that is too dark or too bright for the reader."""

NOTHINGS = frozenset(
    {
        "",
        "-",
        "--",
        "---",
        "NAN",
        "NA",
        "N/A",
        "#N/A",
        "NULL",
        "NONE",
        "MISSED",
        "MASKED",
        "RANGE?",
        "PATH?",
        "?????",
        "*****",
        "***",
        "INVALID",
        "EXCLUDED",
        "INF",
        "-INF",
    }
)
"""What programs write where there is no reading."""

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_COMMA = re.compile(r"[+-]?\d*,\d+([eE][+-]?\d+)?")
_MASKED = re.compile(r"\*(.+)\*")


@dataclass(frozen=True)
class Reading:
    """One cell, understood.

    Attributes
    ----------
    value : float
        Infinite for an overflow, missing (NaN) where there is no reading.
    remark : str
        What stands in the file in the place of a number.
    masked : bool
        Whether the program marks the well as taken out (``*0.356*``).
    """

    value: float
    remark: str = ""
    masked: bool = False


def read_number(text: str, *, comma: bool = False) -> float | None:
    """Read a number; None where the text is none, or one that nothing measures.

    Parameters
    ----------
    text : str
    comma : bool
        Whether the file writes decimals with a comma.

    Examples
    --------
    >>> read_number("1.5e-3"), read_number("0,14", comma=True), read_number("0,14")
    (0.0015, 0.14, None)
    >>> read_number("1e300"), read_number("abc")
    (None, None)
    """
    text = text.strip()
    if comma and _COMMA.fullmatch(text):
        text = text.replace(",", ".")
    if len(text) > 40 or not _NUMBER.fullmatch(text):
        return None
    number = float(text)
    return number if abs(number) <= LARGEST_NUMBER else None


def read_reading(text: str, *, comma: bool = False) -> Reading | None:
    """Understand the cell of a reading; None where it holds what no program writes there.

    >>> read_reading("OVRFLW").value, read_reading("*0.356*"), read_reading("banana")
    (inf, Reading(value=0.356, remark='', masked=True), None)
    """
    text = text.strip()
    number = read_number(text, comma=comma)
    if number is not None:
        return Reading(number)
    if text.upper() in OVERFLOWS:
        return Reading(math.inf, text)
    if text.upper() in NOTHINGS:
        return Reading(math.nan, text, masked=text.upper() == "MASKED")
    if text[0] in "<>" and read_number(text[1:].lstrip("="), comma=comma) is not None:
        return Reading(math.inf if text[0] == ">" else -math.inf, text)
    masked = _MASKED.fullmatch(text)
    inner = read_number(masked[1], comma=comma) if masked else None
    return None if inner is None else Reading(inner, masked=True)
