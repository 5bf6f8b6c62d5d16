"""Whole journeys, wherever the services are: each operation's success, and the facts that come back."""

from __future__ import annotations

import hashlib

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from desktop.secret import Secret
from desktop.services.api import (
    Authorize,
    Change,
    Check,
    Enrol,
    Issue,
    Issued,
    Kind,
    Medium,
    SignHash,
    Status,
    Task,
)
from desktop.services.authority.signing import RSA_SHA256_OID, SHA256_OID
from tests.services.authority.desk import PIN
from tests.services.authority.purse import obtained
from tests.services.contract.conftest import Opening
from tests.services.contract.offices import Customer

TEXT = b"what the done page signs"


async def prove(customer: Customer, issued: Issued) -> None:
    digest = hashlib.sha256(TEXT).digest()
    services, journey = customer.services, customer.journey
    wanted = Authorize(issued.credential_id, (digest,), SHA256_OID, Secret.of(PIN))
    authorized = await services.credentials_authorize(journey, wanted, key=customer.key())
    request = SignHash(issued.credential_id, authorized.sad, (digest,), SHA256_OID, RSA_SHA256_OID)
    (signature,) = (await services.sign_hash(journey, request, key=customer.key())).signatures
    key = x509.load_der_x509_certificate(issued.certificate).public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    key.verify(signature, TEXT, padding.PKCS1v15(), SHA256())


async def test_from_terms_to_a_signature_by_sms_card_and_typed_code(opening: Opening) -> None:
    async with opening() as office:
        customer = Customer(office, "kim_uche")
        await customer.open()
        assert (Check.TERMS, Check.IDENTITY, Check.PHONE, Check.MEDIUM, Check.CLOUD) == customer.checks
        await customer.terms()
        found = await customer.identity()
        assert ((Medium.CARD, Medium.OTP), True) == (found.media, "*" in found.name)
        for check in customer.checks[2:]:
            await customer.do(check)
        issued = await office.services.issue(customer.journey, Issue(Secret.of(PIN)), key=customer.key())
        assert issued == await office.services.issued(customer.journey)
        assert issued == (await office.services.journey_status(customer.journey)).issued
        await prove(customer, issued)
        listed = await office.services.credentials_list(customer.journey)
        assert (issued.credential_id,) == listed.credential_ids
        info = await office.services.credentials_info(customer.journey, issued.credential_id)
        assert (issued.certificate, *issued.chain) == info.certificates
        assert ("enabled", Status.GOOD, "2") == (info.key_status, info.cert_status, info.scal)
        await office.services.close_journey(customer.journey, key=customer.key())
        assert (await office.services.journey_status(customer.journey)).closed


async def test_by_keys_in_a_call_a_token_and_a_reply(opening: Opening) -> None:
    async with opening(ars="keyed") as office:
        customer = Customer(office, "kim_uche")
        await customer.at(Check.PHONE)
        await customer.prove_phone_by_keys()
        await customer.token()
        await customer.cloud_by_reply()
        assert await office.services.issue(customer.journey, Issue(Secret.of(PIN)), key=customer.key())


async def test_an_account_is_proven_and_a_certificate_issued_again(opening: Opening) -> None:
    async with opening() as office:
        customer = Customer(office, "ko_byeolbit", task=Task.REISSUE)
        await customer.at(None)
        assert Check.ACCOUNT in customer.checks
        (held,) = (await office.services.holdings(customer.journey)).certificates
        request = Issue(Secret.of(PIN), credential_id=held.credential_id)
        issued = await office.services.issue(customer.journey, request, key=customer.key())
        assert (Task.REISSUE, held.not_after) == (issued.task, issued.not_after)


async def test_the_phone_completes_what_was_handed_to_it(opening: Opening) -> None:
    async with opening() as office:
        customer = Customer(office, "kim_gukmin", Kind.MOBILE)
        await customer.at(None)
        handed = await office.services.hand_off(customer.journey, key=customer.key())
        assert (True, 300.0) == ("://kb/mobile?" in handed.url, handed.expires_in)
        assert None is await office.services.await_reply(customer.journey, wait=0)
        await office.phone.answer((await customer.event()).id, "")
        issued = await office.services.await_reply(customer.journey, wait=10)
        assert isinstance(issued, Issued)
        assert issued == await office.services.issued(customer.journey)


