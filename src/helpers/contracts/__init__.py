"""What a study folder may hold, and what we say when it does not."""

from helpers.contracts.configuration import Instruments, Rules, StudyConfig, Visit
from helpers.contracts.faults import (
    Fault,
    MissingTableError,
    StudyDataError,
    describe_faults,
    keep_first,
    suggest_name,
)
from helpers.contracts.tables import CONTRACTS, table_contract

__all__ = [
    "CONTRACTS",
    "Fault",
    "Instruments",
    "MissingTableError",
    "Rules",
    "StudyConfig",
    "StudyDataError",
    "Visit",
    "describe_faults",
    "keep_first",
    "suggest_name",
    "table_contract",
]
