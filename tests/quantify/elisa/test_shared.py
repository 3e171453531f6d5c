"""Real plates against what their readers' programs, and other programs, made of them."""

import csv
import math
from pathlib import Path

import pytest

from helpers.contracts import StudyDataError
from helpers.contracts.elisa import ElisaSettings
from helpers.quantify.elisa import evaluate_run
from helpers.quantify.elisa.curve import Curve, fit_curve
from helpers.quantify.elisa.draft import draft_layout
from helpers.quantify.elisa.read.export import read_export
from helpers.quantify.elisa.vendor import compare_wells, reproduce

SHARED = Path("/work/shared/data/elisa")
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not SHARED.is_dir(), reason="real plates are not part of the project"),
]
ELISATOOLS = {
    ("Assay_2.txt", 0): 63,
    ("Assay_11_and_12.txt", 0): 62,
    ("Assay_11_and_12.txt", 1): 95,
}


def read(name):
    return read_export(SHARED / name, file=Path(name).name)


def is_same(ours, theirs):
    return abs(ours - theirs) <= max(0.0005 * theirs, 0.0006)


@pytest.mark.parametrize(("name", "at"), ELISATOOLS)
def test_elisatools_plates_to_the_printed_digit(name, at):
    # A 4PL through each level's mean, the masked wells left out, is what SoftMax did.
    found = reproduce(read(f"elisatools_pgml/{name}")[at])
    assert found.exact == found.wells == ELISATOOLS[name, at]
    assert (found.recipe.fit_to, found.recipe.printed_masks) == ("means", "obey")
    assert found.recipe.signal == "450 - 620"


def test_integer_sample_names_to_the_printed_digit_with_the_masked_well():
    # The labels of masked wells were put in after the fit, for tests of another program.
    (plate,) = read("softmax_pro/group_cols_with_int_sample_names.txt")
    found = reproduce(plate)
    assert found.exact == found.wells == 67
    assert (found.recipe.shape, found.recipe.printed_masks) == ("4pl", "ignore")


def test_the_plate_with_a_missing_column_is_of_five_parameters():
    (plate,) = read("softmax_pro/softmaxpro_example_group_with_missing_calc_column.txt")
    found = reproduce(plate)
    assert found.exact == found.wells == 74
    assert (found.recipe.shape, found.recipe.signal) == ("5pl", "450")


def test_the_plates_with_made_up_signals_are_not_reproduced():
    # Signals are exact thirds and concentrations exact halves: no 4PL, 5PL or line bends so.
    for plate in read("softmax_pro/MD_SMP_absorbance_endpoint_example01.txt"):
        assert not reproduce(plate).reproduced


@pytest.mark.parametrize(
    ("name", "at", "settings"),
    [
        ("elisatools_pgml/Assay_2", 0, {}),
        ("elisatools_pgml/Assay_11_and_12", 0, {}),
        ("elisatools_pgml/Assay_11_and_12", 1, {}),
        ("softmax_pro/group_cols_with_int_sample_names", 0, {"printed_masks": "ignore"}),
        (
            "softmax_pro/softmaxpro_example_group_with_missing_calc_column",
            0,
            {"curve": "5pl"},
        ),
    ],
)
def test_every_printed_result_beside_ours_from_file_to_value(name, at, settings, tmp_path):
    path = SHARED / f"{name}.txt"
    plates = read(f"{name}.txt")
    layout = draft_layout(plates, analyte="x")
    samples = layout["role"] == "sample"
    names = layout["plate"] + layout["sample"].astype(str)
    layout.loc[samples, "sample"] = layout.loc[samples, "patient_id"] = names[samples]
    layout.loc[samples, "month"] = 0
    layout.to_csv(tmp_path / "layout.csv", index=False)
    run = evaluate_run([path], tmp_path / "layout.csv", ElisaSettings(**settings), folder=SHARED)
    ours = compare_wells(run.assays[at]).set_index("well")
    suffix = f"_plate{at + 1}" if "elisatools" in name else ""
    with (SHARED / f"{name}{suffix}_expected.csv").open(encoding="utf-8") as file:
        expected = {row["well"]: row for row in csv.DictReader(file)}
    checked = 0
    for well, row in expected.items():
        try:
            theirs = float(row["vendor_result"])
        except ValueError:
            continue
        if math.isnan(ours.loc[well, "vendor_value"]):
            continue  # printed for the mean of two wells
        assert is_same(ours.loc[well, "ours"], theirs), well
        checked += 1
    assert checked >= 62


@pytest.mark.parametrize(
    ("name", "at", "expected"),
    [
        # fit_report.json: the same curves by another program, through each well.
        ("elisatools_pgml/Assay_2.txt", 0, (0.025778, 1.055854, 4720.887, 6.302672)),
        ("elisatools_pgml/Assay_11_and_12.txt", 0, (0.051638, 1.214612, 1203.483, 3.187712)),
        ("elisatools_pgml/Assay_11_and_12.txt", 1, (0.008991, 0.903465, 2766.473, 4.484803)),
        (
            "softmax_pro/group_cols_with_int_sample_names.txt",
            0,
            (0.059463, 1.079250, 362.9085, 3.640360),
        ),
        (
            "softmax_pro/softmaxpro_example_group_with_missing_calc_column.txt",
            0,
            (0.114974, 1.038117, 976.8935, 3.375553),
        ),
    ],
)
def test_curves_through_each_well_are_those_of_another_program(name, at, expected):
    plate = read(name)[at]
    kept = [one for one in plate.printed if one.nominal is not None]
    background = plate.signals.get("620", {})
    signals = [plate.signals["450"][one.well] - background.get(one.well, 0.0) for one in kept]
    # It left masked wells in or out, as the plate; the nearer of the two is its own.
    curves = []
    for masks in (True, False):
        pairs = [
            (one.nominal, y)
            for one, y in zip(kept, signals, strict=True)
            if masks or not one.masked
        ]
        curves.append(fit_curve(*zip(*pairs, strict=True)).coefficients[:4])
    assert any(one == pytest.approx(expected, rel=1e-3) for one in curves)


