"""Claims about blood T cells, and about cells in culture."""

from __future__ import annotations

import re
from collections.abc import Callable

import pandas as pd
from scipy import stats

from helpers.report.claims_rules import Evidence, Finding, Rule, absent, count, judge_direction
from helpers.report.words import format_number
from helpers.stats.exact import signed_rank_test, spearman_test

BEFORE, AFTER = 0.0, 6.0
MEMORY = "CD4+ CD45RO+"
IFN_GAMMA, IL17A = "CD4+ IFN-gamma+", "CD4+ IL-17A+"
ALONE, TREATED = "stimulated", "stimulated + anakinra"


def count_sampled(*months: float) -> Callable[[Evidence], Finding]:
    """Make a rule that counts patients with cells measured at every one of some months."""

    def compute(evidence: Evidence) -> Finding:
        cells = evidence.table("t_cells").dropna(subset=["percent"])
        at = [set(cells.loc[cells["month"] == month, "patient_id"]) for month in months]
        return count(set.intersection(*at))

    return compute


def correlate_memory(evidence: Evidence) -> Finding:
    """Correlate baseline memory cells with the fall of CK, p as the source computed it."""
    core_set = evidence.table("core_set").pivot(index="patient_id", columns="month", values="ck")
    fall = core_set.reindex(columns=[BEFORE, AFTER]).pipe(lambda ck: ck[BEFORE] - ck[AFTER])
    memory, fall = spread_population(evidence, MEMORY)[BEFORE].align(fall.dropna(), join="inner")
    result = spearman_test(memory, fall)
    if result.estimate is None:
        return absent(result.reason)
    p_value = approximate_spearman(result.estimate, result.n_used)
    text = (
        f"rho = {format_number(result.estimate, digits=3)}, p = {format_number(p_value)} "
        f"(t approximation), n = {result.n_used}"
    )
    note = f"the exact p is {format_number(result.p_value)}"
    return Finding(value=result.estimate, p_value=p_value, n=result.n_used, text=text, note=note)


def approximate_spearman(rho: float, n: int) -> float:
    """Give the two-sided p of a correlation by the t approximation with n - 2 degrees of freedom.

    >>> round(approximate_spearman(-13 / 14, 8), 5)
    0.00086
    """
    if n < 3 or abs(rho) >= 1:
        return 0.0 if n >= 3 else float("nan")
    statistic = rho * ((n - 2) / (1 - rho * rho)) ** 0.5
    return float(2 * stats.t.sf(abs(statistic), n - 2))


def describe_population(population: str) -> Callable[[Evidence], Finding]:
    """Make a rule that gives mean and range of a population at baseline."""

    def compute(evidence: Evidence) -> Finding:
        percent = spread_population(evidence, population)[BEFORE].dropna()
        if percent.empty:
            return absent(f"no {population} of month 0 in the table t_cells")
        mean, low, high = percent.mean(), percent.min(), percent.max()
        text = (
            f"{format_number(mean)}, range {format_number(low)} to {format_number(high)}, "
            f"n = {len(percent)}"
        )
        return Finding(value=mean, low=low, high=high, n=len(percent), text=text)

    return compute


def judge_ifn_gamma(evidence: Evidence) -> Finding:
    """Test the rise of IFN-gamma secreting cells."""
    percent = spread_population(evidence, IFN_GAMMA)
    return judge_direction(signed_rank_test(percent[AFTER] - percent[BEFORE]), expected="up")


def count_il17a_fallers(evidence: Evidence) -> Finding:
    """Count responders whose IL-17A secreting cells fell."""
    percent = spread_population(evidence, IL17A).dropna()
    percent = percent[percent.index.isin(evidence.responders)]
    if percent.empty:
        return absent("no responder with IL-17A at both months in the table t_cells")
    fell = percent[AFTER] < percent[BEFORE]
    return count(percent.index[fell], of=len(percent))


def count_shifted(evidence: Evidence) -> Finding:
    """Count patients with less IL-17A and more IFN-gamma, of those with either at both months."""
    il17a, ifn_gamma = (spread_population(evidence, name) for name in (IL17A, IFN_GAMMA))
    paired = set(il17a.dropna().index) | set(ifn_gamma.dropna().index)
    less = set(il17a.index[il17a[AFTER] < il17a[BEFORE]])
    more = set(ifn_gamma.index[ifn_gamma[AFTER] > ifn_gamma[BEFORE]])
    if not paired:
        return absent("no patient with cells at both months in the table t_cells")
    return count(less & more, of=len(paired))


def judge_in_vitro(evidence: Evidence) -> Finding:
    """Test the fall of IL-17A when anakinra is added to stimulated cells."""
    rows = evidence.table("in_vitro")
    rows = rows[rows["analyte"] == "IL-17A"]
    wide = rows.pivot(index="donor", columns="condition", values="concentration")
    wide = wide.reindex(columns=[ALONE, TREATED])
    return judge_direction(signed_rank_test(wide[TREATED] - wide[ALONE]), expected="down")


def find_restimulation(evidence: Evidence) -> Finding:
    """Find the time of restimulation in the notes of the study."""
    for note in evidence.config.notes:
        hours = re.search(r"anti-CD3 for (\d+(?:\.\d+)?) hours", note)
        if hours is not None:
            return Finding(value=float(hours.group(1)), text=f"{hours.group(1)} hours")
    return absent("study.yml says nothing about restimulation in its notes")


def spread_population(evidence: Evidence, population: str) -> pd.DataFrame:
    """Lay out one population: one row for each patient, a column for each month."""
    cells = evidence.table("t_cells")
    rows = cells[cells["population"] == population]
    wide = rows.pivot(index="patient_id", columns="month", values="percent")
    return wide.reindex(columns=[BEFORE, AFTER])


_CELLS = ("t_cells",)

RULES: dict[str, Rule] = {
    "TCE-01": Rule(count_sampled(BEFORE), _CELLS, "patients with any population at month 0"),
    "TCE-02": Rule(
        count_sampled(BEFORE, AFTER), _CELLS, "patients with any population at months 0 and 6"
    ),
    "TCE-03": Rule(
        correlate_memory,
        ("t_cells", "core_set"),
        "Spearman correlation of CD4+ CD45RO+ at month 0 with the fall of CK to month 6, p by the "
        "t approximation as in the source",
    ),
    "TCE-04": Rule(
        describe_population(IFN_GAMMA), _CELLS, "mean and range of CD4+ IFN-gamma+ at month 0"
    ),
    "TCE-05": Rule(
        judge_ifn_gamma,
        _CELLS,
        "exact signed-rank test of CD4+ IFN-gamma+ from month 0 to month 6, shift in per cent of "
        "the parent",
    ),
    "TCE-06": Rule(describe_population(IL17A), _CELLS, "mean and range of CD4+ IL-17A+ at month 0"),
    "TCE-07": Rule(
        count_il17a_fallers,
        ("t_cells", "core_set"),
        "responders with less CD4+ IL-17A+ at month 6 than at month 0",
        with_n=True,
    ),
    "TCE-08": Rule(
        count_shifted,
        _CELLS,
        "patients with less CD4+ IL-17A+ and more CD4+ IFN-gamma+ at month 6 than at month 0",
        with_n=True,
    ),
    "TCE-09": Rule(
        judge_in_vitro,
        ("in_vitro",),
        "exact signed-rank test of IL-17A with anakinra against without, shift in pg/mL",
    ),
    "TCE-10": Rule(find_restimulation, (), "notes in study.yml"),
}
"""Claims of the anakinra trial about T cells."""
