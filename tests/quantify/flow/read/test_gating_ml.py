import numpy as np
import pytest
from tests.quantify.flow import made_files as make

from helpers.contracts import StudyDataError
from helpers.quantify.flow.membership import find_members
from helpers.quantify.flow.read.fcs import read_fcs
from helpers.quantify.flow.read.gating_ml import read_gating_ml

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
