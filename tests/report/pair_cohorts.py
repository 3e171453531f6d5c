"""Make pairs of values before and after, and give what is said of them."""

import pandas as pd
from tests.report.cohorts import make_cohort, read_words

from helpers.derive.laboratory.paired import derive_pairs
from helpers.report.numbers import Numbers
from helpers.report.panels import paired as pair_report
from helpers.report.panels import paired_changes as change_report
from helpers.stats.paired import summarise_pairs

FAMILY = {"title": "Stains", "endpoints": ["CD3", "CD163"], "adjustment": "holm"}
WORDS = pair_report.PairWords(
    topic="biopsy",
    table="biopsies",
    specimen="biopsy",
    specimens="biopsies",
    measure="stain",
    measures="stains",
    labels={"CD3": "CD3", "CD163": "CD163"},
    units={"CD3": "cells", "CD163": "cells"},
    ends=("Baseline", "Month 6"),
)
FOLDS = pair_report.PairWords(
    topic="serum",
    table="cytokines",
    specimen="serum",
    specimens="serum",
    measure="protein",
    measures="proteins",
    labels={"CD3": "CD3"},
    units={"CD3": "pg/mL"},
    ends=("Baseline", "Month 6"),
    scale="log",
    were="was",
)
RISE = ([1.0] * 8, [2.0, 3, 4, 5, 6, 7, 8, 9])
STILL = ([1.0] * 8, [2.0, 0, 2, 0, 2, 0, 2, 0])


def make_numbers(fates=None, **options):
    """Give a small study's own numbers, none of them recorded yet."""
    fates = fates or {"A": ("better",), "B": ("same",)}
    return Numbers(make_cohort(fates, months=(6.0,), **options))


def make_pairs(before, after, *, panels=("CD3",)):
    """Give everybody the same course in each panel."""
    rows = [
        (f"P{i}", month, panel, value)
        for panel in panels
        for month, values in ((0.0, before), (6.0, after))
        for i, value in enumerate(values)
    ]
    values = pd.DataFrame(rows, columns=["patient_id", "month", "marker", "value"])
    patients = [f"P{i}" for i in range(len(before))]
    return derive_pairs(values, patients, by="marker", value="value", baseline_month=0.0, month=6.0)


def summarise(pairs, **options):
    everybody = pd.Series(pair_report.EVERYBODY, index=pairs["patient_id"].unique())
    return summarise_pairs(pairs, everybody, **options)


def say(before, after, *, words=WORDS, panels=("CD3",), **settings):
    numbers = make_numbers(**settings)
    changes = summarise(make_pairs(before, after, panels=panels), scale=words.scale)
    changes = pair_report.adjust_family(changes, numbers.study.config, words)
    change_report.record_changes(numbers, changes, words)
    return read_words(change_report.describe_changes(numbers, changes, words))
