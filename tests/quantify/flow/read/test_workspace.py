import re

import numpy as np
import pytest
from tests.quantify.flow import made_files as make

from helpers.contracts import StudyDataError
from helpers.quantify.flow.membership import find_members
from helpers.quantify.flow.read.fcs import read_fcs
from helpers.quantify.flow.read.workspace import read_workspace
from helpers.quantify.flow.transforms import Asinh, Biex, FlowJoLog, Linear, Logicle


def read(tmp_path, *samples, **options):
    (tmp_path / "a.wsp").write_text(make.workspace(*samples, **options))
    return read_workspace(tmp_path / "a.wsp")


def read_one(tmp_path, *gates, scales=make.SCALES, matrix=make.MATRIX, **more):
    return read(tmp_path, make.sample("a.fcs", gates, scales, matrix, **more)).samples[0]


def test_hierarchy_counts_and_scales_are_read(tmp_path):
    others = [
        make.scale("log", "A", offset=1, decades=5.4),
        make.scale("logicle", "B", length=256, T=262144, A=0, W=1, M=4.4),
        make.scale("fasinh", "C", length=256, maxRange=262144, T=262144, A=0, M=4, W=-10),
    ]
    gates = make.make_t_cells(cells=70, cd3=-1, cd4=7)
    one = read_one(tmp_path, gates, scales=[*make.SCALES, *others], count=100)
    counts = {path: gate.count for path, gate in one.tree.gates.items()}
    assert counts == {"Cells": 70, "Cells/CD3+": None, "Cells/CD3+/CD4+": 7}
    assert (one.tree.total, one.fcs, one.name) == (100, "a.fcs", "a.fcs")
    assert one.scales["FSC-A"] == Linear(262144)
    assert one.scales["Comp-FITC-A"] == Biex(262144, 4.418539922, 0, -100)
    assert one.scales["A"] == FlowJoLog(1, 5.4)
    assert one.scales["B"] == Logicle(262144, 1, 4.4, 0)
    assert one.scales["C"] == Asinh(262144, 4, 0)
    assert one.tree.gates["Cells/CD3+"].parent == "Cells"
    axis = one.tree.gates["Cells/CD3+"].shape.axes[0]
    assert (axis.channel, axis.compensation) == ("FITC-A", "own")


@pytest.mark.parametrize(
    ("gate", "held"),
    [  # 262144 is the end of the plot of FSC-A
        (make.rectangle(("FSC-A", 100_000, 262_144)), [200_000, 300_000]),
        (make.rectangle(("FSC-A", 100_000, 262_000)), [200_000]),
        (make.rectangle(("FSC-A", 0, 100_000)), [-500, 50_000]),
        (make.rectangle(("FSC-A", 1, 100_000)), [50_000]),
        (
            make.polygon(
                "FSC-A",
                "SSC-A",
                *[
                    (x, y)
                    for x, y in ((100_000, 0), (262_144, 0), (262_144, 262_144), (100_000, 262_144))
                ],
            ),
            [200_000, 300_000],
        ),
        (
            make.ellipse(
                "FSC-A",
                "SSC-A",
                ((256, 0.5), (256, 1.5)),
                ((256, -61), (256, 63), (194, 1), (318, 1)),
            ),
            [200_000, 300_000],
        ),
        (make.rectangle(("FITC-A", 100_000, 262_900)), [200_000]),  # beyond the table's end
    ],
)
def test_a_gate_that_reaches_the_end_of_the_plot_holds_what_lies_beyond(tmp_path, gate, held):
    values = [-500, 50_000, 200_000, 300_000]
    rows = [(value, 1000, value, 0, 0) for value in values]
    events = read_fcs(make.write_fcs(tmp_path / "a.fcs", rows))
    tree = read_one(tmp_path, make.population("g", gate)).tree
    inside = find_members(events, tree).inside["g"]
    assert [value for value, one in zip(values, inside, strict=True) if one] == held


