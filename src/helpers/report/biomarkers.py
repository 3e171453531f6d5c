"""Sentences and tables about candidate predictors: what was tried, seen, and how sure it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from helpers.contracts import StudyConfig
from helpers.contracts.rows import list_rows
from helpers.derive.biomarkers import (
    ASSOCIATIONS,
    CANDIDATES,
    Association,
    Candidate,
    find_family,
)
from helpers.derive.response_groups import NON_RESPONDERS, RESPONDERS
from helpers.plots.clinical_response import CATEGORY_MARKS
from helpers.report.chapter import Chapter
from helpers.report.estimates import (
    explain_missing,
    write_range,
    write_unbroken,
)
from helpers.report.p_values import LEVEL
from helpers.report.study_overview import label_measures
from helpers.report.words import (
    MISSING,
    NBSP,
    capitalise,
    count_noun,
    escape,
    format_number,
    format_p_value,
    is_missing,
    join_words,
    link_patients,
)
from helpers.stats.biomarkers import BestOfMany, adjust_within_families, derive_reach
from helpers.stats.exact import StatisticResult, benjamini_hochberg, spearman_test
from helpers.stats.paired import ADJUSTMENT_WORDS, Adjustment

UNDECLARED = "other"
"""Family of the candidates that study.yml puts in none; adjusted by Holm's method."""

BY_NAME = {candidate.name: candidate for candidate in CANDIDATES}

MATRIX_LABELS = {"response": "resp.", "extramuscular, before": "extra-muscular, before"}
"""Headings of the matrix as a table, which must fit a printed page."""

MATRIX_HEADINGS = {"before": "{}, before", "after": "{}, after", "change": "{}, change"}

AUC_METHOD = (
    "chance that a responder has the higher value (area under the ROC curve), Newcombe's score "
    "interval; p: exact rank-sum test, two-sided"
)
SHIFT_METHOD = "Hodges-Lehmann shift, responders less the others, interval by exact inversion"
DELTA_METHOD = "Cliff's delta: how often a responder has the higher value less how often the lower"


def list_members(groups: pd.Series) -> dict[str, list[str]]:
    """List the patients of each group under its heading, responders first.

    >>> list_members(pd.Series(["responders", "non-responders"], index=["A", "B"]))
    {'Responders (n = 1)': ['A'], 'Non-responders (n = 1)': ['B']}
    """
    members = {name: list(groups.index[groups == name]) for name in (RESPONDERS, NON_RESPONDERS)}
    return {
        f"{capitalise(name)} (n = {len(patients)})": patients for name, patients in members.items()
    }


def record_groups(chapter: Chapter, groups: pd.Series) -> None:
    """Record how many patients responded."""
    for name, key in ((RESPONDERS, "responders"), (NON_RESPONDERS, "others")):
        chapter.record(
            f"groups.{key}",
            int((groups == name).sum()),
            n=len(groups),
            unit="patients",
            source=["core_set", "patients"],
            method="improved at any visit by the IMACS definition",
        )


def describe_groups(chapter: Chapter, best: pd.DataFrame, arms: pd.Series) -> str:
    """Say who is compared with whom, who could not be judged, and what two arms mean for it."""
    responders, others = chapter["groups.responders"], chapter["groups.others"]
    unjudged = best.loc[best["best_response"] == "not evaluable", "patient_id"]
    counted = (
        f" {capitalise(count_noun(len(unjudged), 'patient'))} who could not be judged "
        f"({link_patients(unjudged)}) {'is' if len(unjudged) == 1 else 'are'} counted among the "
        "others."
        if len(unjudged)
        else ""
    )
    compared = (
        f"They are compared with the other {others}"
        if responders.value and others.value
        else "Nobody is left to compare with: what predicts response cannot be asked"
    )
    return (
        f"{responders} of {responders.n} patients responded: they improved at one visit or more by "
        f"the IMACS definition. {compared}.{counted}" + _warn_of_arms(best, arms)
    )


