import pytest
from tests.plate_exports import TRUTH, bioplex_rows, read_wells

from helpers.contracts import StudyDataError
from helpers.quantify.elisa.read.bioplex import read_bioplex
from helpers.quantify.elisa.read.sheet import Sheet


def make_sheet(rows=None):
    return Sheet("IL-6", tuple(map(tuple, rows or bioplex_rows())))


def test_a_sheet_is_a_plate_of_one_analyte():
    (plate,) = read_bioplex([make_sheet()], file="x.xls")
    assert (plate.name, plate.analyte) == ("Plate1", "IL-6 (19)")
    wells = read_wells()
    assert plate.signals["FI"] == {well: wells[well] for well in plate.wells}


def test_a_printed_concentration_is_already_multiplied_by_the_dilution():
    (plate,) = read_bioplex([make_sheet()], file="x.xls")
    printed = {one.well: one for one in plate.printed}
    assert (printed["E3"].dilution, printed["E3"].result) == (2, 100.0)  # 200 in the sample
    assert printed["B1"].nominal == 31.25


def test_the_printed_curve_is_ours():
    (plate,) = read_bioplex([make_sheet()], file="x.xls")
    (curve,) = plate.curves
    assert (curve.kind, curve.coefficients) == ("5pl", TRUTH.coefficients)


def test_values_beyond_the_curve_have_no_number():
    rows = bioplex_rows()
    rows[7][6], rows[8][6], rows[9][6] = "OOR <", "*12.5", "---"
    (plate,) = read_bioplex([make_sheet(rows)], file="x.xls")
    assert [one.result for one in plate.printed[2:5]] == [None, 12.5, None]
    assert plate.masked == {plate.printed[4].well}


@pytest.mark.parametrize(
    ("column", "text", "told"),
    [(2, "Z9", "'Z9'"), (4, "x", "'x'"), (2, "A1", "well A1 again")],
)
def test_faults_name_row_and_column(column, text, told):
    rows = bioplex_rows()
    rows[8][column] = text
    with pytest.raises(StudyDataError, match=rf"row 9, column .*\n.*{told}"):
        read_bioplex([make_sheet(rows)], file="x.xls")
