"""Findings of candidates: clear, fragile, none, and nothing to compare."""

import pytest
from tests.report.cohorts import read_words
from tests.report.predictor_cohorts import compare, make_fi

from helpers.report.predictors import candidate_comparison as report


def test_a_published_trial_gives_its_finding(trial):
    # W = 7 of 49 pairs: R's pwilcox gives 0.02622 two-sided.
    words = read_words(report.describe_findings(trial.ledger, trial.comparison))
    assert words == (
        "Of 7 candidates compared, 1 had p below 0.05: patient global activity, lower in "
        "responders (AUC 0.14, 95 % CI 0.04 to 0.45; p = 0.026). After adjustment within the "
        "families none stays below it."
    )


def test_what_stays_after_adjustment_is_named(separated):
    words = read_words(report.describe_findings(separated.ledger, separated.comparison))
    assert "Functional Index, higher in responders (AUC 1.00" in words
    assert words.endswith("After adjustment within the families Functional Index stays below it.")


def test_no_small_p_is_a_short_sentence():
    run = compare(["A", "B"], ["C", "D"], tables=make_fi(A=1.0, B=2.0, C=3.0, D=4.0))
    words = read_words(report.describe_findings(run.ledger, run.comparison))
    assert words == "Of 7 candidates compared, 0 had p below 0.05."
    assert report.describe_fragile(run.ledger, run.comparison) == ""


def test_a_p_that_one_patient_can_undo_is_called_fragile(trial):
    words = read_words(report.describe_fragile(trial.ledger, trial.comparison))
    assert words.startswith("One patient less can lift the p above 0.05 for patient global")
    assert "(up to 0.051)" in words


def test_a_p_that_nobody_can_undo_is_called_so(separated):
    words = report.describe_fragile(separated.ledger, separated.comparison)
    assert words.startswith("None of these p-values rises above 0.05")


def test_the_comparison_and_the_absences_have_a_row_for_each_candidate(trial, nobody):
    table = report.tabulate_comparison(trial.comparison)
    row = table.set_index("candidate").loc["Patient global activity"]
    assert row["n (resp. + others)"] == "7 + 7"
    assert read_words(row["AUC (95 % interval)"]) == "0.14 (0.04 to 0.45)"
    lost = report.tabulate_comparison(nobody.comparison)
    assert set(lost["shift (95 % interval)"]) == {"not defined"}
    absences = report.tabulate_left_out(trial.comparison).set_index("candidate")
    assert absences.loc["Patient global activity", "p without one patient"] == "0.002 to 0.051"


@pytest.mark.parametrize(("names", "links"), [("nobody", 0), ("A, B", 2)])
def test_patients_of_the_absences_are_links(names, links):
    assert report.format_patients(names).count("href=") == links


def test_a_reason_stands_beside_missing_numbers_only(trial, nobody):
    for compared in (trial, nobody):
        for result in compared.ledger.ledger:
            assert (result.reason == "") == (result.value is not None), result.id
