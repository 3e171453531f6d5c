"""Read a study's claims and their contradictions, and say of each line what is wrong."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import fields
from decimal import Decimal, InvalidOperation
from functools import partial
from pathlib import Path
from typing import get_args

import pandera.pandas as pa

from helpers.contracts import CONTRACTS, Fault, StudyConfig, StudyDataError, suggest_name
from helpers.contracts.claim_filters import Comparison, Rows
from helpers.contracts.claims import (
    CHECKING,
    CHOICES,
    NOT_CHECKED,
    PRINTED,
    RESPONSE_TABLE,
    STUDY_FILE,
    VERBS,
    Claim,
    Contradiction,
    Needs,
)
from helpers.contracts.response import DefinitionName
from helpers.contracts.tables import table_contract
from helpers.io.tables import read_table

FILE = "published_claims.csv"
CONTRADICTIONS = "contradictions.csv"

NUMBERS = ("n", "value", "low", "high", "p_value")

RESPONSE_COLUMNS = (
    *("best_response", "first_improved_month", "sustained_until_month", "n_evaluable"),
)
"""What a claim may ask of who responded."""

COURSE_COLUMNS = ("months_before", "until_month", "spans_study")
"""What a claim may ask of a course of a drug beside its columns."""

DEFICITS = ("fi", "mmt8")
"""Measures of which the best possible value is known, so that one can be below it."""

Complain = Callable[[str, str, str, str], Fault]


def load_claims(folder: Path, config: StudyConfig) -> tuple[list[Claim], list[Fault]]:
    """Read a study's published claims, every number with the digits that were printed.

    Parameters
    ----------
    folder : Path
        The study's folder.
    config : StudyConfig
        For the columns and visits that the study's tables can have.

    Returns
    -------
    (list of Claim, list of Fault)
        In the order of the file; both empty where there is none.
    """
    rows, faults = _read_rows(folder / FILE, PRINTED, CHECKING)
    claims = [(row, Claim(**cells)) for row, cells in rows]
    seen = set[str]()
    for row, claim in claims:
        if not claim.claim_id or claim.claim_id in seen:
            found = claim.claim_id or "an empty claim_id"
            mend = "give every claim an id of its own"
            faults.append(Fault(FILE, found, "each claim_id once", mend, row, "claim_id"))
        seen.add(claim.claim_id)
        faults += find_claim_faults(claim, config, row=row)
    return [claim for _, claim in claims], faults


def load_contradictions(
    folder: Path, claims: Collection[str]
) -> tuple[list[Contradiction], list[Fault]]:
    """Read where a study's sources seem to disagree; every claim they name must be listed."""
    names = [field.name for field in fields(Contradiction)]
    rows, faults = _read_rows(folder / CONTRADICTIONS, names, ())
    listed = []
    for row, cells in rows:
        listed.append(Contradiction(**cells))
        for name in listed[-1].claim_ids:
            if name not in claims:
                mend = suggest_name(name, claims) + f"name a claim of {FILE}"
                expected = "ids of claims, parted by commas"
                faults.append(Fault(CONTRADICTIONS, name or "none", expected, mend, row, "claims"))
    return listed, faults


def find_file_faults(folder: Path, config: StudyConfig) -> list[Fault]:
    """List every fault of a study's claims and contradictions; none where it has no such files."""
    claims, faults = load_claims(folder, config)
    return faults + load_contradictions(folder, {claim.claim_id for claim in claims})[1]


def _read_rows(
    path: Path, needed: Collection[str], optional: Collection[str]
) -> tuple[list[tuple[int, dict[str, str]]], list[Fault]]:
    if not os.path.lexists(path):
        return [], []
    try:
        cells = read_table(path, file=path.name)
    except StudyDataError as error:
        return [], list(error.faults)
    faults = []
    for name in [name for name in needed if name not in cells]:
        mend = "add the column; leave cells empty where the publication gives nothing"
        faults.append(Fault(path.name, "no such column", ", ".join(needed), mend, 1, name))
    for name in [str(name) for name in cells if name not in (*needed, *optional)]:
        mend = suggest_name(name, optional) + "rename or delete it"
        faults.append(
            Fault(path.name, "an unknown column", ", ".join((*needed, *optional)), mend, 1, name)
        )
    if faults:
        return [], faults
    texts = cells.fillna("")
    names = [str(name) for name in texts]
    rows = [dict(zip(names, line, strict=True)) for line in texts.itertuples(index=False)]
    return list(zip(cells.index.tolist(), rows, strict=True)), faults


