import pytest
from tests.plate_exports import gen5_text, read_wells

from helpers.contracts import StudyDataError
from helpers.quantify.elisa.read.gen5 import is_gen5, read_gen5
from helpers.quantify.elisa.read.sheet import read_sheets

LAYOUT = """
Layout
\t1\t2\t3\t4\t5\t6\t7\t8\t9\t10\t11\t12
A\tSTD1\tSTD1\tSPL1\tSPL1\t\t\t\t\t\t\t\t\tWell ID
\t100\t100\t0.25\t4\t\t\t\t\t\t\t\t\tConc/Dil
B\t\t\t\t\t\t\t\t\t\t\t\t\tWell ID
C\t\t\t\t\t\t\t\t\t\t\t\t\tWell ID
D\t\t\t\t\t\t\t\t\t\t\t\t\tWell ID
E\t\t\t\t\t\t\t\t\t\t\t\t\tWell ID
F\t\t\t\t\t\t\t\t\t\t\t\t\tWell ID
G\t\t\t\t\t\t\t\t\t\t\t\t\tWell ID
H\t\t\t\t\t\t\t\t\t\t\t\t\tWell ID
"""
CURVE = """
Curve Fitting Results

Curve Name\tCurve Formula\tA\tB\tC\tD\tR2
Std\tY = (A-D)/(1+(X/C)^B) + D\t0.05\t1.2\t800\t3\t1
Line\tY=A*X+B\t0.00297\t0.049\t0.997\t?????\t
"""


def read(tmp_path, text):
    path = tmp_path / "plate.txt"
    path.write_text(text, encoding="utf-8")
    (sheet,) = read_sheets(path, file=path.name)
    assert is_gen5(sheet)
    return read_gen5(sheet, file=path.name)


def test_readings_stand_in_their_wells(tmp_path):
    (plate,) = read(tmp_path, gen5_text())
    assert plate.signals["Read 1:450"] == pytest.approx(read_wells())
    assert plate.name == "Plate1"


def test_layout_dilutions_and_curves_are_read(tmp_path):
    (plate,) = read(tmp_path, gen5_text() + LAYOUT + CURVE)
    printed = {one.well: one for one in plate.printed}
    assert (printed["A1"].nominal, printed["A1"].dilution) == (100, None)
    assert (printed["A3"].dilution, printed["A4"].dilution) == (4, 4)
    four, line = plate.curves
    assert (four.kind, four.coefficients) == ("4pl", (0.05, 1.2, 800, 3, 1))
    assert (line.kind, line.coefficients) == ("linear", (0.00297, 0.049))


def test_blank_subtracted_readings_are_derived_and_masks_kept(tmp_path):
    text = gen5_text().replace("Read 1:450", "Blank Read 1:450")
    text = gen5_text() + "\n" + text.split("Results\n")[1].replace("0.0450", "*0.0450*", 1)
    (plate,) = read(tmp_path, text)
    assert (list(plate.signals), list(plate.derived)) == (["Read 1:450"], ["Blank Read 1:450"])
    assert len(plate.masked) == 1


def test_several_plates_stand_one_after_another(tmp_path):
    plates = read(tmp_path, gen5_text() + gen5_text(plate="Plate2"))
    assert [plate.name for plate in plates] == ["Plate1", "Plate2"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("C\t", "\t", "rows A, B, D, E, F, G, H"),
        ("\t0.0450\t", "\tbanana\t", "'banana'"),
        ("Results", "Kinetic Read\nResults", "a reading 'Kinetic Read'"),
        ("\t1\t2", "\tx\t2", "without a matrix of readings"),
    ],
)
def test_faults_say_what_is_wrong(old, new, told, tmp_path):
    with pytest.raises(StudyDataError, match=told):
        read(tmp_path, gen5_text().replace(old, new, 1))
