import csv
import shutil
from pathlib import Path

import pytest
import yaml

from helpers.contracts import CONTRACTS, StudyConfig, StudyDataError, table_contract
from helpers.contracts.dictionary import list_settings
from helpers.render.page.collect import (
    BuiltChapter,
    collect_key_results,
    collect_pieces,
    collect_records,
    collect_tables,
)
from helpers.render.plan.chapters import read_chapter
from helpers.render.run.environment import kernel_environment
from helpers.render.run.execute import execute_chapter
from helpers.scaffold import create_chapter, create_study
from helpers.study import check_study, find_study, read_study

FILES = {"study.yml", "README.md", "tables/patients.csv", "tables/core_set.csv"} | {
    f"templates/{table}.csv" for table in CONTRACTS if table not in ("patients", "core_set")
}

VALUES = {
    "text": "words",
    "text, beginning with https:// or http://": "https://example.org",
    "a number, above 0, at most 1200": "5",
    "a number, above 0, at most 1e+06": "5",
    "one of ukat/L, U/L": "U/L",
    "NAME: a group of keys": "{}",
    "NAME: text, as often as needed": "{}",
    "a list of groups of keys": "[]",
    "a list of texts": "[words]",
    "a group of keys": "null",
    "a day as year-month-day": "2026-05-31",
}
NEEDS_MORE = ("reference_arm",)
"""Keys that are refused alone: a reference needs another arm."""


