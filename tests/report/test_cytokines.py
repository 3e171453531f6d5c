"""What the serum chapter says: limits of quantification, healthy ranges, drug, response."""

import pandas as pd
import pytest
from tests.report.cohorts import make_cohort, read_words

from helpers.derive import cytokines as cytokine
from helpers.derive import paired
from helpers.report import cytokines as report
from helpers.report import paired as pair_report
from helpers.report.chapter import Chapter
from helpers.stats.cytokines import compare_group_values
from helpers.stats.paired import summarise_pairs
from helpers.study import read_study

HEALTHY = {"low": 11, "high": 839, "unit": "pg/mL", "source": "Son 2000"}
DRUG = {"treatment": "Anakinra 100 mg/day"}


def serum(patient, month, concentration, bound="in_range", *, analyte="IL-1Ra"):
    return (patient, float(month), analyte, float(concentration), "pg/mL", bound)


def make_cytokines(*rows):
    columns = ["patient_id", "month", "analyte", "concentration", "unit", "bound"]
    return pd.DataFrame(rows, columns=columns)


class Run:
    """The chapter step by step, as the notebook does it."""

    def __init__(self, study):
        self.chapter = chapter = Chapter(study, "03_serum_cytokines")
        self.config, self.cytokines = study.config, study.table("cytokines")
        self.groups = pair_report.group_patients(chapter)
        self.words = words = report.name_cytokines(self.cytokines, ends=("Baseline", "Month 6"))
        self.pairs = cytokine.derive_cytokine_pairs(
            self.cytokines, self.groups.index, baseline_month=0.0, month=6.0
        )
        self.comparable = paired.summarise_comparable(self.pairs)
        self.outside = cytokine.list_outside(self.cytokines)
        pair_report.record_comparable(chapter, self.comparable, words)
        report.record_outside(chapter, self.cytokines, self.outside)
        self.levels = cytokine.summarise_levels(self.cytokines)
        report.record_levels(chapter, self.levels, words)
        self.flags = cytokine.flag_above_reference(self.cytokines, self.config.references)
        report.record_reference(chapter, self.flags, words)
        pooled = pair_report.pool_patients(chapter, self.groups)
        changes = summarise_pairs(self.pairs, pooled, scale="log")
        self.changes = pair_report.adjust_family(changes, self.config, words)
        pair_report.record_changes(chapter, self.changes, words)
        values = cytokine.derive_group_values(self.pairs, ends=words.ends)
        comparison = compare_group_values(values, self.groups)
        self.comparison = pair_report.adjust_family(comparison, self.config, words)
        report.record_ratios(chapter, self.comparison, words)

    def summarise(self):
        sentences = report.summarise_cytokines(
            self.chapter,
            self.comparable,
            self.changes,
            self.comparison,
            self.flags,
            self.groups,
            self.words,
        )
        return [read_words(sentence) for sentence in sentences]

    def conclude(self):
        sentences = report.conclude_cytokines(
            self.chapter, self.changes, self.comparison, self.words
        )
        return " ".join(read_words(sentence) for sentence in sentences)

    def describe_ratios(self):
        return read_words(
            report.describe_ratios(self.chapter, self.comparison, self.groups, self.words)
        )

    def describe_limits(self):
        sentences = report.describe_serum_limits(
            self.chapter, self.pairs, self.comparison, self.groups, self.words, month=6.0
        )
        return " ".join(read_words(sentence) for sentence in sentences)


def run(*rows, fates=None, **options):
    fates = fates or {"A": ("better",), "B": ("same",)}
    tables = {"cytokines": make_cytokines(*rows)}
    return Run(make_cohort(fates, months=(6.0,), tables=tables, **options))


def run_many(before, after, *, n=4, **options):
    """Give n responders and n others each the same course of IL-1Ra."""
    fates = {f"R{i}": ("better",) for i in range(n)} | {f"N{i}": ("same",) for i in range(n)}
    rows = []
    for i, patient in enumerate(fates):
        rows += [serum(patient, 0, before(i)), serum(patient, 6, after(i))]
    return run(*rows, fates=fates, **options)


@pytest.fixture(scope="module")
def anakinra():
    return Run(read_study("anakinra_iim", tables=["cytokines", "core_set", "disposition"]))


def test_the_reconstructed_cohort_says_what_was_published(anakinra):
    comparable, healthy, changed, drug, related = anakinra.summarise()
    assert comparable.startswith("10 of 15 patients can be compared")
    assert "P12 (never measured)" in comparable
    assert "of 14 patients had more IL-1Ra than any" in healthy
    assert "11 to 839 pg/mL; mean 354" in healthy
    assert changed.startswith("Both proteins changed by more than chance")
    assert "IL-1Ra rose to" in changed
    assert "G-CSF fell to" in changed
    assert drug.startswith("Warning: the IL-1Ra assay also measures the drug.")
    assert related.startswith("No level and no change differs between responders")


def test_the_published_mean_and_range_before_treatment_are_recorded(anakinra):
    # Zong abstract: n = 14, mean 2559, range 467 to 6937 pg/mL
    mean = anakinra.chapter["serum.mean.il-1ra.baseline"]
    assert (mean.text, mean.n) == ("2559", 14)
    assert mean.method.endswith("range 467 to 6937")


def test_p_values_are_adjusted_in_the_family_of_serum_not_of_biopsies(anakinra):
    assert anakinra.changes["adjusted_p"].notna().all()
    assert set(anakinra.changes["adjustment"]) == {"Holm, family “Serum proteins”"}


