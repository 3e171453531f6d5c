"""What a study folder may hold, and what we say when it does not.

Each name is loaded when it is first asked for: the runner reads settings without the tables'
contracts, which bring pandas.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from helpers.contracts.configuration import Instruments, Rules, StudyConfig, Visit
    from helpers.contracts.faults import (
        Fault,
        MissingTableError,
        StudyDataError,
        UnreadTableError,
        describe_faults,
        keep_first,
        suggest_name,
    )
    from helpers.contracts.tables import CONTRACTS, table_contract

_HOMES = {
    "configuration": ("Instruments", "Rules", "StudyConfig", "Visit"),
    "faults": (
        "Fault",
        "MissingTableError",
        "StudyDataError",
        "UnreadTableError",
        "describe_faults",
        "keep_first",
        "suggest_name",
    ),
    "tables": ("CONTRACTS", "table_contract"),
}

__all__ = [
    "CONTRACTS",
    "Fault",
    "Instruments",
    "MissingTableError",
    "Rules",
    "StudyConfig",
    "StudyDataError",
    "UnreadTableError",
    "Visit",
    "describe_faults",
    "keep_first",
    "suggest_name",
    "table_contract",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - as the names' own homes have them
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"helpers.contracts.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
