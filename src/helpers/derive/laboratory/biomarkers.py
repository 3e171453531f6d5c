"""Candidate predictors of response, and what happened in each patient across all methods.

The lists below fix beforehand what is tried and what is shown; the report prints them. A study that
did not measure something simply has no values for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from helpers.contracts.configuration import ReportedRelation
from helpers.derive.checks import VISIT, keep_text, round_for_comparison
from helpers.derive.response.core_set import MEASURES

When = Literal["before", "after", "change"]


@dataclass(frozen=True)
class Source:
    """Where one number of a patient stands.

    Attributes
    ----------
    table : str
        Name of the table.
    column : str
        Its column of numbers.
    item_column, item : str
        Which rows of the table are meant; empty where it has one row per visit.
    """

    table: str
    column: str
    item_column: str = ""
    item: str = ""


@dataclass(frozen=True)
class Candidate:
    """A value at baseline that might tell who will respond.

    Attributes
    ----------
    name : str
        Name in the ledger.
    label : str
        How the report names it.
    domain : str
        What kind of measurement it is.
    source : Source
        Where its values stand.
    endpoint : str
        Its name among the endpoint families of study.yml.
    """

    name: str
    label: str
    domain: str
    source: Source
    endpoint: str


@dataclass(frozen=True)
class MatrixColumn:
    """One column of the table of patients by methods.

    Attributes
    ----------
    label : str
        Heading.
    domain : str
        The method that it belongs to.
    source : Source
        Where its values stand.
    when : {"before", "after", "change"}
        The baseline value, the last one after it, or the difference of the two.
    """

    label: str
    domain: str
    source: Source
    when: When


CLINICAL, PERFORMANCE = "Clinical", "Performance"
BIOPSY, SERUM, BLOOD = "Muscle biopsy", "Serum", "Blood T cells"


def _stain(marker: str) -> Source:
    return Source("biopsies", "value", "marker", marker)


def _protein(analyte: str) -> Source:
    return Source("cytokines", "concentration", "analyte", analyte)


def _cells(population: str) -> Source:
    return Source("t_cells", "percent", "population", population)


FUNCTIONAL_INDEX = Source("functional_index", "fi")
CK = Source("core_set", "ck")
CYCLING = Source("performance_tests", "value", "test", "cycling time to exhaustion")
SHORTER = {"mmt8": "muscle strength (MMT-8)", "haq_di": "disability (HAQ-DI)"}

CANDIDATES: tuple[Candidate, ...] = (
    *(
        Candidate(
            measure.name,
            SHORTER.get(measure.name, measure.label),
            CLINICAL,
            Source("core_set", measure.name),
            measure.name,
        )
        for measure in MEASURES
    ),
    Candidate("functional_index", "Functional Index", CLINICAL, FUNCTIONAL_INDEX, "fi"),
    Candidate("age", "age", CLINICAL, Source("patients", "age_years"), "age_years"),
    Candidate(
        "disease_duration",
        "disease duration",
        CLINICAL,
        Source("patients", "disease_duration_years"),
        "disease_duration_years",
    ),
    Candidate("cycling", "cycling time", PERFORMANCE, CYCLING, "cycling time to exhaustion"),
    Candidate(
        "infiltrate",
        "mononuclear infiltrate",
        BIOPSY,
        _stain("mononuclear infiltrate"),
        "mononuclear infiltrate",
    ),
    Candidate("cd3", "CD3 (T cells)", BIOPSY, _stain("CD3"), "CD3"),
    Candidate("cd163", "CD163 (macrophages)", BIOPSY, _stain("CD163"), "CD163"),
    Candidate("il1alpha", "IL-1alpha stain", BIOPSY, _stain("IL-1alpha"), "IL-1alpha"),
    Candidate("il1beta", "IL-1beta stain", BIOPSY, _stain("IL-1beta"), "IL-1beta"),
    Candidate("il1ra_stain", "IL-1Ra stain", BIOPSY, _stain("IL-1Ra"), "IL-1Ra"),
    Candidate("mhc_class_i", "MHC class I", BIOPSY, _stain("MHC class I"), "MHC class I"),
    Candidate("il1ra_serum", "IL-1Ra in serum", SERUM, _protein("IL-1Ra"), "IL-1Ra"),
    Candidate("gcsf", "G-CSF in serum", SERUM, _protein("G-CSF"), "G-CSF"),
    Candidate("cd45ro", "CD4+CD45RO+", BLOOD, _cells("CD4+ CD45RO+"), "CD4+ CD45RO+"),
    Candidate("cd45ra", "CD4+CD45RA+", BLOOD, _cells("CD4+ CD45RA+"), "CD4+ CD45RA+"),
    Candidate("ifn_gamma", "CD4+IFN-gamma+", BLOOD, _cells("CD4+ IFN-gamma+"), "CD4+ IFN-gamma+"),
    Candidate("tnf", "CD4+TNF+", BLOOD, _cells("CD4+ TNF+"), "CD4+ TNF+"),
    Candidate("il17a", "CD4+IL-17A+", BLOOD, _cells("CD4+ IL-17A+"), "CD4+ IL-17A+"),
)
"""Everything that is tried, by method: every baseline value that the study's tables can hold."""

