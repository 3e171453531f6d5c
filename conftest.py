"""What the examples in docstrings may use without naming a study: a trial that measured much."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from helpers.study import read_study


@pytest.fixture(scope="session", autouse=True)
def _examples(doctest_namespace: dict[str, Any]) -> None:
    doctest_namespace["read_trial"] = partial(read_study, "anakinra_iim")
