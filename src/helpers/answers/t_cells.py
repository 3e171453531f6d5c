"""T cells in blood: what changed, the shift between Th17 and Th1, counting, and cultures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from helpers.answers.answer import Answer
from helpers.answers.panels import Panels
from helpers.derive.laboratory import paired
from helpers.derive.laboratory import t_cells as derive
from helpers.plots import t_cells as plots
from helpers.plots.paired import plot_pairs
from helpers.report.cells import (
    cell_counting,
    cell_cultures,
    cell_populations,
    memory_and_ck,
    th_shift,
)
from helpers.report.cells import t_cells as report
from helpers.report.numbers import Numbers
from helpers.report.panels import paired as pair_words
from helpers.report.panels import paired_changes as change_words
from helpers.report.panels.paired import PairWords
from helpers.report.pieces import Figure, Piece, Table, Text
from helpers.stats.paired import summarise_pairs
from helpers.stats.result import StatisticResult
from helpers.study import Study

TABLES = ("t_cells", "in_vitro", "core_set", "disposition")
"""What the chapter reads: percentages and cultures, and what they are held against."""


@dataclass(frozen=True, eq=False, repr=False)
class Cells(Panels):
    """Whose cells were measured, alive, at both visits."""

    counted: pd.DataFrame

    @cached_property
    def measured(self) -> pd.DataFrame:
        """One row per patient: measured before, after, at both visits."""
        return derive.derive_measured(self.counted, self.study.patients, months=self.months)

    @property
    def sentence(self) -> str:
        return cell_populations.describe_measured(
            self.ledger, self.measured, self.groups, self.words
        )

    @property
    def summary(self) -> tuple[str, ...]:
        return (report.summarise_measured(self.ledger, self.words),)

    @property
    def limits(self) -> tuple[str, ...]:
        return tuple(
            report.describe_t_cell_limits(self.ledger, self.measured, self.groups, self.words)
        )

    @property
    def methods(self) -> tuple[tuple[str, str], ...]:
        return tuple(report.list_methods(self.study.config, self.words))

    def list_pieces(self) -> Iterator[Piece]:
        yield Text((self.sentence, pair_words.describe_grouping(self.ledger, self.groups)))
        yield Table(
            "t_cells_measured",
            cell_populations.tabulate_measured(self.measured, self.groups, self.words),
            cell_populations.caption_measured(self.measured),
        )

    def _record(self, numbers: Numbers) -> None:
        cell_populations.record_measured(numbers, self.measured, self.groups)


@dataclass(frozen=True, eq=False, repr=False)
class CellChange(Answer):
    """Whether the populations changed, all patients of a treatment together."""

    cells: Cells

    @cached_property
    def pooled(self) -> pd.Series:
        """Everybody in one group; by arm where there are several."""
        return pair_words.pool_patients(self.cells.ledger, self.cells.groups)

    @cached_property
    def changes(self) -> pd.DataFrame:
        """One row per population and group: n, medians, centre, interval, p, adjusted p."""
        changes = summarise_pairs(self.cells.pairs, self.pooled)
        return pair_words.adjust_family(changes, self.study.config, self.cells.words)

    @property
    def sentence(self) -> str:
        return change_words.describe_changes(self.ledger, self.changes, self._points)

    def list_pieces(self) -> Iterator[Piece]:
        words = self.cells.words
        yield Text((cell_populations.describe_populations(words),))
        yield Figure(
            "t_cells_before_after",
            lambda: plot_pairs(
                self.cells.pairs,
                self.pooled,
                self.changes,
                titles=cell_populations.title_populations(words),
                ends=words.ends,
            ),
            change_words.caption_pairs(self.changes, words),
            change_words.describe_pairs(self.changes, words),
        )
        yield Table(
            "t_cells_changes",
            change_words.tabulate_changes(self.changes, words),
            cell_populations.caption_populations(self.changes, words),
        )
        early = pair_words.describe_left_early(
            self.ledger, self.cells.pairs, words, month=self.cells.months[1]
        )
        yield Text((self.sentence, cell_populations.describe_reach(self.ledger), early))

    @property
    def _points(self) -> PairWords:
        return cell_populations.name_points(self.cells.words)

    def _record(self, numbers: Numbers) -> None:
        change_words.record_changes(numbers, self.changes, self._points)
        cell_populations.record_reach(numbers, self.changes)


@dataclass(frozen=True, eq=False, repr=False)
class Shift(Answer):
    """Whether helper cells shift from Th17 to Th1, patient by patient."""

    cells: Cells

    @cached_property
    def shift(self) -> pd.DataFrame:
        """One row per patient with both populations at both visits."""
        ifn_gamma, il17a = (
            derive.derive_counted_change(
                self.cells.counted, population=population.name, months=self.cells.months
            )
            for population in (derive.IFN_GAMMA, derive.IL17A)
        )
        return derive.derive_shift(ifn_gamma, il17a)

    @property
    def sentence(self) -> str:
        return th_shift.summarise_shift(self.ledger)

    @property
    def conclusion(self) -> tuple[str, ...]:
        return (th_shift.conclude_shift(self.ledger),)

    def list_pieces(self) -> Iterator[Piece]:
        groups, words = self.cells.groups, self.cells.words
        yield Figure(
            "th_shift",
            lambda: plots.plot_shift(
                self.shift,
                groups,
                order=pair_words.order_groups(groups),
                corners=th_shift.SHIFT_WORDS,
                x_label=th_shift.AXIS_TH1,
                y_label=th_shift.AXIS_TH17,
            ),
            th_shift.caption_shift(self.shift, words),
            th_shift.describe_shift_figure(self.shift),
            finding=self.sentence,
            limit=th_shift.limit_shift(self.shift, len(self.study.patients)),
            note=th_shift.explain_shift(self.shift, words),
        )
        yield Table(
            "th_shift",
            th_shift.tabulate_shift(self.shift, groups),
            th_shift.caption_shift_table(self.shift, words),
            empty="Nobody has both populations at both visits.",
        )
        yield Text(
            (
                *th_shift.describe_shift(self.ledger, self.shift),
                th_shift.describe_falls(self.ledger, groups),
            )
        )

    def _record(self, numbers: Numbers) -> None:
        th_shift.record_shift(numbers, self.shift)
        th_shift.record_falls(numbers, self.shift, self.cells.groups)


@dataclass(frozen=True, eq=False, repr=False)
class Counting(Answer):
    """How much of a change could be the error of counting cells."""

    cells: Cells

    @property
    def sentence(self) -> str:
        return cell_counting.describe_counting(self.ledger, self.cells.counted)

    def list_pieces(self) -> Iterator[Piece]:
        yield Table(
            "t_cells_counting",
            cell_counting.tabulate_counting(self.cells.counted, self.cells.words),
            cell_counting.caption_counting(self.cells.counted),
            empty="How many cells were counted is not recorded.",
        )
        yield Text((self.sentence,))

    def _record(self, numbers: Numbers) -> None:
        cell_counting.record_counting(numbers, self.cells.counted)


@dataclass(frozen=True, eq=False, repr=False)
class Memory(Answer):
    """Whether memory cells before treatment say how creatine kinase moves."""

    cells: Cells

    @cached_property
    def memory(self) -> pd.DataFrame:
        """One row per patient: memory cells before, creatine kinase before and after."""
        before, after = self.cells.months
        return derive.derive_memory_and_ck(
            self.cells.counted,
            self.study.tables.get("core_set"),
            baseline_month=before,
            month=after,
        )

    @cached_property
    def correlations(self) -> Mapping[str, StatisticResult]:
        """Each correlation with its exact test, by what it is with."""
        return memory_and_ck.correlate_memory(self.memory)

    @property
    def sentence(self) -> str:
        return memory_and_ck.summarise_memory(self.ledger, self.cells.words)

    @property
    def conclusion(self) -> tuple[str, ...]:
        return (memory_and_ck.conclude_memory(self.ledger, self.cells.words),)

    def list_pieces(self) -> Iterator[Piece]:
        config, words, groups = self.study.config, self.cells.words, self.cells.groups
        yield Figure(
            "memory_and_ck",
            lambda: plots.plot_memory_and_ck(
                self.memory,
                groups,
                order=pair_words.order_groups(groups),
                **memory_and_ck.label_memory_axes(config, words),
            ),
            memory_and_ck.caption_memory_and_ck(self.correlations["fall"], config, words),
            memory_and_ck.describe_memory_figure(self.memory, config),
        )
        yield Text(tuple(memory_and_ck.describe_memory_and_ck(self.ledger, words)))

    def _record(self, numbers: Numbers) -> None:
        memory_and_ck.record_memory_and_ck(numbers, self.memory, self.correlations)


@dataclass(frozen=True, eq=False, repr=False)
class Cultures(Answer):
    """What cells in culture make less or more of when something is added."""

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """One row per donor and analyte: without and with what was added."""
        return derive.derive_culture_pairs(self.study.tables.get("in_vitro"))

    @cached_property
    def changes(self) -> pd.DataFrame:
        """One row per analyte: centre of the differences, interval, p."""
        return cell_cultures.summarise_cultures(self.pairs, self._donors)

    @property
    def sentence(self) -> str:
        return cell_cultures.describe_cultures(self.ledger, self.changes, self._words)

    @property
    def conclusion(self) -> tuple[str, ...]:
        return (cell_cultures.conclude_culture(self.ledger, self.changes, self._words),)

    def list_pieces(self) -> Iterator[Piece]:
        words = self._words
        yield Figure(
            "in_vitro",
            lambda: plots.plot_culture(
                self.pairs,
                self._donors,
                self.changes,
                titles=words.title_panels(),
                ends=words.ends,
            ),
            cell_cultures.caption_culture_pairs(self.changes, words),
            cell_cultures.describe_culture_figure(self.changes, words),
        )
        yield Text((self.sentence,))

    @property
    def _words(self) -> PairWords:
        return cell_cultures.name_cultures(self.pairs)

    @property
    def _donors(self) -> pd.Series:
        return cell_cultures.group_donors(self.pairs)

    def _record(self, numbers: Numbers) -> None:
        cell_cultures.record_cultures(numbers, self.changes, self._words)


def compare_visits(study: Study, *, groups: pd.Series | None = None) -> Cells:
    """Ask whose cells were measured at baseline and at the later visit.

    Parameters
    ----------
    study : Study
        With the table `t_cells`.
    groups : Series of str, optional
        Group of each patient, index patient_id; responders and non-responders where not given.

    Returns
    -------
    Cells

    Examples
    --------
    >>> from helpers.answers import t_cells
    >>> trial = read_trial()
    >>> t_cells.compare_visits(trial).months
    (0.0, 6.0)
    """
    config, table = study.config, study.table("t_cells")
    before = config.baseline_month
    after = paired.find_follow_up_month(
        table, value="percent", baseline_month=before, months=config.months
    )
    counted = derive.derive_counting_interval(table)
    ends = (config.label_month(before), config.label_month(after))
    pairs = paired.derive_pairs(
        counted,
        study.patients,
        by="population",
        value="percent",
        baseline_month=before,
        month=after,
    )
    return Cells(
        study,
        words=cell_populations.name_cells(counted, ends=ends),
        pairs=pairs,
        groups=study.groups if groups is None else groups,
        months=(before, after),
        counted=counted,
    )


def change(cells: Cells) -> CellChange:
    """Ask whether the populations changed.

    Examples
    --------
    >>> from helpers.answers import t_cells
    >>> trial = read_trial()
    >>> t_cells.change(t_cells.compare_visits(trial))
    None of the 5 populations changed clearly from Baseline to...
    """
    return CellChange(cells.study, cells)


def shift(cells: Cells) -> Shift:
    """Ask whether helper cells shift from Th17 to Th1.

    Examples
    --------
    >>> from helpers.answers import t_cells
    >>> trial = read_trial()
    >>> t_cells.shift(t_cells.compare_visits(trial))
    5 of 6 patients ... shifted from Th17 towards Th1...
    """
    return Shift(cells.study, cells)


def counting(cells: Cells) -> Counting:
    """Ask how much of this is the error of counting.

    Examples
    --------
    >>> from helpers.answers import t_cells
    >>> trial = read_trial()
    >>> t_cells.counting(t_cells.compare_visits(trial))
    The least certain percentage rests on 12 cells...
    """
    return Counting(cells.study, cells)


def memory(cells: Cells) -> Memory:
    """Ask whether memory cells before treatment say how creatine kinase moves.

    Examples
    --------
    >>> from helpers.answers import t_cells
    >>> trial = read_trial()
    >>> memory = t_cells.memory(t_cells.compare_visits(trial))
    >>> memory.correlations["fall"].n_used
    8
    """
    return Memory(cells.study, cells)


def cultures(study: Study) -> Cultures:
    """Ask what happens in culture.

    Examples
    --------
    >>> from helpers.answers import t_cells
    >>> trial = read_trial()
    >>> t_cells.cultures(trial)
    IL-17A was lower with...
    """
    return Cultures(study)
