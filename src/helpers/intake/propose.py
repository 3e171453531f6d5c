"""Propose a mapping.yml from people's own files: every guess a line, with its reason."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pandera.pandas as pa

from helpers.contracts import CONTRACTS, StudyConfig, StudyDataError, table_contract
from helpers.contracts.dictionary import start_settings
from helpers.contracts.mapping import SHEET, TODO, Target
from helpers.intake.apply import is_time, list_allowed
from helpers.intake.candidate import Candidate, find_reason, read_candidates
from helpers.intake.contents import (
    find_missing,
    guess_dates,
    guess_decimal,
    guess_time_unit,
    guess_unit,
    guess_words,
    is_date,
    read_numbers,
)
from helpers.intake.draft import Draft, DraftSource, Line
from helpers.intake.names import fold_name
from helpers.intake.places import Guess, guess_column
from helpers.intake.redcap import Field, is_dictionary, read_dictionary
from helpers.intake.timing import guess_visits
from helpers.intake.vocabulary import AMBIGUOUS, CDISC_PARAMETERS, NOT_TREATED

NEEDED = {
    "adverse_events": ("term",),
    "medications": ("drug",),
    "disposition": ("last_month", "completed"),
    "functional_index": ("fi",),
}
"""Columns without which a table says nothing."""

ANALYTE_NAMES = ("analyte", "analyt", "cytokine", "cytokin", "protein")
NOT_CODED = "Not coded"
ONE_ARM = "treated"
BASELINE = "baseline"

_COMPUTED, _ANALYSED, _EMERGENT, _DISPOSED = "DTYPE", "ANL01FL", "TRTEMFL", "DSCAT"
_STEPS = re.compile(r"(\d+)")


@dataclass
class Proposal:
    """A draft, and what was read for it."""

    draft: Draft
    candidates: list[Candidate]
    chosen: dict[int, dict[str, Guess]] = field(default_factory=dict)
    numbers: dict[str, list[float]] = field(default_factory=dict)
    arms: list[str] = field(default_factory=list)
    wide: bool = False
    screened: bool = False
    ck_unit: str = ""


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
    proposal.chosen = _choose_places(candidates)
    for at, candidate in enumerate(candidates):
        source = _draft_source(candidate, proposal, at, paths)
        if source.columns or source.rows:
            proposal.draft.sources.append(source)
        else:
            reason = "none of its columns was known" if candidate.patient else "names no patient"
            proposal.draft.kept.setdefault(candidate.path.name, Line(None, reason))
    named = {source.keys["file"].value for source in proposal.draft.sources}
    for path in [p for p in proposal.draft.kept if _any_pattern(p, named, candidates)]:
        del proposal.draft.kept[path]
    if proposal.screened:
        _leave_out_screened(proposal.draft)
    _add_constants(proposal.draft)
    _settle_dates(proposal.draft)
    return proposal


def _leave_out_screened(draft: Draft) -> None:
    """Leave out people who never entered from the files that do not tell who they are."""
    for source in draft.sources:
        lists = any("patients.arm" in str(line.value) for line in source.columns.values())
        if not lists:
            source.keys["listed_only"] = Line("true", "rows of who is not in patients are left out")


def _any_pattern(name: str, files: set[Any], candidates: Sequence[Candidate]) -> bool:
    """Tell whether another sheet of the same file is read."""
    return any(
        one.path.name == name and file_pattern_of(one.path, [c.path for c in candidates]) in files
        for one in candidates
    )


def _read_all(paths: Sequence[Path]) -> tuple[list[Candidate], dict[str, Line]]:
    candidates: list[Candidate] = []
    kept: dict[str, Line] = {}
    fields: dict[str, Field] = {}
    faults = []
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


def _choose_places(candidates: Sequence[Candidate]) -> dict[int, dict[str, Guess]]:
    """Give each place to the column that fits it best; a patient's own facts to one file only."""
    chosen: dict[int, dict[str, Guess]] = {}
    taken: set[str] = set()
    anywhere = {p for one in candidates for guess in _list_sound(one) for p in guess.places}
    order = sorted(range(len(candidates)), key=lambda at: not candidates[at].is_one_row_a_patient)
    for at in order:
        best: dict[tuple[str, str, str, str], Guess] = {}
        for guess in _list_sound(candidates[at]):
            for place in guess.places if not guess.ambiguous else (TODO,):
                box = guess.column if guess.box else ""
                column = guess.column if place == TODO else ""
                visit = guess.visit if _has_month(place) else ""
                key = (place, visit, guess.analyte, box + column)
                if key not in best or guess.rank < best[key].rank:
                    best[key] = guess
        own: dict[str, Guess] = {}
        places = {key[0] for key in best}
        for (place, *_), guess in best.items():
            table, _, column = place.partition(".")
            known = places if table != "disposition" else anywhere
            if place in taken or any(f"{table}.{n}" not in known for n in NEEDED.get(table, ())):
                continue
            before = own.get(guess.column)
            names = (*before.places, place) if before else (place,)
            own[guess.column] = Guess(
                guess.column,
                names,
                guess.rank,
                guess.visit,
                guess.analyte,
                guess.box,
                guess.ambiguous,
            )
        chosen[at] = own
        given = {place for guess in own.values() for place in guess.places}
        taken |= {p for p in given if p.split(".")[0] in ("patients", "disposition")}
    return chosen


