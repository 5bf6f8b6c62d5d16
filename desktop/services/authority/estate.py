"""The certificates that practice people already have, made when their owner first shows up: a key takes time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography.x509 import load_der_x509_certificate

from desktop.banks import Bank
from desktop.secret import Secret
from desktop.services.api import KeyFile, Kind
from desktop.services.authority.bank import Customers
from desktop.services.authority.ca import CertificateAuthority, IssuedCertificate
from desktop.services.authority.cloud import Cloud, PreparedKey, foreign_key
from desktop.services.authority.connection import Connection
from desktop.services.authority.dates import DAY_SECONDS, issued_for, months_later
from desktop.services.authority.devices import Devices
from desktop.services.authority.losses import report_loss
from desktop.services.authority.making import Maker, Wish
from desktop.services.authority.practice import Certificate, Person
from desktop.services.authority.store import Store
from desktop.services.media.write import put
from desktop.services.npki.container import seal_key
from desktop.services.npki.key import new_key
from desktop.services.npki.names import user_path
from desktop.services.npki.tree import KEY, files_of, read_file

SCHEMA: Final = "CREATE TABLE IF NOT EXISTS estate (customer INTEGER PRIMARY KEY REFERENCES customer (id)) STRICT;"


@dataclass(frozen=True, slots=True)
class Offices:
    """Where a certificate of old is entered. `home`: what holds the NPKI folder with people's files, if anything."""

    ca: CertificateAuthority
    cloud: Cloud
    maker: Maker
    customers: Customers
    devices: Devices
    home: Path | None


@dataclass(frozen=True, slots=True)
class _Key:
    """`file` is signPri.key, of a key that its owner keeps."""

    prepared: PreparedKey
    file: bytes | None = field(default=None, repr=False)


class Estates:
    """The tables look as if each had been issued in its time. `bank_of` gives the profile of any bank, or None."""

    def __init__(
        self,
        store: Store,
        clock: Callable[[], float],
        offices: Offices,
        people: tuple[Person, ...],
        bank_of: Callable[[str], Bank | None],
    ) -> None:
        self._store, self._clock, self._offices, self._bank_of = store, clock, offices, bank_of
        self._people = {person.id: person for person in people if person.certificates}
        self._owners: dict[int, Person] | None = None

    def hand_over(self, customer: int) -> None:
        """Makes what this customer has, once; about a third of a second for each certificate, outside a transaction."""
        with self._store.read() as cx:
            person = self._person(cx, customer)
            if person is None or _is_made(cx, customer):
                return
        made = [(c, bank, self._key(c, bank)) for c in person.certificates if (bank := self._issuer(c))]
        with self._store.transaction() as cx:
            if _is_made(cx, customer):  # by a call that was quicker
                return
            for certificate, bank, key in made:
                self._enter(cx, customer, bank, certificate, key)
            account = self._offices.cloud.open_account(cx, str(customer)).id
            for device in person.devices:
                ago = device.days_ago * float(DAY_SECONDS)
                self._offices.devices.used(cx, account, device.id, name=device.name, ago=ago)
            cx.execute("INSERT INTO estate VALUES (?)", (customer,))

    def files(self, cx: Connection, customer: int) -> tuple[KeyFile, ...]:
        """Those of joint certificates that this authority keeps, as `hand_over` put them there."""
        account = self._offices.cloud.find_account(cx, str(customer))
        held = self._offices.cloud.credentials(cx, account) if account is not None else ()
        joint = [found.certificate for found in held if found.purpose.kind == Kind.JOINT]
        return tuple(file for certificate in joint if (file := self._file(certificate)))

    def _file(self, certificate: bytes) -> KeyFile | None:
        if self._offices.home is None:
            return None
        path = self._offices.home / user_path(load_der_x509_certificate(certificate)) / KEY
        return KeyFile(certificate, read_file(path)) if path.exists() else None

    def _person(self, cx: Connection, customer: int) -> Person | None:
        if self._owners is None:
            found = {p.id: self._offices.customers.by_rrn(cx, p.rrn) for p in self._people.values()}
            self._owners = {row: self._people[name] for name, row in found.items() if row is not None}
        return self._owners.get(customer)

    def _issuer(self, certificate: Certificate) -> Bank | None:
        """None where the bank is not known here, or issues no such certificate."""
        bank = self._bank_of(certificate.bank)
        return bank if bank and any(p.kind == certificate.kind for p in bank.products) else None

    def _key(self, certificate: Certificate, bank: Bank) -> _Key:
        if certificate.kind == Kind.MOBILE:
            return _Key(self._offices.cloud.prepare_phone_key())
        secret = Secret.of(certificate.pin or certificate.password)
        try:
            if certificate.kind == Kind.JOINT:
                return _own_key(bank.product(certificate.kind).key_bits, secret)
            return _Key(self._offices.cloud.prepare_key(secret))
        finally:
            secret.wipe()

    def _enter(self, cx: Connection, customer: int, bank: Bank, certificate: Certificate, key: _Key) -> None:
        kind, usage = certificate.kind, certificate.usage
        wish = Wish(
            bank=bank,
            kind=kind,
            usage=usage,
            public_key=key.prepared.public_key,
            random=key.prepared.random,
            at=issued_for(certificate.days_left, bank.product(kind).years, self._clock()),
        )
        with self._offices.customers.person(cx, customer) as person:
            issued = self._offices.maker.make(cx, person, wish)
        prepared = key.prepared if key.file is None else foreign_key(wish.public_key)
        self._offices.maker.keep(cx, customer, prepared, issued, bank=bank, kind=kind, usage=usage)
        self._age(cx, customer, bank, certificate, issued)
        if key.file is not None and self._offices.home is not None:
            # Last, so that a medium that fails undoes the rest. The next try gives it the same name.
            path = user_path(load_der_x509_certificate(issued.der))
            put(self._offices.home, path, files_of(issued.der, key.file), replace=True)

    def _age(
        self, cx: Connection, customer: int, bank: Bank, certificate: Certificate, issued: IssuedCertificate
    ) -> None:
        """What has become of it since: suspended, or reported as lost."""
        lost = certificate.lost_days
        days = certificate.suspended_days if lost is None else lost
        if days is None:
            return
        at = self._clock() - days * DAY_SECONDS
        until = months_later(at, bank.policies.suspension_months)
        self._offices.ca.suspend(cx, issued.serial, until=until, at=at)
        if lost is not None:
            report_loss(cx, bank.id, customer, at)


def _is_made(cx: Connection, customer: int) -> bool:
    return bool(cx.execute("SELECT 1 FROM estate WHERE customer = ?", (customer,)).fetchone())


def _own_key(bits: int, password: Secret) -> _Key:
    """As a person's own machine makes and wraps it; nothing but the file is kept."""
    key, plain, random = new_key(bits)
    try:
        return _Key(foreign_key(key.public_key(), random), seal_key(plain, password))
    finally:
        plain.wipe()
