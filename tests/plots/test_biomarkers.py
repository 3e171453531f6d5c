import pandas as pd

from helpers.plots import biomarkers as plots
from helpers.report.figures import draw_svg

NA = float("nan")


def make_matrix(rows, *, when="before", domain="Clinical", position=0):
    about = {"position": position, "label": "ck", "domain": domain, "when": when}
    frame = pd.DataFrame(rows, columns=["patient_id", "value"]).assign(**about)
    return frame.assign(rank=frame["value"].rank(pct=True))


def draw_matrix(matrix):
    return plots.plot_response_matrix(
        matrix,
        {"A": "improved", "B": "worsened"},
        {"Responders (n = 1)": ["A"], "Non-responders (n = 1)": ["B"]},
        headings={0: "ck, before", 1: "ck, change"},
    )


def list_words(figure):
    return [text.get_text() for ax in figure.axes for text in ax.texts]


def test_the_matrix_shows_values_gaps_groups_and_responses():
    words = list_words(draw_matrix(make_matrix([("A", 1234.5), ("B", NA)])))
    assert {"1234", "·", "Responders (n = 1)", "Non-responders (n = 1)", "A", "B"} <= set(words)
    assert {"●", "▼", "resp."} <= set(words)


def test_a_change_carries_its_sign_and_a_baseline_does_not():
    changed = make_matrix([("A", 5.0), ("B", -0.25)], when="change", position=1)
    assert {"+5", "−0.25"} <= set(list_words(draw_matrix(changed)))
    assert "+5" not in list_words(draw_matrix(make_matrix([("A", 5.0), ("B", 2.0)])))


def test_every_domain_is_a_block_with_its_headings():
    both = pd.concat(
        [
            make_matrix([("A", 1.0), ("B", 2.0)]),
            make_matrix([("A", 1.0), ("B", 2.0)], domain="Serum", position=1),
        ]
    )
    figure = draw_matrix(both)
    assert [ax.get_title(loc="left") for ax in figure.axes] == ["Clinical", "Serum"]
    labels = [[t.get_text() for t in ax.get_xticklabels()] for ax in figure.axes]
    assert labels == [["ck\nbefore"], ["ck\nchange"]]


def test_a_long_heading_is_broken_between_words_and_level():
    matrix = make_matrix([("A", 1.0), ("B", 2.0)])
    figure = plots.plot_response_matrix(
        matrix, {}, {"All": ["A", "B"]}, headings={0: "extramuscular activity, before"}
    )
    [label] = figure.axes[0].get_xticklabels()
    assert label.get_text() == "extramuscular\nactivity\nbefore"
    assert label.get_rotation() == 0


def test_patients_of_the_matrix_are_links():
    figure = draw_matrix(make_matrix([("A", 1.0), ("B", 2.0)]))
    html = draw_svg(figure, name="matrix", alt="a")
    assert html.count('href="#patient-A"') == 2


def test_no_column_is_no_figure():
    assert draw_matrix(make_matrix([]).iloc[:0]) is None


def make_comparison(**changes):
    row = {
        "candidate": "ck",
        "label": "creatine kinase",
        "domain": "Clinical",
        "auc": 0.8,
        "auc_low": 0.5,
        "auc_high": 0.95,
        "p_text": "0.041",
    }
    return pd.DataFrame([row | changes])


def test_a_candidate_shows_its_name_and_its_p_on_its_line():
    figure = plots.plot_candidates(make_comparison())
    assert {"0.041", "p"} <= set(list_words(figure))
    [ax] = figure.axes
    named = dict(zip([t.get_text() for t in ax.get_yticklabels()], ax.get_yticks(), strict=True))
    assert named == {"creatine kinase": 0.0, "Clinical": -1.0}
    assert list(ax.lines[1].get_ydata()) == [0.0, 0.0]


def test_a_candidate_that_could_not_be_compared_is_not_drawn():
    table = pd.concat([make_comparison(), make_comparison(candidate="x", label="x", auc=NA)])
    figure = plots.plot_candidates(table)
    assert "x" not in [text.get_text() for text in figure.axes[0].get_yticklabels()]


def test_nothing_to_compare_is_no_figure():
    assert plots.plot_candidates(make_comparison(auc=NA)) is None