def describe_groups_shortly(chapter: Chapter) -> str:
    """Say in one sentence who is compared with whom."""
    responders, others = chapter["groups.responders"], chapter["groups.others"]
    compared = (
        f"what was measured in them before treatment is compared with the other {others}"
        if responders.value and others.value
        else "nobody is left to compare with"
    )
    return f"{responders} of {responders.n} patients responded; {compared}."


def _warn_of_arms(best: pd.DataFrame, arms: pd.Series) -> str:
    if arms.nunique() < 2:
        return ""
    improved = set(best.loc[best["best_response"] == "improved", "patient_id"])
    parts = [
        f"{sum(name in improved for name in arms.index[arms == arm])} of {(arms == arm).sum()} in "
        f"“{escape(arm)}”"
        for arm in arms.unique()
    ]
    return (
        f" <strong>All arms are taken together</strong>; {join_words(parts)} responded. A value "
        "that differed between the arms from the start can therefore look like a predictor, and "
        "what predicts improvement as such cannot be told from what predicts an effect of the "
        "treatment."
    )


def head_columns(matrix: pd.DataFrame) -> dict[int, str]:
    """Give each column of the matrix its heading."""
    columns = matrix.drop_duplicates("position") if len(matrix) else matrix
    return {
        int(row["position"]): MATRIX_HEADINGS[row["when"]].format(row["label"])
        for row in list_rows(columns)
    }


def tabulate_matrix(
    matrix: pd.DataFrame, best: pd.DataFrame, members: Mapping[str, Sequence[str]]
) -> pd.DataFrame:
    """Lay the matrix out as a table: a row per patient, a column per measurement."""
    rows = [patient for patients in members.values() for patient in patients]
    response = best.set_index("patient_id")["best_response"].reindex(rows)
    table = pd.DataFrame({"patient": rows, "response": response.to_numpy()})
    for position, part in matrix.groupby("position", sort=False):
        heading = head_columns(part)[int(str(position))]
        values = part.set_index("patient_id")["value"].reindex(rows)
        table[heading] = values.to_numpy(dtype=float)
    return table


def format_response(category: object) -> str:
    """Write a best response as the mark that the figure uses."""
    return CATEGORY_MARKS[str(category)]


def caption_matrix(matrix: pd.DataFrame, groups: pd.Series) -> str:
    """Caption the figure of patients by methods."""
    columns = matrix["position"].nunique() if len(matrix) else 0
    return (
        f"One row per patient (n = {len(groups)}), one column per measurement ({columns}). The "
        "number is the measured value; the shade is its rank among the patients measured, pale for "
        "the lowest and dark for the highest, whatever is good or bad. before: baseline; after: "
        "last visit measured; change: from baseline to the last visit measured. A point: not "
        "measured. Response (resp.): ● improved, – unchanged, ▼ worsened, ? not evaluable. "
        "No tests."
    )


def caption_matrix_table(matrix: pd.DataFrame, groups: pd.Series) -> str:
    """Caption the table of patients by methods."""
    columns = matrix["position"].nunique() if len(matrix) else 0
    return (
        f"The numbers of the figure: {len(groups)} patients, {columns} measurements. before: "
        "baseline; after: last visit measured; change: from baseline to the last visit measured. "
        "resp.: ● improved, – unchanged, ▼ worsened, ? not evaluable."
    )


def describe_matrix(matrix: pd.DataFrame, groups: pd.Series) -> str:
    """Describe the figure of patients by methods in plain words: medians of the two groups."""
    if matrix.empty:
        return "nothing was measured that the figure could show."
    parts = []
    for position, column in matrix.groupby("position", sort=False):
        group = column["patient_id"].map(groups)
        ends = [
            format_number(column.loc[group == name, "value"].median())
            for name in (RESPONDERS, NON_RESPONDERS)
        ]
        heading = head_columns(column)[int(str(position))]
        parts.append(f"{heading}: {ends[0]} in responders, {ends[1]} in the others")
    return f"Tiles of {len(groups)} patients by methods. Medians: {'; '.join(parts)}."


