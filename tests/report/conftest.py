"""Studies that the tests of several modules share: small ones on disk, and shipped ones."""

import pytest
from tests.report import predictor_cohorts, t_cell_cohorts
from tests.report.predictor_cohorts import BETTER, SAME, SEPARATED
from tests.report.safety_tables import ARMS, ONE_ARM
from tests.study_folders import write_study

from helpers.answers import cohort, safety
from helpers.study import read_study


@pytest.fixture
def open_study(tmp_path):
    """Read a small study, given the text of its tables."""

    def read(tables=None, **settings):
        folder = tmp_path / f"study{len(list(tmp_path.iterdir()))}"
        return read_study(write_study(folder, tables, **settings))

    return read


@pytest.fixture
def ask_treatment(open_study):
    """Ask a small study how long each patient was treated, and who stopped."""

    def ask(patients=ONE_ARM, **tables):
        arms = {name: label for name, label in ARMS.items() if f",{name}" in patients}
        study = open_study({"patients": patients, **tables}, arms=arms)
        return safety.treatment(cohort.flow(cohort.availability(study)))

    return ask


@pytest.fixture(scope="module")
def trial():
    """The published trial, with its candidates compared."""
    return predictor_cohorts.compare_in(read_study("endurance_training_iim"))


@pytest.fixture(scope="module")
def separated():
    """Seven responders above eight others in one candidate."""
    return predictor_cohorts.compare(BETTER, SAME, tables=SEPARATED)


@pytest.fixture(scope="module")
def nobody():
    """Eight patients, of whom none responded."""
    return predictor_cohorts.compare([], SAME, tables=SEPARATED)


@pytest.fixture(scope="module")
def t_cell_study():
    return read_study("anakinra_iim", tables=["t_cells", "core_set", "in_vitro"])


@pytest.fixture(scope="module")
def anakinra_cells(t_cell_study):
    """The T cells of the reconstructed cohort."""
    return t_cell_cohorts.compare(t_cell_study)
