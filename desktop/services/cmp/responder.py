"""Knows how a CA answers CMP messages (RFC 9810, after the discipline of RFC 9483), whatever authority is behind it."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from typing import Final

from cryptography.hazmat.asn1 import Null

from desktop.services.cmp.applying import CERT_REQ_ID, Decryption, Wanted, load_key
from desktop.services.cmp.crmf import algorithm, written
from desktop.services.cmp.failures import Failure, RefusedError
from desktop.services.cmp.frame import MAX_REQUEST, NONCE_BYTES, Addressee, Message, check_header, read_message
from desktop.services.cmp.messages import IMPLICIT_CONFIRM, Header
from desktop.services.cmp.peer import Identity, Peer, Proof, Ready, authenticate, proven, write_answer
from desktop.services.cmp.registrar import Asked, Awaited, Exchange, Registrar
from desktop.services.cmp.replies import refusal
from desktop.services.cmp.transactions import Reply, Transactions

_IMPLICIT: Final = (written(algorithm(IMPLICIT_CONFIRM, Null())),)
#: What a message inside an exchange may be; all others begin one.
LATER: Final = frozenset({"certConf", "pollReq", "error"})


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
        self._transactions = Transactions(registrar, decryption, implicit=implicit)
        self._now = now

    def answer(self, der: bytes, proof: Proof | None = None) -> bytes:
        """The answer to a PKIMessage, DER. What the registrar raises besides RefusedError goes through.

        `proof`: what has been proven of these bytes already, as `proving.prove` does.
        """
        digest = hashlib.sha256(der).digest()
        ready = proof.ready if proof else None
        if proof and ready and ready.digest == digest and (answer := self._answer_ready(proof, ready)):
            return answer
        try:
            message = read_message(der, limit=MAX_REQUEST)
        except RefusedError as error:
            return self._refuse(None, None, error.failure)
        with self._registrar.transaction():
            return self._answer(message, digest, proof)

    def _answer_ready(self, proof: Proof, ready: Ready) -> bytes | None:
        """None, and nothing done, where it is not as simple as it looked: then the message itself is looked at."""
        assert ready.to.transaction is not None
        with self._registrar.transaction():
            if self._registrar.exchange(ready.to.transaction) is not None:
                return None
            peer = proven(proof, ready, self._registrar)
            if peer is None:
                return None
            wanted = Wanted(ready.subject, load_key(ready.public_key), None, None)
            reply = self._transactions.certify(
                ready.to.transaction, wanted, peer.applicant, Asked.P10CR, implicit=ready.implicit
            )
            return self._finish(ready.to, peer, reply, ready.digest)

    def _answer(self, message: Message, digest: bytes, proof: Proof | None) -> bytes:
        header = message.header
        before = self._registrar.exchange(header.transaction) if header.transaction else None
        if before is not None and before.request == digest:
            return before.answer
        peer: Peer | None = None
        try:
            peer = authenticate(message, self._registrar, proof)
            check_header(header, now=self._now())
            reply = self._reply(message, peer, before)
        except RefusedError as error:
            return self._refuse(header, peer, error.failure)
        return self._finish(Addressee.of(header), peer, reply, digest)

    def _reply(self, message: Message, peer: Peer, before: Exchange | None) -> Reply:
        nonce, body = message.header.recipient_nonce, message.body()
        if before is None:
            if nonce is not None:
                raise RefusedError(Failure.BAD_RECIPIENT_NONCE)
            return self._transactions.begin(message.header, body, peer.applicant)
        if peer.mark != before.applicant or body.tag not in LATER:
            raise RefusedError(Failure.TRANSACTION_ID_IN_USE)
        if nonce != before.nonce:
            raise RefusedError(Failure.BAD_RECIPIENT_NONCE)
        return self._transactions.go_on(body, peer.applicant, before)

    def _finish(self, to: Addressee, peer: Peer, reply: Reply, digest: bytes) -> bytes:
        """Whoever is known and was answered, be it by a no, gets the same answer to the same bytes."""
        nonce = os.urandom(NONCE_BYTES)
        answer = write_answer(
            self._identity,
            peer,
            reply.body,
            to=to,
            nonce=nonce,
            now=self._now(),
            general_info=_IMPLICIT if reply.implicit else (),
            extra_certs=self._registrar.ca_certificates()[:-1] if reply.certificate else (),
        )
        assert to.transaction is not None
        self._registrar.keep(
            Exchange(
                transaction=to.transaction,
                request=digest,
                answer=answer,
                nonce=nonce,
                applicant=peer.mark,
                awaited=reply.awaited,
                asked=reply.asked,
                certificate=reply.certificate if reply.awaited is Awaited.CONFIRMATION else None,
            )
        )
        return answer

    def _refuse(self, header: Header | None, peer: Peer | None, failure: Failure) -> bytes:
        """Nothing is kept of it, so that a message out of turn does not end an exchange."""
        body, nonce = refusal("error", CERT_REQ_ID, failure), os.urandom(NONCE_BYTES)
        to = None if header is None else Addressee.of(header)
        return write_answer(self._identity, peer, body, to=to, nonce=nonce, now=self._now())
