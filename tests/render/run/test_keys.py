"""A key changes with everything that can change a result, and with nothing else."""

import errno
import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from helpers.io.hashes import hash_file
from helpers.render.keep import imports
from helpers.render.keep.imports import Modules, list_imports, list_notebook_imports
from helpers.render.keep.reader import Reader
from helpers.render.keep.settings import load_settings
from helpers.render.plan.chapters import read_chapter
from helpers.render.run.keys import fingerprint_chapter, fingerprint_check, hash_notebook

PACKAGE = {
    "__init__.py": "",
    "study.py": "import pandas\nfrom helpers.io import tables\n",
    "io/__init__.py": "",
    "io/tables.py": "",
    "io/unused.py": "",
    "derive/__init__.py": "",
    "derive/haq.py": "def score():\n    from .items import ITEMS\n    return ITEMS\n",
    "derive/items.py": "from . import weights as w\n",
    "derive/weights.py": "import helpers.io.tables as t\n",
    "derive/other.py": "",
    "derive/items.json": "{}",
    "derive/tables/norms.csv": "a\n1\n",
    "render/__init__.py": "",
    "render/run/execute.py": "import nbformat\n",
    "render/run/environment.py": "",
    "render/page.html": "",
}


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package of ours, small enough to see what belongs to what."""
    root = tmp_path / "src" / "helpers"
    for name, text in PACKAGE.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.setattr(imports, "PACKAGE", root)
    return root


@pytest.fixture
def chapter(toy_project, toys):
    """A chapter that needs one table, uses another, and imports one helper."""
    notebook = toys.make_notebook("# First", "from helpers.derive import haq", needs=("patients",))
    notebook.metadata["chapter"]["uses"] = ["core_set"]
    path = toy_project / "notebooks" / "01_first.ipynb"
    nbformat.write(notebook, path)
    (toy_project / "data/toy/tables/core_set.csv").write_text("patient_id\nP 1\n")
    (toy_project / "data/toy/tables/labs.csv").write_text("patient_id\nP 1\n")
    (toy_project / "requirements.lock").write_text("numpy==1\n")
    return read_chapter(path)


@pytest.fixture
def find_key(toy_project, chapter, package):
    """Give the key of the chapter as the project is now."""

    def find(**values):
        return find_fingerprint(chapter, toy_project, **values).key

    return find


def find_fingerprint(chapter, project, **values):
    study = project / "data" / "toy"
    settings = load_settings(study)
    return fingerprint_chapter(chapter, study, values, Reader(project), settings=settings)


def list_files(*names, with_data=True):
    found = Modules(hash_file, {}).list_files(names, with_data=with_data)
    return [name.removeprefix("helpers/") for name in found]


def test_imports_are_followed_from_module_to_module(package):
    assert list_files("helpers.derive.haq", with_data=False) == [
        "__init__.py",
        "derive/__init__.py",
        "derive/haq.py",
        "derive/items.py",
        "derive/weights.py",
        "io/__init__.py",
        "io/tables.py",
    ]


def test_files_that_lie_beside_modules_belong_to_them(package):
    found = list_files("helpers.derive.other")
    assert "derive/items.json" in found
    assert "derive/tables/norms.csv" in found
    assert "render/page.html" not in found


def test_a_star_stands_for_every_module_of_a_package(package):
    found = list_files("helpers.io.*", with_data=False)
    assert found == ["__init__.py", "io/__init__.py", "io/tables.py", "io/unused.py"]


def test_other_packages_are_left_to_the_lock(package):
    assert list_files("pandas", "numpy.linalg", "helpersome") == []


def test_imports_inside_functions_and_branches_count():
    source = """
try:
    import helpers.a
except ImportError:
    if True:
        from helpers import b
else:
    for one in ():
        with open("x"):
            import helpers.c
match 1:
    case 1:
        class C:
            async def f(self):
                from .. import d
