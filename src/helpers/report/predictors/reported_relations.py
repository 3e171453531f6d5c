"""The relations between two measurements that publications report, beside what is found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from helpers.contracts.configuration import ReportedRelation
from helpers.report.estimates import write_unbroken
from helpers.report.numbers import Numbers
from helpers.report.predictors.candidates import BY_NAME
from helpers.report.words import (
    capitalise,
    escape,
    shorten_p_value,
)
from helpers.stats.exact.exact import spearman_test
from helpers.stats.multiplicity import benjamini_hochberg
from helpers.stats.result import StatisticResult


def compute_associations(
    pairs: pd.DataFrame, associations: Sequence[ReportedRelation]
) -> dict[str, StatisticResult]:
    """Correlate each reported pair by rank, exactly; pairs that nobody has are left out."""
    results = {}
    for association in associations:
        part = pairs[pairs["association"] == association.name]
        if len(part):
            results[association.name] = spearman_test(
                part["predictor"].to_numpy(), part["outcome"].to_numpy()
            )
    return results


def record_associations(numbers: Numbers, results: Mapping[str, StatisticResult]) -> None:
    """Record each correlation."""
    by_name = {relation.name: relation for relation in numbers.study.config.reported.relations}
    for name, result in results.items():
        association = by_name[name]
        tables = {BY_NAME[association.predictor].source.table, association.table}
        numbers.record_statistic(
            f"association.{name}", result, unit="rho", digits=2, source=sorted(tables)
        )


def tabulate_associations(
    results: Mapping[str, StatisticResult], associations: Sequence[ReportedRelation]
) -> pd.DataFrame:
    """Lay the reported relations out: what was reported, and what is found here."""
    adjusted = benjamini_hochberg(pd.Series({name: r.p_value for name, r in results.items()}))
    rows = []
    for association in associations:
        if association.name in results:
            result = results[association.name]
            low, high = result.interval or (np.nan, np.nan)
            found = {"rho": result.estimate, "rho_low": low, "rho_high": high}
            numbers = {name: np.nan if v is None else float(v) for name, v in found.items()}
            rows.append(
                {
                    "before treatment": BY_NAME[association.predictor].label,
                    "against": association.label,
                    "reported": f"{association.expected} ({association.source})",
                    "n": result.n_used,
                    "rho (95 % interval)": write_unbroken(numbers, "rho", digits=2),
                    "exact p": shorten_p_value(result.p_value),
                    "adjusted p": shorten_p_value(adjusted[association.name]),
                }
            )
    return pd.DataFrame(rows, columns=None if rows else ["before treatment", "against", "n"])


def caption_associations(results: Mapping[str, StatisticResult]) -> str:
    """Caption the table of reported relations."""
    return (
        "Relations that the publications report between a value before treatment and a later "
        "number. rho: Spearman's rank correlation with an approximate interval; p: exact, "
        f"two-sided; adjusted for the {len(results)} tests of this table (Benjamini-Hochberg). "
        "n: patients with both numbers."
    )


def describe_associations(numbers: Numbers, results: Mapping[str, StatisticResult]) -> str:
    """Say for each reported relation whether the data show its direction, and how sure that is."""
    associations = numbers.study.config.reported.relations
    if not associations:
        return "study.yml lists no relation that a publication reported."
    if not results:
        return "None of the reported relations can be looked at: nothing of it was measured here."
    parts = []
    for association in associations:
        if association.name not in results or results[association.name].estimate is None:
            continue
        rho = numbers[f"association.{association.name}"]
        estimate = results[association.name].estimate or 0.0
        agrees = (estimate < 0) == (association.expected == "negative")
        parts.append(
            f"{escape(BY_NAME[association.predictor].label)} and "
            f"{escape(association.label)}: rho {rho} "
            f"({'; '.join(filter(None, [rho.interval, rho.p_text]))}), "
            + ("in the reported direction" if agrees else "not in the reported direction")
        )
    return f"{capitalise('; '.join(parts))}." if parts else "None of them is defined here."
