"""Tissue and stained area of photographs whose answer is known, and of real ones where given."""

import numpy as np
import pytest
from tests.quantify.ihc.fields_of_biopsies import (
    REAL_DAB,
    SETTINGS,
    needs_photographs,
)
from tests.quantify.ihc.photographs import paint

from helpers.quantify.ihc.area import count_area, mask_field
from helpers.quantify.ihc.images import read_image
from helpers.quantify.ihc.stains import measure_background, read_densities


def test_the_darkest_point_has_a_density_and_black_is_told():
    pixels = paint((50, 0.3, 0.0))
    pixels[:10, :5] = 0
    assert np.isfinite(read_densities(pixels, SETTINGS.inverse)[0]).all()
    assert "1.0 % of the tissue is black" in count_area(pixels, SETTINGS).qc


def test_dim_light_is_measured_where_glass_is_seen_and_told_where_not():
    dim = (paint((40, 0.3, 0.0), (20, 0.0, 0.6)) * 0.9).astype(np.uint8)
    assert measure_background(dim) == (229.0, 229.0, 229.0)
    measured = SETTINGS.model_copy(update={"background": "measured"})
    assert count_area(dim, measured).counted == 6000
    full = paint((100, 0.3, 0.0))
    assert measure_background(full) is None
    assert "no bare glass" in count_area(full, measured).qc


def test_area_of_a_painted_field_is_what_was_painted():
    # 40 columns unstained, then 10, 8 and 2 on either side of the thresholds, 40 of glass.
    pixels = paint((40, 0.3, 0.0), (10, 0.2, 0.18), (8, 0.2, 0.26), (2, 0.2, 0.5))
    count = count_area(pixels, SETTINGS)
    assert (count.counted, count.low, count.used, count.high) == (6000, 2000, 1000, 200)
    assert count.tissue_percent == 60.0
    assert count.qc == ""
    assert np.bincount(mask_field(pixels, SETTINGS).ravel()).tolist() == [
        4000,
        4000,
        1000,
        800,
        200,
    ]


@pytest.mark.parametrize(("density", "tissue"), [(0.17, 0), (0.20, 100)])
def test_tissue_begins_above_its_density(density, tissue):
    # The mean of haematoxylin's unit vector is 0.547: 0.17 has 0.093, 0.20 has 0.109.
    assert count_area(paint((100, density, 0.0)), SETTINGS).tissue_percent == tissue


@pytest.mark.parametrize(("density", "stained"), [(0.21, 0), (0.24, 10_000)])
def test_stained_begins_above_the_threshold(density, stained):
    assert count_area(paint((100, 0.2, density)), SETTINGS).used == stained


def test_strips_of_a_high_photograph_are_all_counted():
    pixels = paint((30, 0.3, 0.0), (10, 0.0, 0.5), height=1300)
    assert (count_area(pixels, SETTINGS).counted, count_area(pixels, SETTINGS).used) == (
        52000,
        13000,
    )


def test_a_field_of_glass_has_no_tissue_and_says_so():
    count = count_area(paint(), SETTINGS)
    assert (count.counted, count.used) == (0, 0)
    assert count.qc == "tissue fills 0.0 % of the field"


@needs_photographs
@pytest.mark.shared
def test_area_of_a_real_photograph_is_that_of_another_program():
    # scikit-image 0.26, separate_stains with the same vectors, tissue above 0.10.
    count = count_area(read_image(REAL_DAB, file=REAL_DAB.name), SETTINGS)
    percents = [100 * part / count.counted for part in (count.low, count.used, count.high)]
    assert percents == pytest.approx([86.783, 81.505, 73.839], abs=0.001)
