import pandas as pd
import pytest
from tests.report.cohorts import make_cohort
from tests.study_folders import make_config

from helpers.derive.response import specifications as derive
from helpers.derive.response.specifications import CHOICES, TIS_MINIMAL
from helpers.study import read_study

NAMES = ["physician_global", "patient_global", "mmt8", "haq_di", "ck", "extramuscular"]
BASE = [5.0, 6.0, 60.0, 1.0, 300.0, 4.0]


def make_flags(**patients):
    """Flags of patients at months 3, 6 and 12 under one definition; missing visits have no row."""
    rows = [
        {"patient_id": name, "month": month, "improved": value}
        for name, values in patients.items()
        for month, value in zip((3.0, 6.0, 12.0), values, strict=False)
    ]
    flags = pd.DataFrame(rows, columns=["patient_id", "month", "improved"])
    flags["improved"] = flags["improved"].astype("boolean")
    return flags.assign(definition="IMACS", zero_baseline="not_evaluable")


def divide(flags, *, patients="ABCD"):
    variants = derive.derive_responder_variants(flags, list(patients), last_month=12.0)
    return {
        rule: "".join({True: "+", False: "-"}.get(flag, "?") for flag in part["responder"])
        for rule, part in variants.groupby("dropouts", sort=False)
    }


def test_each_dropout_rule_divides_as_its_name_says():
    # A improved once and not at the end, B left after improving, C improved at the end,
    # D was never judged.
    flags = make_flags(A=(True, False, False), B=(True,), C=(False, False, True), D=(None,))
    assert divide(flags) == {
        "any_all": "+++-",
        "any_judged": "+++?",
        "last_all": "--+-",
        "last_carried": "-++-",
        "last_observed": "-?+?",
    }


def test_rules_that_divide_alike_are_counted_once():
    assert divide(make_flags(A=(True,) * 3, B=(False,) * 3), patients="AB") == {"any_all": "+-"}


def test_zero_rules_that_divide_alike_are_counted_once():
    flags = make_flags(A=(True,), B=(False,))
    both = pd.concat([flags, flags.assign(zero_baseline="infinite_worsening")])
    variants = derive.derive_responder_variants(both, ["A", "B"], last_month=3.0)
    assert variants["zero_baseline"].unique().tolist() == ["not_evaluable"]


def test_zero_rules_that_differ_for_one_patient_are_both_kept():
    flags = make_flags(A=(True,), B=(False,))
    other = make_flags(A=(True,), B=(True,)).assign(zero_baseline="infinite_worsening")
    variants = derive.derive_responder_variants(
        pd.concat([flags, other]), ["A", "B"], last_month=3.0
    )
    assert variants["zero_baseline"].nunique() == 2


def flag_one(*, value, **settings):
    visits = pd.DataFrame([BASE, value], columns=NAMES).assign(patient_id="A", month=[0.0, 3.0])
    patients = pd.DataFrame({"patient_id": ["A"], "sex": ["female"]})
    ck = {"upper_limit_female": 200.0, "upper_limit_male": 300.0}
    config = make_config(instruments={"ck": ck} | settings)
    flags = derive.flag_by_definition(visits, patients, config)
    first = flags.drop_duplicates("definition").set_index("definition")["improved"]
    return first.to_dict()


def test_two_measures_worse_divide_imacs_from_printo():
    # Three better by 50 %; HAQ-DI and CK worse by 50 %: IMACS allows two, PRINTO one.
    found = flag_one(value=[2.5, 3.0, 60.0, 1.5, 450.0, 2.0])
    assert (found["IMACS"], found["PRINTO"]) == (True, False)


def test_the_score_counts_points_of_the_range():
    # Physician 25 % of 10 cm: 15 points; patient 30 %: 7.5; extramuscular 20 %: 12.5; together 35.
    assert flag_one(value=[2.5, 3.0, 60.0, 1.0, 300.0, 2.0])[TIS_MINIMAL]
    # Physician 10 %: 7.5 points, extramuscular 4 %: none.
    assert not flag_one(value=[4.0, 6.0, 60.0, 1.0, 300.0, 3.6])[TIS_MINIMAL]


def test_without_sex_the_score_goes_on_without_creatine_kinase():
    study = read_study("endurance_training_iim", tables=["core_set"])
    flags = derive.flag_by_definition(
        study.table("core_set"), study.table("patients"), study.config
    )
    score = flags[flags["definition"] == TIS_MINIMAL]
    assert score["improved"].notna().sum() == 13


@pytest.mark.parametrize("name", ["endurance_training_iim", "anakinra_iim"])
def test_the_first_specification_is_the_main_analysis_of_every_chapter(name):
    study = read_study(name)
    core_set, patients = study.table("core_set"), study.table("patients")
    flags = derive.flag_by_definition(core_set, patients, study.config)
    variants = derive.derive_responder_variants(
        flags, patients["patient_id"], last_month=study.config.months[-1]
    )
    _, first = next(iter(variants.groupby(list(CHOICES), sort=False)))
    groups = study.responses.groups
    assert (first["responder"].to_numpy() == (groups == "responders").to_numpy()).all()


def test_where_nobody_was_seen_after_baseline_everybody_is_counted_as_not_judged():
    study = make_cohort({"A": [None], "B": [None]})
    flags = derive.flag_by_definition(
        study.table("core_set"), study.table("patients"), study.config
    )
    assert flags.empty
    variants = derive.derive_responder_variants(flags, ["A", "B"], last_month=3.0)
    everybody = variants[variants["dropouts"] == "any_all"]
    assert everybody["responder"].tolist() == [False, False]
    judged = variants[variants["dropouts"] != "any_all"]
    assert judged["responder"].isna().all()
