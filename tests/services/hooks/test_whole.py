"""A whole journey with a key made ahead and a CA that we did not write, `openssl cmp`, which is away at first."""

from __future__ import annotations

import shutil
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from desktop.services.api import Reason, Status, Task
from desktop.services.hooks.cmp_issuer import CmpIssuer, CmpSettings
from desktop.services.hooks.key_folder import FolderSettings, KeyFolder
from tests.services.authority.desk import KIM, Clock, refused
from tests.services.cmp.pki import named, pki, rsa_key, usage
from tests.services.cmp.served import mock_server, write_key, write_pki
from tests.services.cmp.test_openssl_server import BY_CODE
from tests.services.hooks.desk import BankDesk
from tests.services.hooks.test_cmp_issuer import POLICY, SUBJECT, policies

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="the openssl program is not installed")
Opened = Callable[[str], BankDesk]


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def ready(tmp_path: Path) -> x509.Certificate:
    write_pki(pki(), tmp_path)
    (tmp_path / "chain.pem").write_bytes((tmp_path / "ca.pem").read_bytes() + (tmp_path / "root.pem").read_bytes())
    (tmp_path / "secret").write_text(BY_CODE[3].removeprefix("pass:"))
    (tmp_path / "secret").chmod(0o600)
    made = pki().ca.issue(named(KIM.name), rsa_key("leaf").public_key(), usage("digital_signature"), policies(POLICY))
    (tmp_path / "ready.pem").write_bytes(made.public_bytes(Encoding.PEM))
    return made


@pytest.fixture
def opened(tmp_path: Path, folder: Path, port: int, ready: x509.Certificate) -> Iterator[Opened]:
    """The desk whose first key is the one named; the next are made."""
    made: list[BankDesk] = []

    def open_with(key: str) -> BankDesk:
        (tmp_path / "keys").mkdir()
        for number, name in enumerate((key, "old", "spare")):
            write_key(rsa_key(name), tmp_path / "keys" / f"{number}.pem")
            (tmp_path / "keys" / f"{number}.pem").chmod(0o600)
        settings = CmpSettings(
            url=f"http://127.0.0.1:{port}/",
            chain="chain.pem",
            subject=SUBJECT,
            reference=BY_CODE[1],
            secret_file="secret",
            resend=0.1,
        )
        issuer, keys = CmpIssuer(settings, tmp_path), KeyFolder(FolderSettings("keys"), tmp_path)
        made.append(BankDesk(folder, Clock(time.time()), outside=True, brought={"issuer": issuer, "keys": keys}))
        return made[0]

    yield open_with
    for desk in made:
        desk.close()


def test_a_journey_waits_for_its_ca_and_ends_with_one_certificate(
    opened: Opened, tmp_path: Path, port: int, ready: x509.Certificate
) -> None:
    desk = opened("leaf")
    journey = desk.at(None)
    for _ in range(2):
        with refused(Reason.UNREACHABLE):
            desk.issue(journey, key="mine")
    words = ("-port", str(port), "-rsp_cert", "ready.pem", *BY_CODE, "-poll_count", "2", "-check_after", "1")
    with mock_server(tmp_path, *words):
        issued = desk.issue(journey, key="mine")
    assert ready.public_bytes(Encoding.DER) == issued.certificate
    assert issued == desk.issue(journey, key="mine")
    assert 2 == len(list((tmp_path / "keys").iterdir()))
    with desk.store.read() as cx:
        assert [str(ready.serial_number)] == [row["serial"] for row in cx.execute("SELECT * FROM ca_certificates")]


def test_a_certificate_for_another_key_ends_the_call_and_is_nobodys(opened: Opened, tmp_path: Path, port: int) -> None:
    desk = opened("other")
    journey = desk.at(None)
    ca = mock_server(tmp_path, "-port", str(port), "-rsp_cert", "ready.pem", *BY_CODE)
    with ca, refused(Reason.ENROLMENT_BROKEN, detail="incorrect_data"):
        desk.issue(journey)
    with desk.store.read() as cx:
        assert None is cx.execute("SELECT 1 FROM ca_certificates UNION ALL SELECT 1 FROM ca_order").fetchone()


def test_a_refusal_ends_the_call_and_the_journey_may_ask_again(
    opened: Opened, tmp_path: Path, port: int, ready: x509.Certificate
) -> None:
    desk = opened("leaf")
    journey = desk.at(None)
    ca = mock_server(tmp_path, "-port", str(port), *BY_CODE, "-pkistatus", "2", "-failure", "1")
    with ca, refused(Reason.ENROLMENT_REFUSED, detail="bad_message_check"):
        desk.issue(journey, key="mine")
    write_key(rsa_key("leaf"), tmp_path / "keys" / "1.pem")
    with mock_server(tmp_path, "-port", str(port), "-rsp_cert", "ready.pem", *BY_CODE):
        issued = desk.issue(journey)
        desk.change(desk.at(None, task=Task.REVOKE), issued.credential_id)
        desk.tell_ca()
    assert Status.REVOKED == desk.status_of(issued.serial)
    with desk.store.read() as cx:
        assert None is cx.execute("SELECT 1 FROM ca_duty").fetchone()
