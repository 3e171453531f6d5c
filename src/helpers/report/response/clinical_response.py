"""Sentences and tables about who improved, by which measures, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from helpers.contracts import StudyConfig
from helpers.contracts.response import BY_MEASURES, Response
from helpers.contracts.rows import list_rows
from helpers.derive.response.imacs import (
    ODDIS_2005,
    describe_improvement_definition,
    describe_worsening_definition,
)
from helpers.derive.response.populations import JUDGED, NOT_YET_DUE, STANDINGS
from helpers.derive.response.tis import TIS_ADULT
from helpers.report.ledger import Result
from helpers.report.numbers import Numbers
from helpers.report.response.core_set import SHORT_LABELS
from helpers.report.response.response_rule import say_when
from helpers.report.shares import caption_test, record_shares, write_share
from helpers.report.words import (
    capitalise,
    count_noun,
    escape,
    format_p_value,
    format_percent,
    join_words,
    link_patients,
    name_group,
)
from helpers.stats.exact.exact import StatisticResult
from helpers.study import Study

LIMIT_OF_TILES = (
    "Each change is against the patient's own baseline; regression to the mean alone improves some."
)


def record_response(
    numbers: Numbers,
    summary: pd.DataFrame,
    observed: pd.DataFrame,
    standing: pd.DataFrame,
    test: StatisticResult | None,
) -> None:
    """Record the share of responders of each group, and their comparison where there are two.

    Parameters
    ----------
    numbers : Numbers
    summary, observed : DataFrame
        From `helpers.stats.groups.summarise_share`: of everybody counted; of those judged alone,
        recorded where these are fewer.
    standing : DataFrame
        From `helpers.derive.response.populations.summarise_standing`.
    test : StatisticResult or None
        From `helpers.stats.groups.compare_shares`.
    """
    known = ("core_set", "patients", "disposition")
    source = [name for name in known if numbers.study.has(name)]
    rows = {row["group"]: row for row in list_rows(standing)}
    counted = summary.assign(
        population=[
            _name_counted(rows[group], n)
            for group, n in zip(summary["group"], summary["n"], strict=True)
        ]
    )
    reason = "nobody could be judged"
    about: dict[str, Any] = {"source": source, "reason": reason}
    record_shares(numbers, "response", counted, test, counted="improved", **about)
    judged = observed[observed["n"].to_numpy() != summary["n"].to_numpy()]
    record_shares(
        numbers,
        "response.observed",
        judged,
        None,
        counted="improved",
        population="those who could be judged",
        **about,
    )
    for row in list_rows(standing):
        name = f"response.{name_group(row['group'])}"
        parts = {"judged": row[JUDGED], "not_judged": _count_unjudged(row)}
        parts |= {"not_due": row[NOT_YET_DUE]} if standing[NOT_YET_DUE].any() else {}
        for part, n in parts.items():
            numbers.record(
                f"{name}.{part}",
                n,
                n=row["n_entered"],
                unit="patients",
                population="all who entered",
                method=_list_reasons(row) if part == "not_judged" else "",
                source=source,
            )


def _name_counted(row: Mapping[str, Any], n: int) -> str:
    """Name who the share is of: all who entered, less those not yet due, or those judged."""
    unjudged, kept = _count_unjudged(row), n - row[JUDGED]
    if unjudged and not kept:
        return "those who could be judged"
    who = "all who entered"
    if row[NOT_YET_DUE]:
        who += f" and whose visits are all due ({row[NOT_YET_DUE]} not yet)"
    if not unjudged:
        return who
    aside = f"; {unjudged - kept} who died or withdrew left out" if kept < unjudged else ""
    return f"{who}; {kept} not judged count as not improved ({_list_reasons(row)}){aside}"


def _count_unjudged(row: Mapping[str, Any]) -> int:
    return sum(int(row[name]) for name in STANDINGS if name not in (JUDGED, NOT_YET_DUE))


def _list_reasons(row: Mapping[str, Any]) -> str:
    """List why patients were not judged: ``7 had left before, 1 without a baseline``."""
    reasons = [name for name in STANDINGS if name not in (JUDGED, NOT_YET_DUE) and row[name]]
    return ", ".join(f"{row[name]} {name}" for name in reasons)


def tabulate_responses(
    improvement: pd.DataFrame,
    categories: pd.DataFrame,
    best: pd.DataFrame,
    groups: pd.Series,
    config: StudyConfig,
) -> pd.DataFrame:
    """List each patient: category at each visit, and the measures that decided the best response.

    Parameters
    ----------
    improvement, categories : DataFrame
        One row per patient and month.
    best : DataFrame
        One row per patient, from `helpers.derive.response.response.derive_best_response`.
    groups : Series of str
        Group of each patient; shown when there are several.
    config : StudyConfig
        For the visits' labels.

    Returns
    -------
    DataFrame
        One row per patient: patient, group, one column per visit, over all (where there are
        several visits), better and worse at the visit that decided, and why (where there is one
        visit; the file beside the report has it for all).
    """
    visits = categories.pivot(index="patient_id", columns="month", values="category")
    table = pd.DataFrame({"patient": best["patient_id"]})
    if groups.nunique() > 1:
        table["group"] = best["patient_id"].map(groups)
    for month in visits.columns:
        table[config.label_month(float(month))] = best["patient_id"].map(visits[month])
    if len(visits.columns) > 1:
        table["over all"] = best["best_response"]
    decisive = _find_decisive(improvement, categories, best).reindex(best["patient_id"])
    for column in ("better", "worse"):
        table[column] = decisive[column].fillna("").map(_shorten).to_numpy()
    if len(visits.columns) == 1:
        table["why"] = decisive["reason"].to_numpy()
    return table


def _find_decisive(
    improvement: pd.DataFrame, categories: pd.DataFrame, best: pd.DataFrame
) -> pd.DataFrame:
    """Keep for each patient the first visit whose category is the patient's best response."""
    visits = improvement.merge(
        categories[["patient_id", "month", "category"]], on=["patient_id", "month"]
    ).merge(best[["patient_id", "best_response"]], on="patient_id")
    decided = visits[visits["category"] == visits["best_response"]].sort_values("month")
    return decided.drop_duplicates("patient_id").set_index("patient_id")


