"""A CA that has the code and says what makes no sense: the client ends with a reason, and stores nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.hazmat.asn1 import TLV, Null, Variant

from desktop.secret import Secret
from desktop.services.api import Reason, ServiceError
from desktop.services.cmp.applying import Decryption
from desktop.services.cmp.client import Client
from desktop.services.cmp.crmf import Holder, algorithm, listed, raw
from desktop.services.cmp.frame import write_message, write_part
from desktop.services.cmp.messages import (
    ACCEPTED,
    CA_CERTIFICATES,
    PROTOCOL_ENCRYPTION_CERTIFICATE,
    REJECTION,
    Body,
    CertReply,
    CertResponse,
    EncryptedCert,
    General,
    KeyPair,
    PkiConf,
    PollReply,
    RevocationReply,
    StatusInfo,
)
from desktop.services.cmp.protect import mac_algorithm, sign, signature_algorithm
from desktop.services.cmp.replies import status
from desktop.services.cmp.responder import Responder
from desktop.services.cmp.talk import Held, Shared
from tests.services.cmp.desk import CODE, REFERENCE, Desk
from tests.services.cmp.pki import Authority, build, ec_key, named, pki, rsa_key, usage
from tests.services.cmp.speech import heard, protected

NOTHING: Body = Variant(PkiConf(nothing=Null()), "pkiconf")


def instead(**bodies: Body) -> Callable[[bytes], bytes]:
    """An answer with this body in the place of one of that kind, under the code's MAC."""

    def lie(answer: bytes) -> bytes:
        header, body = heard(answer)
        return protected(header, bodies.get(str(body.tag), body))

    return lie


def reply(*responses: CertResponse, tag: str = "ip") -> Body:
    return Variant(CertReply(ca_certificates=None, responses=list(responses)), tag)


def response(pair: KeyPair | None, *, number: int = 0, info: StatusInfo | None = None) -> CertResponse:
    return CertResponse(id=number, status=info or status(ACCEPTED), pair=pair, info=None)


def pair(certificate: Holder | EncryptedCert) -> KeyPair:
    return KeyPair(certificate=certificate, private_key=None, publication=None)


def genp(*items: list[TLV]) -> Body:
    return Variant(General(items=list(items)), "genp")


NO_CERTIFICATE = pair(Holder(value=raw(Null())))
LIES: dict[str, tuple[Body, str]] = {
    "a confirmation": (NOTHING, "reply"),
    "a certificate to another request": (reply(response(NO_CERTIFICATE, number=1)), "reply"),
    "two answers": (reply(response(NO_CERTIFICATE), response(NO_CERTIFICATE)), "reply"),
    "no answer": (reply(), "reply"),
    "a yes without a certificate": (reply(response(None)), "reply"),
    "a certificate that is encrypted": (reply(response(pair(EncryptedCert(value=raw(Null()))))), "reply"),
    "a certificate that is none": (reply(response(NO_CERTIFICATE)), "certificate"),
    "a wait for nothing": (Variant(PollReply(polls=[]), "pollRep"), "reply"),
}


@pytest.mark.parametrize("lie", LIES)
async def test_an_answer_that_makes_no_sense_is_broken(desk: Desk, lie: str) -> None:
    body, detail = LIES[lie]
    desk.change = instead(ip=body)
    with pytest.raises(ServiceError) as broken:
        await desk.enrol()
    assert (Reason.ENROLMENT_BROKEN, detail) == (broken.value.reason, broken.value.detail)
    assert [] == desk.stored


async def test_a_refusal_without_a_failure_is_a_refusal(desk: Desk) -> None:
    desk.change = instead(ip=reply(response(None, info=status(REJECTION))))
    with pytest.raises(ServiceError) as refused:
        await desk.enrol()
    assert (Reason.ENROLMENT_REFUSED, None) == (refused.value.reason, refused.value.detail)


async def test_a_confirmation_that_is_none_is_broken_though_the_certificate_is_kept(desk: Desk) -> None:
    desk.change = instead(pkiconf=genp())
    with pytest.raises(ServiceError) as broken:
        await desk.enrol()
    assert (Reason.ENROLMENT_BROKEN, "reply") == (broken.value.reason, broken.value.detail)
    assert 1 == len(desk.stored)


def client(desk: Desk, by: Shared | Held | None = None) -> Client:
    return Client(desk.send, by or Shared(REFERENCE, Secret.of(CODE)), pki().chain, patience=desk.patience)


@pytest.mark.parametrize(
    "body",
    [NOTHING, genp([raw(Null())]), genp(algorithm(CA_CERTIFICATES, Null()))],
    ids=["other", "no type", "no list"],
)
async def test_an_answer_to_a_question_that_is_none_is_broken(desk: Desk, body: Body) -> None:
    desk.change = instead(genp=body)
    with pytest.raises(ServiceError) as broken:
        await client(desk).ca_certificates()
    assert (Reason.ENROLMENT_BROKEN, "reply") == (broken.value.reason, broken.value.detail)


