import hashlib
from dataclasses import replace

import pytest
from tests.plate_exports import (
    HEADER,
    bioplex_rows,
    gen5_text,
    grid_text,
    list_layout,
    read_wells,
    softmax_text,
    write_layout,
    write_workbook,
)

from helpers.contracts import StudyDataError
from helpers.contracts.elisa import ControlRange, ElisaSettings, Mask
from helpers.quantify.elisa import evaluate_run, list_changes, measure


@pytest.fixture
def study(tmp_path):
    """Give a study's folder with one plate and its layout, and a way to measure it."""
    folder = tmp_path / "raw"
    folder.mkdir()
    (folder / "plate.txt").write_text(softmax_text(), encoding="utf-8")
    write_layout(folder / "layout.csv")

    def run(*names, rows=None, do=measure, patients=None, settings=None, **given):
        if rows is not None:
            write_layout(folder / "layout.csv", rows)
        files = [folder / name for name in names or ["plate.txt"]]
        chosen = settings or ElisaSettings(**given)
        return do(files, folder / "layout.csv", chosen, folder=tmp_path, patients=patients)

    run.folder = folder
    return run


def change(at, column, text):
    rows = list_layout()
    rows[at][HEADER.index(column)] = text
    return rows


def test_one_measurement_per_sample_in_the_layouts_order(study):
    found = study(patients={"P01", "P02"})
    assert [(one.patient_id, one.month, one.what) for one in found] == [
        ("P01", 0, "IL-6"),
        ("P01", 6, "IL-6"),
        ("P02", 0, "IL-6"),
    ]
    assert [one.value for one in found] == pytest.approx([200, 90, 700], rel=2e-3)
    first = found[0]
    assert (first.unit, first.n, first.flag, first.qc) == ("pg/mL", 2, "", "")
    assert first.source_file == "raw/plate.txt"
    data = (study.folder / "plate.txt").read_bytes()
    assert first.sha256 == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize(
    ("name", "content", "plate"),
    [
        ("a.txt", softmax_text(form="TimeFormat").encode("utf-16"), "Plate1"),
        ("a.txt", softmax_text(dual=False).encode("latin-1"), "Plate1"),
        ("a.txt", gen5_text().encode(), "Plate1"),
        ("a.csv", grid_text(mark=";", comma=True).encode(), "Plate 1"),
    ],
)
def test_every_reader_gives_the_same_values(study, name, content, plate):
    (study.folder / name).write_bytes(content)
    found = study(name, rows=list_layout(plate))
    assert [one.value for one in found] == pytest.approx([200, 90, 700], rel=2e-3)


def test_a_bead_assay_by_its_printed_curve(study):
    write_workbook(study.folder / "a.xlsx", bioplex_rows())
    rows = [row for row in list_layout(analyte="IL-6 (19)") if row[2] != "empty"]
    found = study("a.xlsx", rows=rows, curve="printed")
    assert [one.value for one in found] == pytest.approx([200, 90, 700], rel=2e-3)
    assert "its own error not known" in found[0].interval_method


def test_two_files_with_a_plate_of_one_name_are_told_apart(study):
    (study.folder / "two.txt").write_text(softmax_text(), encoding="utf-8")
    more = [[*row] for row in list_layout("Plate1 (2)")]
    for row in more:
        if row[2] == "sample":
            row[3], row[4] = f"{row[3]}b", f"{row[4]}b"
    found = study("plate.txt", "two.txt", rows=[*list_layout(), *more])
    assert [one.source_file for one in found] == ["raw/plate.txt"] * 3 + ["raw/two.txt"] * 3


def test_plate_remarks_stand_beside_each_value(study):
    limits = [ControlRange(sample="high", lower=1, upper=2)]
    assert all("control high is 9" in one.qc for one in study(controls=limits))


