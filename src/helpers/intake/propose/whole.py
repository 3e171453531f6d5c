"""Propose a whole mapping.yml from people's own files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pandera.pandas as pa

from helpers.contracts import CONTRACTS, Fault, StudyDataError
from helpers.contracts.mapping import FROM_DATE, PATIENTS, SHEET, TODO
from helpers.intake.propose.candidate import Candidate, find_reason, read_candidates
from helpers.intake.propose.choose import choose_places
from helpers.intake.propose.columns import BASELINE, write_target
from helpers.intake.propose.draft import Draft, DraftSource, Line
from helpers.intake.propose.proposal import Proposal, give_contract, has_month
from helpers.intake.propose.reading import write_keep, write_reading
from helpers.intake.propose.redcap import Field, is_dictionary, read_dictionary
from helpers.intake.propose.results import write_tests
from helpers.intake.propose.timing import guess_visits
from helpers.intake.words.names import fold_name
from helpers.intake.words.vocabulary import DEATHS, NO, YES

ARM, TERM = f"{PATIENTS}.arm", "adverse_events.term"
USUAL = {
    ARM: Line("treated", "no column names an arm: one arm is assumed"),
    "adverse_events.system_organ_class": Line("Not coded", "no column names the body system"),
    "cytokines.bound": Line("in_range", "no value is a limit"),
}
"""What stands for all rows where no column says it, as a guess that a person sees."""

_DATED = re.compile(r"(?<=[-_ ])\d{4}|(?<=[-_ ])\d{1,2}[-_.]\d|(?<=[-_ ])v\d+$")
"""Where the part of a file's name begins that changes from transfer to transfer."""


def propose(paths: Sequence[Path]) -> Proposal:
    """Read files and propose how they become tables.

    Parameters
    ----------
    paths : sequence of Path
        As they lie in raw/.

    Returns
    -------
    Proposal

    Raises
    ------
    StudyDataError
        When a file cannot be read, with the faults of all.
    """
    candidates, kept = _read_all(paths)
    proposal = Proposal(Draft(kept=kept), candidates)
    proposal.chosen = choose_places(candidates)
    read: set[str] = set()
    for at, candidate in enumerate(candidates):
        source = _draft_source(proposal, at, paths)
        if source.targets:
            proposal.draft.sources.append(source)
            read.add(candidate.path.name)
    for candidate in candidates:
        if candidate.path.name not in read:
            reason = "none of its columns was known" if candidate.patient else "names no patient"
            kept.setdefault(candidate.path.name, Line(None, reason))
    if proposal.screened:
        _leave_out_screened(proposal.draft)
    _add_constants(proposal.draft)
    _settle_dates(proposal.draft)
    return proposal


def _read_all(paths: Sequence[Path]) -> tuple[list[Candidate], dict[str, Line]]:
    """Read all files; give what may hold patients, and the files that only explain others."""
    candidates: list[Candidate] = []
    kept: dict[str, Line] = {}
    fields: dict[str, Field] = {}
    faults: list[Fault] = []
    for path in paths:
        if path.suffix.lower() == ".sas7bcat":
            kept[path.name] = Line(None, "labels of codes, of which the words above were made")
            continue
        try:
            found = read_candidates(path, file=path.name)
        except StudyDataError as error:
            faults += error.faults
            continue
        for candidate in found:
            if is_dictionary(candidate.tables[0]):
                fields |= read_dictionary(candidate.tables[0])
                kept[path.name] = Line(None, "the data dictionary, of which the lines were made")
            else:
                candidates.append(candidate)
    if faults:
        raise StudyDataError("new --from", faults)
    for candidate in candidates:
        candidate.fields = fields
    return candidates, kept


def find_pattern(path: Path, paths: Sequence[Path]) -> str:
    """Give the name by which this file and newer transfers of it are found.

    Parameters
    ----------
    path : Path
    paths : sequence of Path
        All files that came: a pattern that another one fits too is none.

    Returns
    -------
    str

    Examples
    --------
    >>> find_pattern(Path("MYO_DATA_2026-11-01.csv"), []), find_pattern(Path("lab.csv"), [])
    ('MYO_DATA_*.csv', 'lab*.csv')
    """
    stem = _DATED.split(path.stem, maxsplit=1)[0]
    same = [one for one in paths if one != path and one.suffix == path.suffix]
    shared = any(one.name.startswith(stem) for one in same)
    return path.name if shared or re.search(r"[\[\]?*]", stem) else f"{stem}*{path.suffix}"


def _draft_source(proposal: Proposal, at: int, paths: Sequence[Path]) -> DraftSource:
    candidate, chosen = proposal.candidates[at], proposal.chosen[at]
    source = DraftSource()
    if not chosen and not (candidate.tests and candidate.patient):
        return source
    name = find_pattern(candidate.path, paths)
    source.keys["file"] = Line(name, candidate.path.name if name != candidate.path.name else "")
    write_reading(candidate, source)
    _write_roles(candidate, source)
    write_keep(candidate, source, chosen, proposal)
    candidate.restrict({column: line.value for column, line in source.keep.items()})
    proposal.names_visits = any(guess.visit for guess in chosen.values())
    for column in candidate.columns:
        if column in candidate.roles:
            continue
        if column in chosen:
            source.columns[column] = write_target(candidate, chosen[column], source, proposal)
        elif column not in source.keep:
            source.ignore[column] = Line(None, _explain_unused(candidate, column, proposal, at))
    _write_deaths(candidate, source)
    write_tests(candidate, source, proposal)
    _write_visits(candidate, source, proposal.draft)
    return source


