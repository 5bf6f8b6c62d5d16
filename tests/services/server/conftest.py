"""A server in this process, on the practice authority, and a plain client that may say anything to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from starlette.types import ASGIApp

from desktop.services.server.application import Served, make_application
from tests.services.authority.desk import Clock, copied, make_folder
from tests.services.contract.offices import authority_on, front_of, served
from tests.services.contract.serving import serving
from tests.services.postgres import Cluster, cluster
from tests.services.server.raw import Counter


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def started(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("started") / "data"
    make_folder(folder)
    return folder


@pytest.fixture(params=["one process", "behind a front"])
async def counter(request: pytest.FixtureRequest, started: Path, tmp_path: Path) -> AsyncIterator[Counter]:
    clock, data = Clock(), copied(started, tmp_path / "data")
    async with AsyncExitStack() as stack:
        authority = await stack.enter_async_context(authority_on(data, clock))
        made: Callable[[Served], ASGIApp] = make_application
        if request.param == "behind a front":
            made = await stack.enter_async_context(front_of(authority, data, clock))
        door = await stack.enter_async_context(served(authority, authority, made=made))
        yield await stack.enter_async_context(Counter.at(door, clock))


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that `changgu serve` has made, with its CA and its people, to be copied."""
    data = tmp_path_factory.mktemp("founded") / "data"
    with serving(data, "--practice") as server:
        server.stop()
    return data


@dataclass(frozen=True, slots=True)
class Founded:
    """A database to be copied, by its address, and the folder with its key."""

    cluster: Cluster
    template: str
    data: Path

    def create(self) -> str:
        return self.cluster.create(self.template)


@pytest.fixture(scope="session")
def founded_on_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Founded]:
    """For tests that are `NEEDED`."""
    data = tmp_path_factory.mktemp("founded-on-postgres") / "data"
    with cluster() as made:
        address = made.create()
        with serving(data, "--practice", "--database", address) as server:
            server.stop()
        yield Founded(made, address, data)
