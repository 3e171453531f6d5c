"""What is said of one, two, and two disagreeing readers of biopsies."""

from tests.report.biopsy_cohorts import compare, stain
from tests.report.cohorts import read_words

from helpers.answers import biopsies


def describe_readers(*rows):
    return read_words(biopsies.agreement(compare(*rows).study).sentence)


def test_one_reader_is_said():
    assert "by one reader (one), so how far readers agree cannot be said" in describe_readers(
        stain("A", 0, 1)
    )


def test_two_readers_who_shared_the_sections_out_are_said():
    assert "shared out among one and two" in describe_readers(
        stain("A", 0, 1), stain("B", 0, 1, reader="two")
    )


def test_two_readers_of_the_same_sections_get_their_agreement():
    rows = [stain(p, 0, v) for p, v in zip("ABC", (9, 6, 8), strict=True)]
    rows += [stain(p, 0, v, reader="two") for p, v in zip("ABC", (8, 6, 9), strict=True)]
    found = biopsies.agreement(compare(*rows, fates=dict.fromkeys("ABC", ("same",))).study)
    assert "Their agreement lies between 0.85 and 0.85" in read_words(found.sentence)
    shown = found.find("reader_agreement").frame
    assert shown["agreement (95 % interval)"].iloc[0].startswith("0.85 (")
    assert shown["agreement (95 % interval)"].iloc[1].startswith("not defined: both readers")
    assert found.ledger["biopsy.agreement.cd163.one-and-two.amount"].text == "0.85"


def test_agreement_that_is_not_defined_is_said():
    assert "their agreement is not defined" in describe_readers(
        stain("A", 0, 1), stain("A", 0, 1, reader="two")
    )
