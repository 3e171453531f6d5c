"""The committed tables of the invented cohort, as the rows that they were written from."""

import csv

import pytest

from helpers.study import find_study

BOOLEANS = {"true": True, "false": False}


def read_cell(text):
    if text == "":
        return None
    try:
        return float(text)
    except ValueError:
        return BOOLEANS.get(text, text)


@pytest.fixture(scope="session")
def shipped():
    tables = {}
    for path in (find_study("anakinra_iim") / "tables").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            tables[path.stem] = [
                {name: read_cell(text) for name, text in row.items()}
                for row in csv.DictReader(file)
            ]
    return tables
