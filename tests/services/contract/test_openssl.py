"""The programs of others at the server: `openssl cmp` and `openssl ocsp` over TLS, and the CRL fetched by its URL."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from desktop.services.api import Enrol, Kind
from desktop.services.http import HttpServices
from desktop.services.pins import trust
from tests.openssl import openssl
from tests.services.authority.desk import Clock, copied
from tests.services.contract.offices import Customer, Office, authority_on, served
from tests.services.contract.serving import Tls

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="the openssl program is not installed")


@dataclass(frozen=True, slots=True)
class Outside:
    """A folder with roots.pem of the CA, ca.pem, and what was fetched; `url` is the server's."""

    at: Path
    url: str
    tls: Tls
    office: Office

    async def run(self, *words: str | Path, good: bool = True) -> str:
        return await asyncio.to_thread(openssl, *words, at=self.at, good=good)

    async def cmp(self, command: str, *words: str | Path, good: bool = True) -> str:
        host = self.url.removeprefix("https://")
        secure = ("-tls_used", "-tls_trusted", self.tls.roots, "-tls_host", "127.0.0.1")
        general = ("-config", "", "-cmd", command, "-server", f"{host}/pkix", "-recipient", "/C=kr/O=changgu-practice")
        return await self.run("cmp", *general, *secure, *words, good=good)

    async def ocsp(self) -> str:
        who = ("-issuer", "ca.pem", "-cert", "got.pem", "-CAfile", "root.pem")
        return await self.run("ocsp", "-url", f"{self.url}/ocsp", *who)

    async def verified(self, *, good: bool) -> str:
        """By the list as it is now."""
        async with httpx.AsyncClient(verify=trust(roots=self.tls.roots), trust_env=False) as http:
            (self.at / "now.crl").write_bytes((await http.get(f"{self.url}/ca.crl")).content)
        await self.run("crl", "-inform", "DER", "-in", "now.crl", "-out", "crl.pem")
        trusted = ("-CAfile", "root.pem", "-untrusted", "ca.pem", "-CRLfile", "crl.pem", "-crl_check")
        return await self.run("verify", *trusted, "got.pem", good=good)


@asynccontextmanager
async def outside(folder: Path, data: Path, tls: Tls) -> AsyncIterator[Outside]:
    """At the real time, because OpenSSL looks at its own clock."""
    clock = Clock(time.time())
    async with authority_on(data, clock) as authority, served(authority, authority, tls=tls) as door:
        client = HttpServices(door.url, trust=trust(roots=tls.roots))
        try:
            yield Outside(folder, door.url, tls, Office(client, client, clock))
        finally:
            await client.aclose()


async def test_a_standard_client_fetches_asks_and_revokes(started: Path, tmp_path: Path, tls: Tls) -> None:
    async with outside(tmp_path, copied(started, tmp_path / "data"), tls) as there:
        customer = Customer(there.office, "kim_uri", Kind.JOINT)
        await customer.at(None)
        enrolment = await there.office.services.enrol(customer.journey, Enrol(usage="bank"), key=customer.key())
        for name, der in zip(("ca.pem", "root.pem"), enrolment.chain, strict=True):
            (there.at / name).write_bytes(x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM))
        await there.run("genrsa", "-out", "new.key", "2048")
        by_code = ("-ref", enrolment.reference, "-secret", f"pass:{enrolment.code}")
        assert "genp contains" in (await there.cmp("genm", *by_code, "-infotype", "caCerts")).lower()
        wanted = ("-newkey", "new.key", "-subject", "/CN=whoever", "-certout", "got.pem")
        await there.cmp("ir", *by_code, *wanted)
        issued = await there.office.services.issued(customer.journey)
        got = x509.load_pem_x509_certificate((there.at / "got.pem").read_bytes())
        assert issued is not None
        assert issued.certificate == got.public_bytes(Encoding.DER)
        assert "got.pem: good" in await there.ocsp()
        assert "got.pem: OK" in await there.verified(good=True)
        by_key = ("-cert", "got.pem", "-key", "new.key", "-trusted", "root.pem", "-untrusted", "ca.pem")
        await there.cmp("rr", *by_key, "-oldcert", "got.pem", "-revreason", "1")
        assert "got.pem: revoked" in await there.ocsp()
        assert "certificate revoked" in await there.verified(good=False)


async def test_the_door_is_for_messages_of_its_kind(started: Path, tmp_path: Path, tls: Tls) -> None:
    async with outside(tmp_path, copied(started, tmp_path / "data"), tls) as there:
        roots = trust(roots=tls.roots)
        async with httpx.AsyncClient(base_url=there.url, verify=roots, trust_env=False) as http:
            wrong = await http.post("/pkix", content=b"0\x00", headers={"Content-Type": "application/json"})
            assert 415 == wrong.status_code
            big = await http.post("/pkix", content=bytes(70_000), headers={"Content-Type": "application/pkixcmp"})
            assert 413 == big.status_code
            said = await http.post("/pkix", content=b"0\x00", headers={"Content-Type": "application/pkixcmp"})
            assert (200, "application/pkixcmp") == (said.status_code, said.headers["content-type"])
            assert "max-age" in said.headers["strict-transport-security"]
        wrong_code = ("-ref", "12345678", "-secret", "pass:AAAA", "-newkey", "new.key", "-subject", "/CN=x")
        await there.run("genrsa", "-out", "new.key", "2048")
        await there.cmp("ir", *wrong_code, "-certout", "got.pem", good=False)
        assert not (there.at / "got.pem").exists()
