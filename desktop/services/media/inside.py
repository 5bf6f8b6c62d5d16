"""Finding a path below a medium's root: without regard to case, and never by a link that leads off the medium."""

from __future__ import annotations

import errno
import os
import unicodedata
from pathlib import Path, PurePosixPath

from desktop.services.media.disk import Disk


def alike(name: str) -> str:
    """Two names are the same where this is: `USER` and `User`, and Hangul composed or in jamo (as macOS lists it)."""
    return unicodedata.normalize("NFC", name).casefold()


def entry(disk: Disk, folder: Path, name: str) -> Path | None:
    """The file or folder of that name, as it is really spelt; the exact spelling is preferred."""
    try:
        names = disk.names(folder)
    except FileNotFoundError:
        return None
    if name in names:
        return folder / name
    wanted = alike(name)
    return next((folder / found for found in names if alike(found) == wanted), None)


def descend(disk: Disk, root: Path, path: PurePosixPath) -> tuple[Path, tuple[str, ...]]:
    """How far `path` is there below `root`: the last folder that is, and the names that are missing.

    Raises OSError: ELOOP where a link leads out of the root, ENOTDIR where a file is in the way.
    """
    if path.is_absolute() or ".." in path.parts:
        raise ValueError("the path must stay below the root")
    here, parts = root, path.parts
    for number, name in enumerate(parts):
        found = entry(disk, here, name)
        if found is None:
            return here, parts[number:]
        here = _held(root, found)
        if not here.is_dir():
            raise OSError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(found))
    return here, ()


def _held(root: Path, found: Path) -> Path:
    """A link (or a junction of Windows) is followed only to where it stays below the root."""
    real, top = found.resolve(), root.resolve()
    if real.parent == found.parent.resolve() and alike(real.name) == alike(found.name):
        return found
    if not real.is_relative_to(top):
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(found))
    return real
