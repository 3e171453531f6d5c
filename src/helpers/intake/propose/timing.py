"""Tell the month of each visit: from its name, or from the dates on which it took place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from statistics import median

from helpers.contracts.mapping import IGNORE, TODO
from helpers.intake.propose.candidate import Candidate
from helpers.intake.propose.draft import Line
from helpers.intake.words.cells import Unfit, read_date
from helpers.intake.words.names import (
    DAYS_IN_MONTH,
    VisitName,
    fold_name,
    read_visit,
    round_month,
    split_visit,
)
from helpers.intake.words.vocabulary import VISIT_UNITS

VISIT_DATES = (
    *("adt", "visit date", "visitdate", "date of visit", "besoksdatum", "datum", "svstdtc"),
    *("visdt", "date", "lbdtc", "qsdtc", "visdat", "examination date", "besuchsdatum"),
)


def guess_visits(candidate: Candidate, named: Sequence[str], dates: str) -> dict[str, Line]:
    """Guess the month of every visit that a source names.

    Parameters
    ----------
    candidate : Candidate
    named : sequence of str
        Visits in the names of its columns.
    dates : str
        Order in which dates are written.

    Returns
    -------
    dict of str to Line
        In order of month; TODO where neither name nor dates tell it.
    """
    words = list(dict.fromkeys([*_list_rows(candidate), *named]))
    names = {word: _read(word, candidate) for word in words}
    months = {word: name.month for word, name in names.items() if name and name.month is not None}
    months |= _read_numbers(words, names)
    measured = _measure(candidate, [word for word in words if word not in months], months, dates)
    has_baseline = 0.0 in months.values()
    lines: dict[str, Line] = {}
    for word in words:
        lines[word] = _decide(word, names[word], months, measured, has_baseline=has_baseline)
    if not has_baseline:
        _take_first(lines, names)
    labels = candidate.words(candidate.visit) if candidate.visit else {}
    lines |= {word: replace(lines[word], why=labels[word]) for word in words if word in labels}
    if _has_blank(candidate):
        lines[""] = Line(IGNORE, "rows that name no visit")
    return dict(sorted(lines.items(), key=lambda item: _order(item[1])))


def _has_blank(candidate: Candidate) -> bool:
    """Tell whether some rows of a patient name no visit, where others do."""
    return bool(candidate.visit and candidate.patient) and any(
        table.cell(cells, candidate.patient) and not table.cell(cells, candidate.visit)
        for table in candidate.tables
        for _, cells in table.rows
    )


def _list_rows(candidate: Candidate) -> Iterable[str]:
    if candidate.is_by_sheet:
        return [table.sheet.name for table in candidate.tables]
    return dict.fromkeys(candidate.values(candidate.visit)) if candidate.visit else ()


def _read(word: str, candidate: Candidate) -> VisitName | None:
    unit = VISIT_UNITS.get(fold_name(candidate.visit)) if candidate.visit else None
    text = word.replace(".0", "") if word.endswith(".0") else word
    if candidate.visit and (label := candidate.words(candidate.visit).get(word)):
        return read_visit(label)
    return read_visit(f"{unit} {text}" if unit and text.replace(".", "").isdigit() else word)


def _read_numbers(words: Sequence[str], names: Mapping[str, VisitName | None]) -> dict[str, float]:
    """Take bare numbers for months, where they are no mere count: 0, 3, 6 and not 1, 2, 3."""
    numbers = [float(word) for word in words if names[word] is None and word.isdigit()]
    steps = sorted(numbers)
    is_count = steps == [steps[0] + step for step in range(len(steps))] if steps else True
    if is_count or 0.0 not in steps:
        return {}
    return {word: float(word) for word in words if names[word] is None and word.isdigit()}


def _decide(
    word: str,
    name: VisitName | None,
    months: Mapping[str, float],
    measured: Mapping[str, float],
    *,
    has_baseline: bool,
) -> Line:
    if word in months:
        others = [other for other in months if other != word and months[other] == months[word]]
        why = "a number of its own: taken as a month" if word.isdigit() else ""
        return Line(months[word], f"the same month as {others[0]}" if others else why)
    if name and name.kind == "unplanned":
        return Line(IGNORE, "not planned")
    if name and name.kind == "before" and has_baseline:
        return Line(IGNORE, "before the baseline")
    if word in measured:
        return Line(measured[word], "by the dates of its visits")
    return Line(TODO, "its month from the first dose, 0 for the baseline; or ignore")


def _take_first(lines: dict[str, Line], names: Mapping[str, VisitName | None]) -> None:
    """Take the first of numbered visits for the baseline, where none is called so."""
    counted = [(name.number, word) for word, name in names.items() if name and name.kind == "visit"]
    before = [word for word, name in names.items() if name and name.kind == "before"]
    plain = [(float(word), word) for word in lines if word.isdigit() and int(word) <= 1]
    first = [*before, *(word for _, word in sorted(counted or plain))]
    if first and lines[first[0]].value == TODO:
        lines[first[0]] = Line(0, "the first visit, taken as the baseline")


def _measure(
    candidate: Candidate, words: Sequence[str], months: Mapping[str, float], dates: str
) -> dict[str, float]:
    """Find the usual time from a patient's first visit to each visit whose name says no month."""
    found = _collect_dates(candidate, dates)
    first = {who: min(by.values()) for who, by in found.items() if by}
    base = next((word for word, month in months.items() if month == 0), "")
    measured = {}
    for word in words:
        days = [
            (by[word] - by.get(base, first[who])).days for who, by in found.items() if word in by
        ]
        if days:
            measured[word] = round_month(median(days) / DAYS_IN_MONTH)
    months_found = list(measured.values())
    sure = len(set(months_found)) == len(months_found) and all(m >= 0 for m in months_found)
    return measured if sure else {}


def _collect_dates(candidate: Candidate, order: str) -> dict[str, dict[str, dt.date]]:
    """Give by patient and visit the date on which it took place."""
    found: dict[str, dict[str, dt.date]] = {}
    column = candidate.pick(VISIT_DATES, candidate.roles)
    wide = {name: split_visit(name) for name in candidate.columns}
    for table in candidate.tables:
        who = ""
        for _, cells in table.rows:
            if candidate.patient in table.index:
                who = table.cell(cells, candidate.patient) or who  # as above, where it is empty
            by_visit = found.setdefault(who, {})
            if column in table.index and (candidate.visit or candidate.is_by_sheet):
                word = (
                    table.sheet.name
                    if candidate.is_by_sheet
                    else table.cell(cells, candidate.visit)
                )
                _note(by_visit, word, table.cell(cells, column), order)
                continue
            for name, (base, visit) in wide.items():
                if visit and base in VISIT_DATES and name in table.index:
                    _note(by_visit, visit, table.cell(cells, name), order)
    return found


def _note(by_visit: dict[str, dt.date], word: str, text: str, order: str) -> None:
    try:
        by_visit.setdefault(word, read_date(text, order))
    except Unfit:
        return


def _order(line: Line) -> tuple[int, float]:
    if isinstance(line.value, (int, float)):
        return (0, float(line.value))
    return (1, 0.0) if line.value == TODO else (2, 0.0)
