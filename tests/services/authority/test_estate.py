"""What practice people already have: made when they first show up, once, and as old as it says."""

import asyncio
import subprocess
import threading
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_der_x509_certificate

from desktop.password_rules import broken_password_rule
from desktop.pin_rules import broken_rule
from desktop.secret import Secret
from desktop.services.api import Check, Kind, OpenJourney, ServiceError, Status, Task, VerifyIdentity
from desktop.services.authority.dates import DAY_SECONDS
from desktop.services.authority.local import LocalAuthority
from desktop.services.authority.practice import Certificate, Person
from desktop.services.npki.container import open_key
from desktop.services.npki.key import load_key, random_of
from desktop.services.npki.tree import scan
from desktop.services.npki.vid import verify_owner
from tests.services.authority.desk import PEOPLE, QUICK, WHO, Clock, Desk
from tests.services.authority.offered import offered

OWNERS = [person for person in PEOPLE.people if person.certificates]
SONG, MUN = WHO["song_ujeong"], WHO["mun_noeul"]


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


# ── Joint certificates are files of their owners ──

JOINT = [person for person in OWNERS if person.certificates[0].kind is Kind.JOINT]


@pytest.mark.parametrize("person", JOINT, ids=lambda person: str(person.id))
def test_the_file_opens_with_its_password_and_proves_its_owner(desk: Desk, person: Person) -> None:
    made(desk, person)
    certificate = load_der_x509_certificate(desk.certificate(person))
    (entry,) = scan(desk.folder)
    assert certificate.public_bytes(Encoding.DER) == entry.certificate
    sealed = (entry.folder / "signPri.key").read_bytes()
    plain = open_key(sealed, Secret.of(person.certificates[0].password))
    load_key(plain, certificate)
    random = random_of(plain)
    assert random is not None
    verify_owner(certificate, Secret.of(person.rrn), random)


def test_the_authority_keeps_no_key_of_it(desk: Desk) -> None:
    made(desk, JOINT[0])
    with desk.store.read() as cx:
        row = cx.execute("SELECT * FROM cloud_credentials").fetchone()
    assert b"" == row["wrapped_key"] == row["salt"] == desk.vault.unseal(row["sealed_random"], _context(row["id"]))


def _context(credential: str) -> str:
    return f"cloud:random:{credential}"


def test_a_medium_that_fails_leaves_nothing_and_the_next_try_makes_it(desk: Desk) -> None:
    (desk.folder / "NPKI").write_bytes(b"in the way")
    with pytest.raises(ServiceError, check=lambda error: error.reason.value.startswith("medium_")):
        made(desk, JOINT[0])
    assert (0, 0) == (count(desk), count(desk, "estate"))
    (desk.folder / "NPKI").unlink()
    made(desk, JOINT[0])
    assert (1, 1, 1) == (count(desk), count(desk, "estate"), len(list(scan(desk.folder))))


def test_a_file_left_by_a_try_that_died_is_replaced(desk: Desk) -> None:
    made(desk, JOINT[0])
    with desk.store.transaction() as cx:
        for table in ("estate", "cloud_credentials", "ca_certificates", "ca_names"):
            cx.execute(f"DELETE FROM {table}")
    made(desk, JOINT[0])
    (entry,) = scan(desk.folder)
    assert desk.certificate(JOINT[0]) == entry.certificate


@pytest.mark.parametrize("where", ["data", "elsewhere", "nowhere"])
def test_the_files_lie_with_the_data_unless_told_otherwise(tmp_path: Path, where: str) -> None:
    folder = tmp_path / "data" if where == "data" else None
    home = tmp_path / "elsewhere" if where == "elsewhere" else None
    for path in filter(None, (folder, home)):
        path.mkdir()

    async def show_up() -> None:
        authority = LocalAuthority.open(folder, offered(), clock=Clock(), hardness=QUICK, home=home)
        request = OpenJourney("woori", Kind.JOINT, Task.REVOKE)
        try:
            journey = (await authority.open_journey(request, key="open")).journey
            fields = {"rrn": Secret.of(MUN.rrn), "user_id": Secret.of(MUN.at[0].user_id)}
            await authority.verify_identity(journey, VerifyIdentity(fields), key="identity")
        finally:
            await authority.aclose()

    asyncio.run(show_up())
    found = {path.relative_to(tmp_path).parts[0] for path in tmp_path.rglob("signPri.key")}
    assert {where} - {"nowhere"} == found


def test_a_bank_that_is_nowhere_is_left_out(desk: Desk) -> None:
    desk.banks = {"epost": desk.banks["epost"]}
    desk.restart()
    desk.at(Check.PHONE, WHO["ma_gigan"], Task.REISSUE)
    customer = made(desk, WHO["seo_tahaeng"])
    with desk.store.read() as cx:
        assert () == desk.parts.portfolio.of(cx, customer)
