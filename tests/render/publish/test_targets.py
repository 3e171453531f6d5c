"""A render makes reports where there is room for them, and replaces nothing but reports."""

import json
import os
import shutil
import subprocess
import sys

import nbformat
import pytest
from tests.report_folders import seal_report, write_report
from tests.study_folders import write_study

from helpers.render.places import Places
from helpers.render.publish.manifest import SIGNATURE, list_damage
from helpers.render.publish.targets import (
    PAGE_MARK,
    TargetError,
    check_targets,
    find_content_obstacle,
    find_page_obstacle,
    find_target_obstacle,
)


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project with every folder that a project can have, studies in it and beside it."""
    root = tmp_path / "home" / "project"
    for name in ("notebooks", "src", "tests", "docs", ".git", ".venv", ".cache/chapters"):
        (root / name).mkdir(parents=True)
    write_study(root / "data" / "one")
    write_study(tmp_path / "home" / "trials" / "outside")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def outside(tmp_path):
    return tmp_path / "home" / "trials" / "outside"


def make_places(project, reports="reports", address=""):
    data, notebooks = project / "data", project / "notebooks"
    return Places(project, notebooks, data, project / reports, address)


def find(project, reports, name="one", studies=()):
    """Give what check_targets says, empty when there is nothing to say."""
    try:
        check_targets([name], make_places(project, reports), [project / "data" / "one", *studies])
    except TargetError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    "reports",
    ["reports", "reports/", "out/deep", "../reports", "../../out", "data_out", "databases"],
)
def test_reports_may_go_to_any_folder_apart_from_the_others(project, outside, reports):
    assert find(project, reports, studies=[outside]) == ""
    (project / reports).mkdir(parents=True)
    assert find(project, reports, studies=[outside]) == ""


@pytest.mark.parametrize(
    ("reports", "found"),
    [
        (".", "it is or holds"),
        ("..", "it is or holds"),
        ("../..", "it is or holds"),
        ("/", "it is or holds the root of the disk, /"),
        ("reports/..", "it is or holds"),
        ("reports/../data", "it is data of the project"),
        ("data", "it is data of the project"),
        ("data/", "it is data of the project"),
        ("DATA", "it is data of the project"),
        ("data/reports", "it lies in data of the project"),
        ("data/one", "it is a study"),
        ("notebooks/x/y", "it lies in notebooks of the project"),
        ("src", "it is src of the project"),
        ("tests/x", "it lies in tests of the project"),
        ("docs", "it is docs of the project"),
        (".git", "it is .git of the project"),
        (".venv/lib", "it lies in .venv of the project"),
        (".cache/chapters", "it lies in .cache of the project"),
        ("../trials/outside", "it is a study"),
        ("../trials/outside/reports", "it lies in a study"),
        ("../trials", "it is or holds a study, "),
        ("link", "it is data of the project"),
        ("link/one/x", "it lies in a study"),
        ("other/link/../x", "it lies in"),
        ("file", "is a file"),
        ("file:/x", "reads like an address and is none"),
        ("a::file:///x", "reads like an address and is none"),
        ("file/x/y", "is a file"),
        ("circle", "symbolic links"),
        ("n" * 300, "name too long"),
    ],
)
def test_a_folder_for_reports_that_is_not_one_is_refused(project, outside, reports, found):
    (project / "link").symlink_to("data")
    (project / "other").mkdir()
    (project / "other" / "link").symlink_to(outside / "tables")
    (project / "file").touch()
    (project / "circle").symlink_to("circle")
    told = find(project, os.path.realpath(reports), studies=[outside])
    assert found.lower() in told.lower()
    assert "to mend:  choose another folder: --reports FOLDER" in told


def test_a_study_that_is_not_rendered_is_kept_too(project, outside):
    assert "it is or lies in a study" in find(project, outside / "reports")


def test_the_home_folder_may_hold_reports_but_not_be_or_lie_in_them(project, tmp_path):
    assert "it is or holds" in find(project, tmp_path / "home")
    assert "it is or holds" in find(project, tmp_path)
    assert find(project, tmp_path / "home" / "reports") == ""


def test_a_second_name_of_a_kept_folder_is_known_by_what_it_names(project, tmp_path):
    place = tmp_path / "elsewhere" / "studies"
    place.parent.mkdir()
    (project / "data").rename(place)
    (project / "data").symlink_to(place)
    assert "it is" in find(project, place)
    assert "it lies in" in find(project, place / "reports")
    assert "it is or holds" in find(project, place.parent)


@pytest.mark.parametrize("name", ["src", "data", "notebooks", ".git", "Docs"])
def test_a_report_named_like_a_folder_of_the_project_is_refused_there(project, name):
    told = find_target_obstacle(project / name, make_places(project, "."), [])
    assert f"it is {name.lower()} of the project" in told


def test_a_study_at_the_root_of_the_disk_has_no_name_for_its_report(project):
    assert "it is or holds" in find(project, "/", name="")
    told = find_target_obstacle(project / "reports" / "", make_places(project), [])
    assert told == ""


def test_reports_for_an_address_are_built_in_the_cache(project):
    places = make_places(project, ".cache/published/0123", "s3://bucket/reports")
    check_targets(["one"], places, [project / "data" / "one"])


def test_names_that_differ_in_capital_letters_only_are_refused(project):
    with pytest.raises(TargetError, match=r"reports/ONE: no report.*\n.*another report named one"):
        check_targets(["one", "two", "ONE"], make_places(project), [])


def test_every_place_is_told_at_once(project):
    reports = project / "reports"
    (reports / "one").mkdir(parents=True)
    (reports / "one" / "thesis.doc").touch()
    (reports / "two").touch()
    (reports / "index.html").write_text("mine")
    with pytest.raises(TargetError) as caught:
        check_targets(["one", "two", "three"], make_places(project), [], page=True)
    told = str(caught.value)
    assert told.count("no report is made here") == 3
    assert f"{reports / 'one'}: no report is made here\n     found:    a folder without" in told


# ---- What is there.


def test_nothing_an_empty_folder_and_a_report_may_be_replaced(tmp_path):
    assert find_content_obstacle(tmp_path / "none") == ""
    (tmp_path / "empty").mkdir()
    assert find_content_obstacle(tmp_path / "empty") == ""
    assert find_content_obstacle(write_report(tmp_path / "report")) == ""


@pytest.mark.parametrize("name", ["thesis.doc", ".hidden", "manifest.json"])
def test_a_folder_with_anything_else_may_not(tmp_path, name):
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / name).write_text('{"name": "an app"}')
    assert f"a folder without a report's manifest.json, holding {name}" in find_content_obstacle(
        folder
    )


@pytest.mark.parametrize("name", ["study.yml", "deep/er/study.yml", "deep/.git"])
def test_a_report_in_which_somebody_keeps_a_study_or_a_repository_may_not(tmp_path, name):
    folder = write_report(tmp_path / "report")
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).touch()
    assert f"a report that holds what no run made: {name}" in find_content_obstacle(folder)
    seal_report(folder)  # a manifest that lists it does not make it ours
    (folder / name).touch()
    assert f"a report that holds what no run made: {name}" in find_content_obstacle(folder)


@pytest.mark.parametrize("name", ["notes.md", "mine/a.docx", ".hidden"])
def test_a_report_in_which_somebody_keeps_anything_may_not(tmp_path, name):
    folder = write_report(tmp_path / "report")
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).touch()
    told = find_content_obstacle(folder)
    assert f"a report that holds what no run made: {name}" in told
    assert "to mend:  move these out of the report" in told
    assert find_content_obstacle(folder, file_by_file=True) == ""


@pytest.mark.parametrize(
    "content",
    [
        {"unfinished": True, "outputs": []},
        {"study": 1, "inputs": 1, "notebooks": 1, "versions": 1, "outputs": [], "created": 1},
        {"failed": True, "outputs": 0},
    ],
)
def test_a_manifest_that_is_hardly_one_makes_no_report_of_a_folder(tmp_path, content):
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "manifest.json").write_text(json.dumps(content))
    assert "a folder without a report's manifest" in find_content_obstacle(folder)


def test_a_report_that_is_unfinished_may_be_finished_at_an_address_only(tmp_path):
    content = SIGNATURE | {"unfinished": True, "run": "1", "outputs": []}
    (tmp_path / "manifest.json").write_text(json.dumps(content))
    assert "a folder without a report's manifest" in find_content_obstacle(tmp_path)
    assert find_content_obstacle(tmp_path, file_by_file=True) == ""


@pytest.mark.parametrize("reports", ["reports/one", "reports/one/deep/er", "reports/one.failed"])
def test_a_report_does_not_go_into_a_report(project, reports):
    write_report(project / "reports" / "one")
    seal_report(write_report(project / "reports" / "one.failed"), failed=("01_first",))
    assert f"it lies in a report ({project / 'reports'}/one" in find(project, reports)
    assert find(project, "reports") == ""


def test_what_somebody_keeps_in_what_a_failed_run_left_is_told(project):
    left = seal_report(write_report(project / "reports" / "one.failed"), failed=("01_first",))
    (left / "notes.md").touch()
    assert "one.failed: no report is made here" in find(project, "reports")
    (left / "manifest.json").write_text("{}")  # not ours then, and left alone
    assert find(project, "reports") == ""


@pytest.mark.parametrize("to", ["report", "none", "link"])
def test_a_link_may_not_wherever_it_leads(tmp_path, to):
    write_report(tmp_path / "report")
    (tmp_path / "link").symlink_to(to)
    assert f"found:    a link to {to}" in find_content_obstacle(tmp_path / "link")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_file_or_a_pipe_may_not(tmp_path):
    (tmp_path / "file").touch()
    os.mkfifo(tmp_path / "pipe")
    for name in ("file", "pipe"):
        assert "found:    a file" in find_content_obstacle(tmp_path / name)


def test_a_page_may_be_replaced_only_if_a_batch_wrote_it(tmp_path):
    page = tmp_path / "index.html"
    assert find_page_obstacle(page) == ""
    page.write_text(f"<head>{PAGE_MARK}</head>")
    assert find_page_obstacle(page) == ""
    (tmp_path / "link.html").symlink_to(page)
    (tmp_path / "folder.html").mkdir()
    (tmp_path / "bytes.html").write_bytes(b"\xff\xfe")
    (tmp_path / "mine.html").write_text("<head></head>")
    for name in ("link", "folder", "bytes", "mine"):
        assert "what no batch wrote" in find_page_obstacle(tmp_path / f"{name}.html")


# ---- Whole runs.


@pytest.fixture
def runnable(project, toys):
    """The project with one cheap chapter, which leaves a mark when it runs."""
    mark = project.parent / "it ran"
    notebook = toys.toy_chapter("first")
    code = f"from pathlib import Path\nPath({str(mark)!r}).touch()"
    notebook.cells.insert(2, nbformat.v4.new_code_cell(code))
    nbformat.write(notebook, project / "notebooks" / "01_first.ipynb")
    (project / "src" / "engine.py").write_text("engine = 1\n")
    (project / "requirements.lock").write_text("numpy==1\n")
    shutil.copytree(project / "data" / "one", project / "my_study")
    (project / "grid.csv").write_text("study,name\none,src\n")
    (project / "fine.csv").write_text("study,name\none,fine\n")
    return project


def run(project, *words, **environment):
    command = [sys.executable, "-m", "helpers", *words]
    settings = {"cwd": project, "capture_output": True, "text": True, "check": False}
    return subprocess.run(command, env=os.environ | environment, **settings)


def read_tree(folder):
    return {
        path.relative_to(folder).as_posix(): os.readlink(path)
        if path.is_symlink()
        else path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_symlink() or path.is_file()
    }


REFUSED = {
    "the study beside": ("render", "./my_study", "--reports", "."),
    "the study's own folder": ("render", "./my_study", "--reports", "./my_study/"),
    "in the study": ("render", "./my_study", "--reports", "my_study/out/../reports"),
    "a second study": ("render", "one", "./my_study", "--reports", "my_study"),
    "the folder of studies": ("render", "one", "--reports", "data"),
    "by a link": ("render", "one", "--reports", "link/"),
    "the project": ("render", "one", "--reports", "../project"),
    "the home folder": ("render", "one", "--reports", ".."),
    "a row named src": ("batch", "grid.csv", "--reports", "."),
    "a link for a report": ("render", "one", "--reports", "links"),
    "a file for a report": ("render", "one", "--reports", "files"),
    "a page of mine": ("batch", "fine.csv", "--reports", "pages"),
    "a folder of mine": ("render", "one", "--reports", "mine", "--force"),
    "a dry run too": ("render", "one", "--reports", "mine", "--dry-run"),
    "a report with my notes": ("render", "one", "--reports", "ours"),
    "in a report": ("render", "one", "--reports", "ours/one"),
    "at an address": ("render", "one", "--reports", "file://{project}/data"),
    "in the program at an address": ("render", "one", "--reports", "file://{project}/src/"),
    "a folder of mine at an address": ("render", "one", "--reports", "file://{project}/mine"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_run_that_would_replace_what_is_no_report_starts_nothing(runnable, case):
    for name, to in (("link", "data"), ("links/one", "../my_study")):
        (runnable / name).parent.mkdir(exist_ok=True)
        (runnable / name).symlink_to(to)
    write_report(runnable / "ours" / "one")
    for name in ("files/one", "pages/index.html", "mine/one/thesis.doc", "ours/one/notes.md"):
        (runnable / name).parent.mkdir(parents=True, exist_ok=True)
        (runnable / name).write_text("mine")
    before = read_tree(runnable)
    done = run(runnable, *(word.format(project=runnable) for word in REFUSED[case]))
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert "Traceback" not in done.stderr
    assert "found:  " in done.stderr
    assert "to mend:  " in done.stderr
    after = {name: text for name, text in read_tree(runnable).items() if ".cache" not in name}
    assert after == before
    assert not (runnable.parent / "it ran").exists()


def test_a_folder_of_reports_may_be_a_link(runnable, tmp_path):
    (tmp_path / "big disk").mkdir()
    (runnable / "reports").symlink_to(tmp_path / "big disk")
    for _ in range(2):
        done = run(runnable, "batch", "fine.csv", "--force")
        assert done.returncode == 0, done.stderr
    assert (runnable / "reports").is_symlink()
    assert sorted(os.listdir(tmp_path / "big disk")) == ["fine", "index.html"]
    assert list_damage(tmp_path / "big disk" / "fine") == []


@pytest.mark.parametrize("name", [b"d\xff", "æ ☃".encode()])
def test_a_path_that_cannot_be_printed_as_it_is_stops_nothing(runnable, tmp_path, name):
    target = os.path.join(os.fsencode(tmp_path), name)
    for words, told in ((("--dry-run",), "one: "), ((), "one/index.html"), ((), "(unchanged)")):
        done = run(runnable, "render", "one", *words, "--reports", target, PYTHONIOENCODING="ascii")
        assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
        assert told in done.stdout
    assert os.path.isfile(os.path.join(target, b"one", b"index.html"))


@pytest.mark.parametrize("address", ["memory://x", "MEMORY://x/y"])
def test_reports_do_not_go_into_memory_that_ends_with_the_command(runnable, address):
    pytest.importorskip("fsspec", reason="the extra `remote` is not installed")
    done = run(runnable, "render", "one", "--reports", address)
    assert (done.returncode, done.stdout) == (2, "")
    assert "the memory of this command, which is gone when it ends" in done.stderr
    assert not (runnable.parent / "it ran").exists()


@pytest.mark.skipif(os.name != "posix", reason="other systems keep the folder")
def test_a_working_folder_that_was_deleted_is_told(tmp_path):
    lost = tmp_path / "lost"
    lost.mkdir()
    code = "import os, sys; os.rmdir(os.getcwd()); from helpers import cli; sys.exit(cli.main([]))"
    settings = {"cwd": lost, "capture_output": True, "text": True, "check": False}
    done = subprocess.run([sys.executable, "-c", code], **settings)
    assert done.returncode == 1
    assert done.stderr.startswith("this folder has been deleted; go to one that is there")


@pytest.mark.parametrize("declared", ["abc", "", "-1", "9" * 30])
def test_a_build_time_that_is_none_starts_nothing(runnable, declared):
    for words in (("render", "one"), ("batch", "fine.csv")):
        done = run(runnable, *words, SOURCE_DATE_EPOCH=declared)
        assert (done.returncode, done.stdout) == (2, "")
        assert f"SOURCE_DATE_EPOCH\n     found:    {declared!r}\n" in done.stderr
        assert "Traceback" not in done.stderr
    assert not (runnable / "reports").exists()
