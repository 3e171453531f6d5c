"""What cultures made less of when something was added."""

import pytest
from tests.report.t_cell_runs import Run

from helpers.study import read_study


@pytest.fixture(scope="module")
def study():
    return read_study("anakinra_iim", tables=["t_cells", "core_set", "in_vitro"])


@pytest.fixture(scope="module")
def shipped(study):
    return Run(study)


def test_cultures_are_told_with_the_exact_test(shipped):
    """Differences 48, -63, -183, -429, -132, -135, -132, -179: V = 1, p = 4 / 256."""
    assert (
        "IL-17A was lower with “stimulated + anakinra” than with “stimulated” in 7 of 8 donors"
    ) in shipped.say()
    assert shipped.culture_changes["p_value"].tolist() == [4 / 256]
