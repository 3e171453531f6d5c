"""Write where one column goes, and what its words, units and codes are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from helpers.contracts.mapping import TODO, Target
from helpers.contracts.missing import MISSING
from helpers.intake.carry.apply import is_time, list_allowed
from helpers.intake.propose.candidate import Candidate
from helpers.intake.propose.choose import ONCE
from helpers.intake.propose.contents import (
    find_codes,
    find_missing,
    guess_time_unit,
    guess_unit,
    guess_words,
    read_numbers,
)
from helpers.intake.propose.draft import Draft, DraftSource, Line
from helpers.intake.propose.places import Guess
from helpers.intake.propose.proposal import (
    Proposal,
    find_schema,
    has_column,
    has_month,
)
from helpers.intake.words.names import fold_name
from helpers.intake.words.vocabulary import NOT_TREATED

BASELINE = "baseline"
"""What a visit is called that no file names."""

LIMITS = {
    "core_set.haq_di": (0, 3),
    "core_set.mmt8": (0, 150),
    "core_set.physician_global": (0, 100),
    "core_set.patient_global": (0, 100),
    "core_set.extramuscular": (0, 100),
    "core_set.ck": (0, 10**6),
    "patients.age_years": (0, 98),
}
"""Outside these a number such as 999 is a code: what the widest of the scales in use allows."""

ASKED = {
    "core_set.ck": "no column or label says it: U/L or ukat/L",
    "cytokines.concentration": "no column or label says it: for example pg/mL",
}
"""Places whose unit is never guessed from the numbers."""

LINES = tuple(
    f"core_set.{name}" for name in ("physician_global", "patient_global", "extramuscular")
)
"""Marks on a line of 10 cm, in cm or mm."""

_LIMIT_SIGNS = "<>≤≥"
_LARGEST_CM, _LONGEST_YEARS = 10, 60


def write_target(
    candidate: Candidate, guess: Guess, source: DraftSource, proposal: Proposal
) -> Line:
    """Write where a column goes, and note what its cells need.

    Parameters
    ----------
    candidate : Candidate
    guess : Guess
        With the places that were chosen for it.
    source : DraftSource
    proposal : Proposal
        Gets the words, units and codes.

    Returns
    -------
    Line
    """
    if guess.ambiguous:
        visit = {"visit": guess.visit} if guess.visit else {}
        return Line({"to": TODO, **visit}, " or ".join(guess.options))
    lines = [_write_place(candidate, guess, place, source, proposal) for place in guess.places]
    why = next((line.why for line in lines if line.why), "")
    values = [line.value for line in lines]
    return Line(values[0] if len(values) == 1 else values, why or candidate.label(guess.column))


def _write_place(
    candidate: Candidate, guess: Guess, place: str, source: DraftSource, proposal: Proposal
) -> Line:
    target: dict[str, Any] = {"to": place}
    why = _write_visit(candidate, guess, target, proposal)
    if guess.analyte:
        target["with"] = {"analyte": guess.analyte}
    if guess.box:
        return _write_box(candidate, guess, target)
    kind = find_schema(place).metadata["kind"]
    labels = candidate.words(guess.column)
    if is_time(Target(to=place)):
        label = candidate.label(guess.column)
        unit = guess_time_unit(guess.column, label, candidate.values(guess.column))
        if unit.value != "months":
            target["unit"], why = unit.value, unit.why
    elif kind in ("number", "integer"):
        entries = candidate.values(guess.column)
        unit_said = guess_unit(guess.column, candidate.label(guess.column))
        _note_labelled(labels, target)
        note_numbers(proposal, place, entries, unit_said, source.decimal, target)
        why = write_limits(place, entries, target) or why
    if kind != "number":
        entries = candidate.values(guess.column)
        if own := _add_words(proposal, place, entries, labels):
            target["words"] = own
    return Line(place if len(target) == 1 else target, why)


def _write_visit(
    candidate: Candidate, guess: Guess, target: dict[str, Any], proposal: Proposal
) -> str:
    """Write the visit that a column is for, where its rows do not say it; give the reason."""
    by_row = bool(candidate.visit) or candidate.is_by_sheet
    if has_month(target["to"]):
        if guess.visit:
            target["visit"] = guess.visit
        elif proposal.names_visits and not by_row:
            target["visit"] = BASELINE
            return "its name says no visit: taken as the baseline"
        return ""
    changing = _find_changing(candidate, guess.column) if candidate.visit else ""
    if changing and target["to"].split(".")[0] in ONCE:
        target["visit"] = changing
        return "it changes between visits: that of the first is read"
    return ""


def _find_changing(candidate: Candidate, column: str) -> str:
    """Give the first visit, where a column has several values of one patient."""
    seen: dict[str, str] = {}
    for table in candidate.tables if candidate.patient else ():
        for _, cells in table.rows:
            text = table.cell(cells, column)
            if text and seen.setdefault(table.cell(cells, candidate.patient), text) != text:
                return candidate.values(candidate.visit)[0]
    return ""


def _write_box(candidate: Candidate, guess: Guess, target: dict[str, Any]) -> Line:
    """Write what a tick means; a box without a tick says nothing."""
    assert guess.box is not None
    name = guess.box.field
    choices = candidate.fields[name].choices if name in candidate.fields else {}
    choice = choices.get(guess.box.choice, guess.box.choice)
    meanings = guess_words(target["to"], [choice], {}, list_allowed(find_schema(target["to"])))
    meaning = meanings[choice].value if choice in meanings else choice
    labelled = any(fold_name(word) == "checked" for word in candidate.values(guess.column))
    labelled = labelled or any(
        fold_name(word) == "unchecked" for word in candidate.values(guess.column)
    )
    tick, blank = ("Checked", "Unchecked") if labelled else ("1", "0")
    return Line({**target, "words": {tick: meaning, blank: ""}}, choice)


def note_numbers(
    proposal: Proposal,
    place: str,
    entries: Sequence[str],
    unit: str,
    decimal: str,
    target: dict[str, Any],
    *,
    asks: bool = True,
) -> None:
    """Note what the numbers of a place need: codes of missing values, and their unit.

    Parameters
    ----------
    proposal : Proposal
    place : str
    entries : sequence of str
    unit : str
        What the name or label says; empty where nothing.
    decimal : str
    target : dict
        Gets the unit where it is not that of the place's other columns.
    asks : bool
        Whether a unit has to be told; not where a column says it row by row.
    """
    draft = proposal.draft
    for text, line in find_missing(entries, decimal).items():
        draft.missing.setdefault(text, line)
    codes = [*target.get("missing", ()), *find_codes(entries, decimal, LIMITS.get(place))]
    if codes:
        target["missing"] = list(dict.fromkeys(codes))
    numbers = read_numbers(entries, decimal, (*draft.missing, *codes))
    proposal.numbers.setdefault(place, []).extend(numbers)
    if not asks:
        return
    if place not in draft.units:
        _add_unit(draft, place, unit, numbers)
    elif unit and unit != draft.units[place].value:
        target["unit"] = unit


def _note_labelled(labels: Mapping[str, str], target: dict[str, Any]) -> None:
    """Note codes that the file itself calls missing: in this column, as 99 is a value elsewhere."""
    codes = [
        code
        for code, label in labels.items()
        if fold_name(label) in MISSING or label.casefold() in MISSING
    ]
    if codes:
        target["missing"] = codes


def _add_unit(draft: Draft, place: str, unit: str, numbers: Sequence[float]) -> None:
    largest = max(numbers, default=0)
    if unit:
        draft.units[place] = Line(unit, "as the column's name or label says")
    elif place in ASKED:
        draft.units[place] = Line(TODO, ASKED[place])
    elif place in LINES:
        guessed = "mm" if largest > _LARGEST_CM else "cm"
        draft.units[place] = Line(guessed, f"the largest value is {largest:g}")
    elif place == "patients.disease_duration_years" and largest > _LONGEST_YEARS:
        draft.units[place] = Line(TODO, f"the largest value is {largest:g}: years or months?")


def write_limits(place: str, entries: Sequence[str], target: dict[str, Any]) -> str:
    """Write what a cell such as <160 becomes; give the question where nobody but people can say."""
    if not any(text[:1] in _LIMIT_SIGNS for text in entries):
        return ""
    if has_column(place, "bound"):
        target["below"] = "bound"
        return ""
    target["below"] = TODO
    return "what does a cell such as <5 become: limit (the number itself) or empty?"


def _add_words(
    proposal: Proposal, place: str, entries: Sequence[str], labels: Mapping[str, str]
) -> dict[str, Any]:
    """Note what words mean; give those that mean something else in another file."""
    if place == "patients.arm":
        arms = (labels.get(text, text) for text in dict.fromkeys(entries))
        entered = [arm for arm in arms if fold_name(arm) not in NOT_TREATED]
        proposal.arms = list(dict.fromkeys([*proposal.arms, *entered]))
        words = {code: Line(label) for code, label in labels.items() if code != label}
    else:
        words = guess_words(place, entries, labels, list_allowed(find_schema(place)))
    if find_schema(place).metadata["kind"] == "integer":  # 1 to 5 are grades as they are
        words = {word: line for word, line in words.items() if not word.isdigit()}
    if not words:
        return {}
    known = proposal.draft.words.setdefault(place, {})
    known |= {word: line for word, line in words.items() if word not in known}
    return {word: one.value for word, one in words.items() if known[word].value != one.value}
