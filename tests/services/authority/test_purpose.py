"""A store is for practice or for real customers, from its first start on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from desktop.services.api import Reason
from desktop.services.authority import purpose
from tests.services.authority.desk import refused


@pytest.fixture
def cx() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.row_factory = sqlite3.Row
        connection.execute(purpose.SCHEMA)
        yield connection


@pytest.mark.parametrize("practice", [True, False])
def test_what_it_was_made_for_it_stays(cx: sqlite3.Connection, practice: bool) -> None:
    purpose.settle(cx, practice=practice, older=False)
    purpose.settle(cx, practice=practice, older=True)
    with refused(Reason.OTHER_PURPOSE):
        purpose.settle(cx, practice=not practice, older=True)


def test_one_from_before_this_was_written_down_is_for_practice(cx: sqlite3.Connection) -> None:
    with refused(Reason.OTHER_PURPOSE):
        purpose.settle(cx, practice=False, older=True)
    purpose.settle(cx, practice=True, older=True)