def _has_month(place: str) -> bool:
    return place == TODO or "month" in _contract(place.split(".")[0]).columns


def _list_sound(candidate: Candidate) -> Iterator[Guess]:
    """Give the guesses that hold when seen together: a number after a name is not always a visit."""
    numbered: dict[tuple[str, ...], set[str]] = {}
    for guess in candidate.guesses:
        if guess.visit.isdigit():
            numbered.setdefault(guess.places, set()).add(guess.visit)
    for guess in candidate.guesses:
        if not guess.places:
            continue
        if (
            guess.visit
            and (candidate.visit or candidate.is_by_sheet)
            and _has_month(guess.places[0])
        ):
            continue
        if guess.visit.isdigit() and not _are_visits(numbered[guess.places], numbered):
            continue
        yield guess


def _are_visits(numbers: set[str], all_numbers: Mapping[tuple[str, ...], set[str]]) -> bool:
    steps = sorted(int(number) for number in numbers)
    shared = sum(numbers <= other for other in all_numbers.values()) > 1
    is_run = steps == list(range(1, len(steps) + 1))
    return 1 < len(steps) <= 12 and (shared or not is_run)


@cache
def _config() -> StudyConfig:
    return StudyConfig.model_validate(start_settings("any"))


@cache
def _contract(table: str) -> pa.DataFrameSchema:
    return table_contract(table, _config())


def file_pattern_of(path: Path, paths: Sequence[Path]) -> str:
    """Give the name by which this file and newer transfers of it are found.

    >>> file_pattern_of(Path("MYO_DATA_2026-11-01.csv"), [])
    'MYO_DATA_*.csv'
    """
    stem = re.split(
        r"(?<=[-_ ])\d{4}|(?<=[-_ ])\d{1,2}[-_.]\d|(?<=[-_ ])v\d+$", path.stem, maxsplit=1
    )[0]
    pattern = f"{stem}*{path.suffix}"
    others = [
        one
        for one in paths
        if one != path and one.name.startswith(stem) and one.suffix == path.suffix
    ]
    return path.name if others or re.search(r"[\[\]?*]", stem) else pattern


def _draft_source(
    candidate: Candidate, proposal: Proposal, at: int, paths: Sequence[Path]
) -> DraftSource:
    draft, chosen = proposal.draft, proposal.chosen[at]
    source = DraftSource()
    name = file_pattern_of(candidate.path, paths)
    source.keys["file"] = Line(name, candidate.path.name if name != candidate.path.name else "")
    if not chosen and not _has_known_tests(candidate):
        return source
    _write_reading(candidate, source)
    source.keys["patient"] = Line(
        candidate.patient or TODO, "" if candidate.patient else "which column names the patient?"
    )
    if candidate.is_by_sheet:
        source.keys["visit"] = Line(SHEET, "each sheet is a visit")
    elif candidate.visit:
        source.keys["visit"] = Line(candidate.visit)
    if candidate.first_dose:
        source.keys["first_dose"] = Line(
            candidate.first_dose, candidate.label(candidate.first_dose)
        )
    _write_keep(candidate, source, chosen, proposal)
    candidate.restrict({column: line.value for column, line in source.keep.items()})
    proposal.wide = any(guess.visit for guess in chosen.values())
    for column in candidate.columns:
        if column in candidate.roles:
            continue
        if column in chosen:
            source.columns[column] = _write_target(candidate, chosen[column], source, proposal)
        elif column not in source.keep:
            source.ignore[column] = Line(None, _explain_unused(candidate, column, proposal, at))
    _write_tests(candidate, source, proposal)
    _write_visits(candidate, source, draft)
    return source