def find_claim_faults(claim: Claim, config: StudyConfig, *, row: int) -> list[Fault]:
    """List what is wrong with one claim: numbers, verb, tables, columns, conditions, months.

    Parameters
    ----------
    claim : Claim
    config : StudyConfig
    row : int
        Its row in the file.

    Returns
    -------
    list of Fault
    """
    complain = partial(_complain, row)
    faults = [*_check_numbers(claim, complain), *_check_choices(claim, complain)]
    if faults or claim.verb in ("", NOT_CHECKED):
        return faults
    if claim.verb == "stated":
        return list(_check_stated(claim, complain))
    try:
        chosen = claim.list_rows()
        list(claim.sides)
    except ValueError as error:
        mend = "see the language of conditions in data/README.md"
        return [complain("where", str(error), "conditions, groups or a series", mend)]
    for rows in chosen:
        faults += _check_rows(rows, config, complain)
    if not faults:
        faults += _check_column(claim, config, complain)
        faults += _check_rest(claim, config, complain)
    return list(dict.fromkeys(faults))


def _complain(row: int, column: str, found: str, expected: str, mend: str) -> Fault:
    return Fault(FILE, found, expected, mend, row, column)


def _check_numbers(claim: Claim, complain: Complain) -> Iterator[Fault]:
    for name in NUMBERS:
        text = getattr(claim, name)
        if text and not _is_number(text):
            mend = "write the digits as printed, with a point and an ordinary minus sign"
            yield complain(name, text, "a number, or nothing", mend)
    if claim.n and _is_number(claim.n) and (Decimal(claim.n) < 1 or Decimal(claim.n) % 1):
        yield complain("n", claim.n, "a whole number of 1 or more", "correct it, or leave it empty")


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def _check_choices(claim: Claim, complain: Complain) -> Iterator[Fault]:
    for name, allowed in CHOICES.items():
        text = getattr(claim, name)
        if text and text not in allowed:
            mend = suggest_name(text, allowed) + "use one of these, or leave it empty"
            yield complain(name, text, ", ".join(filter(None, allowed)), mend)
            return
    needs = VERBS.get(claim.verb, Needs(""))
    for name in needs.columns:
        if not getattr(claim, name):
            expected = f"the verb {claim.verb}: {needs.what}"
            yield complain(name, "nothing", expected, "fill the cell")


def _check_stated(claim: Claim, complain: Complain) -> Iterator[Fault]:
    known = _STATED
    if claim.table not in ("", STUDY_FILE):
        yield complain("table", claim.table, STUDY_FILE, "the verb stated reads study.yml only")
    if claim.column not in known:
        mend = suggest_name(claim.column, known) + "name a key of study.yml"
        yield complain("column", claim.column, ", ".join(known), mend)
    elif claim.column not in _NUMBERS_STATED and claim.where.count("{}") != 1:
        mend = "write the words that study.yml uses, with {} where the number stands"
        yield complain("where", claim.where or "nothing", "words around one {}", mend)


_NUMBERS_STATED = ("planned_months", "primary_outcome.month", "primary_outcome.improvement_percent")
_STATED = (*_NUMBERS_STATED, "treatment", "design", "provenance", "notes")


