"""The verbs: how a claim is computed from a study's tables, whatever study it is.

Each takes the claim, which names table, rows, column, times and groups, and the evidence, and
gives a `Finding`. What the tables cannot answer raises `NotKnown`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy import stats

from helpers.claims.evidence import Evidence, NotKnown
from helpers.contracts.claim_filters import Comparison, Rows, Term
from helpers.contracts.claims import Claim
from helpers.report.words import format_number
from helpers.stats.exact.exact import change_test, rank_sum_test, signed_rank_test, spearman_test
from helpers.stats.result import StatisticResult

SIGNIFICANCE = 0.05
"""A direction counts as shown below this exact two-sided p; "no change" means at or above it."""

DAYS = {"days": 1.0, "weeks": 7.0, "months": 365.25 / 12, "years": 365.25}
"""Units of a time, in days."""

Judgement = Literal["reproduced", "compatible", "not reproduced"]


@dataclass(frozen=True)
class Finding:
    """What a verb found in a study's tables.

    Attributes
    ----------
    value, low, high, p_value : float or None
        Compared with the digits that were printed, where the publication gives them.
    n : int or None
        Denominator; compared too where the publication gives one.
    text : str
        The finding in words.
    verdict : str or None
        Set by verbs that do more than compare numbers.
    note : str
        What a reader must know beside the claim's own words.
    """

    value: float | None = None
    low: float | None = None
    high: float | None = None
    p_value: float | None = None
    n: int | None = None
    text: str = ""
    verdict: Judgement | None = None
    note: str = ""


def count(claim: Claim, evidence: Evidence) -> Finding:
    """Count patients, of those who can be counted where the claim names them."""
    chosen = evidence.find_patients(claim.conditions)
    if not claim.of:
        return Finding(value=len(chosen), text=str(len(chosen)))
    among = evidence.find_patients(claim.among)
    if not among:
        raise NotKnown(f"nobody with {claim.of}")
    number = len(chosen & among)
    return Finding(value=number, n=len(among), text=f"{number} of {len(among)}")


def check_all(claim: Claim, evidence: Evidence) -> Finding:
    """Check that every patient of the study meets the conditions."""
    everybody = frozenset(evidence.table("patients")["patient_id"])
    enough = evidence.find_patients(claim.conditions) & everybody
    text = f"{len(enough)} of {len(everybody)} patients"
    if claim.column:
        values = evidence.table(claim.table)[claim.column]
        text += f", {values.min():g} to {values.max():g} {claim.unit}".rstrip()
    return _judge(holds=enough == everybody, text=text)


def find_value(claim: Claim, evidence: Evidence) -> Finding:
    """Find the one value that all rows share, in the unit that was printed."""
    rows = evidence.select(_own_rows(claim))
    known = rows.dropna(subset=[claim.column])
    if known.empty:
        raise NotKnown(f"no {claim.column} of {claim.where} in the table {claim.table}")
    units = known["unit"] if "unit" in known else pd.Series(claim.unit, index=known.index)
    pairs = zip(known[claim.column], units, strict=True)
    texts = sorted({f"{value:g} {unit}" for value, unit in pairs})
    if len(texts) > 1 or len(known) < len(rows) or set(units) != {claim.unit}:
        return _judge(holds=False, text=", ".join(texts), note="not one value for all")
    people = known["patient_id"].nunique() if "patient_id" in known else None
    return Finding(value=known[claim.column].iloc[0], text=texts[0], n=people)


def find_stated(claim: Claim, evidence: Evidence) -> Finding:
    """Find a number where study.yml states it: as a setting, or in words around ``{}``."""
    said: Any = evidence.config
    for key in claim.column.split("."):
        said = getattr(said, key, None)
    if said is None or said == ():
        raise NotKnown(f"study.yml gives no {claim.column}")
    if not claim.where:
        return Finding(value=said, text=f"{said:g} {claim.unit}".strip())
    before, after = map(re.escape, claim.where.split("{}"))
    pattern = re.compile(rf"{before}(\d+(?:\.\d+)?){after}")
    texts = [said] if isinstance(said, str) else said
    found = next((match for text in texts if (match := pattern.search(text))), None)
    if found is not None:
        return Finding(value=float(found[1]), text=found[0])
    if isinstance(said, str):
        return _judge(holds=False, text=said, note=f"not {claim.where.format('…')}")
    raise NotKnown(f"study.yml says nothing of it in its {claim.column}")


def check_list(claim: Claim, evidence: Evidence) -> Finding:
    """Check that the values that occur in a column are those expected."""
    values = evidence.select(_own_rows(claim))[claim.column].dropna().unique()
    found = sorted(f"{value:g}" if isinstance(value, float) else str(value) for value in values)
    holds = found == sorted(part.strip() for part in claim.expect.split("|"))
    return _judge(holds=holds, text=f"{claim.column} {', '.join(found)}")


def describe_spread(claim: Claim, evidence: Evidence) -> Finding:
    """Give mean, range and n of a column, at one time where the claim names one."""
    rows = _own_rows(claim)
    if claim.moments:
        values = evidence.spread(rows, claim.column, claim.moments)[claim.moments[0]].dropna()
    else:
        values = evidence.read(claim.table, evidence.select(rows), Term(claim.column)).dropna()
    if values.empty:
        raise NotKnown(f"no {claim.column} in the table {claim.table} at {claim.times}")
    mean, low, high = values.mean(), values.min(), values.max()
    if claim.verb == "range":
        return Finding(low=low, high=high, text=f"{low:g} to {high:g} {claim.unit}".strip())
    text = (
        f"{format_number(mean)}, range {format_number(low)} to {format_number(high)}, "
        f"n = {len(values)}"
    )
    return Finding(value=mean, low=low, high=high, n=len(values), text=text)


def find_change(claim: Claim, evidence: Evidence) -> Finding:
    """Find value before and after, the change in per cent, or the p of a paired comparison."""
    pairs = _read_pairs(claim, evidence)
    before, after = (pairs[moment] for moment in claim.moments)
    if claim.p_value:
        return _test_as_printed(claim, after - before)
    first, last = before.mean(), after.mean()
    percent = 100 * (last - first) / first if first else np.nan
    if claim.value:
        sought = -percent if claim.expect == "down" else percent
        return Finding(value=sought, n=len(pairs), text=f"{format_number(sought)} %")
    text = f"{first:g} to {last:g} ({format_number(percent, digits=1)} %)"
    return Finding(low=first, high=last, n=len(pairs), text=text)


def _test_as_printed(claim: Claim, change: pd.Series) -> Finding:
    exact = signed_rank_test(change).p_value
    rising = f"{int((change > 0).sum())} of {len(change)} rise"
    if claim.method != "approximate":
        text = f"exact p = {format_number(exact)}, {rising}"
        return Finding(p_value=exact, n=len(change), text=text)
    p_value = approximate_signed_rank(change)
    text = f"p = {format_number(p_value)} (normal approximation), {rising}"
    note = f"the exact p is {format_number(exact)}"
    return Finding(p_value=p_value, n=len(change), text=text, note=note)


def find_time(claim: Claim, evidence: Evidence) -> Finding:
    """Find the time of an event, from day 0 or from another event; the last where it repeats."""
    day = _find_day(_own_rows(claim), claim.column, evidence)
    begin = 0.0 if claim.start is None else _find_day(claim.start, claim.column, evidence)
    time = (day - begin) / DAYS[claim.unit]
    text = f"{claim.column} {day:g}, {format_number(time)} {claim.unit}"
    return Finding(value=time, text=text)


def _find_day(rows: Rows, column: str, evidence: Evidence) -> float:
    days = evidence.select(rows)[column].dropna()
    if days.empty:
        raise NotKnown(f"no dated row with {rows} in the table {rows.table}")
    return float(days.iloc[-1])


def judge_direction(claim: Claim, evidence: Evidence) -> Finding:
    """Judge whether values rise or fall, or differ between two groups, as the claim says."""
    if claim.groups:
        values = _lay_out(claim, evidence)[claim.moments[0]]
        return judge_way(_compare_groups(claim, evidence, values), expected=claim.expect)
    change = _find_changes(claim, _read_pairs(claim, evidence))
    test = change_test(change)
    if test.p_value is None or test.estimate is None:
        raise NotKnown(test.reason)
    shown = 2**test.estimate if claim.scale == "log" else test.estimate
    text = f"{format_number(shown)}{' times' if claim.scale == 'log' else ''}"
    return _judge_way(test.estimate, test.p_value, len(change), claim.expect, text)


def judge_no_change(claim: Claim, evidence: Evidence) -> Finding:
    """Judge whether the exact p of a change is 0.05 or more."""
    change = _find_changes(claim, _read_pairs(claim, evidence))
    return judge_undecided({"": change_test(change)})


def judge_unrelated(claim: Claim, evidence: Evidence) -> Finding:
    """Judge whether two groups differ in no level and no change, every exact p 0.05 or more."""
    results = {}
    for name, rows in _part_rows(_own_rows(claim)):
        wide = evidence.spread(rows, claim.column, claim.moments)
        values = {f"month {moment}": wide[moment] for moment in claim.moments}
        values["change"] = _find_changes(claim, wide)
        for what, series in values.items():
            results[f"{name}, {what}".lstrip(", ")] = _compare_groups(claim, evidence, series)
    return judge_undecided(results)


def _part_rows(rows: Rows) -> list[tuple[str, Rows]]:
    """Part rows that name several series into one for each, by name."""
    named = [c for c in rows.comparisons if c.sign == "=" and len(c.values) > 1]
    rest = tuple(c for c in rows.comparisons if c not in named)
    parts = []
    for values in product(*(c.values for c in named)):
        one = [Comparison(c.term, "=", (v,)) for c, v in zip(named, values, strict=True)]
        parts.append((", ".join(values), Rows(rows.table, (*rest, *one))))
    return parts


def correlate(claim: Claim, evidence: Evidence) -> Finding:
    """Correlate one number of each patient with another, by ranks."""
    assert claim.other_series is not None
    other = claim.other_series
    wide = evidence.spread(other.rows, other.column, other.times)
    second = wide[other.times[0]]
    if len(other.times) > 1:
        second = wide[other.times[1]] - second
    second = -second if other.is_fall else second
    first, second = _lay_out(claim, evidence)[claim.moments[0]].align(second, join="inner")
    result = spearman_test(first, second)
    if result.estimate is None or result.p_value is None:
        raise NotKnown(result.reason)
    if not claim.p_value:
        return judge_way(result, expected=claim.expect)
    approximate = claim.method == "approximate"
    p_value = (
        approximate_spearman(result.estimate, result.n_used) if approximate else result.p_value
    )
    by = "t approximation" if approximate else "exact"
    text = (
        f"rho = {format_number(result.estimate, digits=3)}, p = {format_number(p_value)} "
        f"({by}), n = {result.n_used}"
    )
    note = f"the exact p is {format_number(result.p_value)}" if approximate else ""
    return Finding(value=result.estimate, p_value=p_value, n=result.n_used, text=text, note=note)


VERBS: Mapping[str, Callable[[Claim, Evidence], Finding]] = {
    "count": count,
    "all_of": check_all,
    "value": find_value,
    "stated": find_stated,
    "list": check_list,
    "mean": describe_spread,
    "range": describe_spread,
    "change": find_change,
    "time": find_time,
    "direction": judge_direction,
    "no_change": judge_no_change,
    "unrelated": judge_unrelated,
    "correlation": correlate,
}
"""What computes each verb of `helpers.contracts.claims.VERBS`."""


def judge_way(result: StatisticResult, *, expected: str) -> Finding:
    """Judge a claim that something is higher or lower, whose p was not printed.

    Reproduced when the estimate points the way and the exact p is below 0.05; compatible when it
    points the way only.

    Parameters
    ----------
    result : StatisticResult
        Exact test, positive estimate = up.
    expected : {"up", "down"}

    Raises
    ------
    NotKnown
        When the test is undefined.
    """
    if result.estimate is None or result.p_value is None:
        raise NotKnown(result.reason or "no values to test")
    text = format_number(result.estimate)
    return _judge_way(result.estimate, result.p_value, result.n_used, expected, text)


def _judge_way(estimate: float, p_value: float, n: int, expected: str, text: str) -> Finding:
    right = estimate > 0 if expected == "up" else estimate < 0
    shown = right and p_value < SIGNIFICANCE
    verdict: Judgement = "reproduced" if shown else "compatible" if right else "not reproduced"
    note = "" if shown else "the way holds, but not at 5 %" if right else "the other way"
    words = f"{text}, exact p = {format_number(p_value)}, n = {n}"
    return Finding(p_value=p_value, text=words, verdict=verdict, note=note)


def judge_undecided(results: Mapping[str, StatisticResult]) -> Finding:
    """Judge a claim that nothing differs: every exact two-sided p must be 0.05 or more.

    Parameters
    ----------
    results : mapping of str to StatisticResult
        By what was tested; an empty name stands for itself.

    Raises
    ------
    NotKnown
        When a test is undefined, or there is none.
    """
    undefined = [result.reason for result in results.values() if result.p_value is None]
    if undefined or not results:
        raise NotKnown("; ".join(undefined) or "no values to test")
    parts = [
        f"{name + ': ' if name else ''}exact p = {format_number(result.p_value)}, "
        f"n = {result.n_used}"
        for name, result in results.items()
    ]
    low = min(result.p_value for result in results.values() if result.p_value is not None)
    note = "" if low >= SIGNIFICANCE else "one exact p is below 0.05"
    return _judge(holds=low >= SIGNIFICANCE, text="; ".join(parts), note=note)


def approximate_signed_rank(
    change: Sequence[float] | pd.Series, *, correction: bool = False
) -> float:
    """Give the signed-rank p of the normal approximation, to tell how a source found its p.

    >>> round(approximate_signed_rank(range(1, 11)), 6)
    0.005062
    """
    result = stats.wilcoxon(list(change), method="asymptotic", correction=correction)
    return float(result.pvalue)


def approximate_spearman(rho: float, n: int) -> float:
    """Give the two-sided p of a correlation by the t approximation with n - 2 degrees of freedom.

    >>> round(approximate_spearman(-13 / 14, 8), 5)
    0.00086
    """
    if n < 3 or abs(rho) >= 1:
        return 0.0 if n >= 3 else float("nan")
    statistic = rho * ((n - 2) / (1 - rho * rho)) ** 0.5
    return float(2 * stats.t.sf(abs(statistic), n - 2))


def _judge(*, holds: bool, text: str, note: str = "") -> Finding:
    return Finding(text=text, verdict="reproduced" if holds else "not reproduced", note=note)


def _own_rows(claim: Claim) -> Rows:
    """Give the rows that a verb of numbers reads: the claim's first condition."""
    rows = claim.conditions[0].options[0].rows
    assert rows is not None
    return rows


def _lay_out(claim: Claim, evidence: Evidence) -> pd.DataFrame:
    return evidence.spread(_own_rows(claim), claim.column, claim.moments)


def _read_pairs(claim: Claim, evidence: Evidence) -> pd.DataFrame:
    pairs = _lay_out(claim, evidence).dropna()
    if pairs.empty:
        raise NotKnown(f"nobody with {claim.where} at {' and '.join(claim.moments)}")
    return pairs


def _find_changes(claim: Claim, wide: pd.DataFrame) -> pd.Series:
    """Give later minus earlier, or its logarithm to base 2 where a change is a ratio."""
    before, after = (wide[moment] for moment in claim.moments)
    if claim.scale != "log":
        return (after - before).round(9)
    ratio = after / before
    return ratio.where(ratio > 0).map(np.log2).round(9)


def _compare_groups(claim: Claim, evidence: Evidence, values: pd.Series) -> StatisticResult:
    first, second = (values.index.isin(evidence.find_patients(side)) for side in claim.sides)
    return rank_sum_test(values[first], values[second])
