"""A grid is read and checked as a whole: every fault at once, with its row and column."""

import os
import shutil
from pathlib import Path

import nbformat
import pytest

from helpers.render.plan.chapters import read_chapters
from helpers.render.plan.grid import GridError, GridRow, plan_grid, read_grid


@pytest.fixture
def write_grid(tmp_path):
    """Write a grid file and give its path."""

    def write(text, name="grid.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_text(text, encoding=encoding)
        return path

    return write


@pytest.fixture
def plan(toy_project):
    """Plan a grid in the toy project, where ``toy`` and ``well`` are the studies."""
    shutil.copytree(toy_project / "data" / "toy", toy_project / "data" / "well")
    chapters = read_chapters(toy_project / "notebooks")

    def find_study(name):
        folder = toy_project / "data" / name
        if not folder.is_dir():
            raise ValueError(f"no study {name}")
        return folder

    def make(rows):
        return plan_grid(rows, chapters, find_study=find_study, file="grid.csv")

    return make


def find_faults(path):
    with pytest.raises(GridError, match=r"found\.") as caught:
        read_grid(path)
    return caught.value.faults


ROWS = (
    GridRow(2, "toy", "strict", ("cutoff=30",)),
    GridRow(3, "toy", "plain", ()),
    GridRow(4, "well", "well", ("cutoff=25",)),
)
CSV = "study,name,cutoff\ntoy,strict,30\ntoy,plain,\nwell,,25\n"
YAML = """\
- {study: toy, name: strict, cutoff: 30}
- {study: toy, name: plain, cutoff: null}
- study: well
  cutoff: 25
"""


@pytest.mark.parametrize(
    "text",
    [CSV, CSV.replace(",", ";"), CSV.replace("\n", "\r\n"), CSV.replace(",", " , ")],
    ids=["commas", "semicolons", "windows", "spaces"],
)
def test_a_csv_grid_has_one_row_for_each_report(write_grid, text):
    assert read_grid(write_grid(text)) == ROWS


def test_a_byte_order_mark_is_no_part_of_the_first_column(write_grid):
    assert read_grid(write_grid(CSV, encoding="utf-8-sig")) == ROWS


def test_a_row_that_is_empty_is_no_report_and_the_next_keeps_its_number(write_grid):
    rows = read_grid(write_grid("study,name\ntoy,a\n,\n\ntoy,b\n"))
    assert [(row.number, row.name) for row in rows] == [(2, "a"), (5, "b")]


@pytest.mark.parametrize("name", ["grid.yml", "grid.yaml", "GRID.YML"])
def test_a_yaml_grid_has_one_item_for_each_report(write_grid, name):
    rows = read_grid(write_grid(YAML, name))
    assert [(row.study, row.name, row.given) for row in rows] == [
        (row.study, row.name, row.given) for row in ROWS
    ]
    assert [row.number for row in rows] == [1, 2, 3]


def test_the_values_of_a_yaml_grid_stay_as_a_person_typed_them(write_grid):
    text = "- {study: toy, name: 1.50, strict: yes, level: 0.5, day: 2024-01-03, low: 1e3}"
    [row] = read_grid(write_grid(text, "grid.yml"))
    assert row.name == "1.50"
    assert row.given == ("strict=yes", "level=0.5", "day=2024-01-03", "low=1e3")


@pytest.mark.parametrize("number", ["020", "1:20", "1" + ":0" * 250 + ".0"])
def test_a_number_of_another_meaning_is_a_fault_with_its_line(write_grid, number):
    [fault] = find_faults(write_grid(f"- study: toy\n  name: {number}\n", "grid.yml"))
    assert fault.found.startswith(f"line 2: {number[:20]}")
    assert fault.found.endswith("which some programs read as another number")
    assert fault.mend.startswith("write the number plainly")


def test_the_report_of_a_study_given_by_its_path_has_the_name_of_its_folder(write_grid):
    [row] = read_grid(write_grid("study\n../other place/cohort 7\n"))
    assert row.name == "cohort 7"


def test_every_fault_of_the_form_is_told_at_once(write_grid):
    text = "study,name\ntoy,a\n,b\ntoy,A\ntoy,../up\ntoy,.hidden\ntoy,index.html\ntoy,a.Failed\n"
    found = [(f.row, f.column, f.found) for f in find_faults(write_grid(text))]
    assert found == [
        (3, "study", "nothing"),
        (4, "name", "A, as in row 2"),
        (5, "name", "'../up'"),
        (6, "name", "'.hidden'"),
        (7, "name", "'index.html'"),
        (8, "name", "'a.Failed'"),
    ]


@pytest.mark.parametrize(
    ("text", "name", "found"),
    [
        ("", "grid.csv", "no rows"),
        ("study,name\n", "grid.csv", "no rows"),
        ("study\ntoy,extra\n", "grid.csv", "row 2: more cells than the header has"),
        ("[]", "grid.yml", "no rows"),
        ("study: toy", "grid.yml", "no list of mappings"),
        ("- toy", "grid.yml", "no list of mappings"),
        ("- {study: toy, cutoff: [1, 2]}", "grid.yml", "row 1: cutoff is not a single value"),
        ("- {study: toy", "grid.yml", "line 1: expected ',' or '}'"),
        ("study\ntoy\n", "grid.txt", "a .txt file"),
    ],
)
def test_a_file_that_is_no_grid_is_told(write_grid, text, name, found):
    [fault] = find_faults(write_grid(text, name))
    assert fault.found.startswith(found)


def test_a_grid_that_is_not_there_or_not_utf_8_is_told(write_grid, tmp_path):
    [fault] = find_faults(tmp_path / "none.csv")
    assert "no such file" in fault.found
    [fault] = find_faults(write_grid("study\nmünchen\n", encoding="latin-1"))
    assert "UTF-8" in fault.found


def test_each_row_is_a_plan_with_its_own_name_and_values(plan):
    plans = plan(ROWS)
    assert [(p.name, p.study.name) for p in plans] == [
        ("strict", "toy"),
        ("plain", "toy"),
        ("well", "well"),
    ]
    assert [p.values["01_first"] for p in plans] == [{"cutoff": 30.0}, {}, {"cutoff": 25.0}]


def test_every_fault_of_studies_and_values_is_told_at_once(plan):
    rows = [
        GridRow(2, "tox", "a", ("cutoff=20",)),
        GridRow(3, "toy", "b", ("cutoff=200", "cutof=1")),
        GridRow(4, "toy", "c", ("cutoff=2,5", "cutof=1")),
    ]
    with pytest.raises(GridError, match="4 faults found") as caught:
        plan(rows)
    faults = caught.value.faults
    assert [(f.place, f.found) for f in faults] == [
        ("grid.csv, column cutof", "no parameter of this name"),
        ("grid.csv, row 2, column study", "no study tox"),
        ("grid.csv, row 3, column cutoff", "200, which is out of range"),
        ("grid.csv, row 4, column cutoff", "'2,5', which is not a number; write a decimal point"),
    ]
    assert faults[0].mend == "did you mean cutoff?"


def test_a_value_for_a_chapter_that_the_study_has_not_measured_is_a_fault(
    plan, toy_project, toys, monkeypatch
):
    serum = toys.make_notebook("# Serum", parameters="dose: int = 1  # mg", needs=("cytokines",))
    nbformat.write(serum, toy_project / "notebooks" / "03_serum_cytokines.ipynb")
    chapters = read_chapters(toy_project / "notebooks")
    with pytest.raises(GridError, match="no parameter of this name in the chapters to be built"):
        plan_grid(
            [GridRow(2, "toy", "a", ("dose=2",))],
            chapters,
            find_study=lambda name: toy_project / "data" / name,
            file="grid.csv",
        )


def test_a_row_that_would_replace_the_report_of_another_study_is_a_fault(toy_project):
    studies = [toy_project / "data" / name for name in ("toy", "well")]
    shutil.copytree(*studies)
    chapters = read_chapters(toy_project / "notebooks")

    def plan(study, name):
        rows = [GridRow(2, study, name, ())]
        give = (toy_project / "data").joinpath
        return plan_grid(rows, chapters, find_study=give, file="grid.csv", studies=studies)

    assert [plan("toy", name)[0].name for name in ("toy", "other")] == ["toy", "other"]
    for name in ("well", "WELL"):
        with pytest.raises(GridError, match="row 2, column name") as caught:
            plan("toy", name)
        assert f"{name}, the name of another study" in str(caught.value)


def test_the_message_names_file_place_and_mend(write_grid):
    with pytest.raises(GridError, match="1 fault found") as caught:
        read_grid(write_grid("study,name\n,b\n"))
    assert str(caught.value).splitlines() == [
        "grid.csv: 1 fault found.",
        "  1. grid.csv, row 2, column study",
        "     found:    nothing",
        "     expected: a study",
        "     to mend:  name the study, or delete the row",
    ]


def test_a_slash_at_the_end_of_a_path_is_no_part_of_the_name(write_grid):
    assert read_grid(write_grid("study\ndata/toy/\n"))[0].name == "toy"


@pytest.mark.parametrize(
    ("text", "name", "found"),
    [
        ("study,name,name\ntoy,a,b\n", "g.csv", "the column name is given twice"),
        ("study,\ntoy,a\n", "g.csv", "a column without a name"),
        ('study\n"toy\n', "g.csv", "unexpected end of data"),
        ("study\n" + "x" * 200_000, "g.csv", "field larger than field limit"),
        ("- {study: toy, study: well}", "g.yml", "study is given twice"),
        ("- &a {study: toy}\n- *a", "g.yml", "an alias"),
        ("[" * 5_000, "g.yml", "groups within groups"),
        ("- study: 2013-99-99", "g.yml", "month must be in"),
        ("study\ntoy\u202e\n", "g.csv", "U+202E"),
        ("study\nto\0y\n", "g.csv", "U+0000"),
        ('- study: "t\\u0007"', "g.yml", "U+0007"),
    ],
)
def test_a_grid_that_cannot_be_read_is_told(write_grid, text, name, found):
    [fault] = find_faults(write_grid(text, name))
    assert found in fault.found


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo, lambda path: path.symlink_to(path)])
def test_a_grid_that_is_no_file_is_told(tmp_path, make):
    make(tmp_path / "grid.csv")
    [fault] = find_faults(tmp_path / "grid.csv")
    assert fault.mend


