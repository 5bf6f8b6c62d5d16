"""The hidden folder that a write is prepared in, and the plan in it that tells a later look what was meant.

    .changgu-<12 hex>/plan    what is meant, flushed before anything else; held locked while the writer lives
                      new/    what is to come; after an exchange, what was there before
                      old/    what was there before
    .changgu-done-<12 hex>    the same once the new is in its place
    .changgu-gone-<12 hex>    a certificate's folder that was removed and is about to be deleted

It lies in NPKI where there is one, else beside where NPKI will be: on the medium, so that one rename is enough.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import stat
from collections.abc import Iterable, Mapping
from contextlib import suppress
from enum import StrEnum
from pathlib import Path, PurePosixPath

import msgspec

from desktop.services.media.disk import UNSUPPORTED, Disk
from desktop.services.media.inside import alike, entry

NPKI = "NPKI"
PREFIX = ".changgu-"
GONE = ".changgu-gone-"
DONE = ".changgu-done-"
#: What makes up a certificate in its folder. Only these are ever replaced or deleted.
KEY = "signpri.key"
OURS = frozenset({"signcert.der", KEY, "kmcert.der", "kmpri.key", "capubs"})


class Task(StrEnum):
    FOLDER = "folder"  # one rename brings a whole folder
    FILES = "files"  # one rename brings each file


class Plan(msgspec.Struct, frozen=True):
    """`target`: the certificate's folder, below the root, `top`: what the rename brings, the same or above it.

    `after` and `before`: SHA-256 of each file by its name, as it shall be (empty: not at all) and as it was.
    """

    task: Task
    target: str
    top: str
    after: dict[str, str]
    before: dict[str, str]

    def safe(self) -> bool:
        """Whether it could be ours: a stick may carry anything, and a plan of a stranger must not lead elsewhere."""
        paths = [PurePosixPath(self.target), PurePosixPath(self.top)]
        names = [*self.after, *self.before]
        return (
            all(not path.is_absolute() and ".." not in path.parts for path in paths)
            and paths[0].is_relative_to(paths[1])
            and all(len(PurePosixPath(name).parts) == 1 and name != ".." and "\\" not in name for name in names)
        )


def digests(files: Mapping[str, bytes]) -> dict[str, str]:
    return {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}


def home_of(disk: Disk, root: Path) -> Path:
    """Where staging folders lie."""
    found = entry(disk, root, NPKI)
    return found if found is not None and disk.is_folder(found) else root


def fresh_name(prefix: str = PREFIX) -> str:
    return prefix + secrets.token_hex(6)


def is_staging(name: str) -> bool:
    return re.fullmatch(f"{re.escape(PREFIX)}(gone-|done-)?[0-9a-f]{{12}}", name) is not None


class Staging:
    def __init__(self, disk: Disk, folder: Path) -> None:
        self.disk = disk
        self._move(folder)
        self._handle: int | None = None

    def _move(self, folder: Path) -> None:
        self.folder, self.new, self.old, self._plan_file = folder, folder / "new", folder / "old", folder / "plan"

    def begin(self, plan: Plan) -> None:
        """Makes the folder, and the plan in it last through a loss of power."""
        self.disk.mkdir(self.folder)
        self._handle = self.disk.begin(self._plan_file, msgspec.json.encode(plan))
        self._lock(self._handle)
        self.disk.flush_folder(self.folder)
        self.disk.flush_folder(self.folder.parent)

    def take_over(self) -> Plan | None:
        """The plan of a writer that died; None when it died before the plan was whole.

        Raises BlockingIOError while the writer lives.
        """
        try:
            self._handle = self.disk.open(self._plan_file, 0)
        except FileNotFoundError:
            return None
        self._lock(self._handle)
        try:
            plan = msgspec.json.decode(self.disk.rest(self._handle), type=Plan)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return None
        return plan if plan.safe() else None

    def _lock(self, handle: int) -> None:
        try:
            self.disk.lock(handle)
        except OSError as error:
            if error.errno not in UNSUPPORTED:
                raise

    def release(self) -> None:
        if self._handle is not None:
            handle, self._handle = self._handle, None
            self.disk.close(handle)

    @property
    def is_done(self) -> bool:
        return self.folder.name.startswith(DONE)

    def finish(self) -> None:
        """Says by its name that the new is in its place, for when the plan is deleted and the folder is not yet."""
        if not self.is_done:
            done = self.folder.with_name(self.folder.name.replace(PREFIX, DONE))
            self.release()  # Windows renames no folder in which a file is open
            self.disk.rename(self.folder, done)
            self._move(done)

    def sweep(self, names: Iterable[str] = ()) -> None:
        """Deletes what is ours in it, the plan last, and then the folder. It stays while a stranger's file is in it.

        Overwriting a key first would be a pretence: flash memory writes elsewhere and keeps the old cells.
        """
        mine = OURS | {alike(name) for name in names}
        for folder in (self.new, self.old):
            delete(self.disk, folder, mine)
        self.release()
        if self.disk.exists(self.new) or self.disk.exists(self.old):
            return  # the plan is still needed
        with suppress(FileNotFoundError):
            self.disk.unlink(self._plan_file)
        self.disk.rmdir(self.folder)


def delete(disk: Disk, folder: Path, mine: frozenset[str] = OURS) -> None:
    """Deletes the files that are ours, the key first, and each folder left empty; follows no link."""
    if not disk.exists(folder):
        return
    for name in sorted(disk.names(folder), key=lambda name: alike(name) != KEY):
        path = folder / name
        mode = disk.stat(path).st_mode
        if stat.S_ISDIR(mode):
            delete(disk, path, mine)
        elif alike(name) in mine:
            disk.unlink(path)
    if not disk.names(folder):
        disk.rmdir(folder)
