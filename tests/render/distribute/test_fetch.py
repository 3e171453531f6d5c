"""Studies that have an address: brought here whole, as they are, and no file twice."""

import json
import os
import shutil
import time

import pytest
from tests.study_folders import write_study

from helpers.render.distribute import fetch as module
from helpers.render.distribute.fetch import fetch_studies, fetch_study, find_source
from helpers.render.remote import RemoteError

fsspec = pytest.importorskip("fsspec", reason="the extra `remote` is not installed")


@pytest.fixture
def memory():
    """A file system in memory that tells contents by an etag, as an object store does."""
    from fsspec.implementations.memory import MemoryFileSystem

    system = MemoryFileSystem()
    yield system
    system.store.clear()
    system.pseudo_dirs[:] = [""]


@pytest.fixture
def etags(monkeypatch):
    """Give files in memory an etag; count what is fetched."""
    from fsspec.implementations.memory import MemoryFileSystem

    fetched = []
    ls, get_file = MemoryFileSystem.ls, MemoryFileSystem.get_file

    def list_with_etags(self, path, detail=True, **kwargs):
        return [
            info | {"ETag": f"e{hash(self.cat_file(info['name']))}"}
            if info["type"] == "file"
            else info
            for info in ls(self, path, detail=True, **kwargs)
        ]

    def get(self, path, target, **kwargs):
        fetched.append(path.rpartition("/")[2])
        return get_file(self, path, target, **kwargs)

    monkeypatch.setattr(MemoryFileSystem, "ls", list_with_etags)
    monkeypatch.setattr(MemoryFileSystem, "get_file", get)
    return fetched


ADDRESS = "memory://bucket/studies/site_01"


@pytest.fixture
def study(memory, tmp_path):
    """A study in memory, as a function that puts or deletes a file of it."""
    folder = write_study(tmp_path / "written" / "site_01")

    def put(below, text=None):
        path = f"/bucket/studies/site_01/{below}"
        if text is None:
            memory.rm_file(path)
        else:
            memory.pipe_file(path, text.encode())

    for path in folder.rglob("*.*"):
        put(path.relative_to(folder).as_posix(), path.read_text())
    return put


@pytest.fixture
def root(tmp_path):
    return tmp_path / "project"


def read(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in folder.rglob("*")
        if path.is_file()
    }


def shelf(root):
    return sorted(path.name for path in (root / ".cache" / "studies").iterdir())


def test_a_study_keeps_its_name_and_its_files(study, root, tmp_path):
    study(".hidden/secret.csv", "x")
    study("tables/~$patients.xlsx", "x")
    folder = fetch_study(f"{ADDRESS}/", root)
    assert folder.name == "site_01"
    assert folder.is_relative_to(root / ".cache" / "studies")
    assert read(folder) == read(tmp_path / "written" / "site_01")
    assert find_source(folder, root) == f"{ADDRESS}/"
    assert find_source(tmp_path / "written" / "site_01", root) == ""


def test_the_same_content_comes_to_the_same_folder_and_other_content_to_another(study, root):
    first = fetch_study(ADDRESS, root)
    assert fetch_study(ADDRESS, root) == first
    study("tables/patients.csv", "patient_id\nP9\n")
    second = fetch_study(ADDRESS, root)
    assert second != first
    assert read(second)["tables/patients.csv"] == "patient_id\nP9\n"
    assert len(shelf(root)) == 2


def test_only_files_whose_mark_changed_are_fetched_again(study, root, etags):
    fetch_study(ADDRESS, root)
    assert sorted(etags) == ["patients.csv", "study.yml"]
    etags.clear()
    fetch_study(ADDRESS, root)
    assert etags == []
    study("tables/core_set.csv", "patient_id\nP1\n")
    study("tables/patients.csv")
    folder = fetch_study(ADDRESS, root)
    assert etags == ["core_set.csv"]
    assert sorted(read(folder)) == ["study.yml", "tables/core_set.csv"]


def test_a_time_and_a_size_are_no_mark_of_a_content(study, root, monkeypatch):
    study("tables/patients.csv", "patient_id\nP1\n")
    before = fetch_study(ADDRESS, root)
    study("tables/patients.csv", "patient_id\nP2\n")
    after = fetch_study(ADDRESS, root)
    assert read(before)["tables/patients.csv"] != read(after)["tables/patients.csv"]


@pytest.mark.parametrize("with_etags", [True, False])
def test_a_snapshot_that_somebody_edited_is_fetched_again(study, root, request, with_etags):
    if with_etags:
        request.getfixturevalue("etags")
    folder = fetch_study(ADDRESS, root)
    whole = read(folder)
    (folder / "tables" / "patients.csv").write_text("edited")
    (folder / "tables" / "more.csv").write_text("added")
    assert fetch_study(ADDRESS, root) == folder
    assert read(folder) == whole


def test_a_note_that_cannot_be_read_costs_time_only(study, root, etags):
    folder = fetch_study(ADDRESS, root)
    for text in ("", "[]", '{"files": {"study.yml": 1}, "name": "site_01"}'):
        (folder.parent / "fetched.json").write_text(text)
        assert fetch_study(ADDRESS, root) == folder
    assert json.loads((folder.parent / "fetched.json").read_text())["address"] == ADDRESS


