import math

import numpy as np
import pytest
from pydantic import ValidationError
from statsmodels.stats.proportion import confint_proportions_2indep
from tests.quantify import flow_files as make

from helpers.contracts import StudyDataError
from helpers.quantify.flow import FlowSettings, Pair, Population, measure, measure_changes
from helpers.quantify.flow.compensation import make_matrix, read_matrix, read_spillover
from helpers.quantify.flow.counting import compare_tubes, count_tubes
from helpers.quantify.flow.drawing import make_page
from helpers.quantify.flow.gates import (
    Axis,
    Beyond,
    Boolean,
    Ellipse,
    Gate,
    GateTree,
    Polygon,
    Rectangle,
    order_gates,
)
from helpers.quantify.flow.membership import find_members
from helpers.quantify.flow.percents import Share, find_change, find_net, find_percent
from helpers.quantify.flow.read.fcs import read_fcs
from helpers.quantify.flow.scales import check_scale
from helpers.quantify.flow.transforms import (
    Asinh,
    Biex,
    Bounded,
    FlowJoLog,
    Linear,
    Log,
    Logicle,
    make_biex_table,
)
from helpers.quantify.flow.vendor import CountPair, tabulate_counts
from helpers.quantify.measurement import to_frame

CD3 = Population(name="CD3+", gate="Cells/CD3+", condition="none")
CD4 = Population(name="CD4+", gate="Cells/CD3+/CD4+", condition="none")


def settings(*populations, **more):
    given = {"gates": "a.wsp", "populations": populations or (CD3, CD4), "least_parent_events": 100}
    return FlowSettings(**(given | more))


def write_tubes(folder, *rows, header="file,patient_id,month,condition"):
    (folder / "tubes.csv").write_text("\n".join([header, *rows]) + "\n")


@pytest.fixture
def raw(tmp_path):
    """A folder with one tube of three thousand events and its workspace."""
    make.write_fcs(tmp_path / "one.fcs")
    write_tubes(tmp_path, "one.fcs,P01,0,none")
    one = make.sample("one.fcs", [make.make_t_cells()], make.SCALES, make.MATRIX, count=3000)
    (tmp_path / "a.wsp").write_text(make.workspace(one))
    return tmp_path


def found(error):
    return [(fault.place, fault.found, fault.mend) for fault in error.value.faults]


# ---------------------------------------------------------------------------------- percents


def test_no_event_of_twenty_thousand_is_below_0_018_percent():
    # 1 - 0.025^(1/20000), Clopper and Pearson's limit for no event
    one = find_percent(Share(0, 20000))
    assert (one.value, one.lower) == (0, 0)
    assert one.upper == pytest.approx(100 * (1 - 0.025 ** (1 / 20000)))
    assert "counting error only" in one.method


def test_a_percent_has_the_exact_interval():
    # R 4.2: binom.test(15, 1000)$conf.int
    one = find_percent(Share(15, 1000))
    assert [one.lower, one.upper] == pytest.approx([0.8421, 2.4617], abs=2e-3)
    assert one.se == pytest.approx(100 * math.sqrt(0.015 * 0.985 / 1000))
    assert find_percent(Share(1000, 1000)).upper == 100


@pytest.mark.parametrize(
    ("a", "b", "low", "high"),
    [  # Newcombe, Statistics in Medicine 1998; 17:873-890, table II, method 10
        ((56, 70), (48, 80), 5.24, 33.39),
        ((9, 10), (3, 10), 17.05, 80.90),
        ((5, 56), (0, 29), -3.81, 19.26),
        ((0, 10), (0, 20), -16.11, 27.75),
        ((10, 10), (0, 10), 60.75, 100.00),
    ],
)
def test_a_difference_has_newcombes_interval(a, b, low, high):
    net = find_net(Share(*a), Share(*b))
    assert net.lower == pytest.approx(low, abs=0.006)
    assert net.upper == pytest.approx(high, abs=0.006)
    theirs = confint_proportions_2indep(*a, *b, method="newcomb", compare="diff")
    assert (net.lower, net.upper) == pytest.approx([100 * one for one in theirs])


