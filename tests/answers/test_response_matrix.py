"""Who responded, in words and in a matrix of all methods."""

from tests.report.cohorts import make_cohort, one_arm, read_words

from helpers.answers import response_matrix


def test_the_groups_are_those_of_the_study():
    study = one_arm("better", "same", "unknown")
    groups = response_matrix.groups(study)
    assert groups.groups is study.responses.groups
    counts = [groups.ledger[f"groups.{name}"].value for name in ("responders", "others")]
    assert counts == [1, 2]


def test_who_was_left_out_has_no_row_in_the_matrix():
    fates = {"A": ["better"], "B": ["same"], "C": ["unknown"]}
    for unjudged, rows in (("not_improved", 3), ("left_out", 2)):
        matrix = response_matrix.matrix(make_cohort(fates, response={"unjudged": unjudged}))
        assert matrix.matrix["patient_id"].nunique() == rows


def test_the_rule_in_force_is_named():
    study = make_cohort({"A": ["better"]}, response={"improvement_percent": 30})
    [text] = response_matrix.groups(study).list_pieces()
    assert "by the IMACS definition with other limits" in read_words(text.paragraphs[0])
