"""How the tubes of a study are read: every choice of the analyst in one record.

It can stand as a section of study.yml as it is.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator, model_validator

from helpers.contracts.model import Frozen
from helpers.quantify.flow.read.gating_ml import SpectrumMatrices
from helpers.quantify.flow.read.keywords import OffsetsFrom


class Pair(Frozen):
    """Two conditions of one sample: what the stimulus adds is the first minus the second.

    >>> Pair(stimulated="SEB", unstimulated="medium").stimulated
    'SEB'
    """

    stimulated: str = Field(
        min_length=1, description="condition with the stimulus, as in tubes.csv"
    )
    unstimulated: str = Field(min_length=1, description="condition without it")

    @model_validator(mode="after")
    def _require_two(self) -> Pair:
        if self.stimulated == self.unstimulated:
            raise ValueError(f"expected two conditions, got {self.stimulated} twice")
        return self


class Population(Frozen):
    """One population that is reported: events of a gate, as a share of those of its parent.

    >>> Population(name="CD4+", gate="CD3+/CD4+", condition="none").parent is None
    True
    """

    name: str = Field(min_length=1, description="what the report calls it")
    gate: str = Field(min_length=1, description="names from the outermost gate on, joined by /")
    parent: str | None = Field(
        None, description="gate of the denominator; empty text for all events, else its own parent"
    )
    condition: str | Pair = Field(description="condition in tubes.csv, or a pair of them")
    positive_for: str = Field(
        "", description="marker: add up the Boolean fields in the gate that are positive for it"
    )

    @property
    def conditions(self) -> tuple[str, ...]:
        """The conditions of which a tube is needed: one, or stimulated and unstimulated."""
        if isinstance(self.condition, Pair):
            return self.condition.stimulated, self.condition.unstimulated
        return (self.condition,)


class FlowSettings(Frozen):
    """How the tubes of a study become percents.

    >>> both = Population(name="CD4+", gate="CD4+", condition="none")
    >>> FlowSettings(gates="a.wsp", populations=(both,), least_parent_events=1000).counted
    'events'
    """

    gates: str = Field(
        min_length=1, description="file of the gates: .wsp, Gating-ML .xml, or a table of counts"
    )
    populations: tuple[Population, ...] = Field(min_length=1, description="what is reported")
    least_parent_events: int = Field(
        ge=1, description="with fewer events in the parent, a percent carries a flag"
    )
    tubes: str = Field("tubes.csv", description="table of the tubes")
    counted: Literal["events", "program"] = Field(
        "events",
        description="who counts: we, from the FCS files, or the program whose workspace it is",
    )
    compensation: str = Field(
        "gates",
        description="gates (as they say), fcs (each file's own matrix), none, or a CSV file",
    )
    offsets: OffsetsFrom = Field(
        "agree", description="whose word is taken for where an FCS file's events stand"
    )
    spectrum_matrices: SpectrumMatrices = Field(
        "refuse", description="gates on a matrix of a Gating-ML file: refuse, or square ones solved"
    )
    left_out: tuple[str, ...] = Field(
        (), description="FCS files and samples that are there and not meant to be used"
    )

    @field_validator("compensation")
    @classmethod
    def _require_source(cls, source: str) -> str:
        if source not in {"gates", "fcs", "none"} and not source.lower().endswith(".csv"):
            raise ValueError(f"expected gates, fcs, none or a CSV file, got {source}")
        return source

    @model_validator(mode="after")
    def _require_distinct(self) -> FlowSettings:
        names = [one.name for one in self.populations]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError("expected each population once, got twice: " + ", ".join(twice))
        return self
