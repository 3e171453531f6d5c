"""What the serum chapter says: limits of quantification, healthy ranges, drug, response."""

import pytest
from tests.report.cohorts import read_words
from tests.report.serum_cohorts import DRUG, compare, compare_anakinra, compare_many, serum

from helpers.answers import cytokines


@pytest.fixture(scope="module")
def anakinra():
    return compare_anakinra()


def conclude(serum):
    return " ".join(map(read_words, cytokines.change(serum).conclusion))


def test_the_reconstructed_cohort_says_what_was_published(anakinra):
    changed, drug, related, healthy, comparable = (
        read_words(answer.sentence)
        for answer in (
            cytokines.change(anakinra),
            cytokines.interference(anakinra),
            cytokines.compare_groups(anakinra),
            cytokines.reference(anakinra),
            anakinra,
        )
    )
    assert comparable.startswith("10 of 15 patients can be compared")
    assert "P12 (never measured)" in comparable
    assert "of 14 patients had more IL-1Ra than any" in healthy
    assert "11 to 839 pg/mL; mean 354" in healthy
    assert changed.startswith("Both proteins changed clearly from Baseline to Month 6:")
    assert "IL-1Ra rose to" in changed
    assert "G-CSF fell to" in changed
    assert drug.startswith("Warning: the IL-1Ra assay also measures the drug.")
    assert related.startswith("No level and no change differs clearly between responders")


def test_p_values_are_adjusted_in_the_family_of_serum_not_of_biopsies(anakinra):
    changes = cytokines.change(anakinra).changes
    assert changes["adjusted_p"].notna().all()
    assert set(changes["adjustment"]) == {"Holm, family “Serum proteins”"}


@pytest.mark.parametrize(("settings", "warned"), [(DRUG, True), ({}, False)])
def test_the_warning_stands_only_where_the_drug_is_given(settings, warned):
    found = compare(serum("A", 0, 20), serum("A", 6, 40), **settings)
    assert bool(cytokines.interference(found).sentence) == warned
    limits = " ".join(found.limits)
    assert ("cannot be told from the drug" in limits) == warned


def test_a_change_of_the_drugs_own_protein_is_not_credited_to_the_body():
    found = compare_many(lambda i: 100 + i, lambda i: 900 + 100 * i, **DRUG)
    assert "shows that the drug was in the blood" in conclude(found)
    assert "fits an effect of the treatment" not in conclude(found)
    other = compare_many(lambda i: 100 + i, lambda i: 900 + 100 * i)
    assert "fits an effect of the treatment" in conclude(other)


def test_without_any_pair_nothing_is_concluded_of_treatment():
    found = compare(serum("A", 0, 20))
    assert "cannot be told from these samples" in conclude(found)


def test_no_clear_change_is_not_called_no_change():
    found = compare_many(lambda i: 10 + i % 4, lambda i: 10 + (i + 1) % 4)
    assert "No clear change is not the same as no change" in conclude(found)
