import sys

import pytest
from tests.plate_exports import grid_rows, write_workbook

from helpers.contracts import StudyDataError
from helpers.quantify.elisa.read.sheet import MOST_CELLS, decode, read_sheets


def read(path, data):
    path.write_bytes(data)
    return read_sheets(path, file=path.name)[0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_encoding_and_line_end_gives_the_same_rows(encoding, end, tmp_path):
    text = end.join(["Temperature (°C)\t1\t2\t3", "24,5\t0.1\t0.2\t0.3"]).replace(",", ".")
    sheet = read(tmp_path / "a.txt", text.encode(encoding))
    assert sheet.rows == (("Temperature (°C)", "1", "2", "3"), ("24.5", "0.1", "0.2", "0.3"))


def test_bytes_without_meaning_in_cp1252_are_latin_1():
    assert decode(b"\x81\xb0") == "\x81°"


@pytest.mark.parametrize(
    ("text", "comma"),
    [
        ("A;0,1;0,2;0,3", True),
        ("A\t0,1\t0,2\t0,3", True),
        ("A;0.1;0.2;0.3", False),
        ("A,0.1,0.2,0.3", False),
    ],
)
def test_the_decimal_sign_is_told_by_the_file(text, comma, tmp_path):
    assert read(tmp_path / "a.csv", text.encode()).comma is comma


def test_two_decimal_signs_in_a_row_are_refused(tmp_path):
    with pytest.raises(StudyDataError, match=r"row 2\n.*comma \(0,2\) and with a point \(0.1\)"):
        read(tmp_path / "a.txt", b"x\ty\tz\tw\nA\t0.1\t0,2\t0.3")


def test_empty_rows_count(tmp_path):
    assert read(tmp_path / "a.txt", b"\n\na\tb\n").rows[2] == ("a", "b")


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("a.sda", b"x", "a .sda file"),
        ("a.txt", b"a\x00b, some text of a binary file", r"binary file.*"),
        ("a.xlsx", b"PK nothing", "not a readable workbook"),
        ("a.txt", b"0\t" * (MOST_CELLS + 1), "more than 1000000 cells"),
        ("a.txt", b"0\t" * 2000, "2001 cells"),
    ],
)
def test_what_is_no_export_is_refused(name, data, told, tmp_path):
    with pytest.raises(StudyDataError, match=told):
        read(tmp_path / name, data)


def test_a_workbook_gives_its_sheets_as_text(tmp_path):
    (sheet,) = read_sheets(write_workbook(tmp_path / "w.xlsx", grid_rows()), file="w.xlsx")
    assert sheet.rows[4][1:4] == ("1", "2", "3")


def test_an_old_workbook_names_the_extra_where_it_is_absent(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    with pytest.raises(StudyDataError, match=r"the extra 'plates'"):
        read(tmp_path / "a.xls", b"\xd0\xcf\x11\xe0")


def test_text_that_is_called_xls_is_text(tmp_path):
    assert read(tmp_path / "a.xls", b"a\tb\n").rows[0] == ("a", "b")


def test_a_new_workbook_that_is_called_xls_is_one(tmp_path):
    path = write_workbook(tmp_path / "w.xlsx", grid_rows()).rename(tmp_path / "w.xls")
    assert read_sheets(path, file="w.xls")[0].rows[4][1] == "1"


def test_a_broken_old_workbook_is_refused(tmp_path):
    pytest.importorskip("python_calamine", reason="the extra 'plates' is not installed")
    with pytest.raises(StudyDataError, match="not a readable workbook"):
        read(tmp_path / "a.xls", b"\xd0\xcf\x11\xe0" + b"x" * 600)
