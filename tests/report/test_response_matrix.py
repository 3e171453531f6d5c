"""The matrix of patients by methods, in words, and without measurements."""

from tests.report.cohorts import read_words
from tests.report.predictor_runs import BETTER, SAME

from helpers.derive.biomarkers import derive_response_matrix
from helpers.report import response_matrix as report


def test_the_matrix_is_described_by_the_medians_of_the_groups(separated):
    matrix = derive_response_matrix(separated.tables, separated.groups.index)
    words = report.describe_matrix(matrix, separated.groups)
    # Baselines are alike; responders gain 18 points of strength.
    assert "extramuscular, before: 4 in responders, 4 in the others" in words
    assert "MMT-8, change: 18 in responders, 0 in the others" in words
    assert "15 of 15 patients have every one of the 3" in read_words(
        report.describe_gaps(matrix, separated.groups)
    )
    members = report.list_members(separated.groups)
    table = report.tabulate_matrix(matrix, separated.best, members)
    assert table["patient"].tolist() == BETTER + SAME
    assert table["response"].iloc[0] == "improved"
    assert "3" in report.caption_matrix(matrix, separated.groups)


def test_without_measurements_the_matrix_says_so(separated):
    empty = derive_response_matrix({}, separated.groups.index)
    assert report.describe_matrix(empty, separated.groups).startswith("nothing was measured")
    assert report.describe_gaps(empty, separated.groups).startswith("None of these measurements")
    assert report.head_columns(empty) == {}
    members = report.list_members(separated.groups)
    assert len(report.tabulate_matrix(empty, separated.best, members)) == 15