def _write_reading(candidate: Candidate, source: DraftSource) -> None:
    table = candidate.tables[0]
    if table.sheet.name:
        names = [one.sheet.name for one in candidate.tables]
        source.keys["sheets"] = Line(names if len(names) > 1 else names[0])
    if table.header != (1,):
        header = list(table.header)
        why = "the row that names the columns" if len(header) == 1 else "two rows name the columns"
        source.keys["header"] = Line(header if len(header) > 1 else header[0], why)
    if candidate.form and candidate.form.separator != ",":
        source.keys["separator"] = Line(candidate.form.separator)
    if candidate.form and candidate.form.encoding != "utf-8":
        source.keys["encoding"] = Line(candidate.form.encoding)
    entries = [text for column in candidate.columns for text in candidate.values(column)]
    separator = candidate.form.separator if candidate.form else ","
    if guess_decimal(entries, separator) == ",":
        source.keys["decimal"] = Line(",", "numbers are written with a decimal comma")
    dates = [
        t for c in candidate.columns if is_date(candidate.values(c)) for t in candidate.values(c)
    ]
    if order := guess_dates(dates):
        source.keys["dates"] = order
    if fill := _find_fill_down(candidate):
        source.keys["fill_down"] = Line(fill, "an empty cell means: as above")
    if notes := _find_notes(candidate):
        source.keys["leave_out"] = Line(notes, "no patients: notes below the table")


def _find_fill_down(candidate: Candidate) -> list[str]:
    """Find columns in which a patient's name stands in the first of several rows only."""
    table, patient = candidate.tables[0], candidate.patient
    if not patient:
        return []
    empty = [not table.cell(cells, patient) for _, cells in table.rows]
    merged = {span[2] - 1 for span in table.merged_below}
    names = [name for name in table.columns if table.index[name] in merged]
    if patient in names:
        return names
    return [patient] if sum(empty) > len(empty) / 4 and not empty[0] else []


def _find_notes(candidate: Candidate) -> list[str]:
    """Find rows below a table that hold a note where the patients stand, and nothing else."""
    patient = candidate.patient
    return [
        table.cell(cells, patient)
        for table in candidate.tables
        if patient in table.index
        for _, cells in table.rows[-5:]
        if (text := table.cell(cells, patient))
        and sum(bool(cell) for cell in cells) == 1
        and (" " in text or ":" in text)
    ]


def _write_keep(
    candidate: Candidate, source: DraftSource, chosen: Mapping[str, Guess], proposal: Proposal
) -> None:
    """Say which rows are read, where a flag of the field's standards tells it."""
    columns = {column.upper(): column for column in candidate.columns}
    tables = {place.split(".")[0] for guess in chosen.values() for place in guess.places}
    if _EMERGENT in columns and "adverse_events" in tables:
        column = columns[_EMERGENT]
        source.keep[column] = Line(
            "Y", "events that began under treatment, as published tables count"
        )
    elif "adverse_events" in tables:
        _keep_from_first_dose(candidate, source, chosen)
    if _ANALYSED in columns and candidate.tests:
        source.keep[columns[_ANALYSED]] = Line("Y", "the rows that the analysis uses")
    if _COMPUTED in columns and candidate.values(columns[_COMPUTED]):
        source.keep[columns[_COMPUTED]] = Line([""], "rows that were imputed are left out")
    for column, guess in chosen.items():
        if "patients.arm" in guess.places:
            arms = list(dict.fromkeys(candidate.values(column)))
            entered = [arm for arm in arms if fold_name(arm) not in NOT_TREATED]
            if len(entered) < len(arms):
                source.keep[column] = Line(entered, "others never entered the trial")
                proposal.screened = True
    if _DISPOSED in columns and "disposition" in tables:
        source.keep[columns[_DISPOSED]] = Line("DISPOSITION EVENT", "other rows are milestones")


