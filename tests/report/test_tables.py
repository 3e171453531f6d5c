"""Tables as a reader and a screen reader meet them, and the plain data beside."""

import re
from html.parser import HTMLParser

import pandas as pd
import pytest

from helpers.report.tables import lay_flat, write_csv, write_table


class Reader(HTMLParser):
    """Collects each cell as (tag, attributes, text)."""

    def __init__(self, html):
        super().__init__()
        self.cells, self.open, self.boxes = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        if tag in ("th", "td"):
            self.cells.append([tag, dict(attrs), ""])
        if tag in ("figure", "div"):
            self.boxes.append(dict(attrs))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if {"th", "td"} & set(self.open):
            self.cells[-1][2] += data


def write(frame, **options):
    return write_table(frame, **{"name": "t", "caption": "Caption"} | options)


def read(frame, **options):
    return Reader(write(frame, **options)).cells


@pytest.fixture
def frame():
    return pd.DataFrame(
        {
            "patient": ["<A 1>", "B"],
            "best_response": ["improved", None],
            "improved": pd.array([True, None], dtype="boolean"),
            "score": [41.123456, float("nan")],
        }
    )


def test_headings_are_of_columns_and_first_cells_of_rows(frame):
    cells = read(frame)
    assert [(tag, about.get("scope")) for tag, about, _ in cells] == [
        *[("th", "col")] * 4,
        *[("th", "row"), ("td", None), ("td", None), ("td", None)] * 2,
    ]


def test_underscores_become_spaces_and_labels_replace_them(frame):
    assert [text for *_, text in read(frame)][:4] == [
        "patient",
        "best response",
        "improved",
        "score",
    ]
    labelled = read(frame, labels={"score": "score, <points>"})
    assert labelled[3][2] == "score, <points>"


def test_numbers_stand_right_and_flags_and_words_left(frame):
    assert [about.get("class") for _, about, _ in read(frame)[:4]] == [None, None, None, "number"]
    assert [about.get("class") for _, about, _ in read(frame)[5:8]] == [None, None, "number"]


@pytest.mark.parametrize(
    ("values", "right"),
    [
        ([1, 2], True),
        (pd.array([1, None], dtype="Int64"), True),
        ([True, False], False),
        (pd.array([True, None], dtype="boolean"), False),
        (["1", "2"], False),
    ],
)
def test_only_a_column_of_numbers_is_one(values, right):
    cells = read(pd.DataFrame({"a": ["x", "y"], "b": values}))
    assert (cells[1][1].get("class") == "number") is right


@pytest.mark.parametrize(
    ("texts", "kind"),
    [
        (["0.031", "< 0.001", "not defined"], "num"),
        (["−6", "12.5", "–", None], "num"),
        (["50 %", "∞", "−7\N{NO-BREAK SPACE}%"], "num"),
        (["not defined", "–"], None),
        (["4 of 9", "5 of 9"], None),
        (["7 / 8", "7"], None),
        (["12 weeks", "12"], None),
        ([True, "1"], None),
        ([None, None], None),
    ],
)
def test_a_text_column_of_nothing_but_numbers_stands_right_too(texts, kind):
    cells = read(pd.DataFrame({"a": "x", "b": pd.Series(texts, dtype="object")}))
    assert cells[1][1].get("class") == kind
    assert {about.get("class") for tag, about, _ in cells if tag == "td"} == {kind}


def test_names_of_patients_and_formatted_cells_are_no_numbers():
    frame = pd.DataFrame({"a": ["x"], "patient": ["12"], "without": ["7"]})
    cells = read(frame, formats={"without": lambda value: f"<a>{value}</a>"})
    assert [about.get("class") for _, about, _ in cells] == [None] * 6


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("−6 (−9 to 0.5)", True),
        ("8.41 (0.74 to ∞)", True),
        ("3.00 (1.00 to 5.00; 94\N{NO-BREAK SPACE}%)", True),
        ("50 % (7 % to 93 %)", True),
        ("0.8 (0.5\N{NO-BREAK SPACE}to\N{NO-BREAK SPACE}0.9)", True),
        ("0.50 to 1.00", True),
        ("−3 (no interval)", True),
        ("from 5 to 4", False),
        ("5 to 4 of them", False),
        ("not defined", False),
    ],
)
def test_an_interval_does_not_part_at_the_end_of_a_line(text, whole):
    *_, (_, about, shown) = read(pd.DataFrame({"a": ["x"], "b": [text]}))
    assert (about.get("class"), shown) == ("nowrap" if whole else None, text)


def test_rows_stand_in_blocks_by_a_column_where_the_table_has_it():
    visits = pd.DataFrame({"measure": list("abab"), "visit": ["3", "3", "6", "6"]})
    html = write(visits, by="visit")
    assert html.split("<tbody>")[1].split("<tr")[1:][2].startswith(' class="begins">')
    assert html.count('class="begins"') == 1
    for other in (write(visits, by="month"), write(visits), write(visits.iloc[:0], by="visit")):
        assert "begins" not in other


def test_a_flag_is_a_word_and_a_missing_cell_a_dash(frame):
    assert [text for *_, text in read(frame)][6:12] == ["yes", "41.12", "B", "–", "–", "–"]


