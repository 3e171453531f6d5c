"""A project whose chapters run without a kernel, so that a test sees which of them ran."""

import nbformat
import pytest

from helpers.render.keep import imports
from helpers.render.keep.study_card import read_study_card
from helpers.render.plan.chapters import read_chapters
from helpers.render.plan.plan import plan_reports
from helpers.render.run import build
from helpers.render.run.due import describe_due, find_all_due
from helpers.render.run.how import How
from helpers.render.run.run import run_plans

SUMMARY = '<ul><li><a class="number" href="#result-{name}.n"><data value="2">2</data></a></li></ul>'


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package of ours with one helper, which no chapter's result depends on in truth."""
    root = tmp_path / "src" / "helpers"
    for name in (
        "derive/haq.py",
        "render/run/execute.py",
        "render/page.html",
        "render/x.py",
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("")
    monkeypatch.setattr(imports, "PACKAGE", root)
    return root


@pytest.fixture
def project(toy_project, toys, package):
    """The toy project: the first chapter reads core_set and imports a helper."""
    first = toys.make_notebook("# First", "from helpers.derive import haq")
    first.metadata["chapter"] = {"needs": ["patients"], "uses": ["core_set"]}
    second = toys.make_notebook("# Second", "1 + 1", parameters="cutoff: int = 1  # limit")
    nbformat.write(first, toy_project / "notebooks" / "01_first.ipynb")
    nbformat.write(second, toy_project / "notebooks" / "02_second.ipynb")
    (toy_project / "data/toy/tables/core_set.csv").write_text("patient_id\nP 1\n")
    (toy_project / "requirements.lock").write_text("numpy==1\n")
    return toy_project


class Runner:
    """Runs the project's chapters without a kernel, and remembers which."""

    def __init__(self, project, places, toys):
        self.project, self.places, self.toys = project, places, toys
        self.ran = []
        self.during = lambda name: None

    def execute(self, job):
        self.ran.append(job.chapter.name)
        self.during(job.chapter.name)
        name = job.chapter.anchor
        notebook = nbformat.read(job.chapter.path, as_version=4)
        ledger = {self.toys.LEDGER: {"records": [self.toys.make_record(f"{name}.n")]}}
        notebook.cells[-1].outputs = [
            self.toys.show_output("summary", {"text/html": SUMMARY.format(name=name)}),
            self.toys.show_output("ledger", ledger),
        ]
        for number, cell in enumerate(notebook.cells):
            cell["id"] = f"cell-{number}"
        return nbformat.writes(notebook)

    def plan(self, *given):
        chapters = read_chapters(self.places.notebooks)
        return plan_reports([read_study_card(self.places.data / "toy")], chapters, given)

    def run(self, *given, **how):
        """Run the project; give the chapters that ran, and what became of the report."""
        self.ran.clear()
        [outcome] = run_plans(self.plan(*given), self.places, How(jobs=1, **how))
        return sorted(self.ran), outcome

    def describe(self, *given, **how):
        return describe_due(find_all_due(self.plan(*given), self.places, **how)).splitlines()

    def stamps(self):
        """Give what tells a file that was written again from one that was not."""
        paths = sorted(self.places.reports.rglob("*"))
        return {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in paths}


@pytest.fixture
def runner(project, toy_places, toys, monkeypatch):
    runner = Runner(project, toy_places, toys)
    monkeypatch.setattr(build, "run_job", runner.execute)
    return runner
