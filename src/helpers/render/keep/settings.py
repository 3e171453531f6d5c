"""A study's settings as one run uses them, read through their one model and kept by what they are.

The model is that of `helpers.contracts`; loading it takes longer than an idle run, so what it made
of a study.yml is kept.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.io.hashes import hash_file, hash_text

if TYPE_CHECKING:
    from helpers.render.keep.cache import Cache
    from helpers.render.keep.reader import Reader

SETTINGS_FILE = "study.yml"

MODEL_MODULES = ("helpers.io.settings",)
"""What reads a study.yml; with what it imports, it decides what the settings come out as."""


@dataclass(frozen=True)
class Settings:
    """The settings of a study in one run.

    Attributes
    ----------
    used : mapping
        Every key of study.yml with its value in this run, defaults filled in.
    overrides : mapping of str to str
        What this run sets otherwise than study.yml, by dotted path.
    departures : tuple of str
        The same in words, for the reader of the report.
    file : str
        sha256 of the study.yml that they were read from.
    """

    used: Mapping[str, Any]
    overrides: Mapping[str, str]
    departures: tuple[str, ...]
    file: str

    @property
    def key(self) -> str:
        """All settings as one text: the same text means the same settings."""
        return json.dumps(self.used, sort_keys=True)

    def is_moved(self, file: str) -> bool:
        """Tell whether study.yml, by its sha256 now, is another than these were read from."""
        return file != self.file


def load_settings(
    study: Path,
    overrides: Mapping[str, str] | None = None,
    *,
    reader: Reader | None = None,
    cache: Cache | None = None,
) -> Settings:
    """Read a study's settings, or take them from where they were kept.

    Parameters
    ----------
    study : Path
        The study folder.
    overrides : mapping of str to str, optional
        What is set otherwise, by dotted path or short name; a value that study.yml has already is
        no override.
    reader, cache : Reader, Cache, optional
        The project's files, and where settings are kept; both or none.

    Returns
    -------
    Settings

    Raises
    ------
    StudyDataError
        When study.yml or an override has faults.
    """
    overrides = overrides or {}
    if reader is None or cache is None:
        return _unpack(_read_settings(study, overrides))
    key = _name_key(study, overrides, reader)
    stored = cache.load("settings", key)
    if stored:
        return _unpack(stored.text)
    text = _read_settings(study, overrides)
    cache.save("settings", key, text)
    return _unpack(text)


def _name_key(study: Path, overrides: Mapping[str, str], reader: Reader) -> str:
    parts = {
        SETTINGS_FILE: reader.hash(study / SETTINGS_FILE),
        "overrides": dict(overrides),
        "model": reader.hash_modules(MODEL_MODULES),
        "lock": reader.hash(reader.root / "requirements.lock"),
    }
    return hash_text(json.dumps(parts, sort_keys=True))


def _unpack(text: str) -> Settings:
    kept = json.loads(text)
    return Settings(kept["used"], kept["overrides"], tuple(kept["departures"]), kept["file"])


def _read_settings(study: Path, overrides: Mapping[str, str]) -> str:
    from helpers.contracts.faults import StudyDataError
    from helpers.contracts.overrides import list_departures, write_value
    from helpers.io.settings import read_settings

    path = study / SETTINGS_FILE
    settings, faults = read_settings(path, overrides)
    if settings is None:
        raise StudyDataError(study.name, faults)
    departures = list_departures(settings.planned, settings.used)
    return json.dumps(
        {
            "used": settings.used.model_dump(mode="json"),
            "overrides": {one.path: write_value(one.used) for one in departures},
            "departures": [str(one) for one in departures],
            "file": hash_file(path),
        },
        sort_keys=True,
    )
