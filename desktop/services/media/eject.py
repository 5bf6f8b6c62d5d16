"""Before a stick is pulled out: everything written out, and the drive let go where the system has a command for it."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path

from desktop.services.api import Place
from desktop.services.media.places import this_system
from desktop.services.media.trouble import told
from desktop.services.media.volumes import Volumes

Run = Callable[[Sequence[str]], None]


class Removal(StrEnum):
    """What was done, and no more than that."""

    WRITTEN = "written"  # all is on the medium; the system still holds it and has its own button to let it go
    RELEASED = "released"  # the system has let go of it: it can be pulled out


def prepare_removal(
    place: Place, *, release: bool = False, system: Volumes | None = None, run: Run | None = None
) -> Removal:
    """With `release` the drive is also unmounted, for other programs too. Blocks as long as the medium needs.

    Raises MEDIUM_GONE, and MEDIUM_FAILED when what was written did not reach the medium.
    """
    path = Path(place.path)
    with told(path, place.label):
        flush(path)
    command = _command(path) if release and place.id.startswith("usb:") else ()
    if not command:
        return Removal.WRITTEN
    try:
        (run or _run)(command)
    except (OSError, subprocess.SubprocessError):
        return Removal.WRITTEN  # in use by another program, most likely: the system will say so
    mounted = {volume.path for volume in (system or this_system()).volumes()}
    return Removal.WRITTEN if path in mounted else Removal.RELEASED


def flush(path: Path) -> None:
    """Writes out the file system that `path` is on, and no other where the system can do that. Raises OSError.

    Windows gives that right to administrators alone; there each file was flushed when it was written.
    """
    path.stat()
    if sys.platform == "linux":
        handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            if ctypes.CDLL(None, use_errno=True).syncfs(handle):
                number = ctypes.get_errno()
                raise OSError(number, os.strerror(number), str(path))
        finally:
            os.close(handle)
    elif sys.platform != "win32":
        os.sync()


def _command(path: Path) -> tuple[str, ...]:
    if sys.platform == "darwin":
        return ("/usr/sbin/diskutil", "eject", str(path))
    gio = shutil.which("gio") if sys.platform == "linux" else None
    return (gio, "mount", "--unmount", str(path)) if gio else ()


def _run(command: Sequence[str]) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=60)  # noqa: S603 - words of ours and a path
