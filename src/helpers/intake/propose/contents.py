"""Read from the cells of a column what its words, codes, units, dates and numbers are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from helpers.contracts.mapping import FROM_DATE, FROM_STUDY_DAY, TODO
from helpers.contracts.missing import MISSING
from helpers.contracts.units import find_unit
from helpers.intake.propose.draft import Line
from helpers.intake.read.sheets import Exact
from helpers.intake.words.cells import Unfit, fold_word, read_number
from helpers.intake.words.names import find_bracket_unit, fold_name
from helpers.intake.words.vocabulary import MISSING_CODES, NO, WORDS, YES
from helpers.io.tables import MISSING_TEXTS

_COMMA = re.compile(r"[<>]?\s*[+-]?\d+,\d+")
_POINT = re.compile(r"[<>]?\s*[+-]?\d+\.\d+")
_DATE = re.compile(r"(\d{1,4})[-./ ](\d{1,2}|[A-Za-z]{3})[-./ ](\d{1,4})([T ].*)?")
_LARGEST_MIDDLE = 12
_MOST_WORDS = 60
_UNIT_IN_NAME = {
    "ukat": "ukat/L",
    "ukatl": "ukat/L",
    "ul": "U/L",
    "iul": "U/L",
    "mm": "mm",
    "cm": "cm",
}


def guess_decimal(entries: Iterable[str], separator: str) -> str:
    """Tell the decimal sign of a file's numbers: the one that more of them have.

    >>> guess_decimal(["1,5", "12", "2,25"], ";"), guess_decimal(["1.5", "1,100"], ",")
    (',', '.')
    """
    texts = [text for text in entries if not isinstance(text, Exact)]
    commas = sum(bool(_COMMA.fullmatch(text)) for text in texts)
    points = sum(bool(_POINT.fullmatch(text)) for text in texts)
    return "," if commas > points or (commas == points and separator == ";") else "."


def guess_dates(entries: Iterable[str]) -> Line | None:
    """Tell the order in which dates are written; TODO where no date of them shows it.

    >>> guess_dates(["03/02/2024", "25/02/2024"]).value, guess_dates(["03/02/2024"]).value
    ('day first', 'TODO')
    """
    found = [match for text in entries if (match := _DATE.fullmatch(text))]
    if not found or all(len(match[1]) == 4 for match in found):
        return None
    if any(not match[2].isdigit() for match in found) or any(
        int(match[1]) > _LARGEST_MIDDLE for match in found
    ):
        return Line("day first", "some days are after the 12th")
    if any(int(match[2]) > _LARGEST_MIDDLE for match in found):
        return Line("month first", "some days are after the 12th")
    if "." in found[0][0]:
        return Line("day first", "dates with points between are written so")
    return Line(TODO, f"is {found[0][0]} day first or month first?")


def is_date(entries: Sequence[str]) -> bool:
    """Tell whether most entries of a column are dates."""
    dates = sum(bool(_DATE.fullmatch(text)) for text in entries)
    return bool(entries) and dates > len(entries) / 2


def guess_time_unit(column: str, label: str, entries: Sequence[str]) -> Line:
    """Tell what a column of times holds: dates, study days, months."""
    if is_date(entries):
        return Line(FROM_DATE, "dates; months are counted from the first dose")
    words = set(fold_name(f"{column} {label}").split())
    named = [unit.name for word in words if (unit := find_unit(word)) and len(word) > 1]
    if re.fullmatch(r"[a-z]*(st|en)?dy", fold_name(column)) or "relative" in words:
        return Line(FROM_STUDY_DAY, "1 is the day of the first dose, -1 the day before")
    parts = {"manad": "months", "monat": "months", "month": "months", "dag": "days", "tag": "days"}
    parts |= {"vecka": "weeks", "woche": "weeks", "week": "weeks"}
    named += [unit for part, unit in parts.items() for word in words if word.endswith(part)]
    if named and named[0] in ("months", "weeks", "days", "years"):
        return Line(named[0], "as the column's name says")
    return Line(TODO, "date, study day, days, weeks or months from the first dose?")


def guess_unit(column: str, label: str) -> str:
    """Give the unit that a column's name or label says; empty where none."""
    found = find_bracket_unit(column) or find_bracket_unit(label)
    if found:
        return found
    if column.split() and find_unit(column.split()[-1]) and len(column.split()) > 1:
        return column.split()[-1]
    words = fold_name(column).split()
    joined = {"".join(words[-2:]), words[-1]} if words else set()
    return next((_UNIT_IN_NAME[word] for word in joined if word in _UNIT_IN_NAME), "")


