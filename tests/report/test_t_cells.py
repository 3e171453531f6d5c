"""What the T-cell chapter says: on the shipped cohort, and where groups, visits or tables lack."""

import re
from dataclasses import replace

import pandas as pd
import pytest

from helpers.derive import paired
from helpers.derive import t_cells as cells
from helpers.report import paired as pair_report
from helpers.report import t_cells as report
from helpers.report.chapter import Chapter
from helpers.stats.paired import summarise_pairs
from helpers.study import read_study

NA = float("nan")


def read_words(html):
    return re.sub(r"<[^>]+>", "", html).replace("\N{NO-BREAK SPACE}", " ")


@pytest.fixture(scope="module")
def study():
    return read_study("anakinra_iim", tables=["t_cells", "core_set", "in_vitro"])


class Run:
    """The chapter up to its sentences, as the notebook does it."""

    def __init__(self, study, *, keep=None, without=()):
        tables = {name: study.table(name) for name in study.tables if name not in without}
        if keep is not None:
            tables["t_cells"] = keep(tables["t_cells"])
        self.chapter = chapter = Chapter(replace(study, tables=tables), "04_t_cell_phenotype")
        self.groups = groups = pair_report.group_patients(chapter)
        patients = list(tables["patients"]["patient_id"])
        self.counted = counted = cells.derive_counting_interval(tables["t_cells"])
        self.words = report.name_cells(counted, ends=("Baseline", "Month 6"))
        self.measured = cells.derive_measured(counted, patients, months=(0, 6))
        report.record_measured(chapter, self.measured, groups)
        pairs = paired.derive_pairs(
            counted, patients, by="population", value="percent", baseline_month=0, month=6
        )
        changes = summarise_pairs(pairs, pair_report.pool_patients(chapter, groups))
        self.changes = pair_report.adjust_family(changes, chapter.study.config, self.words)
        points = report.name_points(self.words)
        pair_report.record_changes(chapter, self.changes, points)
        report.record_reach(chapter, self.changes)
        self.moved = pair_report.describe_changes(chapter, self.changes, points)
        self.shift = self._shift()
        self.memory = cells.derive_memory_and_ck(
            counted, tables.get("core_set"), baseline_month=0, month=6
        )
        self.tests = report.record_memory_and_ck(chapter, self.memory)
        self.cultures = cells.derive_culture_pairs(tables.get("in_vitro"))
        self._record_cultures()

    def _shift(self):
        changes = [
            cells.derive_counted_change(self.counted, population=one.name, months=(0, 6))
            for one in (cells.IFN_GAMMA, cells.IL17A)
        ]
        shift = cells.derive_shift(*changes)
        report.record_shift(self.chapter, shift)
        report.record_falls(self.chapter, shift, self.groups)
        report.record_counting(self.chapter, self.counted)
        return shift

    def _record_cultures(self):
        self.culture_words = report.name_cultures(self.cultures)
        donors = report.group_donors(self.cultures)
        self.culture_changes = report.summarise_cultures(self.cultures, donors)
        report.record_cultures(self.chapter, self.culture_changes, self.culture_words)
        self.cultured = report.describe_cultures(
            self.chapter, self.culture_changes, self.culture_words
        )

    def say(self):
        """Every sentence of the chapter, in plain text."""
        chapter, words = self.chapter, self.words
        told = [
            report.describe_measured(chapter, self.measured, self.groups, words),
            report.describe_populations(words),
            report.describe_reach(chapter),
            *report.describe_shift(chapter, self.shift),
            report.describe_falls(chapter, self.groups),
            report.describe_counting(chapter, self.counted),
            *report.describe_memory_and_ck(chapter, words),
            *report.conclude_t_cells(chapter, self.culture_changes, words, self.culture_words),
            *report.describe_t_cell_limits(chapter, self.measured, self.groups, words),
            *report.summarise_t_cells(chapter, words, moved=self.moved, cultured=self.cultured),
        ]
        return "\n".join(read_words(sentence) for sentence in told if sentence)


@pytest.fixture(scope="module")
def shipped(study):
    return Run(study)


def test_everybody_without_cells_is_named(shipped):
    told = shipped.say()
    assert (
        "Living cells were measured in 8 of 15 patients at Baseline, and in 6 both then and at "
        "Month 6 (responders 3 and non-responders 3). Only at Baseline: P03 and P14. Never "
        "measured: P04, P05, P07, P08, P09, P12 and P13."
    ) in told


