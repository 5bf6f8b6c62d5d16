"""Revocation list and OCSP answers, from the CA's side and under hostile bytes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ReasonFlags, ocsp
from hypothesis import example, given
from hypothesis import strategies as st

from desktop.services.authority.profile import SERVANT_DAYS
from desktop.services.authority.status import CRL_LIFE, MAX_REQUEST
from tests.services.authority.pki import NOW, World

DAY = 86_400.0


@pytest.fixture
def world() -> Iterator[World]:
    with World() as made:
        yield made


@pytest.fixture(scope="module")
def shared() -> Iterator[World]:
    with World() as made:
        yield made


def load_crl(world: World) -> x509.CertificateRevocationList:
    crl = x509.load_der_x509_crl(world.crl())
    key = world.ca.issuer.certificate.public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    assert crl.is_signature_valid(key)
    return crl


def number(crl: x509.CertificateRevocationList) -> int:
    return crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number


def ask(
    leaf: bytes, issuer: bytes, *, nonce: bytes | None = None, algorithm: hashes.HashAlgorithm | None = None
) -> bytes:
    load = x509.load_der_x509_certificate
    builder = ocsp.OCSPRequestBuilder().add_certificate(load(leaf), load(issuer), algorithm or hashes.SHA1())
    if nonce is not None:
        builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
    return builder.build().public_bytes(Encoding.DER)


def answer(world: World, request: bytes) -> ocsp.OCSPResponse:
    """Checked as a client must: responder certificate by the CA, signature by the responder."""
    response = ocsp.load_der_ocsp_response(world.ocsp(request))
    assert ocsp.OCSPResponseStatus.SUCCESSFUL == response.response_status
    responder = response.certificates[0]
    responder.verify_directly_issued_by(world.ca.issuer.certificate)
    key = responder.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert response.signature_hash_algorithm is not None
    key.verify(response.signature, response.tbs_response_bytes, ec.ECDSA(response.signature_hash_algorithm))
    return response


def test_the_first_list_is_empty_and_numbered(world: World) -> None:
    crl = load_crl(world)
    assert (1, 0) == (number(crl), len(crl))
    assert world.ca.issuer.certificate.subject == crl.issuer
    assert datetime.fromtimestamp(NOW, UTC) == crl.last_update_utc
    assert datetime.fromtimestamp(NOW, UTC) + CRL_LIFE == crl.next_update_utc
    key_id = crl.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
    own = world.ca.issuer.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    assert own == key_id


def test_a_list_is_kept_until_something_changes_or_half_its_life_is_over(world: World) -> None:
    serial = world.issue().issued.serial
    first = world.crl()
    assert first == world.crl()
    with world.store.transaction() as cx:
        world.ca.revoke(cx, serial)
    assert 2 == number(load_crl(world))
    world.clock.now += CRL_LIFE.total_seconds() / 2
    assert 3 == number(load_crl(world))
    world.clock.now -= 10 * DAY
    assert 4 == number(load_crl(world))


def test_a_list_gives_each_reason_but_the_unspecified_one(world: World) -> None:
    reasons = {
        "a": ReasonFlags.key_compromise,
        "b": ReasonFlags.unspecified,
        "c": ReasonFlags.superseded,
        "d": ReasonFlags.certificate_hold,
    }
    serials = {name: world.issue(name).issued.serial for name in reasons}
    world.clock.now += 60
    with world.store.transaction() as cx:
        for name in "abc":
            world.ca.revoke(cx, serials[name], reasons[name])
        world.ca.suspend(cx, serials["d"])
    crl = load_crl(world)
    for name, reason in reasons.items():
        entry = crl.get_revoked_certificate_by_serial_number(serials[name])
        assert entry is not None
        assert datetime.fromtimestamp(NOW + 60, UTC) == entry.revocation_date_utc
        said = [extension.value for extension in entry.extensions]
        assert ([] if reason == ReasonFlags.unspecified else [x509.CRLReason(reason)]) == said


def test_a_resumed_certificate_leaves_the_list(world: World) -> None:
    serial = world.issue().issued.serial
    with world.store.transaction() as cx:
        world.ca.suspend(cx, serial)
    assert 1 == len(load_crl(world))
    with world.store.transaction() as cx:
        world.ca.resume(cx, serial)
    assert 0 == len(load_crl(world))


def test_an_expired_certificate_stays_for_one_more_list(world: World) -> None:
    issued = world.issue().issued
    with world.store.transaction() as cx:
        world.ca.revoke(cx, issued.serial)
    world.clock.now = issued.not_after + DAY / 2
    assert 1 == len(load_crl(world))
    world.clock.now = issued.not_after + 2 * DAY
    assert 0 == len(load_crl(world))


@pytest.mark.parametrize("algorithm", [hashes.SHA1(), hashes.SHA256()], ids=["sha1", "sha256"])
def test_ocsp_says_good_then_revoked_with_the_reason(world: World, algorithm: hashes.HashAlgorithm) -> None:
    person = world.issue()
    request = ask(person.issued.der, world.ca.chain()[0], algorithm=algorithm)
    good = answer(world, request)
    assert ocsp.OCSPCertStatus.GOOD == good.certificate_status
    assert person.issued.serial == good.serial_number
    with world.store.transaction() as cx:
        world.ca.revoke(cx, person.issued.serial, ReasonFlags.cessation_of_operation)
    revoked = answer(world, request)
    assert ocsp.OCSPCertStatus.REVOKED == revoked.certificate_status
    assert ReasonFlags.cessation_of_operation == revoked.revocation_reason
    assert datetime.fromtimestamp(NOW, UTC) == revoked.revocation_time_utc


def test_ocsp_says_on_hold_while_suspended(world: World) -> None:
    person = world.issue()
    with world.store.transaction() as cx:
        world.ca.suspend(cx, person.issued.serial)
    held = answer(world, ask(person.issued.der, world.ca.chain()[0]))
    assert ocsp.OCSPCertStatus.REVOKED == held.certificate_status
    assert ReasonFlags.certificate_hold == held.revocation_reason


def test_ocsp_knows_neither_others_certificates_nor_serials_never_issued(world: World) -> None:
    issuing, root = world.ca.chain()
    with World() as stranger:
        unknown_ca = answer(world, ask(stranger.issue().issued.der, stranger.ca.chain()[0]))
        never_issued = answer(world, ask(stranger.issue().issued.der, issuing))
    assert ocsp.OCSPCertStatus.UNKNOWN == unknown_ca.certificate_status
    assert ocsp.OCSPCertStatus.UNKNOWN == never_issued.certificate_status
    of_the_root = answer(world, ask(issuing, root))
    assert ocsp.OCSPCertStatus.UNKNOWN == of_the_root.certificate_status


@pytest.mark.parametrize("length", [1, 16, 32, 128])
def test_a_nonce_comes_back(shared: World, length: int) -> None:
    issuing, root = shared.ca.chain()
    nonce = b"n" * length
    response = answer(shared, ask(issuing, root, nonce=nonce))
    assert nonce == response.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce


def test_without_a_nonce_none_is_sent(shared: World) -> None:
    issuing, root = shared.ca.chain()
    assert [] == list(answer(shared, ask(issuing, root)).extensions)


@pytest.mark.parametrize("length", [0, 129, 4000])
def test_a_nonce_of_a_forbidden_length_is_malformed(shared: World, length: int) -> None:
    issuing, root = shared.ca.chain()
    assert_malformed(shared, ask(issuing, root, nonce=b"n" * length))


@given(st.binary(max_size=300))
@example(b"")
@example(b"0" * (MAX_REQUEST + 1))
@example(bytes.fromhex("30053003300130"))
@example(bytes.fromhex("3000"))
@example(bytes.fromhex("300430023000"))
def test_what_is_no_request_is_malformed_and_never_an_exception(shared: World, request_bytes: bytes) -> None:
    assert_malformed(shared, request_bytes)


@given(st.data())
def test_a_request_with_a_byte_changed_is_answered_somehow(shared: World, data: st.DataObject) -> None:
    issuing, root = shared.ca.chain()
    request = bytearray(ask(issuing, root, nonce=b"n" * 16))
    request[data.draw(st.integers(0, len(request) - 1))] = data.draw(st.integers(0, 255))
    ocsp.load_der_ocsp_response(shared.ocsp(bytes(request)))


def assert_malformed(world: World, request: bytes) -> None:
    response = ocsp.load_der_ocsp_response(world.ocsp(request))
    assert ocsp.OCSPResponseStatus.MALFORMED_REQUEST == response.response_status


def test_the_responder_certificate_is_replaced_after_half_its_life(world: World) -> None:
    issuing, root = world.ca.chain()
    request = ask(issuing, root)
    first = answer(world, request).certificates[0]
    assert first == answer(world, request).certificates[0]
    world.clock.now += SERVANT_DAYS * DAY / 2
    second = answer(world, request).certificates[0]
    assert first != second
    assert first.not_valid_after_utc - timedelta(days=1) > datetime.fromtimestamp(world.clock.now, UTC)
