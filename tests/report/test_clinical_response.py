"""What the chapter on response says: right for nobody, one and everybody, and never "nan"."""

import re

import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from tests.report.cohorts import Run, make_cohort, read_words, run_arms, run_one

from helpers.derive.imacs import IMACS_2004, ImprovementDefinition
from helpers.report import clinical_response as report
from helpers.report import words
from helpers.report.tables import write_table
from helpers.report.words import escape
from helpers.stats.groups import compare_shares, summarise_share
from helpers.study import read_study

UNWRITTEN = re.compile(r"\bnan\b|\bNone\b|<NA>|&lt;NA&gt;|\bNaT\b|\(\)|\(,|\(;|: \.|\binf\b")
"""What no sentence may hold: a value that was not put in words, or a place left empty."""


def describe(run):
    return read_words(report.describe_response(run.chapter, run.shares))


def compare(run):
    return read_words(report.describe_comparison(run.chapter, run.shares))


def conclude(run):
    return " ".join(map(read_words, report.conclude_response(run.chapter, run.shares)))


@pytest.fixture(scope="module")
def endurance():
    """The published trial, from its tables to every sentence."""
    return Run(read_study("endurance_training_iim", tables=["core_set", "published_flags"]))


class TestEverySentence:
    def check(self, run):
        for text in run.tell():
            assert not UNWRITTEN.search(read_words(text)), text
            assert text == text.strip()
            assert not text or text.endswith((".", ")"))

    @settings(deadline=None, max_examples=6, derandomize=True, phases=[Phase.generate])
    @given(
        st.lists(
            st.lists(
                st.sampled_from(["better", "same", "worse", "unknown", None]),
                min_size=2,
                max_size=2,
            ),
            min_size=1,
            max_size=5,
        ),
        st.integers(1, 3),
        st.booleans(),
    )
    def test_holds_no_value_that_is_not_put_in_words(self, fates, n_arms, with_index):
        patients = [f"P&{place}" for place in range(len(fates))]
        arms = {patient: f"arm & {place % n_arms}" for place, patient in enumerate(patients)}
        index = pd.DataFrame({"patient_id": patients, "month": 0.0, "fi": 30.0})
        later = index.assign(month=6.0, fi=[40.0 if f[1] == "better" else None for f in fates])
        tables = {"functional_index": pd.concat([index, later], ignore_index=True)}
        cohort = make_cohort(
            dict(zip(patients, fates, strict=True)),
            months=(3.0, 6.0),
            arms=arms,
            tables=tables if with_index else None,
        )
        run = Run(cohort)
        self.check(run)
        for table in run.tabulate():
            html = write_table(table, name="t", caption="c")
            assert not UNWRITTEN.search(read_words(html.replace("<", " <"))), html

    @pytest.mark.parametrize("fate", ["better", "same", "worse", "unknown", None])
    def test_holds_where_all_patients_fare_the_same(self, fate):
        self.check(run_arms(fate, fate, fate, fate))

    @pytest.mark.parametrize("fate", ["unknown", None])
    def test_goes_with_a_figure_or_with_the_reason_why_there_is_none(self, fate):
        run = run_one(fate, fate)
        _, tiles, shares, scores, index, extramuscular = run.draw()
        assert (shares, scores, index) == (None, None, None)
        assert (tiles is None) is (fate is None)
        assert extramuscular is not None
        assert report.describe_shares(run.shares).endswith("treated: nobody could be judged.")

    def test_of_a_patient_escapes_the_name(self):
        run = Run(make_cohort({"<i>A</i>": ["better"]}, arms={"<i>A</i>": "<b>x</b>"}))
        shown = [*run.say(), *run.caption()]
        assert not re.search(r"<[ib]>", " ".join(shown))
        assert escape("<i>A</i>") in report.describe_best_response(run.best)

    def test_of_the_published_trial_holds(self, endurance):
        self.check(endurance)


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
            (["better", "unknown"], "1 of 1 patient improved (100 %, 95 % CI 3 to 100 %)."),
            (["unknown", None], "No patient could be judged."),
        ],
    )
    def test_of_one_group(self, fates, told):
        assert describe(run_one(*fates)) == told

    def test_of_a_group_of_which_nobody_could_be_judged(self):
        assert describe(run_arms("better", "same", "unknown", None)) == (
            "1 of 2 patients in the arm “exercise” improved (50 %, 95 % CI 1 to 99 %) and no "
            "patient in the arm “control” could be judged."
        )


