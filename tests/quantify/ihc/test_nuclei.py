"""Nuclei found and told apart (extra `images`)."""

import numpy as np
import pytest
from tests.quantify.ihc.fields_of_biopsies import (
    REAL_HE,
    make_study,
    needs_extra,
    needs_photographs,
    write,
)
from tests.quantify.ihc.photographs import paint

from helpers.quantify.ihc import measure
from helpers.quantify.ihc.images import read_image
from helpers.quantify.ihc.nuclei import count_nuclei, find_size_fault
from helpers.quantify.ihc.settings import IhcSettings


def paint_nuclei(stained, unstained):
    """Paint round nuclei of 12 points across on pale tissue, apart from each other."""
    pixels = paint((400, 0.2, 0.0), width=400, height=400)
    rows, columns = np.mgrid[:400, :400]
    places = [(x, y) for y in range(15, 400, 30) for x in range(15, 400, 30)]
    blue, brown = (paint((1, a, b), width=1, height=1)[0, 0] for a, b in ((0.9, 0), (0.4, 0.6)))
    for number, (x, y) in enumerate(places[: stained + unstained]):
        inside = (rows - y) ** 2 + (columns - x) ** 2 <= 36
        pixels[inside] = brown if number < stained else blue
    return pixels


@needs_extra
def test_painted_nuclei_are_found_and_told_apart():
    settings = IhcSettings(measures="nuclei", um_per_pixel=0.5)
    count = count_nuclei(paint_nuclei(30, 90), settings)
    assert (count.counted, count.used, count.qc) == (120, 30, "")
    assert count_nuclei(paint_nuclei(3, 9), settings).qc == "only 12 nuclei"
    assert count_nuclei(paint(), settings).counted == 0


@needs_extra
def test_a_finer_photograph_shows_the_same_nuclei():
    fine = np.kron(paint_nuclei(30, 90), np.ones((2, 2, 1), np.uint8))
    count = count_nuclei(fine, IhcSettings(measures="nuclei", um_per_pixel=0.25))
    assert (count.counted, count.used) == (120, 30)


@needs_extra
def test_nuclei_become_a_percentage(tmp_path):
    table = make_study(tmp_path, ["a1.png,A,P01,0,CD163,1,camera"])
    for name in ("a2.png", "b/b1.png", "c.png"):
        (tmp_path / name).unlink()
    write(tmp_path / "a1.png", paint_nuclei(30, 90))
    (one,) = measure(table, IhcSettings(measures="nuclei", um_per_pixel=0.5))
    assert (one.value, one.unit, one.n) == (pytest.approx(25.0), "% positive nuclei", 1)


@needs_extra
@needs_photographs
@pytest.mark.shared
def test_nuclei_of_a_real_section_are_as_many_as_others_find():
    # The source's pictures are named "Default detection (319 cells)" (QuPath) and "StarDist
    # detection (331 cells)"; programs differ by 10 to 40 %.
    settings = IhcSettings(measures="nuclei", um_per_pixel=0.2271)
    count = count_nuclei(read_image(REAL_HE, file=REAL_HE.name), settings)
    assert 319 * 0.6 < count.counted < 319 * 1.4
    assert 100 * count.used / count.counted < 1


@pytest.mark.parametrize(("width", "found"), [(3000, False), (3001, True)])
def test_a_field_too_wide_for_nuclei_is_a_fault(width, found):
    # 2000 x 3000 points of 0.5 µm are six million; finer points are brought to that size first.
    pixels = np.zeros((2000, width, 3), np.uint8)
    settings = IhcSettings(measures="nuclei", um_per_pixel=0.5)
    fault = find_size_fault(pixels, settings, file="raw/a.png")
    assert (fault is not None) == found
    assert fault is None or "3001 x 2000 points of 0.5 µm" in fault.found
    finer = IhcSettings(measures="nuclei", um_per_pixel=0.25)
    assert find_size_fault(pixels, finer, file="raw/a.png") is None
