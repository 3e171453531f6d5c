"""What the chapter on response says: right for nobody, one and everybody, and never "nan"."""

import pandas as pd
import pytest
from tests.answers.asked import FACTORIES, list_questions
from tests.report.cohorts import make_cohort, one_arm, read_words, two_arms

from helpers.answers import response
from helpers.contracts.response import Response
from helpers.report import words
from helpers.report.pieces import Figure, Table
from helpers.report.response import clinical_response as report
from helpers.stats.groups import compare_shares, summarise_share
from helpers.study import read_study


def describe(study):
    return read_words(response.share(study).sentence)


def compare(study):
    share = response.share(study)
    return read_words(report.describe_comparison(share.ledger, share.shares))


def conclude(study):
    return " ".join(map(read_words, response.share(study).conclusion))


def summarise(study):
    return read_words(response.share(study).summary[0])


def tabulate(study):
    return response.responders(study).find("response_by_patient").frame


@pytest.fixture(scope="module")
def endurance():
    """The published trial, from its tables to every sentence."""
    return read_study("endurance_training_iim", tables=response.TABLES)


class TestHowManyImproved:
    def test_of_the_published_trial(self, endurance):
        # Alemo Munters et al 2013: 6 of 9 and 1 of 6.
        assert describe(endurance) == (
            "6 of 9 patients in the arm “Endurance exercise” improved (67 %, 95 % CI 30 to 93 %) "
            "and 1 of 6 patients in the arm “Control” improved (17 %, 95 % CI 0 to 64 %)."
        )

    @pytest.mark.parametrize(
        ("fates", "told"),
        [
            (["better"], "1 of 1 patient improved (100 %, 95 % CI 3 to 100 %)."),
            (["same", "worse"], "0 of 2 patients improved (0 %, 95 % CI 0 to 84 %)."),
            (["better", "better"], "2 of 2 patients improved (100 %, 95 % CI 16 to 100 %)."),
            (
                ["better", "unknown"],
                "1 of 2 patients improved (50 %, 95 % CI 1 to 99 %); 1 could not be judged (1 not "
                "measured then) and counts as not improved, and of those judged 1 of 1 improved "
                "(100 %).",
            ),
            (["unknown", None], "No patient could be judged (of 2: 2 not measured then)."),
        ],
    )
    def test_of_one_group(self, fates, told):
        assert describe(one_arm(*fates)) == told

    def test_of_a_group_of_which_nobody_could_be_judged(self):
        assert describe(two_arms("better", "same", "unknown", None)) == (
            "1 of 2 patients in the arm “exercise” improved (50 %, 95 % CI 1 to 99 %) and no "
            "patient in the arm “control” could be judged (of 2: 2 not measured then)."
        )


class TestComparison:
    def test_of_the_published_trial(self, endurance):
        assert compare(endurance).startswith(
            "Improved in “Endurance exercise” against “Control”: a difference of 50 percentage "
            "points (95 % CI −5 to 80); odds ratio 8.41 (95 % CI 0.745 to 270), p = 0.119 (Fisher"
        )

    def test_is_not_told_of_one_group_or_three(self):
        three = make_cohort(
            {"A": ["better"], "B": ["same"], "C": ["same"]}, arms={"A": "x", "B": "y", "C": "z"}
        )
        for study in (one_arm("better", "same"), three):
            assert (compare(study), response.share(study).test) == ("", None)

    @pytest.mark.parametrize(
        ("fates", "why"),
        [
            (["better"] * 4, "everybody improved"),
            (["same"] * 4, "nobody improved"),
            (["better", "same", "unknown", None], "nobody in “control” could be judged"),
            (["unknown"] * 4, "nobody in “exercise” or “control” could be judged"),
        ],
    )
    def test_says_why_there_is_none(self, fates, why):
        study = two_arms(*fates)
        told = f"“exercise” and “control” cannot be compared: {why}."
        assert (compare(study), conclude(study)) == (told, told)

    def test_an_arm_without_responders_has_an_infinite_ratio(self):
        assert " to ∞), p = 0.333" in compare(two_arms("better", "better", "same", "same"))

    def test_the_smallest_p_that_could_be_reached_is_told(self, endurance):
        # 7 of 15 improved. The least likely table has all 6 of the second arm among them, which
        # is 9 of the 6435 ways to choose 7 of 15: p = 0.0014.
        told = read_words(report.describe_reach(response.share(endurance).test))
        assert told.endswith("could have reached is p = 0.001.")
        assert report.describe_reach(None) == ""

    def test_a_p_value_below_the_limit_is_written_as_html(self):
        study = make_cohort(
                {f"{arm}{n}": [fate] for arm, fate in (("x", "better"), ("y", "same"))
                 for n in range(9)},
                arms={f"{arm}{n}": arm for arm in "xy" for n in range(9)},
                reference_arm="y",
            )  # fmt: skip
        assert "&lt;" in report.describe_reach(response.share(study).test)


