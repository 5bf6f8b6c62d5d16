"""The folder of one certificate: written and proven before it counts, taken away again, and its key unlocked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from desktop.secret import Secret
from desktop.services.api import Place, PlaceKind, Reason, ServiceError
from desktop.services.media.disk import Disk
from desktop.services.media.trouble import told
from desktop.services.media.write import put, remove
from desktop.services.npki.container import MOST_BYTES, open_key
from desktop.services.npki.key import load_key
from desktop.services.npki.names import user_path
from desktop.services.npki.tree import KEY, Entry, read_file


@dataclass(frozen=True, slots=True)
class Folder:
    """A new certificate's own at a place, and the password of the key in it; the caller wipes that."""

    place: Place
    certificate: x509.Certificate
    password: Secret
    disk: Disk | None

    def store(self, files: Mapping[str, bytes]) -> None:
        """Writes all of them, and proves what was read back before it takes its place. Raises MEDIUM_…."""
        root = Path(self.place.path)
        if self.place.kind is not PlaceKind.REMOVABLE:
            with told(root, self.place.label):
                root.mkdir(parents=True, exist_ok=True)
        put(root, user_path(self.certificate), files, label=self.place.label, check=self._check, disk=self.disk)

    def remove(self) -> None:
        """As if it had never been written. Raises MEDIUM_…."""
        remove(Path(self.place.path), user_path(self.certificate), label=self.place.label, disk=self.disk)

    def _check(self, back: Mapping[str, bytes]) -> None:
        where = self.place.label or self.place.path
        plain = open_key(back[KEY], self.password, where=where)
        try:
            load_key(plain, self.certificate, where=where)
        finally:
            plain.wipe()


def unlock(entry: Entry, certificate: x509.Certificate, password: Secret) -> RSAPrivateKey:
    """The key of a folder's certificate. Raises ServiceError KEY_MISSING, KEY_MISMATCH, WRONG_PASSWORD, FILE_…."""
    if entry.fault is not None or entry.key is None:
        raise ServiceError(entry.fault or Reason.KEY_MISSING, where=entry.where)
    where = str(entry.key)
    plain = open_key(read_file(entry.key, most=MOST_BYTES), password, where=where)
    try:
        return load_key(plain, certificate, where=where)
    finally:
        plain.wipe()
