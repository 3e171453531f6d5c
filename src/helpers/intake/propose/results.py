"""Write where each test goes in a file that has one row a test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from helpers.contracts.mapping import TODO
from helpers.intake.propose.candidate import Candidate
from helpers.intake.propose.columns import note_numbers, write_limits
from helpers.intake.propose.contents import guess_unit
from helpers.intake.propose.draft import DraftSource, Line
from helpers.intake.propose.places import guess_column
from helpers.intake.propose.proposal import Proposal, has_month
from helpers.intake.words.names import fold_name
from helpers.intake.words.vocabulary import CDISC_PARAMETERS

ANALYTES = ("analyte", "analyt", "cytokine", "cytokin", "protein")
"""Folded names of a column in which every test is a protein in serum."""

LABELS = {"PARAMCD": "PARAM", "LBTESTCD": "LBTEST", "QSTESTCD": "QSTEST"}
"""Columns of CDISC that write out what another has as a code."""


@dataclass(frozen=True)
class Test:
    """One test: its name and label in the file, its place, and the protein that it is."""

    name: str
    label: str
    place: str
    analyte: str


def write_tests(candidate: Candidate, source: DraftSource, proposal: Proposal) -> None:
    """Write where each test of a candidate goes; nothing where it has none."""
    if candidate.tests is None or not candidate.patient:
        return
    names, values, units = candidate.tests
    labels = _pair_labels(candidate, names)
    for name in dict.fromkeys(candidate.values(names)):
        place, analyte, why = _place_test(name, labels.get(name, ""), candidate)
        if place:
            test = Test(name, labels.get(name, ""), place, analyte)
            line = _write_test(candidate, source, proposal, test)
            source.rows[name] = Line(line.value, line.why or why)
        else:
            source.unused_rows[name] = Line(None, labels.get(name, ""))
    if source.rows:
        source.tests = {"names": Line(names), "values": Line(values)}
        source.tests |= {"units": Line(units)} if units else {}
    else:
        source.unused_rows = {}
        unused = Line(None, "none of its tests was known")
        source.ignore |= dict.fromkeys(filter(None, candidate.tests), unused)


def _place_test(name: str, label: str, candidate: Candidate) -> tuple[str, str, str]:
    """Give the place of a test, the protein that it is, and a word on it; empty where unknown."""
    for place, words in CDISC_PARAMETERS.items():
        if fold_name(name) in words:
            return place, "", label
    for text in filter(None, (name, label)):
        guess = guess_column(text, candidate.tables[0], (), {})
        if guess.ambiguous:
            return TODO, "", " or ".join(guess.options)
        places = [place for place in guess.places if has_month(place)]
        if places and not guess.visit:
            return places[0], guess.analyte, label
    if candidate.tests and fold_name(candidate.tests[0]) in ANALYTES:
        return "cytokines.concentration", name, label
    return "", "", ""


def _write_test(candidate: Candidate, source: DraftSource, proposal: Proposal, test: Test) -> Line:
    target: dict[str, Any] = {"to": test.place}
    if test.place == TODO:
        return Line(target)
    if test.analyte:
        target["with"] = {"analyte": test.analyte}
    entries = _list_entries(candidate, test.name)
    texts, units = [text for text, _ in entries], [unit for _, unit in entries if unit]
    if units:
        _note_units(proposal, test, units)
    said = guess_unit(test.name, test.label)
    note_numbers(proposal, test.place, texts, said, source.decimal, target, asks=not units)
    # Where one protein has limits, each row of the table says on which side of a limit it is.
    limited = candidate.values(candidate.tests[1]) if test.analyte and candidate.tests else texts
    why = write_limits(test.place, limited, target)
    return Line(test.place if len(target) == 1 else target, why)


def _note_units(proposal: Proposal, test: Test, units: list[str]) -> None:
    """Note the unit that most rows of a test have, where a column says it row by row."""
    most = max(units, key=units.count)
    if test.place == "core_set.ck":
        proposal.ck_unit = most
    if test.analyte and len(set(units)) > 1:
        line = Line(most, f"it came in {' and '.join(dict.fromkeys(units))}")
        proposal.draft.convert.setdefault("cytokines", {})[test.analyte] = line


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


def _pair_labels(candidate: Candidate, names: str) -> dict[str, str]:
    """Give what a second column says of each test, as PARAM does of PARAMCD."""
    other = LABELS.get(names.upper(), "")
    column = next((one for one in candidate.columns if one.upper() == other), "")
    labels: dict[str, str] = {}
    for table in candidate.tables if column else ():
        for _, cells in table.rows:
            labels.setdefault(table.cell(cells, names), table.cell(cells, column))
    return labels
