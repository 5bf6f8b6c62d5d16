"""Knows how a CA answers CMP messages (RFC 9810, after the discipline of RFC 9483), whatever authority is behind it."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cryptography import x509
from cryptography.hazmat.asn1 import TLV, Null

from desktop.services.cmp import replies
from desktop.services.cmp.applying import (
    CERT_REQ_ID,
    PKCS10_ID,
    Decryption,
    Wanted,
    read_pkcs10,
    read_requests,
    read_revocation,
)
from desktop.services.cmp.crmf import algorithm, type_of
from desktop.services.cmp.failures import Failure, RefusedError
from desktop.services.cmp.frame import MAX_REQUEST, NONCE_BYTES, Message, certificate_hash, check_time, read_message
from desktop.services.cmp.messages import (
    ACCEPTED,
    IMPLICIT_CONFIRM,
    PVNO,
    Body,
    CertConf,
    CertRequests,
    ErrorMessage,
    General,
    Header,
    Pkcs10,
    PollRequest,
    Revocations,
)
from desktop.services.cmp.peer import Identity, Peer, authenticate, write_answer
from desktop.services.cmp.registrar import Asked, Awaited, Exchange, Later, Registrar

#: Seconds a message may be old, or early, by its messageTime.
WINDOW: Final = 600.0


@dataclass(frozen=True, slots=True)
class _Reply:
    """A body, and where it leaves the exchange."""

    body: Body
    awaited: Awaited = Awaited.NOTHING
    certificate: bytes | None = None
    asked: Asked | None = None
    implicit: bool = False  # confirmation is waived


class Responder:
    """Answers any bytes with a PKIMessage; keeps nothing itself.

    `decryption`: to whom R is encrypted, None where no R is taken. `implicit`: whether a client that wishes to may
    leave out the confirmation. `now` is in seconds since the epoch.
    """

    def __init__(
        self,
        registrar: Registrar,
        identity: Identity,
        *,
        decryption: Decryption | None = None,
        implicit: bool = False,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._registrar = registrar
        self._identity = identity
        self._decryption = decryption
        self._implicit = implicit
        self._now = now

    def answer(self, der: bytes) -> bytes:
        """The answer to a PKIMessage, DER. What the registrar raises besides RefusedError goes through."""
        try:
            message = read_message(der, limit=MAX_REQUEST)
        except RefusedError as error:
            return self._write(
                None, None, replies.refusal("error", CERT_REQ_ID, error.failure), os.urandom(NONCE_BYTES)
            )
        with self._registrar.transaction():
            return self._answer(message, hashlib.sha256(der).digest())

    def _answer(self, message: Message, digest: bytes) -> bytes:
        header = message.header
        before = self._registrar.exchange(header.transaction) if header.transaction else None
        if before is not None and before.request == digest:
            return before.answer
        nonce = os.urandom(NONCE_BYTES)
        peer: Peer | None = None
        try:
            peer = authenticate(message, self._registrar)
            _check_header(header, now=self._now())
            reply = self._reply(message, peer, before)
        except RefusedError as error:
            body = replies.refusal("error", CERT_REQ_ID, error.failure)
            return self._write(header, peer, body, nonce)
        else:
            return self._finish(header, peer, reply, digest, nonce)
        finally:
            if peer is not None and peer.secret is not None:
                peer.secret.wipe()

    def _finish(self, header: Header, peer: Peer, reply: _Reply, digest: bytes, nonce: bytes) -> bytes:
        waived = [algorithm(IMPLICIT_CONFIRM, Null())] if reply.implicit else None
        extra = self._registrar.ca_certificates()[:-1] if reply.certificate else ()
        answer = self._write(header, peer, reply.body, nonce, general_info=waived, extra_certs=extra)
        assert header.transaction is not None
        self._registrar.keep(
            Exchange(
                transaction=header.transaction,
                request=digest,
                answer=answer,
                nonce=nonce,
                applicant=peer.mark,
                awaited=reply.awaited,
                asked=reply.asked,
                certificate=reply.certificate,
            )
        )
        return answer

    def _reply(self, message: Message, peer: Peer, before: Exchange | None) -> _Reply:
        header, body = message.header, message.body()
        if before is not None:
            return self._go_on(header, body, peer, before)
        if header.recipient_nonce is not None:
            raise RefusedError(Failure.BAD_RECIPIENT_NONCE)
        number = PKCS10_ID if body.tag == Asked.P10CR else CERT_REQ_ID
        try:
            return self._begin(header, body, peer)
        except RefusedError as error:
            return _Reply(replies.refusal(body.tag, number, error.failure))

    def _begin(self, header: Header, body: Body, peer: Peer) -> _Reply:
        ca = self._ca
        match body.value:
            case CertRequests() as requests:
                wanted = read_requests(requests, ca, self._decryption)
                return self._request(header, peer, wanted, Asked(body.tag))
            case Pkcs10() as request:
                return self._request(header, peer, read_pkcs10(request), Asked.P10CR)
            case Revocations() as revocations:
                if peer.applicant.certificate is None:
                    raise RefusedError(Failure.WRONG_INTEGRITY)
                serial, reason = read_revocation(revocations, ca)
                self._registrar.revoke(peer.applicant, serial, reason)
                return _Reply(replies.revoked(replies.status(ACCEPTED), replies.named(ca, serial)))
            case General() as questions if body.tag == "genm":
                encryption = None if self._decryption is None else self._decryption.certificate
                return _Reply(replies.general(questions, self._registrar, encryption))
            case _:
                raise RefusedError(Failure.BAD_REQUEST)

    def _request(self, header: Header, peer: Peer, wanted: Wanted, asked: Asked) -> _Reply:
        assert header.transaction is not None
        application = wanted.application(header.transaction, asked, peer.applicant)
        made = self._registrar.request(application)
        if isinstance(made, Later):
            return _Reply(replies.waiting(asked, _number(asked)), Awaited.POLL, asked=asked)
        implicit = self._implicit and _wishes_implicit_confirmation(header)
        return self._hand_over(made, asked, peer, header.transaction, wanted, implicit=implicit)

    def _hand_over(
        self, made: bytes, asked: Asked, peer: Peer, transaction: bytes, wanted: Wanted | None, *, implicit: bool
    ) -> _Reply:
        """Whoever came with a code may have no certificate of the CA yet: the root goes with the first answer."""
        same = wanted is None or x509.load_der_x509_certificate(made).subject == wanted.subject
        anchors = self._registrar.ca_certificates()[-1:] if peer.applicant.reference else ()
        body = replies.certificate(asked, _number(asked), made, as_asked=same, anchors=anchors)
        if implicit:
            self._registrar.confirm(transaction)
        return _Reply(body, Awaited.NOTHING if implicit else Awaited.CONFIRMATION, made, asked, implicit)

    def _go_on(self, header: Header, body: Body, peer: Peer, before: Exchange) -> _Reply:
        if peer.mark != before.applicant or body.tag not in ("certConf", "pollReq", "error"):
            raise RefusedError(Failure.TRANSACTION_ID_IN_USE)
        if header.recipient_nonce != before.nonce:
            raise RefusedError(Failure.BAD_RECIPIENT_NONCE)
        match body.value:
            case CertConf() as conf if before.awaited is Awaited.CONFIRMATION:
                return self._confirm(conf, before)
            case PollRequest() as polls if before.awaited is Awaited.POLL and before.asked is not None:
                return self._poll(polls, peer, before, before.asked)
            case ErrorMessage():
                if before.awaited is not Awaited.NOTHING:
                    self._registrar.reject(before.transaction)
                return _Reply(replies.confirmed())
            case _:
                raise RefusedError(Failure.BAD_REQUEST)

    def _confirm(self, conf: CertConf, before: Exchange) -> _Reply:
        """A wrong hash is about another certificate than the one made: that one is revoked (RFC 9483, 4.1.1)."""
        assert before.asked is not None
        assert before.certificate is not None
        if len(conf.statuses) == 1:
            one = conf.statuses[0]
            right = one.id == _number(before.asked) and one.algorithm is None
            if not right or one.hash != certificate_hash(before.certificate):
                self._registrar.reject(before.transaction)
                return _Reply(replies.refusal("error", CERT_REQ_ID, Failure.BAD_CERT_ID))
            if one.status is None or one.status.status == ACCEPTED:
                self._registrar.confirm(before.transaction)
                return _Reply(replies.confirmed())
        self._registrar.reject(before.transaction)
        return _Reply(replies.confirmed())

    def _poll(self, polls: PollRequest, peer: Peer, before: Exchange, asked: Asked) -> _Reply:
        if [poll.id for poll in polls.polls] != [_number(asked)]:
            raise RefusedError(Failure.BAD_REQUEST)
        try:
            made = self._registrar.collect(before.transaction)
        except RefusedError as error:
            return _Reply(replies.refusal(asked, _number(asked), error.failure))
        if isinstance(made, Later):
            return _Reply(replies.poll_again(_number(asked), made.check_after), Awaited.POLL, asked=asked)
        return self._hand_over(made, asked, peer, before.transaction, None, implicit=False)

    @property
    def _ca(self) -> x509.Name:
        return x509.load_der_x509_certificate(self._registrar.ca_certificates()[0]).subject

    def _write(
        self,
        asked: Header | None,
        peer: Peer | None,
        body: Body,
        nonce: bytes,
        *,
        general_info: list[list[TLV]] | None = None,
        extra_certs: tuple[bytes, ...] = (),
    ) -> bytes:
        return write_answer(
            self._identity,
            peer,
            body,
            asked=asked,
            nonce=nonce,
            now=self._now(),
            general_info=general_info,
            extra_certs=extra_certs,
        )


def _number(asked: Asked) -> int:
    return PKCS10_ID if asked is Asked.P10CR else CERT_REQ_ID


def _check_header(header: Header, *, now: float) -> None:
    if header.pvno != PVNO:
        raise RefusedError(Failure.UNSUPPORTED_VERSION)
    if not header.transaction:
        raise RefusedError(Failure.BAD_REQUEST)
    if header.sender_nonce is None or len(header.sender_nonce) < NONCE_BYTES:
        raise RefusedError(Failure.BAD_SENDER_NONCE)
    check_time(header, now=now, window=WINDOW)


def _wishes_implicit_confirmation(header: Header) -> bool:
    try:
        return any(type_of(info) == IMPLICIT_CONFIRM for info in header.general_info or ())
    except ValueError as error:
        raise RefusedError(Failure.BAD_DATA_FORMAT) from error
