from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.contracts.response import BY_MEASURES, IMACS_2004, PRINTO_JDM
from helpers.derive.response.core_set import MEASURE_NAMES, derive_relative_change
from helpers.derive.response.imacs import (
    ODDIS_2005,
    PRODERM_WORSENING,
    WorseningDefinition,
    describe_improvement_definition,
    describe_worsening_definition,
    flag_imacs_improvement,
    flag_imacs_worsening,
    judge_improvement,
)

NA = float("nan")


def flag_all(change, *, definition=IMACS_2004):
    return flag_imacs_improvement(change, definition=definition)


def judge_one(percents):
    percents = pd.DataFrame([percents], columns=MEASURE_NAMES)
    return judge_improvement(percents, definition=IMACS_2004)["improved"].iloc[0]


def flag(change, **options):
    return flag_all(change, **options).iloc[0]


def worsening_of(core_set, *, vas_maximum=10, extramuscular_is_vas=True, **options):
    return flag_imacs_worsening(
        derive_relative_change(core_set),
        vas_maximum=vas_maximum,
        extramuscular_is_vas=extramuscular_is_vas,
        **options,
    ).iloc[0]


# --- the published table -----------------------------------------------------------------------


def test_all_15_published_flags_and_counts_are_reproduced(munters_core_set, munters_expected):
    flags = flag_all(derive_relative_change(munters_core_set))
    found = flags[["patient_id", "improved", "n_better", "n_worse"]]
    pd.testing.assert_frame_equal(found, munters_expected, check_dtype=False)


def test_six_of_nine_trained_patients_and_one_of_six_controls_improved(munters_core_set):
    flags = flag_all(derive_relative_change(munters_core_set))
    improved = flags.set_index("patient_id")["improved"]
    assert improved.loc["A":"I"].tolist().count(True) == 6
    assert improved.loc["J":"O"].tolist().count(True) == 1
    assert improved.notna().all()


def test_leaving_baselines_of_zero_out_hides_the_published_worsenings(munters_core_set):
    change = derive_relative_change(munters_core_set, zero_baseline="not_evaluable")
    flags = flag_all(change).set_index("patient_id")
    assert flags.loc[["A", "D"], "n_worse"].tolist() == [0, 0]


# --- improvement -------------------------------------------------------------------------------


@pytest.mark.parametrize(("third", "improved"), [(20.0, True), (19.999999, False), (20.1, True)])
def test_exactly_20_percent_is_improved(make_change, third, improved):
    row = flag(make_change(ck=20.0, haq_di=20.0, extramuscular=third))
    assert row["improved"] == improved
    assert row["n_better"] == 2 + improved


def test_a_true_20_percent_with_float_noise_is_improved(make_change):
    noisy = (0.5 - 0.4) / 0.5 * 100
    assert noisy < 20
    assert flag(make_change(ck=noisy, haq_di=noisy, extramuscular=noisy))["improved"]


@pytest.mark.parametrize(("third", "improved"), [(-24.9, True), (-25.0, False), (-25.1, False)])
def test_exactly_25_percent_is_worse_and_a_third_worse_measure_costs_the_response(
    make_change, third, improved
):
    better = {"mmt8": 20.0, "ck": 20.0, "haq_di": 20.0}
    row = flag(
        make_change(**better, physician_global=-25.0, patient_global=-25.0, extramuscular=third)
    )
    assert row["improved"] == improved


@pytest.mark.parametrize(("strength", "improved"), [(-24.9, True), (-25.0, False)])
def test_muscle_strength_may_not_be_worse(make_change, strength, improved):
    row = flag(make_change(mmt8=strength, ck=20.0, haq_di=20.0, extramuscular=20.0))
    assert row["improved"] == improved


@pytest.mark.parametrize("n_known", range(7))
def test_fewer_than_three_comparable_measures_are_not_evaluable(make_change, n_known):
    lost = dict.fromkeys(MEASURE_NAMES[n_known:], NA)
    row = flag(make_change(**lost))
    assert pd.isna(row["improved"]) == (n_known < 3)
    assert row["n_evaluable"] == n_known


