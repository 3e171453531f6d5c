"""Real cytometers' files and other programs' results, beside a checkout that has them."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.quantify.flow import made_files as make

from helpers.contracts import StudyDataError
from helpers.quantify.flow.membership import find_members
from helpers.quantify.flow.read.fcs import read_fcs
from helpers.quantify.flow.read.gate_counts import read_gate_counts
from helpers.quantify.flow.read.gating_ml import read_gating_ml
from helpers.quantify.flow.read.workspace import read_workspace

SHARED = Path(__file__).parents[4] / "shared" / "data" / "flow"
if not SHARED.is_dir():  # a worktree lies one folder deeper
    SHARED = Path(__file__).parents[5] / "shared" / "data" / "flow"

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not SHARED.is_dir(), reason="the real files are not part of the project"),
]

COMPLIANCE = SHARED / "gatingml_ref"

COMPUTED = [
    "Range1",
    "Rectangle1",
    "Rectangle2",
    "Polygon1",
    "Ellipse1",
    "Range2",
    "Polygon2",
    "FL2P-FL4P",
    "FL2N-FL4P",
    "FL2N-FL4N",
    "FL2P-FL4N",
    "Polygon3NS",
    "FSCN-SSCN",
    "FSCD-SSCN-FL1N",
    "FSCP-SSCN-FL1N",
    "FSCD-FL1P",
    "FSCN-SSCP-FL1P",
    "And1",
    "And2",
    "Or1",
    "And3",
    "Not1",
    "And4",
    "Or2",
    "ScaleRange1",
    "ScaleRange3",
    "ScaleRange4",
    "ScaleRange5",
    "ScaleRange6",
    "ParAnd2",
    "ParAnd3",
]
"""Gates of the ISAC's set on linear, log, asinh and logicle axes, raw or with the file's matrix."""

SPECTRUM = [
    "Polygon4",
    "Rectangle3",
    "Rectangle4",
    "Rectangle5",
    "ScaleRange1c",
    "ScaleRange3c",
    "ScaleRange4c",
    "ScaleRange5c",
    "ScaleRect1",
    "ScaleRange6c",
    "ScaleRange8c",
]
"""Gates that are refused for their spectrum matrix alone, and computed where somebody asks."""

REFUSED = {
    "RatRange1": "ratio transform FL2Rat1",
    "RatRange2": "ratio transform FL2Rat2",
    "RatRange1a": "ratio transform FL2Rat1",
    "ScaleRange2": "hyperlog transform",
    "ScaleRange2c": "hyperlog transform",
    "ScalePar1": "hyperlog transform",
    "ScaleRange7c": "hyperlog transform",
} | dict.fromkeys(SPECTRUM, "spectrum matrix MySpill (3 dyes, 3 detectors)")


def read_truth(gate):
    return np.loadtxt(COMPLIANCE / "truth" / f"Results_{gate}.txt") > 0


@pytest.fixture(scope="module")
def compliance():
    return read_fcs(COMPLIANCE / "data1.fcs")


def test_every_event_of_the_isacs_set_is_where_the_standard_has_it(compliance):
    found = find_members(compliance, read_gating_ml(COMPLIANCE / "gml" / "gml_all_gates.xml"))
    assert sorted(found.inside) == sorted(COMPUTED)
    wrong = {gate: int((found.inside[gate] != read_truth(gate)).sum()) for gate in COMPUTED}
    assert {gate: count for gate, count in wrong.items() if count} == {}


def test_the_other_gates_of_the_isacs_set_are_refused_by_name(compliance):
    found = find_members(compliance, read_gating_ml(COMPLIANCE / "gml" / "gml_all_gates.xml"))
    assert set(found.refused) == set(REFUSED)
    for gate, why in REFUSED.items():
        assert why in found.refused[gate]
        with pytest.raises(StudyDataError, match=gate):
            found.count(gate)
    solid = find_members(
        compliance, read_gating_ml(COMPLIANCE / "gml" / "gml_ellipsoid3d_gate.xml")
    )
    assert solid.refused == {"Ellipsoid3D": "ellipsoid in three dimensions"}


def test_square_spectrum_matrices_give_the_standards_events_where_asked_for(compliance):
    tree = read_gating_ml(COMPLIANCE / "gml" / "gml_all_gates.xml", spectrum_matrices="square")
    found = find_members(compliance, tree)
    assert sorted(found.inside) == sorted(COMPUTED + SPECTRUM)
    assert [gate for gate in SPECTRUM if (found.inside[gate] != read_truth(gate)).any()] == []


def test_every_file_of_the_isacs_set_agrees_with_the_whole(compliance):
    truth_of = {"ParRectangle1": "ParQuadRect"}
    checked = 0
    for path in sorted((COMPLIANCE / "gml").glob("*.xml")):
        found = find_members(compliance, read_gating_ml(path, spectrum_matrices="square"))
        for gate, inside in found.inside.items():
            name = truth_of.get(gate, gate)
            if (COMPLIANCE / "truth" / f"Results_{name}.txt").is_file():
                assert (inside == read_truth(name)).all(), f"{path.name}: {gate}"
                checked += 1
    assert checked > 80


def test_all_of_flowjos_counts_and_the_hierarchy_are_read():
    folder = SHARED / "ics_8color_flowjo10_counts_only"
    found = {}
    for one in read_workspace(folder / "8_color_ICS.wsp").samples:
        for path, gate in one.tree.gates.items():
            parent = one.tree.total if not gate.parent else one.tree.gates[gate.parent].count
            found[one.fcs, "/" + path] = (gate.count, parent)
    with (folder / "flowjo_counts.csv").open() as file:
        rows = list(csv.DictReader(file))
    expected = {
        (row["sample"], row["path"]): (int(row["count"]), int(row["parent_count"])) for row in rows
    }
    assert found == expected
    assert len(found) == 42


def count_words(path, pattern):
    text = path.read_text()
    return text[text.index("<SampleList>") : text.index("</SampleList>")].count(pattern)


@pytest.mark.parametrize(
    "name",
    [
        "flowjo10_wsp_only/flowjo_example_1.wsp",
        "flowjo10_wsp_only/flowjo_example_2.wsp",
        "ics_8color_flowjo10_counts_only/8_color_ICS.wsp",
    ],
)
def test_all_gates_and_transforms_of_the_workspaces_are_read(name):
    found = read_workspace(SHARED / name)
    gates = [gate for one in found.samples for gate in one.tree.gates.values()]
    assert len(gates) == count_words(SHARED / name, "<Population ")
    assert sum(gate.count is None for gate in gates) == count_words(SHARED / name, 'count="-1"')
    scales = [scale for one in found.samples for scale in one.scales.values()]
    text = (SHARED / name).read_text()
    within = text[text.index("<SampleList>") : text.index("</SampleList>")]
    assert len(scales) == sum(
        within.count(f"<transforms:{kind} ") for kind in ("linear", "log", "logicle", "biex")
    )
    # Events in all fields of a quadrant are those of the gate around it.
    assert {gate.shape.what for gate in gates if gate.shape.kind == "beyond"} <= {"CurlyQuad shape"}


def test_gates_of_a_workspace_find_their_events_in_a_file_of_its_channels(tmp_path):
    """No FCS file of the workspaces is here: random events of the same channels stand for them."""
    path = SHARED / "flowjo10_wsp_only" / "flowjo_example_2.wsp"
    tree = read_workspace(path).samples[0].tree
    names = sorted(
        {axis.channel for gate in tree.gates.values() for axis in getattr(gate.shape, "axes", ())}
    )
    names += sorted(set(next(iter(tree.matrices.values())).detectors) - set(names))
    events = np.random.default_rng(5).lognormal(8, 2, (2000, len(names))).clip(0, 262143)
    markers = [""] * len(names)
    fcs = make.write_fcs(tmp_path / "a.fcs", events, names, markers, spill="")
    found = find_members(read_fcs(fcs), tree)
    for path, gate in tree.gates.items():
        if path in found.inside and gate.parent:
            assert not (found.inside[path] & ~found.inside[gate.parent]).any()
    assert set(found.refused.values()) == {"CurlyQuad shape"}


def test_compass_marginals_are_exact(tmp_path):
    folder = SHARED / "ics_compass_boolean"
    table = pd.read_csv(folder / "SimpleCOMPASSExamples.csv")
    expected = pd.read_csv(folder / "marginals_derived.csv")
    tubes = table["PATIENT ID"] + " " + table["Stimulation"]
    counts = table.filter(regex=r",Count$")
    pd.concat([tubes.rename("file"), counts], axis=1).to_csv(tmp_path / "wide.csv", index=False)
    found = read_gate_counts(tmp_path / "wide.csv")
    parent = next(name for name in counts if name.endswith("CD4+,Count")).removesuffix(",Count")
    markers = {"IFNg": "IFNg", "IL2": "2", "IL10": "10", "IL17A": "17A", "IL17F": "17F"}
    markers |= {"IL22": "22", "MIP": "MIP", "TNF": "TNF"}
    for row in expected.itertuples():
        tube = f"{row[2]} {row.Stimulation}"
        assert found.find(tube, parent) == row.CD4_total
        for name, marker in markers.items():
            assert found.add_positive(tube, parent, marker) == getattr(row, f"{name}_pos"), name
    assert len(expected) == 42


def test_files_with_wrong_offsets_are_refused_with_both_and_read_on_request():
    for name, header, text in (
        ("data_start_offset_discrepancy_example.fcs", "5555 to 6188", "6081 to 6188"),
        ("data_stop_offset_discrepancy_example.fcs", "6081 to 6944", "6081 to 6188"),
    ):
        path = SHARED / "malformed" / name
        with pytest.raises(StudyDataError, match=f"{header} by HEADER, {text} by TEXT"):
            read_fcs(path)
        with pytest.raises(StudyDataError, match=r"room for|in a file of"):
            read_fcs(path, offsets="header")
        assert len(read_fcs(path, offsets="text")) == 2
    path = SHARED / "malformed" / "test_comp_example.fcs"
    with pytest.raises(StudyDataError, match=r"3318 to 773934(.|\n)*3318 to 773933"):
        read_fcs(path)
    assert len(read_fcs(path, offsets="text")) == 10_703


def test_every_sound_file_is_read():
    paths = [path for path in SHARED.rglob("*.fcs") if path.parent.name != "malformed"]
    sizes = {path.name: len(read_fcs(path)) for path in paths}
    assert len(sizes) == 14
    assert sizes["100715.fcs"] == 65_016
    assert sizes["itn_02.fcs"] == 10_000
