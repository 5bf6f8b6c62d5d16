"""A desk with a bank's own services, on a folder made once for all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.authority.desk import Clock, copied
from tests.services.hooks.desk import BankDesk


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bank") / "template"
    BankDesk(folder, Clock()).close()
    return folder


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def folder(template: Path, tmp_path: Path) -> Path:
    return copied(template, tmp_path / "data")


@pytest.fixture
def desk(folder: Path, clock: Clock) -> Iterator[BankDesk]:
    made = BankDesk(folder, clock)
    yield made
    made.close()


@pytest.fixture
def outside(folder: Path, clock: Clock) -> Iterator[BankDesk]:
    """With a CA of the bank's own. Its clock is this machine's, since that CA's certificates begin today."""
    made = BankDesk(folder, clock, outside=True)
    yield made
    made.close()
