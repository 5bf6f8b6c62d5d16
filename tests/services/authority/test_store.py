"""The store: all or nothing, durable, and alike in a file, in memory and on PostgreSQL."""

from __future__ import annotations

import functools
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from desktop.services.api import Reason
from desktop.services.authority.postgres import PostgresStore
from desktop.services.authority.sqlite import SqliteStore
from desktop.services.authority.store import SCHEMA_VERSION, Store
from tests.services.authority.desk import refused
from tests.services.postgres import NEEDED, Cluster

SCHEMA = """
CREATE TABLE IF NOT EXISTS thing (name TEXT PRIMARY KEY, of TEXT REFERENCES thing DEFERRABLE INITIALLY DEFERRED);
CREATE INDEX IF NOT EXISTS i ON thing (name)
"""
WRONG = (sqlite3.IntegrityError, psycopg.IntegrityError)
HOMES = ["memory", "file", pytest.param("postgres", marks=NEEDED)]
LASTING = HOMES[1:]
#: What came with the version that is current.
UPGRADES = {SCHEMA_VERSION - 1: ("ALTER TABLE thing ADD COLUMN made REAL NOT NULL DEFAULT 0.5",)}
Opening = Callable[[], Store]


@pytest.fixture(params=HOMES)
def opening(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opening]:
    """Call it for the store, and again for what another start finds."""
    made: list[Store] = []
    home = request.param
    address = ""
    cluster: Cluster | None = request.getfixturevalue("postgres") if home == "postgres" else None
    if cluster:
        address = cluster.create()

    def opened() -> Store:
        path = None if home == "memory" else tmp_path / "a.db"
        where = functools.partial(PostgresStore, address) if cluster else functools.partial(SqliteStore, path)
        made.append(where(schemas=[SCHEMA], upgrades=UPGRADES))
        return made[-1]

    yield opened
    for store in made:
        store.close()
    if cluster:
        cluster.drop(address)


@pytest.fixture
def store(opening: Opening) -> Store:
    return opening()


def names(store: Store) -> list[str]:
    with store.read() as cx:
        return [row["name"] for row in cx.execute("SELECT name FROM thing ORDER BY name")]


def add(store: Store, name: str, of: str | None = None) -> None:
    with store.transaction() as cx:
        cx.execute("INSERT INTO thing VALUES (?, ?)", (name, of))


def add_twice(store: Store, name: str) -> None:
    with store.transaction() as cx:
        cx.execute("INSERT INTO thing (name) VALUES (?)", (name,))
        cx.execute("INSERT INTO thing (name) VALUES (?)", (name,))


@pytest.mark.parametrize("opening", LASTING, indirect=True)
def test_what_was_committed_is_there_after_reopening(opening: Opening) -> None:
    store = opening()
    add(store, "a")
    store.close()
    assert ["a"] == names(opening())


def test_a_transaction_that_raises_leaves_nothing(store: Store) -> None:
    add(store, "a")
    with pytest.raises(WRONG):
        add_twice(store, "b")
    assert ["a"] == names(store)


def test_a_transaction_within_another_is_refused(store: Store) -> None:
    with store.transaction(), pytest.raises(RuntimeError, match="already open"), store.read():
        pass
    add(store, "after")
    assert ["after"] == names(store)


def test_writing_while_reading_fails(store: Store) -> None:
    with refused(Reason.STORE_READ_ONLY), store.read() as cx:
        cx.execute("INSERT INTO thing (name) VALUES ('a')")
    assert [] == names(store)


def test_wrong_sql_is_our_own_mistake_and_not_the_disks(store: Store) -> None:
    with pytest.raises((sqlite3.OperationalError, psycopg.ProgrammingError)), store.read() as cx:
        cx.execute("SELECT * FROM nowhere")
    add(store, "after")
    assert ["after"] == names(store)


