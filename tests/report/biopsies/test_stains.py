"""Stains and units as the field writes them."""

from tests.report.biopsy_cohorts import make_biopsies, stain
from tests.study_folders import make_config

from helpers.derive.laboratory import ihc
from helpers.report.biopsies import stains as report


def test_stains_are_written_as_in_the_field():
    words = report.name_biopsies(
        ihc.average_readers(make_biopsies(stain("A", 0, 1, marker="IL-1alpha"))),
        ends=("Baseline", "Month 6"),
    )
    assert words.title_panels() == {"IL-1alpha": "IL-1α, cells/mm²"}
    assert "IL-1α (a cytokine" in report.describe_stains(words, make_config())


def test_a_study_may_say_more_of_a_stain_than_the_field_does():
    words = report.name_biopsies(
        ihc.average_readers(make_biopsies(stain("A", 0, 1, marker="CD3"))), ends=("a", "b")
    )
    own = make_config(markers={"CD3": {"shows": "what the drug kills"}})
    assert report.describe_stains(words, own) == "Stained were: CD3 (what the drug kills)."
    assert report.describe_stains(words, make_config()) == "Stained were: CD3 (T cells)."
