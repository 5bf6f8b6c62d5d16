"""Remote signing after the CSC API v2: a PIN buys one SAD, which signs what it was bought for."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from desktop.secret import Secret
from desktop.services.api import (
    Authorize,
    Authorized,
    CredentialInfo,
    Kind,
    Reason,
    ServiceError,
    Signatures,
    SignHash,
    Status,
)
from desktop.services.authority.ca import CertificateAuthority
from desktop.services.authority.cloud import Cloud
from desktop.services.authority.connection import Connection
from desktop.services.authority.keys import KEY_BITS, load_key
from desktop.services.authority.opening import Opening
from desktop.services.authority.store import Store
from desktop.services.authority.vault import Vault
from desktop.services.authority.wrapping import wipe

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS signing_authorizations (
    sad BLOB PRIMARY KEY,
    wrapped_key BLOB NOT NULL,
    expires_at REAL NOT NULL
) STRICT;
"""

SHA256_OID: Final = "2.16.840.1.101.3.4.2.1"
RSA_SHA256_OID: Final = "1.2.840.113549.1.1.11"
SAD_SECONDS: Final = 300
MAX_HASHES: Final = 20

_REFUSALS: Final = {
    Status.EXPIRED: Reason.CERTIFICATE_EXPIRED,
    Status.REVOKED: Reason.CERTIFICATE_REVOKED,
    Status.SUSPENDED: Reason.CERTIFICATE_SUSPENDED,
}
_HASH_BYTES, _NONCE_BYTES, _TAG_BYTES = 32, 12, 16


@dataclass(frozen=True, slots=True)
class Unlocked:
    """What came of a PIN, on its way into `authorize`: the key, which that wipes, or None for the wrong PIN."""

    account: int
    request: Authorize
    key: Secret | None = field(repr=False)