def describe_gaps(matrix: pd.DataFrame, groups: pd.Series) -> str:
    """Say how many patients have every measurement of the matrix."""
    if matrix.empty:
        return "None of these measurements was made in this study."
    wide = matrix.pivot(index="patient_id", columns="position", values="value")
    complete = [name for name in groups.index if wide.loc[name].notna().all()]
    who = f" ({link_patients(complete)})" if complete else ""
    return (
        f"{len(complete)} of {len(groups)} patients have every one of the {wide.shape[1]} "
        f"measurements{who}. "
        "What goes together can be judged in these patients only."
    )


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
    return pd.DataFrame(
        [
            {
                "candidate": capitalise(label_candidate(candidate, tables, config)),
                "method": candidate.domain,
                "patients": int(counts.get(candidate.name, 0)),
                "family (adjustment)": f"{titles[families[candidate.name]]} "
                f"({ADJUSTMENT_WORDS[methods[families[candidate.name]]]})",
                "published": candidate.claim or MISSING,
            }
            for candidate in CANDIDATES
        ]
    )


def caption_candidates(values: pd.DataFrame) -> str:
    """Caption the list of candidates."""
    n = values["patient_id"].nunique()
    return (
        f"The candidates, all of them values at baseline. patients: with a value, of {n}. family: "
        "the tests that are adjusted together, and how. published: what "
        "the publications on anakinra said of it."
    )


def describe_candidates(measured: Sequence[Candidate], absent: Sequence[Candidate]) -> str:
    """Say how many candidates the list holds, and which of them this study did not measure."""
    count = f"The list holds {len(CANDIDATES)} baseline values, the same whatever they show"
    if not absent:
        return f"{count}; all of them were measured in this study."
    names = join_words(escape(candidate.label) for candidate in absent)
    return f"{count}. Measured in this study: {len(measured)}. Not measured: {names}."


