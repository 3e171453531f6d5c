import datetime as dt
import zipfile

import openpyxl
import pandas as pd
import pyreadstat
import pytest

from helpers.contracts import StudyDataError
from helpers.io.bounds import LARGEST_UNPACKED, LONGEST_CELL, MOST_COLUMNS
from helpers.io.statistics_file import StatisticsFile
from helpers.io.tables import READERS, read_table

RESAVE = "save the file again as 'CSV UTF-8 (comma delimited)'"
CSV = "patient_id,month,ck\nP1,0,6.2\nP2,0,\n"


def read(path):
    return read_table(path, file=f"tables/{path.name}")


def read_bytes(tmp_path, data, name="t.csv"):
    path = tmp_path / name
    path.write_bytes(data)
    return read(path)


def find_faults(tmp_path, data, name="t.csv"):
    with pytest.raises(StudyDataError, match="found") as caught:
        read_bytes(tmp_path, data, name)
    return caught.value.faults


def list_rows(table):
    """Give the rows as the file's row number and cells, missing cells as None."""
    return [
        (row, *(None if pd.isna(cell) else cell for cell in cells))
        for row, *cells in table.itertuples()
    ]


def write_workbook(path, rows, *, more_sheets=()):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for title in more_sheets:
        book.create_sheet(title).append(["something", "else"])
    book.save(path)
    return path


