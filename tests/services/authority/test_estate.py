"""What practice people already have: made when they first show up, once, and as old as it says."""

import subprocess
import threading
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_der_x509_certificate

from desktop.password_rules import broken_password_rule
from desktop.pin_rules import broken_rule
from desktop.services.api import Check, Kind, Status, Task
from desktop.services.authority.dates import DAY_SECONDS
from desktop.services.authority.practice import Certificate, Person
from tests.services.authority.desk import PEOPLE, WHO, Desk

OWNERS = [person for person in PEOPLE.people if person.certificates]
SONG = WHO["song_ujeong"]


def count(desk: Desk, table: str = "cloud_credentials") -> int:
    with desk.store.read() as cx:
        found: int = cx.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    return found


def made(desk: Desk, person: Person) -> int:
    desk.parts.estates.hand_over(owner(desk, person)) if desk.parts.estates else None
    return owner(desk, person)


def owner(desk: Desk, person: Person) -> int:
    with desk.store.read() as cx:
        found = desk.parts.customers.by_rrn(cx, person.rrn)
    assert found is not None
    return found


def test_nothing_is_made_before_its_owner_shows_up(desk: Desk) -> None:
    desk.at(Check.PHONE)
    assert 0 == count(desk)
    desk.at(Check.PHONE, SONG, Task.PIN)
    assert 1 == count(desk)
    desk.restart()
    desk.at(Check.PHONE, SONG, Task.PIN)
    assert 1 == count(desk)


@pytest.mark.parametrize("person", OWNERS, ids=lambda person: str(person.id))
def test_everything_in_the_file_can_be_made_and_stands_as_it_says(desk: Desk, person: Person) -> None:
    customer = made(desk, person)
    with desk.store.read() as cx:
        (held,) = desk.parts.portfolio.of(cx, customer)
    (said,) = person.certificates
    assert (said.bank, said.kind) == (held.credential.purpose.bank, held.credential.purpose.kind)
    assert said.days_left == int((held.not_after - desk.clock()) // DAY_SECONDS)
    assert _status(said) is held.status
    ca = desk.parts.ca.issuer.certificate
    certificate = load_der_x509_certificate(held.credential.certificate)
    assert ca.not_valid_before_utc <= certificate.not_valid_before_utc
    certificate.verify_directly_issued_by(ca)


def _status(said: Certificate) -> Status:
    if said.suspended_days is not None or said.lost_days is not None:
        return Status.SUSPENDED
    return Status.EXPIRED if said.days_left < 0 else Status.GOOD


@pytest.mark.parametrize("person", OWNERS, ids=lambda person: str(person.id))
def test_the_secrets_in_the_file_keep_the_rules(person: Person) -> None:
    for certificate in person.certificates:
        if certificate.kind is Kind.FINANCIAL:
            account, birth = person.at[0].account.encode(), b"18" + person.rrn[:6].encode()
            pin, rrn, phone = (text.encode() for text in (certificate.pin, person.rrn, person.phone))
            assert None is broken_rule(pin, rrn=rrn, birth_date=birth, phone=phone, account=account)
        elif certificate.kind is Kind.JOINT:
            assert None is broken_password_rule(memoryview(certificate.password.encode()))
        else:
            assert ("", "") == (certificate.pin, certificate.password)


def test_many_at_once_make_it_once(desk: Desk) -> None:
    customer = owner(desk, SONG)
    assert desk.parts.estates is not None
    threads = [threading.Thread(target=desk.parts.estates.hand_over, args=(customer,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (1, 1) == (count(desk), count(desk, "estate"))


def test_openssl_takes_an_old_certificate_for_one_of_this_ca(desk: Desk, tmp_path: Path) -> None:
    customer = made(desk, SONG)
    with desk.store.read() as cx:
        (held,) = desk.parts.portfolio.of(cx, customer)
    chain = [load_der_x509_certificate(der).public_bytes(Encoding.PEM) for der in desk.parts.ca.chain()]
    (tmp_path / "chain.pem").write_bytes(b"".join(chain))
    leaf = load_der_x509_certificate(held.credential.certificate)
    (tmp_path / "leaf.pem").write_bytes(leaf.public_bytes(Encoding.PEM))
    for moment in (held.not_before + 60, desk.clock()):
        command = ["openssl", "verify", "-attime", str(int(moment)), "-CAfile", "chain.pem", "leaf.pem"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert "leaf.pem: OK" in done.stdout, done.stderr


def test_a_bank_that_is_nowhere_is_left_out(desk: Desk) -> None:
    desk.banks = {"epost": desk.banks["epost"]}
    desk.restart()
    desk.at(Check.PHONE, WHO["ma_gigan"], Task.REISSUE)
    customer = made(desk, WHO["seo_tahaeng"])
    with desk.store.read() as cx:
        assert () == desk.parts.portfolio.of(cx, customer)