def _keep_from_first_dose(
    candidate: Candidate, source: DraftSource, chosen: Mapping[str, Guess]
) -> None:
    starts = [c for c, g in chosen.items() if "adverse_events.start_month" in g.places]
    for column in starts:
        values = candidate.values(column)
        early = sum(text.startswith("-") for text in values)
        if early and not is_date(values):
            source.keep[column] = Line([">0", ""], f"{early} events began before the first dose")


def _write_target(
    candidate: Candidate, guess: Guess, source: DraftSource, proposal: Proposal
) -> Line:
    lines = [_write_place(candidate, guess, place, source, proposal) for place in guess.places]
    why = next((line.why for line in lines if line.why), "")
    values = [line.value for line in lines]
    return Line(values[0] if len(values) == 1 else values, why or candidate.label(guess.column))


def _write_place(
    candidate: Candidate, guess: Guess, place: str, source: DraftSource, proposal: Proposal
) -> Line:
    if guess.ambiguous:
        options = AMBIGUOUS[
            next(n for n in (fold_name(guess.column), *AMBIGUOUS) if n in AMBIGUOUS)
        ]
        return Line(
            {"to": TODO, **({"visit": guess.visit} if guess.visit else {})}, " or ".join(options)
        )
    target: dict[str, Any] = {"to": place}
    table, _, column = place.partition(".")
    why = ""
    if guess.visit and _has_month(place):
        target["visit"] = guess.visit
    elif _has_month(place) and not candidate.visit and not candidate.is_by_sheet and proposal.wide:
        target["visit"], why = BASELINE, "its name says no visit: taken as the baseline"
    elif not _has_month(place) and table in ("patients", "disposition") and candidate.visit:
        changing = _find_changing(candidate, guess.column)
        if changing:
            target["visit"], why = changing, "it changes between visits: that of the first is read"
    if guess.analyte:
        target["with"] = {"analyte": guess.analyte}
    schema = _contract(table).columns[column]
    entries = candidate.values(guess.column)
    labels = candidate.words(guess.column)
    decimal = str(source.keys["decimal"].value) if "decimal" in source.keys else "."
    if guess.box:
        return _write_box(candidate, guess, target, schema)
    if is_time(Target(to=place)):
        unit = guess_time_unit(guess.column, candidate.label(guess.column), entries)
        if unit.value != "months":
            target["unit"], why = unit.value, unit.why
    elif schema.metadata["kind"] in ("number", "integer"):
        why = _write_number(candidate, guess, place, target, proposal, decimal) or why
    if schema.metadata["kind"] != "number" or labels:
        _add_words(proposal, place, entries, labels, schema)
    return Line(place if len(target) == 1 else target, why)


def _find_changing(candidate: Candidate, column: str) -> str:
    """Give the first visit, where a column has several values of one patient."""
    seen: dict[str, str] = {}
    for table in candidate.tables if candidate.patient else ():
        for _, cells in table.rows:
            text = table.cell(cells, column)
            if text and seen.setdefault(table.cell(cells, candidate.patient), text) != text:
                return candidate.values(candidate.visit)[0]
    return ""


def _write_box(
    candidate: Candidate, guess: Guess, target: dict[str, Any], schema: pa.Column
) -> Line:
    """Write what a tick means; a box without a tick says nothing."""
    assert guess.box is not None
    choices = candidate.words(guess.column)
    field_words = next(
        (f.choices for f in candidate.fields.values() if f.name == guess.box.field), choices
    )
    choice = field_words.get(guess.box.choice, guess.box.choice)
    meanings = guess_words(str(target["to"]), [choice], {}, list_allowed(schema))
    meaning = meanings[choice].value if choice in meanings else choice
    ticked = [
        word
        for word in dict.fromkeys(candidate.values(guess.column))
        if fold_name(word) in ("1", "checked")
    ]
    tick = ticked[0] if ticked else "1"
    other = "Unchecked" if tick == "Checked" else "0"
    return Line({**target, "words": {tick: meaning, other: ""}}, choice)


