"""What the biopsy chapter says: nobody, everybody, one patient, one group, two readers."""

import pandas as pd
import pytest
from tests.report.cohorts import make_cohort, read_words

from helpers.derive import ihc, paired
from helpers.report import ihc as report
from helpers.report import paired as pair_report
from helpers.report.chapter import Chapter
from helpers.stats import groups as compare
from helpers.stats import ihc as statistics
from helpers.stats.paired import summarise_pairs
from helpers.study import read_study

NA = float("nan")
COLUMNS = ["patient_id", "month", "marker", "value", "unit", "expressed", "reader"]


def stain(patient, month, value, *, marker="CD163", seen=True, reader="one", unit="cells/mm2"):
    return (patient, float(month), marker, float(value), unit, seen, reader)


def make_biopsies(*rows):
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return frame.astype({"expressed": "boolean", "value": "float64"})


class Run:
    """The chapter step by step, as the notebook does it."""

    def __init__(self, study):
        self.chapter = chapter = Chapter(study, "02_muscle_biopsy_ihc")
        self.config, self.biopsies = study.config, study.table("biopsies")
        self.groups = pair_report.group_patients(chapter)
        self.specimens = ihc.average_readers(self.biopsies)
        self.words = report.name_biopsies(self.specimens, ends=("Baseline", "Month 6"))
        self._compare()
        self._express()
        self._predict()
        self.agreement = statistics.summarise_agreement(ihc.pair_readers(self.biopsies))
        report.record_agreement(chapter, self.agreement)

    def _compare(self):
        self.pairs = paired.derive_pairs(
            self.specimens,
            self.groups.index,
            by="marker",
            value="value",
            baseline_month=0.0,
            month=6.0,
            panels=list(self.words.labels),
        )
        self.comparable = paired.summarise_comparable(self.pairs)
        pair_report.record_comparable(self.chapter, self.comparable, self.words)
        pooled = pair_report.pool_patients(self.chapter, self.groups)
        changes = summarise_pairs(self.pairs, pooled)
        self.changes = pair_report.adjust_family(changes, self.config, self.words)
        pair_report.record_changes(self.chapter, self.changes, self.words)

    def _express(self):
        self.expression = ihc.derive_expression(
            self.specimens, self.groups.index, marker="IL-1Ra", months=[0.0, 6.0]
        )
        after = self.expression[self.expression["month"] == 6.0]
        seen = after.set_index("patient_id")["expressed"]
        self.shares = compare.summarise_share(seen, self.groups)
        self.test = compare.compare_shares(seen, self.groups)
        report.record_expression(self.chapter, self.shares, self.test)

    def _predict(self):
        self.outcome = ihc.pair_with_functional_index(
            self.specimens,
            self.chapter.study.tables.get("functional_index"),
            self.groups.index,
            markers=ihc.PREDICTORS,
            baseline_month=0.0,
            month=6.0,
        )
        self.results = statistics.correlate_panels(self.outcome)
        report.record_predictors(self.chapter, self.results)

    def summarise(self):
        return [
            read_words(sentence)
            for sentence in report.summarise_biopsies(
                self.chapter, self.comparable, self.changes, self.shares, self.results, self.words
            )
        ]

    def conclude(self):
        sentences = report.conclude_biopsies(self.chapter, self.changes, self.results, self.words)
        return [read_words(sentence) for sentence in sentences]

    def describe_expression(self):
        return read_words(report.describe_expression(self.chapter, self.shares, self.words))

    def describe_predictors(self):
        return read_words(report.describe_predictors(self.chapter, self.results, self.words))


def run(biopsies, *, fates=None, **options):
    fates = fates or {"A": ("better",), "B": ("same",)}
    tables = {"biopsies": biopsies} | options.pop("tables", {})
    return Run(make_cohort(fates, months=(6.0,), tables=tables, **options))


@pytest.fixture(scope="module")
def anakinra():
    tables = ["biopsies", "core_set", "functional_index", "disposition"]
    return Run(read_study("anakinra_iim", tables=tables))


def test_the_reconstructed_cohort_says_what_was_published(anakinra):
    comparable, changed, expressed, predicted = anakinra.summarise()
    assert comparable.startswith("14 of 15 patients can be compared")
    assert "P09 (no baseline biopsy)" in comparable
    assert changed.startswith("None of the 7 stains changed by more than chance")
    assert "7 of 7 responders" in expressed
    assert "3 of 8 non-responders" in expressed
    assert predicted.count("the lower the Functional Index") == 2


