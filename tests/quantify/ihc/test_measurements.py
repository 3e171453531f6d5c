"""From a table and its photographs to measurements."""

import pytest
from tests.quantify.ihc.fields_of_biopsies import (
    REAL_HE,
    ROWS,
    SETTINGS,
    field_of,
    make_folder,
    make_study,
    needs_extra,
    needs_photographs,
    write,
    write_counts,
)
from tests.quantify.ihc.photographs import paint

from helpers.contracts import StudyDataError
from helpers.quantify.ihc import measure, measure_counts
from helpers.quantify.ihc.area import count_area
from helpers.quantify.ihc.images import read_image
from helpers.quantify.ihc.measurements import combine_counts
from helpers.quantify.measurement import to_frame


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


def test_photographs_broken_further_on_are_all_told(tmp_path):
    table = make_study(tmp_path)
    for name in ("a1.png", "c.png"):
        (tmp_path / name).write_bytes((tmp_path / name).read_bytes()[:-40])
    with pytest.raises(StudyDataError) as raised:
        measure(table, SETTINGS)
    assert [fault.file for fault in raised.value.faults] == ["a1.png", "c.png"]


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
