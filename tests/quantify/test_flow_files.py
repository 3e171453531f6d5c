import random
import re

import numpy as np
import pytest
from tests.quantify import flow_files as make

from helpers.contracts import StudyDataError
from helpers.quantify.flow.membership import find_members
from helpers.quantify.flow.read.fcs import read_fcs
from helpers.quantify.flow.read.gate_counts import read_gate_counts
from helpers.quantify.flow.read.gating_ml import read_gating_ml
from helpers.quantify.flow.read.workspace import read_workspace
from helpers.quantify.flow.transforms import Asinh, Biex, FlowJoLog, Linear, Logicle

# --------------------------------------------------------------------------------------- FCS


def test_events_channels_and_markers_are_read(tmp_path):
    rows = make.make_events(5)
    events = read_fcs(make.write_fcs(tmp_path / "a.fcs", rows, timestep="0.01"))
    assert [channel.name for channel in events.channels] == list(make.CHANNELS)
    assert [channel.label for channel in events.channels] == list(make.MARKERS)
    assert events.values[:, :4] == pytest.approx(rows[:, :4])
    assert events.values[:, 4] == pytest.approx(rows[:, 4] * 0.01)  # seconds
    assert events.spill.detectors == ("FITC-A", "PE/Cy7-A")
    assert (events.version, len(events), events.notes) == ("3.1", 5, ())


@pytest.mark.parametrize("version", ["2.0", "3.0", "3.1"])
@pytest.mark.parametrize(
    ("kind", "dtype", "bits"), [("F", "f4", 32), ("D", "f8", 64), ("I", "u2", 16), ("I", "u4", 32)]
)
@pytest.mark.parametrize(("order", "sign"), [("1,2,3,4", "<"), ("4,3,2,1", ">")])
def test_every_version_kind_and_order_of_bytes_is_read(
    tmp_path, version, kind, dtype, bits, order, sign
):
    rows = np.array([[1, 2], [3, 1000]])
    words = make.fill_keywords(2, kind=kind, order=order, bits=bits)
    data = rows.astype(sign + dtype).tobytes()
    path = make.write_placed_fcs(tmp_path / "a.fcs", words, data, version=version)
    assert read_fcs(path).values.tolist() == rows.tolist()


@pytest.mark.parametrize("mark", ["/", "|", "\\", "*", "\t", "!", "^", ".", "\x0c", "]"])
def test_any_mark_may_stand_between_keywords(tmp_path, mark):
    data = np.array([[1, 2]], dtype="<f4").tobytes()
    path = make.write_placed_fcs(tmp_path / "a.fcs", make.fill_keywords(1), data, mark=mark)
    assert read_fcs(path).values.tolist() == [[1, 2]]


def test_two_marks_are_one_of_a_name_or_an_empty_value(tmp_path):
    data = np.array([[1, 2]], dtype="<f4").tobytes()
    escaped = make.fill_keywords(1, names=("A//b", "B"))
    path = make.write_placed_fcs(tmp_path / "a.fcs", escaped, data)
    assert [one.name for one in read_fcs(path).channels] == ["A/b", "B"]
    empty = make.fill_keywords(1) | {"$P1S": "", "$P1G": "2"}
    path = make.write_placed_fcs(tmp_path / "b.fcs", empty, data)
    assert read_fcs(path).values.tolist() == [[0.5, 2]]  # the gain after the empty value counts


def test_logarithmic_and_amplified_channels_are_put_on_their_scale(tmp_path):
    words = make.fill_keywords(2, kind="I", bits=16) | {"$P1E": "4,0", "$P2G": "4"}
    data = np.array([[0, 8], [512, 1027]], dtype="<u2").tobytes()
    events = read_fcs(make.write_placed_fcs(tmp_path / "a.fcs", words, data))
    # 1 x 10^(4 x / 1024); 1027 keeps the bits below 1024: 3
    assert events.values.tolist() == [[1, 2], [100, 0.75]]


@pytest.mark.parametrize("top", ["0", "1e9", "65536.0"])
def test_a_range_that_no_bits_can_hold_masks_none(tmp_path, top):
    words = make.fill_keywords(1, kind="I", bits=16) | {"$P1R": top}
    data = np.array([[60_000, 1027]], dtype="<u2").tobytes()
    path = make.write_placed_fcs(tmp_path / "a.fcs", words, data)
    assert read_fcs(path).values.tolist() == [[60_000, 3]]


