"""What a study's tables hold for a claim: rows, patients and series, as the claim names them."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import cast

import numpy as np
import pandas as pd

from helpers.contracts.claim_filters import Comparison, Condition, Option, Rows, Term
from helpers.contracts.claims import RESPONSE_TABLE
from helpers.contracts.response import DefinitionName, Response
from helpers.contracts.tables import table_contract
from helpers.derive.response.response_groups import derive_responses
from helpers.study import Study

TIMES = ("month", "day", "condition")
"""The column that parts earlier from later, by the tables that have it."""

_YES = {"yes": True, "true": True, "no": False, "false": False}
_COMPARE: Mapping[str, Callable[[pd.Series, float], pd.Series]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}


class NotKnown(LookupError):
    """Raised when a study's tables cannot answer a claim; says why."""


class Evidence:
    """One study's tables as its claims read them, under one definition of response.

    Parameters
    ----------
    study : Study
    definition : str
        Definition of response that the claims name; the study's own rule where empty.
    """

    def __init__(self, study: Study, definition: str = "") -> None:
        self.study = study
        self.config = study.config
        self._response = (
            Response(definition=cast(DefinitionName, definition))
            if definition
            else study.config.response
        )

    @property
    def follows_study(self) -> bool:
        """Whether the definition is the one that the rest of the report uses."""
        return self._response == self.config.response

    @cached_property
    def best_response(self) -> pd.DataFrame:
        """Best response of each patient with a core set; index patient_id."""
        config = self.config.model_copy(update={"response": self._response})
        core_set = self.study.table("core_set")
        seen = core_set[["patient_id"]].drop_duplicates().assign(arm=next(iter(config.arms)))
        if self.study.has("patients"):
            patients = self.study.table("patients")
            seen = patients[patients["patient_id"].isin(seen["patient_id"])]
        best: pd.DataFrame = derive_responses(core_set, seen, config).best
        return best.set_index("patient_id")

    @property
    def responders(self) -> frozenset[str]:
        """Patients who improved at one visit or more."""
        best = self.best_response["best_response"]
        return frozenset(best.index[best == "improved"])

    @property
    def non_responders(self) -> frozenset[str]:
        """Patients with a core set who never improved."""
        return frozenset(self.best_response.index) - self.responders

    def table(self, name: str) -> pd.DataFrame:
        """Give one table, or the response that is worked out of the core set."""
        return (
            self.best_response.reset_index() if name == RESPONSE_TABLE else self.study.table(name)
        )

    def select(self, rows: Rows) -> pd.DataFrame:
        """Give the rows of a table that meet every comparison."""
        frame = self.table(rows.table)
        keep = pd.Series(True, index=frame.index)
        for comparison in rows.comparisons:
            keep &= _meet(self.read(rows.table, frame, comparison.term), comparison)
        return frame[keep]

    def find_patients(self, conditions: tuple[Condition, ...]) -> frozenset[str]:
        """Give the patients who meet every condition."""
        wanted = [self._find_any(c) for c in conditions if not c.refuses]
        refused = [self._find_any(c) for c in conditions if c.refuses]
        return frozenset.intersection(*wanted).difference(*refused)

    def _find_any(self, condition: Condition) -> frozenset[str]:
        return frozenset().union(*map(self._find_option, condition.options))

    def _find_option(self, option: Option) -> frozenset[str]:
        if option.rows is None:
            return self.responders if option.group == "responders" else self.non_responders
        found = self.select(option.rows)
        return frozenset(found[_name_person(found)])

    def read(self, name: str, frame: pd.DataFrame, term: Term) -> pd.Series:
        """Read a column of a table, or what a term makes of it.

        Raises
        ------
        NotKnown
            When nobody has an entry in the column: unknown is no value.
        """
        if name == "medications" and term.column in COURSES:
            return COURSES[term.column](frame, self.study)
        if term.column not in frame or frame[term.column].isna().all():
            raise NotKnown(f"no {term.column} in the table {name}")
        if term.transform == "deficit":
            return (100 - 100 * frame[term.column] / self._find_maximum(term.column)).round(9)
        if term.transform:
            return self._read_change(name, frame, term)
        column: pd.Series = frame[term.column]
        return column

    def _find_maximum(self, column: str) -> float:
        scales = self.config.instruments
        return {"fi": scales.functional_index_maximum, "mmt8": float(scales.mmt8_maximum)}[column]

    def _read_change(self, name: str, frame: pd.DataFrame, term: Term) -> pd.Series:
        keys = [k for k in table_contract(name, self.config).metadata["key"] if k != "month"]
        at_baseline = frame["month"] == self.config.baseline_month
        first = frame.loc[at_baseline, [*keys, term.column]].rename(columns={term.column: "first"})
        before = frame[keys].merge(first, on=keys, how="left")["first"].set_axis(frame.index)
        change = (frame[term.column] - before).mask(at_baseline)
        if term.transform == "change_percent":
            change = change / before.where(before != 0) * 100
        return change.round(9)

    def spread(self, rows: Rows, column: str, times: tuple[str, ...]) -> pd.DataFrame:
        """Lay out a column: one row for each person, a column for each time, mean of repeats.

        Raises
        ------
        NotKnown
            When no row is left.
        """
        found = self.select(rows)
        if found.empty:
            raise NotKnown(f"no rows with {rows} in the table {rows.table}")
        time = next(name for name in TIMES if name in found)
        wide = found.groupby([_name_person(found), time])[column].mean().unstack(time)
        wanted = [part if time == "condition" else float(part) for part in times]
        return wide.reindex(columns=wanted).set_axis(list(times), axis=1)


