"""What the examples in docstrings may use: a trial that measured much, and no study read twice."""

from __future__ import annotations

import signal
from collections.abc import Collection
from functools import cache, partial
from typing import Any

import pytest

import helpers.study
from helpers.render.ending import STOPS
from helpers.study import Study, read_study


def pytest_configure() -> None:
    """Hear what asks to end: a suite that was started with ``&`` or nohup would ignore it."""
    for number in STOPS:
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)


@cache
def _read_once(study: str, tables: tuple[str, ...] | None) -> Study:
    return read_study(study, tables=tables)


def _read_shared(study: str, *, tables: Collection[str] | None = None) -> Study:
    return _read_once(study, None if tables is None else tuple(tables))


@pytest.fixture(autouse=True)
def _examples(
    request: pytest.FixtureRequest,
    doctest_namespace: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if isinstance(request.node, pytest.DoctestItem):
        doctest_namespace["read_trial"] = partial(_read_shared, "anakinra_iim")
        monkeypatch.setattr(helpers.study, "read_study", _read_shared)
