"""Muscle biopsies: what can be compared, what changed, and what goes with response."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from helpers.answers.answer import Answer
from helpers.answers.panels import Change, Panels
from helpers.derive.laboratory import ihc, paired
from helpers.plots import ihc as plots
from helpers.report.biopsies import biopsy_predictors, il1ra_expression, reader_agreement, stains
from helpers.report.biopsies import ihc as report
from helpers.report.numbers import Numbers
from helpers.report.panels import paired as pair_words
from helpers.report.pieces import Figure, Piece, Table, Text
from helpers.stats import groups as compare
from helpers.stats.result import StatisticResult
from helpers.stats.topics import ihc as statistics
from helpers.study import Study

TABLES = ("biopsies", "core_set", "functional_index", "disposition")
"""What the chapter reads: stains, and what they are held against."""


@dataclass(frozen=True, eq=False, repr=False)
class Biopsies(Panels):
    """Whose biopsies can be compared, and what was stained."""

    specimens: pd.DataFrame

    @property
    def methods(self) -> tuple[tuple[str, str], ...]:
        return tuple(report.list_methods(self.words, self.study.config))

    @property
    def limits(self) -> tuple[str, ...]:
        return (report.PATCHY, *super().limits)

    def list_pieces(self) -> Iterator[Piece]:
        yield Text(
            (
                self.sentence,
                pair_words.describe_grouping(self.ledger, self.groups),
                stains.describe_stains(self.words, self.study.config),
            )
        )


@dataclass(frozen=True, eq=False, repr=False)
class StainChange(Change):
    """Whether the stains changed."""

    @property
    def conclusion(self) -> tuple[str, ...]:
        return (report.conclude_changes(self.ledger, self.changes, self.panels.words),)


@dataclass(frozen=True, eq=False, repr=False)
class Expression(Answer):
    """In whose biopsy one marker was seen, before and after, and whether response goes with it."""

    biopsies: Biopsies

    @cached_property
    def expression(self) -> pd.DataFrame:
        """One row per patient and visit: expressed (boolean, missing where not known)."""
        return ihc.derive_expression(
            self.biopsies.specimens,
            list(self.biopsies.groups.index),
            marker=ihc.EXPRESSION_MARKER,
            months=list(self.biopsies.months),
        )

    @cached_property
    def shares(self) -> pd.DataFrame:
        """One row per group: seen after treatment, with share and exact interval."""
        return compare.summarise_share(self._seen, self.biopsies.groups)

    @cached_property
    def test(self) -> StatisticResult | None:
        """The comparison of two groups; None where there are not two."""
        return compare.compare_shares(self._seen, self.biopsies.groups)

    @property
    def _seen(self) -> pd.Series:
        after = self.expression["month"] == self.biopsies.months[1]
        return self.expression[after].set_index("patient_id")["expressed"]

    @property
    def sentence(self) -> str:
        return il1ra_expression.describe_expression(self.ledger, self.shares, self.biopsies.words)

    @property
    def conclusion(self) -> tuple[str, ...]:
        return (il1ra_expression.conclude_expression(self.ledger, self.biopsies.words),)

    def list_pieces(self) -> Iterator[Piece]:
        words, groups, months = self.biopsies.words, self.biopsies.groups, self.biopsies.months
        yield Figure(
            "il1ra_expression",
            lambda: plots.plot_expression(
                self.expression,
                groups,
                visits=dict(zip(months, words.ends, strict=True)),
                order=pair_words.order_groups(groups),
            ),
            il1ra_expression.caption_expression_figure(self.expression),
            il1ra_expression.describe_expression_figure(self.expression, groups, words, months),
            finding=il1ra_expression.find_expression(self.ledger, self.shares, words),
            limit=il1ra_expression.limit_expression(self.study.config),
        )
        yield Table(
            "il1ra_expression",
            il1ra_expression.tabulate_expression(self.shares),
            il1ra_expression.caption_expression(self.shares, self.test, words),
        )
        yield Text((self.sentence,))

    def _record(self, numbers: Numbers) -> None:
        il1ra_expression.record_expression(numbers, self.shares, self.test)


@dataclass(frozen=True, eq=False, repr=False)
class Predictors(Answer):
    """Whether a stain before treatment goes with the Functional Index later."""

    biopsies: Biopsies

    @cached_property
    def outcome(self) -> pd.DataFrame:
        """One row per marker and patient: level before, Functional Index after, reason."""
        before, after = self.biopsies.months
        return ihc.pair_with_functional_index(
            self.biopsies.specimens,
            self.study.tables.get("functional_index"),
            list(self.biopsies.groups.index),
            markers=ihc.PREDICTORS,
            baseline_month=before,
            month=after,
        )

    @cached_property
    def correlations(self) -> Mapping[str, StatisticResult]:
        """Spearman's rho of each marker, with its exact test."""
        return statistics.correlate_panels(self.outcome)

    @property
    def sentence(self) -> str:
        return biopsy_predictors.describe_predictors(
            self.ledger, self.correlations, self.biopsies.words
        )

    @property
    def conclusion(self) -> tuple[str, ...]:
        return (
            biopsy_predictors.conclude_predictors(
                self.ledger, self.correlations, self.biopsies.words
            ),
        )

    def list_pieces(self) -> Iterator[Piece]:
        words, groups = self.biopsies.words, self.biopsies.groups
        yield Figure(
            "biopsy_functional_index",
            lambda: plots.plot_predictors(
                self.outcome,
                groups,
                titles=biopsy_predictors.title_predictors(words),
                y_label=f"Functional Index at {words.ends[1]}",
                order=pair_words.order_groups(groups),
            ),
            biopsy_predictors.caption_predictors(self.correlations, words),
            biopsy_predictors.describe_predictors_figure(self.outcome, words),
        )
        yield Text((self.sentence, biopsy_predictors.describe_left_out(self.outcome)))

    def _record(self, numbers: Numbers) -> None:
        biopsy_predictors.record_predictors(numbers, self.correlations)


