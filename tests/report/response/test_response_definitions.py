"""Two definitions side by side, told in words."""

import pandas as pd
import pytest
from tests.report.cohorts import make_cohort, read_words
from tests.study_folders import make_config

from helpers.answers import response
from helpers.report.numbers import Numbers
from helpers.report.response import response_definitions as report
from helpers.study import read_study

NA = float("nan")
ROWS = (
    ("A", 3.0, True, 60.0, "major", "both improved", ""),
    ("B", 3.0, False, 7.5, "none", "neither improved", ""),
    ("C", 3.0, True, 17.5, "none", "IMACS only", "small changes"),
    ("D", 6.0, False, 22.5, "minimal", "TIS only", "one heavy measure"),
    ("E", 3.0, None, NA, "not evaluable", "not comparable", "nothing measured"),
)


def make_comparison(*rows):
    columns = ["patient_id", "month", "imacs_improved", "tis", "tis_category", "agreement"]
    frame = pd.DataFrame(rows, columns=[*columns, "explanation"])
    return frame.astype({"imacs_improved": "boolean", "month": "float64", "tis": "float64"})


def tell(*rows):
    numbers = Numbers(make_cohort({"A": ["better"]}))
    report.record_definitions(numbers, make_comparison(*rows))
    return read_words(report.describe_definitions(numbers))


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (
            ROWS,
            "The two definitions agree on 2 of 4 visits (1 improved by both, 1 by neither); 1 "
            "improved by IMACS only and 1 by the score only.",
        ),
        (
            ROWS[:1],
            "The two definitions agree on 1 of 1 visit (1 improved by both, 0 by neither); 0 "
            "improved by IMACS only and 0 by the score only.",
        ),
        (ROWS[4:], "No visit could be judged by both definitions."),
        ((), "No visit could be judged by both definitions."),
    ],
)
def test_agreement_is_counted_among_visits_that_both_could_judge(rows, told):
    assert tell(*rows) == told


def test_only_disagreements_are_listed_with_why():
    config = make_config(visits=[{"month": 0, "label": "B"}, {"month": 3, "label": "M3"}])
    table = report.tabulate_disagreements(make_comparison(*ROWS), config)
    assert list(table) == ["patient", "IMACS", "score", "category", "why they differ"]
    assert table["patient"].tolist() == ["C", "D"]
    assert table["score"].tolist() == ["17.5", "22.5"]


def test_the_visit_is_named_where_there_are_several():
    visits = [{"month": month, "label": f"M{month}"} for month in (0, 3, 6)]
    table = report.tabulate_disagreements(make_comparison(*ROWS), make_config(visits=visits))
    assert table["visit"].tolist() == ["M3", "M6"]


def test_where_they_agree_nothing_is_listed():
    assert report.tabulate_disagreements(make_comparison(*ROWS[:2]), make_config()).empty


class TestMethods:
    def read(self, **ck):
        config = make_config(instruments={"ck": ck}, rules={"enzyme_multiplier": 12})
        return dict(report.list_score_methods(config))["Range of CK in the score"]

    def test_the_range_of_ck_is_the_studys_multiple_of_the_limit(self):
        told = self.read(upper_limit_female=150)
        assert told.startswith("The range of CK is 12 times the upper limit of normal")
        assert told.endswith("was not checked against the paper.")

    def test_without_a_limit_ck_gives_no_points(self):
        assert self.read() == (
            "No upper limit of normal of CK was declared, so CK gives no points."
        )

    def test_the_score_is_named_with_its_source(self):
        [(name, words), _] = report.list_score_methods(make_config())
        assert "total improvement score" in name.lower()
        assert "Aggarwal" in words


def find_figure(study):
    return response.total_improvement(study).find("total_improvement")


class TestFigure:
    def test_scores_are_described_visit_by_visit(self):
        study = make_cohort({"A": ["better", "same"], "B": ["unknown", None]}, months=(3.0, 6.0))
        told = read_words(find_figure(study).alt)
        assert told.startswith("Total improvement score of 2 patients. Month 3: ")
        assert "1 major" in told
        assert told.endswith("Month 6: 1 none.")

    def test_nobody_seen_is_said(self):
        assert find_figure(make_cohort({"A": [None]})).alt == "nobody was seen after baseline."

    def test_the_caption_names_n_range_direction_and_thresholds(self):
        caption = find_figure(make_cohort({"A": ["better"]})).caption
        assert "(n = 1, 0 to 100 points, higher is better)" in caption
        assert "minimal (20), moderate (40) and major (60)" in caption

    def test_the_caption_of_disagreements_names_both(self):
        caption = report.caption_disagreements()
        assert "IMACS" in caption
        assert "at least minimal" in caption


def test_the_published_trial_can_be_scored():
    study = read_study("endurance_training_iim", tables=["core_set"])
    ledger = response.total_improvement(study).ledger
    both = ledger["definitions.both"]
    parts = [ledger[f"definitions.{name}"].value for name in ("neither", "imacs_only", "tis_only")]
    assert both.value + sum(parts) == both.n <= 15
