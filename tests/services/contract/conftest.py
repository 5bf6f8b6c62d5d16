"""The places at which the contract is tried."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from tests.services.authority.desk import Clock, copied, make_folder
from tests.services.contract.offices import Office, at_another_bank, in_process, over_tls
from tests.services.contract.serving import Tls, make_tls

Opening = Callable[..., AbstractAsyncContextManager[Office]]


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


@pytest.fixture(params=[in_process, over_tls, at_another_bank], ids=["in process", "over TLS", "at another bank"])
def opening(request: pytest.FixtureRequest, started: Path, tmp_path: Path, tls: Tls) -> Opening:
    """Call it for an office on the data folder of this test; a second time for the same one after a restart."""
    folder, clock = copied(started, tmp_path / "data"), Clock()

    def opened(**policies: object) -> AbstractAsyncContextManager[Office]:
        place: Callable[..., AbstractAsyncContextManager[Office]] = request.param
        return place(folder, clock, tls, **policies)

    return opened
