"""What a study decides about its ELISA plates: curve, weights, masks, limits and quality rules."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from helpers.contracts.model import Frozen

Percent = Annotated[float, Field(gt=0, le=1000)]
Amount = Annotated[float, Field(gt=0, le=1e12)]
Name = Annotated[str, Field(min_length=1, max_length=200)]


class Mask(Frozen):
    """A well that is taken out, and why."""

    plate: Name = Field(description="the plate, as layout.csv names it")
    well: Name = Field(description="the well, for example 'B7'")
    reason: Name = Field(description="why it is taken out, for example 'bubble'")


class ControlRange(Frozen):
    """Between which concentrations a control must lie, as its maker or the laboratory says."""

    sample: Name = Field(description="the control, as layout.csv names it")
    analyte: str = Field(default="", description="of a plate with several; empty for all")
    lower: Annotated[float, Field(ge=0)] = Field(description="lowest accepted concentration")
    upper: Amount = Field(description="highest accepted concentration")

    @model_validator(mode="after")
    def _order(self) -> Self:
        if self.lower >= self.upper:
            raise ValueError(f"lower below upper, got {self.lower:g} and {self.upper:g}")
        return self


class ElisaSettings(Frozen):
    """How plates become concentrations.

    Defaults are those of SoftMax Pro for the curve (unweighted four parameters through the mean of
    each level, the zero standard included) and those of ICH M10 for acceptance.
    """

    unit: Name = Field(default="pg/mL", description="unit of the standards")
    curve: Literal["4pl", "5pl", "linear", "printed"] = Field(
        default="4pl", description="the standard curve; printed: the coefficients in the file"
    )
    weights: Literal["none", "1/y", "1/y2"] = Field(
        default="none", description="weights of the squared distances from the curve"
    )
    fit_to: Literal["means", "wells"] = Field(
        default="means", description="what the curve goes through: each level's mean, or each well"
    )
    zero_standard: Literal["in", "out"] = Field(
        default="in", description="whether the standard of concentration 0 is fitted"
    )
    wavelengths: tuple[Name, ...] = Field(
        default=(),
        max_length=2,
        description="the reading that counts; of two, the second is subtracted from the first",
    )
    printed_masks: Literal["obey", "ignore"] = Field(
        default="obey", description="wells that were masked in the reader's program"
    )
    masks: tuple[Mask, ...] = Field(default=(), description="further wells that are taken out")
    lloq: Amount | None = Field(
        default=None, description="lower limit of quantification in the well; else from standards"
    )
    uloq: Amount | None = Field(
        default=None, description="upper limit of quantification in the well; else from standards"
    )
    standard_recovery: Percent = Field(
        default=20, description="accepted distance of a standard from its nominal value, percent"
    )
    standard_recovery_at_ends: Percent = Field(
        default=25, description="the same at the limits of quantification"
    )
    replicate_cv: Percent = Field(
        default=20, description="accepted coefficient of variation of replicates, percent"
    )
    replicate_cv_at_ends: Percent = Field(
        default=25, description="the same at the limits of quantification"
    )
    least_share_of_standards: Percent = Field(
        default=75, le=100, description="share of levels that must pass, percent"
    )
    least_levels: Annotated[int, Field(ge=2, le=100)] = Field(
        default=6, description="levels that must pass"
    )
    dilution_cv: Percent = Field(
        default=30, description="accepted coefficient of variation over dilutions, percent"
    )
    spike_recovery_lower: Percent = Field(default=80, description="lowest accepted, percent")
    spike_recovery_upper: Percent = Field(default=120, description="highest accepted, percent")
    controls: tuple[ControlRange, ...] = Field(default=(), description="ranges of the controls")

    @field_validator("wavelengths", mode="before")
    @classmethod
    def _spell(cls, given: object) -> object:
        if isinstance(given, (str, int)):
            return (str(given),)
        return tuple(str(one) for one in given) if isinstance(given, (list, tuple)) else given

    @model_validator(mode="after")
    def _order(self) -> Self:
        if self.lloq is not None and self.uloq is not None and self.lloq >= self.uloq:
            raise ValueError(f"lloq below uloq, got {self.lloq:g} and {self.uloq:g}")
        if self.spike_recovery_lower >= self.spike_recovery_upper:
            raise ValueError("spike_recovery_lower below spike_recovery_upper")
        return self

    def range_of(self, control: str, analyte: str) -> ControlRange | None:
        """Give the range declared for a control; None where there is none."""
        fits = (one for one in self.controls if one.sample == control)
        return next((one for one in fits if one.analyte in ("", analyte)), None)
