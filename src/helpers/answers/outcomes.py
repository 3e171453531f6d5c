"""Declared outcomes: whether the primary one was reached, and the secondary ones beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from helpers.answers.answer import Answer
from helpers.contracts.outcomes import RESPONSE, Outcome
from helpers.derive.response.outcomes import find_measure
from helpers.report.numbers import Numbers
from helpers.report.outcomes import outcome as report
from helpers.report.outcomes.outcome import PRIMARY, ArmContrast, ArmShare
from helpers.report.pieces import Piece, Table, Text
from helpers.study import Study

TABLES = (
    *("core_set", "functional_index", "performance_tests", "published_flags"),
    *("disposition", "medications"),
)
"""What a declared outcome may rest on."""


@dataclass(frozen=True, eq=False, repr=False)
class Judged(Answer):
    """One declared outcome: who reached it, by arm, and how declared contrasts compare.

    Attributes
    ----------
    name : str
        ``primary``, or the name of an endpoint in study.yml.
    """

    name: str

    @property
    def outcome(self) -> Outcome | None:
        """What was declared; None where the study declares no primary outcome."""
        return self.study.config.outcomes.get(self.name)

    @cached_property
    def judged(self) -> pd.DataFrame:
        """One row per patient: values, whether it was reached, why not judged, what it counts as.

        Raises
        ------
        KeyError
            When no such outcome is declared.
        """
        return self.study.judge_outcome(self.name)

    @cached_property
    def shares(self) -> list[ArmShare]:
        """Counts of each arm."""
        return report.count_arms(self.judged, self.study.arms)

    @cached_property
    def contrasts(self) -> list[ArmContrast]:
        """The declared contrasts of arms, where both were judged."""
        return report.compare_arms(self.shares, self.study.config)

    @property
    def verdict(self) -> str:
        """Whether the trial reached it: reached, not reached or not judged."""
        return self._judge_trial()[0]

    @property
    def sentence(self) -> str:
        if self.outcome is None:
            return report.NOT_DECLARED
        return report.describe_outcome(
            self.ledger, self.name, self.outcome, self.shares, self.contrasts
        )

    @property
    def summary(self) -> tuple[str, ...]:
        is_case = self.outcome is None and len(self.study.patients) == 1
        return () if is_case else (self.sentence,)

    @property
    def conclusion(self) -> tuple[str, ...]:
        if self.outcome is None or self.name != PRIMARY:
            return ()
        return (report.describe_verdict(*self._judge_trial()),)

    @property
    def methods(self) -> tuple[tuple[str, str], ...]:
        if self.outcome is None:
            return ()
        title = "Primary outcome" if self.name == PRIMARY else f"Endpoint {self.name}"
        return ((title, report.describe_rule(self.outcome, self.study.config)),)

    def list_pieces(self) -> Iterator[Piece]:
        if self.outcome is None:
            yield Text((self.sentence,))
            return
        config = self.study.config
        yield Text((self.sentence, report.describe_rule(self.outcome, config), *self.conclusion))
        yield Table(
            f"{self.name}_outcome",
            report.tabulate_outcome(self.shares),
            report.caption_outcome(self.outcome, config),
        )
        yield Table(
            f"{self.name}_contrasts",
            report.tabulate_contrasts(self.ledger, self.name, self.contrasts),
            report.caption_contrasts(self.contrasts),
            empty="",
        )
        yield Text((report.describe_not_judged(self.judged),))
        yield Table(
            f"{self.name}_by_patient",
            report.list_patients_judged(self.judged, self.study.arms),
            f"{report.caption_outcome(self.outcome, config).partition('. ')[0]}, by patient.",
            data=self.judged,
        )

    def _judge_trial(self) -> tuple[str, str]:
        assert self.outcome is not None, "asked only where one is declared"
        return report.judge_trial(self.outcome, self.shares, self.contrasts, self.ledger)

    def _record(self, numbers: Numbers) -> None:
        if self.outcome is not None:
            report.record_outcome(
                numbers, self.name, self.shares, self.contrasts, source=self._list_tables()
            )

    def _list_tables(self) -> list[str]:
        assert self.outcome is not None, "asked only where one is declared"
        measured = find_measure(self.outcome.measure, self.study.tables).table
        own = "core_set" if self.outcome.measure == RESPONSE else measured
        wanted = ("patients", own, "disposition", "medications")
        return [name for name in wanted if name and self.study.has(name)]


@dataclass(frozen=True, eq=False, repr=False)
class Headline(Judged):
    """The primary outcome in words, for the head of a chapter; its tables stand in the overview."""

    @property
    def summary(self) -> tuple[str, ...]:
        return () if self.outcome is None else (self.sentence,)

    def list_pieces(self) -> Iterator[Piece]:
        yield Text((self.sentence, *self.conclusion))


@dataclass(frozen=True, eq=False, repr=False)
class Endpoints(Answer):
    """Every secondary outcome that was declared."""

    @cached_property
    def answers(self) -> tuple[Judged, ...]:
        """One answer for each, in the order of study.yml."""
        return tuple(Judged(self.study, name) for name in self.study.config.endpoints)

    @property
    def parts(self) -> tuple[Answer, ...]:
        return self.answers

    @property
    def sentence(self) -> str:
        return " ".join(one.sentence for one in self.answers)

    @property
    def methods(self) -> tuple[tuple[str, str], ...]:
        return tuple(method for one in self.answers for method in one.methods)

    def list_pieces(self) -> Iterator[Piece]:
        config = self.study.config
        found = {one.name: (config.endpoints[one.name], one.shares) for one in self.answers}
        yield Text(tuple(one.sentence for one in self.answers))
        yield Table(
            "secondary_endpoints",
            report.tabulate_endpoints(found, config),
            "Secondary endpoints by arm. Intervals: exact (Clopper-Pearson), 95 %.",
            empty="",
        )

    def _record(self, numbers: Numbers) -> None:
        for one in self.answers:
            one._record(numbers)


def primary(study: Study) -> Judged:
    """Ask whether the declared primary outcome was reached.

    Examples
    --------
    >>> from helpers.answers import outcomes
    >>> from helpers.study import read_study
    >>> trial = read_study("endurance_training_iim", tables=outcomes.TABLES)
    >>> outcomes.primary(trial)
    The primary outcome, cycling time to exhaustion at least 20 % better at 12 weeks, was...
    """
    return Judged(study, PRIMARY)


def headline(study: Study) -> Headline:
    """Ask for the primary outcome in words, to begin a chapter with.

    Examples
    --------
    >>> from helpers.answers import outcomes
    >>> from helpers.study import read_study
    >>> trial = read_study("endurance_training_iim", tables=outcomes.TABLES)
    >>> outcomes.headline(trial).verdict
    'reached'
    """
    return Headline(study, PRIMARY)


def endpoints(study: Study) -> Endpoints:
    """Ask for every secondary outcome that was declared.

    Examples
    --------
    >>> from helpers.answers import outcomes
    >>> from helpers.study import read_study
    >>> trial = read_study("endurance_training_iim", tables=outcomes.TABLES)
    >>> len(outcomes.endpoints(trial).answers)
    0
    """
    return Endpoints(study)