def list_files(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def read_rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def fill(folder):
    """Put real rows instead of the example into the two tables, as the README asks."""
    patients = folder / "tables" / "patients.csv"
    core_set = folder / "tables" / "core_set.csv"
    for path in (patients, core_set):
        path.write_text(path.read_text().replace("EXAMPLE-1", "P01"))
    with patients.open("a") as file:
        file.write("P02,treated,male,61,DM,3\n")
    with core_set.open("a") as file:
        file.write(
            "P01,3,2,1.5,0.5,180,1,76\nP01,6,2,1.5,0.5,180,1,76\nP02,0,6,7,1.25,900,3,60\nP02,12,4,,1,310,3,66\n"
        )


@pytest.fixture
def folder(tmp_path):
    return create_study("rituximab_dm", tmp_path)


def test_a_new_study_has_settings_two_tables_templates_and_a_readme(folder, tmp_path):
    assert folder == tmp_path / "rituximab_dm"
    assert list_files(folder) == FILES


def test_the_only_faults_of_a_new_study_are_its_example_rows(folder):
    assert [(fault.place, fault.found) for fault in check_study(folder)] == [
        ("tables/core_set.csv, row 2, column patient_id", "the template's example row (EXAMPLE-1)"),
        ("tables/patients.csv, row 2, column patient_id", "the template's example row (EXAMPLE-1)"),
    ]


def test_a_new_study_whose_tables_are_filled_has_no_fault(folder):
    fill(folder)
    assert check_study(folder) == []
    study = read_study(folder)
    assert study.name == "rituximab_dm"
    assert study.config.months == (0, 3, 6, 12)
    assert list(study.config.arms) == ["treated"]
    assert study.table("core_set").shape == (5, 8)


@pytest.mark.parametrize("table", sorted(set(CONTRACTS) - {"patients", "core_set"}))
def test_every_template_can_be_filled_and_is_refused_with_its_example(folder, table):
    fill(folder)
    copy = folder / "tables" / f"{table}.csv"
    shutil.copy(folder / "templates" / f"{table}.csv", copy)
    person = "donor" if table == "in_vitro" else "patient_id"
    [fault] = check_study(folder)
    assert fault.place == f"tables/{table}.csv, row 2, column {person}"
    assert fault.found == "the template's example row (EXAMPLE-1)"
    assert fault.mend == "replace the row by the study's own data"
    header, example = copy.read_text().splitlines()
    people = ("P01", "P02") if table == "disposition" else ("P01",)  # it speaks of everybody
    rows = [example.replace("EXAMPLE-1", person) for person in people]
    copy.write_text("\n".join([header, *rows, ""]))
    assert check_study(folder) == []


@pytest.mark.parametrize("table", CONTRACTS)
def test_a_template_has_every_column_and_the_examples_of_the_contract(folder, table):
    place = "tables" if table in ("patients", "core_set") else "templates"
    header, example = read_rows(folder / place / f"{table}.csv")
    config = StudyConfig.model_validate(yaml.safe_load((folder / "study.yml").read_text()))
    columns = table_contract(table, config).columns
    assert header == list(columns)
    assert example[1:] == [column.metadata["example"] for column in list(columns.values())[1:]]
    assert example[0] == "EXAMPLE-1"


def test_the_settings_hold_or_offer_every_key_with_its_description(folder):
    text = (folder / "study.yml").read_text(encoding="utf-8")
    words = " ".join(text.replace("#", " ").split())
    for setting in list_settings():
        if "[]" not in setting.key and "NAME" not in setting.key:
            name = setting.key.split(".")[-1]
            assert f"{name}:" in text
            assert setting.description in words


def test_the_settings_are_the_defaults_of_the_contract(folder):
    settings = yaml.safe_load((folder / "study.yml").read_text(encoding="utf-8"))
    required = {name for name, field in StudyConfig.model_fields.items() if field.is_required()}
    assert set(settings) - required == {
        "evidence",
        "instruments",
        "plan",
        "reported",
        "response",
        "rules",
        "visit_window_days",
    }
    written = StudyConfig.model_validate(settings)
    assert written == StudyConfig.model_validate({key: settings[key] for key in required})
    assert written.title == "rituximab dm"
    assert written.question.startswith("Not yet written (")


def test_every_key_that_is_only_offered_is_valid_once_its_sign_is_deleted(folder):
    path = folder / "study.yml"
    text = path.read_text(encoding="utf-8")
    for setting in list_settings():
        sign = f"# {setting.key.split('.')[-1]}:\n"
        if sign in text and setting.key not in NEEDS_MORE:
            assert not setting.required
            text = text.replace(sign, f"{sign[2:-1]} {VALUES[setting.allowed]}\n")
    path.write_text(text, encoding="utf-8")
    fill(folder)
    assert check_study(folder) == []
    config = read_study(folder).config
    assert config.instruments.ck.upper_limit_female == 5
    assert (config.citation, config.notes) == ("words", ("words",))


def test_the_readme_names_the_study_and_the_next_steps(folder):
    text = (folder / "README.md").read_text(encoding="utf-8")
    assert text.startswith("# rituximab_dm\n\n1. Open `study.yml`")
    for words in (
        "tables/patients.csv",
        "templates/",
        "EXAMPLE-1",
        "./run_all.sh check rituximab_dm",
    ):
        assert words in text
    assert "{" not in text


def test_a_new_study_is_found_by_its_name(tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    monkeypatch.chdir(tmp_path)
    folder = create_study("rituximab_dm", tmp_path / "data")
    assert find_study("rituximab_dm") == folder


@pytest.mark.parametrize("name", ["a", "x2", "2024_trial", "il_1_blockade"])
def test_letters_digits_and_underscores_make_a_name(tmp_path, name):
    assert create_study(name, tmp_path).is_dir()


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("My Study", "a name with 'M', ' ', 'S'"),
        ("träning", "a name with 'ä'"),
        ("il-1", "a name with '-'"),
        ("../outside", "a name with '.', '/'"),
        ("a/b", "a name with '/'"),
        ("x²", "a name with '²'"),
        ("a\n", "a name with '\\n'"),
        ("", "an empty name"),
    ],
)
def test_any_other_sign_in_a_name_is_refused_and_named(tmp_path, name, found):
    with pytest.raises(StudyDataError, match="1 fault found") as caught:
        create_study(name, tmp_path)
    [fault] = caught.value.faults
    assert fault.found == found
    assert fault.expected == "lower-case letters a to z, digits and underscores"
    assert fault.mend == "choose a name such as rituximab_dm"
    assert list_files(tmp_path) == set()


@pytest.mark.parametrize("make", ["mkdir", "touch"])
def test_a_name_that_is_taken_is_refused_and_nothing_is_written_over(tmp_path, make):
    getattr(tmp_path / "taken", make)()
    with pytest.raises(StudyDataError, match="a folder that exists") as caught:
        create_study("taken", tmp_path)
    [fault] = caught.value.faults
    assert fault.place == str(tmp_path / "taken")
    assert fault.mend == "choose another name; an existing study is never written over"
    assert list_files(tmp_path) == ({"taken"} if make == "touch" else set())


