"""The cloud: what it keeps, who may see it, and what a thief of the database can do with it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from desktop.secret import Secret
from desktop.services.api import Reason, ServiceError
from desktop.services.authority.cloud import Cloud
from desktop.services.authority.keys import load_key
from desktop.services.authority.vault import Vault
from desktop.services.authority.wrapping import Hardness, KeyWrapper
from tests.services.authority.pki import EASY, PIN, TRIES, WRONG, Clock, World


@pytest.fixture
def world() -> Iterator[World]:
    with World() as made:
        yield made


def test_a_customer_has_one_account(world: World) -> None:
    with world.store.transaction() as cx:
        first = world.cloud.open_account(cx, "a")
        again = world.cloud.open_account(cx, "a")
        other = world.cloud.open_account(cx, "b")
    assert (True, False, True) == (first.new, again.new, other.new)
    assert first.id == again.id != other.id


def test_the_right_pin_opens_the_key_of_the_certificate(world: World) -> None:
    prepared = world.cloud.prepare_key(Secret.of(PIN))
    opened = world.cloud.unlock(prepared.record, Secret.of(PIN))
    assert prepared.public_key == load_key(opened.view()).public_key()


def test_the_wrong_pin_opens_nothing(world: World) -> None:
    prepared = world.cloud.prepare_key(Secret.of(PIN))
    with pytest.raises(ServiceError) as refused:
        world.cloud.unlock(prepared.record, Secret.of(WRONG))
    assert Reason.WRONG_PIN == refused.value.reason


def test_a_copy_of_the_database_without_the_servers_key_does_not_open_with_the_right_pin(world: World) -> None:
    prepared = world.cloud.prepare_key(Secret.of(PIN))
    thief = Cloud(Vault(secrets.token_bytes(32)), Clock(), hardness=EASY)
    with pytest.raises(ServiceError) as refused:
        thief.unlock(prepared.record, Secret.of(PIN))
    assert Reason.WRONG_PIN == refused.value.reason


def test_the_hardness_is_kept_with_each_key_and_the_default_is_hard(world: World) -> None:
    hard = Cloud(world.vault, world.clock)
    prepared = hard.prepare_key(Secret.of(PIN))
    assert Hardness(iterations=3, lanes=4, memory_kib=65_536) == prepared.record.hardness
    world.cloud.unlock(prepared.record, Secret.of(PIN)).wipe()


def test_each_key_has_its_own_salt_random_and_id(world: World) -> None:
    one, two = (world.cloud.prepare_key(Secret.of(PIN)) for _ in range(2))
    assert one.random != two.random
    assert one.record.salt != two.record.salt
    assert one.record.credential_id != two.record.credential_id
    assert (20, 16) == (len(one.random), len(one.record.salt))


def test_what_was_stored_is_found_by_its_owner_alone(world: World) -> None:
    mine, theirs = world.issue("a"), world.issue("b")
    with world.store.read() as cx:
        (found,) = world.cloud.credentials(cx, mine.account)
        assert (mine.credential, mine.issued.serial, mine.issued.der) == (found.id, found.serial, found.certificate)
        assert mine.random == world.cloud.random(cx, mine.account, mine.credential)
        for look in (world.cloud.credential, world.cloud.random):
            with pytest.raises(ServiceError) as refused:
                look(cx, theirs.account, mine.credential)
            assert Reason.NO_CERTIFICATE == refused.value.reason


def test_r_and_key_are_not_in_the_database_in_the_clear(tmp_path: Path) -> None:
    world = World(tmp_path / "a.db")
    person = world.issue()
    with world.store.read() as cx:
        record = world.cloud.credential(cx, person.account, person.credential).record
    opened = world.cloud.unlock(record, Secret.of(PIN))
    prime = load_key(opened.view()).private_numbers().p.to_bytes(128, "big")
    world.store.close()
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.suffix != ".lock")
    assert person.random not in stored
    assert prime not in stored
    assert PIN.encode() not in stored


def test_tries_are_counted_up_to_the_limit_and_forgiven_up_to_the_right_one(world: World) -> None:
    person = world.issue()
    with world.store.transaction() as cx:
        numbers = [world.cloud.count_try(cx, person.credential, pin_tries=TRIES) for _ in range(3)]
        assert [1, 2, 3] == numbers
        world.cloud.forgive(cx, person.credential, 2)
        assert 2 == world.cloud.count_try(cx, person.credential, pin_tries=TRIES)
        world.cloud.forgive(cx, person.credential, 5)
        for _ in range(TRIES):
            world.cloud.count_try(cx, person.credential, pin_tries=TRIES)
        with pytest.raises(ServiceError) as refused:
            world.cloud.count_try(cx, person.credential, pin_tries=TRIES)
    assert (Reason.PIN_LOCKED, 0) == (refused.value.reason, refused.value.tries_left)


def test_nothing_secret_shows_in_a_repr(world: World) -> None:
    prepared = world.cloud.prepare_key(Secret.of(PIN))
    shown = repr(prepared) + repr(world.issue().credential)
    assert repr(prepared.random) not in shown
    assert repr(prepared.record.wrapped) not in shown
    assert repr(prepared.record.salt) not in shown


def test_many_pins_at_once_are_each_derived() -> None:
    """OpenSSL's threads are one pool for all: without a lock, every second derivation fails or never ends."""
    wrapper = KeyWrapper(Vault.fresh(), Hardness(iterations=1, lanes=4, memory_kib=64))
    with ThreadPoolExecutor(4) as threads:
        kept = list(threads.map(lambda n: wrapper.wrap(str(n), b"key", Secret.of(PIN)), range(200)))
    assert 200 == len({record.wrapped for record in kept})
