"""Processes are found and ended, however they tried to get away."""

import subprocess
import sys
import textwrap

import pytest

from helpers.render import family

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux hands orphans on")

RUN_AWAY = """
import os, subprocess, sys, time
from helpers.render.family import adopt_orphans, end_descendants, list_children, no_orphans

def run_away():
    subprocess.Popen(["setsid", "sleep", "600"])
    subprocess.run("(setsid nohup sleep 600 >/dev/null 2>&1 &)", shell=True, check=True)
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(600)
        os._exit(0)
"""


def run(code):
    done = subprocess.run(
        [sys.executable, "-c", RUN_AWAY + textwrap.dedent(code)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.stderr == ""
    return done.stdout.split()


def test_sessions_of_their_own_and_double_forks_are_ended():
    code = """
        assert adopt_orphans()
        run_away()
        while len(list_children(os.getpid())) < 3: time.sleep(0.01)
        end_descendants(os.getpid())
        print(list_children(os.getpid()))
    """
    assert run(code) == ["set()"]


def test_what_was_there_before_and_what_is_named_goes_on():
    code = """
        before = subprocess.Popen(["sleep", "600"])
        with no_orphans(but=lambda: {named.pid}):
            named = subprocess.Popen(["sleep", "600"])
            run_away()
            while len(list_children(os.getpid())) < 5: time.sleep(0.01)
        print(list_children(os.getpid()) == {before.pid, named.pid})
        end_descendants(os.getpid())
    """
    assert run(code) == ["True"]


def test_where_the_system_does_not_tell_nothing_is_found(monkeypatch):
    def refuse(number):
        raise FileNotFoundError("/proc")

    monkeypatch.setattr(family.psutil, "Process", refuse)
    assert family.list_children(1) == set()
    family.end_descendants(1)
