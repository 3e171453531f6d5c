"""What the chapter says of single patients and of the analyst's choices."""

from dataclasses import replace

import pytest
from tests.report.cohorts import read_words
from tests.report.predictor_runs import Run, make_fi

from helpers.report import robustness as report
from helpers.report.numbers import Numbers
from helpers.stats.specification_curve import CurveSummary
from helpers.study import read_study

NAMES = list("ABCDEF")
FI = {"A": 9.0, "B": 8.0, "C": 7.0, "D": 3.0, "E": 2.0, "F": 1.0}


@pytest.fixture(scope="module")
def trial():
    return Run([], [], study=read_study("endurance_training_iim"), predictor="extramuscular")


@pytest.fixture(scope="module")
def small():
    return Run(NAMES[:3], NAMES[3:], tables=make_fi(**FI), predictor="functional_index")


@pytest.fixture(scope="module")
def nobody():
    return Run([], NAMES, tables=make_fi(**FI), predictor="functional_index")


def test_an_unknown_predictor_is_refused_with_the_names(small):
    with pytest.raises(ValueError, match="no candidate is called 'CD163'; expected one of phys"):
        report.pick_values(small.values, "CD163", small.groups)


def test_a_predictor_that_was_not_measured_has_no_values(small):
    assert report.pick_values(small.values, "cd163", small.groups).empty


def test_one_predictor_is_described_with_and_without_each_patient(trial):
    absences = report.pick_left_out(trial.left_out, trial.chosen, "extramuscular")
    # Responders first, and patient N, without a value, not at all.
    assert "".join(absences["left_out"]) == "ABCDFIKEGHJLMO"
    assert absences["p_text"].str.startswith("p").all()
    words = report.describe_one_predictor(trial.chosen, absences, "extramuscular")
    assert "medians: non-responders 0.09, responders 0.11" in words
    said = read_words(report.describe_dependence(trial.chapter, trial.comparison, "extramuscular"))
    assert said.startswith("Extramuscular activity: AUC 0.60 (95 % CI")
    assert "Without one patient it lies between 0.54 and 0.68, most without J" in said
    assert report.find_area(trial.comparison, "extramuscular") == pytest.approx(0.602, abs=1e-3)


def test_a_predictor_that_could_not_be_compared_is_said_to_be_so(small, nobody):
    said = report.describe_dependence(small.chapter, small.comparison, "cd163")
    assert said == "CD163 (macrophages) could not be compared in this study."
    empty = report.pick_values(small.values, "cd163", small.groups)
    absences = report.pick_left_out(small.left_out, empty, "cd163")
    assert absences.empty
    assert "was not measured in both" in report.describe_one_predictor(empty, absences, "cd163")
    said = report.describe_dependence(nobody.chapter, nobody.comparison, "functional_index")
    assert said == "Functional Index could not be compared in this study."


def test_two_patients_cannot_be_left_out():
    run = Run(["A"], ["B"], tables=make_fi(A=9.0, B=1.0), predictor="functional_index")
    said = read_words(report.describe_dependence(run.chapter, run.comparison, "functional_index"))
    assert said.endswith("Too few patients to leave one out.")


def test_the_curve_of_a_published_trial_is_summed_up(trial):
    words = read_words(report.describe_curve(trial.chapter, trial.together))
    assert words.startswith(
        "9 of 12 specifications agree that responders have the higher values, and 0 reach p "
        "below 0.05"
    )
    assert "6 of 18 could not be computed" in words
    assert report.describe_idle_choices(trial.curve).startswith(
        "The rule for a baseline of 0 makes"
    )
    assert "sorted by AUC" in report.describe_curve_figure(trial.together)
    short = read_words(report.summarise_choices(trial.chapter, trial.together, "extramuscular"))
    assert short.startswith("Analysed in 12 defensible ways, extramuscular activity was higher in")


def test_options_without_an_estimate_are_not_offered_to_the_figure(trial):
    assert set(report.list_options(trial.curve)["comparison"]) == {"ranks", "difference"}


def test_several_idle_choices_are_listed(small):
    said = report.describe_idle_choices(small.curve)
    assert said.startswith("The rule for a baseline of 0 and the choice of visit with its rule")
    assert "make no difference" in said


def test_nobody_to_compare_gives_no_curve(nobody):
    assert report.describe_curve(nobody.chapter, nobody.together).startswith("No specification")
    assert report.describe_curve_figure(nobody.together).startswith("no specification")
    assert report.summarise_choices(nobody.chapter, nobody.together, "functional_index") == ""
    assert report.conclude_curve(nobody.chapter, nobody.together, "functional_index") == ""
    table = report.tabulate_curve(nobody.curve)
    assert set(table["AUC (95 % interval)"]) == {"not defined"}
    assert (table["p"] != "").all()


def test_the_table_marks_the_main_analysis(small):
    table = report.tabulate_curve(small.curve)
    assert table["no."].str.contains("main").sum() == 1
    assert len(table) == len(small.curve)
    assert str(len(table)) in report.caption_curve_table(small.curve, "functional_index")
    assert "n = 6 to 6" in report.caption_curve(small.curve, "functional_index")


def make_summary(above, below, significant):
    return CurveSummary(
        n=above + below,
        n_defined=above + below,
        n_divisions=1,
        n_above=above,
        n_below=below,
        n_significant=significant,
        lowest=0.4,
        middle=0.6,
        highest=0.8,
        level=0.05,
    )


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((3, 1, 1), "even the direction depends on the analyst's choices."),
        ((4, 0, 4), "direction and small p hold under every choice tried."),
        ((0, 4, 0), "the direction holds under every choice tried, a small p under none."),
        ((4, 0, 1), "but a p below 0.05 depends on them (1 of 4)"),
    ],
)
def test_the_conclusion_follows_the_counts(small, counts, expected):
    summary = make_summary(*counts)
    chapter = Numbers(replace(small.study))
    report.record_curve(chapter, summary, "age")
    assert expected in read_words(report.conclude_curve(chapter, summary, "age"))
    assert "All of them divide the patients alike." in report.describe_curve(chapter, summary)


def test_lower_values_in_responders_are_called_lower(small):
    summary = make_summary(0, 4, 0)
    chapter = Numbers(replace(small.study))
    report.record_curve(chapter, summary, "age")
    assert "have the lower values" in report.describe_curve(chapter, summary)
    assert "age was lower in" in report.summarise_choices(chapter, summary, "age")
