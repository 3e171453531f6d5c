"""The figure of power: its sizes, its crosses and its words."""

import pytest
from tests.report.cohorts import read_words
from tests.report.predictor_cohorts import BETTER, FI, SAME, compare, make_fi, plan

from helpers.report.predictors import power_curve as report


@pytest.fixture(scope="module")
def planned():
    return plan(compare(BETTER, SAME, tables=make_fi(**FI)), largest_arm=80)


def test_simulation_and_exact_power_are_held_against_each_other(planned):
    said = report.describe_simulation(planned.ledger, planned.simulated, planned.shares)
    assert read_words(said).startswith(
        "The exact power and 200 simulated trials per size differ by at most"
    )


def test_the_sizes_played_include_those_found(planned):
    assert {54, 70} <= set(planned.simulated["n_per_arm"])
    assert planned.simulated["n_per_arm"].max() <= 80
    assert report.choose_simulated_sizes([], 10) == list(range(2, 11))


def test_the_figure_is_cropped_beyond_the_sizes_found(planned):
    drawn = report.crop_curve(planned.powers, planned.found)
    assert drawn["n_per_arm"].max() == 80
    assert [size[:2] for size in report.point_out(planned.found, drawn)] == [
        ("observed", 54),
        ("observed", 70),
        ("high", 16),
        ("high", 21),
    ]


def test_captions_and_words_name_assumption_and_simulation(planned):
    figure = planned.find("power")
    caption = read_words(figure.caption)
    assert "when 20 % respond without treatment" in caption
    assert "Crosses: 200 simulated trials each" in figure.note
    assert "Crosses" not in report.explain_power(planned.shares, planned.simulated.iloc[:0])
    assert "54 per arm for 80 %" in read_words(figure.alt)
    assert list(report.label_scenarios(planned.shares)) == ["observed", "low", "high"]