class TestConclusion:
    def test_of_the_published_trial_allows_both(self, endurance):
        told = conclude(endurance)
        assert told.startswith(
            "A larger share improved in “Endurance exercise” than in “Control”, but chance alone "
            "could explain it (p = 0.119)"
        )
        assert "(95 % CI 0.745 to 270 for the odds ratio)" in told

    def test_the_larger_share_is_named_whichever_arm_is_first(self):
        assert conclude(two_arms("same", "same", "better", "same")).startswith(
            "A larger share improved in “control” than in “exercise”"
        )

    def test_equal_shares_are_not_called_a_difference(self):
        told = conclude(two_arms("better", "same", "better", "same"))
        assert told.startswith("The same share improved in “exercise” and in “control”; that does")

    def test_a_clear_difference_is_called_one_of_uncertain_size(self):
        fates = {f"x{n}": ["better"] for n in range(6)} | {f"y{n}": ["same"] for n in range(6)}
        arms = {patient: patient[0] for patient in fates}
        told = conclude(make_cohort(fates, arms=arms, reference_arm="y"))
        assert "A clearly larger share improved in “x” than in “y” (p = 0.002)" in told
        assert "remains uncertain" in told

    @pytest.mark.parametrize(
        ("fates", "untold"),
        [
            (["better", "same"], "why the patients improved."),
            (["same", "same"], "how untreated patients would fare."),
        ],
    )
    def test_of_one_group_credits_nothing(self, fates, untold):
        told = conclude(one_arm(*fates))
        assert "may lie anywhere in the interval (95 % CI" in told
        assert told.endswith(f"Without a control group they do not tell {untold}")

    def test_of_nobody_judged_says_nothing_about_improvement(self):
        assert conclude(one_arm("unknown", None)) == (
            "No patient could be judged, so these data say nothing about improvement."
        )

    def test_of_three_groups_does_not_deny_that_there_are_controls(self):
        study = make_cohort(
            {"A": ["better"], "B": ["same"], "C": ["same"]}, arms={"A": "x", "B": "y", "C": "z"}
        )
        assert "side by side" in conclude(study)
        assert "Without a control group" not in conclude(study)


class TestRecords:
    def test_shares_carry_their_interval_and_a_reason_only_where_missing(self):
        study = two_arms("better", "same", "unknown", None)
        judged = response.share(study).ledger["response.exercise.share"]
        unjudged = response.share(study).ledger["response.control.share"]
        assert (judged.value, judged.n, judged.reason) == (0.5, 2, "")
        assert judged.low == pytest.approx(0.0125791, abs=1e-7)  # Clopper-Pearson, 1 - 0.975 ** 0.5
        assert (unjudged.value, unjudged.reason) == (None, "nobody could be judged")

    @pytest.mark.parametrize("question", list_questions("response", "core_set", "extramuscular"))
    def test_no_defined_number_of_the_published_trial_has_a_reason_to_be_missing(
        self, endurance, question
    ):
        doubtful = [
            result.id
            for result in FACTORIES[question](endurance).ledger.ledger
            if result.value is not None and result.reason not in ("", "all differences are zero")
        ]
        assert doubtful == []

    @pytest.mark.parametrize(
        ("group", "slug"),
        [
            ("Anakinra 100 mg/day", "anakinra-100-mg-day"),
            ("  A  ", "a"),
            ("α", "u3b1"),
            ("αβ", "u3b1-u3b2"),
            ("TGF-β", "tgf"),
        ],
    )
    def test_a_group_of_any_name_can_be_recorded(self, group, slug):
        assert words.name_group(group) == slug

    def test_groups_named_in_greek_run_through(self):
        study = make_cohort({"A": ["better"], "B": ["same"]}, arms={"A": "α", "B": "β"})
        assert response.share(study).ledger["response.u3b1.improved"].value == 1


