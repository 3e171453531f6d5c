"""The four cells: whole denominators, reasons in their own words, nothing unknown told as no."""

from tests.report.cohorts import make_cohort, read_words

from helpers.answers import cohort, outcomes, safety
from helpers.answers.glance import first_screen
from helpers.report.glance import cells
from helpers.report.pieces import Cell


def ask(study):
    treated = safety.treatment(cohort.flow(cohort.availability(study)))
    return first_screen.first_screen(outcomes.primary(study), treated)


def read_cells(study):
    pieces = [p for p in ask(study).list_pieces() if isinstance(p, Cell)]
    return {piece.name: read_words(piece.html) for piece in pieces}


def test_each_visit_and_any_visit_are_counted_of_everybody_who_entered():
    study = make_cohort(
        {"A": ["better", None], "B": ["same", "same"], "C": ["same", "better"]},
        months=(3.0, 6.0),
    )
    told = read_cells(study)["work"]
    assert told.startswith("Month 31 of 3Month 61 of 3Any visit2 of 3Any visit: 67 % (95 % CI")


def test_confidence_is_that_of_the_count_at_any_visit():
    fates = {f"P{i}": ["better" if i < 7 else "same"] for i in range(15)}
    screen = ask(make_cohort(fates))
    # By hand: P(X <= 6) + P(X = 7) / 2 of a binomial of 15 and 1/3.
    assert round(screen.ledger["confidence.third.midp"].value, 3) == 0.854
    assert round(screen.ledger["confidence.half.exact"].value, 3) == 0.304


def test_what_was_not_recorded_is_said_so():
    told = read_cells(make_cohort({"A": ["better"], "B": ["same"]}))
    assert "Who left, and why, was not recorded." in told["safe"]
    assert cells.NOT_RECORDED in told["safe"]
    assert cells.NO_DIAGNOSES in told["whom"]
