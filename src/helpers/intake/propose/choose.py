"""Give each place of our tables to the column that fits it best."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from helpers.contracts.mapping import TODO
from helpers.intake.propose.candidate import Candidate
from helpers.intake.propose.places import Guess
from helpers.intake.propose.proposal import has_month

NEEDED = {
    "adverse_events": ("term",),
    "medications": ("drug",),
    "disposition": ("last_month", "completed"),
    "functional_index": ("fi",),
}
"""Columns without which a table says nothing."""

ONCE = ("patients", "disposition")
"""Tables of one row a patient: what one file says of a patient, no other file needs to say."""

_MOST_VISITS = 12


def choose_places(candidates: Sequence[Candidate]) -> dict[int, dict[str, Guess]]:
    """Give each place to the column that fits it best, a patient's own facts to one file only.

    Parameters
    ----------
    candidates : sequence of Candidate

    Returns
    -------
    dict of int to dict of str to Guess
        By number of the candidate and column. A table of which a needed column is nowhere gets
        none.
    """
    chosen: dict[int, dict[str, Guess]] = {}
    taken: set[str] = set()
    anywhere = {p for one in candidates for guess in _list_sound(one) for p in guess.places}
    order = sorted(range(len(candidates)), key=lambda at: not candidates[at].is_one_row_a_patient)
    for at in order:
        best = _find_best(candidates[at])
        here = {place for place, *_ in best}
        own: dict[str, Guess] = {}
        for (place, *_), guess in best.items():
            table = place.split(".")[0]
            known = anywhere if table in ONCE else here
            needed = [f"{table}.{name}" for name in NEEDED.get(table, ())]
            if place not in taken and set(needed) <= known:
                before = own[guess.column].places if guess.column in own else ()
                own[guess.column] = replace(guess, places=(*before, place))
        chosen[at] = own
        given = {place for guess in own.values() for place in guess.places}
        taken |= {place for place in given if place.split(".")[0] in ONCE}
    return chosen


def _find_best(candidate: Candidate) -> dict[tuple[str, str, str, str], Guess]:
    """Find the best column for each place and visit; boxes and open places have one each."""
    best: dict[tuple[str, str, str, str], Guess] = {}
    for guess in _list_sound(candidate):
        for place in (TODO,) if guess.ambiguous else guess.places:
            own = guess.column if guess.box or guess.ambiguous else ""
            key = (place, guess.visit if has_month(place) else "", guess.analyte, own)
            if key not in best or guess.rank < best[key].rank:
                best[key] = guess
    return best


def _list_sound(candidate: Candidate) -> Iterator[Guess]:
    """Give the guesses that hold when seen together: not every number after a name is a visit."""
    guesses = [guess for guess in candidate.guesses if guess.places]
    numbered: dict[tuple[str, ...], set[str]] = {}
    for guess in guesses:
        if guess.visit.isdigit():
            numbered.setdefault(guess.places, set()).add(guess.visit)
    by_row = bool(candidate.visit) or candidate.is_by_sheet
    for guess in guesses:
        twice = bool(guess.visit) and by_row and has_month(guess.places[0])
        counted = guess.visit.isdigit() and not _are_visits(numbered[guess.places], numbered)
        if not twice and not counted:
            yield guess


def _are_visits(numbers: set[str], others: Mapping[tuple[str, ...], set[str]]) -> bool:
    """Tell visits from items: the same numbers of several measures, or 0, 3, 6 and not 1, 2, 3."""
    steps = sorted(int(number) for number in numbers)
    shared = sum(numbers <= other for other in others.values()) > 1
    is_run = steps == list(range(1, len(steps) + 1))
    return len(steps) <= _MOST_VISITS and (shared or (len(steps) > 1 and not is_run))
