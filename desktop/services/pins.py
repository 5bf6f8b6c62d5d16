"""Knows which server is believed: one whose certificate a known root vouches for, and whose key is pinned if any is."""

from __future__ import annotations

import base64
import binascii
import hashlib
import ssl
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import httpx
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_DIGEST_BYTES: Final = 32
_PROTOCOL_ERROR: Final = 1  # ssl.SSL_ERROR_SSL


class PinError(ssl.SSLError):
    """A server with a good certificate and a key that is none of the pinned. Nothing was sent to it."""


def pin_of(certificate: bytes) -> str:
    """The SHA-256 of a certificate's SubjectPublicKeyInfo in base64 (RFC 7469); `certificate` is DER."""
    key = x509.load_der_x509_certificate(certificate).public_key()
    spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(spki).digest()).decode()


def trust(*, pins: Iterable[str] = (), roots: Path | None = None) -> ssl.SSLContext:
    """TLS 1.2 or newer, name and chain verified. `roots` (PEM) instead of those of the system and of the web.

    `pins` as `pin_of` makes them: the key in use, and those that will follow it. A server has to have one of them;
    without any, the chain alone decides. Raises ValueError for a pin that cannot be one, OSError or ssl.SSLError for
    `roots` that cannot be read.
    """
    context = httpx.create_ssl_context(trust_env=False) if roots is None else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if roots is None:
        context.load_default_certs()
    else:
        context.load_verify_locations(cafile=roots)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.keylog_filename = None  # type: ignore[assignment]  # no environment is asked where to write session keys
    accepted = frozenset(map(_checked, pins))
    if accepted:
        # asyncio has objects, and what blocks has sockets.
        context.sslobject_class = type("Pinned", (_PinnedObject,), {"accepted": accepted})
        context.sslsocket_class = type("Pinned", (_PinnedSocket,), {"accepted": accepted})
    return context


class _PinnedObject(ssl.SSLObject):
    """Looks at the peer's key as the handshake ends, so before anything is written to it."""

    accepted: frozenset[str]

    def do_handshake(self) -> None:
        super().do_handshake()
        _look(self.getpeercert(binary_form=True), self.accepted)


class _PinnedSocket(ssl.SSLSocket):
    """As `_PinnedObject`."""

    accepted: frozenset[str]

    def do_handshake(self, block: bool = False) -> None:
        super().do_handshake(block)
        _look(self.getpeercert(binary_form=True), self.accepted)


def _look(certificate: bytes | None, accepted: frozenset[str]) -> None:
    if certificate is None or pin_of(certificate) not in accepted:
        raise PinError(_PROTOCOL_ERROR, "the server's key is not pinned")


def _checked(pin: str) -> str:
    try:
        fits = len(base64.b64decode(pin, validate=True)) == _DIGEST_BYTES
    except binascii.Error:
        fits = False
    if not fits:
        raise ValueError("a pin is the base64 of a SHA-256")
    return pin
