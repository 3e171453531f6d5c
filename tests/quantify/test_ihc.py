"""Stained area and nuclei: photographs with a known answer, broken ones, and real ones where given.

Real photographs are not part of the project: the tests that read them skip where they are absent.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pydantic import ValidationError
from tests.quantify import photographs
from tests.quantify.photographs import encode, paint

from helpers.contracts import StudyDataError
from helpers.contracts.keys import list_settings
from helpers.io.bounds import MOST_PIXELS
from helpers.quantify.ihc import measure, measure_counts
from helpers.quantify.ihc.area import count_area, mask_field
from helpers.quantify.ihc.bands import find_small_changes, find_turns
from helpers.quantify.ihc.biopsies import Reading, combine_fields
from helpers.quantify.ihc.fields import read_fields
from helpers.quantify.ihc.images import find_header_fault, read_image
from helpers.quantify.ihc.measurements import combine_counts, describe_amounts
from helpers.quantify.ihc.nuclei import count_nuclei, lacks_extra
from helpers.quantify.ihc.readers import measure_agreement
from helpers.quantify.ihc.settings import IhcSettings, StainVector
from helpers.quantify.ihc.stains import invert_stains, measure_background, read_densities
from helpers.quantify.measurement import to_frame

SHARED = Path("/work/shared/data/ihc")
REAL_DAB = SHARED / "skimage_ihc_FHL2_colon.png"
REAL_HE = SHARED / "OS-1-detail_HE_negative_control.ome.tif"

needs_photographs = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the real photographs are not here"
)
needs_extra = pytest.mark.skipif(lacks_extra(), reason="the extra images is not installed")

SETTINGS = IhcSettings()


# The dyes


def test_the_inverse_gives_back_what_each_dye_darkens():
    # By hand: a point of pure DAB at density 0.5, of pure haematoxylin at 0.4, and of both.
    pixels = paint((1, 0.0, 0.5), (1, 0.4, 0.0), (1, 0.4, 0.5), width=4, height=1)
    density, mean = read_densities(pixels, SETTINGS)
    assert density[0].tolist() == pytest.approx([0.5, 0.0, 0.5, 0.0], abs=0.01)
    # The mean of the unit vector (0.268, 0.570, 0.776) / 0.9996 is 0.5382.
    assert mean[0, 0] == pytest.approx(0.5 * 0.5382, abs=0.002)


def test_length_of_a_vector_plays_no_part_and_two_dyes_of_one_colour_are_refused():
    double = StainVector(red=0.536, green=1.140, blue=1.552)
    same = invert_stains(SETTINGS.counterstain, double)
    assert same == pytest.approx(invert_stains(SETTINGS.counterstain, SETTINGS.stain))
    with pytest.raises(ValidationError, match="have one colour: expected two dyes"):
        IhcSettings(stain=StainVector(red=1.30, green=1.41, blue=0.572))


def test_the_darkest_point_has_a_density_and_black_is_told():
    pixels = paint((50, 0.3, 0.0))
    pixels[:10, :5] = 0
    assert np.isfinite(read_densities(pixels, SETTINGS)[0]).all()
    assert "1.0 % of the tissue is black" in count_area(pixels, SETTINGS).qc


def test_dim_light_is_measured_where_glass_is_seen_and_told_where_not():
    dim = (paint((40, 0.3, 0.0), (20, 0.0, 0.6)) * 0.9).astype(np.uint8)
    assert measure_background(dim) == (229.0, 229.0, 229.0)
    measured = SETTINGS.model_copy(update={"background": "measured"})
    assert count_area(dim, measured).counted == 6000
    full = paint((100, 0.3, 0.0))
    assert measure_background(full) is None
    assert "no bare glass" in count_area(full, measured).qc


# The area


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


# The settings


def test_every_setting_can_be_described_as_a_key_of_the_study():
    described = {setting.key: setting.allowed for setting in list_settings(IhcSettings)}
    assert described["measures"] == "one of area, nuclei"
    assert described["thresholds.used"] == "a number, above 0, at most 3"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"thresholds": {"low": 0.3, "used": 0.2, "high": 0.4}}, "expected low < used < high"),
        ({"measures": "nuclei"}, "expected um_per_pixel beside measures"),
        ({"nuclei": {"least_um2": 500}}, "expected least_um2 < most_um2"),
        ({"stain": {"red": 0, "green": 0, "blue": 0}}, "a dye darkens some light"),
        ({"threshold": 0.2}, "Extra inputs are not permitted"),
    ],
)
def test_settings_that_contradict_themselves_are_refused(wrong, said):
    with pytest.raises(ValidationError, match=said):
        IhcSettings.model_validate(wrong)


# Photographs


def write(path, content):
    path.write_bytes(content if isinstance(content, bytes) else encode(content))
    return path


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


PIXELS = paint((40, 0.3, 0.0), (20, 0.2, 0.5), width=80, height=60)
PICTURE = Image.fromarray(PIXELS)


def make_clear():
    clear = PICTURE.convert("RGBA")
    clear.putpixel((0, 0), (1, 2, 3, 254))
    return clear


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


# fields.csv

HEADER = "file,biopsy,patient_id,month,marker,field,reader\n"


def make_folder(folder, rows, pictures):
    (folder / "fields.csv").write_text(HEADER + "".join(f"{row}\n" for row in rows))
    for name, pixels in pictures.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        write(folder / name, pixels)
    return folder / "fields.csv"


def field_of(stained, tissue=60):
    """Paint a field with so many columns of tissue, of which so many are stained."""
    return paint((tissue - stained, 0.3, 0.0), (stained, 0.2, 0.6))


ROWS = [
    "a1.png,A,P01,0,CD163,1,camera",
    "a2.png,A,P01,0,CD163,2,camera",
    "b/b1.png,B,P01,6,CD163,1,camera",
    "c.png,C,P01,0,negative control,1,camera",
]


def make_study(folder, rows=ROWS):
    pictures = {
        "a1.png": field_of(12),
        "a2.png": field_of(18),
        "b/b1.png": field_of(6),
        "c.png": field_of(0),
    }
    return make_folder(folder, rows, pictures)


def test_fields_become_measurements_of_biopsies(tmp_path):
    found = to_frame(measure(make_study(tmp_path), SETTINGS, file="raw/fields.csv"))
    assert found["what"].tolist() == ["CD163", "CD163", "negative control"]
    assert found["value"].tolist() == pytest.approx([25.0, 10.0, 0.0])
    # Fields of 20 and 30 %: SD 7.0711, / sqrt(2) = 5; t(0.975, 1) = 12.7062. By hand on the logit
    # scale: -1.09861 -/+ 12.7062 x 0.05 / (0.25 x 0.75).
    assert found["se"][0] == pytest.approx(5.0)
    assert (found["lower"][0], found["upper"][0]) == pytest.approx((1.1128, 90.802), abs=0.001)
    assert found["interval_method"].tolist() == [
        "t over 2 fields of one biopsy, logit scale",
        "",
        "",
    ]
    assert found["se"].isna().tolist() == [False, True, True]
    assert found["n"].tolist() == [2, 1, 1]
    assert found["qc"][1] == "one field: no spread between fields"
    assert found["source_file"][0] == "raw/a1.png; raw/a2.png"
    assert [len(text) for text in found["sha256"][0].split("; ")] == [64, 64]
    assert set(found["unit"]) == {"% positive area"}


def test_every_fault_of_the_table_is_told_at_once_with_the_nearest_file(tmp_path):
    rows = [
        "a_1.png,A,P01,0,CD163,1,camera",
        "a2.png,A,P02,zero,CD163,2,camera",
        "b/b1.png,A,P02,6,CD163,3,camera",
        "../c.png,C,P01,0,negative control,1,camera",
        "b/b1.png,D,P01,6,CD163,2,",
    ]
    table = make_study(tmp_path, rows)
    with pytest.raises(StudyDataError) as raised:
        read_fields(table, SETTINGS, file="raw/fields.csv")
    told = [(fault.place, fault.found) for fault in raised.value.faults]
    assert told == [
        ("raw/fields.csv, row 3, column month", "'zero' (text)"),
        ("raw/fields.csv, row 6, column reader", "an empty cell"),
        ("raw/fields.csv, row 4, column biopsy", "biopsy A of P02 at month 6"),
        ("raw/fields.csv, row 2, column file", "no file a_1.png"),
        ("raw/fields.csv, row 5, column file", "the path ../c.png"),
        ("raw/fields.csv, row 6, column file", "b/b1.png, again, after row 4"),
        ("raw/a1.png", "a photograph that is not used"),
        ("raw/c.png", "a photograph that is not used"),
    ]
    assert raised.value.faults[3].mend.startswith("did you mean a1.png? ")


def test_one_picture_under_two_names_is_a_fault(tmp_path):
    table = make_folder(
        tmp_path,
        ["a.png,A,P01,0,CD163,1,camera", "b.png,A,P01,0,CD163,2,camera"],
        {"a.png": field_of(5), "b.png": field_of(5)},
    )
    with pytest.raises(StudyDataError, match=r"b\.png, the same picture as a\.png, after row 2"):
        measure(table, SETTINGS)


def test_a_misspelt_column_and_a_repeated_field_are_faults(tmp_path):
    table = make_study(tmp_path, [*ROWS[:3], "c.png,A,P01,0,CD163,2,camera"])
    with pytest.raises(StudyDataError, match="one row per biopsy and marker and field and reader"):
        measure(table, SETTINGS)
    table.write_text(table.read_text().replace("biopsy", "biopsie"))
    with pytest.raises(StudyDataError, match="did you mean biopsy"):
        measure(table, SETTINGS)


def test_photographs_broken_further_on_are_all_told(tmp_path):
    table = make_study(tmp_path)
    for name in ("a1.png", "c.png"):
        (tmp_path / name).write_bytes((tmp_path / name).read_bytes()[:-40])
    with pytest.raises(StudyDataError) as raised:
        measure(table, SETTINGS)
    assert [fault.file for fault in raised.value.faults] == ["a1.png", "c.png"]


def test_an_absent_extra_is_named_before_any_photograph_is_looked_at(tmp_path, monkeypatch):
    monkeypatch.setattr("helpers.quantify.ihc.fields.lacks_extra", lambda: True)
    settings = IhcSettings(measures="nuclei", um_per_pixel=0.5)
    with pytest.raises(StudyDataError, match=r"install the extra: pip install '\.\[images\]'"):
        measure(make_study(tmp_path), settings)


def test_a_negative_control_that_stains_is_told_with_every_biopsy(tmp_path):
    table = make_study(tmp_path)
    write(tmp_path / "c.png", field_of(3))
    qc = [one.qc for one in measure(table, SETTINGS)]
    assert all("a negative control shows 5.0 %, limit 1 %" in words for words in qc)


def test_no_negative_control_is_told(tmp_path):
    table = make_study(tmp_path, ROWS[:3])
    (tmp_path / "c.png").unlink()
    assert all("no negative control" in one.qc for one in measure(table, SETTINGS))


def test_a_field_without_tissue_is_left_out_and_told(tmp_path):
    table = make_study(tmp_path)
    write(tmp_path / "a2.png", paint())
    first, *_ = measure(table, SETTINGS)
    assert (first.value, first.n) == (pytest.approx(20.0), 1)
    assert (
        first.qc
        == "field 2: tissue fills 0.0 % of the field, left out; one field: no spread between fields"
    )
    write(tmp_path / "a1.png", paint((3, 0.3, 0)))
    write(tmp_path / "b/b1.png", paint(width=90))
    found = measure(table, SETTINGS)
    assert (found[1].value, found[1].flag) == (None, "no field could be read")


# Biopsies


def reading(amount, *, size=1.0, patient="P01", month=0.0, biopsy="A", field="1", **other):
    amounts = {"low": amount, "high": amount} | other
    return Reading(
        patient_id=patient,
        month=month,
        marker=amounts.pop("marker", "CD163"),
        reader=amounts.pop("reader", "R1"),
        biopsy=biopsy,
        field=field,
        size=size,
        amount=amount,
        unit="% positive area",
        file="f",
        sha256="0",
        **amounts,
    )


def test_fields_of_one_size_have_the_mean_and_its_interval():
    # By hand: mean 15, SD / 2 = 2.48328, t(0.975, 3) = 3.18245; on the logit scale
    # -1.73460 -/+ 3.18245 x 0.0248328 / (0.15 x 0.85) = -1.73460 -/+ 0.61984.
    fields = [reading(x / 100, field=str(x)) for x in (10, 12, 17, 21)]
    (amount,) = combine_fields(fields)
    assert (amount.value, amount.se) == pytest.approx((15.0, 2.48328), abs=1e-4)
    assert (amount.lower, amount.upper) == pytest.approx((8.671, 24.698), abs=1e-3)


def test_fields_with_little_tissue_weigh_little():
    # By hand: (30 + 1) / (100 + 10) = 28.18 %; without one field 10 and 30 %, so the jackknife
    # gives sqrt(1/2 (10^2 + 10^2)) = 10.
    (amount,) = combine_fields([reading(30, size=100), reading(1, size=10, field="2")])
    assert (amount.value, amount.se) == pytest.approx((28.1818, 10.0), abs=1e-4)


def test_the_biopsy_is_the_unit_where_there_are_several():
    # Biopsies of 10 and 20 %: mean 15, se 5, whatever the number of fields in each.
    fields = [reading(0.1, field=str(n)) for n in range(8)] + [reading(0.2, biopsy="B")]
    (amount,) = combine_fields(fields)
    assert (amount.value, amount.se, amount.interval_method) == (
        pytest.approx(15.0),
        pytest.approx(5.0),
        "t over 2 biopsies, logit scale",
    )
    assert describe_amounts([amount], baseline=0)[0].n == 2


def test_fields_that_all_show_the_same_give_no_interval_without_width():
    fields = [reading(0.0, field=str(n)) for n in range(5)]
    (amount,) = combine_fields(fields)
    assert (amount.value, amount.se, amount.lower) == (0.0, None, None)
    assert amount.qc == "all fields show the same: no interval"


def band(least, value, most, **other):
    return combine_fields([reading(value, low=most, high=least, **other)])[0]


def test_a_change_smaller_than_the_band_is_flagged_on_both_sides():
    start = band(0.10, 0.20, 0.30)
    inside, outside = band(0.30, 0.40, 0.50, month=6), band(0.301, 0.40, 0.50, month=12)
    flags = find_small_changes([start, inside, outside], baseline=0)
    assert flags == {inside: "change from month 0 is smaller than the threshold band"}


def test_a_ranking_that_turns_inside_the_band_names_the_other():
    one = band(0.10, 0.20, 0.40)
    turned, apart = band(0.15, 0.25, 0.35, patient="P02"), band(0.5, 0.6, 0.7, patient="P03")
    elsewhere = band(0.15, 0.25, 0.35, patient="P04", marker="CD3")
    flags = find_turns([one, turned, apart, elsewhere])
    words = "ranking turns inside the threshold band: {} at month 0"
    assert flags == {one: words.format("P02"), turned: words.format("P01")}


def test_amounts_without_a_threshold_have_no_band():
    amounts = combine_fields([reading(0.1), reading(0.1, month=6, biopsy="B")])
    assert find_small_changes(amounts, baseline=0) == {}
    assert find_turns(amounts) == {}


def test_two_readers_are_kept_apart_and_compared():
    # The six specimens of Shrout and Fleiss (1979), their first two judges: ICC(2,1) by hand.
    pairs = [(9, 2), (6, 1), (8, 4), (7, 1), (10, 5), (6, 2)]
    fields = [
        reading(score / 100, patient=f"P{n}", biopsy=f"B{n}", reader=f"R{judge}")
        for n, pair in enumerate(pairs)
        for judge, score in enumerate(pair)
    ]
    amounts = combine_fields(fields)
    assert len(amounts) == 12
    named = {one.what for one in describe_amounts(amounts, baseline=0)}
    assert named == {"CD163, R0", "CD163, R1"}
    # MSR = 4.68333, MSC = 80.08333, MSE = 0.68333: (4) / (4.68333 + 0.68333 + 2 (79.4) / 6).
    result = measure_agreement(amounts)["CD163"]
    assert (result.estimate, result.n_used) == (pytest.approx(0.12563, abs=1e-4), 6)
    assert measure_agreement([one for one in amounts if one.reader == "R0"]) == {}
    assert measure_agreement([]) == {}


# field_counts.csv


def write_counts(folder, text):
    path = folder / "field_counts.csv"
    path.write_text(text)
    return path


def test_counts_of_fields_are_combined_where_no_photograph_is_there(tmp_path):
    table = write_counts(
        tmp_path,
        "biopsy,patient_id,month,marker,field,reader,area_percent,count,field_mm2\n"
        "A,P01,0,CD163,1,R1,10,,\nA,P01,0,CD163,2,R1,12,,\nA,P01,0,CD163,3,R1,,,\n"
        "A,P01,0,CD3,1,R1,,30,0.2\nA,P01,0,CD3,2,R1,,50,0.2\n",
    )
    area, cells = measure_counts(table)
    assert (area.value, area.unit, area.n) == (pytest.approx(11.0), "% positive area", 2)
    assert area.qc == "field 3: not read, left out"
    assert (cells.value, cells.unit) == (pytest.approx(200.0), "cells/mm2")
    # 150 and 250: se 50, t(0.975, 1) = 12.7062; by hand 200 exp(-/+ 12.7062 / 4).
    assert (cells.lower, cells.upper) == pytest.approx((8.3443, 4793.7), rel=1e-3)
    assert area.sha256 == cells.sha256
    assert all(one.least == one.most == one.value for one in combine_counts(table))


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("A,P01,0,CD163,2,R1,10,4", "both area_percent and count"),
        ("A,P01,0,CD163,2,R1,,4", "CD163 in cells per field"),
        ("A,P01,0,CD163,2,R1,101,", "0 to 100 %"),
        ("A,P01,0,CD163,2,R1,,-1", "0 to 1e"),
    ],
)
def test_counts_that_contradict_themselves_are_faults(tmp_path, row, said):
    header = "biopsy,patient_id,month,marker,field,reader,area_percent,count\n"
    table = write_counts(tmp_path, f"{header}A,P01,0,CD163,1,R1,10,\n{row}\n")
    with pytest.raises(StudyDataError, match=said):
        measure_counts(table)


# Nuclei


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


# Real photographs


@needs_photographs
@pytest.mark.shared
def test_area_of_a_real_photograph_is_that_of_another_program():
    # scikit-image 0.26, separate_stains with the same vectors, tissue above 0.10.
    count = count_area(read_image(REAL_DAB, file=REAL_DAB.name), SETTINGS)
    percents = [100 * part / count.counted for part in (count.low, count.used, count.high)]
    assert percents == pytest.approx([86.783, 81.505, 73.839], abs=0.001)


@needs_extra
@needs_photographs
@pytest.mark.shared
def test_a_real_section_without_dab_stays_under_one_per_cent(tmp_path):
    pixels = read_image(REAL_HE, file=REAL_HE.name)
    assert pixels.shape == (1101, 1101, 3)
    count = count_area(pixels, SETTINGS)
    assert 0 < 100 * count.used / count.counted < 1
    table = make_folder(tmp_path, ["he.png,H,none,0,negative control,1,camera"], {"he.png": pixels})
    (one,) = measure(table, SETTINGS)
    assert one.qc == "one field: no spread between fields"


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


@needs_photographs
@pytest.mark.shared
def test_an_ome_tiff_names_the_extra_that_reads_it(monkeypatch):
    monkeypatch.setattr("helpers.quantify.ihc.images.find_spec", lambda name: None)
    fault = find_header_fault(REAL_HE, file=REAL_HE.name)
    assert "tifffile and imagecodecs absent" in fault.found
    assert "pip install '.[images]'" in fault.mend
