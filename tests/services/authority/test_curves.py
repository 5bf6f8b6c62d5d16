"""P-256 beside RSA: a CA founded with such keys, and such keys of other CMP clients where a bank has them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from desktop.secret import Secret
from desktop.services.api import Kind, Reason, Status
from desktop.services.authority.ca import CertificateRequest
from desktop.services.authority.vault import Vault
from desktop.services.cmp.failures import Failure
from desktop.services.npki.vid import verify_owner
from tests.services.authority.desk import WHO, Desk, refused
from tests.services.authority.pki import NAME, POLICY, RRN, World
from tests.services.authority.purse import turned_away
from tests.services.authority.test_enrolling import good


@pytest.fixture
def world() -> Iterator[World]:
    with World(ca_keys="p256") as made:
        yield made


def curve_request(curve: ec.EllipticCurve) -> CertificateRequest:
    key = ec.generate_private_key(curve).public_key()
    return CertificateRequest("EPB", "071", NAME, key, Secret.of(RRN), bytes(20), POLICY, 3)


def test_a_ca_of_p256_keys_signs_certificates_its_list_and_who_answers_for_it(world: World) -> None:
    person = world.issue()
    leaf, issuing, root = map(x509.load_der_x509_certificate, (person.issued.der, *world.ca.chain()))
    leaf.verify_directly_issued_by(issuing)
    issuing.verify_directly_issued_by(root)
    verify_owner(leaf, Secret.of(RRN), person.random)
    key = issuing.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert x509.load_der_x509_crl(world.crl()).is_signature_valid(key)
    for algorithm in (hashes.SHA1(), hashes.SHA256()):
        asked = ocsp.OCSPRequestBuilder().add_certificate(leaf, issuing, algorithm).build()
        answer = ocsp.load_der_ocsp_response(world.ocsp(asked.public_bytes(Encoding.DER)))
        assert ocsp.OCSPCertStatus.GOOD == answer.certificate_status
        x509.load_der_x509_certificate(answer.certificates[0].public_bytes(Encoding.DER)).verify_directly_issued_by(
            issuing
        )


def test_a_ca_keeps_the_kind_of_key_that_it_was_founded_with(tmp_path: Path) -> None:
    vault = Vault(bytes(32))
    with World(tmp_path / "a.db", vault=vault, ca_keys="p256") as before:
        chain = before.ca.chain()
    with World(tmp_path / "a.db", vault=vault, ca_keys="rsa") as after:
        assert chain == after.ca.chain()
        after.issue()


def test_p256_is_certified_and_other_curves_are_not(world: World) -> None:
    with world.store.transaction() as cx:
        issued = world.ca.issue(cx, curve_request(ec.SECP256R1()))
        assert Status.GOOD == world.ca.status(cx, issued.serial)
        with refused(Reason.BAD_REQUEST, detail="weak_key"):
            world.ca.issue(cx, curve_request(ec.SECP384R1()))


def test_another_client_may_bring_a_p256_key_where_the_bank_has_them_certified(desk: Desk) -> None:
    enrolment = desk.enrol(desk.at(None, WHO["kim_kei"], kind=Kind.JOINT))
    key = ec.generate_private_key(ec.SECP256R1())
    fetched = desk.purse.fetch(enrolment, key=key)
    desk.purse.confirm(fetched)
    assert key.public_key() == x509.load_der_x509_certificate(fetched.certificate).public_key()
    assert [fetched.serial] == good(desk)


@pytest.mark.parametrize(("who", "curve"), [("kim_kei", ec.SECP384R1()), ("kim_uri", ec.SECP256R1())])
def test_a_curve_that_the_bank_does_not_have_certified_is_turned_away(
    desk: Desk, who: str, curve: ec.EllipticCurve
) -> None:
    enrolment = desk.enrol(desk.at(None, WHO[who], kind=Kind.JOINT))
    with turned_away(Failure.BAD_CERT_TEMPLATE):
        desk.purse.fetch(enrolment, key=ec.generate_private_key(curve))
    assert [] == good(desk)
