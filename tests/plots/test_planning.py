import pandas as pd

from helpers.plots.planning import plot_power

CURVE = pd.DataFrame(
    {
        "scenario": ["seen"] * 3 + ["low"] * 3,
        "n_per_arm": [10, 20, 30] * 2,
        "power": [0.3, 0.7, 0.9, 0.1, 0.2, 0.3],
    }
)
PLAYED = pd.DataFrame({"n_per_arm": [20], "power": [0.69], "error": [0.01]})


def draw(played=PLAYED, sizes=(("seen", 30, 0.9),)):
    return plot_power(
        CURVE,
        played,
        labels={"seen": "47 % respond", "low": "21 % respond"},
        sizes=list(sizes),
        targets=[0.8, 0.9],
    )


def test_every_scenario_is_a_line_in_the_legend():
    figure = draw()
    words = [text.get_text() for text in figure.legends[0].get_texts()]
    assert words[:2] == ["47 % respond", "21 % respond"]
    assert "simulated" in words[2]


def test_the_sizes_found_are_named():
    assert [text.get_text() for text in draw().axes[0].texts] == ["30"]


def test_without_simulation_and_sizes_the_lines_remain():
    figure = draw(played=PLAYED.iloc[:0], sizes=())
    assert len(figure.legends[0].get_texts()) == 2
    assert not figure.axes[0].texts


def test_power_runs_from_0_to_100_per_cent():
    ax = draw().axes[0]
    assert ax.get_ylim()[0] == 0
    assert ax.get_ylim()[1] >= 100
