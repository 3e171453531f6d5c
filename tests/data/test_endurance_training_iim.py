"""Every value of the shipped endurance study equals the print, digit by digit.

Alemo Munters L, Dastmalchi M, Katz A, et al. Arthritis Research & Therapy 2013;15:R83, table 4
(open access, CC BY 2.0), typed below as printed: a dash is a cell that the table left blank.
"""

import csv

import pandas as pd
import pytest

from helpers.study import check_study, find_study, read_study

# patient, then at 0 and 12 weeks each: MMT-8 (0-80), HAQ-DI (0-3), CK (ukat/L), VAS of the
# physician and of the patient (0-100 mm), MITAX (0-1), cycling time (min); then whether the
# print marks the patient as a responder by the IMACS rule, and by cycling time.
TABLE_4 = """
A  79 79  0.00 0.25  6.2 1.2   5  0   3  1  0.05 0.00  18 31  yes yes
B  70 75  0.50 0.38  2.2 1.9   4  0  72  5  0.11 0.07   8 55  yes yes
C  75 77  0.25 0.00  1.8 1.3   0  0   9  0  0.24 0.19  15 37  yes yes
D  76 80  0.38 0.00  4.2 2.3   0  0   0  9  0.10 0.06  25 30  yes yes
E  42 57   -   1.63  6.8 5.2   -  3   - 43  0.02 0.22  13 20  no  yes
F  76 75  0.50 0.50   -   -   14  0  15  0  0.16 0.04  15 50  yes yes
G  71 76  0.38 0.38  1.5 2.0   3  0  32 11  0.00 0.00  10 15  no  yes
H  76 78  0.50 0.50  1.0 1.1  11  7  54 53  0.06 0.02  20 40  no  yes
I  77 77  1.38 0.63  1.3 1.3  10  3  24 13  0.11 0.02  15 25  yes yes
J  77 77  0.38 0.63  1.6 3.1   0  0  44 26  0.19 0.11   9 10  no  no
K  72 74  0.38 0.00  1.8 1.8   1  0  13  5  0.06 0.10  15 15  yes no
L  66 73  0.50 0.13  1.3 1.2   0  0  77 52  0.09 0.21  15 15  no  no
M  75 70  0.50 0.38  3.7 1.9   3  5  20 44  0.14 0.13  20 20  no  no
N  57 75  1.75 2.00   -   -    -  5  59 69   -   0.24   8  8  no  no
O  75 72  0.63 0.88  1.2 1.6  10  6  39 59  0.13  -    15 19  no  yes
"""
MEASURES = ("mmt8", "haq_di", "ck", "physician_global", "patient_global", "extramuscular")
PRINTED = {cells[0]: cells[1:] for cells in map(str.split, TABLE_4.strip().splitlines())}
EXERCISE = set("ABCDEFGHI")


def read_texts(table):
    """Give the rows of a shipped table as text, so that 0.50 and 0.5 are told apart."""
    path = find_study("endurance_training_iim") / "tables" / f"{table}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_table_typed_here_has_fifteen_patients_and_their_cells():
    assert "".join(PRINTED) == "ABCDEFGHIJKLMNO"
    assert {len(cells) for cells in PRINTED.values()} == {16}
    assert sum(cells.count("-") for cells in PRINTED.values()) == 10


def test_the_shipped_study_has_no_fault():
    assert check_study("endurance_training_iim") == []


def test_it_has_the_tables_that_were_printed_and_no_others():
    study = read_study("endurance_training_iim")
    assert list(study.tables) == ["patients", "core_set", "performance_tests", "published_flags"]


def test_nine_patients_trained_and_six_did_not():
    arms = {row["patient_id"]: row["arm"] for row in read_texts("patients")}
    assert list(arms) == list(PRINTED)
    assert {patient for patient, arm in arms.items() if arm == "exercise"} == EXERCISE
    assert {patient for patient, arm in arms.items() if arm == "control"} == set("JKLMNO")


def test_every_core_set_value_has_the_digits_of_the_print():
    rows = {(row.pop("patient_id"), row.pop("month")): row for row in read_texts("core_set")}
    expected = {
        (patient, month): {
            measure: cells[2 * number + at].replace("-", "")
            for number, measure in enumerate(MEASURES)
        }
        for patient, cells in PRINTED.items()
        for at, month in enumerate(("0", "3"))
    }
    assert rows == expected


def test_what_the_print_left_blank_is_missing_and_nothing_else():
    core_set = read_study("endurance_training_iim").table("core_set").set_index("patient_id")
    blank = core_set.isna().groupby("patient_id").sum().sum(axis=1)
    assert blank[blank > 0].to_dict() == {"E": 3, "F": 2, "N": 4, "O": 1}


def test_every_cycling_time_has_the_digits_of_the_print():
    rows = read_texts("performance_tests")
    assert {row["test"] for row in rows} == {"cycling time to exhaustion"}
    assert {row["unit"] for row in rows} == {"min"}
    times = {(row["patient_id"], row["month"]): row["value"] for row in rows}
    assert times == {
        (patient, month): cells[12 + at]
        for patient, cells in PRINTED.items()
        for at, month in enumerate(("0", "3"))
    }
    assert len(rows) == len(times)


@pytest.mark.parametrize(("flag", "at"), [("imacs_improvement", 14), ("cycling_improvement", 15)])
def test_every_published_flag_is_as_printed(flag, at):
    flags = {
        (row["patient_id"], row["month"]): row["value"]
        for row in read_texts("published_flags")
        if row["flag"] == flag
    }
    assert flags == {
        (patient, "3"): {"yes": "true", "no": "false"}[cells[at]]
        for patient, cells in PRINTED.items()
    }


def test_the_responders_are_those_the_publication_counts():
    flags = read_study("endurance_training_iim").table("published_flags")
    arms = read_study("endurance_training_iim").table("patients")
    merged = flags.merge(arms, on="patient_id", validate="many_to_one")
    counts = merged.groupby(["flag", "arm"])["value"].sum().to_dict()
    assert counts == {
        ("imacs_improvement", "exercise"): 6,
        ("imacs_improvement", "control"): 1,
        ("cycling_improvement", "exercise"): 9,
        ("cycling_improvement", "control"): 1,
    }


def test_the_study_declares_the_scales_of_the_print():
    config = read_study("endurance_training_iim").config
    assert config.data_origin == "published"
    assert config.instruments.vas_maximum == 100
    assert config.instruments.mmt8_maximum == 80
    assert config.instruments.haq_di_precision == "two_decimals"
    assert config.instruments.extramuscular.instrument == "mitax"
    assert config.instruments.extramuscular_maximum == 1
    assert config.instruments.ck.unit == config.instruments.ck.shown_unit == "ukat/L"
    assert [(visit.month, visit.label) for visit in config.visits] == [
        (0, "Baseline"),
        (3, "12 weeks"),
    ]
    assert list(config.arms) == ["exercise", "control"]


def test_values_are_read_as_numbers_of_their_unit():
    core_set = (
        read_study("endurance_training_iim").table("core_set").set_index(["patient_id", "month"])
    )
    assert core_set.loc[("A", 0), "ck"] == 6.2
    assert core_set.loc[("B", 0), "patient_global"] == 72
    assert pd.isna(core_set.loc[("E", 0), "haq_di"])
    assert core_set.loc[("L", 3), "haq_di"] == 0.13