def test_below_quantification_is_no_number(study):
    low = study(lloq=60, uloq=2000)[1]  # 90 in the sample, 45 in the well at the least dilution
    assert (low.value, low.se, low.lower, low.upper) == (None, None, None, 120)
    assert low.flag == "below quantification (< 120 pg/mL)"


def test_a_run_knows_plates_and_controls(study):
    run = study(do=evaluate_run)
    assert [assay.key for assay in run.assays] == [("Plate1", "IL-6")]
    assert run.between == {"IL-6": None}
    assert {one.role for one in run.conclusions} == {"sample", "control"}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"masks": [Mask(plate="Plat1", well="A1", reason="x")]}, "did you mean Plate1"),
        ({"masks": [Mask(plate="Plate1", well="A13", reason="x")]}, "'A13'"),
        ({"controls": [ControlRange(sample="hihg", lower=1, upper=2)]}, "did you mean high"),
        ({"wavelengths": "570"}, "no reading '570'; there are 450, 620"),
        ({"curve": "printed"}, "0 curves with known coefficients"),
        ({"settings": {"IL-7": ElisaSettings()}}, "did you mean IL-7"),
    ],
)
def test_settings_that_fit_no_plate_are_faults(study, given, told):
    with pytest.raises(StudyDataError, match=told.replace("(", r"\(")):
        study(**given)


def test_settings_by_analyte(study):
    found = study(settings={"IL-6": ElisaSettings(unit="ng/L")})
    assert found[0].unit == "ng/L"


def test_faults_of_files_and_layout_are_told_together(study):
    (study.folder / "two.txt").write_text(gen5_text().replace("0.0450", "x", 1))
    with pytest.raises(StudyDataError) as told:
        study("plate.txt", "two.txt", rows=change(0, "role", "std"))
    assert {fault.file for fault in told.value.faults} == {"raw/two.txt", "raw/layout.csv"}


def test_samples_without_standards_are_a_fault(study):
    rows = [
        [*row[:2], "empty", *[""] * 6] if row[2] == "standard" else row for row in list_layout()
    ]
    with pytest.raises(StudyDataError, match="no standards of IL-6 on plate Plate1"):
        study(rows=rows)


def test_no_files_at_all_is_a_fault(study):
    with pytest.raises(StudyDataError, match="no plates"):
        measure([], study.folder / "layout.csv", ElisaSettings(), folder=study.folder)


def test_a_plate_whose_curve_fails_gives_flags_and_no_values(study):
    wells = {**read_wells(), **dict.fromkeys(("A1", "A2"), 0.0)}
    (study.folder / "plate.txt").write_text(softmax_text(wells=wells, dual=False))
    found = study(weights="1/y")
    assert all(one.value is None for one in found)
    assert found[0].flag.startswith("no curve: a standard's signal of 0")
    assert "no curve" in found[0].qc


def test_an_unused_reading_is_a_fault(study):
    with pytest.raises(StudyDataError, match="without a row: A6, B6"):
        study(rows=[*list_layout()[:-1], ["Plate1", "A7:H12", "empty", *[""] * 6]])


def test_changes_of_each_patient_from_the_first_sample(study):
    run = study(do=evaluate_run)
    (row,) = list_changes(run).itertuples()
    assert (row.patient_id, row.first_month, row.month) == ("P01", 0, 6)
    assert row.ratio == pytest.approx(90 / 200, rel=5e-3)
    assert row.lower < row.ratio < row.upper < 1
    assert row.beyond_assay
    assert row.method.startswith("one plate")


def test_a_change_of_what_is_not_quantified_says_why(study):
    (row,) = list_changes(study(do=evaluate_run, lloq=60, uloq=2000)).itertuples()
    assert row.why.startswith("S2: below quantification")
    assert row.beyond_assay is None


def test_measurements_change_nothing_that_they_were_given(study):
    settings = ElisaSettings()
    study(settings=settings)
    assert settings == ElisaSettings()
    one = study()[0]
    assert replace(one, value=1.0) != one
