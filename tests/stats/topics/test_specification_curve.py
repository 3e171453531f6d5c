import math

import pandas as pd
import pytest
from scipy.stats import norm

from helpers.stats.exact.exact import auc, hedges_g
from helpers.stats.topics import specification_curve as stats

PATIENTS = list("ABCDEF")
VALUES = pd.Series([9.0, 8.0, 4.0, 5.0, 2.0, 1.0], index=PATIENTS)


def make_variants(**divisions):
    """A specification for each definition; + responds, - does not, ? is left out."""
    flags = {"+": True, "-": False, "?": None}
    parts = [
        pd.DataFrame(
            {
                "definition": name,
                "patient_id": PATIENTS,
                "responder": pd.array([flags[sign] for sign in signs], dtype="boolean"),
            }
        )
        for name, signs in divisions.items()
    ]
    return pd.concat(parts)


def curve_of(values=VALUES, **divisions):
    return stats.compute_specification_curve(
        make_variants(**divisions), values, choices=["definition"]
    )


def pick(curve, comparison, definition="a"):
    chosen = (curve["comparison"] == comparison) & (curve["definition"] == definition)
    return curve[chosen].iloc[0]


def test_ranks_give_the_auc_with_its_exact_p():
    row, twin = pick(curve_of(a="+++---"), "ranks"), auc([9, 8, 4], [5, 2, 1])
    assert row["estimate"] == pytest.approx(8 / 9)
    assert row["p_value"] == twin.p_value


def test_means_are_carried_over_to_the_scale_of_the_auc():
    row, g = pick(curve_of(a="+++---"), "difference"), hedges_g([9, 8, 4], [5, 2, 1])
    assert row["estimate"] == pytest.approx(norm.cdf(g.estimate / math.sqrt(2)))
    assert row["low"] == pytest.approx(norm.cdf(g.interval.low / math.sqrt(2)))
    assert row["p_value"] == g.p_value


def test_a_ratio_does_not_depend_on_the_unit():
    first, second = (pick(curve_of(VALUES * f, a="+++---"), "ratio") for f in (1.0, 60.0))
    assert first["estimate"] == pytest.approx(second["estimate"])


def test_a_value_of_0_has_no_ratio_and_says_so():
    row = pick(curve_of(VALUES - 1, a="+++---"), "ratio")
    assert math.isnan(row["estimate"])
    assert row["reason"] == "a value of 0 has no logarithm"


def test_patients_left_out_and_missing_values_do_not_count():
    values = VALUES.copy()
    values["F"] = float("nan")
    row = pick(curve_of(values, a="+++--?", b="++?---"), "ranks")
    assert (row["n_first"], row["n_second"]) == (3, 2)


def test_the_first_specification_is_the_main_one_and_rows_are_sorted():
    curve = curve_of(a="+++---", b="-+-+-+")
    assert curve["estimate"].is_monotonic_increasing
    main = curve[curve["is_main"]]
    assert main[["definition", "comparison"]].values.tolist() == [["a", "ranks"]]
    assert len(curve) == 6


def test_two_names_of_one_division_are_one_division():
    assert curve_of(a="+++---", b="+++---", c="++----")["division"].nunique() == 2


@pytest.mark.parametrize("signs", ["++++++", "------", "??????"])
def test_one_group_alone_gives_no_estimate_but_a_reason(signs):
    curve = curve_of(a=signs)
    assert curve["estimate"].isna().all()
    assert (curve["reason"] != "").all()
    summary = stats.summarise_curve(curve)
    assert (summary.n, summary.n_defined, summary.n_agreeing) == (3, 0, 0)
    assert math.isnan(summary.highest)


def test_the_summary_counts_sides_and_small_p():
    curve = pd.DataFrame(
        {
            "estimate": [0.4, 0.5, 0.5 + 1e-12, 0.7, 0.9, None],
            "p_value": [0.3, 1.0, 1.0, 0.05, 0.049, None],
            "division": [1, 1, 2, 2, 3, 3],
        }
    )
    summary = stats.summarise_curve(curve)
    assert (summary.n_below, summary.n_above, summary.n_agreeing) == (1, 2, 2)
    assert (summary.n_significant, summary.n_divisions) == (1, 3)
    assert (summary.lowest, summary.middle, summary.highest) == (0.4, 0.5, 0.9)
