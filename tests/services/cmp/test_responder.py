"""What a responder answers to messages that are right once, and wrong in every way."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.hazmat.asn1 import BitString, GeneralizedTime, Null, Variant
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import CRLEntryExtensionOID
from hypothesis import given
from hypothesis import strategies as st

from desktop.secret import Secret
from desktop.services.cmp import asking
from desktop.services.cmp.crmf import (
    ENCRYPTED_RANDOM,
    OLD_CERT_ID,
    Attribute,
    CertId,
    EncipheringProof,
    Extension,
    SigningProof,
    algorithm,
    raw,
)
from desktop.services.cmp.escort import encrypt_random
from desktop.services.cmp.failures import Failure
from desktop.services.cmp.frame import MAX_REQUEST, certificate_hash, read_message, write_message, write_part
from desktop.services.cmp.messages import (
    CA_CERTIFICATES,
    IMPLICIT_CONFIRM,
    REJECTION,
    Body,
    CertConf,
    CertReply,
    CertStatus,
    ErrorMessage,
    General,
    Parts,
    Pkcs10,
    PkiConf,
    Revocations,
    StatusInfo,
)
from desktop.services.cmp.protect import HMAC_SHA256, PASSWORD_BASED_MAC, SHA256, PbmParameter, mac, signature_algorithm
from desktop.services.cmp.responder import Responder
from tests.services.cmp.desk import CODE, REFERENCE, Desk
from tests.services.cmp.pki import ec_key, named, pki, rsa_key, usage
from tests.services.cmp.register import Register
from tests.services.cmp.speech import Holder, failure_in, heard, proof_of, requested, spoken

TRANSACTION = b"one transaction!"


def responder() -> tuple[Register, Responder]:
    register = Register(pki(), {REFERENCE: CODE})
    return register, Responder(register, register.pki.speaker, decryption=register.pki.reader)


@pytest.fixture
def holder(desk: Desk) -> Holder:
    """Someone who got a certificate and confirmed it."""
    first = desk.responder.answer(spoken(requested(), transaction=b"an earlier one.."))
    nonce = heard(first)[0].sender_nonce
    made = desk.register.last
    der = made.certificate.public_bytes(Encoding.DER)
    conf = spoken(asking.confirmation(der, 0, None), transaction=b"an earlier one..", recipient_nonce=nonce)
    assert isinstance(heard(desk.responder.answer(conf))[1].value, PkiConf)
    return Holder(made.certificate, rsa_key("leaf"))


def test_the_same_message_gets_the_same_answer_and_no_second_certificate(desk: Desk) -> None:
    message = spoken(requested())
    first = desk.responder.answer(message)
    desk.clock.at += 3600
    assert first == desk.responder.answer(message)
    assert 1 == len(desk.register.made)


def test_a_refusal_is_repeated_as_it_was(desk: Desk) -> None:
    message = spoken(requested(proof=None))
    first = desk.responder.answer(message)
    assert Failure.BAD_POP == failure_in(first)
    assert first == desk.responder.answer(message)


def test_another_message_of_the_same_transaction_is_refused(desk: Desk) -> None:
    desk.responder.answer(spoken(requested(), transaction=TRANSACTION))
    again = desk.responder.answer(spoken(requested(), transaction=TRANSACTION))
    assert Failure.TRANSACTION_ID_IN_USE == failure_in(again)
    assert 1 == len(desk.register.made)


@pytest.mark.parametrize(
    ("header", "failure"),
    [
        ({"pvno": 1}, Failure.UNSUPPORTED_VERSION),
        ({"pvno": 3}, Failure.UNSUPPORTED_VERSION),
        ({"transaction": None}, Failure.BAD_REQUEST),
        ({"sender_nonce": None}, Failure.BAD_SENDER_NONCE),
        ({"sender_nonce": b"short"}, Failure.BAD_SENDER_NONCE),
        ({"recipient_nonce": bytes(16)}, Failure.BAD_RECIPIENT_NONCE),
        ({"message_time": GeneralizedTime(datetime(2020, 1, 1, tzinfo=UTC))}, Failure.BAD_TIME),
        ({"message_time": GeneralizedTime(datetime(2120, 1, 1, tzinfo=UTC))}, Failure.BAD_TIME),
        ({"sender_kid": None}, Failure.BAD_MESSAGE_CHECK),
        ({"sender_kid": b"\xff"}, Failure.BAD_MESSAGE_CHECK),
        ({"sender_kid": b"99999999"}, Failure.BAD_MESSAGE_CHECK),
        ({"transaction": bytes(129)}, Failure.BAD_DATA_FORMAT),
        ({"general_info": [[raw(Null())]]}, None),
    ],
)
def test_a_header_that_is_wrong_is_refused(desk: Desk, header: dict[str, Any], failure: Failure | None) -> None:
    answer = desk.responder.answer(spoken(requested(), **header))
    assert failure == failure_in(answer)
    assert (failure is None) == bool(desk.register.made)


def test_a_message_without_a_time_is_taken(desk: Desk) -> None:
    assert failure_in(desk.responder.answer(spoken(requested(), message_time=None))) is None


def test_an_error_is_protected_as_the_request_was_where_that_was_known(desk: Desk) -> None:
    known = heard(desk.responder.answer(spoken(requested(), pvno=3)))[0]
    assert known.protection is not None
    assert PASSWORD_BASED_MAC == asn1.decode_der(x509.ObjectIdentifier, asn1.encode_der(known.protection[0]))
    assert REFERENCE.encode() == known.sender_kid
    unknown = heard(desk.responder.answer(spoken(requested(), code="wrong")))[0]
    expected = signature_algorithm(ec_key("speaker").public_key())
    assert unknown.protection is not None
    assert [asn1.encode_der(one) for one in expected] == [asn1.encode_der(one) for one in unknown.protection]


def test_a_wrong_code_is_counted_and_an_unknown_reference_is_not(desk: Desk) -> None:
    for code, reference in (("wrong", REFERENCE), (CODE, "99999999")):
        answer = desk.responder.answer(spoken(requested(), code=code, reference=reference))
        assert Failure.BAD_MESSAGE_CHECK == failure_in(answer)
    assert {REFERENCE: 1} == desk.register.wrong
    assert {} == desk.register.exchanges


def pbm(**other: Any) -> list[Any]:
    right: dict[str, Any] = {
        "salt": os.urandom(16),
        "owf": algorithm(SHA256),
        "rounds": 500,
        "mac": algorithm(HMAC_SHA256),
    }
    return algorithm(PASSWORD_BASED_MAC, PbmParameter(**{**right, **other}))


@pytest.mark.parametrize(
    "other",
    [
        {"rounds": 99},
        {"rounds": 100_001},
        {"rounds": 10**9},
        {"rounds": -1},
        {"salt": b"short"},
        {"salt": bytes(129)},
        {"owf": algorithm(x509.ObjectIdentifier("1.3.14.3.2.26"))},
        {"mac": algorithm(x509.ObjectIdentifier("1.3.6.1.5.5.8.1.1"))},
    ],
)
def test_a_mac_out_of_bounds_is_refused_before_it_is_computed(desk: Desk, other: dict[str, Any]) -> None:
    header, body = heard(spoken(requested()))
    header.protection = pbm(**other)
    began = time.monotonic()
    answer = desk.responder.answer(write_message(write_part(asn1.encode_der(header), body), bytes(32)))
    assert Failure.BAD_ALG == failure_in(answer)
    assert time.monotonic() - began < 5
    assert {} == desk.register.wrong


def test_a_message_without_protection_is_refused(desk: Desk) -> None:
    header, body = heard(spoken(requested()))
    bare = desk.responder.answer(write_message(write_part(asn1.encode_der(header), body), None))
    header.protection = None
    for answer in (bare, desk.responder.answer(write_message(write_part(asn1.encode_der(header), body), None))):
        assert Failure.BAD_MESSAGE_CHECK == failure_in(answer)
    assert {} == desk.register.made


WRONG_REQUESTS: dict[str, tuple[Callable[[], Any], Failure]] = {
    "no proof": (lambda: requested(proof=None), Failure.BAD_POP),
    "vouched for by an RA": (lambda: requested(proof=Null()), Failure.BAD_POP),
    "by deciphering": (lambda: requested(proof=EncipheringProof(value=raw(Null()))), Failure.BAD_POP),
    "another key's proof": (lambda: requested(proof=proof_of(rsa_key("other"), raw(Null()))), Failure.BAD_POP),
    "an algorithm of another key": (
        lambda: requested(proof=proof_of(ec_key("other"), raw(Null()))),
        Failure.BAD_ALG,
    ),
    "a signature of half a byte": (
        lambda: requested(
            proof=SigningProof(
                input=None, algorithm=signature_algorithm(rsa_key("leaf").public_key()), signature=BitString(b"\x80", 4)
            )
        ),
        Failure.BAD_POP,
    ),
    "two at once": (lambda: requested(times=2), Failure.BAD_REQUEST),
    "none": (lambda: requested(times=0), Failure.BAD_REQUEST),
    "another number": (lambda: requested(number=1), Failure.BAD_REQUEST),
    "of another CA": (lambda: requested(issuer=named("Other CA")), Failure.BAD_CERT_TEMPLATE),
    "a curve nobody knows": (
        lambda: requested(key=ec.generate_private_key(ec.SECP256K1())),
        Failure.BAD_CERT_TEMPLATE,
    ),
    "a subject that is no name": (lambda: requested(subject=asn1.encode_der(5)), Failure.BAD_DATA_FORMAT),
    "a random nobody can read": (
        lambda: requested(info=[Attribute(oid=ENCRYPTED_RANDOM, value=raw(Null()))]),
        Failure.INCORRECT_DATA,
    ),
    "a random for another": (
        lambda: requested(info=[encrypt_random(bytes(20), pki().ca.certificate)]),
        Failure.INCORRECT_DATA,
    ),
    "two randoms": (
        lambda: requested(info=[encrypt_random(bytes(20), pki().reader.certificate)] * 2),
        Failure.INCORRECT_DATA,
    ),
    "an update of nothing": (lambda: requested("kur"), Failure.BAD_CERT_ID),
    "an update of another CA's": (
        lambda: requested(
            "kur",
            controls=[
                Attribute(
                    oid=OLD_CERT_ID, value=raw(CertId(issuer=raw(named("Other CA").public_bytes()), serial_number=5))
                )
            ],
        ),
        Failure.BAD_CERT_ID,
    ),
    "an update of no number": (
        lambda: requested("kur", controls=[Attribute(oid=OLD_CERT_ID, value=raw(Null()))]),
        Failure.BAD_DATA_FORMAT,
    ),
    "an answer": (lambda: Variant(PkiConf(nothing=Null()), "pkiconf"), Failure.BAD_REQUEST),
    "answers to questions": (lambda: Variant(General(items=[]), "genp"), Failure.BAD_REQUEST),
    "a confirmation of nothing": (lambda: Variant(CertConf(statuses=[]), "certConf"), Failure.BAD_REQUEST),
    "a poll for nothing": (lambda: asking.poll(0), Failure.BAD_REQUEST),
    "too many questions": (
        lambda: Variant(General(items=[algorithm(CA_CERTIFICATES)] * 11), "genm"),
        Failure.BAD_REQUEST,
    ),
    "a question that is none": (lambda: Variant(General(items=[[raw(Null())]]), "genm"), Failure.BAD_DATA_FORMAT),
    "a revocation by code": (
        lambda: asking.revocation(pki().reader.certificate, x509.ReasonFlags.unspecified),
        Failure.WRONG_INTEGRITY,
    ),
}


@pytest.mark.parametrize("name", WRONG_REQUESTS)
def test_a_request_that_is_wrong_is_refused_in_its_own_kind(desk: Desk, name: str) -> None:
    make, failure = WRONG_REQUESTS[name]
    body = make()
    answer = desk.responder.answer(spoken(body))
    assert failure == failure_in(answer)
    assert {} == desk.register.made
    kinds = {"ir": "ip", "kur": "kup", "rr": "rp"}
    assert kinds.get(body.tag, "error") == heard(answer)[1].tag


def test_a_pkcs10_request_that_is_not_signed_by_its_key_is_refused(desk: Desk) -> None:
    request = x509.CertificateSigningRequestBuilder(named("hong")).sign(rsa_key("leaf"), hashes.SHA256())
    der = bytearray(request.public_bytes(Encoding.DER))
    der[-1] ^= 1
    for value, failure in ((bytes(der), Failure.BAD_POP), (asn1.encode_der(5), Failure.BAD_DATA_FORMAT)):
        answer = desk.responder.answer(spoken(Variant(Pkcs10(request=raw(value)), "p10cr")))
        assert failure == failure_in(answer)


def test_the_first_answer_by_code_brings_the_root(desk: Desk) -> None:
    message = heard(desk.responder.answer(spoken(requested())))[1]
    assert isinstance(message.value, CertReply)
    anchors = [asn1.encode_der(one) for one in message.value.ca_certificates or ()]
    assert [desk.register.pki.root.der] == anchors


# ── Confirmation ──


def asked(desk: Desk, **header: Any) -> bytes:
    """An ir was answered; returns the nonce that the confirmation must bring."""
    answer = desk.responder.answer(spoken(requested(), transaction=TRANSACTION, **header))
    nonce = heard(answer)[0].sender_nonce
    assert nonce is not None
    return nonce


def conf(desk: Desk, **other: Any) -> Variant[Any, Any]:
    der = desk.register.last.certificate.public_bytes(Encoding.DER)
    right: dict[str, Any] = {"hash": certificate_hash(der), "id": 0, "status": None, "algorithm": None}
    return Variant(CertConf(statuses=[CertStatus(**{**right, **other})]), "certConf")


def confirmed(desk: Desk, body: Any, nonce: bytes | None, **header: Any) -> bytes:
    return desk.responder.answer(spoken(body, transaction=TRANSACTION, recipient_nonce=nonce, **header))


def test_a_confirmation_without_a_status_is_a_yes(desk: Desk) -> None:
    nonce = asked(desk)
    assert isinstance(heard(confirmed(desk, conf(desk), nonce))[1].value, PkiConf)
    assert desk.register.last.confirmed


@pytest.mark.parametrize("nonce", [None, bytes(16)])
def test_a_confirmation_out_of_turn_is_refused_and_the_right_one_still_taken(desk: Desk, nonce: bytes | None) -> None:
    right = asked(desk)
    assert Failure.BAD_RECIPIENT_NONCE == failure_in(confirmed(desk, conf(desk), nonce))
    assert not desk.register.last.confirmed
    assert failure_in(confirmed(desk, conf(desk), right)) is None
    assert desk.register.last.confirmed


def test_a_confirmation_by_someone_else_is_refused(desk: Desk) -> None:
    desk.register.codes["20269999"] = "other"
    nonce = asked(desk)
    answer = confirmed(desk, conf(desk), nonce, reference="20269999", code="other")
    assert Failure.TRANSACTION_ID_IN_USE == failure_in(answer)
    assert not desk.register.last.confirmed


@pytest.mark.parametrize("other", [{"hash": bytes(32)}, {"id": 1}, {"algorithm": algorithm(SHA256)}])
def test_a_confirmation_of_something_else_revokes(desk: Desk, other: dict[str, Any]) -> None:
    nonce = asked(desk)
    assert Failure.BAD_CERT_ID == failure_in(confirmed(desk, conf(desk, **other), nonce))
    assert desk.register.last.revoked is not None
    assert not desk.register.last.confirmed


NO = StatusInfo(status=REJECTION, text=None, failure=None)
UNWANTED: dict[str, Callable[[Desk], Body]] = {
    "a no": lambda desk: conf(desk, status=NO),
    "no yes to any": lambda _: Variant(CertConf(statuses=[]), "certConf"),
    "an error": lambda _: Variant(ErrorMessage(status=NO, code=None, details=None), "error"),
}


@pytest.mark.parametrize("way", UNWANTED)
def test_a_certificate_that_is_not_wanted_is_revoked(desk: Desk, way: str) -> None:
    nonce = asked(desk)
    answer = confirmed(desk, UNWANTED[way](desk), nonce)
    assert isinstance(heard(answer)[1].value, PkiConf)
    assert desk.register.last.revoked is not None


def test_a_confirmation_comes_once(desk: Desk) -> None:
    nonce = asked(desk)
    done = confirmed(desk, conf(desk), nonce)
    again = confirmed(desk, conf(desk), heard(done)[0].sender_nonce)
    assert Failure.BAD_REQUEST == failure_in(again)
    assert desk.register.last.revoked is None


def test_the_confirmation_may_be_left_out_only_where_the_ca_says_so(desk: Desk) -> None:
    asked(desk, general_info=[algorithm(IMPLICIT_CONFIRM, Null())])
    assert not desk.register.last.confirmed


# ── By signature ──


def test_a_certificate_of_another_ca_signs_nothing(desk: Desk) -> None:
    key = rsa_key("stranger")
    stranger = pki().root.issue(named("hong"), key.public_key(), usage("digital_signature"))
    answer = desk.responder.answer(spoken(requested(), by=Holder(stranger, key)))
    assert Failure.SIGNER_NOT_TRUSTED == failure_in(answer)


def test_a_signature_of_another_key_is_refused(desk: Desk, holder: Holder) -> None:
    forged = spoken(requested(), by=Holder(holder.certificate, rsa_key("other")))
    assert Failure.BAD_MESSAGE_CHECK == failure_in(desk.responder.answer(forged))


@pytest.mark.parametrize("header", [{"sender": raw(named("kim").public_bytes())}, {"sender_kid": bytes(20)}])
def test_a_signer_is_who_the_header_names(desk: Desk, holder: Holder, header: dict[str, Any]) -> None:
    answer = desk.responder.answer(spoken(requested(), by=holder, **header))
    assert Failure.SIGNER_NOT_TRUSTED == failure_in(answer)


def test_only_ones_own_certificate_is_revoked(desk: Desk, holder: Holder) -> None:
    desk.responder.answer(spoken(requested()))
    others = desk.register.last.certificate
    for certificate, failure in ((others, Failure.NOT_AUTHORIZED), (pki().reader.certificate, Failure.BAD_CERT_ID)):
        body = asking.revocation(certificate, x509.ReasonFlags.superseded)
        assert failure == failure_in(desk.responder.answer(spoken(body, by=holder)))
    body = asking.revocation(pki().ca.certificate, x509.ReasonFlags.superseded)
    assert Failure.BAD_CERT_ID == failure_in(desk.responder.answer(spoken(body, by=holder)))
    own = asking.revocation(holder.certificate, x509.ReasonFlags.key_compromise)
    assert failure_in(desk.responder.answer(spoken(own, by=holder))) is None
    made = desk.register.made[holder.certificate.serial_number]
    assert x509.ReasonFlags.key_compromise == made.revoked


def test_a_signer_that_is_not_there_or_may_not_sign_is_refused(desk: Desk) -> None:
    key = rsa_key("reader")
    enciphering = Holder(pki().reader.certificate, key)
    assert Failure.SIGNER_NOT_TRUSTED == failure_in(desk.responder.answer(spoken(requested(), by=enciphering)))
    message = read_message(spoken(requested(), by=enciphering), limit=MAX_REQUEST)
    for extra in ((), (asn1.encode_der(Null()),)):
        bare = write_message(message.part, message.protection, extra)
        assert Failure.SIGNER_NOT_TRUSTED == failure_in(desk.responder.answer(bare))


def revoking(holder: Holder, *reasons: bytes) -> Body:
    """rr with these reasonCodes, DER of whatever."""
    right = asking.revocation(holder.certificate, x509.ReasonFlags.unspecified)
    assert isinstance(right.value, Revocations)
    right.value.requests[0].entry = [
        Extension(oid=CRLEntryExtensionOID.CRL_REASON, critical=False, value=reason) for reason in reasons
    ]
    return right


@pytest.mark.parametrize(
    ("reason", "failure"),
    [(b"", Failure.BAD_DATA_FORMAT), (b"\x02\x01\x01", Failure.BAD_REQUEST), (b"\x0a\x01\x63", Failure.BAD_REQUEST)],
    ids=["nothing", "an integer", "one that is not there"],
)
def test_a_reason_that_is_none_is_refused(desk: Desk, holder: Holder, reason: bytes, failure: Failure) -> None:
    assert failure == failure_in(desk.responder.answer(spoken(revoking(holder, reason), by=holder)))
    assert desk.register.made[holder.certificate.serial_number].revoked is None


def test_certificates_are_revoked_one_at_a_time(desk: Desk, holder: Holder) -> None:
    body = revoking(holder)
    assert isinstance(body.value, Revocations)
    body.value.requests *= 2
    assert Failure.BAD_REQUEST == failure_in(desk.responder.answer(spoken(body, by=holder)))


# ── Waiting ──


def test_a_poll_for_another_request_is_refused_and_the_right_one_still_answered(desk: Desk) -> None:
    desk.register.wait = 1
    nonce = asked(desk)
    assert Failure.BAD_REQUEST == failure_in(confirmed(desk, asking.poll(1), nonce))
    assert isinstance(heard(confirmed(desk, asking.poll(0), nonce))[1].value, CertReply)


def test_a_wait_can_end_in_a_refusal(desk: Desk) -> None:
    desk.register.wait = 1
    nonce = asked(desk)
    desk.register.denied = Failure.NOT_AUTHORIZED
    answer = confirmed(desk, asking.poll(0), nonce)
    assert Failure.NOT_AUTHORIZED == failure_in(answer)
    assert "ip" == heard(answer)[1].tag


def test_a_wish_that_cannot_be_read_is_refused_where_wishes_are_heard(desk: Desk) -> None:
    hearing = Responder(desk.register, pki().speaker, implicit=True)
    answer = hearing.answer(spoken(requested(), general_info=[[raw(Null())]]))
    assert Failure.BAD_DATA_FORMAT == failure_in(answer)
    assert {} == desk.register.made


# ── Hostile bytes ──


@given(st.binary(max_size=400))
def test_any_bytes_are_answered(message: bytes) -> None:
    register, answering = responder()
    assert Failure.BAD_DATA_FORMAT == failure_in(answering.answer(message))
    assert {} == register.exchanges


def test_a_message_too_long_is_not_looked_at(desk: Desk) -> None:
    assert Failure.BAD_DATA_FORMAT == failure_in(desk.responder.answer(bytes(MAX_REQUEST + 1)))
    assert 0 == desk.register.entered


VALID = spoken(requested())


@given(st.integers(0, len(VALID) - 1), st.integers(1, 255))
def test_a_message_changed_on_its_way_gets_no_certificate(position: int, change: int) -> None:
    register, answering = responder()
    message = bytearray(VALID)
    message[position] ^= change
    assert failure_in(answering.answer(bytes(message))) is not None
    assert {} == register.made


@given(st.data())
def test_a_body_that_is_broken_inside_right_protection_is_refused(data: st.DataObject) -> None:
    """What a person with a code, but without good will, can send."""
    register, answering = responder()
    message = read_message(VALID, limit=MAX_REQUEST)
    inside = asn1.decode_der(Parts, message.part)
    body = bytearray(asn1.encode_der(inside.body))
    for _ in range(data.draw(st.integers(1, 3))):
        body[data.draw(st.integers(4, len(body) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        part = asn1.encode_der(Parts(header=inside.header, body=raw(bytes(body))))
    except ValueError:
        return
    assert message.header.protection is not None
    value = mac(Secret.of(CODE), message.header.protection, part)
    answer = answering.answer(write_message(part, value))
    assert failure_in(answer) is not None or register.made
