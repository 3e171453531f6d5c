"""A chapter runs in a kernel of its own; what comes back says nothing of the machine."""

import os
import tempfile
from pathlib import Path
from typing import get_args

import nbformat
import pytest

from helpers.render.plan.chapters import read_chapter
from helpers.render.run.environment import kernel_environment
from helpers.render.run.execute import (
    ChapterError,
    Engine,
    _kernel_settings,
    _run_papermill,
    execute_chapter,
    list_hidden_paths,
    scrub_notebook,
)
from helpers.render.scratch import scratch_root
from helpers.render.warm.server import stop_server


@pytest.fixture
def run(tmp_path, toys):
    """Execute a chapter made of some cells."""

    def execute(*cells, engine="warm", metadata=None, **values):
        path = tmp_path / "01_x.ipynb"
        parameters = "cutoff: float = 20.0  # cutoff, percent"
        notebook = toys.make_notebook("# T", *cells, parameters=parameters)
        notebook.metadata.update(metadata or {})
        nbformat.write(notebook, path)
        hidden = list_hidden_paths(tmp_path / "toy", root=tmp_path)
        with kernel_environment(tmp_path):
            return execute_chapter(
                read_chapter(path), study="toy", values=values, hidden_paths=hidden, engine=engine
            )

    return execute


def text_of(output):
    return output.get("text", output.get("data", {}).get("text/plain"))


def test_given_values_reach_the_cells_and_the_machine_does_not_show(run, tmp_path):
    paths = f"print(study, cutoff, {str(tmp_path / 'toy' / 'a.csv')!r})"
    machine = "import os, warnings\nwarnings.warn('careful')\nprint(os.environ['OMP_NUM_THREADS'])"
    notebook = run(paths, machine, "object()", cutoff=30.0)
    outputs = [text_of(output) for cell in notebook.cells for output in cell.get("outputs", ())]
    assert outputs == [
        "toy 30.0 toy/a.csv\n",
        "1\n",
        "<cell>:2: UserWarning: careful\n  warnings.warn('careful')\n",
        "<object at 0x…>",
    ]
    assert notebook.cells[2].source.strip() == '# Parameters\nstudy = "toy"\ncutoff = 30.0'
    assert "papermill" not in nbformat.writes(notebook)
    nbformat.validate(notebook)


def test_a_failing_cell_is_named_with_its_place_and_cause(run):
    with pytest.raises(ChapterError) as caught:
        run("x = 1", "# not a heading\n".replace("#", "x #") + "x / 0")
    assert str(caught.value) == (
        "01_x.ipynb, cell 4: x # not a heading\n  ZeroDivisionError: division by zero"
    )


ENDED = "the cell ended the notebook with SystemExit"
DIED = "the kernel died in this cell"
UNSHOWN = "the cell raised an error and does not show it"
SHOW = "try:\n    1 / 0\nexcept ArithmeticError:\n    get_ipython().showtraceback()"
SWALLOW = "get_ipython().set_custom_exc((Exception,), lambda *a, **k: None)"
LATE = "import os, threading, time\nthreading.Timer(0.2, os._exit, [0]).start()"


def tag(source, name):
    return nbformat.v4.new_code_cell(source, metadata={"tags": [name]})


