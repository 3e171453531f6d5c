"""The same reports from the workers of a Dask cluster, also when one of them dies."""

import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace

import nbformat
import pytest

from helpers.render.distribute import cluster as module
from helpers.render.keep.reader import Reader
from helpers.render.keep.study_card import read_study_card
from helpers.render.plan.chapters import read_chapters
from helpers.render.plan.plan import plan_reports
from helpers.render.run.build import build_due
from helpers.render.run.due import find_all_due
from helpers.render.run.execute import ChapterError
from helpers.render.run.how import ClusterError, How
from helpers.render.run.job import Job, list_moved_parts
from helpers.render.run.keys import Fingerprint, fingerprint_chapter
from helpers.scaffold import create_study

distributed = pytest.importorskip("distributed", reason="the extra `cluster` is not installed")


START = """
import sys
from distributed import LocalCluster

if __name__ == "__main__":
    settings = {"n_workers": 2, "threads_per_worker": 1, "local_directory": sys.argv[1]}
    with LocalCluster(**settings, dashboard_address=None, silence_logs="CRITICAL") as cluster:
        print(cluster.scheduler_address, flush=True)
        sys.stdin.read()
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """The address of a scheduler with two workers, each a process of its own.

    Started outside the tests' process, whose environment variables Dask would change.
    """
    command = [sys.executable, "-c", START, str(tmp_path_factory.mktemp("dask"))]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as starter:
        yield starter.stdout.readline().strip()
        starter.communicate()


@pytest.fixture
def build(toy_places):
    """Build the toy project from nothing; give the outcomes and the bytes of all files."""

    def run(names=("toy",), tell=lambda name: None, **how):
        shutil.rmtree(toy_places.root / ".cache", ignore_errors=True)
        shutil.rmtree(toy_places.reports, ignore_errors=True)
        cards = [read_study_card(toy_places.data / name) for name in names]
        plans = plan_reports(cards, read_chapters(toy_places.notebooks), [])
        due = find_all_due(plans, toy_places)
        outcomes = build_due(due, toy_places, How(**how), tell=tell)
        files = {
            path.relative_to(toy_places.reports).as_posix(): path.read_bytes()
            for path in sorted(toy_places.reports.rglob("*"))
            if path.is_file()
        }
        return outcomes, files

    return run


def test_one_job_two_jobs_and_a_cluster_give_the_same_bytes(build, address, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    [alone], one = build(jobs=1)
    _, two = build(jobs=2)
    [shared], many = build(cluster=address)
    assert alone.errors == shared.errors == ()
    assert len(one) > 8
    assert one == two == many


def kill_a_busy_worker(client):
    """Kill a worker that is running a chapter; give the number of its process."""
    processes = client.run(os.getpid)
    while True:
        for address, tasks in client.processing().items():
            if tasks:
                os.kill(processes[address], signal.SIGKILL)
                return processes[address]
        time.sleep(0.02)


def test_a_batch_completes_although_a_worker_is_killed(build, address, toy_places, toys):
    slow = toys.make_notebook("# Slow", "import time\ntime.sleep(1)", "print('done')")
    nbformat.write(slow, toy_places.notebooks / "01_first.ipynb")
    nbformat.write(slow, toy_places.notebooks / "02_second.ipynb")
    for name in ("well", "ill"):
        shutil.copytree(toy_places.data / "toy", toy_places.data / name)
    killed = []

    def tell(name):
        if not killed:
            killed.append(kill_a_busy_worker(client))

    with distributed.Client(address, set_as_default=False) as client:
        outcomes, files = build(("ill", "toy", "well"), cluster=address, tell=tell)
        assert killed[0] not in client.run(os.getpid).values()
    assert [outcome.errors for outcome in outcomes] == [(), (), ()]
    assert sum(name.endswith("/chapters/01_first.html") for name in files) == 3


def test_a_chapter_that_fails_on_a_worker_is_told_as_ever(build, address, toy_places, toys):
    bad = toys.make_notebook("# Bad", "1 / 0")
    nbformat.write(bad, toy_places.notebooks / "02_second.ipynb")
    [outcome], files = build(cluster=address)
    assert outcome.errors == (
        "02_second.ipynb, cell 3: 1 / 0\n  ZeroDivisionError: division by zero",
    )
    assert {name.partition("/")[0] for name in files} == {"toy.failed"}


def test_the_command_line_takes_the_address(address, tmp_path, toys):
    from tests.study_folders import write_study

    write_study(tmp_path / "data" / "one")
    (tmp_path / "notebooks").mkdir()
    nbformat.write(toys.toy_chapter("first"), tmp_path / "notebooks" / "01_first.ipynb")

    def render(where):
        command = [sys.executable, "-m", "helpers", "render", "--cluster", where]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout

    assert render(address) == (0, "reports/one/index.html\n")
    # With nothing to do nobody is asked, so a cluster that is gone is no obstacle.
    assert render("tcp://127.0.0.1:1") == (0, "reports/one/index.html (unchanged)\n")


@pytest.fixture
def fetched(toy_places, tmp_path):
    """Plan the report of a study that was fetched, which the workers do not see; and its source."""
    from helpers.render.distribute.fetch import fetch_study

    source = tmp_path / "store" / "toy"
    shutil.move(toy_places.data / "toy", source)
    folder = fetch_study(f"file://{source}", toy_places.root)
    plans = plan_reports([read_study_card(folder)], read_chapters(toy_places.notebooks), [])
    due = find_all_due(plans, toy_places)
    shutil.rmtree(toy_places.root / ".cache")
    return due, source


def test_a_worker_fetches_a_study_that_has_an_address(address, fetched, toy_places, monkeypatch):
    due, source = fetched
    monkeypatch.setattr(
        "helpers.render.distribute.fetch.find_source", lambda study, root: f"file://{source}"
    )
    [outcome] = build_due(due, toy_places, How(cluster=address), tell=lambda name: None)
    assert outcome.errors == ()
    assert due[0].plan.study.folder.is_dir()
    assert outcome.page.is_file()


def test_a_study_that_changed_meanwhile_is_told(address, fetched, toy_places, monkeypatch):
    due, source = fetched
    (source / "tables" / "patients.csv").write_text("patient_id\nP 9\n")
    monkeypatch.setattr(
        "helpers.render.distribute.fetch.find_source", lambda study, root: f"file://{source}"
    )
    [outcome] = build_due(due, toy_places, How(cluster=address), tell=lambda name: None)
    assert outcome.errors[0] == (
        f"01_first.ipynb: file://{source} has changed since this run began; run it again"
    )
    shutil.rmtree(source)
    [outcome] = build_due(due, toy_places, How(cluster=address), tell=lambda name: None)
    assert f"this worker cannot fetch file://{source}\n" in outcome.errors[0]


@pytest.fixture
def job(toy_places):
    [card] = [read_study_card(toy_places.data / "toy")]
    chapter = read_chapters(toy_places.notebooks)[0]
    reader, settings = Reader(toy_places.root), card.settings
    found = fingerprint_chapter(chapter, card.folder, {}, reader, settings=settings)
    return Job("toy", chapter, card.folder, toy_places.root, {}, settings, found)


def test_a_worker_with_other_files_or_versions_refuses(job):
    assert list_moved_parts(job) == ()
    parts = {
        **job.fingerprint.parts,
        "helpers/derive/laboratory/ihc.py": "0",
        "python": "CPython 3.99",
    }
    other = replace(job, fingerprint=Fingerprint(parts))
    with pytest.raises(ChapterError, match=r"does not have what .* helpers/.*/ihc.py, python;"):
        module.run_on_worker(other)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense://x", "/none/scheduler.json"])
def test_an_address_where_nobody_answers_is_bad_input(address, monkeypatch):
    monkeypatch.setattr(module, "SECONDS_TO_CONNECT", 0.5)
    with (
        pytest.raises(ClusterError, match="expected the address of a running Dask scheduler"),
        module.cluster_pool(address),
    ):
        pass


def test_without_dask_the_message_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with (
        pytest.raises(ClusterError, match="--cluster needs Dask"),
        module.cluster_pool("tcp://127.0.0.1:1"),
    ):
        pass


def test_a_worker_fetches_the_chapters_of_a_study_s_own_with_it(
    address, toys, tmp_path, monkeypatch
):
    from helpers.render.distribute.fetch import fetch_study
    from helpers.render.places import Places

    root, store = tmp_path / "project", tmp_path / "store"
    for folder in (root / "data", root / "notebooks", store):
        folder.mkdir(parents=True)
    source = create_study("mine", store)
    (source / "notebooks").mkdir()
    own = toys.make_notebook("# Skin", "print('only mine')", needs=("patients",))
    nbformat.write(own, source / "notebooks" / "03_skin.ipynb")
    places = Places(root, root / "notebooks", root / "data", root / "reports")
    card = read_study_card(fetch_study(f"file://{source}", root))
    due = find_all_due(plan_reports([card], (), []), places)
    shutil.rmtree(root / ".cache")
    monkeypatch.setattr(
        "helpers.render.distribute.fetch.find_source", lambda study, root: f"file://{source}"
    )
    [outcome] = build_due(due, places, How(cluster=address), tell=lambda name: None)
    assert outcome.errors == ()
    assert "only mine" in (outcome.page.parent / "chapters" / "03_skin.html").read_text()
