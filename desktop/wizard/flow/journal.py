"""What a killed program must know on restart, and nothing more: no secret and no personal data ever comes here."""

from __future__ import annotations

import contextlib
import errno
import os
import threading
from pathlib import Path

import msgspec

from desktop.services.api import Kind, Reason, Task


class Interrupted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A journey that was under way. `key` is the idempotency key of the call in flight, empty when there was none."""

    bank: str
    kind: Kind
    task: Task
    journey: str
    step: str
    effect: str = ""
    key: str = ""
    version: int = 1


class JournalError(Exception):
    """The journal cannot be written; without it a crash could leave an unknown state, so nothing is begun."""

    def __init__(self, path: Path, error: OSError) -> None:
        super().__init__(f"{path}: {os.strerror(error.errno or 0)}")
        self.reason = Reason.STORE_FULL if error.errno in {errno.ENOSPC, errno.EDQUOT} else Reason.STORE_READ_ONLY


class Journal:
    """One small file, replaced atomically and synced before a call that writes leaves the machine."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "journal.json"
        self._last: Interrupted | None = None
        self._ended = ""
        self._lock = threading.Lock()  # notes are written in a thread, so that a slow disk does not stop the window

    def interrupted(self) -> Interrupted | None:
        """The journey to ask about, if any. A file that cannot be understood is put aside, never trusted."""
        try:
            found = msgspec.json.decode(self._path.read_bytes(), type=Interrupted)
        except FileNotFoundError:
            return None
        except (msgspec.MsgspecError, UnicodeDecodeError):
            with contextlib.suppress(OSError):
                self._path.replace(self._path.with_suffix(".damaged"))
            return None
        except OSError as error:
            raise JournalError(self._path, error) from error
        return found if found.journey else None

    def write(self, entry: Interrupted) -> None:
        """Raises JournalError when the disk refuses (full, read-only)."""
        with self._lock:
            if entry != self._last and entry.journey != self._ended:
                self._write(entry)
                self._last = entry

    def _write(self, entry: Interrupted) -> None:
        new = self._path.with_suffix(".new")
        try:
            handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(msgspec.json.encode(entry))
                file.flush()
                os.fsync(file.fileno())
            new.replace(self._path)
        except OSError as error:
            raise JournalError(self._path, error) from error

    def clear(self, journey: str = "") -> None:
        """The journey is over and everybody knows how; a note about it that is still on its way comes too late."""
        with self._lock:
            self._ended, self._last = journey, None
            try:
                self._path.unlink(missing_ok=True)
            except OSError as error:
                raise JournalError(self._path, error) from error


class NoJournal(Journal):
    """For a kiosk, where nothing of a person may stay."""

    def __init__(self) -> None:
        super().__init__(Path())

    def interrupted(self) -> None:
        return None

    def write(self, entry: Interrupted) -> None:
        return

    def clear(self, journey: str = "") -> None:
        return