def _write_number(
    candidate: Candidate,
    guess: Guess,
    place: str,
    target: dict[str, Any],
    proposal: Proposal,
    decimal: str,
) -> str:
    draft = proposal.draft
    schema = _contract(place.split(".")[0]).columns[place.split(".")[1]]
    entries = candidate.values(guess.column)
    unit = guess_unit(guess.column, candidate.label(guess.column))
    _add_missing(draft, entries, candidate.words(guess.column), decimal, place)
    proposal.numbers.setdefault(place, []).extend(read_numbers(entries, decimal, draft.missing))
    why = ""
    if any(text[:1] in "<>≤≥" for text in entries):
        bound = "bound" in _contract(place.split(".")[0]).columns
        target["below"] = "bound" if bound else TODO
        why = "" if bound else "what does a limit such as <5 become: limit or empty?"
    if place not in draft.units:
        _add_unit(draft, place, unit, entries, decimal, schema)
    elif unit and unit != draft.units[place].value:
        target["unit"] = unit
    return why


def _add_unit(
    draft: Draft, place: str, unit: str, entries: Sequence[str], decimal: str, schema: pa.Column
) -> None:
    named = place in ("core_set.ck", "cytokines.concentration")
    if unit:
        draft.units[place] = Line(unit, "as the column's name or label says")
    elif named:
        options = "U/L or ukat/L" if place == "core_set.ck" else "for example pg/mL"
        draft.units[place] = Line(TODO, f"no column or label says it: {options}")
    elif schema.metadata["unit"] in ("cm", "mm"):
        numbers = read_numbers(entries, decimal, draft.missing)
        largest = max(numbers, default=0)
        draft.units[place] = Line(
            "mm" if largest > 10 else "cm", f"the largest value is {largest:g}"
        )
    elif place == "patients.disease_duration_years":
        numbers = read_numbers(entries, decimal, draft.missing)
        draft.units[place] = Line(
            "years" if max(numbers, default=0) < 60 else TODO, "years or months?"
        )


_LIMITS = {"core_set.ck": (0, 1000), "cytokines.concentration": (0, 10**5)}


def _add_missing(
    draft: Draft, entries: Sequence[str], labels: Mapping[str, str], decimal: str, place: str
) -> None:
    usual = {"core_set.haq_di": (0, 3), "core_set.mmt8": (0, 150), "patients.age_years": (0, 98)}
    vas = {
        f"core_set.{name}": (0, 100)
        for name in ("physician_global", "patient_global", "extramuscular")
    }
    limits = (usual | vas | _LIMITS).get(place, (0, 10**5))
    for code, line in find_missing(entries, labels, decimal, limits).items():
        draft.missing.setdefault(code, line)


def _add_words(
    proposal: Proposal,
    place: str,
    entries: Sequence[str],
    labels: Mapping[str, str],
    schema: pa.Column,
) -> None:
    draft = proposal.draft
    if place == "patients.arm":
        arms = (labels.get(text, text) for text in dict.fromkeys(entries))
        arms = (arm for arm in arms if fold_name(arm) not in NOT_TREATED)
        proposal.arms = list(dict.fromkeys([*proposal.arms, *arms]))
        words = {code: Line(label, "") for code, label in labels.items() if code != label}
    else:
        words = guess_words(place, entries, labels, list_allowed(schema))
    kind = schema.metadata["kind"]
    if kind == "number":
        words = {}
    if kind == "integer":
        words = {word: line for word, line in words.items() if not word.isdigit()}
    known = draft.words.setdefault(place, {})
    for word, line in words.items():
        known.setdefault(word, line)
    if not known:
        del draft.words[place]


def _has_known_tests(candidate: Candidate) -> bool:
    return bool(candidate.tests and candidate.patient)


def _write_tests(candidate: Candidate, source: DraftSource, proposal: Proposal) -> None:
    if candidate.tests is None or not candidate.patient:
        return
    names, values, units = candidate.tests
    source.tests = {"names": Line(names), "values": Line(values)}
    if units:
        source.tests["units"] = Line(units)
    labels = _pair_labels(candidate, names)
    of_analytes = fold_name(names) in ANALYTE_NAMES
    for name in dict.fromkeys(candidate.values(names)):
        label = labels.get(name, "")
        place, analyte = _place_test(name, label, candidate, of_analytes)
        if not place:
            source.unused_rows[name] = Line(None, label or "no chapter reads it")
            continue
        entries = _list_entries(candidate, name)
        _write_test(candidate, source, proposal, place, analyte, name, label, entries)
    if not source.rows:
        source.tests, source.unused_rows = {}, {}
        source.ignore |= {
            column: Line(None, "none of its tests was known")
            for column in candidate.tests
            if column
        }


