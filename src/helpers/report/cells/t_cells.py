"""The chapter on blood T cells as a whole: its methods, summary, conclusion and limits."""

from __future__ import annotations

import pandas as pd

from helpers.contracts import StudyConfig
from helpers.derive.laboratory.t_cells import MEMORY, NAIVE
from helpers.report.cells.cell_populations import name_members
from helpers.report.cells.th_shift import TH1, TH17
from helpers.report.numbers import Numbers
from helpers.report.panels.paired import PairWords, describe_family, find_family
from helpers.report.words import escape, join_words


def list_methods(config: StudyConfig, words: PairWords) -> list[tuple[str, str]]:
    """List the definitions in force by name."""
    return [
        (
            "T cells before and after",
            f"Per cent of the parent population at {words.ends[0]} and {words.ends[1]}. Exact "
            "Wilcoxon signed-rank test of the differences in percentage points.",
        ),
        (
            "Counting interval of a percentage",
            "Exact binomial (Clopper-Pearson) interval from the cells of the population and of its "
            "parent. Of a change: the two intervals added by squares, each side of its own "
            "(Newcombe 1998). It holds the error of counting only.",
        ),
        (
            "Shift between Th1 and Th17",
            f"Towards Th1: more {TH1} and fewer {TH17} CD4 cells than before, whatever the size; "
            "towards Th17: the reverse.",
        ),
        *describe_family(find_family(config, words)),
    ]


def summarise_measured(numbers: Numbers, words: PairWords) -> str:
    """Say in one sentence whose cells were measured."""
    before, both = numbers["t_cells.measured.before"], numbers["t_cells.measured.both"]
    first, second = (escape(end) for end in words.ends)
    others = "" if both.value == both.n else "; how the cells of the others changed is not known"
    return (
        f"Living cells were measured in {before} of {before.n} patients at {first} and in {both} "
        f"both then and at {second}{others}."
    )


def describe_t_cell_limits(
    numbers: Numbers, measured: pd.DataFrame, groups: pd.Series, words: PairWords
) -> list[str]:
    """Say what the T cells cannot show, counting who is missing from each group."""
    absent = measured.loc[measured["measured"] != "both visits", "patient_id"].map(groups)
    sizes = [
        f"{int((absent == group).sum())} of {int((groups == group).sum())} "
        f"{name_members(group, groups)}"
        for group in groups.unique()
    ]
    parents = join_words(dict.fromkeys(escape(unit) for unit in words.units.values()))
    return [
        f"Not compared, for want of living cells at both visits: {join_words(sizes)}. Those with "
        "cells need not be like those without."
        if len(absent)
        else "",
        f"The values are shares ({parents}), not numbers of cells per litre of blood: a share can "
        "rise because other cells became fewer.",
        "The counting interval holds chance in counting only. How much staining, gates and the "
        "day of sampling add is not known, because no sample is recorded twice.",
        "Naive and memory cells are two parts of one whole: when one falls, the other must rise."
        if {MEMORY.name, NAIVE.name} <= set(words.labels)
        else "",
        "No group without treatment was followed." if len(numbers.study.config.arms) == 1 else "",
    ]
