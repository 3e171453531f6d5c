"""Hold parameters that name something in a study, a patient say, against the study's tables.

A table is read only when such a parameter was given.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from helpers.render.chapters import Chapter
from helpers.render.parameters import Parameter, ParameterFault, Value
from helpers.render.study_card import StudyCard, find_table_file

MOST_TOLD = 20
"""Names that a message lists; a study of hundreds of patients has too many to read."""


def find_absent_values(
    study: StudyCard, chapters: Iterable[Chapter], values: Mapping[str, Mapping[str, Value]]
) -> list[ParameterFault]:
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
    list of ParameterFault
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
    return [str(cell) for cell in made.cells.get(column, ()) if cell == cell] if made else []


def _describe_absent(
    study: StudyCard, parameter: Parameter, value: str, known: list[str]
) -> ParameterFault:
    listed = ", ".join(known[:MOST_TOLD])
    more = f" and {len(known) - MOST_TOLD} more" if len(known) > MOST_TOLD else ""
    return ParameterFault(
        f"{parameter.name}={value}",
        f"{value}, which does not stand in {' or '.join(parameter.columns)} of {study.name}",
        f"one of {listed}{more}" if known else "a study that has such a table",
        f"for example: -p {parameter.name}={known[0]}" if known else "leave it out",
    )