MATRIX_COLUMNS: tuple[MatrixColumn, ...] = (
    MatrixColumn("extramuscular", CLINICAL, Source("core_set", "extramuscular"), "before"),
    MatrixColumn("MMT-8", CLINICAL, Source("core_set", "mmt8"), "change"),
    MatrixColumn("CK", CLINICAL, CK, "change"),
    MatrixColumn("Functional Index", CLINICAL, FUNCTIONAL_INDEX, "change"),
    MatrixColumn("cycling time", PERFORMANCE, CYCLING, "change"),
    MatrixColumn("CD163", BIOPSY, _stain("CD163"), "before"),
    MatrixColumn("IL-1alpha", BIOPSY, _stain("IL-1alpha"), "before"),
    MatrixColumn("infiltrate", BIOPSY, _stain("mononuclear infiltrate"), "change"),
    MatrixColumn("IL-1Ra stain", BIOPSY, _stain("IL-1Ra"), "after"),
    MatrixColumn("serum IL-1Ra", SERUM, _protein("IL-1Ra"), "before"),
    MatrixColumn("G-CSF", SERUM, _protein("G-CSF"), "before"),
    MatrixColumn("G-CSF", SERUM, _protein("G-CSF"), "change"),
    MatrixColumn("CD45RO+", BLOOD, _cells("CD4+ CD45RO+"), "before"),
    MatrixColumn("IFN-gamma+", BLOOD, _cells("CD4+ IFN-gamma+"), "change"),
    MatrixColumn("IL-17A+", BLOOD, _cells("CD4+ IL-17A+"), "change"),
)
"""The columns of the table of patients by methods, from left to right."""


def read_source(
    tables: Mapping[str, pd.DataFrame], source: Source, *, baseline_month: float = 0.0
) -> pd.DataFrame:
    """Give the values of one source, a row for each patient and month.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        The study's tables by name.
    source : Source
        Where the values stand.
    baseline_month : float
        Month of values that were recorded once, such as age.

    Returns
    -------
    DataFrame
        One row per patient and month with a value: patient_id, month, value. Several readers of one
        biopsy are averaged. Empty where the study has no such table, column or item.

    Examples
    --------
    >>> visits = pd.DataFrame({"patient_id": ["A", "B"], "month": 0.0, "fi": [30.0, None]})
    >>> read_source({"functional_index": visits}, FUNCTIONAL_INDEX).values.tolist()
    [['A', 0.0, 30.0]]
    """
    table = tables.get(source.table)
    if table is None or source.column not in table:
        return pd.DataFrame(
            {"patient_id": pd.Series(dtype="str"), "month": pd.Series(dtype=float), "value": []}
        )
    if source.item_column:
        table = table[table[source.item_column] == source.item]
    rows = table.assign(value=table[source.column].astype("float64"))
    if "month" not in rows:
        rows["month"] = baseline_month
    means = rows.dropna(subset=["value"]).groupby(VISIT, sort=False)["value"].mean()
    return means.reset_index()


