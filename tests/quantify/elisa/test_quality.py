import math

import pytest
from tests.plate_exports import STANDARDS, TRUTH

from helpers.contracts.elisa import ControlRange, ElisaSettings
from helpers.quantify.elisa.assay import evaluate
from helpers.quantify.elisa.conclusion import conclude
from helpers.quantify.elisa.layout import Well
from helpers.quantify.elisa.quality import (
    chart_controls,
    compare_dilutions,
    detect,
    find_plate_remarks,
    list_standards,
    recover_spikes,
)
from helpers.quantify.elisa.read.plate import Plate, Printed, name_well


def make_assay(*contents, standards=STANDARDS, blanks=(), printed=(), **settings):
    """Evaluate a plate of (role, sample, nominal, dilution, content in the well) in duplicate."""
    signals, layout = {}, []

    def add(role, sample, nominal, dilution, signal):
        at = len(signals)
        well = name_well(at % 8, at // 8)
        signals[well] = signal
        layout.append(
            Well("Plate1", well, role, sample, "P", 0.0, "IL-6", nominal, float(dilution), at + 2)
        )

    everything = [("standard", "", x, 1, x) for x in standards]
    for role, sample, nominal, dilution, content in [*everything, *contents]:
        for factor in (1.01, 0.99):
            add(role, sample, nominal, dilution, float(TRUTH.signal(content)) * factor)
    for signal in blanks:
        add("blank", "", None, 1, signal)
    plate = Plate("Plate1", "f", "SoftMax Pro", 8, 12, {"450": signals}, printed=printed)
    return evaluate(plate, layout, "IL-6", ElisaSettings(**settings))


def find_remarks(assay):
    return find_plate_remarks(assay, conclude(assay))


def test_a_good_plate_has_no_remark():
    assert find_remarks(make_assay()) == ()


def test_limits_of_blank_and_detection_by_hand():
    # CLSI EP17: five blanks and the two wells of the zero standard; c = 1.645 / (1 - 1 / 24).
    blanks = [0.048, 0.050, 0.052, 0.049, 0.051]
    found = detect(make_assay(blanks=blanks))
    wells = [*blanks, 0.0505, 0.0495]
    mean = sum(wells) / 7
    sd = math.sqrt(sum((one - mean) ** 2 for one in wells) / 6)
    assert found.blanks == 7
    assert found.lob_signal == pytest.approx(mean + 1.6449 / (1 - 1 / 24) * sd)
    assert found.lod_signal > found.lob_signal
    assert 0 < found.lob < found.lod < 31.25


def test_two_blanks_give_no_limit():
    found = detect(make_assay())
    assert (found.blanks, found.lob, found.lod) == (2, None, None)
    assert found.why == "2 blank wells; at least 3 are needed"


def test_standards_must_pass_in_number_and_share():
    few = make_assay(standards=(0.0, 31.25, 125.0, 500.0, 2000.0))
    assert find_remarks(few) == ("4 levels of standards pass (needed: 6)",)
    off = make_assay(replicate_cv=0.1, replicate_cv_at_ends=0.1, lloq=31, uloq=2000)
    assert find_remarks(off)[0] == "0 of 7 standards pass (needed: 75 %)"


def test_a_control_outside_its_range_is_told():
    control = ("control", "high", None, 1, 900.0)
    within = ControlRange(sample="high", lower=800, upper=1000)
    beyond = ControlRange(sample="high", lower=1000, upper=1200)
    assert find_remarks(make_assay(control, controls=[within])) == ()
    (told,) = find_remarks(make_assay(control, controls=[beyond]))
    assert told.startswith("control high is 900")
    low = ("control", "high", None, 1, 5.0)
    (told,) = find_remarks(make_assay(low, controls=[beyond]))
    assert told.startswith("control high has no value (below quantification")


def test_readings_that_the_programs_tables_contradict_are_told():
    shown = [
        Printed("A1", "g", "s", 0.0, None, None, "", False, False, "0.051", 1),
        Printed("B1", "g", "s", 0.0, None, None, "", False, False, "0.777", 1),
    ]
    (told,) = find_remarks(make_assay(printed=tuple(shown)))
    assert told.startswith("1 readings of 450 are not those of SoftMax Pro's own tables (first B1")


def test_the_values_of_a_control_chart():
    assay = make_assay(
        ("control", "high", None, 1, 900.0),
        ("control", "low", None, 1, 5.0),
        controls=[ControlRange(sample="high", lower=800, upper=1000)],
    )
    chart = chart_controls(conclude(assay)).set_index("control")
    assert chart.loc["high", "value"] == pytest.approx(900, rel=1e-3)
    assert chart.loc["high", "within"] is True
    assert math.isnan(chart.loc["low", "value"])
    assert chart.loc["low", "within"] is None


def test_parallel_dilutions_agree_and_others_do_not():
    good = [("sample", "S", None, dilution, 1600 / dilution) for dilution in (2, 4, 8)]
    (row,) = compare_dilutions(make_assay(*good)).itertuples()
    assert (row.sample, row.dilutions, row.passes) == ("S", [2, 4, 8], True)
    assert row.cv < 1
    bad = [("sample", "S", None, 2, 800.0), ("sample", "S", None, 4, 800.0)]
    (row,) = compare_dilutions(make_assay(*bad)).itertuples()
    assert row.cv == pytest.approx(100 * math.sqrt(2) / 3, rel=1e-3)  # of 1600 and 3200
    assert not row.passes


def test_one_dilution_within_the_limits_compares_nothing():
    one = [("sample", "S", None, 2, 800.0), ("sample", "S", None, 200, 8.0)]
    assert compare_dilutions(make_assay(*one)).empty


@pytest.mark.parametrize(
    ("found", "recovery", "passes"),
    [(300.0, 100, True), (265.0, 82.5, True), (250.0, 75, False), (345.0, 122.5, False)],
)
def test_spikes_are_recovered(found, recovery, passes):
    assay = make_assay(
        ("sample", "S", None, 2, 100.0), ("spike", "S", 200.0, 2, found), lloq=30, uloq=2000
    )
    (row,) = recover_spikes(assay).itertuples()
    assert row.recovery == pytest.approx(recovery, abs=0.5)
    assert row.passes is passes


def test_a_spike_of_a_sample_of_another_dilution_has_no_recovery():
    assay = make_assay(("sample", "S", None, 4, 100.0), ("spike", "S", 200.0, 2, 300.0))
    (row,) = recover_spikes(assay).itertuples()
    assert row.recovery is None
    assert row.passes is None


def test_standards_are_listed_from_the_lowest():
    table = list_standards(make_assay())
    assert table["nominal"].tolist() == list(STANDARDS)
    assert table["passes"].tolist() == [False, *[True] * 7]
