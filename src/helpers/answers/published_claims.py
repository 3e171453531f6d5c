"""Published claims: whether the tables give what was published, and whether it can all be true."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from helpers.answers.answer import Answer
from helpers.claims import contradictions as disagreements
from helpers.claims import printed_numbers, verdicts
from helpers.plots.published_claims import plot_claims
from helpers.report import published_claims as report
from helpers.report.numbers import Numbers
from helpers.report.pieces import Figure, Piece, Table, Text
from helpers.study import Study


@dataclass(frozen=True, eq=False, repr=False)
class Claims(Answer):
    """Whether the tables give what was published."""

    @cached_property
    def checked(self) -> pd.DataFrame:
        """One row per claim: printed, computed, verdict, how and why, and what that is worth."""
        return verdicts.check_claims(self.study)

    @cached_property
    def verdicts(self) -> pd.DataFrame:
        """How many claims have each verdict."""
        return verdicts.summarise_verdicts(self.checked)

    @cached_property
    def bases(self) -> pd.DataFrame:
        """How many reproduced claims were built in, transcribed, or computed independently."""
        return verdicts.summarise_bases(self.checked)

    @property
    def sentence(self) -> str:
        return report.describe_claims(self.ledger, self.verdicts, self.bases)

    @property
    def summary(self) -> tuple[str, ...]:
        return (
            self.sentence,
            report.describe_open_claims(self.checked),
            report.describe_impossible_claims(self.checked),
        )

    @property
    def conclusion(self) -> tuple[str, ...]:
        return (report.conclude_claims(self.ledger, self.checked),)

    @property
    def limits(self) -> tuple[str, ...]:
        return tuple(report.describe_claims_limits(self.checked))

    def list_pieces(self) -> Iterator[Piece]:
        checked = self.checked
        yield Text((self.sentence,))
        yield Figure(
            "published_claims",
            lambda: plot_claims(checked, topics=report.label_topics(checked)),
            report.caption_claims_figure(checked),
            report.describe_claims_figure(self.verdicts, checked),
        )
        yield Text(
            (report.describe_open_claims(checked), report.describe_impossible_claims(checked))
        )
        yield Table(
            "published_claims",
            report.tabulate_claims(checked),
            report.caption_claims_table(checked),
            formats={
                "id and source": report.format_claim_name,
                "verdict": report.format_verdict,
                "how and why": report.format_reason,
            },
            data=report.keep_claim_file(checked),
            empty="No claims are listed.",
        )

    def _record(self, numbers: Numbers) -> None:
        report.record_claims(numbers, self.verdicts, self.bases)


@dataclass(frozen=True, eq=False, repr=False)
class PrintedPValues(Answer):
    """Which test printed each p-value."""

    @cached_property
    def methods_found(self) -> pd.DataFrame:
        """One row per printed p-value: the tests that could have given it."""
        return printed_numbers.identify_p_value_methods(verdicts.read_claims(self.study))

    @property
    def sentence(self) -> str:
        return report.describe_p_values(self.methods_found)

    def list_pieces(self) -> Iterator[Piece]:
        yield Text((self.sentence,))
        yield Table(
            "printed_p_values",
            report.tabulate_p_values(self.methods_found),
            "Printed p-values and the tests that could have given them.",
            empty="",
        )


@dataclass(frozen=True, eq=False, repr=False)
class PrintedMeans(Answer):
    """Whether the printed means are possible."""

    @cached_property
    def means(self) -> pd.DataFrame:
        """One row per printed mean: what so many whole numbers in its range can give."""
        return printed_numbers.check_printed_means(verdicts.read_claims(self.study))

    def list_pieces(self) -> Iterator[Piece]:
        yield Table(
            "printed_means",
            report.tabulate_means(self.means),
            "Printed means against what n values with the printed range can give.",
            empty="No mean was printed.",
        )


@dataclass(frozen=True, eq=False, repr=False)
class Contradictions(Answer):
    """Whether the sources contradict each other."""

    @cached_property
    def contradictions(self) -> pd.DataFrame:
        """One row per pair of statements that seem to disagree, and how both can be true."""
        return disagreements.list_contradictions(self.study)

    @property
    def sentence(self) -> str:
        return report.describe_contradictions(self.contradictions)

    def list_pieces(self) -> Iterator[Piece]:
        yield Text((self.sentence,))
        yield Table(
            "contradictions",
            report.tabulate_contradictions(self.contradictions),
            "Statements that seem to disagree, and how they can be true together.",
            empty="",
        )


def claims(study: Study) -> Claims:
    """Ask whether the tables give what was published.

    Examples
    --------
    >>> from helpers.answers import published_claims
    >>> from helpers.study import read_study
    >>> trial = read_study("endurance_training_iim")
    >>> published_claims.claims(trial)
    Of 11 published claims...
    """
    return Claims(study)


def printed_p_values(study: Study) -> PrintedPValues:
    """Ask which test printed each p-value.

    Examples
    --------
    >>> from helpers.answers import published_claims
    >>> trial = read_trial()
    >>> published_claims.printed_p_values(trial)
    What could have printed each p-value:...
    """
    return PrintedPValues(study)


def printed_means(study: Study) -> PrintedMeans:
    """Ask whether the printed means are possible.

    Examples
    --------
    >>> from helpers.answers import published_claims
    >>> trial = read_trial()
    >>> published_claims.printed_means(trial).means["printed"].tolist()[:3]
    ['2559', '354', '19571']
    """
    return PrintedMeans(study)


def contradictions(study: Study) -> Contradictions:
    """Ask whether the sources contradict each other.

    Examples
    --------
    >>> from helpers.answers import published_claims
    >>> trial = read_trial()
    >>> published_claims.contradictions(trial)
    The sources seem to disagree in 7 places...
    """
    return Contradictions(study)
