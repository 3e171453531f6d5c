"""What is unchanged is not run again, and nothing is called unchanged that is not."""

import shutil
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from helpers.render.keep.reader import Reader
from helpers.render.keep.study_card import read_study_card
from helpers.render.plan.chapters import read_chapters
from helpers.render.plan.plan import plan_reports
from helpers.render.run import build
from helpers.render.run.due import find_all_due
from helpers.render.run.execute import ChapterError
from helpers.render.run.how import How, StudyChangedError
from helpers.render.run.job import Job, run_job
from helpers.render.run.keys import fingerprint_check
from helpers.render.run.run import run_plans

BOTH = ["01_first", "02_second"]


def append(path, text=" "):
    with path.open("a") as file:
        file.write(text)


def test_the_first_run_runs_all_and_the_second_nothing(runner):
    ran, outcome = runner.run()
    assert (ran, outcome.errors, outcome.is_unchanged) == (BOTH, (), False)
    before = runner.stamps()
    ran, outcome = runner.run()
    assert (ran, outcome.errors, outcome.is_unchanged) == ([], (), True)
    assert runner.stamps() == before
    assert runner.describe() == ["toy: nothing to do"]


def test_a_changed_table_runs_the_chapters_that_read_it_and_no_other(runner, project):
    runner.run()
    append(project / "data" / "toy" / "tables" / "core_set.csv", "P 2\n")
    assert runner.describe() == [
        "toy: 1 of 2 chapters would run",
        "  01_first: changed: tables/core_set.csv",
    ]
    assert runner.run()[0] == ["01_first"]
    append(project / "data" / "toy" / "tables" / "patients.csv", "P 3\n")
    assert runner.run()[0] == ["01_first"]


def test_a_changed_lock_runs_all(runner, project):
    runner.run()
    append(project / "requirements.lock", "\n")
    assert runner.run()[0] == BOTH


def test_a_changed_notebook_or_parameter_runs_its_chapter(runner, project, toys):
    runner.run()
    assert runner.run("cutoff=2")[0] == ["02_second"]
    assert runner.run("cutoff=2")[0] == []
    nbformat.write(
        toys.make_notebook("# Second", "2 + 2", parameters="cutoff: int = 1  # limit"),
        project / "notebooks" / "02_second.ipynb",
    )
    assert runner.describe("cutoff=2")[1] == "  02_second: changed: notebook"
    assert runner.run("cutoff=2")[0] == ["02_second"]


def test_going_back_to_earlier_parameters_runs_nothing_but_writes_the_report(runner):
    runner.run()
    before = (runner.places.reports / "toy" / "index.html").read_bytes()
    runner.run("cutoff=2")
    assert (runner.places.reports / "toy" / "index.html").read_bytes() != before
    assert runner.describe() == ["toy: pages: changed: provenance"]
    ran, outcome = runner.run()
    assert (ran, outcome.is_unchanged) == ([], False)
    assert (runner.places.reports / "toy" / "index.html").read_bytes() == before


def test_a_changed_helper_that_changes_no_result_leaves_the_report_alone(runner, package):
    runner.run()
    before = runner.stamps()
    append(package / "derive" / "haq.py", "# a comment\n")
    assert runner.describe()[1] == "  01_first: changed: helpers/derive/haq.py"
    assert runner.run()[0] == ["01_first"]
    assert runner.stamps() == before
    assert runner.run()[0] == []


def test_a_changed_template_writes_the_pages_but_runs_nothing(runner, package):
    runner.run()
    before = runner.stamps()
    append(package / "render" / "page.html")
    assert runner.describe() == ["toy: pages: changed: helpers/render/page.html"]
    assert runner.run()[0] == []
    assert runner.stamps() != before


@pytest.mark.parametrize("name", ["index.html", "results.csv"])
def test_a_report_that_was_edited_or_deleted_is_made_again(runner, name):
    runner.run()
    path = runner.places.reports / "toy" / name
    for touch in (append, Path.unlink):
        touch(path)
        assert runner.describe() == [f"toy: published files were touched: changed: {name}"]
        assert runner.run()[0] == []
        assert runner.describe() == ["toy: nothing to do"]


def test_a_manifest_that_was_edited_is_made_again_and_without_one_nothing_is_replaced(runner):
    runner.run()
    path = runner.places.reports / "toy" / "manifest.json"
    append(path)
    assert runner.describe() == ["toy: published files were touched: changed: manifest.json"]
    assert runner.run()[1].errors == ()
    path.unlink()
    [error] = runner.run()[1].errors
    assert "a folder without a report's manifest.json" in error
    assert (path.parent / "index.html").is_file()


def test_another_runs_report_is_not_called_unchanged_however_whole_it_is(runner, tmp_path):
    runner.run("cutoff=2")
    shutil.copytree(runner.places.reports / "toy", tmp_path / "other")
    runner.run()
    shutil.rmtree(runner.places.reports / "toy")
    (tmp_path / "other").rename(runner.places.reports / "toy")
    assert runner.describe()[0].startswith("toy: published files were touched: changed: manifest")
    assert not runner.run()[1].is_unchanged
    assert runner.run()[1].is_unchanged


