"""Settings of the photographs: keys of the study, and those that contradict themselves."""

import pytest
from pydantic import ValidationError

from helpers.contracts.keys import list_settings
from helpers.quantify.ihc.settings import IhcSettings


def test_every_setting_can_be_described_as_a_key_of_the_study():
    described = {setting.key: setting.allowed for setting in list_settings(IhcSettings)}
    assert described["measures"] == "one of area, nuclei"
    assert described["thresholds.used"] == "a number, above 0, at most 3"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"thresholds": {"low": 0.3, "used": 0.2, "high": 0.4}}, "expected low < used < high"),
        ({"measures": "nuclei"}, "expected um_per_pixel beside measures"),
        ({"nuclei": {"least_um2": 500}}, "expected least_um2 < most_um2"),
        ({"stain": {"red": 0, "green": 0, "blue": 0}}, "a dye darkens some light"),
        ({"threshold": 0.2}, "Extra inputs are not permitted"),
    ],
)
def test_settings_that_contradict_themselves_are_refused(wrong, said):
    with pytest.raises(ValidationError, match=said):
        IhcSettings.model_validate(wrong)
