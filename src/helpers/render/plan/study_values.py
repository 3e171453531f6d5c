"""Hold parameters that name something in a study, a patient say, against the study's tables.

A table is read only when such a parameter was given.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from helpers.contracts.faults import Fault
from helpers.render.keep.study_card import StudyCard, find_table_file
from helpers.render.plan.chapters import Chapter
from helpers.render.plan.given import place_given
from helpers.render.plan.parameters import Parameter, Value

MOST_TOLD = 20
"""Names that a message lists; a study of hundreds of patients has too many to read."""


def find_absent_values(
    study: StudyCard, chapters: Iterable[Chapter], values: Mapping[str, Mapping[str, Value]]
) -> list[Fault]:
    """Find given values that no cell of a study holds where their parameter says one must.

    Parameters
    ----------
    study : StudyCard
        The study.
    chapters : iterable of Chapter
        The chapters to be built for it.
    values : mapping of str to mapping
        By chapter name, the values given for its parameters.

    Returns
    -------
    list of Fault
        An empty value stands for no choice, and is not looked for.

    Raises
    ------
    StudyDataError
        When a table cannot be read.
    """
    faults = []
    for chapter in chapters:
        given = values.get(chapter.name, {})
        for parameter in chapter.parameters:
            value = str(given.get(parameter.name, ""))
            if not parameter.columns or not value:
                continue
            known = _list_known(study, parameter)
            if value not in known:
                faults.append(_describe_absent(study, parameter, value, known))
    return faults


def _list_known(study: StudyCard, parameter: Parameter) -> list[str]:
    """List what stands in the columns of a parameter, each once, in the order of the tables."""
    places = (place.partition(".") for place in parameter.columns)
    cells = (cell for table, _, column in places for cell in _list_cells(study, table, column))
    return list(dict.fromkeys(cells))


def _list_cells(study: StudyCard, table: str, column: str) -> list[str]:
    """List what stands in a column of a table, of its own file or made by the study's mapping."""
    path = find_table_file(study.folder, table)
    if path is not None:
        from helpers.io.tables import read_table  # loads pandas

        cells = read_table(path, file=f"tables/{path.name}")
        return [str(cell) for cell in cells[column].dropna()] if column in cells else []
    if table not in study.tables:
        return []
    from helpers.contracts import StudyConfig
    from helpers.intake.carry.tables import read_intake  # loads pandas

    config = StudyConfig.model_validate(study.settings.used)
    made = read_intake(study.folder, config, only=[table]).tables.get(table)
    return [*made.cells[column].dropna()] if made and column in made.cells else []


def _describe_absent(study: StudyCard, parameter: Parameter, value: str, known: list[str]) -> Fault:
    listed = ", ".join(known[:MOST_TOLD])
    more = f" and {len(known) - MOST_TOLD} more" if len(known) > MOST_TOLD else ""
    return Fault(
        place_given(f"{parameter.name}={value}"),
        f"{value}, which does not stand in {' or '.join(parameter.columns)} of {study.name}",
        f"one of {listed}{more}" if known else "a study that has such a table",
        f"for example: -p {parameter.name}={known[0]}" if known else "leave it out",
    )
