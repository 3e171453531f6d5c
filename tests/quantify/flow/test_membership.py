import pytest
from tests.quantify.flow import made_files as make
from tests.quantify.flow.drawn_gates import PLANE, members

from helpers.contracts import StudyDataError
from helpers.quantify.flow.gates import (
    Axis,
    Beyond,
    Boolean,
    Ellipse,
    Gate,
    Polygon,
    Rectangle,
    order_gates,
)
from helpers.quantify.flow.read.fcs import read_fcs


@pytest.fixture
def events(tmp_path):
    rows = [(x, y, 0, 0, 0) for x in range(5) for y in range(5)]
    return read_fcs(make.write_fcs(tmp_path / "grid.fcs", rows))


def test_a_rectangle_holds_its_lower_side_and_not_its_upper(events):
    found = members(events, Rectangle(PLANE, (1, None), (3, 2)))
    assert found.count("g0") == 4  # x of 1 and 2, y of 0 and 1


def test_a_polygon_holds_its_left_and_lower_edges(events):
    square = ((1.0, 1.0), (3.0, 1.0), (3.0, 3.0), (1.0, 3.0))
    assert members(events, Polygon(PLANE, square)).count("g0") == 4


def test_an_ellipse_holds_its_edge(events):
    circle = Ellipse(PLANE, (2, 2), ((1, 0), (0, 1)))
    assert members(events, circle).count("g0") == 5


def test_gates_are_joined_turned_and_drawn_in_each_other(events):
    left, low = Rectangle(PLANE[:1], (None,), (2,)), Rectangle(PLANE[1:], (None,), (2,))
    found = members(
        events,
        Gate("left", "", left),
        Gate("left/low", "left", low),
        Gate("low", "", low),
        Gate("right", "", left, outside=True),
        Gate("both", "", Boolean("and", (("left", False), ("low", False)))),
        Gate("any", "", Boolean("or", (("left", False), ("low", True)))),
        Gate("not", "", Boolean("not", (("left", False),))),
        Gate("left/not low", "left", Boolean("not", (("low", False),))),
    )
    counts = {path: found.count(path) for path in found.inside}
    assert counts == {
        "left": 10,
        "left/low": 4,
        "low": 10,
        "right": 15,
        "both": 4,
        "any": 19,
        "not": 15,
        "left/not low": 6,
    }
    assert found.count("") == found.count("/") == 25


def test_what_is_beyond_is_refused_by_name_with_all_that_stands_on_it(events):
    found = members(
        events,
        Gate("odd", "", Beyond("hyperlog transform of FSC-A")),
        Gate("odd/in", "odd", Rectangle(PLANE[:1], (None,), (2,))),
        Gate("not odd", "", Boolean("not", (("odd", False),))),
        Gate("sound", "", Rectangle(PLANE[:1], (None,), (2,))),
    )
    assert list(found.inside) == ["sound"]
    assert "in odd, which it stands on" in found.refused["not odd"]
    with pytest.raises(StudyDataError, match=r"gate odd/in with hyperlog transform of FSC-A"):
        found.count("odd/in")


def test_only_the_gates_asked_for_are_computed_and_those_below_them(events):
    inner = Rectangle(PLANE[:1], (None,), (2,))
    gates = Gate("a", "", inner), Gate("a/b", "a", inner), Gate("c", "", inner)
    assert list(members(events, *gates, only=["a/b"]).inside) == ["a", "a/b"]


def test_the_nearest_channel_and_the_nearest_gate_are_named(events):
    with pytest.raises(StudyDataError, match="did you mean FITC-A"):
        members(events, Rectangle((Axis("FITC-H"),), (None,), (2,)))
    with pytest.raises(StudyDataError, match="CD3 is the marker of FITC-A"):
        members(events, Rectangle((Axis("CD3"),), (None,), (2,)))
    with pytest.raises(StudyDataError, match="did you mean left"):
        members(events, Gate("left", "", Rectangle(PLANE[:1], (None,), (2,)))).count("lfet")


def test_circles_doubles_and_gates_on_nothing_are_refused():
    shape = Rectangle(PLANE[:1], (None,), (2,))
    for gates, words in (
        ([Gate("a", "b", shape), Gate("b", "a", shape)], "stands on itself"),
        ([Gate("a", "a", shape)], "stands on itself"),
        ([Gate("a", "", shape), Gate("a", "", shape)], "two gates named a"),
        ([Gate("a", "c", shape)], "on a gate c that is not there"),
    ):
        with pytest.raises(StudyDataError, match=words):
            order_gates(gates, file="gates")


def test_chains_of_gates_of_any_length_are_ordered():
    shape = Rectangle(PLANE[:1], (None,), (2,))
    chain = [Gate(f"g{n}", f"g{n + 1}" if n < 4999 else "", shape) for n in range(5000)]
    assert next(iter(order_gates(chain, file="gates"))) == "g4999"
