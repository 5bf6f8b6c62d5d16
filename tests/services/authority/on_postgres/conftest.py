"""The same authority on PostgreSQL, in a copy of a database for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.authority.desk import Clock, Desk, copied, make_folder
from tests.services.postgres import Cluster


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory, postgres: Cluster) -> tuple[Path, str]:
    """A data folder, and the database that its key is of."""
    folder, address = tmp_path_factory.mktemp("authority") / "template", postgres.create()
    make_folder(folder, address)
    return folder, address


@pytest.fixture
def database(postgres: Cluster, template: tuple[Path, str]) -> Iterator[str]:
    made = postgres.create(template[1])
    yield made
    postgres.drop(made)


@pytest.fixture
def folder(template: tuple[Path, str], tmp_path: Path) -> Path:
    return copied(template[0], tmp_path / "data")


@pytest.fixture
def desk(folder: Path, clock: Clock, database: str) -> Iterator[Desk]:
    made = Desk(folder, clock, database=database)
    yield made
    made.close()
