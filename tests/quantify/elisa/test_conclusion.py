import math

import pytest
from tests.plate_exports import STANDARDS, TRUTH

from helpers.contracts.elisa import ElisaSettings, Mask
from helpers.quantify.elisa.assay import evaluate
from helpers.quantify.elisa.conclusion import conclude
from helpers.quantify.elisa.layout import Well
from helpers.quantify.elisa.read.plate import Plate, name_well


def conclude_on(*dilutions, spread=1.02, **settings):
    """Conclude on one sample whose wells hold the contents given, by dilution."""
    signals, layout = {}, []

    def add(role, sample, nominal, dilution, content):
        for factor in (spread, 2 - spread):
            at = len(signals)
            well = name_well(at % 8, at // 8)
            known = content is not None
            signals[well] = float(TRUTH.signal(content)) * factor if known else math.nan
            args = (role, sample, "P01", 0.0, "IL-6", nominal, float(dilution), at + 2)
            layout.append(Well("Plate1", well, *args))

    for nominal in STANDARDS:
        add("standard", "", nominal, 1, nominal)
    for dilution, content in dilutions:
        add("sample", "S", None, dilution, content)
    plate = Plate("Plate1", "f", "", 8, 12, {"450": signals})
    given = ElisaSettings(**{"lloq": 31.25, "uloq": 2000, **settings})
    (one,) = conclude(evaluate(plate, layout, "IL-6", given))
    return one


def test_a_value_is_multiplied_by_its_dilution_and_has_its_interval():
    one = conclude_on((10, 200.0))
    assert one.value == pytest.approx(2000, rel=2e-3)
    assert one.flag == ""
    assert one.lower < one.value < one.upper
    # Limits are the value times and through the same factor: the interval is on the log scale.
    assert one.upper / one.value == pytest.approx(one.value / one.lower)
    assert one.se == pytest.approx(one.value * math.sqrt(one.estimate.log_variance))
    assert "sandwich" in one.method


def test_the_least_dilution_within_the_limits_counts():
    one = conclude_on((2, 1000.0), (10, 180.0))
    assert one.dilution == 2
    one = conclude_on((2, 2500.0), (10, 500.0))
    assert (one.dilution, round(one.value, -2)) == (10, 5000)


@pytest.mark.parametrize(("content", "known"), [(31.0, False), (31.6, True), (0.0, False)])
def test_below_quantification_is_never_a_number(content, known):
    one = conclude_on((10, content), spread=1.0)
    assert (one.value is not None) is known
    if not known:
        assert (one.se, one.lower, one.upper) == (None, None, 312.5)
        assert one.flag == "below quantification (< 312.5 pg/mL)"


@pytest.mark.parametrize(("content", "known"), [(1990.0, True), (2010.0, False)])
def test_above_quantification_keeps_its_bound(content, known):
    one = conclude_on((10, content), spread=1.0)
    assert (one.value is not None) is known
    if not known:
        assert (one.lower, one.upper) == (20000, None)
        assert one.flag == "above quantification (> 20000 pg/mL)"


def test_of_several_dilutions_below_the_least_gives_the_bound():
    assert conclude_on((2, 5.0), (10, 1.0)).upper == 62.5
    assert conclude_on((2, 4000.0), (10, 2500.0)).lower == 20000


def test_between_two_dilutions_there_are_two_bounds():
    one = conclude_on((2, 2500.0), (1000, 5.0))
    assert (one.value, one.lower, one.upper) == (None, 4000, 31250)
    assert one.flag.startswith("between two dilutions (4000 to 31250")


def test_dilutions_that_contradict_each_other_are_told():
    assert conclude_on((2, 5.0), (10, 3000.0)).flag == "dilutions that contradict each other"
    one = conclude_on((2, 5.0), (10, 200.0))
    assert one.value == pytest.approx(2000, rel=2e-3)
    assert "hook effect" in one.remarks[0]


def test_no_reading_names_its_reason():
    assert conclude_on((2, None)).flag == "no reading: nothing in the file"
    masks = [Mask(plate="Plate1", well=well, reason="bubble") for well in ("A3", "B3")]
    assert conclude_on((2, 200.0), masks=masks).flag == "no reading: bubble"


def test_replicates_that_differ_too_much_are_told():
    # 14 % in the signals of a pair is a coefficient of variation of about 30 %.
    assert "replicates with a CV of" in conclude_on((2, 200.0), spread=1.14).remarks[0]
    assert conclude_on((2, 200.0), spread=1.14, replicate_cv=60).remarks == ()


def test_without_limits_there_is_no_value():
    assert conclude_on((2, 200.0), lloq=None, uloq=None, spread=1.4).flag.startswith("no limits")


def test_without_a_curve_there_is_no_value():
    one = conclude_on((2, 200.0), weights="1/y", curve="printed")
    assert one.flag.startswith("no curve: 0 curves")
