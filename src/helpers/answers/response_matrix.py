"""Who responded, and what happened in each patient across all methods."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from helpers.answers.answer import Answer
from helpers.derive.laboratory.biomarkers import derive_response_matrix
from helpers.plots import biomarkers as plots
from helpers.report.numbers import Numbers
from helpers.report.pieces import Figure, Piece, Table, Text
from helpers.report.response import responders
from helpers.report.response import response_matrix as report
from helpers.study import Study


@dataclass(frozen=True, eq=False, repr=False)
class Groups(Answer):
    """Who responded and is compared with whom."""

    @property
    def groups(self) -> pd.Series:
        """Responders and non-responders; index patient_id."""
        return self.study.responses.groups

    @property
    def sentence(self) -> str:
        return responders.describe_groups_shortly(self.ledger)

    def list_pieces(self) -> Iterator[Piece]:
        yield Text((responders.describe_groups(self.ledger),))

    def _record(self, numbers: Numbers) -> None:
        responders.record_groups(numbers, self.groups)


@dataclass(frozen=True, eq=False, repr=False)
class Matrix(Answer):
    """What happened in each patient: a row per patient, a column per measurement."""

    groups: pd.Series

    @cached_property
    def matrix(self) -> pd.DataFrame:
        """One row per patient and column: value, rank among the patients, when."""
        return derive_response_matrix(
            self.study.tables,
            list(self.groups.index),
            baseline_month=self.study.config.baseline_month,
        )

    def list_pieces(self) -> Iterator[Piece]:
        best, members = self.study.responses.best, report.list_members(self.groups)
        yield Figure(
            "response_matrix",
            lambda: plots.plot_response_matrix(
                self.matrix,
                dict(zip(best["patient_id"], best["best_response"], strict=True)),
                members,
                headings=report.head_columns(self.matrix),
            ),
            report.caption_matrix(self.matrix, self.groups),
            report.describe_matrix(self.matrix, self.groups),
        )
        yield Text((report.describe_gaps(self.matrix, self.groups),))
        yield Table(
            "response_matrix",
            report.tabulate_matrix(self.matrix, best, members),
            report.caption_matrix_table(self.matrix, self.groups),
            labels=report.MATRIX_LABELS,
            formats={"response": report.format_response},
        )


def groups(study: Study) -> Groups:
    """Ask who responded and is compared with whom.

    Examples
    --------
    >>> from helpers.answers import biomarkers, response_matrix
    >>> from helpers.study import read_study
    >>> trial = read_study("endurance_training_iim", tables=biomarkers.TABLES)
    >>> response_matrix.groups(trial)
    7 of 15 patients responded...
    """
    return Groups(study)


def matrix(study: Study) -> Matrix:
    """Ask what happened in each patient, across all methods.

    Examples
    --------
    >>> from helpers.answers import biomarkers, response_matrix
    >>> from helpers.study import read_study
    >>> trial = read_study("endurance_training_iim", tables=biomarkers.TABLES)
    >>> response_matrix.matrix(trial).matrix["label"].unique().tolist()[:2]
    ['extramuscular', 'MMT-8']
    """
    return Matrix(study, study.responses.groups)
