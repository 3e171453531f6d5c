"""What a disposition may not say: against itself, the patients or the plan."""

import pytest
from tests.study_folders import find_only_fault, write_study

from helpers.study import check_study

HEAD = "patient_id,last_month,{},stop_reason\n"
SETTINGS = {
    "visits": [{"month": month, "label": f"Month {month}"} for month in (0, 3, 6)],
}


def write(folder, header, *rows, **settings):
    table = HEAD.format(header) + "".join(f"{row}\n" for row in rows)
    return write_study(folder / "study", {"disposition": table}, **SETTINGS | settings)


@pytest.mark.parametrize(
    ("header", "row", "column", "found"),
    [
        ("completed", "P1,6,true,withdrew", "stop_reason", "withdrew, of a patient who is comp"),
        ("status", "P1,6,ongoing,withdrew", "stop_reason", "withdrew, of a patient who is ongo"),
        ("completed", "P1,2.9,true,", "last_month", "2.9, of a patient who completed"),
        ("status,completed", "P1,6,completed,false,", "status", "completed, with completed false"),
        ("status,completed", "P1,6,left,true,", "status", "left, with completed true"),
    ],
)
def test_a_contradiction_is_a_fault_of_its_row(tmp_path, header, row, column, found):
    other = "P2,6,completed,true," if "," in header else "P2,6,left,"
    other = "P2,6,false," if header == "completed" else other
    fault = find_only_fault(write(tmp_path, header, row, other, data_cut="2026-05-31"))
    assert fault.place == f"tables/disposition.csv, row 2, column {column}"
    assert fault.found.startswith(found)


@pytest.mark.parametrize("last", ["3", "5.98", "6"])
def test_completed_wins_over_a_last_month_near_the_end(tmp_path, last):
    assert check_study(write(tmp_path, "completed", f"P1,{last},true,", "P2,2,false,rash")) == []


def test_every_patient_has_a_row(tmp_path):
    fault = find_only_fault(write(tmp_path, "completed", "P1,6,true,"))
    assert (fault.found, fault.row) == ("no row of P2", None)


def test_either_status_or_completed_is_there(tmp_path):
    text = "patient_id,last_month,stop_reason\nP1,6,\nP2,6,\n"
    fault = find_only_fault(write_study(tmp_path / "study", {"disposition": text}))
    assert (fault.column, fault.expected) == ("status", "status, or else completed")


def test_somebody_ongoing_needs_a_data_cut(tmp_path):
    rows = ("P1,4,ongoing,", "P2,6,completed,")
    fault = find_only_fault(write(tmp_path, "status", *rows))
    assert fault.place == "study.yml, key data_cut"
    assert check_study(write(tmp_path / "b", "status", *rows, data_cut="2026-05-31")) == []
