"""The invented cohort: rebuilt byte for byte, inside its contracts, and never called real."""

import re
import shutil

import pandas as pd
import pytest

from helpers.claims.evidence import Evidence
from helpers.claims.verdicts import check_claims
from helpers.derive.response.response_groups import derive_responses
from helpers.reconstruct import build_tables, rebuild_tables
from helpers.reconstruct.skeleton import (
    CELLS_AT_BASELINE,
    CELLS_AT_SIX,
    MEMBERS,
    NO_SERUM,
    list_on_study_at_six,
    list_patients,
)
from helpers.study import check_study, find_study, read_study


@pytest.fixture(scope="module")
def study():
    return read_study("anakinra_iim")


def test_rebuilding_gives_the_committed_tables_byte_for_byte():
    folder = find_study("anakinra_iim") / "tables"
    committed = {path.stem: path.read_bytes() for path in folder.glob("*.csv")}
    assert build_tables() == committed


def test_rebuilding_writes_only_what_differs(tmp_path):
    files = rebuild_tables(tmp_path)
    assert sorted(path.stem for path in files) == sorted(build_tables())
    files[0].write_text("edited by hand\n")
    times = [path.stat().st_mtime_ns for path in files]
    rebuild_tables(tmp_path)
    changed = [path.stat().st_mtime_ns != time for path, time in zip(files, times, strict=True)]
    assert changed == [True] + [False] * (len(files) - 1)
    assert files[0].read_bytes() == build_tables()[files[0].stem]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_another_seed_gives_another_cohort_for_which_the_same_claims_hold(tmp_path, seed):
    folder = tmp_path / "anakinra_iim"
    shutil.copytree(find_study("anakinra_iim"), folder)
    rebuild_tables(folder, seed=seed)
    assert build_tables(seed=seed)["core_set"] != build_tables()["core_set"]
    counts = check_claims(read_study(folder))["verdict"].value_counts().to_dict()
    assert counts == {"reproduced": 63, "impossible in the source": 1, "external": 1}


def test_the_study_has_no_fault_and_says_that_it_is_reconstructed(study):
    assert check_study("anakinra_iim") == []
    assert study.config.data_origin == "reconstructed"
    assert "invented" in study.config.provenance
    assert study.config.provenance.startswith("No value of any single participant")


def test_the_words_patient_data_never_describe_the_cohort():
    folder = find_study("anakinra_iim")
    texts = [path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.is_file()]
    page = folder.parents[1] / "docs" / "reconstruction.md"
    for text in [*texts, page.read_text(encoding="utf-8")]:
        assert re.search(r"patients?['’]?s?['’]?\s+data", text, flags=re.IGNORECASE) is None


def test_the_tables_follow_the_skeleton(study):
    evidence = Evidence(study)
    assert evidence.responders == set(list_patients(responder=True))
    best = evidence.best_response
    # Skeleton by hand: months of first improvement and the end of its first unbroken run.
    first = best["first_improved_month"].dropna().to_dict()
    assert first == {"P01": 3, "P03": 3, "P06": 6, "P07": 12, "P10": 3, "P12": 3, "P13": 3}
    until = best["sustained_until_month"].dropna().to_dict()
    assert until == {"P01": 6, "P03": 3, "P06": 12, "P07": 12, "P10": 3, "P12": 3, "P13": 3}
    worsened = best.index[best["best_response"] == "worsened"]
    assert set(worsened) == {"P05", "P11", "P14"}


def judge_visits(study):
    return derive_responses(
        study.table("core_set"), study.table("patients"), study.config
    ).categories


def test_every_visit_comes_to_what_the_skeleton_says(study):
    category = judge_visits(study).set_index(["patient_id", "month"])["category"].to_dict()
    expected = {
        (member.patient_id, float(month)): outcome
        if outcome in {"improved", "unchanged"}
        else "worsened"
        for member in MEMBERS
        for month, outcome in member.visits.items()
    }
    assert category == expected


def test_responses_by_visit_are_those_of_the_publications(study):
    categories = judge_visits(study)
    improved = categories[categories["category"] == "improved"]
    by_visit = improved.groupby("month")["patient_id"].agg(sorted).to_dict()
    # Dorph abstract: 5 by month 3, one of them still at 6; 1 by 6, still at 12; 1 by 12.
    assert by_visit == {
        3.0: ["P01", "P03", "P10", "P12", "P13"],
        6.0: ["P01", "P06"],
        12.0: ["P06", "P07"],
    }


