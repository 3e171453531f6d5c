"""Six files as people have them, each to a study by `new --from`, with few lines edited."""

from pathlib import Path

import pyreadstat
import pytest
from tests.intake import people_files as people

from helpers.derive.course.disposition import derive_disposition
from helpers.intake.carry.tables import read_intake
from helpers.io.settings import read_settings
from helpers.render.keep.study_card import read_study_card
from helpers.render.places import Places
from helpers.render.plan.chapters import read_chapters
from helpers.render.plan.plan import plan_reports
from helpers.render.run.build import build_reports
from helpers.scaffold import create_study_from
from helpers.study import check_study, read_study

PILOT = Path("/work/shared/data/clinical/cdisc_pilot")
MOST_EDITS = 5


def build(folder, files, edits=()):
    """Make a study from files, edit lines of its mapping, and check it."""
    assert len(edits) <= MOST_EDITS
    study = create_study_from("trial", folder, files)
    text = (study / "mapping.yml").read_text(encoding="utf-8")
    for before, after in edits:
        assert text.count(before) == 1
        text = text.replace(before, after)
    (study / "mapping.yml").write_text(text, encoding="utf-8")
    assert check_study(study) == []
    return study


def describe(study):
    settings, _ = read_settings(study / "study.yml")
    return read_intake(study, settings.used).notes


def list_core_set(study):
    """Give a study's core set as plain numbers by patient and month."""
    table = read_study(study).table("core_set").set_index(["patient_id", "month"])
    return {key: row.to_dict() for key, row in table.iterrows()}


def expect(at, visit, *, ck=1.0, line=1.0):
    """Give what the files say of a patient at a visit, in units of the study."""
    values = people.measure(at, visit)
    for name in ("physician_global", "patient_global", "extramuscular"):
        values[name] = values[name] * line
    return values | {"ck": round(values["ck"] * ck, 1)}


def assert_all(study, *, names=people.PATIENTS, ck=1.0, line=1.0, missing=()):
    """Hold every value of the core set against what the file was made of; CK may be rounded."""
    found = list_core_set(study)
    assert len(found) == len(names) * len(people.MONTHS)
    for at, name in enumerate(names):
        for visit, month in enumerate(people.MONTHS):
            expected = expect(at, visit, ck=ck, line=line)
            given = found[name, month]
            if (at, visit) in missing:
                assert given.pop("ck") != expected.pop("ck")  # it is missing
            assert {key: given[key] for key in expected} == pytest.approx(
                expected, abs=0.5 * (ck > 1) + 1e-9
            )


def test_a_wide_swedish_workbook(tmp_path):
    study = build(tmp_path, [people.write_swedish_workbook(tmp_path)])
    assert_all(study, missing={(7, 2)})
    trial = read_study(study)
    assert trial.config.instruments.ck.unit == "ukat/L"
    assert trial.table("patients")["diagnosis"].tolist()[:3] == ["PM", "DM", "IBM"]
    events = trial.table("adverse_events")
    assert events["ctcae_grade"].tolist() == [1, 3]
    assert events["action"].tolist() == ["none", "interrupted"]
    assert (
        describe(study)[0]
        == "raw/Myosit 2026-11-01.xlsx (Data): 23 of 27 columns placed, 4 ignored"
    )


@pytest.mark.parametrize("labelled", [False, True], ids=["raw", "labels"])
def test_a_redcap_export_with_its_dictionary(tmp_path, labelled):
    study = build(tmp_path, people.write_redcap(tmp_path, labelled=labelled))
    assert_all(study, names=[str(n) for n in range(1, 9)], ck=60)
    trial = read_study(study)
    assert trial.config.arms == {"Drug X": "Drug X", "Placebo": "Placebo"}
    assert trial.table("patients")["diagnosis"].tolist()[:2] == ["PM", "DM"]
    events = trial.table("adverse_events")
    assert events["patient_id"].tolist() == ["3", "6"]
    # 2024-03-02 is 30 days after 2024-02-01.
    assert events["start_month"].tolist() == pytest.approx([30 / 30.4375] * 2, abs=1e-6)