@pytest.mark.parametrize(
    ("cells", "number", "cause"),
    [
        (["x = 1", "import sys\nsys.exit(0)"], 4, ENDED),
        (["raise SystemExit(0)"], 3, ENDED),
        (["quit"], 3, ENDED),
        (["get_ipython().ask_exit()"], 3, ENDED),
        (["x = 1", "import os\nos.kill(os.getpid(), 9)"], 4, DIED),
        ([LATE, "time.sleep(60)"], 4, DIED),
        (["get_ipython().kernel.io_loop.stop()", "import time\ntime.sleep(60)"], None, DIED),
        (["%reset -f", "study"], 4, "NameError: name 'study' is not defined"),
        (["raise KeyboardInterrupt"], 3, "KeyboardInterrupt"),
        (["x ="], 3, "SyntaxError: invalid syntax (line 1)"),
        ([tag("1 / 0", "raises-exception")], 3, "ZeroDivisionError: division by zero"),
        ([tag("x = 1", "skip-execution")], 3, "the cell did not run: it is tagged skip-execution"),
        ([SHOW], 3, "ZeroDivisionError: division by zero"),
        ([SWALLOW, "1 / 0"], 4, UNSHOWN),
        (
            ["get_ipython().execution_count = 1", "x = 1"],
            4,
            "the cell did not run in order: its count is 1 after 3",
        ),
    ],
)
def test_half_a_chapter_is_a_failure_that_names_the_cell(run, cells, number, cause):
    first, last = cells[0], cells[-1]
    with pytest.raises(ChapterError) as caught:
        run(*cells, "print('the rest')", cutoff=30.0)
    line = getattr(last, "source", last).splitlines()[0]
    message = str(caught.value)
    if number is None:  # the kernel ends at once or at the next cell, as it happens
        number = int(message.split()[2].rstrip(":"))
        assert number in (3, 4)
        line = (first, last)[number - 3].splitlines()[0]
    assert message == f"01_x.ipynb, cell {number}: {line}\n  {cause}"


TELL = "get_ipython()"
CHANGES = {
    "empties lines": f"{TELL}.input_transformers_post.append(lambda lines: [])",
    "empties text": f"{TELL}.input_transformers_cleanup.append(lambda lines: [])",
    "takes all transformers away": f"{TELL}.transform_cell = lambda cell: ''",
    "takes our watch away": f"{TELL}.events.callbacks['post_run_cell'] = []",
}
EMPTY_TREE = """
import ast
class Empty(ast.NodeTransformer):
    def visit_Module(self, node): return ast.Module([], [])
get_ipython().ast_transformers.append(Empty())
"""


@pytest.mark.parametrize("engine", get_args(Engine))
@pytest.mark.parametrize("source", [*CHANGES.values(), EMPTY_TREE], ids=[*CHANGES, "empties trees"])
def test_a_cell_that_is_not_run_as_it_stands_is_a_failure(run, engine, source):
    with pytest.raises(ChapterError, match=r"cell [34]: .*\n  CellChanged: IPython was told"):
        run(source, "1 / 0", "x = 1", engine=engine)


def test_what_ipython_itself_makes_of_a_cell_is_no_change(run):
    magic = "%%capture kept\nprint('x')"
    nested = "get_ipython().run_cell('print(2)')"
    notebook = run(magic, "  print(1)", nested, "!true", "await __import__('asyncio').sleep(0)")
    printed = [text_of(output) for cell in notebook.cells for output in cell.get("outputs", ())]
    assert printed[:2] == ["1\n", "2\n"]


OUTPUTS_GONE = {
    "nothing": "import sys\nsys.stdout = sys.stderr = None",
    "closed": "import os, sys\nsys.stderr = open(os.devnull, 'w')\nsys.stderr.close()",
    "no stream": "import sys\nsys.stdout = object()",
}


@pytest.mark.parametrize("source", OUTPUTS_GONE.values(), ids=OUTPUTS_GONE)
def test_a_cell_that_takes_the_outputs_away_is_a_failure_at_once(run, source):
    with pytest.raises(ChapterError, match=r"cell 3: .*\n  OutputsGone: sys.stdout or sys.stderr"):
        run(source, "print('x')")


def test_outputs_that_a_cell_puts_elsewhere_are_its_own_affair(run):
    elsewhere = "import io, sys\nkept, sys.stdout = sys.stdout, io.StringIO()\nprint('a')"
    notebook = run(elsewhere, "print('b')\nsys.stdout, said = kept, sys.stdout.getvalue()", "said")
    assert text_of(notebook.cells[-1].outputs[0]) == "'a\\nb\\n'"


