"""From the light of a point to the density of each dye."""

import pytest
from pydantic import ValidationError
from tests.quantify.ihc.fields_of_biopsies import (
    SETTINGS,
)
from tests.quantify.ihc.photographs import paint

from helpers.quantify.ihc.settings import IhcSettings, StainVector
from helpers.quantify.ihc.stains import invert_stains, read_densities


def test_the_inverse_gives_back_what_each_dye_darkens():
    # By hand: a point of pure DAB at density 0.5, of pure haematoxylin at 0.4, and of both.
    pixels = paint((1, 0.0, 0.5), (1, 0.4, 0.0), (1, 0.4, 0.5), width=4, height=1)
    density, mean = read_densities(pixels, SETTINGS.inverse)
    assert density[0].tolist() == pytest.approx([0.5, 0.0, 0.5, 0.0], abs=0.01)
    # The mean of the unit vector (0.268, 0.570, 0.776) / 0.9996 is 0.5382.
    assert mean[0, 0] == pytest.approx(0.5 * 0.5382, abs=0.002)


def test_length_of_a_vector_plays_no_part_and_two_dyes_of_one_colour_are_refused():
    double = StainVector(red=0.536, green=1.140, blue=1.552)
    same = invert_stains(SETTINGS.counterstain.colour, double.colour)
    assert same == pytest.approx(SETTINGS.inverse)
    with pytest.raises(ValidationError, match="have one colour: expected two dyes"):
        IhcSettings(stain=StainVector(red=1.30, green=1.41, blue=0.572))