def _shorten(names: str) -> str:
    return ", ".join(SHORT_LABELS[name] for name in names.split(", ") if name)


def tabulate_shares(
    summary: pd.DataFrame, observed: pd.DataFrame, standing: pd.DataFrame
) -> pd.DataFrame:
    """Lay out the responders of each group: of everybody counted and of those judged alone."""
    table = pd.DataFrame(
        {
            "group": summary["group"],
            "entered": standing["n_entered"].to_numpy(),
            "judged": observed["n"].to_numpy(),
            "improved": summary["n_improved"].astype("Int64").mask(summary["n"] == 0),
            "counted": summary["n"],
            "share (95 % interval)": [write_share(row) for row in list_rows(summary)],
        }
    )
    if standing[NOT_YET_DUE].any():
        table.insert(2, NOT_YET_DUE, standing[NOT_YET_DUE].to_numpy())
    if (observed["n"].to_numpy() != summary["n"].to_numpy()).any():
        table["of those judged"] = [write_share(row) for row in list_rows(observed)]
    return table


def caption_share_table(standing: pd.DataFrame) -> str:
    """Caption the table of shares, saying who is counted and why others were not judged."""
    parts = [
        f"{_list_reasons(row)} ({escape(row['group'])})"
        if len(standing) > 1
        else _list_reasons(row)
        for row in list_rows(standing)
        if _count_unjudged(row)
    ]
    why = f" Not judged: {'; '.join(parts)}." if parts else ""
    return f"The shares of the figure as numbers; share: of those counted.{why}"


def describe_response(numbers: Numbers, summary: pd.DataFrame, standing: pd.DataFrame) -> str:
    """Say how many patients of each group improved, with the exact interval, of whom, and why."""
    several = len(summary) > 1
    parts = [_describe_share(numbers, row, several=several) for row in list_rows(standing)]
    joined = "; ".join(parts) if any(";" in part for part in parts) else join_words(parts)
    return capitalise(f"{joined}.")


