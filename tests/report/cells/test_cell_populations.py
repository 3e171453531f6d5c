"""Whose T cells were measured, and what the populations are called."""

import pytest
from tests.report.t_cell_cohorts import WORDS, say

from helpers.answers import t_cells
from helpers.derive.laboratory.t_cells import IFN_GAMMA
from helpers.report.cells import cell_populations as report


def test_everybody_without_cells_is_named(anakinra_cells):
    told = say(anakinra_cells)
    assert (
        "Living cells were measured in 8 of 15 patients at Baseline, and in 6 both then and at "
        "Month 6 (responders 3 and non-responders 3). Only at Baseline: P03 and P14. Never "
        "measured: P04, P05, P07, P08, P09, P12 and P13."
    ) in told


def test_the_declared_family_is_adjusted_beside_the_raw_p(anakinra_cells):
    """The least p of six pairs is 2 / 64; Benjamini-Hochberg over five: 5 / 32."""
    change = t_cells.change(anakinra_cells)
    row = change.changes.set_index("panel").loc[IFN_GAMMA.name]
    assert (row["p_value"], row["adjusted_p"]) == (0.03125, pytest.approx(0.15625))
    assert "the smallest p-value that an exact test can give is 0.031" in say(anakinra_cells)
    caption = change.find("t_cells_changes").caption
    assert "also adjusted for the 5 tests (Benjamini-Hochberg" in caption
    assert "in percentage points" in caption


def test_everybody_measured_names_nobody_missing(anakinra_cells):
    cells = anakinra_cells
    everybody = cells.measured.assign(before=True, after=True, measured="both visits")
    told = report.describe_measured(cells.ledger, everybody, cells.groups, cells.words)
    assert told.endswith("Nobody is missing.")


def test_unknown_populations_keep_their_names_and_known_ones_come_first():
    assert list(WORDS.labels.values()) == ["memory CD4 (CD45RO+)", "CD4+ FoxP3+"]
    told = report.describe_populations(WORDS)
    assert "CD4+ FoxP3+. Not measured in this study: naive CD4 (CD45RA+)" in told
    assert report.title_populations(WORDS)["CD4+ FoxP3+"] == "CD4+ FoxP3+,\n% of CD4+ T cells"
