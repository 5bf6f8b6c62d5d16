"""PFX: R survives both ways, peers read what we write and we read what they write, and what is refused."""

from __future__ import annotations

import hashlib
import hmac
import time
from pathlib import Path

import pytest
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
    pkcs12,
)

from desktop.secret import Secret
from desktop.services.api import Reason, ServiceError
from desktop.services.npki import der, pbe, pfx_form
from desktop.services.npki.container import Form, seal_key
from desktop.services.npki.key import random_of
from desktop.services.npki.pfx import MOST_BYTES, Bundle, export_pfx, import_pfx
from desktop.services.npki.pfx_mac import Mac
from tests.openssl import openssl
from tests.services.npki.made import PASSWORD, chain, encipherment, issuing, other, person, root

BOTH = pytest.mark.parametrize("legacy", [False, True])


def password() -> Secret:
    return Secret.of(PASSWORD)


def exported(*, legacy: bool = False) -> bytes:
    return export_pfx(person().der, person().secret(), chain(), password(), legacy=legacy)


def refused(data: bytes, given: Secret | None = None) -> Reason:
    with pytest.raises(ServiceError) as failed:
        import_pfx(data, password() if given is None else given, where="my.pfx")
    assert "my.pfx" == failed.value.where
    return failed.value.reason


def pem(folder: Path) -> None:
    """key.pem, cert.pem and chain.pem, for OpenSSL to make a PFX of."""
    key = person().key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "key.pem").write_bytes(key)
    (folder / "cert.pem").write_bytes(person().certificate.public_bytes(Encoding.PEM))
    above = [made.certificate.public_bytes(Encoding.PEM) for made in (root(), issuing())]
    (folder / "chain.pem").write_bytes(b"".join(above))


def is_persons(bundle: Bundle) -> bool:
    loaded = pkcs8(bytes(bundle.plain.view()))
    return (person().der, chain(), person().key.private_numbers()) == (
        bundle.certificate,
        bundle.chain,
        loaded.private_numbers(),
    )


def pkcs8(plain: bytes) -> RSAPrivateKey:
    key = load_der_private_key(plain, None)
    assert isinstance(key, RSAPrivateKey)
    return key


@BOTH
def test_r_and_every_byte_of_the_key_survive(legacy: bool) -> None:
    bundle = import_pfx(exported(legacy=legacy), password())
    assert person().r == random_of(bundle.plain)
    assert Bundle(person().der, person().secret(), chain()) == bundle


def test_a_password_in_hangul_opens_what_it_closed() -> None:
    for legacy in (False, True):
        data = export_pfx(person().der, person().secret(), (), Secret.of("비밀 번호 1!"), legacy=legacy)
        assert () == import_pfx(data, Secret.of("비밀 번호 1!")).chain
        assert Reason.WRONG_PASSWORD == refused(data)


@BOTH
def test_openssl_reads_what_we_write(legacy: bool, tmp_path: Path) -> None:
    (tmp_path / "my.pfx").write_bytes(exported(legacy=legacy))
    words = ("pkcs12", "-in", "my.pfx", "-passin", f"pass:{PASSWORD}", "-nodes", "-out", "all.pem")
    openssl(*words, *(["-legacy"] if legacy else []), at=tmp_path)
    assert 3 == (tmp_path / "all.pem").read_text().count("BEGIN CERTIFICATE")
    public = openssl("pkey", "-in", "all.pem", "-pubout", at=tmp_path)
    assert public == openssl("x509", "-in", "all.pem", "-pubkey", "-noout", at=tmp_path)
    openssl("pkcs12", "-in", "my.pfx", "-passin", "pass:another-1!", "-nodes", at=tmp_path, good=False)


