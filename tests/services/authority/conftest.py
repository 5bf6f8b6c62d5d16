"""Fixtures of the authority: a folder made once, copied for each test, with a clock to move."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.authority.desk import Clock, Desk, copied, make_folder


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("authority") / "template"
    make_folder(folder)
    return folder


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def folder(template: Path, tmp_path: Path) -> Path:
    return copied(template, tmp_path / "data")


@pytest.fixture
def desk(folder: Path, clock: Clock) -> Iterator[Desk]:
    made = Desk(folder, clock)
    yield made
    made.close()
