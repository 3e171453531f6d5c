"""Sentences and tables about the muscle biopsies: what changed, and what went with response."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from helpers.contracts import StudyConfig
from helpers.contracts.rows import list_rows
from helpers.derive.ihc import EXPRESSION_MARKER, MARKERS, ORDINAL_SCALE, PREDICTORS
from helpers.report.chapter import Chapter
from helpers.report.estimates import record_estimate, write_estimate
from helpers.report.p_values import CHANCE_WORDS, LEVEL, keep_clear
from helpers.report.paired import (
    PairWords,
    describe_changes,
    describe_comparable,
    describe_family,
    describe_group_limits,
    describe_left_early,
    find_family,
)
from helpers.report.shares import caption_test, record_shares, write_share
from helpers.report.words import (
    count_noun,
    escape,
    format_number,
    format_p_value,
    is_missing,
    join_words,
    link_by_reason,
    name_group,
)
from helpers.stats.result import StatisticResult

LABELS = {marker.name: marker.label for marker in MARKERS}
SHOWS = {marker.name: marker.shows for marker in MARKERS}
EXPRESSED = LABELS[EXPRESSION_MARKER]


def name_biopsies(specimens: pd.DataFrame, *, ends: tuple[str, str]) -> PairWords:
    """Name what the chapter's pairs are: stains in the field's order, each with its unit.

    Parameters
    ----------
    specimens : DataFrame
        From `helpers.derive.ihc.average_readers`.
    ends : (str, str)
        The two visits.

    Returns
    -------
    PairWords
    """
    done = set(specimens["marker"])
    units = specimens.dropna(subset=["unit"]).groupby("marker")["unit"].first()
    return PairWords(
        topic="biopsy",
        table="biopsies",
        specimen="biopsy",
        specimens="biopsies",
        measure="stain",
        measures="stains",
        labels={name: label for name, label in LABELS.items() if name in done},
        units={str(name): write_unit(str(unit)) for name, unit in units.items()},
        ends=ends,
    )


def write_unit(unit: str) -> str:
    """Write a unit as a reader expects it.

    >>> write_unit("cells/mm2")
    'cells/mm²'
    """
    return unit.replace("mm2", "mm²")


def describe_stains(words: PairWords) -> str:
    """Say what each stain shows, in plain words."""
    parts = [f"{escape(label)} ({escape(SHOWS[name])})" for name, label in words.labels.items()]
    return f"Stained were: {join_words(parts)}."


def list_methods(words: PairWords, config: StudyConfig) -> list[tuple[str, str]]:
    """List the rules in force by name, for the chapter and the study report's methods."""
    family = find_family(config, words)
    return [
        (
            "Stained biopsies",
            "Where several readers scored a section, its value is their mean, and a stain counts "
            "as seen when any reader saw it. Changes are tested by the exact signed-rank test, "
            "patients without change left out; their centre is the Hodges-Lehmann estimate.",
        ),
        (
            "Agreement of readers",
            "Amounts: intraclass correlation (2,1). Steps of a scale (unit grade, score or points, "
            f"whole numbers up to {ORDINAL_SCALE.most_steps}): quadratic-weighted kappa. Seen or "
            "not: Cohen's kappa.",
        ),
        *describe_family(family),
    ]


def record_expression(chapter: Chapter, shares: pd.DataFrame, test: StatisticResult | None) -> None:
    """Record in how many of each group IL-1Ra was seen after treatment, and their comparison."""
    sources = ["biopsies", *(["core_set"] if chapter.study.has("core_set") else [])]
    record_shares(
        chapter,
        "biopsy.expressed",
        shares,
        test,
        counted="count",
        source=sources,
        reason="nobody's biopsy after treatment is known",
    )


def tabulate_expression(shares: pd.DataFrame) -> pd.DataFrame:
    """Lay out the two by two table: seen and not seen after treatment in each group."""
    if not shares["n"].sum():
        return pd.DataFrame()
    return pd.DataFrame(
        {
            "group": shares["group"],
            f"{EXPRESSED} seen": shares["n_improved"],
            f"{EXPRESSED} not seen": shares["n"] - shares["n_improved"],
            "not known": shares["n_missing"],
            "share seen (95 % interval)": [write_share(row) for row in list_rows(shares)],
        }
    )


def caption_expression(shares: pd.DataFrame, test: StatisticResult | None, words: PairWords) -> str:
    """Caption the two by two table, with interval and test."""
    return (
        f"{EXPRESSED} in the biopsy of {escape(words.ends[1])} (n = {shares['n'].sum()} patients "
        f"whose biopsy is known). {caption_test(shares, test)}"
    )


