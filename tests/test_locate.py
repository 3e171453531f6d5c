"""A study is found by name from anywhere below the project, and by its path from everywhere."""

import subprocess
import sys

import pytest
from tests.study_folders import write_study

from helpers.locate import locate_study
from helpers.study import find_study


@pytest.fixture
def project(tmp_path, monkeypatch):
    write_study(tmp_path / "data" / "mine")
    (tmp_path / "notebooks" / "deep").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", ["mine", "data/mine", "./data/mine/", "data/../data/mine"])
def test_a_name_and_a_path_lead_to_the_folder(project, name):
    assert locate_study(name) == project / "data" / "mine" == find_study(name)


def test_a_name_is_found_from_folders_below(project, monkeypatch):
    monkeypatch.chdir(project / "notebooks" / "deep")
    assert locate_study("mine") == project / "data" / "mine" == find_study("mine")


def test_a_shipped_study_is_found_from_elsewhere(project):
    assert locate_study("anakinra_iim") == find_study("anakinra_iim")


@pytest.mark.parametrize("name", ["yours", "", "data", "notebooks"])
def test_what_is_no_study_is_none(project, name):
    assert locate_study(name) is None


def test_finding_a_study_loads_no_pandas():
    code = "import sys, helpers.locate as l; l.locate_study('x'); sys.exit('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
