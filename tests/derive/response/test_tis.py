import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.derive.response.core_set import MEASURE_NAMES, MEASURES
from helpers.derive.response.tis import (
    TIS_ADULT,
    TIS_CATEGORIES,
    TIS_JUVENILE,
    InstrumentRanges,
    PointScale,
    classify_tis,
    derive_ck_upper_limit,
    derive_tis,
    derive_tis_components,
    describe_tis_definition,
)

RANGES = InstrumentRanges(vas_maximum=10, mmt8_maximum=80, extramuscular_maximum=10)
ORDER = ("physician_global", "patient_global", "mmt8", "haq_di", "ck", "extramuscular")

# Points by measure and bin, typed from Aggarwal et al 2017, table 3 (PMC5577002).
POINTS = {
    "physician_global": (0, 7.5, 15, 17.5, 20),
    "patient_global": (0, 2.5, 5, 7.5, 10),
    "haq_di": (0, 5, 7.5, 7.5, 10),
    "ck": (0, 2.5, 5, 7.5, 7.5),
    "extramuscular": (0, 7.5, 12.5, 15, 20),
    "mmt8": (0, 10, 20, 27.5, 32.5),
}
EDGES = dict.fromkeys(POINTS, (5, 15, 25, 40)) | {"mmt8": (2, 10, 20, 30)}


def components_of(make_core_set, baseline, final, **options):
    core_set = make_core_set(
        {"month": 0} | dict(zip(ORDER, baseline, strict=True)),
        {"month": 6} | dict(zip(ORDER, final, strict=True)),
    )
    settings = {"ranges": RANGES, "ck_upper_limit": 3.3} | options
    return derive_tis_components(core_set, **settings)


def components_from(points):
    return pd.DataFrame(
        {"patient_id": "P1", "month": 6.0, "measure": MEASURE_NAMES, "points": points}
    )


# Worked by hand: ranges 10 cm, 80 points, 3, 15 x 3.3 = 49.5 ukat/L, 10 cm.
@pytest.mark.parametrize(
    ("baseline", "final", "percent", "points", "total", "category"),
    [
        (
            (6.0, 7.0, 62, 1.5, 20, 4.0),
            (3.0, 5.5, 70, 1.0, 6, 2.5),
            (30, 15, 10, 16.666666667, 28.282828283, 15),
            (17.5, 2.5, 10, 7.5, 7.5, 7.5),
            52.5,
            "moderate",
        ),
        (
            (5.0, 5.0, 70, 1.25, 4, 3.0),
            (4.5, 4.0, 71.6, 1.25, 5, 3.0),
            (5, 10, 2, 0, -2.02020202, 0),
            (0, 2.5, 0, 0, 0, 0),
            2.5,
            "none",
        ),
        (
            (8, 8, 40, 3, 60, 8),
            (0, 0, 80, 0, 3, 0),
            (80, 80, 50, 100, 115.151515152, 80),
            (20, 10, 32.5, 10, 7.5, 20),
            100,
            "major",
        ),
        (
            (2, 2, 76, 0.5, 4, 1),
            (4, 5, 70, 1.0, 8, 2),
            (-20, -30, -7.5, -16.666666667, -8.080808081, -10),
            (0, 0, 0, 0, 0, 0),
            0,
            "none",
        ),
    ],
)
def test_worked_examples(make_core_set, baseline, final, percent, points, total, category):
    components = components_of(make_core_set, baseline, final)
    assert components["change_percent"].tolist() == pytest.approx(percent, abs=1e-9)
    assert components["points"].tolist() == list(points)
    row = derive_tis(components).iloc[0]
    assert (row["tis"], row["category"], row["n_evaluable"], row["reason"]) == (
        total,
        category,
        6,
        "",
    )


@pytest.mark.parametrize("measure", ORDER)
@pytest.mark.parametrize("place", range(4))
@pytest.mark.parametrize(("step", "bins_up"), [(-0.001, 0), (0.0, 0), (0.001, 1)])
def test_an_edge_belongs_to_the_lower_bin(make_core_set, measure, place, step, bins_up):
    full = RANGES.range_of(measure) * (3.3 if measure == "ck" else 1)
    start = 0 if measure == "mmt8" else full
    end = abs(start - full * (EDGES[measure][place] + step) / 100)
    core_set = make_core_set({"month": 0, measure: start}, {"month": 6, measure: end})
    components = derive_tis_components(core_set, ranges=RANGES, ck_upper_limit=3.3)
    points = components.set_index("measure").loc[measure, "points"]
    assert points == POINTS[measure][place + bins_up]