class TestComparison:
    def test_of_the_published_trial(self, endurance):
        assert compare(endurance).startswith(
            "The odds of improvement in “Endurance exercise” against “Control”: odds ratio 8.41 "
            "(95 % CI 0.745 to 270), p = 0.119 (Fisher"
        )

    def test_is_not_told_of_one_group_or_three(self):
        three = make_cohort(
            {"A": ["better"], "B": ["same"], "C": ["same"]}, arms={"A": "x", "B": "y", "C": "z"}
        )
        for run in (run_one("better", "same"), Run(three)):
            assert (compare(run), run.test) == ("", None)

    @pytest.mark.parametrize(
        ("fates", "why"),
        [
            (["better"] * 4, "everybody improved"),
            (["same"] * 4, "nobody improved"),
            (["better", "same", "unknown", None], "nobody in “control” could be judged"),
            (["unknown"] * 4, "nobody in “exercise” and “control” could be judged"),
        ],
    )
    def test_says_why_there_is_none(self, fates, why):
        run = run_arms(*fates)
        told = f"“exercise” and “control” cannot be compared: {why}."
        assert (compare(run), conclude(run)) == (told, told)

    def test_an_arm_without_responders_has_an_infinite_ratio(self):
        assert " to ∞), p = 0.333" in compare(run_arms("better", "better", "same", "same"))

    def test_the_smallest_p_that_could_be_reached_is_told(self, endurance):
        # 7 of 15 improved. The least likely table has all 6 of the second arm among them, which
        # is 9 of the 6435 ways to choose 7 of 15: p = 0.0014.
        told = read_words(report.describe_reach(endurance.test))
        assert told.endswith("could have reached is p = 0.001.")
        assert report.describe_reach(None) == ""

    def test_a_p_value_below_the_limit_is_written_as_html(self):
        run = Run(
            make_cohort(
                {f"{arm}{n}": [fate] for arm, fate in (("x", "better"), ("y", "same"))
                 for n in range(9)},
                arms={f"{arm}{n}": arm for arm in "xy" for n in range(9)},
            )
        )  # fmt: skip
        assert "&lt;" in report.describe_reach(run.test)


class TestConclusion:
    def test_of_the_published_trial_allows_both(self, endurance):
        told = conclude(endurance)
        assert told.startswith(
            "A larger share improved in “Endurance exercise” than in “Control”, but chance alone "
            "could explain it (p = 0.119)"
        )
        assert "(95 % CI 0.745 to 270 for the odds ratio)" in told

    def test_the_larger_share_is_named_whichever_arm_is_first(self):
        assert conclude(run_arms("same", "same", "better", "same")).startswith(
            "A larger share improved in “control” than in “exercise”"
        )

    def test_equal_shares_are_not_called_a_difference(self):
        told = conclude(run_arms("better", "same", "better", "same"))
        assert told.startswith("The same share improved in “exercise” and in “control”; that does")

    def test_a_clear_difference_is_called_one_of_uncertain_size(self):
        fates = {f"x{n}": ["better"] for n in range(6)} | {f"y{n}": ["same"] for n in range(6)}
        arms = {patient: patient[0] for patient in fates}
        told = conclude(Run(make_cohort(fates, arms=arms)))
        assert "by more than chance easily explains (p = 0.002)" in told
        assert "remains uncertain" in told

    @pytest.mark.parametrize(
        ("fates", "untold"),
        [
            (["better", "same"], "why the patients improved."),
            (["same", "same"], "how untreated patients would fare."),
        ],
    )
    def test_of_one_group_credits_nothing(self, fates, untold):
        told = conclude(run_one(*fates))
        assert "may lie anywhere in the interval (95 % CI" in told
        assert told.endswith(f"Without a control group they do not tell {untold}")

    def test_of_nobody_judged_says_nothing_about_improvement(self):
        assert conclude(run_one("unknown", None)) == (
            "No patient could be judged, so these data say nothing about improvement."
        )

    def test_of_three_groups_does_not_deny_that_there_are_controls(self):
        run = Run(
            make_cohort(
                {"A": ["better"], "B": ["same"], "C": ["same"]}, arms={"A": "x", "B": "y", "C": "z"}
            )
        )
        assert "side by side" in conclude(run)
        assert "Without a control group" not in conclude(run)


