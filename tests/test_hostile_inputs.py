"""Whatever is done to a study's files, `check` ends with faults or with none, and never otherwise.

A small, seeded form of what benchmarks/attack.py does by the thousand.
"""

import os
import random
import shutil
from pathlib import Path

import openpyxl
import pytest
from tests.study_folders import CORE_SET, PATIENTS, write_study

from helpers.contracts import describe_faults
from helpers.study import CLAIMS_FILES, check_study

FILES = ("study.yml", "tables/patients.csv", "tables/core_set.csv", "tables/labs.xlsx")
PIECES = (
    *(b"\0", b"\xff", b'"', b",", b"\n", b"\r", b"1e999", b"inf", b"nan", b"-", b"*a", b"&a "),
    *(b"!!python/name:os ", b"{", b"[", b"]" * 99, b": ", b"\t", b"EXAMPLE", b"=1+1", b"<", b"\\"),
    *("\u202e".encode(), "\ufeff".encode(), b"\xed\xa0\x80", b"9" * 5_000, b"[" * 5_000),
)
MUTATIONS = 150


def write_victim(folder):
    write_study(folder, {"core_set": CORE_SET})
    book = openpyxl.Workbook()
    for row in (["patient_id", "day", "test", "value", "unit"], ["P1", 8, "CRP", 31, "mg/L"]):
        book.active.append(row)
    book.save(folder / "tables" / "labs.xlsx")
    return folder


def mutate(content, draw):
    at = draw.randrange(len(content) + 1)
    end = min(len(content), at + draw.choice([0, 1, 4, 40]))
    middle = draw.choice([draw.choice(PIECES), content[at:end] * 3, b"", draw.randbytes(3)])
    return content[:at] + middle + content[end:]


def check(folder):
    said = describe_faults(check_study(folder))
    said.encode()  # it can be printed
    return said


def test_a_mutated_file_ends_in_faults_or_in_none(tmp_path):
    draw = random.Random(20260711)
    victim = write_victim(tmp_path / "victim")
    assert check(victim) == "No fault found."
    faulty = 0
    for _ in range(MUTATIONS):
        path = victim / draw.choice(FILES)
        content = path.read_bytes()
        changed = content
        for _ in range(draw.choice([1, 1, 2, 5])):
            changed = mutate(changed, draw)
        path.write_bytes(changed)
        faulty += check(victim) != "No fault found."
        path.write_bytes(content)
    assert faulty > MUTATIONS / 3


OBJECTS = {
    "folder": Path.mkdir,
    "pipe": os.mkfifo,
    "device": lambda path: path.symlink_to("/dev/zero"),
    "loop": lambda path: path.symlink_to(path),
    "broken link": lambda path: path.symlink_to("nowhere"),
}


@pytest.mark.parametrize("kind", OBJECTS)
@pytest.mark.parametrize("name", [*FILES[:3], "tables", *CLAIMS_FILES])
def test_what_is_no_file_is_a_fault_and_is_not_waited_for(tmp_path, kind, name):
    folder = write_study(tmp_path / "study", {"core_set": CORE_SET, "patients": PATIENTS})
    path = folder / name
    if path.is_dir():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    OBJECTS[kind](path)
    assert "found" in check(folder)
    assert check(folder) != "No fault found."


@pytest.mark.parametrize("name", CLAIMS_FILES)
def test_a_file_of_claims_that_cannot_be_read_is_told_once(tmp_path, name):
    folder = write_study(tmp_path / "study")
    (folder / name).write_bytes(b"claim_id,\xff\n")
    assert [fault.file for fault in check_study(folder)] == [name]


@pytest.mark.parametrize("name", ["con", "x.failed", "a:b", "st\udcffudy", "a\nb"])
def test_a_study_whose_name_no_report_can_have_is_a_fault(tmp_path, name):
    folder = write_study(tmp_path / name)
    assert "rename the folder" in check(folder)


@pytest.mark.parametrize("name", ["x" * 5_000, "a\0b", "", "\udcff"])
def test_a_name_of_no_study_is_a_fault(name):
    assert "with a study.yml" in check(name)


def test_a_study_of_600_patients_and_100_visits_has_no_fault(tmp_path):
    people, months = [f"P{at:03d}" for at in range(600)], range(100)
    patients = "patient_id,arm\n" + "".join(f"{name},treated\n" for name in people)
    header = CORE_SET.splitlines()[0]
    rows = "".join(f"{name},{at},3.5,4,0.875,252,2,72\n" for name in people for at in months)
    visits = [{"month": at, "label": f"Visit {at}"} for at in months]
    tables = {"patients": patients, "core_set": f"{header}\n{rows}"}
    assert check(write_study(tmp_path / "study", tables, visits=visits)) == "No fault found."


def test_a_table_of_strangers_tells_the_first_and_counts_the_rest(tmp_path):
    header = CORE_SET.splitlines()[0]
    rows = "".join(f"Q{at},0,,,,,,\n" for at in range(1_002))
    said = check(write_study(tmp_path / "study", {"core_set": f"{header}\n{rows}"}))
    assert "1001 faults found." in said
    assert "2 more faults of this column, from row 1002" in said
