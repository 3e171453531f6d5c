"""However a command is ended, it says so in a line, has the right code, and leaves nothing."""

import errno
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.report_folders import write_report

from helpers.render import ending, scratch
from helpers.render.run import build
from helpers.render.warm.server import can_fork

DRIVER = """
import sys
import helpers.study
helpers.study.check_study = lambda folder: []
from helpers.cli import main
from helpers.render.ending import run_to_the_end
run_to_the_end(main)
"""

LATE = """
import atexit, os, signal, sys
from helpers.render.ending import run_to_the_end
from helpers.render.scratch import scratch_root

def run():
    print(scratch_root())
    number = signal.SIGTERM
    if sys.argv[1] == "while all is cleared up":
        atexit.register(signal.raise_signal, number)
        return 0
    signal.raise_signal(number)

run_to_the_end(run)
"""

CHAPTER = """
import json, os, subprocess, time
away = subprocess.Popen(["setsid", "sleep", "600"])
half = {path!r} + ".half"
json.dump([os.getpid(), away.pid], open(half, "w"))
os.rename(half, {path!r})
time.sleep(600)
"""


def start(project, *words, **options):
    command = [sys.executable, "-c", DRIVER, *words]
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
    return subprocess.Popen(command, cwd=project, text=True, **streams)


def is_running(process):
    try:
        stat = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def list_roots(process):
    return [p for f in scratch.SHORT_FOLDERS for p in Path(f).glob(f"msr-*-{process}-*")]


@pytest.fixture
def stuck_project(toy_project, toys, tmp_path):
    """A project with a chapter that starts a process in a session of its own and does not end."""
    import nbformat

    path = tmp_path / "pids"
    chapter = toys.make_notebook("# T", CHAPTER.format(path=str(path)))
    nbformat.write(chapter, toy_project / "notebooks" / "01_first.ipynb")
    write_report(toy_project / "reports" / "toy", "the old report")
    return toy_project, path


def wait_until(is_true):
    while not is_true():
        time.sleep(0.02)


@pytest.mark.skipif(not can_fork(), reason="needs a safe fork")
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -9)]
)
def test_a_stopped_run_ends_all_that_it_started(stuck_project, number, code):
    project, path = stuck_project
    run = start(project, "render", "toy")
    wait_until(lambda: path.exists() or run.poll() is not None)
    started = json.loads(path.read_text())
    run.send_signal(number)
    if number != signal.SIGKILL:
        run.send_signal(number)  # whoever is impatient
    out, err = run.communicate(timeout=60)
    assert run.returncode == code
    if number == signal.SIGKILL:  # nobody is left to wait; all end by themselves
        wait_until(lambda: not any(map(is_running, started)))
        [root] = list_roots(run.pid)
        scratch.remove_left(root.parent, "msr-*")
    else:
        assert err.splitlines()[-1] == "stopped; no report was changed in part"
        assert not any(map(is_running, started))
    assert "Traceback" not in out + err
    assert list_roots(run.pid) == []
    assert (project / "reports" / "toy" / "index.html").read_text() == "the old report"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("words", ["check toy", "--help", "render --help", "--version"])
def test_an_output_that_is_full_is_told(toy_project, words):
    with open("/dev/full", "w") as full:
        run = start(toy_project, *words.split(), stdout=full)
        err = run.communicate(timeout=60)[1]
    assert err == "what this command writes: the disk is full; make room and run this again\n"
    assert run.returncode == 1


def test_a_reader_that_has_gone_is_no_reason_for_words(toy_project):
    reading, writing = os.pipe()
    os.close(reading)
    run = start(toy_project, "check", "toy", stdout=writing)
    os.close(writing)
    assert run.communicate(timeout=60)[1] == ""


@pytest.mark.skipif(os.name != "posix", reason="needs a shell")
def test_outputs_that_are_closed_stop_nothing(toy_project):
    shell = 'exec "$@" >&- 2>&-'
    for asked in (["check", "toy"], ["--help"]):
        words = ["sh", "-c", shell, "sh", sys.executable, "-c", DRIVER, *asked]
        assert subprocess.run(words, cwd=toy_project, check=False, timeout=60).returncode == 0


def test_a_full_disk_leaves_the_old_report(build_toy, toy_places, monkeypatch):
    [outcome] = build_toy()
    before = {p: p.read_bytes() for p in outcome.page.parent.rglob("*") if p.is_file()}

    def refuse(report, folder):
        (folder / "index.html").write_text("half")
        raise OSError(errno.ENOSPC, "No space left on device", str(folder / "x"))

    monkeypatch.setattr(build, "write_report", refuse)
    [outcome] = build_toy(force=True)
    assert outcome.errors[0].endswith("/x: the disk is full; make room and run this again")
    assert {p: p.read_bytes() for p in outcome.page.parent.rglob("*") if p.is_file()} == before
    assert [path.name for path in toy_places.reports.iterdir()] == ["toy"]


def test_signals_are_as_they_were_after_a_command():
    before = [signal.getsignal(number) for number in ending.STOPS]
    with pytest.raises(ending.Stopped) as caught, ending.stoppable():
        signal.raise_signal(signal.SIGTERM)
    assert caught.value.code == 143
    assert [signal.getsignal(number) for number in ending.STOPS] == before


@pytest.mark.parametrize(("moment", "code"), [("while all is cleared up", 0), ("in the run", 143)])
def test_what_is_temporary_is_removed_whenever_the_signal_comes(moment, code):
    words = [sys.executable, "-c", LATE, moment]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (code, "")
    assert not Path(done.stdout.strip()).exists()


@pytest.mark.parametrize(("end", "code"), [(None, 0), (2, 2), ("words", 1)])
def test_a_command_that_ends_itself_has_the_code_that_python_would_give(end, code):
    def run():
        raise SystemExit(end)

    assert ending._find_code(run) == code


@pytest.mark.parametrize(
    ("first", "raised"), [("SIGTERM", ending.Stopped), ("SIGINT", KeyboardInterrupt)]
)
def test_a_second_signal_does_not_disturb_the_clearing_up(first, raised):
    before = signal.getsignal(signal.SIGINT)
    cleared = []

    @contextmanager
    def clear_up():
        try:
            yield
        finally:
            for number in (signal.SIGINT, *ending.STOPS):
                signal.raise_signal(number)
            cleared.append("all")

    with pytest.raises(raised), ending.stoppable(), clear_up():
        signal.raise_signal(getattr(signal, first))
    assert cleared == ["all"]
    assert signal.getsignal(signal.SIGINT) == before


def test_what_a_process_ignores_stays_ignored(monkeypatch):
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        with ending.stoppable():
            signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)