def test_the_comparison_of_expression_is_that_of_fisher(anakinra):
    # 7/0 against 3/5: p = C(8,5)/C(15,5) less or equal terms = 56/3003 + 21/3003
    ratio = anakinra.chapter["biopsy.expressed.odds_ratio"]
    assert ratio.p_value == pytest.approx(77 / 3003)
    assert ratio.text == "∞"
    assert "no number, as one group has no exception" in anakinra.describe_expression()


def test_those_who_left_early_and_those_without_functional_index_are_named(anakinra):
    limits = report.describe_biopsy_limits(
        anakinra.chapter, anakinra.pairs, anakinra.groups, anakinra.words, month=6.0
    )
    assert any("P04, P05, P09 and P13 had left" in read_words(text) for text in limits)
    left_out = read_words(report.describe_left_out(anakinra.outcome))
    assert "P04, P05 and P13 (no Functional Index)" in left_out


def test_the_drug_is_named_as_what_the_stain_may_show_only_in_its_own_study(anakinra):
    assert "The injected drug is IL-1Ra itself" in anakinra.conclude()[1]
    fates = {f"R{i}": ("better",) for i in range(5)} | {f"N{i}": ("same",) for i in range(5)}
    rows = [stain(p, 6, 1, marker="IL-1Ra", seen=p.startswith("R")) for p in fates]
    other = run(make_biopsies(*rows), fates=fates)
    assert "differs between the groups" in other.conclude()[1]
    assert "drug" not in other.conclude()[1]


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        ({"A": True, "B": True}, "1 of 1 responders"),
        ({"A": False, "B": False}, "0 of 1 responders"),
        ({"A": True}, "1 of 1 responders (100 %, 95 % CI 3 to 100 %)"),
        ({"B": False}, "0 of 1 non-responders (0 %, 95 % CI"),
    ],
)
def test_expression_in_all_none_or_one_group_is_said(flags, said):
    rows = [stain(p, 6, 1, marker="IL-1Ra", seen=seen) for p, seen in flags.items()]
    assert said in run(make_biopsies(*rows)).describe_expression()


def test_only_a_share_that_is_missing_says_why():
    chapter = run(make_biopsies(stain("A", 6, 1, marker="IL-1Ra"))).chapter
    known, missing = (
        chapter[f"biopsy.expressed.{group}.share"] for group in ("responders", "non-responders")
    )
    assert (known.value, known.reason) == (1.0, "")
    assert (missing.value, missing.reason) == (None, "nobody's biopsy after treatment is known")


def test_groups_that_cannot_be_compared_say_why_and_conclude_nothing():
    found = run(make_biopsies(*[stain(p, 6, 1, marker="IL-1Ra") for p in "AB"]))
    assert "The groups cannot be compared (" in found.describe_expression()
    assert found.conclude()[1] == ""


def test_without_the_stain_nothing_is_said_of_it():
    found = run(make_biopsies(stain("A", 0, 1), stain("A", 6, 1)))
    assert found.describe_expression() == (
        "No biopsy after treatment says whether IL-1Ra was seen."
    )
    assert report.tabulate_expression(found.shares).empty
    alt = report.describe_expression_figure(found.expression, found.groups, found.words, (0.0, 6.0))
    assert alt == "no biopsy says whether IL-1Ra was seen."


def with_index(levels, index):
    patients = list("ABCDEFGHIJ")[: len(levels)]
    biopsies = make_biopsies(
        *[stain(p, 0, level) for p, level in zip(patients, levels, strict=True)]
    )
    fi = pd.DataFrame({"patient_id": patients, "month": 6.0, "fi": [float(i) for i in index]})
    fates = dict.fromkeys(patients, ("same",))
    return run(biopsies, fates=fates, tables={"functional_index": fi})


def test_more_stain_and_better_performance_is_said_the_right_way_round():
    rising = with_index([1, 2, 3, 4, 5, 6], [10, 20, 30, 40, 50, 60])
    assert "the higher the Functional Index" in rising.describe_predictors()
    assert "more than chance easily explains (rho 1.00; p = 0.003; 6 patients)" in (
        rising.describe_predictors()
    )
    assert "CD163" in rising.conclude()[2]


