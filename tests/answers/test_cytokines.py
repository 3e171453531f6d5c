"""Serum proteins compared in the groups that were asked for."""

import pandas as pd
import pytest
from tests.report.serum_cohorts import HEALTHY, compare, compare_anakinra, serum

from helpers.answers import cytokines
from helpers.report.pieces import Table


@pytest.fixture(scope="module")
def found():
    return compare_anakinra()


def test_the_answers_share_one_comparison(found):
    assert cytokines.change(found).panels is found
    assert cytokines.levels(found).serum is found
    assert found.months == (0.0, 6.0)


def test_changes_are_factors_on_a_logarithmic_scale():
    rows = [serum("A", 0, 10), serum("A", 6, 40)]
    change = cytokines.change(compare(*rows))
    assert change.panels.words.scale == "log"
    assert change.changes["change"].tolist() == pytest.approx([4])


def test_groups_may_be_others_than_responders():
    study = compare(*[serum(p, m, 10 + m) for p in "AB" for m in (0, 6)]).study
    groups = pd.Series({"A": "x", "B": "y"}, name="arm")
    other = cytokines.compare_visits(study, groups=groups)
    assert cytokines.change(other).by_group["group"].tolist() == ["x", "y"]
    caption = cytokines.compare_groups(other).find("serum_by_response", Table).caption
    assert "x" in caption.split()


def test_the_band_of_healthy_people_stands_behind_the_lines_and_in_the_caption():
    found = compare(serum("A", 0, 20), references={"IL-1Ra": HEALTHY})
    change = cytokines.change(found)
    assert change.bands == {"IL-1Ra": (11.0, 839.0)}
    assert change.figure.caption.endswith(change.note)
