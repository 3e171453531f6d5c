"""Reports that go to an address: whole in the end, in an order that readers can live with."""

import json
import shutil
from dataclasses import replace

import pytest
from tests.report_folders import seal_report

from helpers.render.distribute import upload as module
from helpers.render.distribute.upload import (
    check_address,
    check_writing,
    is_uploaded,
    upload_page,
    upload_report,
    upload_reports,
)
from helpers.render.plan.plan import Outcome
from helpers.render.publish.manifest import SIGNATURE
from helpers.render.publish.targets import PAGE_MARK
from helpers.render.remote import RemoteError

fsspec = pytest.importorskip("fsspec", reason="the extra `remote` is not installed")

ADDRESS = "memory://bucket/reports/toy"


@pytest.fixture
def memory():
    from fsspec.implementations.memory import MemoryFileSystem

    system = MemoryFileSystem()
    yield system
    system.store.clear()
    system.pseudo_dirs[:] = [""]


@pytest.fixture
def told(monkeypatch):
    """What is done to files in memory, in order.

    Raises at the one that ``told.stop_at`` names; ``told.meet_at`` lets another run in between.
    """
    from fsspec.implementations.memory import MemoryFileSystem

    class Told(list):
        stop_at = meet_at = None

        def tell(self, act, path):
            name = path.removeprefix("/bucket/reports/toy/")
            if self.stop_at == (act, name):
                raise ConnectionError("the line went dead")
            if self.meet_at and self.meet_at[0] == (act, name):
                other, self.meet_at = self.meet_at[1], None
                other()
            self.append((act, name))

    told = Told()

    def follow(act, original, place):
        def call(self, *arguments, **settings):
            told.tell(act, str(arguments[place]))
            return original(self, *arguments, **settings)

        return call

    for act, method, place in (
        ("put", "put_file", 1),
        ("pipe", "pipe_file", 0),
        ("rm", "rm_file", 0),
    ):
        original = getattr(MemoryFileSystem, method)
        monkeypatch.setattr(MemoryFileSystem, method, follow(act, original, place))
    return told