def _name_person(frame: pd.DataFrame) -> str:
    return "patient_id" if "patient_id" in frame else "donor"


def _meet(values: pd.Series, comparison: Comparison) -> pd.Series:
    """Tell which values meet a comparison; a missing one never does."""
    sign, texts = comparison.sign, comparison.values
    if sign == "known":
        return values.notna()
    if sign in _COMPARE:
        return _COMPARE[sign](values, float(texts[0])).fillna(False).astype(bool)
    if sign == "~":
        words = values.astype("str").str.casefold()
        found = np.logical_or.reduce([words.str.contains(t.casefold(), regex=False) for t in texts])
    else:
        found = _is_one_of(values, texts) != (sign == "!=")
    return pd.Series(found, index=values.index).astype(bool) & values.notna()


def _is_one_of(values: pd.Series, texts: tuple[str, ...]) -> pd.Series:
    if pd.api.types.is_bool_dtype(values.dtype):
        return values.isin([_YES[text.casefold()] for text in texts])
    if pd.api.types.is_numeric_dtype(values.dtype):
        return values.isin([float(text) for text in texts])
    return values.astype("str").str.casefold().str.strip().isin([t.casefold() for t in texts])


def _count_months_before(courses: pd.DataFrame, study: Study) -> pd.Series:
    start = study.config.baseline_month
    return courses["end_month"].fillna(start).clip(upper=start) - courses["start_month"]


def _find_last_month(courses: pd.DataFrame, study: Study) -> pd.Series:
    return courses["end_month"].fillna(np.inf)


def _span_study(courses: pd.DataFrame, study: Study) -> pd.Series:
    ends = study.table("disposition").set_index("patient_id")["last_month"]
    last = courses["patient_id"].map(ends)
    began = courses["start_month"].le(study.config.baseline_month)
    return began & _find_last_month(courses, study).ge(last)


COURSES: Mapping[str, Callable[[pd.DataFrame, Study], pd.Series]] = {
    "months_before": _count_months_before,
    "until_month": _find_last_month,
    "spans_study": _span_study,
}
"""What a filter may ask of a course in `medications` beside its columns: months of it before
baseline, its last month (ongoing: no end), whether it began by baseline and outlasted the study."""
