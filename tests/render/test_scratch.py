"""Temporary files have one place, and only those of dead processes of this machine are removed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from helpers.render import scratch
from helpers.render.run.how import How
from helpers.render.run.run import run_plans

MAKE = "from helpers.render.scratch import scratch_root\nroot = scratch_root()\n"


@pytest.fixture
def own_roots(monkeypatch):
    """Let the test choose where the folder goes, apart from that of the test run."""
    monkeypatch.setattr(scratch, "_roots", {})
    monkeypatch.setattr(scratch, "SHORT", 1000)


def run(code, **options):
    words = [sys.executable, "-c", MAKE + code]
    return subprocess.run(words, capture_output=True, text=True, check=False, **options)


def make_dead_mark():
    """Give the mark of a process that has ended, as it wrote it itself."""
    code = "from helpers.render.scratch import own_mark\nprint(own_mark())"
    return run(code).stdout.strip()


def test_a_process_has_one_folder_until_it_ends():
    done = run("assert scratch_root() == root and root.is_dir()\nprint(root)")
    assert done.stderr == ""
    root = Path(done.stdout.strip())
    assert root.name.startswith("msr-")
    assert not root.exists()


def test_what_multiprocessing_made_in_the_folder_it_removes_first_whenever_it_was_made():
    code = """
import os, tempfile
from multiprocessing.util import Finalize, get_temp_dir
from helpers.render import scratch
tempfile.tempdir = str(root)
print(get_temp_dir())
Finalize(None, scratch._remove_root, [os.getpid()], exitpriority=scratch.LAST)
"""
    done = run(code)
    assert done.stderr == ""
    assert not Path(done.stdout.strip()).parent.exists()


def test_what_a_killed_process_left_is_removed_by_the_next_and_nothing_else(tmp_path, own_roots):
    dead, host = make_dead_mark(), scratch.own_mark().split("-")[0]
    other = f"{'f' * 8 if host != 'f' * 8 else 'e' * 8}{dead[8:]}"
    kept = [
        f"msr-{scratch.own_mark()}-running",
        f"msr-{other}-another_machine_or_container",
        f"msr-{scratch.UNKNOWN_HOST}{dead[8:]}-a_machine_that_does_not_tell",
        "msr-anybody",
        f"report-{dead}",
    ]
    for name in (*kept, f"msr-{dead}-left"):
        (tmp_path / name / "below").mkdir(parents=True)
    (tmp_path / f"msr-{dead}-file").touch()
    scratch.remove_left(tmp_path, "msr-*")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(kept)


def test_a_run_that_makes_nothing_removes_what_a_killed_one_left(tmp_path, toy_places, monkeypatch):
    monkeypatch.setattr(scratch, "_choose_base", lambda otherwise: tmp_path)
    (tmp_path / f"msr-{make_dead_mark()}-left").mkdir()
    run_plans([], toy_places, How())
    assert [path.name for path in tmp_path.glob("msr-*")] == []


def test_a_number_that_another_process_has_by_now_is_told_by_its_start():
    host, process, start = scratch.own_mark().split("-")
    assert not scratch.is_left(f"msr-{host}-{process}-{start}-x")
    assert scratch.is_left(f"msr-{host}-{process}-{int(start) + 1}-x")
    assert not scratch.is_left(f"msr-{host}-{process}-0-x")  # its start was not known


def test_a_link_is_removed_and_what_it_leads_to_stays(tmp_path):
    (tmp_path / "precious").mkdir()
    (tmp_path / f"msr-{make_dead_mark()}-x").symlink_to(tmp_path / "precious")
    scratch.remove_left(tmp_path, "msr-*")
    assert [path.name for path in tmp_path.iterdir()] == ["precious"]


@pytest.mark.parametrize("name", ["x" * 130, "absent/below"])
def test_a_folder_that_is_too_long_for_sockets_or_absent_is_passed_over(name, tmp_path):
    folder = tmp_path / name
    if "/" not in name:
        folder.mkdir()
    done = run("print(root.parent)", env={**os.environ, "TMPDIR": str(folder)})
    assert len(done.stdout.strip()) <= scratch.SHORT
    assert not folder.exists() or not any(folder.iterdir())


def test_where_nothing_can_be_written_the_given_folder_is_taken(tmp_path, monkeypatch, own_roots):
    monkeypatch.setattr(scratch, "_is_usable", lambda folder: folder == tmp_path)
    assert scratch.scratch_root(otherwise=tmp_path).parent == tmp_path


def test_where_nothing_can_be_written_at_all_the_variable_to_set_is_named(monkeypatch, own_roots):
    monkeypatch.setattr(scratch, "_is_usable", lambda folder: False)
    with pytest.raises(OSError, match=r"no folder for temporary files .* set TMPDIR"):
        scratch.scratch_root()


def test_a_fork_leaves_the_folder_of_its_parent_alone():
    code = (
        "import os, sys\n"
        "if os.fork() == 0: sys.exit()\n"
        "os.wait()\nassert root.is_dir()\nprint('there')"
    )
    assert run(code).stdout == "there\n"
