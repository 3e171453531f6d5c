"""What a report says about its study before any table is read: a few lines of study.yml."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast, get_args

import yaml

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
    tables : frozenset of str
        Names of the tables that the study measured.
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
    tables: frozenset[str]

    @property
    def name(self) -> str:
        """Name of the study folder, and of the report's folder."""
        return self.folder.name

    @property
    def banner(self) -> str:
        """What every page says about the data; no parameter reaches it.

        Reconstructed data are never called a patient's, and published data name their source.
        """
        if self.data_origin == "reconstructed":
            return (
                "Reconstructed cohort: invented patients built from published aggregates, "
                "no one's data"
            )
        if self.data_origin == "published":
            source = self.short_citation or self.citation or self.provenance
            return f"Published data of individual patients: {source}"
        return "Collected data: individual patients of this study; share as its approval allows"


def read_study_card(folder: Path) -> StudyCard:
    """Read the lines of study.yml that a page shows.

    Parameters
    ----------
    folder : Path
        A study folder.

    Returns
    -------
    StudyCard

    Raises
    ------
    ValueError
        When study.yml is absent, is no mapping, or lacks a title or a known data_origin.
    """
    path = folder.resolve() / "study.yml"
    try:
        settings = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise ValueError(f"{folder}: expected a readable study.yml, found: {error}") from error
    if not isinstance(settings, dict) or not settings.get("title"):
        raise ValueError(f"{path}: expected keys with values, among them title; found none")
    origin = settings.get("data_origin")
    if origin not in get_args(DataOrigin):
        known = ", ".join(get_args(DataOrigin))
        raise ValueError(f"{path}: data_origin: expected one of {known}; found {origin!r}")
    words = {
        key: str(settings.get(key) or "").strip()
        for key in (
            *("title", "provenance", "question"),
            *("citation", "short_citation", "source_url", "licence"),
        )
    }
    short = str(settings.get("short_title") or words["title"])
    return StudyCard(
        folder=path.parent,
        short_title=short,
        data_origin=cast(DataOrigin, origin),
        tables=_list_tables(path.parent),
        **words,
    )


def _list_tables(folder: Path) -> frozenset[str]:
    beside = [folder / f"{name}.csv" for name in ("published_claims", "contradictions")]
    files = [*(folder / "tables").glob("[!.~]*"), *(path for path in beside if path.is_file())]
    return frozenset(path.stem for path in files if path.suffix.lower() in TABLE_SUFFIXES)