def test_an_infinite_worsening_counts_as_worse(make_change):
    row = flag(make_change(haq_di=-np.inf, ck=20.0, patient_global=20.0, extramuscular=20.0))
    assert (row["improved"], row["worse"]) == (True, "haq_di")


@pytest.mark.parametrize(
    ("improvement", "reason"),
    [
        (
            {"ck": 20.0, "haq_di": 20.0, "extramuscular": 20.0, "patient_global": -25.0},
            "3 measures better by at least 20 %; 1 worse by at least 25 %",
        ),
        (
            {"ck": 20.0},
            "1 measure better by at least 20 % (3 needed); none worse by at least 25 %",
        ),
        (
            {"ck": 20.0, "haq_di": 20.0, "extramuscular": 20.0, "mmt8": -25.0},
            "3 measures better by at least 20 %; 1 worse by at least 25 %; "
            "MMT-8 worse by at least 25 % (must not be)",
        ),
        (
            {
                "ck": -30.0,
                "haq_di": -30.0,
                "extramuscular": -30.0,
                "mmt8": 20.0,
                "physician_global": 20.0,
                "patient_global": 20.0,
            },
            "3 measures better by at least 20 %; 3 worse by at least 25 % (at most 2 allowed)",
        ),
        (
            dict.fromkeys(MEASURE_NAMES[2:], NA),
            "only 2 of 6 measures can be compared with baseline (3 needed)",
        ),
        (
            dict.fromkeys(MEASURE_NAMES, NA),
            "no measure can be compared with baseline (3 needed)",
        ),
        (
            {"mmt8": NA, "ck": 20.0, "haq_di": 20.0, "extramuscular": 20.0},
            "3 measures better by at least 20 %; none worse by at least 25 %; "
            "MMT-8 could not be compared",
        ),
    ],
)
def test_the_reason_says_why_in_plain_words(make_change, improvement, reason):
    assert flag(make_change(**improvement))["reason"] == reason


def test_better_and_worse_measures_are_named_in_order(make_change):
    row = flag(make_change(ck=30.0, physician_global=40.0, haq_di=-30.0, mmt8=-40.0))
    assert row["better"] == "physician_global, ck"
    assert row["worse"] == "mmt8, haq_di"


def test_printo_allows_one_worse_measure_and_exactly_30_percent_is_not_worse(make_change):
    better = {"mmt8": 20.0, "ck": 20.0, "haq_di": 20.0}
    at_limit = make_change(**better, physician_global=-30.0, patient_global=-30.0)
    one = make_change(**better, physician_global=-30.1, patient_global=-30.0)
    two = make_change(**better, physician_global=-30.1, patient_global=-30.1)
    assert [flag(change, definition=PRINTO_JDM)["improved"] for change in (at_limit, one, two)] == [
        True,
        True,
        False,
    ]
    assert "worse by more than 30 %" in flag(two, definition=PRINTO_JDM)["reason"]


def test_a_definition_may_demand_that_muscle_strength_was_measured(make_change):
    strict = replace(IMACS_2004, veto_must_be_measured=True)
    row = flag(make_change(mmt8=NA, ck=20.0, haq_di=20.0, extramuscular=20.0), definition=strict)
    assert pd.isna(row["improved"])
    assert row["reason"] == "MMT-8 could not be compared"


@pytest.mark.parametrize("definition", BY_MEASURES.values(), ids=list(BY_MEASURES))
def test_the_measures_that_may_not_worsen_are_measures(definition):
    assert set(definition.must_not_worsen) <= set(MEASURE_NAMES)


def test_a_definition_of_worsening_with_an_unknown_measure_is_refused():
    with pytest.raises(ValueError, match="measures: expected one of physician_global"):
        WorseningDefinition(name="x", source="y", measures=("mmt",))


def test_definitions_are_written_as_one_sentence():
    printo = describe_improvement_definition(PRINTO_JDM)
    assert "at most 1 worse by more than 30 %, MMT-8 not among the worse" in printo
    strict = replace(IMACS_2004, veto_must_be_measured=True)
    assert "can be compared, MMT-8 among them" in describe_improvement_definition(strict)
    no_veto = replace(IMACS_2004, must_not_worsen=())
    assert "among the worse" not in describe_improvement_definition(no_veto)
    assert "at least 3 of 5 core set measures" in describe_worsening_definition(PRODERM_WORSENING)


