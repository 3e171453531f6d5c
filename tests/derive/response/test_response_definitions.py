import numpy as np
import pandas as pd
import pytest

from helpers.contracts.response import IMACS_2004
from helpers.derive.response.core_set import MEASURE_NAMES, derive_relative_change
from helpers.derive.response.imacs import flag_imacs_improvement
from helpers.derive.response.response_definitions import AGREEMENTS, compare_response_definitions
from helpers.derive.response.tis import InstrumentRanges, derive_tis, derive_tis_components

RANGES = InstrumentRanges(vas_maximum=10, mmt8_maximum=80, extramuscular_maximum=10)


def compare(core_set, **options):
    change = derive_relative_change(core_set)
    components = derive_tis_components(core_set, ranges=RANGES, ck_upper_limit=3.3)
    return compare_response_definitions(
        flag_imacs_improvement(change, definition=IMACS_2004),
        derive_tis(components),
        change=change,
        components=components,
        **options,
    )


def test_small_changes_of_small_baselines_are_a_response_to_imacs_only(make_core_set):
    small = {"physician_global": 1.0, "patient_global": 1.0, "ck": 3.0}
    smaller = {"physician_global": 0.8, "patient_global": 0.8, "ck": 2.4}
    row = compare(make_core_set({"month": 0} | small, {"month": 3} | smaller)).iloc[0]
    assert row["agreement"] == "IMACS only"
    assert (row["imacs_improved"], row["tis"], row["tis_improved"]) == (True, 0.0, False)
    assert row["explanation"] == (
        "improved by IMACS, but the total improvement score is 0 (20 needed), because the change "
        "is small against the instrument's range or weighs little: "
        "Physician from 1 to 0.8 is 20 % of baseline, 2 % of the range (0 points); "
        "Patient from 1 to 0.8 is 20 % of baseline, 2 % of the range (0 points); "
        "CK from 3 to 2.4 is 20 % of baseline, 1.21 % of the range (0 points)"
    )


def test_a_baseline_or_limit_that_gives_no_percentage_is_put_in_words(make_core_set):
    core_set = make_core_set(
        {"month": 0, "mmt8": 0, "ck": 3.0, "patient_global": 1.0},
        {"month": 3, "mmt8": 1, "ck": 2.0, "patient_global": 0.8},
    )
    change = derive_relative_change(core_set)
    components = derive_tis_components(core_set, ranges=RANGES, ck_upper_limit={})
    table = compare_response_definitions(
        flag_imacs_improvement(change, definition=IMACS_2004),
        derive_tis(components),
        change=change,
        components=components,
    )
    explanation = table["explanation"].item()
    assert "MMT-8 from 0 to 1 is 1.25 % of the range (0 points)" in explanation
    assert "CK from 3 to 2 is 33.3 % of baseline, of an unknown share of the range (no points)" in (
        explanation
    )
    assert "nan" not in explanation
    assert "inf" not in explanation


def test_one_heavy_measure_is_a_response_to_the_score_only(make_core_set):
    row = compare(make_core_set({"month": 0, "mmt8": 60}, {"month": 3, "mmt8": 76})).iloc[0]
    assert row["agreement"] == "TIS only"
    assert row["explanation"] == (
        "total improvement score 20 (20 needed; points: MMT-8 20), but not improved by IMACS: "
        "1 measure better by at least 20 % (3 needed); none worse by at least 25 %"
    )


def test_agreement_needs_no_explanation(make_core_set):
    better = {"physician_global": 1.0, "patient_global": 1.0, "ck": 2.0}
    core_set = make_core_set(
        {"patient_id": "P1", "month": 0},
        {"patient_id": "P1", "month": 3} | better,
        {"patient_id": "P2", "month": 0},
        {"patient_id": "P2", "month": 3},
    )
    table = compare(core_set)
    assert table["agreement"].tolist() == ["both improved", "neither improved"]
    assert table["explanation"].tolist() == ["", ""]


def test_a_higher_category_can_be_asked_for(make_core_set):
    better = {"physician_global": 3.0, "patient_global": 3.0, "haq_di": 0.5}
    core_set = make_core_set({"month": 0}, {"month": 3} | better)
    # 20 % of the range twice and 16.7 %: 15 + 5 + 7.5 points
    assert compare(core_set)["tis"].item() == 27.5
    assert compare(core_set)["agreement"].item() == "both improved"
    strict = compare(core_set, at_least="moderate")
    assert strict["agreement"].item() == "IMACS only"
    assert "score is 27.5 (40 needed)" in strict["explanation"].item()


def test_what_one_side_cannot_judge_is_not_comparable_and_says_which(make_core_set):
    lost = dict.fromkeys(MEASURE_NAMES, np.nan)
    core_set = make_core_set(
        {"patient_id": "P1", "month": 0},
        {"patient_id": "P1", "month": 3} | lost,
        {"patient_id": "P2", "month": 0},
        {"patient_id": "P2", "month": 3, "mmt8": np.nan},
    )
    table = compare(core_set)
    assert table["agreement"].tolist() == ["not comparable"] * 2
    assert table["explanation"].tolist() == [
        "IMACS: no measure can be compared with baseline (3 needed); "
        "total improvement score: no measure can be compared with baseline",
        "total improvement score: cannot be scored without mmt8",
    ]
    assert set(table["agreement"]) <= set(AGREEMENTS)


def test_no_visit_gives_an_empty_comparison(make_core_set):
    assert compare(make_core_set()).empty


def test_tables_with_different_visits_are_refused(make_core_set):
    core_set = make_core_set({"month": 0}, {"month": 3}, {"month": 6})
    change = derive_relative_change(core_set)
    components = derive_tis_components(core_set, ranges=RANGES, ck_upper_limit=3.3)
    scores = derive_tis(components)
    with pytest.raises(ValueError, match=r"only in one: \('P1', 6\.0\)"):
        compare_response_definitions(
            flag_imacs_improvement(change, definition=IMACS_2004),
            scores[scores["month"] == 3],
            change=change,
            components=components,
        )
    with pytest.raises(ValueError, match="scores: expected one row per patient_id x month"):
        compare_response_definitions(
            flag_imacs_improvement(change, definition=IMACS_2004),
            pd.concat([scores, scores]),
            change=change,
            components=components,
        )
