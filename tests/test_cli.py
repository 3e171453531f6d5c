"""The command line: what it says, what it returns, what it leaves alone."""

import re
import subprocess
import sys
import types

import nbformat
import pytest

from helpers import cli
from helpers.contracts import Fault, StudyDataError
from helpers.io.files import UnreadableError


@pytest.fixture
def toy_cli(toy_project, monkeypatch, capsys):
    """Run the command line in the toy project, whose study no contract knows."""
    monkeypatch.chdir(toy_project)
    monkeypatch.setattr("helpers.study.check_study", lambda folder: [])

    def run(*words):
        code = cli.main(words)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_help_is_quick_and_names_every_command_with_an_example():
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "helpers", "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    for word in (
        "render",
        "check",
        "new",
        "lab",
        "test",
        "./run_all.sh render endurance_training_iim",
    ):
        assert word in done.stdout
    for heavy in ("pandas", "papermill", "nbconvert", "jupyter_client"):
        assert not re.search(rf"\| +{heavy}$", done.stderr, re.MULTILINE)


@pytest.mark.parametrize(
    "command", ["render", "batch", "check", "new", "reconstruct", "lab", "test"]
)
def test_every_command_has_help_with_an_example(command, capsys):
    with pytest.raises(SystemExit) as caught:
        cli.main([command, "--help"])
    assert caught.value.code == 0
    assert f"./run_all.sh {command}" in capsys.readouterr().out


@pytest.mark.parametrize("words", [["rendre"], ["render", "--job", "2"], ["render", "-j", "0"]])
def test_words_that_are_not_understood_are_bad_input(words, capsys):
    with pytest.raises(SystemExit) as caught:
        cli.main(words)
    assert caught.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_without_words_every_study_is_rendered(toy_cli, toy_project):
    code, out, err = toy_cli()
    assert (code, out) == (0, "reports/toy/index.html\n")
    assert "[2/2] toy: " in err
    assert (toy_project / "reports" / "toy" / "manifest.json").is_file()


@pytest.mark.parametrize("words", [("render", "toy"), ("batch", "grid.csv")])
def test_a_study_that_cannot_be_read_when_it_is_checked_is_bad_input(
    toy_cli, toy_project, monkeypatch, words
):
    def fail(folder, reader):
        raise UnreadableError.from_error(folder, PermissionError(13, "Permission denied"))

    (toy_project / "grid.csv").write_text("study\ntoy\n")
    monkeypatch.setattr("helpers.render.run.keys.fingerprint_check", fail)
    code, out, err = toy_cli(*words)
    assert (code, out) == (2, "")
    assert "toy" in err


def test_a_failed_report_is_told_with_its_cell_and_exit_code_1(toy_cli, toy_project, toys):
    bad = toys.make_notebook("# Bad", "1 / 0")
    nbformat.write(bad, toy_project / "notebooks" / "02_second.ipynb")
    code, out, err = toy_cli("render", "toy")
    assert (code, out) == (1, "")
    assert "toy: failed; no report yet" in err
    assert "02_second.ipynb, cell 3: 1 / 0" in err
    assert "ZeroDivisionError" in err
    assert "what came out, and each cause:" in err
    assert [path.name for path in (toy_project / "reports").iterdir()] == ["toy.failed"]


def test_a_study_edited_while_it_is_checked_is_neither_run_nor_trusted(
    toy_cli, toy_project, monkeypatch
):
    table = toy_project / "data" / "toy" / "tables" / "patients.csv"

    def check(folder):
        table.write_text("nonsense")
        return []

    monkeypatch.setattr("helpers.study.check_study", check)
    code, out, err = toy_cli("render", "toy")
    assert (code, out) == (2, "")
    assert "toy: changed since it was checked, a moment ago; run this again" in err
    assert not (toy_project / "reports").exists()
    assert not (toy_project / ".cache" / "checks").exists()


