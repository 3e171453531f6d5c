"""Reports are built side by side; one that fails keeps its old pages and stops no other."""

import json
import shutil

import nbformat
import pytest

from helpers.render.build import plan_reports
from helpers.render.chapters import read_chapters
from helpers.render.parameters import ParameterError
from helpers.render.study_card import read_study_card


def read_tree(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_two_builds_give_the_same_bytes_but_for_the_manifest(build_toy):
    [first] = build_toy()
    before = read_tree(first.page.parent)
    [second] = build_toy(force=True)
    after = read_tree(second.page.parent)
    assert first.errors == second.errors == ()
    times = [json.loads(tree.pop("manifest.json")).pop("created") for tree in (before, after)]
    assert len(times) == 2
    assert before == after


def test_nothing_of_the_machine_is_in_a_report(toy_report, toy_project):
    import getpass
    import platform

    words = ["/tmp", "/home/", "ipykernel_", platform.node(), str(toy_report.parents[1])]
    if getpass.getuser() not in ("root", "user"):
        words.append(getpass.getuser())
    for name, content in read_tree(toy_report).items():
        text = content.decode()
        found = [word for word in words if word in text]
        assert not found, f"{name} holds {found}"


def test_a_failed_chapter_keeps_the_old_report_and_the_other_study_is_built(
    build_toy, toy_places, toys
):
    [first] = build_toy()
    before = read_tree(first.page.parent)
    shutil.copytree(toy_places.data / "toy", toy_places.data / "well")
    bad = toys.make_notebook("# Bad", "assert study != 'toy', 'no good'")
    nbformat.write(bad, toy_places.notebooks / "02_second.ipynb")
    failed, well = build_toy(studies=("toy", "well"))
    assert failed.errors == (
        "02_second.ipynb, cell 3: assert study != 'toy', 'no good'\n  AssertionError: no good",
    )
    assert read_tree(failed.page.parent) == before
    assert well.errors == ()
    assert well.page.is_file()
    assert sorted(p.name for p in toy_places.reports.iterdir()) == ["toy", "well"]


def test_chapters_that_contradict_each_other_publish_nothing(build_toy, toy_places, toys):
    same = toys.toy_chapter("first")
    same.cells[0].source = "# Another chapter"
    nbformat.write(same, toy_places.notebooks / "02_second.ipynb")
    [outcome] = build_toy()
    assert outcome.errors == (
        "02_second.ipynb: a second figure or table named first (the first is in 01_first.ipynb); "
        "rename one",
    )
    assert not outcome.page.exists()


def test_a_parameter_must_belong_to_a_chapter_that_will_be_built(toy_places, toys):
    absent = toys.make_notebook(
        "# Serum", parameters="dose: int = 1  # dose, mg", needs=("cytokines",)
    )
    nbformat.write(absent, toy_places.notebooks / "03_serum_cytokines.ipynb")
    card = read_study_card(toy_places.data / "toy")
    chapters = read_chapters(toy_places.notebooks)
    with pytest.raises(ParameterError, match="no parameter of this name in the chapters to be"):
        plan_reports([card], chapters, ["dose=2"])
    [plan] = plan_reports([card], chapters, ["cutoff=30"])
    assert plan.values == {"01_first": {"cutoff": 30.0}, "02_second": {"cutoff": 30.0}}
    assert [(chapter.name, tables) for chapter, tables in plan.not_measured] == [
        ("03_serum_cytokines", ("cytokines",))
    ]


def test_a_study_without_the_tables_of_any_chapter_is_refused(toy_places):
    (toy_places.data / "toy" / "tables" / "patients.csv").unlink()
    card = read_study_card(toy_places.data / "toy")
    chapters = [c for c in read_chapters(toy_places.notebooks) if c.needs]
    with pytest.raises(ValueError, match="toy: expected the tables of at least one chapter"):
        plan_reports([card], chapters, [])
