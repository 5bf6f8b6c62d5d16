"""Writing to a medium completely or not at all, also when the stick is pulled or the machine dies at any moment.

What returns is on the medium: flushed, read back and compared. What raises left the medium as it was; where even
that failed, `detail` is `unsettled` and `recover` tells at the next look. All of it blocks: it is meant for a worker.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

from desktop.services.media.disk import UNSUPPORTED, Disk
from desktop.services.media.inside import alike, descend, entry
from desktop.services.media.recover import carry, undo
from desktop.services.media.staging import GONE, OURS, Plan, Staging, Task, delete, digests, fresh_name, home_of
from desktop.services.media.trouble import reason_of, told
from desktop.services.vocabulary import Reason, ServiceError

Check = Callable[[Mapping[str, bytes]], None]


def put(
    root: Path,
    folder: PurePosixPath,
    files: Mapping[str, bytes],
    *,
    replace: bool = False,
    label: str = "",
    check: Check | None = None,
    disk: Disk | None = None,
) -> Path:
    """Writes a certificate's folder below `root` and returns where it is.

    `check` gets what was read back, before it takes its place, and may raise ServiceError (KEY_MISMATCH).
    `label` names the medium in errors. Raises ALREADY_THERE, MEDIUM_…, and what `check` raises.
    """
    disk, root = disk or Disk(), root.resolve()
    with told(root, label):
        here, missing = descend(disk, root, folder)
        if not missing and not replace and disk.names(here):
            raise ServiceError(Reason.ALREADY_THERE, where=str(here))
        before = {} if missing else {name: disk.digest(here / name) for name in _ours(disk, here)}
        staging = Staging(disk, home_of(disk, root) / fresh_name())
    target, top = here.joinpath(*missing), here.joinpath(*missing[:1])
    plan = Plan(Task.FOLDER, _below(root, target), _below(root, top), digests(files), before)
    with _staged(staging, root, plan, label):
        inner = staging.new.joinpath(*missing[1:])
        _fill(disk, staging.new, inner, files)
        _compare(disk, inner, files, check)
        if missing:
            disk.rename(staging.new, top)
        else:
            _exchange(disk, staging, top)
        _flush(disk, staging.folder, top.parent)
    return target


def replace_files(
    root: Path,
    folder: PurePosixPath,
    files: Mapping[str, bytes | None],
    *,
    label: str = "",
    check: Check | None = None,
    disk: Disk | None = None,
) -> Path:
    """Replaces (or adds, or with None removes) files of a folder that is there, and returns the folder.

    Each comes by one rename, so that other programs never find half a file. Raises CERTIFICATE_NOT_HERE, MEDIUM_….
    """
    disk, root = disk or Disk(), root.resolve()
    with told(root, label):
        here, missing = descend(disk, root, folder)
        if missing:
            raise ServiceError(Reason.CERTIFICATE_NOT_HERE, where=label or str(root))
        named = {(entry(disk, here, name) or here / name).name: data for name, data in files.items()}
        kept = {name: disk.content(here / name) for name in named if disk.exists(here / name)}
        staging = Staging(disk, home_of(disk, root) / fresh_name())
    new = {name: data for name, data in named.items() if data is not None}
    after = dict.fromkeys(named, "") | digests(new)
    plan = Plan(Task.FILES, _below(root, here), _below(root, here), after, digests(kept))
    with _staged(staging, root, plan, label):
        _fill(disk, staging.new, staging.new, new)
        _fill(disk, staging.old, staging.old, {name: kept[name] for name in kept if name in new})
        _compare(disk, staging.new, new, check)
        for name, data in named.items():
            if data is not None:
                disk.rename(staging.new / name, here / name)
            elif name in kept:
                disk.rename(here / name, staging.old / name)
        _flush(disk, here, staging.old)
    return here


def write_file(
    folder: Path, name: str, data: bytes, *, replace: bool = False, check: Check | None = None, disk: Disk | None = None
) -> Path:
    """One file (a PFX, a signature) into any folder that is there. Raises ALREADY_THERE, MEDIUM_…."""
    disk = disk or Disk()
    with told(folder):
        found = entry(disk, folder, name)
    if found is not None and not replace:
        raise ServiceError(Reason.ALREADY_THERE, where=str(found))
    return replace_files(folder, PurePosixPath(), {name: data}, check=check, disk=disk) / (found or folder / name).name


def remove(root: Path, folder: PurePosixPath, *, label: str = "", disk: Disk | None = None) -> None:
    """Deletes a certificate: one rename takes it away, then its files go, the key first. Needs no room.

    What else lies in its folder stays there. Raises CERTIFICATE_NOT_HERE, MEDIUM_… (and then it is still there).
    """
    disk, root = disk or Disk(), root.resolve()
    with told(root, label):
        here, missing = descend(disk, root, folder)
        if missing:
            raise ServiceError(Reason.CERTIFICATE_NOT_HERE, where=label or str(root))
        names, ours = disk.names(here), _ours(disk, here)
        gone = home_of(disk, root) / fresh_name(GONE)
    if names != ours:
        replace_files(root, folder, dict.fromkeys(ours), label=label, disk=disk)
        return
    try:
        disk.rename(here, gone)
        _flush(disk, gone.parent, here.parent)
        delete(disk, gone)
    except OSError as error:
        with _unsettled(error, root, label):
            if disk.exists(gone) and disk.names(gone) == names:  # nothing is deleted yet
                disk.rename(gone, here)
            if disk.exists(here):
                raise ServiceError(reason_of(error, root), where=label or str(root)) from error
        # The key, or all there was, is deleted; `recover` will do the rest.


def copy(source: Path, root: Path, folder: PurePosixPath, *, label: str = "", disk: Disk | None = None) -> Path:
    """Puts the files of the certificate in `source` to another place. Raises FILE_TOO_BIG and what `put` raises."""
    disk = disk or Disk()
    with told(source):
        files = {name: disk.content(source / name) for name in _ours(disk, source)}
    return put(root, folder, files, label=label, disk=disk)


# ── The steps ───────────────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def _staged(staging: Staging, root: Path, plan: Plan, label: str) -> Iterator[None]:
    """The body brings the new in place; when it fails, what was there before is put back and the failure told."""
    disk = staging.disk
    try:
        try:
            staging.begin(plan)
            yield
        except (OSError, ServiceError) as error:
            with _unsettled(error, root, label):
                undo(disk, root, staging, plan)
            with suppress(OSError):  # what was there before is there; `recover` clears away the rest
                staging.sweep(plan.after)
            if isinstance(error, ServiceError):
                raise
            raise ServiceError(reason_of(error, root), where=label or str(root)) from error
        with suppress(OSError):  # the new is there; `recover` clears away the rest
            carry(disk, root, staging, plan)
            staging.finish()
            staging.sweep(plan.after)
    finally:
        with suppress(OSError):
            staging.release()


@contextmanager
def _unsettled(cause: OSError | ServiceError, root: Path, label: str) -> Iterator[None]:
    """A failure while undoing one."""
    try:
        yield
    except OSError as error:
        reason = cause.reason if isinstance(cause, ServiceError) else reason_of(cause, root)
        raise ServiceError(reason, where=label or str(root), detail="unsettled") from error


def _ours(disk: Disk, folder: Path) -> list[str]:
    return [name for name in disk.names(folder) if alike(name) in OURS]


def _below(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix()


def _fill(disk: Disk, top: Path, folder: Path, files: Mapping[str, bytes]) -> None:
    """Makes the folders from `top` down to `folder` and the files in the last, all of it flushed."""
    made = [top]
    while made[-1] != folder:
        made.append(made[-1] / folder.relative_to(made[-1]).parts[0])
    for each in made:
        disk.mkdir(each)
    for name, data in files.items():
        disk.create(folder / name, data)
    _flush(disk, *reversed(made))


def _compare(disk: Disk, folder: Path, files: Mapping[str, bytes], check: Check | None) -> None:
    back = {name: disk.content(folder / name) for name in files}
    if back != dict(files):
        raise OSError(errno.EIO, os.strerror(errno.EIO), str(folder))
    if check is not None:
        check(back)


def _exchange(disk: Disk, staging: Staging, top: Path) -> None:
    try:
        disk.swap(staging.new, top)
    except OSError as error:
        if error.errno not in UNSUPPORTED:
            raise
        disk.rename(top, staging.old)
        _flush(disk, staging.folder, top.parent)  # else a loss of power might keep the second rename alone
        disk.rename(staging.new, top)


def _flush(disk: Disk, *folders: Path) -> None:
    for folder in dict.fromkeys(folders):
        disk.flush_folder(folder)