@BOTH
def test_the_cryptography_library_reads_what_we_write(legacy: bool) -> None:
    read = pkcs12.load_pkcs12(exported(legacy=legacy), PASSWORD.encode())
    assert read.cert is not None
    assert person().certificate == read.cert.certificate
    assert [issuing().certificate, root().certificate] == [one.certificate for one in read.additional_certs]
    assert isinstance(read.key, RSAPrivateKey)
    assert person().key.private_numbers() == read.key.private_numbers()


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("-legacy",),
        ("-legacy", "-certpbe", "PBE-SHA1-RC2-128"),
        ("-legacy", "-certpbe", "PBE-SHA1-3DES", "-keypbe", "PBE-SHA1-RC2-40"),
        ("-keypbe", "aes-128-cbc", "-certpbe", "NONE", "-macalg", "sha512"),
        ("-keypbe", "ARIA-256-CBC", "-certpbe", "SEED-CBC", "-provider", "legacy", "-provider", "default"),
        ("-keypbe", "NONE"),
        ("-nomac",),
        ("-name", "홍길동", "-caname", "CA"),
        ("-iter", "100000"),
    ],
)
def test_we_read_what_openssl_writes(words: tuple[str, ...], tmp_path: Path) -> None:
    pem(tmp_path)
    ends = ("-inkey", "key.pem", "-in", "cert.pem", "-certfile", "chain.pem", "-out", "my.pfx")
    openssl("pkcs12", "-export", *ends, "-passout", f"pass:{PASSWORD}", *words, at=tmp_path)
    data = (tmp_path / "my.pfx").read_bytes()
    bundle = import_pfx(data, password())
    assert is_persons(bundle)
    assert random_of(bundle.plain) is None
    assert Reason.WRONG_PASSWORD == refused(data, Secret.of("another-1!"))


def test_we_read_what_the_cryptography_library_writes() -> None:
    above = [issuing().certificate, root().certificate]
    builder = PrivateFormat.PKCS12.encryption_builder().kdf_rounds(2048)
    old = builder.key_cert_algorithm(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC).build(PASSWORD.encode())
    for sealing in (old, BestAvailableEncryption(PASSWORD.encode())):
        data = pkcs12.serialize_key_and_certificates(b"me", person().key, person().certificate, above, sealing)
        assert is_persons(import_pfx(data, password()))


def later(data: bytes) -> bytes:
    """DER as BER: every constructed value without its length, every octet string in pieces, as BouncyCastle may."""
    if not data:
        return b""
    one = der.element(data)
    content = data[one.start : one.end]
    if one.tag == der.OCTET_STRING and len(content) > 40:
        half = len(content) // 2
        pieces = (b"\x04\x82" + len(part).to_bytes(2) + part for part in (content[:half], content[half:]))
        written = b"\x24\x80" + b"".join(pieces) + b"\x00\x00"
    elif one.tag & 0x20:
        written = bytes((one.tag, 0x80)) + later(content) + b"\x00\x00"
    else:
        written = data[: one.end]
    return written + later(data[one.end :])


@BOTH
def test_lengths_that_come_later_and_strings_in_pieces_are_read(legacy: bool) -> None:
    data = later(exported(legacy=legacy))
    assert b"\x30\x80" == data[:2]
    assert person().secret() == import_pfx(data + bytes(14), password()).plain


def test_a_sealed_string_in_pieces_is_read() -> None:
    """BouncyCastle writes encryptedContent as constructed [0]: nothing but its place tells that it is a string."""
    recipe = pbe.choose(Form.PBES2_AES256_SHA256, 2)
    whole = pfx_form.sealed_safe([certificate_bag()], password(), recipe)
    info = der.read_list(whole)
    encrypted = der.read_list(bytes(pfx_form.tlv(info[1]).data))
    content = der.read_list(encrypted[1])
    octets = bytes(pfx_form.tlv(content[2]).data)
    pieces = asn1.encode_der(octets[:100]) + asn1.encode_der(octets[100:])
    content[2] = b"\xa0" + der.length_of(len(pieces)) + pieces
    encrypted[1] = der.write_list(content)
    inner = der.write_list(encrypted)
    info[1] = b"\xa0" + der.length_of(len(inner)) + inner
    data = pfx_form.write([der.write_list(info), key_safe()], password(), prf="sha256", rounds=2)
    assert person().secret() == import_pfx(data, password()).plain


