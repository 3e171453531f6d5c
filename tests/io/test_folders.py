"""Every file of a study can be named and read, or is told."""

import os
from pathlib import Path

import pytest

from helpers.contracts import Fault
from helpers.io import sizes
from helpers.io.folders import find_folder_faults


def test_a_folder_of_plain_files_has_no_fault(tmp_path):
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "Träning 1.pdf").write_bytes(b"x")
    (tmp_path / "raw" / "away").symlink_to(tmp_path / "nothing")
    os.mkfifo(tmp_path / "raw" / "pipe")
    assert find_folder_faults(tmp_path) == []


@pytest.mark.skipif(os.name == "nt", reason="names are text there")
def test_a_name_that_is_not_utf_8_is_told_by_its_bytes(tmp_path):
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.txt")).write_bytes(b"x")
    (tmp_path / ".\ufdd0").write_bytes(b"hidden")
    [fault] = find_folder_faults(tmp_path)
    assert fault == Fault(
        "<U+DCFF>.txt",
        "a file name with U+DCFF (half a character) as character 1",
        "a name in UTF-8 that can be seen",
        "rename the file, or move it out of the study's folder",
    )


def refuse(path):
    raise PermissionError(13, "Permission denied", str(path))


def test_a_file_that_may_not_be_read_is_told_unless_it_is_judged_elsewhere(tmp_path, monkeypatch):
    # A simulation: whoever runs the tests may be allowed to read everything.
    path = tmp_path / "scan.pdf"
    path.write_bytes(b"x")
    monkeypatch.setattr(Path, "open", lambda self, mode: refuse(self))
    [fault] = find_folder_faults(tmp_path)
    assert fault.place == "scan.pdf"
    assert fault.found == "a file that cannot be read (permission denied)"
    assert find_folder_faults(tmp_path, known=[path]) == []


def test_a_folder_that_may_not_be_read_is_told(tmp_path, monkeypatch):
    (tmp_path / "raw").mkdir()
    scan = os.scandir

    def scan_or_refuse(path):
        return refuse(path) if Path(path).name == "raw" else scan(path)

    monkeypatch.setattr(os, "scandir", scan_or_refuse)
    [fault] = find_folder_faults(tmp_path)
    assert fault.place == "raw"
    assert "permission denied" in fault.found


def test_files_that_no_run_could_read_each_time_are_told(tmp_path, monkeypatch):
    (tmp_path / "scan.bin").write_bytes(b"four")
    monkeypatch.setattr(sizes, "LARGEST_STUDY", 3)
    [fault] = find_folder_faults(tmp_path, known=[tmp_path / "scan.bin"])
    assert fault.place == "scan.bin"
    assert fault.mend == "move what is not a table out of the study's folder"
