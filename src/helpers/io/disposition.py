"""Hold the disposition against itself, the patients and the plan: what no single cell can break."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from helpers.contracts import Fault
from helpers.contracts.configuration import StudyConfig

_STAYED = ("completed", "ongoing")


def find_disposition_faults(
    disposition: pd.DataFrame, patients: pd.DataFrame, config: StudyConfig, *, file: str
) -> Iterator[Fault]:
    """List what contradicts itself in who took part until when.

    Parameters
    ----------
    disposition, patients : DataFrame
        Typed tables whose cells are inside their contracts, index = row in the file.
    config : StudyConfig
        The planned visits, and the data cut.
    file : str
        How messages name the file of the disposition.

    Yields
    ------
    Fault
        Neither status nor completed; the two disagree; a reason for stopping of somebody who did
        not stop; completed before the last visit but one; somebody ongoing without a data cut; a
        patient without a row.
    """
    if not {"status", "completed"} & set(disposition):
        mend = "add status: completed, ongoing, left or died"
        yield Fault(file, "no such column", "status, or else completed", mend, 1, "status")
        return
    if "status" not in disposition:
        status = disposition["completed"].map({True: "completed", False: "left"})
    else:
        status = disposition["status"]
        yield from _find_disagreements(disposition, file)
    yield from _find_reasons(disposition, status, file)
    yield from _find_early(disposition, status, config, file)
    if (status == "ongoing").any() and config.data_cut is None:
        mend = "say on which day the data were cut, such as data_cut: 2026-05-31"
        found = "no day, yet patients are ongoing"
        yield Fault("study.yml", found, "the day of the data cut", mend, None, "data_cut")
    for patient in patients.loc[~patients["patient_id"].isin(disposition["patient_id"])].patient_id:
        mend = "add the patient's row, or delete the table if nobody's was recorded"
        yield Fault(file, f"no row of {patient}", "one row for each of patients", mend)


def _find_disagreements(disposition: pd.DataFrame, file: str) -> Iterator[Fault]:
    if "completed" not in disposition:
        return
    for row, status, completed in disposition[["status", "completed"]].itertuples(name=None):
        if (status == "completed") != completed:
            found = f"{status}, with completed {str(bool(completed)).lower()}"
            mend = "correct the wrong one, or delete the column completed: status says it"
            yield Fault(file, found, "status and completed that agree", mend, row, "status")


def _find_reasons(disposition: pd.DataFrame, status: pd.Series, file: str) -> Iterator[Fault]:
    wrong = status.isin(_STAYED) & disposition["stop_reason"].notna()
    for row, reason in disposition.loc[wrong, ["stop_reason"]].itertuples(name=None):
        found = f"{reason}, of a patient who is {status[row]}"
        mend = "leave the cell empty, or correct the status"
        yield Fault(file, found, "a reason only of who stopped", mend, row, "stop_reason")


def _find_early(
    disposition: pd.DataFrame, status: pd.Series, config: StudyConfig, file: str
) -> Iterator[Fault]:
    """Find who is said to have completed, and not to have reached the visit before the last."""
    end = config.planned_months or config.months[-1]
    planned = [month for month in config.months if month <= end]
    if len(planned) < 2:
        return
    early = (status == "completed") & (disposition["last_month"] < planned[-2])
    for row, month in disposition.loc[early, ["last_month"]].itertuples(name=None):
        found = f"{month:g}, of a patient who completed"
        expected = f"{planned[-2]:g} or more: the planned end is month {end:g}"
        mend = "correct the month, or say that the patient left"
        yield Fault(file, found, expected, mend, row, "last_month")
