"""Where sources seem to disagree: listed by the study, shown beside the check of each claim."""

import shutil

import pytest

from helpers.claims.contradictions import list_contradictions
from helpers.contracts import StudyDataError
from helpers.study import check_study, find_study, read_study


@pytest.fixture(scope="module")
def anakinra():
    return read_study("anakinra_iim")


def test_contradictions_are_shown_to_hold_together_or_not(anakinra):
    listed = list_contradictions(anakinra).set_index("claims")
    together = listed["together"]
    assert (together.drop("SER-04, SER-05") == "all reproduced at once in these tables").all()
    assert together["SER-04, SER-05"] == "SER-04 reproduced; SER-05 impossible in the source"
    assert len(listed) == 7
    assert listed.loc["SER-03, DIS-02", "sources"] == "Zong abstract; Dorph abstract"


def test_a_study_without_the_file_has_none():
    listed = list_contradictions(read_study("endurance_training_iim"))
    assert listed.empty
    assert list(listed) == ["title", "claims", "sources", "tension", "resolution", "together"]


def test_a_claim_that_is_not_listed_is_a_fault_with_the_nearest_name(tmp_path):
    folder = tmp_path / "trial"
    shutil.copytree(find_study("endurance_training_iim"), folder)
    text = 'title,claims,tension,resolution\na,"END-05, END07",b,c\n'
    (folder / "contradictions.csv").write_text(text)
    [fault] = check_study(folder)
    assert (fault.file, fault.row, fault.found) == ("contradictions.csv", 2, "END07")
    assert fault.mend.startswith("did you mean END-07?")
    with pytest.raises(StudyDataError, match="END07"):
        read_study(folder)
