"""What the T-cell chapter says: on the shipped cohort, and where groups, visits or tables lack."""

import pytest
from tests.report.cohorts import UNWRITTEN, read_words
from tests.report.t_cell_cohorts import compare, list_answers, say

from helpers.answers import t_cells
from helpers.report.pieces import Figure, Table


def test_each_answer_but_the_counting_gives_the_summary_one_point(anakinra_cells):
    told = [text for answer in list_answers(anakinra_cells) for text in answer.summary if text]
    assert len(told) == 6


def test_the_change_names_the_smallest_p_of_all_populations(anakinra_cells):
    assert read_words(t_cells.change(anakinra_cells).sentence) == (
        "None of the 5 populations changed clearly from Baseline to Month 6; the smallest p-value "
        "is that of IFN-gamma+ CD4 (Th1) (p = 0.031, adjusted p = 0.156; n = 6)."
    )
    [measured] = anakinra_cells.summary
    assert measured.startswith("Living cells were measured in")


def test_every_table_and_caption_counts_the_same_patients(anakinra_cells):
    assert len(anakinra_cells.find("t_cells_measured").frame) == 15
    shift = t_cells.shift(anakinra_cells)
    assert len(shift.find("th_shift", Table).frame) == 6
    assert "n = 6" in shift.find("th_shift", Figure).caption
    assert "n = 6" in shift.find("th_shift", Table).caption
    counting = t_cells.counting(anakinra_cells).find("t_cells_counting")
    assert counting.frame["fewest cells"].min() == 12
    assert "n = 70" in counting.caption
    caption = t_cells.memory(anakinra_cells).find("memory_and_ck").caption
    assert "n = 8" in caption
    assert "exact permutation p" in caption


def test_without_core_set_and_cultures_the_chapter_still_stands(t_cell_study):
    cells = compare(t_cell_study, without=("core_set", "in_vitro"))
    told = say(cells)
    assert "Memory cells and CK cannot be compared" in told
    assert "No cultures were measured in this study." in told
    assert "In culture" not in told
    assert "both then and at Month 6. Only at" in told  # one arm: no count by group
    assert t_cells.memory(cells).find("memory_and_ck").alt.startswith("nobody")
    assert t_cells.cultures(cells.study).find("in_vitro").alt == "no cultures were measured."


def test_nobody_measured_twice_leaves_every_change_open(t_cell_study):
    told = say(compare(t_cell_study, keep=lambda table: table[table["month"] == 0]))
    assert "Nobody has cells at both visits, so no change can be judged." in told
    assert "Nobody has both populations at both visits, so no shift can be seen." in told
    assert "Whether cells shift between Th17 and Th1 stays open" in told
    assert not UNWRITTEN.search(told)


def test_one_patient_is_told_in_the_singular(t_cell_study):
    told = say(compare(t_cell_study, keep=lambda table: table[table["patient_id"] == "P01"]))
    assert "With 1 pair the smallest p-value that an exact test can give is 1" in told
    assert "1 of 1 patients (100 %, 95 % CI 3 to 100 %)" in told  # 1/1: 0.025 to 1
    assert "Memory cells and CK cannot be compared: a correlation needs two pairs" in told
    assert not UNWRITTEN.search(told)


@pytest.mark.parametrize("word", ["limits", "methods"])
def test_limits_and_methods_belong_to_who_was_measured(anakinra_cells, word):
    assert [bool(getattr(one, word)) for one in list_answers(anakinra_cells)] == [
        True,
        *[False] * 5,
    ]
