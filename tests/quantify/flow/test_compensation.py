import numpy as np
import pytest
from tests.quantify.flow import made_files as make
from tests.quantify.flow.drawn_gates import members

from helpers.contracts import StudyDataError
from helpers.quantify.flow.compensation import make_matrix, read_matrix, read_spillover
from helpers.quantify.flow.gates import Axis, Rectangle
from helpers.quantify.flow.read.fcs import read_fcs


def test_compensation_undoes_the_spill():
    matrix = make_matrix("m", ["A", "B"], [[1, 0.2], [0.05, 1]], file="m.csv")
    signals = np.array([[100.0, 0.0], [0.0, 50.0], [10.0, 20.0]])
    assert matrix.compensate(signals @ matrix.spill) == pytest.approx(signals)


def test_compensated_and_raw_axes_are_told_apart(tmp_path):
    true = np.array([[1, 1, 1000, 0, 0], [1, 1, 0, 1000, 0]], dtype=float)
    seen = true.copy()
    seen[:, 2:4] = true[:, 2:4] @ np.array([[1, 0.1], [0.02, 1]])
    events = read_fcs(make.write_fcs(tmp_path / "a.fcs", seen))
    raw, own = (
        Rectangle((Axis("PE_Cy7-A", source),), (50,), (None,))
        for source in ("uncompensated", "FCS")
    )
    found = members(events, raw, own)
    assert [found.count(path) for path in ("g0", "g1")] == [2, 1]
    assert members(events, own, compensation="none").count("g0") == 2
    assert members(events, own, compensation="fcs").count("g0") == 1
    two = make_matrix("two", ["FITC-A"], [[2.0]], file="m.csv")
    assert members(events, own, compensation=two).count("g0") == 2  # PE is not in it


def test_a_file_without_a_matrix_cannot_give_one(tmp_path):
    events = read_fcs(make.write_fcs(tmp_path / "a.fcs", spill="2,FITC-A,1,0,0,1"))
    assert "cannot be read" in events.notes[0]
    axis = Axis("FITC-A", "FCS")
    with pytest.raises(StudyDataError, match=r"own matrix \(SPILL\) cannot be read"):
        members(events, Rectangle((axis,), (50,), (None,)), compensation="fcs")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("A,B\n1,0\n", "1 rows for 2 detectors"),
        ("A,B\n1,0\n1,0\n", "cannot be inverted"),
        ("A,A\n1,0\n0,1\n", "a detector twice"),
        ("A,B\n1,x\n0,1\n", "could not convert"),
        (",A,B\nB,1,0\nA,0,1\n", "another order"),
        ("", "an empty file"),
        ("A,B\n1,0\n0,inf\n", "cannot be inverted"),
    ],
)
def test_a_matrix_that_is_none_is_refused(tmp_path, text, words):
    (tmp_path / "m.csv").write_text(text)
    with pytest.raises(StudyDataError, match=words):
        read_matrix(tmp_path / "m.csv")


def test_a_matrix_is_read_with_and_without_names(tmp_path):
    for text in ("# A,B\n1,0.5\n0,1\n", ",A,B\nA,1,0.5\nB,0,1\n"):
        (tmp_path / "m.csv").write_text(text)
        matrix = read_matrix(tmp_path / "m.csv")
        assert matrix.detectors == ("A", "B")
        assert matrix.spill.tolist() == [[1, 0.5], [0, 1]]


def test_a_files_own_matrix_that_is_none_is_a_note():
    for words, why in (
        ("x", "cannot be read"),
        ("2,A,B,1,0,0", "cannot be read"),
        ("2,A,B,1,1,1,1", "cannot be used"),
    ):
        matrix, note = read_spillover({"SPILL": words})
        assert matrix is None
        assert why in note
    assert read_spillover({}) == (None, "")
