"""Clinical response: who improved, how many, how firmly, and by which definition."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, partial

import pandas as pd
from matplotlib.figure import Figure as Drawing

from helpers.answers.answer import Answer
from helpers.contracts.response import BY_MEASURES
from helpers.derive.course.everybody import list_everybody
from helpers.derive.response import robustness
from helpers.derive.response.dropouts import summarise_dropout_rules
from helpers.derive.response.imacs import flag_imacs_improvement
from helpers.derive.response.populations import JUDGED, summarise_standing
from helpers.derive.response.response_definitions import compare_response_definitions
from helpers.derive.response.response_groups import derive_tis_scores
from helpers.plots import clinical_response as plots
from helpers.report.glance import cells
from helpers.report.numbers import Numbers
from helpers.report.outcomes.outcome import (
    ArmContrast,
    ArmShare,
    compare_arms,
    describe_contrasts,
    record_contrasts,
)
from helpers.report.overview.study_overview import label_visits
from helpers.report.p_values import STANDARD
from helpers.report.pieces import Cell, Figure, Piece, Table, Text
from helpers.report.response import clinical_response as report
from helpers.report.response import confidence
from helpers.report.response import core_set as core_report
from helpers.report.response import published_flags as flags_report
from helpers.report.response import response_definitions as score
from helpers.report.response import response_robustness as checks
from helpers.report.response.response_rule import say_when
from helpers.stats import groups as compare
from helpers.stats.result import StatisticResult
from helpers.study import Study

TABLES = (
    *("core_set", "functional_index", "performance_tests", "published_flags"),
    *("disposition", "medications"),
)
"""What the chapter reads."""


@dataclass(frozen=True, eq=False, repr=False)
class Definition(Answer):
    """When a patient counts as improved."""

    @property
    def sentence(self) -> str:
        return report.describe_definition_change(self.study)

    @property
    def methods(self) -> tuple[tuple[str, str], ...]:
        return tuple(report.list_definitions(self.study.config))

    def list_pieces(self) -> Iterator[Piece]:
        yield Text((self.sentence,))


@dataclass(frozen=True, eq=False, repr=False)
class Responders(Answer):
    """Who improved, and by which measures."""

    groups: pd.Series

    @property
    def sentence(self) -> str:
        return report.describe_best_response(
            self.study.responses.best, self.study.responses.standing
        )

    @property
    def limits(self) -> tuple[str, ...]:
        responses = self.study.responses
        return tuple(
            report.describe_response_limits(self.ledger, responses.improvement, responses.worsening)
        )

    def list_pieces(self) -> Iterator[Piece]:
        responses, config = self.study.responses, self.study.config
        limits = config.response.limits
        order = list(
            list_everybody(
                self.study.table("patients"), best=responses.best, categories=responses.categories
            )["patient_id"]
        )

        def draw(*, is_narrow: bool = False) -> Drawing | None:
            return plots.plot_change_by_measure(
                responses.change,
                responses.categories,
                patients=order,
                labels=core_report.SHORT_LABELS,
                visits=label_visits(config, after_baseline=True),
                better_percent=limits.improvement_percent,
                worse_percent=limits.worsening_percent,
                is_narrow=is_narrow,
            )

        yield Figure(
            "change_tiles",
            draw,
            core_report.caption_change_tiles(limits, self.groups),
            core_report.describe_change_tiles(responses.improvement, config),
            finding=core_report.find_improved(responses.best, "at some visit"),
            limit=report.LIMIT_OF_TILES,
            note=core_report.explain_change_tiles(),
            draw_narrow=partial(draw, is_narrow=True) if len(config.visits) > 2 else None,
        )
        yield Text((self.sentence, report.describe_time_to_response(responses.best, config)))
        yield Table(
            "response_by_patient",
            report.tabulate_responses(
                responses.improvement, responses.categories, responses.best, self.groups, config
            ),
            report.caption_responses(responses.improvement),
            data=responses.improvement,
        )


@dataclass(frozen=True, eq=False, repr=False)
class Share(Answer):
    """How many improved in each group, with the exact interval, and how two groups compare."""

    groups: pd.Series

    @cached_property
    def shares(self) -> pd.DataFrame:
        """One row per group: improved, counted, left out, share with interval."""
        return compare.summarise_share(self.study.responses.counted, self.groups)

    @cached_property
    def observed(self) -> pd.DataFrame:
        """The same of those alone who could be judged."""
        return compare.summarise_share(self._judged, self.groups)

    @cached_property
    def standing(self) -> pd.DataFrame:
        """One row per group: entered, judged, not yet due, and not judged for which reason."""
        responses = self.study.responses
        return summarise_standing(responses.standing, self.groups, responses.responder)

    @cached_property
    def test(self) -> StatisticResult | None:
        """The exact comparison of two groups; None where there are not two, or none is declared."""
        if self.groups.name == "arm" and not self.study.config.comparisons:
            return None
        return compare.compare_shares(self.study.responses.counted, self.groups)

    @property
    def _judged(self) -> pd.Series:
        responses = self.study.responses
        return responses.responder.where(responses.standing == JUDGED)

    @cached_property
    def contrasts(self) -> list[ArmContrast]:
        """Each declared contrast, where there are more than two arms."""
        if self.groups.name != "arm" or self.groups.nunique() < 3:
            return []
        counted = self.shares.to_dict("records")
        arms = [
            ArmShare(
                row["group"], row["n"], row["n"], row["n"], row["n_improved"], row["n_improved"]
            )
            for row in counted
        ]
        return compare_arms(arms, self.study.config)

    @property
    def sentence(self) -> str:
        return report.describe_response(self.ledger, self.shares, self.standing)

    @property
    def summary(self) -> tuple[str, ...]:
        return (
            report.summarise_share(self.ledger, self.shares, self.standing),
            report.describe_comparison(self.ledger, self.shares) or self._describe_contrasts(),
        )

    @property
    def conclusion(self) -> tuple[str, ...]:
        return tuple(report.conclude_response(self.ledger, self.shares))

    @property
    def methods(self) -> tuple[tuple[str, str], ...]:
        return STANDARD

    def list_pieces(self) -> Iterator[Piece]:
        rule = self.study.config.response
        yield Figure(
            "response_by_group",
            lambda: plots.plot_response_by_group(
                self.shares, axis_label=f"patients improved {say_when(rule)}"
            ),
            report.caption_shares(self.shares, self.test, rule),
            report.describe_shares(self.shares),
        )
        yield Table(
            "response_by_group",
            report.tabulate_shares(self.shares, self.observed, self.standing),
            report.caption_share_table(self.standing),
        )
        yield Text(
            (
                self.sentence,
                confidence.describe_confidence(self.ledger, self.shares),
                report.describe_comparison(self.ledger, self.shares) or self._describe_contrasts(),
                report.describe_reach(self.test),
            )
        )

    def _record(self, numbers: Numbers) -> None:
        report.record_response(numbers, self.shares, self.observed, self.standing, self.test)
        sources = ["core_set", "patients"]
        confidence.record_confidence(numbers, self.shares, source=sources)
        record_contrasts(numbers, "response", self.contrasts, source=sources)

    def _describe_contrasts(self) -> str:
        said = describe_contrasts(self.ledger, "response", self.contrasts).removeprefix("; ")
        return f"Improved, arm against arm: {said}." if said else ""


@dataclass(frozen=True, eq=False, repr=False)
class Dropouts(Answer):
    """Whether it matters who left: the count at each visit under three rules."""

    @cached_property
    def counts(self) -> pd.DataFrame:
        """One row per visit, arm and rule: improved, of how many, and how many not yet due."""
        return summarise_dropout_rules(
            self.study.responses.categories,
            groups=self.study.arms,
            months=list(label_visits(self.study.config, after_baseline=True)),
            not_due=self.study.not_due,
        )

    @property
    def sentence(self) -> str:
        return checks.describe_dropout_rules(self.ledger, self.counts)

    def list_pieces(self) -> Iterator[Piece]:
        yield Text((self.sentence,))
        yield Table(
            "dropout_rules",
            checks.tabulate_dropout_rules(self.counts, self.study.config),
            checks.caption_dropout_rules(),
        )

    def _record(self, numbers: Numbers) -> None:
        checks.record_dropout_rules(numbers, self.counts)


@dataclass(frozen=True, eq=False, repr=False)
class Firmness(Answer):
    """Which responses a single measurement could turn."""

    @cached_property
    def robustness(self) -> pd.DataFrame:
        """One row per patient and visit: status, and what would turn it."""
        config = self.study.config
        scenarios = robustness.derive_response_scenarios(
            self.study.table("core_set"),
            mmt8_maximum=config.instruments.mmt8_maximum,
            definition=config.response.limits,
            zero_baseline=config.rules.zero_baseline,
            baseline_month=config.baseline_month,
        )
        return robustness.derive_response_robustness(scenarios, self.study.responses.improvement)

    @property
    def is_asked(self) -> bool:
        """Whether the definition counts measures, so that dropping one can be tried."""
        return self.study.config.response.definition in BY_MEASURES

    @property
    def sentence(self) -> str:
        return checks.describe_robustness(self.ledger) if self.is_asked else checks.NOT_ASKED

    def list_pieces(self) -> Iterator[Piece]:
        yield Text((self.sentence,))
        if self.is_asked:
            yield Cell("sure", cells.write_definition(self.ledger))
            yield Table(
                "fragile_responses",
                checks.tabulate_fragile(self.robustness, self.study.config),
                checks.caption_fragile(self.robustness),
            )

    def _record(self, numbers: Numbers) -> None:
        if self.is_asked:
            checks.record_robustness(numbers, self.robustness)


@dataclass(frozen=True, eq=False, repr=False)
class LeaveOneOut(Answer):
    """What the count would be without each patient in turn."""

    groups: pd.Series

    @cached_property
    def rows(self) -> pd.DataFrame:
        """One row per patient left out: estimate, interval, p."""
        return compare.leave_one_out_share(self.study.responses.counted, self.groups)

    @property
    def sentence(self) -> str:
        return checks.describe_leave_one_out(self.ledger, self.rows)

    def list_pieces(self) -> Iterator[Piece]:
        yield Text((self.sentence,))
        yield Table(
            "leave_one_out",
            checks.tabulate_leave_one_out(self.rows),
            checks.caption_leave_one_out(self.rows),
            formats={"without": checks.format_left_out},
            empty="",
        )

    def _record(self, numbers: Numbers) -> None:
        checks.record_leave_one_out(numbers, self.rows)


@dataclass(frozen=True, eq=False, repr=False)
class TotalImprovement(Answer):
    """Whether the total improvement score says the same as the count of measures."""

    @cached_property
    def scored(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Components, one row per patient, visit and measure; scores, one per patient and visit."""
        return derive_tis_scores(
            self.study.table("core_set"), self.study.table("patients"), self.study.config
        )

    @cached_property
    def definitions(self) -> pd.DataFrame:
        """One row per patient and visit: both judgements, and why they differ."""
        components, scores = self.scored
        change = self.study.responses.change
        counted = flag_imacs_improvement(change, definition=self.study.config.response.limits)
        return compare_response_definitions(counted, scores, change=change, components=components)

    @property
    def sentence(self) -> str:
        return score.describe_definitions(self.ledger)

    @property
    def unknowns(self) -> tuple[str, ...]:
        """What changes the scale of the score here, a sentence each."""
        return tuple(score.describe_unknowns(self.ledger, self.scored[0]))

    @property
    def methods(self) -> tuple[tuple[str, str], ...]:
        return tuple(score.list_score_methods(self.study.config))

    def list_pieces(self) -> Iterator[Piece]:
        scores, config = self.scored[1], self.study.config
        yield Figure(
            "total_improvement",
            lambda: plots.plot_total_improvement(
                scores,
                self.definitions,
                patients=list(self.study.arms.index),
                visits=label_visits(config, after_baseline=True),
            ),
            score.caption_scores(scores),
            score.describe_scores(scores, config),
        )
        yield Text((self.sentence, *self.unknowns))
        yield Cell("sure", cells.write_other_definition(self.ledger))
        yield Table(
            "definitions_disagree",
            score.tabulate_disagreements(self.definitions, config),
            score.caption_disagreements(),
            data=self.definitions,
            empty="The two definitions agree wherever both could be judged.",
        )

    def _record(self, numbers: Numbers) -> None:
        score.record_definitions(numbers, self.definitions)
        score.record_unknowns(numbers, self.scored[0])


