"""The one chain from the core set to responders, on published patients and at its edges."""

import pandas as pd
import pytest
from tests.report.cohorts import BASELINE, make_cohort, make_study

from helpers.derive.response.response import CATEGORIES, derive_responders
from helpers.derive.response.response_groups import (
    NON_RESPONDERS,
    RESPONDERS,
    derive_responses,
    derive_tis_scores,
    group_by_response,
)
from helpers.study import read_study

NA = float("nan")
FATES = {"i": "improved", "u": "unchanged", "w": "worsened", "n": "not evaluable"}


def derive(study):
    return derive_responses(study.table("core_set"), study.table("patients"), study.config)


def list_best(study):
    return derive(study).best["best_response"].tolist()


@pytest.fixture(scope="module")
def endurance():
    return read_study("endurance_training_iim", tables=["core_set"])


def test_the_published_responders_are_found(endurance):
    # Alemo Munters et al 2013, table 4: seven patients improved.
    found = derive(endurance)
    assert found.responder[found.responder].index.tolist() == ["A", "B", "C", "D", "F", "I", "K"]
    assert found.groups.value_counts().to_dict() == {RESPONDERS: 7, NON_RESPONDERS: 8}


def test_everybody_who_entered_is_there_in_the_order_of_the_patients():
    found = derive(make_cohort({"B": ["better"], "A": [None], "C": ["unknown"]}))
    assert found.best["patient_id"].tolist() == ["B", "A", "C"]
    assert found.best["best_response"].tolist() == ["improved", "not evaluable", "not evaluable"]
    assert found.best["n_visits"].tolist() == [1, 0, 1]
    assert found.responder.index.tolist() == found.groups.index.tolist() == ["B", "A", "C"]
    assert found.responder.isna().tolist() == [False, True, True]


def test_the_best_visit_counts_whichever_it_is():
    study = make_cohort({"A": ["worse", "better"], "B": ["worse", "same"]}, months=(3.0, 6.0))
    assert list_best(study) == ["improved", "worsened"]


@pytest.mark.parametrize(("needed", "response"), [(4, "improved"), (5, "unchanged")])
def test_the_limits_are_those_of_the_study(needed, response):
    # "better" moves four measures, by 60, 50, 30 and 50 per cent.
    study = make_cohort({"A": ["better"]}, response={"measures_needed": needed})
    assert list_best(study) == [response]


@pytest.mark.parametrize("category", ["minimal", "moderate", "major"])
def test_a_study_may_ask_for_a_score_instead(category):
    # "better" scores 60 points, just the least of "major"; "same" scores 0.
    rule = {"definition": "tis_adult", "tis_category": category}
    found = derive(make_cohort({"A": ["better"], "B": ["same"], "C": ["unknown"]}, response=rule))
    assert found.best["best_response"].tolist() == ["improved", "unchanged", "not evaluable"]
    assert found.improvement["reason"].tolist()[0].startswith("total improvement score 60 (")
    assert "score" not in found.improvement["reason"].tolist()[2]


@pytest.mark.parametrize(
    ("mmt8", "haq_di", "responded"),
    [
        # MMT-8: 60 to 72 of 80, 15 %: 20 points, the least of "minimal"; to 66, 7.5 %: 10 points
        (72.0, 1.0, True),
        (66.0, 1.0, False),
        # 10 points of MMT-8 and 7.5 of HAQ-DI, 0.5 of 3 or 16.7 %: 17.5
        (66.0, 0.5, False),
    ],
)
def test_the_least_category_is_reached_or_not(mmt8, haq_di, responded):
    after = BASELINE | {"mmt8": mmt8, "haq_di": haq_di}
    core_set = pd.DataFrame(
        [{"patient_id": "A", "month": 0.0} | BASELINE, {"patient_id": "A", "month": 3.0} | after]
    )
    study = make_study(core_set, {"A": "x"}, response={"definition": "tis_adult"})
    assert derive(study).responder.tolist() == [responded]


@pytest.mark.parametrize(
    ("rule", "response"), [("infinite_worsening", "worsened"), ("not_evaluable", "improved")]
)
def test_the_rule_for_a_baseline_of_zero_is_the_studys(rule, response):
    before = BASELINE | {"haq_di": 0.0, "ck": 0.0, "extramuscular": 0.0}
    after = BASELINE | {"physician_global": 2.0, "patient_global": 3.0, "mmt8": 78.0}
    after |= {"haq_di": 0.1, "ck": 1.0, "extramuscular": 1.0}  # three measures worse
    core_set = pd.DataFrame(
        [{"patient_id": "A", "month": 0.0} | before, {"patient_id": "A", "month": 3.0} | after]
    )
    assert list_best(make_study(core_set, {"A": "x"}, rules={"zero_baseline": rule})) == [response]


