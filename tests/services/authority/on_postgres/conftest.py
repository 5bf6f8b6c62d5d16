"""The same authority on PostgreSQL, in a copy of a database for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.authority.desk import Clock, Desk, copied


@pytest.fixture
def folder(started_on_postgres: tuple[Path, str], tmp_path: Path) -> Path:
    return copied(started_on_postgres[0], tmp_path / "data")


@pytest.fixture
def desk(folder: Path, clock: Clock, database: str) -> Iterator[Desk]:
    made = Desk(folder, clock, database=database)
    yield made
    made.close()
