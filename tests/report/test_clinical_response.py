"""What the chapter on response says: right for nobody, one and everybody, and never "nan"."""

import re
from functools import cache

import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from tests.report.cohorts import Run, make_cohort, read_words
from tests.study_folders import make_config

from helpers.derive.imacs import IMACS_2004, ImprovementDefinition
from helpers.report import clinical_response as report
from helpers.report import words
from helpers.report.chapter import Chapter
from helpers.report.tables import write_table
from helpers.report.words import escape
from helpers.stats.groups import compare_shares, summarise_share
from helpers.study import read_study

UNWRITTEN = re.compile(r"\bnan\b|\bNone\b|<NA>|&lt;NA&gt;|\bNaT\b|\(\)|\(,|\(;|: \.|\binf\b")
"""What no sentence may hold: a value that was not put in words, or a place left empty."""

TWO_ARMS = {"A": "exercise", "B": "exercise", "C": "control", "D": "control"}


@cache
def run_arms(*fates):
    """Run two patients of each of two arms, given the fate of A, B, C and D."""
    cohort = dict(zip("ABCD", ([fate] for fate in fates), strict=True))
    return Run(make_cohort(cohort, arms=TWO_ARMS))


@cache
def run_one(*fates):
    """Run one arm of patients A, B, and so on."""
    return Run(make_cohort({chr(65 + place): [fate] for place, fate in enumerate(fates)}))


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
            "(95 % CI 0.74 to 269.72), p = 0.119 (Fisher"
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
        assert "(95 % CI 0.74 to 269.72 for the odds ratio)" in told

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

    def test_each_change_is_recorded_with_its_test(self, endurance):
        change = endurance.chapter["change.mmt8.endurance-exercise.month_3"]
        # Differences of A to I: 0, 5, 2, 4, 15, -1, 5, 2, 0 (table 4); the exact p of the seven
        # non-zero ones, ranks 1 for -1: 2 * 2/128.
        assert change.p_value == pytest.approx(4 / 128)
        assert (change.n, change.value) == (9, 2.5)

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

    def test_changes_are_laid_out_with_interval_and_p(self, endurance):
        table = report.tabulate_change(endurance.changes, endurance.config)
        assert "visit" not in table
        row = table.iloc[4]
        assert row["measure"] == "muscle strength (MMT-8), 0 to 80"
        assert (row["n"], row["median before"], row["median after"]) == (9, "76", "77")
        assert row["change (95 % interval)"] == "2.5 (0 to 8.5)"
        assert read_words(row["exact p"]) == "p = 0.031"

    def test_a_change_of_nobody_is_not_defined_and_of_one_has_no_interval(self):
        run = Run(make_cohort({"A": ["better"], "B": ["unknown"]}, arms={"A": "x", "B": "y"}))
        table = report.tabulate_change(run.changes, run.config)
        assert table["change (95 % interval)"].tolist()[:2] == ["−3 (no interval)", "not defined"]
        assert table["exact p"].tolist()[1] == "p not defined"

    def test_several_visits_have_a_column(self):
        run = Run(make_cohort({"A": ["same", "better"]}, months=(3.0, 6.0)))
        visits = report.tabulate_change(run.changes, run.config)["visit"].unique()
        assert list(map(read_words, visits)) == ["Month 3", "Month 6"]


