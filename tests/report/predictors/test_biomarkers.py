"""What the chapter says of predictors: many, few and no responders, one table or all of them."""

from dataclasses import replace

import pytest
from tests.report.cohorts import read_words

from helpers.report.numbers import Numbers
from helpers.report.predictors import biomarkers as report
from helpers.report.predictors import candidate_comparison, predictor_reach


def test_nothing_to_compare_is_said_once_and_nothing_else_is_claimed(nobody):
    words = candidate_comparison.describe_findings(nobody.ledger, nobody.comparison)
    assert words.startswith("No candidate could be compared")
    assert predictor_reach.describe_chance(nobody.ledger) == ""
    assert report.summarise_biomarkers(nobody.ledger, nobody.comparison) == [words]
    [conclusion] = report.conclude_biomarkers(nobody.ledger, nobody.comparison)
    assert conclusion.startswith("Nothing can be said about predictors")
    assert candidate_comparison.describe_candidates_figure(nobody.comparison).startswith(
        "no candidate was"
    )


def test_the_conclusion_follows_the_chance(trial, separated):
    [doubt] = report.conclude_biomarkers(trial.ledger, trial.comparison)
    assert "is no better than the best of so many would often be by chance" in read_words(doubt)
    [worth] = report.conclude_biomarkers(separated.ledger, separated.comparison)
    assert "worth testing again" in worth


def test_the_summary_has_no_technical_words(trial):
    words = " ".join(map(read_words, report.summarise_biomarkers(trial.ledger, trial.comparison)))
    assert words.startswith(
        "After adjustment for the number of tests none of 7 values from before treatment differed "
        "between responders (n = 7) and the others (n = 8) with p below 0.05. Before adjustment 1 "
        "did: patient global activity (p = 0.026)."
    )
    for jargon in ("AUC", "Westfall", "Newcombe", "Holm"):
        assert jargon not in words


def test_what_stays_after_adjustment_is_named_first_with_its_adjusted_p(separated):
    kept = [f"predictor.{name}.p_adjusted" for name in separated.comparison["candidate"]]
    assert any(separated.ledger[name].value < 0.05 for name in kept)
    first = read_words(report.summarise_biomarkers(separated.ledger, separated.comparison)[0])
    assert " with p below 0.05: " in first
    assert "(adjusted p " in first


def test_limits_name_the_candidate_with_the_fewest_patients(trial, separated):
    words = " ".join(report.describe_biomarker_limits(trial.ledger, trial.comparison))
    assert "(physician global activity) has 13 of 15" in read_words(words)
    assert "Without a control group" not in words
    alone = " ".join(report.describe_biomarker_limits(separated.ledger, separated.comparison))
    assert "Without a control group" in alone
    assert "in the fewest patients" not in alone


@pytest.mark.parametrize(("origin", "said"), [("reconstructed", True), ("collected", False)])
def test_an_invented_cohort_is_called_invented(separated, origin, said):
    config = separated.study.config.model_copy(update={"data_origin": origin})
    chapter = Numbers(replace(separated.study, config=config))
    assert bool(report.conclude_origin(chapter)) is said