class TestCsv:
    def test_cells_are_text_and_rows_are_numbered_as_in_the_file(self, tmp_path):
        table = read_bytes(tmp_path, CSV.encode())
        assert list(table) == ["patient_id", "month", "ck"]
        assert list_rows(table) == [(2, "P1", "0", "6.2"), (3, "P2", "0", None)]
        assert table.dtypes.eq("str").all()

    @pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
    def test_every_kind_of_line_end_is_read(self, tmp_path, ends):
        table = read_bytes(tmp_path, CSV.replace("\n", ends).encode())
        assert list_rows(table) == [(2, "P1", "0", "6.2"), (3, "P2", "0", None)]

    def test_a_byte_order_mark_is_no_part_of_the_first_name(self, tmp_path):
        table = read_bytes(tmp_path, b"\xef\xbb\xbf" + CSV.encode())
        assert table.columns[0] == "patient_id"

    def test_a_file_may_end_without_a_line_end(self, tmp_path):
        assert list_rows(read_bytes(tmp_path, b"a,b\n1,2")) == [(2, "1", "2")]

    @pytest.mark.parametrize("text", ["", " ", "NA", "NaN", "<NA>", " NA "])
    def test_what_stands_for_missing_is_missing(self, tmp_path, text):
        assert list_rows(read_bytes(tmp_path, f"a,b\n1,{text}\n".encode())) == [(2, "1", None)]

    @pytest.mark.parametrize("text", ["0", "999", "-", "none", "n/a", "nan", "null", "."])
    def test_nothing_else_is_taken_as_missing(self, tmp_path, text):
        assert list_rows(read_bytes(tmp_path, f"a,b\n1,{text}\n".encode())) == [(2, "1", text)]

    def test_spaces_round_cells_and_names_are_dropped(self, tmp_path):
        table = read_bytes(tmp_path, b" a , b\n 1 ,two words \n")
        assert list(table) == ["a", "b"]
        assert list_rows(table) == [(2, "1", "two words")]

    def test_quoted_commas_quotes_and_line_breaks_belong_to_their_cell(self, tmp_path):
        table = read_bytes(tmp_path, b'a,b\n"1,9","he said ""no"""\n"two\nlines",x\n3,y\n')
        assert list_rows(table) == [
            (2, "1,9", 'he said "no"'),
            (3, "two\nlines", "x"),
            (5, "3", "y"),
        ]

    def test_empty_rows_are_passed_over_and_still_counted(self, tmp_path):
        table = read_bytes(tmp_path, b"\n\na,b\n\n1,2\n,\n3,4\n\n")
        assert list_rows(table) == [(5, "1", "2"), (7, "3", "4")]

    def test_a_header_without_rows_is_a_table_without_rows(self, tmp_path):
        table = read_bytes(tmp_path, b"a,b\n")
        assert list(table) == ["a", "b"]
        assert len(table) == 0
        assert table.dtypes.eq("str").all()

    def test_the_ending_may_be_in_capitals(self, tmp_path):
        assert list_rows(read_bytes(tmp_path, b"a,b\n1,2\n", name="T.CSV")) == [(2, "1", "2")]

    @pytest.mark.parametrize("data", [b"", b"\n\n", b" \n,,\n", b"\xef\xbb\xbf"])
    def test_an_empty_file_is_refused(self, tmp_path, data):
        [fault] = find_faults(tmp_path, data)
        assert fault.place == "tables/t.csv"
        assert (fault.found, fault.expected, fault.mend) == (
            "an empty file",
            "a header row and data rows",
            "fill it, or delete it",
        )

    def test_every_torn_row_is_named(self, tmp_path):
        faults = find_faults(tmp_path, b"a,b,c\n1,2,3\n1,2\n1,2,3,4\n1,2,3\n1\n")
        assert [fault.place for fault in faults] == [
            "tables/t.csv, row 3",
            "tables/t.csv, row 4",
            "tables/t.csv, row 6",
        ]
        assert [fault.found for fault in faults] == ["2 cells", "4 cells", "1 cell"]
        assert {fault.expected for fault in faults} == {"3 cells, as in the header"}

    def test_a_decimal_comma_without_quotes_tears_its_row(self, tmp_path):
        [fault] = find_faults(tmp_path, b"patient_id,month,ck\nP1,0,6,2\nP2,0,1.9\n")
        assert fault.place == "tables/t.csv, row 2"
        assert fault.found == "4 cells"
        assert fault.mend == (
            "a decimal comma or an unquoted comma splits a cell: write decimals with a point"
        )

    def test_a_row_that_is_too_short_has_another_cure(self, tmp_path):
        [fault] = find_faults(tmp_path, b"a,b\n1\n")
        assert fault.mend == "add the missing commas, or look for a line break inside a cell"

    def test_a_quotation_mark_that_never_closes_is_named_where_it_opens(self, tmp_path):
        [fault] = find_faults(tmp_path, b'a,b\n1,2\n3,"4\n5,6\n')
        assert fault.place == "tables/t.csv, row 3"
        assert fault.found == "text that is not CSV (unexpected end of data)"
        assert fault.mend == f"close the quotation mark, or {RESAVE}"

    def test_text_after_a_closed_quotation_is_refused(self, tmp_path):
        [fault] = find_faults(tmp_path, b'a,b\n"1"2,3\n')
        assert fault.place == "tables/t.csv, row 2"
        assert fault.found == "text that is not CSV (',' expected after '\"')"

    @pytest.mark.parametrize("mark", [";", "\t", "|"])
    def test_another_separator_is_one_fault_even_with_decimal_commas(self, tmp_path, mark):
        data = "patient_id,month,ck\nP1,0,6.2\n".replace(",", mark).replace(".", ",")
        [fault] = find_faults(tmp_path, data.encode())
        assert fault.place == "tables/t.csv, row 1"
        assert fault.found == "columns separated by semicolons, tabs or bars"
        assert fault.expected == "columns separated by commas"
        assert fault.mend == f"{RESAVE}, with a point as decimal sign"

    def test_latin_1_text_is_named_with_the_row_of_its_first_odd_letter(self, tmp_path):
        [fault] = find_faults(tmp_path, "a,b\n1,2\n3,trött\n".encode("latin-1"))
        assert fault.place == "tables/t.csv, row 3"
        assert fault.found == "a byte that is not UTF-8 (0xf6; Windows or Mac encoding?)"
        assert (fault.expected, fault.mend) == ("UTF-8 text", RESAVE)

    @pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
    def test_utf_16_text_is_refused(self, tmp_path, encoding):
        data = CSV.encode(encoding)
        [fault] = find_faults(tmp_path, data if encoding == "utf-16" else b"\xfe\xff" + data)
        assert (fault.place, fault.found) == ("tables/t.csv", "UTF-16 text")
        assert (fault.expected, fault.mend) == ("UTF-8 text", RESAVE)

    def test_a_binary_file_with_the_ending_of_a_table_is_refused(self, tmp_path):
        write_workbook(tmp_path / "book.xlsx", [["a"], [1]])
        [fault] = find_faults(tmp_path, (tmp_path / "book.xlsx").read_bytes())
        assert (fault.found, fault.expected) == ("a binary file (it holds U+0000)", "CSV text")
        assert fault.mend == "export the table as CSV"

    def test_a_column_there_twice_is_named(self, tmp_path):
        [fault] = find_faults(tmp_path, b"a,b,a\n1,2,3\n")
        assert fault.place == "tables/t.csv, row 1, column a"
        assert (fault.found, fault.expected) == ("2 columns of this name", "each name once")

    def test_a_column_without_a_name_is_a_fault(self, tmp_path):
        [fault] = find_faults(tmp_path, b"a,b,\n1,2,\n")
        assert fault.place == "tables/t.csv, row 1"
        assert (fault.found, fault.mend) == ("a column without a name", "name it or delete it")

    def test_faults_of_the_header_and_of_the_rows_come_together(self, tmp_path):
        faults = find_faults(tmp_path, b"a,a\n1,2,3\n")
        assert [fault.row for fault in faults] == [1, 2]

    def test_an_ending_that_is_not_read_names_those_that_are(self, tmp_path):
        [fault] = find_faults(tmp_path, b"a,b\n1,2\n", name="t.txt")
        assert fault.found == "a .txt file"
        assert fault.expected == "one of .csv, .sas7bdat, .sav, .xlsx, .xpt"
        assert set(READERS) == {".csv", ".sas7bdat", ".sav", ".xlsx", ".xpt"}


