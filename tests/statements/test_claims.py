"""What was built in, copied or computed is never told as one and the same."""

import math

import pytest
from scipy import stats
from tests.statements.studies import build, make_arms, say, write_rows

from helpers.answers import case_timeline, published_claims
from helpers.study import read_study

ARMS = make_arms(drug=4)
HEADER = (
    "claim_id,source,topic,claim,statistic,n,value,low,high,unit,p_value,kind,note,verb,table,"
    "column,where,how"
)
ENTERED = ("C-1", "A 2020", "design", "entered", "count", 4, 4, "", "", "patients", "", "exact", "",
           "count", "patients", "", "", "rows of the table patients")  # fmt: skip
DOSE = ("C-2", "A 2020", "design", "dose", "value", "", 10, "", "", "mg/day", "", "exact", "",
        "value", "medications", "dose", "drug=x", "dose in the table medications")  # fmt: skip
DOSES = write_rows(
    "patient_id,drug,dose,unit,start_month,end_month", [("P01", "x", 10, "mg/day", 0, None)]
)


def ask(folder, *claims, origin="published"):
    study = build(
        folder, ARMS, tests={"P01": (1.0, 2.0)}, tables={"medications": DOSES}, data_origin=origin,
        citation="A 2020", provenance="Typed from the paper.",
    )  # fmt: skip
    (study.folder / "published_claims.csv").write_text(write_rows(HEADER, claims))
    return published_claims.claims(study)


@pytest.mark.parametrize(
    ("origin", "claims", "told"),
    [
        ("published", [ENTERED], "1 reproduced (1 computed independently)"),
        (
            "published",
            [DOSE],
            "1 reproduced (1 because the study folder repeats the printed number and 0 computed "
            "independently)",
        ),
        (
            "published",
            [ENTERED, DOSE],
            "2 reproduced (1 because the study folder repeats the printed number and 1 computed "
            "independently)",
        ),
        (
            "reconstructed",
            [ENTERED, DOSE],
            "2 reproduced (2 because the cohort was built so that they hold and 0 computed "
            "independently)",
        ),
    ],
)
def test_what_reproduced_claims_rest_on_stands_beside_their_count(tmp_path, origin, claims, told):
    answer = ask(tmp_path, *claims, origin=origin)
    assert told in say(answer)


def test_copies_that_agree_are_no_result(tmp_path):
    told = say(ask(tmp_path, DOSE))
    assert "were copied right, and nothing about the case or the trial" in told
    assert "follow from the printed values" not in told


def test_one_statement_that_was_computed_is_a_result(tmp_path):
    assert "follow from the printed values" in say(ask(tmp_path, DOSE, ENTERED))


def test_the_case_tells_no_day_that_is_not_printed():
    case = read_study("anti_mda5_case")
    told = say(case_timeline.course(case))
    # Groh 2015: both drugs "were stopped", without a day; she died "5 months later".
    assert "Without a date: death by aspiration pneumonia" in told
    assert "274" not in told
    assert not {"azathioprine", "rituximab"} & set(case.table("medications")["drug"])
    assert "azathioprine" not in told.partition("Also given:")[2].partition(".")[0]


def test_no_claim_rests_on_half_a_sentence():
    checked = published_claims.claims(read_study("endurance_training_iim")).checked
    assert not checked["claim"].str.contains("said not to").any()


def print_p(r, n):
    """Give the two-sided p of a Pearson coefficient as the abstract prints it."""
    return f"{2 * stats.t.sf(abs(r) * math.sqrt((n - 2) / (1 - r * r)), n - 2):.3f}"


def test_how_many_patients_a_printed_p_needs_is_true_for_both_coefficients():
    told = published_claims.contradictions(read_study("anakinra_iim")).contradictions
    [tension] = told.loc[told["claims"].str.contains("TCE-03"), "tension"]
    assert "ranks need 8, and Pearson's coefficient needs 7 (r = -0.949)" in tension
    assert print_p(-0.949, 7) == "0.001"
    assert "0.001" not in {print_p(-0.85 - k / 1000, 6) for k in range(1, 100)}
    ranks = {n: [1 - 6 * d / (n**3 - n) for d in range(0, (n**3 - n) // 3 + 1, 2)] for n in (7, 8)}
    printed = {n: {print_p(r, n) for r in all_r if f"{r:.1f}" == "-0.9"}
               for n, all_r in ranks.items()}  # fmt: skip
    assert ("0.001" in printed[7], "0.001" in printed[8]) == (False, True)
