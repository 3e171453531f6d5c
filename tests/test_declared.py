"""What a chapter has declared is known to every process of it, and binds nobody else."""

import os
import subprocess
import sys

from helpers.declared import VARIABLE, list_undeclared, write_declaration


def test_without_a_runner_nothing_is_forbidden(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    assert list_undeclared(["labs"]) == ()


def test_what_is_not_declared_is_listed_in_order(monkeypatch):
    monkeypatch.setenv(VARIABLE, "core_set patients")
    assert list_undeclared({"t_cells", "core_set", "labs", "patients"}) == ("labs", "t_cells")


def test_a_chapter_that_declares_nothing_may_read_nothing(monkeypatch):
    monkeypatch.setenv(VARIABLE, "")
    assert list_undeclared(["patients"]) == ("patients",)


def test_the_declaration_reaches_the_processes_that_a_cell_starts(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    names = {}
    exec(write_declaration(["patients", "core_set"]), names)
    assert set(names) == {"__builtins__"}
    code = "from helpers.declared import list_undeclared; print(list_undeclared(['labs']))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "('labs',)\n"
    del os.environ[VARIABLE]
