"""Describe in words what a study folder may hold, from the contracts themselves.

``data/README.md`` is this module's text; ``python -m helpers.contracts.dictionary`` writes it anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import pandera.pandas as pa
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from helpers.contracts.claims import VERBS
from helpers.contracts.configuration import StudyConfig
from helpers.contracts.keys import Setting, list_settings
from helpers.contracts.mapping import Mapping, ResultRows, Source, Target
from helpers.contracts.tables import CONTRACTS, Kind, table_contract
from helpers.contracts.units import UNITS

README = Path(__file__).resolve().parents[3] / "data" / "README.md"

STARTING_SETTINGS: dict[str, Any] = {
    "data_origin": "collected",
    "arms": {"treated": "All patients"},
    "visits": [
        {"month": 0, "label": "Baseline"},
        {"month": 3, "label": "3 months"},
        {"month": 6, "label": "6 months"},
        {"month": 12, "label": "12 months"},
    ],
}
"""What a new study starts with where the contract has no default: one arm, four visits."""

MAPPING_PARTS: dict[type[BaseModel], str] = {
    Mapping: "The whole file:",
    Source: "One entry of `sources`:",
    ResultRows: "`tests` of a source:",
    Target: "A place, under `columns` or `rows`; its name alone, `core_set.ck`, will often do:",
}

_OTHER_NUMBER = 7
_OTHER_LISTS = {"arms": {"other": "Other"}, "visits": [{"month": 1, "label": "Other"}]}
_OWN_LISTS = {
    "arms": "a name listed under `arms` in study.yml",
    "visits": "a month listed under `visits` in study.yml",
}
_KINDS: dict[Kind, str] = {
    "text": "text",
    "number": "number",
    "integer": "whole number",
    "flag": "true or false",
}


def start_settings(title: str) -> dict[str, Any]:
    """Give the settings that a study must have, before its people have written any.

    Parameters
    ----------
    title : str
        Its title until it has a better one.

    Returns
    -------
    dict of str to object
        A valid study.yml; every text that only people can write says that it is not written yet.
    """
    words = {
        setting.key: f"Not yet written ({setting.description})"
        for setting in list_settings()
        if setting.required and "." not in setting.key
    }
    return words | {"title": title, "short_title": title} | STARTING_SETTINGS


def describe_tables() -> str:
    """Describe the study folder, study.yml and every table, as the Markdown of data/README.md.

    Returns
    -------
    str
        With one row per key of study.yml, and one per column of each table.
    """
    parts = [_FOLDER, _SETTINGS, _describe_settings(), _TABLES]
    parts += [_describe_table(name) for name in CONTRACTS]
    parts += [_CLAIMS, _describe_claims(), _CONDITIONS]
    parts += [_MAPPING, *map(_describe_keys, MAPPING_PARTS), _UNITS, _describe_units()]
    return "\n\n".join(part.strip() for part in [*parts, _FILES, _REFUSED]) + "\n"


def _describe_claims() -> str:
    rows = [
        [f"`{verb}`", needs.what, ", ".join(f"`{name}`" for name in needs.columns)]
        for verb, needs in VERBS.items()
    ]
    return _write_table(["verb", "what it finds", "cannot do without"], rows)


def _describe_keys(part: type[BaseModel]) -> str:
    """Describe the keys of one part of mapping.yml, by the names that they have in the file."""
    rows = [
        [f"`{field.alias or name}`", field.description or "", _describe_absent(field)]
        for name, field in part.model_fields.items()
    ]
    table = _write_table(["key", "what it says", "where it is absent"], rows)
    return f"{MAPPING_PARTS[part]}\n\n{table}"


def _describe_absent(field: FieldInfo) -> str:
    if field.is_required():
        return "**must be given**"
    default = field.get_default(call_default_factory=True)
    if isinstance(default, tuple):
        return ", ".join(map(str, default)) or "none"
    return f"{default:g}" if isinstance(default, float) else str(default or "none").lower()


def _describe_units() -> str:
    quantities = dict.fromkeys(unit.quantity for unit in UNITS)
    rows = [
        [quantity, ", ".join(f"`{unit.name}`" for unit in UNITS if unit.quantity == quantity)]
        for quantity in quantities
    ]
    return _write_table(["quantity", "units that convert into each other"], rows)


def _describe_settings() -> str:
    rows = [
        [f"`{setting.key}`", setting.description, setting.allowed, _describe_default(setting)]
        for setting in list_settings()
    ]
    return _write_table(["key", "what it says", "allowed", "where it is absent"], rows)


def _describe_default(setting: Setting) -> str:
    if setting.required:
        return "**must be given**"
    if isinstance(setting.default, BaseModel):
        return "as its keys below"
    if isinstance(setting.default, float | int):
        return f"{setting.default:g}"
    if isinstance(setting.default, tuple):
        return ", ".join(map(str, setting.default)) or "none"
    return str(setting.default or "none")


def _describe_table(name: str) -> str:
    varied = [(label, table_contract(name, config)) for label, config in _list_configurations()]
    contract = varied[0][1]
    rows = [
        [
            f"`{column}`",
            str(schema.description).replace("<", "\\<"),
            _KINDS[schema.metadata["kind"]],
            " or ".join(dict.fromkeys(each.columns[column].metadata["unit"] for _, each in varied)),
            _describe_allowed(
                [(label, each.columns[column].metadata["expected"]) for label, each in varied]
            ),
            _describe_need(schema),
            _describe_example(schema),
        ]
        for column, schema in contract.columns.items()
    ]
    header = ["column", "what it holds", "kind", "unit", "allowed", "must it be there?", "example"]
    return f"{_describe_rows(name, contract)}\n\n{_write_table(header, rows)}"


def _describe_rows(name: str, contract: pa.DataFrameSchema) -> str:
    about = contract.metadata
    key = ", ".join(f"`{column}`" for column in about["key"])
    words = [
        f"One row per {about['one_row_per']}.",
        f"Key: {key}; no two rows may share it." if key else "No key.",
    ]
    if about["may_be_empty"]:
        words.append("A header without rows is allowed: it says that there were none.")
    return f"### {name}\n\n" + " ".join(words)


def _describe_need(column: pa.Column) -> str:
    if not column.required:
        return "optional"
    return "yes, in every row" if column.metadata["filled"] else "yes; cells may be empty"


def _describe_example(column: pa.Column) -> str:
    return f"`{column.metadata['example']}`" if column.metadata["example"] else "(empty)"


def _describe_allowed(varied: Sequence[tuple[str, str]]) -> str:
    """Say what a column allows under the starting settings, then under each other setting."""
    usual = varied[0][1]
    changed = [(label, words) for label, words in varied if words != usual]
    own_lists = [_OWN_LISTS[label] for label, _ in changed if label in _OWN_LISTS]
    if own_lists:
        return own_lists[0]
    parts = [usual]
    for words, group in groupby(changed, key=lambda pair: pair[1]):
        labels = [label for label, _ in group]
        settings = " or ".join(f"`{label}`" for label in labels)
        chosen = ": " in labels[0]
        parts.append(f"{words} with {settings}" if chosen else f"another maximum with {settings}")
    return "; or ".join(parts)


@cache
def _list_configurations() -> tuple[tuple[str, StudyConfig], ...]:
    """Give the starting configuration, then one for each setting that a contract may follow."""
    configurations = [("", StudyConfig.model_validate(start_settings("any")))]
    for key, other in _OTHER_LISTS.items():
        configurations.append((key, _change_setting(key, other)))
    for setting in list_settings():
        if not setting.key.startswith("instruments."):
            continue
        for choice in setting.choices:
            label = f"{setting.key}: {choice}"
            configurations.append((label, _change_setting(setting.key, choice)))
        if setting.allowed.startswith("a number"):
            configurations.append((setting.key, _change_setting(setting.key, _OTHER_NUMBER)))
    return tuple(configurations)


def _change_setting(key: str, value: object) -> StudyConfig:
    settings = start_settings("any")
    *groups, last = key.split(".")
    place = settings
    for group in groups:
        place = place.setdefault(group, {})
    place[last] = value
    return StudyConfig.model_validate(settings)


def _write_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines
    )


_FOLDER = """
# Study folders

