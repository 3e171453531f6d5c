"""Small projects and studies to attack, all of them in temporary folders."""

import json
import shutil
from pathlib import Path

import nbformat
import yaml

from helpers.contracts import CONTRACTS, StudyConfig, table_contract
from helpers.render.publish.manifest import hash_folder

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = {
    "title": "A study of three patients",
    "short_title": "Three patients",
    "question": "Do they improve?",
    "design": "Two arms, open label.",
    "data_origin": "reconstructed",
    "provenance": "Invented for an attack.",
    "arms": {"treated": "Treated", "control": "Control"},
    "visits": [{"month": 0, "label": "Baseline"}, {"month": 6, "label": "6 months"}],
}
PATIENTS = "patient_id,arm\nP1,treated\nP2,treated\nP3,control\n"
CORE_SET = (
    "patient_id,month,physician_global,patient_global,haq_di,ck,extramuscular,mmt8\n"
    "P1,0,3.5,4,0.875,252,2,72\nP1,6,1,2.5,0.5,198,,76\n"
    "P2,0,6,7,1.25,,0,64\nP2,6,6,7,1.25,300,0,64\nP3,0,5,5,1,500,1,60\n"
)
OTHERS = ("src", "tests", "docs", ".git")
CHAPTERS = ("01_first", "02_second")
CHAPTER = """\
from IPython.display import display, HTML
display({{"text/html": f"<p>Chapter {name} of {{study}}.</p>"}}, raw=True,
        metadata={{"report": {{"kind": "conclusion", "name": ""}}}})"""


def write_study(folder, tables=None, **settings):
    """Write a valid study of CSV texts."""
    (folder / "tables").mkdir(parents=True)
    text = yaml.safe_dump(SETTINGS | settings, sort_keys=False)
    (folder / "study.yml").write_text(text, encoding="utf-8")
    for name, table in ({"patients": PATIENTS, "core_set": CORE_SET} | (tables or {})).items():
        (folder / "tables" / f"{name}.csv").write_text(table, encoding="utf-8")
    return folder


def list_example_tables():
    """Give every table that a study can have, with the one row that the data dictionary shows."""
    config = StudyConfig.model_validate(SETTINGS)
    tables = {}
    for name in CONTRACTS:
        columns = table_contract(name, config).columns
        cells = [_write_cell(key, one.metadata["example"]) for key, one in columns.items()]
        tables[name] = f"{','.join(columns)}\n{','.join(cells)}\n"
    return tables


def _write_cell(column, example):
    return {"patient_id": "P1", "arm": "treated"}.get(column, f'"{example}"' if example else "")


def make_chapter(name, *sources):
    """Give a notebook of cheap cells that the runner takes as a chapter."""
    parameters = nbformat.v4.new_code_cell(
        'study: str = "one"  # study folder\ncutoff: float = 20.0  # cutoff, percent | 1 to 100',
        metadata={"tags": ["parameters"]},
    )
    cells = [nbformat.v4.new_markdown_cell(f"# The {name} chapter"), parameters]
    cells += [nbformat.v4.new_code_cell(source) for source in sources]
    cells.append(nbformat.v4.new_code_cell(CHAPTER.format(name=name)))
    return nbformat.v4.new_notebook(cells=cells, metadata={"chapter": {"needs": [], "uses": []}})


def write_project(root, studies=("one",)):
    """Write a project with small studies and two cheap chapters."""
    (root / "data").mkdir(parents=True)
    for name in studies:
        write_study(root / "data" / name)
    (root / "notebooks").mkdir()
    for name in CHAPTERS:
        write_chapter(root, name, make_chapter(name))
    (root / "requirements.lock").write_text("numpy==1\n")
    for name in OTHERS:
        (root / name).mkdir()
        (root / name / "mine.txt").write_text("not to be lost")
    return root


def write_chapter(root, name, notebook):
    """Put a chapter in its place in a project."""
    nbformat.write(notebook, root / "notebooks" / f"{name}.ipynb")


def copy_project(source, target):
    """Copy a project with all that it holds in the place of another."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, symlinks=True)
    return target


def is_whole(report):
    """Tell whether a report's files are those that its manifest lists."""
    try:
        listed = json.loads((report / "manifest.json").read_text())["outputs"]
    except (OSError, ValueError, KeyError):
        return False
    found = {file.path: file.sha256 for file in hash_folder(report)}
    found.pop("manifest.json")
    return found == {file["path"]: file["sha256"] for file in listed}


def read_tree(folder, *, without=()):
    """Give the bytes of every file below a folder, and what is no file, by path."""
    return {
        str(path.relative_to(folder)): _read_entry(path)
        for path in sorted(folder.rglob("*"))
        if not any(part in without for part in path.relative_to(folder).parts[:1])
    }


def _read_entry(path):
    if path.is_symlink():
        return f"link to {path.readlink()}"
    return path.read_bytes() if path.is_file() else "no file"
