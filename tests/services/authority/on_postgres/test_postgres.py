"""The store on PostgreSQL when things go wrong: lost, stopped, full, read-only, told to forget."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from psycopg import errors

from desktop.services.api import Reason
from desktop.services.authority.connection import Connection
from desktop.services.authority.link import database_error
from desktop.services.authority.looking import look
from desktop.services.authority.postgres import PostgresStore
from tests.services.authority.desk import Desk, refused
from tests.services.authority.test_store import SCHEMA, add, names
from tests.services.postgres import NEEDED, Cluster

pytestmark = NEEDED


@pytest.fixture
def address(postgres: Cluster) -> Iterator[str]:
    made = postgres.create()
    yield made
    postgres.drop(made)


@pytest.fixture
def store(address: str) -> Iterator[PostgresStore]:
    made = PostgresStore(address, schemas=[SCHEMA])
    yield made
    made.close()


def told(address: str, statement: str) -> None:
    """By another program."""
    with psycopg.connect(address, autocommit=True) as cx:
        cx.execute(statement.encode())


def pid(cx: Connection) -> int:
    number: int = cx.execute("SELECT pg_backend_pid() AS pid").fetchone()["pid"]
    return number


# ── The way there ──


def test_a_connection_lost_in_the_middle_fails_the_work_and_not_the_next(address: str, store: PostgresStore) -> None:
    with refused(Reason.STORE_BUSY), store.transaction() as cx:
        cx.execute("INSERT INTO thing (name) VALUES ('lost')")
        told(address, f"SELECT pg_terminate_backend({pid(cx)}, 5000)")
    add(store, "kept")
    assert ["kept"] == names(store)


def test_a_connection_lost_before_the_commit_fails_everybody_in_line(address: str, store: PostgresStore) -> None:
    def first() -> None:
        with store.transaction() as cx:
            cx.execute("INSERT INTO thing (name) VALUES ('first')")
            following.append(threads.submit(add, store, "second"))
            while store._line._waiting < 1:
                continue
            told(address, f"SELECT pg_terminate_backend({pid(cx)}, 5000)")

    following: list[Future[None]] = []
    with ThreadPoolExecutor(2) as threads:
        leading = threads.submit(first)
        with refused(Reason.STORE_BUSY):
            leading.result(10)
        with refused(Reason.STORE_BUSY):
            following[0].result(10)
    assert [] == names(store)


def test_a_database_that_was_stopped_is_busy_and_found_again(
    address: str, store: PostgresStore, postgres: Cluster
) -> None:
    add(store, "before")
    assert ["before"] == names(store)
    with store.held("k"):
        postgres.stop(signal.SIGINT)
        try:
            with refused(Reason.STORE_BUSY):
                add(store, "meanwhile")
            with refused(Reason.STORE_BUSY):
                names(store)
            with refused(Reason.UNREACHABLE, detail="database"):
                PostgresStore(address, schemas=[SCHEMA])
        finally:
            postgres.start()
    assert ["before"] == names(store)
    add(store, "after")
    with store.held("k"):
        assert ["after", "before"] == names(store)


def test_a_store_that_forgets_what_it_has_answered_is_refused(address: str, postgres: Cluster) -> None:
    told(
        address,
        "DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || current_database() || ' SET synchronous_commit = off'; END $$",
    )
    with refused(Reason.STORE_CORRUPT, detail="synchronous_commit"):
        PostgresStore(address, schemas=[SCHEMA])


@pytest.mark.parametrize("address", ["no address", "postgresql://changgu@127.0.0.1:1/changgu"], indirect=False)
def test_where_no_database_is_there_is_no_store(address: str) -> None:
    with refused(Reason.UNREACHABLE, detail="database"):
        PostgresStore(address, schemas=[SCHEMA])


def test_a_database_that_only_reads_says_so(address: str, store: PostgresStore) -> None:
    with store.transaction() as cx:
        cx.execute("SET default_transaction_read_only = on")
    with refused(Reason.STORE_READ_ONLY):
        add(store, "a")


def test_what_has_failed_is_not_committed_though_somebody_goes_on(store: PostgresStore) -> None:
    def careless(cx: Connection) -> None:
        cx.execute("INSERT INTO thing (name) VALUES ('a')")
        try:
            cx.execute("SELECT * FROM nowhere")
        except psycopg.ProgrammingError:
            return

    with pytest.raises(errors.InFailedSqlTransaction), store.transaction() as cx:
        careless(cx)
    assert [] == names(store)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (errors.DiskFull(), Reason.STORE_FULL),
        (errors.TooManyConnections(), Reason.STORE_BUSY),
        (errors.LockNotAvailable(), Reason.STORE_BUSY),
        (errors.CannotConnectNow(), Reason.STORE_BUSY),
        (errors.InsufficientPrivilege(), Reason.STORE_READ_ONLY),
        (errors.IoError(), Reason.STORE_CORRUPT),
        (errors.DataCorrupted(), Reason.STORE_CORRUPT),
        (psycopg.OperationalError("server closed the connection unexpectedly"), Reason.STORE_BUSY),
        (psycopg.InterfaceError("the connection is closed"), Reason.STORE_BUSY),
        (errors.UniqueViolation(), None),
        (errors.SyntaxError(), None),
        (ValueError(), None),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_troubles_of_the_database_have_a_reason(error: Exception, reason: Reason | None) -> None:
    mapped = database_error(error)
    assert reason == (mapped.reason if mapped else None)


# ── Keys in use ──


def test_a_key_is_held_by_one_program_at_a_time(address: str, store: PostgresStore) -> None:
    other = PostgresStore(address, schemas=[SCHEMA])
    with store.held("k"):
        with refused(Reason.KEY_IN_FLIGHT), other.held("k"):
            pass
        with other.held("another"):
            pass
    with other.held("k"):
        pass
    other.close()


def test_a_key_of_a_program_that_is_gone_is_free(address: str, store: PostgresStore) -> None:
    other = PostgresStore(address, schemas=[SCHEMA])
    with other.held("k"):
        told(
            address, "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1"
        )
        with store.held("k"):
            pass
    other.close()


# ── What is there ──


def test_the_trail_cannot_be_emptied_either(desk: Desk) -> None:
    desk.open()
    with pytest.raises(psycopg.IntegrityError), desk.store.transaction() as cx:
        cx.execute("TRUNCATE audit")


def test_an_onlooker_sees_one_state_and_changes_nothing(address: str, store: PostgresStore, tmp_path: Path) -> None:
    add(store, "a")
    with look(tmp_path / "none", address) as cx:
        assert ["a"] == [row["name"] for row in cx.execute("SELECT * FROM thing")]
        add(store, "b")
        assert 1 == cx.execute("SELECT count(*) FROM thing").fetchone()[0]
    with refused(Reason.STORE_READ_ONLY), look(tmp_path / "none", address) as cx:
        cx.execute("DELETE FROM thing")
    assert ["a", "b"] == names(store)