One folder below `data/` is one study. This page says what such a folder may hold. It is written
from the contracts in `src/helpers/contracts`, and a test fails when it differs from them: change
the contracts, then write it anew with

    python -m helpers.contracts.dictionary

A study folder looks like this:

    data/NAME/
      study.yml              what the study is: arms, visits, instruments, units     required
      tables/patients.csv    every patient once                                      required
      mapping.yml            how files of another shape become the tables, in place of tables/
      tables/core_set.csv    and one file for each other table that was measured
      published_claims.csv   what its publication claimed, where there is one
      contradictions.csv     claims that seem to exclude each other, and how both can be true
      notebooks/             chapters that only this study gets, NN_topic.ipynb
      raw/                   files as they came, of people and of instruments, with SHA256SUMS
      templates/             header and example row of every table; never read

Make a new one with `./run_all.sh new NAME`. A chapter of the report whose tables are absent is
listed as not measured; that is no error.

A question that only this study has gets a chapter of its own. Start one with
`./run_all.sh new --chapter TOPIC NAME`: `notebooks/NN_TOPIC.ipynb` runs at once, and stands among
the shared chapters by its number. No other chapter may have its topic. It says in its metadata
which tables it reads: `"chapter": {"needs": [...], "uses": [...]}`. Without one of `needs` it is
left out; a table that is in neither cannot be read. Such chapters are code: from an address
(`s3://...`) they run only with `--trust`.