def _place_test(name: str, label: str, candidate: Candidate, of_analytes: bool) -> tuple[str, str]:
    for place, words in CDISC_PARAMETERS.items():
        if fold_name(name) in words:
            return place, ""
    for text in filter(None, (name, label)):
        guess = guess_column(text, candidate.tables[0], (), {})
        if guess.ambiguous:
            return TODO, ""
        places = [p for p in guess.places if _has_month(p)]
        if places and not guess.visit:
            return places[0], guess.analyte
    return ("cytokines.concentration", name) if of_analytes else ("", "")


def _list_entries(candidate: Candidate, name: str) -> list[tuple[str, str]]:
    """Give the value and unit of each row of one test."""
    assert candidate.tests is not None
    names, values, units = candidate.tests
    return [
        (text, table.cell(cells, units) if units else "")
        for table in candidate.tables
        for _, cells in table.rows
        if table.cell(cells, names) == name and (text := table.cell(cells, values))
    ]


def _write_test(
    candidate: Candidate,
    source: DraftSource,
    proposal: Proposal,
    place: str,
    analyte: str,
    name: str,
    label: str,
    entries: Sequence[tuple[str, str]],
) -> None:
    draft = proposal.draft
    target: dict[str, Any] = {"to": place}
    if analyte:
        target["with"] = {"analyte": analyte}
    texts = [text for text, _ in entries]
    why = label
    decimal = str(source.keys["decimal"].value) if "decimal" in source.keys else "."
    if place == TODO:
        source.rows[name] = Line(target, label or "physician or patient?")
        return
    _add_missing(draft, texts, {}, decimal, place)
    proposal.numbers.setdefault(place, []).extend(read_numbers(texts, decimal, draft.missing))
    if any(text[:1] in "<>≤≥" for text in texts) or (analyte and _has_limits(candidate)):
        bound = "bound" in _contract(place.split(".")[0]).columns
        target["below"] = "bound" if bound else TODO
        why = why if bound else "what does a limit such as <5 become: limit or empty?"
    units = list(dict.fromkeys(unit for _, unit in entries if unit))
    if place == "core_set.ck" and units:
        proposal.ck_unit = max(units, key=[unit for _, unit in entries].count)
    if analyte and len(units) > 1:
        most = max(units, key=[unit for _, unit in entries].count)
        line = Line(most, f"it came in {' and '.join(units)}")
        draft.convert.setdefault("cytokines", {})[analyte] = line
    if not units and place not in draft.units:
        column = _contract(place.split(".")[0]).columns[place.split(".")[1]]
        _add_unit(draft, place, guess_unit(name, label), texts, decimal, column)
    source.rows[name] = Line(place if len(target) == 1 else target, why)


def _has_limits(candidate: Candidate) -> bool:
    assert candidate.tests is not None
    return any(text[:1] in "<>≤≥" for text in candidate.values(candidate.tests[1]))


def _pair_labels(candidate: Candidate, names: str) -> dict[str, str]:
    """Give what a second column says of each test, as PARAM does of PARAMCD."""
    pairs = {"PARAMCD": "PARAM", "LBTESTCD": "LBTEST", "QSTESTCD": "QSTEST"}
    column = pairs.get(names.upper(), "")
    column = next((one for one in candidate.columns if one.upper() == column), "")
    labels: dict[str, str] = {}
    for table in candidate.tables if column else ():
        for _, cells in table.rows:
            labels.setdefault(table.cell(cells, names), table.cell(cells, column))
    return labels


