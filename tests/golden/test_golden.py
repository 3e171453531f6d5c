"""Each chapter of each study gives what it gave; what moved is named, old and new."""

import pytest
from tests.golden.results import list_differences, read_golden
from tests.golden.run import COMMAND, FOLDER, find_stems, list_pairs, run_pair

PAIRS = list_pairs()
MOST_LINES = 12


@pytest.fixture(scope="session")
def made_studies(tmp_path_factory):
    return tmp_path_factory.mktemp("golden")


@pytest.mark.parametrize(
    ("trial", "chapter"), PAIRS, ids=[f"{trial.name}-{chapter.name}" for trial, chapter in PAIRS]
)
def test_gives_what_it_gave(trial, chapter, made_studies):
    moved = list_differences(
        read_golden(*find_stems(trial, chapter)), run_pair(trial, chapter, made_studies)
    )
    if moved:
        more = len(moved) - MOST_LINES
        lines = moved[:MOST_LINES] + [f"... and {more} more"] * (more > 0)
        mend = f"If it was meant: {COMMAND} {trial.name}"
        pytest.fail("\n".join(["Moved:", *lines, mend]), pytrace=False)


def test_every_golden_file_is_of_a_chapter_that_runs():
    wanted = {find_stems(trial, chapter)[0] for trial, chapter in PAIRS}
    kept = {
        path.with_suffix("") for ending in ("csv", "json") for path in FOLDER.rglob(f"*.{ending}")
    }
    assert kept == wanted
