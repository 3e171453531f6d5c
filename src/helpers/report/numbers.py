"""The numbers that one answer owns, beside the study that they are about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from helpers.report.ledger import Ledger, Result
from helpers.stats.result import StatisticResult
from helpers.study import Study


class Numbers:
    """Numbers recorded under names; sentences, tables and captions look them up here.

    Parameters
    ----------
    study : Study
        The study that they are about; it gives each number the hash of its tables.
    parts : sequence of Numbers
        Numbers of other answers that this one may quote. They stay theirs.
    """

    def __init__(self, study: Study, parts: Sequence[Numbers] = ()) -> None:
        self.study = study
        self.ledger = Ledger("", dict(study.hashes))
        self._parts = tuple(parts)

    def __getitem__(self, name: str) -> Result:
        owner = next((part for part in self._parts if name in part), self)
        return self.ledger[name] if owner is self else owner[name]

    def __contains__(self, name: str) -> bool:
        return name in self.ledger or any(name in part for part in self._parts)

    def record(self, name: str, value: Any, **about: Any) -> Result:  # noqa: ANN401
        """Record one number; see `helpers.report.ledger.Ledger.record`."""
        return self.ledger.record(name, value, **about)

    def record_statistic(
        self,
        name: str,
        statistic: StatisticResult,
        *,
        source: str | Sequence[str],
        unit: str = "",
        digits: int | None = None,
        figures: int | None = None,
        **about: Any,  # noqa: ANN401 - population, share_of
    ) -> Result:
        """Record an estimate with the interval, p-value, n and method of its test.

        Parameters
        ----------
        name : str
            Name in the ledger.
        statistic : StatisticResult
            From `helpers.stats`.
        source : str or sequence of str
            Tables it was computed from.
        unit : str
            Unit of the estimate.
        digits, figures : int, optional
            Decimals, or else significant figures, that the report shows of estimate and interval.
        **about
            More of `helpers.report.ledger.Ledger.record`.

        Returns
        -------
        Result
        """
        low, high = statistic.interval or (None, None)
        return self.record(
            name,
            statistic.estimate,
            source=source,
            unit=unit,
            n=statistic.n_used,
            low=low,
            high=high,
            p_value=statistic.p_value,
            method=statistic.method,
            reason=statistic.reason,
            digits=digits,
            figures=figures,
            coverage=statistic.interval.achieved if statistic.interval else None,
            **about,
        )