def test_a_fetch_that_is_stopped_leaves_no_study(study, root, monkeypatch):
    from fsspec.implementations.memory import MemoryFileSystem

    get_file = MemoryFileSystem.get_file

    def stop(self, path, target, **kwargs):
        if path.endswith("patients.csv"):
            raise error
        return get_file(self, path, target, **kwargs)

    monkeypatch.setattr(MemoryFileSystem, "get_file", stop)
    error = ConnectionError("the line went dead")
    with pytest.raises(RemoteError, match="ConnectionError: the line went dead"):
        fetch_study(ADDRESS, root)
    assert shelf(root) == []
    error = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        fetch_study(ADDRESS, root)
    assert shelf(root) == []


def test_a_study_that_changes_while_it_is_fetched_is_refused(study, root, etags, monkeypatch):
    fill = module._fill

    def fill_and_change(*arguments):
        count = fill(*arguments)
        study("tables/patients.csv", "patient_id\nP9\n")
        return count

    monkeypatch.setattr(module, "_fill", fill_and_change)
    with pytest.raises(RemoteError, match="files that changed while they were fetched"):
        fetch_study(ADDRESS, root)
    assert shelf(root) == []


def test_a_folder_that_cannot_be_listed_is_no_folder_without_tables(study, root, monkeypatch):
    from fsspec.implementations.memory import MemoryFileSystem

    ls = MemoryFileSystem.ls

    def refuse(self, path, detail=True, **kwargs):
        if path.endswith("tables"):
            raise PermissionError("Access Denied")
        return ls(self, path, detail=detail, **kwargs)

    monkeypatch.setattr(MemoryFileSystem, "ls", refuse)
    with pytest.raises(RemoteError, match="no permission"):
        fetch_study(ADDRESS, root)


def test_old_snapshots_go_and_the_one_in_use_stays(study, root):
    first = fetch_study(ADDRESS, root)
    study("tables/patients.csv", "patient_id\nP9\n")
    yesterday = time.time() - module.SECONDS_KEPT - 60
    os.utime(first.parent, (yesterday, yesterday))
    second = fetch_study(ADDRESS, root)
    assert shelf(root) == [second.parent.name]
    os.utime(second.parent, (yesterday, yesterday))
    assert fetch_study(ADDRESS, root) == second
    assert read(second)


def test_many_are_fetched_at_once_each_with_its_own_fault(study, root, memory):
    missing = "memory://bucket/studies/site_02"
    found = fetch_studies([ADDRESS, missing, ADDRESS], root)
    assert list(found) == [ADDRESS, missing]
    assert read(found[ADDRESS])
    assert isinstance(found[missing], RemoteError)
    assert found[missing].found.startswith("nothing there")
    assert found[missing].expected == "a study folder, which holds study.yml and tables/"


def test_a_folder_without_settings_is_no_study(study, root):
    study("study.yml")
    with pytest.raises(RemoteError, match=r"a folder without study\.yml \(files: 1\)"):
        fetch_study(ADDRESS, root)


@pytest.mark.parametrize("name", ["tables\\evil.csv", "C:evil.csv", "tables/a:b/evil.csv"])
def test_a_name_that_leads_out_of_the_study_is_refused(study, root, memory, name):
    files = memory.store
    files[f"/bucket/studies/site_01/{name}"] = files["/bucket/studies/site_01/study.yml"]
    with pytest.raises(RemoteError, match="names that every file system takes"):
        fetch_study(ADDRESS, root)
    assert not list(root.rglob("evil*"))


def test_a_folder_above_is_no_part_of_a_study_whatever_its_store_says(study, root, memory):
    files = memory.store
    for name in ("../../../evil.csv", "tables/../../evil.csv"):
        files[f"/bucket/studies/site_01/{name}"] = files["/bucket/studies/site_01/study.yml"]
    fetch_study(ADDRESS, root)
    assert not list(root.parent.rglob("evil*"))
    with pytest.raises(RemoteError, match="names that every file system takes"):
        module._check_path("tables/../../evil.csv", ADDRESS)


@pytest.mark.parametrize("address", ["memory://b/..", "memory://b/.x", "zip://a::memory://b/a.zip"])
def test_an_address_must_end_in_the_name_of_a_study(root, address):
    with pytest.raises(RemoteError, match="an address that ends in the study folder's name"):
        fetch_study(address, root)


def test_another_process_may_be_first(study, root, monkeypatch):
    folder = fetch_study(ADDRESS, root)
    aside = root / "aside"
    shutil.move(folder.parent, aside)
    hash_study = module._hash_study

    def be_overtaken(snapshot, address):
        digest = hash_study(snapshot, address)
        if snapshot.name.startswith(".fetching"):
            monkeypatch.setattr(type(root), "rename", overtake)
        return digest

    def overtake(self, target):
        shutil.move(aside, target)
        raise OSError("Directory not empty")

    monkeypatch.setattr(module, "_hash_study", be_overtaken)
    assert fetch_study(ADDRESS, root) == folder
    assert shelf(root) == [folder.parent.name]
