"""macOS' drives, from what diskutil says."""

from __future__ import annotations

import plistlib
import subprocess
from pathlib import Path

from desktop.services.media.macos import MacOs

STICK = {
    "RemovableMediaOrExternalDevice": True,
    "VolumeUUID": "B1F9",
    "VolumeName": "내 USB",
    "WritableVolume": True,
    "FilesystemType": "msdos",
}


class FakeDiskutil:
    def __init__(self, **volumes: dict[str, object] | bytes) -> None:
        self._volumes = volumes

    def __call__(self, mount: Path) -> bytes:
        told = self._volumes.get(mount.name)
        if told is None:
            raise subprocess.CalledProcessError(1, "diskutil")
        return told if isinstance(told, bytes) else plistlib.dumps(told)


def system(folder: Path, **volumes: dict[str, object] | bytes) -> MacOs:
    for name in volumes:
        (folder / name).mkdir()
    return MacOs(Path("home"), mounts=folder, ask=FakeDiskutil(**volumes))


def test_the_folder_is_in_preferences() -> None:
    assert (Path("home/Library/Preferences"),) == MacOs(Path("home")).pc_folders()


def test_a_stick_is_found_and_the_systems_own_volume_is_not(tmp_path: Path) -> None:
    found = system(tmp_path, USB=STICK, Data={"Internal": True, "VolumeName": "Data"})
    (tmp_path / "Macintosh HD").symlink_to(tmp_path)
    (volume,) = found.volumes()
    assert ("B1F9", tmp_path / "USB", "내 USB", "msdos", "") == (
        volume.key,
        volume.path,
        volume.label,
        volume.file_system,
        volume.trouble,
    )


def test_a_locked_stick_and_a_disc_cannot_be_written(tmp_path: Path) -> None:
    found = system(tmp_path, A=STICK | {"WritableVolume": False}, B=STICK | {"FilesystemType": "cd9660"})
    assert ["read_only", "read_only"] == [volume.trouble for volume in found.volumes()]


def test_what_diskutil_does_not_know_or_tells_as_nonsense_is_left_out(tmp_path: Path) -> None:
    found = system(tmp_path, A=b"not a property list", B=b"<?xml version='1.0'?><plist><dict>")
    (tmp_path / "C").mkdir()
    assert () == found.volumes()
    assert () == MacOs(Path("home"), mounts=tmp_path / "missing").volumes()
