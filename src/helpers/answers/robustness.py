"""Whether one predictor's answer depends on the analyst: every defensible choice, side by side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from helpers.answers.answer import Answer
from helpers.answers.biomarkers import OnePredictor
from helpers.derive.response import specifications
from helpers.plots import robustness as plots
from helpers.report.numbers import Numbers
from helpers.report.pieces import Figure, Piece, Table, Text
from helpers.report.predictors import robustness as report
from helpers.stats.topics import specification_curve
from helpers.stats.topics.specification_curve import CurveSummary


@dataclass(frozen=True, eq=False, repr=False)
class Curve(Answer):
    """One question under every combination of choices."""

    one: OnePredictor

    @cached_property
    def curve(self) -> pd.DataFrame:
        """One row per combination of choices: AUC, interval, p."""
        study = self.study
        flags = specifications.flag_by_definition(
            study.table("core_set"), study.table("patients"), study.config
        )
        variants = specifications.derive_responder_variants(
            flags,
            list(self.one.compared.groups.groups.index) or study.patients,
            last_month=study.config.months[-1],
        )
        return specification_curve.compute_specification_curve(
            variants,
            self.one.values.set_index("patient_id")["value"],
            choices=specifications.CHOICES,
        )

    @cached_property
    def together(self) -> CurveSummary:
        """All combinations summed up."""
        return specification_curve.summarise_curve(self.curve)

    @property
    def sentence(self) -> str:
        return report.summarise_choices(self.ledger, self.together, self.one.predictor)

    @property
    def conclusion(self) -> tuple[str, ...]:
        return (report.conclude_curve(self.ledger, self.together, self.one.predictor),)

    @property
    def methods(self) -> tuple[tuple[str, str], ...]:
        return tuple(report.list_curve_methods())

    def list_pieces(self) -> Iterator[Piece]:
        yield Text(
            (
                report.describe_curve(self.ledger, self.together),
                report.describe_idle_choices(self.curve),
            )
        )
        yield Figure(
            "specification_curve",
            lambda: plots.plot_specification_curve(
                self.curve,
                report.list_options(self.curve),
                headings=report.HEADINGS,
                level=self.together.level,
            ),
            report.caption_curve(self.curve, self.one.predictor),
            report.describe_curve_figure(self.together),
        )
        yield Table(
            "specification_curve",
            report.tabulate_curve(self.curve),
            report.caption_curve_table(self.curve, self.one.predictor),
        )

    def _record(self, numbers: Numbers) -> None:
        report.record_curve(numbers, self.together, self.one.predictor)


def try_all_choices(one: OnePredictor) -> Curve:
    """Ask whether the answer depends on the analyst.

    Parameters
    ----------
    one : OnePredictor
        From `helpers.answers.biomarkers.one_predictor`.

    Examples
    --------
    >>> from helpers.answers import biomarkers, response_matrix, robustness
    >>> from helpers.study import read_study
    >>> trial = read_study("endurance_training_iim", tables=biomarkers.TABLES)
    >>> groups = response_matrix.groups(trial)
    >>> compared = biomarkers.compare(biomarkers.list_candidates(trial), groups)
    >>> one = biomarkers.one_predictor(compared, predictor="extramuscular")
    >>> robustness.try_all_choices(one)
    Analysed in 12 defensible ways...
    """
    return Curve(one.study, one)
