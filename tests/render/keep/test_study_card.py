"""The banner comes from the study's own file, and from nothing else."""

import pytest
from tests.study_folders import write_study

from helpers.contracts import StudyDataError
from helpers.render.keep.study_card import read_study_card

RECONSTRUCTED = (
    "Reconstructed cohort: invented patients built from published aggregates, no one's data"
)


def test_a_published_study_names_its_source(toy_project):
    card = read_study_card(toy_project / "data" / "toy")
    assert (
        card.banner == "Published data of individual patients: Nobody N. A study of nothing. 2020."
    )
    assert (card.title, card.short_title, card.name) == ("A <toy> study", "Toy", "toy")


def test_a_reconstructed_study_says_that_nobody_is_in_it(tmp_path):
    card = read_study_card(write_study(tmp_path / "mine", data_origin="reconstructed"))
    assert card.banner == RECONSTRUCTED


def test_a_collected_study_says_that_patients_are_in_it(tmp_path):
    card = read_study_card(write_study(tmp_path / "mine", data_origin="collected"))
    assert card.banner.startswith("Collected data: individual patients")


def test_tables_of_any_readable_kind_count_and_lock_files_do_not(tmp_path):
    folder = write_study(tmp_path / "mine")
    for name in ("a.csv", "b.XLSX", "c.sav", "d.txt", "~$e.xlsx", ".f.csv"):
        (folder / "tables" / name).touch()
    assert read_study_card(folder).tables == {"patients", "a", "b", "c"}


def test_what_study_yml_leaves_out_is_an_empty_text(tmp_path):
    card = read_study_card(write_study(tmp_path / "mine", citation=None))
    assert (card.citation, card.source_url, card.question) == ("", "", "Do they improve?")


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("title: [", ["study.yml, row 1", "expected the node content"]),
        ("- a", ["no settings", "keys such as title and visits"]),
        ("data_origin: collected", ["7 faults found", "key title", "key visits"]),
        ("title: T", ["key data_origin", "no such key"]),
    ],
)
def test_a_file_that_names_no_study_is_refused_with_its_faults(tmp_path, text, messages):
    (tmp_path / "study.yml").write_text(text)
    with pytest.raises(StudyDataError) as caught:
        read_study_card(tmp_path)
    for message in messages:
        assert message in str(caught.value)


def test_a_folder_without_study_yml_is_refused(tmp_path):
    with pytest.raises(StudyDataError, match="no such file or directory"):
        read_study_card(tmp_path)


def test_the_card_carries_the_settings_of_this_run(tmp_path):
    folder = write_study(tmp_path / "mine")
    card = read_study_card(folder, {"improvement_percent": "40"})
    assert card.settings.overrides == {"response.improvement_percent": "40"}
    assert card.settings.used["response"]["improvement_percent"] == 40.0
    assert read_study_card(folder).settings.overrides == {}
