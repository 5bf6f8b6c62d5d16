"""The key by which the CA speaks CMP, and to which R is encrypted: kept, since an exchange outlives a restart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding

from desktop.services.authority import profile
from desktop.services.authority.ca import CertificateAuthority
from desktop.services.authority.connection import Connection
from desktop.services.authority.keys import key_bytes, load_key, new_key
from desktop.services.authority.store import Store
from desktop.services.authority.vault import Vault

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS ca_door (
    "only" INTEGER PRIMARY KEY CHECK ("only" = 1),
    certificate BLOB NOT NULL,
    sealed_key BLOB NOT NULL,
    renew_at REAL NOT NULL
) STRICT;
"""
_KEEP: Final = (
    'INSERT INTO ca_door VALUES (1, ?, ?, ?) ON CONFLICT ("only") DO UPDATE SET'
    " certificate = excluded.certificate, sealed_key = excluded.sealed_key, renew_at = excluded.renew_at"
)
_CONTEXT: Final = "ca:door"


@dataclass(frozen=True, slots=True)
class DoorKey:
    """`renew_at` in seconds since the epoch: half of the certificate's life."""

    certificate: x509.Certificate
    key: RSAPrivateKey = field(repr=False)
    renew_at: float


class DoorKeys:
    """One at a time, the same for every program on this store."""

    def __init__(
        self, store: Store, vault: Vault, clock: Callable[[], float], *, authority: CertificateAuthority
    ) -> None:
        self._store, self._vault, self._clock, self._ca = store, vault, clock, authority

    def current(self) -> DoorKey:
        """Outside any transaction; a new one takes a tenth of a second."""
        with self._store.read() as cx:
            kept = self._load(cx)
        if kept is not None:
            return kept
        made = self._make()
        with self._store.transaction() as cx:
            kept = self._load(cx)  # by a call that was quicker
            if kept is None:
                sealed = self._vault.seal(key_bytes(made.key), _CONTEXT)
                values = (made.certificate.public_bytes(Encoding.DER), sealed, made.renew_at)
                cx.execute(_KEEP, values)
        return kept or made

    def _load(self, cx: Connection) -> DoorKey | None:
        row = cx.execute("SELECT * FROM ca_door WHERE renew_at > ?", (self._clock(),)).fetchone()
        if row is None:
            return None
        key = load_key(self._vault.unseal(row["sealed_key"], _CONTEXT))
        return DoorKey(x509.load_der_x509_certificate(row["certificate"]), key, row["renew_at"])

    def _make(self) -> DoorKey:
        key, now = new_key(), self._clock()
        certificate = profile.door(self._ca.issuer, key.public_key(), self._ca.names, now)
        return DoorKey(certificate, key, now + timedelta(days=profile.SERVANT_DAYS).total_seconds() / 2)