def caption_expression_figure(expression: pd.DataFrame) -> str:
    """Caption the figure of expression by patient."""
    n = expression["patient_id"].nunique()
    known = expression.dropna(subset=["expressed"])["patient_id"].nunique()
    return (
        f"Whether {EXPRESSED} was seen in each patient's biopsy before and after treatment "
        f"(n = {n} patients, {known} with a biopsy)."
    )


def describe_expression_figure(
    expression: pd.DataFrame, groups: pd.Series, words: PairWords, months: tuple[float, float]
) -> str:
    """Describe the figure of expression in plain words."""
    if expression["expressed"].isna().all():
        return f"no biopsy says whether {EXPRESSED} was seen."
    parts = []
    for month, visit in zip(months, words.ends, strict=True):
        here = expression[expression["month"] == month].set_index("patient_id")["expressed"]
        for group in groups.unique():
            known = here[groups[here.index] == group].dropna().astype(bool)
            parts.append(f"{visit}, {group}: {int(known.sum())} of {len(known)}")
    return f"Patients with {EXPRESSED} in the biopsy. {'; '.join(parts)}."


def describe_expression(chapter: Chapter, shares: pd.DataFrame, words: PairWords) -> str:
    """Say in how many of each group IL-1Ra was seen after treatment, and how sure that is."""
    known = shares[shares["n"] > 0]
    if known.empty:
        return f"No biopsy after treatment says whether {EXPRESSED} was seen."
    parts = []
    for row in list_rows(known):
        name = f"biopsy.expressed.{name_group(row['group'])}"
        count, share = chapter[f"{name}.count"], chapter[f"{name}.share"]
        parts.append(
            f"{count} of {count.n} {_name_group(row['group'])} "
            f"({share.percent}, {share.interval_percent})"
        )
    return (
        f"{EXPRESSED} was seen at {escape(words.ends[1])} in the biopsies of {join_words(parts)}."
        f"{_describe_odds(chapter)}"
    )


def _name_group(group: str) -> str:
    return escape(group) if group.endswith("responders") else f"patients of “{escape(group)}”"


def _describe_odds(chapter: Chapter) -> str:
    if "biopsy.expressed.odds_ratio" not in chapter.ledger:
        return ""
    ratio = chapter["biopsy.expressed.odds_ratio"]
    if is_missing(ratio.value):
        return f" The groups cannot be compared ({escape(ratio.reason)})."
    endless = " (no number, as one group has no exception)" if ratio.text == "∞" else ""
    return f" Odds ratio {ratio}{endless}; {ratio.interval}; {ratio.p_text}."


def record_predictors(chapter: Chapter, results: Mapping[str, StatisticResult]) -> None:
    """Record the correlation of each baseline stain with the Functional Index."""
    for panel, result in results.items():
        chapter.record_statistic(
            _name_predictor(panel),
            result,
            unit="Spearman's rho",
            digits=2,
            source=["biopsies", "functional_index"],
        )


def _name_predictor(panel: str) -> str:
    return f"biopsy.functional_index.{name_group(panel)}"


def title_predictors(words: PairWords) -> dict[str, str]:
    """Label the horizontal axis of each stain that is held against the Functional Index."""
    return {
        panel: f"{title} at {words.ends[0]}"
        for panel, title in words.title_panels().items()
        if panel in PREDICTORS
    }


def caption_predictors(results: Mapping[str, StatisticResult], words: PairWords) -> str:
    """Caption the scatter, with n, coefficient, interval and test of each panel."""
    if not results:
        return ""
    parts = [_write_correlation(panel, result, words) for panel, result in results.items()]
    tests = count_noun(len(results), "test")
    method = next(iter(results.values())).method
    return (
        f"Functional Index at {escape(words.ends[1])} (higher is better) against stains at "
        f"{escape(words.ends[0])}, a point per patient. {'; '.join(parts)}. {escape(method)}; not "
        f"adjusted for the {tests}."
    )


def _write_correlation(panel: str, result: StatisticResult, words: PairWords) -> str:
    label = escape(words.labels[panel])
    if result.estimate is None:
        return f"{label}: not defined, {escape(result.reason)} (n = {result.n_used})"
    rho = format_number(result.estimate, digits=2)
    return f"{label}: rho {rho}, {format_p_value(result.p_value)}, n = {result.n_used}"


