import pandas as pd
import pytest

from helpers.contracts.configuration import ReportedRelation
from helpers.derive.laboratory import biomarkers as derive
from helpers.derive.laboratory.biomarkers import CANDIDATES, MATRIX_COLUMNS, Source

NA = float("nan")
FI = derive.FUNCTIONAL_INDEX


def fi_table(**patients):
    """Functional Index of patients at months 0, 6, 12; missing months have no row."""
    rows = [
        {"patient_id": name, "month": month, "fi": value}
        for name, values in patients.items()
        for month, value in zip((0.0, 6.0, 12.0), values, strict=False)
    ]
    return {"functional_index": pd.DataFrame(rows)}


def stains(rows):
    names = ["patient_id", "month", "marker", "value", "reader"]
    return {"biopsies": pd.DataFrame(rows, columns=names)}


def column(when, source=FI):
    return derive.MatrixColumn("x", "Clinical", source, when)


def test_every_name_is_used_once():
    names = [candidate.name for candidate in CANDIDATES]
    assert len(set(names)) == len(names)


def test_two_readers_of_one_biopsy_are_averaged():
    table = stains([("A", 0.0, "CD163", 10.0, "r1"), ("A", 0.0, "CD163", 30.0, "r2")])
    source = Source("biopsies", "value", "marker", "CD163")
    assert derive.read_source(table, source)["value"].tolist() == [20.0]


def test_other_items_and_missing_values_are_left_out():
    table = stains([("A", 0.0, "CD3", 10.0, "r1"), ("B", 0.0, "CD163", NA, "r1")])
    assert derive.read_source(table, Source("biopsies", "value", "marker", "CD163")).empty


@pytest.mark.parametrize("tables", [{}, {"patients": pd.DataFrame({"patient_id": ["A"]})}])
def test_an_absent_table_or_column_gives_no_rows(tables):
    assert derive.read_source(tables, Source("patients", "age_years")).empty


def test_what_is_recorded_once_counts_as_baseline():
    patients = pd.DataFrame({"patient_id": ["A"], "age_years": [50.0]})
    values = derive.derive_candidate_values({"patients": patients}, baseline_month=1.0)
    assert values.values.tolist() == [["age", "A", 50.0]]


def test_only_baseline_values_are_candidates():
    values = derive.derive_candidate_values(fi_table(A=(30.0, 40.0), B=(25.0,)))
    assert values["value"].tolist() == [30.0, 25.0]


def test_without_any_table_nothing_is_measured():
    values = derive.derive_candidate_values({})
    measured, absent = derive.split_measured(values)
    assert (measured, len(absent)) == ([], len(CANDIDATES))


def test_a_change_runs_from_baseline_to_the_last_visit_with_a_value():
    tables = fi_table(A=(30.0, 40.0, NA), B=(30.0, 40.0, 33.0), C=(NA, 40.0), D=(30.0,))
    matrix = derive.derive_response_matrix(tables, list("ABCD"), columns=[column("change")])
    assert matrix["value"].fillna(-99).tolist() == [10.0, 3.0, -99.0, -99.0]


@pytest.mark.parametrize(("when", "expected"), [("before", 30.0), ("after", 33.0)])
def test_before_is_the_baseline_and_after_the_last_value(when, expected):
    tables = fi_table(B=(30.0, 40.0, 33.0))
    matrix = derive.derive_response_matrix(tables, ["B"], columns=[column(when)])
    assert matrix["value"].tolist() == [expected]


def test_ranks_run_from_lowest_to_highest_and_ties_share_theirs():
    tables = fi_table(A=(10.0,), B=(20.0,), C=(20.0,), D=(40.0,), E=(NA,))
    matrix = derive.derive_response_matrix(tables, list("ABCDE"), columns=[column("before")])
    assert matrix["rank"].fillna(-1).tolist() == [0.0, 0.5, 0.5, 1.0, -1.0]


def test_float_noise_makes_no_rank():
    tables = fi_table(A=(4.2, 7.3), B=(0.0, 3.1), C=(0.0, 5.0))
    matrix = derive.derive_response_matrix(tables, list("ABC"), columns=[column("change")])
    assert matrix["rank"].tolist() == [0.25, 0.25, 1.0]


def test_a_column_that_nobody_has_is_left_out():
    matrix = derive.derive_response_matrix(fi_table(A=(30.0,)), ["A"])
    assert matrix.empty
    matrix = derive.derive_response_matrix(fi_table(A=(30.0, 31.0)), ["A"])
    assert set(matrix["label"]) == {"Functional Index"}


def test_the_matrix_holds_every_domain():
    domains = list(dict.fromkeys(column.domain for column in MATRIX_COLUMNS))
    assert domains == ["Clinical", "Performance", "Muscle biopsy", "Serum", "Blood T cells"]


RELATION = ReportedRelation(
    name="cd45ro_ck",
    predictor="cd45ro",
    table="core_set",
    column="ck",
    label="fall of CK",
    month=6,
    fall=True,
    expected="negative",
    source="A 2014",
)


def make_pairs(relation=RELATION):
    core = {"patient_id": ["A", "A", "B"], "month": [0.0, 6.0, 0.0], "ck": [9.0, 4.0, 5.0]}
    values = pd.DataFrame({"candidate": "cd45ro", "patient_id": ["A", "B"], "value": [40.0, 50.0]})
    tables = {"core_set": pd.DataFrame(core)}
    return derive.derive_association_pairs(tables, values, relations=[relation])


def test_the_fall_of_creatine_kinase_is_baseline_less_the_later_value():
    assert make_pairs().values.tolist() == [["cd45ro_ck", "A", 40.0, 5.0]]
    later = RELATION.model_copy(update={"fall": False})
    assert make_pairs(later).values.tolist() == [["cd45ro_ck", "A", 40.0, 4.0]]


def test_without_the_tables_there_are_no_pairs():
    values = derive.derive_candidate_values({})
    for relations in ([RELATION], []):
        pairs = derive.derive_association_pairs({}, values, relations=relations)
        assert pairs.empty
        assert list(pairs.columns) == ["association", "patient_id", "predictor", "outcome"]


IL1RA = {c.name: c for c in CANDIDATES if c.endpoint == "IL-1Ra"}


@pytest.mark.parametrize(
    ("name", "expected"), [("il1ra_stain", "biopsies"), ("il1ra_serum", "cytokines")]
)
def test_one_endpoint_in_two_families_goes_by_its_table(name, expected):
    families = {"cytokines": ["IL-1Ra"], "biopsies": ["IL-1Ra"]}
    assert derive.find_family(IL1RA[name], families) == expected


def test_a_family_of_another_name_is_found_by_its_endpoints():
    assert derive.find_family(IL1RA["il1ra_serum"], {"proteins": ["IL-1Ra"]}) == "proteins"
    assert derive.find_family(IL1RA["il1ra_serum"], {"proteins": ["G-CSF"]}) == ""