class TestRecords:
    def test_shares_carry_their_interval_and_a_reason_only_where_missing(self):
        run = run_arms("better", "same", "unknown", None)
        judged = run.chapter["response.exercise.share"]
        unjudged = run.chapter["response.control.share"]
        assert (judged.value, judged.n, judged.reason) == (0.5, 2, "")
        assert judged.low == pytest.approx(0.0125791, abs=1e-7)  # Clopper-Pearson, 1 - 0.975 ** 0.5
        assert (unjudged.value, unjudged.reason) == (None, "no patient could be judged")

    def test_no_defined_number_of_the_published_trial_has_a_reason_to_be_missing(self, endurance):
        doubtful = [
            result.id
            for result in endurance.chapter.ledger
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
        run = Run(make_cohort({"A": ["better"], "B": ["same"]}, arms={"A": "α", "B": "β"}))
        assert run.chapter["response.u3b1.improved"].value == 1


class TestBestResponse:
    def test_names_everybody_by_category(self):
        run = run_one("better", "same", "worse", "unknown", "same")
        told = read_words(report.describe_best_response(run.best))
        assert told == (
            "Over all visits: 1 patient improved (A), 2 patients unchanged (B and E), 1 patient "
            "worsened (C) and 1 patient not evaluable (D)."
        )

    def test_patients_are_links(self):
        html = report.describe_best_response(run_one("better").best)
        assert '<a class="patient" href="#patient-A">A</a>' in html

    def test_who_could_not_be_judged_is_neither_improved_nor_not(self):
        flags = report.flag_ever_improved(run_one("better", "same", "unknown", None).best)
        assert flags.tolist()[:2] == [True, False]
        assert flags.isna().tolist() == [False, False, True, True]

    def test_the_first_visit_of_improvement_is_told_where_there_are_several(self):
        run = Run(
            make_cohort(
                {"A": ["better", "same"], "B": ["same", "better"], "C": ["better", None]},
                months=(3.0, 6.0),
            )
        )
        told = read_words(report.describe_time_to_response(run.best, run.config))
        assert (
            told == "Improvement was first seen in 2 patients at Month 3 and 1 patient at Month 6."
        )

    @pytest.mark.parametrize("run", [run_one("better"), run_one("same")])
    def test_with_one_visit_there_is_nothing_to_say_about_time(self, run):
        assert report.describe_time_to_response(run.best, run.config) == ""


class TestTables:
    def test_each_patient_has_a_row_with_the_measures_that_decided(self):
        run = Run(make_cohort({"A": ["same", "better"], "B": ["worse", None]}, months=(3.0, 6.0)))
        table = report.tabulate_responses(
            run.improvement, run.categories, run.best, run.groups, run.config
        )
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
        run = run_arms("better", "same", "worse", None)
        table = report.tabulate_responses(
            run.improvement, run.categories, run.best, run.groups, run.config
        )
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
        run = run_one(None, None)
        table = report.tabulate_responses(
            run.improvement, run.categories, run.best, run.groups, run.config
        )
        assert table["patient"].tolist() == ["A", "B"]

    def test_shares_are_laid_out_with_those_not_judged(self):
        table = report.tabulate_shares(run_arms("better", "same", "unknown", None).shares)
        assert [[read_words(str(cell)) for cell in row] for row in table.values] == [
            ["exercise", "1", "2", "0", "50 % (1 % to 99 %)"],
            ["control", "0", "0", "2", "not defined"],
        ]


class TestWords:
    def test_a_changed_definition_is_said_to_be_one(self):
        assert report.describe_definition_change(IMACS_2004) == (
            "The limits are those of the published definition."
        )
        other = ImprovementDefinition(
            name=IMACS_2004.name, source=IMACS_2004.source, improvement_percent=30
        )
        assert "sensitivity question" in report.describe_definition_change(other)

    @pytest.mark.parametrize(
        ("rule", "words"),
        [("infinite_worsening", "counts as worse"), ("not_evaluable", "is left out")],
    )
    def test_the_rule_for_zero_is_in_the_methods(self, rule, words):
        run = Run(make_cohort({"A": ["better"]}, rules={"zero_baseline": rule}))
        methods = dict(report.list_definitions(IMACS_2004, run.config))
        assert words in methods["Baseline of 0"]
        assert all(methods.values())

    def test_the_limits_count_what_could_not_be_judged(self):
        run = run_one("better", "unknown")
        first, *_ = report.describe_response_limits(run.chapter, run.improvement, run.worsening)
        assert first == (
            "Of 2 patient visits after baseline, 1 could not be judged for improvement; in 1 at "
            "least one criterion of worsening could not be judged."
        )

    def test_the_limits_follow_scale_and_arms(self, endurance):
        two_arms = report.describe_response_limits(
            endurance.chapter, endurance.improvement, endurance.worsening
        )
        run = run_one("better")
        one_arm = report.describe_response_limits(run.chapter, run.improvement, run.worsening)
        assert "5 mm to 4 mm" in two_arms[1]
        assert "mm" not in one_arm[1]
        assert two_arms[-1] == ""
        assert one_arm[-1].startswith("Without a control group")

    def test_the_summary_leaves_out_what_was_not_printed(self, endurance):
        summary = report.summarise_response(
            endurance.chapter, endurance.shares, endurance.best, endurance.comparison
        )
        assert len(summary) <= 5
        assert all(summary)
        run = run_one("better")
        said = report.summarise_response(run.chapter, run.shares, run.best, run.comparison)
        assert [bool(sentence) for sentence in said] == [True, False, True, False]

    @pytest.mark.parametrize(
        ("fates", "first"),
        [
            (("better", "same"), "%, 95 % CI 1 to 99 %); there was no control group."),
            (("unknown", None), "No patient could be judged."),
        ],
    )
    def test_the_summary_of_one_arm_says_first_that_there_was_no_control_group(self, fates, first):
        run = run_one(*fates)
        said = report.summarise_response(run.chapter, run.shares, run.best, run.comparison)
        assert read_words(said[0]).endswith(first)

    def test_the_summary_of_two_arms_leads_with_both_shares_and_their_p(self, endurance):
        said = report.summarise_response(
            endurance.chapter, endurance.shares, endurance.best, endurance.comparison
        )
        assert read_words(said[0]).endswith(
            "in the arm “Control” improved (17 %, 95 % CI 0 to 64 %); p = 0.119 for the difference."
        )

    def test_the_summary_of_arms_that_cannot_be_compared_gives_no_p(self):
        run = run_arms("better", "same", "unknown", None)
        said = report.summarise_response(run.chapter, run.shares, run.best, run.comparison)
        assert read_words(said[0]).endswith("in the arm “control” could be judged.")

    def test_shares_are_described_even_where_nobody_could_be_judged(self):
        shares = run_arms("better", "same", "unknown", None).shares
        assert read_words(report.describe_shares(shares)) == (
            "Share of patients improved. exercise: 1 of 2, 50 %, interval 1 % to 99 %; control: "
            "nobody could be judged."
        )


class TestCaptions:
    def test_the_shares_name_their_interval_and_test(self, endurance):
        caption = report.caption_shares(endurance.shares, endurance.test)
        assert "(n = 15 judged)" in caption
        assert "Clopper-Pearson" in caption
        assert "Compared by Fisher" in caption
        flags = pd.Series([True], index=["A"], dtype="boolean")
        groups = pd.Series("x", index=["A"])
        alone = report.caption_shares(summarise_share(flags, groups), compare_shares(flags, groups))
        assert "Compared" not in alone

    def test_the_list_of_responses_counts_those_seen(self):
        assert "(n = 1 seen)" in report.caption_responses(run_one("better", None).improvement)
