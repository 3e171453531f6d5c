import math

import pytest
from tests.plate_exports import SAMPLES, TRUTH, list_contents, read_wells

from helpers.contracts.elisa import ElisaSettings, Mask
from helpers.quantify.elisa.assay import (
    SignalError,
    choose_signal,
    coefficient_of_variation,
    evaluate,
)
from helpers.quantify.elisa.layout import Well
from helpers.quantify.elisa.read.plate import Plate, Printed, PrintedCurve


def make_layout():
    return [
        Well("Plate1", well, role, sample, "P", 0.0, "IL-6", nominal, float(dilution), row)
        for row, (well, role, sample, nominal, dilution, _) in enumerate(list_contents(), start=2)
    ]


def make_plate(**options):
    wells = {"450": {well: read_wells()[well] for well, *_ in list_contents()}}
    return Plate(
        "Plate1", "plate.txt", "a program", 8, 12, options.pop("signals", wells), **options
    )


def make_assay(plate=None, layout=None, **settings):
    layout = layout or make_layout()
    return evaluate(plate or make_plate(), layout, "IL-6", ElisaSettings(**settings))


def test_the_truth_comes_back():
    assay = make_assay()
    assert assay.problem == ""
    for one in assay.dilutions:
        if one.role == "sample":
            expected = SAMPLES[one.sample][2] / one.dilution
            assert one.concentration == pytest.approx(expected, rel=2e-3)
            assert one.n == 2
    assert (assay.lloq, assay.uloq) == (31.25, 2000)


def test_levels_by_hand():
    level = make_assay().levels[1]
    signals = [read_wells()[well] for well in ("B1", "B2")]
    assert (level.nominal, level.wells) == (31.25, 2)
    assert level.signal == pytest.approx(sum(signals) / 2)
    assert level.recovery == pytest.approx(100, abs=0.5)
    # 2 % in the signal of 0.109, of which 0.05 is the empty well's, is 3.1 % in the concentration.
    assert level.cv == pytest.approx(100 * math.sqrt(2) * 0.031, rel=0.1)
    assert (level.limit, level.within, level.passes) == (25, True, True)


def test_the_zero_standard_is_not_judged():
    zero = make_assay().levels[0]
    assert (zero.nominal, zero.recovery, zero.within, zero.passes) == (0, None, False, False)


def test_the_zero_standard_is_fitted_or_not():
    low, high = make_assay(), make_assay(zero_standard="out")
    assert low.calibration.curve != high.calibration.curve


def test_limits_are_the_studys_where_it_sets_them():
    assay = make_assay(lloq=62.5, uloq=1000)
    assert [level.nominal for level in assay.levels if level.within] == [62.5, 125, 250, 500, 1000]
    assert [level.limit for level in assay.levels if level.within] == [25, 20, 20, 20, 25]
    assert assay.limits_from == "set by the study"
    assert make_assay(lloq=62.5).limits_from.startswith("lower set by the study")


def spoil(well, factor):
    signals = {**make_plate().signals["450"]}
    signals[well] *= factor
    return make_plate(signals={"450": signals})


def test_a_lowest_standard_that_fails_moves_the_limit_up():
    # B1 at half: the wells of 31.25 are too far apart, so quantification begins at 62.5.
    assert make_assay(spoil("B1", 0.7)).lloq == 62.5


def test_masks_of_program_and_study_take_wells_out():
    plate = make_plate(masked=frozenset({"B1"}))
    assert make_assay(plate).levels[1].wells == 1
    assert make_assay(plate, printed_masks="ignore").levels[1].wells == 2
    mask = Mask(plate="Plate1", well="B2", reason="bubble")
    assay = make_assay(plate, masks=[mask])
    assert assay.levels[1].wells == 0
    assert [well.mask for well in assay.wells if well.mask] == ["masked in a program", "bubble"]


def test_an_overflow_is_above_and_a_missing_reading_is_left_out():
    signals = {**make_plate().signals["450"], "E3": math.inf, "E4": math.nan}
    found = {
        one.wells[0].layout.well: one
        for one in make_assay(make_plate(signals={"450": signals})).dilutions
    }
    assert found["E3"].concentration == math.inf
    (one,) = [one for one in found.values() if any(w.layout.well == "E4" for w in one.wells)]
    assert one.n == 1


def test_without_a_curve_the_reason_is_kept():
    layout = [well for well in make_layout() if well.role != "standard" or well.nominal > 500]
    assay = make_assay(layout=layout)
    assert assay.calibration is None
    assert assay.problem == "2 levels of standards; a 4pl curve needs 4"


def test_a_printed_curve_is_taken_as_it_is():
    curve = PrintedCurve("4pl", TRUTH.coefficients, "y = ...", 9)
    assay = make_assay(make_plate(curves=(curve,)), curve="printed", lloq=10, uloq=2000)
    assert assay.calibration.curve == TRUTH
    assert not assay.calibration.covariance.any()
    none = make_assay(curve="printed")
    assert none.problem == "0 curves with known coefficients in the file, not one"


def test_two_assays_on_one_plate_have_two_curves():
    other = [
        Well(w.plate, w.well, w.role, w.sample, "P", 0.0, "TNF", w.nominal, w.dilution, w.row)
        for w in make_layout()
    ]
    both = [*make_layout(), *other]
    assert len(evaluate(make_plate(), both, "TNF", ElisaSettings()).wells) == len(other)


# Which reading counts

TWO = {"450": {"A1": 0.5, "A2": 0.6}, "620": {"A1": 0.1, "A2": 0.1}}


def show(reading, well="A1"):
    return Printed(well, "g", "s", 1.0, None, None, "", False, False, reading, 1)


@pytest.mark.parametrize(
    ("wavelengths", "reading", "label", "value"),
    [
        (("450",), "", "450", 0.5),
        (("450", "620"), "", "450 - 620", 0.4),
        ((), "0.500", "450", 0.5),
        ((), "0.400", "450 - 620", 0.4),
        ((), "0.100", "620", 0.1),
    ],
)
def test_the_reading_is_the_one_set_or_the_one_the_program_used(wavelengths, reading, label, value):
    plate = Plate("p", "f", "", 8, 12, TWO, printed=(show(reading),))
    found, signal = choose_signal(plate, wavelengths)
    assert found == label
    assert signal["A1"] == pytest.approx(value)


def test_a_label_may_end_in_its_wavelength():
    plate = Plate("p", "f", "", 8, 12, {"Read 1:450": {"A1": 0.5}, "Read 1:620": {"A1": 0.1}})
    assert choose_signal(plate, ("450",))[0] == "Read 1:450"


@pytest.mark.parametrize(
    ("wavelengths", "reading", "told"),
    [
        ((), "", "readings 450, 620, and nothing tells which counts"),
        ((), "0.300", "nothing tells"),
        (("570",), "", "no reading '570'; there are 450, 620"),
    ],
)
def test_a_plate_that_does_not_tell_is_refused(wavelengths, reading, told):
    plate = Plate("p", "f", "", 8, 12, TWO, printed=(show(reading),))
    with pytest.raises(SignalError, match=told):
        choose_signal(plate, wavelengths)


def test_the_coefficient_of_variation():
    assert coefficient_of_variation([90, 100, 110]) == pytest.approx(10)
    assert coefficient_of_variation([1.0]) is None
    assert coefficient_of_variation([1.0, math.inf]) is None
    assert coefficient_of_variation([-1.0, 1.0]) is None
