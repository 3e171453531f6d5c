"""What was counted in a photograph, drawn."""

import numpy as np
import pytest

from helpers.plots.ihc_fields import COLOURS, plot_field

THRESHOLDS, PERCENTS = (0.15, 0.225, 0.30), (40.0, 30.0, 20.0)


def draw(height=4, width=5):
    classes = np.arange(height * width, dtype=np.uint8).reshape(height, width) % 5
    pixels = np.zeros((height, width, 3), np.uint8)
    return plot_field(pixels, classes, thresholds=THRESHOLDS, percents=PERCENTS)


def test_every_point_has_the_colour_of_its_class_in_the_legend():
    figure = draw()
    photograph, counted = (ax.images[0].get_array() for ax in figure.axes)
    assert photograph.shape == counted.shape == (4, 5, 3)
    row = ["#{:02X}{:02X}{:02X}".format(*point) for point in counted[0]]
    assert tuple(row) == COLOURS


def test_each_threshold_is_told_with_its_percentage():
    labels = [text.get_text() for text in draw().legends[0].get_texts()]
    assert labels[:2] == ["no tissue", "tissue, unstained"]
    assert labels[3] == "stained above 0.225 (used), with what is darker: 30.0 % of the tissue"


@pytest.mark.parametrize(("width", "drawn"), [(480, 480), (481, 241)])
def test_large_pictures_are_thinned(width, drawn):
    assert draw(height=2, width=width).axes[1].images[0].get_array().shape[1] == drawn


def test_pictures_of_two_sizes_are_refused():
    with pytest.raises(ValueError, match=r"a class for every point .* got \(2, 2\) and \(2, 3\)"):
        plot_field(
            np.zeros((2, 2, 3), np.uint8),
            np.zeros((2, 3), np.uint8),
            thresholds=THRESHOLDS,
            percents=PERCENTS,
        )
