"""The figure of power: its sizes, its crosses and its words."""

import pytest
from tests.report.cohorts import read_words
from tests.report.predictor_runs import BETTER, FI, SAME, Run, make_fi

from helpers.report import power_curve as report


@pytest.fixture(scope="module")
def cohort():
    return Run(BETTER, SAME, tables=make_fi(**FI), predictor="functional_index")


@pytest.fixture(scope="module")
def planned(cohort):
    return cohort.plan(largest_arm=80)


def test_simulation_and_exact_power_are_held_against_each_other(cohort, planned):
    shares, _, curve, _, simulated = planned
    said = read_words(report.describe_simulation(cohort.chapter, simulated, curve, shares))
    assert said.startswith("The exact power and 200 simulated trials per size differ by at most")


def test_the_sizes_played_include_those_found(planned):
    simulated = planned[-1]
    assert {54, 70} <= set(simulated["n_per_arm"])
    assert simulated["n_per_arm"].max() <= 80
    assert report.choose_simulated_sizes([], 10) == list(range(2, 11))


def test_the_figure_is_cropped_beyond_the_sizes_found(planned):
    _, _, curve, found, _ = planned
    drawn = report.crop_curve(curve, found)
    assert drawn["n_per_arm"].max() == 80
    assert [size[:2] for size in report.point_out(found, drawn)] == [
        ("observed", 54),
        ("observed", 70),
        ("high", 16),
        ("high", 21),
    ]


def test_captions_and_words_name_assumption_and_simulation(planned):
    shares, _, _, found, simulated = planned
    caption = read_words(report.caption_power(shares, simulated))
    assert "when 20 % respond on placebo" in caption
    assert "Crosses: 200 simulated trials each" in caption
    assert "Crosses" not in report.caption_power(shares, simulated.iloc[:0])
    assert "54 per arm for 80 %" in read_words(report.describe_power(found, shares))
    assert list(report.label_scenarios(shares)) == ["observed", "low", "high"]