class TestExcel:
    def test_numbers_words_and_truth_are_read_as_they_look(self, tmp_path):
        rows = [["patient_id", "ck", "serious", "age"], ["P1", 6.2, True, 57], ["P2", 0.1, False]]
        table = read(write_workbook(tmp_path / "t.xlsx", rows))
        assert list_rows(table) == [(2, "P1", "6.2", "true", "57"), (3, "P2", "0.1", "false", None)]

    def test_rows_are_numbered_as_excel_shows_them(self, tmp_path):
        rows = [[], ["a", "b"], [], [1, 2], [None, None], [3, 4]]
        table = read(write_workbook(tmp_path / "t.xlsx", rows))
        assert list_rows(table) == [(4, "1", "2"), (6, "3", "4")]

    def test_empty_columns_to_the_right_are_not_part_of_the_table(self, tmp_path):
        path = write_workbook(tmp_path / "t.xlsx", [["a", "b"], [1, 2]])
        book = openpyxl.load_workbook(path)
        book.active["E2"].number_format = "0.00"
        book.save(path)
        assert list(read(path)) == ["a", "b"]

    def test_a_note_beside_the_table_is_a_column_without_a_name(self, tmp_path):
        path = write_workbook(tmp_path / "t.xlsx", [["a"], [1, "check this"]])
        with pytest.raises(StudyDataError, match="a column without a name"):
            read(path)

    def test_a_date_is_shown_as_a_date_so_that_a_number_column_refuses_it(self, tmp_path):
        rows = [["a", "b"], [dt.datetime(2024, 1, 3), dt.date(2024, 1, 3)]]
        table = read(write_workbook(tmp_path / "t.xlsx", rows))
        assert list_rows(table) == [(2, "2024-01-03", "2024-01-03")]

    def test_a_cell_shown_as_per_cent_keeps_its_sign_because_it_holds_a_hundredth(self, tmp_path):
        path = write_workbook(tmp_path / "t.xlsx", [["percent"], [0.541], [54.1]])
        book = openpyxl.load_workbook(path)
        book.active["A2"].number_format = "0.0%"
        book.save(path)
        assert list_rows(read(path)) == [(2, "54.1 %"), (3, "54.1")]

    def test_an_error_of_excel_is_not_taken_as_missing(self, tmp_path):
        path = write_workbook(tmp_path / "t.xlsx", [["a"], [1]])
        book = openpyxl.load_workbook(path)
        book.active["A3"].value = "#DIV/0!"
        assert book.active["A3"].data_type == "e"
        book.save(path)
        assert list_rows(read(path)) == [(2, "1"), (3, "#DIV/0!")]

    def test_an_empty_workbook_is_refused(self, tmp_path):
        with pytest.raises(StudyDataError, match="an empty file"):
            read(write_workbook(tmp_path / "t.xlsx", []))

    def test_a_file_that_is_no_workbook_is_refused(self, tmp_path):
        [fault] = find_faults(tmp_path, CSV.encode(), name="t.xlsx")
        assert fault.place == "tables/t.xlsx"
        assert fault.found.startswith("not a readable workbook (")
        assert fault.mend == "take a password off it, and save it again as .xlsx"


FRAME = pd.DataFrame(
    {
        "patient_id": ["P1", "P2"],
        "month": [0.0, 3.0],
        "physician_global": [3.5, float("nan")],
        "ck": [0.1, 1234567.25],
    }
)
ROWS = [(2, "P1", "0", "3.5", "0.1"), (3, "P2", "3", None, "1234567.25")]


