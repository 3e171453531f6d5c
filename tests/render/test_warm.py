"""Warm runs give what an ordinary kernel gives, and no notebook can harm another."""

import json
import multiprocessing.util
import os
import re
import signal
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from importlib.metadata import entry_points
from multiprocessing import resource_tracker
from pathlib import Path

import nbformat
import papermill
import psutil
import pytest
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.engines import papermill_engines
from papermill.exceptions import PapermillExecutionError

from helpers.render.family import no_orphans
from helpers.render.keep.study_card import read_study_card
from helpers.render.plan.chapters import read_chapter, read_chapters
from helpers.render.plan.plan import plan_reports
from helpers.render.run.environment import kernel_environment
from helpers.render.run.execute import (
    ChapterError,
    _kernel_settings,
    _thread_event_loop,
    execute_chapter,
)
from helpers.render.run.how import How
from helpers.render.run.run import run_plans
from helpers.render.scratch import scratch_root
from helpers.render.warm import manager, server
from helpers.render.warm.libraries import load
from helpers.render.warm.provisioner import ForkedKernel

pytestmark = pytest.mark.skipif(not server.can_fork(), reason="needs a safe fork")

IS_WARM = "import sys\nprint('seaborn' in sys.modules)"


@pytest.fixture(autouse=True)
def surroundings(tmp_path):
    """Everything but the way the process is started is as in our own runs."""
    with kernel_environment(tmp_path):
        yield


def make_notebook(*cells, tags=()):
    made = [nbformat.v4.new_code_cell(c, metadata={"tags": list(tags)}) for c in cells]
    kernel = {"name": "python3", "language": "python", "display_name": "Python 3"}
    return nbformat.v4.new_notebook(cells=made, metadata={"kernelspec": kernel})


def run(engine, *cells, output=None, shutdown_kernel="immediate", **options):
    with _thread_event_loop():
        return papermill.execute_notebook(
            make_notebook(*cells),
            output and str(output),
            engine_name=None if engine == "ordinary" else engine,
            progress_bar=False,
            shutdown_kernel=shutdown_kernel,
            **{"config": _kernel_settings(), **options},
        )


def read_text(notebook):
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    return "".join(o.get("text") or o.get("data", {}).get("text/plain", "") for o in outputs)


def is_running(pid):
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


@contextmanager
def all_end(*pids):
    """See processes end after the block; how soon is the machine's affair, that they do is ours."""
    yield
    last = time.monotonic() + 60
    while any(map(is_running, pids)):
        assert time.monotonic() < last, "a process outlived its notebook"
        time.sleep(0.02)


# --- The same outputs ----------------------------------------------------------------------------

USUAL = [
    "1 + 1",
    "import os, sys\nprint(sys.argv[0], sys.argv[3:], sys.path, os.getcwd(), __name__)",
    "sorted(os.environ)",
    # Options of libraries that look round when they are imported.
    "import pandas as pd\npd.get_option('display.max_columns'), pd.get_option('display.width')",
    "pd.set_option('display.max_columns', 3)\npd.reset_option('display.max_columns')\n"
    "pd.DataFrame([range(30)] * 2)",
    "import matplotlib\nmatplotlib.rcParams['backend'], matplotlib.rcParams['figure.dpi']",
    "{name: str(value) for name, value in matplotlib.rcParams.items()}",
    # Each figure is shown once, by the cell that drew it.
    "import matplotlib.pyplot as plt\nplt.plot([1, 2]);",
    "fig, ax = plt.subplots()\nax.plot([2, 1])\nplt.show()\nprint('after')",
    "print(len(plt.get_fignums()), matplotlib.get_backend(), plt.isinteractive())",
    "import seaborn as sns\nsns.stripplot(x=[1, 2], y=['a', 'b'])",
    # Where output comes from.
    "print('out')\nprint('err', file=sys.stderr)\nprint('out again')",
    "import subprocess, time\nsubprocess.run(['echo', 'process'])\ntime.sleep(0.2)",
    "!echo magic",
    "%%bash\necho cell magic",
    "import threading\nt = threading.Thread(target=print, args=('thread',))\nt.start()\nt.join()",
    "import warnings\nwarnings.warn('careful')",
    "await __import__('asyncio').sleep(0.01)\nprint('awaited')",
    # Displays that change, earlier ones too.
    "from IPython.display import HTML, clear_output, display\nshown = display('a', display_id='x')",
    "shown.update(HTML('<b>b</b>'))",
    "print('gone')\nclear_output()\nprint('kept')",
    "display({'application/x+json': {'x': (1, None)}}, raw=True, metadata={'a': {'b': 'c'}})",
    # Processes of its own, questions, errors.
    "import multiprocessing as mp\ndef square(x): return x * x\n"
    "with mp.get_context('fork').Pool(2) as pool: print(pool.map(square, [1, 2, 3]))\n"
    "mp.get_start_method(), mp.current_process().name, mp.current_process().daemon",
    "try:\n    input('?')\nexcept Exception as error:\n    print(type(error).__name__)",
    "type(get_ipython()).__name__, 'IPKernelApp' in get_ipython().config",
    "import signal\nsignal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)",
    "import logging\nlogging.getLogger().handlers, logging.getLogger().level",
    "def fail(): return 1 / 0\nfail()",
    "sys.exit(3)",
    "x = (",
    "%%timeit -n1 -r1\npass",
    "%who_ls",
]


