"""Marks of patients: where they lie, and the link that each carries."""

from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure

from helpers.plots.patients import (
    jitter_patients,
    join_patients,
    link_labels,
    mark_patients,
    patient_url,
)


def test_a_patient_always_lies_at_the_same_place():
    # The first four bytes of sha256("A"), typed: 0x559aead0 of 2**32, minus one half.
    assert jitter_patients(["A"], width=1.0) == [0x559AEAD0 / 2**32 - 0.5]
    assert jitter_patients(["B", "A"], width=1.0)[1] == jitter_patients(["A"], width=1.0)[0]


@settings(deadline=None, max_examples=50)
@given(st.lists(st.text()), st.floats(0, 10))
def test_jitter_stays_within_its_width(patients, width):
    shifts = jitter_patients(patients, width=width)
    assert len(shifts) == len(patients)
    assert all(-width / 2 <= shift <= width / 2 for shift in shifts)


def test_a_link_of_a_patient_is_the_anchor_of_the_page():
    assert patient_url("site 1/A") == "#patient-site-1-A"


def test_points_and_lines_carry_their_patients_in_order():
    ax = Figure().add_subplot()
    points = mark_patients(ax, ["B", "A"], [0, 1], [5.0, 6.0], color="k")
    lines = join_patients(ax, ["B", "A"], (0, 1), [(5.0, 7.0), (6.0, 4.0)], color="k")
    assert points.get_urls() == lines.get_urls() == ["#patient-B", "#patient-A"]
    assert points.get_offsets().tolist() == [[0, 5], [1, 6]]
    assert [line.tolist() for line in lines.get_segments()] == [[[0, 5], [1, 7]], [[0, 6], [1, 4]]]


def test_lines_alone_widen_the_axes():
    ax = Figure().add_subplot()
    join_patients(ax, ["A"], (2, 3), [(10.0, 20.0)])
    low, high = ax.get_ylim()
    assert low < 10
    assert high > 20


def test_nobody_is_drawn_as_nothing():
    ax = Figure().add_subplot()
    assert not len(mark_patients(ax, [], [], []).get_offsets())
    assert join_patients(ax, [], (0, 1), []).get_segments() == []


def test_labels_link_to_their_patients_and_may_be_hidden():
    ax = Figure().add_subplot()
    ax.set_yticks([0, 1], ["A", "B"])
    link_labels(ax.get_yticklabels(), ["A", "B"])
    assert [label.get_url() for label in ax.get_yticklabels()] == ["#patient-A", "#patient-B"]
    link_labels([], ["A"])
