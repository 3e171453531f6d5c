"""`git add -A` takes no patient's data and no report; what ships with the project stays in git."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SHIPPED = ("anakinra_iim", "anti_mda5_case", "endurance_training_iim")

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="no git on this machine")


def run_git(folder, *words):
    done = subprocess.run(
        ["git", *words], cwd=folder, capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.splitlines()


@pytest.fixture
def project(tmp_path):
    """A new repository with our rules and nothing else."""
    run_git(tmp_path, "init", "--quiet")
    shutil.copy(ROOT / ".gitignore", tmp_path)
    return tmp_path


def add_all(project, *paths):
    """Write files, add all as people do, and list what git has taken of them."""
    for path in paths:
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_text("x")
    run_git(project, "add", "-A")
    return [path for path in run_git(project, "ls-files") if path != ".gitignore"]


def test_nothing_of_a_study_of_one_s_own_is_taken(project):
    inside = ("study.yml", "mapping.yml", "tables/patients.csv", "raw/plate 1.xlsx", "export.sav")
    paths = [f"data/{name}/{path}" for name in ("my_study", "anakinra_iim_2") for path in inside]
    assert add_all(project, *paths, "data/export.xlsx") == []


def test_a_study_that_ships_is_taken_whole(project):
    paths = [f"data/{name}/tables/patients.csv" for name in SHIPPED]
    assert add_all(project, *paths, "data/README.md") == ["data/README.md", *paths]


def test_of_the_reports_only_the_line_on_what_they_are_is_taken(project):
    paths = ("reports/README.md", "reports/index.html", "reports/my_study/index.html")
    assert add_all(project, *paths) == ["reports/README.md"]


def test_other_folders_of_these_names_are_nobody_s_business(project):
    paths = ["docs/data/table.csv", "src/reports/page.py", "tests/data/test_x.py"]
    assert add_all(project, *paths) == paths


def test_no_environment_and_no_cache_is_taken(project):
    paths = (".venv/pyvenv.cfg", ".venv-test/pyvenv.cfg", ".cache/x", "notebooks/__pycache__/x.pyc")
    assert add_all(project, *paths) == []


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="no clone")
def test_no_file_that_ships_is_ignored():
    assert run_git(ROOT, "ls-files", "--cached", "--ignored", "--exclude-standard") == []
    assert {path.split("/")[1] for path in run_git(ROOT, "ls-files", "data/*/*")} == {*SHIPPED}


def test_the_reports_folder_says_what_will_stand_in_it():
    assert "open `<study>/index.html`" in (ROOT / "reports" / "README.md").read_text()