def complete_comparison(
    comparison: pd.DataFrame, left_out: pd.DataFrame, config: StudyConfig
) -> pd.DataFrame:
    """Put labels, families, adjusted p-values and the leave-one-out range beside each candidate.

    Parameters
    ----------
    comparison : DataFrame
        From `helpers.stats.biomarkers.compare_candidates`.
    left_out : DataFrame
        From `helpers.stats.biomarkers.summarise_left_out`.
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
    table["p_text"] = [_shorten_p(p_value) for p_value in table["p_value"]]
    table["adjusted_text"] = [_shorten_p(p_value) for p_value in table["p_adjusted"]]
    return table


def _shorten_p(p_value: float) -> str:
    text = format_p_value(p_value).removeprefix("p").strip(f" {NBSP}=")
    return text.replace(NBSP, " ")


def record_candidates(chapter: Chapter, comparison: pd.DataFrame) -> None:
    """Record effect, interval, p and how far both move without one patient, for each candidate."""
    for row in list_rows(comparison):
        candidate = BY_NAME[row["candidate"]]
        name = f"predictor.{candidate.name}"
        about = {
            "n": row["n_first"] + row["n_second"],
            "source": sorted({"core_set", candidate.source.table}),
            "reason": row["reason"],
        }
        chapter.record(
            f"{name}.auc",
            row["auc"],
            low=row["auc_low"],
            high=row["auc_high"],
            p_value=row["p_value"],
            method=AUC_METHOD,
            digits=2,
            **about,
        )
        chapter.record(
            f"{name}.shift",
            row["shift"],
            low=row["shift_low"],
            high=row["shift_high"],
            method=SHIFT_METHOD,
            **about,
        )
        chapter.record(f"{name}.delta", row["delta"], method=DELTA_METHOD, digits=2, **about)
        _record_how_sure(chapter, name, row, about)


def _record_how_sure(
    chapter: Chapter, name: str, row: Mapping[str, Any], about: Mapping[str, Any]
) -> None:
    why = str(about["reason"]) or "too few patients to leave one out"
    known = {key: value for key, value in about.items() if key != "reason"}
    adjusted = f"p adjusted within the family “{row['family']}”"
    chapter.record(
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
        chapter.record(
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
        "Each candidate at baseline, responders against the others. Point and line: AUC with "
        "Newcombe's score interval (95 %). Blue ticks below: the AUC without each patient in turn. "
        "Orange ticks: an AUC between them could not have given p ≤ 0.05 with that many patients. "
        f"p: exact rank-sum test, two-sided, {tests} tests; adjusted: within its family."
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


def record_chance(chapter: Chapter, chance: BestOfMany, sources: Sequence[str]) -> None:
    """Record how often chance alone makes the best candidate look this good."""
    tried = f"{chance.n_relabellings} ways to deal out the responses"
    how = f"all {tried}" if chance.complete else f"a random sample of {tried}"
    chapter.record(
        "chance.best_of_many",
        chance.p_value,
        n=chance.n_candidates,
        unit="share of the ways to deal out the response",
        source=sources,
        method=f"least exact p of all candidates over {how}; minimum p of Westfall and Young",
        reason=explain_missing(chance.p_value, "no candidate could be tested"),
        digits=3,
    )


def find_small(comparison: pd.DataFrame, column: str = "p_value") -> pd.DataFrame:
    """Keep the candidates with a p below the level, the smallest first."""
    small = comparison[comparison[column] < LEVEL]
    return small.sort_values("p_value", kind="stable")


def describe_findings(chapter: Chapter, comparison: pd.DataFrame) -> str:
    """Say which candidates differ, what is left after adjustment, and who each one hangs on."""
    tested = int(comparison["p_value"].notna().sum())
    if not tested:
        return "No candidate could be compared: one of the two groups has no values."
    small, kept = find_small(comparison), find_small(comparison, "p_adjusted")
    first = f"Of {count_noun(tested, 'candidate')} compared, {len(small)} had p below {LEVEL:g}"
    if small.empty:
        return f"{first}."
    named = [_write_finding(chapter, row) for row in list_rows(small)]
    after = (
        "none stays below it"
        if kept.empty
        else f"{join_words(escape(label) for label in kept['label'])} "
        f"{'stays' if len(kept) == 1 else 'stay'} below it"
    )
    return f"{first}: {'; '.join(named)}. After adjustment within the families {after}."


def _write_finding(chapter: Chapter, row: Mapping[str, str]) -> str:
    area = chapter[f"predictor.{row['candidate']}.auc"]
    side = "higher" if float(row["auc"]) > 0.5 else "lower"
    return (
        f"{escape(row['label'])}, {side} in responders (AUC {area}, {area.interval}; {area.p_text})"
    )


def describe_fragile(chapter: Chapter, comparison: pd.DataFrame) -> str:
    """Say which small p-values do not survive leaving out one patient, and who that is."""
    small = find_small(comparison)
    if small.empty:
        return ""
    lost = small[~(small["p_most"] < LEVEL)]
    if lost.empty:
        return "None of these p-values rises above 0.05 when any one patient is left out."
    parts = []
    for row in list_rows(lost):
        worst = chapter[f"predictor.{row['candidate']}.p_left_out_most"]
        parts.append(f"{escape(row['label'])} (up to {worst})")
    return (
        "One patient less can lift the p above 0.05 for "
        f"{join_words(parts)}: the result then hangs on single patients."
    )


def describe_chance(chapter: Chapter) -> str:
    """Say how often chance alone makes the best of so many candidates look as good."""
    chance = chapter["chance.best_of_many"]
    if is_missing(chance.value):
        return ""
    responders = chapter["groups.responders"]
    responses = "response" if responders.value == 1 else "responses"
    return (
        f"If no candidate told anything, and the {responders} {responses} had fallen on these "
        f"{responders.n} patients by chance, the best candidate would still "
        f"look at least as good as here in {chance.percent} of cases ({escape(chance.method)})."
    )


def record_reach(chapter: Chapter, groups: pd.Series, comparison: pd.DataFrame) -> None:
    """Record what the sizes of the two groups can show at best, and how many were tried."""
    first, second = (int((groups == name).sum()) for name in (RESPONDERS, NON_RESPONDERS))
    tested = comparison.dropna(subset=["p_value"])
    reach = derive_reach(first, second, level=LEVEL)
    strict = derive_reach(first, second, level=LEVEL / max(len(tested), 1))
    expected = sum(
        derive_reach(row["n_first"], row["n_second"], level=LEVEL).false_alarm or 0.0
        for row in list_rows(tested)
    )
    numbers = {
        "smallest_p": (
            reach.smallest_p,
            3 if (reach.smallest_p or 0) >= 0.001 else 5,
            "least exact rank-sum p: complete separation",
        ),
        "smallest_auc": (reach.smallest_auc, 2, f"least AUC above 0.5 with p of {LEVEL:g} or less"),
        "strict_auc": (
            strict.smallest_auc,
            2,
            f"least AUC above 0.5 with p of {LEVEL:g} divided by the candidates tested or less",
        ),
        "false_alarms": (expected, 1, "expected number of small p-values if nothing predicts"),
    }
    about = {"source": ["core_set", "patients"], "n": len(groups)}
    reason = "no outcome can reach it with groups of these sizes"
    for name, (value, digits, method) in numbers.items():
        why = explain_missing(value, reason)
        chapter.record(f"reach.{name}", value, digits=digits, method=method, reason=why, **about)
    chapter.record(
        "reach.blind_auc",
        None if reach.low is None else 0.5,
        low=reach.low,
        high=reach.high,
        digits=2,
        method="Newcombe's score interval of an AUC of 0.5 at these group sizes",
        reason=explain_missing(reach.low, "one of the groups is empty"),
        **about,
    )
    chapter.record("reach.tested", len(tested), unit="candidates", **about)


def describe_reach(chapter: Chapter) -> list[str]:
    """Say what so few patients can and cannot show, whatever is measured in them."""
    sizes = (
        f"{_count(chapter, 'groups.responders', 'responder')} and "
        f"{_count(chapter, 'groups.others', 'other')}"
    )
    blind, smallest = chapter["reach.blind_auc"], chapter["reach.smallest_p"]
    if is_missing(blind.value):
        return [f"With {sizes} nothing can be compared: no value can tell apart what is not there."]
    needed, strict = chapter["reach.smallest_auc"], chapter["reach.strict_auc"]
    least = format_number(blind.low, digits=2), format_number(blind.high, digits=2)
    return [
        f"With {sizes}, complete separation gives p = {smallest}, the least that any value can "
        f"reach. {_say_needed(chapter, needed, strict)}",
        "A value that tells nothing at all (AUC of 0.5) would be shown with an interval of "
        f"{blind.link(f'{least[0]} to {least[1]}')}: so few patients cannot tell a useless value "
        "from a fairly useful one. If none of the "
        f"{chapter['reach.tested']} candidates told anything, {chapter['reach.false_alarms']} of "
        f"them would still be expected to give p of {LEVEL:g} or less.",
    ]


def _count(chapter: Chapter, name: str, noun: str) -> str:
    number = chapter[name]
    return f"{number} {noun if number.value == 1 else noun + 's'}"


def _say_needed(chapter: Chapter, needed: object, strict: object) -> str:
    tested = chapter["reach.tested"]
    if is_missing(chapter["reach.smallest_auc"].value):
        return f"No outcome at all could have given p of {LEVEL:g} or less."
    once = f"An AUC of at least {needed} (or as far below 0.5) is needed for p of {LEVEL:g} or less"
    if is_missing(chapter["reach.strict_auc"].value):
        return f"{once}; adjusted for all {tested} candidates at once, no outcome could reach it."
    return f"{once}, and of {strict} when {tested} candidates are adjusted for at once."


def describe_out_of_reach(comparison: pd.DataFrame) -> str:
    """Name the candidates that so few patients were measured for that hardly anything can show."""
    known = comparison.dropna(subset=["p_value"])
    if known["auc_needed"].isna().all():
        return ""
    never = known[known["auc_needed"].isna()]
    complete = known[known["auc_needed"].round(9) == 1]
    parts = []
    if len(complete):
        names = join_words(escape(label) for label in complete["label"])
        parts.append(f"only complete separation could have given p of {LEVEL:g} or less: {names}")
    if len(never):
        names = join_words(escape(label) for label in never["label"])
        parts.append(f"no outcome at all could have given that: {names}")
    if not parts:
        return ""
    return f"Measured in so few patients that {'; and that '.join(parts)}."


def compute_associations(
    pairs: pd.DataFrame, associations: Sequence[Association] = ASSOCIATIONS
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


def record_associations(chapter: Chapter, results: Mapping[str, StatisticResult]) -> None:
    """Record each correlation."""
    by_name = {association.name: association for association in ASSOCIATIONS}
    for name, result in results.items():
        association = by_name[name]
        tables = {BY_NAME[association.predictor].source.table, association.outcome.table}
        chapter.record_statistic(
            f"association.{name}", result, unit="rho", digits=2, source=sorted(tables)
        )


def tabulate_associations(
    results: Mapping[str, StatisticResult], associations: Sequence[Association] = ASSOCIATIONS
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
                    "against": association.outcome_label,
                    "reported": f"{association.expected} ({association.origin})",
                    "n": result.n_used,
                    "rho (95 % interval)": write_unbroken(numbers, "rho", digits=2),
                    "exact p": format_p_value(result.p_value),
                    "adjusted p": format_p_value(adjusted[association.name]),
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


def describe_associations(
    chapter: Chapter,
    results: Mapping[str, StatisticResult],
    associations: Sequence[Association] = ASSOCIATIONS,
) -> str:
    """Say for each reported relation whether the data show its direction, and how sure that is."""
    if not results:
        return "None of the reported relations can be looked at: nothing of it was measured here."
    parts = []
    for association in associations:
        if association.name not in results or results[association.name].estimate is None:
            continue
        rho = chapter[f"association.{association.name}"]
        estimate = results[association.name].estimate or 0.0
        agrees = (estimate < 0) == (association.expected == "negative")
        parts.append(
            f"{escape(BY_NAME[association.predictor].label)} and "
            f"{escape(association.outcome_label)}: rho {rho} "
            f"({'; '.join(filter(None, [rho.interval, rho.p_text]))}), "
            + ("in the reported direction" if agrees else "not in the reported direction")
        )
    return f"{capitalise('; '.join(parts))}." if parts else "None of them is defined here."


def list_methods() -> list[tuple[str, str]]:
    """List the methods of the chapter by name, for the study report's methods."""
    return [
        (
            "Candidate predictors",
            "A fixed list of baseline values. Each is compared between responders and the other "
            "patients by ranks: AUC with Newcombe's score interval, Cliff's delta, Hodges-Lehmann "
            "shift with its exact interval, exact two-sided rank-sum p given the ties. A value "
            "below an assay's limit ranks lowest.",
        ),
        (
            "Families of tests",
            "p-values are adjusted within the families that study.yml declares; candidates in none "
            "of them form one family, adjusted by Holm's method.",
        ),
        (
            "Best of many",
            "The least p of all candidates, compared with its distribution over all ways to deal "
            "out the response among the patients (minimum p of Westfall and Young).",
        ),
        (
            "One patient left out",
            "Every comparison is computed again without each patient in turn; the range of AUC "
            "and p shows how far a result hangs on one patient.",
        ),
    ]


