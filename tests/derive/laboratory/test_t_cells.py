"""T cells: counting intervals, who was measured, which way cells shifted, pairs of cultures."""

import hypothesis.strategies as st
import pandas as pd
import pytest
from hypothesis import given, settings

from helpers.derive.laboratory import t_cells as cells
from helpers.stats.exact.exact import binomial_interval
from helpers.study import read_study

NA = float("nan")
MONTHS = (0.0, 6.0)
IFN, IL17 = cells.IFN_GAMMA.name, cells.IL17A.name


def make_cells(*rows):
    """Rows of (patient, month, population, percent, events)."""
    frame = pd.DataFrame(rows, columns=["patient_id", "month", "population", "percent", "events"])
    return frame.assign(parent="CD4+ T cells").astype({"percent": "float64", "events": "Int64"})


def count(*rows):
    return cells.derive_counting_interval(make_cells(*rows))


# scipy 1.17 binomtest(k, n).proportion_ci(), in per cent; 0 of 1 by hand: 1 - 0.025.
@pytest.mark.parametrize(
    ("percent", "events", "low", "high"),
    [
        (50.0, 10, 18.70860, 81.29140),
        (0.0, 10, 0.0, 30.84971),
        (100.0, 10, 69.15029, 100.0),
        (1.0, 1000, 0.4805511, 1.831324),
        (0.0, 1, 0.0, 97.5),
    ],
)
def test_the_interval_is_the_exact_binomial_one(percent, events, low, high):
    [row] = count(("A", 0.0, IFN, percent, events)).to_dict("records")
    assert row["cells"] == percent / 100 * events
    assert (row["low"], row["high"]) == pytest.approx((low, high), rel=1e-5)
    assert row["reason"] == ""


@settings(deadline=None, max_examples=25)
@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_agrees_with_the_one_found_by_search(counts):
    k, n = counts
    [row] = count(("A", 0.0, IFN, 100 * k / n, n)).to_dict("records")
    expected = binomial_interval(k, n).interval
    assert row["low"] / 100 == pytest.approx(expected.low, abs=1e-7)
    assert row["high"] / 100 == pytest.approx(expected.high, abs=1e-7)


def test_a_rounded_percentage_stands_for_whole_cells():
    # 0.03 % of 32069 is 9.6 cells.
    assert count(("A", 0.0, IL17, 0.03, 32069))["cells"].tolist() == [10]


@pytest.mark.parametrize(
    ("percent", "events", "reason"),
    [(NA, 100, "not measured"), (1.0, pd.NA, "cells not counted"), (1.0, 0, "cells not counted")],
)
def test_without_cells_there_is_no_interval_and_a_reason(percent, events, reason):
    [row] = count(("A", 0.0, IFN, percent, events)).to_dict("records")
    assert row["reason"] == reason
    assert pd.isna([row["cells"], row["low"], row["high"]]).all()


def test_a_percentage_above_100_and_a_doubled_row_are_refused():
    with pytest.raises(ValueError, match="expected values from 0 to 100, found 101"):
        count(("A", 0.0, IFN, 101.0, 10))
    with pytest.raises(ValueError, match="expected one row per patient_id x month x population"):
        count(("A", 0.0, IFN, 1.0, 10), ("A", 0.0, IFN, 2.0, 10))


def test_no_rows_stay_no_rows():
    empty = count(("A", 0.0, IFN, 1.0, 10)).iloc[:0]
    assert cells.derive_counting_interval(empty[make_cells().columns]).empty
    assert cells.derive_counted_change(empty, population=IFN, months=MONTHS).empty


def test_the_published_numbers_of_patients_with_cells():
    """Zong: viable cells of 8 of 15 at baseline, of 6 also at month 6."""
    study = read_study("anakinra_iim", tables=["t_cells"])
    patients = study.table("patients")["patient_id"].tolist()
    measured = cells.derive_measured(study.table("t_cells"), patients, months=MONTHS)
    assert (len(measured), measured["before"].sum(), measured["after"].sum()) == (15, 8, 6)
    assert (measured["measured"] == "never").sum() == 7


def test_a_row_without_a_percentage_is_not_a_measurement():
    table = make_cells(("A", 0.0, IFN, NA, 10), ("A", 6.0, IFN, 1.0, 10), ("B", 3.0, IFN, 1.0, 10))
    measured = cells.derive_measured(table, ["A", "B"], months=MONTHS)
    assert measured["measured"].tolist() == ["second visit only", "never"]


def test_a_change_carries_the_intervals_added_by_squares():
    # 10 % and 20 % of 100: scipy's binomtest gives 4.900469 to 17.62226 and 12.66556 to 29.18427;
    # by hand 10 - hypot(20 - 12.66556, 17.62226 - 10), 10 + hypot(29.18427 - 20, 10 - 4.900469).
    counted = count(("A", 0.0, IFN, 10.0, 100), ("A", 6.0, IFN, 20.0, 100))
    [row] = cells.derive_counted_change(counted, population=IFN, months=MONTHS).to_dict("records")
    assert row["change"] == 10
    assert (row["low"], row["high"]) == pytest.approx((-0.577942, 20.505048), abs=1e-4)
    assert row["beyond_counting"] is False


def test_more_cells_make_the_same_change_certain():
    counted = count(("A", 0.0, IFN, 10.0, 10000), ("A", 6.0, IFN, 20.0, 10000))
    change = cells.derive_counted_change(counted, population=IFN, months=MONTHS)
    assert change["beyond_counting"].tolist() == [True]


