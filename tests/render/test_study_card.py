"""The banner comes from the study's own file, and from nothing else."""

import pytest

from helpers.render.study_card import read_study_card

RECONSTRUCTED = (
    "Reconstructed cohort: invented patients built from published aggregates, no one's data"
)


def write_study(folder, text):
    (folder / "tables").mkdir()
    (folder / "study.yml").write_text(text)
    return folder


def test_a_published_study_names_its_source(toy_project):
    card = read_study_card(toy_project / "data" / "toy")
    assert (
        card.banner == "Published data of individual patients: Nobody N. A study of nothing. 2020."
    )
    assert (card.title, card.short_title, card.name) == ("A <toy> study", "Toy", "toy")


def test_a_reconstructed_study_says_that_nobody_is_in_it(tmp_path):
    card = read_study_card(write_study(tmp_path, "title: T\ndata_origin: reconstructed\n"))
    assert card.banner == RECONSTRUCTED


def test_a_collected_study_says_that_patients_are_in_it(tmp_path):
    card = read_study_card(write_study(tmp_path, "title: T\ndata_origin: collected\n"))
    assert card.banner.startswith("Collected data: individual patients")


def test_tables_of_any_readable_kind_count_and_lock_files_do_not(tmp_path):
    write_study(tmp_path, "title: T\ndata_origin: collected\n")
    for name in ("a.csv", "b.XLSX", "c.sav", "d.txt", "~$e.xlsx", ".f.csv"):
        (tmp_path / "tables" / name).touch()
    assert read_study_card(tmp_path).tables == {"a", "b", "c"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title: [", "expected a readable study.yml"),
        ("- a", "expected keys with values"),
        ("data_origin: collected", "among them title"),
        ("title: T", "expected one of published, reconstructed, collected; found None"),
    ],
)
def test_a_file_that_names_no_study_is_refused(tmp_path, text, message):
    with pytest.raises(ValueError, match=message):
        read_study_card(write_study(tmp_path, text))


def test_a_folder_without_study_yml_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"expected a readable study.yml"):
        read_study_card(tmp_path)
