"""What the T-cell chapter says: on the shipped cohort, and where groups, visits or tables lack."""

import re

from tests.report.t_cell_runs import Run

from helpers.report import cell_counting, cell_cultures, cell_populations, memory_and_ck, th_shift
from helpers.report import t_cells as report

NA = float("nan")


def read_words(html):
    return re.sub(r"<[^>]+>", "", html).replace("\N{NO-BREAK SPACE}", " ")


def test_the_summary_has_at_most_five_points(t_cell_run):
    told = report.summarise_t_cells(
        t_cell_run.chapter, t_cell_run.words, moved=t_cell_run.moved, cultured=t_cell_run.cultured
    )
    assert len([sentence for sentence in told if sentence]) == 5


def test_the_summary_leads_with_what_changed_and_ends_with_who_was_measured(t_cell_run):
    first, *_, last = report.summarise_t_cells(
        t_cell_run.chapter, t_cell_run.words, moved=t_cell_run.moved, cultured=t_cell_run.cultured
    )
    assert read_words(first) == (
        "None of the 5 populations changed from Baseline to Month 6 by more than chance easily "
        "explains; the smallest p-value is that of IFN-gamma+ CD4 (Th1) (p = 0.031, adjusted "
        "p = 0.156; n = 6)."
    )
    assert last.startswith("Living cells were measured in")


def test_every_table_and_caption_counts_the_same_patients(t_cell_run):
    run = t_cell_run
    assert len(cell_populations.tabulate_measured(run.measured, run.groups, run.words)) == 15
    table = th_shift.tabulate_shift(run.shift, run.groups)
    assert len(table) == 6
    assert "n = 6" in th_shift.caption_shift(run.shift, run.words)
    assert "n = 6" in th_shift.caption_shift_table(run.shift, run.words)
    counting = cell_counting.tabulate_counting(run.counted, run.words)
    assert counting["fewest cells"].min() == 10
    assert "n = 70" in cell_counting.caption_counting(run.counted)
    caption = memory_and_ck.caption_memory_and_ck(
        run.tests["fall"], run.chapter.study.config, run.words
    )
    assert "n = 8" in caption
    assert "exact permutation p" in caption


def test_without_core_set_and_cultures_the_chapter_still_stands(t_cell_study):
    run = Run(t_cell_study, without=("core_set", "in_vitro"))
    told = run.say()
    assert "Memory cells and CK cannot be compared" in told
    assert "No cultures were measured in this study." in told
    assert "In culture" not in told
    assert "both then and at Month 6. Only at" in told  # one arm: no count by group
    assert memory_and_ck.describe_memory_figure(run.memory, run.chapter.study.config).startswith(
        "nobody"
    )
    assert cell_cultures.describe_culture_figure(run.culture_changes, run.culture_words) == (
        "no cultures were measured."
    )


def test_nobody_measured_twice_leaves_every_change_open(t_cell_study):
    told = Run(t_cell_study, keep=lambda table: table[table["month"] == 0]).say()
    assert "Nobody has cells at both visits, so no change can be judged." in told
    assert "Nobody has both populations at both visits, so no shift can be seen." in told
    assert "Whether cells shift between Th17 and Th1 stays open" in told
    assert "nan" not in told


def test_one_patient_is_told_in_the_singular(t_cell_study):
    told = Run(t_cell_study, keep=lambda table: table[table["patient_id"] == "P01"]).say()
    assert "With 1 pair the smallest p-value that an exact test can give is 1" in told
    assert "1 of 1 patients (100 %, 95 % CI 3 to 100 %)" in told  # 1/1: 0.025 to 1
    assert "Memory cells and CK cannot be compared: a correlation needs two pairs" in told
    assert "nan" not in told
