"""Practice customers: made-up people with known answers, read from `resources/practice`, and put into a new store."""

from __future__ import annotations

import base64
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from desktop.banks import Bank
from desktop.services.api import Document, Kind
from desktop.services.authority.bank import Customers
from desktop.services.authority.card import Cards
from desktop.services.authority.connection import Connection
from desktop.services.authority.documents import Documents
from desktop.services.authority.otp import Tokens


class Holding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a person has at one bank. `otp_secret` is Base32; `card_codes` in the order of their positions."""

    bank: str
    account: str
    account_password: str
    user_id: str = ""
    joined: bool = True
    account_locked: bool = False
    card_serial: str = ""
    card_codes: tuple[str, ...] = ()
    otp_secret: str = ""


class Certificate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One that a person already has: PIN for a financial, password of a joint one's file, neither for a mobile one.

    Days count from when the person first proves who they are.
    """

    bank: str
    kind: Kind
    days_left: int
    pin: str = ""
    password: str = ""
    usage: str = ""
    suspended_days: int | None = None
    lost_days: int | None = None


class Device(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A machine at which the person used their cloud certificates, so many days ago."""

    id: str
    name: str
    days_ago: int


class Person(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    name: str
    rrn: str
    phone: str
    shows: str
    at: tuple[Holding, ...]
    resident_issued: str = ""
    licence: str = ""
    licence_issued: str = ""
    certificates: tuple[Certificate, ...] = ()
    devices: tuple[Device, ...] = ()


class People(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class Registry:
    """Where a new customer is entered."""

    customers: Customers
    cards: Cards
    tokens: Tokens
    documents: Documents


def load_people(path: Path) -> People:
    """Reads `people.toml`; raises OSError, tomllib.TOMLDecodeError or msgspec.ValidationError for a broken one."""
    return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), People)


def seed(cx: Connection, registry: Registry, people: People, banks: Mapping[str, Bank]) -> None:
    """Enters the practice customers of every bank who are not there yet; does nothing the next time."""
    for person in people.people:
        for holding in person.at:
            if holding.bank in banks and not _is_entered(cx, registry, person, holding):
                _enter(cx, registry, person, holding, banks[holding.bank])


def _is_entered(cx: Connection, registry: Registry, person: Person, holding: Holding) -> bool:
    customer = registry.customers.by_rrn(cx, person.rrn)
    row = cx.execute("SELECT 1 FROM account WHERE bank = ? AND customer = ?", (holding.bank, customer)).fetchone()
    return row is not None


def _enter(cx: Connection, registry: Registry, person: Person, holding: Holding, bank: Bank) -> None:
    customer = registry.customers.add(cx, rrn=person.rrn, name=person.name, phone=person.phone)
    if holding.joined:
        registry.customers.join(cx, bank=bank.id, customer=customer, user_id=holding.user_id)
    registry.customers.add_account(
        cx,
        bank=bank.id,
        customer=customer,
        number=holding.account,
        password=holding.account_password,
        tries=bank.policies.account_tries if holding.account_locked else 0,
    )
    if holding.card_codes:
        registry.cards.add(cx, bank=bank.id, customer=customer, serial=holding.card_serial, codes=holding.card_codes)
    if holding.otp_secret:
        registry.tokens.add(cx, bank=bank.id, customer=customer, secret=base64.b32decode(holding.otp_secret))
    if person.resident_issued:
        registry.documents.add(cx, customer, Document.RESIDENT, issued_on=person.resident_issued)
    if person.licence:
        registry.documents.add(cx, customer, Document.DRIVER, issued_on=person.licence_issued, number=person.licence)
