"""An executed chapter becomes HTML that is ours: ids, levels, escaping, order."""

import re

import nbformat
import pytest

from helpers.render.page.convert import (
    COLOURED,
    TEMPLATES,
    MarkdownFilter,
    ReportExporter,
    arrange_cells,
)


@pytest.fixture(scope="module")
def exporter():
    return ReportExporter()


def markdown(text):
    return nbformat.v4.new_markdown_cell(text)


def code(source, *outputs):
    return nbformat.v4.new_code_cell(source, outputs=list(outputs))


def notebook(*cells):
    return nbformat.v4.new_notebook(cells=list(cells))


def stream(text, name="stdout"):
    return nbformat.v4.new_output("stream", text=text, name=name)


def plain(**data):
    names = {"html": "text/html", "text": "text/plain", "png": "image/png", "svg": "image/svg+xml"}
    return nbformat.v4.new_output("display_data", data={names[k]: v for k, v in data.items()})


def sources(nb):
    return [cell.source for cell in nb.cells]


def test_the_first_heading_carries_the_chapter_and_the_others_follow_it():
    render = MarkdownFilter("clinical-response", demote=1)
    assert render("# Clinical response") == '<h2 id="clinical-response">Clinical response</h2>\n'
    assert 'id="clinical-response-who-improved"' in render("## Who *improved*?")
    assert 'id="clinical-response-who-improved-2"' in render("## Who improved?")
    assert [(h.level, h.text) for h in render.headings] == [
        (2, "Clinical response"),
        (3, "Who improved?"),
        (3, "Who improved?"),
    ]


def test_html_written_into_markdown_is_shown_and_does_not_act():
    html = MarkdownFilter("x", demote=0)("a <script>alert(1)</script> b\n\n<b onclick=x>c</b>")
    assert "<script" not in html
    assert "<b " not in html
    assert "&lt;script&gt;" in html


def test_a_link_with_a_harmful_protocol_leads_nowhere():
    assert "javascript:" not in MarkdownFilter("x", demote=0)("[a](javascript:alert(1))")


def test_links_to_headings_lead_into_the_same_chapter_and_shared_ones_stay():
    render = MarkdownFilter("a", demote=0)
    assert 'href="#a-in-a-table"' in render("[see](#In-a-table)")
    assert 'href="#figure-f"' in render("[see](#figure-f)")
    assert 'href="https://doi.org/10.1"' in render("[see](https://doi.org/10.1)")


@pytest.mark.parametrize(
    ("source", "formula"),
    [
        (r"so $\alpha$ is", r"\alpha"),
        ("so $x_1$ is", "x_1"),
        ("so $n$ is", "n"),
        ("$$\n\\frac12\n$$", r"\frac12"),
        (r"\\(\beta\\)", r"\beta"),
        (r"\begin{equation}x<1\end{equation}", r"\begin{equation}x&lt;1\end{equation}"),
    ],
)
def test_a_formula_is_named_and_its_source_can_be_read(source, formula):
    html = MarkdownFilter("a", demote=0)(source)
    assert f"formula, not typeset: <code>{formula}</code>" in html


@pytest.mark.parametrize("source", ["costs $5 or $6", "cost $5 then $10", "$5-$10", "$ and $"])
def test_sums_of_money_are_no_formulas(source):
    assert MarkdownFilter("a", demote=0)(source) == f"<p>{source}</p>\n"


def test_an_attached_picture_is_shown_and_one_from_elsewhere_named():
    render = MarkdownFilter("a", demote=0)
    attached = {"a b.png": {"image/png": "AAAA\n"}}
    html = render("![A < “b”](attachment:a%20b.png)", attached)
    assert html == '<p><img src="data:image/png;base64,AAAA" alt="A &lt; “b”"></p>\n'
    for url in ("attachment:b.png", "https://example.org/x.png", "x.png", "data:text/html,x"):
        html = render(f"![Seen]({url})", attached)
        assert html == '<p><span class="absent">Picture not shown: Seen</span></p>\n'
    assert "<img" not in render("![Seen](attachment:a%20b.png)"), "those of another cell"