class TestStatisticsFiles:
    def test_an_spss_file_is_read_as_the_same_table(self, tmp_path):
        path = tmp_path / "t.sav"
        pyreadstat.write_sav(FRAME, str(path))
        table = read(path)
        assert list(table) == list(FRAME)
        assert list_rows(table) == ROWS

    def test_a_sas_transport_file_of_version_8_is_read_as_the_same_table(self, tmp_path):
        path = tmp_path / "t.xpt"
        pyreadstat.write_xport(FRAME, str(path), file_format_version=8)
        table = read(path)
        assert list(table) == list(FRAME)
        assert list_rows(table) == ROWS

    def test_a_sas_transport_file_of_version_5_has_names_of_eight_letters(self, tmp_path):
        path = tmp_path / "t.xpt"
        short = FRAME.rename(columns=lambda name: name[:8].upper())
        pyreadstat.write_xport(short, str(path), file_format_version=5)
        table = read(path)
        assert list(table) == ["patient_", "month", "physicia", "ck"]
        assert list_rows(table) == ROWS

    def test_a_sas_file_is_read_as_the_same_table(self, tmp_path, monkeypatch):
        # No free library writes sas7bdat: the parser is pyreadstat's, the rest is ours.
        def read_file(path, **bounds):
            assert path.name == "t.sas7bdat"
            rows = tuple(FRAME.itertuples(index=False, name=None))
            return StatisticsFile(0, tuple(FRAME.rename(columns=str.upper)), rows)

        monkeypatch.setattr("helpers.io.tables.read_statistics_file", read_file)
        (tmp_path / "t.sas7bdat").write_bytes(b"SAS")
        table = read(tmp_path / "t.sas7bdat")
        assert list(table) == list(FRAME)
        assert list_rows(table) == ROWS

    def test_a_date_of_spss_is_shown_as_a_date(self, tmp_path):
        path = tmp_path / "t.sav"
        pyreadstat.write_sav(pd.DataFrame({"a": [dt.date(2024, 1, 3), None]}), str(path))
        assert list_rows(read(path)) == [(2, "2024-01-03")]

    def test_values_are_read_without_their_labels(self, tmp_path):
        path = tmp_path / "t.sav"
        labels = {"sex": {1: "female", 2: "male"}}
        frame = pd.DataFrame({"sex": [1.0, 2.0]})
        pyreadstat.write_sav(frame, str(path), variable_value_labels=labels)
        assert list_rows(read(path)) == [(2, "1"), (3, "2")]

    def test_user_declared_missing_values_of_spss_are_missing(self, tmp_path):
        path = tmp_path / "t.sav"
        frame = pd.DataFrame({"a": [1.0, 2.0], "ck": [999.0, 6.2]})
        pyreadstat.write_sav(frame, str(path), missing_ranges={"ck": [999]})
        assert list_rows(read(path)) == [(2, "1", None), (3, "2", "6.2")]

    @pytest.mark.parametrize("ending", [".sav", ".xpt", ".sas7bdat"])
    def test_a_broken_file_is_refused(self, tmp_path, ending):
        [fault] = find_faults(tmp_path, b"no such thing", name=f"t{ending}")
        assert fault.place == f"tables/t{ending}"
        assert fault.found.startswith("not readable (")
        assert (fault.expected, fault.mend) == (f"a {ending} file", "export as CSV")


# --- Bounds and characters ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("1\x07", "U+0007 (a control character) as character 2"),
        ("\u202e1", "U+202E (RIGHT-TO-LEFT OVERRIDE) as character 1"),
        ("a\u200b", "U+200B (ZERO WIDTH SPACE) as character 2"),
        ("\ufffe", "U+FFFE (not a character) as character 1"),
        ("x" * (LONGEST_CELL + 1), f"{LONGEST_CELL + 1} letters"),
    ],
)
def test_a_cell_that_nobody_can_read_is_named_by_its_place(tmp_path, cell, found):
    [fault] = find_faults(tmp_path, f"a,b\nx,1\ny,{cell}\n".encode())
    assert (fault.place, fault.found) == ("tables/t.csv, row 3, column b", found)


def test_a_cell_of_a_workbook_is_looked_at_too(tmp_path):
    write_workbook(tmp_path / "t.xlsx", [["a"], ["P\u202e1"]])
    with pytest.raises(StudyDataError, match="RIGHT-TO-LEFT OVERRIDE"):
        read(tmp_path / "t.xlsx")


def test_a_column_name_with_a_character_nobody_sees_is_shown_with_its_number(tmp_path):
    [fault] = find_faults(tmp_path, "a,b\u200bc\n1,2\n".encode())
    assert fault.place == "tables/t.csv, row 1, column b<U+200B>c"


