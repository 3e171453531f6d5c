"""One chapter inside its notebook: what it records and what it shows.

The same calls make the page in JupyterLab, under papermill and in the study report. Everything that
is shown carries a small label in its output's metadata, by which the report finds it again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

import pandas as pd
from IPython.display import DisplayHandle, display
from matplotlib.figure import Figure

from helpers.report.figures import write_figure
from helpers.report.ledger import LEDGER_MIME, Ledger, Result
from helpers.report.tables import Format, lay_flat, write_csv, write_table
from helpers.report.words import capitalise, escape, keep_together
from helpers.stats.result import StatisticResult
from helpers.study import Study

SHOWN_VERSIONS = ("pandas", "numpy", "scipy", "statsmodels", "seaborn", "matplotlib")
ORIGIN_NOTES = {
    "published": "",
    "reconstructed": "Invented values (reconstructed cohort).",
    "collected": "",
}


def reserve_summary() -> DisplayHandle:
    """Keep the place of the computed summary at the top of a chapter, to be filled at its end.

    Returns
    -------
    DisplayHandle
        For `Chapter.summarise`.
    """
    handle = DisplayHandle("chapter-summary")
    handle.display(
        _bundle("<p>The summary appears here when the chapter has run.</p>"), **_tag("summary")
    )
    return handle


class Chapter:
    """What one notebook records and shows, bound to its study so that no origin can be hidden.

    Parameters
    ----------
    study : Study
        The study that the chapter is about.
    name : str
        Name of the notebook without its ending.

    Attributes
    ----------
    ledger : Ledger
        The numbers recorded so far.
    """

    def __init__(self, study: Study, name: str) -> None:
        self.study = study
        self.name = name
        self.ledger = Ledger(name, dict(study.hashes))

    def __getitem__(self, name: str) -> Result:
        return self.ledger[name]

    def record(self, name: str, value: Any, **about: Any) -> Result:  # noqa: ANN401
        """Record one number; see `helpers.report.ledger.Ledger.record`."""
        return self.ledger.record(name, value, **about)

    def record_statistic(
        self,
        name: str,
        statistic: StatisticResult,
        *,
        source: str | Sequence[str],
        unit: str = "",
        digits: int | None = None,
        figures: int | None = None,
    ) -> Result:
        """Record an estimate with the interval, p-value, n and method of its test.

        Parameters
        ----------
        name : str
            Name in the ledger.
        statistic : StatisticResult
            From `helpers.stats`.
        source : str or sequence of str
            Tables it was computed from.
        unit : str
            Unit of the estimate.
        digits, figures : int, optional
            Decimals, or else significant figures, that the report shows of estimate and interval.

        Returns
        -------
        Result
        """
        low, high = statistic.interval or (None, None)
        return self.record(
            name,
            statistic.estimate,
            source=source,
            unit=unit,
            n=statistic.n_used,
            low=low,
            high=high,
            p_value=statistic.p_value,
            method=statistic.method,
            reason=statistic.reason,
            digits=digits,
            figures=figures,
            coverage=statistic.interval.achieved if statistic.interval else None,
        )

    def summarise(self, place: DisplayHandle, *sentences: str) -> None:
        """Fill the place at the top with the chapter's findings, one list item each.

        Parameters
        ----------
        place : DisplayHandle
            From `reserve_summary`.
        *sentences : str
            HTML; empty ones are left out.
        """
        items = "".join(f"<li>{sentence}</li>" for sentence in sentences if sentence)
        place.update(_bundle(f'<ul class="summary">{items}</ul>'), **_tag("summary"))

    def show_text(self, *paragraphs: str) -> None:
        """Show sentences, a paragraph for each; empty ones are left out."""
        _show("".join(f"<p>{text}</p>" for text in paragraphs if text), "text")

    def show_conclusion(self, *paragraphs: str) -> None:
        """Show the chapter's conclusion."""
        _show("".join(f"<p>{text}</p>" for text in paragraphs if text), "conclusion")

    def show_methods(self, *methods: tuple[str, str]) -> None:
        """Show definitions and methods in force; the study report collects them.

        Parameters
        ----------
        *methods : (str, str)
            Name and description of each, plain text.
        """
        items = "".join(
            f"<dt>{escape(capitalise(name))}</dt><dd>{escape(text)}</dd>"
            for name, text in methods
            if text
        )
        _show(f'<dl class="methods">{items}</dl>', "methods")

    def show_figure(self, figure: Figure | None, *, name: str, caption: str, alt: str) -> None:
        """Show a figure with its caption; where there is nothing to draw, say why.

        Parameters
        ----------
        figure : Figure or None
            None when there was nothing to draw; `alt` then says why.
        name : str
            Name of the figure and its file.
        caption : str
            HTML with n, unit, interval and test.
        alt : str
            Plain words for what is seen, computed from the data; where empty and there is nothing
            to draw, nothing at all is said.
        """
        if figure is None:
            _show(f'<p class="absent">No figure: {escape(alt)}</p>' if alt else "", "text")
            return
        _take_from_pyplot(figure)
        html = write_figure(figure, name=name, caption=self._with_origin(caption), alt=alt)
        _display({"text/html": html, "text/plain": alt}, _label("figure", name))

    def show_table(
        self,
        frame: pd.DataFrame,
        *,
        name: str,
        caption: str,
        labels: Mapping[str, str] | None = None,
        formats: Mapping[str, Format] | None = None,
        digits: Mapping[str, int] | None = None,
        by: str = "",
        data: pd.DataFrame | None = None,
        empty: str = "No rows.",
    ) -> None:
        """Show a table with its caption; its data become ``tables/<name>.csv``.

        Parameters
        ----------
        frame : DataFrame
            One row per table row; the first column names the row. An index that says something
            becomes columns: see `helpers.report.tables.lay_flat`.
        name, caption, labels, formats, digits, by
            See `helpers.report.tables.write_table`.
        data : DataFrame, optional
            What the CSV file holds, where it is more than the table shows.
        empty : str
            What to say when there is no row, plain words; nothing at all is said where empty.
        """
        frame = lay_flat(frame)
        html = write_table(
            frame,
            name=name,
            caption=self._with_origin(caption),
            labels=labels,
            formats=formats,
            digits=digits,
            by=by,
        )
        if frame.empty:
            html = f'<p class="absent">{escape(empty)}</p>' if empty else ""
        csv = write_csv(frame if data is None else lay_flat(data))
        _display({"text/html": html, "text/csv": csv, "text/plain": csv}, _label("table", name))

    def close(self, **parameters: object) -> None:
        """Show where the chapter's numbers come from, and hand the ledger to the report.

        Parameters
        ----------
        **parameters
            The chapter's parameters and the values in force.
        """
        _show(_write_provenance(self.study, parameters), "provenance")
        note = f"{len(self.ledger)} results recorded"
        _display({LEDGER_MIME: self.ledger.publish(), "text/plain": note}, _label("ledger"))

    def _with_origin(self, caption: str) -> str:
        note = ORIGIN_NOTES[self.study.config.data_origin]
        bound = keep_together(caption)
        return f'{bound} <span class="origin">{escape(note)}</span>' if note else bound


