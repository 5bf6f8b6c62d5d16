"""What was done on this PC, for the person to look up: no name, no number but the last four digits of a serial."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path

import msgspec

from desktop.private_file import read_private, write_private
from desktop.services.vocabulary import Kind, Task

FILE_NAME = "history.json"
#: Enough for a life of certificates; beyond it the oldest go.
MOST = 500


class Outcome(StrEnum):
    """How a journey ended, in the words of the flow's own ends."""

    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Entry(msgspec.Struct, frozen=True):
    """One journey. `serial_end` is empty where there was no certificate; `code` (CG-…) tells why it failed."""

    id: int
    day: date  # in Korea
    bank: str
    kind: Kind
    task: Task
    outcome: Outcome
    serial_end: str = ""
    code: str = ""


class _File(msgspec.Struct, frozen=True):
    entries: tuple[Entry, ...] = ()
    next_id: int = 1
    version: int = 1


class History:
    """The list in the data folder. With `keep` false (a kiosk, or a person who wants none) nothing is written."""

    def __init__(self, folder: Path, *, keep: bool = True) -> None:
        self._path = folder / FILE_NAME
        self._keep = keep

    def all(self) -> tuple[Entry, ...]:
        """Newest first. Raises ServiceError when the file cannot be read."""
        return self._read().entries[::-1]

    def add(
        self, *, day: date, bank: str, kind: Kind, task: Task, outcome: Outcome, serial: str = "", code: str = ""
    ) -> None:
        """Keeps the last four digits of `serial`. Raises ServiceError when the disk refuses."""
        if not self._keep:
            return
        file = self._read()
        entry = Entry(file.next_id, day, bank, kind, task, outcome, serial[-4:], code)
        self._write(_File((*file.entries, entry)[-MOST:], file.next_id + 1))

    def delete(self, entry_id: int) -> None:
        """Takes one line out. Raises ServiceError when the disk refuses."""
        file = self._read()
        left = tuple(entry for entry in file.entries if entry.id != entry_id)
        if left != file.entries:
            self._write(_File(left, file.next_id))

    def clear(self) -> None:
        """Takes everything out; not even how much there was stays behind. Raises ServiceError when the disk refuses."""
        if self._keep and self._path.exists():
            self._write(_File())

    def _read(self) -> _File:
        return (read_private(self._path, _File) if self._keep else None) or _File()

    def _write(self, file: _File) -> None:
        write_private(self._path, file)
