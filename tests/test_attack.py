"""A short form of benchmarks/attack.py: a few cases of each attack, and proof that it can see."""

import importlib
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import get_args

import pytest

from helpers.render.run.execute import Engine

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


@pytest.fixture
def load(monkeypatch):
    """Import a module of the tool; its own folder is on the path, as when it is run."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module


@pytest.mark.parametrize(
    ("name", "cases"),
    [
        ("inputs", range(6)),
        ("kills", [1]),
        ("settings", [0]),
        ("notebooks", [0]),
        ("cache", range(5)),
    ],
)
def test_a_few_cases_of_each_attack_find_nothing(load, name, cases, tmp_path):
    assert load("attack").ATTACKS[name].run(cases, tmp_path) == []


def test_what_fails_is_counted_told_and_gives_exit_code_1(load, monkeypatch, capsys):
    door, made = load("attack"), load("attacks.attack")

    def fail_each(numbers, folder):
        return [made.Failure(n, "a hang", f"case {n}" + "!" * (n % 3), "seen") for n in numbers]

    monkeypatch.setitem(
        door.ATTACKS, "inputs", made.Attack("inputs", "all is well", 200, fail_each)
    )
    assert door.main(["--only", "inputs", "--scale", "0.02", "--seed", "7"]) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[1].split() == ["inputs", "4", "4", "all", "is", "well"]
    assert said[3:] == [
        "inputs: a hang (4 times)",
        "  case 7000002",
        "  seen",
        "  again: --replay inputs 7000002",
    ]
    assert door.main(["--replay", "inputs", "12"]) == 1
    assert "case 12" in capsys.readouterr().out


def test_what_passes_gives_exit_code_0(load, monkeypatch, capsys):
    door, made = load("attack"), load("attacks.attack")
    passing = made.Attack("cache", "all is well", 200, lambda numbers, folder: [])
    monkeypatch.setitem(door.ATTACKS, "cache", passing)
    assert door.main(["--only", "cache"]) == 0
    assert capsys.readouterr().out.splitlines()[1].split()[:3] == ["cache", "200", "0"]


def test_an_exception_is_named_by_the_place_that_let_it_through(load):
    inputs = load("attacks.inputs")
    from helpers.locate import locate_study

    try:
        locate_study(None)
    except TypeError as error:
        kind, _ = inputs.describe_error(error)
    assert kind == "TypeError in helpers/locate.py, locate_study (check)"


def test_a_case_is_the_same_each_time_and_cases_differ(load, tmp_path):
    inputs = load("attacks.inputs")
    inputs.make_bases(tmp_path / "bases")
    plans = [inputs.plan(number, tmp_path) for number in range(40)]
    assert plans == [inputs.plan(number, tmp_path) for number in range(40)]
    assert len({str(plan) for plan in plans}) == 40


def test_a_process_in_a_session_of_its_own_is_seen_and_ended(load, tmp_path):
    shelter = load("attacks.shelter").Shelter(tmp_path / "shelter")
    shelter.project.mkdir()
    one = subprocess.Popen(["sleep", "60"], env={}, cwd=shelter.project, start_new_session=True)
    other = subprocess.Popen(["sleep", "60"], env=shelter.environment(), start_new_session=True)
    try:
        end = time.monotonic() + 20
        while len(shelter.list_processes()) < 2 and time.monotonic() < end:
            time.sleep(0.01)
        assert set(shelter.list_processes()) == {one.pid, other.pid}
        shelter.end_all()
        assert [one.wait(20), other.wait(20)] == [-9, -9]
        assert shelter.list_processes() == {}
    finally:
        one.kill()
        other.kill()


@pytest.mark.parametrize(
    "markup",
    [
        "<script>attacked()</script>",
        "<img src=//attacked/a.png>",
        "<p onclick=attacked()>",
        "<a href=' JavaScript:attacked()'>",
        "<style>@import '//attacked'</style>",
    ],
)
def test_what_a_page_must_not_have_is_seen(load, markup):
    reader = load("attacks.notebooks").Reader()
    reader.feed(f"<p>attacked</p>{markup}")
    assert len(reader.found) == 1


def test_every_misbehaving_cell_has_a_name_and_there_are_enough(load):
    notebooks, settings = load("attacks.notebooks"), load("attacks.settings")
    assert len(notebooks.NAMES) >= 30
    assert "os._exit(0)" in notebooks.NOTEBOOKS["os._exit(0)"]
    assert len({setting.name for setting in settings.SETTINGS}) == len(settings.SETTINGS) >= 40


def test_an_attack_with_words_that_the_program_does_not_have_is_no_attack(load, tmp_path):
    shelter = load("attacks.shelter").Shelter(tmp_path / "shelter")
    shelter.project.mkdir()
    with pytest.raises(ValueError, match=r"mended, render --engine fast: error: .* invalid"):
        shelter.run("render", "--engine", "fast")
    with pytest.raises(ValueError, match="mended, check --fast: error: unrecogni"):
        shelter.run("check", "--fast")


def test_the_engines_of_the_attack_are_those_that_there_are(load):
    assert set(load("attacks.notebooks").ENGINES) == set(get_args(Engine))


def test_a_report_of_which_a_file_was_changed_is_not_whole(load, toy_report, tmp_path):
    projects = load("attacks.projects")
    report = projects.copy_project(toy_report, tmp_path / "report")
    assert projects.is_whole(report)
    (report / "index.html").write_text("changed")
    assert not projects.is_whole(report)
    os.remove(report / "manifest.json")
    assert not projects.is_whole(report)
