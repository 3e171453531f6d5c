"""Ask what the T cells of the shipped cohort say, whole or with parts taken away."""

from dataclasses import replace

import pandas as pd
from tests.answers.shown import list_sentences
from tests.report.cohorts import read_words

from helpers.answers import t_cells
from helpers.report.cells import cell_populations

WORDS = cell_populations.name_cells(
    pd.DataFrame({"population": ["CD4+ CD45RO+", "CD4+ FoxP3+"], "parent": "CD4+ T cells"}),
    ends=("before", "after"),
)


def compare(study, *, keep=None, without=()):
    """Compare the visits, with some rows of the T cells kept and some tables taken away."""
    tables = {name: study.table(name) for name in study.tables if name not in without}
    if keep is not None:
        tables["t_cells"] = keep(tables["t_cells"])
    return t_cells.compare_visits(replace(study, tables=tables))


def list_answers(cells):
    """Ask everything that the chapter asks of them."""
    return [
        cells,
        t_cells.change(cells),
        t_cells.shift(cells),
        t_cells.counting(cells),
        t_cells.memory(cells),
        t_cells.cultures(cells.study),
    ]


def say(cells):
    """Give every sentence of the chapter, in plain text."""
    return "\n".join(read_words(text) for text in list_sentences(*list_answers(cells)) if text)
