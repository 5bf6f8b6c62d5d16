"""A small file that is the person's own: read whole, replaced whole, and closed to everybody else."""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path
from typing import TypeVar

import msgspec

from desktop.services.vocabulary import Reason, ServiceError

T = TypeVar("T")


def read_private(path: Path, kind: type[T]) -> T | None:
    """The JSON of the file as `kind`; None when there is none. One that cannot be understood is put aside.

    Raises ServiceError `store_read_only` when the file is there and cannot be read.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except FileNotFoundError:
        return None
    except (msgspec.MsgspecError, UnicodeDecodeError):
        with contextlib.suppress(OSError):
            path.replace(path.with_suffix(".damaged"))
        return None
    except OSError as error:
        raise ServiceError(Reason.STORE_READ_ONLY) from error


def write_private(path: Path, content: object) -> None:
    """Replaces the file by this content as JSON, mode 0600, synced: it is there as it was, or as it is now.

    Raises ServiceError `store_full` or `store_read_only`.
    """
    new = path.with_suffix(".new")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new.unlink(missing_ok=True)  # one left by a crash might be open to others
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(content)))
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except OSError as error:
        full = error.errno in {errno.ENOSPC, errno.EDQUOT}
        raise ServiceError(Reason.STORE_FULL if full else Reason.STORE_READ_ONLY) from error
