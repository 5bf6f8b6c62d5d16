"""Knows how one transaction with a CA is spoken from the client's side, and believes no answer before it is checked."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding

from desktop.secret import Secret
from desktop.services.api import UNCERTAIN, Reason, ServiceError
from desktop.services.cmp.crmf import written
from desktop.services.cmp.failures import Failure, RefusedError, failures_of
from desktop.services.cmp.frame import (
    MAX_ANSWER,
    NONCE_BYTES,
    WINDOW,
    Message,
    check_time,
    load_certificate,
    read_message,
    write_header,
    write_message,
    write_part,
)
from desktop.services.cmp.messages import Body, ErrorMessage, StatusInfo
from desktop.services.cmp.peer import key_id_of
from desktop.services.cmp.protect import (
    PrivateKey,
    check_mac,
    check_signature,
    is_mac,
    mac,
    mac_algorithm,
    may_sign_messages,
    sign,
    signature_algorithm,
    usable_key,
)

Send = Callable[[bytes], Awaitable[bytes]]

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 8.0
#: id-kp-cmcCA and id-kp-cmcRA: who else but the CA itself may speak for it (RFC 9810, 4.5).
SPEAKERS: Final = frozenset(map(x509.ObjectIdentifier, ("1.3.6.1.5.5.7.3.27", "1.3.6.1.5.5.7.3.28")))


@dataclass(frozen=True, slots=True)
class Shared:
    """참조번호 and 인가코드: messages are protected by a MAC. The caller wipes the code."""

    reference: str
    code: Secret = field(repr=False)


@dataclass(frozen=True, slots=True)
class Held:
    """A certificate of the CA and its key: messages are signed."""

    certificate: x509.Certificate = field(repr=False)
    key: PrivateKey = field(repr=False)


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds that an answer is waited for: `resend` for one that got lost, `poll` for one that is not ready."""

    now: Callable[[], float]
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    resend: float = 60.0
    poll: float = 300.0


class Talk:
    """One transaction: a transactionID, and the nonces that join a message to the one before."""

    def __init__(self, send: Send, by: Shared | Held, chain: tuple[x509.Certificate, ...], patience: Patience) -> None:
        """`chain`: issuing CA, then root; they alone are trusted."""
        self._send = send
        self._by = by
        self._chain = chain
        self._patience = patience
        self._transaction = os.urandom(NONCE_BYTES)
        self._their_nonce: bytes | None = None

    async def ask(self, body: Body, *, lasting: bool = True) -> Body:
        """The answer's body, proven to be this CA's answer to this message.

        Where the way there fails the same bytes are sent again for a while, unless `lasting` is false. Raises what
        `send` does, ENROLMENT_REFUSED for an error message, ENROLMENT_BROKEN for an answer that proves nothing.
        """
        nonce = os.urandom(NONCE_BYTES)
        message = await self._write(body, nonce)
        answer = await self._deliver(message, self._patience.resend if lasting else 0.0)
        try:
            read = self._read(answer, nonce)
        except RefusedError as error:
            raise broken(error.failure.code) from error
        if isinstance(read.value, ErrorMessage):
            raise refused(read.value.status)
        return read

    async def _write(self, body: Body, nonce: bytes) -> bytes:
        by = self._by
        if isinstance(by, Shared):
            name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, by.reference)])
            sender, key_id, protection = name.public_bytes(), by.reference.encode(), mac_algorithm()
        else:
            sender, key_id = by.certificate.subject.public_bytes(), key_id_of(by.certificate)
            protection = signature_algorithm(by.key.public_key())
        header = write_header(
            sender=sender,
            recipient=self._chain[0].subject.public_bytes(),
            now=self._patience.now(),
            protection=written(protection),
            sender_kid=key_id,
            transaction=self._transaction,
            nonce=nonce,
            reply_to=self._their_nonce,
        )
        part = write_part(header, body)
        if isinstance(by, Shared):
            return write_message(part, mac(by.code, protection, part))
        return write_message(part, await signed(by.key, part), (by.certificate.public_bytes(Encoding.DER),))

    async def _deliver(self, message: bytes, patience: float) -> bytes:
        """The other side answers a message that it knows as it did before: asking again does nothing twice."""
        until, delay = self._patience.now() + patience, FIRST_PAUSE
        while True:
            try:
                return await self._send(message)
            except ServiceError as error:
                wait = error.retry_after or delay
                if error.reason not in UNCERTAIN or self._patience.now() + wait > until:
                    raise
            await self._patience.pause(wait)
            delay = min(2 * delay, LONGEST_PAUSE)

    def _read(self, answer: bytes, nonce: bytes) -> Body:
        message = read_message(answer, limit=MAX_ANSWER)
        header = message.header
        self._check_protection(message)
        if header.transaction != self._transaction:
            raise RefusedError(Failure.BAD_REQUEST)
        if header.recipient_nonce != nonce:
            raise RefusedError(Failure.BAD_RECIPIENT_NONCE)
        if not header.sender_nonce:
            raise RefusedError(Failure.BAD_SENDER_NONCE)
        check_time(header, now=self._patience.now(), window=WINDOW)
        self._their_nonce = header.sender_nonce
        return message.body()

    def _check_protection(self, message: Message) -> None:
        protection = message.header.protection
        if protection is None or message.protection is None:
            raise RefusedError(Failure.BAD_MESSAGE_CHECK)
        if not is_mac(protection):
            key = usable_key(self._speaker(message), Failure.SIGNER_NOT_TRUSTED)
            check_signature(key, protection, message.part, message.protection, Failure.BAD_MESSAGE_CHECK)
        elif isinstance(self._by, Shared):
            check_mac(self._by.code, protection, message.part, message.protection)
        else:
            raise RefusedError(Failure.WRONG_INTEGRITY)

    def _speaker(self, message: Message) -> x509.Certificate:
        """Who signed: the issuing CA, or who speaks for it. Raises RefusedError SIGNER_NOT_TRUSTED."""
        if not message.extra_certs:
            return self._chain[0]
        certificate = load_certificate(message.extra_certs[0], Failure.SIGNER_NOT_TRUSTED)
        if certificate == self._chain[0]:
            return certificate
        good = may_sign_messages(certificate) and _speaks_for_a_ca(certificate)
        if not good or not any(gave(ca, certificate, now=self._patience.now()) for ca in self._chain):
            raise RefusedError(Failure.SIGNER_NOT_TRUSTED)
        return certificate


def gave(ca: x509.Certificate, certificate: x509.Certificate, *, now: float) -> bool:
    """Whether this CA issued the certificate, and the certificate is in its time (with the clocks' difference)."""
    try:
        certificate.verify_directly_issued_by(ca)
    except (ValueError, TypeError, InvalidSignature):
        return False
    begins, ends = certificate.not_valid_before_utc.timestamp(), certificate.not_valid_after_utc.timestamp()
    return begins - WINDOW <= now <= ends


async def signed(key: PrivateKey, data: bytes) -> bytes:
    """In a worker: a key that stays in its token may take its time."""
    return await asyncio.to_thread(sign, key, data)


def refused(status: StatusInfo) -> ServiceError:
    """What the CA said no to, by the name of the lowest failure bit."""
    found = failures_of(status.failure)
    return ServiceError(Reason.ENROLMENT_REFUSED, detail=found[0].code if found else None)


def broken(detail: str) -> ServiceError:
    """An answer that is not one. `detail` is a code, such as that of a failure bit."""
    return ServiceError(Reason.ENROLMENT_BROKEN, detail=detail)


def _speaks_for_a_ca(certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return False
    return not SPEAKERS.isdisjoint(usage)