def summarise_biomarkers(chapter: Chapter, comparison: pd.DataFrame) -> list[str]:
    """Sum the comparison of the candidates up in two sentences without technical words."""
    tested, small = chapter["reach.tested"], find_small(comparison)
    if not tested.value:
        return [describe_findings(chapter, comparison)]
    kept = find_small(comparison, "p_adjusted")
    named = join_words(
        f"{escape(row['label'])} ({chapter['predictor.' + row['candidate'] + '.auc'].p_text})"
        for row in list_rows(small)
    )
    after = join_words(escape(label) for label in kept["label"]) or "none"
    found = f"{len(small)} differed with p below {LEVEL:g}"
    rest = (
        f": {named}. Still below it after adjustment for the number of tests: {after}."
        if named
        else "."
    )
    chance = chapter["chance.best_of_many"]
    return [
        f"{tested} values from before treatment were compared between the two groups; "
        f"{found}{rest}",
        f"If none of them told anything, the best would still look this good in {chance.percent} "
        "of cases.",
    ]


def conclude_origin(chapter: Chapter) -> str:
    """Say of an invented cohort that nothing follows from it."""
    if chapter.study.config.data_origin != "reconstructed":
        return ""
    return (
        "<strong>The cohort is invented.</strong> What stands here shows what the report can say; "
        "it says nothing about the treatment or about any predictor."
    )


