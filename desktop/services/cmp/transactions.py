"""Knows what a CA does with each kind of message, and what it waits for next; who sent it is proven already."""

from __future__ import annotations

from dataclasses import dataclass

from cryptography import x509

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
from desktop.services.cmp.crmf import type_of
from desktop.services.cmp.failures import Failure, RefusedError
from desktop.services.cmp.frame import certificate_hash
from desktop.services.cmp.messages import (
    ACCEPTED,
    IMPLICIT_CONFIRM,
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
from desktop.services.cmp.registrar import Applicant, Asked, Awaited, Exchange, Later, Registrar


@dataclass(frozen=True, slots=True)
class Reply:
    """A body, and where it leaves the exchange. `implicit`: the confirmation is waived."""

    body: Body
    awaited: Awaited = Awaited.NOTHING
    certificate: bytes | None = None
    asked: Asked | None = None
    implicit: bool = False


class Transactions:
    """`implicit`: whether a client that wishes to may leave out the confirmation."""

    def __init__(self, registrar: Registrar, decryption: Decryption | None, *, implicit: bool) -> None:
        self._registrar = registrar
        self._decryption = decryption
        self._implicit = implicit

    def begin(self, header: Header, body: Body, applicant: Applicant) -> Reply:
        """A first message. What is wrong with the request itself is told in an answer of the request's own kind."""
        number = PKCS10_ID if body.tag == Asked.P10CR else CERT_REQ_ID
        try:
            return self._begin(header, body, applicant)
        except RefusedError as error:
            return Reply(replies.refusal(body.tag, number, error.failure))

    def certify(
        self, transaction: bytes, wanted: Wanted, applicant: Applicant, asked: Asked, *, implicit: bool
    ) -> Reply:
        """As `begin`, of a request that is read and proven. `implicit`: the client wishes to leave out certConf."""
        try:
            return self._request(transaction, wanted, applicant, asked, implicit=self._implicit and implicit)
        except RefusedError as error:
            return Reply(replies.refusal(asked, _number(asked), error.failure))

    def go_on(self, body: Body, applicant: Applicant, before: Exchange) -> Reply:
        """A later message of an exchange. Raises RefusedError where it is not what was waited for."""
        match body.value:
            case CertConf() as conf if before.awaited is Awaited.CONFIRMATION:
                return self._confirm(conf, before)
            case PollRequest() as polls if before.awaited is Awaited.POLL:
                return self._poll(polls, applicant, before)
            case ErrorMessage():
                if before.awaited is not Awaited.NOTHING:
                    self._registrar.reject(before.transaction)
                return Reply(replies.confirmed())
            case _:
                raise RefusedError(Failure.BAD_REQUEST)

    def _begin(self, header: Header, body: Body, applicant: Applicant) -> Reply:
        match body.value:
            case CertRequests() | Pkcs10() as request:
                assert header.transaction is not None
                if isinstance(request, Pkcs10):
                    wanted = read_pkcs10(request)
                else:
                    wanted = read_requests(request, self._ca, self._decryption)
                implicit = self._implicit and wishes_implicit_confirmation(header)
                return self._request(header.transaction, wanted, applicant, Asked(body.tag), implicit=implicit)
            case Revocations() as revocations:
                return self._revoke(revocations, applicant)
            case General() as questions if body.tag == "genm":
                encryption = None if self._decryption is None else self._decryption.certificate
                return Reply(replies.general(questions, self._registrar, encryption))
            case _:
                raise RefusedError(Failure.BAD_REQUEST)

    def _request(
        self, transaction: bytes, wanted: Wanted, applicant: Applicant, asked: Asked, *, implicit: bool
    ) -> Reply:
        made = self._registrar.request(wanted.application(transaction, asked, applicant, final=implicit))
        if isinstance(made, Later):
            return Reply(replies.waiting(asked, _number(asked)), Awaited.POLL, asked=asked)
        same = wanted.subject in made and x509.load_der_x509_certificate(made).subject.public_bytes() == wanted.subject
        if not implicit:
            return self._hand_over(made, asked, applicant, as_asked=same)
        body = self._hand_over(made, asked, applicant, as_asked=same).body
        return Reply(body, certificate=made, asked=asked, implicit=True)

    def _hand_over(self, made: bytes, asked: Asked, applicant: Applicant, *, as_asked: bool) -> Reply:
        """Whoever came with a code may have no certificate of the CA yet: the root goes with the answer."""
        anchors = self._registrar.ca_certificates()[-1:] if applicant.reference else ()
        body = replies.certificate(asked, _number(asked), made, as_asked=as_asked, anchors=anchors)
        return Reply(body, Awaited.CONFIRMATION, made, asked)

    def _confirm(self, conf: CertConf, before: Exchange) -> Reply:
        """A wrong hash is of another certificate than the one made, which is revoked then (RFC 9483, 4.1.1)."""
        assert before.asked is not None
        assert before.certificate is not None
        if len(conf.statuses) == 1:
            one = conf.statuses[0]
            right = one.id == _number(before.asked) and one.algorithm is None
            if not right or one.hash != certificate_hash(before.certificate):
                self._registrar.reject(before.transaction)
                return Reply(replies.refusal("error", CERT_REQ_ID, Failure.BAD_CERT_ID))
            if one.status is None or one.status.status == ACCEPTED:
                self._registrar.confirm(before.transaction)
                return Reply(replies.confirmed())
        self._registrar.reject(before.transaction)
        return Reply(replies.confirmed())

    def _poll(self, polls: PollRequest, applicant: Applicant, before: Exchange) -> Reply:
        asked = before.asked
        assert asked is not None
        if [poll.id for poll in polls.polls] != [_number(asked)]:
            raise RefusedError(Failure.BAD_REQUEST)
        try:
            made = self._registrar.collect(before.transaction)
        except RefusedError as error:
            return Reply(replies.refusal(asked, _number(asked), error.failure))
        if isinstance(made, Later):
            return Reply(replies.poll_again(_number(asked), made.check_after), Awaited.POLL, asked=asked)
        return self._hand_over(made, asked, applicant, as_asked=True)

    def _revoke(self, revocations: Revocations, applicant: Applicant) -> Reply:
        """By who holds a certificate: a code is for getting one (RFC 9483, 4.2)."""
        if applicant.certificate is None:
            raise RefusedError(Failure.WRONG_INTEGRITY)
        serial, reason = read_revocation(revocations, self._ca)
        self._registrar.revoke(applicant, serial, reason)
        return Reply(replies.revoked(replies.status(ACCEPTED), replies.named(self._ca, serial)))

    @property
    def _ca(self) -> x509.Name:
        return x509.load_der_x509_certificate(self._registrar.ca_certificates()[0]).subject


def _number(asked: Asked) -> int:
    return PKCS10_ID if asked is Asked.P10CR else CERT_REQ_ID


def wishes_implicit_confirmation(header: Header) -> bool:
    """Raises RefusedError BAD_DATA_FORMAT."""
    try:
        return any(type_of(info) == IMPLICIT_CONFIRM for info in header.general_info or ())
    except ValueError as error:
        raise RefusedError(Failure.BAD_DATA_FORMAT) from error