def normalise(notebook):
    outputs = [cell.outputs for cell in notebook.cells]
    text = json.dumps(outputs, indent=1, ensure_ascii=False)
    text = re.sub(r"\S*ipykernel_\d+/\d+\.py", "<cell>", text)
    text = re.sub(r"0x[0-9a-f]{6,}|[\d.]+ (ns|[µμ]s|ms)", "…", text)
    text = re.sub(r'"image/png": "[^"]*"', '"image/png": …', text)
    return text.splitlines()


def run_with_errors(engine):
    """Run the usual cells to the last one, as papermill does before it looks for errors."""
    notebook = make_notebook(*USUAL, tags=["raises-exception"])
    notebook.metadata.papermill = {}
    with pytest.MonkeyPatch.context() as patch, _thread_event_loop():
        patch.delenv("PYTEST_CURRENT_TEST", raising=False)  # makes kernels leave shells' output
        executed = papermill_engines.execute_notebook_with_engine(
            None if engine == "ordinary" else engine,
            notebook,
            "python3",
            progress_bar=False,
            shutdown_kernel="immediate",
            config=_kernel_settings(),
        )
    return normalise(executed)


@pytest.fixture(scope="module")
def ordinary_outputs(tmp_path_factory):
    with kernel_environment(tmp_path_factory.mktemp("cache")):
        return run_with_errors("ordinary")


def test_the_comparison_sees_figures_tables_and_errors(ordinary_outputs):
    text = "\n".join(ordinary_outputs)
    assert text.count('"image/png"') == 3
    assert "ZeroDivisionError" in text
    assert "2 rows × 30 columns" in text


def test_outputs_are_those_of_an_ordinary_kernel(ordinary_outputs, tmp_path):
    if run_with_errors("warm") != ordinary_outputs:
        # On a loaded machine a thread's output may come late in either kernel: ask both again.
        with kernel_environment(tmp_path):
            ordinary_outputs = run_with_errors("ordinary")
        assert run_with_errors("warm") == ordinary_outputs


def test_reports_are_the_same_by_every_engine_and_number_of_jobs(toy_places):
    hows = [How(1, engine="ordinary"), How(1), How(2)]
    card = read_study_card(toy_places.data / "toy")
    plans = plan_reports([card], read_chapters(toy_places.notebooks), [])
    trees = []
    for number, how in enumerate(hows):
        places = replace(toy_places, reports=toy_places.root / f"reports-{number}")
        [outcome] = run_plans(plans, places, replace(how, force=True))
        assert outcome.errors == ()
        folder = outcome.page.parent
        paths = [p for p in sorted(folder.rglob("*")) if p.is_file() and p.name != "manifest.json"]
        trees.append({path.relative_to(folder): path.read_bytes() for path in paths})
    assert all(tree == trees[0] for tree in trees)
    assert len(trees[0]) > 5


def test_the_libraries_are_there_before_the_first_cell():
    assert read_text(run("warm", IS_WARM)) == "True\n"


