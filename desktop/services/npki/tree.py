"""The folders of joint certificates on a medium: what lies there, read as it comes, whatever its state."""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography import x509

from desktop.services.api import Reason, ServiceError
from desktop.services.npki import container, der

NPKI: Final = "NPKI"
USER: Final = "USER"
CERTIFICATE: Final = "signCert.der"
KEY: Final = "signPri.key"
KM_CERTIFICATE: Final = "kmCert.der"
KM_KEY: Final = "kmPri.key"
FILES: Final = (CERTIFICATE, KEY, KM_CERTIFICATE, KM_KEY)

#: The largest certificate looked at, in bytes: one has about 2,000, and no name is worth more than this.
MOST_BYTES: Final = 64 * 1024

_CANONICAL: Final = {name.casefold(): name for name in FILES}


@dataclass(frozen=True, slots=True)
class Entry:
    """One folder that holds a certificate or a key, or should. What the certificate is it says itself: the folder's
    name is not believed.

    `certificate` is DER without what strays after it, None where it cannot be read. `files` are the names as they
    stand in the folder by the names they should have. `fault` says what keeps it from being used, and `where` the
    file at fault; a certificate may be there all the same.
    """

    folder: Path
    certificate: bytes | None = field(default=None, repr=False)
    files: Mapping[str, str] = field(default_factory=dict)
    fault: Reason | None = None
    where: str = ""

    @property
    def key(self) -> Path | None:
        return self.path_of(KEY)

    @property
    def has_key(self) -> bool:
        return KEY in self.files

    @property
    def km(self) -> bool:
        """Whether a pair for encipherment lies beside it."""
        return KM_CERTIFICATE in self.files and KM_KEY in self.files

    def path_of(self, name: str) -> Path | None:
        """One of FILES, None where it is not there."""
        found = self.files.get(name)
        return None if found is None else self.folder / found


def scan(root: Path) -> Iterator[Entry]:
    """Every folder NPKI/<CA>/USER/<DN> under `root`, which holds NPKI or is one; each is read when it is asked for.

    Names are found without regard to case and in any composition of Hangul. Links that lead off `root` are passed
    over. A folder that cannot be listed comes as an entry with a fault; nothing is raised for what lies on a medium.
    """
    home = os.path.realpath(root)
    try:
        tops = _folders(str(root), home, NPKI) or ([str(root)] if _same(root.name, NPKI) else [])
        authorities = [authority for top in tops for authority in _folders(top, home)]
    except FileNotFoundError:
        return
    except OSError:
        yield _failed(str(root))
        return
    for authority in authorities:
        yield from _scan_authority(authority, home)


def read_entry(folder: Path) -> Entry:
    """One folder, its links followed as far as its own medium's USER folder goes. Nothing is raised."""
    return _read_entry(str(folder), os.path.realpath(folder.parent))


def read_file(path: Path | str, *, most: int = MOST_BYTES) -> bytes:
    """Raises ServiceError FILE_MISSING, FILE_TOO_BIG, FILE_BROKEN for what is no file, or MEDIUM_FAILED.

    `where` is the path, `most` in bytes.
    """
    try:
        # Without blocking: what poses as a file may be a pipe that nobody writes to.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise ServiceError(Reason.FILE_BROKEN, where=str(path))
            data = b""
            while len(data) <= most and (more := os.read(descriptor, most + 1 - len(data))):
                data += more
        finally:
            os.close(descriptor)
    except FileNotFoundError as error:
        raise ServiceError(Reason.FILE_MISSING, where=str(path)) from error
    except OSError as error:
        raise ServiceError(Reason.MEDIUM_FAILED, where=str(path)) from error
    if len(data) > most:
        raise ServiceError(Reason.FILE_TOO_BIG, where=str(path))
    return data


def files_of(
    certificate: bytes, sealed_key: bytes, *, km_certificate: bytes = b"", km_key: bytes = b""
) -> dict[str, bytes]:
    """What to write into a folder, by name; those of encipherment where they are given."""
    files = {CERTIFICATE: certificate, KEY: sealed_key, KM_CERTIFICATE: km_certificate, KM_KEY: km_key}
    return {name: data for name, data in files.items() if data}


def _scan_authority(authority: str, home: str) -> Iterator[Entry]:
    try:
        folders = [folder for user in _folders(authority, home, USER) for folder in _folders(user, home)]
    except OSError:
        yield _failed(authority)
        return
    for folder in folders:
        entry = _read_entry(folder, home)
        if entry.files or entry.fault is not Reason.FILE_MISSING:
            yield entry


def _read_entry(folder: str, home: str) -> Entry:
    """With strings for paths: ten thousand times three Path objects are a fifth of the time."""
    path = Path(folder)
    try:
        files = _files(folder, home)
    except OSError:
        return _failed(folder)
    if CERTIFICATE not in files:
        return Entry(path, None, files, Reason.FILE_MISSING, _join(folder, CERTIFICATE))
    certificate = None
    try:
        certificate = _certificate(_join(folder, files[CERTIFICATE]))
        if KEY not in files:
            raise ServiceError(Reason.KEY_MISSING, where=_join(folder, KEY))
        key = _join(folder, files[KEY])
        container.form_of(read_file(key, most=container.MOST_BYTES), where=key)
    except ServiceError as error:
        return Entry(path, certificate, files, error.reason, error.where or folder)
    return Entry(path, certificate, files)


def _failed(folder: str) -> Entry:
    return Entry(Path(folder), fault=Reason.MEDIUM_FAILED, where=folder)


def _certificate(path: str) -> bytes:
    """Its parsed form is not kept: to parse it again takes 3 µs, to keep it 5 kB."""
    try:
        certificate = der.outer(read_file(path))
        x509.load_der_x509_certificate(certificate)
        return certificate
    except ValueError as error:
        raise ServiceError(Reason.FILE_BROKEN, where=path) from error


def _files(folder: str, home: str) -> dict[str, str]:
    """Two that differ in case alone: the one of the right name counts."""
    found: dict[str, str] = {}
    with os.scandir(folder) as listed:
        for one in listed:
            name = _CANONICAL.get(one.name.casefold())
            if name is not None and not _leads_off(one, home) and (one.name == name or name not in found):
                found[name] = one.name
    return found


def _folders(parent: str, home: str, named: str | None = None) -> list[str]:
    """Their paths, sorted; of one name in any case, where a medium that tells cases apart may hold several.

    The medium is let go before anything is done with them.
    """
    with os.scandir(parent) as listed:
        wanted = (one for one in listed if named is None or _same(one.name, named))
        return sorted(one.path for one in wanted if _is_folder(one) and not _leads_off(one, home))


def _join(folder: str, name: str) -> str:
    return f"{folder}{os.sep}{name}"


def _is_folder(one: os.DirEntry[str]) -> bool:
    try:
        return one.is_dir()
    except OSError:  # a link in a circle
        return False


def _leads_off(one: os.DirEntry[str], home: str) -> bool:
    """Whether it is a link (on Windows a junction too) to somewhere outside `home`."""
    attributes = getattr(one.stat(follow_symlinks=False), "st_file_attributes", 0) if os.name == "nt" else 0
    if not one.is_symlink() and not attributes & stat.FILE_ATTRIBUTE_REPARSE_POINT:
        return False
    target = Path(os.path.realpath(one.path))
    return not target.is_relative_to(home)


def _same(name: str, wanted: str) -> bool:
    return unicodedata.normalize("NFC", name).casefold() == wanted.casefold()
