"""The list of candidate predictors: their units, their families of tests, and who has a value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from helpers.contracts import StudyConfig
from helpers.derive.laboratory.biomarkers import CANDIDATES, Candidate, find_family
from helpers.report.response.core_set import label_measures
from helpers.report.words import MISSING, capitalise, escape, join_words
from helpers.stats.paired import ADJUSTMENT_WORDS, Adjustment

UNDECLARED = "other"
"""Family of the candidates that study.yml puts in none; adjusted by Holm's method."""

BY_NAME = {candidate.name: candidate for candidate in CANDIDATES}


def label_candidate(
    candidate: Candidate, tables: Mapping[str, pd.DataFrame], config: StudyConfig
) -> str:
    """Name a candidate with the unit that the study measured it in."""
    source = candidate.source
    if source.table == "core_set":
        return label_measures(config)[source.column]
    table = tables.get(source.table)
    if table is not None and source.item_column and "unit" in table:
        units = table.loc[table[source.item_column] == source.item, "unit"].dropna().unique()
        return (
            f"{candidate.label}, {' or '.join(map(str, units))}" if len(units) else candidate.label
        )
    fixed = {
        "functional_index": f"0 to {config.instruments.functional_index_maximum:g}",
        "patients": "years",
        "t_cells": "% of CD4+ T cells",
    }
    return f"{candidate.label}, {fixed[source.table]}" if source.table in fixed else candidate.label


def assign_families(
    candidates: Sequence[Candidate], config: StudyConfig
) -> tuple[dict[str, str], dict[str, str], dict[str, Adjustment]]:
    """Give each candidate its family, and each family its title and adjustment.

    Parameters
    ----------
    candidates : sequence of Candidate
    config : StudyConfig
        Declared families.

    Returns
    -------
    (dict, dict, dict)
        Family by candidate, title by family, adjustment by family. Candidates in no declared
        family form one of their own, adjusted by Holm's method.
    """
    declared = config.endpoint_families
    endpoints = {key: family.endpoints for key, family in declared.items()}
    of_candidate = {
        candidate.name: find_family(candidate, endpoints) or UNDECLARED for candidate in candidates
    }
    titles = {key: family.title for key, family in declared.items()}
    methods: dict[str, Adjustment] = {UNDECLARED: "holm"}
    methods |= {key: family.adjustment for key, family in declared.items()}
    return (
        of_candidate,
        {UNDECLARED: "in no declared family"} | titles,
        methods,
    )


def tabulate_candidates(
    values: pd.DataFrame, tables: Mapping[str, pd.DataFrame], config: StudyConfig
) -> pd.DataFrame:
    """List every candidate: what it is, in how many patients it was measured, its family."""
    families, titles, methods = assign_families(CANDIDATES, config)
    counts = values.groupby("candidate").size()
    said = config.reported.candidates
    table = pd.DataFrame(
        [
            {
                "candidate": capitalise(label_candidate(candidate, tables, config)),
                "method": candidate.domain,
                "patients": int(counts.get(candidate.name, 0)),
                "family (adjustment)": f"{titles[families[candidate.name]]} "
                f"({ADJUSTMENT_WORDS[methods[families[candidate.name]]]})",
                "published": said.get(candidate.name, MISSING),
            }
            for candidate in CANDIDATES
        ]
    )
    return table if said else table.drop(columns="published")


def caption_candidates(values: pd.DataFrame, config: StudyConfig) -> str:
    """Caption the list of candidates."""
    n = values["patient_id"].nunique()
    reported = config.reported
    said = f" published: what {reported.by} said of it." if reported.candidates else ""
    return (
        f"The candidates, all of them values at baseline. patients: with a value, of {n}. family: "
        f"the tests that are adjusted together, and how.{said}"
    )


def describe_candidates(measured: Sequence[Candidate], absent: Sequence[Candidate]) -> str:
    """Say how many candidates the list holds, and which of them this study did not measure."""
    count = f"The list holds {len(CANDIDATES)} baseline values, the same whatever they show"
    if not absent:
        return f"{count}; all of them were measured in this study."
    names = join_words(escape(candidate.label) for candidate in absent)
    return f"{count}. Measured in this study: {len(measured)}. Not measured: {names}."
