"""What holds for every test: no network, no display, nothing of the person's own folders, nothing left running."""

from __future__ import annotations

import gc
import os
import sqlite3
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from tests.services.postgres import Cluster

pytest_plugins = ["pytester"]

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

#: New objects that are worth a look between two tests.
MANY = 20_000
_HERE = frozenset({"localhost", "::1", "", None})

settings.register_profile("ci", derandomize=True, deadline=None, max_examples=60, print_blob=True)
settings.register_profile(
    "soak", deadline=None, max_examples=20_000, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("ci")


class NetworkReached(BaseException):
    """A test tried to leave the machine. Not an Exception, so that no handler takes it for a bad line."""


#: The databases opened since the test began. Python warns of one left open from 3.13 on, and not in whose test it was.
_opened: list[sqlite3.Connection] = []


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    """An audit hook sees every socket and every database of the process, whichever library opens it."""
    if event == "sqlite3.connect/handle" and isinstance(arguments[0], sqlite3.Connection):
        _opened.append(arguments[0])
    if event in {"socket.connect", "socket.sendto"}:
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None  # a path: a Unix socket stays here
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    host = host.decode() if isinstance(host, bytes) else host
    if host not in _HERE and not str(host).startswith("127."):
        raise NetworkReached(f"{event} {host!r}")


sys.addaudithook(_watch)


class FakeClock:
    """Seconds that pass when a test says so. Call it for the time."""

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """For tests marked as NEEDED by tests.services.postgres."""
    from tests.services.postgres import cluster

    with cluster() as made:
        yield made


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the folders and settings of whoever runs it."""
    for name in [n for n in os.environ if n.startswith("CHANGGU_")]:
        monkeypatch.delenv(name)
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


@pytest.fixture(autouse=True)
def _nothing_left_running(request: pytest.FixtureRequest) -> Iterator[None]:
    """A thread that outlives its test, a timer that still ticks or a database left open disturbs another test later."""
    before = set(threading.enumerate())
    _opened.clear()
    yield
    for thread in set(threading.enumerate()) - before:
        thread.join(timeout=2.0)
        assert not thread.is_alive(), f"the test leaves the thread {thread.name!r} running"
    if "qapp" in request.fixturenames:
        assert [] == ticking()
    assert [] == still_open(), "the test leaves a database open"


def still_open() -> list[sqlite3.Connection]:
    """The databases opened since the test began and not closed."""
    return [database for database in _opened if _is_open(database)]


def _is_open(database: sqlite3.Connection) -> bool:
    try:
        return database.total_changes >= 0
    except sqlite3.ProgrammingError:  # what a closed one answers to everything
        return False


def ticking() -> list[str]:
    """Timers and Qt threads that still run, by their owners."""
    import shiboken6
    from PySide6.QtCore import QThread, QTimer

    return [
        f"{type(thing).__name__} of {type(thing.parent()).__name__}"
        for thing in gc.get_objects()
        if (type(thing) is QTimer and shiboken6.isValid(thing) and thing.isActive())
        or (type(thing) is QThread and shiboken6.isValid(thing) and thing.isRunning())
    ]


def pytest_collection_finish() -> None:
    """What is imported by now stays: the collector need not walk it again for each of a thousand tests."""
    gc.collect()
    gc.freeze()
    # From here on only between tests, in their own thread: a widget that another thread collects ends the run.
    gc.disable()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    if nextitem is None or nextitem.path != item.path:
        gc.collect()
    elif gc.get_count()[0] > MANY:
        gc.collect(1)