def test_a_change_of_two_nets_adds_four_wilson_distances_in_squares():
    # By hand from Wilson's limits in per cent (R 4.2, prop.test without correction)
    change = find_change((Share(10, 100), Share(5, 100)), (Share(30, 100), Share(6, 100)))
    # 30: 21.895 to 39.585; 6: 2.779 to 12.477; 10: 5.523 to 17.437; 5: 2.154 to 11.175
    below = math.sqrt(8.105**2 + 6.477**2 + 7.437**2 + 2.846**2)
    above = math.sqrt(9.585**2 + 3.221**2 + 4.477**2 + 6.175**2)
    assert change.value == pytest.approx(19)
    assert change.lower == pytest.approx(19 - below, abs=0.01)
    assert change.upper == pytest.approx(19 + above, abs=0.01)
    assert "MOVER" in change.method


def test_a_change_of_one_tube_each_is_newcombes():
    change, net = (one(Share(9, 10), Share(3, 10)) for one in (find_change, find_net))
    assert (change.lower, change.upper) == pytest.approx((-net.upper, -net.lower))


def test_a_change_needs_two_visits_of_one_kind():
    with pytest.raises(ValueError, match="both visits with a pair of tubes or both without"):
        find_change(Share(1, 2), (Share(1, 2), Share(1, 2)))


@pytest.mark.parametrize(
    ("count", "flags"),
    [
        (0, ("count only",)),
        (9, ("count only",)),
        (10, ("imprecise",)),
        (24, ("imprecise",)),
        (25, ()),
    ],
)
def test_few_events_carry_a_flag(count, flags):
    assert find_percent(Share(count, 10_000)).flags == flags


def test_a_net_at_zero_is_not_above_background():
    assert "not above background" in find_net(Share(40, 10_000), Share(30, 10_000)).flags
    assert find_net(Share(100, 10_000), Share(30, 10_000)).flags == ()


def test_without_parent_events_a_percent_is_missing_and_says_so():
    for one in (
        find_percent(Share(0, 0)),
        find_net(Share(1, 9), Share(0, 0)),
        find_change(Share(0, 0), Share(1, 9)),
    ):
        assert (one.value, one.lower, one.flags) == (None, None, ("no parent events",))


def test_a_count_lies_within_its_parent():
    with pytest.raises(ValueError, match="from 0 to its parent's 5, got 6"):
        Share(6, 5)


# ------------------------------------------------------------------------------------ scales


def test_scales_give_the_places_of_the_standards_formulas():
    x = np.array([-10.0, 0.0, 100.0, 10_000.0])
    assert Linear(10_000, 500).apply(x) == pytest.approx((x + 500) / 10_500)
    assert Log(10_000, 5).apply(x[2:]).tolist() == pytest.approx([0.6, 1.0])
    assert np.isneginf(Log(10_000, 5).apply(x[:2])).all()
    assert FlowJoLog(1, 4).apply(x).tolist() == pytest.approx([0, 0, 0.5, 1])
    asinh = Asinh(1000, 4, 1).apply(np.array([0.0, 1000.0]))
    assert asinh.tolist() == pytest.approx([0.2, 1.0])
    # Moore and Parks 2012: T is at 1, 0 at (W + A) / (M + A)
    logicle = Logicle(10_000, 1, 4, 0.5).apply(np.array([0.0, 10_000.0]))
    assert logicle.tolist() == pytest.approx([1.5 / 4.5, 1])
    assert Bounded(Linear(10), 0.2, 0.8).apply(np.array([0.0, 5, 10])).tolist() == [0.2, 0.5, 0.8]


def test_the_biex_table_is_its_own_mirror_and_piles_up_at_its_ends():
    # Values of cytolib's table as FlowKit 1.3.2 gives them for the same numbers
    one = Biex(262144, 4.418539922, 0, -100)
    table = make_biex_table(one)
    assert len(table) == 4097
    assert (np.diff(table) > 0).all()
    zero = int(np.flatnonzero(table == 0)[0])
    assert table[:zero] == pytest.approx(-table[2 * zero : zero : -1])
    assert one.apply(np.array([-1e9, 1e9])).tolist() == [0, 1]


