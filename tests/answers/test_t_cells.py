"""T cells compared in the groups that were asked for."""

import pandas as pd
import pytest
from tests.answers.asked import COHORT, read

from helpers.answers import t_cells


@pytest.fixture(scope="module")
def found():
    return t_cells.compare_visits(read(COHORT))


def test_the_answers_share_one_comparison(found):
    for ask in (t_cells.change, t_cells.shift, t_cells.counting, t_cells.memory):
        assert ask(found).cells is found
    assert found.counted is not read(COHORT).tables["t_cells"]


def test_groups_may_be_others_than_responders(found):
    groups = pd.Series("x", index=read(COHORT).patients, name="arm")
    other = t_cells.compare_visits(read(COHORT), groups=groups)
    table = other.find("t_cells_measured").frame
    usual = found.find("t_cells_measured").frame
    assert not table.equals(usual)
    assert [name for name in t_cells.shift(other).numbers["id"] if name.endswith(".x")]


def test_the_change_of_percentages_is_recorded_in_points(found):
    change = t_cells.change(found)
    units = {result.unit for result in change.ledger.ledger if ".change." in result.id}
    assert units == {"percentage points"}


def test_cultures_need_no_visits():
    cultures = t_cells.cultures(read(COHORT))
    assert set(cultures.changes["n"]) == {8}
