"""`fields.csv` and `field_counts.csv`: every fault at once, and nothing unused in silence."""

import pytest
from tests.quantify.ihc.fields_of_biopsies import (
    ROWS,
    SETTINGS,
    field_of,
    make_folder,
    make_study,
    write_counts,
)

from helpers.contracts import StudyDataError
from helpers.quantify.ihc import measure, measure_counts
from helpers.quantify.ihc.fields import read_fields
from helpers.quantify.ihc.settings import IhcSettings


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


def test_an_absent_extra_is_named_before_any_photograph_is_looked_at(tmp_path, monkeypatch):
    monkeypatch.setattr("helpers.quantify.ihc.fields.lacks_extra", lambda: True)
    settings = IhcSettings(measures="nuclei", um_per_pixel=0.5)
    with pytest.raises(StudyDataError, match=r"install the extra: pip install '\.\[images\]'"):
        measure(make_study(tmp_path), settings)


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