def test_a_study_that_exists_keeps_every_byte(folder, tmp_path):
    fill(folder)
    before = {name: (folder / name).read_bytes() for name in list_files(folder)}
    with pytest.raises(StudyDataError, match="an existing study is never written over"):
        create_study("rituximab_dm", tmp_path)
    assert {name: (folder / name).read_bytes() for name in list_files(folder)} == before


def test_a_data_folder_that_does_not_exist_is_refused_together_with_a_wrong_name(tmp_path):
    with pytest.raises(StudyDataError, match="2 faults found") as caught:
        create_study("My", tmp_path / "absent")
    wrong_name, no_folder = caught.value.faults
    assert wrong_name.found == "a name with 'M'"
    assert no_folder.place == str(tmp_path / "absent")
    assert (no_folder.found, no_folder.expected) == ("no such folder", "a folder of studies")
    assert no_folder.mend == "make the folder first, or give another one"
    assert not (tmp_path / "absent").exists()


@pytest.mark.parametrize("name", ["con", "nul", "aux", "lpt1", "a" * 201])
def test_a_name_that_some_computer_cannot_take_makes_no_study(tmp_path, name):
    with pytest.raises(StudyDataError, match="a name that every computer takes"):
        create_study(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_differs_in_case_only_is_taken(tmp_path):
    (tmp_path / "Trial").mkdir()
    with pytest.raises(StudyDataError, match="a folder that exists"):
        create_study("trial", tmp_path)


def test_a_folder_that_cannot_be_written_is_told(tmp_path, monkeypatch):
    def refuse(self, *options, **more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(StudyDataError, match="No space left on device"):
        create_study("trial", tmp_path)


SHARED = ["00_study_overview", "07_published_claims"]


def test_a_new_chapter_comes_after_the_last_and_says_what_it_reads(folder):
    fill(folder)
    first = create_chapter("skin", folder, shared=SHARED)
    assert first == folder / "notebooks" / "08_skin.ipynb"
    assert create_chapter("skin_2", folder, shared=SHARED).name == "09_skin_2.ipynb"
    chapter = read_chapter(first)
    assert (chapter.title, chapter.needs, chapter.uses) == ("Skin", ("patients",), ())
    assert [(one.name, one.default) for one in chapter.parameters] == [("study", "rituximab_dm")]
    assert check_study(folder) == []


def test_a_new_chapter_runs_at_once_and_has_numbers_of_its_own(folder, tmp_path):
    fill(folder)
    chapter = read_chapter(create_chapter("skin", folder, shared=SHARED), owner=folder.name)
    with kernel_environment(tmp_path / ".cache"):
        ran = execute_chapter(chapter, study=str(folder), values={}, hidden_paths={})
    built = (BuiltChapter(chapter, ran, ""),)
    assert [(one["id"], one["value"]) for one in collect_records(built)] == [("skin.patients", 2)]
    assert [one.id for one in collect_key_results(built)] == ["skin.patients"]
    assert collect_tables(built) == {"skin_patients": "arm,patients\nAll patients,2\n"}
    kinds = ("summary", "conclusion", "provenance")
    assert [len(collect_pieces(built, kind)) for kind in kinds] == [1, 1, 1]


@pytest.mark.parametrize(
    ("topic", "found"),
    [
        ("", "no name of a chapter"),
        ("Skin", "no name of a chapter"),
        ("skin-score", "no name of a chapter"),
        ("08_skin", "no name of a chapter"),
        ("skin__score", "no name of a chapter"),
        ("../skin", "no name of a chapter"),
        ("skin\n", "no name of a chapter"),
        ("published_claims", "the name of the chapter 07_published_claims"),
    ],
)
def test_a_topic_that_is_no_name_or_is_taken_is_refused(folder, topic, found):
    with pytest.raises(StudyDataError, match=found):
        create_chapter(topic, folder, shared=SHARED)
    assert not (folder / "notebooks").exists()


def test_there_are_no_numbers_beyond_99(folder):
    with pytest.raises(StudyDataError, match="a chapter with the number 99"):
        create_chapter("skin", folder, shared=["99_last"])


def test_a_chapter_that_cannot_be_written_is_told(folder):
    (folder / "notebooks").write_text("")
    with pytest.raises(StudyDataError, match="a folder that cannot be written"):
        create_chapter("skin", folder, shared=SHARED)