def describe_predictors_figure(pairs: pd.DataFrame, words: PairWords) -> str:
    """Describe the scatter in plain words; where there is nothing to draw, say why."""
    known = pairs[pairs["reason"] == ""]
    if pairs.empty:
        return "the study has no Functional Index, or none of the stains was done."
    if known.empty:
        return "no patient has both a stained biopsy at baseline and a later Functional Index."
    parts = [
        f"{words.labels[str(panel)]} from {format_number(part['level'].min())} to "
        f"{format_number(part['level'].max())}, Functional Index from "
        f"{format_number(part['fi'].min())} to {format_number(part['fi'].max())}, "
        f"{count_noun(len(part), 'patient')}"
        for panel, part in known.groupby("panel", sort=False)
    ]
    return f"Points of Functional Index against stain. {'; '.join(parts)}."


def describe_predictors(
    chapter: Chapter, results: Mapping[str, StatisticResult], words: PairWords
) -> str:
    """Say of each stain whether more of it went with better or worse muscle performance."""
    return " ".join(_describe_predictor(chapter, panel, words) for panel in results)


def _describe_predictor(chapter: Chapter, panel: str, words: PairWords) -> str:
    found = chapter[_name_predictor(panel)]
    label = escape(words.labels[panel])
    if not isinstance(found.value, (int, float)):
        return f"{label} cannot be held against the Functional Index: {escape(found.reason)}."
    way = (
        "lower" if found.value < 0 else "higher" if found.value > 0 else "neither higher nor lower"
    )
    sure = (
        CHANCE_WORDS
        if not is_missing(found.p_value) and found.p_value is not None and found.p_value < LEVEL
        else "but chance alone could explain it"
    )
    interval = f"; {found.interval}" if found.interval else ""
    return (
        f"The more {label} a patient had at {escape(words.ends[0])}, the {way} the Functional "
        f"Index at {escape(words.ends[1])}, {sure} (rho {found}{interval}; {found.p_text}; "
        f"{found.n} patients)."
    ).replace("the neither higher nor lower", "neither higher nor lower")


def describe_left_out(pairs: pd.DataFrame) -> str:
    """Name the patients who could not stand in the scatter, with the reason."""
    if pairs.empty:
        return ""
    absent = pairs[pairs["reason"] != ""].drop_duplicates(["patient_id", "reason"])
    complete = set(pairs.loc[pairs["reason"] == "", "patient_id"])
    absent = absent[~absent["patient_id"].isin(complete)].drop_duplicates("patient_id")
    absent = absent.sort_values("patient_id")
    named = link_by_reason(absent["patient_id"], absent["reason"])
    return f"Not in the figure: {named}." if named else ""


def record_agreement(chapter: Chapter, agreement: pd.DataFrame) -> None:
    """Record how far each pair of readers agrees on each stain."""
    for row in list_rows(agreement):
        readers, question = name_group(row["readers"]), name_group(row["question"])
        record_estimate(
            chapter,
            f"biopsy.agreement.{name_group(row['marker'])}.{readers}.{question}",
            row,
            value="estimate",
            unit=row["measure"],
            digits=2,
            source="biopsies",
        )


def tabulate_agreement(agreement: pd.DataFrame) -> pd.DataFrame:
    """Lay out the agreement of readers: stain, question, n, coefficient with interval."""
    if agreement.empty:
        return pd.DataFrame(columns=["stain", "agreement"])
    return pd.DataFrame(
        [
            {
                "stain": LABELS[row["marker"]],
                "readers": row["readers"],
                "question": row["question"],
                "sections": row["n"],
                "measure": row["measure"],
                "agreement (95 % interval)": _write_agreement(row),
            }
            for row in list_rows(agreement)
        ]
    )


def _write_agreement(row: Mapping[str, float]) -> str:
    if is_missing(row["estimate"]):
        return f"not defined: {row['reason']}"
    return write_estimate(row["estimate"], row["low"], row["high"], digits=2)


def caption_agreement(agreement: pd.DataFrame) -> str:
    """Caption the table of agreement."""
    methods = dict.fromkeys(agreement["method"]) if len(agreement) else {}
    return (
        "Agreement of two readers on the same sections; 1 is complete, 0 is no better than "
        f"chance. {escape('; '.join(methods))}. The sections of one patient are not independent."
    )


