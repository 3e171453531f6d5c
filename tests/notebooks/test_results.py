"""Every chapter runs on every shipped study that has its tables, and finds what is known of it."""

import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from tests.golden.run import read_ledger

ROOT = Path(__file__).parents[2]
STUDIES = sorted(path.parent.name for path in ROOT.glob("data/*/study.yml"))


def render(studies: list[str], reports: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "helpers", "render", *studies, "--reports", str(reports)]
    return subprocess.run(
        [*command, *options], cwd=ROOT, capture_output=True, text=True, check=False, timeout=600
    )


@pytest.fixture(scope="session")
def reports(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("reports")
    done = render(STUDIES, folder)
    assert done.returncode == 0, done.stderr
    return folder


def read_results(reports: Path, study: str) -> dict[str, dict[str, str]]:
    with (reports / study / "results.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


@pytest.mark.slow
@pytest.mark.parametrize("study", STUDIES)
def test_every_study_has_a_report(reports, study):
    page = (reports / study / "index.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert read_results(reports, study)


def test_the_endurance_study_gives_the_printed_responders():
    results = read_ledger("endurance_training_iim", "01_clinical_response")
    exercise = results["response.endurance-exercise.improved"]
    control = results["response.control.improved"]
    printed = results["published.reproduced"]
    assert (exercise["value"], exercise["n"]) == ("6", "9")
    assert (control["value"], control["n"]) == ("1", "6")
    assert (printed["value"], printed["n"]) == ("15", "15")


def test_the_endurance_study_gives_the_exact_interval_and_test():
    """Clopper-Pearson of 6/9 and Fisher of 6/9 v 1/6: R binom.test and fisher.test, 4 digits."""
    results = read_ledger("endurance_training_iim", "01_clinical_response")
    share = results["response.endurance-exercise.share"]
    assert float(share["low"]) == pytest.approx(0.2993, abs=5e-5)
    assert float(share["high"]) == pytest.approx(0.9251, abs=5e-5)
    assert float(results["response.odds_ratio"]["p_value"]) == pytest.approx(0.1189, abs=5e-5)


@pytest.mark.skipif("anakinra_iim" not in STUDIES, reason="the study is not in this checkout")
def test_the_anakinra_study_gives_the_published_counts():
    results = read_ledger("anakinra_iim", "01_clinical_response")
    improved = results["response.anakinra-100-mg-day.improved"]
    assert (improved["value"], improved["n"]) == ("7", "15")
    assert results["fi.improved.responders"]["value"] == "4"


@pytest.mark.slow
@pytest.mark.parametrize("study", STUDIES)
def test_every_number_has_its_source_and_every_gap_its_reason(reports, study):
    for name, row in read_results(reports, study).items():
        assert row["source"], name
        assert "@unknown" not in row["source"], name
        assert row["value"] or row["reason"], name


@pytest.mark.slow
@pytest.mark.parametrize("study", STUDIES)
def test_the_manifest_names_the_files_that_were_read(reports, study):
    manifest = json.loads((reports / study / "manifest.json").read_text(encoding="utf-8"))
    text = json.dumps(manifest)
    for table in (ROOT / "data" / study / "tables").glob("*.csv"):
        assert table.name in text


@pytest.mark.slow
def test_a_new_study_with_two_tables_renders(tmp_path):
    study = tmp_path / "small study"
    (study / "tables").mkdir(parents=True)
    source = ROOT / "data" / "endurance_training_iim"
    settings = yaml.safe_load((source / "study.yml").read_text(encoding="utf-8"))
    for name in ("primary_outcome", "endpoints"):  # which ask for a table that it does not have
        settings.pop(name, None)
    (study / "study.yml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    for table in ("patients", "core_set"):
        shutil.copy(source / "tables" / f"{table}.csv", study / "tables" / f"{table}.csv")
    done = render([str(study)], tmp_path / "reports")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "reports" / "small study" / "index.html").is_file()


@pytest.mark.slow
def test_plain_papermill_runs_a_chapter(tmp_path):
    done = subprocess.run(
        [
            *(sys.executable, "-m", "papermill", "--no-progress-bar"),
            *("notebooks/01_clinical_response.ipynb", str(tmp_path / "out.ipynb")),
            *("-p", "study", "endurance_training_iim"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert "15" in (tmp_path / "out.ipynb").read_text(encoding="utf-8")