def test_only_patients_with_both_percentages_have_a_change():
    counted = count(
        ("A", 0.0, IFN, 1.0, 10),
        ("B", 6.0, IFN, 1.0, 10),
        ("C", 0.0, IFN, 1.0, 10),
        ("C", 6.0, IFN, NA, 10),
        ("D", 6.0, IFN, 3.0, pd.NA),
        ("D", 0.0, IFN, 1.0, 10),
    )
    change = cells.derive_counted_change(counted, population=IFN, months=MONTHS)
    assert change[["patient_id", "change"]].to_numpy().tolist() == [["D", 2.0]]
    assert change["beyond_counting"].isna().all()


@pytest.mark.parametrize(
    ("ifn", "il17", "shift"),
    [
        (0.1, -0.1, "towards Th1"),
        (-0.1, 0.1, "towards Th17"),
        (0.1, 0.1, "both rose"),
        (-0.1, -0.1, "both fell"),
        (0.0, -0.1, "no shift"),
        (0.1, 0.0, "no shift"),
        (0.0, 0.0, "no shift"),
    ],
)
def test_the_signs_decide_the_shift(ifn, il17, shift):
    change = [pd.DataFrame({"patient_id": ["A"], "change": [size]}) for size in (ifn, il17)]
    assert cells.derive_shift(*change)["shift"].tolist() == [shift]


def test_a_shift_needs_both_populations():
    ours, other = (pd.DataFrame({"patient_id": [name], "change": [1.0]}) for name in "AB")
    assert cells.derive_shift(ours, other).empty


def test_the_published_shift_of_five_of_six():
    """Zong 2014: less IL-17A and more IFN-gamma in 5 of 6."""
    counted = cells.derive_counting_interval(
        read_study("anakinra_iim", tables=["t_cells"]).table("t_cells")
    )
    changes = [
        cells.derive_counted_change(counted, population=name, months=MONTHS) for name in (IFN, IL17)
    ]
    shift = cells.derive_shift(*changes)
    assert (shift["shift"] == "towards Th1").sum() == 5
    assert len(shift) == 6


def make_ck(*rows):
    return pd.DataFrame(rows, columns=["patient_id", "month", "ck"])


def test_memory_cells_meet_the_fall_of_ck_of_the_same_patient():
    table = make_cells(
        ("A", 0.0, cells.MEMORY.name, 40.0, 10),
        ("B", 0.0, cells.MEMORY.name, 60.0, 10),
        ("C", 0.0, cells.MEMORY.name, 70.0, 10),
        ("A", 6.0, cells.MEMORY.name, 99.0, 10),
        ("D", 0.0, cells.NAIVE.name, 30.0, 10),
    )
    ck = make_ck(
        ("B", 0.0, 0.0), ("B", 6.0, 1.0), ("A", 0.0, 8.0), ("A", 3.0, 1.0), ("A", 6.0, 6.0),
        ("C", 0.0, 5.0), ("C", 6.0, NA), ("D", 0.0, 5.0), ("D", 6.0, 5.0),
    )  # fmt: skip
    both = cells.derive_memory_and_ck(table, ck, baseline_month=0.0, month=6.0)
    assert both[["patient_id", "memory", "fall"]].to_numpy().tolist() == [
        ["A", 40.0, 2.0],
        ["B", 60.0, -1.0],
    ]
    assert both["fall_percent"].iloc[0] == 25
    assert both["fall_percent"].isna().tolist() == [False, True]


def test_without_a_core_set_nobody_can_be_compared():
    table = make_cells(("A", 0.0, cells.MEMORY.name, 40.0, 10))
    assert cells.derive_memory_and_ck(table, None, baseline_month=0.0, month=6.0).empty


def make_wells(*rows):
    frame = pd.DataFrame(rows, columns=["donor", "condition", "analyte", "concentration"])
    return frame.assign(unit="pg/mL")


def test_each_culture_is_compared_with_the_first_condition():
    wells = make_wells(
        ("D1", "alone", "IL-17A", 9.0),
        ("D1", "drug", "IL-17A", 5.0),
        ("D1", "other", "IL-17A", 7.0),
        ("D2", "drug", "IL-17A", 4.0),
    )
    pairs = cells.derive_culture_pairs(wells)
    assert pairs[["donor", "panel", "before", "after"]].fillna(-1).to_numpy().tolist() == [
        ["D1", "IL-17A, drug", 9.0, 5.0],
        ["D2", "IL-17A, drug", -1, 4.0],
        ["D1", "IL-17A, other", 9.0, 7.0],
        ["D2", "IL-17A, other", -1, -1],
    ]
    absent = "one culture of the pair is absent"
    assert pairs["reason"].tolist() == ["", absent, "", absent]


def test_one_condition_alone_or_no_cultures_make_no_pairs():
    assert cells.derive_culture_pairs(make_wells(("D1", "alone", "IL-17A", 9.0))).empty
    assert cells.derive_culture_pairs(None).empty


def test_two_cultures_of_one_condition_are_refused():
    doubled = make_wells(("D1", "alone", "IL-17A", 9.0), ("D1", "alone", "IL-17A", 8.0))
    with pytest.raises(ValueError, match="expected one row per donor x analyte x condition"):
        cells.derive_culture_pairs(doubled)
