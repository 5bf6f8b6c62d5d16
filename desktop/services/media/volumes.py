"""What a system tells of a mounted volume, and the Protocol behind which each system is asked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Volume:
    """`key` is the file system's own id where it has one, else the device's name. `trouble` as in Place.

    `external` is false for a drive built into the machine that is not its system's (D: on Windows).
    """

    key: str
    path: Path | None  # None where it is not mounted
    label: str
    file_system: str
    trouble: str = ""
    external: bool = True


class Volumes(Protocol):
    """One system's drives. What cannot be read is left out; only bugs raise."""

    def pc_folders(self) -> tuple[Path, ...]:
        """The folder that holds NPKI on this system, then older ones, which are read and no longer written."""
        ...

    def volumes(self) -> tuple[Volume, ...]: ...


#: Written once, when they were made; the kernel may still call some of them writable.
SEALED = frozenset({"iso9660", "udf", "cdfs", "cd9660", "squashfs", "erofs", "cramfs"})