@dataclass(frozen=True, eq=False, repr=False)
class PublishedFlags(Answer):
    """Whether the rule in force gives what a publication printed of each patient."""

    @cached_property
    def comparison(self) -> pd.DataFrame:
        """One row per printed flag: printed, computed, whether they agree."""
        return flags_report.compare_with_published(
            self.study.responses.improvement, self.study.tables.get("published_flags")
        )

    @property
    def sentence(self) -> str:
        return flags_report.describe_agreement(self.ledger, self.comparison)

    @property
    def summary(self) -> tuple[str, ...]:
        return () if self.comparison.empty else (self.sentence,)

    def list_pieces(self) -> Iterator[Piece]:
        yield Text((self.sentence,))
        yield Table(
            "published_disagreements",
            flags_report.list_disagreements(self.comparison),
            "Patients whose computed response differs from the printed one.",
            empty="",
        )

    def _record(self, numbers: Numbers) -> None:
        flags_report.record_agreement(numbers, self.comparison)


def definition(study: Study) -> Definition:
    """Ask when a patient counts as improved.

    Examples
    --------
    >>> from helpers.answers import response
    >>> from helpers.study import read_study
    >>> trial = read_study("endurance_training_iim", tables=response.TABLES)
    >>> response.definition(trial)
    The limits are those of the published definition.
    """
    return Definition(study)


