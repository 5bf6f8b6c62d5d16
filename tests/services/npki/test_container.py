"""signPri.key: the vectors, every form, peers that read and write it, and what is refused."""

from __future__ import annotations

import base64
import json
import time
from pathlib import Path

import pypinksign
import pytest
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives import hashes
from cryptography.x509 import ObjectIdentifier

from desktop.secret import Secret
from desktop.services.api import Reason, ServiceError
from desktop.services.npki import kdf, pbe
from desktop.services.npki.ciphers import SEED_CBC
from desktop.services.npki.container import MOST_BYTES, Form, form_of, open_key, rounds_of, seal_key
from desktop.services.npki.key import random_of
from desktop.services.npki.vid import read_identify_data, vid
from tests.openssl import openssl
from tests.services.npki.made import IDN, PASSWORD, person

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "npki.json").read_text())
WRITTEN = [form for form in Form if "rc2" not in form]
PBES2 = [form for form in Form if form.startswith("pbes2")]
LEGACY = ("-provider", "legacy", "-provider", "default")
WHERE = "USB/NPKI/signPri.key"


def password() -> Secret:
    return Secret.of(PASSWORD)


def sealed(form: Form = Form.KISA, *, rounds: int = 2048, salt: bytes | None = None) -> bytes:
    return seal_key(person().secret(), password(), form=form, rounds=rounds, salt=salt)


def refused(data: bytes, given: Secret | None = None) -> Reason:
    with pytest.raises(ServiceError) as failed:
        open_key(data, password() if given is None else given, where=WHERE)
    assert WHERE == failed.value.where
    return failed.value.reason


def test_kisas_derivation_equals_the_vector() -> None:
    vector = VECTORS["pbes1_seed_kdf"]
    recipe = pbe.choose(Form.KISA, vector["iterations"], salt=bytes.fromhex(vector["salt"]))
    key, iv = recipe.derive(Secret.of(vector["password"]))
    assert (vector["key"], vector["iv"]) == (key.hex().upper(), iv.hex().upper())


def test_pbkdf2_equals_the_vector() -> None:
    vector = VECTORS["pbes2_pbkdf2_sha1_kdf"]
    recipe = pbe.choose(Form.PBES2_SEED_SHA1, vector["iterations"], salt=bytes.fromhex(vector["salt"]))
    key, _ = recipe.derive(Secret.of(vector["password"]))
    assert vector["key"] == key.hex().upper()


@pytest.mark.parametrize("form", WRITTEN)
def test_each_form_gives_back_the_very_bytes_whatever_strays_after_it(form: Form) -> None:
    for stray in (b"", b"\x00" * 14, b"\xff" * 46):
        data = sealed(form) + stray
        assert form == form_of(data)
        assert person().secret() == open_key(data, password())


@pytest.mark.parametrize("form", WRITTEN)
def test_the_same_salt_gives_the_same_file(form: Form) -> None:
    salt, iv = b"saltsalt", bytes(8 if "3des" in form else 16)
    once = seal_key(person().secret(), password(), form=form, salt=salt, iv=iv)
    opened = open_key(once, password())
    assert once == seal_key(opened, password(), form=form, salt=salt, iv=iv)


def test_what_is_written_by_default_is_what_every_peer_reads() -> None:
    """1.2.410.200004.1.15, a salt of 8 bytes, 2048 rounds."""
    assert (Form.KISA, 2048) == (form_of(sealed()), rounds_of(sealed()))
    assert bytes.fromhex("301a06082a831a8c9a44010f300e0408") in sealed()[: 16 + 8]


def test_a_new_password_leaves_r_and_the_vid() -> None:
    vector = VECTORS["vid"]
    old, new = password(), Secret.of("바꾼 암호 1!")
    opened = open_key(sealed(), old)
    again = open_key(seal_key(opened, new), new)
    r = random_of(again)
    assert r is not None
    assert person().r == r
    assert vid(Secret.of(IDN), r) == read_identify_data(person().certificate).vid
    assert vector["vid"] == vid(Secret.of(vector["idn"]), bytes.fromhex(vector["r"])).hex().upper()
    assert Reason.WRONG_PASSWORD == refused(seal_key(opened, new), old)


