import numpy as np
import pandas as pd
import pytest

from helpers.derive.instruments.sf36 import (
    ITEMS,
    RECODED,
    SCALE_LABELS,
    SCALES,
    derive_sf36_components,
    derive_sf36_scales,
)

# One form with its published result: PharmCat/SF36HealthSurvey.jl, test suite (SF-36 v1, US 1990).
FORM = [1, 2, 3, 2, 3, 2, 3, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2]
FORM += [1, 3, 3, 2, 3, 2, 1, 2, 1, 2, 1, 2, 3, 2, 1, 1, 2, 3]
PCS, MCS = 44.4027962318693, 32.3110454134656


def form(responses, **changes):
    items = dict(zip(ITEMS, responses, strict=True))
    items |= {name.removeprefix("item"): value for name, value in changes.items()}
    table = pd.DataFrame({"item": list(items), "response": list(items.values())})
    table = table.astype({"response": "float64"})
    return table.assign(patient_id="P1", month=0.0, instrument="sf36")


def scales(responses=FORM, scoring="sf36_v1", **changes):
    return derive_sf36_scales(form(responses, **changes), scoring=scoring).set_index("scale")


def test_the_published_component_scores_are_reproduced():
    components = derive_sf36_components(derive_sf36_scales(form(FORM)))
    assert components["pcs"].item() == pytest.approx(PCS, abs=1e-12)
    assert components["mcs"].item() == pytest.approx(MCS, abs=1e-12)
    assert components["reason"].item() == ""


def test_the_eight_scales_of_the_published_form():
    assert scales()["score"].to_dict() == pytest.approx(
        {"PF": 55, "RP": 50, "BP": 62, "GH": 55, "VT": 50, "SF": 37.5, "RE": 100 / 3, "MH": 40}
    )


def test_rand_differs_in_pain_and_general_health_only():
    rand, mos = scales(scoring="rand36")["score"], scales()["score"]
    assert rand["BP"] == 67.5
    assert rand["GH"] == 55
    other = [name for name in SCALES if name not in ("BP", "GH")]
    pd.testing.assert_series_equal(rand[other], mos[other])


def test_every_item_but_the_health_transition_belongs_to_one_scale():
    used = [item for items in SCALES.values() for item in items]
    assert sorted([*used, "2"], key=int) == list(ITEMS)
    assert list(SCALE_LABELS) == list(SCALES)


def test_best_and_worst_responses_give_100_and_0_in_both_scorings():
    best = [RECODED[item].index(100) + 1 for item in ITEMS]
    worst = [RECODED[item].index(0) + 1 for item in ITEMS]
    for scoring in ("sf36_v1", "rand36"):
        assert scales(best, scoring)["score"].tolist() == [100] * 8
        assert scales(worst, scoring)["score"].tolist() == [0] * 8


# By hand from the SF-36 manual's values: (recoded 21 + recoded 22 - 2) / 10 * 100.
@pytest.mark.parametrize(
    ("amount", "interference", "score"),
    [
        (1, 1, 100),  # 6 + 6: no interference counts 6 only without pain
        (2, 1, 84),  # 5.4 + 5
        (1, 2, 80),  # 6 + 4
        (3, 2, 62),  # 4.2 + 4
        (4, 3, 41),  # 3.1 + 3
        (5, 4, 22),  # 2.2 + 2
        (6, 5, 0),
        (4, None, 42),  # 3.1 twice
        (1, None, 100),
        (None, 1, 100),  # 6 twice
        (None, 2, 75),  # 4.75 twice
        (None, 3, 50),
        (None, 4, 25),
        (None, 5, 0),
    ],
)
def test_pain_depends_on_both_items(amount, interference, score):
    found = scales(item21=amount, item22=interference).loc["BP", "score"]
    assert found == pytest.approx(score, abs=1e-9)


@pytest.mark.parametrize(("response", "score"), [(1, 100), (2, 85), (3, 60), (4, 25), (5, 0)])
def test_general_health_is_recalibrated(response, score):
    alone = dict.fromkeys(("item33", "item34", "item35", "item36"))
    table = derive_sf36_scales(form(FORM, item1=response, **alone), minimum_answered="any")
    assert table.set_index("scale").loc["GH", "score"] == pytest.approx(score, abs=1e-9)


@pytest.mark.parametrize(
    ("scale", "needed"),
    [("PF", 5), ("RP", 2), ("RE", 2), ("VT", 2), ("MH", 3), ("SF", 1), ("BP", 1), ("GH", 3)],
)
def test_sf36_needs_half_of_the_items_of_a_scale_and_rand_any(scale, needed):
    items = SCALES[scale]
    for n_answered in range(len(items) + 1):
        lost = {f"item{item}": None for item in items[n_answered:]}
        row = scales(**lost).loc[scale]
        assert pd.notna(row["score"]) == (n_answered >= needed)
        assert (row["n_answered"], row["n_items"]) == (n_answered, len(items))
        rand = scales(scoring="rand36", **lost).loc[scale]
        assert pd.notna(rand["score"]) == (n_answered >= 1)
    assert row["reason"] == ""
    empty = {f"item{item}": None for item in items}
    assert scales(**empty).loc[scale, "reason"] == (
        f"only 0 of {len(items)} items answered ({needed} needed)"
    )


def test_a_rand_scale_is_the_mean_of_what_was_answered():
    # worked example of the RAND scoring instructions: 40, 60, 40 and a gap
    row = scales(scoring="rand36", item23=4, item27=3, item29=3, item31=None).loc["VT"]
    assert row["score"] == pytest.approx(140 / 3)


def test_components_need_all_eight_scales():
    lost = {f"item{item}": None for item in (*SCALES["SF"], *SCALES["MH"])}
    components = derive_sf36_components(derive_sf36_scales(form(FORM, **lost)))
    assert components[["pcs", "mcs"]].isna().all(axis=None)
    assert components["reason"].item() == "needs all eight scales; missing SF, MH"


def test_no_form_gives_no_score():
    table = derive_sf36_scales(form(FORM).iloc[:0])
    assert table.empty
    assert derive_sf36_components(table).empty


@pytest.mark.parametrize("item", ITEMS)
def test_one_step_beyond_the_responses_of_an_item_is_refused(item):
    for response in (0, len(RECODED[item]) + 1, 1.5):
        with pytest.raises(ValueError, match=f"item {item}: {response} is not one of 1, 2"):
            scales(**{f"item{item}": response})


def test_unknown_items_and_scales_are_refused():
    with pytest.raises(ValueError, match="item 37 is not one of 1 to 36"):
        scales(item37=1)
    table = derive_sf36_scales(form(FORM))
    with pytest.raises(ValueError, match="column scale: expected one of PF, RP"):
        derive_sf36_components(table.replace({"scale": {"PF": "pain"}}))
    with pytest.raises(ValueError, match="scales: expected one row per patient_id x month x scale"):
        derive_sf36_components(pd.concat([table, table]))


def test_visits_keep_their_order():
    table = pd.concat([form(FORM).assign(patient_id="P2", month=6.0), form(FORM)])
    found = derive_sf36_scales(table)
    assert found["patient_id"].tolist() == ["P2"] * 8 + ["P1"] * 8
    assert found["scale"].tolist() == list(SCALES) * 2
    assert np.allclose(derive_sf36_components(found)["pcs"], PCS)
