"""What study.yml may say: where the data comes from, its visits, instruments and units."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, field_validator, model_validator

from helpers.contracts.model import Frozen
from helpers.contracts.outcomes import Contrast, Outcome, Plan
from helpers.contracts.response import Response

DataOrigin = Literal["published", "reconstructed", "collected"]
CkUnit = Literal["ukat/L", "U/L"]

UKAT_PER_L_IN_U_PER_L = 60.0
"""1 ukat/L = 60 U/L, from the definitions of the katal (mol/s) and the unit (umol/min)."""

LATEST_MONTH = 1200
"""A hundred years: no study plans a visit later, and no axis holds one."""

DAYS_IN_MONTH = 30

LARGEST_LIMIT = 1e6
"""Of a scale or a limit of normal, in any unit that is in use."""

MOST_VISITS, MOST_ARMS, LONGEST_LABEL = 200, 50, 200
"""Of what a figure can show: visits, arms, and the letters of a label."""

EVIDENCE = (
    *("primary_outcome", "functional_index", "case_timeline", "adverse_events", "change_tiles"),
    *("core_set_courses", "il1ra_expression", "candidates", "th_shift", "power"),
)
"""Figures that stay open on the study page where study.yml names none; most studies have some."""

NBSP = "\N{NO-BREAK SPACE}"
UNBROKEN_LENGTH = 12
"""The longest name of a visit, in letters, that stays on one line."""


def require_words(text: str) -> str:
    """Refuse a text without any letter; give it back as it is otherwise."""
    if not text.strip():
        raise ValueError("a text that is not empty")
    return text


def require_address(text: str) -> str:
    """Refuse a link that a browser would not open as a page; give it back as it is otherwise."""
    if not text.startswith(("https://", "http://")):
        raise ValueError("a link that begins with https:// or http://")
    return text


def _require_size(limit: float) -> float:
    if limit < 1 / LARGEST_LIMIT:
        raise ValueError(f"a number of {1 / LARGEST_LIMIT:g} or more, got {limit:g}")
    return limit


def _require_distinct(labels: Iterable[str], what: str) -> None:
    """Refuse two labels that a reader cannot tell apart."""
    counts = Counter(" ".join(label.split()).casefold() for label in labels)
    twice = ", ".join(label for label, count in counts.items() if count > 1)
    if twice:
        raise ValueError(f"{what} must have different labels, got {twice} more than once")


Words = Annotated[str, AfterValidator(require_words)]
Label = Annotated[str, AfterValidator(require_words), Field(max_length=LONGEST_LABEL)]
Address = Annotated[str, AfterValidator(require_address)]
Scale = Annotated[float, Field(gt=0, le=LARGEST_LIMIT), AfterValidator(_require_size)]


class Visit(Frozen):
    """A planned visit: its nominal month in the tables, and the words that the reader sees."""

    month: Annotated[float, Field(ge=0, le=LATEST_MONTH)] = Field(
        description="nominal month, as in the tables"
    )
    label: Label = Field(description="how the report names the visit, for example '12 weeks'")


class CreatineKinase(Frozen):
    """Units and upper limits of normal of creatine kinase (CK); declared, never guessed."""

    unit: CkUnit = Field("U/L", description="unit of the column ck in core_set")
    report_unit: CkUnit | None = Field(
        None, description="unit of the report; the tables' own where not given"
    )
    upper_limit_female: Scale | None = Field(
        None, description="upper limit of normal for women, in `unit`"
    )
    upper_limit_male: Scale | None = Field(
        None, description="upper limit of normal for men, in `unit`"
    )

    @property
    def shown_unit(self) -> CkUnit:
        """The unit that the report shows."""
        return self.report_unit or self.unit

    @property
    def factor(self) -> float:
        """What a value of the table is multiplied with to be in the report's unit.

        >>> CreatineKinase(unit="ukat/L", report_unit="U/L").factor
        60.0
        """
        if self.unit == self.shown_unit:
            return 1.0
        return UKAT_PER_L_IN_U_PER_L if self.unit == "ukat/L" else 1 / UKAT_PER_L_IN_U_PER_L


class Extramuscular(Frozen):
    """The instrument behind the column extramuscular."""

    instrument: Literal["vas", "myoact", "mitax"] = Field(
        "vas", description="vas: one visual analogue scale; myoact or mitax: an index of 0 to 1"
    )
    maximum: Scale | None = Field(
        None, description="largest possible value; the VAS maximum or 1 where not given"
    )


class Instruments(Frozen):
    """The scales that the tables use; every range check and every rule reads them from here."""

    vas_maximum: Literal[10, 100] = Field(
        10, description="visual analogue scales in cm (10) or mm (100)"
    )
    mmt8_maximum: Literal[80, 150] = Field(
        80, description="manual muscle test of 8 groups: one side (80) or both sides (150)"
    )
    haq_di_precision: Literal["eighths", "two_decimals"] = Field(
        "eighths", description="HAQ-DI in steps of 0.125, or published rounded to two decimals"
    )
    extramuscular: Extramuscular = Field(
        default_factory=Extramuscular, description="instrument of extramuscular activity"
    )
    ck: CreatineKinase = Field(
        default_factory=CreatineKinase, description="unit and limits of creatine kinase"
    )
    functional_index_maximum: Scale = Field(64, description="largest total of the Functional Index")

    @property
    def extramuscular_maximum(self) -> float:
        """The largest value that the extramuscular instrument can take."""
        if self.extramuscular.maximum is not None:
            return self.extramuscular.maximum
        return float(self.vas_maximum) if self.extramuscular.instrument == "vas" else 1.0


class Rules(Frozen):
    """Choices on which the literature is silent or divided; each is printed in the report."""

    zero_baseline: Literal["infinite_worsening", "not_evaluable"] = Field(
        "infinite_worsening",
        description="a measure that rises from 0: counts as worse, or cannot be judged",
    )
    enzyme_multiplier: Scale = Field(
        15.0, description="range of CK in the total improvement score, as multiple of its limit"
    )


class EndpointFamily(Frozen):
    """Endpoints whose p-values are adjusted together."""

    title: str = Field(description="how the report names the family")
    endpoints: tuple[str, ...] = Field(description="names of the endpoints in the family")
    adjustment: Literal["holm", "benjamini_hochberg", "none"] = Field(
        "holm", description="holm for planned tests, benjamini_hochberg for biomarker panels"
    )


class ReferenceRange(Frozen):
    """What healthy people have of one serum protein, as a source gave it."""

    low: Annotated[float, Field(ge=0)] = Field(description="lowest value of healthy people")
    high: Scale = Field(description="highest value of healthy people")
    unit: str = Field(description="unit of low and high; must be that of the table")
    source: str = Field(description="who measured the healthy people")
    mean: Scale | None = Field(None, description="mean of healthy people")

    @model_validator(mode="after")
    def _check_order(self) -> ReferenceRange:
        if self.low >= self.high:
            raise ValueError(f"low must be less than high, got {self.low:g} and {self.high:g}")
        return self


class Stain(Frozen):
    """What this study says of one stain of its biopsies."""

    shows: str | None = Field(None, description="what the stain shows, in plain words")
    shows_drug: str | None = Field(
        None, description="sentence for a stain that may also show the drug of the study"
    )


class Analyte(Frozen):
    """What this study says of one protein in serum."""

    measures_drug: str | None = Field(
        None, description="why the assay also measures the drug of the study, where it does"
    )


class ReportedRelation(Frozen):
    """A relation that a publication reports between a baseline value and a later number."""

    name: str = Field(description="short name, as in the results")
    predictor: str = Field(description="name of the candidate predictor")
    table: str = Field(description="table of the later number")
    column: str = Field(description="its column")
    label: str = Field(description="how the report names the later number")
    month: Annotated[float, Field(ge=0)] = Field(description="the visit that is meant")
    fall: bool = Field(False, description="the fall from baseline, not the value itself")
    expected: Literal["negative", "positive"] = Field(description="direction that was reported")
    source: str = Field(description="who reported it")


class Reported(Frozen):
    """What publications said of the values that this study measured."""

    by: str = Field("its publications", description="who said it, in a few words")
    candidates: dict[str, str] = Field(
        default_factory=dict, description="what was said of a candidate predictor, by its name"
    )
    relations: tuple[ReportedRelation, ...] = Field((), description="relations that are tested")


class StudyConfig(Frozen):
    """One study.yml: everything about a study that is not in its tables."""

    title: str = Field(min_length=1, description="full title on the report's first page")
    short_title: str = Field(
        min_length=1, description="a few words for the contents list and the browser tab"
    )
    question: Words = Field(description="the study's question in one sentence")
    design: Words = Field(description="design in one or two sentences")
    data_origin: DataOrigin = Field(
        description="published, reconstructed (invented from aggregates) or collected"
    )
    provenance: Words = Field(description="where each value comes from")
    citation: str | None = Field(None, description="publication to cite")
    short_citation: str | None = Field(
        None, description="the same in a few words, for the banner on every page"
    )
    source_url: Address | None = Field(None, description="link to the publication")
    licence: str | None = Field(None, description="licence of the data")
    treatment: str | None = Field(None, description="drug, dose and route, or programme")
    planned_months: Annotated[float, Field(gt=0, le=LATEST_MONTH)] | None = Field(
        None, description="planned time on study, in months"
    )
    data_cut: date | None = Field(
        None,
        description="day of the data cut of a study that still runs (2026-05-31); patients still "
        "in it are ongoing in disposition, and the report is an interim one",
    )
    visit_window_days: Annotated[float, Field(ge=0, le=183)] = Field(
        0, description="a patient whose last month is so many days before a visit still had it"
    )
    primary_outcome: Outcome | None = Field(
        None, description="the outcome that decides, as it was declared beforehand"
    )
    endpoints: dict[str, Outcome] = Field(
        default_factory=dict, description="secondary outcomes that were declared beforehand"
    )
    plan: Plan = Field(default_factory=Plan, description="what was fixed before data were seen")
    arms: dict[str, Label] = Field(description="name in the column arm: how the report names it")
    reference_arm: str | None = Field(
        None, description="name of the arm that the others are compared with; never guessed"
    )
    contrasts: tuple[Contrast, ...] = Field(
        (), description="pairs of arms to compare; every other arm with reference_arm by default"
    )
    visits: tuple[Visit, ...] = Field(description="planned visits in order of time")
    instruments: Instruments = Field(default_factory=Instruments, description="scales and units")
    rules: Rules = Field(default_factory=Rules, description="choices the literature leaves open")
    response: Response = Field(
        default_factory=Response, description="when a patient is a responder, in every chapter"
    )
    endpoint_families: dict[str, EndpointFamily] = Field(
        default_factory=dict, description="endpoints adjusted together"
    )
    references: dict[str, ReferenceRange] = Field(
        default_factory=dict, description="ranges of healthy people, by protein in serum"
    )
    markers: dict[str, Stain] = Field(
        default_factory=dict, description="stains of biopsies, by name, of which more is said"
    )
    analytes: dict[str, Analyte] = Field(
        default_factory=dict, description="proteins in serum, by name, of which more is said"
    )
    reported: Reported = Field(
        default_factory=Reported, description="what publications said of candidate predictors"
    )
    evidence: tuple[str, ...] = Field(
        EVIDENCE,
        description="names of the figures that stay open on the study page, in order; all others "
        "are folded",
    )
    notes: tuple[str, ...] = Field((), description="what a reader must know about these data")

    @field_validator("plan", mode="before")
    @classmethod
    def _begin_plan(cls, plan: object) -> object:
        return {} if plan is None else plan  # a template offers its keys, and none is used yet

    @field_validator("arms")
    @classmethod
    def _check_arms(cls, arms: dict[str, str]) -> dict[str, str]:
        if not arms:
            raise ValueError("arms must name at least one arm")
        if len(arms) > MOST_ARMS:
            raise ValueError(f"arms must be at most {MOST_ARMS}, got {len(arms)}")
        if not all(name.strip() for name in arms):
            raise ValueError("arms must have a name each, got an empty one")
        _require_distinct(arms.values(), "arms")
        return arms

    @field_validator("visits")
    @classmethod
    def _check_visits(cls, visits: tuple[Visit, ...]) -> tuple[Visit, ...]:
        months = [visit.month for visit in visits]
        if not months or months != sorted(set(months)):
            raise ValueError("visits must be listed once each, in order of month")
        if len(visits) > MOST_VISITS:
            raise ValueError(f"visits must be at most {MOST_VISITS}, got {len(visits)}")
        _require_distinct((visit.label for visit in visits), "visits")
        return visits

    @model_validator(mode="after")
    def _check_contrasts(self) -> StudyConfig:
        named = [arm for pair in self.contrasts for arm in (pair.arm, pair.against)]
        named += [self.reference_arm] if self.reference_arm is not None else []
        unknown = sorted(set(named) - set(self.arms))
        if unknown:
            raise ValueError(f"no arm {', '.join(unknown)}; there are {', '.join(self.arms)}")
        if any(pair.arm == pair.against for pair in self.contrasts):
            raise ValueError("contrasts of two arms that differ")
        if self.reference_arm is not None and len(self.arms) == 1:
            raise ValueError("no reference_arm where there is one arm only")
        return self

    @model_validator(mode="after")
    def _check_outcomes(self) -> StudyConfig:
        later = {visit.month for visit in self.visits[1:]}
        for outcome in self.outcomes.values():
            if outcome.month not in later:
                months = ", ".join(f"{month:g}" for month in sorted(later)) or "none"
                raise ValueError(
                    f"outcomes are judged at a planned visit after baseline ({months}), "
                    f"got month {outcome.month:g}"
                )
        return self

    @property
    def outcomes(self) -> dict[str, Outcome]:
        """Every outcome that was declared, by its name in the results; the primary one first."""
        first = {"primary": self.primary_outcome} if self.primary_outcome else {}
        return first | self.endpoints

    @property
    def comparisons(self) -> tuple[tuple[str, str], ...]:
        """The declared contrasts: labels of the arm and of its reference; empty where none is."""
        pairs = [(pair.arm, pair.against) for pair in self.contrasts]
        if not pairs and self.reference_arm is not None:
            others = [arm for arm in self.arms if arm != self.reference_arm]
            pairs = [(arm, self.reference_arm) for arm in others]
        return tuple((self.arms[arm], self.arms[against]) for arm, against in pairs)

    @property
    def months(self) -> tuple[float, ...]:
        """The planned visits' months, in order; the first is the baseline."""
        return tuple(visit.month for visit in self.visits)

    @property
    def baseline_month(self) -> float:
        """Month of the first planned visit."""
        return self.visits[0].month

    @property
    def visit_window(self) -> float:
        """How long before a visit a patient's last month may be, in months of 30 days."""
        return self.visit_window_days / DAYS_IN_MONTH

    def label_month(self, month: float) -> str:
        """Name a visit as the report does; a month without a visit gets its number.

        An infinite month is a later visit that nobody has planned yet.

        A short name does not break at the end of a line.

        Parameters
        ----------
        month : float
            Nominal month.

        Returns
        -------
        str
        """
        if math.isinf(month):
            return "a later visit"
        labels = {visit.month: visit.label for visit in self.visits}
        label = labels.get(month, f"month {month:g}")
        return label.replace(" ", NBSP) if len(label) <= UNBROKEN_LENGTH else label
