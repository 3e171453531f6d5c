"""Find what no single cell tells: rows, tables and settings that do not fit one another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import NamedTuple

import pandas as pd

from helpers.contracts import Fault, StudyConfig, suggest_name
from helpers.contracts.outcomes import CORE_MEASURES, FUNCTIONAL_INDEX
from helpers.contracts.tables import MARKERS
from helpers.contracts.units import find_factor, name_unit
from helpers.derive.instruments.activities_profile import list_map_responses
from helpers.derive.instruments.haq import list_haq_responses
from helpers.derive.instruments.sf36 import list_sf36_responses
from helpers.derive.laboratory.biomarkers import CANDIDATES

Tables = Mapping[str, pd.DataFrame]
Labels = Mapping[str, str]

MEASURED = (
    *(("biopsies", "marker"), ("cytokines", "analyte"), ("in_vitro", "analyte")),
    *(("labs", "test"), ("performance_tests", "test")),
)
"""Tables with a unit in every row, and the column that says what was measured."""

NAMED = (*MEASURED, ("t_cells", "population"), ("published_flags", "flag"))
"""Columns that name what an endpoint may be."""

FORMS = {"haq": list_haq_responses(), "sf36": list_sf36_responses(), "map": list_map_responses(32)}
"""By questionnaire and item, the responses that its form offers."""


class _Rule(NamedTuple):
    """One rule about two columns of a row: where it is broken, and what to say."""

    table: str
    columns: tuple[str, ...]
    broken: Callable[[pd.DataFrame], pd.Series]
    found: str
    expected: str
    mend: str


_RULES = (
    _Rule(
        "medications",
        ("start_month", "end_month"),
        lambda rows: rows["end_month"] < rows["start_month"],
        "a course from month {start_month:g} to {end_month:g}",
        "an end at or after the start",
        "correct one of the two months",
    ),
    _Rule(
        "case_events",
        ("day", "end_day"),
        lambda rows: rows["end_day"] < rows["day"],
        "an event from day {day:g} to {end_day:g}",
        "an end at or after the start",
        "correct one of the two days",
    ),
)


def find_broken_rows(tables: Tables, labels: Labels, config: StudyConfig) -> Iterator[Fault]:
    """Find rows of which two columns contradict each other."""
    del config
    for rule in _RULES:
        frame = tables.get(rule.table, pd.DataFrame())
        if not set(rule.columns) <= set(frame.columns):
            continue
        broken = frame[rule.broken(frame).fillna(value=False).astype(bool)]
        for row, cells in broken[list(rule.columns)].iterrows():
            found = rule.found.format_map({str(name): cell for name, cell in cells.items()})
            column = rule.columns[-1]
            yield Fault(labels[rule.table], found, rule.expected, rule.mend, int(str(row)), column)


def find_mixed_units(tables: Tables, labels: Labels, config: StudyConfig) -> Iterator[Fault]:
    """Find quantities that a table gives in more than one unit, however these are spelt."""
    del config
    for table, column in MEASURED:
        frame = tables.get(table, pd.DataFrame())
        if not {column, "unit"} <= set(frame.columns):
            continue
        first: dict[str, tuple[str, int]] = {}
        pairs = frame[[column, "unit"]].dropna().drop_duplicates()
        for row, name, unit in pairs.itertuples(name=None):
            earlier, at = first.setdefault(name, (unit, row))
            if earlier == unit:
                continue
            found = f"{name} in {unit}, after {earlier} in row {at}"
            mend = _tell_conversion(unit, earlier)
            yield Fault(labels[table], found, "one unit of each quantity", mend, row, "unit")


def _tell_conversion(unit: str, wanted: str) -> str:
    factor = find_factor(unit, wanted)
    if factor == 1:
        return f"the two are one unit: write {name_unit(wanted)} in every row"
    if factor:
        return f"multiply by {_write_factor(factor)} and write {wanted}, or correct the unit"
    return "convert the values: no exact factor between the two is known; or correct the unit"


def _write_factor(factor: Fraction) -> str:
    return f"{factor.numerator}" if factor.denominator == 1 else f"{factor}"


def find_other_references(tables: Tables, labels: Labels, config: StudyConfig) -> Iterator[Fault]:
    """Find ranges of healthy people in another unit than the table's, or of no protein of it."""
    frame = tables.get("cytokines", pd.DataFrame())
    if not {"analyte", "unit"} <= set(frame.columns):
        return
    units = frame.dropna(subset=["analyte", "unit"]).drop_duplicates("analyte")
    known = dict(zip(units["analyte"], units["unit"], strict=True))
    for name, reference in config.references.items():
        if name in known and reference.unit != known[name]:
            mend = _tell_conversion(reference.unit, known[name])
            expected = f"{known[name]}, as in {labels['cytokines']}"
            key = f"references.{name}.unit"
            yield Fault("study.yml", reference.unit, expected, mend, None, key)