@pytest.fixture
def report(tmp_path):
    """A report on this machine, as a function that writes or deletes files of it."""
    folder = tmp_path / "published" / "toy"

    def write(**files):
        for name, text in files.items():
            path = folder / name.replace("__", "/").replace("_dot_", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            if text is None:
                path.unlink()
            else:
                path.write_text(text)
        return seal_report(folder)

    write(index_dot_html="one", figures__a_dot_svg="a", figures__b_dot_svg="b")
    return write


def read_there(memory, address="/bucket/reports/toy"):
    found = memory.find(address)
    return {path.removeprefix(f"{address}/"): memory.cat_file(path).decode() for path in found}


def read_here(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_report_goes_up_once_and_the_manifest_frames_it(report, memory, told):
    assert not is_uploaded(report(), ADDRESS)
    assert told == []
    assert upload_report(report(), ADDRESS)
    assert told == [
        ("pipe", "manifest.json"),
        ("put", "figures/a.svg"),
        ("put", "figures/b.svg"),
        ("put", "index.html"),
        ("put", "manifest.json"),
    ]
    assert read_there(memory) == read_here(report())
    told.clear()
    assert not upload_report(report(), ADDRESS)
    assert is_uploaded(report(), ADDRESS)
    assert told == []


def test_only_what_changed_goes_up_and_what_is_gone_goes_after_the_page(report, memory, told):
    upload_report(report(), ADDRESS)
    told.clear()
    folder = report(index_dot_html="two", figures__b_dot_svg=None, figures__c_dot_svg="c")
    assert upload_report(folder, ADDRESS)
    assert told == [
        ("pipe", "manifest.json"),
        ("put", "figures/c.svg"),
        ("put", "index.html"),
        ("rm", "figures/b.svg"),
        ("put", "manifest.json"),
    ]
    assert read_there(memory) == read_here(folder)


STEPS = [
    ("put", "figures/a.svg"),
    ("put", "figures/c.svg"),
    ("put", "index.html"),
    ("rm", "figures/b.svg"),
    ("put", "manifest.json"),
]


@pytest.mark.parametrize("step", STEPS)
def test_an_upload_that_was_stopped_is_finished_by_the_next(report, memory, told, step):
    upload_report(report(), ADDRESS)
    changes = {"figures__a_dot_svg": "x", "figures__b_dot_svg": None, "figures__c_dot_svg": "c"}
    folder = report(index_dot_html="two", **changes)
    told.stop_at = step
    with pytest.raises(RemoteError, match="ConnectionError: the line went dead"):
        upload_report(folder, ADDRESS)
    assert json.loads(read_there(memory)["manifest.json"])["unfinished"] is True
    assert not is_uploaded(folder, ADDRESS)
    told.stop_at = None
    assert upload_report(folder, ADDRESS)
    assert read_there(memory) == read_here(folder)


@pytest.mark.parametrize("step", [("put", "index.html"), ("rm", "figures/b.svg")])
def test_a_run_that_was_not_alone_leaves_the_report_unfinished_and_says_so(
    report, memory, told, tmp_path, step
):
    upload_report(report(), ADDRESS)
    shutil.copytree(report(), tmp_path / "other")
    folder = report(index_dot_html="two", figures__b_dot_svg=None)
    told.meet_at = (step, lambda: upload_report(tmp_path / "other", ADDRESS))
    with pytest.raises(RemoteError, match="another run that brings this report at the same time"):
        upload_report(folder, ADDRESS)
    assert json.loads(read_there(memory)["manifest.json"])["unfinished"] is True
    assert upload_report(folder, ADDRESS)
    assert read_there(memory) == read_here(folder)


def test_going_back_to_the_old_report_after_a_stopped_upload_mends_it_too(report, memory, told):
    upload_report(report(), ADDRESS)
    before = read_there(memory)
    told.stop_at = ("put", "manifest.json")
    with pytest.raises(RemoteError, match="went dead"):
        upload_report(report(figures__a_dot_svg="x", figures__c_dot_svg="c"), ADDRESS)
    told.stop_at = None
    assert upload_report(report(figures__a_dot_svg="a", figures__c_dot_svg=None), ADDRESS)
    assert read_there(memory) == before


@pytest.mark.parametrize("name", ["figures/a.svg", "index.html"])
def test_what_somebody_deleted_or_cut_short_there_is_brought_again(report, memory, name):
    upload_report(report(), ADDRESS)
    memory.rm_file(f"/bucket/reports/toy/{name}")
    assert upload_report(report(), ADDRESS)
    memory.pipe_file(f"/bucket/reports/toy/{name}", b"")
    assert upload_report(report(), ADDRESS)
    assert read_there(memory) == read_here(report())


def test_files_that_no_report_put_there_are_left_alone(report, memory):
    upload_report(report(), ADDRESS)
    memory.pipe_file("/bucket/reports/toy/letter.txt", b"mine")
    memory.pipe_file("/bucket/reports/other/index.html", b"other")
    upload_report(report(figures__a_dot_svg=None), ADDRESS)
    assert memory.cat_file("/bucket/reports/toy/letter.txt") == b"mine"
    assert memory.cat_file("/bucket/reports/other/index.html") == b"other"


def test_a_manifest_there_cannot_have_files_elsewhere_deleted(report, memory):
    memory.pipe_file("/bucket/reports/other/index.html", b"other")
    outputs = [{"path": "../other/index.html", "sha256": ""}]
    content = SIGNATURE | {"unfinished": True, "run": "1", "outputs": outputs}
    memory.pipe_file("/bucket/reports/toy/manifest.json", json.dumps(content).encode())
    with pytest.raises(RemoteError, match=r"no manifest.json of a report"):
        upload_report(report(), ADDRESS)
    assert memory.cat_file("/bucket/reports/other/index.html") == b"other"


@pytest.mark.parametrize("text", [None, "", "no JSON", "[]", '{"outputs": []}'])
def test_files_without_a_manifest_of_ours_are_never_replaced(report, memory, told, text):
    memory.pipe_file("/bucket/reports/toy/study.yml", b"mine")
    if text is not None:
        memory.pipe_file("/bucket/reports/toy/manifest.json", text.encode())
    told.clear()
    with pytest.raises(RemoteError, match=r"found: +files, and no manifest.json of a report: "):
        upload_report(report(), ADDRESS)
    with pytest.raises(RemoteError, match=r"bucket/reports/toy\n +found: +files, and no"):
        check_writing("memory://bucket/reports", ["other", "toy"])
    assert told == []


def test_reports_do_not_go_into_the_address_of_a_study(memory):
    studies = ["toy", "memory://bucket/studies/one"]
    check_address("memory://bucket/studies/reports", studies=studies)
    for address in ("memory://bucket/studies/one", "memory://bucket/studies/one/reports/"):
        with pytest.raises(RemoteError, match="an address in the study memory://bucket/studies/o"):
            check_address(address, studies=studies)


def test_reports_that_failed_stay_here_and_one_fault_stops_no_other(report, memory, told):
    page = report() / "index.html"
    good = Outcome("toy", page, (), is_unchanged=True)
    bad = Outcome("bad", page, ("cell 3: 1 / 0",))
    address = "memory://bucket/reports"
    first = upload_reports([good, bad], address)
    assert first == (replace(good, is_unchanged=False), bad)
    assert upload_reports([good, bad], address) == (good, bad)
    assert not memory.exists("/bucket/reports/bad")

    report(index_dot_html="two")
    told.stop_at = ("put", "index.html")
    stopped, other = upload_reports([good, replace(good, study="other")], address)
    assert stopped.errors[0].startswith("the report is finished here; the next run brings it")
    assert "memory://bucket/reports/toy\n     found:    ConnectionError" in stopped.errors[0]
    assert other.errors == ()


def test_the_page_over_all_reports_goes_up_when_it_differs(tmp_path, memory, told):
    page = tmp_path / "index.html"
    for text, count in (("one", 1), ("one", 1), ("two", 2)):
        page.write_text(f"{PAGE_MARK}{text}")
        upload_page(page, "memory://bucket/reports")
        assert memory.cat_file("/bucket/reports/index.html").decode() == f"{PAGE_MARK}{text}"
        assert len(told) == count
    memory.pipe_file("/bucket/reports/index.html", b"my home page")
    with pytest.raises(RemoteError, match="a page that no batch wrote"):
        upload_page(page, "memory://bucket/reports")


def test_folders_are_made_where_the_file_system_has_any(report, tmp_path):
    address = f"file://{tmp_path}/not yet/reports"
    check_address(address)
    assert not (tmp_path / "not yet").exists()
    check_writing(address)
    assert list((tmp_path / "not yet" / "reports").iterdir()) == []
    upload_report(report(), f"{address}/toy")
    assert read_here(tmp_path / "not yet" / "reports" / "toy") == read_here(report())


class Store:
    """An object store with one bucket: no folders, and a bucket is made by whoever asks."""

    def __init__(self):
        self.buckets, self.asked = {"there"}, []

    def _parent(self, path):
        return path.rpartition("/")[0]

    def isdir(self, path):
        return path in self.buckets

    def mkdir(self, path, create_parents=True):
        self.asked.append((path, create_parents))
        if "/" not in path:
            self.buckets.add(path)

    def pipe_file(self, path, content):
        if path.partition("/")[0] not in self.buckets:
            raise FileNotFoundError("The specified bucket does not exist")

    def rm_file(self, path):
        pass

    def ls(self, path, detail):
        raise FileNotFoundError(path)


def test_a_bucket_that_is_not_there_is_told_and_never_made(monkeypatch):
    store = Store()
    monkeypatch.setattr(module, "open_address", lambda address: (store, address[5:]))
    check_writing("s3://there/reports")
    check_address("s3://their/reports")
    with pytest.raises(RemoteError, match="The specified bucket does not exist"):
        check_writing("s3://their/some/reports")
    assert store.buckets == {"there"}
    assert not any(create_parents for _, create_parents in store.asked)


@pytest.mark.parametrize("check", [check_address, check_writing])
def test_no_permission_is_told(monkeypatch, check):
    def refuse(*arguments, **settings):
        raise PermissionError("Access Denied")

    store = Store()
    store.ls = store.pipe_file = refuse
    monkeypatch.setattr(module, "open_address", lambda address: (store, address[5:]))
    with pytest.raises(RemoteError, match=r"found: +no permission \(Access Denied\)") as caught:
        check("s3://there/reports")
    assert (
        caught.value.expected
        == "a folder for reports in which this user may read, write and delete"
    )