@pytest.mark.parametrize(("gain", "held"), [(1, [300]), (0.5, []), (4, [100, 300])])
def test_values_are_the_stored_ones_times_the_gain_of_the_scale(tmp_path, gain, held):
    words = make.fill_keywords(2) | {"$P1G": "4"}  # which FlowJo passes over
    data = np.array([[100, 1], [300, 1]], dtype="<f4").tobytes()
    events = read_fcs(make.write_placed_fcs(tmp_path / "a.fcs", words, data))
    gate = make.population("g", make.rectangle(("A", 250)))
    tree = read_one(tmp_path, gate, scales=[make.linear("A", gain=gain)], matrix="").tree
    inside = find_members(events, tree).inside["g"]
    assert [value for value, one in zip((100, 300), inside, strict=True) if one] == held


@pytest.mark.parametrize(("gain", "held"), [(1, 50), (0.02, 25)])
def test_time_is_in_seconds_of_the_scales_gain_or_else_of_the_file(tmp_path, gain, held):
    rows = [(1, 1, 0, 0, ticks) for ticks in range(200)]
    events = read_fcs(make.write_fcs(tmp_path / "a.fcs", rows, timestep="0.01"))
    gate = make.population("g", make.rectangle(("Time", 0.1, 0.6)))
    scales = [make.linear("Time", top=5, gain=gain)]
    tree = read_one(tmp_path, gate, scales=scales, matrix="").tree
    assert find_members(events, tree).count("g") == held


ELLIPSE = make.ellipse(
    "FSC-A", "SSC-A", ((116, 64), (140, 64)), ((108, 64), (148, 64), (128, 48), (128, 80))
)


def test_the_steps_of_events_are_held_against_an_ellipse_of_foci(tmp_path):
    rows = [(1024 * x, 1024 * 64, 0, 0, 0) for x in (107.4, 107.6, 148, 148.4, 148.6)]
    events = read_fcs(make.write_fcs(tmp_path / "a.fcs", rows))
    tree = read_one(tmp_path, make.population("E", ELLIPSE)).tree
    assert tree.gates["E"].shape.mean == (128, 64)
    assert find_members(events, tree).inside["E"].tolist() == [False, True, True, True, False]


def test_an_ellipse_on_an_axis_without_a_known_grid_stays_an_ellipse(tmp_path):
    asinh = make.scale("fasinh", "FSC-A", T=262144, M=4, A=1)
    scales = [asinh, make.linear("SSC-A")]
    shape = read_one(tmp_path, make.population("E", ELLIPSE), scales=scales).tree.gates["E"].shape
    assert shape.mean == (0.5, 0.25)
    assert np.asarray(shape.covariance) == pytest.approx(
        np.diag([(20 / 256) ** 2, (16 / 256) ** 2]), abs=1e-12
    )


def count_steps(tmp_path, gate, steps, scales=make.SCALES):
    """Tell which steps of FSC-A and SSC-A are inside: events stand in the middle of each."""
    rows = [(1024 * x, 1024 * y, 0, 0, 0) for x, y in steps]
    events = read_fcs(make.write_fcs(tmp_path / "a.fcs", rows))
    tree = read_one(tmp_path, make.population("g", gate), scales=scales).tree
    inside = find_members(events, tree).inside["g"]
    return [step for step, one in zip(steps, inside, strict=True) if one]


@pytest.mark.parametrize(
    ("gate", "x_ends", "top", "count"),
    [
        (
            make.polygon(
                "FSC-A",
                "SSC-A",
                (59478.021978022, 106171.5399610137),
                (58928.5714285714, 131668.6159844054),
                (136675.8241758242, 130495.126705653),
                (136675.8241758242, 106230.0194931774),
            ),
            {"low": 50_000, "top": 150_000},
            255_000,
            0,  # 50 events by their values
        ),
        (
            make.ellipse(
                "FSC-A",
                "SSC-A",
                ((62.7724519002, 157.4044547167), (94.2275480998, 93.5955452833)),
                ((96, 90), (61, 161), (67, 113), (90, 139)),
            ),
            {},
            262_144,
            51,
        ),
    ],
)
def test_flowjos_counts_of_a_line_of_events_are_met(tmp_path, gate, x_ends, top, count):
    # Gates and counts are those of FlowKit's simple_poly_and_rect_v2_poly50.wsp and
    # single_ellipse_51_events.wsp (FlowJo 10.7.1 and 10.6.1); the line is made to fit.
    rows = [(x, 131_072, 0, 0, 0) for x in np.linspace(65_536, 131_072, 100)]
    events = read_fcs(make.write_fcs(tmp_path / "a.fcs", rows))
    scales = [make.linear("FSC-A", **x_ends), make.linear("SSC-A", top=top)]
    tree = read_one(tmp_path, make.population("g", gate), scales=scales).tree
    assert find_members(events, tree).count("g") == count