def _write_visits(candidate: Candidate, source: DraftSource, draft: Draft) -> None:
    """Name every visit of a source, with its month where the files say it."""
    targets = [*source.columns.values(), *source.rows.values()]
    values = [
        v
        for line in targets
        for v in (line.value if isinstance(line.value, list) else [line.value])
    ]
    places = [value if isinstance(value, str) else value["to"] for value in values]
    if not any(_has_month(place) for place in places):
        source.keys.pop("visit", None) if not any(
            isinstance(v, dict) and v.get("visit") for v in values
        ) else None
        if "visit" not in source.keys and candidate.visit and candidate.visit not in source.ignore:
            source.ignore[candidate.visit] = Line(None, "no place here needs a visit")
        return
    named = [v["visit"] for v in values if isinstance(v, dict) and v.get("visit")]
    if "visit" not in source.keys and not named:
        source.keys["at"] = Line(BASELINE, "nothing names a visit: all values are taken as its")
        draft.visits.setdefault(BASELINE, Line(0, ""))
        return
    for word, line in guess_visits(
        candidate,
        named,
        str(source.keys["dates"].value) if "dates" in source.keys else "year first",
    ).items():
        draft.visits.setdefault(word, line)


def _explain_unused(candidate: Candidate, column: str, proposal: Proposal, at: int) -> str:
    reason = find_reason(column)
    if reason:
        return reason
    guess = next((g for g in candidate.guesses if g.column == column), None)
    if guess and guess.places and not guess.ambiguous:
        for other, places in proposal.chosen.items():
            for name, found in places.items():
                if set(found.places) & set(guess.places) and (other != at or name != column):
                    where = "" if other == at else f" of {proposal.candidates[other].path.name}"
                    return f"{guess.places[0]} is read from {name}{where}"
        return f"{guess.places[0]}? its name is not sure enough"
    return candidate.label(column)


def _add_constants(draft: Draft) -> None:
    """Write a line for each column that a table must have and no file fills."""
    values = [
        value
        for source in draft.sources
        for line in (*source.columns.values(), *source.rows.values())
        for value in (line.value if isinstance(line.value, list) else [line.value])
    ]
    places = {value if isinstance(value, str) else value["to"] for value in values} - {TODO}
    fixed = {
        f"{v['to'].split('.')[0]}.{n}"
        for v in values
        if isinstance(v, dict)
        for n in v.get("with", {})
    }
    bound = any(isinstance(v, dict) and v.get("below") == "bound" for v in values)
    tables = {place.split(".")[0] for place in places} | {"patients"}
    united = (
        any(source.tests.get("units") for source in draft.sources)
        or "cytokines.concentration" in draft.units
    )
    made = (
        fixed
        | ({"cytokines.bound"} if bound else set())
        | ({"cytokines.unit"} if united else set())
    )
    for table in (name for name in CONTRACTS if name in tables):
        for column, schema in _contract(table).columns.items():
            place = f"{table}.{column}"
            if (
                column not in ("patient_id", "month")
                and schema.required
                and place not in places | made
            ):
                draft.constants[place] = _write_constant(place, schema)


def _write_constant(place: str, schema: pa.Column) -> Line:
    usual = {
        "patients.arm": Line(ONE_ARM, "no column names an arm: one arm is assumed"),
        "adverse_events.system_organ_class": Line(NOT_CODED, "no column names the body system"),
        "cytokines.bound": Line("in_range", "no value is a limit"),
    }
    if place in usual:
        return usual[place]
    if schema.metadata["filled"]:
        return Line(TODO, str(schema.description))
    return Line(None, "in none of the files")


def _settle_dates(draft: Draft) -> None:
    """Ask for the date of the first dose where months are counted from it; else leave it out."""
    dated = [source for source in draft.sources if _counts_from_dates(source)]
    if dated and not any("first_dose" in source.keys for source in draft.sources):
        line = Line(TODO, "which column has the date of the first dose?")
        dated[0].keys["first_dose"] = line
    for source in draft.sources:
        if not dated and (first := source.keys.pop("first_dose", None)):
            source.ignore[str(first.value)] = Line(None, "no place here is counted from a date")
        if source not in dated and "first_dose" not in source.keys:
            source.keys.pop("dates", None)


def _counts_from_dates(source: DraftSource) -> bool:
    values = [
        value
        for line in source.columns.values()
        for value in (line.value if isinstance(line.value, list) else [line.value])
    ]
    return any(isinstance(value, dict) and value.get("unit") == "date" for value in values)