@pytest.mark.parametrize("engine", get_args(Engine))
def test_what_a_kernel_says_outside_of_cells_does_not_reach_the_console(run, engine, capfd):
    stop_server()  # it may have been started with another test's outputs
    own = "import os\nfor output in (1, 2): os.write(output, b'Traceback')"  # unread in tests
    notebook = run("print('a\\ud800b')", "'\\udfff'", own, "print('c')", engine=engine)
    shown = [text_of(output) for cell in notebook.cells for output in cell.get("outputs", ())]
    assert shown == ["a\N{REPLACEMENT CHARACTER}b\n", r"'\udfff'", "c\n"]
    assert capfd.readouterr() == ("", "")


def test_a_kernel_that_does_not_start_is_told_by_its_last_words(run, tmp_path, monkeypatch, capfd):
    (tmp_path / "ipykernel_launcher.py").write_text("raise SystemExit('no room for a kernel')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    said = r"^01_x.ipynb: RuntimeError: Kernel died .*; it said last: no room for a kernel$"
    with pytest.raises(ChapterError, match=said):
        run("x = 1", engine="ordinary")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("engine", get_args(Engine))
def test_a_thread_that_is_late_makes_no_file_for_a_kernel_elsewhere(tmp_path, monkeypatch, engine):
    usual = tmp_path / "usual"
    usual.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(usual))
    with kernel_environment(tmp_path):
        settings = _kernel_settings()
    cell = nbformat.v4.new_code_cell("1", metadata={"papermill": {}})
    notebook = nbformat.v4.new_notebook(cells=[cell], metadata={"papermill": {}})
    with pytest.raises(FileNotFoundError):
        _run_papermill(notebook, engine, settings, tables=())
    assert list(usual.iterdir()) == []


@pytest.mark.parametrize("engine", get_args(Engine))
@pytest.mark.parametrize(
    ("source", "cause"), [("exit()", ENDED), ("__import__('os')._exit(0)", DIED)]
)
def test_the_end_of_a_kernel_is_told_alike_by_every_engine(run, engine, source, cause):
    with pytest.raises(ChapterError) as caught:
        run("x = 1", source, "x = 2", engine=engine)
    assert str(caught.value) == f"01_x.ipynb, cell 4: {source}\n  {cause}"


def test_every_cell_ran_though_one_is_empty_or_was_marked_by_an_earlier_failure(run):
    notebook = run("", "%reset -f", tag("print('here')", "papermill-error-cell-tag"))
    assert [cell.get("execution_count") for cell in notebook.cells] == [None, 1, 2, None, 3, 4]
    assert notebook.cells[-1].outputs[0].text == "here\n"


def test_no_metadata_of_a_notebook_let_an_error_through(run):
    lenient = {"allow_errors": True, "execution": {"allow_errors": True}}
    with pytest.raises(ChapterError, match=r"cell 3: 1 / 0\n  ZeroDivisionError"):
        run("1 / 0", metadata=lenient)


def test_a_file_that_is_no_notebook_is_a_failure_of_its_chapter(tmp_path, toys):
    path = tmp_path / "01_x.ipynb"
    nbformat.write(toys.make_notebook("# T", "x = 1"), path)
    chapter = read_chapter(path)
    path.write_text("{")
    with pytest.raises(ChapterError, match=r"^01_x.ipynb: NotJSONError"):
        execute_chapter(chapter, study="toy", values={}, hidden_paths={})


def test_scrubbing_leaves_tags_kernel_and_chapter_only(toys):
    cell = nbformat.v4.new_code_cell(
        "1", metadata={"tags": ["a"], "papermill": {"duration": 1.2}, "execution": {"x": "1"}}
    )
    metadata = {
        "papermill": {"input_path": "/home/me"},
        "chapter": {"needs": ["a"]},
        "language_info": {"name": "python", "version": "3.11.7"},
        "widgets": {},
    }
    notebook = nbformat.v4.new_notebook(cells=[cell], metadata=metadata)
    clean = scrub_notebook(notebook, hidden_paths={})
    assert clean.cells[0].metadata == {"tags": ["a"]}
    assert clean.cells[0].id == "cell-01"
    assert sorted(clean.metadata) == ["chapter", "kernelspec", "language_info"]
    assert clean.metadata.language_info == {"name": "python"}
    assert "papermill" in notebook.metadata


