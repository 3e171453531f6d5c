"""Where a report may be made, and what it may take the place of: never what is not a report."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from helpers.render.places import Places
from helpers.render.publish.manifest import MANIFEST, list_strangers, read_manifest
from helpers.render.publish.partial import is_partial, name_partial

KEPT = (
    "data",
    "notebooks",
    "src",
    "tests",
    "docs",
    "benchmarks",
    ".git",
    ".github",
    ".venv",
    ".cache",
)
"""Folders of a project that hold what people wrote, or what the program needs to run."""

CACHE = ".cache"
SETTINGS = "study.yml"
TREASURES = (SETTINGS, ".git")
"""What tells a study or a repository: a folder that holds one, however deep, is never removed."""

ENGINE = Path(__file__).resolve().parents[4]

PAGE_MARK = '<meta name="generator" content="myositis-study-report: overview">'
"""Tells the page over a batch from a page that somebody else wrote."""
LOOKS = 10
"""How often a folder is looked at again, because another run put its report there meanwhile."""
PAGE_HEAD = 2_000
"""Characters of a page among which its mark stands."""

ELSEWHERE = "a folder for reports apart from studies and from the project's own folders"
REPLACED = "no folder of this name, an empty one, or a report that this program made"

_Mark = str | tuple[int, int]
"""What two names of one folder have in common: their path but for case, or device and number."""


class TargetError(ValueError):
    """Raised when a report would be made where it may not be; names every such place."""


@dataclass(frozen=True)
class _Ground:
    """What no report may touch.

    Attributes
    ----------
    kept : mapping
        By mark, folders that a report may neither be nor lie in.
    above : mapping
        By mark, folders that a report may not be, because they are kept or hold what is.
    """

    kept: dict[_Mark, str] = field(default_factory=dict)
    above: dict[_Mark, str] = field(default_factory=dict)

    def keep(self, folder: Path, words: str) -> None:
        """Let no report be this folder, lie in it or hold it."""
        self.kept.update(dict.fromkeys(_list_marks(_resolve(folder)), words))
        self.spare(folder, words)

    def spare(self, folder: Path, words: str) -> None:
        """Let no report be this folder or hold it."""
        place = _resolve(folder)
        for one in (place, *place.parents):
            for mark in _list_marks(one):
                self.above.setdefault(mark, f"{words}, {place}")


def check_targets(
    names: Sequence[str],
    places: Places,
    studies: Iterable[Path],
    *,
    page: bool = False,
    file_by_file: bool = False,
) -> None:
    """See whether reports may be made, before anything is run; nothing is written.

    Parameters
    ----------
    names : sequence of str
        Names of the reports.
    places : Places
        The project's folders.
    studies : iterable of Path
        Folders of the studies.
    page : bool
        Whether a page over all reports is written too.
    file_by_file : bool
        Whether reports are brought there as to an address: see `find_content_obstacle`.

    Raises
    ------
    TargetError
        Naming every place where a report may not be made, what was found there and what to do.
    """
    ground = _survey(places, studies)
    if misplaced := _find_misplacement(places.reports, ground):
        raise TargetError(misplaced)
    targets = [places.reports / name for name in names]
    found = [_find_obstacle(target, ground, file_by_file=file_by_file) for target in targets]
    found += [find_content_obstacle(f) for f in map(name_partial, targets) if is_partial(f)]
    found += _list_clashes(names, places.reports)
    if page:
        found.append(find_page_obstacle(places.reports / "index.html"))
    if any(found):
        raise TargetError("\n".join(obstacle for obstacle in found if obstacle))


def find_target_obstacle(target: Path, places: Places, studies: Iterable[Path]) -> str:
    """Say why a report may not be made in a folder, nor put in the place of what is there.

    Parameters
    ----------
    target : Path
        Folder of the report; need not exist.
    places : Places
        The project's folders.
    studies : iterable of Path
        Folders of the studies of this run.

    Returns
    -------
    str
        Where, what was found, what was expected and how to mend it; empty when it may.
    """
    return _find_obstacle(target, _survey(places, studies))


def find_content_obstacle(target: Path, *, file_by_file: bool = False) -> str:
    """Say why what is in a folder may not be replaced or removed.

    Parameters
    ----------
    target : Path
        Folder of a report; need not exist.
    file_by_file : bool
        Whether only files that its manifest lists are replaced, as at an address, where a report
        may have been left unfinished; else the folder is replaced, and all in it must be ours.

    Returns
    -------
    str
        Empty when nothing is there, an empty folder, or a report with our manifest.
    """
    for _ in range(LOOKS):
        before = _identify(target)
        told = _look_into(target, file_by_file=file_by_file)
        if not told or _identify(target) == before:
            break
    return told


def find_page_obstacle(page: Path) -> str:
    """Say why the page over all reports may not be written.

    Parameters
    ----------
    page : Path
        ``reports/index.html``; need not exist.

    Returns
    -------
    str
        Empty when nothing is there, or a page that a batch wrote.
    """
    if not os.path.lexists(page):
        return ""
    with suppress(OSError, UnicodeDecodeError):
        if page.is_file() and not page.is_symlink():
            with page.open(encoding="utf-8") as file:
                if PAGE_MARK in file.read(PAGE_HEAD):
                    return ""
    mend = "move it away, or choose another folder with --reports"
    return _describe(page, "what no batch wrote", "no page, or the page over a batch", mend)


def _survey(places: Places, studies: Iterable[Path]) -> _Ground:
    ground = _Ground()
    ground.spare(Path(places.reports.anchor), "the root of the disk")
    ground.spare(Path(os.path.expanduser("~")), "the home folder")
    for root in dict.fromkeys((_resolve(places.root), ENGINE)):
        for name in KEPT:
            if name != CACHE or not places.address:  # what goes to an address is built in there
                ground.keep(root / name, f"{name} of the project")
        ground.spare(root, "the project")
    for folder in (places.data, places.notebooks):
        ground.keep(folder, f"{folder.name} of the project")
    for study in studies:
        ground.keep(study, "a study")
    return ground


def _identify(target: Path) -> tuple[int, int] | None:
    try:
        status = target.lstat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _look_into(target: Path, *, file_by_file: bool) -> str:
    if not os.path.lexists(target):
        return ""
    if target.is_symlink():
        mend = "delete the link, or give the folder that it leads to with --reports"
        return _describe(target, f"a link to {os.readlink(target)}", REPLACED, mend)
    mend = "move it away, or choose another folder with --reports"
    if not target.is_dir():
        return _describe(target, "a file", REPLACED, mend)
    try:
        names = sorted(os.listdir(target))
        if not names:
            return ""
        manifest = read_manifest(target, unfinished=file_by_file)
        if manifest is None:
            found = f"a folder without a report's {MANIFEST}, holding {_shorten(names)}"
            return _describe(target, found, REPLACED, mend)
        kept = [] if file_by_file else list_strangers(target, manifest.outputs)
        kept = kept or list(_list_treasures(target))
    except OSError as error:
        return _describe(target, f"what cannot be read ({error})", REPLACED, mend)
    mend = "move these out of the report, or choose another folder with --reports"
    found = f"a report that holds what no run made: {_shorten(kept)}"
    return _describe(target, found, REPLACED, mend) if kept else ""


def _find_obstacle(target: Path, ground: _Ground, *, file_by_file: bool = False) -> str:
    misplaced = _find_misplacement(target, ground)
    return misplaced or find_content_obstacle(target, file_by_file=file_by_file)


def _find_misplacement(folder: Path, ground: _Ground) -> str:
    """Say why a folder is the wrong place for a report, whatever is in it."""
    mend = "choose another folder: --reports FOLDER"
    if not folder.name and folder != Path(folder.anchor):
        return _describe(folder, "no name", "a name for the report", mend)
    place = _resolve(folder.parent) / folder.name
    for one in (place, *place.parents):
        for words in _look_up(one, ground.kept):
            how = "is" if one == place else "lies in"
            return _describe(folder, f"it {how} {words} ({one})", ELSEWHERE, mend)
        if os.path.lexists(one / SETTINGS):
            return _describe(folder, f"it is or lies in a study ({one})", ELSEWHERE, mend)
        if one.name.endswith(":") and not os.path.lexists(one):  # file:/x, a::file:///x
            words = "what reads like an address and is none"
            return _describe(folder, words, "a folder, or an address: s3://bucket/reports", mend)
        if one != place and _is_report(one):
            return _describe(folder, f"it lies in a report ({one})", ELSEWHERE, mend)
        if os.path.lexists(one) and not os.path.isdir(one) and not one.is_symlink():
            return _describe(folder, f"{one} is a file", "a folder", mend)
    for words in _look_up(place, ground.above):
        return _describe(folder, f"it is or holds {words}", ELSEWHERE, mend)
    return _find_fault(place, folder, mend)


def _find_fault(place: Path, folder: Path, mend: str) -> str:
    """Say why the system cannot have a folder of this name."""
    try:
        place.lstat()
    except FileNotFoundError:
        return ""
    except OSError as error:
        return _describe(folder, error.strerror or str(error), "a folder", mend)
    return ""


def _list_clashes(names: Sequence[str], reports: Path) -> list[str]:
    """Find reports that would share a folder where capital letters make no difference."""
    first: dict[str, str] = {}
    clashes = []
    for name in names:
        other = first.setdefault(name.casefold(), name)
        if other != name:
            found = f"another report named {other}"
            expected = "names that differ by more than capital letters"
            clashes.append(_describe(reports / name, found, expected, "change one of the names"))
    return clashes


def _list_marks(place: Path) -> list[_Mark]:
    """Give what this folder has in common with every other name of it."""
    marks: list[_Mark] = [str(place).casefold()]
    with suppress(OSError):
        status = place.stat()
        if status.st_ino:
            marks.append((status.st_dev, status.st_ino))
    return marks


def _look_up(place: Path, known: Mapping[_Mark, str]) -> list[str]:
    return [known[mark] for mark in _list_marks(place) if mark in known]


def _is_report(folder: Path) -> bool:
    with suppress(OSError):
        return read_manifest(folder, unfinished=True) is not None
    return False


def _list_treasures(folder: Path) -> Iterator[str]:
    """Find studies and repositories that somebody has put into a report, whatever it lists."""
    for place, folders, files in os.walk(folder):
        where = Path(place).relative_to(folder)
        yield from ((where / n).as_posix() for n in (*folders, *files) if n in TREASURES)


def _resolve(path: Path) -> Path:
    """Give the path without links and ``..``; a circle of links does not stop it."""
    return Path(os.path.realpath(path))


def _shorten(names: Sequence[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more


def _describe(place: Path, found: str, expected: str, mend: str) -> str:
    return (
        f"{place}: no report is made here\n"
        f"     found:    {found}\n"
        f"     expected: {expected}\n"
        f"     to mend:  {mend}"
    )