SQUARE = [(x * 1024, y * 1024) for x, y in ((2, 2), (5, 2), (5, 5), (2, 5))]
STEPS = [(x, y) for x in range(8) for y in range(8)]


@pytest.mark.parametrize(
    ("corners", "held"),
    [
        (SQUARE, [(x, y) for x in range(2, 6) for y in range(2, 6)]),  # all edges
        # a corner at 2.4 of a step lies on 2, one at 5.6 on 6
        (
            [(2457, 2457), (5734, 2457), (5734, 5734)],
            [(x, y) for x in range(2, 7) for y in range(2, 7) if y <= x],
        ),
        # a bow tie: both halves and the place where they meet
        (
            [(0, 0), (4096, 4096), (4096, 0), (0, 4096)],
            [(x, y) for x in range(5) for y in range(5) if min(y, 4 - y) >= min(x, 4 - x)],
        ),
        ([(1024, 1024)] * 3, [(1, 1)]),
    ],
)
def test_a_polygon_is_counted_on_flowjos_grid_with_its_edges(tmp_path, corners, held):
    found = count_steps(tmp_path, make.polygon("FSC-A", "SSC-A", *corners), STEPS)
    assert found == held


@pytest.mark.parametrize(
    ("grid", "scales"),
    [
        ('quadId="2" gateResolution="256"', make.SCALES),
        ('quadId="-1"', make.SCALES),
        (
            'quadId="-1" gateResolution="256"',
            [make.linear("FSC-A", gain=0.5), make.linear("SSC-A")],
        ),
    ],
)
def test_a_polygon_without_a_known_rule_is_counted_as_drawn(tmp_path, grid, scales):
    gate = make.polygon("FSC-A", "SSC-A", *SQUARE, grid=grid)
    shape = read_one(tmp_path, make.population("g", gate), scales=scales).tree.gates["g"].shape
    assert shape.vertices[0] == (2 / 256, 2 / 256)


def test_boolean_gates_are_joined_by_their_paths(tmp_path):
    events = read_fcs(make.write_fcs(tmp_path / "a.fcs"))
    gates = (
        make.make_t_cells(),
        make.joined("Or", "any", "Cells/CD3+", "Cells/CD3+/CD4+"),
        make.joined("And", "both", "Cells", "Cells/CD3+/CD4+"),
        make.joined("Not", "none", "Cells"),
        make.population("out", make.rectangle(("FSC-A", None, 90000), inside=0)),
    )
    found = find_members(events, read_one(tmp_path, *gates).tree)
    counts = {path: found.count(path) for path in found.inside}
    assert counts["any"] == counts["Cells/CD3+"]
    assert counts["both"] == counts["Cells/CD3+/CD4+"]
    assert counts["none"] == 3000 - counts["Cells"]
    assert counts["out"] == int((events.values[:, 0] >= 90000).sum())


