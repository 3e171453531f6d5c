"""What a reader sees first: the answer in a sentence, four cells, everybody in one picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from helpers.answers import outcomes
from helpers.answers.answer import Answer
from helpers.answers.outcomes import Judged, OverTime
from helpers.answers.safety import Treatment
from helpers.derive.course.everybody import list_everybody
from helpers.report.glance import cells, headline
from helpers.report.glance.everybody import Picture, write_everybody
from helpers.report.numbers import Numbers
from helpers.report.outcomes.outcome import ArmContrast, ArmShare
from helpers.report.overview.cohort import list_arms
from helpers.report.overview.study_overview import label_visits
from helpers.report.pieces import Cell, Everybody, Piece, Text
from helpers.report.response.over_time import Count


@dataclass(frozen=True, eq=False, repr=False)
class FirstScreen(Answer):
    """The answers of the study's first screen, put together from those of the chapter."""

    primary: Judged
    treatment: Treatment

    @cached_property
    def over_time(self) -> OverTime | None:
        """Response at each visit; None where it was not measured."""
        return outcomes.over_time(self.study) if self.study.can_judge_response else None

    @property
    def parts(self) -> tuple[Answer, ...]:
        judged = (self.over_time,) if self.over_time else ()
        return (self.primary, self.treatment, self.treatment.flow, *judged)

    @cached_property
    def everybody(self) -> pd.DataFrame:
        """One row per patient, responders first: standing, time in the study, why left."""
        study, judged = self.study, self.study.can_judge_response
        return list_everybody(
            study.table("patients"),
            best=study.responses.best if judged else None,
            categories=study.responses.categories if judged else None,
            outcomes=self.treatment.outcomes,
            reached=self.primary.judged if self.primary.outcome else None,
        )

    @property
    def sentence(self) -> str:
        if self._is_case:
            return ""
        said = (
            headline.describe_primary(self.ledger, self._shares, self._contrasts),
            headline.describe_response(self.ledger, self._counts),
            headline.describe_reach(self.ledger),
        )
        return " ".join(line for line in said if line)

    @property
    def summary(self) -> tuple[str, ...]:
        return ()

    def list_pieces(self) -> Iterator[Piece]:
        numbers = self.ledger
        known = self.everybody["diagnosis"]
        diagnoses = list(known[known != ""].sort_values())
        yield Text((headline.describe_study(numbers, diagnoses=diagnoses),), kind="design")
        yield Text((self.sentence,), kind="headline")
        if not self._is_case:
            yield Cell("work", cells.write_whether(numbers, self._shares, self._counts))
            by_diagnosis = self.over_time.by_diagnosis if self.over_time else []
            yield Cell("whom", cells.write_for_whom(numbers, by_diagnosis))
        verdict = self.primary.verdict if self._contrasts else ""
        yield Cell("sure", cells.write_how_sure(numbers, self._contrasts, verdict))
        yield Cell("safe", cells.write_safety(numbers, self.treatment.stops))
        if not self._is_case:
            yield Everybody(write_everybody(self._draw()))

    def _draw(self) -> Picture:
        categories = pd.DataFrame(columns=["patient_id", "month", "category"])
        if self.study.can_judge_response:
            categories = self.study.responses.categories
        return Picture(
            self.everybody,
            categories,
            visits=label_visits(self.study.config),
            arms=list_arms(self.study),
            primary="Primary outcome" if self.primary.outcome else "",
        )

    @property
    def _is_case(self) -> bool:
        """Whether there is one patient whom no rule judges: a case has its own chapter."""
        alone = len(self.study.patients) == 1
        return alone and self.primary.outcome is None and not self.study.can_judge_response

    @property
    def _shares(self) -> list[ArmShare]:
        return self.primary.shares if self.primary.outcome else []

    @property
    def _contrasts(self) -> list[ArmContrast]:
        return self.primary.contrasts if self.primary.outcome else []

    @property
    def _counts(self) -> list[Count]:
        return self.over_time.counts if self.over_time else []

    def _record(self, numbers: Numbers) -> None:
        source = [name for name in ("core_set", "patients") if self.study.has(name)]
        cells.record_confidence(numbers, self._counts, source=source)
        cells.record_reasons(numbers, self.treatment.stops)


def first_screen(primary: Judged, treatment: Treatment) -> FirstScreen:
    """Ask for what a reader should see first.

    Parameters
    ----------
    primary : Judged
        From `helpers.answers.outcomes.primary`.
    treatment : Treatment
        From `helpers.answers.safety.treatment`.

    Examples
    --------
    >>> from helpers.answers import cohort, outcomes, safety
    >>> from helpers.answers.glance import first_screen
    >>> from helpers.study import read_study
    >>> trial = read_study("endurance_training_iim", tables=cohort.TABLES)
    >>> treated = safety.treatment(cohort.flow(cohort.availability(trial)))
    >>> first_screen.first_screen(outcomes.primary(trial), treated)
    The primary outcome, cycling time to exhaustion at least...
    """
    return FirstScreen(primary.study, primary, treatment)