class TestBestResponse:
    def test_names_everybody_by_category(self):
        study = one_arm("better", "same", "worse", "unknown", "same")
        told = read_words(response.responders(study).sentence)
        assert told == (
            "Over all visits: 1 patient improved (A), 2 patients unchanged (B and E), 1 patient "
            "worsened (C) and 1 patient not evaluable (D)."
        )

    def test_patients_are_links(self):
        html = response.responders(one_arm("better")).sentence
        assert '<a class="patient" href="#patient-A">A</a>' in html

    def test_who_could_not_be_judged_is_neither_improved_nor_not(self):
        flags = one_arm("better", "same", "unknown", None).responses.responder
        assert flags.tolist()[:2] == [True, False]
        assert flags.isna().tolist() == [False, False, True, True]

    def test_the_first_visit_of_improvement_is_told_where_there_are_several(self):
        study = make_cohort(
            {"A": ["better", "same"], "B": ["same", "better"], "C": ["better", None]},
            months=(3.0, 6.0),
        )
        told = read_words(report.describe_time_to_response(study.responses.best, study.config))
        assert (
            told == "Improvement was first seen in 2 patients at Month 3 and 1 patient at Month 6."
        )

    @pytest.mark.parametrize("fate", ["better", "same"])
    def test_with_one_visit_there_is_nothing_to_say_about_time(self, fate):
        study = one_arm(fate)
        assert report.describe_time_to_response(study.responses.best, study.config) == ""


class TestTables:
    def test_each_patient_has_a_row_with_the_measures_that_decided(self):
        study = make_cohort({"A": ["same", "better"], "B": ["worse", None]}, months=(3.0, 6.0))
        table = tabulate(study)
        assert list(map(read_words, table)) == [
            "patient",
            "Month 3",
            "Month 6",
            "over all",
            "better",
            "worse",
        ]
        assert table.fillna("-").values.tolist() == [
            ["A", "unchanged", "improved", "improved", "Physician, Patient, MMT-8, HAQ-DI", ""],
            ["B", "worsened", "-", "worsened", "", "Physician, MMT-8, HAQ-DI, CK"],
        ]

    def test_with_one_visit_the_reason_stands_beside_it_and_groups_are_named(self):
        study = two_arms("better", "same", "worse", None)
        table = tabulate(study)
        assert list(map(read_words, table)) == [
            "patient",
            "group",
            "Month 3",
            "better",
            "worse",
            "why",
        ]
        assert table["group"].tolist() == ["exercise", "exercise", "control", "control"]
        assert table["why"].notna().tolist() == [True, True, True, False]

    def test_nobody_seen_leaves_a_row_for_everybody(self):
        study = one_arm(None, None)
        table = tabulate(study)
        assert table["patient"].tolist() == ["A", "B"]

    def test_shares_are_laid_out_with_those_not_judged(self):
        table = (
            response.share(two_arms("better", "same", "unknown", None))
            .find("response_by_group", Table)
            .frame
        )
        assert [[read_words(str(cell)) for cell in row] for row in table.values] == [
            ["exercise", "2", "2", "1", "2", "50 % (1 % to 99 %)"],
            ["control", "2", "0", "", "0", "not defined"],
        ]


