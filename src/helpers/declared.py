"""Which tables the running chapter has declared; no other may be read, or its key would be wrong.

What a chapter declares decides whether a kept result still holds. The runner hands it to the kernel
before the first cell, so that it binds every way in which a cell can read a study: a name typed by
hand, a call without ``tables=``, a module beside the notebook. Without a runner nothing is kept,
and nothing is forbidden.
"""

from __future__ import annotations

import os
from collections.abc import Collection

VARIABLE = "MYOSITIS_REPORT_TABLES"


def write_declaration(tables: Collection[str]) -> str:
    """Give the line of Python that declares tables in a process, and leaves no name behind.

    >>> write_declaration(["patients", "labs"])
    "__import__('os').environ['MYOSITIS_REPORT_TABLES'] = 'labs patients'"
    """
    return f"__import__('os').environ[{VARIABLE!r}] = {' '.join(sorted(tables))!r}"


def list_undeclared(tables: Collection[str]) -> tuple[str, ...]:
    """List the tables that the running chapter did not declare; none where no runner runs it."""
    declared = os.environ.get(VARIABLE)
    return () if declared is None else tuple(sorted(set(tables) - set(declared.split())))
