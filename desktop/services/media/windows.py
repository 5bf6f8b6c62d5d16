"""Drives on Windows: the letters, what kind each is, and what its volume says of itself."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from desktop.services.media.volumes import SEALED, Volume

# fileapi.h, winnt.h, winerror.h, winioctl.h
REMOVABLE, FIXED, OPTICAL = 2, 3, 5
READ_ONLY_VOLUME = 0x00080000
UNRECOGNISED = 1005  # ERROR_UNRECOGNIZED_VOLUME
BUS_USB, BUS_SD = 7, 12
_QUERY_PROPERTY = 0x002D1400  # IOCTL_STORAGE_QUERY_PROPERTY
_BUS_TYPE_AT = 28  # in STORAGE_DEVICE_DESCRIPTOR


@dataclass(frozen=True, slots=True)
class Told:
    """GetVolumeInformationW. `error` is 0 when it succeeded."""

    label: str = ""
    serial: int = 0
    flags: int = 0
    file_system: str = ""
    error: int = 0


class Kernel(Protocol):
    """kernel32, as far as it is needed. A drive is its root, such as `E:` with a backslash."""

    def drives(self) -> tuple[str, ...]: ...

    def kind(self, drive: str) -> int: ...

    def bus(self, drive: str) -> int:
        """STORAGE_BUS_TYPE; 0 when it cannot be told."""
        ...

    def volume(self, drive: str) -> Told: ...


class Windows:
    def __init__(self, environment: Mapping[str, str], kernel: Kernel, home: Path) -> None:
        self._environment, self._kernel, self._home = environment, kernel, home

    def pc_folders(self) -> tuple[Path, ...]:
        named = [self._environment.get(name) for name in ("ProgramFiles", "ProgramFiles(x86)")]
        return (self._home / "AppData/LocalLow", *(Path(name) for name in dict.fromkeys(named) if name))

    def volumes(self) -> tuple[Volume, ...]:
        """The drive that Windows is on is left out: certificates of this PC lie in the person's own folder there."""
        system = self._environment.get("SystemDrive", "C:").casefold()
        drives = [drive for drive in self._kernel.drives() if not drive.casefold().startswith(system)]
        return tuple(volume for drive in drives if (volume := self._volume(drive)) is not None)

    def _volume(self, drive: str) -> Volume | None:
        kind = self._kernel.kind(drive)
        if kind not in {REMOVABLE, FIXED, OPTICAL}:
            return None  # a share, or a disk in memory
        told = self._kernel.volume(drive)
        external = kind != FIXED or self._kernel.bus(drive) in {BUS_USB, BUS_SD}
        letter = drive.rstrip("\\")
        if told.error == UNRECOGNISED:
            return Volume(letter, None, letter, "", "unformatted", external)
        if told.error:
            return None  # a reader without a card
        closed = bool(told.flags & READ_ONLY_VOLUME) or told.file_system.casefold() in SEALED
        key = f"{told.serial:08x}" if told.serial else letter
        label = f"{told.label} ({letter})" if told.label else letter
        return Volume(key, Path(drive), label, told.file_system, "read_only" if closed else "", external)


if sys.platform == "win32":

    class Kernel32:
        def __init__(self) -> None:
            self._kernel = ctypes.WinDLL("kernel32", use_last_error=True)
            self._kernel.CreateFileW.restype = ctypes.c_void_p

        def drives(self) -> tuple[str, ...]:
            bits = self._kernel.GetLogicalDrives()
            return tuple(f"{chr(65 + number)}:\\" for number in range(26) if bits >> number & 1)

        def kind(self, drive: str) -> int:
            return int(self._kernel.GetDriveTypeW(drive))

        def bus(self, drive: str) -> int:
            device = "\\\\.\\" + drive.rstrip("\\")
            shared, existing = 3, 3  # FILE_SHARE_READ | FILE_SHARE_WRITE, OPEN_EXISTING; no right asked: no elevation
            handle = ctypes.c_void_p(self._kernel.CreateFileW(device, 0, shared, None, existing, 0, None))
            if handle.value in {None, ctypes.c_void_p(-1).value}:
                return 0
            query, answer, size = (ctypes.c_ubyte * 12)(), (ctypes.c_ubyte * 1024)(), ctypes.c_ulong()
            done = self._kernel.DeviceIoControl(
                handle, _QUERY_PROPERTY, query, len(query), answer, len(answer), ctypes.byref(size), None
            )
            self._kernel.CloseHandle(handle)
            return int.from_bytes(bytes(answer[_BUS_TYPE_AT : _BUS_TYPE_AT + 4]), "little") if done else 0

        def volume(self, drive: str) -> Told:
            label, kind = ctypes.create_unicode_buffer(261), ctypes.create_unicode_buffer(261)
            serial, longest, flags = ctypes.c_ulong(), ctypes.c_ulong(), ctypes.c_ulong()
            done = self._kernel.GetVolumeInformationW(
                drive, label, 261, ctypes.byref(serial), ctypes.byref(longest), ctypes.byref(flags), kind, 261
            )
            if not done:
                return Told(error=ctypes.get_last_error())
            return Told(label.value, serial.value, flags.value, kind.value)
