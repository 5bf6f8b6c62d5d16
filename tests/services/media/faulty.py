"""A disk whose n-th system call fails, or in which the machine dies; and the five things done to a medium."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from desktop.services.media.disk import Disk
from desktop.services.media.recover import Outcome
from desktop.services.media.write import copy, put, remove, replace_files


class Killed(BaseException):
    """The machine died. Not an Exception, so that no handler of a failure runs."""


class FaultyDisk(Disk):
    """The call of number `at` (1-based; 0 counts only) fails with `error`, or kills where that is None.

    With `after`, it has done its work by then (a write: half of it). `swaps`: whether folders can be exchanged.
    """

    def __init__(self, at: int = 0, *, error: int | None = None, after: bool = False, swaps: bool = True) -> None:
        self.at, self.error, self.after, self.swaps = at, error, after, swaps
        self.calls: list[str] = []
        self._handles: set[int] = set()
        self._dead = False

    def open(self, path: Path, flags: int, mode: int = 0o600) -> int:
        handle = self._do("open", super().open, path, flags, mode)
        self._handles.add(handle)
        return int(handle)

    def write(self, handle: int, data: bytes) -> int:
        if self.after and len(self.calls) + 1 == self.at:
            data = data[: len(data) // 2]
        return int(self._do("write", super().write, handle, data))

    def read(self, handle: int, size: int) -> bytes:
        return bytes(self._do("read", super().read, handle, size))

    def flush(self, handle: int) -> None:
        self._do("flush", lambda: None)  # what a test's own disk keeps needs no waiting for

    def forget(self, handle: int) -> None:
        self._do("forget", lambda: None)

    def lock(self, handle: int) -> None:
        self._do("lock", super().lock, handle)

    def close(self, handle: int) -> None:
        try:
            self._do("close", lambda: None)
        finally:
            if handle in self._handles:
                self._handles.discard(handle)
                super().close(handle)

    def mkdir(self, path: Path) -> None:
        self._do("mkdir", super().mkdir, path)

    def rename(self, old: Path, new: Path) -> None:
        self._do("rename", super().rename, old, new)

    def swap(self, one: Path, other: Path) -> None:
        if not self.swaps:
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        self._do("swap", super().swap, one, other)

    def unlink(self, path: Path) -> None:
        self._do("unlink", super().unlink, path)

    def rmdir(self, path: Path) -> None:
        self._do("rmdir", super().rmdir, path)

    def names(self, folder: Path) -> list[str]:
        return list(self._do("names", super().names, folder))

    def stat(self, path: Path) -> os.stat_result:
        result: os.stat_result = self._do("stat", super().stat, path)
        return result

    def _do(self, name: str, call: Callable[..., Any], *arguments: object) -> Any:
        if self._dead:
            raise Killed(name)
        self.calls.append(name)
        mine = len(self.calls) == self.at
        if mine and not self.after:
            self._strike(name)
        try:
            result = call(*arguments)
        except OSError:
            if mine:
                self._strike(name)
            raise
        if mine:
            if name == "open":
                os.close(result)
            self._strike(name)
        return result

    def _strike(self, name: str) -> None:
        if self.error is not None:
            raise OSError(self.error, os.strerror(self.error))
        self._dead = True
        for handle in self._handles:  # as the system does for a process that died
            super().close(handle)
        self._handles.clear()
        raise Killed(name)


CERTIFICATES = PurePosixPath("NPKI/yessign/USER")
FOLDER = CERTIFICATES / "cn=김창구()008104120261122900000001,ou=KDB,ou=personal4IB,o=yessign,c=kr"
OTHER = CERTIFICATES / "cn=another,ou=KDB,ou=personal4IB,o=yessign,c=kr"
#: A certificate and its key go together when they begin alike.
OLD = {"signCert.der": b"old certificate" * 90, "signPri.key": b"old key" * 180, "kmCert.der": b"old km" * 9}
NEW = {"signCert.der": b"new certificate" * 80, "signPri.key": b"new key" * 170}
KEY = {"signPri.key": b"old key, new password" * 60}
NOTE = {"메모.txt": b"a note of the person"}

State = dict[str, bytes]


def write_plainly(root: Path, folder: PurePosixPath, files: State) -> None:
    (root / folder).mkdir(parents=True)
    for name, data in files.items():
        (root / folder / name).write_bytes(data)


def state(root: Path) -> State:
    """Every file below the root by its path."""
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def at(folder: PurePosixPath, files: State) -> State:
    return {f"{folder.as_posix()}/{name}": data for name, data in files.items()}


@dataclass(frozen=True, slots=True)
class Case:
    """Something done to a medium: what is there before, what after, and what a look says when it was cut short."""

    name: str
    prepare: Callable[[Path], None]
    act: Callable[[Path, Disk], object]
    before: State
    after: State
    done: Outcome = Outcome.NEW


def _nothing(root: Path) -> None:
    root.mkdir(exist_ok=True)


def _with(*folders: tuple[PurePosixPath, State]) -> Callable[[Path], None]:
    def prepare(root: Path) -> None:
        for folder, files in folders:
            write_plainly(root, folder, files)

    return prepare


REPLACE = Case(
    "replace",
    _with((FOLDER, OLD | NOTE), (OTHER, OLD)),
    lambda root, disk: put(root, FOLDER, NEW, replace=True, disk=disk),
    at(FOLDER, OLD | NOTE) | at(OTHER, OLD),
    at(FOLDER, NEW | NOTE) | at(OTHER, OLD),
)
CASES = (
    Case("export", _nothing, lambda root, disk: put(root, FOLDER, NEW, disk=disk), {}, at(FOLDER, NEW)),
    Case(
        "export beside another",
        _with((OTHER, OLD)),
        lambda root, disk: put(root, FOLDER, NEW, disk=disk),
        at(OTHER, OLD),
        at(OTHER, OLD) | at(FOLDER, NEW),
    ),
    REPLACE,
    Case(
        "new password",
        _with((FOLDER, OLD | NOTE)),
        lambda root, disk: replace_files(root, FOLDER, KEY, disk=disk),
        at(FOLDER, OLD | NOTE),
        at(FOLDER, OLD | KEY | NOTE),
    ),
    Case(
        "new password of two keys",
        _with((FOLDER, OLD | {"kmPri.key": b"km key"})),
        lambda root, disk: replace_files(root, FOLDER, KEY | {"kmPri.key": b"km, new password"}, disk=disk),
        at(FOLDER, OLD | {"kmPri.key": b"km key"}),
        at(FOLDER, OLD | KEY | {"kmPri.key": b"km, new password"}),
    ),
    Case(
        "delete",
        _with((FOLDER, OLD), (OTHER, OLD)),
        lambda root, disk: remove(root, FOLDER, disk=disk),
        at(FOLDER, OLD) | at(OTHER, OLD),
        at(OTHER, OLD),
        Outcome.REMOVED,
    ),
    Case(
        "delete beside a note",
        _with((FOLDER, OLD | NOTE)),
        lambda root, disk: remove(root, FOLDER, disk=disk),
        at(FOLDER, OLD | NOTE),
        at(FOLDER, NOTE),
    ),
    Case(
        "copy",
        _with((OTHER, OLD)),
        lambda root, disk: copy(root / OTHER, root, FOLDER, disk=disk),
        at(OTHER, OLD),
        at(OTHER, OLD) | at(FOLDER, OLD),
    ),
)
