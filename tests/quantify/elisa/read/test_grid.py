import pytest
from tests.plate_exports import grid_rows, grid_text, read_wells

from helpers.contracts import StudyDataError
from helpers.quantify.elisa.read.grid import read_grid
from helpers.quantify.elisa.read.plate import name_well
from helpers.quantify.elisa.read.sheet import Sheet, read_sheets


def read(*rows):
    return read_grid([Sheet("", tuple(map(tuple, rows)))], file="reader.csv")


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("comma", [False, True])
def test_a_grid_is_found_whatever_separates_it(mark, comma, tmp_path):
    if mark == "," and comma:
        pytest.skip("a comma cannot be both")
    path = tmp_path / "plate.csv"
    path.write_text(grid_text(mark=mark, comma=comma), encoding="utf-8")
    (plate,) = read_grid(read_sheets(path, file=path.name), file=path.name)
    assert (plate.name, list(plate.signals)) == ("Plate 1", ["450"])
    assert plate.signals["450"] == read_wells()


def test_a_large_plate_and_zeros_before_numbers():
    rows = [["", *(f"{column:02d}" for column in range(1, 25))]]
    rows += [[letter, *["0.5"] * 24] for letter in "ABCDEFGHIJKLMNOP"]
    (plate,) = read(*rows)
    assert (plate.rows, plate.columns, len(plate.wells)) == (16, 24, 384)


def test_bare_numbers_are_a_plate_only_at_its_size():
    (plate,) = read(["Absorbance @ 562"], *[["0.5"] * 12 for _ in range(8)])
    assert list(plate.signals) == ["562"]
    with pytest.raises(StudyDataError, match="no plate"):
        read(*[["0.5"] * 12 for _ in range(7)])


def test_a_list_of_wells_is_a_plate_with_a_signal_per_column():
    rows = [["Well", "OD 450 nm", "OD 620 nm", "Name"]]
    rows += [[name_well(row, 0), "0.5", "0.04", "x"] for row in range(8)]
    (plate,) = read(*rows, ["Date: 2021"])
    assert {name: len(signal) for name, signal in plate.signals.items()} == {"450": 8, "620": 8}


def test_a_list_of_several_plates():
    rows = [["Plate", "Well", "OD"]]
    rows += [[name, name_well(row, 0), "0.5"] for name in ("x", "y") for row in range(8)]
    assert [plate.name for plate in read(*rows)] == ["x", "y"]


def test_grids_of_names_and_of_results_are_no_readings():
    names = [["Sample", *map(str, range(1, 13))]]
    names += [[letter, *["Std1"] * 12] for letter in "ABCDEFGH"]
    results = [["Conc. [ug/ml]", *map(str, range(1, 13))]]
    results += [[letter, *["1.5"] * 12] for letter in "ABCDEFGH"]
    (plate,) = read(*grid_rows(), [""], *names, [""], *results)
    assert list(plate.signals) == ["450"]
    assert len(plate.derived) == 1


def test_a_label_that_comes_again_begins_the_next_plate():
    first, second = grid_rows(plate=""), grid_rows(plate="")
    assert [plate.name for plate in read(*first, [""], *second)] == ["reader", "reader (2)"]


def test_a_wavelength_at_the_end_of_each_row_is_no_reading():
    rows = grid_rows()
    (plate,) = read(*rows[:5], *[[*row, "450"] for row in rows[5:]])
    assert len(plate.wells) == 96


def change(row, column, text):
    rows = grid_rows()
    rows[row][column] = text
    return rows


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (change(6, 3, "banana"), r"row 7\n.*'banana'"),
        (change(7, 0, ""), r"rows A, B below"),
        ([*grid_rows()[:6], *grid_rows()[7:]], r"rows A, C, D"),
        ([*grid_rows()[:8], [*grid_rows()[8], "0.7"], *grid_rows()[9:]], r"row 9\n.*beyond column"),
        ([["nothing"]], "no plate"),
        ([], "no plate"),
    ],
)
def test_faults_say_what_is_wrong(rows, told):
    with pytest.raises(StudyDataError, match=told):
        read(*rows)


def test_a_list_that_goes_on_after_words_is_refused():
    rows = [[name_well(row, 0), "0.5"] for row in range(8)]
    with pytest.raises(StudyDataError, match=r"row 11\n.*after the list's end in row 10"):
        read(["Well", "OD"], *rows, ["a note"], ["B1", "0.5"])


def test_a_well_twice_in_a_list_is_refused():
    rows = [[name_well(row, 0), "0.5"] for row in range(8)]
    with pytest.raises(StudyDataError, match="well C1 again"):
        read(["Well", "OD"], *rows, ["C1", "0.5"])
