"""Levels in serum: outside quantification, above the healthy range."""

import pytest
from tests.report.cohorts import read_words
from tests.report.serum_runs import HEALTHY, Run, run, serum

from helpers.report import serum_levels as report
from helpers.study import read_study


@pytest.fixture(scope="module")
def anakinra():
    return Run(read_study("anakinra_iim", tables=["cytokines", "core_set", "disposition"]))


def test_the_published_mean_and_range_before_treatment_are_recorded(anakinra):
    # Zong abstract: n = 14, mean 2559, range 467 to 6937 pg/mL
    mean = anakinra.chapter["serum.mean.il-1ra.baseline"]
    assert (mean.text, mean.n) == ("2559", 14)
    assert mean.method.endswith("range 467 to 6937")


def test_values_outside_quantification_are_counted_and_named():
    found = run(serum("A", 0, 20), serum("A", 6, 10, "below"), serum("B", 0, 90, "above"))
    said = read_words(report.describe_outside(found.chapter, found.outside, found.config))
    assert "2 of 3 values of IL-1Ra" in said
    assert "A at Month 6: below 10 pg/mL and B at Baseline: above 90 pg/mL" in said
    shown = report.tabulate_levels(found.levels, found.words, found.config)
    assert shown["range"].tolist() == ["20 to above 90", "below 10 to 10"]


def test_all_values_inside_quantification_are_said():
    found = run(serum("A", 0, 20))
    assert report.describe_outside(found.chapter, found.outside, found.config) == (
        "Every value lies within the limits of quantification."
    )
    assert "Triangle" not in report.explain_band(found.config, found.words, found.outside)


def test_a_change_left_open_by_quantification_is_named_and_not_compared():
    found = run(serum("A", 0, 10, "below"), serum("A", 6, 10, "below"))
    assert "Left out of the changes: A (IL-1Ra: values outside" in read_words(
        report.describe_open_changes(found.pairs)
    )
    assert found.summarise()[-1].startswith("0 of 2 patients can be compared")
    assert "A (values outside quantification leave the change open)" in found.summarise()[-1]


@pytest.mark.parametrize(
    ("levels", "said"),
    [((20, 30), "0 of 2 patients"), ((900, 840), "2 of 2 patients"), ((900, 839), "1 of 2 pati")],
)
def test_patients_above_the_healthy_range_are_counted(levels, said):
    rows = [serum(patient, 0, level) for patient, level in zip("AB", levels, strict=True)]
    found = run(*rows, references={"IL-1Ra": HEALTHY})
    assert said in found.summarise()[3]
    assert "in another laboratory" in found.describe_limits()


def test_proteins_without_a_healthy_range_are_named_together():
    found = run(serum("A", 0, 20), serum("A", 0, 20, analyte="G-CSF"))
    assert report.describe_reference(found.chapter, found.flags, found.words) == (
        "For IL-1Ra and G-CSF the study gives no range of healthy people."
    )
    assert found.summarise()[3] == ""


def test_the_band_is_the_range_of_the_study():
    found = run(serum("A", 0, 20), references={"IL-1Ra": HEALTHY, "TNF": HEALTHY})
    assert report.name_band(found.config, found.words) == {"IL-1Ra": (11.0, 839.0)}
    assert "Son 2000" in report.explain_band(found.config, found.words, found.outside)
