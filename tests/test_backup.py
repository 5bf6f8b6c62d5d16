"""`changgu backup` and `rotate-key`: a store copied while it is written, restored elsewhere; keys that follow."""

from __future__ import annotations

import shutil
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from cryptography import x509

from desktop.cli import DONE, FAILED, USAGE, main
from desktop.services.authority.local import DATABASE_NAME
from desktop.services.authority.vault import KEY_NAME
from tests.services.contract.serving import Serving, serving
from tests.services.postgres import NEEDED, Cluster, cluster

OPEN = {"bank": "kb", "kind": "financial", "task": "issue"}


@pytest.fixture(scope="module")
def postgres() -> Iterator[Cluster]:
    with cluster() as made:
        yield made


@contextmanager
def load(server: Serving) -> Iterator[list[int]]:
    """Somebody opens journeys without a pause; the answers."""
    done = threading.Event()
    codes: list[int] = []

    def work() -> None:
        with httpx.Client(base_url=server.url, trust_env=False) as client:
            while not done.is_set():
                head = {"Idempotency-Key": f"load-{len(codes)}"}
                codes.append(client.post("/v1/journeys", json=OPEN, headers=head).status_code)

    working = threading.Thread(target=work)
    working.start()
    try:
        while len(codes) < 5:
            assert working.is_alive()
        yield codes
        enough = len(codes) + 5
        while len(codes) < enough:
            assert working.is_alive()
    finally:
        done.set()
        working.join()


def run(*words: str | Path) -> int:
    return main([*map(str, words), "--lang", "en"])


def test_a_copy_made_under_load_is_whole_private_and_balances_elsewhere(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    data, copy, restored = tmp_path / "data", tmp_path / "copy.db", tmp_path / "restored"
    with serving(data, "--practice") as server:
        with load(server) as codes:
            assert DONE == run("backup", "--data", data, "--to", copy)
        assert {201} >= set(codes) - {200, 429}
        assert f"It opens with {data / KEY_NAME} alone" in capsys.readouterr().out
        server.stop()
    assert (0o600, [copy]) == (stat.S_IMODE(copy.stat().st_mode), list(tmp_path.glob("copy.db*")))
    restored.mkdir(mode=0o700)
    shutil.copy(copy, restored / DATABASE_NAME)
    shutil.copy(data / KEY_NAME, restored / KEY_NAME)
    assert DONE == run("books", "--data", restored)
    with serving(restored, "--practice") as server:
        assert httpx.get(f"{server.url}/ready", trust_env=False).is_success
        assert 0 == server.stop()


def test_a_copy_is_never_written_over_another(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_text("of yesterday")
    assert USAGE == run("backup", "--data", tmp_path, "--to", tmp_path / "copy.db")
    assert USAGE == run("backup", "--data", tmp_path, "--to", tmp_path / "new.db")
    assert "There is no store here" in capsys.readouterr().err
    assert (tmp_path / "copy.db").read_text() == "of yesterday"
    assert not list(tmp_path.glob("new.db*"))


def test_a_damaged_store_is_told_and_its_copy_thrown_away(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--practice") as server:
        server.stop()
    store = tmp_path / "data" / DATABASE_NAME
    written = bytearray(store.read_bytes())
    written[4096 * 20 : 4096 * 24] = bytes(4096 * 4)
    store.write_bytes(written)
    assert FAILED == run("backup", "--data", tmp_path / "data", "--to", tmp_path / "copy.db")
    assert ("damaged" in (said := capsys.readouterr().err) or "SQLITE_CORRUPT" in said, []) == (
        True,
        list(tmp_path.glob("copy*")),
    )


@NEEDED
def test_a_postgresql_store_is_dumped_under_load_and_restored_elsewhere(postgres: Cluster, tmp_path: Path) -> None:
    database, copy = postgres.create(), tmp_path / "copy.dump"
    with serving(tmp_path / "data", "--practice", "--database", database) as server:
        with load(server):
            assert DONE == run("backup", "--data", tmp_path / "data", "--database", database, "--to", copy)
        server.stop()
    assert 0o600 == stat.S_IMODE(copy.stat().st_mode)
    other = postgres.create()
    postgres.restore(copy, other)
    assert DONE == run("books", "--data", tmp_path / "data", "--database", other)


def test_a_database_that_cannot_be_dumped_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    where = f"postgresql:///none?host={tmp_path}"
    assert FAILED == run("backup", "--database", where, "--data", tmp_path, "--to", tmp_path / "copy")
    assert ("pg_dump" in capsys.readouterr().err, []) == (True, list(tmp_path.glob("copy*")))


# ── Keys that follow each other ──


def test_a_new_key_is_added_and_the_store_still_opens(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving(data, "--practice") as server:
        assert FAILED == run("rotate-key", "--data", data)
        assert "Stop every one" in capsys.readouterr().err
        server.stop()
    assert DONE == run("rotate-key", "--data", data)
    assert "There are 2 keys" in capsys.readouterr().out
    with serving(data, "--practice") as server:
        assert httpx.get(f"{server.url}/ready", trust_env=False).is_success
        server.stop()
    assert DONE == run("books", "--data", data)


@NEEDED
def test_no_key_is_added_while_a_server_is_on_the_database(
    capsys: pytest.CaptureFixture[str], postgres: Cluster, tmp_path: Path
) -> None:
    database = postgres.create()
    with serving(tmp_path / "data", "--practice", "--database", database) as server:
        assert FAILED == run("rotate-key", "--data", tmp_path / "data", "--database", database)
        assert "Stop every one" in capsys.readouterr().err
        server.stop()
    assert DONE == run("rotate-key", "--data", tmp_path / "data", "--database", database)


def test_what_cannot_be_rotated_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert USAGE == run("rotate-key", "--data", tmp_path)
    (tmp_path / KEY_NAME).write_bytes(bytes(32))
    assert USAGE == run("rotate-key", "--data", tmp_path, "--wrap")
    assert "keys.vault" in capsys.readouterr().err


def test_the_ca_gets_a_certificate_for_the_years_to_come(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving(data, "--practice") as server:
        before = httpx.get(f"{server.url}/ca.crt", trust_env=False).content
        assert FAILED == run("renew-ca", "--data", data)
        server.stop()
    assert DONE == run("renew-ca", "--data", data)
    said = capsys.readouterr().out
    with serving(data, "--practice") as server:
        after = x509.load_der_x509_certificate(httpx.get(f"{server.url}/ca.crt", trust_env=False).content)
        server.stop()
    assert f"serial number {after.serial_number:x} and ends on {after.not_valid_after_utc:%Y-%m-%d}" in said
    assert x509.load_der_x509_certificate(before).public_key() == after.public_key()
    assert DONE == run("books", "--data", data)
