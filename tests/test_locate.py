from pathlib import Path

from helpers.locate import list_study_roots, locate_study


def make_study(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "study.yml").write_text("title: x\n", encoding="utf-8")
    return folder


def test_a_study_is_found_by_its_path(tmp_path):
    folder = make_study(tmp_path / "a study")
    assert locate_study(folder) == folder


def test_a_study_is_found_by_name_from_a_folder_below(tmp_path, monkeypatch):
    folder = make_study(tmp_path / "data" / "mine")
    below = tmp_path / "notebooks"
    below.mkdir()
    monkeypatch.chdir(below)
    assert locate_study("mine") == folder


def test_the_nearest_of_two_studies_of_one_name_is_taken(tmp_path, monkeypatch):
    make_study(tmp_path / "data" / "mine")
    near = make_study(tmp_path / "project" / "data" / "mine")
    monkeypatch.chdir(tmp_path / "project")
    assert locate_study("mine") == near


def test_a_folder_without_study_yml_is_no_study(tmp_path, monkeypatch):
    (tmp_path / "data" / "empty").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    assert locate_study("empty") is None


def test_the_checkout_of_the_package_is_the_last_place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert list_study_roots()[-1] == Path(__file__).parents[1]