class RemoteSigning:
    """`account` is the cloud account of whoever asks: others' credentials do not exist for it."""

    def __init__(
        self, store: Store, vault: Vault, clock: Callable[[], float], *, ca: CertificateAuthority, cloud: Cloud
    ) -> None:
        self._store = store
        self._vault = vault
        self._clock = clock
        self._ca = ca
        self._cloud = cloud
        self._opening = Opening(cloud)

    def info(self, cx: Connection, account: int, credential_id: str, *, pin_tries: int) -> CredentialInfo:
        """credentials/info (11.5). Raises ServiceError NO_CERTIFICATE, NOT_OFFERED for a key that is elsewhere."""
        found = self._cloud.credential(cx, account, credential_id)
        if found.purpose.kind != Kind.FINANCIAL:
            raise ServiceError(Reason.NOT_OFFERED)
        status = self._ca.status(cx, found.serial)
        left = max(0, pin_tries - found.wrong_pins)
        return CredentialInfo(
            credential_id=credential_id,
            key_status="enabled" if status == Status.GOOD and left != 0 else "disabled",
            key_algo=(RSA_SHA256_OID,),
            key_len=KEY_BITS,
            cert_status=status,
            certificates=(found.certificate, *self._ca.chain_of(found.certificate)),
            tries_left=left,
        )

    def count(self, cx: Connection, account: int, request: Authorize, *, pin_tries: int, pin_digits: int = 6) -> int:
        """First of three parts of credentials/authorize (11.6): counts the try, in a transaction of its own.

        Returns the number of the try, for `authorize`. Raises ServiceError PIN_LOCKED, NO_CERTIFICATE, BAD_REQUEST,
        NOT_OFFERED, CERTIFICATE_EXPIRED, CERTIFICATE_REVOKED or CERTIFICATE_SUSPENDED.
        """
        _check_hashes(request.hashes, request.hash_algorithm_oid)
        found = self._cloud.credential(cx, account, request.credential_id)
        self._check_status(cx, found.serial)
        return self._opening.count(cx, found, request.pin, pin_tries=pin_tries, pin_digits=pin_digits)

    def unlock(self, account: int, request: Authorize) -> Unlocked:
        """Second part, 0.2 s and outside any transaction: tries the PIN, which the caller wipes."""
        with self._store.read() as cx:
            found = self._cloud.credential(cx, account, request.credential_id)
        return Unlocked(account, request, self._opening.attempt(found, request.pin))

    def authorize(
        self, cx: Connection, journey: str, unlocked: Unlocked, *, counted: int, pin_tries: int
    ) -> Authorized:
        """Third part: a SAD for this journey, credential and these hashes, good once and for 300 seconds.

        Until it is used the key waits in the database under a key made of the SAD itself, so that another
        worker can sign after a restart, and nobody who has the database alone can.
        Raises ServiceError WRONG_PIN with the tries left, PIN_LOCKED when none is.
        """
        request = unlocked.request
        found = self._cloud.credential(cx, unlocked.account, request.credential_id)
        self._opening.settle(cx, found, opened=unlocked.key is not None, counted=counted, pin_tries=pin_tries)
        assert unlocked.key is not None
        sad = secrets.token_urlsafe(32)
        bound = _binding(journey, unlocked.account, request.credential_id, request.hashes)
        nonce, kek = secrets.token_bytes(_NONCE_BYTES), self._kek(sad)
        wrapped = nonce + AESGCM(kek).encrypt(nonce, unlocked.key.view(), bound)
        wipe(kek)
        unlocked.key.wipe()
        now = self._clock()
        cx.execute("DELETE FROM signing_authorizations WHERE expires_at <= ?", (now,))
        values = (self._digest(sad), wrapped, now + SAD_SECONDS)
        cx.execute("INSERT INTO signing_authorizations VALUES (?, ?, ?)", values)
        return Authorized(sad, float(SAD_SECONDS))

    def sign(self, cx: Connection, account: int, journey: str, request: SignHash) -> Signatures:
        """signatures/signHash (11.10): RSA PKCS #1 v1.5 over SHA-256 values.

        Raises ServiceError PROOF_FAILED for a SAD that is unknown, used, expired or bound to something else,
        BAD_REQUEST for another algorithm, and what `count` raises for the certificate.
        A SAD that was shown is spent even so, where the caller commits its refusals.
        """
        _check_hashes(request.hashes, request.hash_algorithm_oid)
        if request.sign_algo != RSA_SHA256_OID:
            raise ServiceError(Reason.BAD_REQUEST, detail="sign_algo")
        found = self._cloud.credential(cx, account, request.credential_id)
        self._check_status(cx, found.serial)
        row = cx.execute(
            "DELETE FROM signing_authorizations WHERE sad = ? RETURNING wrapped_key, expires_at",
            (self._digest(request.sad),),
        ).fetchone()
        if row is None:
            raise ServiceError(Reason.PROOF_FAILED, detail="sad")
        if row["expires_at"] <= self._clock():
            raise ServiceError(Reason.PROOF_FAILED, detail="sad_expired")
        bound = _binding(journey, account, request.credential_id, request.hashes)
        key = self._unwrap(request.sad, row["wrapped_key"], bound)
        return Signatures(tuple(_signatures(key, request.hashes)))

    def _check_status(self, cx: Connection, serial: int) -> None:
        status = self._ca.status(cx, serial)
        if status != Status.GOOD:
            raise ServiceError(_REFUSALS[status])

    def _unwrap(self, sad: str, wrapped: bytes, bound: bytes) -> Secret:
        kek = self._kek(sad)
        plain = bytearray(len(wrapped) - _NONCE_BYTES - _TAG_BYTES)
        try:
            AESGCM(kek).decrypt_into(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], bound, plain)
            return Secret(plain)
        except InvalidTag:
            raise ServiceError(Reason.PROOF_FAILED, detail="sad") from None
        finally:
            wipe(kek)
            wipe(plain)

    def _digest(self, sad: str) -> bytes:
        return self._vault.digest(sad.encode(), "sad")

    def _kek(self, sad: str) -> bytearray:
        kek = bytearray(32)
        salt = self._vault.derive("sad")
        HKDF(hashes.SHA256(), len(kek), salt=salt, info=b"changgu sad 1").derive_into(sad.encode(), kek)
        return kek


def _check_hashes(values: tuple[bytes, ...], oid: str) -> None:
    if oid != SHA256_OID:
        raise ServiceError(Reason.BAD_REQUEST, detail="hash_algorithm_oid")
    if not 1 <= len(values) <= MAX_HASHES or any(len(value) != _HASH_BYTES for value in values):
        raise ServiceError(Reason.BAD_REQUEST, detail="hashes")


def _binding(journey: str, account: int, credential_id: str, values: tuple[bytes, ...]) -> bytes:
    """All that a SAD was bought for, in 32 bytes; every part has a length, so no two sets read alike."""
    digest = hashlib.sha256()
    for part in (journey.encode(), str(account).encode(), credential_id.encode(), *values):
        digest.update(len(part).to_bytes(4, "big") + part)
    return digest.digest()


def _signatures(key: Secret, values: tuple[bytes, ...]) -> Iterator[bytes]:
    try:
        private = load_key(key.view())
        for value in values:
            yield private.sign(value, padding.PKCS1v15(), Prehashed(hashes.SHA256()))
    finally:
        key.wipe()