@pytest.mark.parametrize("form", WRITTEN)
def test_a_wrong_password_is_told_as_one(form: Form) -> None:
    assert Reason.WRONG_PASSWORD == refused(sealed(form, rounds=1), Secret.of("another-1!"))


def test_no_password_of_many_is_taken_for_the_right_one() -> None:
    """One in 256 gives a padding that fits by chance; what is no key is refused all the same."""
    data = sealed(rounds=1)
    assert {Reason.WRONG_PASSWORD} == {refused(data, Secret.of(f"guess-{number}")) for number in range(1500)}


# ── Peers ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("form", PBES2)
def test_openssl_reads_what_we_write(form: Form, tmp_path: Path) -> None:
    (tmp_path / "signPri.key").write_bytes(sealed(form))
    command = ("pkcs8", "-inform", "DER", "-in", "signPri.key", "-passin", f"pass:{PASSWORD}", "-out", "key.pem")
    openssl(*command, *LEGACY, at=tmp_path)
    (tmp_path / "cert.der").write_bytes(person().der)
    public = openssl("x509", "-inform", "DER", "-in", "cert.der", "-pubkey", "-noout", at=tmp_path)
    assert public == openssl("pkey", "-in", "key.pem", "-pubout", at=tmp_path)


@pytest.mark.parametrize(
    ("words", "form"),
    [
        (("-v2", "seed-cbc"), Form.PBES2_SEED_SHA256),
        (("-v2", "seed-cbc", "-v2prf", "hmacWithSHA1"), Form.PBES2_SEED_SHA1),
        (("-v2", "aria-128-cbc"), Form.PBES2_ARIA128_SHA256),
        (("-v2", "aria-192-cbc", "-v2prf", "hmacWithSHA1"), Form.PBES2_ARIA192_SHA1),
        (("-v2", "aria-256-cbc"), Form.PBES2_ARIA256_SHA256),
        (("-v2", "aes-256-cbc"), Form.PBES2_AES256_SHA256),
    ],
)
def test_we_read_what_openssl_writes(words: tuple[str, ...], form: Form, tmp_path: Path) -> None:
    (tmp_path / "plain.der").write_bytes(person().plain)
    ends = ("-inform", "DER", "-outform", "DER", "-in", "plain.der", "-out", "signPri.key")
    openssl("pkcs8", "-topk8", *ends, "-passout", f"pass:{PASSWORD}", *words, *LEGACY, at=tmp_path)
    data = (tmp_path / "signPri.key").read_bytes()
    assert form == form_of(data)
    assert len(open_key(data, password())) > 1000


@pytest.mark.parametrize("form", [Form.KISA, Form.OLD, Form.PBES2_SEED_SHA1])
def test_pypinksign_reads_what_we_write(form: Form) -> None:
    reader = pypinksign.PinkSign(pubkey_data=person().der)
    reader.load_prikey(prikey_data=sealed(form), prikey_password=PASSWORD.encode())
    assert person().key.sign(b"x", pypinksign.pypinksign.PKCS1v15(), hashes.SHA256()) == reader.sign(b"x")


def test_we_read_what_pypinksign_writes() -> None:
    plain = base64.b64encode(person().plain).decode()
    written = base64.b64decode(pypinksign.encrypt_decrypted_prikey(plain, PASSWORD.encode()))
    assert Form.KISA == form_of(written)
    assert person().secret() == open_key(written, password())


def test_the_same_salt_gives_the_same_file_as_pypinksign_writes() -> None:
    salt = b"saltsalt"
    plain = base64.b64encode(person().plain).decode()
    written = pypinksign.encrypt_decrypted_prikey(plain, PASSWORD.encode(), base64.b64encode(salt).decode())
    assert base64.b64decode(written) == sealed(salt=salt)


# ── What is refused ─────────────────────────────────────────────────────────────────────────────────────────


@asn1.sequence
class Pbkdf2:
    salt: bytes
    rounds: int
    key_length: int | None
    prf: asn1.TLV