async def test_a_question_is_answered_by_no_certificates_at_all(desk: Desk) -> None:
    desk.change = instead(genp=genp(algorithm(CA_CERTIFICATES, listed([]))))
    assert () == await client(desk).ca_certificates()


async def test_the_random_is_encrypted_to_nobody_else(desk: Desk) -> None:
    """Neither to a certificate of another CA, nor with a key of another kind."""
    other = Authority(
        build(named("Other"), rsa_key("other").public_key(), named("Other"), rsa_key("other")), rsa_key("other")
    )
    strange = other.issue(named("reader"), rsa_key("kim").public_key(), usage("key_encipherment"))
    curved = pki().ca.issue(named("reader"), ec_key("kim").public_key(), usage("key_agreement"))
    for found in (raw(strange), raw(curved), Null()):
        desk.change = instead(genp=genp(algorithm(PROTOCOL_ENCRYPTION_CERTIFICATE, found)))
        with pytest.raises(ServiceError) as broken:
            await desk.enrol(random=bytes(20))
        assert (Reason.ENROLMENT_BROKEN, "encryption_certificate") == (broken.value.reason, broken.value.detail)
    assert {} == desk.register.made


NO_STATUS = RevocationReply(statuses=[], certificates=None, crls=None)


@pytest.mark.parametrize("body", [NOTHING, Variant(NO_STATUS, "rp")], ids=["other", "no status"])
async def test_a_revocation_that_is_not_told_of_is_broken(desk: Desk, body: Body) -> None:
    """Told by the issuing CA's own key, which speaks for it as well, with its certificate or without."""
    certificate = x509.load_der_x509_certificate(await desk.enrol())
    desk.change = by_the_ca(body)
    with pytest.raises(ServiceError) as broken:
        await client(desk, Held(certificate, rsa_key("leaf"))).revoke(certificate, x509.ReasonFlags.superseded)
    assert (Reason.ENROLMENT_BROKEN, "reply") == (broken.value.reason, broken.value.detail)


def by_the_ca(body: Body, *, named_in: bool = True) -> Callable[[bytes], bytes]:
    def lie(answer: bytes) -> bytes:
        header = heard(answer)[0]
        header.protection = signature_algorithm(pki().ca.key.public_key())
        part = write_part(asn1.encode_der(header), body)
        return write_message(part, sign(pki().ca.key, part), (pki().ca.der,) if named_in else ())

    return lie


async def test_the_ca_needs_no_certificate_to_be_known(desk: Desk) -> None:
    desk.change = by_the_ca(genp(algorithm(CA_CERTIFICATES, listed([]))), named_in=False)
    assert () == await client(desk).ca_certificates()


async def test_a_mac_is_no_answer_to_a_signature(desk: Desk) -> None:
    certificate = x509.load_der_x509_certificate(await desk.enrol())

    def lie(answer: bytes) -> bytes:
        header, body = heard(answer)
        header.protection = mac_algorithm()
        return protected(header, body)

    desk.change = lie
    with pytest.raises(ServiceError) as broken:
        await client(desk, Held(certificate, rsa_key("leaf"))).ca_certificates()
    assert (Reason.ENROLMENT_BROKEN, "wrong_integrity") == (broken.value.reason, broken.value.detail)


async def test_an_answer_without_protection_is_broken(desk: Desk) -> None:
    def lie(answer: bytes) -> bytes:
        header, body = heard(answer)
        return write_message(write_part(asn1.encode_der(header), body), None)

    desk.change = lie
    with pytest.raises(ServiceError) as broken:
        await desk.enrol()
    assert (Reason.ENROLMENT_BROKEN, "bad_message_check") == (broken.value.reason, broken.value.detail)


@pytest.mark.parametrize("flags", [("key_cert_sign", "crl_sign", "key_encipherment"), ()], ids=["told", "no usage"])
async def test_the_random_goes_to_the_issuing_ca_where_its_key_is_for_that(desk: Desk, flags: tuple[str, ...]) -> None:
    """Then nobody is asked to whom."""
    key = rsa_key("ca")
    extensions = (usage(*flags),) if flags else ()
    ca = Authority(pki().root.issue(named("Test CA"), key.public_key(), *extensions), key)
    made = replace(pki(), ca=ca, speaker=replace(pki().speaker, chain=(ca.der,)))
    desk.register.pki = made
    desk.responder = Responder(desk.register, made.speaker, decryption=Decryption(ca.certificate, key), now=desk.clock)
    await desk.enrol(random=bytes(20))
    assert ["ir", "certConf"] == [str(heard(message)[1].tag) for message in desk.asked]
    assert bytes(20) == desk.register.last.application.random


async def test_a_chain_that_cannot_be_read_is_broken(desk: Desk) -> None:
    with pytest.raises(ServiceError) as broken:
        Client(desk.send, Shared(REFERENCE, Secret.of(CODE)), (b"",), patience=desk.patience)
    assert (Reason.ENROLMENT_BROKEN, "chain") == (broken.value.reason, broken.value.detail)
