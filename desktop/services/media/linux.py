"""Drives on Linux: the kernel's table of mounts, sysfs for what can be pulled out, udev's notes for label and id."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from desktop.services.media.volumes import SEALED, Volume

_OCTAL = re.compile(r"\\([0-7]{3})")
_HEX = re.compile(rb"\\x([0-9a-fA-F]{2})")
#: Where the system itself lives, be it on a stick.
_SYSTEM = re.compile(r"/(?:(?:boot|usr|var|nix|snap|home|run/live|cdrom|lib/live)(?:/|$)|$)")


@dataclass(frozen=True, slots=True)
class Mount:
    """A line of mountinfo, proc(5). `device` is major:minor."""

    device: str
    path: str
    file_system: str
    source: str
    read_only: bool


def mounts(table: str) -> Iterator[Mount]:
    for line in table.splitlines():
        fields = line.split(" ")
        try:
            dash = fields.index("-", 6)
            kind, source, options = fields[dash + 1 : dash + 4]
            device, path, here = fields[2], fields[4], fields[5]
        except (ValueError, IndexError):
            continue  # not a line of that table
        yield Mount(
            device,
            unescape(path),
            kind,
            unescape(source),
            read_only="ro" in here.split(",") or "ro" in options.split(","),
        )


def unescape(text: str) -> str:
    r"""`\040` is a space; Hangul comes as the bytes it is, and anything else as surrogates, as file names do."""
    return _OCTAL.sub(lambda match: chr(int(match[1], 8)), text)


class Linux:
    def __init__(
        self,
        home: Path,
        *,
        table: Path = Path("/proc/self/mountinfo"),
        sysfs: Path = Path("/sys"),
        udev: Path = Path("/run/udev/data"),
    ) -> None:
        self._home, self._table, self._sysfs, self._udev = home, table, sysfs, udev

    def pc_folders(self) -> tuple[Path, ...]:
        return (self._home,)

    def volumes(self) -> tuple[Volume, ...]:
        """Mounted drives in the order in which they were mounted, then drives that are not."""
        found: dict[str, Volume] = {}
        used = set()
        for mount in self._mounts():
            device = self._device(mount)
            if device is None or not self._external(device):
                continue
            used |= {device.name, device.parent.name}
            if not _SYSTEM.match(mount.path):
                found.setdefault(str(device), self._volume(device, mount))
        for device in self._drives():
            if not {device.name, *(child.name for child in device.iterdir())} & used:
                found |= {str(part): self._volume(part, None) for part in self._parts(device)}
        return tuple(found.values())

    def _mounts(self) -> list[Mount]:
        """What lies under a later mount at the same place is out of reach."""
        try:
            table = self._table.read_text(encoding="utf-8", errors="surrogateescape")
        except OSError:
            return []
        return list({mount.path: mount for mount in mounts(table)}.values())

    def _device(self, mount: Mount) -> Path | None:
        """Its folder in sysfs. btrfs tells a number of its own, so that its source must be asked."""
        for link in (
            self._sysfs / "dev/block" / mount.device,
            self._sysfs / "class/block" / Path(mount.source).name,
        ):
            if link.exists() and (not mount.device.startswith("0:") or mount.source.startswith("/dev/")):
                return link.resolve()
        return None

    def _external(self, device: Path) -> bool:
        """Told by the medium (removable), its bus (a USB hard disk is not removable) or, for a card, its kind."""
        slaves = device / "slaves"
        if slaves.is_dir() and any(self._external(part.resolve()) for part in slaves.iterdir()):
            return True  # encrypted, or a volume of several
        drive = device.parent if (device / "partition").exists() else device
        return (
            _line(drive / "removable") == "1"
            or any(re.fullmatch(r"usb\d+", part) for part in drive.parts)
            or _line(drive / "device/type") == "SD"
        )

    def _drives(self) -> Iterator[Path]:
        folder = self._sysfs / "block"
        for link in sorted(folder.iterdir()) if folder.is_dir() else ():
            device = link.resolve()
            if self._external(device) and _line(device / "size") not in {"", "0"}:  # 0: a reader without a card
                yield device

    def _parts(self, drive: Path) -> list[Path]:
        parts = [part for part in sorted(drive.iterdir()) if (part / "partition").exists()]
        return parts or [drive]

    def _volume(self, device: Path, mount: Mount | None) -> Volume:
        notes = self._notes(device)
        label = _plain(notes.get("ID_FS_LABEL_ENC", ""))
        key = notes.get("ID_FS_UUID") or device.name
        if mount is None:
            kind = notes.get("ID_FS_TYPE", "")
            # Without udev nobody knows; a drive that only is not mounted must not be called empty.
            trouble = "unformatted" if notes and not kind else "not_mounted"
            return Volume(key, None, label or device.name, kind, trouble)
        closed = mount.read_only or mount.file_system in SEALED
        return Volume(
            key,
            Path(mount.path),
            label or Path(mount.path).name,
            mount.file_system,
            "read_only" if closed else "",
        )

    def _notes(self, device: Path) -> dict[str, str]:
        """What udev found on the device: lines `E:NAME=value`, udevadm(8)."""
        try:
            text = (self._udev / f"b{_line(device / 'dev')}").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return {}
        return dict(line[2:].split("=", 1) for line in text.splitlines() if line.startswith("E:") and "=" in line)


def _plain(label: str) -> str:
    r"""udev writes bytes it does not trust as `\x20`."""
    return _HEX.sub(lambda match: bytes([int(match[1], 16)]), label.encode()).decode("utf-8", "replace").strip()


def _line(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""
