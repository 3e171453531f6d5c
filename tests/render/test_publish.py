"""A report is replaced whole or not at all, whenever a run stops."""

import os
import sys
import threading

import pytest

from helpers.render import publish
from helpers.render.publish import recover_report, scratch_folder


@pytest.fixture
def target(tmp_path):
    folder = tmp_path / "reports" / "toy"
    folder.mkdir(parents=True)
    (folder / "index.html").write_text("old")
    return folder


def read(folder):
    return (folder / "index.html").read_text()


def names(target):
    return sorted(path.name for path in target.parent.iterdir())


def test_a_first_report_makes_its_folders(tmp_path):
    target = tmp_path / "reports" / "toy"
    with scratch_folder(target) as scratch:
        (scratch / "index.html").write_text("new")
    assert read(target) == "new"
    assert names(target) == ["toy"]


def test_a_new_report_takes_the_place_of_the_old_one(target):
    (target / "left_over.html").touch()
    with scratch_folder(target) as scratch:
        (scratch / "index.html").write_text("new")
        assert read(target) == "old"
    assert read(target) == "new"
    assert [path.name for path in target.iterdir()] == ["index.html"]
    assert names(target) == ["toy"]


def test_a_system_that_cannot_exchange_folders_renames_them_in_turn(target, monkeypatch):
    monkeypatch.setattr(publish, "_exchange", lambda one, other: False)
    with scratch_folder(target) as scratch:
        (scratch / "index.html").write_text("new")
    assert read(target) == "new"
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
        with scratch_folder(target) as scratch:
            (scratch / "index.html").write_text(str(number))
    done.set()
    reader.join()
    assert missing == []
    assert read(target) == "59"


def fail_in(target):
    with scratch_folder(target) as scratch:
        (scratch / "index.html").write_text("half")
        raise RuntimeError("stopped")


def test_a_run_that_fails_leaves_the_old_report(target):
    with pytest.raises(RuntimeError, match="stopped"):
        fail_in(target)
    assert read(target) == "old"
    assert names(target) == ["toy"]


def test_a_run_stopped_between_the_two_moves_is_mended_by_the_next(target):
    target.rename(target.parent / ".toy.previous")
    recover_report(target)
    assert read(target) == "old"
    assert names(target) == ["toy"]


def test_a_run_stopped_before_it_tidied_up_keeps_the_new_report(target):
    previous = target.parent / ".toy.previous"
    previous.mkdir()
    (previous / "index.html").write_text("older")
    recover_report(target)
    assert read(target) == "old"
    assert names(target) == ["toy"]


def test_what_a_dead_run_left_is_removed_and_what_a_live_one_builds_is_not(target):
    dead = target.parent / ".toy.building-999999999"
    live = target.parent / f".toy.building-{os.getppid()}"
    dead.mkdir()
    live.mkdir()
    recover_report(target)
    assert names(target) == [live.name, "toy"]