def test_the_shift_names_its_patients_and_counts_as_published(shipped):
    """Zong 2014: 5 of 6; Zong abstract: IL-17A fell in 2 of 3 responders."""
    told = shipped.say()
    # scipy 1.17 binomtest(5, 6).proportion_ci(): 0.359 to 0.996.
    assert "5 of 6 patients (83 %, 95 % CI 36 to 100 %)" in told
    assert "Towards Th1: P01, P02, P06, P11 and P15; both rose: P10." in told
    assert "IL-17A+ cells fell in 2 of 3 responders and 3 of 3 non-responders." in told


def test_only_what_is_missing_says_why(shipped):
    # 2 / 2 ** 6: the least p of six pairs.
    assert shipped.chapter["t_cells.smallest_p"].value == 0.03125
    for name in ("smallest_p", "shift.share", "shift.beyond_counting"):
        assert shipped.chapter[f"t_cells.{name}"].reason == ""


def test_memory_cells_and_ck_correlate_as_published_with_the_exact_p(shipped):
    """Zong abstract: R = -0.9; rho by hand 1 - 6 * 162 / 504, exact p 90 / 40320."""
    test = shipped.tests["fall"]
    assert test.estimate == pytest.approx(1 - 6 * 162 / 504)
    assert test.p_value == pytest.approx(90 / 40320)
    told = shipped.say()
    assert "The larger the share of memory CD4 cells at Baseline, the less CK fell" in told
    assert "rho −0.93, 95 % CI −0.99 to −0.54, p = 0.002, n = 8" in told
    assert "Whoever is left out, rho of the others lies between −0.93 and −0.89." in told


def test_the_declared_family_is_adjusted_beside_the_raw_p(shipped):
    """The least p of six pairs is 2 / 64; Benjamini-Hochberg over five: 5 / 32."""
    row = shipped.changes.set_index("panel").loc[cells.IFN_GAMMA.name]
    assert (row["p_value"], row["adjusted_p"]) == (0.03125, pytest.approx(0.15625))
    assert "the smallest p-value that an exact test can give is 0.031" in shipped.say()
    caption = report.caption_populations(shipped.changes, shipped.words)
    assert "also adjusted for the 5 tests (Benjamini-Hochberg" in caption
    assert "in percentage points" in caption


def test_the_weakest_percentage_is_given_with_its_interval(shipped):
    assert "rests on 10 cells (IL-17A+ CD4 (Th17) of P03): 0.03 % (95 % CI 0.01 to 0.06)" in (
        shipped.say()
    )


def test_cultures_are_told_with_the_exact_test(shipped):
    """Differences 48, -63, -183, -429, -132, -135, -132, -179: V = 1, p = 4 / 256."""
    assert (
        "IL-17A was lower with “stimulated + anakinra” than with “stimulated” in 7 of 8 donors"
    ) in shipped.say()
    assert shipped.culture_changes["p_value"].tolist() == [4 / 256]


def test_the_summary_has_at_most_five_points(shipped):
    told = report.summarise_t_cells(
        shipped.chapter, shipped.words, moved=shipped.moved, cultured=shipped.cultured
    )
    assert len([sentence for sentence in told if sentence]) == 5


def test_every_table_and_caption_counts_the_same_patients(shipped):
    run = shipped
    assert len(report.tabulate_measured(run.measured, run.groups, run.words)) == 15
    table = report.tabulate_shift(run.shift, run.groups)
    assert len(table) == 6
    assert "n = 6" in report.caption_shift(run.shift, run.words)
    assert "n = 6" in report.caption_shift_table(run.shift, run.words)
    counting = report.tabulate_counting(run.counted, run.words)
    assert counting["fewest cells"].min() == 10
    assert "n = 70" in report.caption_counting(run.counted)
    caption = report.caption_memory_and_ck(run.tests["fall"], run.chapter.study.config, run.words)
    assert "n = 8" in caption
    assert "exact permutation p" in caption


def test_without_core_set_and_cultures_the_chapter_still_stands(study):
    run = Run(study, without=("core_set", "in_vitro"))
    told = run.say()
    assert "Memory cells and CK cannot be compared" in told
    assert "No cultures were measured in this study." in told
    assert "In culture" not in told
    assert "both then and at Month 6. Only at" in told  # one arm: no count by group
    assert report.describe_memory_figure(run.memory, run.chapter.study.config).startswith("nobody")
    assert report.describe_culture_figure(run.culture_changes, run.culture_words) == (
        "no cultures were measured."
    )


