"""The whole program: idle runs are short, and runs that are stopped leave reports whole."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from tests.study_folders import write_study

from helpers.render.publish.manifest import hash_folder

HEAVY = (
    "pandas",
    "pydantic",
    "numpy",
    "nbformat",
    "papermill",
    "nbconvert",
    "jupyter_client",
    "tqdm",
    "fsspec",
)
TELL_IMPORTS = f"""
import sys
from helpers.cli import main
code = main(sys.argv[1:])
print("loaded:", *(name for name in {HEAVY} if name in sys.modules))
sys.exit(code)
"""
KILLS = int(os.environ.get("MYOSITIS_KILLS", "2"))
"""How often the runner is killed; 20 before a release."""

SLEEPY = "import time\ntime.sleep(0.2)"


@pytest.fixture
def project(tmp_path, toys):
    """A project of two studies that the contracts accept; its chapters need no science."""
    root = tmp_path / "my project"
    for name in ("one", "two"):
        write_study(root / "data" / name)
    (root / "notebooks").mkdir()
    for number, name in enumerate(("first", "second"), start=1):
        notebook = toys.toy_chapter(name)
        notebook.cells.insert(2, nbformat.v4.new_code_cell(SLEEPY))
        nbformat.write(notebook, root / "notebooks" / f"{number:02d}_{name}.ipynb")
    (root / "requirements.lock").write_text("numpy==1\n")
    return root


def run(project, *words, program=("-m", "helpers")):
    command = [sys.executable, *program, *words]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)


def read_manifest(report):
    return json.loads((report / "manifest.json").read_text())


def is_whole(report):
    """Tell whether a report's files are those that its manifest lists."""
    found = {file.path: file.sha256 for file in hash_folder(report)}
    found.pop("manifest.json")
    return found == {file["path"]: file["sha256"] for file in read_manifest(report)["outputs"]}


def test_a_run_with_nothing_to_do_loads_nothing_heavy_but_sees_every_fault(project):
    first = run(project)
    assert first.returncode == 0, first.stderr
    assert first.stdout.splitlines() == ["reports/one/index.html", "reports/two/index.html"]
    idle = run(project, "render", "one", "two", program=("-c", TELL_IMPORTS))
    assert idle.stderr == ""
    assert idle.stdout.splitlines() == [
        "reports/one/index.html (unchanged)",
        "reports/two/index.html (unchanged)",
        "loaded:",
    ]
    table = project / "data" / "one" / "tables" / "patients.csv"
    table.write_text(table.read_text().replace("treated", "treeted", 1))
    faulty = run(project)
    assert faulty.returncode == 2
    assert "one: 1 fault found." in faulty.stderr
    assert faulty.stdout.splitlines() == ["reports/two/index.html (unchanged)"]


def test_an_idle_run_with_settings_of_its_own_loads_nothing_heavy_either(project):
    words = ["render", "one?response.improvement_percent=40", "-p", "cutoff=30"]
    assert run(project, *words).returncode == 0
    idle = run(project, *words, program=("-c", TELL_IMPORTS))
    assert idle.stderr == ""
    assert idle.stdout.splitlines() == ["reports/one/index.html (unchanged)", "loaded:"]


ASK = """\
from helpers.study import read_study
rule = read_study(study).config.response
rule.improvement_percent, rule.visits"""


KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


def read_results(path):
    notebook = nbformat.read(path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [(cell.source, cell.execution_count, cell.outputs) for cell in code]


def test_papermill_by_hand_gives_what_the_runner_gives(project, toys):
    """The study's name carries the settings, so no other tool has to know of them."""
    path = project / "notebooks" / "01_first.ipynb"
    notebook = toys.make_notebook("# Rule", ASK, needs=("patients",))
    notebook.metadata["kernelspec"] = KERNEL
    nbformat.write(notebook, path)
    words = ["-p", "improvement_percent=40", "-p", "visits=last"]
    done = run(project, "render", "one", *words)
    assert done.returncode == 0, done.stderr
    named = "one?response.improvement_percent=40&response.visits=last"
    by_hand = project / "by hand.ipynb"
    words = [str(path), str(by_hand), "-p", "study", named]
    done = run(project, *words, program=("-m", "papermill"))
    assert done.returncode == 0, done.stderr
    by_runner = read_results(project / "reports" / "one" / "notebooks" / path.name)
    assert by_runner == read_results(by_hand)
    assert by_runner[-1][-1][0].data["text/plain"] == "(40.0, 'last')"


GRID = "study,name,cutoff\none,strict,30\none,plain,\ntwo,,25\n"


def test_a_batch_is_one_report_for_each_row_and_a_page_over_all(project, toys):
    (project / "grid.csv").write_text(GRID)
    done = run(project, "batch", "grid.csv")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "reports/strict/index.html",
        "reports/plain/index.html",
        "reports/two/index.html",
        "reports/index.html",
    ]
    values = {p["value"] for p in read_manifest(project / "reports/strict")["parameters"]}
    assert values == {30.0}
    page = project / "reports" / "index.html"
    before = page.read_bytes()
    assert b'href="strict/index.html#result-first.n"' in before
    idle = run(project, "batch", "grid.csv", program=("-c", TELL_IMPORTS))
    assert idle.stdout.splitlines()[-2:] == ["reports/index.html", "loaded:"]
    assert page.read_bytes() == before

    bad = toys.make_notebook("# Bad", "assert cutoff < 30", parameters="cutoff: int = 20  # x")
    nbformat.write(bad, project / "notebooks" / "02_second.ipynb")
    failed = run(project, "batch", "grid.csv")
    assert failed.returncode == 1
    assert "strict: failed; the report of the last good run was kept" in failed.stderr
    assert "what came out, and each cause: reports/strict.failed" in failed.stderr
    assert failed.stdout.splitlines() == [
        "reports/plain/index.html",
        "reports/two/index.html",
        "reports/index.html",
    ]
    assert b"3 reports: 2 ready, 1 failed." in page.read_bytes()
    assert b'<a href="strict.failed/index.html">strict</a>' in page.read_bytes()
    assert is_whole(project / "reports" / "strict")


