"""Trying a password, a key and an owner on a certificate's files. Wrong passwords of a file are never counted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from desktop.certs.found import Found
from desktop.secret import Secret
from desktop.services.npki import container
from desktop.services.npki.key import load_key, random_of
from desktop.services.npki.tree import read_file
from desktop.services.npki.vid import VidError, verify_owner
from desktop.services.vocabulary import Reason, ServiceError


class Owner(StrEnum):
    """Whether the certificate was given to the person named; the wording is `certs.owner.<code>`."""

    CONFIRMED = "confirmed"
    OTHER = "other"
    NO_MARK = "no_mark"  # nothing in it could tell
    NOT_ASKED = "not_asked"


@dataclass(frozen=True, slots=True)
class Opened:
    """`plain` is the PKCS#8 with R, byte for byte; whoever opened it wipes it."""

    certificate: x509.Certificate
    plain: Secret
    key: RSAPrivateKey = field(repr=False)


@dataclass(frozen=True, slots=True)
class Verified:
    """What held: `failed` is the first thing that did not, None when all did."""

    owner: Owner
    failed: Reason | None = None
    where: str = ""


@contextmanager
def opened(found: Found, password: Secret) -> Iterator[Opened]:
    """The key, proven to be the certificate's, for as long as the block runs.

    Raises KEY_MISSING, WRONG_PASSWORD, KEY_MISMATCH, FORM_UNKNOWN, TOO_MANY_ROUNDS, FILE_….
    """
    path = key_path(found)
    assert found.certificate is not None
    plain = container.open_key(_sealed(path), password, where=str(path))
    try:
        yield Opened(found.certificate, plain, load_key(plain, found.certificate, where=str(path)))
    finally:
        plain.wipe()


def key_path(found: Found) -> Path:
    """Raises KEY_MISSING."""
    path = found.entry.key
    if path is None:
        raise ServiceError(Reason.KEY_MISSING, where=found.entry.where or str(found.entry.folder))
    return path


def verify(found: Found, password: Secret, rrn: Secret | None = None) -> Verified:
    """Tells rather than raises what is wrong with the files; `rrn` is the number of the person it should be."""
    try:
        with opened(found, password) as key:
            return Verified(_owner(key, rrn))
    except ServiceError as error:
        return Verified(Owner.NOT_ASKED, error.reason, error.where or "")


def form_of(found: Found) -> tuple[container.Form, int]:
    """How the key is wrapped, and how often the password is hashed. Raises as `opened`."""
    path = key_path(found)
    data = _sealed(path)
    return container.form_of(data, where=str(path)), container.rounds_of(data, where=str(path))


def _sealed(path: Path) -> bytes:
    return read_file(path, most=container.MOST_BYTES)


def _owner(key: Opened, rrn: Secret | None) -> Owner:
    if rrn is None:
        return Owner.NOT_ASKED
    r = random_of(key.plain)
    if r is None:
        return Owner.NO_MARK
    try:
        verify_owner(key.certificate, rrn, r)
    except VidError:
        return Owner.NO_MARK
    except ServiceError:
        return Owner.OTHER
    return Owner.CONFIRMED