@pytest.mark.parametrize(
    "wrong",
    [
        Linear(0, 0),
        Log(0, 4),
        Log(100, 0),
        FlowJoLog(0, 4),
        Asinh(100, 0, 1),
        Logicle(100, 3, 4, 0),
        Logicle(100, 0.5, 4, -1),
        Biex(100, 4, 0, 10),
        Biex(100, 1, 0, -1e9),
        Bounded(Linear(10), 1, 0),
        Bounded(Linear(0), 0, 1),
    ],
)
def test_numbers_that_make_no_scale_are_refused(wrong):
    with pytest.raises(StudyDataError, match="scale of X"):
        check_scale(wrong, file="a.wsp", place="scale of X")


# -------------------------------------------------------------------------------- membership


@pytest.fixture
def events(tmp_path):
    rows = [(x, y, 0, 0, 0) for x in range(5) for y in range(5)]
    return read_fcs(make.write_fcs(tmp_path / "grid.fcs", rows))


def members(events, *shapes, **options):
    gates = [
        Gate(f"g{number}", "", shape) if not isinstance(shape, Gate) else shape
        for number, shape in enumerate(shapes)
    ]
    return find_members(events, GateTree("gates", order_gates(gates, file="gates")), **options)


PLANE = (Axis("FSC-A"), Axis("SSC-A"))


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


# ------------------------------------------------------------------------------ compensation


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


# -------------------------------------------------------------------------------- measuring


def count_by_hand():
    """Count the gates of `make_t_cells` from the events themselves."""
    rows = make.make_events().astype(float)
    dyes = np.linalg.solve(np.array([[1, 0.1], [0.02, 1]]).T, rows[:, 2:4].T).T
    x, y = rows[:, 0], rows[:, 1]
    # the polygon's upper side falls from (30000, 160000) to (200000, 200000)
    roof = 160_000 + (x - 30_000) * 40_000 / 170_000
    cells = (x >= 30_000) & (x <= 200_000) & (y >= 20_000) & (y <= roof)
    cd3 = cells & (dyes[:, 0] >= 1500)
    return int(cells.sum()), int(cd3.sum()), int((cd3 & (dyes[:, 1] >= 1500)).sum())


def test_populations_are_counted_as_by_hand(raw):
    cells, cd3, cd4 = count_by_hand()
    first, second = measure(raw, settings())
    assert (first.patient_id, first.month, first.what) == ("P01", 0, "CD3+")
    assert (first.unit, first.n) == ("% of Cells", cells)
    assert first.value == pytest.approx(100 * cd3 / cells)
    assert second.value == pytest.approx(100 * cd4 / cd3)
    assert (second.flag, second.qc, second.source_file) == ("", "", "one.fcs")
    assert len(second.sha256) == 64
    assert list(to_frame([first, second])["what"]) == ["CD3+", "CD4+"]


@pytest.mark.parametrize(("parent", "unit"), [("Cells", "% of Cells"), ("", "% of all events")])
def test_the_denominator_is_a_gate_around_it(raw, parent, unit):
    cells, _, cd4 = count_by_hand()
    one = Population(name="CD4+", gate="Cells/CD3+/CD4+", parent=parent, condition="none")
    (result,) = measure(raw, settings(one))
    assert result.unit == unit
    assert result.value == pytest.approx(100 * cd4 / (cells if parent else 3000))


def test_a_denominator_that_does_not_hold_the_population_is_refused(raw):
    one = Population(name="Cells", gate="Cells", parent="Cells/CD3+", condition="none")
    with pytest.raises(StudyDataError, match="Cells is not drawn in Cells/CD3\\+"):
        measure(raw, settings(one))