class TestPublished:
    def compare(self, *flags):
        run = run_one("better", "same")
        printed = pd.DataFrame(flags, columns=["patient_id", "month", "flag", "value"])
        comparison = report.compare_with_published(
            run.improvement, printed.astype({"value": "boolean"})
        )
        chapter = Chapter(run.chapter.study, "x")
        report.record_agreement(chapter, comparison)
        return read_words(report.describe_agreement(chapter, comparison)), comparison

    def test_all_flags_of_the_published_trial_are_reproduced(self, endurance):
        told = report.describe_agreement(endurance.chapter, endurance.comparison)
        assert read_words(told) == (
            "The computation reproduces 15 of 15 published flags; no patient differs."
        )
        assert report.list_disagreements(endurance.comparison).empty

    def test_a_difference_is_named_with_its_reason(self):
        told, comparison = self.compare(
            ("A", 3.0, "imacs_improvement", True), ("B", 3.0, "imacs_improvement", True)
        )
        assert told == (
            "The computation reproduces 1 of 2 published flags; it differs in B, listed below with "
            "the reason."
        )
        table = report.list_disagreements(comparison)
        assert list(table) == ["patient", "month", "computed", "published", "why"]
        assert table["patient"].tolist() == ["B"]

    def test_a_flag_of_a_visit_that_is_absent_is_not_reproduced(self):
        told, comparison = self.compare(("A", 6.0, "imacs_improvement", True))
        assert told.startswith("The computation reproduces 0 of 1 published flag; it differs in A")
        assert pd.isna(comparison["computed"].item())

    @pytest.mark.parametrize("flags", [[], [("A", 3.0, "cycling_improvement", True)]])
    def test_without_flags_of_response_there_is_nothing_to_compare(self, flags):
        told, comparison = self.compare(*flags)
        assert told.startswith("The publication printed no flags")
        assert comparison.empty

    def test_a_study_without_the_table_has_nothing_to_compare(self):
        assert report.compare_with_published(run_one("better").improvement, None).empty


class TestExtramuscular:
    def tell(self, fates, values):
        run = run_one(*fates)
        series = pd.Series(values, index=run.groups.index, dtype="float64")
        chapter = Chapter(run.chapter.study, "x")
        shift = report.compare_responders(series, run.response_of)
        report.record_extramuscular(chapter, shift)
        html = report.describe_extramuscular(chapter)
        plain = report.describe_extramuscular(chapter, plain=True)
        assert "<" not in plain.replace(" < ", "").replace("\xa0<\xa0", "")
        return read_words(html), read_words(plain), report.caption_extramuscular(shift), shift

    @pytest.mark.parametrize(
        ("values", "told"),
        [
            # all differences of 2 x 2: median by hand; p of 1 in 6 orders on either side: 2/6, so
            # the widest interval covers 4/6
            ([6, 8, 1, 3], "Responders began 5 points above the others (67 % CI 3 to 7; p = 0.333"),
            (
                [1, 3, 6, 8],
                "Responders began 5 points below the others (67 % CI −7 to −3; p = ",
            ),
            ([4, 4, 4, 4], "Responders began 0 points away from the others (67 % CI 0 to 0; p = 1"),
            ([3, 5, 2, 4], "Responders began 1 point above the others"),
        ],
    )
    def test_the_direction_is_told(self, values, told):
        html, plain, _, _ = self.tell(["better", "better", "same", "same"], values)
        assert html.startswith(told)
        assert plain == html

    def test_one_against_one_has_no_interval_and_no_second_panel(self):
        html, _, caption, shift = self.tell(["better", "same"], [3, 1])
        assert html == "Responders began 2 points above the others (no interval; p = 1, n = 2)."
        assert "Right:" not in caption
        assert report.read_shift(shift) is None

    @pytest.mark.parametrize("fates", [["better", "better"], ["same", "same"]])
    def test_a_group_without_anybody_cannot_be_compared(self, fates):
        html, plain, caption, _ = self.tell(fates, [1, 2])
        assert html == plain
        assert html == (
            "Responders and others cannot be compared: one of the two groups has no value."
        )
        assert "Right:" not in caption

    def test_missing_values_are_counted_in_the_caption(self):
        *_, caption, shift = self.tell(["better", "better", "same", "same"], [6, None, 1, 3])
        assert "(n = 3)" in caption
        assert caption.endswith(" 1 patient without a value.")
        assert report.read_shift(shift)[0] == 4.0

    def test_a_tiny_p_is_not_escaped_twice_in_the_alternative_text(self):
        values = [*range(10, 20), *range(10)]
        html, plain, _, _ = self.tell(["better"] * 10 + ["same"] * 10, values)
        assert "p &lt; 0.001" in html
        assert "p < 0.001" in plain


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

    def test_the_tiles_are_told_visit_by_visit(self):
        run = Run(make_cohort({"A": ["better", "worse"], "B": ["same", None]}, months=(3.0, 6.0)))
        assert read_words(report.describe_change_tiles(run.improvement, run.config)) == (
            "Change from baseline of each patient and measure: at Month 3, 4 measures better and 0 "
            "worse by the limits; improved: A; at Month 6, 0 measures better and 4 worse by the "
            "limits; improved: nobody."
        )

    def test_the_courses_are_told_by_their_medians(self):
        run = Run(make_cohort({"A": ["better"], "B": [None]}))
        told = read_words(report.describe_courses(run.core_set, run.groups, run.config))
        assert told.startswith("Lines of 2 patients in 1 group, one panel per measure.")
        assert "muscle strength (MMT-8), 0 to 80: median 60 at Baseline, 78 at Month 3" in told
        nobody = run_one(None)
        told = read_words(report.describe_courses(nobody.core_set, nobody.groups, nobody.config))
        assert "median 60 at Baseline, no value at Month 3" in told

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

    def test_panels_are_titled_with_unit_and_direction(self, endurance):
        titles = report.title_measures(endurance.config)
        assert titles["ck"] == "Creatine kinase, ukat/L\n(lower is better)"
        assert titles["mmt8"].endswith("(higher is better)")
        assert report.label_extramuscular(endurance.config) == (
            "Extramuscular activity, MITAX 0 to 1,\nbaseline"
        )

    def test_shares_are_described_even_where_nobody_could_be_judged(self):
        shares = run_arms("better", "same", "unknown", None).shares
        assert read_words(report.describe_shares(shares)) == (
            "Share of patients improved. exercise: 1 of 2, 50 %, interval 1 % to 99 %; control: "
            "nobody could be judged."
        )


