"""A study is found by name from anywhere below the project, and by its path from everywhere."""

import subprocess
import sys

import pytest
from tests.study_folders import write_study

from helpers.locate import join_study, locate_study, split_study
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


class TestOverrides:
    @pytest.mark.parametrize(
        ("value", "name", "overrides"),
        [
            ("mine", "mine", {}),
            ("mine?visits=last", "mine", {"visits": "last"}),
            ("a/b?x=1&y=2", "a/b", {"x": "1", "y": "2"}),
            ("mine?x=", "mine", {"x": ""}),
            ("mine?x=a%26b%3D1", "mine", {"x": "a&b=1"}),
            ("mine?x=a+b", "mine", {"x": "a b"}),
            ("what?/mine", "what?/mine", {}),  # a folder whose name has the sign
            ("what?=1/mine", "what?=1/mine", {}),
            ("mine?", "mine?", {}),
            ("mine?last", "mine?last", {}),
            ("what?/mine?x=1", "what?/mine", {"x": "1"}),
            ("", "", {}),
        ],
    )
    def test_a_name_is_parted_from_what_is_set_otherwise(self, value, name, overrides):
        assert split_study(value) == (name, overrides)

    @pytest.mark.parametrize(
        "overrides", [{}, {"x": "1"}, {"b": "a&b=c", "a": "ä ö?"}, {"rules.x": "40 %"}]
    )
    @pytest.mark.parametrize("name", ["mine", "../my study", "/tmp/what?/mine"])
    def test_what_is_joined_is_parted_again(self, name, overrides):
        assert split_study(join_study(name, overrides)) == (name, overrides)

    def test_the_order_of_settings_makes_no_other_name(self):
        assert join_study("mine", {"b": "2", "a": "1"}) == "mine?a=1&b=2"
        assert join_study("mine", {"b": "2", "a": "1"}) == join_study("mine", {"a": "1", "b": "2"})

    def test_a_study_is_found_with_settings_behind_its_name(self, project):
        assert find_study("mine?visits=last") == project / "data" / "mine"