Patients are pseudonyms here. Names, initials, dates of birth and identity numbers do not belong in
a study folder.
"""

_SETTINGS = """
## study.yml

A text file in YAML: `key: value`, one per line, groups indented by two spaces. Words in capitals
(`NAME`) are the study's own, and `visits[]` means: in every entry of the list.
"""

_CLAIMS = """
## published_claims.csv

One row is one statement of a publication. The first columns hold what was printed, every number
with its digits: `claim_id`, `source`, `topic`, `claim`, `statistic`, `n`, `value`, `low`, `high`,
`unit`, `p_value`, `kind`, `note`. `kind` is `exact`, `direction`, `no_change`, `external` (about
other people) or `impossible` (the print contradicts itself).

The others say how it is checked, in words a table can hold; no Python is needed. `verb` is one of
those below, `table`, `column` and `where` name the rows, `times` the months (days, conditions)
compared as earlier|later, `groups` two groups parted by ` vs `, `of` who can be counted at all,
`against` what a correlation is with or a time begins at, `expect` `up` or `down` (for `list` the
values), `scale` `log` where a change is a ratio, `method` `approximate` where p is to be found as
the source found it. A claim about response names its `definition` (imacs_2004, printo_jdm,
tis_adult) and is judged under it. `how` is the check in words, as the report says it.

A row of contradictions.csv is a `title`, the `claims` concerned (ids parted by commas), the
`tension` between them and its `resolution`.
"""

_CONDITIONS = """
Conditions name rows: `drug=azathioprine|methotrexate & months_before>=2`. Signs are `=`, `!=`, `>`,
`>=`, `<`, `<=`, `~` (holds these words) and `known`; a missing value meets none of them. A table
other than the claim's own stands in front: `patients: diagnosis=DM`. Conditions on patients that
must all hold are parted by `;`, ways to meet one by `or`, and `not` leaves out who has such a row.
`responders` and `non-responders` are conditions too. `change(COLUMN)` and `change_percent(COLUMN)`
are from the patient's baseline; `deficit(fi)` and `deficit(mmt8)` are per cent below the maximum.
The table `response` has `best_response`, `first_improved_month`, `sustained_until_month` and
`n_evaluable`; `medications` has `months_before` baseline, `until_month` and `spans_study` too. What
a correlation is with reads `functional_index: fi at 6` or `core_set: fall of ck from 0 to 6`.
"""

_MAPPING = """
## mapping.yml

