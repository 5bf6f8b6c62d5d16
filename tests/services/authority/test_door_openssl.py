"""`openssl cmp` at the door of a whole authority: it fetches, renews, asks and revokes as any standard client does."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from desktop.services.api import Enrolment, Issued, Kind, Status, Task
from desktop.services.authority.enrolling import Enrolling
from tests.openssl import openssl
from tests.services.authority.desk import WHO, Clock, Desk, copied
from tests.services.authority.test_enrolling import good, serials
from tests.services.cmp.served import served

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="the openssl program is not installed")

URI, JO = WHO["kim_uri"], WHO["jo_gaengsin"]
JOINT = Kind.JOINT
BY_KEY = ("-cert", "old.pem", "-key", "old.key", "-trusted", "root.pem", "-untrusted", "ca.pem")


@dataclass(frozen=True, slots=True)
class Outside:
    """The machine that `openssl cmp` runs on. It knows nothing of R, and this authority does not ask for it."""

    at: Path
    address: str
    desk: Desk

    def cmp(self, command: str, *words: str | Path, good: bool = True) -> str:
        general = ["-server", self.address, "-recipient", "/C=kr/O=changgu-practice"]
        return openssl("cmp", "-config", "", "-cmd", command, *general, *words, at=self.at, good=good)

    def fetch(self, command: str, enrolment: Enrolment, *words: str) -> x509.Certificate:
        """By the code."""
        by = ("-ref", enrolment.reference, "-secret", f"pass:{enrolment.code}")
        self.cmp(command, *by, *words, "-certout", "got.pem")
        return x509.load_pem_x509_certificate((self.at / "got.pem").read_bytes())


@pytest.fixture
def outside(template: Path, tmp_path: Path) -> Iterator[Outside]:
    """At the real time, because OpenSSL looks at its own clock."""
    desk = Desk(copied(template, tmp_path / "data"), Clock(time.time()))
    desk.enrolling = Enrolling(desk.parts, require_random=False)
    at = tmp_path / "outside"
    at.mkdir()
    openssl("genrsa", "-out", "new.key", "2048", at=at)
    for name, der in zip(("ca.pem", "root.pem"), desk.parts.ca.chain(), strict=True):
        (at / name).write_bytes(x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM))
    with served(desk.enrolling.responder()) as address:
        yield Outside(at, address, desk)
    desk.close()


@pytest.fixture
def old(outside: Outside) -> x509.Certificate:
    """The certificate of who may renew now, and its key, out of their own files."""
    desk = outside.desk
    desk.identity(desk.open("woori", JOINT, Task.RENEW), JO)
    der = desk.certificate(JO)
    key = desk.purse.key_of(der, JO.certificates[0].password)
    (outside.at / "old.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    certificate = x509.load_der_x509_certificate(der)
    (outside.at / "old.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    return certificate


def issued(desk: Desk, journey: str) -> Issued:
    found = desk.enrolling.issued(journey)
    assert found is not None
    return found


@pytest.mark.parametrize("command", ["ir", "cr", "p10cr"])
def test_it_fetches_a_certificate_by_number_and_code(outside: Outside, command: str) -> None:
    journey = outside.desk.at(None, URI, kind=JOINT)
    enrolment = outside.desk.enrol(journey)
    asked: tuple[str, ...] = ("-newkey", "new.key", "-subject", "/CN=whoever")
    if command == "p10cr":
        openssl("req", "-new", "-key", "new.key", "-subj", "/CN=whoever", "-out", "new.csr", at=outside.at)
        asked = ("-csr", "new.csr")
    certificate = outside.fetch(command, enrolment, *asked)
    assert enrolment.subject == certificate.subject.public_bytes()
    assert certificate.public_bytes(Encoding.DER) == issued(outside.desk, journey).certificate
    verified = openssl(
        "verify", "-x509_strict", "-CAfile", "root.pem", "-untrusted", "ca.pem", "got.pem", at=outside.at
    )
    assert "OK" in verified


def test_it_renews_by_the_key_of_the_old_file_once_the_bank_allows_it(outside: Outside, old: x509.Certificate) -> None:
    asked = ("kur", *BY_KEY, "-newkey", "new.key", "-certout", "got.pem")
    assert "notAuthorized" in outside.cmp(*asked, good=False)
    journey = outside.desk.at(None, JO, Task.RENEW, kind=JOINT)
    outside.desk.enrol(journey)
    outside.cmp(*asked)
    assert [issued(outside.desk, journey).serial] == good(outside.desk)
    assert Status.REVOKED is outside.desk.status_of(str(old.serial_number))


def test_it_renews_by_the_code_and_names_the_old_one(outside: Outside, old: x509.Certificate) -> None:
    journey = outside.desk.at(None, JO, Task.RENEW, kind=JOINT)
    certificate = outside.fetch("kur", outside.desk.enrol(journey), "-oldcert", "old.pem", "-newkey", "new.key")
    assert [str(certificate.serial_number)] == good(outside.desk)


def test_it_revokes_by_the_key_alone(outside: Outside, old: x509.Certificate) -> None:
    outside.cmp("rr", *BY_KEY, "-oldcert", "old.pem", "-revreason", "1")
    assert Status.REVOKED is outside.desk.status_of(str(old.serial_number))
    assert "certRevoked" in outside.cmp("rr", *BY_KEY, "-oldcert", "old.pem", good=False)


@pytest.mark.parametrize("what", ["caCerts", "currentCRL"])
def test_it_is_told_what_it_asks(outside: Outside, old: x509.Certificate, what: str) -> None:
    assert "genp contains" in outside.cmp("genm", *BY_KEY, "-infotype", what).lower()


def test_what_it_does_not_confirm_never_counts(outside: Outside) -> None:
    enrolment = outside.desk.enrol(outside.desk.at(None, URI, kind=JOINT))
    by = ("-ref", enrolment.reference, "-secret", f"pass:{enrolment.code}")
    words = ("-newkey", "new.key", "-subject", "/CN=whoever", "-certout", "got.pem")
    # It trusts another root for the new certificate, and so turns it away.
    openssl(
        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "x.key", "-subj", "/CN=x", "-out", "x.pem",
        at=outside.at,
    )  # fmt: skip
    outside.cmp("ir", *by, *words, "-out_trusted", "x.pem", good=False)
    assert [Status.REVOKED] == [outside.desk.status_of(serial) for serial in serials(outside.desk)]
    assert [] == good(outside.desk)


def test_an_authority_that_wants_r_turns_it_away(outside: Outside) -> None:
    outside.desk.restart()
    with served(outside.desk.enrolling.responder()) as address:
        strict = Outside(outside.at, address, outside.desk)
        enrolment = outside.desk.enrol(outside.desk.at(None, URI, kind=JOINT))
        by = ("-ref", enrolment.reference, "-secret", f"pass:{enrolment.code}")
        words = ("-newkey", "new.key", "-subject", "/CN=whoever", "-certout", "got.pem")
        assert "badRequest" in strict.cmp("ir", *by, *words, good=False)
    assert [] == serials(outside.desk)