def test_a_bad_parameter_stops_before_anything_starts(toy_cli, toy_project):
    code, out, err = toy_cli("render", "toy", "-p", "cutof=20", "-p", "cutoff=banana")
    assert (code, out) == (2, "")
    assert "did you mean cutoff?" in err
    assert "a number from 1 to 100" in err
    assert not (toy_project / "reports").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["toy", "-p", "improvement_percent=400"], ["'400'", "a number from 1 to 100"]),
        (["toy", "-p", "improvment_percent=40"], ["did you mean improvement_percent?"]),
        (["toy", "-p", "visits=last", "-p", "visits=any"], ["response.visits given twice"]),
        (["toy?response.visits=first"], ["visits=first", "one of any, last, two_in_a_row"]),
        (["toy?improvment_percent=40"], ["did you mean improvement_percent"]),
        (["toy", "toy?response.visits=last"], ["found it with two sets of settings", "grid"]),
    ],
)
def test_a_setting_that_cannot_be_stops_before_anything_starts(toy_cli, toy_project, words, said):
    code, out, err = toy_cli("render", *words)
    assert (code, out) == (2, "")
    for text in said:
        assert text in err
    assert "Traceback" not in err
    assert not (toy_project / "reports").exists()


def test_one_study_named_twice_with_the_same_settings_is_one_report(toy_cli):
    named = "toy?response.visits=last"
    code, out, _ = toy_cli("render", named, named, "--dry-run")
    assert (code, out.count("chapters would run")) == (0, 1)


def test_a_setting_behind_the_study_and_by_parameter_is_one_and_the_same(toy_cli, toy_project):
    assert toy_cli("render", "toy?improvement_percent=40")[0] == 0
    executed = (toy_project / "reports/toy/notebooks/01_first.ipynb").read_text()
    assert "toy?response.improvement_percent=40" in executed
    code, out, _ = toy_cli("render", "toy", "-p", "response.improvement_percent=40.0")
    assert (code, out) == (0, "reports/toy/index.html (unchanged)\n")


def test_parameters_are_listed(toy_cli):
    code, out, _ = toy_cli("render", "--parameters")
    assert code == 0
    assert out.startswith("study.yml, for every chapter\n")
    assert "  improvement_percent (a number from 1 to 100; " in out
    assert "  cutoff (a number from 1 to 100; improvement cutoff, percent) [20.0]" in out


def test_faults_of_the_data_stop_before_anything_starts(toy_cli, toy_project, monkeypatch):
    fault = Fault("tables/core_set.csv", "72", "0 to 10", "use cm", 4, "physician_global")
    monkeypatch.setattr("helpers.study.check_study", lambda folder: [fault, fault])
    code, out, err = toy_cli("render", "toy")
    assert (code, out) == (2, "")
    assert "toy: 2 faults found." in err
    assert "row 4" in err
    assert not (toy_project / "reports").exists()


def test_a_report_in_whose_place_another_run_put_its_own_is_not_called_done(toy_cli, monkeypatch):
    monkeypatch.setattr(
        "helpers.render.run.build.describe_rival", lambda manifest, outputs: "another"
    )
    code, out, err = toy_cli("render", "toy")
    assert (code, out) == (1, "")
    assert err.splitlines()[-1] == "toy: another"


def test_check_says_when_there_is_nothing_to_mend(toy_cli):
    assert toy_cli("check", "toy") == (0, "toy: no fault found\n", "")


def test_an_unknown_study_is_bad_input_with_the_names_there_are(toy_cli):
    code, _, err = toy_cli("render", "tox")
    assert code == 2
    assert "toy" in err


def test_a_folder_without_studies_is_bad_input(toy_cli, toy_project):
    (toy_project / "data" / "toy" / "study.yml").unlink()
    code, _, err = toy_cli()
    assert code == 2
    assert "./run_all.sh new NAME" in err


def test_a_study_outside_the_project_is_found_by_its_path(toy_cli, toy_project, tmp_path):
    outside = tmp_path / "else where"
    (toy_project / "data" / "toy").rename(outside)
    code, out, _ = toy_cli("render", str(outside))
    assert (code, out) == (0, "reports/else where/index.html\n")
    executed = (toy_project / "reports/else where/notebooks/01_first.ipynb").read_text()
    assert str(tmp_path) not in executed


def test_new_makes_a_study_and_says_what_to_do_next(toy_cli, toy_project, monkeypatch):
    scaffold = types.ModuleType("helpers.scaffold")
    scaffold.create_study = lambda name, data: data / name
    monkeypatch.setitem(sys.modules, "helpers.scaffold", scaffold)
    code, out, _ = toy_cli("new", "mine")
    assert code == 0
    assert out.startswith("made data/mine\n")
    assert "./run_all.sh check mine" in out


