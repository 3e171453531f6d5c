"""What a report says about its study before any table is read: a few lines of study.yml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from helpers.io.mapped import list_mapped_tables
from helpers.render.keep.settings import Settings, load_settings

if TYPE_CHECKING:
    from helpers.render.keep.cache import Cache
    from helpers.render.keep.reader import Reader

DataOrigin = Literal["published", "reconstructed", "collected"]
TABLE_SUFFIXES = frozenset({".csv", ".xlsx", ".xls", ".sav", ".xpt", ".sas7bdat"})


@dataclass(frozen=True)
class StudyCard:
    """One study as its report's first page names it.

    Attributes
    ----------
    folder : Path
        Absolute path of the study folder.
    title, short_title : str
        As study.yml gives them.
    data_origin : {"published", "reconstructed", "collected"}
        Decides the banner.
    provenance, question, citation, short_citation, source_url, licence : str
        Empty where study.yml says nothing.
    evidence : tuple of str
        Names of the figures that stay open on the study page, in order.
    tables : frozenset of str
        Names of the tables that the study measured.
    settings : Settings
        All of study.yml as this run uses it.
    data_cut : str
        Day of the data cut of a study that still runs; empty of one that has ended.
    """

    folder: Path
    title: str
    short_title: str
    data_origin: DataOrigin
    provenance: str
    question: str
    citation: str
    short_citation: str
    source_url: str
    licence: str
    evidence: tuple[str, ...]
    tables: frozenset[str]
    settings: Settings
    data_cut: str = ""

    @property
    def name(self) -> str:
        """Name of the study folder, and of the report's folder."""
        return self.folder.name

    @property
    def banner(self) -> str:
        """What every page says about the data; no parameter reaches it.

        Reconstructed data are never called a patient's, and published data name their source. A
        study that still runs is said to.
        """
        if self.data_cut:
            return f"Interim report, data cut of {self.data_cut}. {self._origin}"
        return self._origin

    @property
    def _origin(self) -> str:
        if self.data_origin == "reconstructed":
            return (
                "Reconstructed cohort: invented patients built from published aggregates, "
                "no one's data"
            )
        if self.data_origin == "published":
            source = self.short_citation or self.citation or self.provenance
            return f"Published data of individual patients: {source}"
        return "Collected data: individual patients of this study; share as its approval allows"


def read_study_card(
    folder: Path,
    overrides: Mapping[str, str] | None = None,
    *,
    reader: Reader | None = None,
    cache: Cache | None = None,
) -> StudyCard:
    """Read what a page says of a study, and the settings of this run.

    Parameters
    ----------
    folder : Path
        A study folder.
    overrides : mapping of str to str, optional
        What this run sets otherwise, by dotted path or short name.
    reader, cache : Reader, Cache, optional
        The project's files, and where settings are kept.

    Returns
    -------
    StudyCard

    Raises
    ------
    StudyDataError
        When study.yml or an override has faults.
    """
    folder = folder.resolve()
    settings = load_settings(folder, overrides, reader=reader, cache=cache)
    words = {
        key: str(settings.used.get(key) or "").strip()
        for key in (
            *("title", "short_title", "provenance", "question"),
            *("citation", "short_citation", "source_url", "licence", "data_cut"),
        )
    }
    return StudyCard(
        folder=folder,
        data_origin=settings.used["data_origin"],
        evidence=tuple(settings.used["evidence"]),
        tables=_list_tables(folder),
        settings=settings,
        **words,
    )


def find_table_file(folder: Path, table: str) -> Path | None:
    """Find the file of one table of a study, whatever its ending; None where there is none."""
    return next((path for path in _list_files(folder) if path.stem == table), None)


def _list_tables(folder: Path) -> frozenset[str]:
    return frozenset(path.stem for path in _list_files(folder)) | set(list_mapped_tables(folder))


def _list_files(folder: Path) -> list[Path]:
    beside = [folder / f"{name}.csv" for name in ("published_claims", "contradictions")]
    files = [*(folder / "tables").glob("[!.~]*"), *(path for path in beside if path.is_file())]
    return [path for path in sorted(files) if path.suffix.lower() in TABLE_SUFFIXES]
