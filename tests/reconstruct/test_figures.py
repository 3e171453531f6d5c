"""Figures of the invented tables, recomputed by pandas and scipy from the committed files."""

import pandas as pd
import pytest
from scipy import stats

from helpers.reconstruct.figures import at, change, correlate, measure_all, pick
from helpers.study import read_study

CORE_SET = ["physician_global", "patient_global", "haq_di", "ck", "extramuscular", "mmt8"]


@pytest.fixture(scope="module")
def study():
    return read_study("anakinra_iim")


@pytest.fixture(scope="module")
def figures(shipped):
    return measure_all(shipped)


@pytest.fixture(scope="module")
def visits(study):
    table = study.table("core_set").merge(study.table("functional_index"), how="left")
    return table.set_index(["patient_id", "month"])


@pytest.fixture(scope="module")
def moved(visits):
    later = visits[visits.index.get_level_values("month") > 0]
    first = visits.xs(0, level="month").reindex(later.index.get_level_values(0))
    return later - first.to_numpy()


def test_spreads_and_correlations_at_baseline(visits, figures):
    first = visits.xs(0, level="month")
    assert figures["sd of patient global"] == pytest.approx(first["patient_global"].std())
    assert figures["sd of haq_di"] == pytest.approx(first["haq_di"].std())
    rho = first.corr("spearman")
    assert figures["rho physician, patient"] == pytest.approx(
        rho.loc["physician_global", "patient_global"]
    )
    assert figures["rho mmt8, haq_di"] == pytest.approx(rho.loc["mmt8", "haq_di"])
    assert figures["rho mmt8, fi"] == pytest.approx(rho.loc["mmt8", "fi"])


def test_changes_of_all_visits(visits, moved, figures):
    haq = moved["haq_di"].dropna()
    assert figures["share of haq_di that moved"] == pytest.approx((haq != 0).sum() / 33)
    rho = moved.corr("spearman")
    assert figures["rho change mmt8, haq_di"] == pytest.approx(rho.loc["mmt8", "haq_di"])
    assert figures["rho change mmt8, fi"] == pytest.approx(rho.loc["mmt8", "fi"])
    first = visits.xs(0, level="month").reindex(moved.index.get_level_values(0))
    percent = (moved[CORE_SET[:-1]] / first[CORE_SET[:-1]].to_numpy() * 100).abs().stack().dropna()
    between = ((percent >= 12) & (percent <= 25)).mean()
    assert figures["share of changes by 12 to 25 %"] == pytest.approx(between)


def test_p_of_the_stains_by_scipy(study, figures):
    biopsies = study.table("biopsies")
    stains = biopsies[biopsies["marker"] != "IL-1Ra"].pivot(
        index=["marker", "patient_id"], columns="month", values="value"
    )
    # scipy's exact p knows no ties, so that stains with tied steps are asked by permutation.
    p_values = []
    for _, pairs in stains.dropna().groupby("marker"):
        steps = (pairs[6.0] - pairs[0.0]).round(9)
        ranks = steps.abs().rank() * steps.apply(lambda step: 1 if step > 0 else -1)
        result = stats.permutation_test(
            (ranks.to_numpy(),), lambda x, axis: x.sum(axis), permutation_type="samples",
            vectorized=True, n_resamples=2**14,
        )  # fmt: skip
        p_values.append(result.pvalue)
    assert figures["smallest p of six stains"] == pytest.approx(min(p_values))
    assert figures["largest p of six stains"] == pytest.approx(max(p_values))
    assert figures["middle p of six stains"] == pytest.approx(pd.Series(p_values).median())


def test_a_correlation_with_ties_is_that_of_scipy():
    first, second = [1, 2, 2, 5, 9, 4], [3, 3, 1, 8, 7, 7]
    expected = stats.spearmanr(first, second).statistic
    found = correlate(dict(enumerate(first)), dict(enumerate(second)))
    assert found == pytest.approx(expected)


def test_what_was_not_measured_is_absent_and_not_zero():
    rows = [
        {"patient_id": "P01", "month": 0, "fi": 30, "kind": "a"},
        {"patient_id": "P01", "month": 3, "fi": None, "kind": "a"},
        {"patient_id": "P02", "month": 3, "fi": 20, "kind": "a"},
        {"patient_id": "P01", "month": 6, "fi": 36, "kind": "b"},
    ]
    assert pick(rows, "fi", kind="a") == {("P01", 0.0): 30.0, ("P02", 3.0): 20.0}
    assert at(pick(rows, "fi"), 3) == {"P02": 20.0}
    assert change(pick(rows, "fi")) == {("P01", 6.0): 6.0}
