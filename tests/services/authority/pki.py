"""A small authority for tests: a store, a vault, a clock to set, one customer with a certificate."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from desktop.secret import Secret
from desktop.services.api import Authorize, Authorized, Kind, Renewal
from desktop.services.authority import ca, cloud, founding, signing
from desktop.services.authority.ca import CertificateAuthority, CertificateRequest, IssuedCertificate
from desktop.services.authority.cloud import Cloud, Purpose
from desktop.services.authority.keys import KeyKind
from desktop.services.authority.signing import SHA256_OID, RemoteSigning
from desktop.services.authority.sqlite import SqliteStore
from desktop.services.authority.status import StatusService
from desktop.services.authority.vault import Vault
from desktop.services.authority.wrapping import Hardness

SCHEMAS = (founding.SCHEMA, ca.SCHEMA, cloud.SCHEMA, signing.SCHEMA)
NOW = 1_795_300_000.0  # 2026-11-22 in Korea
PIN, WRONG = "147369", "147368"
RRN = "8801019000001"
NAME = "홍길동"
POLICY = "1.2.410.200005.1.1.1.10"
TRIES = 5
PURPOSE = Purpose("epost", Kind.FINANCIAL, "", Renewal.CHECK)
EASY = Hardness(iterations=1, lanes=1, memory_kib=64)


class Clock:
    """Stands still until told."""

    def __init__(self, now: float = NOW) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True, slots=True)
class Person:
    account: int
    credential: str
    issued: IssuedCertificate
    random: bytes


class World:
    """`path` is the database file, None for memory. Closed when its block ends."""

    def __init__(
        self,
        path: Path | None = None,
        *,
        vault: Vault | None = None,
        clock: Clock | None = None,
        hardness: Hardness = EASY,
        ca_keys: KeyKind = "rsa",
    ) -> None:
        self.clock = clock or Clock()
        self.vault = vault or Vault(secrets.token_bytes(32))
        self.store = SqliteStore(path, schemas=SCHEMAS)
        try:
            self.ca = CertificateAuthority(self.store, self.vault, self.clock, keys=ca_keys)
        except BaseException:
            self.store.close()
            raise
        self.status = StatusService(self.ca, self.clock)
        self.cloud = Cloud(self.vault, self.clock, hardness=hardness)
        self.signing = RemoteSigning(self.store, self.vault, self.clock, ca=self.ca, cloud=self.cloud)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.store.close()

    def issue(self, customer: str = "customer-1") -> Person:
        prepared = self.cloud.prepare_key(Secret.of(PIN))
        request = CertificateRequest(
            bank_unit="EPB",
            bank_code="071",
            name=NAME,
            public_key=prepared.public_key,
            idn=Secret.of(RRN),
            random=prepared.random,
            policy=POLICY,
            years=3,
        )
        with self.store.transaction() as cx:
            account = self.cloud.open_account(cx, customer)
            issued = self.ca.issue(cx, request)
            credential = self.cloud.store_credential(cx, account.id, prepared, issued, PURPOSE)
        return Person(account.id, credential, issued, prepared.random)

    def authorize(self, person: Person, pin: str, *hashes: bytes, journey: str = "j1") -> Authorized:
        """The three parts, one after the other, as the local authority runs them."""
        request = Authorize(person.credential, hashes, SHA256_OID, Secret.of(pin))
        with self.store.transaction() as cx:
            counted = self.signing.count(cx, person.account, request, pin_tries=TRIES)
        unlocked = self.signing.unlock(person.account, request)
        with self.store.transaction() as cx:
            return self.signing.authorize(cx, journey, unlocked, counted=counted, pin_tries=TRIES)

    def crl(self) -> bytes:
        with self.store.transaction() as cx:
            return self.status.crl(cx)

    def ocsp(self, request: bytes) -> bytes:
        with self.store.read() as cx:
            return self.status.answer_ocsp(cx, request)
