"""The door sets up once, uses what is there, and never leaves half an environment looking whole."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[1] / "run_all.sh"
BASH = shutil.which("bash")
TOOLS = ("bash", "cat", "chmod", "cksum", "cp", "dirname", "mkdir", "rm", "sed", "sh")

PYTHON = """\
#!/bin/sh
case "$1 $#" in
  "-I 3") printf '%s' "${ADDED:-}"; exit ;;
  "-I "*) shift 3; exec "$@" ;;
esac
printf 'python %s\\n' "$*" >>"$LOG"
case "$1 $2" in
  "-c import helpers.cli") [ -f "$(dirname "$0")/holds_helpers" ] ;;
  "-c import helpers.cli, pytest") [ -f "$(dirname "$0")/holds_pytest" ] ;;
  "-c import sys; sys.exit"*) [ -z "${OLD_PYTHON:-}" ] ;;
  "-m venv") mkdir -p "$4/bin" && cp "$0" "$4/bin/python" ;;
  "-m pip") case "$*" in *" -r "*) [ -z "${PIP_FAILS:-}" ] ;; esac ;;
esac
"""
UV = """\
#!/bin/sh
printf 'uv %s\\n' "$*" >>"$LOG"
case "$1" in
  venv) for last; do :; done
    mkdir -p "$last/bin" && cp "$(dirname "$0")/python3" "$last/bin/python" ;;
