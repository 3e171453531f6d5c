import pytest

from helpers.contracts import Fault, StudyDataError, describe_faults, suggest_name

FAULT = Fault("tables/core_set.csv", "72 cm", "0 to 10 cm", "convert the value", 3, "vas")


@pytest.mark.parametrize(
    ("fault", "place"),
    [
        (FAULT, "tables/core_set.csv, row 3, column vas"),
        (Fault("tables/core_set.csv", "x", "y", "z", 3), "tables/core_set.csv, row 3"),
        (Fault("tables/core_set.csv", "x", "y", "z"), "tables/core_set.csv"),
        (Fault("study.yml", "x", "y", "z", 2, "visits.0"), "study.yml, row 2, key visits.0"),
        (Fault("study.yml", "x", "y", "z", column="title"), "study.yml, key title"),
    ],
)
def test_a_fault_names_as_much_of_its_place_as_it_knows(fault, place):
    assert fault.place == place


def test_no_fault_is_said_in_words():
    assert describe_faults([]) == "No fault found."


def test_every_fault_is_listed_with_its_number_place_and_cure():
    other = Fault("study.yml", "no such key", "full title", "add the key", 1, "title")
    assert describe_faults([FAULT, other]) == (
        "2 faults found.\n"
        "  1. tables/core_set.csv, row 3, column vas\n"
        "     found:    72 cm\n"
        "     expected: 0 to 10 cm\n"
        "     to mend:  convert the value\n"
        "  2. study.yml, row 1, key title\n"
        "     found:    no such key\n"
        "     expected: full title\n"
        "     to mend:  add the key"
    )


def test_the_error_of_a_study_carries_its_faults_and_says_them():
    error = StudyDataError("my_study", [FAULT])
    assert error.study == "my_study"
    assert error.faults == (FAULT,)
    assert str(error).startswith("my_study: 1 fault found.\n  1. tables/core_set.csv, row 3")


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("patient_globl", "did you mean patient_global? "),
        ("PATIENT_GLOBAL", "did you mean patient_global? "),
        ("myo-O14", "did you mean MYO-014? "),
        ("weight", ""),
        ("", ""),
    ],
)
def test_a_misspelt_name_gets_the_nearest_known_one(name, suggestion):
    assert suggest_name(name, ["physician_global", "patient_global", "MYO-014"]) == suggestion
