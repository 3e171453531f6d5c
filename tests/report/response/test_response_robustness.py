"""How firmly responses stand: dropouts, single measurements, single patients."""

import pandas as pd
import pytest
from tests.report.cohorts import make_cohort, read_words

from helpers.answers import response
from helpers.report.numbers import Numbers
from helpers.report.response import response_robustness as report
from helpers.stats.groups import leave_one_out_share
from helpers.study import read_study

NA = float("nan")
MONTHS = (3.0, 6.0)


def ask(fates, **options):
    return response.dropouts(make_cohort(fates, **options))


def tabulate(dropouts):
    table = dropouts.find("dropout_rules").frame
    return [[read_words(cell) for cell in row] for row in table.values]


@pytest.fixture(scope="module")
def left():
    """Three patients: A stays improved, B improves and leaves, C comes to the second visit only."""
    return ask(
        {"A": ["better", "better"], "B": ["better", None], "C": [None, "same"]}, months=MONTHS
    )


@pytest.fixture(scope="module")
def endurance():
    return read_study("endurance_training_iim", tables=["core_set"])


class TestDropouts:
    def test_the_rules_stand_in_columns_with_counts_and_shares(self, left):
        table = left.find("dropout_rules").frame
        assert tabulate(left) == [
            ["Month 3", "2 of 3 (67 %)", "2 of 2 (100 %)", "2 of 2 (100 %)"],
            ["Month 6", "1 of 3 (33 %)", "1 of 2 (50 %)", "2 of 3 (67 %)"],
        ]
        assert list(table)[1:] == list(report.RULE_LABELS.values())

    def test_the_last_visit_is_told_under_each_rule(self, left):
        assert read_words(left.sentence) == (
            "At Month 6 the count of improved patients is 1 of 3 (everybody, absent = not "
            "improved), 1 of 2 (only those seen) or 2 of 3 (last observation carried forward)."
        )

    def test_counts_are_recorded_with_their_rule(self, left):
        result = left.ledger["dropouts.last_observation.month_6"]
        assert (result.value, result.n) == (2, 3)
        assert result.method == "last observation carried forward"

    def test_where_everybody_was_judged_the_rule_changes_nothing(self, endurance):
        assert read_words(response.dropouts(endurance).sentence) == (
            "Everybody was judged at 12 weeks, so the rule for absent patients changes nothing."
        )

    def test_without_a_visit_it_says_so_and_the_table_has_its_headings(self):
        nobody = ask({"A": [None]})
        assert nobody.sentence == "No visit after baseline was held."
        table = nobody.find("dropout_rules").frame
        assert table.empty
        assert list(table) == ["visit", *report.RULE_LABELS.values()]

    def test_a_rule_that_counts_nobody_has_no_share(self):
        [row] = tabulate(ask({"A": ["unknown"]}))
        assert row[1:] == ["nobody judged"] * 3

    def test_the_caption_names_the_rules(self):
        assert report.caption_dropout_rules().endswith(
            "everybody, absent = not improved, only those seen or last observation carried forward."
        )


def make_robustness(*rows):
    columns = ["patient_id", "month", "improved", "robustness", "n_scenarios", "n_flips"]
    frame = pd.DataFrame(rows, columns=[*columns, "flipped_by"])
    return frame.astype({"improved": "boolean", "n_scenarios": "Int64"})


ROBUSTNESS = (
    ("A", 3.0, True, "fragile", 8, 1, "CK dropped"),
    ("B", 3.0, True, "robust", 8, 0, ""),
    ("C", 3.0, False, "fragile", 7, 1, "MMT-8 one grade more"),
    ("D", 3.0, None, "not evaluable", 0, 0, ""),
)


def tell_robustness(*rows):
    numbers = Numbers(make_cohort({"A": ["better"]}))
    report.record_robustness(numbers, make_robustness(*rows))
    return read_words(report.describe_robustness(numbers))


class TestRobustness:
    @pytest.mark.parametrize(
        ("rows", "told"),
        [
            (
                ROBUSTNESS,
                "One measurement alone could have turned 1 of 2 visits with improvement and 1 of 1 "
                "visit without.",
            ),
            (
                ROBUSTNESS[2:],
                "One measurement alone could have turned 1 of 1 visit without.",
            ),
            (
                ROBUSTNESS[3:],
                "No visit could be judged, so none can be tried with another measurement.",
            ),
            ((), "No visit could be judged, so none can be tried with another measurement."),
        ],
    )
    def test_visits_that_one_measurement_could_turn_are_counted(self, rows, told):
        assert tell_robustness(*rows) == told

    def test_fragile_visits_are_listed_with_what_would_turn_them(self, endurance):
        table = report.tabulate_fragile(make_robustness(*ROBUSTNESS), endurance.config)
        assert list(table) == ["patient", "improved", "would turn with"]
        assert table["would turn with"].tolist() == ["CK dropped", "MMT-8 one grade more"]

    def test_the_visit_is_named_where_there_are_several(self, left):
        table = report.tabulate_fragile(make_robustness(*ROBUSTNESS), left.study.config)
        assert list(map(read_words, table["visit"])) == ["Month 3", "Month 3"]

    def test_the_caption_counts_what_was_tried(self):
        caption = report.caption_fragile(make_robustness(*ROBUSTNESS))
        assert "of 3 visits judged and 23 single changes tried" in caption
        assert "of 0 visits judged and 0 single" in report.caption_fragile(make_robustness())


