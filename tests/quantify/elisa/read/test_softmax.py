import math

import pytest
from tests.plate_exports import read_wells, softmax_text

from helpers.contracts import StudyDataError
from helpers.quantify.elisa.read.sheet import read_sheets
from helpers.quantify.elisa.read.softmax import is_softmax, read_softmax

FORMS = ("PlateFormat", "TimeFormat")


def read(tmp_path, text, encoding="utf-16"):
    path = tmp_path / "plate.txt"
    path.write_bytes(text.encode(encoding))
    (sheet,) = read_sheets(path, file=path.name)
    assert is_softmax(sheet)
    return read_softmax(sheet, file=path.name)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("encoding", ["utf-16", "latin-1", "cp1252", "utf-8"])
def test_both_formats_and_every_encoding_give_the_same_plate(form, encoding, tmp_path):
    (plate,) = read(tmp_path, softmax_text(form=form), encoding)
    assert list(plate.signals) == ["450", "620"]
    assert (plate.name, plate.rows, plate.columns) == ("Plate1", 8, 12)
    difference = {w: plate.signals["450"][w] - plate.signals["620"][w] for w in plate.wells}
    assert difference == pytest.approx(read_wells(), abs=1e-9)


def test_masks_and_results_come_from_the_group_tables(tmp_path):
    text = softmax_text(masked=("A1", "E4"), results={"A2": "0.123", "E3": "21.5"})
    (plate,) = read(tmp_path, text)
    assert plate.masked == {"A1", "E4"}
    assert math.isfinite(plate.signals["450"]["A1"])  # the plate's block holds it all the same
    printed = {one.well: one for one in plate.printed}
    assert (printed["B2"].nominal, printed["B2"].sample) == (31.25, "Std1")
    assert (printed["E3"].dilution, printed["E3"].result) == (2, 21.5)
    assert (printed["A2"].result, printed["B1"].result) == (0.123, None)
    assert printed["B1"].text == "Range?"


def test_a_result_of_the_mean_signal_is_not_the_wells_own(tmp_path):
    text = softmax_text().replace(
        "3\tResult\tInterpX(Std@Curve,OD)\t3 DP\tNumeric",
        "3\tResult\tInterpX(Std@Curve,AvgOD)\t3 DP\tNumeric\r\n6\tAvgOD\tAverage(OD)\t3 DP",
    )
    (plate,) = read(tmp_path, text)
    assert all(one.of_mean for one in plate.printed)


def test_two_plates_of_one_name_are_told_apart_and_keep_their_tables(tmp_path):
    lines = softmax_text(masked=("A1",)).split("\r\n")
    second = softmax_text(masked=("B1",)).split("\r\n")[1:]
    text = "\r\n".join(["##BLOCKS= 6", *lines[1:-1], *second])
    one, two = read(tmp_path, text)
    assert (one.name, two.name) == ("Plate1", "Plate1 (2)")
    assert (one.masked, two.masked) == ({"A1"}, {"B1"})


def change(text, line, old, new):
    lines = text.split("\r\n")
    assert old in lines[line - 1]
    lines[line - 1] = lines[line - 1].replace(old, new, 1)
    return "\r\n".join(lines)


@pytest.mark.parametrize(
    ("line", "old", "new", "told"),
    [
        (1, "3", "4", r"row 1\n.*3 sections, where the first line says 4"),
        (2, "Endpoint", "Kinetic", r"row 2\n.*a Kinetic reading"),
        (2, "PlateFormat", "ListFormat", r"row 2\n.*'ListFormat'"),
        (4, "\t0.", "\tx\t0.", r"row 4\n.*'x'"),
        (5, "\t0.", "\t0.5\t0.", r"row 5\n.*beside the plate"),
        (13, "~End", "", r"row 2\n.*without an end"),
        (16, "A1", "Q1", r"row 16\n.*'Q1'"),
    ],
)
def test_faults_name_their_row(line, old, new, told, tmp_path):
    with pytest.raises(StudyDataError, match=told):
        read(tmp_path, change(softmax_text(), line, old, new))


def test_a_reading_without_a_wavelength_is_named_by_its_kind(tmp_path):
    text = softmax_text(dual=False).replace("Absorbance", "Luminescence").replace("450 ", "0 ")
    (plate,) = read(tmp_path, text)
    assert list(plate.signals) == ["Luminescence"]


def test_a_plate_without_a_reading_is_refused(tmp_path):
    wells = dict.fromkeys(read_wells(), "NaN")
    text = softmax_text(dual=False, masked=tuple(wells))
    for value in {*read_wells().values()}:
        text = text.replace(f"\t{value}", "\tNaN")
    with pytest.raises(StudyDataError, match="plate Plate1 without a reading"):
        read(tmp_path, text)


def test_every_fault_is_told_at_once(tmp_path):
    text = change(change(softmax_text(), 4, "\t0.", "\tx\t0."), 5, "\t0.", "\ty\t0.")
    with pytest.raises(StudyDataError) as told:
        read(tmp_path, text)
    assert {fault.row for fault in told.value.faults} == {4, 5}