def _describe_share(numbers: Numbers, row: Mapping[str, Any], *, several: bool) -> str:
    name = name_group(row["group"])
    improved, share = numbers[f"response.{name}.improved"], numbers[f"response.{name}.share"]
    whom = f" in the arm “{escape(row['group'])}”" if several else ""
    later = _describe_later(numbers, row)
    if not improved.n:
        return _describe_nobody(numbers, row, whom, later)
    said = (
        f"{improved} of {count_noun(improved.n, 'patient')}{whom} improved "
        f"({share.percent}, {share.interval_percent})"
    )
    return "; ".join(filter(None, [said, _describe_unjudged(numbers, row), later]))


def _describe_later(numbers: Numbers, row: Mapping[str, Any]) -> str:
    """Say of how many the response is not known yet because visits are still to come."""
    if not row[NOT_YET_DUE]:
        return ""
    not_due = numbers[f"response.{name_group(row['group'])}.not_due"]
    early = f", {row['n_early']} of them improved so far" if row["n_early"] else ""
    return f"{not_due} of {not_due.n} who entered {_are(not_due)} not yet due{early}"


def _are(result: Result) -> str:
    return "is" if result.value == 1 else "are"


def _describe_nobody(numbers: Numbers, row: Mapping[str, Any], whom: str, later: str) -> str:
    unjudged = numbers[f"response.{name_group(row['group'])}.not_judged"]
    if not unjudged.value:
        return f"no patient{whom} is to be judged yet: {later}"
    said = f"no patient{whom} could be judged (of {unjudged.n}: {_list_reasons(row)})"
    return "; ".join(filter(None, [said, later]))


def _describe_unjudged(numbers: Numbers, row: Mapping[str, Any]) -> str:
    name = name_group(row["group"])
    unjudged = numbers[f"response.{name}.not_judged"]
    if not unjudged.value:
        return ""
    could_not = f"{unjudged} could not be judged ({_list_reasons(row)})"
    if f"response.observed.{name}.improved" not in numbers:
        return f"{could_not} and {_are(unjudged)} left out"
    seen = numbers[f"response.observed.{name}.improved"]
    share = numbers[f"response.observed.{name}.share"]
    verb = "counts" if unjudged.value == 1 else "count"
    kept = int(numbers[f"response.{name}.improved"].n or 0) - row[JUDGED]
    if kept < _count_unjudged(row):
        verb = f", and {count_noun(kept, 'patient')} of these count"
    return (
        f"{could_not}{'' if verb.startswith(',') else ' and '}{verb} as not improved, and of those "
        f"judged {seen} of {seen.n} improved "
        f"({share.percent})"
    )


def describe_comparison(numbers: Numbers, summary: pd.DataFrame) -> str:
    """Say what the exact comparison of two groups shows, and what it ever could have shown."""
    if "response.odds_ratio" not in numbers:
        return ""
    ratio = numbers["response.odds_ratio"]
    first, second = (escape(group) for group in summary["group"])
    if ratio.value is None:
        return f"“{first}” and “{second}” cannot be compared: {_explain_no_ratio(summary)}."
    difference = numbers["response.difference"]
    return (
        f"Improved in “{first}” against “{second}”: a difference of {difference} percentage points "
        f"({difference.interval}); odds ratio {ratio} ({ratio.interval}), {ratio.p_text} "
        f"({escape(ratio.method)})."
    )


def _explain_no_ratio(summary: pd.DataFrame) -> str:
    unjudged = [f"“{escape(row['group'])}”" for row in list_rows(summary) if not row["n"]]
    if unjudged:
        return f"nobody in {join_words(unjudged, conjunction='or')} could be judged"
    return "everybody improved" if summary["n_improved"].all() else "nobody improved"


def describe_reach(test: StatisticResult | None) -> str:
    """Say the smallest p-value that a comparison of this size could have reached."""
    if test is None or test.smallest_p is None:
        return ""
    return (
        "With these numbers of patients and responders the smallest p-value that any outcome "
        f"could have reached is {escape(format_p_value(test.smallest_p))}."
    )


