"""What the chapter says of predictors: many, few and no responders, one table or all of them."""

from dataclasses import replace

import pandas as pd
import pytest
from tests.report.predictor_runs import Run, make_fi, read_words
from tests.study_folders import make_config

from helpers.derive.biomarkers import CANDIDATES, derive_response_matrix
from helpers.report import biomarkers as report
from helpers.report.chapter import Chapter
from helpers.study import read_study

BETTER, SAME = list("ABCDEFG"), list("HIJKLMNO")
SEPARATED = make_fi(
    **{name: 40.0 + i for i, name in enumerate(BETTER)},
    **{name: 10.0 + i for i, name in enumerate(SAME)},
)


@pytest.fixture(scope="module")
def trial():
    return Run([], [], study=read_study("endurance_training_iim"), predictor="extramuscular")


@pytest.fixture(scope="module")
def separated():
    return Run(BETTER, SAME, tables=SEPARATED, predictor="functional_index")


@pytest.fixture(scope="module")
def nobody():
    return Run([], SAME, tables=SEPARATED, predictor="functional_index")


def test_the_groups_and_the_warning_of_two_arms_are_counted(trial):
    words = read_words(report.describe_groups(trial.chapter, trial.best, trial.arms))
    assert words.startswith("7 of 15 patients responded: they improved")
    assert "They are compared with the other 8." in words
    assert "All arms are taken together; 6 of 9 in “Endurance exercise” and 1 of 6 in" in words


def test_one_arm_needs_no_warning(separated):
    words = read_words(report.describe_groups(separated.chapter, separated.best, separated.arms))
    assert "All arms" not in words
    assert "could not be judged" not in words


def test_who_could_not_be_judged_is_named(separated):
    best = separated.best.assign(best_response="not evaluable").head(1)
    words = read_words(report.describe_groups(separated.chapter, best, separated.arms))
    assert "1 patient who could not be judged (A) is counted among the others." in words
    both = separated.best.assign(best_response="not evaluable").head(2)
    words = read_words(report.describe_groups(separated.chapter, both, separated.arms))
    assert "2 patients who could not be judged (A and B) are counted" in words


def test_nobody_to_compare_with_is_said(nobody):
    words = read_words(report.describe_groups(nobody.chapter, nobody.best, nobody.arms))
    assert words.startswith("0 of 8 patients responded")
    assert "Nobody is left to compare with" in words
    short = read_words(report.describe_groups_shortly(nobody.chapter))
    assert short == "0 of 8 patients responded; nobody is left to compare with."


def test_a_published_trial_gives_its_finding(trial):
    # W = 7 of 49 pairs: R's pwilcox gives 0.02622 two-sided.
    words = read_words(report.describe_findings(trial.chapter, trial.comparison))
    assert words == (
        "Of 7 candidates compared, 1 had p below 0.05: patient global activity, lower in "
        "responders (AUC 0.14, 95 % CI 0.04 to 0.45; p = 0.026). After adjustment within the "
        "families none stays below it."
    )


def test_what_stays_after_adjustment_is_named(separated):
    words = read_words(report.describe_findings(separated.chapter, separated.comparison))
    assert "Functional Index, higher in responders (AUC 1.00" in words
    assert words.endswith("After adjustment within the families Functional Index stays below it.")


def test_no_small_p_is_a_short_sentence():
    run = Run(["A", "B"], ["C", "D"], tables=make_fi(A=1.0, B=2.0, C=3.0, D=4.0))
    words = read_words(report.describe_findings(run.chapter, run.comparison))
    assert words == "Of 7 candidates compared, 0 had p below 0.05."
    assert report.describe_fragile(run.chapter, run.comparison) == ""


def test_nothing_to_compare_is_said_once_and_nothing_else_is_claimed(nobody):
    words = report.describe_findings(nobody.chapter, nobody.comparison)
    assert words.startswith("No candidate could be compared")
    assert report.describe_chance(nobody.chapter) == ""
    assert report.summarise_biomarkers(nobody.chapter, nobody.comparison) == [words]
    [conclusion] = report.conclude_biomarkers(nobody.chapter, nobody.comparison)
    assert conclusion.startswith("Nothing can be said about predictors")
    assert report.describe_candidates_figure(nobody.comparison).startswith("no candidate was")