def derive_candidate_values(
    tables: Mapping[str, pd.DataFrame],
    *,
    baseline_month: float = 0.0,
    candidates: Sequence[Candidate] = CANDIDATES,
) -> pd.DataFrame:
    """Collect the baseline value of every candidate.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        The study's tables by name.
    baseline_month : float
        Month that counts as baseline.
    candidates : sequence of Candidate
        What is tried.

    Returns
    -------
    DataFrame
        One row per candidate and patient with a value: candidate, patient_id, value. A value below
        an assay's limit stands at the limit, and so ranks lowest.

    Examples
    --------
    >>> visits = pd.DataFrame({"patient_id": ["A", "B"], "month": 0.0, "fi": [30.0, 25.0]})
    >>> derive_candidate_values({"functional_index": visits})["value"].tolist()
    [30.0, 25.0]
    """
    parts = []
    for candidate in candidates:
        values = read_source(tables, candidate.source, baseline_month=baseline_month)
        values = values[values["month"] == baseline_month]
        parts.append(values.assign(candidate=candidate.name)[["candidate", "patient_id", "value"]])
    return keep_text(pd.concat(parts, ignore_index=True), ["candidate", "patient_id"])


def split_measured(
    values: pd.DataFrame, *, candidates: Sequence[Candidate] = CANDIDATES
) -> tuple[list[Candidate], list[Candidate]]:
    """Divide the candidates in those with any value and those without.

    Parameters
    ----------
    values : DataFrame
        From `derive_candidate_values`.
    candidates : sequence of Candidate
        The same list.

    Returns
    -------
    (list of Candidate, list of Candidate)
        Measured, and not measured.

    Examples
    --------
    >>> values = pd.DataFrame({"candidate": ["age"], "patient_id": ["A"], "value": [50.0]})
    >>> measured, absent = split_measured(values)
    >>> [candidate.name for candidate in measured], len(absent) == len(CANDIDATES) - 1
    (['age'], True)
    """
    known = set(values["candidate"])
    measured = [candidate for candidate in candidates if candidate.name in known]
    return measured, [candidate for candidate in candidates if candidate.name not in known]


def derive_response_matrix(
    tables: Mapping[str, pd.DataFrame],
    patients: Sequence[str],
    *,
    baseline_month: float = 0.0,
    columns: Sequence[MatrixColumn] = MATRIX_COLUMNS,
) -> pd.DataFrame:
    """Put one number of every method beside each patient, with its rank among the patients.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        The study's tables by name.
    patients : sequence of str
        Rows of the matrix, from top to bottom.
    baseline_month : float
        Month that counts as baseline.
    columns : sequence of MatrixColumn
        Columns, from left to right.

    Returns
    -------
    DataFrame
        One row per column that the study measured and patient: position (of the column), label,
        domain, when, patient_id, value (missing where not measured), rank (0 for the lowest of the
        column, 1 for the highest, ties share theirs; missing with the value).

    Examples
    --------
    >>> visits = pd.DataFrame({"patient_id": ["A", "B", "A"], "month": [0.0, 0.0, 6.0],
    ...                        "fi": [30.0, 25.0, 36.0]})
    >>> matrix = derive_response_matrix({"functional_index": visits}, ["A", "B"])
    >>> matrix[["patient_id", "value", "rank"]].values.tolist()
    [['A', 6.0, 0.5], ['B', nan, nan]]
    """
    parts = []
    for position, column in enumerate(columns):
        rows = read_source(tables, column.source, baseline_month=baseline_month)
        values = _choose_visit(rows, column.when, baseline_month).reindex(list(patients))
        if values.notna().any():
            about = {"position": position, "label": column.label, "domain": column.domain}
            ranks = {"value": values.to_numpy(), "rank": _rank_share(values).to_numpy()}
            who = {"when": column.when, "patient_id": list(patients)}
            parts.append(pd.DataFrame(about | who | ranks))
    if not parts:
        names = ["position", "label", "domain", "when", "patient_id", "value", "rank"]
        return pd.DataFrame(columns=names)
    return pd.concat(parts, ignore_index=True)


