"""Figures on a page that holds many: own ids, no address, text as text, the same every time."""

import re
import xml.etree.ElementTree as ElementTree
from urllib.parse import unquote

import matplotlib as mpl
import pytest

from helpers.plots.patients import patient_url
from helpers.plots.style import COLOURS, INK, house_style, new_figure
from helpers.report import figures
from helpers.report.figures import draw_svg, write_figure


def draw(patients=("A", "site 1/B")):
    """One line and one label per patient, a filled area that is clipped, and one scatter."""
    with house_style():
        figure, (ax,) = new_figure(1, 1, width=3, height=2)
        for place, patient in enumerate(patients):
            (line,) = ax.plot([0, 1], [place, place + 1], color=COLOURS[0], marker="o")
            line.set_url(patient_url(patient))
        points = ax.scatter([0.5] * len(patients), range(len(patients)), color=INK)
        points.set_urls([patient_url(patient) for patient in patients])
        ax.fill_between([0, 1], [0, 1], hatch="//", facecolor=COLOURS[1])
        ax.set(title="IL-1 < 5 & “x”", xlabel="months")
    return figure


def write(figure=None, **options):
    given = {"name": "courses", "caption": "Courses, <b>n = 2</b>.", "alt": "Two lines <a & b>"}
    return write_figure(figure or draw(), **given | options)


@pytest.fixture(scope="module")
def html():
    return write()


def write_svg(figure=None, name="courses", alt="Two lines <a & b>"):
    return draw_svg(figure or draw(), name=name, alt=alt)


@pytest.fixture(scope="module")
def svg():
    return write_svg()


def read_address(html):
    [address] = re.findall(r'<img src="data:image/svg\+xml,([^"]*)" ', html)
    return unquote(address)


def list_ids(svg):
    return re.findall(r'\sid="([^"]+)"', svg)


def test_the_figure_is_followed_by_its_caption(html):
    assert html.startswith('<figure class="figure" id="figure-courses"><img src="data:image/svg')
    assert html.endswith("><figcaption>Courses, <b>n = 2</b>.</figcaption></figure>")


def test_the_image_is_a_picture_of_its_own_that_is_the_svg_with_a_namespace(html, svg):
    picture = read_address(html)
    assert ElementTree.fromstring(picture).tag == "{http://www.w3.org/2000/svg}svg"
    assert picture.replace(' xmlns="http://www.w3.org/2000/svg"', "") == svg


def test_the_image_has_words_a_width_and_white_behind_it(html):
    assert 'alt="Two lines &lt;a &amp; b&gt;" width="288" style=' in html  # 3 inches of 96 px
    assert "background: white" in html


def test_paths_and_names_can_be_found_in_a_stored_notebook():
    assert "/home/me/x y.csv" in write(draw(["A"]), alt="/home/me/x y.csv").split(" alt=")[0]


def test_the_svg_is_well_formed(svg):
    assert ElementTree.fromstring(svg).tag == "svg"


def test_the_svg_names_no_address_not_even_a_namespace(svg):
    assert not re.search(r"xmlns|xlink|https?:|//www|<metadata|<!--|<\?xml|<!DOCTYPE", svg)


def test_no_rule_of_it_styles_the_page(svg):
    assert "<style" not in svg


def test_ids_are_unique_and_begin_with_the_name(svg):
    ids = list_ids(svg)
    assert len(ids) == len(set(ids)) > 5
    assert all(name.startswith("courses-") for name in ids)


def test_what_is_referred_to_is_there(svg):
    inside = re.findall(r"url\(#([^)]+)\)", svg)
    inside += [name for name in re.findall(r'href="#([^"]+)"', svg) if "patient-" not in name[:8]]
    assert inside
    assert set(inside) <= set(list_ids(svg))


def test_two_figures_share_no_id():
    figure = draw()
    first, second = (set(list_ids(write_svg(figure, name=name))) for name in ("one", "two"))
    assert first
    assert not first & second


def test_it_is_the_same_byte_for_byte_when_drawn_again(html):
    figure = draw()
    assert write(figure) == write(figure) == html


def test_it_does_not_depend_on_the_settings_of_the_session(html):
    figure = draw()
    with mpl.rc_context({"svg.fonttype": "path", "svg.hashsalt": "other", "font.size": 20}):
        assert write(figure) == html


def test_text_stays_text(svg):
    texts = ["".join(text.itertext()) for text in ElementTree.fromstring(svg).iter("text")]
    assert "months" in texts
    assert "IL-1 < 5 & “x”" in texts


def test_ink_takes_the_colour_of_the_page(svg):
    assert INK not in svg
    assert "currentColor" in svg
    assert COLOURS[0].lower() in svg.lower()


