"""`openssl cmp` at a `changgu serve` that lets standard clients in: every message that the CA's policy allows."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from desktop.banks import load_banks
from desktop.services.api import Enrol, Enrolment, Kind, Task
from desktop.services.http import HttpServices
from desktop.shipped import shipped
from tests.openssl import openssl
from tests.services.authority.desk import Clock
from tests.services.contract.offices import Customer, Office, key_of
from tests.services.contract.serving import Serving, serving

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="the openssl program is not installed")
BY_KEY = ("-cert", "got.pem", "-key", "new.key", "-trusted", "root.pem", "-untrusted", "ca.pem")
BY_OLD_KEY = ("-cert", "old.pem", "-key", "old.key", "-trusted", "root.pem", "-untrusted", "ca.pem")
ANYBODY = ("-newkey", "new.key", "-subject", "/CN=whoever", "-certout", "got.pem")


@dataclass(frozen=True, slots=True)
class Outside:
    """The machine that `openssl cmp` runs on. It knows nothing of R."""

    at: Path
    address: str
    office: Office

    async def cmp(self, command: str, *words: str | Path, good: bool = True) -> str:
        general = ("-config", "", "-cmd", command, "-server", f"{self.address}/pkix")
        who = ("-recipient", "/C=kr/O=changgu-practice")
        return await asyncio.to_thread(openssl, "cmp", *general, *who, *words, at=self.at, good=good)

    async def allowed(self, who: str, task: Task = Task.ISSUE) -> tuple[str, ...]:
        """How one is known by a leave that was just given; the chain and an old key lie in files."""
        customer = Customer(self.office, who, Kind.JOINT, task)
        await customer.at(None)
        if task is Task.RENEW:
            await self.bring(customer)
        request = Enrol(usage="bank" if task is Task.ISSUE else "")
        enrolment = await customer.services.enrol(customer.journey, request, key=customer.key())
        self.keep(enrolment)
        return ("-ref", enrolment.reference, "-secret", f"pass:{enrolment.code}")

    async def bring(self, customer: Customer) -> None:
        """The old certificate and its key, out of the file that has a password."""
        (file,) = await self.office.phone.files(customer.journey)
        key = await asyncio.to_thread(key_of, file.certificate, file.key, customer.person)
        (self.at / "old.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        self.write("old.pem", file.certificate)

    def keep(self, enrolment: Enrolment) -> None:
        for name, der in zip(("ca.pem", "root.pem"), enrolment.chain, strict=True):
            self.write(name, der)

    def write(self, name: str, der: bytes) -> None:
        (self.at / name).write_bytes(x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM))

    async def revoke(self) -> None:
        assert "RP" in await self.cmp("rr", *BY_KEY, "-oldcert", "got.pem", "-revreason", "1")


@asynccontextmanager
async def outside(at: Path, server: Serving) -> AsyncIterator[Outside]:
    client = HttpServices(server.url)
    try:
        yield Outside(
            at,
            server.url.removeprefix("http://"),
            Office(client, client, Clock(time.time()), load_banks(shipped("banks"))),
        )
    finally:
        await client.aclose()


async def test_a_standard_client_does_all_that_is_allowed(tmp_path: Path) -> None:
    openssl("genrsa", "-out", "new.key", "2048", at=tmp_path)
    openssl("req", "-new", "-key", "new.key", "-subj", "/CN=whoever", "-out", "new.csr", at=tmp_path)
    with serving(tmp_path / "data", "--practice", "--standard-cmp") as server:
        async with outside(tmp_path, server) as there:
            for command, asked in (
                ("ir", ANYBODY),
                ("cr", ANYBODY),
                ("p10cr", ("-csr", "new.csr", "-certout", "got.pem")),
            ):
                await there.cmp(command, *await there.allowed("kim_uri"), *asked)
                verified = openssl("verify", "-CAfile", "root.pem", "-untrusted", "ca.pem", "got.pem", at=tmp_path)
                assert "got.pem: OK" in verified
                for what in ("caCerts", "currentCRL"):
                    assert "genp contains" in (await there.cmp("genm", *BY_KEY, "-infotype", what)).lower()
                await there.revoke()
            await there.allowed("jo_gaengsin", Task.RENEW)
            await there.cmp("kur", *BY_OLD_KEY, "-newkey", "new.key", "-certout", "got.pem")
            gone = await there.cmp("rr", *BY_OLD_KEY, "-oldcert", "old.pem", good=False)
            assert "certRevoked" in gone  # by the one that took its place


async def test_unless_it_is_told_to_a_server_wants_r(tmp_path: Path) -> None:
    openssl("genrsa", "-out", "new.key", "2048", at=tmp_path)
    with serving(tmp_path / "data", "--practice") as server:
        async with outside(tmp_path, server) as there:
            by = await there.allowed("kim_uri")
            assert "badRequest" in await there.cmp("ir", *by, *ANYBODY, good=False)
            assert not (tmp_path / "got.pem").exists()
