"""A toy project: a study of two patients and chapters that need no science, only IPython."""

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import nbformat
import pytest

STUDY_YML = """\
title: A <toy> study
short_title: Toy
question: Does the runner work?
design: Two patients, one visit.
data_origin: {origin}
provenance: Typed by hand.
citation: Nobody N. A study of nothing. 2020.
source_url: https://example.org/study
licence: CC BY 4.0
arms:
  treated: Treated
visits:
  - month: 0
    label: Baseline
"""

FIGURE = """\
<figure class="figure" id="figure-{name}"><svg viewBox="0 0 90 40" role="group"
aria-labelledby="{name}-alt"><title id="{name}-alt">Two patients</title><g id="{name}-axes">
<a class="patient" tabindex="-1" aria-label="Patient P1" href="#patient-P1"><circle cx="20" cy="20"
r="6" style="fill: currentColor"/></a>
<a class="patient" tabindex="-1" aria-label="Patient P2" href="#patient-P2"><circle cx="60" cy="20"
r="6" style="fill: #d55e00"/></a></g></svg><figcaption>Two patients, n = 2.</figcaption></figure>"""

TABLE = """\
<figure class="table" id="table-{name}"><figcaption>Patients, n = 2.</figcaption>
<div class="scroll" tabindex="0" role="region" aria-label="Patients"><table><thead><tr>
<th scope="col">patient</th><th scope="col" class="number">value</th></tr></thead><tbody>
<tr><th scope="row"><a class="patient" href="#patient-P1">P 1</a></th><td class="number">1</td></tr>
<tr><th scope="row"><a class="patient" href="#patient-P2">P 2</a></th><td class="number">2</td></tr>
</tbody></table></div></figure>"""

LEDGER = "application/vnd.myositis.ledger+json"


def show_code(kind: str, data: Mapping[str, object], name: str = "") -> str:
    """Give the source of a cell that puts out what the report's own calls would."""
    about = {"report": {"kind": kind, "name": name}}
    return (
        "from IPython.display import display\n"
        f"display({dict(data)!r}, raw=True, metadata={about!r})"
    )


def show_output(kind: str, data: Mapping[str, object], name: str = "") -> nbformat.NotebookNode:
    """Give the output that such a cell leaves."""
    metadata = {"report": {"kind": kind, "name": name}}
    return nbformat.v4.new_output("display_data", data=dict(data), metadata=metadata)


def make_record(name: str, **other: object) -> dict[str, object]:
    """Give one record of a ledger."""
    return {"id": name, "value": 2, "text": "2", "unit": "", "n": 2} | other


def make_notebook(
    *cells: nbformat.NotebookNode | str, parameters: str = "", needs: tuple[str, ...] = ()
) -> nbformat.NotebookNode:
    """Give a chapter: texts starting with # are markdown, others code, after a parameters cell."""
    tagged = nbformat.v4.new_code_cell(
        f'study: str = "toy"  # study folder\n{parameters}', metadata={"tags": ["parameters"]}
    )
    made = [
        nbformat.v4.new_markdown_cell(cell)
        if isinstance(cell, str) and cell.startswith("#")
        else nbformat.v4.new_code_cell(cell)
        if isinstance(cell, str)
        else cell
        for cell in cells
    ]
    metadata = {"chapter": {"needs": list(needs), "uses": []}}
    return nbformat.v4.new_notebook(cells=[made[0], tagged, *made[1:]], metadata=metadata)


def toy_chapter(name: str) -> nbformat.NotebookNode:
    """Give a chapter with one output of every kind."""
    number = f'<a class="number" href="#result-{name}.n"><data value="2">2</data></a>'
    return make_notebook(
        f"# The {name} chapter\n\nWhat is it about?",
        show_code("summary", {"text/html": f"<ul><li>There were {number} patients.</li></ul>"}),
        "## What is shown?\n\nA figure, see [the table](#And-in-a-table).",
        "import warnings\nwarnings.warn('careful')",
        show_code("figure", {"text/html": FIGURE.format(name=name), "text/plain": "Two"}, name),
        "### And in a table",
        show_code("table", {"text/html": TABLE.format(name=name), "text/csv": "a,b\n1,2\n"}, name),
        "## Methods",
        show_code("methods", {"text/html": "<dl><dt>Rule</dt><dd>At least 20 %.</dd></dl>"}),
        "## Conclusion",
        show_code("conclusion", {"text/html": "<p>It works.</p>"}),
        "## Provenance",
        show_code("provenance", {"text/html": "<p>From the toy study.</p>"}),
        show_code("ledger", {LEDGER: {"records": [make_record(f"{name}.n")]}}),
        parameters="cutoff: float = 20.0  # improvement cutoff, percent | 1 to 100",
    )


