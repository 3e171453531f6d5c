"""Declared outcomes: whether the primary one was reached, and the secondary ones beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from helpers.answers.answer import Answer
from helpers.contracts.outcomes import CORE_MEASURES, FUNCTIONAL_INDEX, RESPONSE, Outcome
from helpers.contracts.response import IMACS_2004
from helpers.derive.response import over_time as over_time_of
from helpers.derive.response.imacs import flag_imacs_improvement
from helpers.derive.response.outcomes import find_measure
from helpers.derive.response.printed import judge_printed_changes
from helpers.derive.response.response_groups import derive_tis_scores
from helpers.derive.response.tis import TIS_ADULT
from helpers.plots import clinical_response as plots
from helpers.report.glance import headline as glance
from helpers.report.numbers import Numbers
from helpers.report.outcomes import outcome as report
from helpers.report.outcomes import plan
from helpers.report.outcomes import reporting as reporting_words
from helpers.report.outcomes.outcome import PRIMARY, ArmContrast, ArmShare
from helpers.report.overview.study_overview import label_visits
from helpers.report.pieces import Figure, Piece, Table, Text
from helpers.report.response import over_time as words
from helpers.report.response import printed_changes as lists
from helpers.report.response.over_time import Count
from helpers.study import Study

TABLES = (
    *("core_set", "functional_index", "performance_tests", "published_flags"),
    *("published_changes", "disposition", "medications"),
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
        if self._has_own_figure:
            yield self._draw_courses()
        yield Table(
            f"{self.name}_outcome",
            report.tabulate_outcome(self.shares),
            report.caption_outcome(self.outcome, config),
        )
        yield Text((report.describe_printed(self.ledger, self.name, self.outcome),))
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

    @property
    def _has_own_figure(self) -> bool:
        """Whether the measure is drawn nowhere else: a test, not an index or the core set."""
        assert self.outcome is not None, "asked only where one is declared"
        elsewhere = (RESPONSE, FUNCTIONAL_INDEX, *CORE_MEASURES)
        is_drawn = self.outcome.measure in elsewhere or self.outcome.direction is None
        return self.name == PRIMARY and not is_drawn

    def _draw_courses(self) -> Figure:
        assert self.outcome is not None, "asked only where one is declared"
        measured, config = find_measure(self.outcome.measure, self.study.tables), self.study.config
        return Figure(
            "primary_outcome",
            lambda: plots.plot_courses(
                measured.values,
                self.study.arms,
                visits=label_visits(config),
                label=report.label_axis(self.outcome, config, measured.unit),
            ),
            report.caption_courses(self.judged),
            report.describe_courses(self.judged, self.study.arms),
            finding=glance.describe_primary(self.ledger, self.shares, self.contrasts),
            limit=report.limit_courses(self.outcome),
        )

    def _judge_trial(self) -> tuple[str, str]:
        assert self.outcome is not None, "asked only where one is declared"
        return report.judge_trial(self.outcome, self.shares, self.contrasts, self.ledger)

    def _record(self, numbers: Numbers) -> None:
        if self.outcome is not None:
            report.record_outcome(
                numbers, self.name, self.shares, self.contrasts, source=self._list_tables()
            )
            report.record_printed(numbers, self.name, self.outcome, self.judged)

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


@dataclass(frozen=True, eq=False, repr=False)
class OverTime(Answer):
    """Response at each visit, at any, confirmed and kept, by both definitions."""

    @property
    def months(self) -> list[float]:
        """Planned visits after baseline."""
        return list(self.study.config.months[1:])

    @cached_property
    def judged(self) -> pd.DataFrame:
        """Index patient_id, one boolean column per moment; missing where not judged."""
        return self._judge(self.study.responses.categories)

    @cached_property
    def other(self) -> pd.DataFrame:
        """The same by the definition that is not in force: the score, or the count of measures."""
        study = self.study
        if study.config.response.definition == "tis_adult":
            flags = flag_imacs_improvement(study.responses.change, definition=IMACS_2004)
            return self._judge(over_time_of.label_flags(flags, column="improved"))
        _, scores = derive_tis_scores(
            study.table("core_set"), study.table("patients"), study.config
        )
        reached = (scores["tis"] >= TIS_ADULT.minimal).astype("boolean")
        flags = scores.assign(improved=reached.mask(scores["tis"].isna()))
        return self._judge(over_time_of.label_flags(flags, column="improved"))

    @cached_property
    def counts(self) -> list[Count]:
        """Responders of each arm at each moment."""
        return self._count(self.judged, self.study.arms)

    @cached_property
    def by_diagnosis(self) -> list[Count]:
        """The same by diagnosis; empty where none was recorded."""
        patients = self.study.table("patients").set_index("patient_id")
        return self._count(self.judged, patients["diagnosis"]) if "diagnosis" in patients else []

    @property
    def sentence(self) -> str:
        return words.describe_over_time(self.ledger, self.counts)

    def list_pieces(self) -> Iterator[Piece]:
        config = self.study.config
        yield Text((self.sentence, words.describe_first_improvement(self.ledger, self.counts)))
        yield Table(
            "response_over_time",
            words.tabulate_over_time(self.counts, self._count(self.other, self.study.arms), config),
            words.caption_over_time(),
            empty="There is no visit after baseline.",
        )
        yield Text((words.describe_by_diagnosis(self.ledger, self.by_diagnosis),))
        yield Table(
            "response_by_diagnosis",
            words.tabulate_by_diagnosis(self.by_diagnosis, config),
            words.caption_by_diagnosis(),
            empty="",
        )

    def _judge(self, categories: pd.DataFrame) -> pd.DataFrame:
        return over_time_of.judge_moments(
            categories, patients=self.study.patients, months=self.months
        )

    def _count(self, judged: pd.DataFrame, groups: pd.Series) -> list[Count]:
        moments = over_time_of.list_moments(self.months)
        rule = self.study.config.response
        coming = pd.DataFrame(
            {
                moment.name: [
                    (patient, moment.month) in self.study.not_due for patient in judged.index
                ]
                for moment in moments
            },
            index=judged.index,
        )
        judged = judged.mask(coming)
        counted = pd.DataFrame(
            {
                moment.name: over_time_of.count_everybody(
                    judged[moment.name], self.study.events, rule, month=moment.month
                )
                for moment in moments
            }
        ).mask(coming)
        return words.count_moments(judged, counted, groups, moments)

    def _record(self, numbers: Numbers) -> None:
        tables = ("core_set", "patients", "disposition", "medications")
        source = [name for name in tables if self.study.has(name)]
        words.record_counts(numbers, self.counts, source=source)
        first = f"{words.FIRST}.diagnosis"
        words.record_counts(numbers, self.by_diagnosis, first=first, source=source)


@dataclass(frozen=True, eq=False, repr=False)
class Printed(Answer):
    """Response by the measures that were printed as better and worse, where values were not."""

    @cached_property
    def judged(self) -> pd.DataFrame:
        """One row per patient and visit: better, worse, improved; beside it print and values."""
        judged = judge_printed_changes(
            self.study.table("published_changes"), definition=self.study.config.response.limits
        )
        return lists.compare_printed(judged, self.study)

    @property
    def is_asked(self) -> bool:
        """Whether such lists were entered."""
        return self.study.tables.get("published_changes") is not None

    @property
    def sentence(self) -> str:
        return lists.describe_printed(self.ledger, self.study.config) if self.is_asked else ""

    def list_pieces(self) -> Iterator[Piece]:
        if not self.is_asked:
            yield Text(())
            return
        yield Text((self.sentence,))
        yield Table(
            "printed_changes",
            lists.tabulate_printed(self.judged, self.study.config),
            lists.caption_printed(self.study.config),
            data=self.judged,
        )

    def _record(self, numbers: Numbers) -> None:
        if self.is_asked:
            lists.record_printed(numbers, self.judged)


@dataclass(frozen=True, eq=False, repr=False)
class Planned(Answer):
    """What was planned, what was changed, and what each outcome estimates."""

    @property
    def sentence(self) -> str:
        return plan.describe_plan(self.study)

    @property
    def limits(self) -> tuple[str, ...]:
        return () if self.study.config.plan.results else (plan.NO_PLAN,)

    def list_pieces(self) -> Iterator[Piece]:
        yield Text((self.sentence, plan.describe_departures(self.study)))
        yield Table(
            "plan",
            plan.tabulate_plan(self.study),
            "What the plan says of results, by the first words of their names in results.csv.",
            empty="",
        )
        yield Table(
            "estimands",
            plan.tabulate_estimands(self.study),
            plan.caption_estimands(),
            empty="",
        )


@dataclass(frozen=True, eq=False, repr=False)
class Reporting(Answer):
    """Where the report answers each item of the reporting guideline of its design."""

    @property
    def sentence(self) -> str:
        return reporting_words.describe_items(self.study)

    def list_pieces(self) -> Iterator[Piece]:
        name, _ = reporting_words.choose_items(self.study.config)
        yield Text((self.sentence,))
        yield Table(
            "reporting_items",
            reporting_words.tabulate_items(self.study),
            f"Where this report answers the items of {name}, in our own words.",
        )


def planned(study: Study) -> Planned:
    """Ask what was planned, and what each declared outcome estimates.

    Examples
    --------
    >>> from helpers.answers import outcomes
    >>> from helpers.study import read_study
    >>> trial = read_study("endurance_training_iim", tables=outcomes.TABLES)
    >>> outcomes.planned(trial)
    Changed: primary; of all other results it is not known whether...
    """
    return Planned(study)


def reporting(study: Study) -> Reporting:
    """Ask where the report answers what a report of such a trial should say.

    Examples
    --------
    >>> from helpers.answers import outcomes
    >>> from helpers.study import read_study
    >>> trial = read_study("endurance_training_iim", tables=outcomes.TABLES)
    >>> outcomes.reporting(trial)
    Of the 42 items of CONSORT 2025, this report answers...
    """
    return Reporting(study)


def primary(study: Study) -> Judged:
    """Ask whether the declared primary outcome was reached.

    Examples
    --------
    >>> from helpers.answers import outcomes
    >>> from helpers.study import read_study
    >>> trial = read_study("endurance_training_iim", tables=outcomes.TABLES)
    >>> outcomes.primary(trial)
    The primary outcome, cycling time to exhaustion at least...
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


def over_time(study: Study) -> OverTime:
    """Ask how many had responded at each visit, at any, confirmed, and to the end.

    Examples
    --------
    >>> from helpers.answers import outcomes
    >>> from helpers.study import read_study
    >>> trial = read_study("endurance_training_iim", tables=outcomes.TABLES)
    >>> outcomes.over_time(trial)
    By the IMACS definition, of 9 patients who entered in the arm “Endurance exercise”, 6 at...
    """
    return OverTime(study)


def printed(study: Study) -> Printed:
    """Ask what printed lists of improved and worsened measures say of response.

    Examples
    --------
    >>> from helpers.answers import outcomes
    >>> from helpers.study import read_study
    >>> trial = read_study("endurance_training_iim", tables=outcomes.TABLES)
    >>> outcomes.printed(trial).is_asked
    False
    """
    return Printed(study)
