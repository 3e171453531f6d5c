"""The installer says how far pip has come, on a terminal and in a log, and what somebody added."""

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from helpers import set_up

FILE = Path(set_up.__file__)
LOCK = """\
pytest=={pytest} \\
    --hash=sha256:00
tqdm==0 ; sys_platform == 'win32' \\
    --hash=sha256:00
PyYAML=={PyYAML} \\
    --hash=sha256:00
"""
PIP = """
import sys, time
print("Ignoring tqdm: markers 'sys_platform == \\"win32\\"' don't match your environment")
print("Collecting pytest==1 (from -r lock (line 1))")
print("  Downloading pytest.whl (1 kB)")
print("Requirement already satisfied: PyYAML==1 in /somewhere")
print("Installing collected packages: pytest, PyYAML", flush=True)
time.sleep(0.2)
print("no space left", file=sys.stderr)
sys.exit(3)
"""


@pytest.fixture
def lock(tmp_path):
    path = tmp_path / "requirements.lock"
    path.write_text(LOCK.format(pytest=version("pytest"), PyYAML=version("PyYAML")))
    return path


class Terminal:
    def __init__(self):
        self.text = ""

    def write(self, text):
        self.text += text

    def flush(self):
        pass

    def isatty(self):
        return True


def test_pins_are_read_with_and_without_marker(lock):
    assert set_up.read_pins(lock) == {
        "pytest": version("pytest"),
        "tqdm": "0",
        "pyyaml": version("PyYAML"),
    }


def test_a_log_gets_a_line_at_each_quarter_and_the_exit_code_is_that_of_pip(lock, capfd):
    assert set_up.install(lock, [sys.executable, "-c", PIP]) == 3
    said = capfd.readouterr().err.splitlines()
    assert said[:2] == ["  fetching 1 of 2: pytest", "  fetching 2 of 2: PyYAML"]
    assert said[2] == "no space left"
    assert said[3].startswith("  installing 2 of 2: ")
    assert len(said) == 4


def test_a_hundred_packages_give_a_log_no_more_than_five_lines(capfd):
    counter = set_up.Counter()
    for number in range(1, 101):
        counter.tell("fetching", number, 100, "x")
    counter.end()
    said = capfd.readouterr().err.splitlines()
    assert said == [f"  fetching {number} of 100: x" for number in (1, 25, 50, 75, 100)]


def test_a_terminal_gets_one_line_that_counts_on(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    counter = set_up.Counter()
    counter.tell("fetching", 1, 2, "scipy")
    counter.tell("installing", 2, 2, "numpy")
    counter.end()
    assert terminal.text == "\r  fetching 1 of 2: scipy\x1b[K\r  installing 2 of 2: numpy\x1b[K\n"


def test_what_the_lock_does_not_hold_was_added(lock):
    added = set_up.list_added(lock)
    assert f"hypothesis=={version('hypothesis')}" in added
    assert [one for one in added if one.startswith(("pytest==", "PyYAML==", "pip=="))] == []


def test_it_runs_by_itself_with_the_standard_library_only(lock):
    words = [sys.executable, "-I", "-S", str(FILE), str(lock)]
    done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "\n"
    code = subprocess.run([*words, sys.executable, "-c", PIP], check=False, capture_output=True)
    assert code.returncode == 3