@pytest.mark.parametrize(
    ("measure", "baseline", "value", "edge"),
    [
        ("mmt8", 76.8, 78.4, 2.0),  # 2.0000000000000107 in doubles would score 10
        ("patient_global", 4.1, 2.6, 15.0),  # 14.999999999999996
        ("haq_di", 1.875, 1.725, 5.0),  # 4.9999999999999964
    ],
)
def test_float_noise_does_not_move_a_change_across_an_edge(
    make_core_set, measure, baseline, value, edge
):
    core_set = make_core_set({"month": 0, measure: baseline}, {"month": 6, measure: value})
    components = derive_tis_components(core_set, ranges=RANGES, ck_upper_limit=3.3)
    found = components.set_index("measure").loc[measure]
    assert found["change_percent"] == edge
    assert found["points"] == POINTS[measure][EDGES[measure].index(edge)]


def test_the_largest_points_add_to_100_for_adults_and_juveniles():
    for definition in (TIS_ADULT, TIS_JUVENILE):
        assert sum(max(definition.scale_of(name).points) for name in MEASURE_NAMES) == 100


@pytest.mark.parametrize(
    ("score", "adult", "juvenile"),
    [
        (0.0, "none", "none"),
        (17.5, "none", "none"),
        (20.0, "minimal", "none"),
        (27.5, "minimal", "none"),
        (30.0, "minimal", "minimal"),
        (37.5, "minimal", "minimal"),
        (40.0, "moderate", "minimal"),
        (42.5, "moderate", "minimal"),
        (45.0, "moderate", "moderate"),
        (57.5, "moderate", "moderate"),
        (60.0, "major", "moderate"),
        (67.5, "major", "moderate"),
        (70.0, "major", "major"),
        (100.0, "major", "major"),
        (np.nan, "not evaluable", "not evaluable"),
    ],
)
def test_a_threshold_belongs_to_the_category_above_it(score, adult, juvenile):
    assert classify_tis(pd.Series([score])).tolist() == [adult]
    assert classify_tis(pd.Series([score]), definition=TIS_JUVENILE).tolist() == [juvenile]


def test_every_attainable_score_has_exactly_one_category():
    scores = pd.Series(np.arange(0, 100.1, 2.5))
    counts = classify_tis(scores).value_counts().to_dict()
    assert counts == {"none": 8, "minimal": 8, "moderate": 8, "major": 17}
    assert set(counts) < set(TIS_CATEGORIES)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.sampled_from(range(5)), min_size=6, max_size=6))
def test_scores_are_0_to_100_in_steps_of_2_5(bins):
    points = [POINTS[name][bin_] for name, bin_ in zip(MEASURE_NAMES, bins, strict=True)]
    score = derive_tis(components_from(points))["tis"].item()
    assert 0 <= score <= 100
    assert score % 2.5 == 0


def test_missing_measures_give_no_points_and_are_named(make_core_set):
    core_set = make_core_set(
        {"month": 0, "haq_di": np.nan},
        {"month": 6, "physician_global": 0.0, "patient_global": np.nan},
    )
    components = derive_tis_components(core_set, ranges=RANGES, ck_upper_limit=3.3)
    reasons = components.set_index("measure")["reason"]
    assert reasons["haq_di"] == "no baseline value"
    assert reasons["patient_global"] == "not measured at this visit"
    row = derive_tis(components).iloc[0]
    assert (row["tis"], row["n_evaluable"]) == (20.0, 4)
    assert row["missing_measures"] == "patient_global, haq_di"
    assert row["reason"] == "no points for missing patient_global, haq_di"
    strict = derive_tis(components, missing_measure="not_evaluable").iloc[0]
    assert pd.isna(strict["tis"])
    assert strict["category"] == "not evaluable"
    assert strict["reason"] == "cannot be scored without patient_global, haq_di"


@pytest.mark.parametrize(
    ("lost", "required", "scored"),
    [
        (("physician_global",), ("physician_global", "mmt8"), False),
        (("mmt8",), ("physician_global", "mmt8"), False),
        (("mmt8",), (), True),
        (("ck", "haq_di"), ("physician_global", "mmt8"), True),
        (MEASURE_NAMES, (), False),
    ],
)
def test_a_score_needs_its_required_measures(lost, required, scored):
    points = [np.nan if name in lost else 0.0 for name in MEASURE_NAMES]
    row = derive_tis(components_from(points), required_measures=required).iloc[0]
    assert pd.notna(row["tis"]) == scored
    assert (row["category"] == "not evaluable") != scored
    if lost == MEASURE_NAMES:
        assert row["reason"] == "no measure can be compared with baseline"