A study whose files have another shape, a wide workbook or an export, needs no `tables/`:
`./run_all.sh new NAME --from FILE...` keeps the files in `raw/`, as they came, and proposes a
`mapping.yml` from what stands in them. The tables are computed from the files each time the study
is read; faults name the file, row and column of the original. It reads Excel (`.xlsx`), text with
any separator, decimal sign and common encoding (`.csv`, `.tsv`, `.txt`), SPSS (`.sav`, `.zsav`,
`.por`), Stata (`.dta`), SAS (`.xpt`, `.sas7bdat` with its `.sas7bcat`), REDCap exports with codes
or labels beside their data dictionary, and SDTM or ADaM.

Each line of `mapping.yml` is a guess that a person can see and change; its comment says why it was
made. Where the files do not tell, the line says `TODO`, and `check` refuses the study until it is
filled. `check` says how many columns were placed and which rows are not read, and names every
column that is neither placed nor ignored, and every word, visit, test and unit that is not covered.

A newer transfer goes into `raw/` with `./run_all.sh new NAME --from FILE`, under a name that the
line `file:` fits; of several the last by name is read. An original is never written over.

A value is in one place: two rows that give one patient two values for one visit are a fault, and
equal ones are one. A column of a table that no file fills is named under `constants`.
"""

_UNITS = """
Units are compared however they are spelt (`mm²`, `µkat/l`, `pg/ml`), and converted by an exact
factor only. Each of these converts into the others of its row, and into nothing else:
"""

_TABLES = """
## Tables

Each table is one file in `tables/`, named after the table. Its first filled row holds the names of
the columns, in any order; every further row is one record. A column that is not listed here is
refused. The example of a column is the one that the templates show.
"""

_FILES = """
## Files that are read

| ending | read as |
| --- | --- |
| `.csv` | comma between cells, point as decimal sign, UTF-8 text with or without byte-order mark |
| `.xlsx` | the first sheet of an Excel workbook; formulas by the values that Excel saved |
| `.sav` | SPSS; column names in lower case, values without their labels |
| `.xpt` | SAS transport; column names in lower case; version 5 cuts them at 8 letters, use 8 |
| `.sas7bdat` | SAS; column names in lower case |

Missing is an empty cell, `NA`, `NaN` or `<NA>`; never 0, 999, a dash or a word. Rows without any
entry are passed over. True or false is written `true` or `false` (or `yes`, `no`), in any case.
Creatine kinase is read in `instruments.ck.unit` and shown in `instruments.ck.report_unit`
(1 ukat/L = 60 U/L); no other value is converted. An apostrophe before a cell that begins with
`=`, `+`, `-` or `@` is a spreadsheet's sign for text, which our own files have too. It is
taken off.
"""

_REFUSED = """
## What is refused

Nothing is guessed, mended or dropped. All faults of a folder are listed at once, each with its
file, row and column, what was found, what was expected and how to mend it; no report is then made.

- in `study.yml`: an unknown key (the nearest known one is named), a key given twice, a missing key,
  a value of another kind, visits out of order, text that is not YAML, a number
  that programs read in different ways (`020`, `1:20`, `0x10`, `1_000`);
- a file in `tables/` whose name or ending is not listed here; two files for one table; no
  `patients` table;
- a file that is empty, binary, not UTF-8, separated by semicolons or tabs, or whose rows do not all
  have as many cells as the header; a quotation mark that never closes;
- a column that is unknown, missing or there twice; a table without rows, where not allowed above;
- a number with a decimal comma, a unit, a per cent sign or a `<`; a number that a spreadsheet has
  turned into a date; a value outside its range; a word outside its list; an empty cell where one is
  required;
- a second row with the same key; a patient who is not in `patients`; a month that is no planned
  visit; an example row of a template (`EXAMPLE-1`).
"""

if __name__ == "__main__":
    README.write_text(describe_tables(), encoding="utf-8")
