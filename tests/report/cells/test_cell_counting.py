"""How exactly percentages are known, with and without numbers of cells."""

import pandas as pd
from tests.report.t_cell_cohorts import compare, say

from helpers.answers import t_cells
from helpers.report.pieces import Table


def test_the_weakest_percentage_is_given_with_its_interval(anakinra_cells):
    # 0.05 % of 23,803 cells at month 6 are 12; limits by scipy's beta quantiles: 0.0261, 0.0880.
    assert "rests on 12 cells (IL-17A+ CD4 (Th17) of P10): 0.05 % (95 % CI 0.03 to 0.09)" in (
        say(anakinra_cells)
    )


def test_without_numbers_of_cells_there_is_no_counting_interval(t_cell_study):
    cells = compare(
        t_cell_study, keep=lambda table: table.assign(events=pd.NA).astype({"events": "Int64"})
    )
    told = say(cells)
    assert "How many cells were counted is not recorded" in told
    assert "Whether counting alone could make these changes is not known" in told
    assert t_cells.counting(cells).find("t_cells_counting").frame.empty
    assert "(no interval)" in t_cells.shift(cells).find("th_shift", Table).frame.to_csv()
