import pandas as pd
import pytest

from helpers.derive.course.exposure import derive_exposure, summarise_exposure


def disposition(**last_months):
    return pd.DataFrame(
        {
            "patient_id": list(last_months),
            "last_month": list(map(float, last_months.values())),
            "completed": pd.array([True] * len(last_months), dtype="boolean"),
            "stop_reason": pd.Series([None] * len(last_months), dtype="str"),
        }
    )


def courses(*rows, drug="anakinra"):
    table = pd.DataFrame(rows, columns=["patient_id", "start_month", "end_month"])
    return table.astype({"start_month": "float64", "end_month": "float64"}).assign(drug=drug)


def months(*rows, last=12):
    exposure = derive_exposure(disposition(P1=last), medications=courses(*rows), drug="anakinra")
    return exposure["exposure_months"].item()


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([(0, 12)], 12),
        ([(0, 3), (6, 9)], 6),
        ([(0, 6), (3, 9)], 9),  # overlap counted once
        ([(0, 9), (3, 6)], 9),  # one inside the other
        ([(6, 9), (0, 3)], 6),  # in any order
        ([(0, 3), (3, 6)], 6),
        ([(0, None)], 12),  # open: until the last month
        ([(-24, 6)], 6),  # only the time in the study
        ([(-24, -12)], 0),
        ([(6, 24)], 6),
        ([(13, 14)], 0),  # after the last month
        ([(13, None)], 0),
        ([(3, 3)], 0),
    ],
)
def test_months_covered_by_a_course_are_counted_once(rows, expected):
    assert months(*[("P1", *row) for row in rows]) == expected


def test_patients_without_a_course_have_no_exposure_and_are_kept():
    exposure = derive_exposure(
        disposition(P1=12, P2=6), medications=courses(("P2", 0, None)), drug="anakinra"
    )
    assert exposure["patient_id"].tolist() == ["P1", "P2"]
    assert exposure["exposure_months"].tolist() == [0.0, 6.0]
    assert exposure["exposure_years"].tolist() == [0.0, 0.5]
    assert exposure["n_courses"].tolist() == [0, 1]
    assert exposure["source"].tolist() == ["no course of anakinra", "courses of anakinra"]


def test_courses_of_other_drugs_do_not_count():
    both = pd.concat([courses(("P1", 0, 3)), courses(("P1", 0, 12), drug="prednisolone")])
    exposure = derive_exposure(disposition(P1=12), medications=both, drug="anakinra")
    assert exposure["exposure_months"].item() == 3


def test_without_courses_the_time_in_the_study_counts():
    exposure = derive_exposure(disposition(P1=12, P2=1))
    assert exposure["exposure_months"].tolist() == [12.0, 1.0]
    assert exposure["n_courses"].isna().all()
    assert exposure["source"].tolist() == ["time in the study"] * 2


def test_the_sum_is_in_patient_years():
    row = summarise_exposure(derive_exposure(disposition(P1=12, P2=6, P3=3))).iloc[0]
    assert row["n_patients"] == 3
    assert row["patient_months"] == 21
    assert row["patient_years"] == 1.75
    assert row[["median_months", "minimum_months", "maximum_months"]].tolist() == [6, 3, 12]


def test_nobody_has_no_years_and_no_median():
    row = summarise_exposure(derive_exposure(disposition())).iloc[0]
    assert (row["n_patients"], row["patient_years"]) == (0, 0)
    assert pd.isna(row["median_months"])


def test_every_fault_of_the_courses_is_reported():
    table = courses(("P1", 6, 3), ("P1", None, 3), ("P9", 0, 3))
    with pytest.raises(
        ValueError,
        match="medications, anakinra: not in disposition: P9; course without start: P1; "
        "course that ends before it starts: P1",
    ):
        derive_exposure(disposition(P1=12), medications=table, drug="anakinra")


def test_a_misspelt_drug_and_half_a_request_are_refused():
    table = courses(("P1", 0, 3))
    with pytest.raises(ValueError, match="no course of Anakinra found; check the spelling"):
        derive_exposure(disposition(P1=12), medications=table, drug="Anakinra")
    with pytest.raises(ValueError, match="give medications and drug together"):
        derive_exposure(disposition(P1=12), medications=table)
    with pytest.raises(ValueError, match="give medications and drug together"):
        derive_exposure(disposition(P1=12), drug="anakinra")
    with pytest.raises(ValueError, match="exposure: expected one row per patient_id"):
        summarise_exposure(pd.concat([derive_exposure(disposition(P1=12))] * 2))