def responders(study: Study, *, groups: pd.Series | None = None) -> Responders:
    """Ask who improved, and by which measures; by arm where no groups are given.

    Examples
    --------
    >>> from helpers.answers import response
    >>> from helpers.study import read_study
    >>> trial = read_study("endurance_training_iim", tables=response.TABLES)
    >>> response.responders(trial)
    Over all visits: 7 patients improved (A, B, C, D, F, I and K)...
    """
    return Responders(study, study.arms if groups is None else groups)


def share(study: Study, *, groups: pd.Series | None = None) -> Share:
    """Ask how many improved; by arm where no groups are given.

    Examples
    --------
    >>> from helpers.answers import response
    >>> from helpers.study import read_study
    >>> trial = read_study("endurance_training_iim", tables=response.TABLES)
    >>> response.share(trial)
    6 of 9 patients in the arm “Endurance exercise” improved...
    """
    return Share(study, _order_arms(study) if groups is None else groups)


def _order_arms(study: Study) -> pd.Series:
    """Give the arms, that of the first declared contrast before its reference."""
    first = {arm for arm, _ in study.config.comparisons}
    return study.arms.loc[(~study.arms.isin(first)).sort_values(kind="stable").index]


def dropouts(study: Study) -> Dropouts:
    """Ask whether it matters who left.

    Examples
    --------
    >>> from helpers.answers import response
    >>> from helpers.study import read_study
    >>> trial = read_study("endurance_training_iim", tables=response.TABLES)
    >>> response.dropouts(trial)
    Everybody was judged at...
    """
    return Dropouts(study)


