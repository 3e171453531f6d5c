"""Small studies made to be hard to tell truly: written as folders, checked, and asked."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
from tests.answers.asked import FACTORIES, has_tables, list_questions
from tests.report.cohorts import make_core_set, read_words
from tests.study_folders import write_study

from helpers.report.pieces import Figure
from helpers.study import read_study

TESTS = "patient_id,month,test,value,unit"


def name_patients(number, *, first=1):
    """Name patients P01, P02, and so on."""
    return [f"P{place:02d}" for place in range(first, first + number)]


def make_arms(**sizes):
    """Give each patient's arm from the size of each arm, in the order given."""
    arms = [arm for arm, size in sizes.items() for _ in range(size)]
    return dict(zip(name_patients(len(arms)), arms, strict=True))


def write_rows(header, rows):
    """Write a table as CSV text; None is an empty cell."""
    lines = [",".join("" if cell is None else str(cell) for cell in row) for row in rows]
    return "\n".join([header, *lines]) + "\n"


def build(
    folder: Path,
    arms: Mapping[str, str],
    *,
    months: Sequence[float] = (6.0,),
    fates: Mapping[str, Sequence[str | None]] | None = None,
    tests: Mapping[str, Sequence[float | None]] | None = None,
    tables: Mapping[str, str] | None = None,
    **settings,
):
    """Write a study and read it, which raises where `check` would name a fault.

    Parameters
    ----------
    folder : Path
        Where it is written.
    arms : mapping
        Arm of each patient.
    months : sequence
        Planned visits after baseline at month 0.
    fates : mapping, optional
        What became of each patient's core set at each visit (`tests.report.cohorts.FATES`).
    tests : mapping, optional
        Values of the test ``walk`` at baseline and each visit; None for a visit not held.
    tables : mapping, optional
        Other tables as CSV text.
    """
    names = list(dict.fromkeys(arms.values()))
    visits = [{"month": 0, "label": "Baseline"}]
    visits += [{"month": month, "label": f"Month {month:g}"} for month in months]
    made = {"patients": write_rows("patient_id,arm", arms.items())}
    if fates is not None:
        made["core_set"] = make_core_set(fates, months=months).to_csv(index=False)
    if tests is not None:
        rows = [
            (patient, month, "walk", value, "m")
            for patient, values in tests.items()
            for month, value in zip((0, *months), values, strict=True)
            if value is not None
        ]
        made["performance_tests"] = write_rows(TESTS, rows)
    chosen = {"arms": {name: name.capitalize() for name in names}, "visits": visits} | settings
    made |= dict(tables or {})
    if "disposition" in made:
        made["disposition"] = complete(made["disposition"], arms, end=max((0, *months)))
    return read_study(write_study(folder / "study", made, **chosen))


def complete(disposition, patients, *, end):
    """Add the patients without a row, as check asks for: they completed."""
    header, *rows = disposition.splitlines()
    absent = [name for name in patients if not any(row.startswith(f"{name},") for row in rows)]
    told = "completed" if "status" in header else "true"
    return write_rows(
        header, [*(row.split(",") for row in rows), *((n, end, told, None) for n in absent)]
    )


def leave(*left, completed=()):
    """Write who left: (patient, last month, reason); those completed stayed to the end."""
    rows = [(patient, month, "false", reason) for patient, month, reason in left]
    rows += [(patient, month, "true", None) for patient, month in completed]
    return write_rows("patient_id,last_month,completed,stop_reason", rows)


def say(*answers):
    """Give what a reader reads of answers: sentences, summaries, conclusions and limits."""
    texts = [
        text
        for one in answers
        for text in (one.sentence, *one.summary, *one.conclusion, *one.limits)
    ]
    return " ".join(read_words(text) for text in texts)


def find(answer, name):
    """Give one row of an answer's ledger."""
    numbers: pd.DataFrame = answer.numbers.set_index("id")
    return numbers.loc[name]


def dispose(**patients):
    """Write a disposition with a status: ``P01=("left", 2, "rash")``, ``P02=("ongoing", 4)``."""
    rows = [
        (patient, month, status, *(reason or (None,)))
        for patient, (status, month, *reason) in patients.items()
    ]
    return write_rows("patient_id,last_month,status,stop_reason", rows)


def record_events(*events):
    """Write adverse events: (patient, term, grade, serious, related, action); None is empty."""
    header = "patient_id,start_month,term,system_organ_class,ctcae_grade,serious,related,action"
    rows = [
        (patient, 1, term, "Some class", grade, *(_flag(one) for one in flags), action)
        for patient, term, grade, *flags, action in events
    ]
    return write_rows(header, rows)


def _flag(value):
    return None if value is None else str(value).lower()


def ask_everything(study):
    """Ask a study every question of every chapter for which it has the tables."""
    return {
        question: FACTORIES[question](study)
        for question in list_questions()
        if has_tables(question, study)
    }


def read_everything(answers):
    """Give all HTML that answers say: sentences, captions and tables, by question."""
    return {question: [*say_html(one), *read_pieces(one)] for question, one in answers.items()}


def say_html(answer):
    """Give an answer's sentences as HTML, each once."""
    said = (answer.sentence, *answer.summary, *answer.conclusion, *answer.limits)
    return [text for text in dict.fromkeys(said) if text]


def read_pieces(answer):
    """Give the HTML of an answer's pieces, figures not drawn but with their words."""
    texts = []
    for piece in answer.list_pieces():
        if isinstance(piece, Figure):
            texts += [piece.caption, piece.alt]
        else:
            texts.append(piece._repr_mimebundle_()[0].get("text/html", ""))
    return texts