def _choose_visit(rows: pd.DataFrame, when: When, baseline_month: float) -> pd.Series:
    """One number per patient: at baseline, at the last visit after it, or the difference."""
    baseline = rows[rows["month"] == baseline_month].set_index("patient_id")["value"]
    later = rows[rows["month"] > baseline_month].sort_values("month", kind="stable")
    last = later.drop_duplicates("patient_id", keep="last").set_index("patient_id")["value"]
    chosen = {"before": baseline, "after": last, "change": last - baseline}[when]
    return round_for_comparison(chosen.astype("float64"))


def _rank_share(values: pd.Series) -> pd.Series:
    known = int(values.notna().sum())
    if known < 2:
        return values.where(values.isna(), 0.5)
    return (values.rank() - 1) / (known - 1)


def derive_association_pairs(
    tables: Mapping[str, pd.DataFrame],
    values: pd.DataFrame,
    *,
    baseline_month: float = 0.0,
    relations: Sequence[ReportedRelation],
) -> pd.DataFrame:
    """Pair each predictor of a reported relation with the later number of the same patient.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        The study's tables by name.
    values : DataFrame
        From `derive_candidate_values`.
    baseline_month : float
        Month that counts as baseline.
    relations : sequence of ReportedRelation
        The relations that study.yml lists as reported.

    Returns
    -------
    DataFrame
        One row per association and patient with both numbers: association, patient_id, predictor,
        outcome.

    Examples
    --------
    >>> visits = pd.DataFrame({"patient_id": ["A"], "month": [6.0], "fi": [30.0]})
    >>> values = pd.DataFrame({"candidate": ["cd163"], "patient_id": ["A"], "value": [50.0]})
    >>> relation = ReportedRelation(name="cd163_fi", predictor="cd163", table="functional_index",
    ...     column="fi", label="Functional Index", month=6, expected="negative", source="a trial")
    >>> pairs = derive_association_pairs({"functional_index": visits}, values,
    ...                                  relations=[relation])
    >>> pairs[["association", "predictor", "outcome"]].values.tolist()
    [['cd163_fi', 50.0, 30.0]]
    """
    parts = []
    for relation in relations:
        predictor = values.loc[values["candidate"] == relation.predictor]
        source = Source(relation.table, relation.column)
        rows = read_source(tables, source, baseline_month=baseline_month)
        outcome = rows[rows["month"] == relation.month].set_index("patient_id")["value"]
        if relation.fall:
            before = rows[rows["month"] == baseline_month].set_index("patient_id")["value"]
            outcome = round_for_comparison(before - outcome)
        paired = predictor.assign(outcome=predictor["patient_id"].map(outcome).astype("float64"))
        paired = paired.rename(columns={"value": "predictor"}).assign(association=relation.name)
        parts.append(paired.dropna(subset=["outcome"]))
    columns = ["association", "patient_id", "predictor", "outcome"]
    if not parts:
        return pd.DataFrame(columns=columns)
    return keep_text(pd.concat(parts, ignore_index=True)[columns], columns[:2])


def find_family(candidate: Candidate, families: Mapping[str, Sequence[str]]) -> str:
    """Find the declared family of endpoints that a candidate's test is adjusted in.

    Parameters
    ----------
    candidate : Candidate
    families : mapping of str to sequence of str
        Endpoints of each family of study.yml.

    Returns
    -------
    str
        Key of the family; the one named like the candidate's table where several hold the
        endpoint, and an empty text where none does.

    Examples
    --------
    >>> find_family(CANDIDATES[0], {"core_set": ["physician_global", "ck"]})
    'core_set'
    """
    holding = [key for key, endpoints in families.items() if candidate.endpoint in endpoints]
    if candidate.source.table in holding:
        return candidate.source.table
    return holding[0] if holding else ""
