"""Say how a file is read: its sheets, header, signs, and which of its rows."""

from __future__ import annotations

from collections.abc import Mapping

from helpers.intake.propose.candidate import Candidate
from helpers.intake.propose.contents import guess_dates, guess_decimal, is_date
from helpers.intake.propose.draft import DraftSource, Line
from helpers.intake.propose.places import Guess
from helpers.intake.propose.proposal import Proposal
from helpers.intake.words.names import fold_name
from helpers.intake.words.vocabulary import NOT_TREATED

FLAGS = {
    "TRTEMFL": ("adverse_events", "Y", "events that began under treatment, as tables count them"),
    "ANL01FL": ("tests", "Y", "the rows that the analysis uses"),
    "DTYPE": ("tests", "", "rows that were imputed are left out"),
    "DSCAT": ("disposition", "DISPOSITION EVENT", "other rows are milestones"),
}
"""Columns of CDISC that say which rows count: of what, which word, and why."""

_LAST_ROWS = 5
_BLANK_SHARE = 0.25


def write_reading(candidate: Candidate, source: DraftSource) -> None:
    """Write how the file is read."""
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
    dated = [column for column in candidate.columns if is_date(candidate.values(column))]
    if order := guess_dates(text for column in dated for text in candidate.values(column)):
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
    return [patient] if sum(empty) > _BLANK_SHARE * len(empty) and not empty[0] else []


def _find_notes(candidate: Candidate) -> list[str]:
    """Find rows below a table that hold a note where the patients stand, and nothing else."""
    patient = candidate.patient
    return [
        table.cell(cells, patient)
        for table in candidate.tables
        if patient in table.index
        for _, cells in table.rows[-_LAST_ROWS:]
        if (text := table.cell(cells, patient))
        and sum(bool(cell) for cell in cells) == 1
        and (" " in text or ":" in text)
    ]


def write_keep(
    candidate: Candidate, source: DraftSource, chosen: Mapping[str, Guess], proposal: Proposal
) -> None:
    """Write which rows are read, where a flag of the field's standards tells it."""
    columns = {column.upper(): column for column in candidate.columns}
    about = {place.split(".")[0] for guess in chosen.values() for place in guess.places}
    about |= {"tests"} if candidate.tests else set()
    for flag, (table, word, why) in FLAGS.items():
        if flag in columns and table in about and candidate.values(columns[flag]):
            source.keep[columns[flag]] = Line(word or [""], why)
    for column, guess in chosen.items():
        if "patients.arm" in guess.places:
            _keep_entered(candidate, column, source, proposal)
        if "adverse_events.start_month" in guess.places and "TRTEMFL" not in columns:
            _keep_from_first_dose(candidate, column, source)


def _keep_entered(
    candidate: Candidate, column: str, source: DraftSource, proposal: Proposal
) -> None:
    arms = list(dict.fromkeys(candidate.values(column)))
    entered = [arm for arm in arms if fold_name(arm) not in NOT_TREATED]
    if len(entered) < len(arms):
        source.keep[column] = Line(entered, "others never entered the trial")
        proposal.screened = True


def _keep_from_first_dose(candidate: Candidate, column: str, source: DraftSource) -> None:
    values = candidate.values(column)
    early = sum(text.startswith("-") for text in values)
    if early and not is_date(values):
        source.keep[column] = Line([">0", ""], f"{early} events began before the first dose")