def read_bytes(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("source", "cause"),
    [
        ("raise SystemExit(0)", "the cell ended the notebook with SystemExit"),
        ("import os; os.kill(os.getpid(), 9)", "the kernel died in this cell"),
    ],
)
def test_a_chapter_that_is_not_whole_fails_its_report_which_stays_as_it_was(
    project, toys, source, cause
):
    assert run(project, "render", "one").returncode == 0
    before = read_bytes(project / "reports" / "one")
    notebook = project / "notebooks" / "02_second.ipynb"
    whole, bad = notebook.read_bytes(), toys.toy_chapter("second")
    bad.cells.insert(4, nbformat.v4.new_code_cell(source))
    nbformat.write(bad, notebook)
    failed = run(project, "render", "one")
    assert (failed.returncode, failed.stdout) == (1, "")
    assert failed.stderr.splitlines()[-4:] == [
        "one: failed; the report of the last good run was kept",
        f"  02_second.ipynb, cell 5: {source}",
        f"    {cause}",
        "  what came out, and each cause: reports/one.failed",
    ]
    assert read_bytes(project / "reports" / "one") == before
    left = project / "reports" / "one.failed"
    assert is_whole(left)
    assert cause in (left / "index.html").read_text()
    notebook.write_bytes(whole)
    mended = run(project, "render", "one")
    assert (mended.returncode, mended.stdout) == (0, "reports/one/index.html (unchanged)\n")
    assert sorted(path.name for path in (project / "reports").iterdir()) == ["one"]


def test_a_kept_verdict_holds_for_the_files_that_were_checked_only(project):
    tables = project / "data" / "one" / "tables"
    linked = tables.rename(project / "tables of one")
    tables.symlink_to(linked, target_is_directory=True)
    assert run(project, "render", "one").returncode == 0
    (linked / "patients.csv").write_text("patient_id\nP1\n")
    refused = run(project, "render", "one", "--force")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "one: 1 fault found." in refused.stderr


def test_a_folder_in_the_place_of_a_file_is_no_state_that_was_checked(project):
    assert run(project, "render", "one", "--dry-run").returncode == 0
    (project / "data" / "one" / "published_claims.csv").mkdir()
    for words in (["check"], ["render", "--dry-run"]):
        refused = run(project, *words, "one")
        assert refused.returncode == 2
        assert "published_claims.csv" in refused.stderr


def test_a_grid_with_a_fault_starts_nothing(project):
    (project / "grid.csv").write_text(GRID.replace("25", "250"))
    done = run(project, "batch", "grid.csv")
    assert (done.returncode, done.stdout) == (2, "")
    assert "row 4, column cutoff" in done.stderr
    (project / "grid.csv").write_text(GRID)
    (project / "data" / "two" / "tables" / "patients.csv").write_text("patient_id\nP1\n")
    done = run(project, "batch", "grid.csv", "--dry-run")
    assert (done.returncode, done.stdout) == (2, "")
    assert "two: 1 fault found." in done.stderr
    assert not (project / "reports").exists()


def list_processes(project):
    """List processes that work in the project, by what their working folder is."""
    found = []
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                if os.readlink(f"/proc/{entry.name}/cwd") == str(project):
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


def wait_for_quiet(project, seconds):
    end = time.monotonic() + seconds
    while list_processes(project) and time.monotonic() < end:
        time.sleep(0.05)
    return list_processes(project)