async def test_devices_are_limited_and_a_pin_is_changed(opening: Opening) -> None:
    async with opening() as office:
        customer = Customer(office, "song_ujeong", task=Task.DEVICES)
        customer.device = "here"
        await customer.at(None)
        (held,) = (await office.services.holdings(customer.journey)).certificates
        known = await office.services.devices(customer.journey, held.credential_id)
        assert (["here"], False) == ([d.id for d in known.devices if d.here], known.limited)
        limit = Change(held.credential_id, devices=("here",))
        changed = await office.services.change(customer.journey, limit, key=customer.key())
        assert (Status.GOOD, 1) == (changed.status, changed.devices)
        assert changed == (await office.services.journey_status(customer.journey)).changed
        other = Customer(office, "song_ujeong", task=Task.PIN)
        other.device = "here"
        await other.at(None)
        pins = Change("", Secret.of(other.person.certificates[0].pin), Secret.of("915036"))
        await office.services.change(other.journey, pins, key=other.key())
        assert "915036" == (pins.pin.reveal() if pins.pin else "")


async def test_a_joint_certificate_is_fetched_at_the_door_and_counts_once_confirmed(opening: Opening) -> None:
    async with opening() as office:
        customer = Customer(office, "kim_uri", Kind.JOINT)
        await customer.at(None)
        enrolment = await office.services.enrol(customer.journey, Enrol(usage="bank"), key=customer.key())
        assert None is enrolment.replaces
        assert None is await office.services.issued(customer.journey)
        # The messages carry the real time: it is the authority that lives at another.
        der = await obtained(office.services.pkix, enrolment, office.clock)
        issued = await office.services.issued(customer.journey)
        assert issued is not None
        assert (der, Kind.JOINT) == (issued.certificate, issued.kind)


async def test_a_joint_certificate_is_replaced_by_who_opens_the_old_file(opening: Opening) -> None:
    async with opening() as office:
        customer = Customer(office, "chu_haneul", Kind.JOINT, Task.REISSUE)
        await customer.at(Check.PASSWORD)
        proof = await customer.proof_of_password()
        verified = await office.services.verify_password(customer.journey, proof, key=customer.key())
        await customer.terms()
        request = Enrol(credential_id=verified.credential_id)
        enrolment = await office.services.enrol(customer.journey, request, key=customer.key())
        der = await obtained(office.services.pkix, enrolment, office.clock)
        status = await office.services.journey_status(customer.journey)
        assert status.issued is not None
        assert (der, Task.REISSUE) == (status.issued.certificate, status.issued.task)


async def test_the_list_and_the_responder_know_a_revoked_certificate(opening: Opening) -> None:
    async with opening() as office:
        customer = Customer(office, "song_ujeong", task=Task.REVOKE)
        await customer.at(None)
        changed = await office.services.change(customer.journey, Change(""), key=customer.key())
        assert Status.REVOKED is changed.status
        crl = x509.load_der_x509_crl(await office.services.crl())
        assert crl.get_revoked_certificate_by_serial_number(int(changed.serial)) is not None
        certificate, issuer = map(x509.load_der_x509_certificate, (changed.certificate, changed.chain[0]))
        request = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, SHA256()).build()
        answer = ocsp.load_der_ocsp_response(await office.services.ocsp(request.public_bytes(Encoding.DER)))
        assert ocsp.OCSPCertStatus.REVOKED == answer.certificate_status


async def test_a_program_that_ended_in_the_middle_goes_on_after_the_identity(opening: Opening) -> None:
    async with opening() as office:
        customer = Customer(office, "kim_uche")
        await customer.at(Check.MEDIUM)
    async with opening() as office:
        customer.office, customer.seen = office, 1
        status = await office.services.journey_status(customer.journey)
        assert (Check.IDENTITY,) == status.reprove
        assert (Check.TERMS, Check.IDENTITY, Check.PHONE) == status.done
        await customer.identity()
        await customer.card()
        await customer.cloud()
        assert await office.services.issue(customer.journey, Issue(Secret.of(PIN)), key=customer.key())


async def test_nothing_on_the_phone_is_nothing_yet(opening: Opening) -> None:
    async with opening() as office:
        customer = Customer(office, "kim_uche")
        await customer.at(Check.PHONE)
        await customer.code()
        assert None is await office.services.await_reply(customer.journey, wait=0.05)
        assert () == await office.phone.events(after=customer.seen, wait=0.05)
