"""What a check of a published claim consists of: the claim, a rule, and what the rule found."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Literal

import pandas as pd

from helpers.contracts.response import Response
from helpers.derive.functional_index import (
    FI_IMPROVED_20,
    derive_functional_index_response,
    flag_functional_index_improvement,
)
from helpers.derive.response_groups import derive_responses
from helpers.report.words import format_number
from helpers.stats.result import StatisticResult
from helpers.study import Study

Verdict = Literal[
    "reproduced",
    "compatible",
    "not reproduced",
    "not computable from these data",
    "impossible in the source",
    "external",
]

VERDICTS: dict[Verdict, str] = {
    "reproduced": "the tables give the published value, to the digits that were printed",
    "compatible": "the tables do not contradict the claim, but do not prove it either",
    "not reproduced": "the tables give another value",
    "not computable from these data": "a table, or a row in it, that the claim needs is absent",
    "impossible in the source": "the printed numbers contradict themselves",
    "external": "the claim is about other people, not about this study",
}

_WORDS = {
    "direction": "direction only",
    "no_change": "no significant change",
    "no_association": "no relation",
}
"""What stands for the published value of a claim without numbers, by its statistic."""

SIGNIFICANCE = 0.05
"""A direction counts as shown below this exact two-sided p; "no change" means at or above it."""


@dataclass(frozen=True)
class Claim:
    """One line of a study's published_claims.csv, as printed.

    Attributes
    ----------
    claim_id, source, topic, claim, statistic, unit, kind, note : str
    n, value, low, high, p_value : str
        Digits as printed, because they set the precision of the comparison; empty where the
        publication gives none.
    """

    claim_id: str
    source: str
    topic: str
    claim: str
    statistic: str
    n: str
    value: str
    low: str
    high: str
    unit: str
    p_value: str
    kind: str
    note: str

    @property
    def published(self) -> str:
        """The published values in words.

        >>> Claim("X", "", "", "", "mean", "14", "2559", "467", "6937", "pg/ml", "", "exact",
        ...       "").published
        '2559 pg/ml, range 467 to 6937'
        """
        parts = []
        unit = self.unit.removesuffix("s") if self.value == "1" else self.unit
        if self.value:
            least = "at least " if self.statistic == "threshold" else ""
            parts.append(f"{least}{self.value} {unit}".strip())
        if self.low and self.high:
            words = "{} to {}" if self.statistic in ("change", "list") else "range {} to {}"
            limits = words.format(self.low, self.high)
            parts.append(limits if self.value else f"{limits} {unit}".strip())
        if self.p_value:
            parts.append(f"p = {self.p_value}")
        if not parts:
            parts.append(_WORDS.get(self.statistic, "in words only"))
        return ", ".join(parts).replace("-", "−")


@dataclass(frozen=True)
class Finding:
    """What a rule found in a study's tables.

    Attributes
    ----------
    value, low, high, p_value : float or None
        Compared with the digits that were printed, where the publication gives them.
    n : int or None
        Denominator.
    text : str
        The finding in words; made from the numbers where empty.
    verdict : str or None
        Set by rules that do more than compare numbers.
    note : str
        What a reader must know beside the rule's own words.
    """

    value: float | None = None
    low: float | None = None
    high: float | None = None
    p_value: float | None = None
    n: int | None = None
    text: str = ""
    verdict: Verdict | None = None
    note: str = ""


@dataclass(frozen=True)
class Rule:
    """How one claim is computed.

    Attributes
    ----------
    compute : callable
        From the evidence to a finding.
    tables : tuple of str
        Tables that it needs; empty where study.yml answers.
    how : str
        The definition in words.
    with_n : bool
        Whether the publication printed the denominator, so that it is compared too.
    """

    compute: Callable[[Evidence], Finding]
    tables: tuple[str, ...]
    how: str
    with_n: bool = False


class Evidence:
    """One study's tables and what the project's definitions make of them, each derived once.

    Parameters
    ----------
    study : Study
    """

    def __init__(self, study: Study) -> None:
        self.study = study
        self.config = study.config

    def table(self, name: str) -> pd.DataFrame:
        """Give one table."""
        return self.study.table(name)

    @cached_property
    def best_response(self) -> pd.DataFrame:
        """Best response of each patient by the IMACS definitions; index patient_id."""
        printed = self.config.model_copy(update={"response": Response()})
        core_set, patients = self.table("core_set"), self.table("patients")
        seen = patients[patients["patient_id"].isin(core_set["patient_id"])]
        return derive_responses(core_set, seen, printed).best.set_index("patient_id")

    @cached_property
    def responders(self) -> frozenset[str]:
        """Patients who improved at one visit or more."""
        best = self.best_response["best_response"]
        return frozenset(best.index[best == "improved"])

    @cached_property
    def non_responders(self) -> frozenset[str]:
        """Patients with a core set who never improved."""
        return frozenset(self.best_response.index) - self.responders

    @cached_property
    def fi_improvers(self) -> frozenset[str]:
        """Patients whose Functional Index improved at one visit or more."""
        maximum = self.config.instruments.functional_index_maximum
        flags = flag_functional_index_improvement(
            self.table("functional_index"),
            definition=replace(FI_IMPROVED_20, maximum=maximum),
            baseline_month=self.config.baseline_month,
        )
        response = derive_functional_index_response(flags).set_index("patient_id")["improved"]
        return frozenset(response.index[response.fillna(False).astype(bool)])

    def characteristic(self, column: str) -> pd.Series:
        """Give a column of `patients`, all missing where not recorded; index patient_id."""
        return self.table("patients").set_index("patient_id").reindex(columns=[column])[column]

    def with_diagnosis(self, diagnosis: str) -> frozenset[str]:
        """Patients of one diagnosis."""
        recorded = self.characteristic("diagnosis")
        return frozenset(recorded.index[recorded == diagnosis])


def match_digits(computed: float, printed: str) -> bool:
    """Tell whether a number prints as the publication printed it, halves rounded up.

    Parameters
    ----------
    computed : float
    printed : str
        With its digits: "0.40" asks for two decimals, "0.4" for one.

    Examples
    --------
    >>> match_digits(2558.6, "2559"), match_digits(-0.929, "-0.9"), match_digits(1.15, "1.1")
    (True, True, False)
    """
    return round_as_printed(computed, printed) == Decimal(printed)


def round_as_printed(computed: float, printed: str) -> Decimal:
    """Round a number to the digits of a printed one, halves up, free of float noise.

    >>> round_as_printed(0.00506203, "0.005")
    Decimal('0.005')
    """
    step = Decimal(1).scaleb(int(Decimal(printed).as_tuple().exponent))
    return Decimal(str(round(computed, 9))).quantize(step, rounding=ROUND_HALF_UP)


def count(patients: Iterable[object], *, of: int | None = None, note: str = "") -> Finding:
    """Give a finding that is a number of patients.

    >>> count(["P01", "P02"], of=5).text
    '2 of 5'
    """
    number = len(set(patients))
    text = str(number) if of is None else f"{number} of {of}"
    return Finding(value=number, n=of, text=text, note=note)


def judge_direction(result: StatisticResult, *, expected: Literal["up", "down"]) -> Finding:
    """Judge a claim that something is higher or lower, whose p was not printed.

    Reproduced when the estimate points the way and the exact p is below 0.05; compatible when it
    points the way only.

    Parameters
    ----------
    result : StatisticResult
        Exact test, positive estimate = up.
    expected : {"up", "down"}
    """
    if result.estimate is None or result.p_value is None:
        return absent(result.reason or "no values to test")
    right = result.estimate > 0 if expected == "up" else result.estimate < 0
    shown = right and result.p_value < SIGNIFICANCE
    verdict: Verdict = "reproduced" if shown else "compatible" if right else "not reproduced"
    text = (
        f"{format_number(result.estimate)}, exact p = {format_number(result.p_value)}, "
        f"n = {result.n_used}"
    )
    note = "" if shown else "the way holds, but not at 5 %" if right else "the other way"
    return Finding(p_value=result.p_value, n=result.n_used, text=text, verdict=verdict, note=note)


def judge_no_change(results: dict[str, StatisticResult]) -> Finding:
    """Judge a claim that nothing differs: every exact two-sided p must be 0.05 or more.

    Parameters
    ----------
    results : dict of str to StatisticResult
        By what was tested; an empty name stands for itself.
    """
    undefined = [result.reason for result in results.values() if result.p_value is None]
    if undefined or not results:
        return absent("; ".join(undefined) or "no values to test")
    parts = [
        f"{name + ': ' if name else ''}exact p = {format_number(result.p_value)}, "
        f"n = {result.n_used}"
        for name, result in results.items()
    ]
    low = min(result.p_value for result in results.values() if result.p_value is not None)
    verdict: Verdict = "reproduced" if low >= SIGNIFICANCE else "not reproduced"
    note = "" if low >= SIGNIFICANCE else "one exact p is below 0.05"
    return Finding(p_value=low, text="; ".join(parts), verdict=verdict, note=note)


def judge_all(*, holds: bool, text: str, note: str = "") -> Finding:
    """Give a finding that a criterion holds for everybody, or does not.

    >>> judge_all(holds=False, text="17 to 80 years").verdict
    'not reproduced'
    """
    return Finding(text=text, verdict="reproduced" if holds else "not reproduced", note=note)


def absent(reason: str) -> Finding:
    """Give a finding that the tables cannot answer.

    >>> absent("no rows of IL-1Ra").verdict
    'not computable from these data'
    """
    return Finding(text="", verdict="not computable from these data", note=reason)
