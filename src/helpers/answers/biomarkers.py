"""Candidate predictors: which there are, whether any tells who responds, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from helpers.answers.answer import Answer
from helpers.answers.response_matrix import Groups
from helpers.contracts.configuration import ReportedRelation
from helpers.derive.laboratory import biomarkers as derive
from helpers.derive.response.response_groups import NON_RESPONDERS, RESPONDERS
from helpers.plots import biomarkers as plots
from helpers.plots import robustness as plot_robust
from helpers.report.numbers import Numbers
from helpers.report.pieces import Figure, Piece, Table, Text
from helpers.report.predictors import biomarkers as report
from helpers.report.predictors import candidate_comparison, candidates, predictor_reach, robustness
from helpers.report.predictors import reported_relations as relations_report
from helpers.stats.result import StatisticResult
from helpers.stats.topics import biomarkers as stats
from helpers.stats.topics.biomarkers import BestOfMany
from helpers.study import Study

TABLES = (
    *("core_set", "functional_index", "performance_tests"),
    *("biopsies", "cytokines", "t_cells", "disposition"),
)
"""What the chapter reads: response, and whatever else was measured at baseline."""

SIDES = {"first": RESPONDERS, "second": NON_RESPONDERS}


@dataclass(frozen=True, eq=False, repr=False)
class Candidates(Answer):
    """Which values were tried as predictors."""

    @cached_property
    def values(self) -> pd.DataFrame:
        """One row per candidate and patient: the value at baseline."""
        return derive.derive_candidate_values(
            self.study.tables, baseline_month=self.study.config.baseline_month
        )

    @property
    def sentence(self) -> str:
        return candidates.describe_candidates(*derive.split_measured(self.values))

    @property
    def methods(self) -> tuple[tuple[str, str], ...]:
        return tuple(report.list_methods())

    def list_pieces(self) -> Iterator[Piece]:
        yield Text((self.sentence,))
        yield Table(
            "candidates",
            candidates.tabulate_candidates(self.values, self.study.tables, self.study.config),
            candidates.caption_candidates(self.values, self.study.config),
        )


@dataclass(frozen=True, eq=False, repr=False)
class Comparison(Answer):
    """Whether any candidate tells responders from the others.

    Attributes
    ----------
    candidates : Candidates
        What is compared.
    groups : Groups
        Between whom.
    seed : int
        Of the random deals of the response, where there are too many to try all.
    """

    candidates: Candidates
    groups: Groups
    seed: int

    @property
    def parts(self) -> tuple[Answer, ...]:
        return (self.groups, self.reach)

    @cached_property
    def left_out(self) -> pd.DataFrame:
        """One row per candidate and patient left out: the comparison without that patient."""
        return stats.leave_out_patients(self.candidates.values, self.groups.groups, **SIDES)

    @cached_property
    def comparison(self) -> pd.DataFrame:
        """One row per candidate: shift, AUC, p, adjusted p, and how far one patient moves them."""
        compared = stats.compare_candidates(self.candidates.values, self.groups.groups, **SIDES)
        return candidate_comparison.complete_comparison(
            compared, stats.summarise_left_out(self.left_out, compared), self.study.config
        )

    @cached_property
    def chance(self) -> BestOfMany:
        """How often chance alone makes the best of so many candidates look as good."""
        return stats.judge_best_of_many(
            self.candidates.values, self.groups.groups, first=RESPONDERS, seed=self.seed
        )

    @cached_property
    def reach(self) -> Reach:
        """What groups of these sizes could have shown."""
        return Reach(self.study, self)

    @property
    def sentence(self) -> str:
        return candidate_comparison.describe_findings(self.ledger, self.comparison)

    @property
    def summary(self) -> tuple[str, ...]:
        return tuple(report.summarise_biomarkers(self.ledger, self.comparison))

    @property
    def conclusion(self) -> tuple[str, ...]:
        return (
            report.conclude_origin(self.ledger),
            *report.conclude_biomarkers(self.ledger, self.comparison),
        )

    @property
    def limits(self) -> tuple[str, ...]:
        return tuple(report.describe_biomarker_limits(self.ledger, self.comparison))

    def list_pieces(self) -> Iterator[Piece]:
        yield Figure(
            "candidates",
            lambda: plots.plot_candidates(self.comparison),
            candidate_comparison.caption_candidates_figure(self.comparison),
            candidate_comparison.describe_candidates_figure(self.comparison),
            finding=self.sentence,
            limit=candidate_comparison.limit_candidates(self.comparison),
            note=candidate_comparison.explain_candidates_figure(self.comparison),
        )
        yield Text((self.sentence, predictor_reach.describe_chance(self.ledger)))
        yield Table(
            "candidates_compared",
            candidate_comparison.tabulate_comparison(self.comparison),
            candidate_comparison.caption_comparison(self.comparison),
        )

    def _record(self, numbers: Numbers) -> None:
        candidate_comparison.record_candidates(numbers, self.comparison)
        predictor_reach.record_chance(numbers, self.chance, list(self.study.tables))


@dataclass(frozen=True, eq=False, repr=False)
class Reach(Answer):
    """What so many patients could have shown."""

    compared: Comparison

    @property
    def parts(self) -> tuple[Answer, ...]:
        return (self.compared.groups,)

    @property
    def sentence(self) -> str:
        return " ".join(predictor_reach.describe_reach(self.ledger))

    def list_pieces(self) -> Iterator[Piece]:
        yield Text(
            (
                *predictor_reach.describe_reach(self.ledger),
                predictor_reach.describe_out_of_reach(self.compared.comparison),
            )
        )

    def _record(self, numbers: Numbers) -> None:
        predictor_reach.record_reach(numbers, self.compared.groups.groups, self.compared.comparison)


@dataclass(frozen=True, eq=False, repr=False)
class Relations(Answer):
    """Whether the relations that publications reported show here."""

    candidates: Candidates

    @property
    def reported(self) -> tuple[ReportedRelation, ...]:
        """The relations that study.yml lists."""
        return self.study.config.reported.relations

    @cached_property
    def associations(self) -> Mapping[str, StatisticResult]:
        """Spearman's rho of each reported relation, with its exact test."""
        pairs = derive.derive_association_pairs(
            self.study.tables,
            self.candidates.values,
            baseline_month=self.study.config.baseline_month,
            relations=self.reported,
        )
        return relations_report.compute_associations(pairs, self.reported)

    @property
    def sentence(self) -> str:
        return relations_report.describe_associations(self.ledger, self.associations)

    def list_pieces(self) -> Iterator[Piece]:
        yield Text((self.sentence,))
        yield Table(
            "reported_relations",
            relations_report.tabulate_associations(self.associations, self.reported),
            relations_report.caption_associations(self.associations),
            empty="Nothing to list.",
        )

    def _record(self, numbers: Numbers) -> None:
        relations_report.record_associations(numbers, self.associations)