def test_warnings_come_last_because_their_place_differs_by_run():
    def stream(name, text):
        return nbformat.v4.new_output("stream", name=name, text=text)

    shown = nbformat.v4.new_output("display_data", data={"text/plain": "x"})
    outputs = [stream("stdout", "a"), stream("stderr", "b"), stream("stdout", "c"), shown]
    cell = nbformat.v4.new_code_cell("x", outputs=[*outputs, stream("stderr", "d")])
    clean = scrub_notebook(nbformat.v4.new_notebook(cells=[cell]), hidden_paths={})
    assert [text_of(output) for output in clean.cells[0].outputs] == ["ac", "x", "bd"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/home/me/data/toy/tables/a.csv", "toy/tables/a.csv"),
        ("'/home/me'", "'<project>'"),
        ("/home/mean/x", "/home/mean/x"),
        ("/home/me.old", "/home/me.old"),
        ("<f at 0x7f3a5c0d1e50>", "<f at 0x…>"),
        ("/var/tmp/ipykernel_12/34.py:1: x", "<cell>:1: x"),
        ("colour 0x7f", "colour 0x7f"),
    ],
)
def test_paths_addresses_and_process_numbers_are_replaced_and_nothing_else(text, expected):
    hidden = {"/home/me/data/toy": "toy", "/home/me": "<project>"}
    cell = nbformat.v4.new_code_cell("x", outputs=[nbformat.v4.new_output("stream", text=text)])
    clean = scrub_notebook(nbformat.v4.new_notebook(cells=[cell]), hidden_paths=hidden)
    assert clean.cells[0].outputs[0].text == expected


def test_the_environment_is_as_it_was_after_a_run(tmp_path, monkeypatch):
    import os

    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.delenv("JUPYTER_RUNTIME_DIR", raising=False)
    with kernel_environment(tmp_path):
        assert os.environ["OMP_NUM_THREADS"] == "1"
        private = os.environ["JUPYTER_RUNTIME_DIR"]
        assert os.path.isdir(private)
    assert os.environ["OMP_NUM_THREADS"] == "7"
    assert "JUPYTER_RUNTIME_DIR" not in os.environ
    assert not os.path.exists(private)


def test_fonts_are_kept_in_the_project_where_home_cannot_be_written(tmp_path, monkeypatch):
    import os

    monkeypatch.delenv("MPLCONFIGDIR", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "absent"))
    with kernel_environment(tmp_path / "cache"):
        assert os.environ["MPLCONFIGDIR"] == str(tmp_path / "cache" / "matplotlib")
        assert (tmp_path / "cache" / "matplotlib").is_dir()


def test_temporary_files_of_kernels_and_for_them_lie_in_our_folder(tmp_path):
    before = tempfile.gettempdir(), os.environ.get("TMPDIR")
    with kernel_environment(tmp_path):
        assert tempfile.gettempdir() == os.environ["TMPDIR"]
        folder = Path(tempfile.mkdtemp())
        assert folder.is_relative_to(scratch_root())
    assert not folder.exists()
    assert (tempfile.gettempdir(), os.environ.get("TMPDIR")) == before


def test_no_result_shows_the_folder_that_the_machine_has_for_temporary_files(tmp_path):
    with kernel_environment(tmp_path):
        hidden = list_hidden_paths(tmp_path / "toy", root=tmp_path)
        assert hidden[str(scratch_root().parent)] == "<temporary>"
        assert hidden[os.environ["TMPDIR"]] == "<temporary>"
