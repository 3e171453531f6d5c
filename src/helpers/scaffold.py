"""Begin a new study: a folder that says by itself what belongs where."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from textwrap import wrap

import pandera.pandas as pa
import yaml

from helpers.contracts import CONTRACTS, Fault, StudyConfig, StudyDataError, table_contract
from helpers.contracts.dictionary import start_settings
from helpers.contracts.keys import Setting, list_settings
from helpers.io.sheets import write_sheet
from helpers.study import EXAMPLE_PREFIX

FIRST_TABLES = ("patients", "core_set")
"""Tables that a new study begins with; the others wait in its templates."""

_EXAMPLE_PERSON = f"{EXAMPLE_PREFIX}-1"
_PEOPLE = ("patient_id", "donor")
_COMMENT_WIDTH = 96


def create_study(name: str, data_folder: Path) -> Path:
    """Make the folder of a new study: settings to fill in, two tables, templates of the others.

    Each table holds one example row, whose patient `helpers.study` refuses, so that a report can
    never show it.

    Parameters
    ----------
    name : str
        Lower-case letters a to z, digits and underscores.
    data_folder : Path
        Folder that holds the studies.

    Returns
    -------
    Path
        The new folder.

    Raises
    ------
    StudyDataError
        When the name is not allowed or taken, or the data folder does not exist; nothing is
        written then.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as data:
    ...     folder = create_study("rituximab_dm", Path(data))
    ...     sorted(path.name for path in folder.iterdir())
    ['README.md', 'study.yml', 'tables', 'templates']
    """
    faults = _find_name_faults(name, data_folder)
    if faults:
        raise StudyDataError(name, faults)
    texts = _write_texts(name)
    folder = data_folder / name
    for path, text in texts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8", newline="\n")
    return folder


def _find_name_faults(name: str, data_folder: Path) -> list[Fault]:
    faults = []
    wrong = ", ".join(dict.fromkeys(repr(sign) for sign in re.findall("[^a-z0-9_]", name)))
    if wrong or not name:
        found = f"a name with {wrong}" if wrong else "an empty name"
        expected = "lower-case letters a to z, digits and underscores"
        mend = "choose a name such as rituximab_dm"
        faults.append(Fault(name, found, expected, mend))
    if not data_folder.is_dir():
        mend = "make the folder first, or give another one"
        faults.append(Fault(str(data_folder), "no such folder", "a folder of studies", mend))
    elif not faults and (data_folder / name).exists():
        mend = "choose another name; an existing study is never written over"
        faults.append(Fault(str(data_folder / name), "a folder that exists", "a new name", mend))
    return faults


def _write_texts(name: str) -> dict[str, str]:
    start = start_settings(name.replace("_", " "))
    config = StudyConfig.model_validate(start)
    readme = _README.format(name=name, example=_EXAMPLE_PERSON)
    texts = {"study.yml": _write_settings(name, start), "README.md": readme}
    for table in CONTRACTS:
        place = "tables" if table in FIRST_TABLES else "templates"
        texts[f"{place}/{table}.csv"] = _write_example(table, config)
    return texts


def _write_example(table: str, config: StudyConfig) -> str:
    columns = table_contract(table, config).columns
    cells = [
        _EXAMPLE_PERSON if column in _PEOPLE else _type_example(schema)
        for column, schema in columns.items()
    ]
    return write_sheet(columns, [cells])


def _type_example(column: pa.Column) -> object:
    """Give a column's example as what it is: a number is no text."""
    example: str = column.metadata["example"]
    is_number = example and column.metadata["kind"] in ("number", "integer")
    return Decimal(example) if is_number else example


def _write_settings(name: str, start: dict[str, object]) -> str:
    lines = [_HEAD.format(name=name)]
    for setting in list_settings():
        if "[]" not in setting.key and ".NAME" not in setting.key:
            lines += _write_setting(setting, start.get(setting.key, setting.default))
    return "\n".join(lines) + "\n"


def _write_setting(setting: Setting, value: object) -> list[str]:
    *groups, key = setting.key.split(".")
    indent = "  " * len(groups)
    width = _COMMENT_WIDTH - len(indent)
    limited = bool(setting.choices) or setting.allowed.startswith("a number")
    comment = setting.description + (f"; {setting.allowed}" if limited else "")
    lines = [f"# {line}" for line in wrap(comment, width)] + _write_value(key, value)
    blank = [] if groups else [""]
    return blank + [indent + line for line in lines]


def _write_value(key: str, value: object) -> list[str]:
    if value is None or value in ((), {}):
        return [f"# {key}:"]
    if not isinstance(value, (str, int, float, dict, list)):  # a group, whose keys follow
        return [f"{key}:"]
    flow = None if isinstance(value, list) else False  # each visit on one line
    text: str = yaml.safe_dump({key: value}, sort_keys=False, width=1000, default_flow_style=flow)
    return text.splitlines()


_HEAD = """\
# What the study {name} is. data/README.md explains every key.
# A line that begins with # is a comment. To use a key that begins with #, delete that sign.\
"""

_README = """\
# {name}

1. Open `study.yml` in a text editor. Replace each "Not yet written", and set the arms, the planned
   visits, and the scales and units that you used. Every key is explained above it.
2. Fill `tables/patients.csv`: one row per patient, under a pseudonym.
3. Fill `tables/core_set.csv`: one row per patient and visit. Leave a cell empty where nothing was
   measured. Delete the file if the study has no core set measures.
4. Did the study measure more? Copy the table from `templates/` to `tables/` and fill it. Leave the
   others where they are: what was not measured needs no file.
5. Replace the row {example} in each table by the study's own data; it is refused otherwise.
6. `./run_all.sh check {name}` lists everything that does not fit, with file, row and column, and
   how to mend it.
7. `./run_all.sh render {name}` makes the report.

Excel workbooks, SPSS and SAS files are read as well: give them the name of the table.
Columns, units and allowed values are in the README.md of the folder above.
"""
