"""Responders against the others, candidate by candidate: effect, interval, p, single patients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from helpers.contracts import StudyConfig
from helpers.contracts.rows import list_rows
from helpers.derive.laboratory.biomarkers import CANDIDATES
from helpers.report.estimates import explain_missing, write_range, write_unbroken
from helpers.report.numbers import Numbers
from helpers.report.p_values import LEVEL
from helpers.report.predictors.candidates import BY_NAME, assign_families
from helpers.report.words import (
    capitalise,
    count_noun,
    escape,
    format_number,
    join_words,
    link_patients,
    shorten_p_value,
)
from helpers.stats.topics.biomarkers import adjust_within_families

AUC_METHOD = (
    "chance that a responder has the higher value (area under the ROC curve), Newcombe's score "
    "interval; p: exact rank-sum test, two-sided"
)

SHIFT_METHOD = "Hodges-Lehmann shift, responders less the others, interval by exact inversion"

DELTA_METHOD = "Cliff's delta: how often a responder has the higher value less how often the lower"


def complete_comparison(
    comparison: pd.DataFrame, left_out: pd.DataFrame, config: StudyConfig
) -> pd.DataFrame:
    """Put labels, families, adjusted p-values and the leave-one-out range beside each candidate.

    Parameters
    ----------
    comparison : DataFrame
        From `helpers.stats.topics.biomarkers.compare_candidates`.
    left_out : DataFrame
        From `helpers.stats.topics.biomarkers.summarise_left_out`.
    config : StudyConfig
        Declared families.

    Returns
    -------
    DataFrame
        One row per candidate: its columns, those of `left_out`, label, domain, family, p_adjusted,
        p_text, adjusted_text.
    """
    families, titles, methods = assign_families(CANDIDATES, config)
    table = comparison.merge(left_out, on="candidate", how="left", validate="1:1")
    family = table["candidate"].map(families).astype("str")
    table["label"] = [BY_NAME[name].label for name in table["candidate"]]
    table["domain"] = [BY_NAME[name].domain for name in table["candidate"]]
    table["p_adjusted"] = adjust_within_families(table["p_value"], family, methods)
    table["family"] = family.map(titles)
    table["p_text"] = [shorten_p_value(p_value) for p_value in table["p_value"]]
    table["adjusted_text"] = [shorten_p_value(p_value) for p_value in table["p_adjusted"]]
    return table


def record_candidates(numbers: Numbers, comparison: pd.DataFrame) -> None:
    """Record effect, interval, p and how far both move without one patient, for each candidate."""
    for row in list_rows(comparison):
        candidate = BY_NAME[row["candidate"]]
        name = f"predictor.{candidate.name}"
        about = {
            "n": row["n_first"] + row["n_second"],
            "source": sorted({"core_set", candidate.source.table}),
            "reason": row["reason"],
        }
        numbers.record(
            f"{name}.auc",
            row["auc"],
            low=row["auc_low"],
            high=row["auc_high"],
            p_value=row["p_value"],
            method=AUC_METHOD,
            digits=2,
            **about,
        )
        numbers.record(
            f"{name}.shift",
            row["shift"],
            low=row["shift_low"],
            high=row["shift_high"],
            method=SHIFT_METHOD,
            **about,
        )
        numbers.record(f"{name}.delta", row["delta"], method=DELTA_METHOD, digits=2, **about)
        _record_how_sure(numbers, name, row, about)


def _record_how_sure(
    numbers: Numbers, name: str, row: Mapping[str, Any], about: Mapping[str, Any]
) -> None:
    why = str(about["reason"]) or "too few patients to leave one out"
    known = {key: value for key, value in about.items() if key != "reason"}
    adjusted = f"p adjusted within the family “{row['family']}”"
    numbers.record(
        f"{name}.p_adjusted",
        row["p_adjusted"],
        method=adjusted,
        digits=3,
        reason=explain_missing(row["p_adjusted"], why),
        **known,
    )
    method = "computed again without each patient in turn: {}"
    ends = {
        "auc_left_out_least": ("auc_least", "least AUC", 2),
        "auc_left_out_most": ("auc_most", "largest AUC", 2),
        "p_left_out_most": ("p_most", "largest p", 3),
    }
    for key, (column, words, digits) in ends.items():
        numbers.record(
            f"{name}.{key}",
            row[column],
            method=method.format(words),
            digits=digits,
            reason=explain_missing(row[column], why),
            **known,
        )


def tabulate_comparison(comparison: pd.DataFrame) -> pd.DataFrame:
    """Lay the comparison out: medians, effect, interval, p, and without one patient."""
    rows = [
        {
            "candidate": capitalise(row["label"]),
            "n (resp. + others)": f"{row['n_first']} + {row['n_second']}",
            "medians": f"{format_number(row['median_first'])} / "
            f"{format_number(row['median_second'])}",
            "shift (95 % interval)": write_unbroken(row, "shift"),
            "Cliff's delta": format_number(row["delta"], digits=2),
            "AUC (95 % interval)": write_unbroken(row, "auc", digits=2),
            "exact p": row["p_text"],
            "adjusted p": row["adjusted_text"],
        }
        for row in list_rows(comparison)
    ]
    return pd.DataFrame(rows)


def tabulate_left_out(comparison: pd.DataFrame) -> pd.DataFrame:
    """Lay out how far each result moves without one patient, and without whom it moves most."""
    rows = [
        {
            "candidate": capitalise(row["label"]),
            "AUC": format_number(row["auc"], digits=2),
            "without one patient": write_range(row["auc_least"], row["auc_most"], digits=2),
            "exact p": row["p_text"],
            "p without one patient": write_range(row["p_least"], row["p_most"], digits=3),
            "most without": row["matters_most"] or "nobody",
        }
        for row in list_rows(comparison)
    ]
    return pd.DataFrame(rows)


def format_patients(names: object) -> str:
    """Write a list of patients as links; words that name nobody stay as they are."""
    return "nobody" if names == "nobody" else link_patients(str(names).split(", "))


def caption_left_out(comparison: pd.DataFrame) -> str:
    """Caption the table of results without one patient."""
    return (
        f"The {len(comparison)} candidates again without each patient in turn: lowest and highest "
        "AUC and exact rank-sum p (two-sided, unadjusted), and the patients whose absence moves "
        "the AUC most. The ranges are no confidence intervals."
    )


def caption_comparison(comparison: pd.DataFrame) -> str:
    """Caption the table of candidates."""
    tests = int(comparison["p_value"].notna().sum())
    return (
        "Each candidate at baseline, responders against the others. Shift: Hodges-Lehmann, in the "
        "candidate's unit, with its exact interval. Cliff's delta: from −1 to 1, 0 means no "
        "difference. AUC: chance that a responder has the higher value, with Newcombe's score "
        f"interval. p: exact rank-sum test, two-sided; {tests} tests, adjusted within the families "
        "of the list above. n and medians: responders, then the others."
    )


def caption_candidates_figure(comparison: pd.DataFrame) -> str:
    """Caption the figure of candidates."""
    tests = int(comparison["p_value"].notna().sum())
    return (
        "Value before treatment: chance that a responder has the higher one (AUC, 95 % interval). "
        f"p: exact, {tests} tests, not adjusted."
    )


def explain_candidates_figure(comparison: pd.DataFrame) -> str:
    """Say how the figure of candidates is made."""
    tests = int(comparison["p_value"].notna().sum())
    return (
        "Point and line: AUC with Newcombe's score interval. At 0.5 (broken line) the value tells "
        f"nothing. p: rank-sum test, two-sided, {tests} tests; adjusted p and the AUC without each "
        "patient stand in the tables."
    )


def limit_candidates(comparison: pd.DataFrame) -> str:
    """Say what so many candidates in so few patients mean."""
    tests = int(comparison["p_value"].notna().sum())
    expected = format_number(LEVEL * tests, digits=1)
    return (
        f"Of {count_noun(tests, 'test')} about {expected} would have p below {LEVEL:g} by chance "
        "alone: a candidate, not a marker."
    )


def describe_candidates_figure(comparison: pd.DataFrame) -> str:
    """Describe the figure of candidates in plain words."""
    known = comparison.dropna(subset=["auc"])
    if known.empty:
        return "no candidate was measured in both responders and non-responders."
    parts = [
        f"{row['label']}: AUC {format_number(row['auc'], digits=2)}, "
        f"{write_range(row['auc_low'], row['auc_high'], digits=2)}, p {row['p_text']}"
        for row in list_rows(known)
    ]
    return f"AUC of each candidate with its interval. {'; '.join(parts)}."


def find_small(comparison: pd.DataFrame, column: str = "p_value") -> pd.DataFrame:
    """Keep the candidates with a p below the level, the smallest first."""
    small = comparison[comparison[column] < LEVEL]
    return small.sort_values("p_value", kind="stable")


def describe_findings(numbers: Numbers, comparison: pd.DataFrame) -> str:
    """Say which candidates differ, what is left after adjustment, and who each one hangs on."""
    tested = int(comparison["p_value"].notna().sum())
    if not tested:
        return "No candidate could be compared: one of the two groups has no values."
    small, kept = find_small(comparison), find_small(comparison, "p_adjusted")
    first = f"Of {count_noun(tested, 'candidate')} compared, {len(small)} had p below {LEVEL:g}"
    if small.empty:
        return f"{first}."
    named = [_write_finding(numbers, row) for row in list_rows(small)]
    after = (
        "none stays below it"
        if kept.empty
        else f"{join_words(escape(label) for label in kept['label'])} "
        f"{'stays' if len(kept) == 1 else 'stay'} below it"
    )
    return f"{first}: {'; '.join(named)}. After adjustment within the families {after}."


def _write_finding(numbers: Numbers, row: Mapping[str, str]) -> str:
    area = numbers[f"predictor.{row['candidate']}.auc"]
    side = "higher" if float(row["auc"]) > 0.5 else "lower"
    return (
        f"{escape(row['label'])}, {side} in responders (AUC {area}, {area.interval}; {area.p_text})"
    )


def describe_fragile(numbers: Numbers, comparison: pd.DataFrame) -> str:
    """Say which small p-values do not survive leaving out one patient, and who that is."""
    small = find_small(comparison)
    if small.empty:
        return ""
    lost = small[~(small["p_most"] < LEVEL)]
    if lost.empty:
        return "None of these p-values rises above 0.05 when any one patient is left out."
    parts = []
    for row in list_rows(lost):
        worst = numbers[f"predictor.{row['candidate']}.p_left_out_most"]
        parts.append(f"{escape(row['label'])} (up to {worst})")
    return (
        "One patient less can lift the p above 0.05 for "
        f"{join_words(parts)}: the result then hangs on single patients."
    )
