"""The list of candidates: rows, units and families."""

from pathlib import Path

import pandas as pd
import pytest
from tests.study_folders import make_config

from helpers.contracts.configuration import Reported
from helpers.derive.laboratory.biomarkers import CANDIDATES
from helpers.render.plan.chapters import read_chapter
from helpers.report.predictors import candidates as report


def test_the_list_says_what_was_not_measured(trial):
    words = trial.candidates.sentence
    assert "Measured in this study: 7. Not measured: Functional Index, age" in words
    assert "all of them were measured" in report.describe_candidates(CANDIDATES, [])


def test_the_list_has_a_row_for_every_candidate_with_its_unit(trial):
    table = report.tabulate_candidates(
        trial.candidates.values, trial.study.tables, trial.study.config
    )
    assert len(table) == len(CANDIDATES)
    rows = table.set_index("candidate")
    assert rows.loc["Cycling time, min", "patients"] == 15
    assert rows.loc["Creatine kinase, µkat/L", "family (adjustment)"] == (
        "in no declared family (Holm)"
    )


def test_declared_families_keep_their_own_adjustment():
    family = {"title": "Stains", "endpoints": ["CD3"], "adjustment": "none"}
    config = make_config(endpoint_families={"biopsies": family})
    families, titles, methods = report.assign_families(CANDIDATES, config)
    assert (families["cd3"], families["age"]) == ("biopsies", report.UNDECLARED)
    assert (titles["biopsies"], methods["biopsies"]) == ("Stains", "none")


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (pd.DataFrame({"marker": ["CD3"], "unit": ["cells/mm2"]}), "CD3 (T cells), cells/mm2"),
        (pd.DataFrame({"marker": ["CD3"], "unit": [None]}), "CD3 (T cells)"),
        (None, "CD3 (T cells)"),
    ],
)
def test_a_candidate_carries_the_unit_of_its_table(table, expected):
    candidate = next(c for c in CANDIDATES if c.name == "cd3")
    tables = {} if table is None else {"biopsies": table}
    assert report.label_candidate(candidate, tables, make_config()) == expected


def test_the_chapter_takes_every_candidate_as_its_predictor_and_nothing_else():
    path = Path(__file__).parents[3] / "notebooks" / "05_predictive_biomarkers.ipynb"
    [predictor] = [p for p in read_chapter(path).parameters if p.name == "predictor"]
    assert predictor.choices == tuple(candidate.name for candidate in CANDIDATES)


def test_what_was_said_of_a_candidate_comes_from_study_yml_and_from_nowhere_else(trial):
    values, tables = trial.candidates.values, trial.study.tables
    planned = trial.study.config
    silent = report.tabulate_candidates(values, tables, planned)
    assert "published" not in silent
    assert "published" not in report.caption_candidates(values, planned)
    reported = Reported(by="the trial of A", candidates={"ck": "lower in responders"})
    config = planned.model_copy(update={"reported": reported})
    said = report.tabulate_candidates(values, tables, config)
    by_name = said.set_index("candidate")["published"]
    assert by_name["Creatine kinase, µkat/L"] == "lower in responders"
    assert (by_name == "\N{EN DASH}").sum() == len(CANDIDATES) - 1
    assert report.caption_candidates(values, config).endswith(
        "published: what the trial of A said of it."
    )
