"""How large a controlled trial would have to be, and what it takes to confirm a predictor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from helpers.answers.answer import Answer
from helpers.answers.biomarkers import Comparison
from helpers.plots import planning as plots
from helpers.report.glance import cells
from helpers.report.numbers import Numbers
from helpers.report.pieces import Cell, Figure, Piece, Table, Text
from helpers.report.predictors import confirmation as confirm_report
from helpers.report.predictors import planning as report
from helpers.report.predictors import power_curve
from helpers.report.predictors.planning import Shares
from helpers.stats.topics import planning as power_of
from helpers.stats.topics.planning import ArmSize
from helpers.study import Study


@dataclass(frozen=True, eq=False, repr=False)
class Trial(Answer):
    """How many patients a controlled trial needs, with the uncertainty these few leave.

    Attributes
    ----------
    placebo_share : float
        Share of patients who respond without the treatment, assumed.
    power : float
        Power wanted.
    largest_arm : int
        Largest number of patients per arm tried.
    simulations, seed : int
        Trials played for each size, and the seed of what is drawn.
    """

    placebo_share: float
    power: float
    largest_arm: int
    simulations: int
    seed: int

    @cached_property
    def known(self) -> Shares | None:
        """The shares of responders that are assumed; None where nobody treated was judged."""
        return report.assume_shares(
            self.study.responses.counted,
            self.study.arms,
            self.study.config,
            placebo_share=self.placebo_share,
        )

    @property
    def shares(self) -> Shares:
        """The shares of responders that are assumed with and without the treatment.

        Raises
        ------
        ValueError
            When nobody treated was judged.
        """
        if self.known is None:
            raise ValueError(report.NOBODY_JUDGED)
        return self.known

    @cached_property
    def powers(self) -> pd.DataFrame:
        """One row per scenario and size of an arm: the power."""
        return power_of.compute_power_curve(
            report.list_sizes(self.largest_arm), self.shares.treated, control=self.shares.control
        )

    @cached_property
    def found(self) -> Sequence[ArmSize]:
        """The least size of an arm for each scenario and power."""
        return power_of.find_arm_sizes(self.powers, targets=self._targets)

    @cached_property
    def simulated(self) -> pd.DataFrame:
        """One row per size played: the share of trials that found the difference."""
        return power_of.simulate_power(
            power_curve.choose_simulated_sizes(self.found, self.largest_arm),
            treated=self.shares.treated["observed"],
            control=self.shares.control,
            simulations=self.simulations,
            seed=self.seed,
        )

    @property
    def summary(self) -> tuple[str, ...]:
        if self.known is None:
            return (report.NOBODY_JUDGED,)
        return tuple(
            report.summarise_planning(
                self.ledger, self.shares, targets=self._targets, wanted=self.power
            )
        )

    @property
    def sentence(self) -> str:
        return " ".join(self.summary)

    @property
    def conclusion(self) -> tuple[str, ...]:
        if self.known is None:
            return ()
        return (report.conclude_planning(self.ledger, self.shares, target=self.power),)

    @property
    def limits(self) -> tuple[str, ...]:
        if self.known is None:
            return ()
        return tuple(report.describe_planning_limits(self.shares))

    @property
    def methods(self) -> tuple[tuple[str, str], ...]:
        if self.known is None:
            return ()
        return tuple(report.list_planning_methods(power_curve.label_scenarios(self.shares)))

    def list_pieces(self) -> Iterator[Piece]:
        if self.known is None:
            yield Text((report.NOBODY_JUDGED,))
            return
        drawn = power_curve.crop_curve(self.powers, self.found)
        ends = [f"planning.{end}.{report.name_target(self.power)}" for end in ("low", "high")]
        observed = f"planning.observed.{report.name_target(self.power)}"
        yield Cell("sure", cells.write_trial(self.ledger, observed, *ends))
        yield Figure(
            "power",
            lambda: plots.plot_power(
                drawn,
                self.simulated,
                labels=power_curve.label_scenarios(self.shares),
                sizes=power_curve.point_out(self.found, drawn),
                targets=self._targets,
            ),
            power_curve.caption_power(self.shares, self.simulated),
            power_curve.describe_power(self.found, self.shares),
            finding=self.sentence,
            limit=report.describe_planning_limits(self.shares)[0],
            note=power_curve.explain_power(self.shares, self.simulated),
        )
        yield Table(
            "patients_per_arm",
            report.tabulate_sizes(
                self.found, self.shares, targets=self._targets, largest_arm=self.largest_arm
            ),
            report.caption_sizes(self.shares),
        )
        yield Text(
            (
                *report.describe_planning(
                    self.ledger, self.shares, targets=self._targets, wanted=self.power
                ),
                power_curve.describe_simulation(self.ledger, self.simulated, self.shares),
            )
        )

    @property
    def _targets(self) -> list[float]:
        return report.list_targets(self.power)

    def _record(self, numbers: Numbers) -> None:
        if self.known is None:
            return
        report.record_planning(
            numbers, self.shares, self.found, self.simulated, largest_arm=self.largest_arm
        )
        report.record_certainty(numbers, self.shares, self.found, target=self.power)
        power_curve.record_simulation(numbers, self.simulated, self.powers, self.shares)


@dataclass(frozen=True, eq=False, repr=False)
class Confirmation(Answer):
    """How many patients it takes to confirm one predictor in others."""

    compared: Comparison
    predictor: str
    power: float

    @property
    def parts(self) -> tuple[Answer, ...]:
        return (self.compared.groups,)

    @property
    def sentence(self) -> str:
        return confirm_report.describe_confirmation(self.ledger, self.predictor, power=self.power)

    def list_pieces(self) -> Iterator[Piece]:
        yield Text((self.sentence,))

    def _record(self, numbers: Numbers) -> None:
        confirm_report.record_confirmation(
            numbers, self.compared.comparison, self.predictor, power=self.power
        )


def plan_trial(
    study: Study,
    *,
    placebo_share: float = 0.2,
    power: float = 0.8,
    largest_arm: int = 200,
    simulations: int = 10_000,
    seed: int = 1,
) -> Trial:
    """Ask how large a controlled trial would have to be.

    Parameters
    ----------
    study : Study
        With a core set, from which the share of responders follows.
    placebo_share, power, largest_arm, simulations, seed
        See `Trial`.

    Examples
    --------
    >>> from helpers.answers import biomarkers, planning
    >>> from helpers.study import read_study
    >>> trial = read_study("endurance_training_iim", tables=biomarkers.TABLES)
    >>> planning.plan_trial(trial, simulations=100, largest_arm=50)
    If ... respond under treatment, as 6 of 9 did in ..., a trial needs...
    """
    return Trial(study, placebo_share, power, largest_arm, simulations, seed)


def confirm(compared: Comparison, *, predictor: str, power: float = 0.8) -> Confirmation:
    """Ask how many patients it takes to confirm one predictor.

    Parameters
    ----------
    compared : Comparison
        From `helpers.answers.biomarkers.compare`.
    predictor : str
        The candidate's name in the results, ``extramuscular``.
    power : float
        Power wanted.

    Examples
    --------
    >>> from helpers.answers import biomarkers, planning, response_matrix
    >>> from helpers.study import read_study
    >>> trial = read_study("endurance_training_iim", tables=biomarkers.TABLES)
    >>> groups = response_matrix.groups(trial)
    >>> compared = biomarkers.compare(biomarkers.list_candidates(trial), groups)
    >>> planning.confirm(compared, predictor="extramuscular")
    To confirm extramuscular activity with the AUC seen here...
    """
    return Confirmation(compared.study, compared, predictor, power)