def describe_best_response(best: pd.DataFrame, standing: pd.Series) -> str:
    """Say how the patients fared over all visits, category by category, naming them.

    Whose visits are not all due yet fared so until now.
    """
    waiting = best["patient_id"].map(standing) == NOT_YET_DUE
    fared = best["best_response"].mask(
        waiting & (best["best_response"] == "not evaluable"), NOT_YET_DUE
    )
    parts = []
    for category in ("improved", "unchanged", "worsened", "not evaluable", NOT_YET_DUE):
        members = best.loc[fared == category, "patient_id"]
        if len(members):
            parts.append(
                f"{count_noun(len(members), 'patient')} {category} ({link_patients(members)})"
            )
    when = "Over all visits so far" if waiting.any() else "Over all visits"
    return f"{when}: {join_words(parts)}."


def describe_time_to_response(best: pd.DataFrame, config: StudyConfig) -> str:
    """Say at which visit the responders first improved and how long that held."""
    responders = best[best["best_response"] == "improved"]
    if responders.empty or len(config.visits) < 3:
        return ""
    parts = [
        f"{count_noun(len(part), 'patient')} at {escape(config.label_month(float(str(month))))}"
        for month, part in responders.groupby("first_improved_month")
    ]
    return f"Improvement was first seen in {join_words(parts)}."


def describe_definition_change(study: Study) -> str:
    """Say whether the definition in force is the planned one, and whether that is as published."""
    rule = study.config.response
    if study.departures:
        listed = "; ".join(escape(str(departure)) for departure in study.departures)
        return (
            f"<strong>This is not the planned definition</strong> ({listed}): the page answers a "
            "sensitivity question, not the study's own."
        )
    if rule.limits == rule.published:
        return "The limits are those of the published definition."
    return "<strong>The limits differ from the published definition.</strong>"


def describe_shares(summary: pd.DataFrame) -> str:
    """Describe the figure of shares in plain words."""
    parts = [
        f"{row['group']}: {row['n_improved']} of {row['n']}, {format_percent(row['share'])}, "
        f"interval {format_percent(row['low'])} to {format_percent(row['high'])}"
        if row["n"]
        else f"{row['group']}: nobody could be judged"
        for row in list_rows(summary)
    ]
    return f"Share of patients improved. {'; '.join(parts)}."


def list_definitions(config: StudyConfig) -> list[tuple[str, str]]:
    """List the definitions in force by name, for the chapter and the study report's methods."""
    definition, rule = config.response.limits, config.response
    from_zero = {
        "infinite_worsening": "A measure that rises from 0 has no percentage and counts as worse; "
        "0 that stays 0 is unchanged.",
        "not_evaluable": "A measure with a baseline of 0 cannot be compared and is left out.",
    }
    return [
        (definition.name, describe_improvement_definition(definition))
        if rule.definition in BY_MEASURES
        else (TIS_ADULT.name, f"A responder reaches at least {rule.tis_category} improvement."),
        (ODDIS_2005.name, describe_worsening_definition(ODDIS_2005)),
        ("Baseline of 0", from_zero[config.rules.zero_baseline]),
        (
            "Missing measures",
            "A measure missing at baseline or at the visit is left out; the number of measures "
            "that must be better stays the same.",
        ),
        (
            "Response over visits",
            f"A patient counts as improved when improved {say_when(rule)}; otherwise as worsened "
            "when worsened at any visit; otherwise as unchanged.",
        ),
    ]


def caption_responses(improvement: pd.DataFrame) -> str:
    """Caption the list of responses."""
    n = improvement["patient_id"].nunique()
    several = improvement["month"].nunique() > 1
    when = " at the first visit with the response over all" if several else ""
    return (
        f"Response of each patient after baseline (n = {n} seen), with the measures better and "
        f"worse{when}."
    )