def firmness(study: Study) -> Firmness:
    """Ask which responses a single measurement could turn.

    Examples
    --------
    >>> from helpers.answers import response
    >>> from helpers.study import read_study
    >>> trial = read_study("endurance_training_iim", tables=response.TABLES)
    >>> response.firmness(trial)
    One measurement alone could have turned 3 of 7 visits with improvement...
    """
    return Firmness(study)


def leave_one_out(study: Study, *, groups: pd.Series | None = None) -> LeaveOneOut:
    """Ask whether the count hangs on one patient; by arm where no groups are given.

    Examples
    --------
    >>> from helpers.answers import response
    >>> from helpers.study import read_study
    >>> trial = read_study("endurance_training_iim", tables=response.TABLES)
    >>> rows = response.leave_one_out(trial).rows
    >>> rows.loc[rows["left_out"] == "K", "p_value"].round(3).tolist()
    [0.031]
    """
    return LeaveOneOut(study, study.arms if groups is None else groups)


def total_improvement(study: Study) -> TotalImprovement:
    """Ask whether the total improvement score says the same.

    Examples
    --------
    >>> from helpers.answers import response
    >>> from helpers.study import read_study
    >>> trial = read_study("endurance_training_iim", tables=response.TABLES)
    >>> response.total_improvement(trial)
    The two definitions agree on 7 of 13 visits...
    """
    return TotalImprovement(study)


def published_flags(study: Study) -> PublishedFlags:
    """Ask whether this agrees with what was printed of each patient.

    Examples
    --------
    >>> from helpers.answers import response
    >>> from helpers.study import read_study
    >>> trial = read_study("endurance_training_iim", tables=response.TABLES)
    >>> response.published_flags(trial)
    The computation reproduces 15 of 15 published flags; no patient differs.
    """
    return PublishedFlags(study)
