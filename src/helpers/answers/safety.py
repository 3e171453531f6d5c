"""Treatment and its tolerability: how long, who stopped and why, and which events occurred."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from helpers.answers.answer import Answer
from helpers.answers.cohort import Flow
from helpers.derive.course import adverse_events as events_derive
from helpers.derive.course import cohort as cohort_derive
from helpers.derive.course import safety as derive
from helpers.plots import adverse_events as events_plots
from helpers.plots import disposition as swimmer
from helpers.report.numbers import Numbers
from helpers.report.overview import adverse_events as events_words
from helpers.report.overview import cohort as cohort_words
from helpers.report.overview import disposition as disposition_words
from helpers.report.overview import safety as report
from helpers.report.overview.study_overview import label_visits
from helpers.report.pieces import Figure, Piece, Table, Text

EventSummaries = tuple[pd.DataFrame, pd.DataFrame]


@dataclass(frozen=True, eq=False, repr=False)
class Treatment(Answer):
    """How long each patient was treated, and who stopped."""

    flow: Flow

    @property
    def parts(self) -> tuple[Answer, ...]:
        return (self.flow,)

    @cached_property
    def exposure(self) -> pd.DataFrame | None:
        """One row per patient: months on treatment; None where it was not recorded."""
        return derive.derive_exposure_by_arm(
            self.study.table("patients"),
            self.study.tables.get("disposition"),
            self.study.tables.get("medications"),
        )

    @cached_property
    def outcomes(self) -> pd.DataFrame | None:
        """One row per patient: last month, completed, why stopped; None where not recorded."""
        return derive.derive_outcomes_by_arm(
            self.study.table("patients"), self.study.tables.get("disposition")
        )

    @cached_property
    def stops(self) -> pd.DataFrame | None:
        """One row per patient who stopped, with the cause; None where not recorded."""
        return derive.classify_stops(
            self.study.tables.get("disposition"), self.study.tables.get("adverse_events")
        )

    @cached_property
    def events(self) -> EventSummaries | None:
        """Adverse events in short, and by class and term; None where not recorded."""
        return derive.summarise_events_by_arm(
            self.study.tables.get("adverse_events"),
            self.study.table("patients"),
            self.exposure,
            self.study.tables.get("disposition"),
        )

    @cached_property
    def deaths(self) -> pd.Series:
        """Whether each patient died; missing where no source tells."""
        return derive.derive_deaths(
            self.study.table("patients"),
            self.study.tables.get("disposition"),
            self.study.tables.get("adverse_events"),
        )

    @cached_property
    def local(self) -> pd.DataFrame | None:
        """One row per arm: patients with a local reaction; None where not recorded."""
        return derive.summarise_local_reactions(
            self.study.tables.get("adverse_events"), self.study.table("patients")
        )

    @property
    def summary(self) -> tuple[str, ...]:
        return tuple(report.summarise_safety(self.ledger, self.stops))

    @property
    def sentence(self) -> str:
        return " ".join(self.summary)

    @property
    def limits(self) -> tuple[str, ...]:
        return tuple(report.describe_safety_limits(self.ledger, self.stops, self.exposure))

    def list_pieces(self) -> Iterator[Piece]:
        study, biopsies = self.study, self._biopsies
        responses = study.responses.categories if study.can_judge_response else None
        patients = study.table("patients")
        yield Figure(
            "time_on_treatment",
            lambda: swimmer.plot_swimmer(
                derive.derive_treatment_courses(
                    patients, study.tables.get("disposition"), study.tables.get("medications")
                ),
                self.outcomes,
                arms=cohort_words.list_arms(study),
                visits=label_visits(study.config),
                diagnoses=patients.set_index("patient_id").get("diagnosis"),
                responses=responses,
                biopsies=biopsies,
            ),
            disposition_words.caption_swimmer(
                self.ledger, self.exposure, self.outcomes, responses, biopsies
            ),
            disposition_words.describe_swimmer(self.exposure, self.outcomes),
        )

    @property
    def _biopsies(self) -> pd.DataFrame | None:
        return cohort_derive.list_measured(self.flow.measured.availability, "biopsies")

    def _record(self, numbers: Numbers) -> None:
        report.record_safety(
            numbers,
            self.stops,
            self.outcomes,
            self.exposure,
            self.events,
            self.local,
            self.deaths,
        )


@dataclass(frozen=True, eq=False, repr=False)
class AdverseEvents(Answer):
    """Which adverse events occurred."""

    treatment: Treatment

    @property
    def parts(self) -> tuple[Answer, ...]:
        return (self.treatment,)

    def list_pieces(self) -> Iterator[Piece]:
        if self.treatment.events is None:
            yield Text((report.describe_deaths(self.ledger),))
            return
        overview, by_class = self.treatment.events
        arms = cohort_words.list_arms(self.study)
        yield Text((events_words.describe_events(self.ledger), report.describe_deaths(self.ledger)))
        patients, order = self.study.table("patients"), events_words.order_events(by_class)
        worst = events_derive.list_worst_grades(self.study.table("adverse_events"), patients)
        yield Figure(
            "adverse_events",
            lambda: events_plots.plot_adverse_events(worst, order, arms=arms),
            events_words.caption_events_figure(self.ledger),
            events_words.describe_events_figure(by_class),
            finding=events_words.find_events(self.ledger),
            limit=events_words.limit_events(self.ledger),
        )
        yield Table(
            "adverse_events_overview",
            events_words.tabulate_event_overview(overview, arms),
            events_words.caption_event_overview(self.ledger, overview),
            data=overview,
        )
        yield Table(
            "adverse_events",
            events_words.tabulate_events(by_class, arms),
            events_words.caption_events(overview),
            formats={"adverse event": events_words.format_event},
            data=by_class,
            empty="No adverse event was recorded.",
        )


@dataclass(frozen=True, eq=False, repr=False)
class Tolerability(Answer):
    """How the treatment was tolerated: who stopped and why."""

    treatment: Treatment

    @property
    def parts(self) -> tuple[Answer, ...]:
        return (self.treatment, self.treatment.flow)

    @property
    def methods(self) -> tuple[tuple[str, str], ...]:
        stops = self.treatment.stops
        return () if stops is None or stops.empty else tuple(disposition_words.list_stop_methods())

    def list_pieces(self) -> Iterator[Piece]:
        stops = self.treatment.stops
        yield Text(
            (
                disposition_words.describe_stops(self.ledger, stops),
                report.describe_local_reactions(self.ledger, self.treatment.local),
                disposition_words.describe_exposure(self.ledger),
            )
        )
        if stops is not None and len(stops):
            arms, patients = cohort_words.list_arms(self.study), self.study.table("patients")
            yield Table(
                "reasons_for_stopping",
                disposition_words.tabulate_stops(stops, patients, arms),
                disposition_words.caption_stops(self.ledger),
                formats={"who": cohort_words.link_listed},
                data=stops,
            )


def treatment(flow: Flow) -> Treatment:
    """Ask how long each patient was treated, and who stopped.

    Examples
    --------
    >>> from helpers.answers import cohort, safety
    >>> trial = read_trial()
    >>> safety.treatment(cohort.flow(cohort.availability(trial)))
    6 of 15 patients stopped early...
    """
    return Treatment(flow.study, flow)


def adverse_events(treatment: Treatment) -> AdverseEvents:
    """Ask which adverse events occurred.

    Examples
    --------
    >>> from helpers.answers import cohort, safety
    >>> trial = read_trial()
    >>> treated = safety.treatment(cohort.flow(cohort.availability(trial)))
    >>> safety.adverse_events(treated).find("adverse_events").name
    'adverse_events'
    """
    return AdverseEvents(treatment.study, treatment)


def tolerability(treatment: Treatment) -> Tolerability:
    """Ask how the treatment was tolerated.

    Examples
    --------
    >>> from helpers.answers import cohort, safety
    >>> trial = read_trial()
    >>> treated = safety.treatment(cohort.flow(cohort.availability(trial)))
    >>> safety.tolerability(treated).find("reasons_for_stopping").name
    'reasons_for_stopping'
    """
    return Tolerability(treatment.study, treatment)
