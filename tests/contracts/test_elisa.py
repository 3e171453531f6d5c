import pytest
from pydantic import ValidationError

from helpers.contracts.elisa import ControlRange, ElisaSettings, Mask


def test_defaults_are_the_usual_curve_and_the_limits_of_ich_m10():
    settings = ElisaSettings()
    assert (settings.curve, settings.weights, settings.zero_standard) == ("4pl", "none", "in")
    assert (settings.standard_recovery, settings.standard_recovery_at_ends) == (20, 25)
    assert (settings.least_share_of_standards, settings.least_levels) == (75, 6)


@pytest.mark.parametrize("given", [450, "450", ["450"], (450,)])
def test_wavelengths_are_taken_as_people_write_them(given):
    assert ElisaSettings(wavelengths=given).wavelengths == ("450",)


def test_settings_cannot_be_changed_afterwards():
    with pytest.raises(ValidationError, match="frozen"):
        ElisaSettings().curve = "5pl"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"lloq": 10, "uloq": 10}, "lloq below uloq, got 10 and 10"),
        ({"lloq": 0}, "greater than 0"),
        ({"curve": "3pl"}, "4pl"),
        ({"wavelengths": ["450", "570", "620"]}, "at most 2"),
        ({"spike_recovery_lower": 120}, "spike_recovery_lower below"),
        ({"llod": 3}, "Extra inputs"),
    ],
)
def test_what_cannot_be_is_refused(given, told):
    with pytest.raises(ValidationError, match=told):
        ElisaSettings(**given)


def test_limits_that_differ_a_little_are_taken():
    assert ElisaSettings(lloq=10, uloq=10.001).uloq == 10.001


def test_a_control_is_found_by_name_and_analyte():
    one = ControlRange(sample="high", analyte="IL-6", lower=1, upper=2)
    every = ControlRange(sample="low", lower=0, upper=2)
    settings = ElisaSettings(controls=[one, every])
    assert settings.range_of("high", "IL-6") == one
    assert settings.range_of("high", "TNF") is None
    assert settings.range_of("low", "TNF") == every


def test_a_range_is_in_order_and_a_mask_has_its_reason():
    with pytest.raises(ValidationError, match="lower below upper"):
        ControlRange(sample="x", lower=2, upper=2)
    with pytest.raises(ValidationError, match="reason"):
        Mask(plate="Plate1", well="A1")
