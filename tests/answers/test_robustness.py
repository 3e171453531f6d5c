"""One predictor under every defensible choice."""

from tests.report.predictor_cohorts import BETTER, SAME, SEPARATED, compare

from helpers.answers import biomarkers, robustness


def draw_curve(predictor):
    compared = compare(BETTER, SAME, tables=SEPARATED)
    return robustness.try_all_choices(biomarkers.one_predictor(compared, predictor=predictor))


def test_the_curve_is_of_the_predictor_that_was_asked_for():
    curve, other = draw_curve("functional_index"), draw_curve("mmt8")
    assert "Functional Index" in curve.find("specification_curve").caption
    assert curve.curve["estimate"].max() == 1
    assert other.curve["estimate"].max() == 0.5


def test_one_specification_is_the_main_analysis():
    curve = draw_curve("functional_index").curve
    [main] = curve[curve["is_main"]].to_dict("records")
    assert (main["n_first"], main["n_second"]) == (7, 8)