def test_few_parent_events_carry_a_flag(raw):
    cells = count_by_hand()[0]
    assert measure(raw, settings(CD3, least_parent_events=cells))[0].flag == ""
    (flagged,) = measure(raw, settings(CD3, least_parent_events=cells + 1))
    assert flagged.flag == f"{cells} events in the parent, fewer than {cells + 1}"


def write_workspace(folder, *samples):
    (folder / "a.wsp").write_text(make.workspace(*samples))


@pytest.mark.parametrize(("shift", "qc"), [(0, ""), (2, ""), (3, "one.fcs: FlowJo {0}, ours {1}")])
def test_flowjos_count_stands_beside_ours(raw, shift, qc):
    cells, cd3, _ = count_by_hand()
    # The tolerance is 2 events, or 0.2 % of the parent: 1000 events are 2 exactly.
    gates = [make.make_t_cells(cells=1000, cd3=cd3 + shift)]
    write_workspace(raw, make.sample("one.fcs", gates, make.SCALES, make.MATRIX, count=3000))
    (result,) = measure(raw, settings(CD3))
    assert result.qc == qc.format(cd3 + shift, cd3)
    pairs = {pair.gate: pair for pair in compare_tubes(raw, settings())["one.fcs"]}
    assert pairs["Cells/CD3+"].words == f"FlowJo {cd3 + shift}, ours {cd3}"
    assert pairs["Cells"].is_beyond == (abs(cells - 1000) > 6)
    assert pairs["Cells/CD3+/CD4+"].words.startswith("FlowJo not counted")


def test_both_counts_of_all_tubes_make_a_table():
    pairs = [CountPair("g", 102, 100, 900), CountPair("h", None, 7, 900, "a ratio")]
    table = tabulate_counts({"a.fcs": pairs, "b.fcs": [CountPair("g", 4, None, 900)]})
    assert list(table["difference"].astype("float").fillna(-9)) == [2, -9, -9]
    assert list(table["refused"]) == ["", "a ratio", ""]
    assert tabulate_counts({}).empty


def test_the_tolerance_is_two_events_or_a_part_of_the_gate_around():
    assert not CountPair("g", ours=102, vendor=100, around=900).is_beyond
    assert CountPair("g", ours=103, vendor=100, around=900).is_beyond
    assert not CountPair("g", ours=120, vendor=100, around=10_000).is_beyond
    assert CountPair("g", ours=121, vendor=100, around=10_000).is_beyond
    assert not CountPair("g", ours=None, vendor=100, around=900, refused="a ratio").is_beyond
    assert "refused (a ratio)" in CountPair("g", None, 100, 900, "a ratio").words


def test_the_programs_own_counts_can_be_taken_and_minus_one_is_missing(raw):
    (raw / "one.fcs").unlink()
    gates = [make.make_t_cells(cells=1000, cd3=400)]
    write_workspace(raw, make.sample("one.fcs", gates, make.SCALES, make.MATRIX, count=3000))
    first, second = measure(raw, settings(counted="program"))
    assert (first.value, first.n, first.source_file) == (40, 1000, "a.wsp")
    assert (second.value, second.flag, second.n) == (None, "not counted", 400)


@pytest.fixture
def pairs(tmp_path):
    """Two visits of one patient as a table of counts, each stimulated and not."""
    write_tubes(
        tmp_path,
        "a,P01,0,SEB",
        "b,P01,0,medium",
        "c,P01,6,SEB",
        "d,P01,6,medium",
    )
    (tmp_path / "counts.csv").write_text(
        "file,gate,count\n"
        "a,/CD4+,50000\na,CD4+/IFNg+,40\nb,CD4+,50000\nb,CD4+/IFNg+,5\n"
        "c,CD4+,50000\nc,CD4+/IFNg+,90\nd,CD4+,50000\nd,CD4+/IFNg+,6\n"
    )
    return tmp_path


NET = Population(
    name="IFNg+", gate="CD4+/IFNg+", condition=Pair(stimulated="SEB", unstimulated="medium")
)