@pytest.mark.parametrize(("settings", "warned"), [(DRUG, True), ({}, False)])
def test_the_warning_stands_only_where_the_drug_is_given(settings, warned):
    found = run(serum("A", 0, 20), serum("A", 6, 40), **settings)
    said = report.describe_interference(found.chapter, found.words)
    assert bool(said) == warned
    assert ("cannot be told from the drug" in found.describe_limits()) == warned


def test_a_change_of_the_drugs_own_protein_is_not_credited_to_the_body():
    found = run_many(lambda i: 100 + i, lambda i: 900 + 100 * i, **DRUG)
    assert "shows that the drug was in the blood" in found.conclude()
    assert "fits an effect of the treatment" not in found.conclude()
    other = run_many(lambda i: 100 + i, lambda i: 900 + 100 * i)
    assert "fits an effect of the treatment" in other.conclude()


def test_values_outside_quantification_are_counted_and_named():
    found = run(serum("A", 0, 20), serum("A", 6, 10, "below"), serum("B", 0, 90, "above"))
    said = read_words(report.describe_outside(found.chapter, found.outside, found.config))
    assert "2 of 3 values of IL-1Ra" in said
    assert "A at Month 6: below 10 pg/mL and B at Baseline: above 90 pg/mL" in said
    shown = report.tabulate_levels(found.levels, found.words, found.config)
    assert shown["range"].tolist() == ["20 to above 90", "below 10 to 10"]


def test_all_values_inside_quantification_are_said():
    found = run(serum("A", 0, 20))
    assert report.describe_outside(found.chapter, found.outside, found.config) == (
        "Every value lies within the limits of quantification."
    )
    assert "Triangle" not in report.explain_band(found.config, found.words, found.outside)


def test_a_change_left_open_by_quantification_is_named_and_not_compared():
    found = run(serum("A", 0, 10, "below"), serum("A", 6, 10, "below"))
    assert "Left out of the changes: A (IL-1Ra: values outside" in read_words(
        report.describe_open_changes(found.pairs)
    )
    assert found.summarise()[0].startswith("0 of 2 patients can be compared")
    assert "A (values outside quantification leave the change open)" in found.summarise()[0]


@pytest.mark.parametrize(
    ("levels", "said"),
    [((20, 30), "0 of 2 patients"), ((900, 840), "2 of 2 patients"), ((900, 839), "1 of 2 pati")],
)
def test_patients_above_the_healthy_range_are_counted(levels, said):
    rows = [serum(patient, 0, level) for patient, level in zip("AB", levels, strict=True)]
    found = run(*rows, references={"IL-1Ra": HEALTHY})
    assert said in found.summarise()[1]
    assert "in another laboratory" in found.describe_limits()


def test_proteins_without_a_healthy_range_are_named_together():
    found = run(serum("A", 0, 20), serum("A", 0, 20, analyte="G-CSF"))
    assert report.describe_reference(found.chapter, found.flags, found.words) == (
        "For IL-1Ra and G-CSF the study gives no range of healthy people."
    )
    assert found.summarise()[1] == ""


def test_a_clear_difference_between_groups_is_said_with_ratio_and_p():
    # four against four, complete separation: p = 2/70
    found = run_many(lambda i: 100 + i if i < 4 else 10 + i, lambda i: 100 + i)
    assert "responders and non-responders differ by more" in found.describe_ratios().lower()
    assert "IL-1Ra, Baseline: ratio" in found.describe_ratios()
    assert "p = 0.029" in found.describe_ratios()
    assert "not yet a marker" in found.conclude()


def test_no_difference_says_how_large_it_could_still_be():
    found = run_many(lambda i: 10 + i % 4, lambda i: 12 + i % 4)
    assert found.describe_ratios().startswith("No level and no change differs")
    assert "No clear difference is not the same as no difference" in found.conclude()
    assert "could not have given a p-value below 0.03" in found.describe_limits()


def test_a_ratio_whose_interval_falls_short_names_its_real_coverage():
    found = run_many(lambda i: 10 + i, lambda i: 20 + i, n=2)
    assert "95 % CI" not in found.describe_ratios()
    assert "67 % CI" in found.describe_ratios()  # 1 - 2/6
    assert "covers 67 %" in read_words(report.caption_ratios(found.comparison, found.groups))


def test_one_group_only_has_nothing_to_hold_against_response():
    found = run(serum("A", 0, 20), serum("A", 6, 40), fates={"A": ("same",)})
    assert "nothing can be held against response" in found.describe_ratios()
    assert report.caption_ratios(found.comparison, found.groups) == ""
    assert report.tabulate_ratios(found.comparison, found.groups, found.words).empty
    assert "not two groups" in report.describe_ratios_figure(found.comparison, found.words)
    assert report.name_ratio(found.groups) == "ratio"


def test_without_any_pair_nothing_is_concluded_of_treatment():
    found = run(serum("A", 0, 20))
    assert "cannot be told from these samples" in found.conclude()


def test_no_clear_change_is_not_called_no_change():
    found = run_many(lambda i: 10 + i % 4, lambda i: 10 + (i + 1) % 4)
    assert "No clear change is not the same as no change" in found.conclude()


def test_the_band_is_the_range_of_the_study():
    found = run(serum("A", 0, 20), references={"IL-1Ra": HEALTHY, "TNF": HEALTHY})
    assert report.name_band(found.config, found.words) == {"IL-1Ra": (11.0, 839.0)}
    assert "Son 2000" in report.explain_band(found.config, found.words, found.outside)
