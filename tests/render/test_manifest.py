"""A report says what it was made from; only its manifest says when."""

import hashlib
import json

import pytest

from helpers.render.chapters import read_chapters
from helpers.render.manifest import (
    BuildTimeError,
    GivenParameter,
    describe_rival,
    hash_folder,
    hash_published,
    list_damage,
    parse_outputs,
    read_build_time,
    read_outputs,
    read_provenance,
    write_manifest,
)


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
    digest = write_manifest(folder, provenance, hash_published(folder), root=tmp_path)
    assert digest == hash_published(folder)["manifest.json"]
    manifest = toys.read_json(folder / "manifest.json")
    assert manifest["created"] == "2023-11-14T22:13:20+00:00"
    assert manifest["git_commit"] is None
    assert [file["path"] for file in manifest["outputs"]] == ["index.html"]
    assert manifest["parameters"][0]["value"] == 30.0


@pytest.mark.parametrize(
    "declared", ["abc", "", " 5", "-1", "1e9", "٣", "253402300800", "9" * 30, "1_0", "0x10"]
)
def test_a_declared_time_that_is_none_is_refused(monkeypatch, declared):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", declared)
    with pytest.raises(BuildTimeError, match="whole seconds since 1970, from 0 to 253402300799"):
        read_build_time()


@pytest.mark.parametrize(("declared", "year"), [("0", 1970), ("253402300799", 9999)])
def test_the_first_and_the_last_time_that_can_be_declared(monkeypatch, declared, year):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", declared)
    assert read_build_time().year == year


def test_damage_of_a_report_is_named(provenance, tmp_path):
    folder = tmp_path / "report"
    folder.mkdir()
    for name in ("a.svg", "b.svg", "c.svg"):
        (folder / name).write_text(name)
    outputs = hash_published(folder)
    assert list_damage(folder) == ["manifest.json"]
    write_manifest(folder, provenance, outputs, root=tmp_path)
    assert list_damage(folder) == []
    (folder / "a.svg").unlink()
    (folder / "b.svg").write_text("other")
    (folder / "d.svg").touch()
    assert list_damage(folder) == ["a.svg", "b.svg", "d.svg"]


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"nonsense",
        b"[]",
        b"7",
        b'{"name": "an app", "icons": []}',
        b'{"outputs": []}',
        b"\xff",
        b"[" * 100_000,
    ],
)
def test_a_manifest_of_another_program_is_not_ours(text):
    assert parse_outputs(text) is None


def test_a_manifest_that_is_a_link_or_no_file_is_not_ours(provenance, tmp_path):
    ours, other, third = (tmp_path / name for name in ("ours", "other", "third"))
    for folder in (ours, other, third):
        folder.mkdir()
    write_manifest(ours, provenance, {}, root=tmp_path)
    (other / "manifest.json").symlink_to(ours / "manifest.json")
    (third / "manifest.json").mkdir()
    assert [read_outputs(folder) for folder in (ours, other, third)] == [{}, None, None]


@pytest.mark.parametrize("manifest", [b"", b"[]", b"{}"])
def test_a_report_that_is_gone_or_no_report_is_told(manifest):
    told = "this run's report was published, and has been taken away since"
    assert describe_rival(manifest, {}) == told


def test_settings_of_another_run_are_those_that_are_not_planned():
    used = [("cutoff", 20, 20), ("window", 9, 7), ("window", 9, 7)]
    content = {
        "outputs": [{"path": "index.html", "sha256": "1"}],
        "parameters": [{"name": n, "value": v, "default": d} for n, v, d in used],
    }
    manifest = json.dumps(content).encode()
    assert describe_rival(manifest, {"index.html": "1"}) == ""
    assert describe_rival(manifest, {"index.html": "2"}).endswith("(its settings: window=9)")
    manifest = json.dumps({**content, "parameters": []}).encode()
    assert describe_rival(manifest, {}).endswith("(its settings: all as planned)")
