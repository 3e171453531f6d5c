"""Every notebook keeps the rules: an order, thin cells, annotated parameters, nothing stored."""

import ast
import json
import re
from pathlib import Path

import pytest

from helpers.contracts import CONTRACTS

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
BESIDE_TABLES = {"published_claims", "contradictions"}
"""Files of a study that stand beside its tables."""

SECTIONS = ["Parameters", "Data", "Conclusion", "Limits", "Provenance"]
LONGEST_CELL = 15
FORBIDDEN = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Lambda,
    ast.If,
    ast.IfExp,
    ast.For,
    ast.While,
    ast.Try,
    ast.With,
    ast.Assert,
    ast.ListComp,
    ast.DictComp,
    ast.SetComp,
    ast.GeneratorExp,
)


def read_cells(path: Path, kind: str) -> list[dict]:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [dict(cell, text="".join(cell["source"])) for cell in cells if cell["cell_type"] == kind]


def tags(cell: dict) -> list[str]:
    return cell["metadata"].get("tags", [])


pytestmark = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def test_opens_with_a_title_and_a_question(path):
    first = read_cells(path, "markdown")[0]["text"]
    assert re.match(r"# \S.*\n\n\S", first), "expected '# Title', an empty line and the question"
    assert "?" in first


def test_has_the_sections_in_their_order(path):
    headings = re.findall(
        r"^## (.+)$", "\n".join(cell["text"] for cell in read_cells(path, "markdown")), re.M
    )
    assert [heading for heading in headings if heading in SECTIONS] == SECTIONS
    assert len(headings) > len(SECTIONS), "expected at least one section that asks a question"


def test_has_one_cell_of_annotated_literal_parameters_with_help(path):
    [cell] = [cell for cell in read_cells(path, "code") if "parameters" in tags(cell)]
    lines = cell["text"].splitlines()
    for line, node in zip(lines, ast.parse(cell["text"]).body, strict=True):
        assert isinstance(node, ast.AnnAssign), line
        assert isinstance(node.value, ast.Constant), f"expected a literal: {line}"
        assert re.search(r"  # \S", line), f"expected a help text: {line}"
    assert lines[0].startswith('study: str = "')


def test_holds_no_logic(path):
    for cell in read_cells(path, "code"):
        found = [
            type(node).__name__
            for node in ast.walk(ast.parse(cell["text"]))
            if isinstance(node, FORBIDDEN)
        ]
        assert not found, f"cell {cell['id']}: {found}"


def test_keeps_its_cells_short(path):
    too_long = {
        cell["id"]: len(cell["text"].splitlines())
        for cell in read_cells(path, "code")
        if len(cell["text"].splitlines()) > LONGEST_CELL
    }
    assert not too_long


def test_is_committed_without_outputs(path):
    for cell in read_cells(path, "code"):
        assert cell["outputs"] == []
        assert cell["execution_count"] is None


def test_has_no_result_typed_in_its_prose(path):
    for cell in read_cells(path, "markdown"):
        assert not re.search(r"\d+(\.\d+)?\s*%|p\s*[=<]\s*0?\.\d|\d+ of \d+", cell["text"]), (
            f"cell {cell['id']} holds a number that should be computed"
        )


def test_has_no_promise_left_open(path):
    text = "\n".join(cell["text"] for cell in read_cells(path, "markdown"))
    assert not re.search(r"\b(TODO|FIXME|XXX|TBD)\b", text)


def test_every_section_says_why_before_it_shows(path):
    cells = read_cells(path, "markdown")
    for cell in cells[1:]:
        heading, _, prose = cell["text"].partition("\n")
        name = heading.removeprefix("## ")
        assert prose.strip() or name in SECTIONS, f"section {name} has no sentence"


def test_declares_known_tables_and_reads_no_others(path):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    about = notebook["metadata"]["chapter"]
    declared = set(about["needs"]) | set(about["uses"])
    assert declared <= set(CONTRACTS) | BESIDE_TABLES
    code = "\n".join(cell["text"] for cell in read_cells(path, "code"))
    assert re.search(r"read_study\(\s*study\b", code), "expected a call of read_study(study, ...)"
    if re.search(r"read_study\(\s*study,\s*tables=", code):
        [cell] = [
            cell
            for cell in read_cells(path, "code")
            if "read_study(" in cell["text"] and "import" not in cell["text"]
        ]
        read = {name for name in CONTRACTS if f'"{name}"' in cell["text"]} | {"patients"}
        assert read <= declared, f"reads {read - declared} without declaring it"
        assert declared - BESIDE_TABLES <= read, f"declares {declared - read}, reads it not"


def test_marks_the_cells_for_analysts(path):
    for cell in [*read_cells(path, "markdown"), *read_cells(path, "code")]:
        if re.match(r"## (Parameters|Data|Provenance)\b", cell["text"]):
            assert "analyst" in tags(cell), cell["id"]


def test_hands_over_its_ledger_at_the_end(path):
    code = read_cells(path, "code")
    assert re.search(r"chapter\.close\(", code[-1]["text"])
    assert re.search(r"chapter\.summarise\(\s*summary", "\n".join(cell["text"] for cell in code))