@pytest.mark.parametrize(
    ("gate", "scales", "extra", "why"),
    [
        ("<gating:CurlyQuad/>", [], "", "CurlyQuad shape"),
        (
            make.rectangle(("A", 1)),
            [make.scale("hyperlog", "A", T=1)],
            "",
            "hyperlog transform of A",
        ),
        (make.rectangle(("A", 1)), [make.scale("biex", "A", length=512)], "", "biex of length 512"),
        (
            make.rectangle(("Ratio", 1)),
            [],
            '<DerivedParameters><DerivedParameter name="Ratio"/></DerivedParameters>',
            "derived channel Ratio",
        ),
        (
            make.ellipse("A", "B", ((1, 1), (2, 2)), ((0, 0), (3, 3), (2, 1), (1, 2))),
            [],
            "",
            "ellipse on A, for which the workspace has no scale",
        ),
        ("", [], "", "no shape in the workspace"),
    ],
)
def test_what_is_beyond_keeps_its_place_and_name(tmp_path, gate, scales, extra, why):
    inner = make.population("in", make.rectangle(("FSC-A", 1)))
    odd = make.population("odd", gate, inner, count=7)
    tree = read_one(tmp_path, odd, scales=[*make.SCALES, *scales], extra=extra).tree
    assert (tree.gates["odd"].count, tree.gates["odd"].shape.kind) == (7, "beyond")
    events = read_fcs(make.write_fcs(tmp_path / "a.fcs", make.make_events(5)))
    found = find_members(events, tree)
    assert why in found.refused["odd"]
    assert why in found.refused["odd/in"]


def test_a_spectrum_matrix_is_refused_by_name(tmp_path):
    matrix = make.spillover({"FITC-A": (1, 0.1), "PE_Cy7-A": (0.02, 1)}, spectral=1)
    gate = make.population("odd", make.rectangle(("Comp-FITC-A", 1)))
    shape = read_one(tmp_path, gate, matrix=matrix).tree.gates["odd"].shape
    assert shape.what == "spectrum matrix own (for Comp-FITC-A)"


@pytest.mark.parametrize(
    ("gate", "words"),
    [
        (make.rectangle(("FSC-A", "wide")), "sample a.fcs, odd: dimension with min 'wide'"),
        (make.rectangle(("", 1)), "an axis without a channel"),
        (make.rectangle(), "a rectangle without an axis"),
        (make.polygon("FSC-A", "SSC-A", (1, 2), (3, 4)), "a polygon of 2 corners"),
        (make.polygon("FSC-A", "SSC-A", (1, 2, 3), (3, 4), (5, 6)), "a point of 3 numbers"),
        (make.polygon("FSC-A", "SSC-A", (1, "nan"), (3, 4), (5, 6)), "value 'nan'"),
        (make.ellipse("FSC-A", "SSC-A", ((1, 1),), ((0, 0),) * 4), "an ellipse of 1 foci"),
        (
            make.ellipse("FSC-A", "SSC-A", ((0, 0), (9, 9)), ((4, 4), (5, 5), (4, 5), (5, 4))),
            "an ellipse whose foci lie outside it",
        ),
    ],
)
def test_a_gate_that_cannot_be_understood_is_named_with_its_sample(tmp_path, gate, words):
    with pytest.raises(StudyDataError, match=re.escape(words)) as error:
        read_one(tmp_path, make.population("odd", gate))
    assert "sample a.fcs, odd" in str(error.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "XML that breaks off"),
        ("<Workspace", "XML that breaks off"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "XML with"),
        ("<html/>", "html of version unknown"),
        ('<Workspace version="1.61"/>', "Workspace of version 1.61"),
        ("<a>" * 300 + "</a>" * 300, "more than 200 deep"),
        ('<?xml version="1.0" encoding="klingon"?><a/>', "XML that"),
        ('<Workspace version="20.0"><SampleList><Sample/></SampleList></Workspace>', "SampleNode"),
    ],
)
def test_what_is_no_workspace_of_flowjo_10_is_refused(tmp_path, text, words):
    (tmp_path / "a.wsp").write_text(text)
    with pytest.raises(StudyDataError, match=words):
        read_workspace(tmp_path / "a.wsp")


def test_a_count_that_is_no_number_names_its_gate(tmp_path):
    with pytest.raises(StudyDataError, match=r"sample a\.fcs, Cells: count 'few'"):
        read_one(tmp_path, make.make_t_cells(cells="few"))


def test_two_samples_of_one_name_are_refused_when_asked_for(tmp_path):
    found = read(tmp_path, *[make.sample("a.fcs", [], [], number=number) for number in (1, 2)])
    with pytest.raises(StudyDataError, match=r"2 samples named a\.fcs"):
        found.find("a.fcs")
    with pytest.raises(StudyDataError, match="samples, and it has none"):
        read(tmp_path).find("a.fcs")
