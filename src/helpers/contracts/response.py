"""When a patient counts as improved: the published definitions, and what a study may set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from helpers.contracts.model import Frozen
from helpers.contracts.outcomes import Intercurrent

DefinitionName = Literal["imacs_2004", "printo_jdm", "tis_adult"]
TisCategory = Literal["minimal", "moderate", "major"]


@dataclass(frozen=True)
class ImprovementDefinition:
    """When a visit counts as improved; percentages are of the patient's own baseline.

    Attributes
    ----------
    name : str
        How the report names the definition.
    source : str
        Where it was published.
    measures_needed : int
        So many of the six measures must improve.
    improvement_percent : float
        Improved by at least this much.
    worsening_percent : float
        Worse by at least this much, or by more than this where `worsening_inclusive` is False.
    worsening_inclusive : bool
        Whether a worsening of exactly `worsening_percent` counts.
    worsened_allowed : int
        At most so many measures may be worse.
    must_not_worsen : tuple of str
        Measures of which none may be worse.
    minimum_measures : int
        With fewer measures comparable to baseline the visit is not evaluable. The published
        definition is silent; Alemo Munters et al 2013 judged patients with three.
    veto_must_be_measured : bool
        Whether a visit at which a measure of `must_not_worsen` cannot be compared is not
        evaluable. The published definition is silent; by default the rest decides.
    """

    name: str
    source: str
    measures_needed: int = 3
    improvement_percent: float = 20.0
    worsening_percent: float = 25.0
    worsening_inclusive: bool = True
    worsened_allowed: int = 2
    must_not_worsen: tuple[str, ...] = ("mmt8",)
    minimum_measures: int = 3
    veto_must_be_measured: bool = False


IMACS_2004 = ImprovementDefinition(
    name="IMACS definition of improvement",
    source="Rider et al, Arthritis Rheum 2004;50:2281",
)

PRINTO_JDM = ImprovementDefinition(
    name="PRINTO definition of improvement, juvenile dermatomyositis",
    source="Ruperto et al, Arthritis Care Res 2010;62:1533",
    worsening_percent=30.0,
    worsening_inclusive=False,
    worsened_allowed=1,
)
"""Made for the PRINTO core set, which holds no enzyme; from memory, so check it before use."""

BY_MEASURES: Mapping[str, ImprovementDefinition] = {
    "imacs_2004": IMACS_2004,
    "printo_jdm": PRINTO_JDM,
}
"""Definitions that count measures; ``tis_adult`` asks for a total improvement score instead."""


_LIMITS = (
    *("measures_needed", "improvement_percent", "worsening_percent", "worsened_allowed"),
    *("minimum_measures", "veto_must_be_measured"),
)


class Response(Frozen):
    """The study's own rule for response; limits that are not given are those of the definition."""

    definition: DefinitionName = Field(
        "imacs_2004", description="published definition of improvement that the study follows"
    )
    measures_needed: Annotated[int, Field(ge=1, le=6)] = Field(
        3, description="measures that must be better, of six"
    )
    improvement_percent: Annotated[float, Field(ge=1, le=100)] = Field(
        20.0, description="a measure counts as better from this change, % of baseline"
    )
    worsening_percent: Annotated[float, Field(ge=1, le=100)] = Field(
        25.0, description="a measure counts as worse from this change, % of baseline"
    )
    worsened_allowed: Annotated[int, Field(ge=0, le=5)] = Field(
        2, description="measures that may be worse, of six"
    )
    minimum_measures: Annotated[int, Field(ge=1, le=6)] = Field(
        3, description="measures that must be comparable with baseline, or the visit is not judged"
    )
    veto_must_be_measured: bool = Field(
        False, description="a visit without muscle strength is not judged"
    )
    tis_category: TisCategory = Field(
        "minimal", description="with tis_adult: the least improvement that makes a responder"
    )
    visits: Literal["any", "last", "two_in_a_row"] = Field(
        "any",
        description="a patient responds who improved at any visit, at the last planned visit, or "
        "at two visits in a row",
    )
    unjudged: Literal["not_improved", "left_out"] = Field(
        "not_improved",
        description="somebody who entered and could not be judged counts as not improved, or is "
        "left out of every comparison of responders",
    )
    intercurrent: Intercurrent = Field(
        default_factory=Intercurrent,
        description="what visits count as after rescue, a drug not allowed, death or withdrawal",
    )

    @model_validator(mode="before")
    @classmethod
    def _fill_from_definition(cls, given: Any) -> Any:  # noqa: ANN401 - whatever YAML held
        """Take limits that are not given from the named definition."""
        if not isinstance(given, dict):
            return given
        named = BY_MEASURES.get(str(given.get("definition", "imacs_2004")))
        if named is None:
            return given
        return {name: getattr(named, name) for name in _LIMITS} | given

    @model_validator(mode="after")
    def _refuse_idle_limits(self) -> Response:
        """Refuse limits that the definition does not read: they would look as if applied."""
        idle = ("tis_category",) if self.definition in BY_MEASURES else _LIMITS
        changed = [n for n in idle if getattr(self, n) != type(self).model_fields[n].default]
        if changed:
            raise ValueError(f"{self.definition} has no {', '.join(changed)}; leave it out")
        return self

    @property
    def published(self) -> ImprovementDefinition:
        """The definition as it was published; that of IMACS beside a score.

        The score counts points, not measures: where single measures are shown as better or worse
        the limits of IMACS say which.
        """
        return BY_MEASURES.get(self.definition, IMACS_2004)

    @property
    def limits(self) -> ImprovementDefinition:
        """The published definition with this study's limits.

        >>> Response(improvement_percent=30).limits.improvement_percent
        30.0
        """
        return replace(self.published, **{name: getattr(self, name) for name in _LIMITS})