@pytest.mark.parametrize("opening", LASTING, indirect=True)
def test_a_store_of_a_newer_program_is_refused(opening: Opening) -> None:
    store = opening()
    with store.transaction() as cx:
        cx.execute("UPDATE schema_version SET version = ?", (SCHEMA_VERSION + 1,))
    store.close()
    with refused(Reason.STORE_CORRUPT, detail="schema_version"):
        opening()


@pytest.mark.parametrize("opening", LASTING, indirect=True)
def test_a_store_of_an_older_program_is_brought_up_to_date_once(opening: Opening) -> None:
    store = opening()
    add(store, "old")
    with store.transaction() as cx:
        cx.execute("UPDATE schema_version SET version = ?", (SCHEMA_VERSION - 1,))
    for _ in range(2):
        store.close()
        store = opening()
    with store.read() as cx:
        row = cx.execute("SELECT * FROM thing").fetchone()
        version = cx.execute("SELECT version FROM schema_version").fetchone()["version"]
    assert ("old", 0.5, SCHEMA_VERSION) == (row["name"], row["made"], version)


@pytest.mark.parametrize("opening", LASTING, indirect=True)
def test_one_too_old_is_refused(opening: Opening) -> None:
    store = opening()
    with store.transaction() as cx:
        cx.execute("UPDATE schema_version SET version = ?", (SCHEMA_VERSION - 2,))
    store.close()
    with refused(Reason.STORE_CORRUPT, detail="schema_version"):
        opening()


# ── Many at once ──


def test_many_threads_write_and_each_counts_on_from_the_one_before(store: Store) -> None:
    def one_more(_: int) -> None:
        with store.transaction() as cx:
            count = cx.execute("SELECT count(*) AS count FROM thing").fetchone()["count"]
            cx.execute("INSERT INTO thing (name) VALUES (?)", (f"{count:03}",))

    with ThreadPoolExecutor(16) as threads:
        assert [None] * 200 == list(threads.map(one_more, range(200)))
    assert [f"{n:03}" for n in range(200)] == names(store)


def test_one_of_many_who_raises_takes_nobody_along(store: Store) -> None:
    def work(number: int) -> bool:
        try:
            (add_twice if number % 3 == 0 else add)(store, f"{number:03}")
        except WRONG:
            return False
        return True

    with ThreadPoolExecutor(16) as threads:
        kept = list(threads.map(work, range(60)))
    assert [n % 3 != 0 for n in range(60)] == kept
    assert [f"{n:03}" for n in range(60) if n % 3] == names(store)


def test_a_commit_that_fails_is_nobodys_success(store: Store) -> None:
    """What only the commit looks at: a name that refers to nothing."""
    add(store, "before")
    with refused(Reason.INTERNAL):
        add(store, "a", of="nothing")
    add(store, "after")
    assert ["after", "before"] == names(store)


@pytest.mark.parametrize("opening", LASTING, indirect=True)
def test_who_reads_waits_for_no_writer_and_sees_nothing_unfinished(store: Store) -> None:
    add(store, "a")
    begun, seen = threading.Event(), threading.Event()

    def write() -> None:
        with store.transaction() as cx:
            cx.execute("INSERT INTO thing (name) VALUES ('b')")
            begun.set()
            seen.wait(10)

    with ThreadPoolExecutor(1) as threads:
        writing = threads.submit(write)
        begun.wait(10)
        assert ["a"] == names(store)
        seen.set()
        writing.result(10)
    assert ["a", "b"] == names(store)


@pytest.mark.parametrize("opening", LASTING, indirect=True)
def test_a_look_stays_the_same_for_its_length(store: Store) -> None:
    add(store, "a")
    with ThreadPoolExecutor(1) as threads, store.read() as cx:
        before = cx.execute("SELECT count(*) AS count FROM thing").fetchone()["count"]
        threads.submit(add, store, "b").result(10)
        after = cx.execute("SELECT count(*) AS count FROM thing").fetchone()["count"]
    assert (1, 1) == (before, after)
    assert ["a", "b"] == names(store)