def test_nobody_measured_twice_leaves_every_change_open(study):
    told = Run(study, keep=lambda table: table[table["month"] == 0]).say()
    assert "Nobody has cells at both visits, so no change can be judged." in told
    assert "Nobody has both populations at both visits, so no shift can be seen." in told
    assert "Whether cells shift between Th17 and Th1 stays open" in told
    assert "nan" not in told


def test_one_patient_is_told_in_the_singular(study):
    told = Run(study, keep=lambda table: table[table["patient_id"] == "P01"]).say()
    assert "With 1 pair the smallest p-value that an exact test can give is 1" in told
    assert "1 of 1 patients (100 %, 95 % CI 3 to 100 %)" in told  # 1/1: 0.025 to 1
    assert "Memory cells and CK cannot be compared: a correlation needs two pairs" in told
    assert "nan" not in told


def test_without_numbers_of_cells_there_is_no_counting_interval(study):
    run = Run(study, keep=lambda table: table.assign(events=pd.NA).astype({"events": "Int64"}))
    told = run.say()
    assert "How many cells were counted is not recorded" in told
    assert "Whether counting alone could make these changes is not known" in told
    assert report.tabulate_counting(run.counted, run.words).empty
    assert "(no interval)" in report.tabulate_shift(run.shift, run.groups).to_csv()


def test_everybody_measured_names_nobody_missing(study):
    run = Run(study)
    everybody = run.measured.assign(before=True, after=True, measured="both visits")
    told = report.describe_measured(run.chapter, everybody, run.groups, run.words)
    assert told.endswith("Nobody is missing.")


@pytest.mark.parametrize(
    ("towards", "n", "words"),
    [(0, 30, "in few patients"), (30, 30, "in most patients"), (3, 6, "the rule or the exception")],
)
def test_the_conclusion_follows_the_interval_of_the_share(study, towards, n, words):
    chapter = Chapter(study, "04_t_cell_phenotype")
    shift = pd.DataFrame({"shift": ["towards Th1"] * towards + ["both fell"] * (n - towards)})
    counted = {f"{name}_beyond_counting": pd.array([True] * n) for name in ("ifn_gamma", "il17a")}
    report.record_shift(chapter, shift.assign(patient_id="P01", **counted))
    report.record_memory_and_ck(chapter, pd.DataFrame(columns=["memory", "fall", "fall_percent"]))
    told = report.conclude_t_cells(chapter, pd.DataFrame(columns=["p_value"]), WORDS, WORDS)
    assert words in told[0]
    assert told[1:] == ["", ""]


WORDS = report.name_cells(
    pd.DataFrame({"population": ["CD4+ CD45RO+", "CD4+ FoxP3+"], "parent": "CD4+ T cells"}),
    ends=("before", "after"),
)


@pytest.mark.parametrize(
    ("memory", "fall", "start"),
    [
        ([1, 2, 3, 4, 5], [5.0, 4, 3, 2, 1], "Many memory cells at before went with a worse"),
        ([1, 2, 3, 4, 5], [1.0, 2, 3, 4, 5], "Many memory cells at before went with a better"),
        ([1, 2, 3, 4, 5], [3.0, 1, 5, 2, 4], "Memory cells at before are not shown"),
    ],
)
def test_the_conclusion_on_memory_cells_follows_sign_and_p(study, memory, fall, start):
    chapter = Chapter(study, "04_t_cell_phenotype")
    pairs = pd.DataFrame({"memory": memory, "fall": fall, "fall_percent": fall})
    pairs["patient_id"] = list("ABCDE")
    report.record_shift(chapter, Run(study).shift)
    report.record_memory_and_ck(chapter, pairs.astype({"memory": float}))
    told = report.conclude_t_cells(chapter, pd.DataFrame(columns=["p_value"]), WORDS, WORDS)
    assert told[1].startswith(start)


def test_unknown_populations_keep_their_names_and_known_ones_come_first():
    assert list(WORDS.labels.values()) == ["memory CD4 (CD45RO+)", "CD4+ FoxP3+"]
    told = report.describe_populations(WORDS)
    assert "CD4+ FoxP3+. Not measured in this study: naive CD4 (CD45RA+)" in told
    assert report.title_populations(WORDS)["CD4+ FoxP3+"] == "CD4+ FoxP3+,\n% of CD4+ T cells"