def conclude_biomarkers(chapter: Chapter, comparison: pd.DataFrame) -> list[str]:
    """Say what the comparison of the candidates allows to conclude, and what it leaves open."""
    chance = chapter["chance.best_of_many"]
    if is_missing(chance.value):
        return ["Nothing can be said about predictors: no candidate could be compared."]
    assert isinstance(chance.value, (int, float))
    best = comparison.sort_values("p_value", kind="stable").iloc[0]
    label = escape(best["label"])
    if chance.value >= LEVEL:
        return [
            f"The best candidate ({label}) is no better than the best of so many would often be "
            f"by chance ({chance.percent}). These data name candidates for a new study; they "
            "establish none."
        ]
    return [
        f"The best candidate ({label}) is better than the best of so many would often be by chance "
        f"({chance.percent}). That makes it a candidate worth testing again. It does not yet tell "
        "for a single patient who will respond: that takes other patients than those in whom it "
        "was found."
    ]


def describe_biomarker_limits(chapter: Chapter, comparison: pd.DataFrame) -> list[str]:
    """Say what the comparison of candidates cannot show."""
    fewest = comparison.assign(n=comparison["n_first"] + comparison["n_second"])
    least = fewest.sort_values("n", kind="stable").head(1)
    few = [
        f"The candidate measured in the fewest patients ({escape(row['label'])}) has {row['n']} of "
        f"{chapter['groups.responders'].n}; who was measured may itself depend on how a patient "
        "did."
        for row in list_rows(least)
        if row["n"] < (chapter["groups.responders"].n or 0)
    ]
    single = (
        "Without a control group a value that goes with response may go with a good course under "
        "any treatment."
        if len(chapter.study.config.arms) == 1
        else ""
    )
    return [
        "An AUC found in the same patients in whom the candidate was picked is too high on "
        "average; it has to be measured again in others."
        if comparison["p_value"].notna().any()
        else "",
        *few,
        "The core set measures are themselves part of the definition of response: who starts high "
        "has more room to fall, and some of an extreme first value is chance that does not come "
        "back. A higher baseline in responders can come from that alone.",
        "CD45RO+ and CD45RA+ cells nearly add up to all CD4+ T cells: the two are one finding."
        if {"cd45ro", "cd45ra"} <= set(comparison["candidate"])
        else "",
        single,
    ]
