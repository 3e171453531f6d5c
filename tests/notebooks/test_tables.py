"""A chapter declares what it reads: less would keep a result too long, more not long enough."""

import ast
from importlib import import_module
from itertools import takewhile

import nbformat
import pytest
from tests.golden.notebook import run_chapter
from tests.golden.run import CHAPTERS, FOLDER, ROOT, list_pairs

from helpers.contracts import CONTRACTS
from helpers.render.keep.imports import join_source
from helpers.study import ReadTables

CLAIMS = {"published_claims", "contradictions"}
"""Read from the study's folder, beside its tables."""

each_chapter = pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)


def list_asked(chapter):
    """Evaluate what a notebook asks of read_study; every table where it names none."""
    cells = nbformat.read(chapter.path, as_version=4).cells
    code = ast.parse("\n".join(join_source(cell) for cell in cells if cell.cell_type == "code"))
    [call] = [
        node
        for node in ast.walk(code)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "read_study"
    ]
    given = {word.arg: word.value for word in call.keywords}
    if "tables" not in given:
        return set(CONTRACTS)
    topic, _, name = ast.unparse(given["tables"]).partition(".")
    return {"patients", *getattr(import_module(f"helpers.answers.{topic}"), name)}


@each_chapter
def test_a_chapter_declares_what_it_asks_of_read_study(chapter):
    assert set(chapter.tables) - CLAIMS == list_asked(chapter)


@pytest.mark.parametrize(
    "chapter",
    # One that names no tables depends on all of them: its claims may be about any.
    [chapter for chapter in CHAPTERS if list_asked(chapter) != set(CONTRACTS)],
    ids=lambda chapter: chapter.name,
)
def test_no_table_is_declared_and_never_read(chapter, monkeypatch):
    waiting = set(chapter.tables) - CLAIMS - {"patients"}  # patients are read whatever is asked
    read = ReadTables.__getitem__

    def note(tables, name):
        waiting.discard(name)
        return read(tables, name)

    monkeypatch.setattr(ReadTables, "__getitem__", note)
    trials = [trial for trial, one in list_pairs() if trial.is_shipped and one == chapter]
    for trial in takewhile(lambda _: waiting, trials):
        study = trial.find_folder(FOLDER)
        ran = run_chapter(chapter, study, {"study": str(study)}, root=ROOT, draws=False)
        assert ran.error == ""
    assert waiting == set()
