"""The look of every figure: the same group, mark and place everywhere."""

import matplotlib as mpl
import pytest

from helpers.plots.style import (
    COLOURS,
    INK,
    LINES,
    MARKS,
    WIDTH,
    colour_groups,
    house_style,
    mark_groups,
    new_figure,
)


def read_luminance(colour):
    """Relative luminance of WCAG 2.1."""
    channels = [
        c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4
        for c in mpl.colors.to_rgb(colour)
    ]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), channels, strict=True))


def test_groups_are_told_apart_by_colour_mark_and_line():
    assert len(set(COLOURS)) == len(set(MARKS)) == len(set(LINES)) == 4
    assert colour_groups(["a", "b", "c", "d"]) == dict(zip("abcd", COLOURS, strict=True))
    assert mark_groups(["a", "b"]) == {"a": "o", "b": "s"}


def test_more_groups_than_colours_begin_again():
    assert colour_groups("abcde")["e"] == COLOURS[0]
    assert mark_groups("abcde")["e"] == MARKS[0]


def test_no_groups_need_no_colour():
    assert colour_groups([]) == mark_groups([]) == {}


@pytest.mark.parametrize("colour", COLOURS[:3])
def test_the_first_colours_stand_out_from_a_white_page(colour):
    # WCAG 2.1, 1.4.11: 3 to 1 for graphics
    assert 1.05 / (read_luminance(colour) + 0.05) >= 3


def test_settings_hold_inside_the_house_style_only():
    names = ("text.color", "axes.edgecolor", "svg.fonttype", "legend.frameon", "font.size")
    before = {name: mpl.rcParams[name] for name in names}
    with house_style():
        assert mpl.rcParams["svg.fonttype"] == "none"
        assert mpl.rcParams["text.color"] == mpl.rcParams["axes.edgecolor"] == INK
        assert mpl.rcParams["legend.frameon"] is False
    assert {name: mpl.rcParams[name] for name in names} == before


def test_no_text_is_smaller_than_seven_and_a_half_points():
    with house_style():
        sizes = [
            mpl.rcParams[f"{name}size"]
            for name in ("font.", "axes.title", "axes.label", "legend.font")
        ]
    assert min(sizes) >= 7.5


def test_axes_come_in_reading_order():
    figure, axes = new_figure(2, 3, height=4)
    assert [ax.get_subplotspec().num1 for ax in axes] == [0, 1, 2, 3, 4, 5]
    assert tuple(figure.get_size_inches()) == (WIDTH, 4)


def test_columns_may_differ_in_width():
    _, (wide, narrow) = new_figure(1, 2, height=2, width_ratios=[3, 1])
    assert wide.get_gridspec().get_width_ratios() == [3, 1]
    assert wide.get_position().width > 2 * narrow.get_position().width
