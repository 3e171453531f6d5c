import hashlib

import openpyxl
import pytest

from helpers.contracts import StudyDataError
from helpers.contracts.mapping import Mapping
from helpers.intake.read.files import choose_file, read_hashes
from helpers.intake.read.sheets import Exact, Sheet, TextForm, find_text_form, read_sheets
from helpers.intake.read.source_table import find_header, frame_sheet


def write(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize(
    ("text", "encoding", "form"),
    [
        ("a,b\n1,2\n", "utf-8", TextForm(",", "utf-8")),
        ("a;b\n1,5;2,5\n", "utf-8-sig", TextForm(";", "utf-8")),
        ("a\tb\n1\t2\n", "utf-16", TextForm("\t", "utf-16")),
        ("kön;ck\nK;1,5\n", "cp1252", TextForm(";", "cp1252")),
        ("sep=|\na|b\n1|2\n", "utf-8", TextForm("|", "utf-8")),
        ("one\n1\n", "utf-8", TextForm(",", "utf-8")),
    ],
)
def test_the_form_of_a_text_file_is_found_out(tmp_path, text, encoding, form):
    path = write(tmp_path / "a.csv", text, encoding)
    assert find_text_form(path, file="a.csv") == form
    [sheet] = read_sheets(path, file="a.csv")
    assert sheet.rows[0][0] == (2 if text.startswith("sep=") else 1)
    assert len(sheet.rows) == 2


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("a.xls", b"x", "a .xls file"),
        ("a.pdf", b"x", "a .pdf file"),
        ("a", b"x", "a nameless file"),
        ("a.xlsx", b"PK no", "not a readable workbook"),
        ("a.sav", b"no", "not readable"),
        ("a.csv", b"a,b\n1,\0\n", "a binary file"),
        ("a.csv", b'a,b\n1,"2\n', "row 2: text that is not CSV"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_mend(tmp_path, name, content, found):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(StudyDataError, match=found) as error:
        read_sheets(tmp_path / name, file=name)
    assert error.value.faults[0].mend


def test_a_workbook_keeps_rows_numbers_percent_and_what_is_merged(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["id", "share", "ck"])
    sheet.append([])
    sheet.append(["P1", 0.541, "=12/8"])
    sheet["B3"].number_format = "0.0%"
    sheet.append([None, 2.0, 1.125])
    sheet.merge_cells("A3:A4")
    book.save(tmp_path / "a.xlsx")
    [read] = read_sheets(tmp_path / "a.xlsx", file="raw/a.xlsx")
    assert [number for number, _ in read.rows] == [1, 3, 4]
    assert read.rows[1][1] == ("P1", "54.1 %", "")
    assert isinstance(read.rows[2][1][2], Exact)
    assert read.rows[2][1] == ("", "2", "1.125")
    assert read.merged == ((3, 4, 1, 1, "A3:A4"),)
    [fault] = read.faults
    assert (fault.place, fault.found) == (
        "raw/a.xlsx (Sheet), row 3, column C",
        "a formula without a saved result (=12/8)",
    )


def sheet(*rows, merged=()):
    return Sheet("", tuple((number, tuple(cells)) for number, cells in rows), merged=merged)


def test_the_header_is_below_the_title():
    found = sheet(
        (1, ["A trial", "", ""]),
        (2, ["", "of 2024", ""]),
        (5, ["id", "sex", "CK"]),
        (6, ["1", "K", "3"]),
    )
    assert find_header(found) == (5,)
    assert frame_sheet(found, (5,)).columns == ("id", "sex", "CK")


def test_two_rows_name_the_columns_where_one_repeats():
    found = sheet(
        (1, ["", "Baseline", "", "Month 6", ""]),
        (2, ["id", "CK", "HAQ", "CK", "HAQ"]),
        (3, ["P1", "3", "1", "2", "0.5"]),
    )
    assert find_header(found) == (1, 2)
    table = frame_sheet(found, (1, 2))
    assert table.columns == ("id", "Baseline CK", "Baseline HAQ", "Month 6 CK", "Month 6 HAQ")
    assert table.values("Month 6 CK") == ["2"]


def test_a_name_may_be_merged_over_both_rows_and_units_stand_below():
    groups = sheet(
        (1, ["Patient", "Baseline", "", "Month 3", ""]),
        (2, ["", "CK", "HAQ", "CK", "HAQ"]),
        (3, ["P1", "3", "1", "2", "0.5"]),
    )
    assert find_header(groups) == (1, 2)
    names = ("Patient", "Baseline CK", "Baseline HAQ", "Month 3 CK", "Month 3 HAQ")
    assert frame_sheet(groups, (1, 2)).columns == names
    units = sheet(
        (1, ["id", "Arm", "CK", "PhGA"]), (2, ["", "", "U/L", "mm"]), (3, ["P1", "x", "90", "30"])
    )
    assert find_header(units) == (1, 2)
    assert frame_sheet(units, (1, 2)).columns == ("id", "Arm", "CK U/L", "PhGA mm")


def test_a_merged_title_reaches_as_far_as_it_is_merged():
    found = sheet(
        (1, ["", "Baseline", "", "", ""]),
        (2, ["id", "CK", "HAQ", "CK", "note"]),
        (3, ["P1", "3", "1", "2", "x"]),
        merged=((1, 1, 2, 3, "B1:C1"),),
    )
    assert frame_sheet(found, (1, 2)).columns == ("id", "Baseline CK", "Baseline HAQ", "CK", "note")


def test_names_are_made_unique_and_nameless_columns_get_their_letter():
    found = sheet((1, ["id", "CK", "CK", "", ""]), (2, ["P1", "3", "4", "x", ""]))
    assert frame_sheet(found, (1,)).columns == ("id", "CK", "CK (2)", "column D")


def mapping(*files):
    return Mapping.model_validate({"sources": [{"file": file, "patient": "id"} for file in files]})


def test_the_last_transfer_is_read_numbers_as_people_count(tmp_path):
    (tmp_path / "raw").mkdir()
    for name in ("data_2.csv", "data_10.csv", "data_dictionary.csv"):
        write(tmp_path / "raw" / name, "x")
    both = mapping("data_*.csv", "data_dictionary.csv")
    path, older = choose_file(tmp_path, both.sources[0], both)
    assert path.name == "data_10.csv"
    assert [one.name for one in older] == ["data_2.csv"]
    assert choose_file(tmp_path, mapping("b.csv").sources[0], mapping("b.csv")) == (None, [])


def test_hashes_are_written_as_sha256sum_reads_them(tmp_path):
    (tmp_path / "raw").mkdir()
    digest = hashlib.sha256(b"x").hexdigest()
    write(tmp_path / "raw" / "SHA256SUMS", f"{digest}  my data.csv\n")
    assert read_hashes(tmp_path) == {"my data.csv": digest}
