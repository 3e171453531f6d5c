"""What a runner must know of a mapping.yml: which tables it makes, and from which files.

Nothing here needs pandas; whether the mapping is right is for `helpers.intake` to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from helpers.io.bounds import LARGEST_SETTINGS
from helpers.io.files import UnreadableError, read_text
from helpers.io.plain_yaml import load_yaml

MAPPING, RAW = "mapping.yml", "raw"


def list_mapped_tables(folder: Path) -> tuple[str, ...]:
    """List the tables that a study's mapping.yml makes, in the order in which it names them.

    Parameters
    ----------
    folder : Path
        A study folder.

    Returns
    -------
    tuple of str
        Empty where there is no mapping, or none that can be read.
    """
    try:
        content, _ = load_yaml(read_text(folder / MAPPING, at_most=LARGEST_SETTINGS))
    except (UnreadableError, yaml.YAMLError, ValueError):
        return ()
    sources = content.get("sources") if isinstance(content, dict) else None
    places = [place for source in _list(sources) for place in _find_places(source)]
    constants = content.get("constants") if isinstance(content, dict) else None
    places += [str(place) for place in constants] if isinstance(constants, dict) else []
    return tuple(dict.fromkeys(place.split(".")[0] for place in places if "." in place))


def list_mapped_files(folder: Path) -> list[Path]:
    """List what the tables of a mapped study depend on: mapping.yml and the files in raw/."""
    if not (folder / MAPPING).is_file():
        return []
    raw = sorted((folder / RAW).glob("[!.~]*"))
    return [folder / MAPPING, *(path for path in raw if path.is_file())]


def _list(value: Any) -> list[Any]:  # noqa: ANN401 - whatever stands in the file
    return value if isinstance(value, list) else []


def _find_places(source: Any) -> Iterator[str]:  # noqa: ANN401
    if not isinstance(source, dict):
        return
    tests = source.get("tests")
    groups = [source.get("columns"), tests.get("rows") if isinstance(tests, dict) else None]
    for group in groups:
        for targets in group.values() if isinstance(group, dict) else ():
            for target in targets if isinstance(targets, list) else [targets]:
                place = target.get("to") if isinstance(target, dict) else target
                if isinstance(place, str):
                    yield place
