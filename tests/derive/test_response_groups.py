"""The one chain from the core set to responders, on published patients and at its edges."""

import pandas as pd
import pytest
from tests.report.cohorts import BASELINE, make_cohort, make_study

from helpers.derive.imacs import IMACS_2004, ImprovementDefinition
from helpers.derive.response_groups import (
    NON_RESPONDERS,
    RESPONDERS,
    derive_best_responses,
    derive_tis_scores,
    group_by_response,
)
from helpers.study import read_study

NA = float("nan")


def derive(study, **options):
    return derive_best_responses(
        study.table("core_set"), study.table("patients"), study.config, **options
    )


@pytest.fixture(scope="module")
def endurance():
    return read_study("endurance_training_iim", tables=["core_set"])


def test_the_published_responders_are_found(endurance):
    # Alemo Munters et al 2013, table 4: seven patients improved.
    best = derive(endurance).set_index("patient_id")["best_response"]
    assert best[best == "improved"].index.tolist() == ["A", "B", "C", "D", "F", "I", "K"]


def test_everybody_who_entered_has_a_row_in_the_order_of_the_patients():
    study = make_cohort({"B": ["better"], "A": [None], "C": ["unknown"]})
    best = derive(study)
    assert best["patient_id"].tolist() == ["B", "A", "C"]
    assert best["best_response"].tolist() == ["improved", "not evaluable", "not evaluable"]
    assert best["n_visits"].tolist() == [1, 0, 1]


def test_the_best_visit_counts_whichever_it_is():
    study = make_cohort({"A": ["worse", "better"], "B": ["worse", "same"]}, months=(3.0, 6.0))
    assert derive(study)["best_response"].tolist() == ["improved", "worsened"]


def test_another_definition_can_be_asked_for():
    # "better" moves four measures by 60, 50, 30 and 50 per cent.
    strict = ImprovementDefinition(name="strict", source="a test", measures_needed=5)
    study = make_cohort({"A": ["better"]})
    assert derive(study, definition=strict)["best_response"].tolist() == ["unchanged"]
    assert derive(study, definition=IMACS_2004)["best_response"].tolist() == ["improved"]


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
    study = make_study(core_set, {"A": "x"}, rules={"zero_baseline": rule})
    assert derive(study)["best_response"].tolist() == [response]


def test_extramuscular_worsening_is_judged_on_a_visual_scale_only():
    # Rise of 4 cm on a scale of 10, everything else the same (Oddis 2005: at least 2 cm).
    after = BASELINE | {"extramuscular": 8.0}
    core_set = pd.DataFrame(
        [{"patient_id": "A", "month": 0.0} | BASELINE, {"patient_id": "A", "month": 3.0} | after]
    )
    index = {"extramuscular": {"instrument": "myoact", "maximum": 10}}
    found = [
        derive(make_study(core_set, {"A": "x"}, instruments=instruments))["best_response"].item()
        for instruments in ({}, index)
    ]
    assert found == ["worsened", "unchanged"]


def test_who_could_not_be_judged_is_a_non_responder():
    best = pd.DataFrame(
        {
            "patient_id": ["B", "A", "C", "D"],
            "best_response": ["improved", "unchanged", "worsened", "not evaluable"],
        }
    )
    groups = group_by_response(best)
    assert groups.to_dict() == {
        "B": RESPONDERS,
        "A": NON_RESPONDERS,
        "C": NON_RESPONDERS,
        "D": NON_RESPONDERS,
    }
    assert groups.index.tolist() == ["B", "A", "C", "D"]


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
