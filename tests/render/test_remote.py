"""Addresses in place of folders: what is one, what is wrong with one, and whole runs on them."""

import json
import os
import shutil
import subprocess
import sys

import nbformat
import pytest
from tests.study_folders import write_study

from helpers import cli
from helpers.render import remote
from helpers.render.remote import RemoteError, is_address, open_address, shorten_address

fsspec = pytest.importorskip("fsspec", reason="the extra `remote` is not installed")


@pytest.mark.parametrize(
    "text",
    ["s3://bucket/studies/one", "file:///home/me/one", "gs://b/one", "git+ssh://host/one"],
)
def test_an_address_has_a_protocol(text):
    assert is_address(text)


@pytest.mark.parametrize(
    "text",
    ["one", "data/one", "/data/one", "../one", r"C:\data\one", "C:/one", "C://one", "s3:/one", ""],
)
def test_paths_and_drives_of_windows_are_no_addresses(text):
    assert not is_address(text)


def test_a_slash_at_the_end_is_no_part_of_an_address():
    assert shorten_address("s3://b/one/") == shorten_address("s3://b/one")
    assert shorten_address("s3://b/one") != shorten_address("s3://b/two")


def test_an_unknown_protocol_is_told():
    with pytest.raises(RemoteError, match=r"(?s)s4://b/x.*found: +Protocol not known: s4.*mend"):
        open_address("s4://b/x")


def test_without_fsspec_the_message_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    with pytest.raises(RemoteError, match=r"(?s)fsspec is not installed.*pip install fsspec, with"):
        open_address("s3://bucket/x")


def fail_to_import(monkeypatch, words):
    def fail(url):
        raise ImportError(words)

    monkeypatch.setattr("fsspec.core.url_to_fs", fail)


def test_without_the_package_of_the_protocol_the_message_names_it_and_its_version(monkeypatch):
    fail_to_import(monkeypatch, "Install s3fs to access S3")
    monkeypatch.setattr(fsspec, "__version__", "2026.9.0")
    with pytest.raises(RemoteError, match="what reads s3:// is not installed") as caught:
        open_address("s3://bucket/x")
    assert caught.value.mend == f"{sys.executable} -m pip install s3fs==2026.9.0"
    assert "s3fs" in caught.value.found
    fail_to_import(monkeypatch, "Install adlfs to access")
    with pytest.raises(RemoteError, match=r"pip install adlfs$"):
        open_address("abfs://container/x")
    fail_to_import(monkeypatch, 'requires "paramiko" to be installed')
    with pytest.raises(RemoteError, match=r'(?s)"paramiko".*install what these words name'):
        open_address("sftp://host/x")


@pytest.mark.parametrize("address", ["s3://", "file:///"])
def test_an_address_without_a_folder_is_told(address):
    with pytest.raises(RemoteError, match=r"found: +no folder in it"):
        open_address(address)


@pytest.mark.parametrize(
    ("reports", "said"),
    [
        ("s3://b/reports", "stopped; the next run finishes what was on its way to s3://b/reports"),
        ("reports", "stopped; no report was changed in part"),
        (None, "stopped; no report was changed in part"),
    ],
)
def test_a_stopped_run_promises_for_an_address_what_it_can_keep(monkeypatch, capsys, reports, said):
    codes = []
    monkeypatch.setattr(cli, "leave", codes.append)
    cli._stop(130, reports)
    assert (codes, capsys.readouterr().err) == ([130], f"{said}\n")


def test_a_password_is_refused_and_not_repeated():
    with pytest.raises(RemoteError, match=r"ftp://\*\*\*@host/x\n.*found: +a password") as caught:
        open_address("ftp://me:secret@host/x")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("error", "found"),
    [
        (FileNotFoundError("b/x"), "nothing there (b/x)"),
        (PermissionError("Access Denied"), "no permission (Access Denied)"),
        (ConnectionError("timed out"), "ConnectionError: timed out"),
        (RuntimeError(), "RuntimeError: no further words"),
    ],
)
def test_what_an_address_answers_is_told_in_words(error, found):
    with pytest.raises(RemoteError, match="s3://b/x") as caught, remote.tell_faults("s3://b/x"):
        raise error
    assert caught.value.found == found


# ---- Whole runs.


@pytest.fixture
def project(tmp_path, toys):
    """A project whose chapters need no science, and a store with its study and its reports."""
    root = tmp_path / "my project"
    (root / "data").mkdir(parents=True)
    (root / "notebooks").mkdir()
    for number, name in enumerate(("first", "second"), start=1):
        chapter = toys.toy_chapter(name)
        nbformat.write(chapter, root / "notebooks" / f"{number:02d}_{name}.ipynb")
    (root / "requirements.lock").write_text("numpy==1\n")
    write_study(tmp_path / "store" / "studies" / "site_01")
    return root


@pytest.fixture
def store(tmp_path):
    return tmp_path / "store"


def run(project, *words, program=("-m", "helpers")):
    command = [sys.executable, *program, *words]
    settings = {"cwd": project, "capture_output": True, "text": True, "check": False}
    done = subprocess.run(command, env=os.environ | {"SOURCE_DATE_EPOCH": "1700000000"}, **settings)
    return done.returncode, done.stdout, done.stderr