def guess_words(
    place: str, entries: Iterable[str], labels: Mapping[str, str], allowed: Sequence[str]
) -> dict[str, Line]:
    """Tell what the words of a column mean.

    Parameters
    ----------
    place : str
        What the column is for.
    entries : iterable of str
        Its cells.
    labels : mapping of str to str
        Labels of codes, where the file or its dictionary has them.
    allowed : sequence of str
        Closed list of the place; empty where any text will do.

    Returns
    -------
    dict of str to Line
        One line for each word that is not already as the table wants it.
    """
    words = [word for word in dict.fromkeys([*entries, *labels]) if word not in MISSING_TEXTS]
    if not allowed and not labels and place not in WORDS:
        return {}
    seen = set(entries)
    lines: dict[str, Line] = {}
    known = {fold_name(word) for word in allowed}
    for word in words[:_MOST_WORDS]:
        label = labels.get(word, "")
        meaning = _find_meaning(place, word, label, allowed)
        if meaning is None and not allowed:
            meaning = label or None
        if meaning is None:
            if fold_name(word) in known and not label:
                continue
            if allowed and word in seen:
                lines[word] = Line(
                    TODO, f"{label + ': ' if label else ''}one of {', '.join(allowed)}"
                )
        elif fold_word(meaning) != fold_word(word):
            lines[word] = Line(meaning, label if fold_name(label) != fold_name(meaning) else "")
    return lines


def _find_meaning(place: str, word: str, label: str, allowed: Sequence[str]) -> str | None:
    for text in filter(None, (label, word)):
        folded = fold_name(text)
        closed = {fold_name(one): one for one in allowed if one not in ("yes", "no")}
        if folded in closed:
            return closed[folded]
        if folded in WORDS.get(place, {}):
            return WORDS[place][folded]
        if "true" in allowed and folded in YES | NO:
            return "true" if folded in YES else "false"
        if folded in MISSING or text.casefold() in MISSING:
            return ""
    return None


def find_codes(
    entries: Iterable[str], decimal: str, limits: tuple[float, float] | None
) -> list[str]:
    """Find numbers such as 999 where they cannot be a value: they stand for a missing one.

    >>> find_codes(["1.5", "99"], ".", (0, 3)), find_codes(["99"], ".", None)
    (['99'], [])
    """
    if limits is None:
        return []
    codes = [text for text in dict.fromkeys(entries) if text in MISSING_CODES]
    values = {text: float(read_number(text, decimal).text) for text in codes}
    return [text for text, value in values.items() if not limits[0] <= value <= limits[1]]


def find_missing(entries: Iterable[str], decimal: str) -> dict[str, Line]:
    """Find words that stand for a missing value in a column of numbers."""
    lines: dict[str, Line] = {}
    for text in dict.fromkeys(entries):
        try:
            read_number(text, decimal)
        except Unfit:
            if text.casefold() in MISSING or fold_name(text) in MISSING:
                lines[text] = Line(None)
    return lines


def read_numbers(entries: Iterable[str], decimal: str, missing: Iterable[str]) -> list[float]:
    """Give the entries that are numbers, without those that stand for a missing value."""
    codes, numbers = set(missing), []
    for text in entries:
        if text in codes:
            continue
        try:
            numbers.append(float(read_number(text, decimal).text))
        except Unfit:
            continue
    return numbers
