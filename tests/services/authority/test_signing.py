"""Remote signing: PIN tries that cannot be stretched, and authorizations good once, for what they were given."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from desktop.secret import Secret
from desktop.services.api import Authorize, Reason, ServiceError, Signatures, SignHash, Status
from desktop.services.authority.signing import MAX_HASHES, RSA_SHA256_OID, SAD_SECONDS, SHA256_OID
from desktop.services.authority.vault import Vault
from tests.services.authority.pki import NOW, PIN, TRIES, WRONG, Person, World

TEXT = b"to be signed"
HASH = hashlib.sha256(TEXT).digest()
OTHER = hashlib.sha256(b"something else").digest()


@pytest.fixture
def world() -> Iterator[World]:
    with World() as made:
        yield made


@pytest.fixture
def person(world: World) -> Person:
    return world.issue()


def sign(world: World, person: Person, sad: str, *values: bytes, journey: str = "j1") -> Signatures:
    request = SignHash(person.credential, sad, values, SHA256_OID, RSA_SHA256_OID)
    with world.store.transaction() as cx:
        return world.signing.sign(cx, person.account, journey, request)


def refusal(world: World, person: Person, pin: str) -> tuple[Reason, int | None]:
    with pytest.raises(ServiceError) as refused:
        world.authorize(person, pin, HASH)
    return refused.value.reason, refused.value.tries_left


def test_an_authorized_hash_is_signed_so_that_the_certificate_verifies_it(world: World, person: Person) -> None:
    authorized = world.authorize(person, PIN, HASH, OTHER)
    assert SAD_SECONDS == authorized.expires_in
    one, two = sign(world, person, authorized.sad, HASH, OTHER).signatures
    key = x509.load_der_x509_certificate(person.issued.der).public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    key.verify(one, TEXT, padding.PKCS1v15(), hashes.SHA256())
    key.verify(two, b"something else", padding.PKCS1v15(), hashes.SHA256())


def test_a_sad_is_good_once(world: World, person: Person) -> None:
    sad = world.authorize(person, PIN, HASH).sad
    sign(world, person, sad, HASH)
    with pytest.raises(ServiceError) as refused:
        sign(world, person, sad, HASH)
    assert Reason.PROOF_FAILED == refused.value.reason


def test_a_sad_is_good_for_its_hashes_journey_account_and_credential_alone(world: World, person: Person) -> None:
    other = world.issue("another")
    sad = world.authorize(person, PIN, HASH, OTHER).sad
    for values in ((HASH,), (OTHER, HASH), (HASH, OTHER, OTHER), (HASH, HASH)):
        with pytest.raises(ServiceError) as other_hashes:
            sign(world, person, sad, *values)
        assert Reason.PROOF_FAILED == other_hashes.value.reason
    with pytest.raises(ServiceError) as other_journey:
        sign(world, person, sad, HASH, OTHER, journey="j2")
    assert Reason.PROOF_FAILED == other_journey.value.reason
    with pytest.raises(ServiceError) as other_credential:
        sign(world, other, sad, HASH, OTHER)
    assert Reason.PROOF_FAILED == other_credential.value.reason
    with pytest.raises(ServiceError) as foreign_credential:
        sign(world, replace(other, credential=person.credential), sad, HASH, OTHER)
    assert Reason.NO_CERTIFICATE == foreign_credential.value.reason


def test_a_sad_expires(world: World, person: Person) -> None:
    sad = world.authorize(person, PIN, HASH).sad
    world.clock.now = NOW + SAD_SECONDS
    with pytest.raises(ServiceError) as refused:
        sign(world, person, sad, HASH)
    assert (Reason.PROOF_FAILED, "sad_expired") == (refused.value.reason, refused.value.detail)


def test_nothing_is_left_of_a_used_or_an_expired_authorization(world: World, person: Person) -> None:
    sign(world, person, world.authorize(person, PIN, HASH).sad, HASH)
    world.authorize(person, PIN, HASH)
    world.clock.now += SAD_SECONDS
    world.authorize(person, PIN, HASH)
    with world.store.read() as cx:
        assert 1 == cx.execute("SELECT count(*) FROM signing_authorizations").fetchone()[0]


def test_a_restart_between_authorize_and_sign_loses_nothing(tmp_path: Path) -> None:
    vault = Vault(secrets.token_bytes(32))
    before = World(tmp_path / "a.db", vault=vault)
    person = before.issue()
    sad = before.authorize(person, PIN, HASH).sad
    before.store.close()
    after = World(tmp_path / "a.db", vault=vault)
    assert 256 == len(sign(after, person, sad, HASH).signatures[0])
    after.store.close()


def test_four_wrong_pins_then_the_right_one_work_and_the_count_begins_anew(world: World, person: Person) -> None:
    for _ in range(2):
        for left in (4, 3, 2, 1):
            assert (Reason.WRONG_PIN, left) == refusal(world, person, WRONG)
        world.authorize(person, PIN, HASH)


def test_five_wrong_pins_lock_even_for_the_right_one(world: World, person: Person) -> None:
    for left in (4, 3, 2, 1):
        assert (Reason.WRONG_PIN, left) == refusal(world, person, WRONG)
    assert (Reason.PIN_LOCKED, 0) == refusal(world, person, WRONG)
    assert (Reason.PIN_LOCKED, 0) == refusal(world, person, PIN)
    with world.store.read() as cx:
        info = world.signing.info(cx, person.account, person.credential, pin_tries=TRIES)
    assert ("disabled", 0) == (info.key_status, info.tries_left)


def test_ten_wrong_pins_at_once_gain_no_try(world: World, person: Person) -> None:
    with ThreadPoolExecutor(10) as pool:
        outcomes = list(pool.map(lambda _: _outcome(world, person, WRONG), range(10)))
    assert 4 == outcomes.count(Reason.WRONG_PIN)
    assert 6 == outcomes.count(Reason.PIN_LOCKED)
    assert (Reason.PIN_LOCKED, 0) == refusal(world, person, PIN)


def _outcome(world: World, person: Person, pin: str) -> Reason | None:
    try:
        world.authorize(person, pin, HASH)
    except ServiceError as error:
        return error.reason
    return None


def test_a_crash_between_counting_and_trying_gains_no_try(tmp_path: Path) -> None:
    vault = Vault(secrets.token_bytes(32))
    world = World(tmp_path / "a.db", vault=vault)
    person = world.issue()
    request = Authorize(person.credential, (HASH,), SHA256_OID, Secret.of(WRONG))
    for n in range(TRIES):
        with world.store.transaction() as cx:
            assert n + 1 == world.signing.count(cx, person.account, request, pin_tries=TRIES)
        world.store.close()
        world = World(tmp_path / "a.db", vault=vault)
    assert (Reason.PIN_LOCKED, 0) == refusal(world, person, PIN)
    world.store.close()


def test_info_tells_what_the_csc_api_asks(world: World, person: Person) -> None:
    with world.store.read() as cx:
        info = world.signing.info(cx, person.account, person.credential, pin_tries=TRIES)
    assert ("enabled", Status.GOOD, 2048, "2", TRIES) == (
        info.key_status,
        info.cert_status,
        info.key_len,
        info.scal,
        info.tries_left,
    )
    assert (person.issued.der, *world.ca.chain()) == info.certificates


def test_a_certificate_that_is_not_good_neither_authorizes_nor_signs(world: World, person: Person) -> None:
    sads = [world.authorize(person, PIN, HASH).sad for _ in range(3)]

    def refused() -> Reason:
        reason = refusal(world, person, PIN)[0]
        with pytest.raises(ServiceError) as unsigned:
            sign(world, person, sads.pop(), HASH)
        assert reason == unsigned.value.reason
        return reason

    with world.store.transaction() as cx:
        world.ca.suspend(cx, person.issued.serial)
    assert Reason.CERTIFICATE_SUSPENDED == refused()
    with world.store.transaction() as cx:
        world.ca.resume(cx, person.issued.serial)
    now, world.clock.now = world.clock.now, person.issued.not_after + 1
    assert Reason.CERTIFICATE_EXPIRED == refused()
    world.clock.now = now
    with world.store.transaction() as cx:
        world.ca.revoke(cx, person.issued.serial)
    assert Reason.CERTIFICATE_REVOKED == refused()


def test_a_refused_certificate_costs_no_try(world: World, person: Person) -> None:
    with world.store.transaction() as cx:
        world.ca.suspend(cx, person.issued.serial)
    for _ in range(TRIES + 1):
        assert Reason.CERTIFICATE_SUSPENDED == refusal(world, person, PIN)[0]
    with world.store.read() as cx:
        info = world.signing.info(cx, person.account, person.credential, pin_tries=TRIES)
    assert TRIES == info.tries_left


@pytest.mark.parametrize(
    ("values", "oid"),
    [
        ((), SHA256_OID),
        ((HASH[:31],), SHA256_OID),
        ((HASH,) * (MAX_HASHES + 1), SHA256_OID),
        ((HASH,), "1.3.14.3.2.26"),
    ],
    ids=["none", "short", "too many", "sha1"],
)
def test_other_hashes_are_refused_before_a_try_is_counted(
    world: World, person: Person, values: tuple[bytes, ...], oid: str
) -> None:
    request = Authorize(person.credential, values, oid, Secret.of(PIN))
    with pytest.raises(ServiceError) as refused, world.store.transaction() as cx:
        world.signing.count(cx, person.account, request, pin_tries=TRIES)
    assert Reason.BAD_REQUEST == refused.value.reason


def test_another_signature_algorithm_is_refused(world: World, person: Person) -> None:
    sad = world.authorize(person, PIN, HASH).sad
    request = SignHash(person.credential, sad, (HASH,), SHA256_OID, "1.2.840.113549.1.1.10")
    with pytest.raises(ServiceError) as refused, world.store.transaction() as cx:
        world.signing.sign(cx, person.account, "j1", request)
    assert Reason.BAD_REQUEST == refused.value.reason


def test_somebody_elses_credential_does_not_exist(world: World, person: Person) -> None:
    other = world.issue("another")
    thief = replace(other, credential=person.credential)
    assert (Reason.NO_CERTIFICATE, None) == refusal(world, thief, PIN)


def test_the_database_alone_does_not_sign(tmp_path: Path) -> None:
    world = World(tmp_path / "a.db")
    person = world.issue()
    sad = world.authorize(person, PIN, HASH).sad
    world.store.close()
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.suffix != ".lock")
    assert sad.encode() not in stored
    assert hashlib.sha256(sad.encode()).digest() not in stored


def test_an_unlocked_key_is_wiped_when_the_authorization_has_it(world: World, person: Person) -> None:
    request = Authorize(person.credential, (HASH,), SHA256_OID, Secret.of(PIN))
    unlocked = world.signing.unlock(person.account, request)
    assert unlocked.key
    with world.store.transaction() as cx:
        world.signing.authorize(cx, "j1", unlocked, counted=0, pin_tries=TRIES)
    assert 0 == len(unlocked.key)
