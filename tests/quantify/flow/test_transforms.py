import numpy as np
import pytest

from helpers.contracts import StudyDataError
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
