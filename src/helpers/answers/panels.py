"""Before and after, panel by panel: who can be compared, and what changed.

A panel is a stain, a protein or a population of cells. The topic (biopsies, serum, T cells) says
what its panels are; everything else is the same question.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from helpers.answers.answer import Answer
from helpers.derive.laboratory import paired
from helpers.plots.paired import plot_pairs
from helpers.report.numbers import Numbers
from helpers.report.p_values import STANDARD
from helpers.report.panels import paired as words_of
from helpers.report.panels import paired_changes as change_words
from helpers.report.panels.paired import PairWords
from helpers.report.pieces import Figure, Piece, Table, Text
from helpers.stats.paired import summarise_pairs


@dataclass(frozen=True, eq=False, repr=False)
class Panels(Answer):
    """Values of the same patients before and after, and how the patients are divided.

    Attributes
    ----------
    words : PairWords
        What the panels are called, with their units, visits and scale.
    pairs : DataFrame
        One row per patient and panel: before, after, change, reason.
    groups : Series of str
        Group of each patient, index patient_id.
    months : (float, float)
        The two visits.
    """

    words: PairWords
    pairs: pd.DataFrame
    groups: pd.Series
    months: tuple[float, float]

    @cached_property
    def comparable(self) -> pd.DataFrame:
        """One row per patient: in how many panels before and after are both known."""
        return paired.summarise_comparable(self.pairs)

    @property
    def sentence(self) -> str:
        return words_of.describe_comparable(self.ledger, self.comparable, self.words)

    @property
    def limits(self) -> tuple[str, ...]:
        return (
            words_of.describe_left_early(self.ledger, self.pairs, self.words, month=self.months[1]),
            words_of.describe_group_limits(self.ledger, self.groups, self.words),
        )

    def list_pieces(self) -> Iterator[Piece]:
        yield Text((self.sentence, words_of.describe_grouping(self.ledger, self.groups)))

    def _record(self, numbers: Numbers) -> None:
        words_of.record_comparable(numbers, self.comparable, self.words)


@dataclass(frozen=True, eq=False, repr=False)
class Change(Answer):
    """What changed from before to after: everybody tested, the groups described.

    Attributes
    ----------
    panels : Panels
        Who is compared, and in what.
    name : str
        First word of the names of its figure and tables, ``biopsy``.
    bands : mapping of str to (float, float)
        Range of healthy people by panel, drawn behind the lines.
    note : str
        What the caption of the figure says of it besides.
    """

    panels: Panels
    name: str
    bands: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    note: str = ""

    @cached_property
    def changes(self) -> pd.DataFrame:
        """One row per panel and tested group: n, medians, centre, interval, p, adjusted p."""
        pooled = words_of.pool_patients(self.panels.ledger, self.panels.groups)
        changes = summarise_pairs(self.panels.pairs, pooled, scale=self.panels.words.scale)
        return words_of.adjust_family(changes, self.study.config, self.panels.words)

    @cached_property
    def by_group(self) -> pd.DataFrame:
        """The same for each group, described and not tested."""
        return summarise_pairs(self.panels.pairs, self.panels.groups, scale=self.panels.words.scale)

    @property
    def sentence(self) -> str:
        return change_words.describe_changes(self.ledger, self.changes, self.panels.words)

    @property
    def methods(self) -> tuple[tuple[str, str], ...]:
        return STANDARD

    def list_pieces(self) -> Iterator[Piece]:
        yield self.figure
        yield self.table
        yield Text((self.sentence,))
        yield Table(
            f"{self.name}_change_by_group",
            change_words.tabulate_groups(self.by_group, self.changes, self.panels.words),
            change_words.caption_changes(self.by_group, self.panels.words),
            empty="There are no other groups than in the table above.",
        )

    @property
    def figure(self) -> Figure:
        """Each patient's two values as a line, panel by panel."""
        panels = self.panels
        return Figure(
            f"{self.name}_pairs",
            lambda: plot_pairs(
                panels.pairs,
                panels.groups,
                self.by_group,
                titles=panels.words.title_panels(),
                ends=panels.words.ends,
                scale=panels.words.scale,
                order=words_of.order_groups(panels.groups),
                bands=self.bands,
            ),
            change_words.caption_pairs(self.by_group, panels.words, more=self.note),
            change_words.describe_pairs(self.by_group, panels.words),
        )

    @property
    def table(self) -> Table:
        """The change of each panel with its interval and tests."""
        return Table(
            f"{self.name}_change",
            change_words.tabulate_changes(self.changes, self.panels.words),
            change_words.caption_changes(self.changes, self.panels.words),
        )

    def _record(self, numbers: Numbers) -> None:
        change_words.record_changes(numbers, self.changes, self.panels.words)
        change_words.record_changes(numbers, self.by_group, self.panels.words)