def test_raw_cells_and_errors_are_shown_as_text(exporter):
    failed = nbformat.v4.new_output("error", ename="E", evalue="v", traceback=["\x1b[31mno <b>"])
    nb = notebook(markdown("# T"), nbformat.v4.new_raw_cell("</main>"), code("a", failed))
    html = exporter.convert_chapter(nb, anchor="t").html
    assert '<pre class="output" tabindex="0">&lt;/main&gt;</pre>' in html
    assert '<pre class="output" tabindex="0">no &lt;b&gt;</pre>' in html


def test_what_the_page_cannot_show_is_named(exporter):
    widget = nbformat.v4.new_output(
        "display_data",
        data={"application/vnd.x+json": {"a": 1}, "text/plain": "<x.Y object at 0x…>"},
    )
    formula = nbformat.v4.new_output("display_data", data={"text/latex": r"$\frac12$"})
    nb = notebook(markdown("# T"), code("a", widget, formula), code("", plain(text="<NA>")))
    html = exporter.convert_chapter(nb, anchor="t").html
    assert '<p class="absent">Not shown here: application/vnd.x+json.</p>' in html
    assert r"formula, not typeset: <code>\frac12</code>" in html
    assert "object" not in html
    assert "&lt;NA&gt;" in html


def test_a_mark_that_is_not_ours_makes_no_output_ours(exporter):
    for about in ("figure", {}, {"kind": ["figure"]}, None):
        forged = plain(html="<script>x</script>word")
        forged.metadata["report"] = about
        html = exporter.convert_chapter(
            notebook(markdown("# T"), code("", forged)), anchor="t"
        ).html
        assert "word" in html
        assert "<script" not in html


def test_dollars_and_tables_are_plain_text_and_tables():
    html = MarkdownFilter("a", demote=0)("costs $5 or $6\n\n| a | b |\n|---|---|\n| 1 | 2 |")
    assert "costs $5 or $6" in html
    assert "<table>" in html


def test_code_that_shows_nothing_joins_the_next_result():
    warned = code("warn()", stream("careful", "stderr"))
    nb = arrange_cells(notebook(markdown("# T"), code("a = 1"), warned, code("a", plain(text="1"))))
    assert sources(nb) == ["# T", "a = 1\n\nwarn()\n\na"]
    assert [o.output_type for o in nb.cells[1].outputs] == ["stream", "display_data"]


def test_code_without_a_result_below_it_stays_where_it_is():
    nb = arrange_cells(notebook(markdown("# T"), code("a = 1"), markdown("text"), code("b = 1")))
    assert sources(nb) == ["# T", "a = 1", "text", "b = 1"]


def test_a_hidden_kind_takes_its_cell_and_an_emptied_heading_with_it(toys):
    summary = toys.show_output("summary", {"text/html": "<p>S</p>"})
    ledger = toys.show_output("ledger", {toys.LEDGER: {"records": []}})
    close = toys.show_output("provenance", {"text/html": "<p>P</p>"})
    nb = notebook(
        markdown("# T"),
        code("summary()", summary),
        markdown("## Provenance"),
        code("close()", close, ledger),
    )
    assert sources(arrange_cells(nb, hidden=("summary", "provenance"))) == ["# T"]
    assert sources(arrange_cells(nb)) == ["# T", "summary()", "## Provenance", "close()"]
    assert len(nb.cells[3].outputs) == 2


def test_a_heading_with_words_or_a_lower_heading_below_it_stays():
    nb = notebook(markdown("# T"), markdown("## A"), markdown("### B"), markdown("text"))
    assert sources(arrange_cells(nb)) == ["# T", "## A", "### B", "text"]
    nb = notebook(markdown("# T"), markdown("## A"), markdown("## B\n\ntext"))
    assert sources(arrange_cells(nb)) == ["# T", "## B\n\ntext"]


def test_sections_that_only_prepare_keep_their_code_on_the_study_page():
    nb = notebook(
        markdown("# T\n\nWhat?"),
        code("import a"),
        markdown("## Parameters\n\nWhat can be set."),
        code("x = 1"),
        markdown("## Result\n\nWhy."),
        code("show(x)", plain(text="1")),
        markdown("## Limits\n\nFew patients."),
    )
    arranged = sources(arrange_cells(nb, results_only=True))
    assert arranged == [
        "# T\n\nWhat?",
        "## Result\n\nWhy.",
        "import a\n\nx = 1\n\nshow(x)",
        "## Limits\n\nFew patients.",
    ]


