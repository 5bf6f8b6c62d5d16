"""What is proven of a message beforehand: what is right, only that, and good for that message alone."""

from __future__ import annotations

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from desktop.secret import Secret
from desktop.services.cmp.asking import pkcs10_request
from desktop.services.cmp.failures import Failure
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
    found = prove(message, code_of)
    assert found is not None
    return read_proof(write_proof(found))


def test_a_message_is_answered_by_its_proof_as_it_would_be_without(desk: Desk) -> None:
    message = spoken(asked())
    found = proven(message)
    assert (REFERENCE, True, "<proof>") == (found.reference, found.possessed, repr(found))
    assert failure_in(desk.responder.answer(message, found)) is None
    assert 1 == len(desk.register.made)


def test_of_another_kind_of_request_the_code_alone_is_proven(desk: Desk) -> None:
    message = spoken(requested())
    found = proven(message)
    assert not found.possessed
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
    assert prove(message, code_of) is None


def test_a_proof_of_another_message_proves_nothing_of_this_one(desk: Desk) -> None:
    other = proven(spoken(asked()))
    assert failure_in(desk.responder.answer(spoken(asked()), other)) is None  # by its own MAC, looked at again
    forgery = spoken(asked(), code="wrong")
    assert Failure.BAD_MESSAGE_CHECK == failure_in(desk.responder.answer(forgery, other))
    assert {REFERENCE: 1} == desk.register.wrong
    stranger = Proof("99999999", other.key, possessed=True)
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
