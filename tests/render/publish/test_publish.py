"""A report is replaced whole or not at all, whenever a run stops and whoever else publishes."""

import errno
import os
import shutil
import sys
import threading
from pathlib import Path

import pytest
from tests.report_folders import write_report

from helpers.render.publish import publish
from helpers.render.publish.manifest import list_damage
from helpers.render.publish.publish import PublishError, scratch_folder
from helpers.render.publish.workspace import clear_workspaces


@pytest.fixture
def target(tmp_path):
    return write_report(tmp_path / "reports" / "toy")


@pytest.fixture(params=["exchange", "renames"])
def system(request, monkeypatch):
    """A system that exchanges two folders in one step, and one that cannot."""
    if request.param == "renames":
        monkeypatch.setattr(publish, "_exchange", lambda one, other: False)
    elif sys.platform != "linux":
        pytest.skip("other systems need two steps")


def read(folder):
    return (folder / "index.html").read_text()


def names(target):
    return sorted(path.name for path in target.parent.iterdir())


def build(target, text="new"):
    with scratch_folder(target) as scratch:
        write_report(scratch, text)


def test_a_first_report_makes_its_folders(tmp_path):
    target = tmp_path / "reports" / "toy"
    build(target)
    assert read(target) == "new"
    assert names(target) == ["toy"]


def test_an_empty_folder_becomes_a_report(tmp_path, system):
    target = tmp_path / "reports" / "toy"
    target.mkdir(parents=True)
    build(target)
    assert read(target) == "new"
    assert names(target) == ["toy"]