def test_an_spss_file_with_labels(tmp_path):
    study = build(tmp_path, [people.write_spss(tmp_path)])
    assert_all(study, names=[str(n) for n in range(1, 9)], ck=60, line=10, missing={(3, 1)})
    trial = read_study(study)
    assert trial.config.instruments.vas_maximum == 100
    assert trial.table("patients")["sex"].tolist()[:3] == ["male", "female", "female"]


def test_a_long_csv_in_mixed_units(tmp_path):
    study = build(tmp_path, people.write_long_csv(tmp_path))
    trial = read_study(study)
    core_set = trial.table("core_set").set_index(["patient_id", "month"])
    assert trial.config.instruments.ck.unit in ("U/L", "ukat/L")
    factor = 1 if trial.config.instruments.ck.unit == "ukat/L" else 60
    for at, patient in enumerate(people.PATIENTS):
        expected = people.measure(at, 0)["ck"] * factor
        assert core_set.loc[(patient, 0), "ck"] == pytest.approx(expected, abs=0.6)
    cytokines = trial.table("cytokines").set_index(["patient_id", "month", "analyte"])
    assert set(cytokines["unit"]) == {"pg/mL"}
    assert cytokines.loc[("P01", 0, "IL-1Ra"), "concentration"] == 400
    assert cytokines.loc[("P02", 0, "IL-1Ra"), "concentration"] == 500
    assert cytokines.loc[("P02", 6, "IL-6"), ["concentration", "bound"]].tolist() == [0.7, "below"]


def test_a_semicolon_csv_with_one_column_a_visit(tmp_path):
    study = build(tmp_path, [people.write_semicolon_csv(tmp_path)])
    assert_all(study, ck=60)
    assert read_study(study).arms.tolist()[:2] == ["drug", "placebo"]


@pytest.mark.slow
def test_a_report_is_made_of_a_mapped_study(tmp_path):
    study = build(tmp_path, [people.write_swedish_workbook(tmp_path)])
    root = Path(__file__).resolve().parents[2]
    places = Places(root, root / "notebooks", tmp_path, tmp_path / "reports")
    plans = plan_reports([read_study_card(study)], read_chapters(places.notebooks), [])
    [outcome] = build_reports(plans, places, workers=2, tell=lambda name: None)
    assert outcome.errors == ()
    manifest = (outcome.page.parent / "manifest.json").read_text(encoding="utf-8")
    assert "raw/Myosit 2026-11-01.xlsx" in manifest
    assert "mapping.yml" in manifest


@pytest.fixture(scope="module")
def pilot(tmp_path_factory):
    if not PILOT.is_dir():
        pytest.skip("the CDISC pilot's files are not on this machine")
    folder = tmp_path_factory.mktemp("pilot")
    patients = list(pyreadstat.read_xport(str(PILOT / "adsl.xpt"))[0]["USUBJID"])
    files = [PILOT / "adsl.xpt", PILOT / "adae.xpt", *people.write_adam_bds(folder, patients[:40])]
    study = build(folder, files)
    return read_study(study), describe(study)


@pytest.mark.shared
def test_the_pilot_has_everybody_as_published(pilot):
    trial, _ = pilot
    patients = trial.table("patients")
    assert patients["arm"].value_counts().to_dict() == {
        "Placebo": 86,
        "Xanomeline High Dose": 84,
        "Xanomeline Low Dose": 84,
    }
    # Table 14-2.01 of the R Consortium's submission pilot 1: mean (SD), smallest and largest age.
    ages = patients.groupby("arm")["age_years"].agg(["mean", "std", "min", "max"]).round(2)
    assert ages.loc["Placebo"].tolist() == [75.21, 8.59, 52, 89]
    assert ages.loc["Xanomeline Low Dose"].tolist() == [75.67, 8.29, 51, 88]
    assert ages.loc["Xanomeline High Dose"].tolist() == [74.38, 7.89, 56, 88]