def test_every_combination_of_better_same_worse_missing_is_judged_as_the_rule_reads():
    """All 4 ** 6 visits against the rule written out once more, slowly."""
    cases = list(product((20.0, 0.0, -25.0, NA), repeat=6))
    judged = judge_improvement(pd.DataFrame(cases, columns=MEASURE_NAMES), definition=IMACS_2004)
    for case, found in zip(cases, judged["improved"], strict=True):
        if sum(not np.isnan(percent) for percent in case) < 3:
            assert pd.isna(found)
            continue
        strength = case[MEASURE_NAMES.index("mmt8")]
        assert found == (case.count(20.0) >= 3 and case.count(-25.0) <= 2 and strength != -25.0)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.floats(-200, 100) | st.just(NA), min_size=6, max_size=6))
def test_improving_a_measure_further_never_costs_the_response(percents):
    before = judge_improvement(
        pd.DataFrame([percents], columns=MEASURE_NAMES), definition=IMACS_2004
    )["improved"].iloc[0]
    raised = [percent + 30 for percent in percents]
    after = judge_improvement(pd.DataFrame([raised], columns=MEASURE_NAMES), definition=IMACS_2004)[
        "improved"
    ].iloc[0]
    assert pd.isna(before) == pd.isna(after)
    assert pd.isna(before) or after >= before


def test_no_visit_gives_an_empty_table_with_text_columns(make_change):
    flags = flag_all(make_change().iloc[:0])
    assert flags.empty
    assert [str(flags[name].dtype) for name in ("improved", "reason")] == ["boolean", "str"]


def test_visits_keep_the_order_of_the_input(make_change):
    change = pd.concat(
        [
            make_change(patient_id="P2", month=6.0),
            make_change(patient_id="P10", month=3.0),
            make_change(patient_id="P2", month=3.0),
        ]
    )
    flags = flag_all(change)
    assert flags[["patient_id", "month"]].to_numpy().tolist() == [
        ["P2", 6.0],
        ["P10", 3.0],
        ["P2", 3.0],
    ]


def test_a_measure_given_twice_or_unknown_is_refused(make_change):
    doubled = pd.concat([make_change(), make_change()])
    with pytest.raises(ValueError, match="one row per patient_id x month x measure"):
        flag_all(doubled)
    with pytest.raises(ValueError, match=r"column measure: expected one of .*; found crp"):
        flag_all(make_change().replace({"measure": {"ck": "crp"}}))


# --- worsening ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("physician", "strength", "worsened"),
    [
        (7.0, 48.0, True),  # 5 -> 7 cm and 60 -> 48 points: both exactly at the limit
        (6.9, 48.0, False),
        (7.0, 49.0, False),
        (6.9, 49.0, False),
    ],
)
def test_physician_global_and_strength_must_both_reach_their_limit(
    make_core_set, physician, strength, worsened
):
    core_set = make_core_set(
        {"month": 0}, {"month": 3, "physician_global": physician, "mmt8": strength}
    )
    row = worsening_of(core_set)
    assert row["worsened"] == worsened
    assert row["criteria_met"] == ("physician_global_and_mmt8" if worsened else "")


@pytest.mark.parametrize(("value", "worsened"), [(4.0, False), (4.1, True), (4.2, True)])
def test_extramuscular_activity_higher_by_exactly_2_cm_is_worse(make_core_set, value, worsened):
    # 2.1 to 4.1 is 1.9999999999999996 in doubles
    core_set = make_core_set(
        {"month": 0, "extramuscular": 2.1}, {"month": 3, "extramuscular": value}
    )
    assert worsening_of(core_set)["worsened"] == worsened


def test_a_scale_in_millimetres_needs_20_mm(make_core_set):
    visits = {"month": 0, "extramuscular": 22.0}, {"month": 3, "extramuscular": 41.9}
    assert not worsening_of(make_core_set(*visits), vas_maximum=100)["worsened"]
    visits = {"month": 0, "extramuscular": 22.0}, {"month": 3, "extramuscular": 42.0}
    assert worsening_of(make_core_set(*visits), vas_maximum=100)["worsened"]


