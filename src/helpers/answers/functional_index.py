"""The Functional Index: whether muscles can do more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from helpers.answers.answer import Answer
from helpers.plots import clinical_response as plots
from helpers.report.numbers import Numbers
from helpers.report.overview.study_overview import label_visits
from helpers.report.pieces import Figure, Piece, Table, Text
from helpers.report.response import functional_index as report
from helpers.study import Study


@dataclass(frozen=True, eq=False, repr=False)
class Performance(Answer):
    """Whether the Functional Index improved."""

    @cached_property
    def flags(self) -> pd.DataFrame:
        """One row per patient and visit: value, change, improved; no rows where not measured."""
        measured = self.study.tables.get("functional_index")
        return report.judge_functional_index(measured, self.study.config)

    @cached_property
    def changes(self) -> pd.DataFrame:
        """One row per visit: centre of the changes, interval, p."""
        return report.summarise_functional_index(self.flags)

    @property
    def sentence(self) -> str:
        return report.describe_functional_index(self.ledger, self.changes)

    @property
    def methods(self) -> tuple[tuple[str, str], ...]:
        return tuple(report.list_functional_index_methods(self.flags))

    def list_pieces(self) -> Iterator[Piece]:
        config = self.study.config
        yield Text((self.sentence,))
        yield Figure(
            "functional_index",
            lambda: plots.plot_functional_index(
                self.study.tables.get("functional_index"),
                self.study.compared,
                visits=label_visits(config),
            ),
            report.caption_functional_index(self.flags, config),
            report.describe_functional_index_courses(self.flags, config),
            finding=report.find_functional_index(self.ledger),
            limit=report.limit_functional_index(self.flags, len(self.study.patients), config),
        )
        yield Table(
            "functional_index",
            report.tabulate_functional_index(self.changes, self.flags, config),
            report.caption_functional_index_change(self.changes),
            data=self.flags,
            empty="",
        )

    def _record(self, numbers: Numbers) -> None:
        report.record_functional_index(numbers, self.flags, self.changes, self.study.responses.best)


def performance(study: Study) -> Performance:
    """Ask whether muscle performance improved.

    Examples
    --------
    >>> from helpers.answers import functional_index
    >>> trial = read_trial()
    >>> functional_index.performance(trial)
    By ... the Functional Index had changed by 1 point...
    """
    return Performance(study)
