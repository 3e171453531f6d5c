import pytest
from tests.plate_exports import (
    bioplex_rows,
    gen5_text,
    grid_rows,
    grid_text,
    softmax_text,
    write_workbook,
)

from helpers.contracts import StudyDataError
from helpers.quantify.elisa.read.export import read_export


@pytest.mark.parametrize(
    ("text", "program"),
    [
        (softmax_text(), "SoftMax Pro"),
        (gen5_text(), "Gen5"),
        (grid_text(), "a plate grid"),
    ],
)
def test_the_program_is_told_by_what_it_writes(text, program, tmp_path):
    path = tmp_path / "plate.txt"
    path.write_text(text, encoding="utf-8")
    (plate,) = read_export(path, file=path.name)
    assert plate.program == program


def test_workbooks_are_read_too(tmp_path):
    for rows, program in ((grid_rows(), "a plate grid"), (bioplex_rows(), "Bio-Plex Manager")):
        (plate,) = read_export(write_workbook(tmp_path / "w.xlsx", rows), file="w.xlsx")
        assert plate.program == program


@pytest.mark.parametrize(
    ("words", "program"),
    [
        ('"Program","xPONENT"', "Luminex xPONENT"),
        ("MODEL NAME,xMAP INTELLIFLEX", "Luminex INTELLIFLEX"),
        ("Software version: ImmunoSpot 7.0", "CTL ImmunoSpot"),
        ("Sample,Adj. Sig. Mean", "MSD Discovery Workbench"),
    ],
)
def test_programs_that_are_not_read_are_named(words, program, tmp_path):
    path = tmp_path / "plate.csv"
    path.write_text(words + "\n" + grid_text(), encoding="utf-8")
    with pytest.raises(StudyDataError, match=f"an export of {program}"):
        read_export(path, file=path.name)


def test_a_file_that_is_not_there_is_a_fault(tmp_path):
    with pytest.raises(StudyDataError, match="cannot be read"):
        read_export(tmp_path / "none.txt", file="none.txt")
