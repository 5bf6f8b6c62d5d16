"""The folder of one certificate: written and proven before it counts, taken away again, and its key unlocked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from desktop.password_rules import broken_password_rule
from desktop.secret import Secret
from desktop.services.api import Place, PlaceKind, Reason, ServiceError
from desktop.services.media.disk import Disk
from desktop.services.media.trouble import told
from desktop.services.media.write import Check, put, remove
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
        check = fitting(self.certificate, self.password, where=self.place.label or self.place.path)
        put(root, user_path(self.certificate), files, label=self.place.label, check=check, disk=self.disk)

    def remove(self) -> None:
        """As if it had never been written. Raises MEDIUM_…."""
        remove(Path(self.place.path), user_path(self.certificate), label=self.place.label, disk=self.disk)


def keep_rules(password: Secret) -> None:
    """For every new password of a file. Raises WEAK_PASSWORD with the rule broken as `detail`."""
    with password.view() as view:
        rule = broken_password_rule(view)
    if rule is not None:
        raise ServiceError(Reason.WEAK_PASSWORD, detail=rule)


def fitting(certificate: x509.Certificate, password: Secret, *, where: str) -> Check:
    """Proves of files read back that the password opens the key, and that the key is the certificate's."""

    def check(back: Mapping[str, bytes]) -> None:
        plain = open_key(back[KEY], password, where=where)
        try:
            load_key(plain, certificate, where=where)
        finally:
            plain.wipe()

    return check


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
