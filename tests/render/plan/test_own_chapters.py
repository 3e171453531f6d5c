"""Chapters of a study's own: where they stand, what they may be called, read and be run from."""

import json
import re
import shutil
from dataclasses import replace

import nbformat
import pytest

from helpers import cli
from helpers.render.distribute import cluster
from helpers.render.keep.study_card import read_study_card
from helpers.render.page.assemble import TEMPLATES
from helpers.render.page.outputs import iterate_outputs
from helpers.render.places import Places
from helpers.render.plan import own_chapters
from helpers.render.plan.chapters import describe_passed_over, read_chapter, read_chapters
from helpers.render.plan.given import ParameterError
from helpers.render.plan.grid import GridRow, plan_grid
from helpers.render.plan.own_chapters import find_own_faults, join_chapters, list_all_chapters
from helpers.render.plan.parameters import NotebookError
from helpers.render.plan.plan import plan_reports
from helpers.render.publish.manifest import read_provenance
from helpers.render.run import keys
from helpers.render.run.build import build_reports
from helpers.render.run.environment import kernel_environment
from helpers.render.run.execute import ChapterError, execute_chapter
from helpers.render.run.job import Job
from helpers.scaffold import create_study


def write_study(data, name):
    folder = create_study(name, data)
    (folder / "tables" / "core_set.csv").unlink()
    patients = folder / "tables" / "patients.csv"
    patients.write_text(patients.read_text().replace("EXAMPLE-1", "P1"))
    return folder


@pytest.fixture
def places(tmp_path, toys):
    """A project with one shared chapter and the studies ``mine`` and ``yours``."""
    root = tmp_path / "project"
    for name in ("data", "notebooks"):
        (root / name).mkdir(parents=True)
    for name in ("mine", "yours"):
        write_study(root / "data", name)
    shared = toys.make_notebook("# Shared", "print(1)", needs=("patients",))
    nbformat.write(shared, root / "notebooks" / "02_shared.ipynb")
    return Places(root, root / "notebooks", root / "data", root / "reports")


@pytest.fixture
def shared(places):
    return read_chapters(places.notebooks)


@pytest.fixture
def add(places, toys):
    """Add a chapter of a study's own; give its path."""

    def add(name, *cells, study="mine", needs=("patients",), **other):
        folder = places.data / study / "notebooks"
        folder.mkdir(exist_ok=True)
        notebook = toys.make_notebook("# Skin", *cells or ("print(2)",), needs=needs, **other)
        nbformat.write(notebook, folder / name)
        return folder / name

    return add


@pytest.fixture
def run_cli(places, monkeypatch, capsys):
    monkeypatch.chdir(places.root)

    def run(*words):
        code = cli.main(words)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def list_names(chapters):
    return [(chapter.name, chapter.owner) for chapter in chapters]


def plan(places, shared, *given, studies=("mine", "yours")):
    return plan_reports([read_study_card(places.data / name) for name in studies], shared, given)


def test_they_stand_among_the_shared_ones_by_number_and_name_and_in_no_other_study(
    places, shared, add
):
    add("03_skin.ipynb")
    add("01_before.ipynb")
    add("02_also.ipynb")
    assert list_names(join_chapters(shared, places.data / "mine")) == [
        ("01_before", "mine"),
        ("02_also", "mine"),
        ("02_shared", ""),
        ("03_skin", "mine"),
    ]
    assert join_chapters(shared, places.data / "yours") == shared
    assert [list_names(one.chapters)[-1] for one in plan(places, shared)] == [
        ("03_skin", "mine"),
        ("02_shared", ""),
    ]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("02_shared.ipynb", "the name of the shared chapter 02_shared"),
        ("09_shared.ipynb", "the name of the shared chapter 02_shared"),
        ("09_not_measured.ipynb", "the name of a part of every page"),
    ],
)
def test_the_name_of_another_chapter_is_a_fault(places, shared, add, name, found):
    add(name)
    [fault] = find_own_faults(shared, places.data / "mine")
    assert (fault.file, fault.found) == (f"notebooks/{name}", found)
    with pytest.raises(NotebookError, match=found):
        plan(places, shared)


def test_two_of_its_own_may_not_share_a_name_either(places, shared, add):
    add("03_skin.ipynb")
    add("04_skin.ipynb")
    [fault] = find_own_faults(shared, places.data / "mine")
    assert fault.found == "the name of the study's own chapter 03_skin"


def test_every_place_of_the_page_is_taken():
    parts = (TEMPLATES / "report").glob("*.j2")
    page = "".join(part.read_text(encoding="utf-8") for part in parts)
    places = set(re.findall(r'(?:\bid=|fold\(part, )"([\w-]+)"', page))
    assert places == set(own_chapters.TAKEN_BY_PAGE)


