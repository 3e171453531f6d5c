"""What is not ours reaches the page bounded, readable, inert; nothing vanishes in silence."""

import re

import nbformat
import pytest

from helpers.render.page.outputs import (
    CELL_LIMIT,
    FORM_LIMITS,
    OUTPUTS_LIMIT,
    TEXT_LIMIT,
    bound_outputs,
    choose_form,
    make_readable,
    output_kind,
    read_html,
    sanitise_html,
)


def show(data, **about):
    return nbformat.v4.new_output("display_data", data=data, metadata=about)


def stream(text):
    return nbformat.v4.new_output("stream", text=text, name="stdout")


class TestBounds:
    def test_a_text_is_cut_at_its_limit_and_says_by_how_much(self):
        whole, cut = (stream("x" * (TEXT_LIMIT + more)) for more in (0, 1))
        assert bound_outputs([whole]) == [whole]
        [found] = bound_outputs([cut])
        assert found.text == "x" * TEXT_LIMIT + "\n… 1 further characters left out\n"
        [found] = bound_outputs([stream("x" * 20_000_000)])
        assert found.text.endswith("\n… 19,980,000 further characters left out\n")

    def test_plain_text_and_tracebacks_are_cut_too(self):
        long = "x" * (TEXT_LIMIT + 1)
        failed = nbformat.v4.new_output("error", ename="E", evalue=long, traceback=[long])
        text, error = bound_outputs([show({"text/plain": long}), failed])
        assert text.data["text/plain"].endswith("… 1 further characters left out\n")
        assert error.evalue.endswith("… 1 further characters left out\n")
        assert error.traceback[0].endswith("… 1 further characters left out\n")

    @pytest.mark.parametrize("kind", FORM_LIMITS)
    def test_a_form_that_is_too_large_gives_way_to_words(self, kind):
        limit = FORM_LIMITS[kind]
        fits, large = (show({kind: "x" * (limit + more), "text/plain": "w"}) for more in (0, 1))
        assert bound_outputs([fits]) == [fits]
        [found] = bound_outputs([large])
        assert found.data == {"text/plain": f"w\n… {kind} of {limit + 1:,} characters left out"}
        named = {kind: "x" * (limit + 1), "text/plain": "<IPython.core.display.HTML object>"}
        assert bound_outputs([show(named)])[0].data["text/plain"].startswith(f"… {kind}")
        [alone] = bound_outputs([show({kind: "x" * (limit + 1)})])
        assert alone.data == {"text/plain": f"… {kind} of {limit + 1:,} characters left out"}

    def test_of_too_many_outputs_the_first_stay(self):
        many = [show({"text/plain": str(n)}) for n in range(OUTPUTS_LIMIT + 2)]
        *kept, note = bound_outputs(many)
        assert kept == many[:-2]
        assert note.text == "… 2 further outputs left out\n"

    def test_the_outputs_of_a_cell_are_bounded_together(self):
        picture = {"image/png": "A" * FORM_LIMITS["image/png"]}
        fitting = CELL_LIMIT // FORM_LIMITS["image/png"]
        *kept, note = bound_outputs([show(picture)] * (fitting + 1))
        assert len(kept) == fitting
        assert note.text == "… 1 further outputs left out\n"

    def test_ours_stay_whole(self):
        ours = show({"text/html": "x" * 300_000}, report={"kind": "table", "name": "t"})
        assert bound_outputs([ours] * (OUTPUTS_LIMIT + 1)) == [ours] * (OUTPUTS_LIMIT + 1)


class TestForm:
    def test_the_best_form_is_chosen(self):
        shown = choose_form(show({"text/html": "<b>a</b>", "image/png": "AAAA", "text/plain": "a"}))
        assert shown.data == {"image/png": "AAAA", "text/plain": "a"}

    def test_the_name_of_an_object_is_no_description(self):
        named = {"image/png": "AAAA", "text/plain": "<Figure size 640x480 with 1 Axes>"}
        assert choose_form(show(named)).data["text/plain"] == ""
        alone = {"text/plain": "<x.Y object at 0x…>"}
        assert choose_form(show(alone)).data["text/plain"] == "<x.Y object at 0x…>"

    @pytest.mark.parametrize(
        ("kind", "value"),
        [
            ("application/vnd.plotly.v1+json", {"data": []}),
            ("application/vnd.jupyter.widget-view+json", {"model_id": "1"}),
            ("application/javascript", "alert(1)"),
            ("application/pdf", "AAAA"),
        ],
    )
    def test_a_type_that_no_page_shows_is_named(self, kind, value):
        shown = choose_form(show({kind: value, "text/plain": "Slider(value=0)"}))
        assert shown.data == {"text/plain": "Slider(value=0)", "note": f"Not shown here: {kind}."}

    def test_html_that_acts_is_named(self):
        html = "<iframe src='https://example.org'></iframe><IMG src=x onerror=y><script>z</script>"
        shown = choose_form(show({"text/html": html, "text/plain": "w"}))
        assert shown.data["text/html"] == ""
        assert shown.data["note"] == "Not shown here: iframe (HTML), img (HTML), script (HTML)."

    def test_a_drawing_gets_the_namespace_that_an_image_needs(self):
        shown = choose_form(show({"image/svg+xml": "<svg><g/></svg>"}))
        assert shown.data["image/svg+xml"] == '<svg xmlns="http://www.w3.org/2000/svg"><g/></svg>'
        assert choose_form(shown).data == shown.data

    def test_an_output_without_data_is_none(self):
        assert choose_form(show({})).data == {"text/plain": ""}

    def test_a_stream_loses_what_steers_a_terminal(self):
        assert choose_form(stream("\x1b[31mRED\x1b[0m")).text == "RED"

    def test_an_error_is_its_traceback_or_its_name(self):
        failed = nbformat.v4.new_output("error", ename="E", evalue="v", traceback=["\x1b[1ma", "b"])
        assert choose_form(failed).text == "a\nb"
        failed.traceback = []
        assert choose_form(failed).text == "E: v"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("\x1b[1;31mRED\x1b[0m", "RED"),
        ("\x1b[38;2;1;2;3mx\x1b[K", "x"),
        ("\x1b]0;title\x07x", "x"),
        ("\x1b]8;;https://example.org\x1b\\x", "x"),
        ("a\x1b", "a"),
        ("10 %\r20 %\r30 %\n", "30 %\n"),
        ("a\r\nb", "a\nb"),
        ("a\rb\r", "b"),
        ("a\x00b\x08\tc", "ab\tc"),
        ("\ud800", "\N{REPLACEMENT CHARACTER}"),
        ("é – 🧬", "é – 🧬"),
    ],
)
def test_text_is_readable(text, read):
    assert make_readable(text) == read


