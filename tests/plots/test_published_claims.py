"""The figure of claims: a tile for each, told apart by its sign."""

import pandas as pd
import pytest
from matplotlib.patches import Rectangle

from helpers.claims.verdicts import VERDICTS
from helpers.plots.published_claims import VERDICT_TILES, plot_claims

TOPICS = {"design": "Design", "serum": "Serum", "other": "Other"}


def make_claims(*rows):
    return pd.DataFrame(rows, columns=["claim_id", "topic", "verdict"], dtype="str")


CLAIMS = make_claims(
    ("D1", "design", "reproduced"),
    ("S1", "serum", "external"),
    ("D2", "design", "not reproduced"),
    ("D3", "design", "reproduced"),
)


def draw(claims=CLAIMS):
    return plot_claims(claims, topics=TOPICS)


def test_each_claim_is_a_tile_in_its_topics_row():
    [ax] = draw().axes
    tiles = [patch for patch in ax.patches if isinstance(patch, Rectangle)]
    places = [(int(tile.get_x()), round(tile.get_y() + 0.4)) for tile in tiles]
    assert places == [(0, 0), (1, 0), (2, 0), (0, 1)]
    assert [text.get_text() for text in ax.texts] == ["✓", "✗", "✓", "○"]


def test_only_topics_with_claims_have_a_row():
    [ax] = draw().axes
    assert [label.get_text() for label in ax.get_yticklabels()] == ["Design", "Serum"]


def test_the_legend_names_the_verdicts_that_occur():
    [legend] = draw().legends
    assert [text.get_text() for text in legend.get_texts()] == [
        "✓ reproduced",
        "✗ not reproduced",
        "○ external",
    ]


def test_every_verdict_has_a_sign_of_its_own():
    assert list(VERDICT_TILES) == list(VERDICTS)
    assert len({sign for _, sign in VERDICT_TILES.values()}) == len(VERDICTS)


@pytest.mark.parametrize("verdict", VERDICT_TILES)
def test_every_verdict_can_be_drawn(verdict):
    [ax] = draw(make_claims(("D1", "design", verdict))).axes
    [tile], [sign] = ax.patches, ax.texts
    assert sign.get_text() == VERDICT_TILES[verdict][1]
    assert tile.get_facecolor()[3] == (0 if VERDICT_TILES[verdict][0] == "none" else 1)


@pytest.mark.parametrize("n", [1, 40])
def test_it_is_never_wider_than_the_page(n):
    many = make_claims(*[(f"D{i}", "design", "reproduced") for i in range(n)])
    assert draw(many).get_size_inches()[0] <= 9.6


def test_without_a_claim_there_is_no_figure():
    assert draw(CLAIMS.iloc[:0]) is None
