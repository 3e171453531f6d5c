"""Begin a new study, a folder that says by itself what belongs where, or a chapter of its own."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from textwrap import wrap

import pandera.pandas as pa
import yaml

from helpers.check.identity import EXAMPLE_PREFIX
from helpers.contracts import CONTRACTS, Fault, StudyConfig, StudyDataError, table_contract
from helpers.contracts.dictionary import start_settings
from helpers.contracts.keys import GROUP, Setting, list_settings
from helpers.intake.carry.originals import find_file_faults, keep_originals
from helpers.intake.propose.draft import write_draft
from helpers.intake.propose.settings import propose_settings
from helpers.intake.propose.whole import propose
from helpers.io.mapped import MAPPING
from helpers.io.sheets import write_sheet
from helpers.names import RULE as NAME_RULE
from helpers.names import describe_name, fold_name

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
        When the name is not allowed or taken, or the data folder does not exist, and nothing was
        written; or when it cannot be written.

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
    folder = data_folder / name
    try:
        _write_folder(folder, _write_texts(name))
    except OSError as error:
        mend = "make room there, or ask for the right to write, and delete what was begun"
        found = f"a folder that cannot be written ({error.strerror})"
        fault = Fault(str(folder), found, "room for a new folder", mend)
        raise StudyDataError(name, [fault]) from error
    return folder


def create_study_from(name: str, data_folder: Path, files: Sequence[Path]) -> Path:
    """Make the folder of a new study from people's own files, with a mapping to look through.

    The originals are kept in raw/ as they came, with their sha256. No table is written: what
    `mapping.yml` makes of the originals is computed when the study is read.

    Parameters
    ----------
    name : str
        Lower-case letters a to z, digits and underscores.
    data_folder : Path
        Folder that holds the studies.
    files : sequence of Path
        Workbooks, text files, statistics files, with data dictionaries beside them.

    Returns
    -------
    Path
        The new folder.

    Raises
    ------
    StudyDataError
        When the name is not allowed or taken, a file cannot be read, or the folder cannot be
        written; nothing is left behind.
    """
    faults = _find_name_faults(name, data_folder) + find_file_faults(files)
    if faults:
        raise StudyDataError(name, faults)
    proposal = propose(files)
    if not proposal.draft.sources:
        found = "no column that names patients beside one that a table of ours holds"
        mend = "give the columns plain names, or fill the tables of: ./run_all.sh new NAME"
        listed = ", ".join(path.name for path in files)
        raise StudyDataError(name, [Fault(listed, found, "a study's data", mend)])
    start = start_settings(name.replace("_", " ")) | propose_settings(proposal)
    folder = data_folder / name
    texts = {
        "study.yml": _write_settings(name, start),
        MAPPING: write_draft(proposal.draft, name=name),
        "README.md": _MAPPED_README.format(name=name),
    }
    try:
        _write_folder(folder, texts)
        keep_originals(folder, files)
    except OSError as error:
        found = f"a folder that cannot be written ({error.strerror})"
        mend = "make room there, or ask for the right to write, and delete what was begun"
        fault = Fault(str(folder), found, "room for a new folder", mend)
        raise StudyDataError(name, [fault]) from error
    return folder


def create_chapter(topic: str, study: Path, *, shared: Collection[str]) -> Path:
    """Begin a chapter that only one study gets: a notebook that runs as it is.

    Parameters
    ----------
    topic : str
        What it is about, as the end of a file's name: small letters, digits, underscores.
    study : Path
        The study folder.
    shared : collection of str
        Names of the chapters that all studies share, ``01_clinical_response``.

    Returns
    -------
    Path
        The notebook, with a number after the last chapter's.

    Raises
    ------
    StudyDataError
        When the topic is no name or is taken, all numbers are, or the file cannot be written.
    """
    folder = study / "notebooks"
    names = [*shared, *(path.stem for path in folder.glob("[0-9][0-9]_*.ipynb"))]
    fault = _find_topic_fault(topic, names)
    if fault:
        raise StudyDataError(study.name, [fault])
    number = max((int(name[:2]) for name in names), default=0) + 1
    path = folder / f"{number:02d}_{topic}.ipynb"
    try:
        folder.mkdir(exist_ok=True)
        path.write_text(_write_chapter(topic, study.name), encoding="utf-8", newline="\n")
    except OSError as error:
        found = f"a folder that cannot be written ({error.strerror})"
        mend = "make room there, or ask for the right to write"
        fault = Fault(str(folder), found, "room for a new notebook", mend)
        raise StudyDataError(study.name, [fault]) from error
    return path


def _find_topic_fault(topic: str, names: Collection[str]) -> Fault | None:
    taken = next((name for name in names if name[3:] == topic), "")
    if not re.fullmatch("[a-z][a-z0-9]*(_[a-z0-9]+)*", topic):
        expected = "small letters a to z, digits and single underscores, a letter first"
        mend = "choose a name such as skin_score; its number is chosen for you"
        return Fault(topic, "no name of a chapter", expected, mend)
    if taken:
        return Fault(topic, f"the name of the chapter {taken}", "a new name", "choose another name")
    if any(name.startswith("99") for name in names):
        return Fault(topic, "a chapter with the number 99", "a free number", "give it a lower one")
    return None


def _write_chapter(topic: str, study: str) -> str:
    words = {"TITLE": topic.replace("_", " ").capitalize(), "TOPIC": topic, "STUDY": study}
    cells = []
    for number, (kind, tags, text) in enumerate(_CHAPTER, start=1):
        for sign, word in words.items():
            text = text.replace(sign, word)
        code: dict[str, object] = {"execution_count": None, "outputs": []} if kind == "code" else {}
        metadata = {"tags": list(tags)} if tags else {}
        cells.append(
            {
                "cell_type": kind,
                "id": f"cell-{number:02d}",
                "metadata": metadata,
                "source": text.strip().splitlines(keepends=True),
                **code,
            }
        )
    about = {
        "chapter": {"needs": ["patients"], "uses": []},
        "kernelspec": {
            "display_name": "Python 3 (ipykernel)",
            "language": "python",
            "name": "python3",
        },
        "language_info": {"name": "python"},
    }
    notebook = {"cells": cells, "metadata": about, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def _write_folder(folder: Path, texts: Mapping[str, str]) -> None:
    for path, text in texts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8", newline="\n")


def _find_name_faults(name: str, data_folder: Path) -> list[Fault]:
    faults = []
    wrong = ", ".join(dict.fromkeys(repr(sign) for sign in re.findall("[^a-z0-9_]", name)))
    if wrong or not name:
        found = f"a name with {wrong}" if wrong else "an empty name"
        expected = "lower-case letters a to z, digits and underscores"
        mend = "choose a name such as rituximab_dm"
        faults.append(Fault(name, found, expected, mend))
    elif reserved := describe_name(name):
        faults.append(Fault(name, reserved, NAME_RULE, "choose a name such as rituximab_dm"))
    if not data_folder.is_dir():
        mend = "make the folder first, or give another one"
        faults.append(Fault(str(data_folder), "no such folder", "a folder of studies", mend))
    elif not faults and (taken := _find_like_name(name, data_folder)):
        mend = "choose another name; an existing study is never written over"
        faults.append(Fault(str(data_folder / taken), "a folder that exists", "a new name", mend))
    return faults


def _find_like_name(name: str, data_folder: Path) -> str:
    """Find what some file systems take for the same name, differing in case only."""
    names = (path.name for path in data_folder.iterdir())
    return next((other for other in names if fold_name(other) == fold_name(name)), "")


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
    lines, settings = [_HEAD.format(name=name)], list_settings()
    idle = {one.key for one in settings if one.default is None and one.allowed == GROUP}
    for setting in settings:
        if "[]" in setting.key or ".NAME" in setting.key:
            continue
        if setting.key.rpartition(".")[0] in idle:  # of a group that is not begun
            key = setting.key.rpartition(".")[2]
            lines += ["", *(f"#   # {line}" for line in wrap(setting.description, _COMMENT_WIDTH))]
            lines.append(f"#   {key}:")
        else:
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
    value = list(value) if isinstance(value, tuple) else value
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

_MAPPED_README = """\
# {name}

