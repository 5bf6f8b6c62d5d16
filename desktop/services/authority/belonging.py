"""Whose each certificate of the ledger is: one journey's or one leave's, and never two where there is room for one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from desktop.banks import Bank
from desktop.services.api import Check, Issued, Kind, Renewal, ServiceError, Status, Task
from desktop.services.authority.connection import Connection, Row
from desktop.services.authority.enrolments import State
from desktop.services.authority.shelf import Shelf
from desktop.services.authority.tally import Imbalance, pages
from desktop.services.authority.vault import Vault

_CREDENTIALS = (
    "SELECT * FROM (SELECT cloud_credentials.*, customer FROM cloud_credentials"
    " JOIN cloud_accounts ON cloud_accounts.id = account) AS held WHERE true"
)


@dataclass(frozen=True, slots=True)
class _Credential:
    """`slot` (account, bank, kind) has room for one. `asked`: a journey must have brought it, as not in practice of
    old, and not what renews itself."""

    slot: tuple[int, str, str]
    certificate: bytes
    asked: bool


@dataclass(frozen=True, slots=True)
class _Leave:
    journey: int
    state: str


@dataclass(slots=True)
class Belonging:
    """What the tables say of each certificate, by its serial number (decimal). `now` in seconds, UTC."""

    cx: Connection
    vault: Vault = field(repr=False)
    shelf: Shelf = field(repr=False)
    banks: Mapping[str, Bank]
    issuer: x509.Certificate = field(repr=False)
    now: float
    ledger: set[str] = field(default_factory=set, init=False)
    _journeys: dict[str, int] = field(default_factory=dict, init=False)
    _leaves: dict[str, _Leave] = field(default_factory=dict, init=False)
    _credentials: dict[str, _Credential] = field(default_factory=dict, init=False)
    _keys: set[bytes] = field(default_factory=set, init=False)
    _taken: set[tuple[int, str, str]] = field(default_factory=set, init=False)
    _names: set[bytes] = field(default_factory=set, init=False)

    def wrong(self) -> Iterator[Imbalance]:
        """Once; afterwards `ledger` has every serial number."""
        yield from self._read_credentials()
        yield from self._read_journeys()
        yield from self._read_leaves()
        yield from self._read_ledger()
        told = self._journeys.keys() | self._leaves.keys() | self._credentials.keys()
        yield from (Imbalance("lost", serial) for serial in sorted(told - self.ledger))

    def _read_credentials(self) -> Iterator[Imbalance]:
        """R opens, too: without it nobody can show that a certificate is theirs."""
        estates = {row["customer"] for row in self.cx.execute("SELECT customer FROM estate")}
        for row in pages(self.cx, _CREDENTIALS):
            asked = int(row["customer"]) not in estates and row["renewal"] != Renewal.AUTOMATIC
            slot = (row["account"], row["bank"], row["kind"])
            self._credentials[row["serial"]] = _Credential(slot, _digest(row["certificate"]), asked)
            try:
                self._keys.add(_key_of(x509.load_der_x509_certificate(row["certificate"])))
            except ValueError:
                yield Imbalance("line", row["serial"])
            if row["sealed_random"] and not _opens(self.vault, row["sealed_random"], f"cloud:random:{row['id']}"):
                yield Imbalance("sealed", f"cloud_credentials.sealed_random {row['id']}")

    def _read_journeys(self) -> Iterator[Imbalance]:
        for row in pages(self.cx, "SELECT * FROM journey WHERE issued IS NOT NULL"):
            try:
                issued = msgspec.msgpack.decode(self.shelf.unseal(row["issued"], "issued"), type=Issued)
            except (ServiceError, msgspec.DecodeError):
                yield Imbalance("sealed", f"journey.issued {row['id']}")
                continue
            if issued.serial in self._journeys:
                yield Imbalance("twice", issued.serial)
            self._journeys[issued.serial] = row["id"]
            if not self._is_proven(row):
                yield Imbalance("unchecked", issued.serial)

    def _is_proven(self, journey: Row) -> bool:
        """Every check that the bank asks of anybody; after a reported loss there are more, but that may have ended."""
        bank = self.banks.get(journey["bank"])
        if bank is None:
            return True
        kind, task = Kind(journey["kind"]), Task(journey["task"])
        rows = self.cx.execute("SELECT name FROM journey_check WHERE journey = ?", (journey["id"],))
        done = {Check(row["name"]) for row in rows}
        missing = set(bank.checks(kind, task)) - done
        return missing <= ({Check.PASSWORD} if bank.stand_in(kind, task) in done else set())

    def _read_leaves(self) -> Iterator[Imbalance]:
        for row in pages(self.cx, "SELECT * FROM enrolment WHERE true"):
            serial, state = row["serial"], row["state"]
            if serial is None:
                if state in {State.PENDING, State.CONFIRMED}:
                    yield Imbalance("enrolment", row["reference"])
                continue
            if serial in self._leaves:
                yield Imbalance("twice", serial)
            self._leaves[serial] = _Leave(row["journey"], state)
            if self._journeys.get(serial) != (row["journey"] if state == State.CONFIRMED else None):
                yield Imbalance("enrolment", row["reference"])

    def _read_ledger(self) -> Iterator[Imbalance]:
        for row in pages(self.cx, "SELECT * FROM ca_certificates WHERE true", by="sequence"):
            self.ledger.add(row["serial"])
            try:
                certificate = x509.load_der_x509_certificate(row["certificate"])
                own = certificate.issuer == self.issuer.subject
                certificate.verify_directly_issued_by(self.issuer if own else self._outside(certificate))
            except (ValueError, TypeError, InvalidSignature):
                yield Imbalance("line", row["serial"])
                continue
            if not _is_of(certificate, row) or not _is_decided(row):
                yield Imbalance("line", row["serial"])
            name = _digest(certificate.subject.public_bytes())
            if own and name in self._names:  # how another CA names people is that CA's affair
                yield Imbalance("name", row["serial"])
            self._names.add(name)
            yield from self._judge(row, certificate)

    def _outside(self, certificate: x509.Certificate) -> x509.Certificate:
        """The CA that the bank has brought, and that signed this one. Raises ValueError for none of those."""
        for row in self.cx.execute("SELECT certificate FROM outside_issuer"):
            issuer = x509.load_der_x509_certificate(row["certificate"])
            if issuer.subject == certificate.issuer:
                return issuer
        raise ValueError("nobody's")

    def _judge(self, row: Row, certificate: x509.Certificate) -> Iterator[Imbalance]:
        """Good is what somebody has; what nobody has was withdrawn, or made way for another of the same key."""
        serial, held = row["serial"], self._credentials.get(row["serial"])
        known = serial in self._journeys or serial in self._leaves
        if held is None:
            replaced = row["status"] == Status.REVOKED and _key_of(certificate) in self._keys
            if row["status"] == Status.GOOD or not (known or replaced):
                yield Imbalance("orphan", serial)
            return
        if held.certificate != _digest(row["certificate"]):
            yield Imbalance("line", serial)
        if held.asked and not known:
            yield Imbalance("orphan", serial)
        if row["status"] != Status.REVOKED and row["not_after"] >= self.now:
            if held.slot in self._taken:
                yield Imbalance("second", serial)
            self._taken.add(held.slot)


def _is_of(certificate: x509.Certificate, row: Row) -> bool:
    ends = int(certificate.not_valid_after_utc.timestamp())
    return (str(certificate.serial_number), ends) == (row["serial"], row["not_after"])


def _is_decided(row: Row) -> bool:
    """A reason and a day with what is not good, and no reason with what is."""
    reason, hold = row["reason"], row["reason"] == "certificate_hold"
    match row["status"]:
        case Status.GOOD:
            return reason is None and row["held_until"] is None
        case Status.SUSPENDED:
            return hold and row["changed_at"] is not None
        case Status.REVOKED:
            return reason is not None and not hold and row["changed_at"] is not None and row["held_until"] is None
        case _:
            return False


def _opens(vault: Vault, sealed: bytes, context: str) -> bool:
    try:
        vault.unseal(sealed, context)
    except ServiceError:
        return False
    return True


def _digest(value: bytes) -> bytes:
    return sha256(value).digest()


def _key_of(certificate: x509.Certificate) -> bytes:
    return _digest(certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
