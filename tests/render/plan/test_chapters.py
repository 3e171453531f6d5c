"""Chapters are read as files: title, tables, parameters, order."""

import nbformat
import pytest

from helpers.render.plan.chapters import find_missing_tables, read_chapter, read_chapters
from helpers.render.plan.parameters import NotebookError


def test_chapters_come_in_the_order_of_their_names_and_only_they_come(toy_project):
    (toy_project / "notebooks" / "scratch.ipynb").write_text("{}")
    chapters = read_chapters(toy_project / "notebooks")
    assert [c.name for c in chapters] == ["01_first", "02_second", "03_serum_cytokines"]
    assert chapters[2].title == "Serum cytokines"
    assert chapters[2].anchor == "serum-cytokines"


def test_a_chapter_whose_table_is_absent_names_it(toy_project):
    chapter = read_chapters(toy_project / "notebooks")[2]
    assert find_missing_tables(chapter, {"patients"}) == ("cytokines",)
    assert find_missing_tables(chapter, {"patients", "cytokines"}) == ()


def test_a_folder_without_chapters_says_what_was_expected(tmp_path):
    with pytest.raises(NotebookError, match=r"expected notebooks named NN_topic.ipynb, found none"):
        read_chapters(tmp_path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("not json", "expected a notebook"),
        ("[]", "expected a notebook, found a JSON"),
        ("{}", "expected a first cell with a heading"),
    ],
)
def test_a_file_that_is_no_notebook_is_named(tmp_path, content, message):
    path = tmp_path / "01_x.ipynb"
    path.write_text(content)
    with pytest.raises(NotebookError, match=f"01_x.ipynb: {message}"):
        read_chapter(path)


def test_a_notebook_needs_exactly_one_parameters_cell(tmp_path):
    path = tmp_path / "01_x.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Title")]), path)
    with pytest.raises(NotebookError, match="one cell tagged 'parameters', found 0"):
        read_chapter(path)


@pytest.mark.parametrize(
    "line",
    [
        "improvement_percent: float = 20.0  # limit",
        "worsening_percent: float = 25.0  # limit",
        "measures_needed: int = 3  # limit",
        "worsened_allowed: int = 2  # limit",
    ],
)
def test_a_chapter_with_a_limit_of_its_own_is_told_where_the_study_has_it(tmp_path, toys, line):
    path = tmp_path / "01_x.ipynb"
    nbformat.write(toys.make_notebook("# T", parameters=line), path)
    name = line.partition(":")[0]
    with pytest.raises(NotebookError, match=rf"01_x.ipynb: parameters cell: {name} belong.*study"):
        read_chapter(path)


def test_all_limits_of_its_own_are_told_at_once(tmp_path, toys):
    path = tmp_path / "01_x.ipynb"
    lines = "measures_needed: int = 3  # a\ncutoff: int = 1  # b\nworsened_allowed: int = 2  # c"
    nbformat.write(toys.make_notebook("# T", parameters=lines), path)
    with pytest.raises(NotebookError, match="cell: measures_needed, worsened_allowed belong to"):
        read_chapter(path)
