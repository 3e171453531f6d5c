"""A chapter runs in a kernel of its own; what comes back says nothing of the machine."""

import nbformat
import pytest

from helpers.render.chapters import read_chapter
from helpers.render.environment import kernel_environment
from helpers.render.execute import (
    ChapterError,
    execute_chapter,
    list_hidden_paths,
    scrub_notebook,
)


@pytest.fixture
def run(tmp_path, toys):
    """Execute a chapter made of some cells."""

    def execute(*cells, **values):
        path = tmp_path / "01_x.ipynb"
        parameters = "cutoff: float = 20.0  # cutoff, percent"
        nbformat.write(toys.make_notebook("# T", *cells, parameters=parameters), path)
        hidden = list_hidden_paths(tmp_path / "toy", root=tmp_path)
        with kernel_environment(tmp_path):
            return execute_chapter(
                read_chapter(path), study="toy", values=values, hidden_paths=hidden
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


def test_a_kernel_that_dies_is_a_failure_of_its_chapter(run):
    with pytest.raises(ChapterError, match=r"01_x.ipynb: DeadKernelError"):
        run("import os\nos._exit(1)")


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