def test_a_weak_relation_is_left_to_chance_and_the_question_stays_open():
    weak = with_index([1, 2, 3], [30, 20, 10])
    assert "but chance alone could explain it" in weak.describe_predictors()
    assert weak.conclude()[2].endswith("foretells muscle performance stays open.")


@pytest.mark.parametrize(("levels", "index"), [([1], [10]), ([2, 2, 2], [1, 2, 3])])
def test_a_relation_that_is_not_defined_says_why(levels, index):
    assert "cannot be held against the Functional Index" in (
        with_index(levels, index).describe_predictors()
    )


def test_without_functional_index_there_is_nothing_to_say_or_draw():
    found = run(make_biopsies(stain("A", 0, 1)))
    assert found.describe_predictors() == ""
    assert report.caption_predictors(found.results, found.words) == ""
    assert "no Functional Index" in report.describe_predictors_figure(found.outcome, found.words)
    assert report.describe_left_out(found.outcome) == ""


def test_a_change_that_is_clear_is_not_credited_to_the_treatment():
    fates = {f"P{i}": ("same",) for i in range(8)}
    rows = [stain(p, m, 1 + m * (i + 1)) for i, p in enumerate(fates) for m in (0, 6)]
    assert (
        "cannot be credited to the treatment"
        in run(make_biopsies(*rows), fates=fates).conclude()[0]
    )


def test_one_baseline_biopsy_only_concludes_that_nothing_can_be_told():
    found = run(make_biopsies(stain("A", 0, 1)))
    assert found.conclude()[0].endswith("cannot be told from these biopsies.")
    assert found.summarise()[0].startswith("0 of 2 patients can be compared")


def describe_readers(*rows):
    biopsies = make_biopsies(*rows)
    agreement = statistics.summarise_agreement(ihc.pair_readers(biopsies))
    return read_words(report.describe_readers(biopsies, agreement))


def test_one_reader_is_said():
    assert "by one reader (one), so how far readers agree cannot be said" in describe_readers(
        stain("A", 0, 1)
    )


def test_two_readers_who_shared_the_sections_out_are_said():
    assert "shared out among one and two" in describe_readers(
        stain("A", 0, 1), stain("B", 0, 1, reader="two")
    )


def test_two_readers_of_the_same_sections_get_their_agreement():
    rows = [stain(p, 0, v) for p, v in zip("ABC", (9, 6, 8), strict=True)]
    rows += [stain(p, 0, v, reader="two") for p, v in zip("ABC", (8, 6, 9), strict=True)]
    found = run(make_biopsies(*rows), fates=dict.fromkeys("ABC", ("same",)))
    said = read_words(report.describe_readers(found.biopsies, found.agreement))
    assert "Their agreement lies between 0.85 and 0.85" in said
    shown = report.tabulate_agreement(found.agreement)
    assert shown["agreement (95 % interval)"].iloc[0].startswith("0.85 (")
    assert shown["agreement (95 % interval)"].iloc[1].startswith("not defined: both readers")
    assert found.chapter["biopsy.agreement.cd163.one-and-two.amount"].text == "0.85"


def test_agreement_that_is_not_defined_is_said():
    assert "their agreement is not defined" in describe_readers(
        stain("A", 0, 1), stain("A", 0, 1, reader="two")
    )


def test_without_core_set_the_groups_are_arms():
    study = make_cohort(
        {"A": ("better",), "B": ("same",)},
        months=(6.0,),
        arms={"A": "drug", "B": "sham"},
        tables={"biopsies": make_biopsies(*[stain(p, 6, 1, marker="IL-1Ra") for p in "AB"])},
    )
    del study.tables["core_set"]
    assert "1 of 1 patients of “drug”" in Run(study).describe_expression()


def test_stains_are_written_as_in_the_field():
    words = report.name_biopsies(
        ihc.average_readers(make_biopsies(stain("A", 0, 1, marker="IL-1alpha"))),
        ends=("Baseline", "Month 6"),
    )
    assert words.title_panels() == {"IL-1alpha": "IL-1α, cells/mm²"}
    assert "IL-1α (a cytokine" in report.describe_stains(words)