def test_all_that_is_wrong_is_listed_and_only_with_its_study(places, add, run_cli):
    add("03_skin.ipynb", needs=("cytokine",))
    add("04_text.ipynb", study="yours").write_text("no notebook")
    add("05_more.ipynb", study="yours").write_text('{"cells": []}')
    code, out, err = run_cli("check")
    assert (code, out) == (2, "")
    assert "notebooks/03_skin.ipynb\n     found:    an unknown table cytokine" in err
    assert "did you mean cytokines?" in err
    assert "notebooks/04_text.ipynb\n     found:    expected a notebook (JSON)" in err
    assert "notebooks/05_more.ipynb\n     found:    expected a first cell with a heading" in err


@pytest.mark.parametrize("tables", ['"patients"', '{"needs": "patients"}', '{"uses": [1]}'])
def test_tables_that_are_no_lists_of_names_are_refused(add, tables):
    path = add("03_skin.ipynb")
    notebook = json.loads(path.read_text())
    notebook["metadata"]["chapter"] = json.loads(tables)
    path.write_text(json.dumps(notebook))
    with pytest.raises(NotebookError, match=r"03_skin.ipynb: metadata: expected"):
        read_chapter(path)


@pytest.mark.parametrize(
    "name",
    [
        "03_skin-Copy1.ipynb",
        "03_Skin.ipynb",
        "3_skin.ipynb",
        "03skin.ipynb",
        "03_.ipynb",
        "03_skin .ipynb",
        "03_haut_ä.ipynb",
        "scratch.ipynb",
        "03_skin.IPYNB",
    ],
)
def test_any_other_notebook_is_passed_over_aloud(places, shared, add, name, run_cli):
    add(name)
    assert join_chapters(shared, places.data / "mine") == shared
    assert f"passed over {name}: a chapter is named" in describe_passed_over(
        places.data / "mine" / "notebooks"
    )
    code, out, err = run_cli("check", "mine")
    assert (code, out) == (0, "mine: no fault found\n")
    assert f"passed over {name}:" in err


def test_parameters_are_matched_within_each_study(places, shared, add, run_cli):
    add("03_skin.ipynb", parameters="cutoff: int = 1  # limit")
    add("03_skin.ipynb", study="yours", parameters="depth: int = 1  # limit")
    mine, yours = plan(places, shared, "cutoff=2", "depth=3")
    assert mine.values["03_skin"] == {"cutoff": 2}
    assert yours.values["03_skin"] == {"depth": 3}
    with pytest.raises(ParameterError, match="depth=3"):
        plan(places, shared, "depth=3", studies=("mine",))
    _, out, _ = run_cli("render", "--parameters")
    assert "03_skin.ipynb (only mine)\n  cutoff (a whole number; limit) [1]\n" in out
    assert "depth" not in run_cli("render", "--parameters", "mine")[1]


def test_a_grid_knows_the_parameters_of_own_chapters(places, shared, add):
    add("03_skin.ipynb", parameters="cutoff: int = 1  # limit")
    rows = [GridRow(2, "mine", "a", ("cutoff=2",)), GridRow(3, "yours", "b", ())]
    first, second = plan_grid(
        rows, shared, find_study=lambda name: places.data / name, file="grid.csv"
    )
    assert first.values["03_skin"] == {"cutoff": 2}
    assert list_names(second.chapters) == [("02_shared", "")]


def test_the_provenance_names_whose_chapter_it_is_and_holds_code_apart_from_data(
    places, shared, add
):
    add("03_skin.ipynb")
    [one] = plan(places, shared, studies=("mine",))
    provenance = read_provenance(one.study, one.chapters, one.values)
    assert [file.path for file in provenance.notebooks] == [
        "02_shared.ipynb",
        "mine/notebooks/03_skin.ipynb",
    ]
    assert not [file for file in provenance.inputs if "notebooks" in file.path]
    assert "tables/patients.csv" in [file.path for file in provenance.inputs]


VOLATILE = {
    "widgets": {"application/vnd.jupyter.widget-state+json": {"state": {}}},
    "language_info": {"name": "python", "version": "3.99"},
    "kernelspec": {"name": "other", "display_name": "Other", "language": "python"},
    "papermill": {"duration": 3},
    "toc": {"base_numbering": 1},
}


@pytest.mark.parametrize("key", VOLATILE)
def test_what_programs_note_in_a_notebook_is_no_part_of_its_key(toys, key):
    notebook = toys.make_notebook("# A", "1 + 1", needs=("patients",))
    plain = keys.hash_notebook(notebook)
    notebook.metadata[key] = VOLATILE[key]
    assert keys.hash_notebook(notebook) == plain


def test_what_programs_note_in_a_cell_is_no_part_of_its_key_but_its_images_are(toys):
    notebook = toys.make_notebook("# A", "1 + 1", needs=("patients",))
    plain = keys.hash_notebook(notebook)
    notebook.cells[-1] |= {"execution_count": 3, "outputs": [{"output_type": "stream"}]}
    notebook.cells[-1].metadata |= {
        "collapsed": True,
        "scrolled": True,
        "jupyter": {"outputs_hidden": True},
        "ExecuteTime": {"start_time": "2026-01-01"},
        "execution": {"iopub.status.busy": "2026-01-01"},
    }
    assert keys.hash_notebook(notebook) == plain
    notebook.cells[0]["attachments"] = {"a.png": {"image/png": "AAAA"}}
    assert keys.hash_notebook(notebook) != plain


