"""What is said of the Functional Index: measured, not measured, or only once."""

import pandas as pd
import pytest
from tests.report.cohorts import make_cohort, read_words

from helpers.answers import functional_index
from helpers.report.pieces import Figure, Table

NA = float("nan")


def make_index(**courses):
    """Make the table from each patient's totals at months 0, 3 and 6."""
    rows = [
        (patient, month, value)
        for patient, course in courses.items()
        for month, value in zip((0.0, 3.0, 6.0), course, strict=False)
    ]
    frame = pd.DataFrame(rows, columns=["patient_id", "month", "fi"])
    return frame.astype({"fi": "float64", "month": "float64"})


def ask(fates, index=None, **options):
    tables = None if index is None else {"functional_index": index}
    return functional_index.performance(
        make_cohort(fates, months=(3.0, 6.0), tables=tables, **options)
    )


FATES = {"A": ["better", "better"], "B": ["same", "same"], "C": ["worse", None]}
# A 20 to 24 (20 %) to 30 (50 %), B 40 to 47.5 (18.75 %) to 40, C 10 to 12 (20 %), then gone.
INDEX = make_index(A=[20, 24, 30], B=[40, 47.5, 40], C=[10, 12, NA])


@pytest.fixture(scope="module")
def measured():
    return ask(FATES, INDEX)


def tell(of):
    return read_words(of.sentence)


def tabulate(of):
    return of.find("functional_index", Table).frame


def test_the_change_and_who_improved_are_told(measured):
    # Month 6: +10 and 0; Walsh averages 0, 5, 10. One non-zero difference: p = 1. Of the 4 patterns
    # of two signs the widest interval leaves out 2: it covers half.
    assert tell(measured) == (
        "By Month 6 the Functional Index had changed by 5 points (50 % CI 0 to 10; p = 1, n = 2). "
        "At some visit it was better by at least 20 % in 1 of 1 responder and 1 of 2 other "
        "patients."
    )


def test_both_sides_of_the_limit_are_counted(measured):
    table = tabulate(measured)
    # 24 of 20 and 12 of 10 are 20 %, 47.5 of 40 is not; one judged visit less at month 6.
    assert table["improved"].tolist() == ["2 of 3", "1 of 2"]
    assert table["n"].tolist() == [3, 2]
    assert table[["median before", "median after"]].values.tolist() == [["20", "24"], ["30", "35"]]


def test_results_are_recorded_with_n_and_method(measured):
    change = measured.ledger["fi.change.month_3"]
    assert (change.n, change.unit, change.source) == (3, "points", "functional_index@0123456789ab")
    improved = measured.ledger["fi.improved.others"]
    assert (improved.value, improved.n) == (1, 2)
    assert "at least 20 %" in improved.method


def test_an_index_of_one_patient_has_no_interval(measured):
    alone = ask({"A": ["better", "better"]}, make_index(A=[20, 24, 30]))
    assert "changed by 10 points (no interval; p = 1, n = 1)." in tell(alone)
    table = tabulate(alone)
    assert table["change (95 % interval)"].tolist() == ["4 (no interval)", "10 (no interval)"]


def test_a_last_visit_without_pairs_is_said_to_be_one():
    gone = ask(FATES, make_index(A=[20, 24, NA], B=[40, 40, NA], C=[NA, 12, NA]))
    assert tell(gone).startswith(
        "At Month 6 the index could not be compared with baseline (no differences). At some visit"
    )


@pytest.mark.parametrize(
    ("index", "told"),
    [
        (None, "The Functional Index was not measured in this study."),
        (make_index(A=[20], B=[40]), "The Functional Index was not measured after baseline."),
    ],
)
def test_an_index_that_cannot_change_is_said_not_to_be_measured(index, told):
    of = ask(FATES, index)
    assert tell(of) == told
    assert of.flags.empty
    assert tabulate(of).empty
    assert of.methods == ()
    assert of.find("functional_index", Figure).alt == (
        "The Functional Index was not measured after baseline."
    )
    assert of.numbers.empty


def test_the_courses_are_described_by_their_medians(measured):
    told = read_words(measured.find("functional_index", Figure).alt)
    assert told == (
        "Functional Index of 3 patients: median 20 at baseline, 24 at Month 3 and 35 at Month 6."
    )


def test_the_caption_names_range_direction_and_n(measured):
    assert "0 to 64 points, higher is better (n = 3 seen after baseline)" in (
        measured.find("functional_index", Figure).caption
    )
    caption = measured.find("functional_index", Table).caption
    assert "exact signed-rank test, no change counted against a change" in caption
    assert "at least 20 %" in caption


def test_the_definition_in_force_is_among_the_methods(measured):
    [(name, words)] = measured.methods
    assert name == "Functional Index improved by at least 20 %"
    assert "the patient's own baseline" in words
