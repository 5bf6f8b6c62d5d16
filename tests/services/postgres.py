"""A PostgreSQL of the tests' own: started on a socket in a folder of its own, thrown away at the end."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

_PROGRAMS = ("initdb", "postgres", "pg_basebackup")
_KEPT = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
_START_SECONDS = 30
#: However the tests end.
_ENDS_WITH_US = ["setpriv", "--pdeathsig", "QUIT", "--"] if shutil.which("setpriv") else []


def _missing() -> str | None:
    """Why there can be none here."""
    if sys.platform == "win32":
        return "the tests start PostgreSQL on a Unix socket"
    if not all(map(_program, _PROGRAMS)):
        return "PostgreSQL is not installed (apt-get install postgresql)"
    if os.geteuid() == 0 and not _account():
        return "PostgreSQL does not run as root, and there is no user postgres"
    return None


def programs() -> list[str]:
    """Folders that have them, for a PATH."""
    return [*map(str, reversed(_KEPT))]


def _program(name: str) -> str | None:
    """Debian keeps them out of the path."""
    return shutil.which(name, path=os.pathsep.join([*map(str, reversed(_KEPT)), os.environ.get("PATH", "")]))


def _account() -> dict[str, Any]:
    """Whom to start it as, for root; as whoever else is there, itself."""
    import pwd

    try:
        known = pwd.getpwnam("postgres")
    except KeyError:
        return {}
    return {"user": known.pw_uid, "group": known.pw_gid, "extra_groups": []}


@dataclass(slots=True)
class Cluster:
    """`address(name)` is of a database in it. Settings are arguments of the server."""

    folder: Path
    settings: tuple[str, ...] = ("fsync=off", "full_page_writes=off")
    _as: dict[str, Any] = field(default_factory=dict)
    _server: subprocess.Popen[bytes] | None = None
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def address(self, name: str = "postgres") -> str:
        return f"postgresql://changgu@/{name}?host={self.folder}"

    def make(self) -> None:
        self._as = _account() if os.geteuid() == 0 else {}
        self._own()
        words = ("-D", self.folder / "data", "-U", "changgu", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        subprocess.run([_program("initdb") or "", *words], check=True, capture_output=True, cwd="/", **self._as)
        self.start()

    def _own(self) -> None:
        if self._as:
            os.chown(self.folder, self._as["user"], self._as["group"])

    def start(self) -> None:
        """And waits until it answers."""
        settings = ("listen_addresses=", f"unix_socket_directories={self.folder}", "max_connections=100")
        words = [word for setting in (*settings, *self.settings) for word in ("-c", setting)]
        with (self.folder / "log").open("ab") as log:
            self._server = subprocess.Popen(
                [*_ENDS_WITH_US, _program("postgres") or "", "-D", self.folder / "data", *words],
                stdout=log,
                stderr=log,
                cwd="/",
                **self._as,
            )
        (self.folder / "log").chmod(0o644)
        timeout = f"&connect_timeout={_START_SECONDS}"
        while True:
            try:
                psycopg.connect(self.address() + timeout).close()
                return
            except psycopg.OperationalError:
                assert self._server.poll() is None, (self.folder / "log").read_text()

    def stop(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """SIGINT in order, SIGQUIT as a crash of its own."""
        if self._server is not None:
            self._server.send_signal(how)
            self._server.wait(_START_SECONDS)
            self._server = None

    def crash(self) -> None:
        """As `kill -9` does it to the postmaster; started again as soon as its children have noticed."""
        self.stop(signal.SIGKILL)
        while True:
            try:
                self.start()
                return
            except AssertionError:  # some of them hold its memory still
                self._server = None

    def copy_to(self, other: Cluster) -> None:
        """By pg_basebackup, while people write; in the other, databases have the same names."""
        other._as = self._as
        other._own()
        words = ("-D", other.folder / "data", "-d", self.address(), "--checkpoint=fast")
        subprocess.run([_program("pg_basebackup") or "", *words], check=True, capture_output=True, cwd="/", **self._as)
        other.start()

    def same(self, address: str) -> str:
        """The address here of a database that has it elsewhere."""
        return self.address(str(conninfo_to_dict(address)["dbname"]))

    def create(self, like: str = "postgresql:///template0") -> str:
        """A new database, like the one at that address, which nobody may be in; its own address."""
        name = f"changgu_{next(self._numbers)}"
        with psycopg.connect(self.address(), autocommit=True) as cx:
            cx.execute(f"CREATE DATABASE {name} TEMPLATE {conninfo_to_dict(like)['dbname']}".encode())
        return self.address(name)

    def restore(self, dump: Path, address: str) -> None:
        """What pg_dump wrote in its own format, into an empty database."""
        words = (_program("pg_restore") or "", "--no-owner", "--exit-on-error", f"--dbname={address}", dump)
        subprocess.run(words, check=True, capture_output=True)

    def drop(self, address: str) -> None:
        """Whoever is still in it."""
        with psycopg.connect(self.address(), autocommit=True) as cx:
            cx.execute(f"DROP DATABASE {conninfo_to_dict(address)['dbname']} WITH (FORCE)".encode())


NEEDED = pytest.mark.skipif(_missing() is not None, reason=_missing() or "")


@contextmanager
def nothing(*settings: str) -> Iterator[Cluster]:
    """A place for a cluster. Its folder is a short one: the path of a socket has at most 107 bytes."""
    folder = Path(tempfile.mkdtemp(prefix="changgu-pg-"))
    made = Cluster(folder, *((settings,) if settings else ()))
    try:
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder)


@contextmanager
def cluster(*settings: str) -> Iterator[Cluster]:
    """For tests that are `NEEDED`."""
    with nothing(*settings) as made:
        made.make()
        yield made
