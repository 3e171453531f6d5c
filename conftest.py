"""Doctests share the studies that they read: each begins as an analyst would, and stays quick."""

from functools import cache

import pytest

import helpers.study
from helpers.study import read_study


@cache
def read_once(study, tables):
    return read_study(study, tables=tables)


def read_shared(study, *, tables=None):
    return read_once(study, None if tables is None else tuple(tables))


@pytest.fixture(autouse=True)
def share_studies(request, monkeypatch):
    if isinstance(request.node, pytest.DoctestItem):
        monkeypatch.setattr(helpers.study, "read_study", read_shared)
