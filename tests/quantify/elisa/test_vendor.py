import math

import pytest
from tests.plate_exports import list_contents, read_wells, softmax_text, write_layout

from helpers.contracts.elisa import ElisaSettings
from helpers.quantify.elisa.assay import evaluate
from helpers.quantify.elisa.curve import fit_curve
from helpers.quantify.elisa.layout import read_layout
from helpers.quantify.elisa.read.export import read_export
from helpers.quantify.elisa.vendor import compare_wells, reproduce


def make_results(*, masked=(), zero=True, **options):
    """Make a program's results, as it would print them."""
    signals = read_wells()
    x, y = [], []
    for well, role, _, nominal, _, _ in list_contents():
        if role == "standard" and well not in masked and (zero or nominal):
            x.append(nominal)
            y.append(signals[well])
    levels = sorted(set(x))
    means = [
        sum(b for a, b in zip(x, y, strict=True) if a == level) / x.count(level) for level in levels
    ]
    curve = fit_curve(levels, means, **options)
    read = {well: float(curve.concentration(signal)) for well, signal in signals.items()}
    return {well: f"{value:.3f}" for well, value in read.items() if math.isfinite(value)}


def read(tmp_path, **options):
    path = tmp_path / "plate.txt"
    path.write_text(softmax_text(**options), encoding="utf-8")
    return read_export(path, file="plate.txt")[0]


@pytest.mark.parametrize(
    ("options", "recipe"),
    [
        ({}, "4pl of 450 - 620 through each level's mean, unweighted, zero standard in"),
        (
            {"zero": False},
            "4pl of 450 - 620 through each level's mean, unweighted, zero standard out",
        ),
        (
            {"weights": "1/y2"},
            "4pl of 450 - 620 through each level's mean, weights 1/y2, zero standard in",
        ),
        ({"shape": "linear"}, "linear of 450 - 620 through each level's mean, unweighted"),
    ],
)
def test_the_way_of_the_program_is_found(options, recipe, tmp_path):
    plate = read(tmp_path, results=make_results(**options))
    found = reproduce(plate)
    assert found.exact == found.wells >= 14
    assert str(found.recipe).startswith(recipe)


def test_masks_matter_to_the_way(tmp_path):
    # B1 is masked: level 31.25 has one well, so means and wells are two different curves.
    obeyed = read(tmp_path, masked=("B1",), results=make_results(masked=("B1",)))
    assert reproduce(obeyed).recipe.printed_masks == "obey"
    ignored = read(tmp_path, masked=("B1",), results=make_results())
    assert reproduce(ignored).recipe.printed_masks == "ignore"


def test_results_that_no_way_gives_are_counted(tmp_path):
    results = {**make_results(), "E3": "999.000"}
    found = reproduce(read(tmp_path, results=results))
    assert found.exact == found.wells - 1
    assert found.median < 1e-4


def test_without_results_there_is_no_way(tmp_path):
    assert reproduce(read(tmp_path)) is None


def test_the_programs_value_stands_beside_ours(tmp_path):
    plate = read(tmp_path, results={**make_results(), "E3": "999.000"})
    wells, _ = read_layout(write_layout(tmp_path / "layout.csv"), file="layout.csv")
    table = compare_wells(evaluate(plate, wells, "IL-6", ElisaSettings())).set_index("well")
    assert table.loc["E4", "same"]
    assert table.loc["E4", "ours"] == pytest.approx(float(make_results()["E4"]), abs=6e-4)
    assert not table.loc["E3", "same"]
    assert table.loc["E3", "difference"] == pytest.approx(-90, abs=1)
