"""A server that is killed and started again on the same store and port, and what its store holds meanwhile."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

from desktop.services.authority.bank import Customers
from desktop.services.authority.books import Balance, balance
from desktop.services.authority.connection import Connection
from desktop.services.authority.local import DATABASE_NAME
from desktop.services.authority.looking import look
from desktop.services.authority.vault import Vault
from tests.services.authority.desk import WHO
from tests.services.contract.serving import Serving, serving
from tests.services.server.crowd import BANKS, Crowd


class Mortal:
    """On a data folder with a store in it; `database` where that is PostgreSQL's. `port` 0 takes a free one."""

    def __init__(self, data: Path, database: str | None = None, *, port: int = 0) -> None:
        self.data, self.database, self._words = data, database, ["--practice"]
        if database:
            self._words += ["--database", database]
        self._words += ["--port", str(port)]
        self._running = ExitStack()
        self.server = self._started()
        self._words[-1] = str(self.server.port)

    def kill(self) -> None:
        """As `kill -9` does, or a power cut where the disk keeps its word."""
        self.server.process.kill()
        self.server.process.wait()
        self._running.close()

    def start(self) -> None:
        self.server = self._started()

    def abandon(self) -> None:
        """Whatever became of it: nothing is left running."""
        self.server.process.kill()
        self._running.close()

    def close(self) -> int:
        """The exit code after SIGTERM."""
        code = self.server.stop()
        self._running.close()
        return code

    def look(self) -> AbstractContextManager[Connection]:
        return look(self.data / DATABASE_NAME, self.database)

    def books(self) -> Balance:
        with self.look() as cx:
            return balance(cx, Vault.open(self.data), BANKS, time.time)

    def _started(self) -> Serving:
        return self._running.enter_context(serving(self.data, *self._words))


#: What only ever grows, whatever dies.
GROWING = (
    "SELECT count(*) AS n FROM audit",
    "SELECT coalesce(max(given), 0) AS n FROM ca_names",
    "SELECT count(*) AS n FROM ca_certificates",
    "SELECT count(*) AS n FROM journey",
    "SELECT count(*) AS n FROM enrolment",
    "SELECT count(*) AS n FROM call",
)


def grown(cx: Connection) -> tuple[int, ...]:
    return tuple(cx.execute(query).fetchone()["n"] for query in GROWING)


def forgiven(cx: Connection, vault: Vault, crowd: Crowd) -> list[str]:
    """Counters that stand lower than the wrong tries that were answered since the last right one was sent."""
    low = []
    for (counter, whose), wrong in crowd.wrong.items():
        tries = _tries(cx, vault, counter, whose)
        if tries < wrong:
            low.append(f"{counter} of {whose}: {tries} after {wrong} wrong")
    return low


def _tries(cx: Connection, vault: Vault, counter: str, whose: str) -> int:
    match counter:
        case "account" | "card":
            customer = Customers(vault).by_rrn(cx, WHO[whose].rrn)
            query = f"SELECT tries AS n FROM {counter} WHERE bank = ? AND customer = ?"
            values: tuple[object, ...] = (WHO[whose].at[0].bank, customer)
        case "code" | "cloud":
            query = (
                "SELECT tries AS n FROM code JOIN journey ON journey.id = code.journey WHERE handle = ? AND purpose = ?"
            )
            values = (vault.digest(whose.encode(), "journey"), "phone" if counter == "code" else "cloud")
        case _:
            query, values = "SELECT wrong_pins AS n FROM cloud_credentials WHERE id = ?", (whose,)
    found: int = cx.execute(query, values).fetchone()["n"]
    return found