@dataclass(frozen=True, eq=False, repr=False)
class Agreement(Answer):
    """How far the readers of the same sections agree."""

    @cached_property
    def agreement(self) -> pd.DataFrame:
        """One row per marker, pair of readers and question: coefficient with interval."""
        return statistics.summarise_agreement(ihc.pair_readers(self.study.table("biopsies")))

    @property
    def sentence(self) -> str:
        return reader_agreement.describe_readers(self.study.table("biopsies"), self.agreement)

    def list_pieces(self) -> Iterator[Piece]:
        yield Text((self.sentence,))
        yield Table(
            "reader_agreement",
            reader_agreement.tabulate_agreement(self.agreement),
            reader_agreement.caption_agreement(self.agreement),
            empty="There are no two readings of one section to compare.",
        )

    def _record(self, numbers: Numbers) -> None:
        reader_agreement.record_agreement(numbers, self.agreement)


def compare_visits(study: Study, *, groups: pd.Series | None = None) -> Biopsies:
    """Ask whose biopsies can be compared between baseline and the later visit.

    Parameters
    ----------
    study : Study
        With the table `biopsies`.
    groups : Series of str, optional
        Group of each patient, index patient_id; responders and non-responders where not given.

    Returns
    -------
    Biopsies

    Examples
    --------
    >>> from helpers.answers import biopsies
    >>> trial = read_trial()
    >>> biopsies.compare_visits(trial)
    14 of 15 patients can be compared between Baseline and...
    """
    groups = study.groups if groups is None else groups
    specimens = ihc.average_readers(study.table("biopsies"))
    before = study.config.baseline_month
    after = paired.find_follow_up_month(
        specimens, value="value", baseline_month=before, months=study.config.months
    )
    ends = (study.config.label_month(before), study.config.label_month(after))
    words = stains.name_biopsies(specimens, ends=ends)
    pairs = paired.derive_pairs(
        specimens,
        list(groups.index),
        by="marker",
        value="value",
        baseline_month=before,
        month=after,
        panels=list(words.labels),
    )
    return Biopsies(study, words, pairs, groups, (before, after), specimens)


def change(biopsies: Biopsies) -> StainChange:
    """Ask whether the stains changed.

    Examples
    --------
    >>> from helpers.answers import biopsies
    >>> trial = read_trial()
    >>> change = biopsies.change(biopsies.compare_visits(trial))
    >>> change.changes["panel"].tolist()[:3]
    ['mononuclear infiltrate', 'CD3', 'CD163']
    """
    return StainChange(biopsies.study, biopsies, "biopsy")


def expression(biopsies: Biopsies) -> Expression:
    """Ask in whose biopsy the marker of expression was seen.

    Examples
    --------
    >>> from helpers.answers import biopsies
    >>> trial = read_trial()
    >>> seen = biopsies.expression(biopsies.compare_visits(trial))
    >>> seen.shares["n_improved"].tolist()
    [7, 3]
    """
    return Expression(biopsies.study, biopsies)


def predict_functional_index(biopsies: Biopsies) -> Predictors:
    """Ask whether a stain before treatment goes with the Functional Index later.

    Examples
    --------
    >>> from helpers.answers import biopsies
    >>> trial = read_trial()
    >>> biopsies.predict_functional_index(biopsies.compare_visits(trial))
    The more CD163 a patient had at Baseline, the lower the Functional Index...
    """
    return Predictors(biopsies.study, biopsies)


def agreement(study: Study) -> Agreement:
    """Ask how far the readers agree.

    Examples
    --------
    >>> from helpers.answers import biopsies
    >>> trial = read_trial()
    >>> biopsies.agreement(trial)
    Every section was scored by one reader (reader 1)...
    """
    return Agreement(study)
