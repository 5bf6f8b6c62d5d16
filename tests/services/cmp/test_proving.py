"""What is proven of a message beforehand: what is right, only that, and good for that message alone."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.asn1 import GeneralizedTime
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from desktop.secret import Secret
from desktop.services.cmp.asking import pkcs10_request
from desktop.services.cmp.failures import Failure
from desktop.services.cmp.frame import MAX_ANSWER, read_message
from desktop.services.cmp.messages import Body
from desktop.services.cmp.peer import Proof
from desktop.services.cmp.proving import prove, read_proof, write_proof
from tests.services.cmp.desk import CODE, REFERENCE, Desk
from tests.services.cmp.pki import named, rsa_key
from tests.services.cmp.speech import failure_in, requested, spoken


def code_of(reference: str) -> Secret | None:
    return Secret.of(CODE) if reference == REFERENCE else None


def asked() -> Body:
    return pkcs10_request(x509.CertificateSigningRequestBuilder(named("hong")).sign(rsa_key("leaf"), hashes.SHA256()))


def forged() -> Body:
    """Of a key that has not signed it."""
    other = x509.CertificateSigningRequestBuilder(named("kim")).sign(rsa_key("leaf"), hashes.SHA256())
    right = x509.CertificateSigningRequestBuilder(named("hong")).sign(rsa_key("leaf"), hashes.SHA256())
    made = right.public_bytes(Encoding.DER).replace(right.signature, other.signature)
    return pkcs10_request(x509.load_der_x509_csr(made))


def proven(message: bytes) -> Proof:
    found = prove(message, code_of, time.time())
    assert found is not None
    return read_proof(write_proof(found))


def test_a_message_is_answered_by_its_proof_as_it_would_be_without(desk: Desk) -> None:
    message = spoken(asked())
    found = proven(message)
    assert (REFERENCE, "<proof>") == (found.reference, repr(found))
    assert found.ready is not None
    assert failure_in(desk.responder.answer(message, found)) is None
    assert 1 == len(desk.register.made)


def test_of_another_kind_of_request_the_code_alone_is_proven(desk: Desk) -> None:
    message = spoken(requested())
    found = proven(message)
    assert found.ready is None
    assert failure_in(desk.responder.answer(message, found)) is None
    without = spoken(requested(proof=None))
    assert Failure.BAD_POP == failure_in(desk.responder.answer(without, proven(without)))


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"garbage",
        spoken(asked(), code="wrong"),
        spoken(asked(), reference="99999999"),
        spoken(asked(), sender_kid=b"\xff"),
        spoken(asked(), sender_kid=None),
        spoken(asked(), sender_kid=bytes(65)),
        spoken(forged()),
    ],
    ids=["empty", "garbage", "code", "unknown", "no ascii", "no reference", "too long", "forged"],
)
def test_of_what_is_wrong_nothing_is_proven(message: bytes) -> None:
    assert prove(message, code_of, time.time()) is None


def test_a_proof_of_another_message_proves_nothing_of_this_one(desk: Desk) -> None:
    other = proven(spoken(asked()))
    assert failure_in(desk.responder.answer(spoken(asked()), other)) is None  # by its own MAC, looked at again
    forgery = spoken(asked(), code="wrong")
    assert Failure.BAD_MESSAGE_CHECK == failure_in(desk.responder.answer(forgery, other))
    assert {REFERENCE: 1} == desk.register.wrong
    stranger = Proof("99999999", other.key, other.ready)
    assert Failure.BAD_MESSAGE_CHECK == failure_in(desk.responder.answer(forgery, stranger))


def test_a_proof_by_a_code_that_is_void_by_now_is_none(desk: Desk) -> None:
    message = spoken(asked())
    found = proven(message)
    desk.register.codes.clear()
    assert Failure.BAD_MESSAGE_CHECK == failure_in(desk.responder.answer(message, found))
    assert not desk.register.made


def test_of_a_message_that_repeats_the_answer_is_the_same(desk: Desk) -> None:
    message = spoken(asked())
    assert desk.responder.answer(message, proven(message)) == desk.responder.answer(message)


@pytest.mark.parametrize(
    "message",
    [
        spoken(asked(), message_time=GeneralizedTime(datetime(2020, 1, 1, tzinfo=UTC))),
        spoken(asked(), pvno=1),
        spoken(asked(), transaction=None),
        spoken(asked(), sender_nonce=bytes(8)),
    ],
    ids=["time", "version", "no transaction", "nonce"],
)
def test_a_header_that_would_be_refused_is_not_ready(desk: Desk, message: bytes) -> None:
    assert prove(message, code_of, time.time()) is None
    assert failure_in(desk.responder.answer(message)) is not None


def test_what_goes_on_with_an_exchange_is_not_ready() -> None:
    assert proven(spoken(asked(), recipient_nonce=bytes(16))).ready is None


def test_what_is_ready_in_one_message_is_not_in_another(desk: Desk) -> None:
    """Nor is anything of it used then: the certificate is the one that this message asks for."""
    other, message = proven(spoken(asked())), spoken(requested())
    assert other.ready is not None
    assert failure_in(desk.responder.answer(message, other)) is None
    (made,) = desk.register.made.values()
    assert made.application.transaction != other.ready.to.transaction


def test_a_refusal_is_told_in_the_answer_to_the_request(desk: Desk) -> None:
    desk.register.denied = Failure.NOT_AUTHORIZED
    message = spoken(asked())
    answer = desk.responder.answer(message, proven(message))
    assert Failure.NOT_AUTHORIZED == failure_in(answer)
    assert "cp" == read_message(answer, limit=MAX_ANSWER).body().tag


def test_a_transaction_is_not_begun_twice(desk: Desk) -> None:
    first = spoken(asked(), transaction=bytes(16))
    second = spoken(asked(), transaction=bytes(16))
    assert failure_in(desk.responder.answer(first, proven(first))) is None
    assert Failure.TRANSACTION_ID_IN_USE == failure_in(desk.responder.answer(second, proven(second)))
    assert 1 == len(desk.register.made)