def test_a_p_that_one_patient_can_undo_is_called_fragile(trial):
    words = read_words(report.describe_fragile(trial.chapter, trial.comparison))
    assert words.startswith("One patient less can lift the p above 0.05 for patient global")
    assert "(up to 0.051)" in words


def test_a_p_that_nobody_can_undo_is_called_so(separated):
    words = report.describe_fragile(separated.chapter, separated.comparison)
    assert words.startswith("None of these p-values rises above 0.05")


def test_chance_is_told_for_all_candidates_together(trial):
    words = read_words(report.describe_chance(trial.chapter))
    assert "the 7 responses had fallen on these 15 patients by chance" in words
    assert "all 6435 ways to deal out the responses" in words


def test_the_conclusion_follows_the_chance(trial, separated):
    [doubt] = report.conclude_biomarkers(trial.chapter, trial.comparison)
    assert "is no better than the best of so many would often be by chance" in read_words(doubt)
    [worth] = report.conclude_biomarkers(separated.chapter, separated.comparison)
    assert "worth testing again" in worth


def test_the_reach_of_7_and_8_patients_is_computed(separated):
    # 2 / 6435 = 0.00031; the largest significant U of 7 and 8 patients is 10: 1 - 10 / 56 = 0.82.
    first, second = map(read_words, report.describe_reach(separated.chapter))
    assert "With 7 responders and 8 others, complete separation gives p = 0.00031" in first
    assert "An AUC of at least 0.82 (or as far below 0.5)" in first
    assert "interval of 0.25 to 0.75" in second


def test_one_responder_is_singular_and_can_show_nothing():
    run = Run(["A"], ["B", "C", "D"], tables=make_fi(A=9.0, B=2.0, C=3.0, D=4.0))
    first = read_words(report.describe_reach(run.chapter)[0])
    assert first.startswith("With 1 responder and 3 others, complete separation gives p = 0.500")
    assert first.endswith("No outcome at all could have given p of 0.05 or less.")
    assert report.describe_out_of_reach(run.comparison) == ""
    assert "the 1 response had" in read_words(report.describe_chance(run.chapter))


def test_nobody_to_compare_can_show_nothing(nobody):
    [only] = report.describe_reach(nobody.chapter)
    assert read_words(only).startswith("With 0 responders and 8 others nothing can be compared")


def test_candidates_with_too_few_values_are_named():
    known = {"A": 9.0, "B": 8.0, "C": 7.0, "D": 6.0, "H": 1.0, "I": 2.0, "J": 3.0, "K": 4.0}
    run = Run(BETTER, SAME, tables=make_fi(**known))
    words = report.describe_out_of_reach(run.comparison)
    assert words == (
        "Measured in so few patients that only complete separation could have given p of 0.05 or "
        "less: Functional Index."
    )


def test_the_list_says_what_was_not_measured(trial):
    measured = [c for c in CANDIDATES if c.name in set(trial.values["candidate"])]
    absent = [c for c in CANDIDATES if c not in measured]
    words = report.describe_candidates(measured, absent)
    assert "Measured in this study: 7. Not measured: Functional Index, age" in words
    assert "all of them were measured" in report.describe_candidates(CANDIDATES, [])


def test_the_list_has_a_row_for_every_candidate_with_its_unit(trial):
    table = report.tabulate_candidates(trial.values, trial.tables, trial.config)
    assert len(table) == len(CANDIDATES)
    rows = table.set_index("candidate")
    assert rows.loc["Cycling time, min", "patients"] == 15
    assert rows.loc["Creatine kinase, ukat/L", "family (adjustment)"] == (
        "in no declared family (Holm)"
    )


def test_declared_families_keep_their_own_adjustment():
    family = {"title": "Stains", "endpoints": ["CD3"], "adjustment": "none"}
    config = make_config(endpoint_families={"biopsies": family})
    families, titles, methods = report.assign_families(CANDIDATES, config)
    assert (families["cd3"], families["age"]) == ("biopsies", report.UNDECLARED)
    assert (titles["biopsies"], methods["biopsies"]) == ("Stains", "none")


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (pd.DataFrame({"marker": ["CD3"], "unit": ["cells/mm2"]}), "CD3 (T cells), cells/mm2"),
        (pd.DataFrame({"marker": ["CD3"], "unit": [None]}), "CD3 (T cells)"),
        (None, "CD3 (T cells)"),
    ],
)
def test_a_candidate_carries_the_unit_of_its_table(table, expected):
    candidate = next(c for c in CANDIDATES if c.name == "cd3")
    tables = {} if table is None else {"biopsies": table}
    assert report.label_candidate(candidate, tables, make_config()) == expected


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