def test_a_name_with_a_slash_is_found_as_flowjo_writes_it(tmp_path):
    events = read_fcs(make.write_fcs(tmp_path / "a.fcs", make.make_events(5)))
    assert events.find_channel("PE/Cy7-A") == events.find_channel("PE_Cy7-A") == 3


def test_a_blank_marker_is_none(tmp_path):
    words = make.fill_keywords(1) | {"$P1S": " "}
    data = np.array([[1, 2]], dtype="<f4").tobytes()
    assert read_fcs(make.write_placed_fcs(tmp_path / "a.fcs", words, data)).channels[0].label == ""


def test_a_tube_without_events_is_read(tmp_path):
    path = make.write_placed_fcs(tmp_path / "a.fcs", make.fill_keywords(0) | {"$TOT": 0}, b"")
    assert read_fcs(path).values.shape == (0, 2)


FOUR = np.arange(4, dtype="<f4").tobytes()


def test_offsets_that_differ_are_refused_with_both_and_read_on_request(tmp_path):
    words = make.fill_keywords(2)
    path = make.write_placed_fcs(tmp_path / "a.fcs", words, FOUR, shift=(-8, 0))
    start = int(re.search(rb"BEGINDATA/(\d+)", path.read_bytes())[1]) + 8
    expected = f"from byte {start} to {start + 15} by HEADER, {start - 8} to {start + 15} by TEXT"
    with pytest.raises(StudyDataError, match=expected):
        read_fcs(path)
    assert read_fcs(path, offsets="header").values.tolist() == [[0, 1], [2, 3]]
    with pytest.raises(StudyDataError, match="room for 24 bytes"):
        read_fcs(path, offsets="text")  # the wrong one does not hold $TOT events


def test_one_byte_too_many_is_refused_and_read_on_request(tmp_path):
    words = make.fill_keywords(2)
    path = make.write_placed_fcs(tmp_path / "a.fcs", words, FOUR + b"x")
    with pytest.raises(StudyDataError, match=r"room for 17 bytes(.|\n)*2 x 8 bytes"):
        read_fcs(path)
    assert read_fcs(path, offsets="text").values.tolist() == [[0, 1], [2, 3]]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"$MODE": "C"}, r"\$MODE C, a histogram"),
        ({"$DATATYPE": "A"}, r"\$DATATYPE A"),
        ({"$BYTEORD": "3,4,1,2"}, r"\$BYTEORD 3,4,1,2"),
        ({"$TOT": "many"}, r"\$TOT 'many'"),
        ({"$TOT": "3"}, "room for 16 bytes"),
        ({"$PAR": "0"}, r"\$PAR 0"),
        ({"$PAR": "999999999"}, r"\$PAR 999999999"),
        ({"$P1B": "10"}, r"\$P1B 10"),
        ({"$P1B": "16"}, r"\$P1B 16"),
        ({"$P1R": "x"}, r"\$P1R 'x'"),
        ({"$P1N": " "}, r"channel 1 without a name"),
        ({"$P1E": "four,0"}, r"\$P1E 'four'"),
        ({"$P2G": "-1"}, r"\$P2G '-1'"),
        ({"$NEXTDATA": "100"}, "a second set of events from byte 100"),
    ],
)
def test_what_this_reader_does_not_know_is_refused_by_its_keyword(tmp_path, change, words):
    path = make.write_placed_fcs(tmp_path / "a.fcs", make.fill_keywords(2) | change, FOUR)
    with pytest.raises(StudyDataError, match=words):
        read_fcs(path)


@pytest.mark.parametrize("gone", ["$PAR", "$TOT", "$MODE", "$DATATYPE", "$BYTEORD", "$P2B", "$P2R"])
def test_a_keyword_that_is_not_there_is_named(tmp_path, gone):
    words = {name: value for name, value in make.fill_keywords(2).items() if name != gone}
    path = make.write_placed_fcs(tmp_path / "a.fcs", words, FOUR)
    with pytest.raises(StudyDataError, match=re.escape(gone)):
        read_fcs(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "an empty file"),
        (b"PK\x03\x04" * 40, "begins with"),
        (b"FCS3.2" + b" " * 60, "version '3.2'"),
        (b"FCS3.0    " + b"x" * 60, "where TEXT begins and ends"),
        (b"FCS3.0    " + b"      58    9999" + b" " * 60, "in a file of"),
        (b"FCS3.0", "where TEXT begins and ends"),
    ],
)
def test_what_is_no_fcs_file_is_refused(tmp_path, content, words):
    (tmp_path / "a.fcs").write_bytes(content)
    with pytest.raises(StudyDataError, match=words):
        read_fcs(tmp_path / "a.fcs")