def test_the_primary_outcome_is_met_by_2_of_15_and_of_the_9_observed(study):
    index = study.table("functional_index").pivot(index="patient_id", columns="month", values="fi")
    observed = index[[0.0, 12.0]].dropna()
    gained = (observed[12.0] - observed[0.0]) * 5 >= observed[0.0]
    assert (len(index), len(observed)) == (15, 9)
    # By hand: P06 from 42 to 51 (21 %), P07 from 28 to 35 (25 %).
    assert list(gained.index[gained]) == ["P06", "P07"]


def test_worse_at_any_visit_and_worse_at_the_last_agree(study):
    best = Evidence(study).best_response
    assert best["n_evaluable"].tolist() == [3, 3, 3, 1, 1, 3, 3, 2, 1, 3, 2, 3, 1, 3, 3]
    assert not (best["best_response"] == "not evaluable").any()


def test_serum_and_cells_come_from_those_who_were_there():
    there = set(list_on_study_at_six())
    assert len(there) == 11
    assert NO_SERUM in there
    assert set(CELLS_AT_SIX) < set(CELLS_AT_BASELINE) < there
    responders = set(list_patients(responder=True))
    assert len(set(CELLS_AT_SIX) & responders) == 3


def test_nobody_was_seen_after_leaving_but_for_the_assessment_on_leaving(study):
    last = study.table("disposition").set_index("patient_id")["last_month"]
    for name in ("core_set", "functional_index"):
        visits = study.table(name)
        late = visits[visits["month"] > visits["patient_id"].map(last)]
        assert set(late["month"]) == {3.0}
        assert set(late["patient_id"]) <= {"P04", "P09"}
    events = study.table("adverse_events")
    assert (events["start_month"] <= events["patient_id"].map(last)).all()
    anakinra = study.table("medications").query("drug == 'anakinra'").set_index("patient_id")
    assert anakinra["end_month"].equals(last.reindex(anakinra.index).rename("end_month"))


def test_values_are_plausible_on_their_scales(study):
    core_set = study.table("core_set")
    assert core_set["mmt8"].dropna().between(40, 80).all()
    assert core_set["ck"].dropna().between(0.5, 40).all()
    assert core_set["haq_di"].dropna().between(0.125, 3).all()
    assert (core_set[["physician_global", "patient_global"]].stack().dropna() % 1 == 0).all()
    baseline = core_set[core_set["month"] == 0].merge(study.table("patients"))
    muscle = baseline.groupby("diagnosis")["mmt8"].median()
    assert muscle["IBM"] < muscle["PM"]
    cells = study.table("t_cells").pivot(
        index=["patient_id", "month"], columns="population", values="percent"
    )
    assert (cells["CD4+ CD45RO+"] + cells["CD4+ CD45RA+"]).between(90, 100).all()


def test_stops_are_matched_by_the_events_behind_them(study):
    stopped = study.table("adverse_events").query("action == 'stopped'")
    reasons = study.table("disposition").set_index("patient_id")["stop_reason"].dropna()
    assert set(stopped["patient_id"]) == set(reasons.index[reasons != "lack of efficacy"])
    assert not study.table("adverse_events")["serious"].any()


def test_il1ra_is_expressed_where_its_amount_is_above_zero(study):
    biopsies = study.table("biopsies")
    assert (biopsies["expressed"] == (biopsies["value"] > 0)).all()
    assert (biopsies.loc[~biopsies["expressed"], "marker"] == "IL-1Ra").all()


def test_the_page_about_the_method_lists_the_same_people():
    page = (find_study("anakinra_iim").parents[1] / "docs" / "reconstruction.md").read_text()
    rows = re.findall(r"^\| (P\d\d) \| (\w+) \| ([FM]) \| (\d+)", page, flags=re.MULTILINE)
    expected = [(m.patient_id, m.diagnosis, m.sex[0].upper(), str(m.last_month)) for m in MEMBERS]
    assert rows == expected


def test_one_serum_is_below_the_limit_of_quantification_and_stands_at_it(study):
    below = study.table("cytokines").query("bound == 'below'")
    assert not below.empty
    assert (below["concentration"] == 10).all()
    assert isinstance(below, pd.DataFrame)
