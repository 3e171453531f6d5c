"""Run the chapter on serum proteins, up to its sentences, on small tables in memory."""

import pandas as pd
from tests.report.cohorts import make_cohort, read_words

from helpers.derive import cytokines as cytokine
from helpers.derive import paired
from helpers.report import cytokines as serum_report
from helpers.report import paired as pair_report
from helpers.report import paired_changes as change_report
from helpers.report import serum_levels, serum_ratios
from helpers.report.numbers import Numbers
from helpers.stats.cytokines import compare_group_values
from helpers.stats.paired import summarise_pairs

HEALTHY = {"low": 11, "high": 839, "unit": "pg/mL", "source": "Son 2000"}
DRUG = {"analytes": {"IL-1Ra": {"measures_drug": "the drug is IL-1Ra"}}}


def serum(patient, month, concentration, bound="in_range", *, analyte="IL-1Ra"):
    return (patient, float(month), analyte, float(concentration), "pg/mL", bound)


def make_cytokines(*rows):
    columns = ["patient_id", "month", "analyte", "concentration", "unit", "bound"]
    return pd.DataFrame(rows, columns=columns)


class Run:
    """The chapter step by step, as the notebook does it."""

    def __init__(self, study):
        self.chapter = chapter = Numbers(study)
        self.config, self.cytokines = study.config, study.table("cytokines")
        self.groups = pair_report.group_patients(chapter)
        self.words = words = serum_report.name_cytokines(
            self.cytokines, ends=("Baseline", "Month 6")
        )
        self.pairs = cytokine.derive_cytokine_pairs(
            self.cytokines, self.groups.index, baseline_month=0.0, month=6.0
        )
        self.comparable = paired.summarise_comparable(self.pairs)
        self.outside = cytokine.list_outside(self.cytokines)
        pair_report.record_comparable(chapter, self.comparable, words)
        serum_levels.record_outside(chapter, self.cytokines, self.outside)
        self.levels = cytokine.summarise_levels(self.cytokines)
        serum_levels.record_levels(chapter, self.levels, words)
        self.flags = cytokine.flag_above_reference(self.cytokines, self.config.references)
        serum_levels.record_reference(chapter, self.flags, words)
        pooled = pair_report.pool_patients(chapter, self.groups)
        changes = summarise_pairs(self.pairs, pooled, scale="log")
        self.changes = pair_report.adjust_family(changes, self.config, words)
        change_report.record_changes(chapter, self.changes, words)
        values = cytokine.derive_group_values(self.pairs, ends=words.ends)
        comparison = compare_group_values(values, self.groups)
        self.comparison = pair_report.adjust_family(comparison, self.config, words)
        serum_ratios.record_ratios(chapter, self.comparison, words)

    def summarise(self):
        sentences = serum_report.summarise_cytokines(
            self.chapter,
            self.comparable,
            self.changes,
            self.comparison,
            self.flags,
            self.groups,
            self.words,
        )
        return [read_words(sentence) for sentence in sentences]

    def conclude(self):
        sentences = serum_report.conclude_cytokines(
            self.chapter, self.changes, self.comparison, self.words
        )
        return " ".join(read_words(sentence) for sentence in sentences)

    def describe_ratios(self):
        return read_words(
            serum_ratios.describe_ratios(self.chapter, self.comparison, self.groups, self.words)
        )

    def describe_limits(self):
        sentences = serum_report.describe_serum_limits(
            self.chapter, self.pairs, self.comparison, self.groups, self.words, month=6.0
        )
        return " ".join(read_words(sentence) for sentence in sentences)


def run(*rows, fates=None, **options):
    fates = fates or {"A": ("better",), "B": ("same",)}
    tables = {"cytokines": make_cytokines(*rows)}
    return Run(make_cohort(fates, months=(6.0,), tables=tables, **options))


def run_many(before, after, *, n=4, **options):
    """Give n responders and n others each the same course of IL-1Ra."""
    fates = {f"R{i}": ("better",) for i in range(n)} | {f"N{i}": ("same",) for i in range(n)}
    rows = []
    for i, patient in enumerate(fates):
        rows += [serum(patient, 0, before(i)), serum(patient, 6, after(i))]
    return run(*rows, fates=fates, **options)