def test_a_new_report_takes_the_place_of_the_old_one(target, system):
    (target / ".DS_Store").touch()
    with scratch_folder(target) as scratch:
        write_report(scratch, "new")
        assert read(target) == "old"
    assert read(target) == "new"
    assert sorted(path.name for path in target.iterdir()) == [
        "chapters",
        "index.html",
        "manifest.json",
    ]
    assert names(target) == ["toy"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems need two steps")
def test_a_reader_finds_a_whole_report_at_every_moment(target):
    missing = []
    done = threading.Event()

    def look():
        while not done.is_set():
            if not os.path.exists(target / "index.html"):
                missing.append(1)

    reader = threading.Thread(target=look)
    reader.start()
    for number in range(60):
        build(target, str(number))
    done.set()
    reader.join()
    assert missing == []
    assert read(target) == "59"


def fail_in(target):
    with scratch_folder(target) as scratch:
        write_report(scratch, "half")
        raise RuntimeError("stopped")


def test_a_run_that_fails_leaves_the_old_report(target):
    with pytest.raises(RuntimeError, match="stopped"):
        fail_in(target)
    assert read(target) == "old"
    assert names(target) == ["toy"]


def damage_in(target, damage):
    with scratch_folder(target) as scratch:
        write_report(scratch, "new")
        damage(scratch / "chapters" / "01.html")


@pytest.mark.parametrize(
    "damage",
    [os.unlink, lambda path: path.write_text("ne"), lambda path: path.with_name("x").touch()],
    ids=["deleted", "cut", "added to"],
)
def test_a_report_that_is_not_what_was_written_is_not_published(target, damage):
    with pytest.raises(PublishError, match="toy: the new report was damaged while it was written"):
        damage_in(target, damage)
    assert read(target) == "old"
    assert names(target) == ["toy"]


def test_a_report_in_which_somebody_keeps_something_is_left_alone(target, system):
    (target / "notes.md").write_text("mine")
    with pytest.raises(PublishError, match=r"a report that holds what no run made: notes\.md"):
        build(target)
    assert ((target / "notes.md").read_text(), read(target)) == ("mine", "old")
    assert names(target) == ["toy"]


def test_what_is_no_report_is_left_alone(tmp_path, system):
    target = tmp_path / "reports" / "toy"
    target.mkdir(parents=True)
    (target / "study.yml").write_text("mine")
    with pytest.raises(PublishError, match=r"a folder without a report's manifest.json, holding s"):
        build(target)
    assert (target / "study.yml").read_text() == "mine"
    assert names(target) == ["toy"]


def test_what_is_put_in_the_place_at_the_last_moment_is_put_back(target, system, monkeypatch):
    def put_there(folder):
        if folder == target:  # after this look, and before the two change places
            target.rename(target.with_name("moved"))
            target.mkdir()
            (target / "thesis.doc").write_text("mine")
            monkeypatch.setattr(publish, "_refuse_stranger", look)

    look = publish._refuse_stranger
    monkeypatch.setattr(publish, "_refuse_stranger", put_there)
    with pytest.raises(PublishError, match=r"holding thesis\.doc"):
        build(target)
    assert (target / "thesis.doc").read_text() == "mine"
    assert names(target) == ["moved", "toy"]


def test_a_run_that_stops_between_the_two_moves_puts_the_old_report_back(target, monkeypatch):
    def stop(folder, place):
        raise KeyboardInterrupt

    monkeypatch.setattr(publish, "_exchange", lambda one, other: False)
    monkeypatch.setattr(publish, "_move", stop)
    with pytest.raises(KeyboardInterrupt):
        build(target)
    assert read(target) == "old"
    assert names(target) == ["toy"]


KILLED = """
import os, sys
from pathlib import Path
from tests.report_folders import write_report
from helpers.render.publish import publish

target, moment = Path(sys.argv[1]), sys.argv[2]
die = lambda *arguments: os.kill(os.getpid(), 9)
if moment == "writing":
    write_report = lambda folder, text: (folder / "index.html").touch() or die()
elif moment == "before":
    publish._publish = die
elif moment == "between":
    publish._exchange = lambda one, other: False
    publish._move = die
elif moment == "after":
    publish._publish = lambda finished, target, publish=publish._publish: (
        publish(finished, target), die()
    )
with publish.scratch_folder(target) as scratch:
    write_report(scratch, "new")
"""


@pytest.mark.skipif(os.name != "posix", reason="kills a process")
@pytest.mark.parametrize(
    ("moment", "left"),
    [("writing", "old"), ("before", "old"), ("between", "old"), ("after", "new")],
)
def test_what_a_killed_run_left_is_cleared_and_a_whole_report_remains(target, moment, left):
    import subprocess

    root = Path(__file__).parents[3]
    command = [sys.executable, "-c", KILLED, str(target), moment]
    assert subprocess.run(command, cwd=root, check=False).returncode == -9
    assert len(names(target)) == 2 - (moment == "between")
    clear_workspaces(target.parent)
    assert names(target) == ["toy"]
    assert read(target) == left
    assert list_damage(target) == []


PUBLISHING = """
import sys
from pathlib import Path
from tests.report_folders import write_report
from helpers.render.publish import publish

target, system, text, count = Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
if system == "renames":
    publish._exchange = lambda one, other: False
for number in range(count):
    with publish.scratch_folder(target) as scratch:
        write_report(scratch, f"{text} {number}")
"""


@pytest.mark.parametrize("system", ["exchange", "renames"])
def test_runs_that_publish_one_report_at_once_leave_one_of_them_whole(target, system):
    import subprocess

    root = Path(__file__).parents[3]
    command = [sys.executable, "-c", PUBLISHING, str(target), system]
    runs = [subprocess.Popen([*command, text, "40"], cwd=root) for text in ("one", "other")]
    while any(run.poll() is None for run in runs):
        clear_workspaces(target.parent)  # as every run that begins does
    assert [run.returncode for run in runs] == [0, 0]
    assert read(target) in ("one 39", "other 39")
    assert list_damage(target) == []
    assert names(target) == ["toy"]


def test_a_place_that_was_taken_and_freed_again_is_tried_once_more(target, monkeypatch):
    """One run puts its report there and takes it away while the other cannot move its own in."""
    rename, refused = Path.rename, []

    def refuse_once(folder, to):
        if Path(to) == target and not refused:
            refused.append(to)
            raise OSError(errno.ENOTEMPTY, "Directory not empty", str(to))
        return rename(folder, to)

    shutil.rmtree(target)
    monkeypatch.setattr(Path, "rename", refuse_once)
    build(target)
    assert (read(target), len(refused)) == ("new", 1)