def test_extramuscular_worsening_is_judged_on_a_visual_scale_only():
    # Rise of 4 cm on a scale of 10, everything else the same (Oddis 2005: at least 2 cm).
    after = BASELINE | {"extramuscular": 8.0}
    core_set = pd.DataFrame(
        [{"patient_id": "A", "month": 0.0} | BASELINE, {"patient_id": "A", "month": 3.0} | after]
    )
    index = {"extramuscular": {"instrument": "myoact", "maximum": 10}}
    found = [
        list_best(make_study(core_set, {"A": "x"}, instruments=instruments))
        for instruments in ({}, index)
    ]
    assert found == [["worsened"], ["unchanged"]]


def judge(course, visits, *, months=(0, 3, 6, 12)):
    """Say whether a patient responded: a letter of `FATES` for each visit, a dot for none."""
    held = [
        ("A", float(month), FATES[letter])
        for month, letter in zip(months[1:], course, strict=False)
        if letter != "."
    ]
    categories = pd.DataFrame(held, columns=["patient_id", "month", "category"])
    categories = categories.astype({"patient_id": "str", "month": "float64", "category": "str"})
    [found] = derive_responders(categories, patients=["A"], months=months, visits=visits)
    return None if pd.isna(found) else bool(found)


class TestResponders:
    @pytest.mark.parametrize(
        ("course", "any_visit", "last", "two_in_a_row"),
        [
            ("iii", True, True, True),
            ("iuu", True, False, False),
            ("uui", True, True, False),
            ("uii", True, True, True),
            ("iiu", True, False, True),
            ("iui", True, True, False),
            ("uuu", False, False, False),
            ("www", False, False, False),
            ("ii.", True, None, True),  # the last planned visit was not held
            ("iin", True, None, True),  # or could not be judged
            ("i..", True, None, None),  # a second one in a row may have followed
            ("i.i", True, True, None),
            ("u..", False, None, False),  # no pair with this visit can be two in a row
            ("nnn", None, None, None),
            ("...", None, None, None),
            ("..i", True, True, None),
            ("..u", False, False, False),
        ],
    )
    def test_each_course_counts_by_the_visits_that_the_study_asks_for(
        self, course, any_visit, last, two_in_a_row
    ):
        assert judge(course, "any") is any_visit
        assert judge(course, "last") is last
        assert judge(course, "two_in_a_row") is two_in_a_row

    @pytest.mark.parametrize(
        ("course", "expected"), [("i", (True, True, None)), ("u", (False, False, None))]
    )
    def test_with_one_visit_there_are_no_two_in_a_row(self, course, expected):
        found = [judge(course, visits, months=(0, 3)) for visits in ("any", "last", "two_in_a_row")]
        assert tuple(found) == expected

    def test_a_visit_that_was_not_planned_counts_for_any_only(self):
        unplanned = pd.DataFrame({"patient_id": "A", "month": [4.0], "category": "improved"})
        found = [
            derive_responders(unplanned, patients=["A"], months=[0, 3, 6], visits=visits).tolist()
            for visits in ("any", "last", "two_in_a_row")
        ]
        assert found == [[True], [pd.NA], [pd.NA]]

    def test_the_order_is_that_of_the_patients(self):
        judged = pd.DataFrame(
            {"patient_id": ["A", "B"], "month": 3.0, "category": ["improved", "unchanged"]}
        )
        found = derive_responders(judged, patients=["C", "B", "A"], months=[0, 3], visits="any")
        assert found.index.tolist() == ["C", "B", "A"]
        assert found.tolist() == [pd.NA, False, True]
        assert (str(found.dtype), found.name) == ("boolean", "responder")

    def test_an_unknown_category_is_refused(self):
        judged = pd.DataFrame({"patient_id": "A", "month": [3.0], "category": "cured"})
        with pytest.raises(ValueError, match="cured"):
            derive_responders(judged, patients=["A"], months=[0, 3], visits="any")
        assert "cured" not in CATEGORIES