def write_project(root: Path, *, origin: str = "published") -> Path:
    """Write the toy project: study ``toy``, two chapters, and one whose table is absent."""
    tables = root / "data" / "toy" / "tables"
    tables.mkdir(parents=True)
    (tables / "patients.csv").write_text("patient_id\nP 1\nP 2\n")
    (tables.parent / "study.yml").write_text(STUDY_YML.format(origin=origin))
    (root / "notebooks").mkdir()
    for number, name in enumerate(("first", "second"), start=1):
        nbformat.write(toy_chapter(name), root / "notebooks" / f"{number:02d}_{name}.ipynb")
    absent = make_notebook("# Serum cytokines", needs=("patients", "cytokines"))
    nbformat.write(absent, root / "notebooks" / "03_serum_cytokines.ipynb")
    return root


@pytest.fixture(scope="session")
def toys() -> Any:
    """The makers above, for test modules, which cannot import a conftest."""
    return sys.modules[__name__]


@pytest.fixture
def toy_project(tmp_path: Path) -> Path:
    """The toy project in a folder of the test's own, whose path has a space."""
    return write_project(tmp_path / "my project")


@pytest.fixture
def toy_places(toy_project: Path) -> Any:
    """The toy project's folders."""
    from helpers.render.places import Places

    root = toy_project
    return Places(root, root / "notebooks", root / "data", root / "reports")


@pytest.fixture
def build_toy(toy_places: Any) -> Callable[..., Any]:
    """Build the toy project's reports, ``build_toy("cutoff=30", studies=["toy"])``."""
    from helpers.render.keep.study_card import read_study_card
    from helpers.render.plan.chapters import read_chapters
    from helpers.render.run.build import build_reports, plan_reports

    def build(*given: str, studies: tuple[str, ...] = ("toy",), force: bool = False) -> Any:
        cards = [read_study_card(toy_places.data / name) for name in studies]
        plans = plan_reports(cards, read_chapters(toy_places.notebooks), given)
        return build_reports(plans, toy_places, workers=2, tell=lambda name: None, force=force)

    return build


@pytest.fixture(scope="session")
def toy_report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The toy study's finished report, built once; a reconstructed one, for its banner."""
    from helpers.render.keep.study_card import read_study_card
    from helpers.render.places import Places
    from helpers.render.plan.chapters import read_chapters
    from helpers.render.run.build import build_reports, plan_reports

    root = write_project(tmp_path_factory.mktemp("toy") / "project", origin="reconstructed")
    places = Places(root, root / "notebooks", root / "data", root / "reports")
    plans = plan_reports(
        [read_study_card(root / "data" / "toy")], read_chapters(places.notebooks), ["cutoff=30"]
    )
    [outcome] = build_reports(plans, places, workers=2, tell=lambda name: None)
    assert outcome.errors == ()
    return outcome.page.parent


def read_json(path: Path) -> Any:
    """Read a JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def shipped_reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the finished report of every study in data/, built once."""
    from helpers.render.keep.study_card import read_study_card
    from helpers.render.places import Places
    from helpers.render.plan.chapters import read_chapters
    from helpers.render.run.build import build_reports, plan_reports
    from helpers.render.run.capacity import read_capacity

    root = Path(__file__).resolve().parents[1]
    reports = tmp_path_factory.mktemp("shipped")
    places = Places(root, root / "notebooks", root / "data", reports)
    cards = [read_study_card(path.parent) for path in sorted(root.glob("data/*/study.yml"))]
    plans = plan_reports(cards, read_chapters(places.notebooks), [])
    outcomes = build_reports(plans, places, workers=read_capacity().workers, tell=lambda name: None)
    assert [outcome.errors for outcome in outcomes] == [()] * len(outcomes)
    return reports
