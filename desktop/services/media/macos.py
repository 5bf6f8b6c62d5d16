"""Drives on macOS: the folders of /Volumes, and what diskutil tells of each."""

from __future__ import annotations

import plistlib
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.parsers.expat import ExpatError

from desktop.services.media.volumes import SEALED, Volume


def diskutil(mount: Path) -> bytes:
    """A property list. Raises OSError or subprocess.SubprocessError."""
    command = ["/usr/sbin/diskutil", "info", "-plist", str(mount)]
    return subprocess.run(command, capture_output=True, check=True, timeout=10).stdout  # noqa: S603 - fixed words


class MacOs:
    def __init__(
        self,
        home: Path,
        *,
        mounts: Path = Path("/Volumes"),
        ask: Callable[[Path], bytes] = diskutil,
    ) -> None:
        self._home, self._mounts, self._ask = home, mounts, ask

    def pc_folders(self) -> tuple[Path, ...]:
        return (self._home / "Library/Preferences",)

    def volumes(self) -> tuple[Volume, ...]:
        try:
            folders = sorted(path for path in self._mounts.iterdir() if not path.is_symlink())  # a link: the system's
        except OSError:
            return ()
        return tuple(volume for folder in folders if (volume := self._volume(folder)) is not None)

    def _volume(self, folder: Path) -> Volume | None:
        try:
            told: dict[str, Any] = plistlib.loads(self._ask(folder))
        except (OSError, subprocess.SubprocessError, plistlib.InvalidFileException, ExpatError):
            return None
        if not told.get("RemovableMediaOrExternalDevice", not told.get("Internal", True)):
            return None
        kind = str(told.get("FilesystemType", ""))
        closed = not told.get("WritableVolume", True) or kind in SEALED
        return Volume(
            str(told.get("VolumeUUID") or told.get("DeviceIdentifier") or folder.name),
            folder,
            str(told.get("VolumeName") or folder.name),
            kind,
            "read_only" if closed else "",
        )