def caption_shares(shares: pd.DataFrame, test: StatisticResult | None, rule: Response) -> str:
    """Caption the shares of responders, with interval and test."""
    return (
        f"Patients improved {say_when(rule)} (n = {shares['n'].sum()} counted). "
        f"{caption_test(shares, test)}"
    )


def summarise_share(numbers: Numbers, shares: pd.DataFrame, standing: pd.DataFrame) -> str:
    """Say who improved, and what the shares can be held against, for the summary."""
    said = describe_response(numbers, shares, standing).removesuffix(".")
    return f"{said}{_say_control(numbers, shares)}."


def _say_control(numbers: Numbers, shares: pd.DataFrame) -> str:
    """Say what the shares can be held against: nothing, or the test of two groups."""
    if len(numbers.study.config.arms) == 1 and shares["n"].sum():
        return "; there was no control group"
    if "response.odds_ratio" not in numbers:
        return ""
    ratio = numbers["response.odds_ratio"]
    return "" if ratio.value is None else f"; {ratio.p_text} for the difference"


def conclude_response(numbers: Numbers, shares: pd.DataFrame) -> list[str]:
    """Say what the numbers of responders allow to conclude, and what they leave open."""
    if "response.odds_ratio" in numbers:
        return [_conclude_comparison(numbers, shares)]
    if not shares["n"].sum():
        return ["No patient could be judged, so these data say nothing about improvement."]
    if len(shares) > 1:
        return [
            "The groups' shares stand side by side with their intervals; where these overlap "
            "chance may explain a difference."
        ]
    share = numbers[f"response.{name_group(shares['group'].iloc[0])}.share"]
    untold = "why the patients improved" if share.value else "how untreated patients would fare"
    return [
        "As far as these data tell, the share of such patients who would improve may lie anywhere "
        f"in the interval ({share.interval_percent}). Without a control group they do not tell "
        f"{untold}."
    ]


def _conclude_comparison(numbers: Numbers, shares: pd.DataFrame) -> str:
    ratio = numbers["response.odds_ratio"]
    first, second = (escape(group) for group in shares["group"])
    if ratio.value is None or ratio.low is None or ratio.high is None:
        return f"“{first}” and “{second}” cannot be compared: {_explain_no_ratio(shares)}."
    one, other = shares["share"]
    if one == other:
        return (
            f"The same share improved in “{first}” and in “{second}”; that does not show that the "
            "two are equal: the data are also compatible with a large difference either way "
            f"({ratio.interval} for the odds ratio)."
        )
    more, fewer = (first, second) if one > other else (second, first)
    if ratio.low <= 1 <= ratio.high:
        return (
            f"A larger share improved in “{more}” than in “{fewer}”, but chance alone could "
            f"explain it ({ratio.p_text}): the data are compatible with no difference and with a "
            f"large one ({ratio.interval} for the odds ratio). So few patients can suggest an "
            "effect; they cannot establish or exclude it."
        )
    return (
        f"A clearly larger share improved in “{more}” than in “{fewer}” ({ratio.p_text}); how "
        f"large the difference is remains uncertain ({ratio.interval} for the odds ratio)."
    )


def describe_response_limits(
    numbers: Numbers, improvement: pd.DataFrame, worsening: pd.DataFrame
) -> list[str]:
    """Say what the response analysis cannot show, counting what could not be judged."""
    unjudged = int(improvement["improved"].isna().sum())
    partly = int((worsening["criteria_not_judged"] != "").sum())
    visits = count_noun(len(improvement), "patient visit")
    return [
        f"Of {visits} after baseline, {unjudged} could not be judged for improvement; in {partly} "
        "at least one criterion of worsening could not be judged."
        if len(improvement)
        else "Nobody was seen after baseline.",
        "Relative change favours patients with little activity at baseline: from 5 mm to 4 mm on a "
        "100 mm scale counts as 20 % better."
        if numbers.study.config.instruments.vas_maximum == 100
        else "Relative change favours patients with little activity at baseline.",
        "Response is a yes or no; it says nothing of how large an improvement was.",
        "Without a control group a response cannot be credited to the treatment."
        if len(numbers.study.config.arms) == 1
        else "",
    ]
