"""What goes wrong with a folder or with SQLite, as reasons."""

from __future__ import annotations

import errno
import sqlite3
from contextlib import AbstractContextManager
from typing import Final

from desktop.services.api import Reason, ServiceError

_SQLITE_REASONS: Final = {
    sqlite3.SQLITE_BUSY: Reason.STORE_BUSY,
    sqlite3.SQLITE_LOCKED: Reason.STORE_BUSY,
    sqlite3.SQLITE_FULL: Reason.STORE_FULL,
    sqlite3.SQLITE_READONLY: Reason.STORE_READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: Reason.STORE_READ_ONLY,
    sqlite3.SQLITE_PERM: Reason.STORE_READ_ONLY,
    sqlite3.SQLITE_CORRUPT: Reason.STORE_CORRUPT,
    sqlite3.SQLITE_NOTADB: Reason.STORE_CORRUPT,
    sqlite3.SQLITE_IOERR: Reason.STORE_CORRUPT,
    sqlite3.SQLITE_SCHEMA: Reason.STORE_CORRUPT,
}
# A full disk shows as one of these when the WAL or its index cannot grow.
_FULL_IOERR: Final = {sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE, sqlite3.SQLITE_IOERR_FSYNC}
_OS_REASONS: Final = {
    errno.ENOSPC: Reason.STORE_FULL,
    errno.EDQUOT: Reason.STORE_FULL,
    errno.EROFS: Reason.STORE_READ_ONLY,
    errno.EACCES: Reason.STORE_READ_ONLY,
    errno.EPERM: Reason.STORE_READ_ONLY,
}


def storage_error(error: BaseException) -> ServiceError | None:
    """The reason for a trouble with the data folder; None for an error that is ours, such as wrong SQL."""
    if isinstance(error, OSError):
        return ServiceError(_OS_REASONS.get(error.errno or 0, Reason.STORE_CORRUPT))
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return None
    reason = Reason.STORE_FULL if code in _FULL_IOERR else _SQLITE_REASONS.get(code & 0xFF)
    return ServiceError(reason) if reason else None


class _StorageErrors:
    """A class and no generator: every transaction passes through it."""

    def __enter__(self) -> None:
        return

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, (sqlite3.Error, OSError)) and (mapped := storage_error(error)) is not None:
            raise mapped from error


_STORAGE_ERRORS: Final = _StorageErrors()


def storage_errors() -> AbstractContextManager[None]:
    """Turns troubles of the disk and of SQLite into ServiceError; lets what is our own mistake through."""
    return _STORAGE_ERRORS
