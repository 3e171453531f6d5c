"""The course of one patient: what happened when, and how far measured values moved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import pandas as pd
from matplotlib.figure import Figure as Drawing

from helpers.answers.answer import Answer
from helpers.derive.course import case_timeline as derive
from helpers.plots import case_timeline as plots
from helpers.report.numbers import Numbers
from helpers.report.overview import case_timeline as report
from helpers.report.pieces import Cell, Figure, Piece, Table, Text
from helpers.study import Study

TABLES = ("labs", "case_events", "medications")
"""What the chapter reads: values and events by day, drugs by month."""


@dataclass(frozen=True, eq=False, repr=False)
class Course(Answer):
    """What happened to one patient, and when.

    Attributes
    ----------
    patient_id : str
        The patient shown.
    """

    patient_id: str

    @cached_property
    def labs(self) -> pd.DataFrame:
        """One row per day and test of this patient."""
        return derive.select_patient(self.study.table("labs"), self.patient_id)

    @cached_property
    def events(self) -> pd.DataFrame:
        """The patient's events in order of time; those without a day last."""
        events = derive.select_patient(self.study.table("case_events"), self.patient_id)
        return derive.order_events(events)

    @cached_property
    def courses(self) -> pd.DataFrame:
        """One row per course of a drug of this patient: first and last day."""
        courses = derive.derive_courses(self.study.tables.get("medications"))
        return derive.select_patient(courses, self.patient_id)

    @cached_property
    def changes(self) -> pd.DataFrame:
        """One row per test and later value: before, after, interval, change."""
        return derive.derive_lab_change(self.labs)

    @property
    def sentence(self) -> str:
        return report.describe_patient(self.ledger, self.patient_id, self._others)

    @property
    def summary(self) -> tuple[str, ...]:
        return tuple(
            report.summarise_case_timeline(self.ledger, self.changes, self.events, self.sentence)
        )

    @property
    def conclusion(self) -> tuple[str, ...]:
        return tuple(report.conclude_case_timeline(self.changes, self.courses))

    @property
    def limits(self) -> tuple[str, ...]:
        return tuple(report.describe_case_limits(self.ledger, self.changes, self.courses))

    def list_pieces(self) -> Iterator[Piece]:
        points = report.label_points(self.labs, self.changes)
        treatment = report.name_treatment(self.courses)
        said = (self.sentence, report.describe_outcomes(self.events), report.NO_EFFECT)
        yield Text((" ".join(line for line in said if line),), kind="headline")
        moved = "".join(
            f"<p>{words}</p>" for words in report.describe_changes(self.ledger, self.changes)
        )
        yield Cell("work", moved, title="What changed?")
        yield Cell(
            "safe", f"<p>{report.describe_outcomes(self.events)}</p>", title="What followed?"
        )
        yield Text((self.sentence, report.describe_undated(self.ledger)))

        def draw(*, is_narrow: bool = False) -> Drawing | None:
            return plots.plot_timeline(
                report.label_courses(derive.end_at_death(self.courses, self.events)),
                self.events,
                points,
                span=self._find_span(points),
                axis_label=f"days from the start of {treatment}",
                is_narrow=is_narrow,
            )

        yield Figure(
            "case_timeline",
            draw,
            report.caption_timeline(self.events),
            report.describe_timeline(self.courses, self.events, self.changes),
            finding=" ".join(report.describe_changes(self.ledger, self.changes)[:2]),
            limit=report.NO_EFFECT,
            note=report.explain_timeline(self.courses),
            draw_narrow=partial(draw, is_narrow=True),
        )
        yield Table(
            "case_events",
            report.tabulate_events(self.events),
            report.caption_events(self.events),
            empty="No event is recorded.",
        )
        yield Text((report.describe_outcomes(self.events),))

    @property
    def _others(self) -> Sequence[str]:
        return derive.list_others(
            self.study.table("labs"), self.study.table("case_events"), self.patient_id
        )

    def _find_span(self, points: pd.DataFrame) -> tuple[float, float] | None:
        events, courses = self.events, self.courses
        return derive.find_span(
            points["day"],
            events["day"],
            events["end_day"],
            courses["start_day"],
            courses["end_day"],
        )

    def _record(self, numbers: Numbers) -> None:
        report.record_case(numbers, self.changes, self.events)


@dataclass(frozen=True, eq=False, repr=False)
class Treatments(Answer):
    """What was given."""

    course: Course

    @property
    def sentence(self) -> str:
        return report.describe_ongoing(self.course.courses)

    def list_pieces(self) -> Iterator[Piece]:
        yield Table(
            "case_treatments",
            report.tabulate_courses(self.course.courses),
            report.caption_courses(self.course.courses),
            empty="Which drugs were given is not recorded.",
        )
        yield Text((self.sentence,))


@dataclass(frozen=True, eq=False, repr=False)
class Changes(Answer):
    """How far the values moved; nothing is tested in one patient."""

    course: Course

    @property
    def parts(self) -> tuple[Answer, ...]:
        return (self.course,)

    @property
    def sentence(self) -> str:
        return " ".join(report.describe_changes(self.ledger, self.course.changes))

    def list_pieces(self) -> Iterator[Piece]:
        changes = self.course.changes
        yield Table(
            "case_changes",
            report.tabulate_changes(changes),
            report.caption_changes(changes, self.study.config.citation),
            digits={"change, %": 1},
            empty="No test is recorded.",
        )
        yield Text(tuple(report.describe_changes(self.ledger, changes)))


def course(study: Study, *, patient_id: str = "") -> Course:
    """Ask what happened to one patient, and when.

    Parameters
    ----------
    study : Study
        With the tables `labs` and `case_events`.
    patient_id : str
        The case to show; the first of the study where empty.

    Examples
    --------
    >>> from helpers.answers import case_timeline
    >>> from helpers.study import read_study
    >>> trial = read_study("anti_mda5_case", tables=case_timeline.TABLES)
    >>> case_timeline.course(trial)
    The course of patient C01: female, 53 years old, CADM.
    """
    shown = derive.choose_case(
        study.table("labs"), study.table("case_events"), patient_id=patient_id
    )
    return Course(study, shown)


def treatments(course: Course) -> Treatments:
    """Ask what was given.

    Examples
    --------
    >>> from helpers.answers import case_timeline
    >>> from helpers.study import read_study
    >>> trial = read_study("anti_mda5_case", tables=case_timeline.TABLES)
    >>> case_timeline.treatments(case_timeline.course(trial))
    Also given: prednisone...
    """
    return Treatments(course.study, course)


def changes(course: Course) -> Changes:
    """Ask how far the values moved.

    Examples
    --------
    >>> from helpers.answers import case_timeline
    >>> from helpers.study import read_study
    >>> trial = read_study("anti_mda5_case", tables=case_timeline.TABLES)
    >>> case_timeline.changes(case_timeline.course(trial))
    CRP fell from 179 to 31 mg/L in...
    """
    return Changes(course.study, course)


def explain_no_tests() -> Text:
    """Say why nothing is tested in one patient.

    Examples
    --------
    >>> from helpers.answers import case_timeline
    >>> case_timeline.explain_no_tests().kind
    'text'
    """
    return Text((report.NO_INFERENCE,))
