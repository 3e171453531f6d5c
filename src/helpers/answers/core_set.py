"""The core set measures: their courses, and how far each moved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from helpers.answers.answer import Answer
from helpers.derive.baseline import pair_with_baseline
from helpers.derive.checks import VISIT
from helpers.derive.response.core_set import MEASURE_NAMES
from helpers.plots import clinical_response as plots
from helpers.report.numbers import Numbers
from helpers.report.outcomes import arms
from helpers.report.overview.study_overview import label_visits
from helpers.report.pieces import Figure, Piece, Table, Text
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
        shown = self.study.groups if self.study.can_judge_response else self.groups
        yield Figure(
            "core_set_courses",
            lambda: plots.plot_trajectories(
                core_set,
                shown,
                panels=MEASURE_NAMES,
                titles=report.title_measures(config),
                visits=label_visits(config),
                limits=report.list_limits(config),
            ),
            report.caption_courses(core_set, shown),
            report.describe_courses(core_set, self.groups, config),
            finding=report.find_change(self.ledger, self.changes, config),
            limit=report.limit_change(self.changes, config),
        )
        yield Table(
            "change_by_measure",
            report.tabulate_change(self.changes, config),
            report.caption_change(self.changes, config),
            by="visit",
        )

    def _record(self, numbers: Numbers) -> None:
        report.record_change(numbers, self.changes)


@dataclass(frozen=True, eq=False, repr=False)
class BetweenArms(Answer):
    """How much more each measure changed in one arm than in its declared reference."""

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """One row per patient, visit and measure: core set, Functional Index and tests."""
        study, month = self.study, self.study.config.baseline_month
        parts = [study.responses.change[[*VISIT, "measure", "baseline", "value"]]]
        if (index := study.tables.get("functional_index")) is not None:
            of_index = pair_with_baseline(index, value="fi", baseline_month=month)
            parts.append(of_index.assign(measure="fi"))
        if (tests := study.tables.get("performance_tests")) is not None:
            of_tests = pair_with_baseline(tests, by=["test"], baseline_month=month)
            parts.append(of_tests.rename(columns={"test": "measure"}))
        return pd.concat(parts, ignore_index=True)

    @cached_property
    def differences(self) -> pd.DataFrame:
        """One row per contrast, visit and measure: difference of changes, interval, p, adjusted."""
        config = self.study.config
        found = compare.compare_changes(self.pairs, self.study.arms, config.comparisons)
        return arms.adjust_contrasts(found, config)

    @property
    def sentence(self) -> str:
        return arms.describe_differences(self.ledger, self.differences)

    def list_pieces(self) -> Iterator[Piece]:
        config = self.study.config
        yield Text((self.sentence,))
        yield Table(
            "change_between_arms",
            arms.tabulate_differences(self.differences, config),
            arms.caption_differences(self.differences, config),
            data=self.differences,
            empty="",
        )

    def _record(self, numbers: Numbers) -> None:
        tables = ("patients", "core_set", "functional_index", "performance_tests")
        source = [name for name in tables if self.study.has(name)]
        arms.record_differences(numbers, self.differences, source=source)


def between_arms(study: Study) -> BetweenArms:
    """Ask how much more each measure changed in one arm than in its declared reference.

    Examples
    --------
    >>> from helpers.answers import core_set, response
    >>> from helpers.study import read_study
    >>> trial = read_study("endurance_training_iim", tables=response.TABLES)
    >>> core_set.between_arms(trial)
    7 changes were compared between arms; the interval of the difference leaves out zero in...
    """
    return BetweenArms(study)


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