1. `mapping.yml` says how the files in `raw/` become the tables of the study. Read it through: every
   line is a guess that you can change. Answer each TODO.
2. Open `study.yml`. Replace each "Not yet written"; look at the arms, visits, scales and units.
3. `./run_all.sh check {name}` lists what does not fit, with the file, row and column of the
   original, and says how many columns were placed.
4. `./run_all.sh render {name}` makes the report.

A newer transfer of the same files: `./run_all.sh new {name} --from FILE` puts it beside the first,
and it runs through the same mapping. Nothing in `raw/` is ever changed.
"""

_CHAPTER = (
    (
        "markdown",
        (),
        """
# TITLE

How many patients are there in each arm? Put your question in the place of this one.
""",
    ),
    (
        "code",
        (),
        """
from collections.abc import Iterator

from helpers.answers.answer import Answer
from helpers.answers.chapter import Summary, conclude, state_limits, state_provenance
from helpers.report.numbers import Numbers
from helpers.report.pieces import Piece, Table, Text
from helpers.study import read_study

summary = Summary()
summary
""",
    ),
    (
        "markdown",
        ("analyst",),
        """
## Parameters

What can be set when the chapter is run. A line more is a parameter more, such as
`cutoff: float = 20.0  # limit in percent | 1 to 100`.
""",
    ),
    (
        "code",
        ("parameters", "analyst"),
        """
study: str = "STUDY"  # study folder below data/, or a path to one
""",
    ),
    (
        "markdown",
        ("analyst",),
        """
## Data

The chapter reads who entered. Each further table stands here and in the notebook's metadata, under
`chapter`: in `needs` where the chapter is left out without it, in `uses` where not.
""",
    ),
    (
        "code",
        ("analyst",),
        """
trial = read_study(study, tables=["patients"])
""",
    ),
    (
        "markdown",
        (),
        """
## How many patients are there in each arm?

Say here why the question matters.
""",
    ),
    (
        "code",
        (),
        """
class Patients(Answer):
    def _record(self, numbers: Numbers) -> None:
        patients = len(self.study.patients)
        numbers.record("TOPIC.patients", patients, source="patients", n=patients)

    @property
    def sentence(self) -> str:
        return f"Number of patients who entered: {self.ledger['TOPIC.patients']}."

    def list_pieces(self) -> Iterator[Piece]:
        counts = self.study.arms.value_counts(sort=False).rename("patients").reset_index()
        yield Table("TOPIC_patients", counts, f"Patients by arm (n = {len(self.study.patients)}).")
        yield Text((self.sentence,))
""",
    ),
    (
        "code",
        (),
        """
patients = Patients(trial)
patients
""",
    ),
    ("markdown", (), "## Conclusion"),
    (
        "code",
        (),
        """
summary.fill(patients)
conclude(patients.sentence)
""",
    ),
    ("markdown", (), "## Limits"),
    (
        "code",
        (),
        """
state_limits("A count says nothing of who these patients are.")
""",
    ),
    ("markdown", ("analyst",), "## Provenance"),
    (
        "code",
        ("analyst",),
        """
state_provenance(trial)
""",
    ),
)
"""The cells of a new chapter: kind, tags, text. TITLE, TOPIC and STUDY are put in."""
