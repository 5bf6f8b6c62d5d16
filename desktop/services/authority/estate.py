"""The certificates that practice people already have, made when their owner first shows up: a key takes time."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from desktop.banks import Bank
from desktop.secret import Secret
from desktop.services.api import Kind
from desktop.services.authority.bank import Customers
from desktop.services.authority.ca import CertificateAuthority, CertificateRequest, IssuedCertificate
from desktop.services.authority.cloud import Cloud, PreparedKey, Purpose
from desktop.services.authority.dates import DAY_SECONDS, issued_for, months_later
from desktop.services.authority.devices import Devices
from desktop.services.authority.losses import report_loss
from desktop.services.authority.practice import Certificate, Person
from desktop.services.authority.store import Store

SCHEMA: Final = "CREATE TABLE IF NOT EXISTS estate (customer INTEGER PRIMARY KEY REFERENCES customer (id)) STRICT;"


@dataclass(frozen=True, slots=True)
class Offices:
    """Where a certificate of old is entered."""

    ca: CertificateAuthority
    cloud: Cloud
    customers: Customers
    devices: Devices


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
        made = [(c, bank, self._key(c)) for c in person.certificates if (bank := self._issuer(c))]
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

    def _person(self, cx: sqlite3.Connection, customer: int) -> Person | None:
        if self._owners is None:
            found = {p.id: self._offices.customers.by_rrn(cx, p.rrn) for p in self._people.values()}
            self._owners = {row: self._people[name] for name, row in found.items() if row is not None}
        return self._owners.get(customer)

    def _issuer(self, certificate: Certificate) -> Bank | None:
        """None where the bank is not known here, or issues no such certificate."""
        bank = self._bank_of(certificate.bank)
        return bank if bank and any(p.kind == certificate.kind for p in bank.products) else None

    def _key(self, certificate: Certificate) -> PreparedKey:
        if certificate.kind == Kind.MOBILE:
            return self._offices.cloud.prepare_phone_key()
        secret = Secret.of(certificate.pin or certificate.password)
        try:
            return self._offices.cloud.prepare_key(secret)
        finally:
            secret.wipe()

    def _enter(
        self, cx: sqlite3.Connection, customer: int, bank: Bank, certificate: Certificate, key: PreparedKey
    ) -> None:
        product, now = bank.product(certificate.kind), self._clock()
        policy = next((u.policy for u in product.usages if u.id == certificate.usage), product.policy)
        at = issued_for(certificate.days_left, product.years, now)
        with self._offices.customers.person(cx, customer) as person:
            issued = self._offices.ca.issue(
                cx,
                CertificateRequest(
                    bank_unit=bank.unit,
                    bank_code=bank.code,
                    name=person.name,
                    public_key=key.public_key,
                    idn=person.rrn,
                    random=key.random,
                    policy=policy,
                    years=product.years,
                    at=at,
                ),
            )
        account = self._offices.cloud.open_account(cx, str(customer)).id
        purpose = Purpose(bank.id, certificate.kind, certificate.usage, product.renewal)
        self._offices.cloud.store_credential(cx, account, key, issued, purpose)
        self._age(cx, customer, bank, certificate, issued)

    def _age(
        self, cx: sqlite3.Connection, customer: int, bank: Bank, certificate: Certificate, issued: IssuedCertificate
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


def _is_made(cx: sqlite3.Connection, customer: int) -> bool:
    return bool(cx.execute("SELECT 1 FROM estate WHERE customer = ?", (customer,)).fetchone())
