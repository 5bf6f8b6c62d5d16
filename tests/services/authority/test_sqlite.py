"""The store as one SQLite file: exclusive, and in plain words about what went wrong."""

import os
import sqlite3
from pathlib import Path

import pytest

from desktop.services.api import Reason, ServiceError
from desktop.services.authority.sqlite import SqliteStore
from desktop.services.authority.troubles import storage_error
from tests.services.authority.test_store import SCHEMA, add, names


def test_a_second_program_on_the_same_folder_is_refused(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "a.db", schemas=[])
    with pytest.raises(ServiceError) as caught:
        SqliteStore(tmp_path / "a.db", schemas=[])
    assert caught.value.reason == Reason.DATA_FOLDER_IN_USE
    store.close()
    SqliteStore(tmp_path / "a.db", schemas=[]).close()


def test_a_file_that_is_no_database_is_called_corrupt_and_the_folder_let_go(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_bytes(b"not a database, " * 400)
    for _ in range(2):
        with pytest.raises(ServiceError) as caught:
            SqliteStore(tmp_path / "a.db", schemas=[])
        assert caught.value.reason == Reason.STORE_CORRUPT


def test_a_database_locked_by_another_tool_is_busy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop.services.authority.sqlite._BUSY_SECONDS", 0.05)
    store = SqliteStore(tmp_path / "a.db", schemas=[SCHEMA])
    other = sqlite3.connect(tmp_path / "a.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(ServiceError) as caught:
        add(store, "a")
    assert caught.value.reason == Reason.STORE_BUSY
    other.execute("ROLLBACK")
    other.close()
    add(store, "a")
    store.close()


def test_a_full_store_says_so_and_keeps_what_it_had(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "a.db", schemas=[SCHEMA])
    add(store, "a")
    with store.transaction() as cx:
        cx.execute("PRAGMA max_page_count = 1")
    with pytest.raises(ServiceError) as caught:
        add(store, "b" * 100_000)
    assert caught.value.reason == Reason.STORE_FULL
    assert names(store) == ["a"]
    store.close()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_says_so(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(ServiceError) as caught:
        SqliteStore(tmp_path / "a.db", schemas=[])
    assert caught.value.reason == Reason.STORE_READ_ONLY


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OSError(28, "no space"), Reason.STORE_FULL),
        (OSError(30, "read-only"), Reason.STORE_READ_ONLY),
        (OSError(5, "input/output"), Reason.STORE_CORRUPT),
    ],
)
def test_troubles_of_the_disk_have_a_reason(error: OSError, reason: Reason) -> None:
    mapped = storage_error(error)
    assert mapped is not None
    assert mapped.reason == reason


def test_a_full_disk_shows_in_the_log_too() -> None:
    error = sqlite3.OperationalError()
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR_SHMSIZE
    mapped = storage_error(error)
    assert mapped is not None
    assert mapped.reason == Reason.STORE_FULL
    assert storage_error(sqlite3.ProgrammingError("closed")) is None