def certificate_bag(certificate: bytes | None = None) -> bytes:
    value = pfx_form.CertificateBag(type_id=pfx_form.X509, value=certificate or person().der)
    return pfx_form.bag(pfx_form.CERTIFICATE_BAG, asn1.encode_der(value))


def key_safe(plain: bytes | None = None, *, rounds: int = 2, times: int = 1) -> bytes:
    sealed = seal_key(Secret(plain or person().plain), password(), form=Form.PBES2_AES256_SHA256, rounds=rounds)
    return pfx_form.plain_safe([pfx_form.bag(pfx_form.SHROUDED_BAG, sealed)] * times)


def written(*safes: bytes, rounds: int = 2) -> bytes:
    return pfx_form.write(safes, password(), prf="sha256", rounds=rounds)


def test_the_pair_that_signs_comes_first_whatever_the_order() -> None:
    km, sign = certificate_bag(encipherment().der), certificate_bag()
    for bags in ([km, sign], [sign, km]):
        data = written(pfx_form.plain_safe(bags), key_safe(encipherment().plain), key_safe())
        assert person().der == import_pfx(data, password()).certificate


def test_a_key_in_pbmac1_is_read() -> None:
    """RFC 9579, made by the same parts in another order: OpenSSL 3.4 writes it, 3.0 does not yet."""
    recipe = pbe.choose(Form.PBES2_AES256_SHA256, 2)
    safes = [pfx_form.sealed_safe([certificate_bag()], password(), recipe), key_safe()]
    assert person().secret() == import_pfx(pbmac1(safes), password()).plain
    assert Reason.WRONG_PASSWORD == refused(pbmac1(safes), Secret.of("another-1!"))


def pbmac1(safes: list[bytes]) -> bytes:
    contents, salt = der.write_list(safes), b"saltsalt"
    key = hashlib.pbkdf2_hmac("sha256", PASSWORD.encode(), salt, 3, 32)
    sha256 = bytes.fromhex("300c06082a864886f70d02090500")
    pbkdf2 = der.write_list([asn1.encode_der(salt), asn1.encode_der(3), asn1.encode_der(32), sha256])
    derivation = der.write_list([bytes.fromhex("06092a864886f70d01050c"), pbkdf2])
    parameters = der.write_list([derivation, sha256])
    algorithm = der.write_list([bytes.fromhex("06092a864886f70d01050e"), parameters])
    digest = der.write_list([algorithm, asn1.encode_der(hmac.digest(key, contents, "sha256"))])
    code = der.write_list([digest, asn1.encode_der(b"unused"), asn1.encode_der(1)][:2])
    safe = pfx_form.ContentInfo(content_type=pfx_form.DATA, content=pfx_form.tlv(asn1.encode_der(contents)))
    return der.write_list([asn1.encode_der(3), asn1.encode_der(safe), code])


# ── What is refused ─────────────────────────────────────────────────────────────────────────────────────────


@BOTH
def test_a_wrong_password_is_told_as_one(legacy: bool) -> None:
    assert Reason.WRONG_PASSWORD == refused(exported(legacy=legacy), Secret.of("another-1!"))
    assert Reason.WRONG_PASSWORD == refused(exported(legacy=legacy), Secret())


def test_a_file_without_a_key_or_with_the_key_of_another_is_told_as_one() -> None:
    assert Reason.KEY_MISSING == refused(written(pfx_form.plain_safe([certificate_bag()])))
    assert Reason.KEY_MISMATCH == refused(written(pfx_form.plain_safe([certificate_bag(other().der)]), key_safe()))
    assert Reason.KEY_MISMATCH == refused(written(key_safe()))


def test_every_truncation_is_broken() -> None:
    data = written(pfx_form.plain_safe([certificate_bag()]), key_safe())
    assert person().secret() == import_pfx(data, password()).plain
    assert {Reason.FILE_BROKEN} == {refused(data[:end]) for end in range(0, len(data), 7)}