def test_every_mark_of_a_patient_is_a_labelled_link_that_tabs_pass_over(svg):
    links = re.findall(r"<a [^>]*>", svg)
    assert len(links) == 6  # a line, its marks and a point of two patients
    assert set(links) == {
        '<a tabindex="-1" aria-label="A" href="#patient-A">',
        '<a tabindex="-1" aria-label="site-1-B" href="#patient-site-1-B">',
    }


def test_it_has_a_role_and_its_title_says_in_words_what_is_shown(svg):
    root = ElementTree.fromstring(svg)
    assert root.get("role") == "group"
    title = root[0]
    assert (title.tag, title.text) == ("title", "Two lines <a & b>")
    assert root.get("aria-labelledby") == title.get("id") == "courses-alt"


def test_it_fits_its_place_and_is_never_wider_than_drawn(svg):
    root = ElementTree.fromstring(svg)
    assert root.get("width") is root.get("height") is None
    assert root.get("style", "").startswith("max-width: 288px;")  # 3 inches of 96 px


def test_a_patient_whose_name_could_act_cannot():
    svg = write_svg(draw(['"><script>']))
    assert "<script" not in svg
    assert 'href="#patient----script-"' in svg


def test_ids_do_not_depend_on_the_hashes_that_they_replace():
    drawn = (
        '<svg><g id="{0}"/><use href="#{0}"/><a href="#patient-A"/><g clip-path="url(#{0})"/></svg>'
    )
    hashes = ("p5a6685d962", "p5ffb254490")
    first, second = (figures._make_ids_own(drawn.format(text), "f") for text in hashes)
    assert first == second
    assert first == (
        '<svg><g id="f-1"/><use href="#f-1"/><a href="#patient-A"/><g clip-path="url(#f-1)"/></svg>'
    )


class TestWords:
    """Text from data is drawn as it is written."""

    @staticmethod
    def list_texts(figure):
        root = ElementTree.fromstring(write_svg(figure))
        return ["".join(text.itertext()) for text in root.iter("text")]

    @pytest.mark.parametrize(
        "word",
        [
            "cost $5 then $10",
            r"$\foo{$",
            r"\$5 $x$",
            "_hidden",
            "100 % {0} {x}",
            "%(a)s",
            "שלום العربية",
            "🧬 \U000130b8",
            "<b>&amp;</b>",
        ],
    )
    def test_wherever_it_stands(self, word):
        with house_style():
            figure, (ax,) = new_figure(1, 1, width=5, height=3)
            ax.plot([word, "other"], [1, 2], label=word)
            ax.set(title=word, xlabel=word, ylabel=word)
            ax.text(0, 1, word)
            figure.legend(handles=ax.lines, loc="outside upper left")
        assert self.list_texts(figure).count(word) == 6  # the four above, a tick, the legend

    def test_also_in_a_figure_made_without_the_house_style(self):
        figure = mpl.figure.Figure()
        figure.subplots().set(title="cost $5 then $10", xticks=[0], xticklabels=[r"$\foo{$"])
        assert {"cost $5 then $10", r"$\foo{$"} <= {*self.list_texts(figure)}

    def test_the_numbers_of_a_logarithmic_axis_stay_formulas(self):
        with house_style():
            figure, (ax,) = new_figure(1, 1, width=5, height=3)
            ax.plot(["$a$", "$b$"], [1, 100])
            ax.set_yscale("log")
        texts = self.list_texts(figure)
        assert {"$a$", "$b$"} <= {*texts}
        assert not [text for text in texts if "mathdefault" in text]
        assert "10" in write_svg(figure)
        assert "<tspan" in write_svg(figure), "an exponent stands higher"

    def test_lines_stay_lines_and_equal_words_both_stand(self):
        with house_style():
            figure, (ax,) = new_figure(1, 1, width=5, height=3)
            ax.set(title="one\ntwo", xticks=[0, 1, 2], xticklabels=["same", "same", ""])
        texts = self.list_texts(figure)
        assert texts.count("same") == 2
        assert {"one", "two"} <= {*texts}

    def test_what_no_xml_may_hold_is_seen_to_be_missing(self):
        with house_style():
            figure, (ax,) = new_figure(1, 1, width=5, height=3)
            ax.set_title("a\x01b")
        assert "a\N{REPLACEMENT CHARACTER}b" in self.list_texts(figure)

    def test_a_label_longer_than_the_figure_is_broken_and_whole(self):
        with house_style():
            figure, (ax,) = new_figure(1, 1, width=5, height=3)
            ax.set(title="long " * 100, xticks=[0], xticklabels=["x" * 1000])
        texts = self.list_texts(figure)
        assert " ".join(text for text in texts if "long" in text).split() == ["long"] * 100
        assert "x" * 1000 in texts
