"""What frames the answers of a chapter: summary, conclusion, limits and provenance.

All of it is put together from answers; nothing is computed or worded here a second time.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version

from IPython.display import DisplayHandle

from helpers.answers.answer import Answer
from helpers.report.pieces import Bullets, Text
from helpers.report.words import escape
from helpers.study import Study

SHOWN_VERSIONS = ("pandas", "numpy", "scipy", "statsmodels", "seaborn", "matplotlib")


class Summary:
    """The place at the top of a chapter that its answers fill at the end.

    Computing the summary at the top would contradict a cell that an analyst has edited; so the
    place is kept, and the answers that were shown fill it.
    """

    def __init__(self) -> None:
        self._handle = DisplayHandle("chapter-summary")
        self._is_shown = False

    def _ipython_display_(self) -> None:
        self._is_shown = True
        self._show("The summary appears here when the chapter has run.", first=True)

    def fill(self, *answers: Answer | str) -> None:
        """Fill the place with what each answer says of itself, in the order given.

        Parameters
        ----------
        *answers : Answer or str
            Answers of this chapter, or a sentence (HTML).

        Raises
        ------
        RuntimeError
            When the place was never shown: let ``summary`` be the last line of a cell above.
        """
        if not self._is_shown:
            raise RuntimeError("the summary has no place on the page; show it first")
        self._show(*(line for one in answers for line in _list_summary(one)), first=False)

    def _show(self, *sentences: str, first: bool) -> None:
        data, about = Bullets(sentences)._repr_mimebundle_()
        if first:
            self._handle.display(data, raw=True, metadata=about)
        else:
            self._handle.update(data, raw=True, metadata=about)


def _list_summary(answer: Answer | str) -> tuple[str, ...]:
    return (answer,) if isinstance(answer, str) else answer.summary


def conclude(*answers: Answer | str) -> Text:
    """Put together what the answers allow to conclude, a paragraph each.

    Examples
    --------
    >>> from helpers.answers import response
    >>> from helpers.answers.chapter import conclude
    >>> from helpers.study import read_study
    >>> trial = read_study("endurance_training_iim", tables=["core_set"])
    >>> text = conclude(response.share(trial))
    >>> text.kind
    'conclusion'
    """
    lines = [(a,) if isinstance(a, str) else a.conclusion for a in answers]
    return Text(tuple(line for each in lines for line in each), kind="conclusion")


def state_limits(*answers: Answer | str) -> Text:
    """Put together what the answers cannot show; what two of them say is said once.

    Examples
    --------
    >>> from helpers.answers import response
    >>> from helpers.answers.chapter import state_limits
    >>> from helpers.study import read_study
    >>> trial = read_study("endurance_training_iim", tables=["core_set"])
    >>> len(state_limits(response.responders(trial)).paragraphs) > 0
    True
    """
    lines = [(a,) if isinstance(a, str) else a.limits for a in answers]
    return Text(tuple(dict.fromkeys(line for each in lines for line in each)))


def state_provenance(study: Study, parameters: Mapping[str, object] | None = None) -> Text:
    """Say where a chapter's numbers come from: study, files, settings, parameters, software.

    Parameters
    ----------
    study : Study
        As the chapter read it.
    parameters : mapping, optional
        The chapter's own parameters and the values in force.

    Examples
    --------
    >>> from helpers.answers.chapter import state_provenance
    >>> from helpers.study import read_study
    >>> trial = read_study("endurance_training_iim", tables=["core_set"])
    >>> state_provenance(trial).kind
    'provenance'
    """
    files = "".join(
        f"<li>{escape(name)}: sha256 <code>{digest[:12]}</code></li>"
        for name, digest in study.hashes.items()
    )
    values = "".join(
        f"<li>{escape(name)} = {escape(value)}</li>" for name, value in (parameters or {}).items()
    )
    about = {"Question": study.config.question, "Source": study.config.citation}
    known = "".join(f"<p>{name}: {escape(text)}</p>" for name, text in about.items() if text)
    changed = "".join(f"<li>{escape(str(departure))}</li>" for departure in study.departures)
    versions = ", ".join(f"{package} {version(package)}" for package in SHOWN_VERSIONS)
    return Text(
        (
            f"Study {escape(study.name)} ({study.config.data_origin} data). "
            f"{escape(study.config.provenance)}</p>{known}<p>Tables read:</p><ul>{files}</ul>"
            + (f"<p>Not as planned:</p><ul>{changed}</ul>" if changed else "")
            + (f"<p>Parameters:</p><ul>{values}</ul>" if values else "")
            + f"<p>Computed with {escape(versions)}.",
        ),
        kind="provenance",
    )
