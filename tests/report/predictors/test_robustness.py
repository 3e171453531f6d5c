"""What the chapter says of single patients and of the analyst's choices."""

import pytest
from tests.report.cohorts import read_words
from tests.report.predictor_cohorts import compare, compare_in, make_fi

from helpers.answers import biomarkers, robustness
from helpers.report.numbers import Numbers
from helpers.report.pieces import Figure, Table
from helpers.report.predictors import robustness as report
from helpers.stats.topics.specification_curve import CurveSummary
from helpers.study import read_study

NAMES = list("ABCDEF")
FI = {"A": 9.0, "B": 8.0, "C": 7.0, "D": 3.0, "E": 2.0, "F": 1.0}


@pytest.fixture(scope="module")
def trial():
    return compare_in(read_study("endurance_training_iim"))


@pytest.fixture(scope="module")
def small():
    return compare(NAMES[:3], NAMES[3:], tables=make_fi(**FI))


@pytest.fixture(scope="module")
def nobody():
    return compare([], NAMES, tables=make_fi(**FI))


def ask(compared, predictor="functional_index"):
    return biomarkers.one_predictor(compared, predictor=predictor)


def draw_curve(compared, predictor="functional_index"):
    return robustness.try_all_choices(ask(compared, predictor))


def test_an_unknown_predictor_is_refused_with_the_names(small):
    with pytest.raises(ValueError, match="no candidate is called 'CD163'; expected one of phys"):
        _ = ask(small, "CD163").values


def test_a_predictor_that_was_not_measured_has_no_values(small):
    assert ask(small, "cd163").values.empty


def test_one_predictor_is_described_with_and_without_each_patient(trial):
    one = ask(trial, "extramuscular")
    absences = report.pick_left_out(trial.left_out, one.values, "extramuscular")
    # Responders first, and patient N, without a value, not at all.
    assert "".join(absences["left_out"]) == "ABCDFIKEGHJLMO"
    assert absences["p_text"].str.startswith("p").all()
    assert "medians: non-responders 0.09, responders 0.11" in one.find("one_predictor").alt
    said = read_words(one.sentence)
    assert said.startswith("Extramuscular activity: AUC 0.60 (95 % CI")
    assert "Without one patient it lies between 0.54 and 0.68, most without J" in said
    assert report.find_area(trial.comparison, "extramuscular") == pytest.approx(0.602, abs=1e-3)


def test_a_predictor_that_could_not_be_compared_is_said_to_be_so(small, nobody):
    one = ask(small, "cd163")
    assert one.sentence == "CD163 (macrophages) could not be compared in this study."
    assert report.pick_left_out(small.left_out, one.values, "cd163").empty
    assert "was not measured in both" in one.find("one_predictor").alt
    assert ask(nobody).sentence == "Functional Index could not be compared in this study."


def test_two_patients_cannot_be_left_out():
    one = ask(compare(["A"], ["B"], tables=make_fi(A=9.0, B=1.0)))
    assert read_words(one.sentence).endswith("Too few patients to leave one out.")


def test_the_curve_of_a_published_trial_is_summed_up(trial):
    curve = draw_curve(trial, "extramuscular")
    first, idle = next(curve.list_pieces()).paragraphs
    words = read_words(first)
    assert words.startswith(
        "9 of 12 specifications agree that responders have the higher values, and 0 reach p "
        "below 0.05"
    )
    assert "6 of 18 could not be computed" in words
    assert idle.startswith("The rule for a baseline of 0 makes")
    assert "sorted by AUC" in curve.find("specification_curve", Figure).alt
    assert read_words(curve.sentence).startswith(
        "Analysed in 12 defensible ways, extramuscular activity was higher in"
    )


def test_options_without_an_estimate_are_not_offered_to_the_figure(trial):
    curve = draw_curve(trial, "extramuscular").curve
    assert set(report.list_options(curve)["comparison"]) == {"ranks", "difference"}


def test_several_idle_choices_are_listed(small):
    said = report.describe_idle_choices(draw_curve(small).curve)
    assert said.startswith("The rule for a baseline of 0 and the choice of visit with its rule")
    assert "make no difference" in said


def test_nobody_to_compare_gives_no_curve(nobody):
    curve = draw_curve(nobody)
    assert next(curve.list_pieces()).paragraphs[0].startswith("No specification")
    assert curve.find("specification_curve", Figure).alt.startswith("no specification")
    assert (curve.sentence, curve.conclusion) == ("", ("",))
    table = curve.find("specification_curve", Table).frame
    assert set(table["AUC (95 % interval)"]) == {"not defined"}
    assert (table["p"] != "").all()


def test_the_table_marks_the_main_analysis(small):
    curve = draw_curve(small)
    table = curve.find("specification_curve", Table)
    assert table.frame["no."].str.contains("main").sum() == 1
    assert len(table.frame) == len(curve.curve)
    assert str(len(table.frame)) in table.caption
    assert "n = 6 to 6" in curve.find("specification_curve", Figure).caption


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
    numbers = Numbers(small.study)
    report.record_curve(numbers, summary, "age")
    assert expected in read_words(report.conclude_curve(numbers, summary, "age"))
    assert "All of them divide the patients alike." in report.describe_curve(numbers, summary)


def test_lower_values_in_responders_are_called_lower(small):
    summary = make_summary(0, 4, 0)
    numbers = Numbers(small.study)
    report.record_curve(numbers, summary, "age")
    assert "have the lower values" in report.describe_curve(numbers, summary)
    assert "age was lower in" in report.summarise_choices(numbers, summary, "age")
