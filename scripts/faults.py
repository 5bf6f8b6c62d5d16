"""Every system call of a write to a medium made to fail, and the process killed at each: python -m scripts.faults.

strace is attached to a fresh child for each point. Wherever mounting is allowed it is done again on exFAT, the power
is lost at each call on ext4 and exFAT, and media are full, locked and pulled for real.
"""

from __future__ import annotations

import os
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from desktop.services.media.disk import Disk
from desktop.services.media.recover import Outcome, recover
from desktop.services.media.write import put, remove
from desktop.services.vocabulary import Reason, ServiceError
from scripts.grounds import Ground, NotHereError, crashed, imaged, plain, run, tight
from tests.services.media.faulty import CASES, FOLDER, NEW, OLD, Case, FaultyDisk, state, write_plainly

CALLS = [
    "openat",
    "write",
    "read",
    "fsync",
    "fadvise64",
    "flock",
    "close",
    "mkdir",
    "rename",
    "renameat2",
    "unlink",
    "rmdir",
    "getdents64",
    "newfstatat",
    "fstat",
    "lstat",
    "stat",
    "readlink",
    "lseek",
]
DONE, TOLD, UNSETTLED = 0, 3, 4


class BrokenError(Exception):
    """The medium held something else than the old or the new, or the program told an untruth."""


def fresh(root: Path, case: Case) -> None:
    if root.exists():
        shutil.rmtree(root)
    root.mkdir()
    case.prepare(root)


def act(root: Path, case: Case) -> int:
    try:
        case.act(root, Disk())
    except ServiceError as failed:
        return UNSETTLED if failed.detail else TOLD
    return DONE


def child(root: Path, case: Case, *strace: str) -> tuple[int, str]:
    """Does it in a process that strace is attached to first: its exit status (negative: a signal), and the trace."""
    go, started = os.pipe()
    pid = os.fork()
    if pid == 0:
        status = 70
        try:
            select.select([go], [], [])  # none of the calls that are counted
            status = act(root, case)
        finally:
            os._exit(status)
    with tempfile.NamedTemporaryFile("r+") as trace:
        command = ["strace", "-o", trace.name, "-p", str(pid), *strace]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as tracer:
            assert tracer.stderr is not None
            line = tracer.stderr.readline()
            if "attached" not in line:
                os.kill(pid, 9)
                os.waitpid(pid, 0)
                raise NotHereError(f"strace: {line.strip()}")
            os.write(started, b"x")
            _, status = os.waitpid(pid, 0)
            tracer.stderr.read()
        os.close(go)
        os.close(started)
        return os.waitstatus_to_exitcode(status), trace.read()


def judge(root: Path, case: Case, status: int, point: str) -> None:
    """Raises BrokenError unless the medium holds the old or the new, and what was said of it is so."""
    findings = recover(root)
    now = state(root)
    allowed = {DONE: [case.after], TOLD: [case.before]}.get(status, [case.before, case.after])
    if status not in {DONE, TOLD, UNSETTLED, -9} or now not in allowed:
        raise BrokenError(f"{case.name}, {point}: status {status}, holds {sorted(now)}")
    for finding in findings:
        if now != (case.before if finding.outcome is Outcome.OLD else case.after):
            raise BrokenError(f"{case.name}, {point}: told {finding.outcome}")
    if recover(root) or any(path.name.startswith(".changgu") for path in root.rglob("*")):
        raise BrokenError(f"{case.name}, {point}: something is left behind")


def enumerate_calls(ground: Ground, case: Case) -> int:
    """Fails (EIO, ENOSPC) and kills at every call of the case; the number of points."""
    fresh(ground.root, case)
    _, trace = child(ground.root, case, "-e", "trace=" + ",".join(CALLS))
    calls = Counter(re.findall(r"^(\w+)\(", trace, re.MULTILINE))
    points = 0
    for name, count in calls.items():
        for at in range(1, count + 1):
            for fault in ("error=EIO", "error=ENOSPC", "signal=SIGKILL"):
                fresh(ground.root, case)
                inject = f"inject={name}:{fault}:when={at}"
                status, _ = child(ground.root, case, "-e", f"trace={name}", "-e", inject)
                judge(ground.root, case, status, inject)
                points += 1
    return points


