import pytest
from tests.plate_exports import HEADER, list_layout, read_wells, write_layout

from helpers.contracts import StudyDataError
from helpers.quantify.elisa.layout import find_layout_faults, plates_of, read_layout
from helpers.quantify.elisa.read.plate import Plate

PLATE = Plate("Plate1", "raw/plate.txt", "", 8, 12, {"450": read_wells()})
FILE = "raw/layout.csv"


def read(tmp_path, rows=None, header=HEADER):
    return read_layout(write_layout(tmp_path / "layout.csv", rows, header), file=FILE)


def check(tmp_path, rows, *, plates=(PLATE,), patients=None):
    wells, faults = read(tmp_path, rows)
    assert faults == []
    return find_layout_faults(wells, plates, file=FILE, patients=patients)


def change(at, column, text):
    rows = list_layout()
    rows[at][HEADER.index(column)] = text
    return rows


def test_a_good_layout_has_no_fault(tmp_path):
    assert check(tmp_path, list_layout(), patients={"P01", "P02"}) == []


def test_a_range_is_unfolded(tmp_path):
    wells, faults = read(tmp_path, [["Plate1", "A4:B6", "empty", *[""] * 6]])
    assert faults == []
    assert [well.well for well in wells] == ["A4", "A5", "A6", "B4", "B5", "B6"]


def test_a_dilution_that_is_not_told_is_one(tmp_path):
    wells, _ = read(tmp_path, change(0, "dilution", ""))
    assert wells[0].dilution == 1


@pytest.mark.parametrize(
    ("at", "column", "text", "told"),
    [
        (0, "role", "standrad", "did you mean standard"),
        (0, "role", "", "an empty cell"),
        (0, "well", "Z9", "'Z9'"),
        (0, "well", "A1:Z9", "'A1:Z9'"),
        (0, "nominal", "", "an entry for a standard"),
        (0, "nominal", "-1", "0 or more"),
        (0, "nominal", "1:10", "'1:10'"),
        (20, "analyte", "", "name what is measured"),
        (20, "patient_id", "", "an entry for a sample"),
        (20, "month", "", "an entry for a sample"),
        (20, "dilution", "0.1", "write the factor: 10"),
        (20, "dilution", "0", "a factor of 1 or more"),
    ],
)
def test_faults_of_a_row_name_row_and_column(at, column, text, told, tmp_path):
    _, faults = read(tmp_path, change(at, column, text))
    (fault,) = faults
    assert (fault.file, fault.row, fault.column) == (FILE, at + 2, column)
    assert told in f"{fault.found} {fault.expected} {fault.mend}"


def test_columns_are_known_or_a_fault(tmp_path):
    header = ["plte", *HEADER[1:8], "dilutions"]
    _, faults = read(tmp_path, list_layout(), header)
    assert [fault.column for fault in faults] == ["plate", "plte", "dilutions"]
    assert "did you mean dilution?" in faults[2].mend


def test_columns_that_nobody_needs_may_be_absent(tmp_path):
    rows = [[*row[:3], *row[6:8]] for row in list_layout() if row[2] in ("standard", "empty")]
    wells, faults = read(tmp_path, rows, [*HEADER[:3], *HEADER[6:8]])
    assert faults == []
    assert len(wells) == 96 - 16  # as many as the plate has without controls and samples


@pytest.mark.parametrize(
    ("at", "column", "text", "told"),
    [
        (0, "plate", "Plat1", "did you mean Plate1?"),
        (0, "well", "H13", "did you mean H12?"),
        (1, "well", "A1", "well A1 again, after row 2"),
        (20, "sample", "S2", "patient P01, month 0, as in row"),
        (20, "sample", "S9", "IL-6 of P01, month 0 again"),
        (20, "role", "spike", "an entry"),
    ],
)
def test_faults_against_the_plates(at, column, text, told, tmp_path):
    rows = change(at, column, text)
    if text == "spike":
        rows[at][7], rows[at][3], told = "50", "S8", "a sample that is on the same plate"
    faults = check(tmp_path, rows)
    assert any(told in f"{fault.found} {fault.expected} {fault.mend}" for fault in faults)


def test_readings_without_a_row_are_named(tmp_path):
    (fault,) = check(tmp_path, list_layout()[2:])
    assert fault.found == "readings of plate Plate1 without a row: A1, A2"


def test_a_plate_without_any_row_is_named(tmp_path):
    other = Plate("Plate2", "raw/two.txt", "", 8, 12, {"450": {"A1": 1.0}})
    (fault,) = check(tmp_path, list_layout(), plates=(PLATE, other))
    assert fault.found == "no row for plate Plate2 of raw/two.txt"


def test_a_well_without_a_reading_is_named(tmp_path):
    wells = {well: value for well, value in read_wells().items() if well != "A1"}
    plate = Plate("Plate1", "raw/plate.txt", "", 8, 12, {"450": wells})
    (fault,) = check(tmp_path, list_layout(), plates=(plate,))
    assert fault.found == "well A1, for which raw/plate.txt has no reading"


def test_patients_of_the_study_are_known(tmp_path):
    (fault,) = check(tmp_path, list_layout(), patients={"P01", "P03"})
    assert fault.found == "'P02'"
    assert "did you mean P0" in fault.mend


def test_standards_that_file_and_layout_name_otherwise_are_told_whatever_the_unit(tmp_path):
    from helpers.quantify.elisa.read.plate import Printed

    def make(well, nominal):
        return Printed(well, "g", "s", nominal, None, None, "", False, False, "", 1)

    # The file's are in ng/mL, a thousandth; B1 is twice as much there.
    printed = (make("C1", 0.0625), make("D1", 0.125), make("E1", 0.25), make("B1", 0.0625))
    plate = Plate("Plate1", "raw/plate.txt", "", 8, 12, {"450": read_wells()}, printed=printed)
    (fault,) = check(tmp_path, list_layout(), plates=(plate,))
    assert fault.found == "31.25 in well B1, where raw/plate.txt says 0.0625"


def test_a_row_means_the_plates_of_its_analyte(tmp_path):
    one = Plate("Plate1", "f", "", 8, 12, {}, analyte="IL-6")
    two = Plate("Plate1", "f", "", 8, 12, {}, analyte="TNF")
    wells, _ = read(tmp_path, list_layout())
    assert plates_of(wells[0], [one, two]) == [one]
    assert plates_of(wells[-1], [one, two]) == [one, two]  # empty: whatever was measured


def test_no_table_at_all_is_refused(tmp_path):
    path = tmp_path / "layout.csv"
    path.write_text("")
    with pytest.raises(StudyDataError, match="an empty file"):
        read_layout(path, file=FILE)
