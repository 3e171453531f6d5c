from tests.plate_exports import softmax_text

from helpers.quantify.elisa.draft import draft_layout
from helpers.quantify.elisa.layout import COLUMNS
from helpers.quantify.elisa.read.export import read_export


def test_what_the_program_knows_is_drafted_and_the_rest_left_open(tmp_path):
    path = tmp_path / "plate.txt"
    path.write_text(softmax_text(), encoding="utf-8")
    table = draft_layout(read_export(path, file="plate.txt"), analyte="IL-6")
    assert list(table.columns) == list(COLUMNS)
    assert len(table) == 96
    table = table.set_index("well")
    assert table.loc["B1", ["role", "nominal", "analyte"]].tolist() == ["standard", 31.25, "IL-6"]
    assert table.loc["E3", ["role", "sample", "dilution"]].tolist() == ["sample", "S1", 2]
    assert table.loc["E3", ["patient_id", "month"]].isna().all()
    assert table.loc["H12", "role"] == "empty"


def test_names_of_controls_and_blanks_are_known(tmp_path):
    text = softmax_text().replace("S1\t2.000", "QC low\t2.000").replace("S2\t2.000", "Blank\t2.000")
    path = tmp_path / "plate.txt"
    path.write_text(text, encoding="utf-8")
    table = draft_layout(read_export(path, file="plate.txt")).set_index("sample")
    assert set(table.loc["QC low", "role"]) == {"control"}
    assert set(table.loc["Blank", "role"]) == {"blank"}