def test_new_refuses_what_the_scaffold_refuses(toy_cli, monkeypatch):
    def refuse(name, data):
        raise FileExistsError("data/toy is there already")

    scaffold = types.ModuleType("helpers.scaffold")
    scaffold.create_study = refuse
    monkeypatch.setitem(sys.modules, "helpers.scaffold", scaffold)
    code, _, err = toy_cli("new", "toy")
    assert (code, err) == (2, "data/toy is there already\n")


def test_new_from_files_makes_a_study_that_check_describes(toy_cli, toy_project, tmp_path):
    lab = tmp_path / "lab.csv"
    lab.write_text("id,sex,note\nA,F,x\nB,M,\n")
    code, out, _ = toy_cli("new", "mine", "--from", str(lab))
    assert (code, out) == (
        0,
        "made data/mine; the originals are in raw/, each with its sha256\n"
        "read data/mine/mapping.yml through, then: ./run_all.sh check mine\n",
    )
    assert sorted(path.name for path in (toy_project / "data" / "mine").rglob("*")) == [
        *("README.md", "SHA256SUMS", "lab.csv", "mapping.yml", "raw", "study.yml")
    ]
    code, out, _ = toy_cli("check", "mine")
    assert (code, out) == (
        0,
        "mine: raw/lab.csv: 2 of 3 columns placed, 1 ignored\n"
        "mine: patients: 2 rows\n"
        "mine: no fault found\n",
    )


def test_new_from_files_counts_the_lines_that_only_people_can_fill(toy_cli, tmp_path):
    (tmp_path / "lab.csv").write_text("id,sex,CK\nA,1,90\nB,2,80\n")
    code, out, _ = toy_cli("new", "mine", "--from", str(tmp_path / "lab.csv"))
    assert code == 0
    assert "lines of mapping.yml that wait for your answer (TODO): 3\n" in out


def test_new_from_newer_files_takes_them_into_a_study_that_is_there(toy_cli, tmp_path):
    for name in ("lab.csv", "lab_2.csv", "other.csv"):
        (tmp_path / name).write_text("id,sex\nA,F\nB,M\n")
    toy_cli("new", "mine", "--from", str(tmp_path / "lab.csv"))
    code, out, _ = toy_cli("new", "mine", "--from", str(tmp_path / "lab_2.csv"))
    assert (code, out) == (0, "took in raw/lab_2.csv\n")
    code, _, err = toy_cli("new", "mine", "--from", str(tmp_path / "other.csv"))
    assert code == 2
    assert "a file that no line of mapping.yml reads" in err


@pytest.mark.parametrize("name", ["absent.csv", "empty.csv", "words.pdf", "no_patients.csv"])
def test_new_from_refuses_what_is_no_data_and_leaves_nothing(toy_cli, toy_project, tmp_path, name):
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "words.pdf").write_text("x")
    (tmp_path / "no_patients.csv").write_text("well,od\nA1,0.3\n")
    code, out, err = toy_cli("new", "mine", "--from", str(tmp_path / name))
    assert (code, out) == (2, "")
    assert "to mend:" in err
    assert not (toy_project / "data" / "mine").exists()


@pytest.mark.parametrize(
    ("words", "module", "passed"),
    [
        (["test", "-q", "-k", "exact or paired"], "pytest", ["-q", "-k", "exact or paired"]),
        (["lab", "--no-browser"], "jupyterlab", ["--no-browser"]),
    ],
)
def test_lab_and_test_pass_their_words_on(toy_cli, toy_project, monkeypatch, words, module, passed):
    started = []

    def start(command, **settings):
        started.append(command)
        return types.SimpleNamespace(returncode=5)

    monkeypatch.setattr(subprocess, "run", start)
    assert toy_cli(*words)[0] == 5
    [command] = started
    assert command[:3] == [sys.executable, "-m", module]
    assert command[-len(passed) :] == passed


def test_an_environment_without_pytest_says_how_to_get_it(toy_cli, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    code, _, err = toy_cli("test")
    assert code == 2
    assert "-m pip install --no-deps --require-hashes -r requirements-dev.lock" in err


def test_faults_raised_while_looking_for_a_study_are_told(toy_cli, monkeypatch):
    def find(name):
        raise StudyDataError(name, [Fault("study.yml", "nothing", "a study", "make one")])

    monkeypatch.setattr("helpers.study.find_study", find)
    code, _, err = toy_cli("check", "nobody")
    assert code == 2
    assert "to mend:  make one" in err