@pytest.mark.shared
def test_the_pilot_has_its_deaths_and_reasons(pilot):
    trial, _ = pilot
    outcomes = derive_disposition(trial.table("disposition"))
    arms = trial.table("patients").set_index("patient_id")["arm"]
    counts = outcomes.groupby([outcomes["outcome"], outcomes["patient_id"].map(arms)]).size()
    by_arm = {
        reason: counts[reason].to_dict() for reason in ("Death", "Adverse Event", "completed")
    }
    # DCREASCD of ADSL by TRT01P, counted by hand with another program.
    assert by_arm["Death"] == {"Placebo": 2, "Xanomeline Low Dose": 1}
    assert list(by_arm["Adverse Event"].values()) == [8, 40, 44]
    assert list(by_arm["completed"].values()) == [58, 27, 25]


@pytest.mark.shared
def test_the_pilot_has_its_events_under_treatment(pilot):
    trial, notes = pilot
    events = trial.table("adverse_events")
    arms = events["patient_id"].map(trial.table("patients").set_index("patient_id")["arm"])
    assert len(events) == 1126
    assert events.groupby(arms)["patient_id"].nunique().tolist() == [65, 76, 77]
    assert events["serious"].sum() == 3
    # Three events have AESDTH Y, two of placebo and one of the low dose.
    fatal = events.loc[events["ctcae_grade"] == 5, "patient_id"].map(
        trial.table("patients").set_index("patient_id")["arm"]
    )
    assert sorted(fatal) == ["Placebo", "Placebo", "Xanomeline Low Dose"]
    assert events["start_month"].min() == 0
    assert any("1126 of 1191 rows read" in line for line in notes)


@pytest.mark.shared
def test_the_pilots_results_by_parameter(pilot):
    core_set = pilot[0].table("core_set")
    assert len(core_set) == 120
    # The row marked LOCF and the row outside the analysis hold 1, which no visit has.
    assert (core_set[["ck", "extramuscular"]] != 1).all().all()


def test_what_only_people_know_is_a_fault_until_it_is_said(tmp_path):
    rows = [["pid", "group", "CK v1", "CK v2", "PGA v1", "PGA v2"]]
    rows += [[patient, "a", 120, 90, 5, 3] for patient in people.PATIENTS]
    path = people.write_csv(tmp_path / "short.csv", rows)
    asked = check_study(create_study_from("asked", tmp_path, [path]))
    assert [fault.found.removeprefix("a line that is not filled yet ") for fault in asked] == [
        "(visits > v2)",
        "(units > core_set.ck)",
        "(sources > columns > PGA v1 > to)",
        "(sources > columns > PGA v2 > to)",
    ]
    to = "to: core_set.physician_global, unit: cm"
    edits = [
        ("core_set.ck: TODO", "core_set.ck: U/L"),
        ("v2: TODO", "v2: 3"),
        ("PGA v1: {to: TODO", f"PGA v1: {{{to}"),
        ("PGA v2: {to: TODO", f"PGA v2: {{{to}"),
        ("  core_set.physician_global:  ", "# core_set.physician_global:"),
    ]
    with pytest.raises(AssertionError, match=r"month 3 for v2[\s\S]*label: v2"):
        build(tmp_path, [path], edits)
    settings = tmp_path / "trial" / "study.yml"
    baseline = "- {month: 0, label: Baseline}\n"
    planned = settings.read_text().replace(baseline, baseline + "- {month: 3, label: v2}\n")
    settings.write_text(planned)
    assert check_study(tmp_path / "trial") == []
    assert list_core_set(tmp_path / "trial")["P01", 3]["physician_global"] == 3
