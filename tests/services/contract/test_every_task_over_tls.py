"""Every task of every bank by `changgu issue` at a `changgu serve` over TLS, each on a machine of its own.

What a journey leaves, the next one of the same person finds: so what ends a certificate comes last, and at a second
server, because a token shows no new number before half a minute has passed.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from desktop.config import Settings
from desktop.headless import DONE, run_issue
from desktop.services.api import Kind, Task
from desktop.services.authority.local import DATABASE_NAME
from desktop.services.authority.looking import look
from desktop.shipped import shipped
from tests.services.contract.serving import Serving, Tls, make_tls, serving
from tests.services.postgres import NEEDED, Cluster
from tests.test_every_task import LEFT, OFFERED, openssl_agrees

#: The order in which nobody needs what another task has ended.
ORDER = (
    *(Task.ISSUE, Task.DEVICES, Task.PIN, Task.REGISTER, Task.REISSUE, Task.RENEW),
    *(Task.RESUME, Task.SUSPEND, Task.LOSS, Task.REVOKE),
)
INTENDED = sorted(OFFERED, key=lambda offered: ORDER.index(offered[2]))


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Tls:
    return make_tls(tmp_path_factory.mktemp("tls"))


@dataclass(frozen=True, slots=True)
class Server:
    """`database`: where it keeps what it keeps, if that is not its data folder."""

    running: Serving
    data: Path
    database: str | None

    def known(self) -> dict[str, tuple[str, int]]:
        """Status and expiry of every certificate, by serial."""
        with look(self.data / DATABASE_NAME, self.database) as cx:
            rows = cx.execute("SELECT serial, status, not_after FROM ca_certificates").fetchall()
        return {row["serial"]: (row["status"], row["not_after"]) for row in rows}


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=NEEDED)])
def servers(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, tls: Tls
) -> Iterator[Callable[[Task], Server]]:
    """The one for a task, started when it is first needed."""
    cluster: Cluster | None = request.getfixturevalue("postgres") if request.param == "postgres" else None
    with ExitStack() as stack:

        @functools.cache
        def started(name: str) -> Server:
            data, database = tmp_path_factory.mktemp(name) / "data", cluster.create() if cluster else None
            words = ("--database", database) if database else ()
            return Server(stack.enter_context(serving(data, "--practice", *words, tls=tls)), data, database)

        yield lambda task: started("second" if task is Task.REVOKE else "first")


@pytest.mark.parametrize(("bank", "kind", "task"), INTENDED, ids=str)
def test_every_task_of_every_bank_runs_to_its_end_at_a_server(
    bank: str,
    kind: Kind,
    task: Task,
    servers: Callable[[Task], Server],
    tls: Tls,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    server = servers(task)
    settings = Settings(data=tmp_path / "data", language="ko", backend=server.running.url, backend_ca=tls.roots)
    out, answers = tmp_path / "out", shipped("practice", f"{bank}-{kind}-{task}.toml")
    assert DONE == run_issue(settings, bank=bank, kind=kind, task=task, answers=answers, out=out, as_json=True)
    answer = json.loads(capsys.readouterr().out)
    assert ("done", bank, kind, task) == tuple(answer[name] for name in ("outcome", "bank", "kind", "task"))
    known = server.known()
    assert LEFT.get(task, "good") == known[answer["serial"]][0]
    assert datetime.fromisoformat(answer["not_after"]).timestamp() == known[answer["serial"]][1]
    openssl_agrees(out, task)
