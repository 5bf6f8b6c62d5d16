"""A server in this process, on the practice authority, and a plain client that may say anything to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.services.authority.desk import Clock, copied, make_folder
from tests.services.contract.offices import authority_on, served
from tests.services.server.raw import Counter


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def started(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("started") / "data"
    make_folder(folder)
    return folder


@pytest.fixture
async def counter(started: Path, tmp_path: Path) -> AsyncIterator[Counter]:
    clock = Clock()
    async with (
        authority_on(copied(started, tmp_path / "data"), clock) as authority,
        served(authority, authority) as door,
        Counter.at(door, clock) as counter,
    ):
        yield counter
