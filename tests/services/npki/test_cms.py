"""A signature proves its document and nothing else; what is broken, foreign or unsafe is told apart."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs7
from pypinksign import PinkSign

from desktop.services.api import Reason, ServiceError
from desktop.services.npki import der
from desktop.services.npki.cms import sign_cms, verify_cms
from tests.made import gildong, office
from tests.openssl import openssl

DOCUMENT = "계약서\r\n한 줄 더\n".encode()


def signed(*, detached: bool = False, document: bytes = DOCUMENT) -> bytes:
    return sign_cms(document, gildong().certificate, gildong().key, office().chain, detached=detached)


def refused(cms: bytes, document: bytes | None = None) -> tuple[Reason, str | None]:
    with pytest.raises(ServiceError) as caught:
        verify_cms(cms, document, where="it.p7s")
    assert "it.p7s" == caught.value.where
    return caught.value.reason, caught.value.detail


def test_a_signed_document_comes_back_with_its_signer_the_chain_and_the_time() -> None:
    found = verify_cms(signed())
    (signer,) = found.signers
    assert DOCUMENT == found.document
    assert gildong().certificate == signer.certificate
    assert set(office().chain) == set(signer.others)
    assert signer.signed_at is not None
    assert timedelta(minutes=1) > datetime.now(UTC) - signer.signed_at


def test_a_detached_signature_needs_its_document() -> None:
    cms = signed(detached=True)
    assert DOCUMENT not in cms
    assert DOCUMENT == verify_cms(cms, DOCUMENT).document
    assert (Reason.FILE_MISSING, "document") == refused(cms)


@pytest.mark.parametrize("detached", [False, True])
def test_another_document_is_not_what_was_signed(detached: bool) -> None:
    assert Reason.SIGNATURE_BROKEN == refused(signed(detached=detached), DOCUMENT + b" ")[0]


def test_a_document_changed_inside_is_found() -> None:
    assert Reason.SIGNATURE_BROKEN == refused(signed().replace("계약".encode(), "계악".encode()))[0]


def test_an_empty_document_can_be_signed() -> None:
    assert b"" == verify_cms(signed(document=b"")).document


def test_two_may_sign_one_document() -> None:
    other = office().person("임꺽정", sequence=2)
    builder = pkcs7.PKCS7SignatureBuilder().set_data(DOCUMENT)
    for person in (gildong(), other):
        builder = builder.add_signer(person.certificate, person.key, hashes.SHA256())
    found = verify_cms(builder.sign(Encoding.DER, [pkcs7.PKCS7Options.Binary]))
    assert {gildong().certificate, other.certificate} == {signer.certificate for signer in found.signers}


@pytest.mark.parametrize("algorithm", [hashes.SHA384(), hashes.SHA512()])
def test_longer_hashes_are_verified_too(algorithm: hashes.SHA384 | hashes.SHA512) -> None:
    builder = pkcs7.PKCS7SignatureBuilder().set_data(DOCUMENT)
    builder = builder.add_signer(gildong().certificate, gildong().key, algorithm)
    assert DOCUMENT == verify_cms(builder.sign(Encoding.DER, [pkcs7.PKCS7Options.Binary])).document


def test_without_attributes_as_pypinksign_signs_there_is_no_time() -> None:
    other = PinkSign(pubkey_data=gildong().der)
    other.prikey = gildong().key
    found = verify_cms(other.pkcs7_signed_msg(DOCUMENT))
    assert DOCUMENT == found.document
    assert found.signers[0].signed_at is None


@pytest.mark.parametrize("way", ["-stream", "-keyid"])
def test_what_openssl_writes_in_pieces_or_names_by_key_is_verified(way: str, tmp_path: Path) -> None:
    (tmp_path / "document").write_bytes(DOCUMENT)
    (tmp_path / "certificate.pem").write_bytes(gildong().certificate.public_bytes(Encoding.PEM))
    key = gildong().key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "key.pem").write_bytes(key)
    words = "cms -sign -binary -nodetach -in document -signer certificate.pem -inkey key.pem -outform DER -out it.p7s"
    openssl(*words.split(), way, at=tmp_path)
    assert DOCUMENT == verify_cms((tmp_path / "it.p7s").read_bytes()).document


def test_attributes_that_were_signed_unsorted_are_verified_as_openssl_does() -> None:
    """node-forge leaves them in the order they stand; see docs/interop.md."""
    document = der.element(cms := bytearray(signed()))
    attributes = _attributes(cms, document)
    parts = [bytes(cms[part.begin : part.end]) for part in der.children(cms, attributes)]
    turned = b"".join(reversed(parts))
    assert turned != b"".join(parts)
    covered = bytes((der.SET,)) + der.length_of(len(turned)) + turned
    signature = gildong().key.sign(covered, padding.PKCS1v15(), hashes.SHA256())
    cms[attributes.start : attributes.end] = turned
    cms[-len(signature) :] = signature
    assert DOCUMENT == verify_cms(bytes(cms)).document


def _attributes(cms: bytearray, info: der.Element) -> der.Element:
    """The signed attributes of the only signer: the last [0] before the signature."""
    content = next(der.children(cms, list(der.children(cms, info))[1]))
    signers = list(der.children(cms, content))[-1]
    signer = next(der.children(cms, signers))
    return next(part for part in der.children(cms, signer) if part.tag == der.CONTEXT_0)


def test_an_algorithm_that_is_not_ours_is_not_called_a_broken_file() -> None:
    builder = pkcs7.PKCS7SignatureBuilder().set_data(DOCUMENT)
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
    builder = builder.add_signer(gildong().certificate, gildong().key, hashes.SHA256(), rsa_padding=pss)
    assert Reason.FORM_UNKNOWN == refused(builder.sign(Encoding.DER, []))[0]


def test_what_is_no_signature_is_a_broken_file() -> None:
    assert Reason.SIGNATURE_UNREADABLE == refused(b"")[0]
    assert Reason.SIGNATURE_UNREADABLE == refused(gildong().der)[0]
    assert Reason.SIGNATURE_UNREADABLE == refused(signed()[:-5])[0]


def test_bytes_changed_anywhere_never_pass_for_another_document() -> None:
    """Hostile bytes are refused with a reason; what still passes says what was signed."""
    chance, whole = random.Random(7), signed()
    refusals = set()
    for _ in range(400):
        bent = bytearray(whole)
        bent[chance.randrange(len(bent))] ^= 1 << chance.randrange(8)
        try:
            found = verify_cms(bytes(bent))
        except ServiceError as error:
            refusals.add(error.reason)
        else:
            assert DOCUMENT == found.document
            assert gildong().key.public_key() == found.signers[0].certificate.public_key()
    assert {Reason.SIGNATURE_BROKEN, Reason.SIGNATURE_UNREADABLE, Reason.FORM_UNKNOWN} == refusals
