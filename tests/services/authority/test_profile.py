"""The certificate profile, byte for byte where docs and facts say so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID
from hypothesis import given
from hypothesis import strategies as st

from desktop.services.authority import profile
from desktop.services.authority.dates import KST
from desktop.services.authority.press import Press
from desktop.services.authority.profile import Names, Owner, validity
from desktop.services.npki.vid import identify_data
from tests.services.authority.pki import NAME, POLICY, Person, World


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with World() as made:
        yield made


@pytest.fixture(scope="module")
def person(world: World) -> Person:
    return world.issue()


@pytest.fixture(scope="module")
def leaf(person: Person) -> x509.Certificate:
    return x509.load_der_x509_certificate(person.issued.der)


def tlv(tag: int, *parts: bytes) -> bytes:
    """DER by hand, so that the expectation does not come from the encoder under test."""
    content = b"".join(parts)
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(octets)]) + octets + content


def oid(dotted: str) -> bytes:
    first, second, *rest = map(int, dotted.split("."))
    out = b""
    for arc in (40 * first + second, *rest):
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.append(arc & 0x7F | 0x80)
        out += bytes(reversed(groups))
    return tlv(0x06, out)


def attribute(dotted: str, tag: int, text: str) -> bytes:
    return tlv(0x31, tlv(0x30, oid(dotted), tlv(tag, text.encode())))


C, O, OU, CN = "2.5.4.6", "2.5.4.10", "2.5.4.11", "2.5.4.3"  # noqa: E741 - their names in X.520
PRINTABLE, UTF8 = 0x13, 0x0C


def extension(kind: x509.ObjectIdentifier, content: bytes, *, critical: bool = False) -> bytes:
    return tlv(0x30, oid(kind.dotted_string), b"\x01\x01\xff" if critical else b"", tlv(0x04, content))


def test_the_subject_is_in_the_profiles_order_and_string_types(leaf: x509.Certificate) -> None:
    expected = tlv(
        0x30,
        attribute(C, PRINTABLE, "kr"),
        attribute(O, UTF8, "changgu-practice"),
        attribute(OU, UTF8, "personal4IB"),
        attribute(OU, UTF8, "EPB"),
        attribute(CN, UTF8, f"{NAME}()007104120261122000000001"),
    )
    assert expected == leaf.subject.public_bytes()
    assert expected in leaf.tbs_certificate_bytes


def test_the_issuer_has_the_profiles_structure_and_says_practice(leaf: x509.Certificate) -> None:
    expected = tlv(
        0x30,
        attribute(C, PRINTABLE, "kr"),
        attribute(O, UTF8, "changgu-practice"),
        attribute(OU, UTF8, "AccreditedCA"),
        attribute(CN, UTF8, "Changgu Practice CA Class 1"),
    )
    assert expected == leaf.issuer.public_bytes()


def test_the_extensions_are_the_profiles_in_its_order_and_no_others(leaf: x509.Certificate) -> None:
    expected = [
        (ExtensionOID.AUTHORITY_KEY_IDENTIFIER, False),
        (ExtensionOID.SUBJECT_KEY_IDENTIFIER, False),
        (ExtensionOID.KEY_USAGE, True),
        (ExtensionOID.CERTIFICATE_POLICIES, True),
        (ExtensionOID.SUBJECT_ALTERNATIVE_NAME, False),
        (ExtensionOID.CRL_DISTRIBUTION_POINTS, False),
        (ExtensionOID.AUTHORITY_INFORMATION_ACCESS, False),
    ]
    assert expected == [(extension.oid, extension.critical) for extension in leaf.extensions]


def test_the_key_usage_is_signing_and_non_repudiation(leaf: x509.Certificate) -> None:
    expected = extension(ExtensionOID.KEY_USAGE, bytes.fromhex("030206c0"), critical=True)
    assert expected in leaf.tbs_certificate_bytes


def test_the_authority_key_identifier_has_key_id_issuer_and_serial(world: World, leaf: x509.Certificate) -> None:
    ca = world.ca.issuer.certificate
    key_id = x509.SubjectKeyIdentifier.from_public_key(ca.public_key()).digest
    serial = ca.serial_number.to_bytes(ca.serial_number.bit_length() // 8 + 1, "big")
    expected = tlv(
        0x30,
        tlv(0x80, key_id),
        tlv(0xA1, tlv(0xA4, ca.issuer.public_bytes())),
        tlv(0x82, serial),
    )
    assert extension(ExtensionOID.AUTHORITY_KEY_IDENTIFIER, expected) in leaf.tbs_certificate_bytes


def test_the_policies_hold_a_bmp_notice_then_the_cps(leaf: x509.Certificate) -> None:
    names = Names()
    notice = tlv(0x30, oid("1.3.6.1.5.5.7.2.2"), tlv(0x30, tlv(0x1E, names.notice.encode("utf-16-be"))))
    cps = tlv(0x30, oid("1.3.6.1.5.5.7.2.1"), tlv(0x16, names.cps_uri.encode()))
    expected = tlv(0x30, tlv(0x30, oid(POLICY), tlv(0x30, notice, cps)))
    assert extension(ExtensionOID.CERTIFICATE_POLICIES, expected, critical=True) in leaf.tbs_certificate_bytes


def test_the_alternative_name_is_the_owners_name_and_vid(leaf: x509.Certificate) -> None:
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    (other,) = names.get_values_for_type(x509.OtherName)
    vid = other.value[-32:]  # its value is checked in test_ca
    inner = tlv(0x30, tlv(0x30, oid("2.16.840.1.101.3.4.2.1")), tlv(0xA0, tlv(0x04, vid)))
    items = tlv(0x30, tlv(0x30, oid("1.2.410.200004.10.1.1.1"), inner))
    data = tlv(0x30, tlv(UTF8, NAME.encode()), items)
    expected = tlv(0x30, tlv(0xA0, oid("1.2.410.200004.10.1.1"), tlv(0xA0, data)))
    assert extension(ExtensionOID.SUBJECT_ALTERNATIVE_NAME, expected) in leaf.tbs_certificate_bytes


def test_revocation_list_and_ocsp_are_named_and_nothing_else(leaf: x509.Certificate) -> None:
    names = Names()
    point = tlv(0x30, tlv(0xA0, tlv(0xA0, tlv(0x86, names.crl_uri.encode()))))
    assert extension(ExtensionOID.CRL_DISTRIBUTION_POINTS, tlv(0x30, point)) in leaf.tbs_certificate_bytes
    access = tlv(0x30, oid("1.3.6.1.5.5.7.48.1"), tlv(0x86, names.ocsp_uri.encode()))
    assert extension(ExtensionOID.AUTHORITY_INFORMATION_ACCESS, tlv(0x30, access)) in leaf.tbs_certificate_bytes


def test_key_serial_and_signature_are_as_strong_as_the_profile_asks(leaf: x509.Certificate) -> None:
    key = leaf.public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    assert (2048, 65537) == (key.key_size, key.public_numbers().e)
    assert x509.SignatureAlgorithmOID.RSA_WITH_SHA256 == leaf.signature_algorithm_oid
    assert x509.Version.v3 == leaf.version
    assert 0 < leaf.serial_number < 1 << 159


def test_the_cas_may_sign_certificates_and_carry_a_name_alone(world: World) -> None:
    issuing, root = map(x509.load_der_x509_certificate, world.ca.chain())
    root.verify_directly_issued_by(root)
    issuing.verify_directly_issued_by(root)
    for certificate, path_length in ((issuing, 0), (root, 1)):
        usage = extension(ExtensionOID.KEY_USAGE, bytes.fromhex("03020106"), critical=True)
        assert usage in certificate.tbs_certificate_bytes
        constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
        assert constraints.critical
        assert x509.BasicConstraints(ca=True, path_length=path_length) == constraints.value
        common = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value
        assert isinstance(common, str)
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        assert [identify_data(common)] == list(names)


def test_no_name_of_a_real_ca_is_in_a_practice_certificate(world: World, person: Person) -> None:
    for der in (person.issued.der, *world.ca.chain(), world.crl()):
        for name in (b"yessign", b"kftc", b"kisa", "우체국".encode()):
            assert name not in der.lower()


def kst(*parts: int) -> float:
    return datetime(*parts, tzinfo=KST).timestamp()  # type: ignore[misc, arg-type]  # mypy cannot count *parts


@pytest.mark.parametrize(
    ("issued", "years", "first", "last"),
    [
        (kst(2026, 11, 22, 15, 30), 3, "2026-11-21T15:00:00Z", "2029-11-21T14:59:59Z"),
        (kst(2026, 11, 22, 0, 0), 1, "2026-11-21T15:00:00Z", "2027-11-21T14:59:59Z"),
        (kst(2026, 11, 22, 23, 59, 59), 1, "2026-11-21T15:00:00Z", "2027-11-21T14:59:59Z"),
        (kst(2026, 1, 1), 3, "2025-12-31T15:00:00Z", "2028-12-31T14:59:59Z"),
        (kst(2028, 2, 29, 12), 3, "2028-02-28T15:00:00Z", "2031-02-28T14:59:59Z"),
        (kst(2028, 2, 29, 12), 4, "2028-02-28T15:00:00Z", "2032-02-28T14:59:59Z"),
        (kst(2025, 3, 1, 12), 3, "2025-02-28T15:00:00Z", "2028-02-29T14:59:59Z"),
        (kst(2026, 12, 31, 12), 1, "2026-12-30T15:00:00Z", "2027-12-30T14:59:59Z"),
    ],
)
def test_validity_is_whole_korean_days(issued: float, years: int, first: str, last: str) -> None:
    form = "%Y-%m-%dT%H:%M:%SZ"
    assert (first, last) == tuple(moment.strftime(form) for moment in validity(issued, years))


@given(st.dates(date(2026, 1, 1), date(2090, 1, 1)), st.times(), st.integers(1, 5))
def test_the_day_after_the_last_is_the_anniversary(day: date, at: time, years: int) -> None:
    issued = datetime.combine(day, at, KST)
    first, last = validity(issued.timestamp(), years)
    assert first <= issued <= last
    assert (15, 0, 0) == (first.hour, first.minute, first.second)
    leap = (day.month, day.day) == (2, 29)
    clear = (last + timedelta(seconds=1)).astimezone(KST).date()
    anniversary = day.replace(year=day.year + years) if not leap or _is_leap(day.year + years) else None
    assert (anniversary or date(day.year + years, 3, 1)) == clear


def _is_leap(year: int) -> bool:
    return date(year, 3, 1) - date(year, 2, 28) == timedelta(days=2)


def test_the_common_name_counts_and_dates_in_korea() -> None:
    owner = Owner(name="김", unit="EPB", code="071", sequence=1234567890)
    late = datetime(2026, 11, 22, 16, tzinfo=UTC).timestamp()
    assert "김()0071041202611231234567890" == profile.common_name(owner, late)


@pytest.mark.parametrize("notice", ["가" * 64, "😀"])
def test_a_notice_that_a_bmp_string_cannot_hold_is_refused(world: World, notice: str) -> None:
    owner = Owner(name="김", unit="EPB", code="071", sequence=1)
    with pytest.raises(ValueError, match="notice"):
        Press(world.ca.issuer, Names(notice=notice)).end_entity(
            world.ca.issuer.key.public_key(),
            profile.subject(owner, Names(), 0),
            identify_data("김", bytes(32)),
            policy=POLICY,
            now=0,
            years=1,
        )


def test_the_responder_certificate_may_only_answer_for_the_ca(world: World) -> None:
    key = world.ca.issuer.key.public_key()
    certificate = profile.responder(world.ca.issuer, key, Names(), world.clock())
    certificate.verify_directly_issued_by(world.ca.issuer.certificate)
    assert isinstance(certificate.signature_hash_algorithm, hashes.SHA256)
    usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    assert (True, [ExtendedKeyUsageOID.OCSP_SIGNING]) == (usage.critical, list(usage.value))
    assert extension(ExtensionOID.OCSP_NO_CHECK, b"\x05\x00") in certificate.tbs_certificate_bytes
