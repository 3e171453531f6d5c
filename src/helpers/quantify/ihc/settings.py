"""How a stain is told from its counterstain and from glass: every number of it in one record.

The defaults are haematoxylin and DAB after Ruifrok and Johnston (Anal Quant Cytol Histol 2001;
23:291), as ImageJ holds them, and thresholds at which the stained area of public photographs was
within 1.5 points of another program's. They do not fit every laboratory: `low` and `high` say how
far another choice would move the result.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from helpers.contracts.model import Frozen
from helpers.quantify.ihc.stains import Colour, Matrix, invert_stains


class StainVector(Frozen):
    """How much a dye darkens red, green and blue light; only the proportions count.

    >>> StainVector(red=0.268, green=0.570, blue=0.776).blue
    0.776
    """

    red: float = Field(ge=0, le=10, description="darkening of red light")
    green: float = Field(ge=0, le=10, description="darkening of green light")
    blue: float = Field(ge=0, le=10, description="darkening of blue light")

    @model_validator(mode="after")
    def _require_colour(self) -> StainVector:
        if max(self.red, self.green, self.blue) == 0:
            raise ValueError("a dye darkens some light: expected one number above 0, got 0, 0, 0")
        return self

    @property
    def colour(self) -> Colour:
        """The three numbers: red, green, blue."""
        return self.red, self.green, self.blue


class Thresholds(Frozen):
    """Optical density of the dye above which a point counts as stained, and its band."""

    low: float = Field(0.15, gt=0, le=3, description="the least density that could be defended")
    used: float = Field(0.225, gt=0, le=3, description="the density that gives the result")
    high: float = Field(0.30, gt=0, le=3, description="the greatest that could be defended")

    @model_validator(mode="after")
    def _require_order(self) -> Thresholds:
        if not self.low < self.used < self.high:
            found = f"{self.low:g}, {self.used:g}, {self.high:g}"
            raise ValueError(f"expected low < used < high, got {found}")
        return self

    @property
    def in_order(self) -> tuple[float, float, float]:
        """The three densities: low, used, high."""
        return self.low, self.used, self.high


class Nuclei(Frozen):
    """What counts as a nucleus where per cent positive nuclei are asked for."""

    smoothing_um: float = Field(1.5, gt=0, le=20, description="blur before edges are sought, µm")
    background_um: float = Field(8.0, gt=0, le=100, description="radius of the tissue's level, µm")
    least_density: float = Field(0.15, gt=0, le=3, description="density above the tissue's level")
    least_um2: float = Field(10.0, ge=0, le=1000, description="smallest nucleus, µm²")
    most_um2: float = Field(400.0, gt=0, le=10000, description="largest nucleus, µm²")

    @model_validator(mode="after")
    def _require_order(self) -> Nuclei:
        if self.least_um2 >= self.most_um2:
            found = f"{self.least_um2:g} and {self.most_um2:g}"
            raise ValueError(f"expected least_um2 < most_um2, got {found}")
        return self


class IhcSettings(Frozen):
    """How the photographs of a study's biopsies are read; every field has a default.

    >>> IhcSettings().thresholds.used
    0.225
    """

    measures: Literal["area", "nuclei"] = Field(
        "area", description="stained share of the tissue's area, or of its nuclei"
    )
    counterstain: StainVector = Field(
        StainVector(red=0.650, green=0.704, blue=0.286), description="haematoxylin"
    )
    stain: StainVector = Field(
        StainVector(red=0.268, green=0.570, blue=0.776), description="the dye that is counted, DAB"
    )
    background: Literal["white", "measured"] = Field(
        "white",
        description="light through bare glass: white (255), or measured where a field shows glass",
    )
    thresholds: Thresholds = Field(Thresholds(), description="density that counts as stained")
    tissue_density: float = Field(
        0.10, gt=0, le=3, description="mean density of the three colours above which is tissue"
    )
    um_per_pixel: float | None = Field(
        None, gt=0, le=100, description="size of a pixel in µm; needed for nuclei"
    )
    nuclei: Nuclei = Field(Nuclei(), description="what counts as a nucleus")
    negative_controls: tuple[str, ...] = Field(
        ("negative control",), description="markers that must stay unstained"
    )
    control_limit: float = Field(
        1.0, gt=0, le=100, description="per cent that a negative control may show at most"
    )

    @model_validator(mode="after")
    def _require_two_dyes(self) -> IhcSettings:
        invert_stains(self.counterstain.colour, self.stain.colour)
        return self

    @model_validator(mode="after")
    def _require_pixel_size(self) -> IhcSettings:
        if self.measures == "nuclei" and self.um_per_pixel is None:
            raise ValueError("nuclei have a size in µm: expected um_per_pixel beside measures")
        return self

    @property
    def inverse(self) -> Matrix:
        """What turns the densities of three colours into those of the two dyes and the rest."""
        return invert_stains(self.counterstain.colour, self.stain.colour)