def test_a_file_that_is_not_there_is_a_fault(tmp_path):
    with pytest.raises(StudyDataError, match="cannot be read"):
        read_fcs(tmp_path / "a.fcs")


def test_values_that_are_no_numbers_are_refused(tmp_path):
    data = np.array([[1, np.nan], [np.inf, 2]], dtype="<f4").tobytes()
    path = make.write_placed_fcs(tmp_path / "a.fcs", make.fill_keywords(2), data)
    with pytest.raises(StudyDataError, match="1 of 2 events without a finite value in A"):
        read_fcs(path)


def test_two_channels_of_one_name_are_refused_when_a_gate_asks_for_it(tmp_path):
    words = make.fill_keywords(2, names=("A", "A"))
    events = read_fcs(make.write_placed_fcs(tmp_path / "a.fcs", words, FOUR))
    with pytest.raises(StudyDataError, match="2 channels named A"):
        events.find_channel("A")


# -------------------------------------------------------------------------------- workspaces


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


# --------------------------------------------------------------------------------- Gating-ML


TRANSFORMS = (
    '<transforms:transformation transforms:id="lin" transforms:boundMin="0">'
    '<transforms:flin transforms:T="100" transforms:A="0"/></transforms:transformation>'
    '<transforms:transformation transforms:id="hyper">'
    '<transforms:hyperlog transforms:T="1" transforms:W="1" transforms:M="4" transforms:A="0"/>'
    "</transforms:transformation>"
    '<transforms:transformation transforms:id="ratio"><transforms:fratio transforms:A="1"/>'
    "</transforms:transformation>"
)
MATRIX = (
    '<transforms:spectrumMatrix transforms:id="own"><transforms:fluorochromes>'
    '<data-type:fcs-dimension data-type:name="FITC"/><data-type:fcs-dimension data-type:name="PE"/>'
    "</transforms:fluorochromes><transforms:detectors>"
    '<data-type:fcs-dimension data-type:name="FITC-A"/>'
    '<data-type:fcs-dimension data-type:name="PE/Cy7-A"/></transforms:detectors>'
    '<transforms:spectrum><transforms:coefficient transforms:value="1"/>'
    '<transforms:coefficient transforms:value="0.1"/></transforms:spectrum>'
    '<transforms:spectrum><transforms:coefficient transforms:value="0.02"/>'
    '<transforms:coefficient transforms:value="1"/></transforms:spectrum>'
    "</transforms:spectrumMatrix>"
)


def gate(kind, name, *parts, **attributes):
    words = "".join(f' gating:{key}="{value}"' for key, value in attributes.items())
    return f'<gating:{kind} gating:id="{name}"{words}>{"".join(parts)}</gating:{kind}>'


def on(channel, low=None, high=None, source="uncompensated", scale=None):
    more = {"compensation-ref": source, "transformation-ref": scale}
    return make.dimension(channel, low, high, **more)


def read_gates(tmp_path, *parts, **options):
    (tmp_path / "a.xml").write_text(make.gating_ml(TRANSFORMS, MATRIX, *parts))
    return read_gating_ml(tmp_path / "a.xml", **options)


def count(tmp_path, *parts, **options):
    tree = read_gates(tmp_path, *parts, **options)
    events = read_fcs(make.write_fcs(tmp_path / "a.fcs"))
    found = find_members(events, tree)
    return {path: found.count(path) for path in found.inside}, found.refused, events.values


