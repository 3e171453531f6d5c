import pytest

from helpers.contracts import StudyDataError
from helpers.quantify.flow.read.gate_counts import read_gate_counts


def counts_of(tmp_path, text):
    (tmp_path / "c.csv").write_text(text)
    return read_gate_counts(tmp_path / "c.csv")


@pytest.mark.parametrize(
    "text",
    [
        "file,gate,count\na,/,100\na,/L,60\na,L/CD3+,-1\n",
        "file,/ | Count,L | Count,L/CD3+ | Count\na,100,60,\n",
        'file,"/,Count","L,Count","L/CD3+,Count"\na,100,60,-1\n',
    ],
)
def test_counts_are_read_long_and_wide_and_minus_one_is_missing(tmp_path, text):
    found = counts_of(tmp_path, text)
    assert [found.find("a", gate) for gate in ("", "/", "L", "/L/CD3+")] == [100, 100, 60, None]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("file,gate,count\na,L,few\n", "row 2, column count(.|\n)*'few'"),
        ("file,gate,count\na,L,-5\n", "'-5'"),
        ("file,gate,count\na,L,1.5\n", "'1.5'"),
        ("file,gate,count\na,L,5\na,/L,5\n", "a second time"),
        ("file,gate,count\na,L,5\na,L/M,6\n", "6 events in L/M, 5 in L"),
        ("file,gate,count\n,L,5\n", "an empty cell"),
        ("file,gate,count\n", "a header without rows"),
        ("file,gate,counts\na,L,5\n", "did you mean count"),
        ("file,L | Count,M | Mean\na,5,5\n", r"column M \| Mean"),
        ("tube,L | Count\na,5\n", "no column file"),
        ("file,L | Count\na,5\na,6\n", "a second time"),
    ],
)
def test_a_table_of_counts_that_cannot_be_used_is_refused(tmp_path, text, words):
    with pytest.raises(StudyDataError, match=words):
        counts_of(tmp_path, text)


FIELDS = """file,gate,count
a,CD4,100
a,CD4/IFNg+2+,3
a,CD4/IFNg+2-,5
a,CD4/IFNg-2+,7
a,CD4/IFNg-2-,85
"""


def test_boolean_fields_are_added_up_by_marker(tmp_path):
    found = counts_of(tmp_path, FIELDS)
    assert (found.add_positive("a", "CD4", "IFNg"), found.add_positive("a", "/CD4", "2")) == (8, 10)
    with pytest.raises(StudyDataError, match="did you mean IFNg"):
        found.add_positive("a", "CD4", "IFN")
    missing = counts_of(tmp_path, FIELDS.replace("IFNg+2-,5", "IFNg+2-,"))
    assert missing.add_positive("a", "CD4", "IFNg") is None
    assert missing.add_positive("a", "CD4", "2") == 10


def test_an_incomplete_set_of_fields_is_not_added_up(tmp_path):
    torn = counts_of(tmp_path, FIELDS.replace("a,CD4/IFNg-2-,85\n", ""))
    with pytest.raises(StudyDataError, match="all combinations of one set of markers"):
        torn.add_positive("a", "CD4", "IFNg")


def test_a_tube_and_a_gate_that_are_not_there_name_the_nearest(tmp_path):
    found = counts_of(tmp_path, "file,gate,count\ntube_1,Lymphocytes,5\n")
    with pytest.raises(StudyDataError, match="did you mean tube_1"):
        found.find("tube1", "Lymphocytes")
    with pytest.raises(StudyDataError, match="did you mean Lymphocytes"):
        found.find("tube_1", "Lymphocyte")
