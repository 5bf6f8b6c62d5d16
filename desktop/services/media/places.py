"""Where a certificate can be kept now: this PC first, then the drives that are plugged in, each with its trouble."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from desktop.services.api import Place
from desktop.services.media.linux import Linux
from desktop.services.media.macos import MacOs
from desktop.services.media.volumes import Volume, Volumes
from desktop.services.vocabulary import PlaceKind, Reason, ServiceError

PC = "pc"
#: Two files of some kilobytes, their folders and what a file system rounds them up to.
ROOM = 64 * 1024


def this_system() -> Volumes:
    if sys.platform == "win32":
        from desktop.services.media.windows import Kernel32, Windows  # noqa: PLC0415 - Kernel32 is there alone

        return Windows(os.environ, Kernel32(), Path.home())
    if sys.platform == "darwin":
        return MacOs(Path.home())
    return Linux(Path.home())


def pc_folder() -> Path:
    """What holds NPKI on this system."""
    return this_system().pc_folders()[0]


def pc_folders() -> tuple[Path, ...]:
    """The same, and older ones that are still read."""
    return this_system().pc_folders()


def find_places(*, pc: Path | None = None, system: Volumes | None = None) -> tuple[Place, ...]:
    """`pc` instead of the system's own folder, as in practice. Reads the system's tables; does not touch the media."""
    system = system or this_system()
    here = pc or system.pc_folders()[0]
    return (_pc(here), *(_place(volume) for volume in system.volumes()))


def place_of(place: str, *, label: str = "", pc: Path | None = None, system: Volumes | None = None) -> Place:
    """The place of that id as it is now. Raises MEDIUM_GONE, naming `label`, when it is no longer there."""
    for found in find_places(pc=pc, system=system):
        if found.id == place:
            return found
    raise ServiceError(Reason.MEDIUM_GONE, where=label or place)


def _pc(folder: Path) -> Place:
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent  # it is made with the first certificate
    free, trouble = _state(there)
    return Place(PC, PlaceKind.PC, path=str(folder), free=free, trouble=trouble)


def _place(volume: Volume) -> Place:
    free, trouble = (None, "") if volume.path is None else _state(volume.path)
    return Place(
        f"{'usb' if volume.external else 'drive'}:{volume.key}",
        PlaceKind.REMOVABLE if volume.external else PlaceKind.FOLDER,
        volume.label,
        "" if volume.path is None else str(volume.path),
        free,
        volume.trouble or trouble,
    )


def _state(folder: Path) -> tuple[int | None, str]:
    """Bytes free to this person, and why nothing can be written; asks the system, writes nothing."""
    try:
        free = shutil.disk_usage(folder).free
        if sys.platform != "win32" and os.statvfs(folder).f_flag & os.ST_RDONLY:
            return free, "read_only"
    except PermissionError:
        return None, "permission"
    except OSError:
        return None, "failed"
    if not os.access(folder, os.W_OK | os.X_OK):
        return free, "permission"
    return free, "full" if free < ROOM else ""