def test_a_report_into_which_somebody_put_a_file_is_not_replaced(runner):
    runner.run()
    stranger = runner.places.reports / "toy" / "notes.txt"
    stranger.write_text("mine")
    [error] = runner.run()[1].errors
    assert "a report that holds what no run made: notes.txt" in error
    assert stranger.read_text() == "mine"
    stranger.unlink()
    assert runner.run()[1].is_unchanged


def test_a_deleted_report_is_made_again_from_what_is_kept(runner):
    runner.run()
    shutil.rmtree(runner.places.reports)
    assert runner.run()[0] == []
    assert (runner.places.reports / "toy" / "index.html").is_file()


def test_a_second_folder_of_reports_is_filled_from_what_is_kept(runner, tmp_path):
    runner.run()
    [due] = find_all_due(runner.plan(), runner.places)
    elsewhere = tmp_path / "elsewhere"
    runner.places = type(runner.places)(
        runner.project, runner.places.notebooks, runner.places.data, elsewhere
    )
    assert due.reason == ""
    assert runner.describe() == ["toy: pages: never published here"]
    assert runner.run()[0] == []
    assert (elsewhere / "toy" / "index.html").is_file()


@pytest.mark.parametrize("damage", [b"", b"x", None], ids=["cut", "edited", "deleted"])
def test_a_damaged_result_is_run_again(runner, project, damage):
    runner.run()
    [due] = find_all_due(runner.plan(), runner.places)
    kept = project / ".cache" / "chapters" / due.chapters[0].fingerprint.key
    if damage is None:
        kept.unlink()
    else:
        kept.write_bytes(kept.read_bytes()[: 50 * bool(damage)] + damage)
    assert runner.describe() == [
        "toy: 1 of 2 chapters would run",
        "  01_first: its kept result is gone or damaged",
    ]
    before = runner.stamps()
    assert runner.run()[0] == ["01_first"]
    assert runner.stamps() == before


def test_a_damaged_record_or_no_cache_at_all_makes_the_report_again(runner, project):
    runner.run()
    [record] = (project / ".cache" / "reports").iterdir()
    record.write_text("nonsense")
    assert runner.run()[0] == []
    shutil.rmtree(project / ".cache")
    assert runner.describe()[1:] == ["  01_first: never run here", "  02_second: never run here"]
    assert runner.run()[0] == BOTH


def test_force_runs_and_writes_all(runner):
    runner.run()
    before = runner.stamps()
    assert runner.describe(force=True)[1] == "  01_first: asked for by --force"
    assert runner.run(force=True)[0] == BOTH
    assert runner.stamps() != before


def test_a_dry_run_writes_nothing_but_what_it_found_out_about_our_own_modules(runner, project):
    before = set(project.rglob("*"))
    assert runner.describe()[0] == "toy: 2 of 2 chapters would run"
    cache = project / ".cache"
    assert set(project.rglob("*")) - before == {
        cache,
        cache / "imports",
        cache / "imports" / "modules",
    }


def test_a_chapter_that_failed_is_run_again_and_the_others_are_kept(runner):
    def fail(name):
        if name == "02_second":
            raise build.ChapterError("no good")

    runner.during = fail
    ran, outcome = runner.run()
    assert (ran, outcome.errors) == (BOTH, ("no good",))
    assert not outcome.page.exists()
    runner.during = lambda name: None
    ran, outcome = runner.run()
    assert (ran, outcome.errors) == (["02_second"], ())


def test_any_failure_of_a_worker_stops_its_own_chapter_only(runner):
    def fail(name):
        if name == "01_first":
            raise ConnectionResetError("gone")

    runner.during = fail
    ran, outcome = runner.run()
    assert ran == BOTH
    assert outcome.errors == ("01_first.ipynb: ConnectionResetError: gone",)


def test_a_run_that_was_stopped_is_taken_up_where_it_stopped(runner):
    def stop(name):
        if name == "02_second":
            raise KeyboardInterrupt

    runner.during = stop
    with pytest.raises(KeyboardInterrupt):
        runner.run()
    runner.during = lambda name: None
    assert runner.run()[0] == ["02_second"]


def test_a_result_whose_input_changed_while_it_ran_is_not_kept(runner, project):
    table = project / "data" / "toy" / "tables" / "core_set.csv"

    def edit(name):
        if name == "01_first":
            append(table, "P 9\n")

    runner.during = edit
    ran, outcome = runner.run()
    assert ran == BOTH
    assert outcome.errors == (
        "01_first.ipynb: changed since this run began: tables/core_set.csv; run it again",
    )
    assert not outcome.page.exists()
    runner.during = lambda name: None
    ran, outcome = runner.run()
    assert (ran, outcome.errors, outcome.is_unchanged) == (["01_first"], (), False)
    assert runner.run()[1].is_unchanged