"""
    assert set(list_imports(source, package="helpers.stats.deep")) == {
        "helpers.a",
        "helpers",
        "helpers.b",
        "helpers.c",
        "helpers.stats",
        "helpers.stats.d",
    }


def test_magics_of_a_notebook_do_not_hide_its_imports(toys):
    cell = "%matplotlib inline\n!ls\nfrom helpers.derive import haq"
    assert list_notebook_imports(toys.make_notebook("# A", cell)) == (
        "helpers.derive",
        "helpers.derive.haq",
    )


def test_a_cell_that_cannot_be_read_depends_on_every_helper(package, toys):
    notebook = toys.make_notebook("# A", "%%time\nx = ?")
    assert list_notebook_imports(notebook) == ("helpers.*",)
    found = list_files("helpers.*", with_data=False)
    assert found == sorted(name for name in PACKAGE if name.endswith(".py"))


def test_outputs_and_counts_are_no_part_of_a_notebook_but_tags_and_metadata_are(toys):
    notebook = toys.make_notebook("# A", "1 + 1")
    plain = hash_notebook(notebook)
    run = json.loads(json.dumps(notebook))
    run["cells"][2] |= {"execution_count": 7, "outputs": [{"output_type": "stream"}], "id": "new"}
    run["cells"][2]["source"] = ["1 ", "+ 1"]
    assert hash_notebook(run) == plain
    run["cells"][2]["metadata"] = {"tags": ["hide"]}
    assert hash_notebook(run) != plain
    notebook.metadata["chapter"]["uses"] = ["labs"]
    assert hash_notebook(notebook) != plain


CHANGES = {
    "a table it needs": "data/toy/tables/patients.csv",
    "a table it uses": "data/toy/tables/core_set.csv",
    "the lock": "requirements.lock",
}


@pytest.mark.parametrize("path", CHANGES.values(), ids=CHANGES)
def test_the_key_changes_with_one_byte_of(path, find_key, toy_project):
    before = find_key()
    with (toy_project / path).open("a") as file:
        file.write(" ")
    assert find_key() != before


@pytest.mark.parametrize("name", ["derive/haq.py", "io/tables.py", "derive/items.json"])
def test_the_key_changes_with_an_imported_helper(name, find_key, package):
    before = find_key()
    with (package / name).open("a") as file:
        file.write("\n")
    assert find_key() != before


def test_the_key_changes_with_what_runs_chapters(find_key, package):
    before = find_key()
    (package / "render" / "run" / "environment.py").write_text("ONE = 1")
    assert find_key() != before


def test_the_key_changes_with_a_parameter_and_with_python(find_key, monkeypatch):
    before = find_key()
    assert find_key(cutoff=20.0) != before
    monkeypatch.setattr("platform.python_version", lambda: "3.99.0")
    assert find_key() != before


def test_the_key_changes_with_a_table_that_appears_in_another_form(find_key, toy_project):
    tables = toy_project / "data" / "toy" / "tables"
    before = find_key()
    shutil.copy(tables / "core_set.csv", tables / "core_set.xlsx")
    both = find_key()
    (tables / "core_set.csv").unlink()
    assert len({before, both, find_key()}) == 3


@pytest.mark.parametrize(
    "path", ["data/toy/tables/labs.csv", "data/toy/notes.txt", "notebooks/02_second.ipynb"]
)
def test_the_key_stays_when_something_else_changes(path, find_key, toy_project):
    before = find_key()
    (toy_project / path).write_text("changed")
    assert find_key() == before


@pytest.mark.parametrize("name", ["io/unused.py", "derive/other.py", "render/page.html"])
def test_the_key_stays_when_a_helper_that_is_not_imported_changes(name, find_key, package):
    before = find_key()
    (package / name).write_text("changed = 1")
    assert find_key() == before


def test_the_key_stays_when_the_project_moves(find_key, chapter, toy_project, package):
    before = find_key()
    moved = toy_project.rename(toy_project.parent / "elsewhere")
    there = replace(chapter, path=moved / "notebooks" / "01_first.ipynb")
    assert find_fingerprint(there, moved).key == before


def test_a_check_depends_on_every_file_of_the_study_and_on_what_reads_it(toy_project, package):
    def find():
        return fingerprint_check(toy_project / "data" / "toy", Reader(toy_project)).key

    found = [find()]
    (toy_project / "data/toy/tables/labs.csv").write_text("new")
    found.append(find())
    (toy_project / "data/toy/published_claims.csv").write_text("new")
    found.append(find())
    (package / "io" / "tables.py").write_text("new = 1")
    found.append(find())
    assert len(set(found)) == 4
    (package / "derive" / "haq.py").write_text("new = 1")
    assert find() == found[-1]


OBJECTS = {
    "folder": Path.mkdir,
    "pipe": os.mkfifo,
    "broken link": lambda path: path.symlink_to("nowhere"),
    "linked folder": lambda path: path.symlink_to(path.parent, target_is_directory=True),
}


@pytest.mark.skipif(os.name != "posix", reason="needs pipes")
@pytest.mark.parametrize("name", ["published_claims.csv", "contradictions.csv", "tables/labs.csv"])
def test_a_check_depends_on_what_is_no_file_and_on_its_kind(toy_project, package, name):
    study = toy_project / "data" / "toy"

    def find():
        return fingerprint_check(study, Reader(toy_project)).key

    found = [find()]
    for make in OBJECTS.values():
        (study / name).unlink(missing_ok=True)
        make(study / name)
        found.append(find())
        if (study / name).is_dir() and not (study / name).is_symlink():
            (study / name).rmdir()
    assert len({*found[:-1]}) == len(OBJECTS)  # no file, folder, pipe, link to nothing
    assert found[-1] == found[1]  # a link to a folder is read as the folder


def test_a_check_depends_on_a_folder_that_cannot_be_looked_into(toy_project, package, monkeypatch):
    study, walk = toy_project / "data" / "toy", os.walk
    before = fingerprint_check(study, Reader(toy_project)).key

    def refuse(top, onerror=None):  # to the root user nothing is refused
        if onerror:
            onerror(PermissionError(errno.EACCES, "Permission denied", str(study / "tables")))
        return walk(top, onerror=onerror)

    monkeypatch.setattr("os.walk", refuse)
    assert fingerprint_check(study, Reader(toy_project)).key != before


def test_a_study_that_is_too_large_is_not_read_for_its_check(toy_project, monkeypatch):
    study, reader = toy_project / "data" / "toy", Reader(toy_project)
    monkeypatch.setattr("helpers.io.sizes.LARGEST_STUDY", 1)
    told = fingerprint_check(study, reader).parts["too large"]
    assert "at most in all" in told
    assert not any(path.is_relative_to(study) for path in reader._hashes)


def test_a_reader_sees_one_state_of_a_file(tmp_path):
    reader, path = Reader(tmp_path), tmp_path / "a.csv"
    assert reader.hash(path) == "absent"
    path.write_text("a")
    assert reader.hash(path) == "absent"
    assert Reader(tmp_path).hash(path) != "absent"
