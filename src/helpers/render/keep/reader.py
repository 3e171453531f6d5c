"""The project's files as one run sees them: each hashed once, with what it imports."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

from helpers.io.hashes import hash_file
from helpers.render.keep.cache import open_cache
from helpers.render.keep.imports import Modules

IMPORTS = "modules"
ABSENT = "absent"


@dataclass
class Reader:
    """Hashes and imports of files, each file read once: one run sees one state of the project.

    Attributes
    ----------
    root : Path
        The project's folder, which holds the lock.
    """

    root: Path
    _hashes: dict[Path, str] = field(default_factory=dict, repr=False)

    @cached_property
    def _modules(self) -> Modules:
        return Modules(self.hash, _load_imports(self.root))

    def hash(self, path: Path) -> str:
        """Give a file's sha256, or say that there is none."""
        if path not in self._hashes:
            self._hashes[path] = hash_file(path) if path.is_file() else ABSENT
        return self._hashes[path]

    def hash_modules(self, names: Iterable[str], *, with_data: bool = True) -> dict[str, str]:
        """Hash our own files behind imported modules, and behind what those import.

        Parameters
        ----------
        names : iterable of str
            Dotted names, ``helpers.derive.laboratory.ihc``; names of other packages are left out.
        with_data : bool
            Hash the files beside the modules too, which they may read.

        Returns
        -------
        dict of str to str
            sha256 by path, ``helpers/derive/laboratory/ihc.py``.
        """
        modules = self._modules
        before = len(modules.known)
        files = modules.list_files(names, with_data=with_data)
        if len(modules.known) > before:
            open_cache(self.root).save("imports", IMPORTS, json.dumps(modules.known))
        return {name: self.hash(path) for name, path in files.items()}


@cache
def _load_imports(root: Path) -> dict[str, list[str]]:
    """Give what earlier runs found out of which file imports what, one record for a process."""
    stored = open_cache(root).load("imports", IMPORTS)
    known: dict[str, list[str]] = json.loads(stored.text) if stored else {}
    return known