def test_too_much_is_refused_at_once() -> None:
    began = time.monotonic()
    assert Reason.FILE_TOO_BIG == refused(exported() + bytes(MOST_BYTES))
    assert Reason.FILE_BROKEN == refused(b"\x30\x80" * 100_000)
    assert Reason.FILE_BROKEN == refused(written(pfx_form.plain_safe([certificate_bag()] * 65), key_safe()))
    assert Reason.FILE_BROKEN == refused(written(key_safe(times=17)))
    assert time.monotonic() - began < 5.0


@pytest.mark.parametrize("rounds", [1_000_001, 10**9])
def test_too_many_rounds_are_refused_at_once_wherever_they_stand(rounds: int) -> None:
    began = time.monotonic()
    small = pbe.choose(Form.PBES2_AES256_SHA256, 1)
    many = pbe.Recipe(small.form, small.cipher, small.salt, rounds, small.prf, small.iv).written()
    sealed = der.write_list([asn1.encode_der(many), asn1.encode_der(bytes(16))])
    key = pfx_form.plain_safe([pfx_form.bag(pfx_form.SHROUDED_BAG, sealed)])
    assert Reason.TOO_MANY_ROUNDS == refused(written(key))
    content = der.write_list([asn1.encode_der(pfx_form.DATA), asn1.encode_der(many), b"\x80\x10" + bytes(16)])
    encrypted = der.write_list([asn1.encode_der(0), content])
    safe = pfx_form.ContentInfo(content_type=pfx_form.ENCRYPTED_DATA, content=pfx_form.tlv(encrypted))
    assert Reason.TOO_MANY_ROUNDS == refused(written(asn1.encode_der(safe)))
    good = asn1.decode_der(pfx_form.Pfx, written(key_safe()))
    assert good.mac is not None
    good.mac = Mac(info=good.mac.info, salt=good.mac.salt, rounds=rounds)
    assert Reason.TOO_MANY_ROUNDS == refused(asn1.encode_der(good))
    assert time.monotonic() - began < 5.0


@pytest.mark.parametrize("rounds", [0, -(10**9)])
def test_no_rounds_are_broken_and_buy_no_more_work(rounds: int) -> None:
    good = asn1.decode_der(pfx_form.Pfx, written(key_safe()))
    assert good.mac is not None
    good.mac = Mac(info=good.mac.info, salt=good.mac.salt, rounds=rounds)
    assert Reason.FILE_BROKEN == refused(asn1.encode_der(good))


def test_many_parts_that_each_ask_for_the_most_are_too_many_together() -> None:
    small = pbe.choose(Form.PBES2_AES256_SHA256, 1)
    most = pbe.Recipe(small.form, small.cipher, small.salt, 1_000_000, small.prf, small.iv)
    safe = pfx_form.sealed_safe([certificate_bag()], password(), most)
    assert Reason.TOO_MANY_ROUNDS == refused(written(safe, safe, safe, safe))


def test_forms_we_do_not_know_are_told_as_such() -> None:
    good = asn1.decode_der(pfx_form.Pfx, written(key_safe()))
    signed = pfx_form.ContentInfo(
        content_type=asn1.decode_der(type(pfx_form.DATA), bytes.fromhex("06092a864886f70d010702")),
        content=good.safes.content,
    )
    assert Reason.FORM_UNKNOWN == refused(asn1.encode_der(pfx_form.Pfx(version=3, safes=signed, mac=None)))
    assert Reason.FILE_BROKEN == refused(asn1.encode_der(pfx_form.Pfx(version=2, safes=good.safes, mac=good.mac)))
    assert Reason.FORM_UNKNOWN == refused(written(asn1.encode_der(signed)))


def test_a_byte_changed_is_found_by_the_code() -> None:
    data = bytearray(written(pfx_form.plain_safe([certificate_bag()]), key_safe()))
    data[len(data) // 2] ^= 1
    assert Reason.WRONG_PASSWORD == refused(bytes(data))
