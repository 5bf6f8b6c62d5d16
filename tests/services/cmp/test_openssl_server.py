"""Our client at a CA that we did not write: the mock server of `openssl cmp`, which always gives one certificate."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from desktop.secret import Secret
from desktop.services.api import Reason, ServiceError
from desktop.services.cmp.client import Client, enrol
from desktop.services.cmp.http import Transfer
from desktop.services.cmp.registrar import Asked
from desktop.services.cmp.talk import Held, Patience, Shared
from tests.services.cmp.desk import CODE, REFERENCE
from tests.services.cmp.pki import Pki, named, pki, rsa_key, usage
from tests.services.cmp.served import mock_server, write_key, write_pki

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="the openssl program is not installed")

BY_CODE = ("-srv_ref", REFERENCE, "-srv_secret", f"pass:{CODE}")
BY_KEY = ("-srv_cert", "speaker.pem", "-srv_key", "speaker.key", "-srv_trusted", "root.pem", "-srv_untrusted", "ca.pem")
REASON = x509.ReasonFlags.key_compromise


@dataclass(slots=True)
class Person:
    """At this machine, with a key for the certificate that the server has ready, and an older certificate."""

    at: Path
    pki: Pki
    ready: x509.Certificate
    old: x509.Certificate
    stored: list[bytes] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)

    async def store(self, certificate: bytes, chain: tuple[bytes, ...]) -> None:
        assert self.pki.chain == chain
        self.stored.append(certificate)

    async def pause(self, seconds: float) -> None:
        self.waited.append(seconds)

    @property
    def by_code(self) -> Shared:
        return Shared(REFERENCE, Secret.of(CODE))

    @property
    def by_key(self) -> Held:
        return Held(self.old, rsa_key("old"))

    @asynccontextmanager
    async def served(self, *words: str) -> AsyncIterator[Transfer]:
        files = ("-rsp_cert", "ready.pem", "-rsp_capubs", "root.pem", "-rsp_extracerts", "ca.pem")
        with mock_server(self.at, *files, *words) as url:
            async with httpx.AsyncClient(trust_env=False) as http:
                yield Transfer(http, url)

    @asynccontextmanager
    async def client(self, by: Shared | Held, *words: str) -> AsyncIterator[Client]:
        async with self.served(*words) as send:
            yield Client(send, by, self.pki.chain, patience=Patience(time.time, self.pause))

    @property
    def ready_der(self) -> bytes:
        return self.ready.public_bytes(Encoding.DER)


@pytest.fixture
def person(tmp_path: Path) -> Person:
    made = pki()
    write_pki(made, tmp_path)
    ready = made.ca.issue(named("hong"), rsa_key("leaf").public_key(), usage("digital_signature"))
    old = made.ca.issue(named("hong"), rsa_key("old").public_key(), usage("digital_signature"))
    (tmp_path / "ready.pem").write_bytes(ready.public_bytes(Encoding.PEM))
    write_key(rsa_key("leaf"), tmp_path / "leaf.key")
    return Person(tmp_path, made, ready, old)


def hong() -> bytes:
    return named("hong").public_bytes()


async def obtained(person: Person, client: Client, asked: Asked) -> bytes:
    """The mock server wants an update to name the one certificate that it has."""
    replaces = person.ready_der if asked is Asked.KUR else None
    return await client.obtain(asked, hong(), rsa_key("leaf"), person.store, replaces=replaces)


async def test_a_first_certificate_is_fetched_by_code(person: Person) -> None:
    async with person.served(*BY_CODE) as send:
        got = await enrol(
            send,
            reference=REFERENCE,
            code=Secret.of(CODE),
            subject=hong(),
            key=rsa_key("leaf"),
            chain=person.pki.chain,
            store=person.store,
        )
    assert person.ready_der == got
    assert [got] == person.stored


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("asked", [Asked.IR, Asked.CR, Asked.KUR])
async def test_a_certificate_is_fetched_by_code_and_by_signature(person: Person, asked: Asked, signed: bool) -> None:
    async with person.client(person.by_key if signed else person.by_code, *(BY_KEY if signed else BY_CODE)) as client:
        assert person.ready_der == await obtained(person, client, asked)
    assert [person.ready_der] == person.stored


@pytest.mark.parametrize("signed", [False, True])
async def test_a_certificate_is_fetched_by_a_pkcs10_request(person: Person, signed: bool) -> None:
    request = x509.CertificateSigningRequestBuilder(named("hong")).sign(rsa_key("leaf"), hashes.SHA256())
    async with person.client(person.by_key if signed else person.by_code, *(BY_KEY if signed else BY_CODE)) as client:
        assert person.ready_der == await client.obtain_pkcs10(request, person.store)


async def test_a_ca_that_does_not_know_the_encrypted_random_passes_over_it(person: Person) -> None:
    async with person.client(person.by_code, *BY_CODE) as client:
        got = await client.obtain(Asked.IR, hong(), rsa_key("leaf"), person.store, random=os.urandom(20))
    assert person.ready_der == got


async def test_a_certificate_is_revoked_by_signature(person: Person) -> None:
    async with person.client(person.by_key, *BY_KEY) as client:
        await client.revoke(person.ready, REASON)


async def test_a_question_is_answered(person: Person) -> None:
    """The mock server sends back what it was asked, without a value."""
    for by, words in ((person.by_code, BY_CODE), (person.by_key, BY_KEY)):
        async with person.client(by, *words) as client:
            assert () == await client.ca_certificates()
            assert await client.crl() is None
            assert await client.encryption_certificate() is None


async def test_a_certificate_that_takes_a_while_is_polled_for(person: Person) -> None:
    async with person.client(person.by_code, *BY_CODE, "-poll_count", "2", "-check_after", "3") as client:
        assert person.ready_der == await obtained(person, client, Asked.IR)
    assert 3.0 in person.waited


@pytest.mark.parametrize(
    ("words", "name"), [(("-pkistatus", "2", "-failure", "9"), "bad_pop"), (("-send_error",), "bad_request")]
)
async def test_a_refusal_is_told_by_its_name(person: Person, words: tuple[str, ...], name: str) -> None:
    async with person.client(person.by_code, *BY_CODE, *words) as client:
        with pytest.raises(ServiceError) as refused:
            await obtained(person, client, Asked.IR)
    assert Reason.ENROLMENT_REFUSED == refused.value.reason
    assert name == refused.value.detail
    assert [] == person.stored


async def test_an_answer_without_protection_is_not_believed(person: Person) -> None:
    async with person.client(person.by_code, *BY_CODE, "-send_unprotected") as client:
        with pytest.raises(ServiceError) as broken:
            await obtained(person, client, Asked.IR)
    assert Reason.ENROLMENT_BROKEN == broken.value.reason
    assert [] == person.stored


async def test_a_server_of_another_code_is_not_believed(person: Person) -> None:
    words = ("-srv_ref", REFERENCE, "-srv_secret", "pass:other", "-accept_unprotected")
    async with person.client(person.by_code, *words) as client:
        with pytest.raises(ServiceError) as broken:
            await obtained(person, client, Asked.IR)
    assert (Reason.ENROLMENT_BROKEN, "bad_message_check") == (broken.value.reason, broken.value.detail)


async def test_a_certificate_for_another_key_is_not_stored_and_rejected(person: Person) -> None:
    async with person.client(person.by_code, *BY_CODE) as client:
        with pytest.raises(ServiceError) as broken:
            await client.obtain(Asked.IR, hong(), rsa_key("other"), person.store)
    assert (Reason.ENROLMENT_BROKEN, "incorrect_data") == (broken.value.reason, broken.value.detail)
    assert [] == person.stored
