"""A pressed certificate is, byte for byte, what `cryptography` builds of the same parts."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import AuthorityInformationAccessOID

from desktop.services.authority import profile
from desktop.services.authority.keys import KeyKind, check_own, new_signing_key, verify
from desktop.services.authority.policies import policies
from desktop.services.authority.press import Press
from desktop.services.authority.profile import Issuer, Names, Owner, validity
from desktop.services.npki.vid import identify_data
from tests.services.authority.pki import NOW, POLICY

SERVED = Names().served_at("http://ca.invalid")
AFTER_2050 = datetime(2049, 6, 1, tzinfo=UTC).timestamp()


@pytest.fixture(scope="module", params=["rsa", "p256"])
def issuer(request: pytest.FixtureRequest) -> Issuer:
    kind: KeyKind = request.param
    top = new_signing_key(kind)
    root = Issuer(profile.root(top, Names(), NOW), top)
    key = new_signing_key(kind)
    return Issuer(profile.issuing(root, key.public_key(), Names(), NOW), key)


@pytest.mark.parametrize("kind", ["rsa", "p256"])
@pytest.mark.parametrize("names", [Names(), SERVED])
@pytest.mark.parametrize(("now", "until"), [(NOW, None), (NOW, NOW + 1e6), (AFTER_2050, None)])
def test_it_is_what_the_library_builds(
    issuer: Issuer, kind: KeyKind, names: Names, now: float, until: float | None
) -> None:
    key = new_signing_key(kind).public_key()
    subject = profile.subject(Owner("홍길동", "EPB", "071", 7), names, now)
    identity = identify_data("홍길동", bytes(32))
    made = Press(issuer, names).end_entity(key, subject, identity, policy=POLICY, now=now, years=3, until=until)
    pressed = x509.load_der_x509_certificate(made.der)
    period = validity(now, 3, until=until)
    point = x509.DistributionPoint([x509.UniformResourceIdentifier(names.crl_uri)], None, None, None)
    told = [(AuthorityInformationAccessOID.OCSP, names.ocsp_uri)]
    if names.issuers_uri:
        told.append((AuthorityInformationAccessOID.CA_ISSUERS, names.issuers_uri))
    places = [x509.AccessDescription(method, x509.UniformResourceIdentifier(uri)) for method, uri in told]
    built = (
        x509.CertificateBuilder(issuer.certificate.subject, subject, key, pressed.serial_number, *period)
        .add_extension(profile.authority_key_identifier(issuer), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(profile.key_usage("digital_signature", "content_commitment"), critical=True)
        .add_extension(policies(POLICY, notice=names.notice, cps_uri=names.cps_uri), critical=True)
        .add_extension(x509.SubjectAlternativeName([identity]), critical=False)
        .add_extension(x509.CRLDistributionPoints([point]), critical=False)
        .add_extension(x509.AuthorityInformationAccess(places), critical=False)
        .sign(issuer.key, hashes.SHA256())
    )
    assert built.tbs_certificate_bytes == pressed.tbs_certificate_bytes
    assert built.signature_algorithm_oid == pressed.signature_algorithm_oid
    verify(check_own(issuer.certificate.public_key()), pressed.signature, pressed.tbs_certificate_bytes)
    pressed.verify_directly_issued_by(issuer.certificate)
    ends = (pressed.serial_number, pressed.not_valid_before_utc.timestamp(), pressed.not_valid_after_utc.timestamp())
    assert ends == (made.serial, made.period.begins, made.period.ends)


def test_no_two_have_one_serial_number(issuer: Issuer) -> None:
    press, key = Press(issuer, Names()), new_signing_key("p256").public_key()
    subject = profile.subject(Owner("홍길동", "EPB", "071", 7), Names(), NOW)
    identity = identify_data("홍길동", bytes(32))
    made = {press.end_entity(key, subject, identity, policy=POLICY, now=NOW, years=3).serial for _ in range(50)}
    assert 50 == len(made)
