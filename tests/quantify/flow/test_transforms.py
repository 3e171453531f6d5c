import numpy as np
import pytest

from helpers.contracts import StudyDataError
from helpers.quantify.flow.gates import Axis
from helpers.quantify.flow.grid import lay_corner, put_on_grid
from helpers.quantify.flow.scales import check_scale
from helpers.quantify.flow.transforms import (
    Asinh,
    Biex,
    Bounded,
    FlowJoLog,
    Grid,
    Linear,
    Log,
    Logicle,
    make_biex_table,
)


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
    assert one.apply(np.array([-1e9, table[-1]])).tolist() == [0, 1]
    last = table[-1] - table[-2]
    assert one.apply(np.array([table[-1] + last])) == pytest.approx(1 + 1 / 4096)


def test_events_and_corners_stand_on_whole_steps():
    # 1024 to a step, rounded; events are kept on steps 0 to 255, corners are not
    linear = Grid(Linear(262144), 256)
    values = np.array([-5000.0, 511, 512, 20_000, 262_144, 300_000])
    assert linear.apply(values).tolist() == [0, 0, 1, 20, 255, 255]
    assert linear.lay(values).tolist() == [-5, 0, 1, 20, 256, 293]
    log = Grid(FlowJoLog(100, 4), 256)
    # log10(1000 / 100) / 4 of 256 are 64
    assert log.apply(np.array([-1.0, 50, 1000, 1e9])).tolist() == [0, 0, 64, 255]
    # 16 of the table's 4096 to a step, cut; the table's last entry is step 256 of its own
    biex = Biex(262144, 4.418539922, 0, -10)
    table = make_biex_table(biex)
    shown = np.array([table[0] - 1, table[15], table[16], table[4095], table[4096], 1e9])
    for steps in (Grid(biex, 256).apply(shown), Grid(biex, 256).lay(shown)):
        assert steps.tolist() == [0, 0, 1, 255, 256, 256]
    logicle = Grid(Logicle(262144, 0.5, 4.5, 0), 256)
    assert logicle.apply(np.array([-1e6, 0, 262144])).tolist() == [0, 28, 255]  # 256 x 0.5 / 4.5


def test_a_corner_at_zero_of_a_log_axis_lies_on_the_floor_or_far_below():
    axis = put_on_grid(Axis("A", transform=FlowJoLog(100, 4)), 256)
    assert lay_corner(-3, axis, zero_on_floor=True) == 0
    assert lay_corner(-3, axis, zero_on_floor=False) < -10_000
    assert lay_corner(1, axis, zero_on_floor=True) == -128
    assert put_on_grid(Axis("A", transform=Asinh(1, 4, 0)), 256).transform == Asinh(1, 4, 0)


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
