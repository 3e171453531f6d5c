"""Memory cells before treatment against the fall of creatine kinase."""

import pandas as pd
import pytest
from tests.report.t_cell_cohorts import WORDS, say

from helpers.answers import t_cells
from helpers.report.cells import memory_and_ck as report
from helpers.report.numbers import Numbers


def test_memory_cells_and_ck_correlate_as_published_with_the_exact_p(anakinra_cells):
    """Zong abstract: R = -0.9; rho by hand 1 - 6 * 162 / 504, exact p 90 / 40320."""
    test = t_cells.memory(anakinra_cells).correlations["fall"]
    assert test.estimate == pytest.approx(1 - 6 * 162 / 504)
    assert test.p_value == pytest.approx(90 / 40320)
    told = say(anakinra_cells)
    assert "The larger the share of memory CD4 cells at Baseline, the less CK fell" in told
    assert "rho −0.93, p = 0.002, n = 8" in told
    assert "Whoever is left out, rho of the others lies between −0.93 and −0.89." in told


@pytest.mark.parametrize(
    ("memory", "fall", "start"),
    [
        ([1, 2, 3, 4, 5], [5.0, 4, 3, 2, 1], "Many memory cells at before went with a worse"),
        ([1, 2, 3, 4, 5], [1.0, 2, 3, 4, 5], "Many memory cells at before went with a better"),
        ([1, 2, 3, 4, 5], [3.0, 1, 5, 2, 4], "Memory cells at before are not shown"),
    ],
)
def test_the_conclusion_on_memory_cells_follows_sign_and_p(t_cell_study, memory, fall, start):
    numbers = Numbers(t_cell_study)
    pairs = pd.DataFrame({"memory": memory, "fall": fall, "fall_percent": fall})
    pairs["patient_id"] = list("ABCDE")
    pairs = pairs.astype({"memory": float})
    report.record_memory_and_ck(numbers, pairs, report.correlate_memory(pairs))
    assert report.conclude_memory(numbers, WORDS).startswith(start)