def describe_readers(biopsies: pd.DataFrame, agreement: pd.DataFrame) -> str:
    """Say who scored the sections, and what two readers make of the same one."""
    readers = list(dict.fromkeys(biopsies["reader"]))
    if len(readers) == 1:
        return (
            f"Every section was scored by one reader ({escape(readers[0])}), so how far readers "
            "agree cannot be said."
        )
    names = join_words(escape(reader) for reader in readers)
    if agreement.empty:
        return (
            f"The sections were shared out among {names}; no section was scored by two of them, so "
            "how far they agree cannot be said."
        )
    known = agreement.dropna(subset=["estimate"])
    if known.empty:
        return f"The same sections were scored by {names}, but their agreement is not defined."
    least, most = (format_number(known["estimate"].agg(end), digits=2) for end in ("min", "max"))
    return (
        f"The same sections were scored by {names}. Their agreement lies between {least} and "
        f"{most} (1 is complete); the report uses the mean of the readers, and counts a stain as "
        "seen when any of them saw it."
    )


def summarise_biopsies(
    chapter: Chapter,
    comparable: pd.DataFrame,
    changes: pd.DataFrame,
    shares: pd.DataFrame,
    results: Mapping[str, StatisticResult],
    words: PairWords,
) -> list[str]:
    """Sum the chapter up in a few sentences, from the ledger."""
    return [
        describe_comparable(chapter, comparable, words),
        describe_changes(chapter, changes, words),
        describe_expression(chapter, shares, words),
        describe_predictors(chapter, results, words),
    ]


def conclude_biopsies(
    chapter: Chapter,
    changes: pd.DataFrame,
    results: Mapping[str, StatisticResult],
    words: PairWords,
) -> list[str]:
    """Say what the biopsies allow to conclude, and what they leave open."""
    return [
        _conclude_changes(chapter, changes, words),
        _conclude_expression(chapter, words),
        _conclude_predictors(chapter, results, words),
    ]


def _conclude_changes(chapter: Chapter, changes: pd.DataFrame, words: PairWords) -> str:
    tested = changes.dropna(subset=["p_value"])
    if tested.empty:
        return "What treatment does to the muscle cannot be told from these biopsies."
    if keep_clear(tested):
        arms = len(chapter.study.config.arms)
        alone = " and without untreated patients" if arms == 1 else ""
        return (
            "A stain that changed shows that two small pieces of muscle differ. From them alone"
            f"{alone} the change cannot be credited to the treatment."
        )
    return (
        "No clear change of a stain is not the same as no change: with "
        f"{format_number(tested['n'].max())} pairs of biopsies the data allow changes as large as "
        "the ends of the intervals."
    )


def _conclude_expression(chapter: Chapter, words: PairWords) -> str:
    if "biopsy.expressed.odds_ratio" not in chapter.ledger:
        return ""
    ratio = chapter["biopsy.expressed.odds_ratio"]
    if ratio.value is None or ratio.p_value is None:
        return ""
    if ratio.p_value >= LEVEL:
        return f"Whether {EXPRESSED} in the muscle goes with response stays open."
    drug = (
        " The injected drug is IL-1Ra itself, and the stain may show it."
        if "anakinra" in (chapter.study.config.treatment or "").casefold()
        else ""
    )
    return (
        f"{EXPRESSED} in the biopsy of {escape(words.ends[1])} differs between the groups "
        f"{CHANCE_WORDS}. Seen after treatment, it cannot tell beforehand who will respond.{drug}"
    )


def _conclude_predictors(
    chapter: Chapter, results: Mapping[str, StatisticResult], words: PairWords
) -> str:
    if not results:
        return ""
    clear = [
        escape(words.labels[panel])
        for panel, result in results.items()
        if result.p_value is not None and result.p_value < LEVEL
    ]
    if not clear:
        return "Whether a biopsy before treatment foretells muscle performance stays open."
    return (
        f"The amount of {join_words(clear)} before treatment may mark patients whose muscle "
        "performance stays low. This was looked for in few patients, without adjusting for how ill "
        "they were; it is a question for other patients, not yet an answer."
    )


def describe_biopsy_limits(
    chapter: Chapter, pairs: pd.DataFrame, groups: pd.Series, words: PairWords, *, month: float
) -> list[str]:
    """Say what the biopsies cannot show."""
    return [
        "A biopsy is a small piece of a patchy disease: two pieces of one muscle differ even "
        "without treatment, and no stain was repeated in a second piece.",
        describe_left_early(chapter, pairs, words, month=month),
        describe_group_limits(chapter, groups, words),
    ]