def test_a_section_that_put_out_nothing_loses_its_words_and_keeps_its_code(toys):
    nothing = toys.show_output("text", {"text/html": ""})
    nb = notebook(
        markdown("# T"),
        code("read()"),
        markdown("## Harms\n\nWhy."),
        code("harms()", nothing),
        markdown("## Limits\n\nFew patients."),
        code("limits()", nothing, plain(text="1")),
    )
    arranged = arrange_cells(nb)
    assert sources(arranged) == [
        "# T",
        "read()\n\nharms()",
        "## Limits\n\nFew patients.",
        "limits()",
    ]
    assert len(arranged.cells[3].outputs) == 1
    assert len(nb.cells[5].outputs) == 2


def test_our_html_is_kept_and_foreign_html_loses_what_acts(exporter, toys):
    ours = toys.show_output("text", {"text/html": '<p><data value="1">1</data></p>'})
    foreign = plain(
        html='<style>p{}</style><table border="1" onclick="x()"><tr><td>1</td></tr></table>'
        '<script>alert(1)</script><img src="https://example.org/x.png">'
    )
    nb = notebook(markdown("# T"), code("a", ours), code("b", foreign))
    html = exporter.convert_chapter(nb, anchor="t").html
    assert '<div class="kind-text"><p><data value="1">1</data></p></div>' in html
    assert "<table>" in html
    for absent in ("<style", "<script", "alert", "onclick", "<img", "border"):
        assert absent not in html


def test_text_of_any_output_is_escaped(exporter):
    nb = notebook(markdown("# T"), code("a", stream("<b>x</b>"), plain(text="<i>y</i>")))
    html = exporter.convert_chapter(nb, anchor="t").html
    assert "&lt;b&gt;x" in html
    assert "&lt;i&gt;y" in html


def test_pictures_are_embedded_with_their_text(exporter):
    nb = notebook(
        markdown("# T"),
        code("a", plain(png="AAAA\nBBBB", text="Two <lines>")),
        code("b", plain(svg="<svg xmlns='a'/>", text="S")),
    )
    html = exporter.convert_chapter(nb, anchor="t").html
    assert '<img src="data:image/png;base64,AAAABBBB" alt="Two &lt;lines&gt;">' in html
    assert '<img src="data:image/svg+xml;base64,PHN2ZyB4bWxucz0nYScvPg==" alt="S">' in html


def test_warnings_stand_with_the_code_and_not_in_the_text(exporter):
    nb = notebook(markdown("# T"), code("a", stream("careful", "stderr"), plain(text="1")))
    html = exporter.convert_chapter(nb, anchor="t").html
    assert html.index('<div class="code">') < html.index("careful")


def test_upper_case_names_of_svg_survive(exporter, toys):
    figure = toys.show_output("figure", {"text/html": toys.FIGURE.format(name="f")}, "f")
    html = exporter.convert_chapter(notebook(markdown("# T"), code("a", figure)), anchor="t").html
    assert "viewBox" in html


def test_a_figure_stands_in_a_box_that_may_scroll(exporter, toys):
    figure = toys.show_output("figure", {"text/html": toys.FIGURE.format(name="f")}, "f")
    html = exporter.convert_chapter(notebook(markdown("# T"), code("a", figure)), anchor="t").html
    assert 'id="figure-f"><div class="scroll"><svg viewBox' in html
    assert "</svg></div><figcaption>" in html


def test_only_words_of_code_with_a_colour_are_wrapped(exporter):
    nb = notebook(markdown("# T"), code("for a in b:  # why\n    c(1, '<x>')", plain(text="1")))
    html = exporter.convert_chapter(nb, anchor="t").html
    assert '<span class="k">for</span> a <span class="ow">in</span> b:' in html
    assert 'c(<span class="mi">1</span>, <span class="s1">\'&lt;x&gt;\'</span>)' in html


def test_the_kinds_that_keep_their_span_are_those_that_the_style_colours():
    style = (TEMPLATES / "report" / "report.css").read_text(encoding="utf-8")
    coloured = re.findall(r"^\.highlight :is\((.*?)\)", style, flags=re.MULTILINE)
    assert {name.strip(" .") for rule in coloured for name in rule.split(",")} == set(
        COLOURED.split("|")
    )