def find_wrong_items(tables: Tables, labels: Labels, config: StudyConfig) -> Iterator[Fault]:
    """Find items that a questionnaire does not have, and responses that an item does not take."""
    del config
    frame = tables.get("questionnaires", pd.DataFrame())
    columns = ["instrument", "item", "response"]
    if not set(columns) <= set(frame.columns):
        return
    for row, instrument, item, response in frame[columns].itertuples(name=None):
        responses = FORMS.get(instrument, {})
        if not responses or pd.isna(item):
            continue
        if item not in responses:
            known = list(responses)
            mend = suggest_name(item, known) + "write the item as the form numbers it"
            expected = f"an item of {instrument}: {', '.join(known)}"
            yield Fault(labels["questionnaires"], item, expected, mend, row, "item")
        elif not pd.isna(response) and response not in responses[item]:
            expected = f"one of {', '.join(f'{one:g}' for one in responses[item])}"
            mend = "correct it against the form, or leave the cell empty"
            found = f"{response:g} for item {item} of {instrument}"
            yield Fault(labels["questionnaires"], found, expected, mend, row, "response")


def find_unknown_endpoints(tables: Tables, labels: Labels, config: StudyConfig) -> Iterator[Fault]:
    """Find families of endpoints that name one there is not: its test would be in none."""
    del labels
    named = [frame[column] for table, column in NAMED if column in (frame := _find(tables, table))]
    known = {str(name) for names in named for name in names.dropna().unique()}
    known |= {*CORE_MEASURES, FUNCTIONAL_INDEX, *MARKERS, *config.outcomes}
    known |= {candidate.endpoint for candidate in CANDIDATES}
    for key, family in config.endpoint_families.items():
        for name in family.endpoints:
            if name not in known:
                mend = suggest_name(name, known) + "write it as its table does, or take it out"
                expected = "a measure of the study's tables"
                place = f"endpoint_families.{key}.endpoints"
                yield Fault("study.yml", name, expected, mend, None, place)


def _find(tables: Tables, name: str) -> pd.DataFrame:
    return tables.get(name, pd.DataFrame())


def find_empty_arms(tables: Tables, labels: Labels, config: StudyConfig) -> Iterator[Fault]:
    """Find arms that nobody was in: a report would pass over them without a word."""
    if "arm" not in tables.get("patients", pd.DataFrame()) or tables["patients"].empty:
        return
    there = set(tables["patients"]["arm"].dropna())
    for arm in config.arms:
        if there and arm not in there:
            mend = "correct arm in patients, or take the arm out of study.yml"
            expected = f"a patient of it in {labels['patients']}"
            yield Fault("study.yml", "an arm without patients", expected, mend, None, f"arms.{arm}")


def find_idle_visits(tables: Tables, labels: Labels, config: StudyConfig) -> Iterator[Fault]:
    """Find planned visits that nobody had, though somebody had one before and one after."""
    del labels
    months = [frame["month"].dropna() for frame in tables.values() if "month" in frame]
    if not months:
        return
    had = set(pd.concat(months))
    for visit in config.visits if had else ():
        # What lies behind the last visit that anybody had is still to come.
        if visit.month not in had and min(had) < visit.month < max(had):
            mend = "correct month in the tables, or take the visit out of study.yml"
            found = f"nobody has a visit at month {visit.month:g} ({visit.label})"
            yield Fault("study.yml", found, "a row of it in a table", mend, None, "visits")


def _list_some(names: list[str]) -> str:
    shown = ", ".join(names[:5])
    return shown + (f" and {len(names) - 5} more" if len(names) > 5 else "")


FINDERS_BETWEEN_CELLS = (
    *(find_broken_rows, find_mixed_units, find_other_references),
    *(find_wrong_items, find_unknown_endpoints, find_empty_arms, find_idle_visits),
)
"""Each is given all tables, how messages name their files, and the settings."""
