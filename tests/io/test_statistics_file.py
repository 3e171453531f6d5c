"""SPSS, SAS and Stata files come from a child process, whose crash is a fault."""

import datetime as dt
import math

import pandas as pd
import pyreadstat
import pytest

from helpers.contracts import StudyDataError
from helpers.intake.read.sheets import read_sheets
from helpers.io import statistics_file
from helpers.io.child import BrokenFileError
from helpers.io.statistics_file import read_statistics_file
from helpers.io.tables import read_table

BOUNDS = {"largest": 10**6, "most_cells": 1000}


def test_values_and_labels_come_back(tmp_path):
    frame = pd.DataFrame(
        {"id": ["P1", "P2"], "ck": [0.1, None], "day": [dt.date(2024, 1, 3), dt.date(1960, 5, 6)]}
    )
    pyreadstat.write_sav(
        frame,
        str(tmp_path / "t.sav"),
        column_labels=["", "Creatine kinase", ""],
        variable_value_labels={"ck": {999: "missing"}},
    )
    book = read_statistics_file(tmp_path / "t.sav", **BOUNDS)
    assert book.columns == ("id", "ck", "day")
    assert book.rows[0] == ("P1", 0.1, "2024-01-03")
    assert book.rows[1][2] == "1960-05-06"
    assert math.isnan(book.rows[1][1])
    assert book.labels["ck"] == "Creatine kinase"
    assert book.words["ck"] == ((999, "missing"),)


def test_of_a_file_that_is_too_large_the_size_is_told_and_nothing_read(tmp_path):
    pyreadstat.write_sav(pd.DataFrame({"a": ["x" * 200] * 100}), str(tmp_path / "t.sav"))
    book = read_statistics_file(tmp_path / "t.sav", largest=10_000, most_cells=1000)
    assert book.size >= 20_000
    assert book.rows == ()


def test_a_crash_of_the_reader_is_a_fault_that_names_the_file(tmp_path, monkeypatch):
    (tmp_path / "crash.py").write_text("import os; os.abort()", encoding="utf-8")
    (tmp_path / "t.sav").write_bytes(b"$FL2")
    monkeypatch.setattr(statistics_file, "__file__", str(tmp_path / "crash.py"))
    with pytest.raises(BrokenFileError, match="do not fit together"):
        read_statistics_file(tmp_path / "t.sav", **BOUNDS)
    with pytest.raises(StudyDataError, match=r"tables/ck.sav\n +found: +not readable \(its parts"):
        read_table(tmp_path / "t.sav", file="tables/ck.sav")
    with pytest.raises(StudyDataError, match=r"raw/ck.sav\n +found: +not readable \(its parts"):
        read_sheets(tmp_path / "t.sav", file="raw/ck.sav")