def test_what_a_stimulus_adds_is_measured_and_its_change(pairs):
    both = settings(NET, gates="counts.csv")
    before, after = measure(pairs, both)
    assert (before.month, after.month) == (0, 6)
    assert before.value == pytest.approx(0.07)
    assert before.unit == "percentage points of CD4+"
    assert "Newcombe" in before.interval_method
    (change,) = measure_changes(pairs, both, from_month=0, to_month=6)
    expected = find_change((Share(40, 50000), Share(5, 50000)), (Share(90, 50000), Share(6, 50000)))
    assert change.percent == expected
    assert measure_changes(pairs, both, from_month=0, to_month=12) == []


def test_a_file_with_another_ending_is_a_tube_and_a_hidden_one_is_none(raw):
    (raw / "one.fcs").rename(raw / "data.001")
    (raw / "._one.fcs").write_bytes(b"x")
    write_tubes(raw, "data.001,P01,0,none")
    one = make.sample("data.001", [make.make_t_cells()], make.SCALES, make.MATRIX, count=3000)
    write_workspace(raw, one)
    assert [one.source_file for one in measure(raw, settings())] == ["data.001", "data.001"]


def test_half_a_pair_is_refused(pairs):
    write_tubes(pairs, "a,P01,0,SEB", "c,P01,6,SEB", "d,P01,6,medium")
    with pytest.raises(StudyDataError, match="P01, month 0: SEB without medium"):
        measure(pairs, settings(NET, gates="counts.csv", left_out=("b",)))


def test_everything_wrong_is_said_at_once_with_the_nearest_names(raw):
    make.write_fcs(raw / "spare.fcs")
    (raw / "other.wsp").write_text("x")
    write_tubes(raw, "oen.fcs,P01,0,none", "one.fcs,P02,0,non")
    wrong = Population(name="CD8+", gate="Cells/CD3+/CD8+", condition="none")
    with pytest.raises(StudyDataError) as error:
        measure(raw, settings(CD3, wrong))
    words = "\n".join(f"{place}: {what}. {mend}" for place, what, mend in found(error))
    assert "tubes.csv, row 2, column file: no file oen.fcs. " in words
    assert "spare.fcs is there and in no row" in words
    assert "condition non, which no population reads. did you mean none?" in words
    assert "other.wsp: a workspace that is not used" in words


def test_a_gate_that_is_not_there_names_the_nearest(raw):
    wrong = Population(name="CD8+", gate="Cells/CD3+/CD8+", condition="none")
    with pytest.raises(StudyDataError, match=r"did you mean Cells/CD3\+/CD4\+"):
        measure(raw, settings(wrong))
    short = Population(name="CD4+", gate="CD4+", condition="none")
    with pytest.raises(StudyDataError, match=r"did you mean Cells/CD3\+/CD4\+"):
        measure(raw, settings(short))


def test_a_sample_that_no_tube_is_must_be_left_out(raw):
    samples = [
        make.sample(name, [make.make_t_cells()], make.SCALES, make.MATRIX, number=number)
        for number, name in enumerate(("one.fcs", "beads.fcs"))
    ]
    write_workspace(raw, *samples)
    with pytest.raises(StudyDataError, match=r"sample beads.fcs, which no tube is"):
        measure(raw, settings())
    assert len(measure(raw, settings(left_out=("beads.fcs",)))) == 2
    with pytest.raises(StudyDataError, match=r"left_out names gone.fcs, which is not there"):
        measure(raw, settings(left_out=("beads.fcs", "gone.fcs")))


def test_a_tube_that_the_workspace_lacks_names_the_nearest(raw):
    write_workspace(raw, make.sample("on.fcs", [make.make_t_cells()], make.SCALES, make.MATRIX))
    with pytest.raises(StudyDataError, match=r"did you mean on.fcs"):
        measure(raw, settings(left_out=("on.fcs",)))


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (["one.fcs,P01,x,none"], "a number"),
        (["one.fcs,P01,-1,none"], "0 to 1200 months"),
        (["one.fcs,,0,none"], "column patient_id"),
        (["../one.fcs,P01,0,none"], "below this folder"),
        (["/one.fcs,P01,0,none"], "below this folder"),
        (["one.fcs,P01,0,none", "two.fcs,P01,0,none"], "as in row 2"),
        (["one.fcs,P01,0,none", "one.fcs,P02,0,none"], "one.fcs"),
        ([], "at least one row"),
    ],
)
def test_a_table_of_tubes_that_cannot_be_used_is_refused(raw, rows, words):
    write_tubes(raw, *rows)
    with pytest.raises(StudyDataError, match=words):
        measure(raw, settings())