# --- One notebook, one fresh process -------------------------------------------------------------


def test_every_notebook_has_its_own_random_state():
    draw = "import random\nimport numpy as np\nprint(np.random.random(), random.random())"
    numpy, python = zip(*(read_text(run("warm", draw)).split() for _ in range(3)), strict=True)
    assert len(set(numpy)) == len(set(python)) == 3
    seeded = "import numpy as np\nnp.random.seed(3)\nprint(np.random.random())"
    # numpy.random.RandomState(3).random_sample(), first value
    assert read_text(run("warm", seeded)) == "0.5507979025745755\n"


def test_what_one_notebook_changes_the_next_does_not_see(tmp_path, monkeypatch):
    look = """
        import os, sys, matplotlib, pandas as pd, scipy
        print(matplotlib.rcParams["font.size"], pd.get_option("display.max_rows"),
              os.environ.get("LEFT"), os.getcwd(), hasattr(scipy, "left"), "left" in sys.path)
    """
    change = """
        matplotlib.rcParams["font.size"] = 99
        pd.set_option("display.max_rows", 99)
        os.environ["LEFT"] = "1"
        scipy.left = 1
        sys.path.append("left")
        os.chdir("/")
    """
    monkeypatch.chdir(tmp_path)
    look, change = textwrap.dedent(look), textwrap.dedent(change)
    run("warm", look, change)
    assert read_text(run("warm", look)) == f"10.0 60 None {tmp_path} False False\n"


def test_environment_and_folder_are_those_asked_for(tmp_path, monkeypatch):
    monkeypatch.setenv("ASKED_FOR", "yes")
    cell = "import os\nprint(os.environ['ASKED_FOR'], os.getcwd(), os.environ['JPY_PARENT_PID'])"
    assert read_text(run("warm", cell, cwd=str(tmp_path))) == f"yes {tmp_path} {os.getpid()}\n"


DEATHS = {
    "exit": "import os\nos._exit(3)",
    "killed, as when memory runs out": "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
    "segmentation fault": "import ctypes\nctypes.string_at(0)",
}


def test_no_kernel_outlives_a_run_that_is_stopped_and_none_is_started_by_its_threads():
    process = server.fork_process(time.sleep, 600)
    with pytest.raises(KeyboardInterrupt), server.no_stray_kernels():
        raise KeyboardInterrupt
    process.join(60)
    assert not process.is_alive()
    with pytest.raises(RuntimeError, match="the run was stopped"):
        server.fork_process(time.sleep, 600)
    with server.no_stray_kernels():  # the next run
        server.fork_process(time.sleep, 0).join(60)


def test_an_interrupt_of_all_is_no_matter_for_a_server_that_loads_libraries(capfd):
    server.stop_server()
    server.start_server()
    [number] = server.list_servers() - {resource_tracker._resource_tracker._pid}
    for _ in range(20):
        os.kill(number, signal.SIGINT)
        time.sleep(0.02)
    server.fork_process(time.sleep, 0).join(60)
    assert server.list_servers() >= {number}
    assert capfd.readouterr().err == ""


def test_a_run_that_is_stopped_waits_for_no_server_that_does_not_answer():
    server.start_server()
    [number] = server.list_servers() - {resource_tracker._resource_tracker._pid}
    os.kill(number, signal.SIGSTOP)  # as busy as with loading libraries
    with ThreadPoolExecutor(1) as threads:
        asked = threads.submit(server.fork_process, time.sleep, 600)
        while not server._lock.locked():
            time.sleep(0.01)
        with pytest.raises(KeyboardInterrupt), server.no_stray_kernels():
            raise KeyboardInterrupt
        with pytest.raises((EOFError, OSError, RuntimeError)):
            asked.result(60)
    assert not is_running(number)
    with server.no_stray_kernels():  # the next run
        server.fork_process(time.sleep, 0).join(60)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere orphans cannot be adopted")