def read_files(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def list_times(folder):
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


def test_a_study_with_an_address_is_rendered_to_an_address(project, store, toys):
    study, reports = f"file://{store}/studies/site_01", f"file://{store}/reports/"
    page = f"file://{store}/reports/site_01/index.html"
    code, out, err = run(project, "render", study, "--reports", reports)
    assert (code, out) == (0, f"{page}\n"), err
    times = list_times(store / "reports")

    # The same bytes as from folders, and a second run does nothing.
    assert run(project, "render", str(store / "studies" / "site_01"))[:2] == (
        0,
        "reports/site_01/index.html\n",
    )
    brought = read_files(store / "reports" / "site_01")
    assert brought == read_files(project / "reports" / "site_01")
    assert run(project, "render", study, "--reports", reports)[1] == f"{page} (unchanged)\n"
    assert list_times(store / "reports") == times

    # What somebody deleted there is brought again.
    (store / "reports" / "site_01" / "figures" / "first.svg").unlink()
    dry = run(project, "render", study, "--reports", reports, "--dry-run")[1]
    assert dry == f"site_01: nothing to do\n{reports}site_01: would be brought there\n"
    assert run(project, "render", study, "--reports", reports)[1] == f"{page}\n"
    assert read_files(store / "reports" / "site_01") == brought
    times = list_times(store / "reports")

    # A changed table is seen; what did not change is not brought again.
    table = store / "studies" / "site_01" / "tables" / "patients.csv"
    table.write_text("patient_id,arm\nP1,treated\nP3,treated\n")
    dry = run(project, "render", study, "--reports", reports, "--dry-run")[1]
    assert dry.startswith("site_01: pages: changed: ")
    assert run(project, "render", study, "--reports", reports)[:2] == (0, f"{page}\n")
    after = list_times(store / "reports")
    changed = {path.name for path in after if after[path] != times.get(path)}
    assert changed == {"index.html", "01_first.html", "02_second.html", "manifest.json"}

    # A figure that a chapter no longer draws is deleted there too.
    figure = store / "reports" / "site_01" / "figures" / "first.svg"
    assert figure.is_file()
    plain = toys.make_notebook("# The first chapter", "1 + 1")
    nbformat.write(plain, project / "notebooks" / "01_first.ipynb")
    assert run(project, "render", study, "--reports", reports)[:2] == (0, f"{page}\n")
    assert not figure.exists()
    assert "unfinished" not in json.loads((figure.parents[1] / "manifest.json").read_text())


def test_a_batch_takes_addresses_and_its_overview_goes_there_too(project, store):
    study, reports = f"file://{store}/studies/site_01", f"file://{store}/reports"
    (project / "grid.csv").write_text(f"study,name,cutoff\n{study},,\n{study}/,strict,30\n")
    code, out, err = run(project, "batch", "grid.csv", "--reports", reports)
    assert (code, out.splitlines()) == (
        0,
        [
            f"{reports}/site_01/index.html",
            f"{reports}/strict/index.html",
            f"{reports}/index.html",
        ],
    ), err
    assert b'href="strict/index.html' in (store / "reports" / "index.html").read_bytes()
    times = list_times(store / "reports")
    out = run(project, "batch", "grid.csv", "--reports", reports)[1]
    assert out.count("(unchanged)") == 2
    assert list_times(store / "reports") == times


def test_every_address_with_a_fault_is_told_before_anything_starts(project, store):
    (store / "empty").mkdir()
    words = ("s4://b/x", f"file://{store}/none", f"file://{store}/empty", "nobody")
    code, out, err = run(project, "render", *words, "--reports", "s5://b/reports")
    assert (code, out) == (2, "")
    for found in (
        "s5://b/reports\n     found:    Protocol not known: s5",
        "s4://b/x\n     found:    Protocol not known: s4",
        f"file://{store}/none\n     found:    nothing there",
        f"file://{store}/empty\n     found:    a folder without study.yml (files: 0)",
        "nobody: 1 fault found.",
    ):
        assert found in err
    assert not (project / ".cache" / "chapters").exists()

    lines = [f"file://{store}/none,a,20", f"file://{store}/studies/site_01,b,200"]
    (project / "grid.csv").write_text("\n".join(["study,name,cutoff", *lines]))
    code, out, err = run(project, "batch", "grid.csv", "--reports", "s5://b/reports")
    assert (code, out) == (2, "")
    assert "Protocol not known: s5" in err
    assert "1. grid.csv, row 2, column study\n     found:    nothing there" in err
    assert "2. grid.csv, row 3, column cutoff\n     found:    200, which is out of range" in err


def test_reports_that_cannot_be_written_are_told_before_anything_starts(project, store):
    (store / "reports").write_text("a file where the folder should be")
    words = ("render", f"file://{store}/studies/site_01", "--reports", f"file://{store}/reports")
    code, out, err = run(project, *words)
    assert (code, out) == (2, "")
    assert f"{store}/reports: no report is made here\n     found:    {store}/reports is a" in err
    assert not (project / ".cache" / "chapters").exists()


TELL_IMPORTS = """
import sys
from helpers.cli import main
code = main(sys.argv[1:])
print("loaded:", *(name for name in ("fsspec", "pandas", "nbconvert") if name in sys.modules))
sys.exit(code)
"""


def test_a_run_without_addresses_loads_no_fsspec_and_an_idle_one_with_them_nothing_heavy(
    project, store
):
    shutil.copytree(store / "studies" / "site_01", project / "data" / "site_01")
    program = ("-c", TELL_IMPORTS)
    _, out, err = run(project, "render", program=program)
    assert "loaded: pandas nbconvert\n" in out, err
    words = ("render", f"file://{store}/studies/site_01", "--reports", f"file://{store}/reports")
    run(project, *words)
    assert run(project, *words, program=program)[1].endswith("(unchanged)\nloaded: fsspec\n")


def test_check_takes_an_address(project, store, monkeypatch, capsys):
    monkeypatch.chdir(project)
    assert cli.main(["check", f"file://{store}/studies/site_01"]) == 0
    assert capsys.readouterr().out == "site_01: no fault found\n"