def test_a_text_of_two_lines_is_read(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes(b'a\n"two\r\nlines\t"\n')
    assert read(path)["a"].tolist() == ["two\r\nlines"]


@pytest.mark.parametrize(("columns", "faulty"), [(MOST_COLUMNS, False), (MOST_COLUMNS + 1, True)])
def test_a_table_has_at_most_so_many_columns(tmp_path, columns, faulty):
    content = ",".join(f"c{at}" for at in range(columns)).encode() + b"\n"
    if faulty:
        [fault] = find_faults(tmp_path, content)
        assert fault.found == f"{columns} columns"
    else:
        (tmp_path / "t.csv").write_bytes(content)
        assert read(tmp_path / "t.csv").shape == (0, columns)


def test_a_table_of_too_many_cells_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("helpers.io.tables.MOST_CELLS", 12)
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1,2\n3,4\n")
    assert len(read(path)) == 2
    [fault] = find_faults(tmp_path, b"a,b\n1,2\n3,4\n5,6\n")
    assert fault.found == "more than 12 cells"


def test_a_value_far_from_the_table_is_refused_and_an_empty_format_there_is_not(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["a"])
    book.active.append(["x"])
    book.active["XFD3"].number_format = "0%"
    book.save(tmp_path / "t.xlsx")
    assert read(tmp_path / "t.xlsx")["a"].tolist() == ["x"]
    book.active["XFD1048576"] = 1
    book.save(tmp_path / "t.xlsx")
    with pytest.raises(StudyDataError, match="an entry in column 16384, far from the table"):
        read(tmp_path / "t.xlsx")


def rewrite_sheet(path, sheet):
    """Put other XML in the place of a workbook's sheet."""
    with zipfile.ZipFile(path) as book:
        parts = {entry: book.read(entry) for entry in book.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for entry, content in parts.items():
            book.writestr(entry, sheet if entry.endswith("sheet1.xml") else content)


SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    "{}</sheetData></worksheet>"
)


@pytest.mark.parametrize(
    ("sheet", "found"),
    [
        (" " * (LARGEST_UNPACKED + 1), "once it is unpacked"),
        (SHEET.format(f"<row>{'<c/>' * 3_000_000}</row>"), "more than 600000 cells"),
        (SHEET.format('<row r="9"><c r="ZZZZZ9"><v>1</v></c></row>'), "not a readable workbook"),
        (SHEET.format('<row r="9999999"><c r="A9999999"><v>1</v></c></row>'), "far from"),
        (SHEET.format("<row>"), "not a readable workbook"),
    ],
)
def test_a_workbook_that_unfolds_is_refused(tmp_path, sheet, found):
    write_workbook(tmp_path / "t.xlsx", [["a"], [1]])
    rewrite_sheet(tmp_path / "t.xlsx", sheet)
    with pytest.raises(StudyDataError, match=found):
        read(tmp_path / "t.xlsx")


def test_a_statistics_file_that_unfolds_is_refused(tmp_path, monkeypatch):
    pyreadstat.write_sav(pd.DataFrame({"a": ["x" * 200] * 100}), str(tmp_path / "t.sav"))
    assert len(read(tmp_path / "t.sav")) == 100
    monkeypatch.setattr("helpers.io.tables.LARGEST_UNPACKED", 10_000)
    with pytest.raises(StudyDataError, match="once it is unpacked"):
        read(tmp_path / "t.sav")


@pytest.mark.parametrize("text", ["My study,,\na,b,c\n1,2,3\n", "My study\na,b\n1,2\n"])
def test_a_title_above_the_header_is_told_once_as_what_it_is(tmp_path, text):
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    with pytest.raises(StudyDataError) as caught:
        read(tmp_path / "t.csv")
    [fault] = caught.value.faults
    assert (fault.row, fault.found) == (1, "a title (My study)")
    assert fault.mend == "delete the rows above the names of the columns"


def test_the_line_in_which_excel_notes_the_separator_is_no_row(tmp_path):
    (tmp_path / "t.csv").write_text("sep=,\na,b\n1,2\n", encoding="utf-8")
    frame = read(tmp_path / "t.csv")
    assert (list(frame), frame.index.tolist()) == (["a", "b"], [3])


def test_a_code_in_use_that_the_file_labels_missing_is_a_fault(tmp_path):
    frame = pd.DataFrame({"ck": [120.0, 999.0], "grade": [1.0, 2.0]})
    labels = {"ck": {999: "missing"}, "grade": {1: "none", 2: "mild"}}
    pyreadstat.write_sav(frame, str(tmp_path / "t.sav"), variable_value_labels=labels)
    with pytest.raises(StudyDataError) as caught:
        read(tmp_path / "t.sav")
    [fault] = caught.value.faults
    assert (fault.row, fault.column) == (3, "ck")
    assert fault.found == "999, which the file labels 'missing'"