@pytest.mark.parametrize("name", ["con", "NUL", "aux.txt", "x.failed", "lpt1"])
def test_a_name_that_some_computer_cannot_take_is_a_fault(write_grid, name):
    [fault] = find_faults(write_grid(f"study,name\ntoy,{name}\n"))
    assert (fault.place, fault.found) == ("grid.csv, row 2, column name", repr(name))
    assert "a name that" in fault.mend


def test_two_names_that_some_computers_take_for_one_are_a_fault(write_grid):
    [fault] = find_faults(write_grid("study,name\ntoy,Åsa\ntoy,åSA\n"))
    assert fault.found.endswith("as in row 2")


def test_a_value_that_the_study_does_not_hold_is_a_fault_of_its_row(plan, toy_project, toys):
    cell = 'person: str = ""  # who | in patients.patient_id, labs.patient_id'
    nbformat.write(
        toys.make_notebook("# Person", parameters=cell, needs=("patients",)),
        toy_project / "notebooks" / "04_person.ipynb",
    )
    chapters = read_chapters(toy_project / "notebooks")

    def make(person):
        rows = [GridRow(2, "toy", "toy", (f"person={person}",))]
        folder = toy_project / "data" / "toy"
        return plan_grid(rows, chapters, find_study=lambda name: folder, file="grid.csv")

    assert make("P 2")[0].values["04_person"] == {"person": "P 2"}
    with pytest.raises(GridError, match="row 2, column person") as caught:
        make("P99")
    [fault] = caught.value.faults
    assert fault.found == (
        "P99, which does not stand in patients.patient_id or labs.patient_id of toy"
    )
    assert (fault.expected, fault.mend) == ("one of P 1, P 2", "for example: -p person=P 1")


