"""Extramuscular disease at baseline: whether responders began with more of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import pandas as pd
from matplotlib.figure import Figure as Drawing

from helpers.answers.answer import Answer
from helpers.plots.groups import plot_two_groups
from helpers.report.numbers import Numbers
from helpers.report.pieces import Figure, Piece, Text
from helpers.report.response import extramuscular as report
from helpers.stats.result import StatisticResult
from helpers.study import Study


@dataclass(frozen=True, eq=False, repr=False)
class Baseline(Answer):
    """Whether responders began with more extramuscular disease than the others."""

    groups: pd.Series

    @cached_property
    def values(self) -> pd.Series:
        """Extramuscular activity at baseline of those compared; index patient_id."""
        core_set, config = self.study.table("core_set"), self.study.config
        values = report.pick_baseline(core_set, "extramuscular", config)
        return values[values.index.isin(self.groups.index)]

    @cached_property
    def shift(self) -> StatisticResult:
        """Responders minus others: Hodges-Lehmann shift with its exact test."""
        return report.compare_responders(self.values, self.groups)

    @property
    def sentence(self) -> str:
        return report.describe_extramuscular(self.ledger)

    def list_pieces(self) -> Iterator[Piece]:
        yield Figure(
            "extramuscular_by_response",
            self._draw,
            report.caption_extramuscular(self.shift),
            report.describe_extramuscular(self.ledger, plain=True),
        )
        yield Text((self.sentence,))

    def _draw(self) -> Drawing | None:
        if self.values.empty:
            return None
        return plot_two_groups(
            self.values,
            self.groups,
            label=report.label_extramuscular(self.study.config),
            shift=report.read_shift(self.shift),
            shift_label="responders minus others",
        )

    def _record(self, numbers: Numbers) -> None:
        report.record_extramuscular(numbers, self.shift)


def baseline(study: Study, *, groups: pd.Series | None = None) -> Baseline:
    """Ask whether responders began with more extramuscular disease.

    Examples
    --------
    >>> from helpers.answers import extramuscular, response
    >>> from helpers.study import read_study
    >>> trial = read_study("endurance_training_iim", tables=response.TABLES)
    >>> extramuscular.baseline(trial)
    Responders began 0.03 points above the others...
    """
    return Baseline(study, study.responses.groups if groups is None else groups)