def _check_rows(rows: Rows, config: StudyConfig, complain: Complain) -> Iterator[Fault]:
    tables = (*CONTRACTS, RESPONSE_TABLE)
    if rows.table not in tables:
        mend = suggest_name(rows.table, tables) + "name a table of data/README.md"
        yield complain("table", rows.table or "nothing", ", ".join(tables), mend)
        return
    columns = list_columns(rows.table, config)
    for comparison in rows.comparisons:
        name = comparison.term.column
        if name not in columns:
            mend = suggest_name(name, columns) + f"name a column of {rows.table}"
            yield complain("where", name, ", ".join(columns), mend)
        elif comparison.term.transform == "deficit" and name not in DEFICITS:
            yield complain(
                "where", str(comparison.term), ", ".join(DEFICITS), "use another measure"
            )
        else:
            yield from _check_values(comparison, columns[name], complain)


def list_columns(table: str, config: StudyConfig) -> Mapping[str, pa.Column | None]:
    """Give the columns that a claim may name of a table, each with its contract if it has one."""
    if table == RESPONSE_TABLE:
        return dict.fromkeys(("patient_id", *RESPONSE_COLUMNS))
    columns: dict[str, pa.Column | None] = dict(table_contract(table, config).columns)
    return columns | (dict.fromkeys(COURSE_COLUMNS) if table == "medications" else {})


def _check_values(
    comparison: Comparison, column: pa.Column | None, complain: Complain
) -> Iterator[Fault]:
    kind = "" if column is None else column.metadata["kind"]
    is_number = kind in ("number", "integer") or bool(comparison.term.transform)
    for value in comparison.values:
        if (is_number or comparison.sign in (">", ">=", "<", "<=")) and not _is_number(value):
            yield complain("where", f"{comparison}", "a number", "correct the condition")
        elif kind == "flag" and value.casefold() not in ("yes", "no", "true", "false"):
            yield complain("where", f"{comparison}", "yes or no", "correct the condition")
        elif comparison.sign in ("=", "!=") and not comparison.term.transform:
            yield from _check_allowed(comparison, value, column, complain)


def _check_allowed(
    comparison: Comparison, value: str, column: pa.Column | None, complain: Complain
) -> Iterator[Fault]:
    if column is None:
        return
    for check in column.checks:
        allowed = check.statistics.get("allowed_values") if check.statistics else None
        if allowed is None:
            continue
        known = {f"{a:g}" if isinstance(a, float) else str(a) for a in allowed}
        text = f"{float(value):g}" if column.metadata["kind"] == "number" else value
        if text not in known:
            mend = suggest_name(value, known) + "correct the condition"
            yield complain("where", str(comparison), str(check.error), mend)


def _check_column(claim: Claim, config: StudyConfig, complain: Complain) -> Iterator[Fault]:
    columns = list_columns(claim.table, config)
    if claim.column and claim.column not in columns:
        mend = suggest_name(claim.column, columns) + f"name a column of {claim.table}"
        yield complain("column", claim.column, ", ".join(columns), mend)
    other = claim.other_series
    if other is not None and other.column not in list_columns(other.rows.table, config):
        mend = f"name a column of {other.rows.table}"
        yield complain("against", other.column, "a column of the table", mend)


def _check_rest(claim: Claim, config: StudyConfig, complain: Complain) -> Iterator[Fault]:
    times = [*claim.moments, *(claim.other_series.times if claim.other_series else ())]
    if "month" in list_columns(claim.table, config):
        months = [f"{month:g}" for month in config.months]
        for time in times:
            if time not in months:
                mend = "name a planned visit, or add it to visits in study.yml"
                yield complain("times", time, f"one of the months {', '.join(months)}", mend)
    if claim.verb in ("change", "no_change", "unrelated") and len(claim.moments) != 2:
        yield complain("times", claim.times, "two times, earlier|later", "name both")
    if claim.groups and len(claim.sides) != 2:
        yield complain("groups", claim.groups, "two groups parted by ' vs '", "name both")
    if claim.verb == "direction" and claim.expect not in ("up", "down"):
        yield complain("expect", claim.expect, "up or down", "say which way the claim points")
    if claim.needs_response and claim.definition not in get_args(DefinitionName):
        mend = "name the definition that the publication used"
        known = ", ".join(get_args(DefinitionName))
        yield complain("definition", claim.definition or "nothing", known, mend)