def test_an_index_has_no_centimetres_but_still_counts_among_the_six(make_core_set):
    core_set = make_core_set(
        {"month": 0, "extramuscular": 0.1},
        {"month": 3, "extramuscular": 9.0, "ck": 13.0, "haq_di": 1.3},
    )
    row = worsening_of(core_set, extramuscular_is_vas=False)
    assert row["worsened"]
    assert row["criteria_met"] == "several_measures"
    assert row["criteria_not_judged"] == "extramuscular"
    assert row["reason"] == (
        "3 measures worse by at least 30 %; "
        "not judged: the extramuscular measure is not a visual analogue scale"
    )


@pytest.mark.parametrize(("third", "worsened"), [(1.29, False), (1.3, True)])
def test_three_measures_worse_by_exactly_30_percent_are_a_worsening(make_core_set, third, worsened):
    core_set = make_core_set(
        {"month": 0}, {"month": 3, "ck": 13.0, "patient_global": 6.5, "haq_di": third}
    )
    row = worsening_of(core_set)
    assert row["worsened"] == worsened
    assert row["n_worse"] == 2 + worsened


def test_proderm_leaves_enzymes_out_of_the_third_criterion(make_core_set):
    core_set = make_core_set(
        {"month": 0}, {"month": 3, "ck": 13.0, "patient_global": 6.5, "haq_di": 1.3}
    )
    assert worsening_of(core_set, definition=ODDIS_2005)["worsened"]
    row = worsening_of(core_set, definition=PRODERM_WORSENING)
    assert (row["worsened"], row["n_evaluable"], row["n_worse"]) == (False, 5, 2)


def test_one_half_known_to_be_untrue_settles_the_first_criterion(make_core_set):
    core_set = make_core_set({"month": 0}, {"month": 3, "physician_global": NA, "mmt8": 60.0})
    assert worsening_of(core_set)["criteria_not_judged"] == ""
    core_set = make_core_set({"month": 0}, {"month": 3, "physician_global": NA, "mmt8": 40.0})
    row = worsening_of(core_set)
    assert row["criteria_not_judged"] == "physician_global_and_mmt8"
    assert "not judged: physician global activity or MMT-8 missing" in row["reason"]
    assert not row["worsened"]


def test_a_visit_is_unjudged_only_when_every_criterion_is(make_core_set):
    lost = dict.fromkeys(MEASURE_NAMES, NA)
    row = worsening_of(make_core_set({"month": 0}, {"month": 3} | lost))
    assert pd.isna(row["worsened"])
    assert (
        row["criteria_not_judged"] == "physician_global_and_mmt8, extramuscular, several_measures"
    )
    assert "only 0 of 6 measures can be compared (3 needed)" in row["reason"]
    assert "extramuscular activity missing" in row["reason"]
    row = worsening_of(make_core_set({"month": 0}, {"month": 3} | lost | {"extramuscular": 7.0}))
    assert row["worsened"]


@pytest.mark.parametrize(("n_known", "judged"), [(2, False), (3, True)])
def test_the_third_criterion_needs_three_comparable_measures(make_core_set, n_known, judged):
    known = ("ck", "haq_di", "patient_global")[:n_known]
    lost = {name: NA for name in MEASURE_NAMES if name not in known}
    row = worsening_of(make_core_set({"month": 0}, {"month": 3} | lost))
    assert ("several_measures" not in row["criteria_not_judged"]) == judged


def test_an_impossible_scale_is_refused(make_change):
    for maximum in (0, -10, NA):
        with pytest.raises(ValueError, match=r"vas_maximum: expected 10 \(cm\) or 100 \(mm\)"):
            flag_imacs_worsening(make_change(), vas_maximum=maximum, extramuscular_is_vas=True)


def test_no_visit_gives_an_empty_table_of_worsening(make_change):
    flags = flag_imacs_worsening(make_change().iloc[:0], vas_maximum=10, extramuscular_is_vas=True)
    assert flags.empty
    assert str(flags["worsened"].dtype) == "boolean"