def test_gating_ml_is_read_with_parents_fields_and_complements(tmp_path):
    quadrant = (
        '<gating:QuadrantGate gating:id="q">'
        '<gating:divider gating:id="x" gating:compensation-ref="uncompensated">'
        '<data-type:fcs-dimension data-type:name="FSC-A"/><gating:value>90000</gating:value>'
        "<gating:value>50000</gating:value></gating:divider>"
        '<gating:Quadrant gating:id="middle"><gating:position gating:divider_ref="x" '
        'gating:location="60000"/></gating:Quadrant></gating:QuadrantGate>'
    )
    counts, refused, values = count(
        tmp_path,
        gate("RectangleGate", "low", on("FSC-A", None, 90000)),
        gate("RectangleGate", "in", on("SSC-A", None, 90000), parent_id="low"),
        quadrant,
        gate(
            "BooleanGate",
            "not low",
            '<gating:or><gating:gateReference gating:ref="low" gating:use-as-complement="true"/>'
            '<gating:gateReference gating:ref="in" /></gating:or>',
        ),
        gate("RectangleGate", "bound", on("FITC-A", 0, None, scale="lin")),
    )
    x, y = values[:, 0], values[:, 1]
    assert refused == {}
    assert counts["low"] == (x < 90000).sum()
    assert counts["in"] == ((x < 90000) & (y < 90000)).sum()
    assert counts["middle"] == ((x >= 50000) & (x < 90000)).sum()
    assert counts["not low"] == ((x >= 90000) | ((x < 90000) & (y < 90000))).sum()
    assert counts["bound"] == 3000  # values below the bound are put on it


def test_what_gating_ml_has_beyond_is_refused_by_name(tmp_path):
    made = (
        '<gating:dimension gating:compensation-ref="uncompensated" gating:min="1">'
        '<data-type:new-dimension data-type:transformation-ref="ratio"/></gating:dimension>'
    )
    counts, refused, _ = count(
        tmp_path,
        gate("RectangleGate", "h", on("FITC-A", 1, scale="hyper")),
        gate("RectangleGate", "r", made),
        gate("RectangleGate", "s", on("FITC", 1, source="own")),
        gate("EllipsoidGate", "e", *[on(name) for name in make.CHANNELS[:3]]),
        gate("RectangleGate", "sound", on("FITC-A", 1)),
    )
    assert list(counts) == ["sound"]
    assert refused == {
        "h": "hyperlog transform hyper on FITC-A",
        "r": "ratio transform ratio",
        "s": "spectrum matrix own (2 dyes, 2 detectors) on FITC",
        "e": "ellipsoid in three dimensions",
    }


def test_a_square_spectrum_matrix_is_solved_where_somebody_asks(tmp_path):
    counts, refused, values = count(
        tmp_path,
        gate("RectangleGate", "s", on("PE", 1500, source="own")),
        spectrum_matrices="square",
    )
    dyes = np.linalg.solve(np.array([[1, 0.1], [0.02, 1]]).T, values[:, 2:4].T).T
    assert refused == {}
    assert counts["s"] == (dyes[:, 1] >= 1500).sum()


@pytest.mark.parametrize(
    ("part", "words"),
    [
        (gate("RectangleGate", "", on("A")), "no id"),
        (gate("RectangleGate", "g", on("A", source="gone")), "gate g: compensation by gone"),
        (gate("RectangleGate", "g", on("A", scale="gone")), "gate g: a transformation gone"),
        (gate("RectangleGate", "g", on("A", "low")), "min 'low'"),
        (gate("RectangleGate", "g", on("A"), parent_id="gone"), "on a gate gone that is not there"),
        (gate("PolygonGate", "g", on("A"), on("B")), "a polygon of 0 corners"),
        (gate("EllipsoidGate", "g", on("A"), on("B")), "its mean, covarianceMatrix"),
        (gate("BooleanGate", "g", "<gating:and/>"), "gate g: a Boolean gate"),
        (gate("QuadrantGate", "g", '<gating:divider gating:id="x"/>'), "divider without a value"),
    ],
)
def test_what_cannot_be_understood_is_refused_with_its_gate(tmp_path, part, words):
    with pytest.raises(StudyDataError, match=words):
        read_gates(tmp_path, part)


def test_another_gating_ml_is_refused(tmp_path):
    (tmp_path / "a.xml").write_text('<Gating-ML xmlns="http://www.isac-net.org/std/v1.5"/>')
    with pytest.raises(StudyDataError, match=r"Gating-ML of http://www.isac-net.org/std/v1.5"):
        read_gating_ml(tmp_path / "a.xml")


# ------------------------------------------------------------------------------- gate counts


def counts_of(tmp_path, text):
    (tmp_path / "c.csv").write_text(text)
    return read_gate_counts(tmp_path / "c.csv")


