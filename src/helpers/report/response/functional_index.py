"""Sentences and tables about the Functional Index, the trial's measure of muscle performance."""

from __future__ import annotations

import pandas as pd

from helpers.contracts import StudyConfig
from helpers.contracts.rows import list_rows
from helpers.derive.response.functional_index import (
    FI_IMPROVED_20,
    describe_functional_index_improvement,
    flag_functional_index_improvement,
)
from helpers.report.estimates import caption_coverage, record_estimate, write_limits
from helpers.report.ledger import Result
from helpers.report.numbers import Numbers
from helpers.report.words import (
    count_noun,
    escape,
    format_number,
    join_words,
    shorten_p_value,
)
from helpers.stats.groups import summarise_change

NOT_MEASURED = "The Functional Index was not measured in this study."
NOT_MEASURED_AFTER = "The Functional Index was not measured after baseline."


def judge_functional_index(
    functional_index: pd.DataFrame | None, config: StudyConfig
) -> pd.DataFrame:
    """Flag improvement of the index at each visit; a study that did not measure it has no rows."""
    if functional_index is None:
        functional_index = pd.DataFrame(
            {"patient_id": pd.Series(dtype="str"), "month": 0.0, "fi": 0.0}
        )
    return flag_functional_index_improvement(
        functional_index, baseline_month=config.baseline_month
    ).assign(measure="fi")


def summarise_functional_index(flags: pd.DataFrame) -> pd.DataFrame:
    """Describe the change of the index at each visit, all patients together."""
    everybody = pd.Series("all", index=flags["patient_id"].unique())
    if flags.empty:
        return pd.DataFrame(columns=["month", "change"])
    return summarise_change(flags, everybody)


def record_functional_index(
    numbers: Numbers, flags: pd.DataFrame, changes: pd.DataFrame, best: pd.DataFrame
) -> None:
    """Record the change at each visit, and how many improved, among responders and others."""
    if flags.empty:
        return
    for row in list_rows(changes):
        record_estimate(
            numbers,
            f"fi.change.month_{row['month']:g}",
            row,
            value="change",
            unit="points",
            source="functional_index",
        )
    judged = flags.dropna(subset=["improved"])
    improved = set(judged.loc[judged["improved"].astype(bool), "patient_id"])
    responders = best["best_response"] == "improved"
    for name, members in (("responders", best[responders]), ("others", best[~responders])):
        known = members[members["patient_id"].isin(judged["patient_id"])]
        numbers.record(
            f"fi.improved.{name}",
            int(known["patient_id"].isin(improved).sum()) if len(known) else None,
            n=len(known),
            unit="patients",
            population=f"{name} with a Functional Index at baseline and afterwards, "
            f"of {len(members)}",
            reason="" if len(known) else "nobody has a Functional Index at baseline and afterwards",
            method=describe_functional_index_improvement(FI_IMPROVED_20),
            source=["functional_index", "core_set"],
        )


def tabulate_functional_index(
    changes: pd.DataFrame, flags: pd.DataFrame, config: StudyConfig
) -> pd.DataFrame:
    """Lay out the change of the index at each visit, and how many improved."""
    rows = []
    for row in list_rows(changes):
        at = flags.loc[flags["month"] == row["month"], "improved"]
        limits = write_limits(row["low"], row["high"], achieved=row["achieved"])
        rows.append(
            {
                "visit": config.label_month(row["month"]),
                "n": row["n"],
                "median before": format_number(row["median_baseline"]),
                "median after": format_number(row["median_value"]),
                "change (95 % interval)": f"{format_number(row['change'])} ({limits})",
                "exact p": shorten_p_value(row["p_value"]),
                "improved": f"{int(at.fillna(False).sum())} of {int(at.notna().sum())}"
                if at.notna().any()
                else "nobody judged",
            }
        )
    return pd.DataFrame(rows, columns=list(rows[0]) if rows else ["visit"])