@pytest.mark.parametrize(
    ("html", "safe"),
    [
        ("<div>a<iframe>b</iframe></div>", "<div>ab</div>"),
        ("</main></body></html>a", "a"),
        ("<script>a", ""),
        ("<style>a</style>b", "b"),
        ("<details><details><b>a", "<b>a</b>"),
        ("<a href='#nowhere'>a</a>", "<a>a</a>"),
        ('<a href="javascript:b()">a</a>', "<a>a</a>"),
        ("<a href='https://example.org'>a</a>", '<a href="https://example.org">a</a>'),
        ("<svg onload=b><a href='x'>c</a></svg>", "<a>c</a>"),
        ("<p id=x onclick=y style='background:url(z)'>a", "<p>a</p>"),
        ("<base href='https://example.org'><meta http-equiv=refresh>a", "a"),
    ],
)
def test_foreign_html_keeps_its_words_and_nothing_that_acts(html, safe):
    assert sanitise_html(html).strip() == safe


def test_only_a_mark_of_our_form_makes_an_output_ours():
    assert output_kind(show({}, report={"kind": "figure"})) == "figure"
    for about in ("figure", {}, {"kind": 1}, None):
        assert output_kind(show({}, report=about)) == ""
    assert output_kind(stream("x")) == ""


def test_the_svg_of_an_image_of_ours_is_taken_out():
    html = (
        '<figure><img src="data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22 a=%22'
        '%25%E2%80%93%22/%3E" alt="A" width="3"><figcaption>b</figcaption></figure>'
    )
    assert read_html(show({"text/html": html})) == (
        '<figure><svg a="%–"/><figcaption>b</figcaption></figure>'
    )
    assert read_html(show({"text/plain": "a"})) == ""


CELLS = {
    "import sys; print('\\x1b[31mRED\\x1b[0m'); print('E' * 2_000_000, file=sys.stderr)": "RED",
    "from IPython.display import *; display(Math(r'\\frac12'))": r"<code>\displaystyle \frac12<",
    "display(Latex(r'$\\alpha$ & b'))": r"<code>$\alpha$ &amp; b<",
    "display(Javascript('alert(1)'))": "Not shown here: application/javascript.",
    "display({'application/vnd.x+json': {'a': [1]}}, raw=True)": "application/vnd.x+json.",
    "display(IFrame('https://example.org', 9, 9))": "Not shown here: iframe (HTML).",
    "display(HTML('</main></body></html><script>alert(1)</script><p onclick=x>held'))": "held",
    "display(HTML('<img src=\"//x.org/x.png\"><details><details><b>bad'))": "<b>bad</b>",
    "display(HTML('<a href=#nowhere>led</a><base href=x><form action=y></form>'))": "<a>led</a>",
    "display(HTML('w' * 1_000_000))": "text/html of 1,000,000 characters left out",
    "display(SVG('<svg><script>alert(1)</script></svg>'))": "data:image/svg+xml;",
    "display(Markdown('# Loud <script>x</script> ![far](//x.org/x.png)'))": "far</span>",
    "for number in range(300): display(number)": "200 further outputs left out",
    "'v' * 2_000_000": "characters left out",
    "display(4, metadata={'report': 'figure'})": "4</pre>",
    "print('10 %\\r20 %\\rdone')": ">done",
    "": "",
}


HIGHLIGHTED = re.compile(r'<div class="[^">]*highlight.*?</div>', re.DOTALL)
"""The code itself, in which the words that are looked for stand too."""


def test_no_cell_of_an_analyst_ends_a_run_breaks_a_page_fetches_or_acts(
    build_toy, toy_places, toys
):
    words = "# Odd\n\nSo $\\beta$.\n\n</main> ![far](https://example.org/x.png)"
    raw = nbformat.v4.new_raw_cell("</body> raw")
    nbformat.write(toys.make_notebook(words, *CELLS, raw), toy_places.notebooks / "02_second.ipynb")
    [built] = build_toy()
    assert built.errors == ()
    for page in (built.page, built.page.parent / "chapters" / "02_second.html"):
        html = HIGHLIGHTED.sub("", page.read_text())
        assert [seen for seen in (*CELLS.values(), r"<code>\beta<") if seen not in html] == []
        assert len(html) < 500_000
        assert "alert(1)" not in html
    assert (built.page.parent / "notebooks" / "02_second.ipynb").stat().st_size < 500_000