def test_the_upper_limit_of_ck_follows_the_patient(make_core_set):
    visits = [
        {"patient_id": name, "month": month, "ck": ck}
        for name in ("F", "M", "X")
        for month, ck in ((0, 20.0), (6, 10.0))
    ]
    patients = pd.DataFrame({"patient_id": ["F", "M", "X"], "sex": ["female", "male", None]})
    limits = derive_ck_upper_limit(patients, female=2.5, male=3.3)
    components = derive_tis_components(make_core_set(*visits), ranges=RANGES, ck_upper_limit=limits)
    ck = components[components["measure"] == "ck"].set_index("patient_id")
    # 10 / 37.5 and 10 / 49.5 of the range
    assert ck["change_percent"].tolist()[:2] == pytest.approx([26.666666667, 20.202020202])
    assert ck["points"].tolist()[:2] == [7.5, 5.0]
    assert ck.loc["X", "reason"] == "upper limit of normal not known"
    assert np.isnan(ck.loc["X", "points"])


def test_the_multiplier_of_the_upper_limit_is_a_setting(make_core_set):
    core_set = make_core_set({"month": 0, "ck": 20.0}, {"month": 6, "ck": 10.0})
    narrow = InstrumentRanges(10, 80, 10, enzyme_multiplier=5)
    components = derive_tis_components(core_set, ranges=narrow, ck_upper_limit={"P1": 4})
    assert components.set_index("measure").loc["ck", "change_percent"] == 50.0


@pytest.mark.parametrize("limit", [0, -1.0, np.inf])
def test_an_impossible_upper_limit_is_refused(make_core_set, limit):
    core_set = make_core_set({"month": 0}, {"month": 6})
    with pytest.raises(ValueError, match=r"ck_upper_limit: expected numbers above 0 .* for P1"):
        derive_tis_components(core_set, ranges=RANGES, ck_upper_limit=limit)


def test_millimetres_in_a_study_that_declares_centimetres_are_refused(make_core_set):
    core_set = make_core_set({"month": 0, "physician_global": 55}, {"month": 6})
    with pytest.raises(
        ValueError, match="physician_global: expected values from 0 to 10, found 55"
    ):
        derive_tis_components(core_set, ranges=RANGES, ck_upper_limit=3.3)


def test_both_sided_muscle_testing_uses_its_own_maximum(make_core_set):
    core_set = make_core_set({"month": 0, "mmt8": 120}, {"month": 6, "mmt8": 135})
    ranges = InstrumentRanges(vas_maximum=10, mmt8_maximum=150, extramuscular_maximum=10)
    components = derive_tis_components(core_set, ranges=ranges, ck_upper_limit=3.3)
    found = components.set_index("measure").loc["mmt8", ["change_percent", "points"]]
    assert found.tolist() == [10.0, 10.0]


def test_wrong_settings_are_refused():
    with pytest.raises(
        ValueError, match="expected numbers above 0 for vas_maximum, haq_di_maximum"
    ):
        InstrumentRanges(0, 80, 10, haq_di_maximum=np.inf)
    with pytest.raises(ValueError, match="expected rising edges"):
        PointScale((5, 5), (0, 1, 2))
    with pytest.raises(ValueError, match="one more number of points"):
        PointScale((5, 15), (0, 1))
    with pytest.raises(ValueError, match="required_measures: expected one of"):
        derive_tis(components_from([0.0] * 6), required_measures=["mmt"])
    with pytest.raises(ValueError, match="column sex: expected one of female, male; found F"):
        derive_ck_upper_limit(
            pd.DataFrame({"patient_id": ["P1"], "sex": ["F"]}), female=2.5, male=3.3
        )


def test_a_repeated_measure_is_refused():
    doubled = pd.concat([components_from([0.0] * 6)] * 2)
    with pytest.raises(ValueError, match="one row per patient_id x month x measure"):
        derive_tis(doubled)


def test_no_visit_gives_no_score(make_core_set):
    components = derive_tis_components(make_core_set(), ranges=RANGES, ck_upper_limit=3.3)
    assert components.empty
    scores = derive_tis(components)
    assert scores.empty
    assert str(scores["category"].dtype) == "str"


def test_the_juvenile_score_is_described_with_its_own_thresholds():
    text = describe_tis_definition(TIS_JUVENILE)
    assert text.startswith("Up to 20 points for physician global activity")
    assert "Minimal improvement from 30, moderate from 45, major from 70" in text
    assert all(measure.label in text for measure in MEASURES)
