"""Serum proteins: levels, what changed, and what goes with response."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from helpers.answers.answer import Answer
from helpers.answers.panels import Change, Panels
from helpers.derive.laboratory import cytokines as derive
from helpers.derive.laboratory import paired
from helpers.plots import cytokines as plots
from helpers.report.numbers import Numbers
from helpers.report.panels import paired as pair_words
from helpers.report.pieces import Figure, Piece, Table, Text
from helpers.report.serum import cytokines as report
from helpers.report.serum import serum_levels, serum_ratios
from helpers.stats.topics.cytokines import compare_group_values
from helpers.study import Study

TABLES = ("cytokines", "core_set", "disposition")
"""What the chapter reads: concentrations, and what they are held against."""


@dataclass(frozen=True, eq=False, repr=False)
class Serum(Panels):
    """Whose serum can be compared, and what the assay could not quantify."""

    @cached_property
    def outside(self) -> pd.DataFrame:
        """One row per value outside quantification."""
        return derive.list_outside(self.study.table("cytokines"))

    @property
    def methods(self) -> tuple[tuple[str, str], ...]:
        return tuple(report.list_methods(self.words, self.study.config))

    @property
    def limits(self) -> tuple[str, ...]:
        return (*report.describe_limits(self.ledger, self.words), *super().limits)

    def list_pieces(self) -> Iterator[Piece]:
        yield Text(
            (
                self.sentence,
                serum_levels.describe_outside(self.ledger, self.outside, self.study.config),
                serum_levels.describe_open_changes(self.pairs),
                pair_words.describe_grouping(self.ledger, self.groups),
            )
        )

    def _record(self, numbers: Numbers) -> None:
        super()._record(numbers)
        serum_levels.record_outside(numbers, self.study.table("cytokines"), self.outside)


@dataclass(frozen=True, eq=False, repr=False)
class Levels(Answer):
    """How much of each protein there was at each visit."""

    serum: Serum

    @cached_property
    def levels(self) -> pd.DataFrame:
        """One row per protein and visit: n, mean, median, range."""
        return derive.summarise_levels(self.study.table("cytokines"))

    def list_pieces(self) -> Iterator[Piece]:
        yield Table(
            "serum_levels",
            serum_levels.tabulate_levels(self.levels, self.serum.words, self.study.config),
            serum_levels.caption_levels(self.levels),
        )

    def _record(self, numbers: Numbers) -> None:
        serum_levels.record_levels(numbers, self.levels, self.serum.words)


@dataclass(frozen=True, eq=False, repr=False)
class Interference(Answer):
    """Whether an assay also measures the drug that was given."""

    serum: Serum

    @property
    def sentence(self) -> str:
        return report.describe_interference(self.serum.ledger, self.serum.words)

    def list_pieces(self) -> Iterator[Piece]:
        yield Text((self.sentence,))


@dataclass(frozen=True, eq=False, repr=False)
class SerumChange(Change):
    """Whether the proteins changed."""

    @property
    def conclusion(self) -> tuple[str, ...]:
        return tuple(report.conclude_changes(self.ledger, self.changes, self.panels.words))


@dataclass(frozen=True, eq=False, repr=False)
class Reference(Answer):
    """How many patients had more of a protein than any healthy person."""

    serum: Serum

    @cached_property
    def flags(self) -> pd.DataFrame:
        """One row per patient, protein and visit: above (boolean)."""
        return derive.flag_above_reference(
            self.study.table("cytokines"), self.study.config.references
        )

    @property
    def sentence(self) -> str:
        return serum_levels.describe_reference(self.ledger, self.flags, self.serum.words)

    @property
    def summary(self) -> tuple[str, ...]:
        return (self.sentence,) if len(self.flags) else ()

    def list_pieces(self) -> Iterator[Piece]:
        yield Text((self.sentence,))

    def _record(self, numbers: Numbers) -> None:
        serum_levels.record_reference(numbers, self.flags, self.serum.words)


@dataclass(frozen=True, eq=False, repr=False)
class Ratios(Answer):
    """Whether levels or changes differ between the two groups."""

    serum: Serum

    @cached_property
    def comparison(self) -> pd.DataFrame:
        """One row per protein and level or change: ratio, interval, p, adjusted p."""
        values = derive.derive_group_values(self.serum.pairs, ends=self.serum.words.ends)
        compared = compare_group_values(values, self.serum.groups)
        return pair_words.adjust_family(compared, self.study.config, self.serum.words)

    @property
    def sentence(self) -> str:
        return serum_ratios.describe_ratios(
            self.ledger, self.comparison, self.serum.groups, self.serum.words
        )

    @property
    def conclusion(self) -> tuple[str, ...]:
        return (serum_ratios.conclude_ratios(self.comparison),)

    @property
    def limits(self) -> tuple[str, ...]:
        return (serum_ratios.describe_ratio_reach(self.comparison),)

    def list_pieces(self) -> Iterator[Piece]:
        words, groups = self.serum.words, self.serum.groups
        yield Figure(
            "serum_by_response",
            lambda: plots.plot_ratios(
                self.comparison, labels=words.labels, axis_label=serum_ratios.name_ratio(groups)
            ),
            serum_ratios.caption_ratios_figure(self.comparison, groups),
            serum_ratios.describe_ratios_figure(self.comparison, words),
        )
        yield Table(
            "serum_by_response",
            serum_ratios.tabulate_ratios(self.comparison, groups, words),
            serum_ratios.caption_ratios(self.comparison, groups),
            empty="There are not two groups to compare.",
        )
        yield Text((self.sentence,))

    def _record(self, numbers: Numbers) -> None:
        serum_ratios.record_ratios(numbers, self.comparison, self.serum.words)


def compare_visits(study: Study, *, groups: pd.Series | None = None) -> Serum:
    """Ask whose serum can be compared between baseline and the later visit.

    Parameters
    ----------
    study : Study
        With the table `cytokines`.
    groups : Series of str, optional
        Group of each patient, index patient_id; responders and non-responders where not given.

    Returns
    -------
    Serum

    Examples
    --------
    >>> from helpers.answers import cytokines
    >>> trial = read_trial()
    >>> serum = cytokines.compare_visits(trial)
    >>> serum.months
    (0.0, 6.0)
    """
    groups, cytokines = study.groups if groups is None else groups, study.table("cytokines")
    before = study.config.baseline_month
    after = paired.find_follow_up_month(
        cytokines, value="concentration", baseline_month=before, months=study.config.months
    )
    ends = (study.config.label_month(before), study.config.label_month(after))
    pairs = derive.derive_cytokine_pairs(
        cytokines, list(groups.index), baseline_month=before, month=after
    )
    words = report.name_cytokines(cytokines, ends=ends)
    return Serum(study, words, pairs, groups, (before, after))


def levels(serum: Serum) -> Levels:
    """Ask how much of each protein there was at each visit.

    Examples
    --------
    >>> from helpers.answers import cytokines
    >>> trial = read_trial()
    >>> serum = cytokines.compare_visits(trial)
    >>> cytokines.levels(serum).levels["n"].tolist()
    [14, 10, 14, 10]
    """
    return Levels(serum.study, serum)


def interference(serum: Serum) -> Interference:
    """Ask whether an assay also measures the drug.

    Examples
    --------
    >>> from helpers.answers import cytokines
    >>> trial = read_trial()
    >>> cytokines.interference(cytokines.compare_visits(trial))
    Warning: the IL-1Ra assay also measures the drug...
    """
    return Interference(serum.study, serum)


def change(serum: Serum) -> SerumChange:
    """Ask whether the proteins changed; the range of healthy people stands behind the lines.

    Examples
    --------
    >>> from helpers.answers import cytokines
    >>> trial = read_trial()
    >>> cytokines.change(cytokines.compare_visits(trial))
    Both proteins changed clearly from Baseline to...
    """
    config = serum.study.config
    return SerumChange(
        serum.study,
        serum,
        "serum",
        bands=serum_levels.name_band(config, serum.words),
        note=serum_levels.explain_band(config, serum.words, serum.outside),
    )


def reference(serum: Serum) -> Reference:
    """Ask how many patients lay above the range of healthy people.

    Examples
    --------
    >>> from helpers.answers import cytokines
    >>> trial = read_trial()
    >>> cytokines.reference(cytokines.compare_visits(trial))
    At Baseline, 12 of 14 patients had more IL-1Ra than any of the healthy people...
    """
    return Reference(serum.study, serum)


def compare_groups(serum: Serum) -> Ratios:
    """Ask whether levels or changes differ between the two groups.

    Examples
    --------
    >>> from helpers.answers import cytokines
    >>> trial = read_trial()
    >>> cytokines.compare_groups(cytokines.compare_visits(trial))
    No level and no change differs clearly between responders and non-responders...
    """
    return Ratios(serum.study, serum)
