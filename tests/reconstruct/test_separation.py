"""Nothing that no source reports sets the invented responders apart."""

from itertools import combinations

import pytest
from scipy import stats

from helpers.reconstruct.separation import (
    find_p,
    has_no_overlap,
    is_related,
    list_quantities,
    list_separating,
    sets_apart,
)

# From the skeleton by hand.
RESPONDERS = ("P01", "P03", "P06", "P07", "P10", "P12", "P13")
APART = {"P01": 5, "P03": 6, "P06": 7, "P02": 1, "P04": 2, "P05": 3}


def test_nothing_in_the_committed_tables_separates_responders(shipped):
    assert list_separating(shipped) == {}


def test_everything_that_could_is_looked_at(shipped):
    names = list_quantities(shipped)
    # 7 stains and 2 proteins and 5 populations at 2 months and in change; 6 measures and the
    # index at 4 months and in 3 changes; 3 characteristics, 5 of treatment, 3 of events.
    assert len(names) == (7 + 2 + 5) * 3 + 7 * 7 + 3 + 5 + 3
    assert sum(map(is_related, names)) == 1 + 2 + 6 * 6


def test_memory_cells_as_they_were_before_are_noticed(shipped):
    # CD45RO of the cohort before this one, with the four responders below the four others.
    before = dict(
        zip(("P01", "P06", "P03", "P10", "P15", "P02", "P14", "P11"), range(8), strict=True)
    )
    cells = [
        {**row, "percent": float(before[row["patient_id"]])}
        if row["population"] == "CD4+ CD45RO+" and row["month"] == 0
        else row
        for row in shipped["t_cells"]
    ]
    found = list_separating({**shipped, "t_cells": cells})
    # 2 of the 70 ways to deal out four of eight are as far apart: scipy's exact p.
    assert found["t_cells, CD4+ CD45RO+, month 0"] == pytest.approx(2 / 70)


def test_three_against_three_without_overlap_is_noticed_though_its_p_is_a_tenth():
    assert find_p(APART) == pytest.approx(0.1)
    assert has_no_overlap(APART)
    assert sets_apart(APART)
    touching = APART | {"P01": 3}
    assert not has_no_overlap(touching)


def test_one_patient_alone_is_no_group():
    assert not has_no_overlap({"P01": 5, "P02": 1, "P04": 2})
    assert not has_no_overlap({"P01": 5, "P03": 7})


def test_what_a_source_relates_is_listed_only_where_nothing_overlaps(shipped):
    rows = [
        {**row, "extramuscular": 90.0 if row["patient_id"] in RESPONDERS else 10.0}
        if row["month"] == 0
        else row
        for row in shipped["core_set"]
    ]
    found = list_separating({**shipped, "core_set": rows})
    assert "core_set, extramuscular, month 0" in found


def test_the_exact_p_counts_every_way_to_deal_out_seven_of_fifteen(shipped):
    values = list_quantities(shipped)["core_set, extramuscular, month 0"]
    ranks = dict(zip(values, stats.rankdata(list(values.values())), strict=True))
    seen = sum(ranks[name] for name in RESPONDERS)
    sums = [sum(dealt) for dealt in combinations(ranks.values(), 7)]
    # The mean of all sums is 7 times the mean rank, 8.
    far = sum(abs(total - 56) >= abs(seen - 56) for total in sums)
    assert find_p(values) == pytest.approx(far / 6435)
