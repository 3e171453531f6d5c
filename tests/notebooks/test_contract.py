"""Every notebook keeps the rules: an order, thin cells, annotated parameters, nothing stored."""

import ast
import json
import re
from importlib import import_module
from pathlib import Path
from statistics import median

import pytest

from helpers.contracts import CONTRACTS

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
BESIDE_TABLES = {"published_claims", "contradictions"}
"""Files of a study that stand beside its tables."""

SECTIONS = ["Parameters", "Data", "Conclusion", "Limits", "Provenance"]
LONGEST_CELL = 15
MEDIAN_CELL = 3
FRAME = "helpers.answers.chapter"
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
    for node in ast.parse(cell["text"]).body:  # help may go on in lines of its own
        line = lines[node.end_lineno - 1]
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


def test_declares_the_tables_that_it_reads_and_no_others(path):
    about = json.loads(path.read_text(encoding="utf-8"))["metadata"]["chapter"]
    declared = set(about["needs"]) | set(about["uses"])
    assert declared <= set(CONTRACTS) | BESIDE_TABLES
    code = "\n".join(read_code(path))
    read = re.search(r"read_study\(study(?:, tables=(\w+)\.TABLES)?\)", code)
    assert read, "expected read_study(study, tables=topic.TABLES), or of all tables"
    if read[1]:
        tables = import_module(f"helpers.answers.{read[1]}").TABLES
        assert {"patients", *tables} == declared - BESIDE_TABLES


def test_marks_the_cells_for_analysts(path):
    for cell in [*read_cells(path, "markdown"), *read_cells(path, "code")]:
        if re.match(r"## (Parameters|Data|Provenance)\b", cell["text"]):
            assert "analyst" in tags(cell), cell["id"]


def read_code(path: Path) -> list[str]:
    """Give the code cells but that of the parameters."""
    return [cell["text"] for cell in read_cells(path, "code") if "parameters" not in tags(cell)]


def test_a_cell_is_one_question(path):
    lengths = [len(text.splitlines()) for text in read_code(path)]
    assert median(lengths) <= MEDIAN_CELL


def test_imports_answers_their_frame_and_the_study_only(path):
    first, *others = read_code(path)
    nodes = [node for node in ast.walk(ast.parse(first)) if isinstance(node, ast.ImportFrom)]
    asked = {node.module for node in nodes} - {"helpers.answers.glance"}  # the first screen
    assert asked == {"helpers.answers", FRAME, "helpers.study"}
    [study] = [node.names for node in nodes if node.module == "helpers.study"]
    assert [name.name for name in study] == ["read_study"]
    assert not [node for node in ast.walk(ast.parse(first)) if isinstance(node, ast.Import)]
    assert not re.search(r"\bimport\b", "\n".join(others)), "import in the first cell"


def test_types_no_number_into_its_code(path):
    for text in read_code(path):
        numbers = [
            node.value
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.Constant) and isinstance(node.value, int | float)
        ]
        assert numbers == [], text


def test_keeps_a_place_for_its_summary_and_fills_it_with_what_it_showed(path):
    code = read_code(path)
    assert code[0].endswith("summary = Summary()\nsummary")
    calls = [
        node
        for text in code
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "summary.fill"
    ]
    [filled] = calls
    shown = {text.splitlines()[-1].strip() for text in code}
    quoted = {arg.id for arg in filled.args if isinstance(arg, ast.Name)}
    assert len(quoted) == len(filled.args), "fill the summary with answers"
    assert quoted <= shown, f"named but not shown: {quoted - shown}"


def test_ends_with_where_its_numbers_come_from(path):
    assert read_code(path)[-1].startswith("state_provenance(")