@pytest.fixture
def edit_later(monkeypatch):
    """Edit a file once, as soon as the first chapter has ended and its result is kept."""

    def plan(path, text):
        edits = [lambda: append(path, text)]

        @contextmanager
        def show_progress(chapters):
            yield lambda label: label.endswith("01_first") and edits and edits.pop()()

        monkeypatch.setattr("helpers.render.run.progress.show_progress", show_progress)

    return plan


def test_a_study_edited_after_a_chapter_is_not_published_as_if_of_the_new_files(
    runner, project, edit_later
):
    runner.run()
    report = runner.places.reports / "toy"
    before = {path.name: path.read_bytes() for path in report.glob("*.*")}
    table = project / "data" / "toy" / "tables" / "core_set.csv"
    edit_later(table, "P 9\n")
    ran, outcome = runner.run(force=True)
    assert ran == BOTH
    assert outcome.errors == (
        "toy: changed since this run began: tables/core_set.csv; run it again",
    )
    assert {path.name: path.read_bytes() for path in report.glob("*.*")} == before
    page = outcome.partial.read_text(encoding="utf-8")
    assert "no pages could be made of its chapters" in page
    assert "result-first.n" not in page
    assert runner.run()[0] == ["01_first"]


def test_even_a_comment_put_into_study_yml_during_a_run_counts_as_moved(runner, project):
    def edit(name):
        if name == "01_first":
            append(project / "data" / "toy" / "study.yml", "# a comment\n")

    runner.during = edit
    assert runner.run()[1].errors == tuple(
        f"{name}.ipynb: changed since this run began: study.yml; run it again" for name in BOTH
    )
    runner.during = lambda name: None
    assert runner.run()[1].errors == ()


def test_a_notebook_caught_half_saved_fails_its_report_and_no_other(runner, project, edit_later):
    edit_later(project / "notebooks" / "01_first.ipynb", "{")
    _, outcome = runner.run()
    assert outcome.errors == ("toy: changed since this run began: notebook; run it again",)


def test_what_a_failed_run_left_goes_with_the_next_whole_run(runner, project, toys):
    whole = (project / "notebooks" / "02_second.ipynb").read_bytes()
    runner.run()

    def fail(name):
        raise build.ChapterError("no good")

    runner.during = fail
    bad = toys.make_notebook("# Second", "3", parameters="cutoff: int = 1  # limit")
    nbformat.write(bad, project / "notebooks" / "02_second.ipynb")
    _, outcome = runner.run()
    left = runner.places.reports / "toy.failed"
    assert outcome.partial == left / "index.html"
    assert outcome.partial.is_file()
    (project / "notebooks" / "02_second.ipynb").write_bytes(whole)
    _, outcome = runner.run()
    assert (outcome.errors, outcome.is_unchanged, outcome.partial) == ((), True, None)
    assert not left.exists()


def test_a_study_edited_since_its_check_starts_no_kernel(runner, project):
    folder = project / "data" / "toy"
    key = fingerprint_check(folder, Reader(project)).key
    plans = runner.plan()
    append(folder / "tables" / "patients.csv", "P 1\n")
    with pytest.raises(StudyChangedError, match="toy: changed since it was checked"):
        run_plans(plans, runner.places, How(jobs=1), checked={folder: key})
    assert runner.ran == []


@pytest.mark.parametrize("name", ["tables/patients.csv", "study.yml"])
def test_a_study_edited_while_its_chapter_waited_starts_no_kernel(runner, project, name):
    [due] = find_all_due(runner.plan(), runner.places)
    one, study = due.chapters[0], due.plan.study
    job = Job("toy", one.chapter, study.folder, project, {}, study.settings, one.fingerprint)
    append(study.folder / name, "\n")
    with pytest.raises(ChapterError, match=rf"01_first.ipynb: changed since .*: {name}; run it"):
        run_job(job)


def test_the_record_holds_the_numbers_of_the_summary(runner):
    runner.run()
    [due] = find_all_due(runner.plan(), runner.places)
    assert [(result.id, result.text) for result in due.record.results] == [
        ("first.n", "2"),
        ("second.n", "2"),
    ]


def test_two_studies_of_one_name_are_refused(runner, project):
    shutil.copytree(project / "data" / "toy", project / "toy")
    cards = [read_study_card(project / "data" / "toy"), read_study_card(project / "toy")]
    chapters = read_chapters(project / "notebooks")
    with pytest.raises(ValueError, match="toy: expected one study of this name"):
        plan_reports(cards, chapters, [])


def test_rows_that_share_a_chapter_and_its_values_share_its_run(runner):
    rows = [replace(runner.plan(f"cutoff={n}")[0], name=f"toy {n}") for n in (1, 2, 2)]
    rows[2] = replace(rows[2], name="toy again")
    outcomes = run_plans(rows, runner.places, How(jobs=2))
    assert [outcome.errors for outcome in outcomes] == [(), (), ()]
    assert sorted(runner.ran) == ["01_first", "02_second", "02_second"]
    pages = [(runner.places.reports / row.name / "index.html").read_bytes() for row in rows]
    assert pages[0] != pages[1] == pages[2]
