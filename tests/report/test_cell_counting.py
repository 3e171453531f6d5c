"""How exactly percentages are known, with and without numbers of cells."""

import pandas as pd
from tests.report.t_cell_runs import Run

from helpers.report import cell_counting as report
from helpers.report import th_shift


def test_the_weakest_percentage_is_given_with_its_interval(t_cell_run):
    assert "rests on 10 cells (IL-17A+ CD4 (Th17) of P03): 0.03 % (95 % CI 0.01 to 0.06)" in (
        t_cell_run.say()
    )


def test_without_numbers_of_cells_there_is_no_counting_interval(t_cell_study):
    run = Run(
        t_cell_study, keep=lambda table: table.assign(events=pd.NA).astype({"events": "Int64"})
    )
    told = run.say()
    assert "How many cells were counted is not recorded" in told
    assert "Whether counting alone could make these changes is not known" in told
    assert report.tabulate_counting(run.counted, run.words).empty
    assert "(no interval)" in th_shift.tabulate_shift(run.shift, run.groups).to_csv()
