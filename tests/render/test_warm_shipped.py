"""Every shipped notebook gives the same, byte for byte, whichever way its process is started.

Each notebook runs for one study that has what it needs: the golden results run them all for all.
"""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest

from helpers.render.keep.study_card import read_study_card
from helpers.render.plan.chapters import find_missing_tables, read_chapters
from helpers.render.run.environment import kernel_environment
from helpers.render.run.execute import execute_chapter, list_hidden_paths

ROOT = Path(__file__).resolve().parents[2]
ENGINES = ("ordinary", "warm")

CARDS = [read_study_card(path.parent) for path in sorted(ROOT.glob("data/*/study.yml"))]
SMALLEST_FIRST = sorted(CARDS, key=lambda card: len(card.tables))
PAIRS = [
    pytest.param(
        next(card for card in SMALLEST_FIRST if not find_missing_tables(chapter, card.tables)),
        chapter,
        id=chapter.name,
    )
    for chapter in read_chapters(ROOT / "notebooks")
]


@pytest.mark.slow
@pytest.mark.parametrize(("card", "chapter"), PAIRS)
def test_a_shipped_notebook_gives_the_same_by_every_engine(card, chapter, tmp_path):
    def execute(engine):
        notebook = execute_chapter(
            chapter,
            study=str(card.folder),
            values={},
            hidden_paths=list_hidden_paths(card.folder, root=ROOT),
            engine=engine,
        )
        assert any(cell.get("outputs") for cell in notebook.cells)
        return nbformat.writes(notebook)

    with kernel_environment(tmp_path), ThreadPoolExecutor(2) as pool:
        ordinary, warm = pool.map(execute, ENGINES)
    assert warm == ordinary
