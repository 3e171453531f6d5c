"""The picture of all patients: a row each, marks in words too, folded above forty."""

import pandas as pd
import pytest

from helpers.derive.course.everybody import list_everybody
from helpers.report.glance.everybody import Picture, write_everybody


def make_picture(n=3, *, primary="Primary outcome"):
    names = [f"P{i}" for i in range(n)]
    patients = pd.DataFrame({"patient_id": names, "arm": "drug", "diagnosis": "DM"})
    best = pd.DataFrame({"patient_id": names, "best_response": "unchanged"})
    best.loc[0, "best_response"] = "improved"
    seen = pd.DataFrame({"patient_id": names, "month": 3.0, "category": "unchanged"})
    seen.loc[0, "category"] = "improved"
    ended = pd.DataFrame({"patient_id": names, "last_month": 6.0, "outcome": "completed"})
    ended.loc[n - 1, ["last_month", "outcome"]] = [4.5, "head & neck pain"]
    everybody = list_everybody(patients, best=best, categories=seen, outcomes=ended)
    visits = {0.0: "Baseline", 3.0: "Month 3", 6.0: "Month 6"}
    return Picture(everybody, seen, visits, {"drug": "Drug"}, primary)


def test_every_patient_has_a_row_with_a_link_and_the_marks_in_words():
    html = write_everybody(make_picture())
    for name in ("P0", "P1", "P2"):
        assert html.count(f'<tr data-patient="{name}">') == 1
        assert f'href="#patient-{name}"' in html
    assert '<span class="unseen">Month 3: improved</span>' in html
    assert '<i class="better" style="left:50%"></i>' in html


def test_the_line_ends_where_the_patient_left_and_the_reason_stands_in_its_own_words():
    html = write_everybody(make_picture())
    assert '<i class="line" style="width:75%"></i><i class="left" style="left:75%"></i>' in html
    assert '<td class="reason">head &amp; neck pain</td>' in html


def test_without_a_primary_outcome_there_is_no_column_of_it():
    assert "Primary outcome" not in write_everybody(make_picture(primary=""))
    assert '<td class="reached not-seen">not seen</td>' in write_everybody(make_picture())


@pytest.mark.parametrize(("n", "folds"), [(40, 0), (41, 2)])
def test_above_forty_patients_the_groups_are_folded_with_their_counts(n, folds):
    html = write_everybody(make_picture(n))
    assert html.count("<details>") == folds
    assert html.count("<tr data-patient") == n
    assert ("<summary>40 patients unchanged</summary>" in html) is bool(folds)