def kill_at_random_moments(project, moments):
    """Kill the runner again and again while it makes new reports; they stay whole throughout."""
    assert run(project).returncode == 0
    reports = [project / "reports" / name for name in ("one", "two")]
    notebook = project / "notebooks" / "01_first.ipynb"
    for number, moment in enumerate(moments):
        edited = nbformat.read(notebook, as_version=4)
        edited.cells[0].source = f"# The first chapter\n\nEdited {number} times."
        nbformat.write(edited, notebook)
        command = [sys.executable, "-m", "helpers", "render", "--jobs", "2"]
        runner = subprocess.Popen(
            command, cwd=project, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(moment)
        runner.send_signal(signal.SIGKILL)
        runner.wait()
        assert [is_whole(report) for report in reports] == [True, True], f"after {moment} s"
    done = run(project)
    assert done.returncode == 0, done.stderr
    for report in reports:
        assert is_whole(report)
        assert f"Edited {len(moments) - 1} times." in (report / "index.html").read_text()
    assert sorted(path.name for path in (project / "reports").iterdir()) == ["one", "two"]
    assert run(project, "render", "--dry-run").stdout.count("nothing to do") == 2


TELL_OTHERS = """
import os, sys
from helpers.cli import main
from helpers.render.publish import publish

publish_whole = publish._publish


def publish_slowly(finished, target):
    sys.stderr.write(f"built as process {os.getpid()} of {os.uname().nodename}\\n")
    sys.stderr.flush()
    input()  # until the other host has built its own
    publish_whole(finished, target)


publish._publish = publish_slowly
sys.exit(main(sys.argv[1:]))
"""

HOST = (
    *("unshare", "--user", "--map-root-user", "--pid", "--fork", "--mount-proc", "--uts"),
    "--kill-child",
)
SAME_NAME = 'hostname host && exec "$@"'
"""Every container may have one host name, and its first process the number 1."""


def can_unshare():
    try:
        return subprocess.run([*HOST, "true"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def start_host(project, cutoff):
    words = ["render", "one", "--engine", "ordinary", "-p", f"cutoff={cutoff}"]
    command = [*HOST, "sh", "-c", SAME_NAME, "sh", sys.executable, "-c", TELL_OTHERS, *words]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, cwd=project, text=True, **pipes)


def wait_for_line(host, text):
    for line in host.stderr:
        if text in line:
            return line
    raise AssertionError(f"{text} was never said")


@pytest.mark.skipif(not can_unshare(), reason="this machine gives no namespaces to a user")
@pytest.mark.skipif(not Path("/sys/kernel").is_dir(), reason="needs a folder that refuses root too")
def test_where_nothing_can_be_written_no_chapter_is_started(project):
    done = run(project, "render", "one", "--reports", "/sys/kernel")
    assert done.returncode == 2
    assert done.stderr.endswith("choose another place with --reports\n")
    assert not (project / ".cache" / "chapters").exists()


def test_a_place_that_cannot_be_made_leaves_no_folder_behind(project):
    done = run(project, "render", "one", "--reports", f"new/place/{'n' * 300}")
    assert done.returncode == 2
    assert "name too long" in done.stderr
    assert not (project / "new").exists()


def test_two_hosts_that_publish_one_report_at_once_leave_it_whole(project):
    """Two real namespaces: one host name, one process number, and neither sees the other's."""
    hosts = [start_host(project, cutoff) for cutoff in (30, 40)]
    built = [wait_for_line(host, "built as process") for host in hosts]
    assert built == ["built as process 1 of host\n"] * 2
    report = project / "reports" / "one"
    assert len(os.listdir(report.parent)) == 2  # each builds in a folder of its own
    assert [host.communicate("\n")[0] for host in hosts] == ["reports/one/index.html\n"] * 2
    assert [host.returncode for host in hosts] == [0, 0]
    assert is_whole(report)
    assert os.listdir(report.parent) == ["one"]
    [value] = {p["value"] for p in read_manifest(report)["parameters"]}
    done = run(project, "render", "one", "-p", f"cutoff={70 - value:.0f}")
    assert done.stdout == "reports/one/index.html\n"  # the other's report is not called unchanged
    assert is_whole(report)
    (report / "figures" / "first.svg").unlink()
    done = run(project, "render", "one", "-p", f"cutoff={70 - value:.0f}")
    assert done.stdout == "reports/one/index.html\n"
    assert is_whole(report)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_killed_run_leaves_reports_whole_and_the_next_completes(project):
    draw = random.Random(20130717)
    kill_at_random_moments(project, [draw.uniform(0.5, 4) for _ in range(KILLS)])
    assert wait_for_quiet(project, 60) == []
