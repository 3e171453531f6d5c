"""A report says what it was made from; only its manifest says when."""

import hashlib
import json
import os

import pytest

from helpers.render.keep.study_card import read_study_card
from helpers.render.plan.chapters import read_chapters
from helpers.render.publish.manifest import (
    CHECKPOINTS,
    SIGNATURE,
    BuildTimeError,
    GivenParameter,
    describe_rival,
    hash_folder,
    hash_published,
    list_damage,
    list_strangers,
    parse_manifest,
    read_build_time,
    read_manifest,
    read_provenance,
    write_manifest,
)


@pytest.fixture
def provenance(toy_project):
    chapters = read_chapters(toy_project / "notebooks")[:2]
    study = read_study_card(toy_project / "data" / "toy", {"response.improvement_percent": "40"})
    return read_provenance(study, chapters, {"01_first": {"cutoff": 30.0}})


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
    assert parse_manifest(text) is None
    assert parse_manifest(text, unfinished=True) is None


FILE = {"path": "chapters/01.html", "sha256": "0f" * 32}
OURS = SIGNATURE | {
    "study": "toy",
    "inputs": [FILE],
    "notebooks": [FILE],
    "parameters": [{}],
    "versions": {"Python": "3"},
    "failed": ["01_first"],
    "outputs": [FILE],
    "git_commit": None,
    "created": "2023-11-14T22:13:20+00:00",
}
PART = SIGNATURE | {"unfinished": True, "run": "1", "outputs": [FILE, FILE | {"sha256": ""}]}


def write(content):
    return json.dumps(content).encode()


def test_our_manifest_is_read():
    manifest = parse_manifest(write(OURS))
    assert manifest.outputs == {"chapters/01.html": "0f" * 32}
    assert manifest.failed == ("01_first",)
    assert parse_manifest(write(OURS), unfinished=True) == manifest


def test_a_manifest_of_a_report_on_its_way_is_taken_at_addresses_only():
    assert parse_manifest(write(PART)) is None
    assert parse_manifest(write(PART), unfinished=True).outputs == {"chapters/01.html": ""}


@pytest.mark.parametrize("name", sorted(set(OURS) - {"git_commit"}))
def test_a_manifest_that_lacks_a_field_or_has_a_wrong_one_is_not_ours(name):
    rest = {key: value for key, value in OURS.items() if key != name}
    assert parse_manifest(write(rest)) is None
    for wrong in (7, None, True, {"a": 1}, ["x", 1], "x"):
        if (name, wrong) not in [("study", "x"), ("format", True)]:
            assert parse_manifest(write(OURS | {name: wrong})) is None


@pytest.mark.parametrize("name", sorted(PART))
def test_an_unfinished_one_too(name):
    for wrong in ({key: value for key, value in PART.items() if key != name}, PART | {name: 7}):
        assert parse_manifest(write(wrong), unfinished=True) is None


@pytest.mark.parametrize("field", ["inputs", "notebooks", "outputs"])
@pytest.mark.parametrize(
    "entry",
    [
        {"path": "a"},
        {"sha256": "0f" * 32},
        FILE | {"more": 1},
        FILE | {"path": 7},
        FILE | {"path": ""},
        FILE | {"path": "."},
        FILE | {"path": "/etc/passwd"},
        FILE | {"path": "../other/index.html"},
        FILE | {"path": "a/../../b"},
        FILE | {"path": "a//b"},
        FILE | {"sha256": ""},
        FILE | {"sha256": "0f" * 31},
        FILE | {"sha256": "0F" * 32},
        FILE | {"sha256": "zz" * 32},
        FILE | {"sha256": 7},
        "index.html",
        None,
    ],
)
def test_a_file_that_is_not_named_as_we_name_one_is_not_ours(field, entry):
    assert parse_manifest(write(OURS | {field: [FILE, entry]})) is None


@pytest.fixture
def report(provenance, tmp_path):
    folder = tmp_path / "report"
    (folder / "chapters").mkdir(parents=True)
    for name in ("index.html", "chapters/01.html"):
        (folder / name).write_text(name)
    write_manifest(folder, provenance, hash_published(folder), root=tmp_path)
    return folder


def find_strangers(report):
    return list_strangers(report, read_manifest(report).outputs)


DROPPED = (".DS_Store", "chapters/Thumbs.db", "desktop.ini", "~$a.docx", "._index.html")


def test_what_systems_leave_in_a_report_is_no_change(report):
    for name in DROPPED:
        (report / name).touch()
    (report / "chapters" / CHECKPOINTS).mkdir()
    (report / "chapters" / CHECKPOINTS / "01-checkpoint.ipynb").touch()
    assert (list_damage(report), find_strangers(report)) == ([], [])


def test_a_folder_of_somebody_with_nothing_but_checkpoints_is_named(report):
    (report / "mine" / CHECKPOINTS).mkdir(parents=True)
    (report / CHECKPOINTS).symlink_to("/etc")
    assert find_strangers(report) == [CHECKPOINTS, "mine"]


def test_what_no_run_put_into_a_report_is_named(report):
    (report / "mine" / "deep").mkdir(parents=True)
    (report / "empty").mkdir()
    for name in ("notes.md", ".hidden", "mine/deep/a.docx", "chapters/b"):
        (report / name).touch()
    (report / "link").symlink_to("/etc")
    (report / ".DS_Store").mkdir()
    os.mkfifo(report / "pipe")
    found = [
        *(".DS_Store", ".hidden", "chapters/b", "empty", "link", "mine/deep/a.docx", "notes.md"),
        "pipe",
    ]
    assert find_strangers(report) == found
    assert list_damage(report) == found


def test_what_a_run_wrote_is_no_stranger_whatever_became_of_it(report, tmp_path):
    (report / "index.html").rename(tmp_path / "copy")
    (report / "index.html").symlink_to(tmp_path / "copy")
    assert (list_damage(report), find_strangers(report)) == (["index.html"], [])
    (report / "index.html").unlink()
    (report / "chapters" / "01.html").unlink()
    assert list_damage(report) == ["chapters", "chapters/01.html", "index.html"]
    assert find_strangers(report) == []


def test_a_manifest_that_is_a_link_or_no_file_is_not_ours(provenance, tmp_path):
    ours, other, third = (tmp_path / name for name in ("ours", "other", "third"))
    for folder in (ours, other, third):
        folder.mkdir()
    write_manifest(ours, provenance, {}, root=tmp_path)
    (other / "manifest.json").symlink_to(ours / "manifest.json")
    (third / "manifest.json").mkdir()
    assert read_manifest(ours).outputs == {}
    assert [read_manifest(folder) for folder in (other, third)] == [None, None]


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
