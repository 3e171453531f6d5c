"""Photographs that are read, and those that are refused by name."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image
from tests.quantify.ihc import photographs
from tests.quantify.ihc.fields_of_biopsies import (
    REAL_HE,
    SETTINGS,
    needs_photographs,
    write,
)
from tests.quantify.ihc.photographs import encode, paint

from helpers.contracts import StudyDataError
from helpers.io.bounds import MOST_PIXELS
from helpers.quantify.ihc.area import count_area
from helpers.quantify.ihc.images import find_header_fault, read_image

PIXELS = paint((40, 0.3, 0.0), (20, 0.2, 0.5), width=80, height=60)


PICTURE = Image.fromarray(PIXELS)


def make_clear():
    clear = PICTURE.convert("RGBA")
    clear.putpixel((0, 0), (1, 2, 3, 254))
    return clear


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("PNG", {}),
        ("TIFF", {}),
        ("TIFF", {"compression": "tiff_lzw"}),
        ("JPEG", {"quality": 95, "subsampling": 0}),
        ("TIFF", {"compression": "jpeg", "quality": 95}),
    ],
)
def test_the_formats_of_microscopes_are_read(tmp_path, kind, options):
    pixels = paint((40, 0.3, 0.0), (20, 0.2, 0.5), width=80, height=64)
    # What it is stands in the bytes: the name has another ending.
    path = write(tmp_path / "field.dat", encode(pixels, kind, **options))
    assert find_header_fault(path, file="field.dat") is None
    read = read_image(path, file="field.dat").astype(int)
    assert np.abs(read - pixels).max() <= (0 if kind == "PNG" or not options.get("quality") else 40)
    assert count_area(read.astype(np.uint8), SETTINGS).counted == pytest.approx(60 * 64, abs=70)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "an empty file"),
        (b"not a picture", "no picture of a known kind"),
        (encode(PICTURE, "GIF"), "no picture of a known kind"),
        (encode(PIXELS)[:-60], "cut off or broken"),
        (encode(PIXELS, "JPEG")[:-300], "cut off or broken"),
        (encode(PIXELS, "TIFF")[:5000], "cut off or broken"),
        (encode(PICTURE.convert("L")), "a picture in grey"),
        (encode(PICTURE.convert("P")), "a palette of at most 256 colours"),
        (encode(PICTURE.convert("CMYK"), "JPEG"), "the four inks of a printer"),
        (encode(make_clear()), "transparent points"),
        (encode(PICTURE.convert("I;16"), "TIFF"), "a picture in grey, 16 bits"),
        (encode(PICTURE, "TIFF", save_all=True, append_images=[PICTURE]), "2 pages"),
        (photographs.claim_size(encode(PIXELS), 8000, 5001), "8000 x 5001 points"),
        (photographs.claim_size(encode(PIXELS), 60_000, 60_000), "far too many points"),
    ],
)
def test_what_is_no_photograph_is_a_fault_that_names_the_file(tmp_path, content, found):
    path = write(tmp_path / "field.png", content)
    with pytest.raises(StudyDataError, match=r"raw/field\.png") as raised:
        read_image(path, file="raw/field.png")
    (fault,) = raised.value.faults
    assert found in fault.found
    assert fault.mend


def test_a_deep_png_is_not_read_as_if_it_were_shallow(tmp_path):
    # A PNG of 16 bits and three colours, which Pillow would cut to 8 without a word.
    plain = encode(np.zeros((2, 2, 3), np.uint8))
    header = bytearray(photographs.claim_size(plain, 2, 2))
    header[24] = 16
    deep = photographs.claim_size(bytes(header), 2, 2)
    fault = find_header_fault(write(tmp_path / "deep.png", deep), file="deep.png")
    assert fault.found == "more than 8 bits a colour"


def test_a_picture_with_an_opaque_fourth_channel_is_read(tmp_path):
    path = write(tmp_path / "field.png", encode(PICTURE.convert("RGBA")))
    assert (read_image(path, file="field.png") == PIXELS).all()


def test_the_largest_photograph_has_forty_million_points(tmp_path):
    at, above = (photographs.claim_size(encode(PIXELS), width, 5000) for width in (8000, 8001))
    assert MOST_PIXELS == 8000 * 5000
    assert find_header_fault(write(tmp_path / "at.png", at), file="at.png") is None
    assert find_header_fault(write(tmp_path / "above.png", above), file="above.png")


def test_broken_photographs_are_faults_without_a_traceback_and_take_little_memory(tmp_path):
    done = subprocess.run(
        [sys.executable, photographs.__file__, "20261128", "300", str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    result = json.loads(done.stdout)
    assert "Traceback" not in done.stderr
    assert result["peak"] < 2**30
    assert len(result["outcomes"]) == 300
    faults = [(n, o[0]) for n, o in enumerate(result["outcomes"]) if isinstance(o, list)]
    assert len(faults) > 200  # the others are whole still, or broken in a point's colour
    assert all(file == f"broken_{n}.png" and found and mend for n, (file, found, mend) in faults)


@needs_photographs
@pytest.mark.shared
def test_an_ome_tiff_names_the_extra_that_reads_it(monkeypatch):
    monkeypatch.setattr("helpers.quantify.ihc.images.find_spec", lambda name: None)
    fault = find_header_fault(REAL_HE, file=REAL_HE.name)
    assert "tifffile and imagecodecs absent" in fault.found
    assert "pip install '.[images]'" in fault.mend
