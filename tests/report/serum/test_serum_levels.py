"""Levels in serum: outside quantification, above the healthy range."""

import pytest
from tests.report.cohorts import read_words
from tests.report.serum_cohorts import HEALTHY, compare, compare_anakinra, serum

from helpers.answers import cytokines
from helpers.report.serum import serum_levels as report


@pytest.fixture(scope="module")
def anakinra():
    return cytokines.levels(compare_anakinra())


def test_the_published_mean_and_range_before_treatment_are_recorded(anakinra):
    # Zong abstract: n = 14, mean 2559, range 467 to 6937 pg/mL
    mean = anakinra.ledger["serum.mean.il-1ra.baseline"]
    assert (mean.text, mean.n) == ("2559", 14)
    assert mean.method.endswith("range 467 to 6937")


def test_values_outside_quantification_are_counted_and_named():
    found = compare(serum("A", 0, 20), serum("A", 6, 10, "below"), serum("B", 0, 90, "above"))
    said = read_words(report.describe_outside(found.ledger, found.outside, found.study.config))
    assert "2 of 3 values of IL-1Ra" in said
    assert "A at Month 6: below 10 pg/mL and B at Baseline: above 90 pg/mL" in said
    shown = cytokines.levels(found).find("serum_levels").frame
    assert shown["range"].tolist() == ["20 to above 90", "below 10 to 10"]


def test_all_values_inside_quantification_are_said():
    found = compare(serum("A", 0, 20))
    assert report.describe_outside(found.ledger, found.outside, found.study.config) == (
        "Every value lies within the limits of quantification."
    )
    assert "Triangle" not in cytokines.change(found).note


def test_a_change_left_open_by_quantification_is_named_and_not_compared():
    found = compare(serum("A", 0, 10, "below"), serum("A", 6, 10, "below"))
    assert "Left out of the changes: A (IL-1Ra: values outside" in read_words(
        report.describe_open_changes(found.pairs)
    )
    assert read_words(found.sentence).startswith("0 of 2 patients can be compared")
    assert "A (values outside quantification leave the change open)" in read_words(found.sentence)


@pytest.mark.parametrize(
    ("levels", "said"),
    [((20, 30), "0 of 2 patients"), ((900, 840), "2 of 2 patients"), ((900, 839), "1 of 2 pati")],
)
def test_patients_above_the_healthy_range_are_counted(levels, said):
    rows = [serum(patient, 0, level) for patient, level in zip("AB", levels, strict=True)]
    found = compare(*rows, references={"IL-1Ra": HEALTHY})
    assert said in read_words(cytokines.reference(found).sentence)
    assert any("in another laboratory" in text for text in found.limits)


def test_proteins_without_a_healthy_range_are_named_together():
    found = compare(serum("A", 0, 20), serum("A", 0, 20, analyte="G-CSF"))
    reference = cytokines.reference(found)
    assert reference.sentence == "For IL-1Ra and G-CSF the study gives no range of healthy people."
    assert reference.summary == ()


def test_the_band_is_the_range_of_the_study():
    found = compare(serum("A", 0, 20), references={"IL-1Ra": HEALTHY, "TNF": HEALTHY})
    assert cytokines.change(found).bands == {"IL-1Ra": (11.0, 839.0)}
    assert "Son 2000" in cytokines.change(found).note