def test_the_matrix_is_described_by_the_medians_of_the_groups(separated):
    matrix = derive_response_matrix(separated.tables, separated.groups.index)
    words = report.describe_matrix(matrix, separated.groups)
    # Baselines are alike; responders gain 18 points of strength.
    assert "extramuscular, before: 4 in responders, 4 in the others" in words
    assert "MMT-8, change: 18 in responders, 0 in the others" in words
    assert "15 of 15 patients have every one of the 3" in read_words(
        report.describe_gaps(matrix, separated.groups)
    )
    members = report.list_members(separated.groups)
    table = report.tabulate_matrix(matrix, separated.best, members)
    assert table["patient"].tolist() == BETTER + SAME
    assert table["response"].iloc[0] == "improved"
    assert "3" in report.caption_matrix(matrix, separated.groups)


def test_without_measurements_the_matrix_says_so(separated):
    empty = derive_response_matrix({}, separated.groups.index)
    assert report.describe_matrix(empty, separated.groups).startswith("nothing was measured")
    assert report.describe_gaps(empty, separated.groups).startswith("None of these measurements")
    assert report.head_columns(empty) == {}
    members = report.list_members(separated.groups)
    assert len(report.tabulate_matrix(empty, separated.best, members)) == 15


def make_pairs(outcome):
    numbers = {"predictor": [1.0, 2.0, 3.0, 4.0, 5.0], "outcome": outcome}
    return pd.DataFrame({"association": "cd163_fi", "patient_id": list("ABCDE")} | numbers)


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ([9.0, 7.0, 6.0, 4.0, 1.0], "rho −1.00"),
        ([1.0, 4.0, 6.0, 7.0, 9.0], "not in the reported direction"),
        ([9.0, 7.0, 6.0, 4.0, 1.0], "p = 0.017), in the reported direction."),
    ],
)
def test_a_reported_relation_is_held_against_the_data(separated, outcome, expected):
    # 2 / 5! = 0.0167.
    results = report.compute_associations(make_pairs(outcome))
    chapter = Chapter(separated.study, "05_predictive_biomarkers")
    report.record_associations(chapter, results)
    words = read_words(report.describe_associations(chapter, results))
    assert expected in words
    [row] = report.tabulate_associations(results).to_dict("records")
    assert (row["n"], row["reported"]) == (5, "negative (Zong 2014)")


def test_relations_that_cannot_be_looked_at_are_said_to_be_so(separated):
    results = report.compute_associations(make_pairs([1.0] * 5).iloc[:0])
    assert results == {}
    assert report.describe_associations(separated.chapter, results).startswith("None of the")
    assert report.tabulate_associations(results).empty
    constant = report.compute_associations(make_pairs([1.0] * 5))
    assert report.describe_associations(separated.chapter, constant) == (
        "None of them is defined here."
    )


def test_the_summary_has_no_technical_words(trial):
    words = " ".join(map(read_words, report.summarise_biomarkers(trial.chapter, trial.comparison)))
    assert words.startswith("7 values from before treatment were compared between the two groups")
    assert "Still below it after adjustment for the number of tests: none." in words
    for jargon in ("AUC", "Westfall", "Newcombe", "Holm"):
        assert jargon not in words


def test_limits_name_the_candidate_with_the_fewest_patients(trial, separated):
    words = " ".join(report.describe_biomarker_limits(trial.chapter, trial.comparison))
    assert "(physician global activity) has 13 of 15" in read_words(words)
    assert "Without a control group" not in words
    alone = " ".join(report.describe_biomarker_limits(separated.chapter, separated.comparison))
    assert "Without a control group" in alone
    assert "in the fewest patients" not in alone


@pytest.mark.parametrize(("origin", "said"), [("reconstructed", True), ("collected", False)])
def test_an_invented_cohort_is_called_invented(separated, origin, said):
    config = separated.config.model_copy(update={"data_origin": origin})
    chapter = Chapter(replace(separated.study, config=config), "05_predictive_biomarkers")
    assert bool(report.conclude_origin(chapter)) is said


def test_a_reason_stands_beside_missing_numbers_only(trial, nobody):
    for run in (trial, nobody):
        for result in run.chapter.ledger:
            assert (result.reason == "") == (result.value is not None), result.id
