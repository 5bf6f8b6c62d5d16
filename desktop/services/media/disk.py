"""The few system calls that media are written with, so that a test can make any one of them fail."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import stat
import sys
from pathlib import Path

from desktop.services.media import exchange

#: A certificate's files are a few kilobytes; whatever is bigger is not one.
MOST = 1 << 20
_BINARY = getattr(os, "O_BINARY", 0)
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
#: A file system that has no such thing says so by one of these, or on Windows by refusing to open a folder.
UNSUPPORTED = frozenset({errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOTTY, errno.ENOLCK})


class Disk:
    """Each primitive is one system call and raises OSError. What is built on them is below."""

    def open(self, path: Path, flags: int, mode: int = 0o600) -> int:
        return os.open(path, flags | _BINARY | _NO_FOLLOW, mode)

    def write(self, handle: int, data: bytes) -> int:
        return os.write(handle, data)

    def read(self, handle: int, size: int) -> bytes:
        return os.read(handle, size)

    def flush(self, handle: int) -> None:
        if sys.platform == "darwin":  # fsync(2) there stops at the drive's own cache
            import fcntl  # noqa: PLC0415 - POSIX only

            with contextlib.suppress(OSError):
                fcntl.fcntl(handle, fcntl.F_FULLFSYNC)
                return
        os.fsync(handle)

    def forget(self, handle: int) -> None:
        """Drops what is cached of a flushed file, so that reading it back asks the medium. Advice, not a promise."""
        if sys.platform == "linux":
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)

    def lock(self, handle: int) -> None:
        """Held until the file is closed or the process dies. Raises BlockingIOError when somebody else holds it."""
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415 - Windows only

            os.lseek(handle, 0, os.SEEK_SET)  # it locks from where the file stands
            try:
                msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
            except PermissionError as error:
                raise BlockingIOError(errno.EWOULDBLOCK, os.strerror(errno.EWOULDBLOCK)) from error
        else:
            import fcntl  # noqa: PLC0415 - POSIX only

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def close(self, handle: int) -> None:
        os.close(handle)

    def mkdir(self, path: Path) -> None:
        path.mkdir(mode=0o700)

    def rename(self, old: Path, new: Path) -> None:
        """A file replaces a file; a folder replaces nothing but, where the system likes, an empty folder."""
        old.replace(new)

    def swap(self, one: Path, other: Path) -> None:
        """Exchanges two folders in one step. Raises OSError with one of UNSUPPORTED where that cannot be done."""
        exchange.swap(one, other)

    def unlink(self, path: Path) -> None:
        path.unlink()

    def rmdir(self, path: Path) -> None:
        path.rmdir()

    def names(self, folder: Path) -> list[str]:
        return sorted(os.listdir(folder))  # noqa: PTH208 - names are all that is asked for

    def stat(self, path: Path) -> os.stat_result:
        """Of the thing itself, not of what a link points at."""
        return path.lstat()

    # ── Built on them ───────────────────────────────────────────────────────────────────────────────────────

    def exists(self, path: Path) -> bool:
        try:
            self.stat(path)
        except FileNotFoundError:
            return False
        return True

    def is_folder(self, path: Path) -> bool:
        try:
            return stat.S_ISDIR(self.stat(path).st_mode)
        except FileNotFoundError:
            return False

    def create(self, path: Path, data: bytes) -> None:
        """A new file, flushed to the medium."""
        handle = self.begin(path, data)
        self.close(handle)

    def begin(self, path: Path, data: bytes) -> int:
        """A new file, flushed to the medium and still open."""
        handle = self.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL)
        try:
            left = memoryview(data)
            while left:
                left = left[self.write(handle, bytes(left)) :]
            self.flush(handle)
            self.forget(handle)
        except OSError:
            self.close(handle)
            raise
        return handle

    def content(self, path: Path) -> bytes:
        """The whole file. Raises OSError (EFBIG) when it has more than MOST bytes."""
        handle = self.open(path, os.O_RDONLY)
        try:
            return self.rest(handle)
        finally:
            self.close(handle)

    def rest(self, handle: int) -> bytes:
        data = b""
        while piece := self.read(handle, MOST + 1 - len(data)):
            data += piece
            if len(data) > MOST:
                raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
        return data

    def digest(self, path: Path) -> str:
        """SHA-256 in hexadecimal; empty when there is no such file."""
        try:
            return hashlib.sha256(self.content(path)).hexdigest()
        except FileNotFoundError:
            return ""

    def flush_folder(self, folder: Path) -> None:
        """So that names made or moved in it survive a loss of power. Windows and some drivers know no such call."""
        if sys.platform == "win32":
            return
        handle = self.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            self.flush(handle)
        except OSError as error:
            if error.errno not in UNSUPPORTED:
                raise
        finally:
            self.close(handle)