def test_a_setting_of_the_study_may_be_a_column_by_either_name_or_stand_behind_the_study(plan):
    plans = plan(
        [
            GridRow(2, "toy", "a", ("improvement_percent=40", "cutoff=30")),
            GridRow(3, "toy", "b", ("response.visits=last",)),
            GridRow(4, "toy?response.improvement_percent=40", "c", ()),
            GridRow(5, "toy?response.improvement_percent=40", "d", ("improvement_percent=50",)),
            GridRow(6, "toy?response.improvement_percent=40", "e", ("visits=last",)),
            GridRow(7, "toy", "f", ("improvement_percent=20",)),
        ]
    )
    percent, visits = "response.improvement_percent", "response.visits"
    assert [p.study.settings.overrides for p in plans] == [
        {percent: "40"},
        {visits: "last"},
        {percent: "40"},
        {percent: "50"},
        {percent: "40", visits: "last"},
        {},
    ]
    assert plans[0].values["01_first"] == {"cutoff": 30.0}
    assert {p.study.name for p in plans} == {"toy"}


def test_a_row_without_a_name_has_its_studys_whatever_is_set_behind_it(write_grid):
    text = "study,improvement_percent\ndata/toy?response.visits=last,40\n"
    [row] = read_grid(write_grid(text))
    assert (row.study, row.name) == ("data/toy?response.visits=last", "toy")
    assert row.given == ("improvement_percent=40",)


def test_settings_that_cannot_be_are_faults_of_their_row_with_what_is_allowed(plan):
    rows = [
        GridRow(2, "toy", "a", ("improvement_percent=400",)),
        GridRow(3, "toy?response.improvement_percent=0", "b", ()),
        GridRow(4, "toy?improvment_percent=40", "c", ()),
        GridRow(5, "toy", "d", ("improvment_percent=40",)),
    ]
    with pytest.raises(GridError, match="4 faults found") as caught:
        plan(rows)
    column, *others = caught.value.faults
    assert (column.place, column.mend) == (
        "grid.csv, column improvment_percent",
        "did you mean improvement_percent?",
    )
    assert [(f.place, f.found, f.expected) for f in others[:2]] == [
        ("grid.csv, row 2, column improvement_percent", "'400'", "a number from 1 to 100"),
        (
            "grid.csv, row 3, column study",
            "response.improvement_percent=0: '0'",
            "a number from 1 to 100",
        ),
    ]
    assert others[2].place == "grid.csv, row 4, column study"
    assert others[2].found.startswith("improvment_percent=40: no setting of this name")
    assert "did you mean improvement_percent" in others[2].mend


def test_faults_of_study_yml_are_told_by_their_place(plan, toy_project):
    (toy_project / "data" / "toy" / "study.yml").write_text("title: x\ndata_origin: mine\n")
    with pytest.raises(GridError) as caught:
        plan([GridRow(2, "toy", "a", ())])
    assert {f.place for f in caught.value.faults} == {"grid.csv, row 2, column study"}
    found = [f.found for f in caught.value.faults]
    assert "study.yml, row 2, key data_origin: 'mine'" in found
