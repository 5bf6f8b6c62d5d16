"""What a look at a medium does first: a write that was cut short is finished or undone, and said which."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath

from desktop.services.media.disk import Disk
from desktop.services.media.inside import alike, descend
from desktop.services.media.staging import GONE, OURS, Plan, Staging, Task, delete, home_of, is_staging


class Outcome(StrEnum):
    """What the medium holds after the look."""

    NEW = "new"  # the complete new certificate (or key): the write had reached its end
    OLD = "old"  # exactly what was there before the write began
    REMOVED = "removed"  # nothing: the removal is done
    UNSETTLED = "unsettled"  # it cannot be written now; another look will tell


@dataclass(frozen=True, slots=True)
class Finding:
    """`folder` is below the root, empty where the write died before it had touched, or said, anything."""

    outcome: Outcome
    folder: str = ""


def recover(root: Path, *, disk: Disk | None = None) -> tuple[Finding, ...]:
    """Settles every write that was cut short. Never raises for the medium's sake; a living writer is left alone."""
    disk, root = disk or Disk(), root.resolve()
    try:
        homes = dict.fromkeys((home_of(disk, root), root))
        left = [home / name for home in homes for name in disk.names(home) if is_staging(name)]
    except OSError:
        return ()  # not there, or not to be read: whoever writes or reads there will be told so
    return tuple(finding for folder in left if (finding := _settled(disk, root, folder)) is not None)


def _settled(disk: Disk, root: Path, folder: Path) -> Finding | None:
    staging, told = Staging(disk, folder), ""
    try:
        if not disk.is_folder(folder):
            return None
        if folder.name.startswith(GONE):
            return _removed(disk, folder)
        plan = staging.take_over()
        if plan is None:
            staging.sweep()
            return Finding(Outcome.NEW if staging.is_done else Outcome.OLD)
        told = plan.target
        done = is_done(disk, root, plan)
        if done:
            carry(disk, root, staging, plan)
            staging.finish()
        else:
            undo(disk, root, staging, plan)
        staging.sweep(plan.after | plan.before)
        return Finding(Outcome.NEW if done else Outcome.OLD, told)
    except (BlockingIOError, FileNotFoundError):
        return None  # its writer lives, or has just ended
    except OSError:
        return Finding(Outcome.UNSETTLED, told)
    finally:
        with suppress(OSError):
            staging.release()


def _removed(disk: Disk, folder: Path) -> Finding | None:
    """What else lay in the folder is not ours to delete; once only that is left there is nothing to tell."""
    mine = any(alike(name) in OURS for name in disk.names(folder))
    delete(disk, folder)
    return Finding(Outcome.REMOVED) if mine or not disk.exists(folder) else None


def is_done(disk: Disk, root: Path, plan: Plan) -> bool:
    """Whether every file is there as it shall be."""
    target = _target(disk, root, plan)
    return target is not None and all(disk.digest(target / name) == digest for name, digest in plan.after.items())


def carry(disk: Disk, root: Path, staging: Staging, plan: Plan) -> None:
    """Brings what else lay in a replaced folder into the new one: notes of the person, files of other programs."""
    target = _target(disk, root, plan)
    if plan.task is not Task.FOLDER or target is None:
        return
    mine = OURS | {alike(name) for name in (*plan.after, *plan.before)}
    for folder in (staging.old, staging.new):
        for name in disk.names(folder) if disk.is_folder(folder) else ():
            if alike(name) not in mine and not disk.exists(target / name):
                disk.rename(folder / name, target / name)


def undo(disk: Disk, root: Path, staging: Staging, plan: Plan) -> None:
    """Puts back what was there before, from wherever the write was cut short. Raises OSError."""
    if plan.task is Task.FILES:
        _undo_files(disk, root, staging, plan)
        return
    here, missing = descend(disk, root, PurePosixPath(plan.top).parent)
    top = here / PurePosixPath(plan.top).name
    if missing:
        return
    if disk.is_folder(staging.old):  # it was put aside and, maybe, the new one has come in its place
        if disk.exists(top):
            disk.rename(top, staging.new)
        disk.rename(staging.old, top)
    elif is_done(disk, root, plan):
        if disk.is_folder(staging.new):  # they were exchanged
            if any(disk.digest(staging.new / name) != digest for name, digest in plan.after.items()):
                disk.swap(staging.new, top)
        elif not plan.before:
            disk.rename(top, staging.new)
    disk.flush_folder(here)


def _undo_files(disk: Disk, root: Path, staging: Staging, plan: Plan) -> None:
    target = _target(disk, root, plan)
    if target is None:
        return
    for name, digest in plan.after.items():
        before = plan.before.get(name, "")
        if before == digest or disk.digest(target / name) != digest:
            continue  # not replaced yet, or by the same
        if not before:
            disk.unlink(target / name)
        elif disk.digest(staging.old / name) == before:
            disk.rename(staging.old / name, target / name)
        else:
            raise OSError(errno.EIO, os.strerror(errno.EIO), name)
    disk.flush_folder(target)


def _target(disk: Disk, root: Path, plan: Plan) -> Path | None:
    here, missing = descend(disk, root, PurePosixPath(plan.target))
    return None if missing else here
