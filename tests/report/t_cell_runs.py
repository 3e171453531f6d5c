"""Run the chapter on T cells, up to its sentences, as the notebook does it."""

from dataclasses import replace

import pandas as pd
from tests.report.cohorts import read_words

from helpers.derive import paired
from helpers.derive import t_cells as cells
from helpers.report import cell_counting, cell_cultures, cell_populations, memory_and_ck, th_shift
from helpers.report import paired as pair_report
from helpers.report import paired_changes as change_report
from helpers.report import t_cells as cells_report
from helpers.report.numbers import Numbers
from helpers.stats.paired import summarise_pairs

WORDS = cell_populations.name_cells(
    pd.DataFrame({"population": ["CD4+ CD45RO+", "CD4+ FoxP3+"], "parent": "CD4+ T cells"}),
    ends=("before", "after"),
)


class Run:
    """The chapter up to its sentences, as the notebook does it."""

    def __init__(self, study, *, keep=None, without=()):
        tables = {name: study.table(name) for name in study.tables if name not in without}
        if keep is not None:
            tables["t_cells"] = keep(tables["t_cells"])
        self.chapter = chapter = Numbers(replace(study, tables=tables))
        self.groups = groups = pair_report.group_patients(chapter)
        patients = list(tables["patients"]["patient_id"])
        self.counted = counted = cells.derive_counting_interval(tables["t_cells"])
        self.words = cell_populations.name_cells(counted, ends=("Baseline", "Month 6"))
        self.measured = cells.derive_measured(counted, patients, months=(0, 6))
        cell_populations.record_measured(chapter, self.measured, groups)
        pairs = paired.derive_pairs(
            counted, patients, by="population", value="percent", baseline_month=0, month=6
        )
        changes = summarise_pairs(pairs, pair_report.pool_patients(chapter, groups))
        self.changes = pair_report.adjust_family(changes, chapter.study.config, self.words)
        points = cell_populations.name_points(self.words)
        change_report.record_changes(chapter, self.changes, points)
        cell_populations.record_reach(chapter, self.changes)
        self.moved = change_report.describe_changes(chapter, self.changes, points)
        self.shift = self._shift()
        self.memory = cells.derive_memory_and_ck(
            counted, tables.get("core_set"), baseline_month=0, month=6
        )
        self.tests = memory_and_ck.record_memory_and_ck(chapter, self.memory)
        self.cultures = cells.derive_culture_pairs(tables.get("in_vitro"))
        self._record_cultures()

    def _shift(self):
        changes = [
            cells.derive_counted_change(self.counted, population=one.name, months=(0, 6))
            for one in (cells.IFN_GAMMA, cells.IL17A)
        ]
        shift = cells.derive_shift(*changes)
        th_shift.record_shift(self.chapter, shift)
        th_shift.record_falls(self.chapter, shift, self.groups)
        cell_counting.record_counting(self.chapter, self.counted)
        return shift

    def _record_cultures(self):
        self.culture_words = cell_cultures.name_cultures(self.cultures)
        donors = cell_cultures.group_donors(self.cultures)
        self.culture_changes = cell_cultures.summarise_cultures(self.cultures, donors)
        cell_cultures.record_cultures(self.chapter, self.culture_changes, self.culture_words)
        self.cultured = cell_cultures.describe_cultures(
            self.chapter, self.culture_changes, self.culture_words
        )

    def say(self):
        """Every sentence of the chapter, in plain text."""
        chapter, words = self.chapter, self.words
        told = [
            cell_populations.describe_measured(chapter, self.measured, self.groups, words),
            cell_populations.describe_populations(words),
            cell_populations.describe_reach(chapter),
            *th_shift.describe_shift(chapter, self.shift),
            th_shift.describe_falls(chapter, self.groups),
            cell_counting.describe_counting(chapter, self.counted),
            *memory_and_ck.describe_memory_and_ck(chapter, words),
            *cells_report.conclude_t_cells(
                chapter, self.culture_changes, words, self.culture_words
            ),
            *cells_report.describe_t_cell_limits(chapter, self.measured, self.groups, words),
            *cells_report.summarise_t_cells(
                chapter, words, moved=self.moved, cultured=self.cultured
            ),
        ]
        return "\n".join(read_words(sentence) for sentence in told if sentence)
