import pandas as pd
import pytest

from helpers.stats.topics.ihc import correlate_panels, summarise_agreement


def make_readings(first, second, *, unit="cells/mm2", seen=(pd.NA, pd.NA)):
    n = len(first)
    return pd.DataFrame(
        {
            "marker": "CD3",
            "unit": unit,
            "first_reader": "a",
            "second_reader": "b",
            "first": [float(value) for value in first],
            "second": [float(value) for value in second],
            "first_expressed": pd.array([seen[0]] * n, dtype="boolean"),
            "second_expressed": pd.array([seen[1]] * n, dtype="boolean"),
        }
    )


def test_each_stain_is_correlated_exactly():
    # R 4: cor.test(1:8, c(2,1,4,3,6,5,8,7), method = "spearman"): rho 0.9047619, p 0.00456349
    level = [float(i) for i in range(1, 9)]
    pairs = pd.DataFrame({"panel": "CD163", "level": level, "fi": [2.0, 1, 4, 3, 6, 5, 8, 7]})
    found = correlate_panels(pairs)["CD163"]
    assert (found.estimate, found.p_value) == pytest.approx((0.9047619, 0.00456349))


def test_incomplete_pairs_are_counted():
    pairs = pd.DataFrame({"panel": "CD163", "level": [1.0, 2, 3, None], "fi": [3.0, 2, 1, 5]})
    found = correlate_panels(pairs)["CD163"]
    assert (found.n_used, found.n_missing, found.estimate) == (3, 1, -1.0)


def test_amounts_are_compared_by_intraclass_correlation():
    # by hand: mean squares of rows 25/6, of readers 0, of error 1/2; ICC(2,1) = (11/3) / (13/3)
    [row] = summarise_agreement(make_readings([9, 6, 8], [8, 6, 9])).to_dict("records")
    assert row["estimate"] == pytest.approx(11 / 13)
    assert (row["question"], row["measure"], row["n"]) == ("amount", "ICC(2,1)", 3)


def test_steps_are_compared_by_quadratic_weighted_kappa():
    # by hand: observed disagreement 1/4, expected 2: kappa = 1 - (1/4) / 2
    [row] = summarise_agreement(make_readings([0, 1, 2, 3], [0, 1, 2, 2], unit="grade")).to_dict(
        "records"
    )
    assert row["estimate"] == pytest.approx(0.875)
    assert row["measure"] == "quadratic-weighted kappa"


def test_seen_or_not_is_compared_by_kappa():
    readings = make_readings([1.0] * 4, [1.0] * 4, unit="grade").assign(
        first_expressed=pd.array([True, True, False, False], dtype="boolean"),
        second_expressed=pd.array([True, False, False, False], dtype="boolean"),
    )
    rows = summarise_agreement(readings).set_index("question")
    assert rows.loc["seen or not", "estimate"] == 0.5
    assert "same category only" in rows.loc["amount", "reason"]


def test_no_section_read_twice_gives_no_rows():
    assert summarise_agreement(make_readings([], [])).empty
