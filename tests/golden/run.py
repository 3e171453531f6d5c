"""Which chapters each study has, and what a chapter gives."""

from functools import cache
from pathlib import Path

from tests.golden.notebook import run_chapter
from tests.golden.results import Golden, make_golden
from tests.golden.variants import ROOT, TRIALS, Trial

from helpers.locate import join_study
from helpers.render.keep.study_card import read_study_card
from helpers.render.plan.chapters import Chapter, find_missing_tables, read_chapters
from helpers.render.plan.plan import plan_reports

FOLDER = Path(__file__).parent
COMMAND = "python -m tests.golden"
CHAPTERS = read_chapters(ROOT / "notebooks")


def list_pairs() -> list[tuple[Trial, Chapter]]:
    """List every study with each of its chapters."""
    return [(trial, chapter) for trial in TRIALS for chapter in _list_chapters(trial)]


def _list_chapters(trial: Trial) -> list[Chapter]:
    if trial.chapters:
        return [chapter for chapter in CHAPTERS if chapter.name[:2] in trial.chapters]
    tables = read_study_card(trial.find_folder(FOLDER)).tables
    return [chapter for chapter in CHAPTERS if not find_missing_tables(chapter, tables)]


@cache
def read_ledger(study: str, chapter: str) -> dict[str, dict[str, str]]:
    """Run a chapter of a shipped study, once a process, and give its records by id."""
    [pair] = [
        (trial, one) for trial, one in list_pairs() if (trial.name, one.name) == (study, chapter)
    ]
    return run_pair(*pair, FOLDER).records


def run_pair(trial: Trial, chapter: Chapter, folder: Path) -> Golden:
    """Run a chapter for a study, which is made below `folder` where it is no shipped one."""
    study = trial.find_folder(folder)
    [plan] = plan_reports([read_study_card(study)], CHAPTERS, trial.given)
    if chapter not in plan.chapters:
        raise ValueError(f"{trial.name} has no table for {chapter.name}; mend variants.py")
    values = plan.values.get(chapter.name, {})
    named = join_study(str(study), plan.study.settings.overrides)
    ran = run_chapter(chapter, study, {"study": named, **values}, root=ROOT, draws=trial.is_shipped)
    return make_golden(ran)


def find_stems(trial: Trial, chapter: Chapter) -> tuple[Path, Path | None]:
    """Give the places of a chapter's golden files and of its base's, without their endings."""
    base = None if trial.is_shipped else FOLDER / trial.base / chapter.name
    return FOLDER / trial.name / chapter.name, base