def describe_functional_index(numbers: Numbers, changes: pd.DataFrame) -> str:
    """Say how the index moved by the last visit, and how many responders improved in it."""
    if "fi.improved.responders" not in numbers:
        return NOT_MEASURED_AFTER if numbers.study.has("functional_index") else NOT_MEASURED
    month = changes["month"].max()
    change = numbers[f"fi.change.month_{month:g}"]
    inside, outside = numbers["fi.improved.responders"], numbers["fi.improved.others"]
    visit = escape(numbers.study.config.label_month(month))
    moved = (
        f"At {visit} the index could not be compared with baseline ({escape(change.reason)})."
        if change.value is None
        else f"By {visit} the Functional Index had changed by {change} points "
        f"({change.interval or 'no interval'}; {change.p_text}, n = {change.n})."
    )
    parts = [_say_improved(inside, "responder"), _say_improved(outside, "other patient")]
    return (
        f"{moved} At some visit it was better by at least {FI_IMPROVED_20.improvement_percent:g} "
        f"% in {join_words(parts)}."
    )


def _say_improved(result: Result, noun: str) -> str:
    """Say in how many the index improved, of those in whom it could be compared."""
    every = int(result.population.rpartition("of ")[2])
    if not result.n:
        return f"an unknown number of {count_noun(every, noun)}"
    known = " in whom it could be compared" if result.n < every else ""
    return f"{result} of {count_noun(result.n, noun)}{known}"


def list_functional_index_methods(flags: pd.DataFrame) -> list[tuple[str, str]]:
    """List the definition in force; nothing where the index was not measured."""
    if flags.empty:
        return []
    return [(FI_IMPROVED_20.name, describe_functional_index_improvement(FI_IMPROVED_20))]


def caption_functional_index(flags: pd.DataFrame, config: StudyConfig) -> str:
    """Caption the figure of the index."""
    n = flags["patient_id"].nunique()
    return (
        f"One line per patient, 0 to {config.instruments.functional_index_maximum:g} points, "
        f"higher is better (n = {n} seen after baseline)."
    )


def find_functional_index(numbers: Numbers) -> str:
    """Say in how many responders and others the index improved; the title of the figure."""
    if "fi.improved.responders" not in numbers:
        return ""
    inside, outside = numbers["fi.improved.responders"], numbers["fi.improved.others"]
    return (
        f"The Functional Index was at least {FI_IMPROVED_20.improvement_percent:g} % better at "
        f"some visit in {inside} of {inside.n} responders and {outside} of {outside.n} others."
    )


def limit_functional_index(flags: pd.DataFrame, entered: int, config: StudyConfig) -> str:
    """Say how many of those who entered the last visit still shows."""
    if flags.empty:
        return ""
    last = flags["month"].max()
    seen = int(flags.loc[flags["month"] == last, "value"].notna().sum())
    visit = escape(config.label_month(last))
    return f"At {visit} {seen} of {entered} were measured: who left is not in the last points."


def caption_functional_index_change(changes: pd.DataFrame) -> str:
    """Caption the table of changes of the index."""
    return (
        "Functional Index before and after. Change: Hodges-Lehmann centre of the differences with "
        "its exact interval; p: exact signed-rank test, no change counted against a change. n: "
        "patients with both values; improved: by at least "
        f"{FI_IMPROVED_20.improvement_percent:g} %."
        f"{caption_coverage(changes)}"
    )


def describe_functional_index_courses(flags: pd.DataFrame, config: StudyConfig) -> str:
    """Describe the figure of courses in plain words."""
    if flags.empty:
        return NOT_MEASURED_AFTER
    medians = flags.groupby("month")["value"].median()
    words = [
        f"{format_number(value)} at {config.label_month(float(str(month)))}"
        for month, value in medians.items()
    ]
    start = format_number(flags.drop_duplicates("patient_id")["baseline"].median())
    n = count_noun(flags["patient_id"].nunique(), "patient")
    return f"Functional Index of {n}: median {start} at baseline, {join_words(words)}."