def pbes2(*, key_length: int | None, prf: str = "1.2.840.113549.2.9", iv: bytes = bytes(16)) -> bytes:
    """A file with a keyLength, or whatever is wrong with it."""
    hashed = asn1.encode_der(Prf(algorithm=ObjectIdentifier(prf), parameters=asn1.Null()))
    derivation = Pbkdf2(salt=b"saltsalt", rounds=3, key_length=key_length, prf=asn1.decode_der(asn1.TLV, hashed))
    recipe = pbe.choose(Form.PBES2_SEED_SHA256, 3, salt=b"saltsalt", iv=bytes(16))
    key, _ = recipe.derive(password())
    data = SEED_CBC.encrypt(key, bytes(16), memoryview(person().plain))
    inner = (("1.2.840.113549.1.5.12", derivation), ("1.2.410.200004.1.4", iv))
    schemes = [algorithm(oid, value) for oid, value in inner]
    outer = algorithm("1.2.840.113549.1.5.13", Schemes(kdf=schemes[0], cipher=schemes[1]))
    return asn1.encode_der(File(algorithm=outer, data=data))


@asn1.sequence
class Prf:
    algorithm: ObjectIdentifier
    parameters: asn1.Null


@asn1.sequence
class Schemes:
    kdf: pbe.Algorithm
    cipher: pbe.Algorithm


@asn1.sequence
class File:
    algorithm: pbe.Algorithm
    data: bytes


def algorithm(oid: str, parameters: object) -> pbe.Algorithm:
    value = asn1.decode_der(asn1.TLV, asn1.encode_der(parameters))
    return pbe.Algorithm(algorithm=ObjectIdentifier(oid), parameters=value)


def test_a_key_length_that_fits_is_taken_and_another_refused() -> None:
    assert person().secret() == open_key(pbes2(key_length=16), password())
    assert Reason.FILE_BROKEN == refused(pbes2(key_length=32))


def test_another_hash_is_unknown_and_an_iv_of_another_length_broken() -> None:
    assert Reason.FORM_UNKNOWN == refused(pbes2(key_length=None, prf="1.2.840.113549.2.11"))
    assert Reason.FILE_BROKEN == refused(pbes2(key_length=None, iv=bytes(8)))


def test_a_form_we_do_not_know_is_told_as_one() -> None:
    data = sealed().replace(bytes.fromhex("06082a831a8c9a44010f"), bytes.fromhex("06082a831a8c9a440163"))
    assert Reason.FORM_UNKNOWN == refused(data)


@pytest.mark.parametrize("rounds", [1_000_001, 10**9, 2**64, 2**4096])
@pytest.mark.parametrize("form", [Form.KISA, Form.PBES2_SEED_SHA256])
def test_too_many_rounds_are_refused_at_once(form: Form, rounds: int) -> None:
    small = pbe.choose(form, 1, salt=b"saltsalt", iv=bytes(16))
    many = pbe.Recipe(small.form, small.cipher, small.salt, rounds, small.prf, small.iv)
    began = time.monotonic()
    assert Reason.TOO_MANY_ROUNDS == refused(asn1.encode_der(File(algorithm=many.written(), data=bytes(16))))
    assert time.monotonic() - began < 1.0


@pytest.mark.parametrize("rounds", [0, -1])
def test_no_rounds_are_broken(rounds: int) -> None:
    none = pbe.Recipe(Form.KISA, SEED_CBC, b"saltsalt", rounds)
    assert Reason.FILE_BROKEN == refused(asn1.encode_der(File(algorithm=none.written(), data=bytes(16))))


def test_the_most_rounds_we_bear_take_seconds_and_not_more() -> None:
    began = time.monotonic()
    assert Reason.WRONG_PASSWORD == refused(sealed(rounds=kdf.MOST_ROUNDS), Secret.of("another-1!"))
    assert time.monotonic() - began < 30.0


def test_a_file_too_big_is_not_looked_at() -> None:
    assert Reason.FILE_TOO_BIG == refused(sealed() + bytes(MOST_BYTES))


def test_every_truncation_is_broken() -> None:
    data = sealed(rounds=1)
    assert {Reason.FILE_BROKEN} == {refused(data[:end]) for end in range(len(data))}


def test_a_text_that_is_no_key_is_broken() -> None:
    for data in (b"", b"-----BEGIN ENCRYPTED PRIVATE KEY-----", b"\x30\x80" + sealed()[2:], b"\x31" + sealed()[1:]):
        assert Reason.FILE_BROKEN == refused(data)
    assert Reason.FILE_BROKEN == refused(asn1.encode_der(File(algorithm=pbe.choose(Form.KISA, 1).written(), data=b"")))
