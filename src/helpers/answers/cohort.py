"""Who was studied, who stayed, what was measured when, and what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from helpers.answers.answer import Answer
from helpers.derive.course import cohort as derive
from helpers.derive.course import medication
from helpers.plots import study_overview as plots
from helpers.report.numbers import Numbers
from helpers.report.overview import availability as availability_words
from helpers.report.overview import cohort as report
from helpers.report.overview import patient_flow as flow_words
from helpers.report.overview import study_overview as overview
from helpers.report.pieces import Figure, Piece, Table, Text
from helpers.study import Study

TABLES = (
    *("core_set", "functional_index", "questionnaires", "performance_tests"),
    *("biopsies", "cytokines", "t_cells"),
    *("disposition", "medications", "adverse_events"),
    *("published_flags", "published_changes"),
)
"""What the chapter reads: values by visit, laboratory, treatment and its harms."""


@dataclass(frozen=True, eq=False, repr=False)
class Design(Answer):
    """What the study is."""

    @property
    def sentence(self) -> str:
        return overview.describe_design(self.study.config)

    @property
    def limits(self) -> tuple[str, ...]:
        return tuple(overview.list_notes(self.study.config))

    def list_pieces(self) -> Iterator[Piece]:
        yield Table(
            "study_design",
            overview.tabulate_design(self.study.config, has_core_set=self.study.has("core_set")),
            "The study as its configuration describes it.",
        )


@dataclass(frozen=True, eq=False, repr=False)
class AtEntry(Answer):
    """Who was studied, by arm and by response."""

    @cached_property
    def summary_by_group(self) -> pd.DataFrame:
        """One row per characteristic and group: median and range, or count."""
        return derive.summarise_cohort(
            self.study.table("patients"),
            self.study.tables.get("core_set"),
            groups=[self.study.arms, report.group_by_response(self.study)],
            baseline_month=self.study.config.baseline_month,
        )

    @cached_property
    def doses(self) -> pd.DataFrame:
        """One row per drug beside the treatment, what (dose, change) and group."""
        study = self.study
        doses = medication.derive_doses(
            study.table("patients"),
            study.tables.get("medications"),
            medication.list_last_months(
                study.patients, study.tables.get("disposition"), end=study.config.months[-1]
            ),
            baseline_month=study.config.baseline_month,
        )
        groups = [study.arms, report.group_by_response(study)]
        return medication.summarise_doses(doses, study.patients, groups=groups)

    def list_pieces(self) -> Iterator[Piece]:
        patients, config = self.study.table("patients"), self.study.config
        table = report.tabulate_cohort(self.summary_by_group, config)
        doses = (
            report.tabulate_doses(self.doses, [str(name) for name in table.columns])
            if len(table)
            else table
        )
        yield Table(
            "patients_at_entry",
            pd.concat([table, doses], ignore_index=True),
            report.caption_cohort(self.summary_by_group, self.doses, self.study),
            data=self.summary_by_group,
            empty=report.explain_no_cohort(patients),
        )
        yield Table(
            "patients",
            report.tabulate_patients(patients, config),
            report.caption_patients(patients),
            data=patients,
            empty="Nothing beyond the arm was recorded of single patients.",
        )


@dataclass(frozen=True, eq=False, repr=False)
class Availability(Answer):
    """What was measured when."""

    @cached_property
    def availability(self) -> pd.DataFrame:
        """One row per patient, planned visit and table: how many values, and status."""
        return derive.derive_availability(
            self.study.tables,
            patients=self.study.patients,
            months=self.study.config.months,
            disposition=self.study.tables.get("disposition"),
            window=self.study.config.visit_window,
        )

    def list_pieces(self) -> Iterator[Piece]:
        patients, config = self.study.table("patients"), self.study.config
        samples = derive.summarise_availability(
            self.availability, baseline_month=config.baseline_month
        )
        yield Figure(
            "availability",
            lambda: plots.plot_availability(
                self.availability,
                patients=self.study.patients,
                labels=availability_words.head_tables(),
                visits=overview.label_visits(config),
            ),
            availability_words.caption_availability(self.availability, patients),
            availability_words.describe_availability(self.availability, config),
        )
        yield Table(
            "measured",
            availability_words.tabulate_samples(samples, config),
            availability_words.caption_samples(samples),
            data=samples,
            empty="",
        )


@dataclass(frozen=True, eq=False, repr=False)
class Flow(Answer):
    """Who stayed, and who left."""

    measured: Availability

    @cached_property
    def seen(self) -> pd.DataFrame:
        """One row per arm and planned visit: entered, and seen (missing where not known)."""
        return derive.count_seen(
            self.study.table("patients"),
            months=self.study.config.months,
            disposition=self.study.tables.get("disposition"),
            availability=self.measured.availability,
            window=self.study.config.visit_window,
        )

    @cached_property
    def left(self) -> pd.DataFrame:
        """One row per arm, visit and reason: how many had stopped before it."""
        return flow_words.list_who_left(
            self.study.table("patients"),
            self.study.tables.get("disposition"),
            months=list(self.study.config.months),
            window=self.study.config.visit_window,
        )

    @property
    def sentence(self) -> str:
        return overview.describe_flow(self.ledger)

    @property
    def conclusion(self) -> tuple[str, ...]:
        return tuple(overview.conclude_overview(self.ledger, self.seen))

    @property
    def limits(self) -> tuple[str, ...]:
        return tuple(overview.describe_overview_limits(self.ledger))

    def list_pieces(self) -> Iterator[Piece]:
        yield Text(
            (report.describe_entered(self.ledger), flow_words.describe_retention(self.ledger))
        )
        yield Figure(
            "patient_flow",
            lambda: plots.plot_flow(
                self.seen,
                arms=report.list_arms(self.study),
                visits=overview.label_visits(self.study.config),
                left=self.left,
            ),
            flow_words.caption_flow(self.ledger, self.left),
            flow_words.describe_flow(self.seen, self.left, self.study.config),
        )

    def _record(self, numbers: Numbers) -> None:
        overview.record_flow(numbers, self.seen)


@dataclass(frozen=True, eq=False, repr=False)
class Missing(Answer):
    """What is missing or left out."""

    measured: Availability

    @cached_property
    def missing(self) -> pd.DataFrame:
        """One row per measure and visit with a missing core set value: how many, and who."""
        return derive.summarise_missing(
            self.study.tables.get("core_set"), patients=self.study.patients
        )

    @property
    def sentence(self) -> str:
        return availability_words.describe_missing(self.ledger, self.missing)

    def list_pieces(self) -> Iterator[Piece]:
        yield Table(
            "missing_values",
            availability_words.tabulate_missing(self.missing, self.study.config),
            availability_words.caption_missing(self.ledger, self.missing),
            formats={"who": report.link_listed},
            data=self.missing,
            empty=availability_words.explain_no_missing(self.ledger),
        )
        yield Text(
            (availability_words.describe_not_recorded(self.ledger, self.measured.availability),)
        )

    def _record(self, numbers: Numbers) -> None:
        if self.study.has("core_set"):
            availability_words.record_missing(numbers, self.missing)


def design(study: Study) -> Design:
    """Ask what the study is.

    Examples
    --------
    >>> from helpers.answers import cohort
    >>> from helpers.study import read_study
    >>> trial = read_study("endurance_training_iim", tables=cohort.TABLES)
    >>> cohort.design(trial)
    Randomised controlled trial: 9 patients trained endurance for 12 weeks, 6 did not.
    """
    return Design(study)


def at_entry(study: Study) -> AtEntry:
    """Ask who was studied.

    Examples
    --------
    >>> from helpers.answers import cohort
    >>> from helpers.study import read_study
    >>> trial = read_study("endurance_training_iim", tables=cohort.TABLES)
    >>> entered = cohort.at_entry(trial).summary_by_group
    >>> entered.loc[entered["characteristic"] == "mmt8", "median"].tolist()
    [76.0, 73.5, 76.0, 73.0, 75.0]
    """
    return AtEntry(study)


def availability(study: Study) -> Availability:
    """Ask what was measured when.

    Examples
    --------
    >>> from helpers.answers import cohort
    >>> from helpers.study import read_study
    >>> trial = read_study("endurance_training_iim", tables=cohort.TABLES)
    >>> measured = cohort.availability(trial).availability
    >>> measured["status"].value_counts().to_dict()
    {'measured': 60}
    """
    return Availability(study)


def flow(measured: Availability) -> Flow:
    """Ask who stayed, and who left.

    Examples
    --------
    >>> from helpers.answers import cohort
    >>> from helpers.study import read_study
    >>> trial = read_study("endurance_training_iim", tables=cohort.TABLES)
    >>> cohort.flow(cohort.availability(trial))
    15 patients entered the study: 9 in the arm “Endurance exercise”...
    """
    return Flow(measured.study, measured)


def missing(measured: Availability) -> Missing:
    """Ask what is missing or left out.

    Examples
    --------
    >>> from helpers.answers import cohort
    >>> from helpers.study import read_study
    >>> trial = read_study("endurance_training_iim", tables=cohort.TABLES)
    >>> cohort.missing(cohort.availability(trial))
    10 of 180 core set values are missing at visits that took place...
    """
    return Missing(measured.study, measured)
