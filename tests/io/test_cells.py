import pandas as pd
import pandera.pandas as pa
import pytest

from helpers.io.cells import convert_cells


def convert(kind, *texts):
    contract = pa.DataFrameSchema({"x": pa.Column(object, metadata={"kind": kind})})
    cells = pd.DataFrame({"x": list(texts)}, index=range(2, 2 + len(texts)), dtype="str")
    frame, faults = convert_cells(cells, contract, file="tables/t.csv")
    return frame["x"], faults


@pytest.mark.parametrize(
    ("kind", "texts", "values", "dtype"),
    [
        (
            "number",
            ["6.2", "-1", "0.00", ".5", "3.", "1e3", "+2"],
            [6.2, -1, 0, 0.5, 3, 1000, 2],
            "float64",
        ),
        ("integer", ["1", "-3", "5.0", "18250"], [1, -3, 5, 18250], "Int64"),
        (
            "flag",
            ["true", "TRUE", "Yes", "false", "No"],
            [True, True, True, False, False],
            "boolean",
        ),
        ("text", ["P1", "1", "1,5", "<0.2"], ["P1", "1", "1,5", "<0.2"], "str"),
    ],
)
def test_text_becomes_what_its_column_holds(kind, texts, values, dtype):
    column, faults = convert(kind, *texts)
    assert faults == []
    assert column.tolist() == values
    assert column.dtype == dtype


@pytest.mark.parametrize(
    ("kind", "dtype"),
    [("number", "float64"), ("integer", "Int64"), ("flag", "boolean"), ("text", "str")],
)
def test_missing_stays_missing_in_every_kind_of_column(kind, dtype):
    column, faults = convert(kind, None, None)
    assert faults == []
    assert column.isna().all()
    assert column.dtype == dtype


@pytest.mark.parametrize(
    ("kind", "dtype"),
    [("number", "float64"), ("integer", "Int64"), ("flag", "boolean"), ("text", "str")],
)
def test_a_column_without_rows_has_its_type_too(kind, dtype):
    column, faults = convert(kind)
    assert (len(column), column.dtype, faults) == (0, dtype, [])


POINT = "write the decimal sign as a point"
RETYPE = "a spreadsheet has turned the entry into a date: format the column as Number, retype it"
LIMIT = "put the limit itself here; in cytokines, say below or above in the column bound"
JOINED = "write it without what parts the thousands"
BOTH = (
    "a comma that parts thousands, or a decimal comma",
    "write 1100 if the comma parts thousands, or else the decimal sign as a point",
)
ALONE = "leave the number only"
EMPTY = "correct the value, or leave the cell empty if it is missing"


@pytest.mark.parametrize(
    ("text", "what", "mend"),
    [
        ("1,9", "a decimal comma", POINT),
        ("-0,25", "a decimal comma", POINT),
        ("3-Jan", "a date", RETYPE),
        ("Jan-03", "a date", RETYPE),
        ("03. Mar", "a date", RETYPE),
        ("2-maj", "a date", RETYPE),
        ("2024-01-03", "a date", RETYPE),
        ("3/1/2024", "a date", RETYPE),
        ("3.1.24", "a date", RETYPE),
        ("<0.2", "a limit", LIMIT),
        ("> 500", "a limit", LIMIT),
        ("≤0.2", "a limit", LIMIT),
        ("12 %", "a number with a unit", ALONE),
        ("12%", "a number with a unit", ALONE),
        ("4.2 µkat/L", "a number with a unit", ALONE),
        ("72mm", "a number with a unit", ALONE),
        ("not done", "text", EMPTY),
        ("-", "text", EMPTY),
        (".", "text", EMPTY),
        ("nan", "text", EMPTY),
        ("inf", "text", EMPTY),
        ("1 200", "a number with parted thousands", f"{JOINED}: 1200"),
        ("1\N{NO-BREAK SPACE}200,5", "a number with parted thousands", f"{JOINED}: 1200.5"),
        ("12'000", "a number with parted thousands", f"{JOINED}: 12000"),
        ("1,100", *BOTH),
        ("0,100", "a decimal comma", POINT),
        ("1 20", "text", EMPTY),
        ("1.000.000", "text", EMPTY),
        ("#DIV/0!", "text", EMPTY),
        *(
            (text, "a number too large or too small to be measured", "correct the value")
            for text in ("1e999", "-1.1e12", "9e-13")
        ),
    ],
)
def test_what_is_no_number_says_what_it_is_and_how_to_mend_it(text, what, mend):
    column, [fault] = convert("number", "1", text)
    assert fault.place == "tables/t.csv, row 3, column x"
    assert (fault.found, fault.expected, fault.mend) == (f"{text!r} ({what})", "a number", mend)
    assert pd.isna(column.loc[3])


@pytest.mark.parametrize(
    ("kind", "text", "what", "expected", "mend"),
    [
        (
            "integer",
            "2.5",
            "not a whole number",
            "a whole number",
            "correct the value, or leave the cell empty",
        ),
        (
            "integer",
            "1e3",
            "not a whole number",
            "a whole number",
            "correct the value, or leave the cell empty",
        ),
        (
            "integer",
            "9" * 20,
            "not a whole number",
            "a whole number",
            "correct the value, or leave the cell empty",
        ),
        ("integer", "2,0", "a decimal comma", "a whole number", POINT),
        ("integer", "grade 2", "text", "a whole number", EMPTY),
        (
            "flag",
            "1",
            "a number",
            "true or false",
            "write true or false: a code's meaning is never guessed",
        ),
        (
            "flag",
            "0",
            "a number",
            "true or false",
            "write true or false: a code's meaning is never guessed",
        ),
        ("flag", "ja", "text", "true or false", EMPTY),
        ("flag", "t", "text", "true or false", EMPTY),
    ],
)
def test_whole_numbers_and_flags_are_held_to_their_kind(kind, text, what, expected, mend):
    _, [fault] = convert(kind, text)
    assert (fault.found, fault.expected, fault.mend) == (f"'{text}' ({what})", expected, mend)
    assert fault.row == 2


def test_every_cell_that_does_not_fit_is_listed():
    _, faults = convert("number", "a", "1", "b", None, "c")
    assert [fault.row for fault in faults] == [2, 4, 6]


def test_columns_that_the_contract_does_not_know_are_passed_over_and_none_is_made_up():
    contract = pa.DataFrameSchema(
        {
            "x": pa.Column(float, metadata={"kind": "number"}),
            "y": pa.Column(float, metadata={"kind": "number"}),
        }
    )
    cells = pd.DataFrame({"z": ["?"], "y": ["1"]}, dtype="str")
    frame, faults = convert_cells(cells, contract, file="t.csv")
    assert list(frame) == ["y"]
    assert faults == []


def test_the_cells_that_were_read_are_not_changed():
    contract = pa.DataFrameSchema({"x": pa.Column(float, metadata={"kind": "number"})})
    cells = pd.DataFrame({"x": ["1,9"]}, dtype="str")
    convert_cells(cells, contract, file="t.csv")
    assert cells["x"].tolist() == ["1,9"]
