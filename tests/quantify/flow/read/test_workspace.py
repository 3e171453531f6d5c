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
                ((256, -60), (256, 62), (195, 1), (317, 1)),
            ),
            [200_000, 300_000],
        ),
        (make.rectangle(("FITC-A", 100_000, 262_900)), [200_000, 300_000]),  # the table's end
    ],
)
def test_a_gate_that_reaches_the_end_of_the_plot_holds_what_lies_beyond(tmp_path, gate, held):
    values = [-500, 50_000, 200_000, 300_000]
    rows = [(value, 1000, value, 0, 0) for value in values]
    events = read_fcs(make.write_fcs(tmp_path / "a.fcs", rows))
    tree = read_one(tmp_path, make.population("g", gate)).tree
    inside = find_members(events, tree).inside["g"]
    assert [value for value, one in zip(values, inside, strict=True) if one] == held


@pytest.mark.parametrize(
    ("cytometers", "count"),
    [
        ("", 1),
        ('<Cytometers><Cytometer useGain="1"/></Cytometers>', 1),
        ('<Cytometers><Cytometer useGain="0"/></Cytometers>', 2),
    ],
)
def test_gains_are_undone_where_flowjo_was_set_to_ignore_them(tmp_path, cytometers, count):
    words = make.fill_keywords(2) | {"$P1G": "4"}
    data = np.array([[100, 1], [300, 1]], dtype="<f4").tobytes()
    events = read_fcs(make.write_placed_fcs(tmp_path / "a.fcs", words, data))
    gate = make.population("g", make.rectangle(("A", 50)))
    text = make.workspace(make.sample("a.fcs", [gate], [make.linear("A")]))
    (tmp_path / "a.wsp").write_text(text.replace("<Groups/>", f"<Groups/>{cytometers}"))
    found = find_members(events, read_workspace(tmp_path / "a.wsp").samples[0].tree)
    assert found.count("g") == count


def test_an_ellipse_is_drawn_from_its_foci_in_steps_of_the_square(tmp_path):
    # centre (128, 64), long half-axis 20 along x, foci 12 from the centre: short half-axis 16
    one = make.ellipse(
        "FSC-A", "SSC-A", ((116, 64), (140, 64)), ((108, 64), (148, 64), (128, 48), (128, 80))
    )
    shape = read_one(tmp_path, make.population("E", one)).tree.gates["E"].shape
    assert shape.mean == (0.5, 0.25)
    assert np.asarray(shape.covariance) == pytest.approx(
        np.diag([(20 / 256) ** 2, (16 / 256) ** 2]), abs=1e-12
    )


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
