import math

import pytest
from tests.plate_exports import read_wells, write_layout

from helpers.contracts.elisa import ElisaSettings, Mask
from helpers.quantify.elisa.assay import evaluate
from helpers.quantify.elisa.layout import read_layout
from helpers.quantify.elisa.page import list_readings, list_standards, list_wells, trace_curve
from helpers.quantify.elisa.read.plate import Plate


def make_assay(tmp_path, **settings):
    signals = {**read_wells(), "E4": math.inf, "G3": math.nan}
    wells, _ = read_layout(write_layout(tmp_path / "layout.csv"), file="layout.csv")
    plate = Plate("Plate1", "f", "", 8, 12, {"450": signals})
    return evaluate(plate, wells, "IL-6", ElisaSettings(**settings))


def test_wells_have_their_places_and_marks(tmp_path):
    mask = Mask(plate="Plate1", well="B1", reason="bubble")
    assay = make_assay(tmp_path, masks=[mask], lloq=50, uloq=300)
    table = list_wells(assay).set_index("well")
    assert (table.loc["B1", "row"], table.loc["B1", "column"]) == (1, 0)
    expected = {"B1": "masked", "E4": "overflow", "G3": "no reading", "A1": "", "C3": "above"}
    assert {well: table.loc[well, "mark"] for well in expected} == expected
    assert (table["mark"] == "below").any()
    assert math.isnan(table.loc["E4", "signal"])


def test_the_curve_is_traced_over_the_standards_with_its_band(tmp_path):
    trace = trace_curve(make_assay(tmp_path))
    assert trace["concentration"].iloc[[0, -1]].tolist() == pytest.approx([31.25 / 2, 3000])
    assert ((trace["lower"] < trace["signal"]) & (trace["signal"] < trace["upper"])).all()


def test_standards_have_residuals_and_the_zero_standard_none(tmp_path):
    table = list_standards(make_assay(tmp_path))
    assert len(table) == 14
    assert table["residual"].abs().max() < 20


def test_readings_lie_on_the_curve(tmp_path):
    assay = make_assay(tmp_path)
    table = list_readings(assay)
    curve = assay.calibration.curve
    assert curve.signal(table["concentration"]) == pytest.approx(table["signal"])
    assert set(table["role"]) == {"sample", "control"}


def test_without_a_curve_there_is_no_trace(tmp_path):
    assert trace_curve(make_assay(tmp_path, curve="printed")).empty
