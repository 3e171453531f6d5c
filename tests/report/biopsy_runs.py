"""Run the chapter on biopsies, up to its sentences, on small tables in memory."""

import pandas as pd
from tests.report.cohorts import make_cohort, read_words

from helpers.derive import ihc, paired
from helpers.report import biopsy_predictors, il1ra_expression, reader_agreement, stains
from helpers.report import ihc as biopsy_report
from helpers.report import paired as pair_report
from helpers.report import paired_changes as change_report
from helpers.report.numbers import Numbers
from helpers.stats import groups as compare
from helpers.stats import ihc as statistics
from helpers.stats.paired import summarise_pairs

COLUMNS = ["patient_id", "month", "marker", "value", "unit", "expressed", "reader"]


def stain(patient, month, value, *, marker="CD163", seen=True, reader="one", unit="cells/mm2"):
    return (patient, float(month), marker, float(value), unit, seen, reader)


def make_biopsies(*rows):
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return frame.astype({"expressed": "boolean", "value": "float64"})


class Run:
    """The chapter step by step, as the notebook does it."""

    def __init__(self, study):
        self.chapter = chapter = Numbers(study)
        self.config, self.biopsies = study.config, study.table("biopsies")
        self.groups = pair_report.group_patients(chapter)
        self.specimens = ihc.average_readers(self.biopsies)
        self.words = stains.name_biopsies(self.specimens, ends=("Baseline", "Month 6"))
        self._compare()
        self._express()
        self._predict()
        self.agreement = statistics.summarise_agreement(ihc.pair_readers(self.biopsies))
        reader_agreement.record_agreement(chapter, self.agreement)

    def _compare(self):
        self.pairs = paired.derive_pairs(
            self.specimens,
            self.groups.index,
            by="marker",
            value="value",
            baseline_month=0.0,
            month=6.0,
            panels=list(self.words.labels),
        )
        self.comparable = paired.summarise_comparable(self.pairs)
        pair_report.record_comparable(self.chapter, self.comparable, self.words)
        pooled = pair_report.pool_patients(self.chapter, self.groups)
        changes = summarise_pairs(self.pairs, pooled)
        self.changes = pair_report.adjust_family(changes, self.config, self.words)
        change_report.record_changes(self.chapter, self.changes, self.words)

    def _express(self):
        self.expression = ihc.derive_expression(
            self.specimens, self.groups.index, marker="IL-1Ra", months=[0.0, 6.0]
        )
        after = self.expression[self.expression["month"] == 6.0]
        seen = after.set_index("patient_id")["expressed"]
        self.shares = compare.summarise_share(seen, self.groups)
        self.test = compare.compare_shares(seen, self.groups)
        il1ra_expression.record_expression(self.chapter, self.shares, self.test)

    def _predict(self):
        self.outcome = ihc.pair_with_functional_index(
            self.specimens,
            self.chapter.study.tables.get("functional_index"),
            self.groups.index,
            markers=ihc.PREDICTORS,
            baseline_month=0.0,
            month=6.0,
        )
        self.results = statistics.correlate_panels(self.outcome)
        biopsy_predictors.record_predictors(self.chapter, self.results)

    def summarise(self):
        return [
            read_words(sentence)
            for sentence in biopsy_report.summarise_biopsies(
                self.chapter, self.comparable, self.changes, self.shares, self.results, self.words
            )
        ]

    def conclude(self):
        sentences = biopsy_report.conclude_biopsies(
            self.chapter, self.changes, self.results, self.words
        )
        return [read_words(sentence) for sentence in sentences]

    def describe_expression(self):
        return read_words(
            il1ra_expression.describe_expression(self.chapter, self.shares, self.words)
        )

    def describe_predictors(self):
        return read_words(
            biopsy_predictors.describe_predictors(self.chapter, self.results, self.words)
        )


def run(biopsies, *, fates=None, **options):
    fates = fates or {"A": ("better",), "B": ("same",)}
    tables = {"biopsies": biopsies} | options.pop("tables", {})
    return Run(make_cohort(fates, months=(6.0,), tables=tables, **options))