READ = "from helpers.study import read_study\n"


@pytest.fixture
def run(places):
    """Run a chapter for the study ``mine``; give what its cells printed."""

    def run(chapter, engine="warm"):
        with kernel_environment(places.root / ".cache"):
            study = str(places.data / "mine")
            executed = execute_chapter(
                chapter, study=study, values={}, hidden_paths={}, engine=engine
            )
        return "".join(one.get("text", "") for one in iterate_outputs(executed))

    return run


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("read_study(study, tables=['labs', 'core_set'])", "core_set, labs asked"),
        ("read_study({folder!r})", "disposition asked"),
    ],
)
def test_a_table_that_is_not_declared_cannot_be_read(places, add, run, code, found):
    mine = places.data / "mine"
    shutil.copy(mine / "templates" / "disposition.csv", mine / "tables")
    chapter = read_chapter(add("03_skin.ipynb", READ + code.format(folder=str(mine))))
    with pytest.raises(ChapterError, match=f"found: +{found} of read_study and not declared"):
        run(chapter)


def test_patients_are_a_table_like_the_others(add, run):
    chapter = read_chapter(add("03_skin.ipynb", f"{READ}read_study(study)", needs=()))
    with pytest.raises(ChapterError, match="patients asked of read_study and not declared"):
        run(chapter)


@pytest.mark.parametrize("engine", ["warm", "ordinary"])
def test_what_is_declared_can_be_read_in_either_kind_of_kernel(add, run, engine):
    code = f"{READ}print(*read_study(study, tables=['labs']).tables)\nprint('os' in globals())"
    chapter = replace(read_chapter(add("03_skin.ipynb", code)), uses=("labs",))
    assert run(chapter, engine) == "patients\nFalse\n"
    with pytest.raises(ChapterError, match="labs asked of read_study and not declared"):
        run(replace(chapter, uses=()), engine)


def test_a_report_holds_them_and_links_them_with_their_neighbours(places, shared, add):
    add("03_skin.ipynb", "print('only mine')")
    [one] = plan(places, shared, studies=("mine",))
    [outcome] = build_reports([one], places, workers=1, tell=lambda name: None)
    assert outcome.errors == ()
    report = outcome.page.parent
    assert 'id="skin"' in outcome.page.read_text()
    assert 'href="03_skin.html"' in (report / "chapters" / "02_shared.html").read_text()
    assert 'href="02_shared.html"' in (report / "chapters" / "03_skin.html").read_text()
    [again] = build_reports([one], places, workers=1, tell=lambda name: None)
    assert again.is_unchanged


def list_pages(places):
    return sorted(path.name for path in places.reports.glob("*/chapters/*.html"))


def test_code_from_an_address_runs_only_when_it_is_trusted(places, add, run_cli):
    add("03_skin.ipynb")
    shutil.move(places.data / "mine", places.root / "mine")
    address = f"file://{places.root}/mine"
    grid = places.root / "grid.csv"
    grid.write_text(f"study,name\n{address},mine\n")
    for words in (("render", address), ("render", "--dry-run", address), ("batch", str(grid))):
        code, _, err = run_cli(*words)
        assert code == 2
        assert "chapters of its own, which are code: 03_skin.ipynb" in err
    assert list_pages(places) == []
    assert run_cli("check", address)[:2] == (0, "mine: no fault found\n")
    [copy] = places.root.glob(".cache/studies/*/mine")
    assert run_cli("render", str(copy))[0] == 2
    assert run_cli("render", "--trust", address)[0] == 0
    assert list_pages(places) == ["02_shared.html", "03_skin.html"]
    assert run_cli("batch", "--trust", str(grid))[0] == 0


def test_a_study_without_code_needs_no_trust(places, run_cli):
    shutil.move(places.data / "mine", places.root / "mine")
    assert run_cli("render", f"file://{places.root}/mine")[0] == 0


def test_a_worker_runs_the_copy_that_it_fetched(places, shared, add, tmp_path):
    path = add("03_skin.ipynb")
    study = places.data / "mine"
    own = read_chapter(path, owner="mine")
    job = Job("mine", own, study, places.root, {}, None, None)
    moved = cluster._move(job, tmp_path / "there" / "mine")
    assert moved.study == tmp_path / "there" / "mine"
    assert moved.chapter.path == tmp_path / "there" / "mine" / "notebooks" / "03_skin.ipynb"
    assert cluster._move(replace(job, chapter=shared[0]), tmp_path).chapter == shared[0]


def test_all_chapters_of_some_studies_come_once(places, shared, add):
    add("03_skin.ipynb")
    studies = [places.data / "mine", places.data / "mine", places.data / "yours"]
    assert list_names(list_all_chapters(shared, studies)) == [
        ("02_shared", ""),
        ("03_skin", "mine"),
    ]
