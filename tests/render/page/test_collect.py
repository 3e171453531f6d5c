"""What chapters put out is collected once, and a contradiction is refused."""

from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree

import nbformat
import pytest

from helpers.render.page.collect import (
    BuiltChapter,
    ReportError,
    collect_figures,
    collect_methods,
    collect_pieces,
    collect_records,
    collect_tables,
)
from helpers.render.plan.chapters import Chapter


def build(name, *outputs):
    """Make a chapter of which the third cell has outputs; papermill has put one before it."""
    chapter = Chapter(Path(f"/n/{name}.ipynb"), name, (), (), ())
    text = nbformat.v4.new_markdown_cell("# T")
    tagged = [
        nbformat.v4.new_code_cell("cutoff = 1", metadata={"tags": [tag]})
        for tag in ("parameters", "injected-parameters")
    ]
    cell = nbformat.v4.new_code_cell("x", outputs=list(outputs))
    notebook = nbformat.v4.new_notebook(cells=[text, *tagged, cell])
    return BuiltChapter(chapter, notebook, nbformat.writes(notebook))


def ledger(toys, *records):
    return toys.show_output("ledger", {toys.LEDGER: {"records": list(records)}})


def test_pieces_come_in_the_order_of_the_chapters_and_other_outputs_do_not(toys):
    stream = nbformat.v4.new_output("stream", text="x", name="stdout")
    one = build("01_a", stream, toys.show_output("summary", {"text/html": "A"}))
    two = build("02_b", toys.show_output("summary", {"text/html": "B"}))
    pieces = collect_pieces([one, two], "summary")
    assert [(p.chapter.name, p.html) for p in pieces] == [("01_a", "A"), ("02_b", "B")]


def test_a_method_that_two_chapters_show_is_listed_once(toys):
    shared = "<dt>Rule</dt><dd>20 %</dd>"
    one = build("01_a", toys.show_output("methods", {"text/html": f"<dl>{shared}</dl>"}))
    two = build(
        "02_b",
        toys.show_output("methods", {"text/html": f"<dl><dt>Test</dt><dd>exact</dd>{shared}</dl>"}),
    )
    methods = collect_methods([one, two])
    assert [(m.name, m.text) for m in methods] == [("Rule", "20 %"), ("Test", "exact")]


def test_a_method_with_two_wordings_is_listed_twice(toys):
    built = [
        build(n, toys.show_output("methods", {"text/html": f"<dt>Rule</dt><dd>{n}</dd>"}))
        for n in ("01_a", "02_b")
    ]
    assert [m.text for m in collect_methods(built)] == ["01_a", "02_b"]


def test_a_result_that_two_chapters_share_is_one_row(toys):
    built = [build(n, ledger(toys, toys.make_record("n", chapter=n))) for n in ("01_a", "02_b")]
    [record] = collect_records(built)
    assert record["chapter"] == "01_a"


def test_one_id_for_two_results_is_refused(toys):
    one = build("01_a", ledger(toys, toys.make_record("n", text="2")))
    two = build("02_b", ledger(toys, toys.make_record("n", text="3")))
    with pytest.raises(
        ReportError, match=r"02_b.ipynb, cell 3: result n is 3, but 2 .* rename one"
    ):
        collect_records([one, two])


def test_missing_values_of_a_shared_result_agree(toys):
    nan = float("nan")
    built = [build(n, ledger(toys, toys.make_record("n", value=nan))) for n in ("01_a", "02_b")]
    assert len(collect_records(built)) == 1


def test_a_figure_becomes_a_file_that_programs_open(toys):
    html = toys.FIGURE.format(name="f")
    svg = collect_figures([build("01_a", toys.show_output("figure", {"text/html": html}, "f"))])[
        "f"
    ]
    assert svg.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<svg xmlns=')
    root = ElementTree.fromstring(svg.encode())
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.attrib["viewBox"] == "0 0 90 40"


@pytest.mark.parametrize(
    ("html", "message"),
    [
        ("<figure></figure>", r"^01_a.ipynb, cell 3: figure f has no svg"),
        ("<svg><g></svg>", r"^01_a.ipynb, cell 3: figure f is no well-formed SVG"),
    ],
)
def test_a_figure_that_is_none_is_refused(toys, html, message):
    with pytest.raises(ReportError, match=message):
        collect_figures([build("01_a", toys.show_output("figure", {"text/html": html}, "f"))])


def test_two_tables_of_one_name_are_refused(toys):
    table = toys.show_output("table", {"text/html": "", "text/csv": "a\n"}, "t")
    with pytest.raises(
        ReportError,
        match=r"^02_b.ipynb, cell 3: a second figure or table named t .*01_a.ipynb, cell 3",
    ):
        collect_tables([build("01_a", table), build("02_b", table)])


def test_a_figure_stored_as_an_image_is_the_same_piece_and_the_same_file(toys):
    svg = '<svg viewBox="0 0 9 4"><title>50 % – “a”</title></svg>'
    address = quote(svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" '))
    image = f'<figure><img src="data:image/svg+xml,{address}" alt="x"></figure>'
    built = [
        [build("01_a", toys.show_output("figure", {"text/html": html}, "f"))]
        for html in (image, f"<figure>{svg}</figure>")
    ]
    assert collect_pieces(built[0], "figure")[0].html == f"<figure>{svg}</figure>"
    assert collect_figures(built[0]) == collect_figures(built[1])


@pytest.mark.parametrize("name", ["../x", "a b", "", "a/b", "a.b"])
def test_a_name_that_is_no_file_is_refused(toys, name):
    table = toys.show_output("table", {"text/html": "", "text/csv": "a\n"}, name)
    with pytest.raises(ReportError, match=r"^01_a.ipynb, cell 3: .* has letters, digits, - and _"):
        collect_tables([build("01_a", table)])


@pytest.mark.parametrize("held", [{}, {"records": None}, {"records": [{"text": "2"}]}])
def test_a_ledger_without_records_is_refused(toys, held):
    one = build("01_a", toys.show_output("ledger", {toys.LEDGER: held}))
    with pytest.raises(
        ReportError, match=r"^01_a.ipynb, cell 3: .* leave that mark to the answers"
    ):
        collect_records([one])


def test_tables_are_kept_as_they_were_written(toys):
    table = toys.show_output("table", {"text/html": "", "text/csv": "a,b\n1,2\n"}, "t")
    assert collect_tables([build("01_a", table)]) == {"t": "a,b\n1,2\n"}
