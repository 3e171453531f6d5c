"""Figures on a page that holds many: own ids, no address, text as text, the same every time."""

import re
import xml.etree.ElementTree as ElementTree

import matplotlib as mpl
import pytest

from helpers.plots.patients import patient_url
from helpers.plots.style import COLOURS, INK, house_style, new_figure
from helpers.report import figures
from helpers.report.figures import write_figure


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


@pytest.fixture(scope="module")
def svg(html):
    return re.search(r"<svg.*</svg>", html, re.S)[0]


def list_ids(svg):
    return re.findall(r'\sid="([^"]+)"', svg)


def test_the_figure_is_followed_by_its_caption(html):
    assert html.startswith('<figure class="figure" id="figure-courses"><svg ')
    assert html.endswith("</svg><figcaption>Courses, <b>n = 2</b>.</figcaption></figure>")


def test_the_svg_is_well_formed(svg):
    assert ElementTree.fromstring(svg).tag == "svg"


def test_it_names_no_address_not_even_a_namespace(html):
    assert not re.search(r"xmlns|xlink|https?:|//www|<metadata|<!--|<\?xml|<!DOCTYPE", html)


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
    first, second = (set(list_ids(write(figure, name=name))) for name in ("one", "two"))
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
        '<a class="patient" tabindex="-1" aria-label="Patient A" href="#patient-A">',
        '<a class="patient" tabindex="-1" aria-label="Patient site-1-B" href="#patient-site-1-B">',
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
    html = write(draw(['"><script>']))
    assert "<script" not in html
    assert 'href="#patient----script-"' in html


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