@dataclass(frozen=True, eq=False, repr=False)
class OnePredictor(Answer):
    """Whether one predictor's result hangs on a single patient."""

    compared: Comparison
    predictor: str

    @property
    def parts(self) -> tuple[Answer, ...]:
        return (self.compared,)

    @cached_property
    def values(self) -> pd.DataFrame:
        """One row per patient with a value of this predictor: value, group."""
        return robustness.pick_values(
            self.compared.candidates.values, self.predictor, self.compared.groups.groups
        )

    @property
    def sentence(self) -> str:
        return robustness.describe_dependence(self.ledger, self.compared.comparison, self.predictor)

    def list_pieces(self) -> Iterator[Piece]:
        absences = robustness.pick_left_out(self.compared.left_out, self.values, self.predictor)
        yield Figure(
            "one_predictor",
            lambda: plot_robust.plot_one_predictor(
                self.values,
                absences,
                groups=list(SIDES.values()),
                whole=robustness.find_area(self.compared.comparison, self.predictor),
                axis_label=robustness.title_predictor(
                    self.predictor, self.study.tables, self.study.config
                ),
            ),
            robustness.caption_one_predictor(self.values, self.predictor),
            robustness.describe_one_predictor(self.values, absences, self.predictor),
        )
        yield Text((self.sentence,))


