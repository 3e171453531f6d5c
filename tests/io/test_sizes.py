"""A study that is too large to be read each time is told before it is read."""

import os

import pytest

from helpers.io import sizes
from helpers.io.bounds import LARGEST_STUDY
from helpers.io.sizes import find_excess


@pytest.mark.skipif(os.name == "nt", reason="a file with a hole takes room there")
def test_all_files_count_but_hidden_ones_and_none_is_read(tmp_path):
    for name, size in {"scan.bin": LARGEST_STUDY - 1, ".cache": 50, "notes.txt": 1}.items():
        with (tmp_path / name).open("wb") as file:
            file.truncate(size)
    assert find_excess(tmp_path) is None
    with (tmp_path / "notes.txt").open("ab") as file:
        file.write(b"x")
    told = find_excess(tmp_path)
    assert told.path == tmp_path / "scan.bin"
    assert told.found == "2,048 MB; all files of the study take 2,048 MB"
    assert told.expected == "2,048 MB at most in all, because every run reads every file"


def test_a_linked_folder_of_tables_counts_and_a_pipe_does_not(tmp_path, monkeypatch):
    (tmp_path / "far").mkdir()
    (tmp_path / "far" / "labs.csv").write_bytes(b"four")
    study = tmp_path / "study"
    study.mkdir()
    os.mkfifo(study / "pipe")
    (study / "away").symlink_to(tmp_path / "nothing")
    monkeypatch.setattr(sizes, "LARGEST_STUDY", 3)
    assert find_excess(study) is None
    (study / "tables").symlink_to(tmp_path / "far")
    assert find_excess(study).path == study / "tables" / "labs.csv"