class TestGroups:
    def test_those_counted_are_divided_in_their_order(self):
        counted = pd.Series({"B": True, "A": False, "C": pd.NA}, dtype="boolean")
        groups = group_by_response(counted)
        assert groups.to_dict() == {"B": RESPONDERS, "A": NON_RESPONDERS}
        assert groups.index.tolist() == ["B", "A"]

    @pytest.mark.parametrize(("unjudged", "left"), [("not_improved", 1), ("left_out", 0)])
    def test_who_could_not_be_judged_counts_as_the_study_says(self, unjudged, left):
        study = make_cohort({"A": ["better"], "B": [None]}, response={"unjudged": unjudged})
        assert (derive(study).groups == NON_RESPONDERS).sum() == left

    @pytest.mark.parametrize("unjudged", ["not_improved", "left_out"])
    def test_where_nobody_could_be_judged_there_is_no_group(self, unjudged):
        study = make_cohort({"A": ["unknown"], "B": [None]}, response={"unjudged": unjudged})
        assert derive(study).groups.empty


class TestScore:
    def score(self, study):
        return derive_tis_scores(study.table("core_set"), study.table("patients"), study.config)

    def test_one_published_patient_by_hand(self, endurance):
        # C: physician 0 to 0, 0 %: 0 points. Patient 9 to 0 of 100, 9 %: 2.5. MMT-8 75 to 77 of
        # 80, 2.5 %: 10. HAQ-DI 0.25 to 0 of 3, 8.3 %: 5. CK: sex is not printed, so no limit and
        # no points. MITAX 0.24 to 0.19 of 1: exactly 5 %, which is no more than 5: 0 points.
        components, scores = self.score(endurance)
        points = components[components["patient_id"] == "C"].set_index("measure")["points"]
        assert points.drop("ck").to_dict() == {
            "physician_global": 0.0,
            "patient_global": 2.5,
            "mmt8": 10.0,
            "haq_di": 5.0,
            "extramuscular": 0.0,
        }
        assert pd.isna(points["ck"])
        row = scores.set_index("patient_id").loc["C"]
        assert (row["tis"], row["category"], row["missing_measures"]) == (17.5, "none", "ck")

    def test_the_limit_of_ck_is_of_the_sex_and_in_the_unit_of_the_report(self):
        # 600 to 300 U/L. Women: 2.5 ukat/L = 150 U/L, range 15 * 150 = 2250: 13.3 %, 2.5 points.
        # Men: 1 ukat/L = 60 U/L, range 900: 33.3 %, 7.5 points.
        rows = [
            {"patient_id": patient, "month": month} | BASELINE | {"ck": ck}
            for patient in ("F", "M", "U")
            for month, ck in ((0.0, 600.0), (3.0, 300.0))
        ]
        ck = {"unit": "ukat/L", "report_unit": "U/L"}
        ck |= {"upper_limit_female": 2.5, "upper_limit_male": 1.0}
        study = make_study(pd.DataFrame(rows), dict.fromkeys("FMU", "x"), instruments={"ck": ck})
        sexes = pd.array(["female", "male", None], dtype="str")
        patients = study.table("patients").assign(sex=sexes)
        components, _ = derive_tis_scores(study.table("core_set"), patients, study.config)
        of_ck = components[components["measure"] == "ck"].set_index("patient_id")
        assert of_ck["range"].tolist()[:2] == [2250.0, 900.0]
        assert of_ck["points"].tolist()[:2] == [2.5, 7.5]
        assert pd.isna(of_ck.loc["U", "points"])

    def test_the_multiplier_and_the_scales_are_the_studys(self):
        settings = {
            "rules": {"enzyme_multiplier": 2},
            "instruments": {
                "vas_maximum": 100,
                "mmt8_maximum": 150,
                "ck": {"unit": "U/L", "upper_limit_female": 150},
            },
        }
        study = make_cohort({"A": ["same"]}, **settings)
        patients = study.table("patients").assign(sex="female")
        components, _ = derive_tis_scores(study.table("core_set"), patients, study.config)
        assert components.set_index("measure")["range"].to_dict() == {
            "physician_global": 100.0,
            "patient_global": 100.0,
            "mmt8": 150.0,
            "haq_di": 3.0,
            "ck": 300.0,
            "extramuscular": 100.0,
        }

    def test_without_a_column_of_sex_ck_gives_no_points(self):
        components, scores = self.score(make_cohort({"A": ["better"]}))
        assert components.set_index("measure")["points"].isna().to_dict()["ck"]
        # 30 % of 10 cm twice, 22.5 % of 80, 16.7 % of 3: 17.5 + 7.5 + 27.5 + 7.5
        assert scores["tis"].tolist() == [60.0]
