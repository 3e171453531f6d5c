"""Shifts between Th17 and Th1, and what their share allows to conclude."""

import pandas as pd
import pytest
from tests.report.t_cell_cohorts import say

from helpers.answers import t_cells
from helpers.report.cells import th_shift as report
from helpers.report.numbers import Numbers


def test_the_shift_names_its_patients_and_counts_as_published(anakinra_cells):
    """Zong 2014: 5 of 6; Zong abstract: IL-17A fell in 2 of 3 responders."""
    told = say(anakinra_cells)
    # scipy 1.17 binomtest(5, 6).proportion_ci(): 0.359 to 0.996.
    assert "5 of 6 patients (83 %, 95 % CI 36 to 100 %)" in told
    assert "Towards Th1: P01, P02, P06, P11 and P15; both rose: P10." in told
    assert "IL-17A+ cells fell in 2 of 3 responders and 3 of 3 non-responders." in told


def test_only_what_is_missing_says_why(anakinra_cells):
    # 2 / 2 ** 6: the least p of six pairs.
    smallest = t_cells.change(anakinra_cells).ledger["t_cells.smallest_p"]
    assert (smallest.value, smallest.reason) == (0.03125, "")
    shift = t_cells.shift(anakinra_cells).ledger
    for name in ("share", "beyond_counting"):
        assert shift[f"t_cells.shift.{name}"].reason == ""


@pytest.mark.parametrize(
    ("towards", "n", "words"),
    [(0, 30, "in few patients"), (30, 30, "in most patients"), (3, 6, "the rule or the exception")],
)
def test_the_conclusion_follows_the_interval_of_the_share(t_cell_study, towards, n, words):
    numbers = Numbers(t_cell_study)
    shift = pd.DataFrame({"shift": ["towards Th1"] * towards + ["both fell"] * (n - towards)})
    counted = {f"{name}_beyond_counting": pd.array([True] * n) for name in ("ifn_gamma", "il17a")}
    report.record_shift(numbers, shift.assign(patient_id="P01", **counted))
    assert words in report.conclude_shift(numbers)
