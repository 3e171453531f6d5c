"""Know a REDCap export and its data dictionary: what each field is, and in which words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from helpers.intake.read.source_table import SourceTable
from helpers.intake.words.names import fold_name

_VARIABLE, _FORM, _LABEL, _TYPE = "variable field name", "form name", "field label", "field type"
_CHOICES = "choices calculations or slider labels"
_BOX = re.compile(r"(.+)___([^_].*?)")
_LABELLED_BOX = re.compile(r"(.+?)\s*\(choice=(.+)\)")
_YES_NO = {"yesno": {"1": "Yes", "0": "No"}, "truefalse": {"1": "True", "0": "False"}}
_TAGS = re.compile(r"<[^>]+>")


@dataclass(frozen=True)
class Field:
    """One field of a REDCap project."""

    name: str
    form: str
    label: str
    choices: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Box:
    """One column of a field with several boxes: the field's name or label, and what is ticked."""

    field: str
    choice: str


def is_dictionary(table: SourceTable) -> bool:
    """Tell whether a file is a data dictionary and holds no patients."""
    names = {fold_name(name) for name in table.columns}
    return {_VARIABLE, _FORM, _LABEL} <= names


def read_dictionary(table: SourceTable) -> dict[str, Field]:
    """Read a data dictionary.

    Parameters
    ----------
    table : SourceTable
        As REDCap exports it: one row a field.

    Returns
    -------
    dict of str to Field
        By variable name.
    """
    columns = {fold_name(name): name for name in table.columns}
    fields = {}
    for _, cells in table.rows:
        name, form, label, kind, choices = (
            table.cell(cells, columns[key]) if key in columns else ""
            for key in (_VARIABLE, _FORM, _LABEL, _TYPE, _CHOICES)
        )
        words = _YES_NO.get(kind) or _read_choices(choices, kind)
        fields[name] = Field(name, form, " ".join(_TAGS.sub(" ", label).split()), words)
    return fields


def _read_choices(text: str, kind: str) -> dict[str, str]:
    """Read ``1, Female | 2, Male``.

    >>> _read_choices("1, Female | 2, Male", "radio")
    {'1': 'Female', '2': 'Male'}
    """
    if kind not in ("radio", "dropdown", "checkbox"):
        return {}
    pairs = (choice.split(",", 1) for choice in text.split("|") if "," in choice)
    return {code.strip(): label.strip() for code, label in pairs}


def find_box(column: str) -> Box | None:
    """Take apart a box's column, of a raw or a labelled export.

    >>> find_box("dx___2"), find_box("Diagnosis (choice=Dermatomyositis)").choice, find_box("ck")
    (Box(field='dx', choice='2'), 'Dermatomyositis', None)
    """
    found = _BOX.fullmatch(column) or _LABELLED_BOX.fullmatch(column)
    return Box(found[1], found[2]) if found else None


def find_field(column: str, dictionary: Mapping[str, Field]) -> Field | None:
    """Find the field behind a column, by its name or its label; a box's column has its field's."""
    box = find_box(column)
    name = box.field if box else column
    if name in dictionary:
        return dictionary[name]
    folded = fold_name(name)
    return next((one for one in dictionary.values() if fold_name(one.label) == folded), None)