def _write_provenance(study: Study, parameters: Mapping[str, object]) -> str:
    files = "".join(
        f"<li>{escape(name)}: sha256 <code>{digest[:12]}</code></li>"
        for name, digest in study.hashes.items()
    )
    values = "".join(
        f"<li>{escape(name)} = {escape(value)}</li>" for name, value in parameters.items()
    )
    about = {"Question": study.config.question, "Source": study.config.citation}
    known = "".join(f"<p>{name}: {escape(text)}</p>" for name, text in about.items() if text)
    versions = ", ".join(f"{package} {version(package)}" for package in SHOWN_VERSIONS)
    return (
        f"<p>Study {escape(study.name)} ({study.config.data_origin} data). "
        f"{escape(study.config.provenance)}</p>{known}"
        f"<p>Tables read:</p><ul>{files}</ul>"
        + (f"<p>Parameters:</p><ul>{values}</ul>" if values else "")
        + f"<p>Computed with {escape(versions)}.</p>"
    )


def _take_from_pyplot(figure: Figure) -> None:
    """Close a figure in pyplot, which would show it a second time at the end of the cell."""
    if figure.canvas.manager is not None:
        from matplotlib import pyplot

        pyplot.close(figure)


def _label(kind: str, name: str = "") -> dict[str, object]:
    return {"report": {"kind": kind, "name": name}}


def _tag(kind: str) -> dict[str, Any]:
    return {"raw": True, "metadata": _label(kind)}


def _bundle(html: str) -> dict[str, Any]:
    html = keep_together(html)
    return {"text/html": html, "text/plain": re.sub(r"<[^>]+>", " ", html).strip()}


def _show(html: str, kind: str) -> None:
    _display(_bundle(html), _label(kind))


def _display(data: dict[str, Any], metadata: dict[str, object]) -> None:
    display(data, raw=True, metadata=metadata)