class TestWords:
    def test_the_published_definition_is_said_to_be_in_force(self):
        assert response.definition(one_arm("better")).sentence == (
            "The limits are those of the published definition."
        )

    def test_a_study_whose_plan_differs_from_the_publication_says_so(self):
        study = make_cohort({"A": ["better"]}, response={"improvement_percent": 30})
        assert read_words(response.definition(study).sentence) == (
            "The limits differ from the published definition."
        )

    def test_a_run_that_departs_from_the_plan_says_how(self):
        changed = read_study("endurance_training_iim?improvement_percent=40", tables=["core_set"])
        told = read_words(response.definition(changed).sentence)
        assert told.startswith(
            "This is not the planned definition (a measure counts as better from this change, % of "
            "baseline: 40 instead of 20)"
        )
        assert "sensitivity question" in told

    @pytest.mark.parametrize(
        ("rule", "words"),
        [("infinite_worsening", "counts as worse"), ("not_evaluable", "is left out")],
    )
    def test_the_rule_for_zero_is_in_the_methods(self, rule, words):
        study = make_cohort({"A": ["better"]}, rules={"zero_baseline": rule})
        methods = dict(response.definition(study).methods)
        assert words in methods["Baseline of 0"]
        assert all(methods.values())

    def test_the_limits_count_what_could_not_be_judged(self):
        study = one_arm("better", "unknown")
        first, *_ = response.responders(study).limits
        assert first == (
            "Of 2 patient visits after baseline, 1 could not be judged for improvement; in 1 at "
            "least one criterion of worsening could not be judged."
        )

    def test_the_limits_follow_scale_and_arms(self, endurance):
        of_two = response.responders(endurance).limits
        of_one = response.responders(one_arm("better")).limits
        assert "5 mm to 4 mm" in of_two[1]
        assert "mm" not in of_one[1]
        assert of_two[-1] == ""
        assert of_one[-1].startswith("Without a control group")

    def test_the_summary_leaves_out_what_was_not_printed(self, endurance):
        assert all(response.published_flags(endurance).summary)
        assert response.published_flags(one_arm("better")).summary == ()

    def test_the_summary_leaves_out_a_comparison_of_one_group(self, endurance):
        assert all(response.share(endurance).summary)
        said = response.share(one_arm("better")).summary
        assert [bool(sentence) for sentence in said] == [True, False]

    @pytest.mark.parametrize(
        ("fates", "told"),
        [
            (("better", "same"), "%, 95 % CI 1 to 99 %); there was no control group."),
            (("unknown", None), "No patient could be judged (of 2: 2 not measured then)."),
        ],
    )
    def test_the_summary_of_one_arm_says_first_that_there_was_no_control_group(self, fates, told):
        assert summarise(one_arm(*fates)).endswith(told)

    def test_the_summary_of_two_arms_leads_with_both_shares_and_their_p(self, endurance):
        assert summarise(endurance).endswith(
            "in the arm “Control” improved (17 %, 95 % CI 0 to 64 %); p = 0.119 for the difference."
        )

    def test_the_summary_of_arms_that_cannot_be_compared_gives_no_p(self):
        assert summarise(two_arms("better", "same", "unknown", None)).endswith(
            "in the arm “control” could be judged (of 2: 2 not measured then)."
        )

    def test_shares_are_described_even_where_nobody_could_be_judged(self):
        figure = response.share(two_arms("better", "same", "unknown", None)).find(
            "response_by_group", Figure
        )
        assert read_words(figure.alt) == (
            "Share of patients improved. exercise: 1 of 2, 50 %, interval 1 % to 99 %; control: "
            "nobody could be judged."
        )


class TestCaptions:
    def test_the_shares_name_their_interval_and_test(self, endurance):
        caption = response.share(endurance).find("response_by_group", Figure).caption
        assert "(n = 15 counted)" in caption
        assert "Clopper-Pearson" in caption
        assert "Compared by Fisher" in caption
        flags = pd.Series([True], index=["A"], dtype="boolean")
        groups = pd.Series("x", index=["A"])
        alone = report.caption_shares(
            summarise_share(flags, groups), compare_shares(flags, groups), Response()
        )
        assert "Compared" not in alone

    def test_the_list_of_responses_counts_those_seen(self):
        assert (
            "(n = 1 seen)"
            in response.responders(one_arm("better", None)).find("response_by_patient").caption
        )
