"""What cultures made less of when something was added."""

from tests.report.t_cell_cohorts import say

from helpers.answers import t_cells


def test_cultures_are_told_with_the_exact_test(anakinra_cells):
    """Differences 48, -63, -183, -429, -132, -135, -132, -179: V = 1, p = 4 / 256."""
    assert (
        "IL-17A was lower with “stimulated + anakinra” than with “stimulated” in 7 of 8 donors"
    ) in say(anakinra_cells)
    assert t_cells.cultures(anakinra_cells.study).changes["p_value"].tolist() == [4 / 256]
