"""What tests of several services share: a token, and a person's side of a journey with all its checks done."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from desktop.services.api import Kind
from desktop.services.authority.local import LocalAuthority
from desktop.services.tokens import Tokens
from tests.services.authority.desk import QUICK, WHO, Clock, Desk, copied, epost, make_folder
from tests.services.postgres import Cluster
from tests.services.side import Run, Side, Work
from tests.services.softhsm import soft_token


@pytest.fixture(scope="session")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tokens]:
    """One for all, since a library of tokens is loaded once in a process."""
    with soft_token(tmp_path_factory.mktemp("softhsm")) as opened:
        yield opened


@pytest.fixture(scope="session")
def started_on_postgres(tmp_path_factory: pytest.TempPathFactory, postgres: Cluster) -> tuple[Path, str]:
    """A data folder with the key of a database, and the address of that, which has its CA and people."""
    folder, address = tmp_path_factory.mktemp("started") / "data", postgres.create()
    make_folder(folder, address)
    return folder, address


@pytest.fixture
def database(postgres: Cluster, started_on_postgres: tuple[Path, str]) -> Iterator[str]:
    """A copy of it."""
    made = postgres.create(started_on_postgres[1])
    yield made
    postgres.drop(made)


@pytest.fixture(scope="session")
def opened_journey(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("wallet") / "data"
    desk = Desk(folder, Clock())
    journey = desk.at(None, WHO["kim_uri"], kind=Kind.JOINT)
    desk.close()
    return folder, journey


@pytest.fixture
def run(opened_journey: tuple[Path, str], tmp_path: Path) -> Run:
    @asynccontextmanager
    async def opened(tokens: Tokens | None) -> AsyncIterator[Side]:
        folder, journey = opened_journey
        clock, data = Clock(), copied(folder, tmp_path / "data")
        authority = LocalAuthority.open(data, epost(), clock=clock, hardness=QUICK)
        try:
            yield Side(authority, journey, data, clock, tmp_path / "own", tokens)
        finally:
            await authority.aclose()

    def run(work: Work, tokens: Tokens | None = None) -> None:
        async def whole() -> None:
            async with opened(tokens) as side:
                await work(side)

        asyncio.run(whole())

    return run