def test_a_kernel_whose_server_died_first_is_ended_with_a_run_that_is_stopped():
    kernel = psutil.Process(server.fork_process(time.sleep, 600).pid)

    def stop():
        kernel.parent().kill()
        raise KeyboardInterrupt

    blocks = no_orphans(but=server.list_servers), server.no_stray_kernels()
    with pytest.raises(KeyboardInterrupt), blocks[0], blocks[1]:
        stop()
    assert not kernel.is_running() or kernel.status() == psutil.STATUS_ZOMBIE


def test_no_kernel_of_any_kind_is_started_once_the_run_was_stopped():
    with pytest.raises(KeyboardInterrupt), server.no_stray_kernels():
        raise KeyboardInterrupt
    with pytest.raises(RuntimeError, match="the run was stopped"), server.before_the_stop():
        pytest.fail("a kernel would be started")
    with server.no_stray_kernels(), server.before_the_stop():  # the next run
        pass


def test_forks_do_not_inherit_our_folder_for_sockets(monkeypatch):
    settings = multiprocessing.current_process()._config
    before = settings.get("tempdir")
    with server._own_temporary_files():
        assert multiprocessing.util.get_temp_dir() == str(scratch_root())
    assert settings.get("tempdir") == before


def test_notebooks_that_die_harm_no_other():
    with ThreadPoolExecutor(4) as pool:
        other = pool.submit(run, "warm", "import time\ntime.sleep(1)", "print('well')")
        dying = [pool.submit(run, "warm", death, "print('never')") for death in DEATHS.values()]
        for death, one in zip(DEATHS, dying, strict=True):
            with pytest.raises(DeadKernelError, match="Kernel died"):
                print(death, one.result())
        assert read_text(other.result()) == "well\n"
    assert read_text(run("warm", "print('well')")) == "well\n"


@pytest.mark.parametrize("engine", ["ordinary", "warm"])
def test_a_failing_cell_ends_its_notebook_and_the_cells_before_it_are_kept(engine, tmp_path):
    path = tmp_path / "out.ipynb"
    with pytest.raises(PapermillExecutionError, match="SystemExit"):
        run(engine, "import sys\nprint('before')", "sys.exit(3)", "print('never')", output=path)
    kept = nbformat.read(path, as_version=4)
    status = [cell.metadata.papermill.status for cell in kept.cells if cell.cell_type == "code"]
    assert status == ["completed", "failed", "pending"]
    assert "before\n" in kept.cells[1].outputs[0].text


def test_a_stuck_cell_is_ended_with_all_that_it_started(tmp_path):
    path = tmp_path / "pids"
    cell = f"""
        import os, subprocess
        child = subprocess.Popen(["sleep", "60"])
        open({str(path)!r}, "w").write(f"{{os.getpid()}} {{child.pid}}")
        while True:
            pass
    """
    with pytest.raises(CellTimeoutError, match="after 1 seconds"):
        run("warm", textwrap.dedent(cell), execution_timeout=1)
    with all_end(*map(int, path.read_text().split())):
        pass


@pytest.mark.parametrize("engine", ["ordinary", "warm"])
def test_a_stuck_chapter_fails_by_itself(engine, tmp_path, monkeypatch, toys):
    monkeypatch.setattr("helpers.render.run.execute.CELL_SECONDS", 1)
    path = tmp_path / "01_x.ipynb"
    nbformat.write(toys.make_notebook("# T", "while True: pass"), path)
    with pytest.raises(ChapterError, match=r"cell 3: .*\n  the cell did not end within 1 sec"):
        execute_chapter(read_chapter(path), study="toy", values={}, hidden_paths={}, engine=engine)


def test_what_a_notebook_registered_for_its_end_is_done(tmp_path):
    path = tmp_path / "left"
    cell = f"import atexit\natexit.register(lambda: open({str(path)!r}, 'w').write('done'))"
    run("warm", cell, shutdown_kernel="graceful")
    assert path.read_text() == "done"


def test_threads_that_answer_have_ended_before_what_was_registered_for_the_end(tmp_path):
    path = tmp_path / "threads"
    cell = f"""
        import atexit, threading
        from ipykernel.kernelapp import IPKernelApp
        control = IPKernelApp.instance().control_thread
        control.io_loop.add_callback(lambda: None)
        atexit.register(lambda: open({str(path)!r}, "w").write(str(control.is_alive())))
    """
    run("warm", textwrap.dedent(cell), shutdown_kernel="graceful")
    assert path.read_text() == "False"


