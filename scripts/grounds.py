"""File systems to try a write on: a plain folder anywhere, and small ones of several kinds where one may mount."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

#: Bytes; the smallest that mkfs takes with some room to spare.
SIZE = 8 << 20


class NotHereError(Exception):
    """Why this machine has no such ground."""


@dataclass(frozen=True, slots=True)
class Ground:
    """`image` is the file behind it, where there is one; a copy of it is what a loss of power would leave."""

    name: str
    root: Path
    image: Path | None = None


def run(*command: str | Path) -> str:
    """Raises NotHereError."""
    program = str(command[0])
    if shutil.which(program) is None:
        raise NotHereError(f"no {program}")
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotHereError(f"{program}: {(done.stderr or done.stdout).strip().splitlines()[-1:]}")
    return done.stdout.strip()


@contextmanager
def mounted(kind: str, source: str | Path, at: Path, *options: str) -> Iterator[Path]:
    """exFAT through FUSE where the kernel does not know it. Raises NotHereError."""
    at.mkdir(exist_ok=True)
    known = f"\t{kind}\n" in Path("/proc/filesystems").read_text(encoding="ascii")
    if kind == "exfat" and not known:
        run("mount.exfat-fuse", *options, source, at)
    else:
        run("mount", "-t", kind, *options, source, at)
    try:
        yield at
    finally:
        run("umount", "--lazy", at)


@contextmanager
def looped(image: Path) -> Iterator[Path]:
    """A block device of an image. Raises NotHereError."""
    device = run("losetup", "--find", "--show", image)
    try:
        yield Path(device)
    finally:
        run("losetup", "--detach", device)


@contextmanager
def plain() -> Iterator[Ground]:
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        yield Ground("folder", Path(folder).resolve() / "medium")


@contextmanager
def imaged(kind: str) -> Iterator[Ground]:
    """A file system of that kind in a file. Raises NotHereError."""
    if os.geteuid() != 0:
        raise NotHereError("only root may mount")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        image = folder / "image"
        image.write_bytes(bytes(SIZE))
        run(f"mkfs.{kind}", *(["-q", "-F"] if kind == "ext4" else []), image)
        with looped(image) as device, mounted(kind, device, folder / "mount") as root:
            yield Ground(kind, root / "medium", image)


@contextmanager
def crashed(kind: str, image: Path) -> Iterator[Path]:
    """The medium as it is found after the power was lost when its device held `image`."""
    with looped(image) as device, mounted(kind, device, image.with_suffix(".mount")) as root:
        yield root / "medium"


@contextmanager
def tight(kilobytes: int) -> Iterator[Ground]:
    """A medium in memory of that size. Raises NotHereError."""
    if os.geteuid() != 0:
        raise NotHereError("only root may mount")
    with (
        tempfile.TemporaryDirectory() as name,
        mounted("tmpfs", "none", Path(name).resolve() / "mount", "-o", f"size={kilobytes}k") as root,
    ):
        yield Ground(f"tmpfs of {kilobytes} KiB", root / "medium")
