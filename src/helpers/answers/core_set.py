"""The core set measures: their courses, and how far each moved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from helpers.answers.answer import Answer
from helpers.derive.response.core_set import MEASURE_NAMES
from helpers.plots import clinical_response as plots
from helpers.report.numbers import Numbers
from helpers.report.overview.study_overview import label_visits
from helpers.report.pieces import Figure, Piece, Table
from helpers.report.response import core_set as report
from helpers.stats import groups as compare
from helpers.study import Study


@dataclass(frozen=True, eq=False, repr=False)
class Change(Answer):
    """How each measure moved, patient by patient and in each arm."""

    groups: pd.Series

    @cached_property
    def changes(self) -> pd.DataFrame:
        """One row per measure, group and visit: centre, interval, p, adjusted p."""
        changes = compare.summarise_change(self.study.responses.change, self.groups)
        return report.adjust_changes(changes, self.study.config)

    def list_pieces(self) -> Iterator[Piece]:
        core_set, config = self.study.table("core_set"), self.study.config
        yield Figure(
            "core_set_courses",
            lambda: plots.plot_trajectories(
                core_set,
                self.groups,
                panels=MEASURE_NAMES,
                titles=report.title_measures(config),
                visits=label_visits(config),
            ),
            report.caption_courses(core_set, self.groups),
            report.describe_courses(core_set, self.groups, config),
        )
        yield Table(
            "change_by_measure",
            report.tabulate_change(self.changes, config),
            report.caption_change(self.changes, config),
            by="visit",
        )

    def _record(self, numbers: Numbers) -> None:
        report.record_change(numbers, self.changes)


def change(study: Study, *, groups: pd.Series | None = None) -> Change:
    """Ask how each core set measure moved.

    Parameters
    ----------
    study : Study
        With the table `core_set`.
    groups : Series of str, optional
        Group of each patient, index patient_id; the arms where not given.

    Examples
    --------
    >>> from helpers.answers import core_set, response
    >>> from helpers.study import read_study
    >>> trial = read_study("endurance_training_iim", tables=response.TABLES)
    >>> changes = core_set.change(trial).changes
    >>> changes.loc[changes["measure"] == "mmt8", "n"].tolist()
    [9, 6]
    """
    return Change(study, study.arms if groups is None else groups)