def leave_out(groups):
    """Record and tell leaving out; groups maps a name to improved and not improved patients."""
    flags, of = [], []
    for name, (yes, no) in groups.items():
        flags += [True] * yes + [False] * no
        of += [name] * (yes + no)
    patients = [f"P{place}" for place in range(len(of))]
    rows = leave_one_out_share(
        pd.Series(flags, index=patients, dtype="boolean"),
        pd.Series(of, index=patients, dtype="str"),
    )
    numbers = Numbers(make_cohort({"A": ["better"]}))
    report.record_leave_one_out(numbers, rows)
    return numbers, rows


def tell_left_out(groups):
    return read_words(report.describe_leave_one_out(*leave_out(groups)))


class TestLeaveOneOut:
    @pytest.mark.parametrize(
        ("groups", "told"),
        [
            (
                {"x": (2, 1)},
                "Leaving out one patient at a time, the share of responders lies between 50 % and "
                "100 %. The result moves most without P2.",
            ),
            (
                {"x": (0, 3)},
                "Leaving out one patient at a time, the share of responders stays 0 %.",
            ),
            (
                {"x": (4, 4)},
                "Leaving out one patient at a time, the share of responders lies between 43 % and "
                "57 %.",
            ),
            (
                {"x": (9, 0), "y": (0, 9)},
                "Leaving out one patient at a time, the odds ratio stays ∞, with p &lt; 0.001.",
            ),
            (
                # 6/9 against 1/6: without its only responder the second arm has infinite odds
                {"x": (6, 3), "y": (1, 5)},
                "Leaving out one patient at a time, the odds ratio lies between 6.79 and ∞, with p "
                "= 0.031 to p = 0.266. The result moves most without P9.",
            ),
        ],
    )
    def test_the_range_and_who_moves_it_are_told(self, groups, told):
        assert tell_left_out(groups) == told

    @pytest.mark.parametrize(
        "groups", [{}, {"x": (1, 0)}, {"x": (1, 0), "y": (1, 0)}, {"x": (3, 0), "y": (4, 0)}]
    )
    def test_where_nothing_can_be_compared_it_says_so(self, groups):
        assert tell_left_out(groups) == (
            "Leaving out one patient at a time gives no results that could be compared."
        )

    def test_many_who_move_it_alike_are_not_listed(self):
        assert "moves most" not in tell_left_out({"x": (4, 4)})

    def test_a_reason_stands_only_beside_what_is_missing(self):
        numbers, _ = leave_out({"x": (2, 1)})
        assert numbers["left_out.estimate.lowest"].reason == ""
        missing = numbers["left_out.p_value.lowest"]
        assert (missing.value, missing.reason) == (None, "no test of two groups")
        numbers, _ = leave_out({"x": (6, 3), "y": (1, 5)})
        assert {result.reason for result in numbers.ledger} == {""}

    def test_patients_are_linked(self):
        html = report.describe_leave_one_out(*leave_out({"x": (2, 1)}))
        assert 'href="#patient-P2"' in html
        assert report.format_left_out("P2") == '<a class="patient" href="#patient-P2">P2</a>'

    def test_two_groups_are_listed_without_each_patient(self):
        _, rows = leave_out({"x": (6, 3), "y": (1, 5)})
        table = report.tabulate_leave_one_out(rows)
        assert len(table) == 15
        last = table.set_index("without").loc["P9"]
        assert last["estimate"] == "∞"
        assert last["95 % interval"].endswith(" to ∞")
        assert last["exact p"] == "0.031"
        assert "(n = 15)" in report.caption_leave_one_out(rows)

    @pytest.mark.parametrize("groups", [{"x": (2, 1)}, {}])
    def test_one_group_has_nothing_to_list(self, groups):
        assert report.tabulate_leave_one_out(leave_out(groups)[1]).empty


def test_the_published_trial_is_tried_both_ways(endurance):
    firmness = read_words(response.firmness(endurance).sentence)
    assert firmness.startswith("One measurement alone could have turned ")
    left_out = read_words(response.leave_one_out(endurance).sentence)
    assert "Leaving out one patient at a time, the odds ratio lies between 6.79 and ∞" in left_out


def test_a_score_counts_no_measures_so_none_can_be_dropped():
    study = make_cohort({"A": ["better"]}, response={"definition": "tis_adult"})
    firmness = response.firmness(study)
    assert firmness.sentence == report.NOT_ASKED
    assert firmness.numbers.empty
    assert len(list(firmness.list_pieces())) == 1