def test_a_kernel_that_is_asked_politely_ends_by_itself(monkeypatch):
    ended = []

    class Watched(ForkedKernel):
        def wait(self):
            ended.append(super().wait())
            return ended[-1]

    monkeypatch.setattr("helpers.render.warm.provisioner.ForkedKernel", Watched)
    # A signal would leave its number, below 0. It is sent after half of this time, which a busy
    # machine may take; threads that wait for each other's outputs give up only after ten seconds.
    config = _kernel_settings()
    config.KernelManager.shutdown_wait_time = 18
    for _ in range(12):
        run("warm", "1 + 1", shutdown_kernel="graceful", config=config)
    assert ended == [0] * 12


ENDS = {"polite": "1", "dies": "import os\nos._exit(3)", "fails": "raise ValueError('x')"}


@pytest.mark.parametrize("last", ENDS.values(), ids=ENDS)
def test_what_a_notebook_started_in_a_session_of_its_own_ends_with_it(last, tmp_path):
    path = tmp_path / "pids"
    cell = f"""
        import os, subprocess
        away = subprocess.Popen(["setsid", "sleep", "600"])
        orphan = "(setsid sleep 600 >/dev/null 2>&1 & echo $!)"
        orphan = subprocess.run(orphan, shell=True, capture_output=True, text=True).stdout
        open({str(path)!r}, "w").write(f"{{away.pid}} {{orphan}}")
    """
    with suppress(DeadKernelError, PapermillExecutionError):
        run("warm", textwrap.dedent(cell), last, shutdown_kernel="graceful")
    started = [int(number) for number in path.read_text().split()]
    assert len(started) == 2
    assert not any(map(is_running, started))


def test_what_another_notebook_started_goes_on():
    look = "import subprocess\np = subprocess.Popen(['sleep', '2'])\nprint(p.wait())"
    with ThreadPoolExecutor(2) as pool:
        slow = pool.submit(run, "warm", look)
        for _ in range(2):
            run("warm", "1")
        assert read_text(slow.result()) == "0\n"


# --- The process that runs them ------------------------------------------------------------------

DRIVER = """
import sys, nbformat, papermill
print("main", flush=True)
notebook = nbformat.v4.new_notebook(
    cells=[nbformat.v4.new_code_cell({cell!r})],
    metadata={{"kernelspec": {{"name": "python3", "language": "python", "display_name": "P"}}}},
)
papermill.execute_notebook(notebook, None, engine_name={engine!r}, progress_bar=False)
"""