@pytest.mark.parametrize(
    "text",
    [
        "file,gate,count\na,/,100\na,/L,60\na,L/CD3+,-1\n",
        "file,/ | Count,L | Count,L/CD3+ | Count\na,100,60,\n",
        'file,"/,Count","L,Count","L/CD3+,Count"\na,100,60,-1\n',
    ],
)
def test_counts_are_read_long_and_wide_and_minus_one_is_missing(tmp_path, text):
    found = counts_of(tmp_path, text)
    assert [found.find("a", gate) for gate in ("", "/", "L", "/L/CD3+")] == [100, 100, 60, None]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("file,gate,count\na,L,few\n", "row 2, column count(.|\n)*'few'"),
        ("file,gate,count\na,L,-5\n", "'-5'"),
        ("file,gate,count\na,L,1.5\n", "'1.5'"),
        ("file,gate,count\na,L,5\na,/L,5\n", "a second time"),
        ("file,gate,count\na,L,5\na,L/M,6\n", "6 events in L/M, 5 in L"),
        ("file,gate,count\n,L,5\n", "an empty cell"),
        ("file,gate,count\n", "a header without rows"),
        ("file,gate,counts\na,L,5\n", "did you mean count"),
        ("file,L | Count,M | Mean\na,5,5\n", r"column M \| Mean"),
        ("tube,L | Count\na,5\n", "no column file"),
        ("file,L | Count\na,5\na,6\n", "a second time"),
    ],
)
def test_a_table_of_counts_that_cannot_be_used_is_refused(tmp_path, text, words):
    with pytest.raises(StudyDataError, match=words):
        counts_of(tmp_path, text)


FIELDS = """file,gate,count
a,CD4,100
a,CD4/IFNg+2+,3
a,CD4/IFNg+2-,5
a,CD4/IFNg-2+,7
a,CD4/IFNg-2-,85
"""


def test_boolean_fields_are_added_up_by_marker(tmp_path):
    found = counts_of(tmp_path, FIELDS)
    assert (found.add_positive("a", "CD4", "IFNg"), found.add_positive("a", "/CD4", "2")) == (8, 10)
    with pytest.raises(StudyDataError, match="did you mean IFNg"):
        found.add_positive("a", "CD4", "IFN")
    missing = counts_of(tmp_path, FIELDS.replace("IFNg+2-,5", "IFNg+2-,"))
    assert missing.add_positive("a", "CD4", "IFNg") is None
    assert missing.add_positive("a", "CD4", "2") == 10


def test_an_incomplete_set_of_fields_is_not_added_up(tmp_path):
    torn = counts_of(tmp_path, FIELDS.replace("a,CD4/IFNg-2-,85\n", ""))
    with pytest.raises(StudyDataError, match="all combinations of one set of markers"):
        torn.add_positive("a", "CD4", "IFNg")


def test_a_tube_and_a_gate_that_are_not_there_name_the_nearest(tmp_path):
    found = counts_of(tmp_path, "file,gate,count\ntube_1,Lymphocytes,5\n")
    with pytest.raises(StudyDataError, match="did you mean tube_1"):
        found.find("tube1", "Lymphocytes")
    with pytest.raises(StudyDataError, match="did you mean Lymphocytes"):
        found.find("tube_1", "Lymphocyte")


# ----------------------------------------------------------------------------- damaged files


def list_faults(read_it, path):
    try:
        read_it(path)
    except StudyDataError as error:
        return error.faults
    return ()


@pytest.mark.parametrize("seed", range(4))
def test_a_damaged_file_is_a_fault_with_its_place_or_is_read(tmp_path, seed):
    """`benchmarks/malformed_flow.py` does this many times over, and watches the memory."""
    draws = random.Random(seed)
    make.write_fcs(tmp_path / "a.fcs", make.make_events(40))
    sound = make.workspace(make.sample("a.fcs", [make.make_t_cells()], make.SCALES, make.MATRIX))
    refused = 0
    for name, content, read_it in (
        ("a.fcs", (tmp_path / "a.fcs").read_bytes(), read_fcs),
        ("a.wsp", sound.encode(), read_workspace),
    ):
        for _ in range(15):
            (tmp_path / name).write_bytes(make.damage(content, draws))
            faults = list_faults(read_it, tmp_path / name)
            assert all(fault.file.startswith(name) for fault in faults)
            assert all(fault.found and fault.mend for fault in faults)
            refused += bool(faults)
    assert refused > 10