class Snapshots(FaultyDisk):
    """Copies the image behind the medium before each call, and after the last."""

    def __init__(self, image: Path, folder: Path) -> None:
        super().__init__()
        self._image, self._folder = image, folder
        self.taken: list[Path] = []

    def flush(self, handle: int) -> None:
        Disk.flush(self, handle)
        self.take()

    def _do(self, name: str, call: Callable[..., Any], *arguments: object) -> Any:
        self.take()
        return super()._do(name, call, *arguments)

    def take(self) -> None:
        copy = self._folder / f"{len(self.taken)}.image"
        shutil.copyfile(self._image, copy)
        self.taken.append(copy)


def lose_power(ground: Ground, case: Case) -> int:
    """What the device held at each call is mounted again, as after a loss of power. Returns the number of points."""
    assert ground.image is not None
    fresh(ground.root, case)
    os.sync()
    with tempfile.TemporaryDirectory() as folder:
        disk = Snapshots(ground.image, Path(folder).resolve())
        case.act(ground.root, disk)
        disk.take()
        for number, image in enumerate(disk.taken):
            with crashed(ground.name, image) as root:
                last = number == len(disk.taken) - 1
                judge(root, case, DONE if last else -9, f"power lost on {ground.name} before call {number + 1}")
            image.unlink()
        return len(disk.taken)


def fill() -> int:
    """Media with ever less room, in pages of 4 KiB: old or new, and a removal always works."""
    points = 0
    for pages in range(1, 24):
        for case in CASES:
            with tight(256) as ground:
                fresh(ground.root, case)
                room = os.statvfs(ground.root)
                (ground.root.parent / "filler").write_bytes(bytes(max(0, room.f_bavail - pages + 1) * room.f_bsize))
                status = act(ground.root, case)
                if case.name == "delete" and status != DONE:
                    raise BrokenError("a full medium keeps a certificate that was removed")
                judge(ground.root, case, status, f"{pages - 1} pages free")
                points += 1
    return points


def expect(reason: Reason, root: Path, label: str) -> None:
    for attempt in (lambda: put(root, FOLDER, NEW, replace=True, label=label), lambda: remove(root, FOLDER)):
        try:
            attempt()
        except ServiceError as failed:
            if failed.reason is reason:
                continue
            raise BrokenError(f"{label}: told {failed.reason}") from failed
        raise BrokenError(f"{label}: told that it was done")


def lock_and_pull() -> int:
    """A medium turned read-only, and one pulled in the middle of a write: named so, and nothing goes elsewhere."""
    with tight(256) as ground:
        write_plainly(ground.root, FOLDER, OLD)
        before = state(ground.root)
        mount = ground.root.parent
        run("mount", "-o", "remount,ro", mount)
        expect(Reason.MEDIUM_READ_ONLY, ground.root, "locked")
        if state(ground.root) != before or recover(ground.root):
            raise BrokenError("a locked medium changed")
        run("mount", "-o", "remount,rw", mount)

        def pull(_: Mapping[str, bytes]) -> None:
            run("umount", "--lazy", mount)

        try:
            put(ground.root, FOLDER, NEW, replace=True, label="pulled", check=pull)
        except ServiceError as failed:
            if (failed.reason, failed.where) != (Reason.MEDIUM_GONE, "pulled"):
                raise BrokenError(f"pulled: told {failed.reason}") from failed
        else:
            raise BrokenError("pulled: told that it was done")
        if list(mount.iterdir()):
            raise BrokenError("pulled: something was written where it had been")
        run("mount", "-t", "tmpfs", "none", mount)  # for the ground to take down
    return 3


def on(ground: AbstractContextManager[Ground], job: Callable[[Ground, Case], int], title: str) -> int:
    """Does each case there; the number of points, none where this machine has no such ground."""
    total = 0
    try:
        with ground as here:
            for case in CASES:
                count = job(here, case)
                total += count
                print(f"{title}: {case.name}: {count} points", flush=True)
    except NotHereError as why:
        print(f"{title}: left out ({why})", flush=True)
    return total


def main() -> int:
    started = time.monotonic()
    total = on(plain(), enumerate_calls, "each call fails or kills, folder")
    for kind in ("exfat", "vfat"):
        total += on(imaged(kind), enumerate_calls, f"each call fails or kills, {kind}")
    for kind in ("ext4", "exfat", "vfat"):
        total += on(imaged(kind), lose_power, f"power lost at each call, {kind}")
    for title, check in (("full media", fill), ("locked and pulled media", lock_and_pull)):
        try:
            count = check()
        except NotHereError as why:
            print(f"{title}: left out ({why})")
        else:
            total += count
            print(f"{title}: {count} points")
    print(f"faults: {total} points, all of them the old state or the complete new, {time.monotonic() - started:.0f} s")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BrokenError as broken:
        print(f"faults: BROKEN: {broken}")
        sys.exit(1)
