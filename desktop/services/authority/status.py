"""What the CA says of its certificates: the revocation list (RFC 5280) and answers to OCSP requests (RFC 6960)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ReasonFlags, ocsp

from desktop.services.api import Status
from desktop.services.authority import ledger, profile
from desktop.services.authority.ca import CertificateAuthority
from desktop.services.authority.connection import Connection
from desktop.services.authority.crl import Gone, RevocationLists
from desktop.services.authority.keys import check_own, key_octets

CRL_LIFE: Final = timedelta(days=1)
OCSP_LIFE: Final = timedelta(hours=1)
MAX_REQUEST: Final = 16_384  # bytes
MAX_NONCE: Final = 128  # RFC 9654, 2.1

_MALFORMED = ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.MALFORMED_REQUEST)


@dataclass(frozen=True, slots=True)
class _Responder:
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey = field(repr=False)
    renew_at: float


class StatusService:
    """One for each program; its responder key lives in memory alone and is replaced after half its life."""

    def __init__(self, authority: CertificateAuthority, clock: Callable[[], float]) -> None:
        self._ca = authority
        self._clock = clock
        self._lock = threading.Lock()
        self._responder: _Responder | None = None
        self._lists = RevocationLists(authority.issuer)

    def crl(self, cx: Connection) -> bytes:
        """The current list, DER; a new one when a certificate changed or half its life is over. Writes in `cx`."""
        now = int(self._clock())
        row = cx.execute("SELECT * FROM ca_crl").fetchone()
        if row and not row["stale"] and 0 <= now - row["this_update"] < CRL_LIFE.total_seconds() / 2:
            crl: bytes = row["crl"]
            return crl
        number = row["number"] + 1 if row else 1
        der = self._lists.write(self._gone(cx, now), number=number, now=now, life=CRL_LIFE)
        cx.execute(
            'INSERT INTO ca_crl VALUES (1, ?, ?, ?, 0) ON CONFLICT ("only") DO UPDATE SET'
            " number = excluded.number, crl = excluded.crl, this_update = excluded.this_update, stale = 0",
            (number, der, now),
        )
        return der

    def answer_ocsp(self, cx: Connection, request: bytes) -> bytes:
        """An OCSPResponse, DER, to any bytes; `malformedRequest` for what is no request for one certificate."""
        if len(request) > MAX_REQUEST:
            return _MALFORMED.public_bytes(Encoding.DER)
        try:
            asked = ocsp.load_der_ocsp_request(request)
            builder = self._answer(cx, asked)
            nonce = _nonce(asked)
        except (ValueError, NotImplementedError, UnsupportedAlgorithm, x509.DuplicateExtension):
            # What is wrong with it is the sender's business; NotImplementedError: more than one certificate asked.
            return _MALFORMED.public_bytes(Encoding.DER)
        if nonce:
            builder = builder.add_extension(nonce, critical=False)
        with self._lock:
            responder = self._current_responder()
        builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, responder.certificate)
        # The CA goes along, so that who trusts the root alone can follow the chain.
        builder = builder.certificates([responder.certificate, self._ca.issuer.certificate])
        return builder.sign(responder.key, hashes.SHA256()).public_bytes(Encoding.DER)

    def _answer(self, cx: Connection, asked: ocsp.OCSPRequest) -> ocsp.OCSPResponseBuilder:
        found = ledger.find(cx, asked.serial_number) if self._is_ours(asked) else None
        if found is None:
            status, revoked_at, reason = ocsp.OCSPCertStatus.UNKNOWN, None, None
        elif found.status == Status.GOOD:
            status, revoked_at, reason = ocsp.OCSPCertStatus.GOOD, None, None
        else:
            assert found.changed_at is not None
            status, revoked_at = ocsp.OCSPCertStatus.REVOKED, _utc(found.changed_at)
            reason = _worth_saying(found.reason)
        now = int(self._clock())
        return ocsp.OCSPResponseBuilder().add_response_by_hash(
            issuer_name_hash=asked.issuer_name_hash,
            issuer_key_hash=asked.issuer_key_hash,
            serial_number=asked.serial_number,
            algorithm=asked.hash_algorithm,
            cert_status=status,
            this_update=_utc(now),
            next_update=_utc(now) + OCSP_LIFE,
            revocation_time=revoked_at,
            revocation_reason=reason,
        )

    def _is_ours(self, asked: ocsp.OCSPRequest) -> bool:
        """Whether the request names this CA, by the hash of its name and of its key."""
        certificate = self._ca.issuer.certificate
        key = key_octets(check_own(certificate.public_key()))
        names = (
            (certificate.subject.public_bytes(), asked.issuer_name_hash),
            (key, asked.issuer_key_hash),
        )
        return all(_hash(asked.hash_algorithm, own) == theirs for own, theirs in names)

    def _current_responder(self) -> _Responder:
        now = self._clock()
        if self._responder is None or now >= self._responder.renew_at:
            key = ec.generate_private_key(ec.SECP256R1())
            certificate = profile.responder(self._ca.issuer, key.public_key(), self._ca.names, now)
            half = timedelta(days=profile.SERVANT_DAYS).total_seconds() / 2
            self._responder = _Responder(certificate, key, now + half)
        return self._responder

    def _gone(self, cx: Connection, now: int) -> Iterator[Gone]:
        """What the list names, in the order in which it was issued."""
        # An expired certificate stays for one more list, so that nobody misses its revocation (RFC 5280, 3.3).
        since = now - int(CRL_LIFE.total_seconds())
        rows = cx.execute(
            "SELECT serial, changed_at, reason FROM ca_certificates WHERE status <> 'good' AND not_after > ?"
            " ORDER BY sequence",
            (since,),
        )
        for row in rows:
            yield Gone(int(row["serial"]), row["changed_at"], ReasonFlags[row["reason"]] if row["reason"] else None)


def _worth_saying(reason: ReasonFlags | None) -> ReasonFlags | None:
    """`unspecified` is said by saying nothing (RFC 5280, 5.3.1)."""
    return None if reason == ReasonFlags.unspecified else reason


def _nonce(asked: ocsp.OCSPRequest) -> x509.OCSPNonce | None:
    """To be echoed. ValueError where its length is not allowed."""
    try:
        nonce = asked.extensions.get_extension_for_class(x509.OCSPNonce).value
    except x509.ExtensionNotFound:
        return None
    if not 1 <= len(nonce.nonce) <= MAX_NONCE:
        raise ValueError("nonce")
    return nonce


def _hash(algorithm: hashes.HashAlgorithm, value: bytes) -> bytes:
    digest = hashes.Hash(algorithm)
    digest.update(value)
    return digest.finalize()


def _utc(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