def test_digits_and_formats_of_a_column_are_followed(frame):
    cells = read(frame, digits={"score": 1}, formats={"best_response": lambda v: f"<b>{v}</b>"})
    assert (cells[5][2], cells[7][2]) == ("improved", "41.1")
    assert cells[9][2] == "–"


def test_a_format_is_not_asked_about_missing_values(frame):
    asked = []
    read(frame, formats={"score": lambda value: asked.append(value) or ""})
    assert asked == [41.123456]


@pytest.mark.parametrize("column", ["patient", "patient_id"])
def test_a_patient_is_linked_and_cannot_act(column):
    html = write(pd.DataFrame({column: ["<A 1>"]}))
    assert '<a class="patient" href="#patient--A-1-">&lt;A 1&gt;</a>' in html


def test_data_and_headings_are_escaped():
    html = write(pd.DataFrame({"<i>": ["<script>"]}))
    assert "&lt;script&gt;" in html
    assert '<th scope="col">&lt;i&gt;</th>' in html
    assert "<script" not in html


def test_the_box_that_scrolls_is_reached_by_keyboard_and_named_in_plain_words(frame):
    caption = 'Scores <a href="#x">of</a> “a &lt; b &amp; c”'
    figure, box = Reader(write(frame, caption=caption)).boxes
    assert figure == {"class": "table", "id": "table-t"}
    assert box == {
        "class": "scroll",
        "tabindex": "0",
        "role": "region",
        "aria-label": "Scores of “a < b & c”",
    }


def test_the_caption_comes_first_and_keeps_its_html(frame):
    html = write(frame, caption="n = <b>2</b>")
    assert html.startswith(
        '<figure class="table" id="table-t"><figcaption>n = <b>2</b></figcaption>'
    )


def test_a_table_without_rows_has_its_headings(frame):
    assert len(read(frame.iloc[:0])) == 4


def test_a_table_of_one_column_has_rows_named_by_it():
    assert [tag for tag, *_ in read(pd.DataFrame({"a": [1]}))] == ["th", "th"]


def test_the_frame_is_left_as_it_was(frame):
    before = frame.copy(deep=True)
    write(frame)
    pd.testing.assert_frame_equal(frame, before)


class TestFlat:
    @pytest.mark.parametrize(
        ("index", "columns"),
        [
            (pd.RangeIndex(2), ["n"]),
            (pd.Index([7, 3]), ["n"]),
            (pd.Index([7, 3], name="month"), ["month", "n"]),
            (pd.Index(["mean", "sd"]), ["", "n"]),
            (pd.Index(["a", "b"], name="n"), ["n", "n (2)"]),
            (pd.MultiIndex.from_tuples([(1, "a"), (2, "b")]), ["", " (2)", "n"]),
            (pd.MultiIndex.from_tuples([(1, "a"), (2, "b")], names=["x", "y"]), ["x", "y", "n"]),
        ],
    )
    def test_an_index_that_says_something_comes_first(self, index, columns):
        frame = pd.DataFrame({"n": [5, 6]}, index=index)
        flat = lay_flat(frame)
        assert list(flat.columns) == columns
        assert list(flat.iloc[:, -1]) == [5, 6]
        assert list(flat.index) == [0, 1]
        assert list(frame.columns) == ["n"]

    @pytest.mark.parametrize(
        ("columns", "headings"),
        [
            ([("ck", "mean"), ("ck", "")], ["ck mean", "ck"]),
            ([1, 6], ["1", "6"]),
            (["a", "a"], ["a", "a (2)"]),
            (["a", "a (2)", "a"], ["a", "a (2)", "a (3)"]),
        ],
    )
    def test_headings_are_text_and_each_stands_once(self, columns, headings):
        assert (
            list(lay_flat(pd.DataFrame([[1, 2, 3][: len(columns)]], columns=columns))) == headings
        )

    def test_kinds_of_columns_survive(self, frame):
        assert list(lay_flat(frame).dtypes) == list(frame.dtypes)


class TestCsv:
    def test_keeps_every_digit(self):
        value = 0.1 + 0.2
        text = write_csv(pd.DataFrame({"value": [value]}))
        assert text == "value\n0.30000000000000004\n"
        assert float(text.splitlines()[1]) == value

    def test_has_empty_cells_for_missing_values_and_one_newline_style(self, frame):
        assert write_csv(frame) == (
            "patient,best_response,improved,score\n<A 1>,improved,True,41.123456\nB,,,\n"
        )

    def test_leaves_each_kind_of_column_as_it_is_and_marks_a_text_that_may_be_a_formula(self):
        frame = pd.DataFrame(
            {
                "id": ["=1+1", None],
                "n": pd.array([-2, None], dtype="Int64"),
                "change": [-0.5, float("nan")],
                "arm": pd.Categorical(["@a", "b"]),
                "any": [-1, "-1"],
            }
        )
        assert write_csv(frame) == "id,n,change,arm,any\n'=1+1,-2,-0.5,'@a,-1\n,,,b,'-1\n"

    def test_quotes_what_would_break_a_row(self):
        text = write_csv(pd.DataFrame({"a": ['x, "y"\nz']}))
        assert text == 'a\n"x, ""y""\nz"\n'
        assert re.search("\r", text) is None
