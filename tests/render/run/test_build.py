"""Reports are built side by side; one that fails keeps its old pages and stops no other."""

import json
import shutil

import nbformat
import pytest

from helpers.render.keep.study_card import read_study_card
from helpers.render.page.check_page import check_page
from helpers.render.plan.chapters import read_chapters
from helpers.render.plan.given import ParameterError
from helpers.render.run import build
from helpers.render.run.build import plan_reports


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


@pytest.mark.parametrize(
    ("rival", "told"),
    [
        (
            "cutoff=40",
            ("another run has published this report meanwhile (its settings: cutoff=40)",),
        ),
        ("cutoff=30", ()),
    ],
    ids=["other settings", "the same"],
)
def test_the_loser_of_two_runs_that_publish_one_report_says_so(build_toy, monkeypatch, rival, told):
    write = build.write_record

    def publish_once_more(*words, **options):
        write(*words, **options)
        monkeypatch.setattr(build, "write_record", write)
        [winner] = build_toy(rival, force=True)
        assert winner.errors == ()

    monkeypatch.setattr(build, "write_record", publish_once_more)
    [outcome] = build_toy("cutoff=30")
    assert outcome.errors == told
    assert outcome.is_replaced == bool(told)


def test_a_run_says_whose_report_it_replaced_when_that_came_while_it_ran(build_toy, monkeypatch):
    write = build.write_report

    def publish_first(*words):
        monkeypatch.setattr(build, "write_report", write)
        [early] = build_toy("cutoff=40")
        assert (early.errors, early.note) == ((), "")
        return write(*words)

    monkeypatch.setattr(build, "write_report", publish_first)
    [late] = build_toy("cutoff=30")
    assert late.errors == ()
    assert late.note == (
        "another run has published this report meanwhile (its settings: cutoff=40); "
        "this run's report stands"
    )
    [alone] = build_toy("cutoff=50")
    assert (alone.errors, alone.note) == ((), "")


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
    assert sorted(p.name for p in toy_places.reports.iterdir()) == ["toy", "toy.failed", "well"]


def read_text(path):
    return path.read_text(encoding="utf-8")


@pytest.fixture
def fail_second(toy_places, toys):
    """Make the second chapter one that fails half way, and the first one link to its numbers."""

    def fail(*cells):
        first = toys.toy_chapter("first")
        link = '<p>Of <a class="number" href="#result-second.n"><data value="2">2</data></a>.</p>'
        first.cells.insert(
            3, nbformat.v4.new_code_cell(toys.show_code("text", {"text/html": link}))
        )
        nbformat.write(first, toy_places.notebooks / "01_first.ipynb")
        second = toys.toy_chapter("second")
        second.cells[3:3] = [nbformat.v4.new_code_cell(cell) for cell in cells]
        nbformat.write(second, toy_places.notebooks / "02_second.ipynb")

    return fail


def test_what_ran_and_why_the_rest_did_not_is_written_beside_the_report(
    build_toy, toy_places, fail_second
):
    fail_second("import sys", "sys.exit(0)  # <enough>")
    [outcome] = build_toy()
    cause = "02_second.ipynb, cell 5: sys.exit(0)  # <enough>\n  the cell ended the notebook with "
    assert outcome.errors == (f"{cause}SystemExit",)
    assert not outcome.page.exists()
    assert outcome.partial == toy_places.reports / "toy.failed" / "index.html"
    assert sorted(read_tree(outcome.partial.parent)) == [
        "chapters/01_first.html",
        "figures/first.svg",
        "index.html",
        "manifest.json",
        "notebooks/01_first.ipynb",
        "results.csv",
        "tables/first.csv",
    ]
    assert json.loads(read_text(outcome.partial.with_name("manifest.json")))["failed"] == [
        "02_second"
    ]


def test_every_page_of_a_failed_run_says_so_and_stands_alone(build_toy, fail_second):
    fail_second("1 / 0")
    [outcome] = build_toy()
    page = read_text(outcome.partial)
    part = read_text(outcome.partial.parent / "chapters" / "01_first.html")
    for html in (page, part):
        assert check_page(html) == []
        assert "Not a whole report: 1 of 2 chapters failed." in html
        assert "<title>Not whole: " in html
        assert '<p>Of <data value="2">2</data>.</p>' in html
    assert '<li><a href="#second">The second chapter</a>: ' in page
    article = page.split('open>\n<summary><h3 id="second">The second chapter (failed)</h3>')[1]
    article = article.split("</details>")[0]
    assert "02_second.ipynb, cell 4: 1 / 0\n  ZeroDivisionError: division by zero" in article
    assert "figure-second" not in page


def test_a_run_in_which_all_failed_has_a_page_of_causes(build_toy, toy_places, toys):
    for name in ("01_first", "02_second"):
        bad = toys.make_notebook(f"# Chapter {name}", f"raise ValueError('{name}')")
        nbformat.write(bad, toy_places.notebooks / f"{name}.ipynb")
    [outcome] = build_toy()
    page = read_text(outcome.partial)
    assert check_page(page) == []
    assert "2 of 2 chapters failed" in page
    assert "ValueError: 01_first" in page
    assert "ValueError: 02_second" in page
    assert sorted(read_tree(outcome.partial.parent)) == [
        "index.html",
        "manifest.json",
        "results.csv",
    ]


def test_a_folder_of_somebody_else_in_the_place_of_the_failed_pages_stays(
    build_toy, toy_places, fail_second
):
    stranger = toy_places.reports / "toy.failed"
    stranger.mkdir(parents=True)
    (stranger / "manifest.json").write_text('{"name": "an app"}')
    before = read_tree(stranger)
    fail_second("1 / 0")
    [outcome] = build_toy()
    assert outcome.partial is None
    assert outcome.errors[0].startswith("02_second.ipynb, cell 4")
    assert read_tree(stranger) == before


def test_chapters_that_contradict_each_other_publish_nothing(build_toy, toy_places, toys):
    same = toys.toy_chapter("first")
    same.cells[0].source = "# Another chapter"
    nbformat.write(same, toy_places.notebooks / "02_second.ipynb")
    [outcome] = build_toy()
    assert outcome.errors == (
        "02_second.ipynb, cell 6: a second figure or table named first (the first is in "
        "01_first.ipynb, cell 6); rename one",
    )
    assert not outcome.page.exists()
    page = read_text(outcome.partial)
    assert check_page(page) == []
    assert "Not a whole report: no pages could be made of its chapters." in page
    assert "a second figure or table named first" in page
    assert "<svg" not in page


def test_a_study_that_has_the_name_of_what_a_failed_run_leaves_is_refused(toy_places):
    folder = (toy_places.data / "toy").rename(toy_places.data / "toy.Failed")
    with pytest.raises(ValueError, match=r"toy.Failed: expected another name"):
        plan_reports([read_study_card(folder)], read_chapters(toy_places.notebooks), [])


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
