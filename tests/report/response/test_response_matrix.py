"""The matrix of patients by methods, in words, and without measurements."""

from dataclasses import replace

from tests.report.cohorts import read_words
from tests.report.predictor_cohorts import BETTER, SAME

from helpers.answers import response_matrix
from helpers.report.pieces import Figure, Table, Text
from helpers.report.response import response_matrix as report


def find_gaps(matrix):
    [text] = [piece for piece in matrix.list_pieces() if isinstance(piece, Text)]
    return text.paragraphs[0]


def test_the_matrix_is_described_by_the_medians_of_the_groups(separated):
    matrix = response_matrix.matrix(separated.study)
    figure = matrix.find("response_matrix", Figure)
    # Baselines are alike; responders gain 18 points of strength.
    assert "extramuscular, before: 4 in responders, 4 in the others" in figure.alt
    assert "MMT-8, change: 18 in responders, 0 in the others" in figure.alt
    assert "3" in figure.caption
    assert "15 of 15 patients have every one of the 3" in read_words(find_gaps(matrix))
    table = matrix.find("response_matrix", Table).frame
    assert table["patient"].tolist() == BETTER + SAME
    assert table["response"].iloc[0] == "improved"


def test_without_measurements_the_matrix_says_so(separated):
    groups = separated.study.responses.groups
    matrix = response_matrix.Matrix(replace(separated.study, tables={}), groups)
    assert matrix.matrix.empty
    assert report.describe_matrix(matrix.matrix, groups).startswith("nothing was measured")
    assert report.describe_gaps(matrix.matrix, groups).startswith("None of these measurements")
    assert report.head_columns(matrix.matrix) == {}
    members, best = report.list_members(groups), separated.study.responses.best
    assert len(report.tabulate_matrix(matrix.matrix, best, members)) == 15
