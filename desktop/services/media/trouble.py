"""What a system's error says about the medium, as a reason the person understands."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from desktop.services.vocabulary import Reason, ServiceError

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_CLOSED = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})
# ENOENT: what was just made, or found, is no longer there.
_GONE = frozenset({errno.ENOENT, errno.ENODEV, errno.ENXIO, errno.ENOTCONN, errno.ESTALE, errno.ESHUTDOWN})
# Windows folds most of its codes into EACCES and EINVAL; winerror.h keeps them apart.
_WINDOWS = {
    19: Reason.MEDIUM_READ_ONLY,  # ERROR_WRITE_PROTECT
    21: Reason.MEDIUM_GONE,  # ERROR_NOT_READY
    39: Reason.MEDIUM_FULL,  # ERROR_HANDLE_DISK_FULL
    55: Reason.MEDIUM_GONE,  # ERROR_DEV_NOT_EXIST
    112: Reason.MEDIUM_FULL,  # ERROR_DISK_FULL
    433: Reason.MEDIUM_GONE,  # ERROR_NO_SUCH_DEVICE
    1167: Reason.MEDIUM_GONE,  # ERROR_DEVICE_NOT_CONNECTED
}


def reason_of(error: OSError, root: Path) -> Reason:
    """MEDIUM_GONE is also whatever fails once the root is no longer there."""
    known = _WINDOWS.get(getattr(error, "winerror", None) or 0)
    if known is not None:
        return known
    if error.errno in _FULL:
        return Reason.MEDIUM_FULL
    if error.errno in _GONE or not _there(root):
        return Reason.MEDIUM_GONE
    if error.errno in _CLOSED:
        return Reason.MEDIUM_READ_ONLY
    if error.errno == errno.EFBIG:
        return Reason.FILE_TOO_BIG
    return Reason.MEDIUM_FAILED


def _there(root: Path) -> bool:
    try:
        root.stat()
    except OSError:
        return False
    return True


@contextmanager
def told(root: Path, where: str = "") -> Iterator[None]:
    """Turns an OSError into a ServiceError that names the medium, else its root. ELOOP has the detail `link`."""
    try:
        yield
    except OSError as error:
        detail = "link" if error.errno == errno.ELOOP else None
        raise ServiceError(reason_of(error, root), where=where or str(root), detail=detail) from error
