"""A report says what it was made from; only its manifest says when."""

import hashlib

import pytest

from helpers.render.chapters import read_chapters
from helpers.render.manifest import GivenParameter, hash_folder, read_provenance, write_manifest


@pytest.fixture
def provenance(toy_project):
    chapters = read_chapters(toy_project / "notebooks")[:2]
    return read_provenance(toy_project / "data" / "toy", chapters, {"01_first": {"cutoff": 30.0}})


def test_every_visible_file_is_hashed_by_its_path(tmp_path):
    (tmp_path / "tables").mkdir()
    for name in ("study.yml", "tables/b.csv", "tables/a.csv", ".hidden", "tables/~$a.xlsx"):
        (tmp_path / name).write_text(name)
    files = hash_folder(tmp_path)
    assert [file.path for file in files] == ["study.yml", "tables/a.csv", "tables/b.csv"]
    assert files[0].sha256 == hashlib.sha256(b"study.yml").hexdigest()
    assert files[0].short == files[0].sha256[:12]


def test_provenance_has_files_notebooks_parameters_and_versions(provenance):
    assert [file.path for file in provenance.inputs] == ["study.yml", "tables/patients.csv"]
    assert [file.path for file in provenance.notebooks] == ["01_first.ipynb", "02_second.ipynb"]
    first, second = provenance.parameters
    assert first == GivenParameter("01_first", "cutoff", 30.0, 20.0, "improvement cutoff, percent")
    assert second.value == 20.0
    assert {"Python", "numpy", "nbconvert"} <= set(provenance.versions)


def test_the_manifest_adds_outputs_commit_and_time(provenance, tmp_path, monkeypatch, toys):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    folder = tmp_path / "report"
    folder.mkdir()
    (folder / "index.html").write_text("page")
    write_manifest(folder, provenance, root=tmp_path)
    manifest = toys.read_json(folder / "manifest.json")
    assert manifest["created"] == "2023-11-14T22:13:20+00:00"
    assert manifest["git_commit"] is None
    assert [file["path"] for file in manifest["outputs"]] == ["index.html"]
    assert manifest["parameters"][0]["value"] == 30.0