@dataclass(frozen=True, eq=False, repr=False)
class LeftOut(Answer):
    """How far each candidate's result hangs on a single patient."""

    compared: Comparison

    @property
    def parts(self) -> tuple[Answer, ...]:
        return (self.compared,)

    @property
    def sentence(self) -> str:
        return candidate_comparison.describe_fragile(self.ledger, self.compared.comparison)

    def list_pieces(self) -> Iterator[Piece]:
        yield Text((self.sentence,))
        yield Table(
            "without_one_patient",
            candidate_comparison.tabulate_left_out(self.compared.comparison),
            candidate_comparison.caption_left_out(self.compared.comparison),
            formats={"most without": candidate_comparison.format_patients},
        )


def list_candidates(study: Study) -> Candidates:
    """Ask which baseline values are tried as predictors.

    Examples
    --------
    >>> from helpers.answers import biomarkers
    >>> from helpers.study import read_study
    >>> trial = read_study("endurance_training_iim", tables=biomarkers.TABLES)
    >>> biomarkers.list_candidates(trial)
    The list holds 24 baseline values, the same whatever they show. Measured in this study: 7...
    """
    return Candidates(study)


def compare(candidates: Candidates, groups: Groups, *, seed: int = 1) -> Comparison:
    """Ask whether any candidate tells responders from the others.

    Parameters
    ----------
    candidates : Candidates
        From `list_candidates`.
    groups : Groups
        From `helpers.answers.response_matrix.groups`.
    seed : int
        Of what is drawn at random.

    Examples
    --------
    >>> from helpers.answers import biomarkers, response_matrix
    >>> from helpers.study import read_study
    >>> trial = read_study("endurance_training_iim", tables=biomarkers.TABLES)
    >>> groups = response_matrix.groups(trial)
    >>> compared = biomarkers.compare(biomarkers.list_candidates(trial), groups)
    >>> compared.comparison["auc"].round(2).tolist()[:3]
    [0.54, 0.14, 0.72]
    """
    return Comparison(candidates.study, candidates, groups, seed)


def reach(compared: Comparison) -> Reach:
    """Ask what so many patients could have shown.

    Examples
    --------
    >>> from helpers.answers import biomarkers, response_matrix
    >>> from helpers.study import read_study
    >>> trial = read_study("endurance_training_iim", tables=biomarkers.TABLES)
    >>> groups = response_matrix.groups(trial)
    >>> compared = biomarkers.compare(biomarkers.list_candidates(trial), groups)
    >>> biomarkers.reach(compared)
    With 7 responders and 8 others, complete separation gives...
    """
    return compared.reach


def reported_relations(candidates: Candidates) -> Relations:
    """Ask whether the relations that publications reported show here.

    Examples
    --------
    >>> from helpers.answers import biomarkers
    >>> trial = read_trial()
    >>> biomarkers.reported_relations(biomarkers.list_candidates(trial))
    CD163 (macrophages) and Functional Index at month 6: rho...
    """
    return Relations(candidates.study, candidates)


def one_predictor(compared: Comparison, *, predictor: str) -> OnePredictor:
    """Ask whether one predictor's result hangs on a single patient.

    Parameters
    ----------
    compared : Comparison
        From `compare`.
    predictor : str
        The candidate's name in the results, ``extramuscular``.

    Examples
    --------
    >>> from helpers.answers import biomarkers, response_matrix
    >>> from helpers.study import read_study
    >>> trial = read_study("endurance_training_iim", tables=biomarkers.TABLES)
    >>> groups = response_matrix.groups(trial)
    >>> compared = biomarkers.compare(biomarkers.list_candidates(trial), groups)
    >>> one = biomarkers.one_predictor(compared, predictor="extramuscular")
    >>> one.values["value"].tolist()[:3]
    [0.05, 0.11, 0.24]
    """
    return OnePredictor(compared.study, compared, predictor)


def leave_one_out(compared: Comparison) -> LeftOut:
    """Ask how far each result hangs on a single patient.

    Examples
    --------
    >>> from helpers.answers import biomarkers, response_matrix
    >>> from helpers.study import read_study
    >>> trial = read_study("endurance_training_iim", tables=biomarkers.TABLES)
    >>> groups = response_matrix.groups(trial)
    >>> compared = biomarkers.compare(biomarkers.list_candidates(trial), groups)
    >>> biomarkers.leave_one_out(compared)
    One patient less can lift the p above 0.05 for patient global activity...
    """
    return LeftOut(compared.study, compared)
