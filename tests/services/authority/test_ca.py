"""The CA: what it issues, what it refuses, and what it remembers."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509 import ReasonFlags

from desktop.secret import Secret
from desktop.services.api import Reason, ServiceError, Status
from desktop.services.authority.ca import CertificateAuthority, CertificateRequest
from desktop.services.authority.vault import Vault
from desktop.services.npki.vid import verify_owner
from tests.services.authority.pki import NAME, NOW, POLICY, RRN, Clock, World

DAY = 86_400.0


def request(key: rsa.RSAPrivateKey) -> CertificateRequest:
    return CertificateRequest("EPB", "071", NAME, key.public_key(), Secret.of(RRN), bytes(20), POLICY, 3)


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture
def world() -> Iterator[World]:
    with World() as made:
        yield made


def status(world: World, serial: int) -> Status:
    with world.store.read() as cx:
        return world.ca.status(cx, serial)


def test_what_is_issued_chains_to_the_root_and_belongs_to_its_owner(world: World) -> None:
    person = world.issue()
    leaf, issuing, root = map(x509.load_der_x509_certificate, (person.issued.der, *world.ca.chain()))
    leaf.verify_directly_issued_by(issuing)
    issuing.verify_directly_issued_by(root)
    verify_owner(leaf, Secret.of(RRN), person.random)
    assert leaf.serial_number == person.issued.serial
    assert leaf.not_valid_before_utc.timestamp() == person.issued.not_before
    assert leaf.not_valid_after_utc.timestamp() == person.issued.not_after
    assert Status.GOOD == status(world, person.issued.serial)


def test_each_certificate_has_its_own_serial_and_sequence(world: World) -> None:
    first, second = (x509.load_der_x509_certificate(world.issue(name).issued.der) for name in ("a", "b"))
    assert first.serial_number != second.serial_number
    names = [c.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value for c in (first, second)]
    assert ["000000001", "000000002"] == [str(name)[-9:] for name in names]


def test_a_restart_keeps_the_ca_and_its_ledger(tmp_path: Path) -> None:
    vault = Vault(secrets.token_bytes(32))
    before = World(tmp_path / "a.db", vault=vault)
    person = before.issue()
    chain = before.ca.chain()
    before.store.close()
    after = World(tmp_path / "a.db", vault=vault)
    assert chain == after.ca.chain()
    assert Status.GOOD == status(after, person.issued.serial)
    after.issue("another")
    after.store.close()


def test_another_vault_does_not_open_the_ca(tmp_path: Path) -> None:
    World(tmp_path / "a.db").store.close()
    with pytest.raises(ServiceError) as refused:
        World(tmp_path / "a.db")
    assert Reason.STORE_CORRUPT == refused.value.reason


def test_starts_at_once_make_one_ca(world: World) -> None:
    with world.store.transaction() as cx:
        cx.execute("DELETE FROM ca_authorities")
    with ThreadPoolExecutor(4) as pool:
        starts = [pool.submit(CertificateAuthority, world.store, world.vault, world.clock) for _ in range(4)]
    assert 1 == len({start.result().chain() for start in starts})


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM ca_authorities WHERE role = 'root'",
        "UPDATE ca_authorities SET certificate = x'3000'",
        "UPDATE ca_authorities SET sealed_key = x'00' WHERE role = 'issuing'",
        "UPDATE ca_authorities SET sealed_key = (SELECT sealed_key FROM ca_authorities WHERE role = 'root')",
    ],
    ids=["no root", "certificate", "key", "keys swapped"],
)
def test_a_damaged_ca_does_not_start(world: World, damage: str) -> None:
    with world.store.transaction() as cx:
        cx.execute(damage)
    with pytest.raises(ServiceError) as refused:
        CertificateAuthority(world.store, world.vault, world.clock)
    assert Reason.STORE_CORRUPT == refused.value.reason


def test_the_ca_keys_are_not_in_the_database_in_the_clear(tmp_path: Path) -> None:
    world = World(tmp_path / "a.db")
    key = world.ca.issuer.key
    assert isinstance(key, rsa.RSAPrivateKey)
    numbers = key.private_numbers()
    world.store.close()
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.suffix != ".lock")
    assert numbers.p.to_bytes(128, "big") not in stored
    assert numbers.d.to_bytes(256, "big") not in stored


def test_a_request_that_the_profile_cannot_hold_is_refused(world: World, key: rsa.RSAPrivateKey) -> None:
    good = request(key)
    bad = (
        replace(good, name="가" * 60),
        replace(good, idn=Secret.of("123")),
        replace(good, random=bytes(19)),
        replace(good, policy="not an oid"),
        replace(good, public_key=rsa.generate_private_key(65537, 1024).public_key()),
        replace(good, public_key=rsa.generate_private_key(3, 2048).public_key()),
    )
    for one in bad:
        with pytest.raises(ServiceError) as refused, world.store.transaction() as cx:
            world.ca.issue(cx, one)
        assert Reason.BAD_REQUEST == refused.value.reason
    with world.store.read() as cx:
        assert 0 == cx.execute("SELECT count(*) FROM ca_certificates").fetchone()[0]


def test_no_certificate_outlives_the_ca(world: World, key: rsa.RSAPrivateKey) -> None:
    world.clock.now = NOW + 8 * 365 * DAY
    with pytest.raises(ServiceError) as refused, world.store.transaction() as cx:
        world.ca.issue(cx, request(key))
    assert Reason.NOT_OFFERED == refused.value.reason


def test_a_store_that_fails_at_the_last_moment_leaves_no_certificate(world: World, key: rsa.RSAPrivateKey) -> None:
    with world.store.transaction() as cx:
        cx.execute("CREATE TRIGGER fail AFTER INSERT ON ca_certificates BEGIN SELECT RAISE(ABORT, 'disk'); END")
    with pytest.raises(sqlite3.IntegrityError), world.store.transaction() as cx:
        world.ca.issue(cx, request(key))
    with world.store.transaction() as cx:
        cx.execute("DROP TRIGGER fail")
        assert 0 == cx.execute("SELECT count(*) FROM ca_certificates").fetchone()[0]
        issued = world.ca.issue(cx, request(key))
        assert Status.GOOD == world.ca.status(cx, issued.serial)


def test_a_certificate_expires_by_itself(world: World) -> None:
    serial = world.issue().issued.serial
    world.clock.now = NOW + 3 * 366 * DAY
    assert Status.EXPIRED == status(world, serial)
    for act in (world.ca.revoke, world.ca.suspend, world.ca.resume):
        with pytest.raises(ServiceError) as refused, world.store.transaction() as cx:
            act(cx, serial)
        assert Reason.CERTIFICATE_EXPIRED == refused.value.reason


def test_a_revocation_is_for_good_and_outlives_expiry(world: World) -> None:
    serial = world.issue().issued.serial
    with world.store.transaction() as cx:
        world.ca.revoke(cx, serial, ReasonFlags.key_compromise)
    for act in (world.ca.revoke, world.ca.suspend, world.ca.resume):
        with pytest.raises(ServiceError) as refused, world.store.transaction() as cx:
            act(cx, serial)
        assert Reason.CERTIFICATE_REVOKED == refused.value.reason
    world.clock.now = NOW + 3 * 366 * DAY
    assert Status.REVOKED == status(world, serial)


def test_a_suspended_certificate_comes_back_or_is_revoked(world: World) -> None:
    serial = world.issue().issued.serial
    with world.store.transaction() as cx:
        world.ca.suspend(cx, serial)
        assert Status.SUSPENDED == world.ca.status(cx, serial)
        world.ca.resume(cx, serial)
        assert Status.GOOD == world.ca.status(cx, serial)
        world.ca.suspend(cx, serial)
        world.ca.revoke(cx, serial)
        assert Status.REVOKED == world.ca.status(cx, serial)


def test_what_makes_no_sense_is_refused(world: World) -> None:
    serial = world.issue().issued.serial
    with pytest.raises(ServiceError) as not_held, world.store.transaction() as cx:
        world.ca.resume(cx, serial)
    assert Reason.BAD_REQUEST == not_held.value.reason
    with pytest.raises(ServiceError) as unknown, world.store.transaction() as cx:
        world.ca.revoke(cx, 12345)
    assert Reason.NO_CERTIFICATE == unknown.value.reason


def test_nothing_personal_shows_in_a_repr(world: World, key: rsa.RSAPrivateKey) -> None:
    shown = repr(request(key)) + repr(world.issue().issued) + repr(world.ca.issuer)
    assert NAME not in shown
    assert RRN not in shown


def test_the_clock_is_the_one_that_was_given() -> None:
    with World(clock=Clock(0.0)) as world:
        assert world.ca.issuer.certificate.not_valid_before_utc.timestamp() == -9 * 3600.0
