"""A study's settings as one run uses them, read through their one model and kept by what they are.

The model is the one of `helpers.contracts`; loading it takes longer than an idle run, so what it
made of a study.yml is kept.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers.render.cache import Cache
from helpers.render.keys import Fingerprint, Reader, describe_software

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
    """

    used: Mapping[str, Any]
    overrides: Mapping[str, str]
    departures: tuple[str, ...]

    @property
    def key(self) -> str:
        """All settings as one text: the same text means the same settings."""
        return json.dumps(self.used, sort_keys=True)


def load_settings(
    study: Path, overrides: Mapping[str, str], reader: Reader, cache: Cache | None = None
) -> Settings:
    """Read a study's settings, or take them from where they were kept.

    Parameters
    ----------
    study : Path
        The study folder.
    overrides : mapping of str to str
        What is set otherwise, by dotted path or short name; a value that study.yml has already is
        no override.
    reader : Reader
        The project's files.
    cache : Cache, optional
        Where settings are kept.

    Returns
    -------
    Settings

    Raises
    ------
    StudyDataError
        When study.yml or an override has faults.
    """
    key = _fingerprint(study, overrides, reader).key
    stored = cache.load("settings", key) if cache else None
    text = stored.text if stored else _read_settings(study, overrides)
    if cache and not stored:
        cache.save("settings", key, text)
    kept = json.loads(text)
    return Settings(kept["used"], kept["overrides"], tuple(kept["departures"]))


def _fingerprint(study: Path, overrides: Mapping[str, str], reader: Reader) -> Fingerprint:
    return Fingerprint(
        {
            "study.yml": reader.hash(study / "study.yml"),
            "overrides": json.dumps(dict(overrides), sort_keys=True),
            **reader.hash_modules(MODEL_MODULES),
            **describe_software(reader),
        }
    )


def _read_settings(study: Path, overrides: Mapping[str, str]) -> str:
    from helpers.contracts.faults import StudyDataError
    from helpers.contracts.overrides import list_departures, write_value
    from helpers.io.settings import read_settings

    settings, faults = read_settings(study / "study.yml", overrides)
    if settings is None:
        raise StudyDataError(study.name, faults)
    departures = list_departures(settings.planned, settings.used)
    return json.dumps(
        {
            "used": settings.used.model_dump(mode="json"),
            "overrides": {one.path: write_value(one.used) for one in departures},
            "departures": [str(one) for one in departures],
        },
        sort_keys=True,
    )