def test_a_program_is_not_run_again_by_its_notebooks_and_they_end_with_it(tmp_path):
    path, script = tmp_path / "pid", tmp_path / "no_guard.py"
    cell = f"import os, time\nopen({str(path)!r}, 'w').write(str(os.getpid()))\ntime.sleep(60)"
    script.write_text(DRIVER.format(cell=cell, engine="warm"))
    with subprocess.Popen(
        [sys.executable, script], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as driver:
        while not (path.exists() and path.read_text()):
            assert driver.poll() is None
            time.sleep(0.05)
        with all_end(int(path.read_text())):
            driver.kill()
        assert driver.stdout.read() == "main\n"


def test_plain_papermill_finds_the_engine_by_its_name(tmp_path):
    source, target = tmp_path / "in.ipynb", tmp_path / "out.ipynb"
    nbformat.write(make_notebook(IS_WARM), source)
    command = [sys.executable, "-m", "papermill", "--engine", "warm", source, target]
    subprocess.run(command, check=True, capture_output=True)
    assert read_text(nbformat.read(target, as_version=4)) == "True\n"


def test_any_jupyter_program_finds_the_provisioner_by_its_name(monkeypatch):
    [found] = entry_points(group="jupyter_client.kernel_provisioners", name=manager.PROVISIONER)
    assert found.load().__name__ == "WarmProvisioner"


# --- Where a fork would not do -------------------------------------------------------------------


def test_without_fork_the_ordinary_kernel_gives_the_same(monkeypatch):
    monkeypatch.setattr(server, "can_fork", lambda: False)
    assert read_text(run("warm", IS_WARM)) == "False\n"


def test_what_is_read_when_libraries_load_is_honoured_by_an_ordinary_kernel(monkeypatch):
    server.start_server()
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    cell = "import os\nprint(os.environ['OMP_NUM_THREADS'])"
    assert read_text(run("warm", IS_WARM, cell)) == "False\n2\n"


@pytest.mark.parametrize(
    ("name", "value"),
    [("PYTHONHASHSEED", "0"), ("MPLBACKEND", "svg"), ("TZ", "UTC"), ("MKL_NUM_THREADS", "4")],
)
def test_variables_that_come_too_late_are_named(name, value, monkeypatch):
    server.start_server()
    assert server.list_changed_variables(os.environ) == []
    monkeypatch.setenv(name, value)
    assert server.list_changed_variables(os.environ) == [name]


def test_settings_for_matplotlib_in_the_folder_are_honoured(tmp_path):
    (tmp_path / "matplotlibrc").write_text("font.size: 31\n")
    cell = "import matplotlib\nprint(matplotlib.rcParams['font.size'])"
    assert read_text(run("warm", cell, cwd=str(tmp_path))) == "31.0\n"


def test_a_lost_server_is_replaced_by_ordinary_kernels(monkeypatch):
    def refuse(*_):
        raise EOFError("gone")

    monkeypatch.setattr("helpers.render.warm.provisioner.fork_process", refuse)
    assert read_text(run("warm", IS_WARM)) == "False\n"


@pytest.mark.parametrize(
    ("command", "settings", "reason"),
    [
        (["/elsewhere/python", "-m", "ipykernel_launcher"], (), "not the Python kernel of this"),
        ([sys.executable, "-m", "xeus"], (), "not the Python kernel of this environment"),
        (["R", "--slave"], (), "not the Python kernel of this environment"),
        ([sys.executable, "-m", "ipykernel_launcher"], ("stdout",), "a forked process has no std"),
        ([sys.executable, "-m", "ipykernel_launcher"], ("cwd", "env"), ""),
    ],
)
def test_kernels_that_are_not_ours_are_left_alone(command, settings, reason, tmp_path):
    found = server.find_obstacle(command, dict(os.environ), str(tmp_path), settings)
    assert found.__contains__(reason)
    assert bool(found) == bool(reason)


def test_interpreter_options_are_not_handed_on_to_kernels(monkeypatch, tmp_path):
    command = [sys.executable, "-m", "ipykernel_launcher"]
    monkeypatch.setattr(sys, "warnoptions", ["error"])
    found = server.find_obstacle(command, dict(os.environ), str(tmp_path), ())
    assert "interpreter options" in found


# --- The server ----------------------------------------------------------------------------------

INSPECT = """
import builtins, os, sys, threading
from helpers.render.warm.libraries import load_all
load_all()
import zmq
print(threading.active_count(), len(os.listdir("/proc/self/task")), zmq.Context._instance,
      "matplotlib_inline.backend_inline" in sys.modules, hasattr(builtins, "get_ipython"),
      sorted(name for name in sys.modules if name.startswith("helpers.") and "render" not in name))
"""


def test_the_server_holds_no_thread_no_socket_no_backend_and_none_of_our_own_code():
    environment = {name: v for name, v in os.environ.items() if not name.endswith("_NUM_THREADS")}
    done = subprocess.run(
        [sys.executable, "-c", INSPECT], capture_output=True, text=True, env=environment
    )
    assert (done.stdout, done.stderr) == ("1 1 None False False []\n", "")


def test_a_library_that_cannot_be_loaded_is_told_and_stops_nothing(capsys, monkeypatch):
    load(["no_such_library", "json"])
    assert capsys.readouterr().err == (
        "warm kernels: no_such_library could not be loaded beforehand "
        "(ModuleNotFoundError: No module named 'no_such_library')\n"
    )


def test_a_signal_reaches_the_notebook_only(tmp_path):
    cell = "import os, signal\nos.killpg(os.getpgrp(), signal.SIGTERM)\nimport time; time.sleep(5)"
    with pytest.raises(DeadKernelError):
        run("warm", cell)
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
