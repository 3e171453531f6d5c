"""What a run builds in is its own; only what a dead run left is removed, and nothing else."""

import os
import subprocess
import sys

import pytest
from tests.report_folders import write_report

from helpers.render.publish import workspace as module
from helpers.render.publish.workspace import clear_workspaces, open_workspace

TOKEN = ".building-" + "0123456789abcdef" * 2


@pytest.fixture
def reports(tmp_path):
    write_report(tmp_path / "reports" / "toy")
    return tmp_path / "reports"


def names(reports):
    return sorted(path.name for path in reports.iterdir())


def test_two_workspaces_of_one_report_are_two_folders(reports):
    with open_workspace(reports / "toy") as one, open_workspace(reports / "toy") as other:
        assert one != other
        assert one.parent == other.parent == reports
    assert names(reports) == ["toy"]


HOLDING = """
import sys
from pathlib import Path
from helpers.render.publish.workspace import open_workspace

with open_workspace(Path(sys.argv[1])) as workspace:
    (workspace / "report").mkdir()
    print(workspace.name, flush=True)
    sys.stdin.read()
"""


def test_what_a_live_process_builds_is_left_alone_until_it_is_dead(reports):
    command = [sys.executable, "-c", HOLDING, str(reports / "toy")]
    run = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    name = run.stdout.readline().strip()
    clear_workspaces(reports)
    assert names(reports) == [name, "toy"]
    run.kill()
    run.communicate()
    assert names(reports) == [name, "toy"]
    clear_workspaces(reports)
    assert names(reports) == ["toy"]


def test_nothing_is_removed_where_nothing_can_be_locked(reports, monkeypatch):
    def refuse(owner, workspace):
        raise OSError(37, "No locks available")

    left = reports / TOKEN
    (left / "report").mkdir(parents=True)
    monkeypatch.setattr(module, "_lock", refuse)
    clear_workspaces(reports)
    assert names(reports) == [TOKEN, "toy"]
    with open_workspace(reports / "toy") as workspace:
        assert workspace.is_dir()
    assert names(reports) == [TOKEN, "toy"]


def test_a_run_killed_before_it_had_a_lock_leaves_nothing_for_ever(reports):
    (reports / TOKEN).mkdir()
    clear_workspaces(reports)
    assert names(reports) == ["toy"]


def test_a_workspace_that_another_run_took_for_dead_is_given_up(reports, monkeypatch):
    lock, given_up = module._lock, []

    def take(owner, workspace):
        if not given_up:
            given_up.append(workspace)
            raise BlockingIOError
        lock(owner, workspace)

    monkeypatch.setattr(module, "_lock", take)
    with open_workspace(reports / "toy") as workspace:
        assert workspace != given_up[0]
    given_up[0].joinpath("owner").unlink()
    given_up[0].rmdir()


@pytest.mark.parametrize("is_gone", [True, False], ids=["gone", "there"])
def test_the_report_that_was_taken_away_goes_back_only_where_there_is_none(reports, is_gone):
    if is_gone:
        (reports / "toy").rename(reports / "away")
    write_report(reports / TOKEN / "previous-0", "older")
    (reports / TOKEN / "owner").write_text("toy")
    clear_workspaces(reports)
    expected = "older" if is_gone else "old"
    assert (reports / "toy" / "index.html").read_text() == expected
    assert TOKEN not in names(reports)


@pytest.mark.parametrize("name", ["finished", "previous-0"])
def test_what_is_no_report_is_never_removed(reports, name):
    (reports / TOKEN / name).mkdir(parents=True)
    (reports / TOKEN / name / "thesis.doc").write_text("mine")
    clear_workspaces(reports)
    assert (reports / TOKEN / name / "thesis.doc").read_text() == "mine"


def test_a_folder_that_only_looks_like_a_workspace_is_left_alone(reports, tmp_path):
    (reports / TOKEN).mkdir()
    (reports / TOKEN / "thesis.doc").write_text("mine")
    (tmp_path / "else").mkdir()
    (reports / f".building-{'0' * 32}").symlink_to(tmp_path / "else")
    (reports / f".building-{'1' * 32}").write_text("mine")
    (reports / ".building-mine").mkdir()
    before = names(reports)
    clear_workspaces(reports)
    assert names(reports) == before
    assert os.listdir(reports / TOKEN) == ["thesis.doc"]
    assert os.listdir(tmp_path / "else") == []


def test_a_folder_of_reports_that_is_not_there_is_no_fault(tmp_path):
    clear_workspaces(tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_an_old_report_that_cannot_be_removed_stays_ours_until_it_can(reports, monkeypatch, capsys):
    # A simulation: whoever runs the tests may be allowed to remove everything.
    remove, is_refused = os.rmdir, True

    def rmdir_or_refuse(path, **options):
        if is_refused and os.path.basename(path) == "chapters":
            raise PermissionError(13, "Permission denied", path)
        remove(path, **options)

    monkeypatch.setattr(os, "rmdir", rmdir_or_refuse)
    with open_workspace(reports / "toy") as workspace:
        write_report(workspace / "finished", "older")
    for _ in range(2):
        assert sorted(os.listdir(workspace)) == ["owner", "removed-0"]
        assert os.listdir(workspace / "removed-0") == ["chapters"]  # no manifest any more
        assert capsys.readouterr().err == (
            f"{workspace / 'removed-0'}: an old report that could not be removed "
            "(permission denied); give yourself the right to write there, and the next run will "
            "remove it\n"
        )
        clear_workspaces(reports)
    is_refused = False
    clear_workspaces(reports)
    assert names(reports) == ["toy"]