esac
"""

pytestmark = pytest.mark.skipif(BASH is None, reason="no bash on this machine")


def write_program(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


class Door:
    """A copy of the script in a folder of its own, with programs that only log their call."""

    def __init__(self, folder):
        self.root = folder / "my project"
        self.bin = folder / "bin"
        self.log = folder / "log"
        self.root.mkdir()
        shutil.copy(SCRIPT, self.root)
        for name in ("requirements.lock", "requirements-dev.lock", "pyproject.toml"):
            (self.root / name).write_text(name)
        self.bin.mkdir()
        for tool in TOOLS:
            (self.bin / tool).symlink_to(shutil.which(tool))
        write_program(self.bin / "python3", PYTHON)

    def run(self, *words, cwd=None, **environment):
        """Call the script; give its exit code, the calls it made, and what it said."""
        self.log.write_text("")
        done = subprocess.run(
            [BASH, str(self.root / "run_all.sh"), *words],
            capture_output=True,
            text=True,
            check=False,
            cwd=cwd,
            env={"PATH": str(self.bin), "LOG": str(self.log), **environment},
        )
        calls = self.log.read_text().replace(str(self.root), "ROOT").splitlines()
        made = [call for call in calls if not call.startswith("python -c")]
        return done.returncode, made, done.stderr


@pytest.fixture
def door(tmp_path):
    return Door(tmp_path)


PIP = "--disable-pip-version-check --no-deps"
UPDATE = [
    f"python -m pip install {PIP} --require-hashes --compile -r ROOT/requirements.lock",
    f"python -m pip install --quiet {PIP} --no-build-isolation -e ROOT",
    "python -m compileall -q ROOT/src/helpers",
]
SET_UP = ["python -m venv --clear ROOT/.venv", *UPDATE]
TEST_SET_UP = [f"{SET_UP[0]}-test", UPDATE[0].replace(".lock", "-dev.lock"), *UPDATE[1:]]


def test_the_first_call_installs_from_the_lock_and_renders(door, tmp_path):
    code, calls, said = door.run(cwd=tmp_path)
    assert (code, calls) == (0, [*SET_UP, "python -m helpers"])
    assert "Setting up" in said


def test_the_second_call_installs_nothing_and_passes_its_words_on(door):
    door.run()
    code, calls, said = door.run("render", "../my study", "-p", "cutoff=20")
    assert (code, calls) == (0, ["python -m helpers render ../my study -p cutoff=20"])
    assert said == ""


def test_uv_is_used_where_it_is(door):
    write_program(door.bin / "uv", UV)
    _, calls, _ = door.run("--help")
    python = f"--python {door.bin / 'python3'}"
    assert calls == [
        f"uv venv --quiet --clear {python} ROOT/.venv",
        "uv pip install --quiet --python ROOT/.venv/bin/python --no-deps --require-hashes "
        "--compile-bytecode -r ROOT/requirements.lock",
        "uv pip install --quiet --python ROOT/.venv/bin/python --no-deps --no-build-isolation "
        "-e ROOT",
        SET_UP[-1],
        "python -m helpers --help",
    ]


@pytest.mark.parametrize("name", ["requirements.lock", "pyproject.toml"])
def test_a_changed_lock_or_project_is_installed_over_what_the_user_added(door, name):
    door.run()
    added = door.root / ".venv" / "lib" / "added.py"
    added.parent.mkdir()
    added.touch()
    (door.root / name).write_text("changed")
    _, calls, said = door.run()
    assert calls == [*UPDATE, "python -m helpers"]
    assert "what you added to it stays" in said
    assert added.exists()
    assert door.run()[1] == ["python -m helpers"]


def test_a_changed_lock_of_the_tests_is_nothing_to_the_reports(door):
    door.run()
    (door.root / "requirements-dev.lock").write_text("changed")
    assert door.run()[1] == ["python -m helpers"]


def test_an_environment_of_another_hand_is_filled_and_not_cleared(door):
    write_program(door.root / ".venv" / "bin" / "python", PYTHON)
    assert door.run()[1] == [*UPDATE, "python -m helpers"]


def test_a_moved_project_is_set_up_anew_and_says_what_the_user_had_added(door, tmp_path):
    door.run()
    door.root = door.root.rename(tmp_path / "moved project")
    _, calls, said = door.run(ADDED="lifelines==0.30.0")
    assert calls == [*SET_UP, "python -m helpers"]
    assert "was moved or has lost its Python, and is made anew" in said
    assert "You had added lifelines==0.30.0: install that again afterwards" in said


def test_an_environment_without_its_python_is_made_anew_and_that_is_said(door):
    door.run()
    (door.root / ".venv" / "bin" / "python").unlink()
    _, calls, said = door.run()
    assert calls == [*SET_UP, "python -m helpers"]
    assert "What you had added to it cannot be read" in said


def test_the_tests_leave_the_environment_of_the_reports_as_it_was(door):
    door.run()
    before = {path: path.stat().st_mtime_ns for path in (door.root / ".venv").rglob("*")}
    assert door.run("test", "-q")[1] == [*TEST_SET_UP, "python -m helpers test -q"]
    assert door.run("test", "-q")[1] == ["python -m helpers test -q"]
    assert {path: path.stat().st_mtime_ns for path in (door.root / ".venv").rglob("*")} == before
    assert door.run("render")[1] == ["python -m helpers render"]


def test_an_install_that_fails_says_so_and_is_done_again(door):
    code, calls, said = door.run(PIP_FAILS="1")
    assert code == 2
    assert calls == SET_UP[:2]
    assert "delete" not in said
    assert "the packages of requirements.lock could not be installed" in said
    assert door.run()[1] == [*SET_UP, "python -m helpers"]


def test_a_change_that_was_cut_short_is_done_again(door):
    door.run()
    (door.root / "requirements.lock").write_text("changed")
    assert "if nothing helps, delete " in door.run(PIP_FAILS="1")[2]
    (door.root / "requirements.lock").write_text("requirements.lock")
    assert door.run()[1] == [*UPDATE, "python -m helpers"]


@pytest.mark.parametrize("variable", ["VIRTUAL_ENV", "CONDA_PREFIX"])
def test_an_active_environment_that_holds_the_package_is_used_as_it_is(door, tmp_path, variable):
    active = tmp_path / "my env"
    write_program(active / "bin" / "python", PYTHON)
    (active / "bin" / "holds_helpers").touch()
    code, calls, said = door.run("check", "x", **{variable: str(active)})
    assert (code, calls, said) == (0, ["python -m helpers check x"], "")
    assert not (door.root / ".venv").exists()


def test_tests_use_an_active_environment_only_if_it_can_run_them(door, tmp_path):
    active = tmp_path / "my env"
    write_program(active / "bin" / "python", PYTHON)
    (active / "bin" / "holds_helpers").touch()
    assert door.run("test", VIRTUAL_ENV=str(active))[1] == [*TEST_SET_UP, "python -m helpers test"]
    (active / "bin" / "holds_pytest").touch()
    assert door.run("test", VIRTUAL_ENV=str(active))[1] == ["python -m helpers test"]


def test_an_active_environment_without_the_package_is_left_alone(door, tmp_path):
    active = tmp_path / "my env"
    write_program(active / "bin" / "python", PYTHON)
    assert door.run(VIRTUAL_ENV=str(active))[1] == [*SET_UP, "python -m helpers"]


def test_no_python_or_an_old_one_is_told(door):
    code, calls, said = door.run(OLD_PYTHON="1")
    assert (code, calls) == (2, [])
    assert "Python 3.11 or newer is needed" in said
    (door.bin / "python3").unlink()
    assert "Python 3.11 or newer is needed" in door.run()[2]


def test_the_exit_code_of_the_command_is_the_script_s(door):
    door.run()
    write_program(door.root / ".venv" / "bin" / "python", "#!/bin/sh\nexit 1\n")
    assert door.run()[0] == 1


def test_the_script_needs_nothing_that_bash_3_2_lacks():
    text = SCRIPT.read_text()
    assert subprocess.run([BASH, "-n", str(SCRIPT)], check=False).returncode == 0
    newer = r"declare -[A-Zgn]|\$\{\w+(,,|\^\^|@)|mapfile|readarray|readlink|realpath|&>|\|&|coproc"
    assert re.findall(newer, text) == []
    assert '${1+"$@"}' in text
    assert os.access(SCRIPT, os.X_OK)