class TestCaptions:
    def test_the_table_of_changes_names_test_interval_and_number_of_tests(self, endurance):
        caption = report.caption_change(endurance.changes, endurance.config)
        assert "at 12 weeks." in read_words(caption)
        assert "Hodges-Lehmann" in caption
        assert "signed-rank test, zeros dropped" in caption
        assert "unadjusted for the 12 tests in this table" in caption

    def test_the_shares_name_their_interval_and_test(self, endurance):
        caption = report.caption_shares(endurance.shares, endurance.test)
        assert "(n = 15 judged)" in caption
        assert "Clopper-Pearson" in caption
        assert "Compared by Fisher" in caption
        flags = pd.Series([True], index=["A"], dtype="boolean")
        groups = pd.Series("x", index=["A"])
        alone = report.caption_shares(summarise_share(flags, groups), compare_shares(flags, groups))
        assert "Compared" not in alone

    def test_marks_are_explained_where_there_are_groups(self, endurance):
        assert "Colour and mark" in report.caption_courses(endurance.core_set, endurance.groups)
        run = run_one("better", "same")
        assert report.caption_courses(run.core_set, run.groups) == (
            "Course of each core set measure, one line per patient (n = 2). A missing value leaves "
            "a gap."
        )

    def test_the_tiles_name_the_limits_in_force(self):
        other = ImprovementDefinition(
            name="x", source="y", improvement_percent=30, worsening_percent=40
        )
        caption = report.caption_change_tiles(other, run_one("better").groups)
        assert "better by at least 30 %" in caption
        assert "worse by at least 40 %" in caption

    def test_the_list_of_responses_counts_those_seen(self):
        assert "(n = 1 seen)" in report.caption_responses(run_one("better", None).improvement)


class TestAdjustedChanges:
    """Holm by hand: of p = 0.01 and 0.04 the smaller is doubled, the larger stays."""

    CHANGES = pd.DataFrame(
        {"measure": ["ck", "mmt8", "haq_di"], "group": "all", "p_value": [0.01, 0.04, 0.5]}
    )

    def test_only_measures_of_the_declared_family_are_adjusted(self):
        family = {"title": "Two", "endpoints": ["ck", "mmt8"], "adjustment": "holm"}
        config = make_config(endpoint_families={"core_set": family})
        adjusted = report.adjust_changes(self.CHANGES, config)["adjusted_p"]
        assert adjusted[:2].round(9).tolist() == [0.02, 0.04]
        assert adjusted.isna().tolist() == [False, False, True]

    def test_without_a_family_nothing_is_adjusted(self):
        assert report.adjust_changes(self.CHANGES, make_config())["adjusted_p"].isna().all()