def test_a_misspelt_column_of_the_tubes_names_the_nearest(raw):
    write_tubes(raw, "one.fcs,P01,0,none", header="file,patient_id,moth,condition")
    with pytest.raises(StudyDataError, match="did you mean month"):
        measure(raw, settings())


def test_another_compensation_changes_the_count(raw):
    (raw / "m.csv").write_text("FITC-A,PE/Cy7-A\n1,0.9\n0,1\n")
    gates = [
        (one.parent_count, one.count)
        for source in ("gates", "fcs", "none", "m.csv")
        for one in count_tubes(raw, settings(CD4, compensation=source))
    ]
    assert gates[0] == gates[1]
    assert len(set(gates)) == 3


def test_gates_of_another_kind_and_gating_ml_without_counts_are_refused(raw):
    (raw / "gates.pdf").write_text("x")
    with pytest.raises(StudyDataError, match=r"one of \.wsp, \.xml"):
        measure(raw, settings(gates="gates.pdf", left_out=("a.wsp",)))
    (raw / "gates.xml").write_text(make.gating_ml())
    with pytest.raises(StudyDataError, match="holds no counts"):
        measure(raw, settings(gates="gates.xml", counted="program"))


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"compensation": "gate"}, "gates, fcs, none or a CSV file"),
        ({"populations": (CD3, CD3)}, "got twice: CD3+"),
        ({"least_parent_events": 0}, "greater than or equal to 1"),
        ({"ofsets": "text"}, "ofsets"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(more, words):
    with pytest.raises(ValidationError, match=words.replace("+", r"\+")):
        settings(**more)


def test_a_pair_has_two_conditions():
    with pytest.raises(ValidationError, match="got SEB twice"):
        Pair(stimulated="SEB", unstimulated="SEB")


def test_a_page_of_gates_shows_points_outlines_and_both_counts(raw):
    events = read_fcs(raw / "one.fcs")
    gates = [
        make.make_t_cells(cells=1, cd3=-1),
        make.population("Early", make.rectangle(("Time", None, 100))),
        make.population(
            "Round",
            make.ellipse(
                "FSC-A", "SSC-A", ((80, 80), (100, 100)), ((70, 70), (110, 110), (95, 85), (85, 95))
            ),
        ),
        make.joined("Not", "Late", "Early"),
    ]
    text = make.workspace(make.sample("one.fcs", gates, make.SCALES, make.MATRIX, count=3000))
    (raw / "a.wsp").write_text(text)
    from helpers.quantify.flow.read.workspace import read_workspace

    found = find_members(events, read_workspace(raw / "a.wsp").find("one.fcs").tree)
    page = make_page(events, found)
    assert list(page.gates["name"]) == ["Cells", "Early", "Round", "CD3+", "CD4+"]  # no Boolean
    first = page.gates.iloc[0]
    assert first["counts"] == f"FlowJo 1, ours {found.count('Cells')}"
    assert first["beyond"]
    assert page.gates.set_index("name").loc["CD3+", "x_label"] == "CD3 (FITC-A), compensated"
    corners = page.outlines.groupby("gate").size()
    assert corners["Cells"] == 4
    assert corners["Early"] == 2
    assert len(page.points[page.points["gate"] == "Cells"]) == 3000
    drawn = page.ticks[(page.ticks["gate"] == "Cells/CD3+") & (page.ticks["axis"] == "x")]
    assert {"0", "10k", "100k"} <= set(drawn["label"])