def test_gen5_lowry_to_the_printed_digit():
    (plate,) = read("gen5/Lowry_Protein_Assay_no_results_matrix.txt")
    found = reproduce(plate)
    assert found.exact == found.wells == 93
    assert (found.recipe.shape, plate.masked) == ("linear", {"H3"})


@pytest.mark.parametrize(
    "name",
    [
        "endpoint_stdcurve_singleplate",
        "endpoint_stdcurve_singleplate_2",
        "endpoint_stdcurve_multiplate",
    ],
)
def test_gen5_within_half_a_printed_step_over_the_slope(name):
    # The standards are rounded too, and so is the line through them: half as much again.
    for plate in read(f"gen5/{name}.txt"):
        found = reproduce(plate)
        slope = found.curve.coefficients[0]
        (signal,) = [
            {**plate.signals, **plate.derived}[found.recipe.signal],
        ]
        results = [one for one in plate.printed if one.result and one.result > 0]
        step = 0.0005 / slope
        off = [
            abs(float(found.curve.concentration(signal[one.well])) - one.result) for one in results
        ]
        assert max(off) <= 1.5 * step
        assert sum(one <= step + 0.0006 for one in off) >= 0.85 * len(off)


def test_gen5_overflows_and_misses():
    (plate,) = read("gen5/240411_172731_BNCH2345883_abs450_96well_non_numeric_values.txt")
    signal = plate.signals["abs450:450"]
    assert sum(math.isinf(value) for value in signal.values()) == 8
    assert sum(math.isnan(value) for value in signal.values()) == 5
    assert (signal["A1"], signal["H12"]) == (2.1, 2.5)


def test_bioplex_from_its_printed_coefficients():
    pytest.importorskip("python_calamine", reason="the extra 'plates' is not installed")
    (plate,) = read("bioplex_tiny/02-14A22-IgA-Biotin-tiny.xls")
    curve = Curve("5pl", plate.curves[0].coefficients)
    signal = plate.signals["FI - Bkgd"]
    off = sorted(
        abs(float(curve.concentration(signal[one.well])) / one.result - 1)
        for one in plate.printed
        if one.result is not None
    )
    assert len(off) == 37
    assert off[len(off) // 2] < 1e-5
    assert off[-1] < 0.005  # a hundredth of a unit of signal above the lower end


def test_ryegrass_from_its_file():
    with (SHARED / "curve_fit_reference/ryegrass.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    curve = fit_curve([float(r["conc"]) for r in rows], [float(r["rootl"]) for r in rows])
    a, b, c, d, _ = curve.coefficients
    assert (b, d, a, c) == pytest.approx((2.9822, 0.4814, 7.7930, 3.0580), abs=5e-5)


@pytest.mark.parametrize(
    ("name", "plates", "labels", "wells"),
    [
        ("bmg/BMG Labtech format.CSV", 1, ["450"], 96),
        ("bmg/MARS V3.40 V2 Output Missing line end separators.csv", 1, ["580"], 302),
        ("perkin_elmer_envision/PE_Envision_absorbance_A450_example.csv", 2, ["450"], 96),
        ("perkin_elmer_envision/PE_Envision_absorbance_example01.csv", 2, ["562"], 384),
        (
            "revvity_kaleido/absorbance_endpoint_single_plate_example_01.csv",
            1,
            ["Results for ABS mono 1"],
            96,
        ),
        ("tecan_magellan/SLA01P01_ELISA.xlsx", 1, ["Label1", "Label2"], 384),
        ("tecan_magellan/SLA01P01_OD.xlsx", 1, ["Raw data"], 96),
        ("tecan_magellan/SLA01P01_assay.xlsx", 1, ["Label1", "Label2"], 384),
        ("thermo_skanit/multi-plate_example01.xlsx", 5, ["214", "280"], 32),
        ("thermo_skanit/skanit_data.xlsx", 1, ["450"], 96),
    ],
)
def test_other_readers_are_found_as_grids_and_lists(name, plates, labels, wells):
    found = read(f"other_readers/{name}")
    assert len(found) == plates
    assert list(found[0].signals) == labels
    assert len(found[0].wells) == wells


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("softmax_pro/partial_plate.txt", "a Spectrum reading"),
        ("softmax_pro/no_measurements.txt", "the file is torn"),
        ("softmax_pro/abs_endpoint_plates.txt", "decimals with a comma"),
        ("elisatools_pgml/plate2_27_dataSdf.txt", "1 sections, where the first line says 4"),
        ("luminex_msd_elispot/luminex_xPONENT_example03.csv", "Luminex xPONENT"),
        ("luminex_msd_elispot/luminex_intelliflex_v2_2.csv", "Luminex INTELLIFLEX"),
        ("luminex_msd_elispot/ctl_immunospot_v7_0_38_8.txt", "CTL ImmunoSpot"),
        ("luminex_msd_elispot/mabtech_apex_example_single_plate.xlsx", "Mabtech Apex"),
        ("luminex_msd_elispot/methodical_test_1.txt", "MSD Methodical Mind"),
        ("luminex_msd_elispot/msd_workbench_test_1.csv", "MSD Discovery Workbench"),
    ],
)
def test_what_is_not_read_is_refused_by_name(name, told):
    with pytest.raises(StudyDataError, match=told):
        read(name)
