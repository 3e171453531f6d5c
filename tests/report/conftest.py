"""Chapters that the tests of several modules share: small ones on disk, and shipped ones."""

import pytest
from tests.report import predictor_runs, t_cell_runs
from tests.report.predictor_runs import BETTER, SAME, SEPARATED
from tests.report.safety_cases import ARMS, ONE_ARM, Case
from tests.study_folders import write_study

from helpers.derive.cohort import count_seen, derive_availability, summarise_missing
from helpers.report import study_overview as overview_report
from helpers.report.numbers import Numbers
from helpers.study import read_study


@pytest.fixture
def start(tmp_path):
    """Open a chapter on a small study and record its overview."""

    def open_chapter(tables=None, **settings):
        folder = write_study(tmp_path / f"study{len(list(tmp_path.iterdir()))}", tables, **settings)
        chapter = Numbers(read_study(folder))
        patients = chapter.study.table("patients")
        tables = chapter.study.tables
        config, disposition = chapter.study.config, tables.get("disposition")
        availability = derive_availability(
            tables, patients=patients["patient_id"], months=config.months, disposition=disposition
        )
        seen = count_seen(
            patients, months=config.months, disposition=disposition, availability=availability
        )
        missing = summarise_missing(tables.get("core_set"), patients=patients["patient_id"])
        overview_report.record_overview(chapter, seen, missing)
        return chapter, seen, missing

    return open_chapter


@pytest.fixture
def open_case(tmp_path):
    def start(patients=ONE_ARM, **tables):
        folder = tmp_path / f"study{len(list(tmp_path.iterdir()))}"
        return Case(write_study(folder, {"patients": patients, **tables}, arms=ARMS))

    return start


@pytest.fixture
def shown(monkeypatch):
    outputs = []
    monkeypatch.setattr(
        "helpers.report.chapter._display",
        lambda data, metadata: outputs.append((metadata["report"], data)),
    )
    return outputs


@pytest.fixture(scope="module")
def trial():
    """The published trial, with all that is said of its predictors."""
    study = read_study("endurance_training_iim")
    return predictor_runs.Run([], [], study=study, predictor="extramuscular")


@pytest.fixture(scope="module")
def separated():
    """Seven responders above eight others in one candidate."""
    return predictor_runs.Run(BETTER, SAME, tables=SEPARATED, predictor="functional_index")


@pytest.fixture(scope="module")
def nobody():
    """Eight patients, of whom none responded."""
    return predictor_runs.Run([], SAME, tables=SEPARATED, predictor="functional_index")


@pytest.fixture(scope="module")
def t_cell_study():
    return read_study("anakinra_iim", tables=["t_cells", "core_set", "in_vitro"])


@pytest.fixture(scope="module")
def t_cell_run(t_cell_study):
    """The chapter on T cells of the reconstructed cohort."""
    return t_cell_runs.Run(t_cell_study)
