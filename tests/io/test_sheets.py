"""No text of the data is a formula in a spreadsheet, and each comes back as it was."""

import csv
import io
import re
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from helpers.characters import describe_unseen
from helpers.io.sheets import mark_text, take_off_mark, write_sheet
from helpers.io.tables import MISSING_TEXTS, read_table

ROOT = Path(__file__).resolve().parents[2]
SIGNS = "=+-@＝＋－＠﹦﹢﹣﹫\t\r\n"
BEFORE = [
    "",
    " ",
    "   ",
    "\u00a0",
    "\u2009",
    "\u3000",
    "\ufeff",
    "\u200b",
    "\u2060",
    "\x00",
    "\x1f",
]
TEXTS = st.text(st.sampled_from("'" + SIGNS + ' \u00a0\u3000\u200b,";a1')) | st.text()


@pytest.mark.parametrize("before", BEFORE, ids=ascii)
@pytest.mark.parametrize("sign", SIGNS, ids=ascii)
def test_a_text_that_may_be_a_formula_gets_an_apostrophe(before, sign):
    text = f"{before}{sign}1+1"
    assert mark_text(text) == "'" + text


@pytest.mark.parametrize(
    "text", ["", "P01", "a=b", "x@y.se", "1-2", "−12 (−20 to −3)", "'quoted'", "'", " 'a", "#N/A"]
)
def test_any_other_text_is_left_as_it_is(text):
    assert mark_text(text) == text
    assert take_off_mark(text) == text


def test_an_apostrophe_of_the_text_s_own_survives():
    assert [mark_text(text) for text in ("'=1", "''=1", "' @")] == ["''=1", "'''=1", "'' @"]
    assert [take_off_mark(cell) for cell in ("'=1", "''=1", "'x")] == ["=1", "'=1", "'x"]


@given(TEXTS)
@example("'=1")
@example(" '=1")
@example("'' \t")
def test_every_text_comes_back(text):
    marked = mark_text(text)
    assert take_off_mark(marked) == text


@given(TEXTS)
def test_no_cell_that_is_written_begins_like_a_formula(text):
    [[cell]] = csv.reader(io.StringIO(write_sheet([text], []), newline=""))
    seen = re.sub(r"^[\s\u200b]+", "", cell)
    assert seen[:1] not in set("=+-@＝＋－＠")
    assert cell[:1] not in set("\t\r\n")


@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1))
def test_every_table_of_texts_is_whole_for_a_csv_reader(rows):
    text = write_sheet(["a", "b"], rows)
    read = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert [tuple(map(take_off_mark, cells)) for cells in read[1:]] == rows


@given(st.lists(TEXTS.filter(lambda text: not describe_unseen(text, lines=True)), min_size=1))
def test_the_reader_of_studies_gives_every_text_without_its_outer_spaces(tmp_path_factory, texts):
    path = tmp_path_factory.getbasetemp() / "sheet.csv"
    rows = [[number, text] for number, text in enumerate(texts)]
    path.write_bytes(write_sheet(["row", "text"], rows).encode())
    expected = [None if text.strip() in MISSING_TEXTS else text.strip() for text in texts]
    found = read_table(path, file="sheet.csv")["text"]
    assert [None if pd.isna(cell) else cell for cell in found] == expected


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        (-0.5, "-0.5"),
        (-12, "-12"),
        (np.float64(-0.1), "-0.1"),
        (np.int64(-3), "-3"),
        (Decimal("-1.50"), "-1.50"),
        (0.1 + 0.2, "0.30000000000000004"),
        (True, "True"),
        ("-0.5", "'-0.5"),
        ("-12 (-20 to -3)", "'-12 (-20 to -3)"),
    ],
)
def test_a_number_stays_a_number_and_a_text_is_a_text(cell, written):
    assert write_sheet(["a", "b"], [[cell, "x"]]) == f"a,b\n{written},x\n"


@pytest.mark.parametrize("missing", [None, float("nan"), np.nan])
def test_a_missing_cell_is_empty(missing):
    assert write_sheet(["a", "b"], [[missing, 1]]) == "a,b\n,1\n"


def test_an_object_is_written_as_the_text_that_it_shows():
    assert write_sheet(["a"], [[Path("=x")]]) == "a\n'=x\n"


def test_headings_are_texts_too():
    assert write_sheet(["=a", "b"], []) == "'=a,b\n"


def test_a_line_break_inside_a_cell_does_not_end_the_row():
    assert write_sheet(["a", "b"], [["x\ry", "x\ny"]]) == 'a,b\n"x\ry","x\ny"\n'


def test_nothing_else_writes_csv():
    writers = re.compile(r"\b(to_csv|csv\.(Dict)?[Ww]riter|from csv import|to_clipboard)\b")
    folders = ("src", "benchmarks", "notebooks")
    paths = (path for folder in folders for path in (ROOT / folder).rglob("*"))
    files = [path for path in paths if path.suffix in (".py", ".ipynb")]
    spoilers = {"attacks", "instruments"}  # which spoil sheets on purpose
    files = [path for path in files if not spoilers & set(path.parts)]
    found = {path.name for path in files if writers.search(path.read_text(encoding="utf-8"))}
    assert found == {"sheets.py"}