def _write_deaths(candidate: Candidate, source: DraftSource) -> None:
    """Write that an event which results in death is of grade 5, whatever severity it has."""
    column = candidate.pick(DEATHS)
    if column not in source.ignore or not any(t["to"] == TERM for t in source.targets):
        return
    words = {
        word: "5" if fold_name(word) in YES else ""
        for word in dict.fromkeys(candidate.values(column))
        if fold_name(word) in YES | NO
    }
    if words:
        del source.ignore[column]
        target = {"to": "adverse_events.ctcae_grade", "first": True, "words": words}
        source.columns[column] = Line(target, "an event that results in death is of grade 5")


def _write_roles(candidate: Candidate, source: DraftSource) -> None:
    question = "" if candidate.patient else "which column names the patient?"
    source.keys["patient"] = Line(candidate.patient or TODO, question)
    if candidate.is_by_sheet:
        source.keys["visit"] = Line(SHEET, "each sheet is a visit")
    elif candidate.visit:
        source.keys["visit"] = Line(candidate.visit)
    if candidate.first_dose:
        label = candidate.label(candidate.first_dose)
        source.keys["first_dose"] = Line(candidate.first_dose, label)


def _write_visits(candidate: Candidate, source: DraftSource, draft: Draft) -> None:
    """Name every visit of a source, with its month where the files say it."""
    named = [target["visit"] for target in source.targets if target.get("visit")]
    if not any(has_month(target["to"]) for target in source.targets):
        if not named and "visit" in source.keys and candidate.visit:
            del source.keys["visit"]
            source.ignore[candidate.visit] = Line(None, "no place here needs a visit")
        return
    if "visit" not in source.keys and not named and _repeats(candidate):
        question = "which column names the visit? A patient has several rows"
        source.keys["visit"] = Line(TODO, question)
        return
    if "visit" not in source.keys and not named:
        source.keys["at"] = Line(BASELINE, "nothing names a visit: all values are taken as its")
        draft.visits.setdefault(BASELINE, Line(0))
        return
    for word, line in guess_visits(candidate, named, source.dates).items():
        before = draft.visits.setdefault(word, line)
        if before.value != line.value:
            why = f"{before.value} by one file, {line.value} by another"
            draft.visits[word] = Line(TODO, why)


def _repeats(candidate: Candidate) -> bool:
    """Tell whether a patient has several rows, or several of one test."""
    names = candidate.tests[0] if candidate.tests else candidate.patient
    rows = [
        (table.cell(cells, candidate.patient), table.cell(cells, names))
        for table in candidate.tables
        for _, cells in table.rows
        if candidate.patient
    ]
    return len(rows) > len(set(rows))


def _explain_unused(candidate: Candidate, column: str, proposal: Proposal, at: int) -> str:
    """Say why a column is not used: what is read in its place, or what it is."""
    if reason := find_reason(column):
        return reason
    guess = next((one for one in candidate.guesses if one.column == column), None)
    if guess is None or not guess.places:
        return candidate.label(column)
    for other, columns in proposal.chosen.items():
        for name, found in columns.items():
            if set(found.places) & set(guess.places):
                where = "" if other == at else f" of {proposal.candidates[other].path.name}"
                return f"{guess.places[0]} is read from {name}{where}"
    return f"{guess.places[0]}? Its name is not sure enough"


def _leave_out_screened(draft: Draft) -> None:
    """Leave out people who never entered from the files that do not tell who they are."""
    for source in draft.sources:
        if not any(target["to"] == ARM for target in source.targets):
            source.keys["listed_only"] = Line("true", "rows of who is not in patients are left out")


def _add_constants(draft: Draft) -> None:
    """Write a line for each column that a table must have and no file fills."""
    targets = [target for source in draft.sources for target in source.targets]
    filled = {target["to"] for target in targets} - {TODO}
    tables = {place.split(".")[0] for place in filled} | {PATIENTS}
    filled |= {f"{t['to'].split('.')[0]}.{name}" for t in targets for name in t.get("with", {})}
    if any(target.get("below") == "bound" for target in targets):
        filled.add("cytokines.bound")
    by_row = any(source.tests.get("units") for source in draft.sources)
    if by_row or "cytokines.concentration" in draft.units:
        filled.add("cytokines.unit")
    for table in (name for name in CONTRACTS if name in tables):
        for column, schema in give_contract(table).columns.items():
            place = f"{table}.{column}"
            is_own = column in ("patient_id", "month") or place in filled
            if schema.required and not is_own:
                draft.constants[place] = _write_constant(place, schema)


def _write_constant(place: str, schema: pa.Column) -> Line:
    if place in USUAL:
        return USUAL[place]
    if schema.metadata["filled"]:
        return Line(TODO, str(schema.description))
    return Line(None, "in none of the files")


def _settle_dates(draft: Draft) -> None:
    """Ask for the date of the first dose where months are counted from it; else leave it out."""
    dated = [one for one in draft.sources if any(t.get("unit") == FROM_DATE for t in one.targets)]
    if dated and not any("first_dose" in source.keys for source in draft.sources):
        question = "which column has the date of the first dose?"
        dated[0].keys["first_dose"] = Line(TODO, question)
    for source in draft.sources:
        if not dated and (first := source.keys.pop("first_dose", None)):
            source.ignore[str(first.value)] = Line(None, "no place here is counted from a date")
        if source not in dated and "first_dose" not in source.keys:
            source.keys.pop("dates", None)
