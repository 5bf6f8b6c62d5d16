"""The places at which the contract is tried."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from tests.services.authority.desk import Clock, copied, make_folder
from tests.services.contract.offices import Office, at_another_bank, behind_a_front, in_process, over_tls
from tests.services.contract.serving import Tls, make_tls
from tests.services.postgres import NEEDED

Opening = Callable[..., AbstractAsyncContextManager[Office]]
PLACES = [
    pytest.param(in_process, id="in process"),
    pytest.param(over_tls, id="over TLS"),
    pytest.param(at_another_bank, id="at another bank"),
    pytest.param(behind_a_front, id="behind a front"),
]
ON_POSTGRES = "over TLS on PostgreSQL"


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Tls:
    return make_tls(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="session")
def started(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with its CA and people, to be copied."""
    folder = tmp_path_factory.mktemp("started") / "data"
    make_folder(folder)
    return folder


@pytest.fixture(params=[*PLACES, pytest.param(over_tls, marks=NEEDED, id=ON_POSTGRES)])
def opening(request: pytest.FixtureRequest, tmp_path: Path, tls: Tls) -> Opening:
    """Call it for an office on the data folder of this test; a second time for the same one after a restart."""
    if ON_POSTGRES in request.node.name:
        started, kept = request.getfixturevalue("started_on_postgres")[0], request.getfixturevalue("database")
    else:
        started, kept = request.getfixturevalue("started"), None
    folder, clock = copied(started, tmp_path / "data"), Clock()

    def opened(**policies: object) -> AbstractAsyncContextManager[Office]:
        place: Callable[..., AbstractAsyncContextManager[Office]] = request.param
        return place(folder, clock, tls, database=kept, **policies)

    return opened
