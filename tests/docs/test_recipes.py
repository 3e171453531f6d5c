"""Follow docs/recipes.md to the letter, on a copy of the project."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("src", "data", "docs", "notebooks", "tests/notebooks")
FILES = ("conftest.py", "pyproject.toml", "requirements.lock")
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.M | re.S)


@dataclass(frozen=True)
class Step:
    """One block of the page: what it is, the file that it is about, its text."""

    kind: str
    file: str
    text: str


def read_recipes():
    page = (ROOT / "docs" / "recipes.md").read_text(encoding="utf-8")
    parts = re.split(r"^## (.+)\n", page, flags=re.M)[1:]
    return {
        title: [Step(*block) for block in BLOCK.findall(text)]
        for title, text in zip(parts[::2], parts[1::2], strict=True)
    }


RECIPES = read_recipes()


def change_lines(text, patch):
    """Apply hunks parted by @@: what stands there once, less its - lines, with its + lines."""
    for hunk in patch.split("@@\n"):
        lines = hunk.splitlines(keepends=True)
        before = "".join(line[1:] for line in lines if line[0] in " -")
        after = "".join(line[1:] for line in lines if line[0] in " +")
        assert text.count(before) == 1, f"expected once, found {text.count(before)}:\n{before}"
        text = text.replace(before, after)
    return text


def make_cells(text):
    """Make the cells of a script whose cells begin with # %%."""
    for head, source in re.findall(r"^# %%(.*)\n((?:(?!# %%).*\n)*)", text, flags=re.M):
        tags = head.split()
        metadata = {"tags": [tag for tag in tags if tag != "[markdown]"]}
        if "[markdown]" in tags:
            words = re.sub(r"^# ?", "", source.strip(), flags=re.M)
            yield nbformat.v4.new_markdown_cell(words, metadata=metadata)
        else:
            yield nbformat.v4.new_code_cell(source.strip(), metadata=metadata)


def write_cells(path, text):
    if not path.exists():
        kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
        cells = list(make_cells(text))
        nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)
        return
    notebook = nbformat.read(path, as_version=4)
    [end] = [i for i, cell in enumerate(notebook.cells) if cell.source.startswith("## Conclusion")]
    notebook.cells[end:end] = make_cells(text)
    nbformat.write(notebook, path)


def change_cells(path, patch):
    notebook = nbformat.read(path, as_version=4)
    removed = [line[1:] for line in patch.splitlines() if line.startswith("-")]
    [cell] = [cell for cell in notebook.cells if set(removed) <= set(cell.source.splitlines())]
    cell.source = change_lines(f"{cell.source}\n", patch).rstrip("\n")
    nbformat.write(notebook, path)


def add_metadata(path, text):
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata |= json.loads(text)
    nbformat.write(notebook, path)


def run(line, folder):
    """Run a command as a person would who has the project's environment active."""
    program, *arguments = shlex.split(line)
    places = {"python": sys.executable, "papermill": f"{Path(sys.executable).parent}/papermill"}
    environment = os.environ | {"PYTHONPATH": f"{folder}/src"}
    done = subprocess.run(
        [places[program], *arguments],
        cwd=folder,
        env={key: value for key, value in environment.items() if not key.startswith("PYTEST_")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def follow(title, folder):
    """Follow one recipe; give what its commands said."""
    said = ""
    for step in RECIPES[title]:
        path = folder / step.file
        match step.kind, path.suffix:
            case "sh", _:
                said += "".join(run(line, folder) for line in step.text.splitlines())
            case "python", ".ipynb":
                write_cells(path, step.text)
            case "json", ".ipynb":
                add_metadata(path, step.text)
            case "diff", ".ipynb":
                change_cells(path, step.text)
            case "diff", _:
                path.write_text(change_lines(path.read_text("utf-8"), step.text), "utf-8")
            case "csv", _:
                path.write_text(path.read_text("utf-8") + step.text, "utf-8")
            case "python", ".py":
                assert not path.exists(), f"{step.file} is there already"
                path.write_text(step.text, "utf-8")
            case other:
                raise AssertionError(f"nobody knows what to do with {other}")
    return said


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """Copy the project once; the recipes are followed one after the other, as the page has them."""
    folder = tmp_path_factory.mktemp("recipes")
    for name in FOLDERS:
        ignore = shutil.ignore_patterns("__pycache__", "*.png")
        shutil.copytree(ROOT / name, folder / name, ignore=ignore)
    for name in FILES:
        shutil.copy(ROOT / name, folder / name)
    return folder


def test_there_are_four_recipes():
    assert list(RECIPES) == [
        "Add a question",
        "Add a marker",
        "Add a chapter",
        "Add a response definition",
    ]


@pytest.mark.slow
def test_recipes_give_what_they_say(project):
    # In one test, because a later recipe uses what an earlier one made.
    follow("Add a question", project)
    assert "lasting.share" in (project / "docs" / "answers.md").read_text("utf-8")
    cells = nbformat.read(project / "notebooks" / "01_clinical_response.ipynb", as_version=4).cells
    assert [cell.source for cell in cells].count("lasting.share(trial)") == 1

    follow("Add a marker", project)
    asked = (
        "from helpers.answers import biopsies; from helpers.study import read_study;"
        "print([*biopsies.compare_visits(read_study('anakinra_iim')).list_pieces()][0].paragraphs)"
    )
    assert "CD8 (cytotoxic T cells)" in run(f"python -c {shlex.quote(asked)}", project)

    said = follow("Add a chapter", project)
    assert "08_lasting" in said
    executed = nbformat.read(project / "out.ipynb", as_version=4)
    shown = [
        output.data["text/plain"]
        for cell in executed.cells
        if cell.cell_type == "code"
        for output in cell.outputs
    ]
    assert any("Of 7 patients who improved at some visit" in text for text in shown)

    said = follow("Add a response definition", project)
    assert "protocol_2" in (project / "data" / "README.md").read_text("utf-8")
    asked = (
        "from helpers.answers import response; from helpers.study import read_study;"
        "trial = read_study('endurance_training_iim?response.definition=protocol_2');"
        "print(response.share(trial), trial.config.response.limits.must_not_worsen)"
    )
    assert "('mmt8', 'physician_global')" in run(f"python -c {shlex.quote(asked)}", project)


def test_a_hunk_must_fit_once():
    assert change_lines("a\nb\n", " a\n+x\n") == "a\nx\nb\n"
    with pytest.raises(AssertionError, match="expected once, found 2"):
        change_lines("a\na\n", "-a\n")
