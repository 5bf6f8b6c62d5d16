"""What an authority is made of: every part on one store, under one key and by one clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from desktop.banks import Bank
from desktop.services.api import Reason, ServiceError
from desktop.services.authority import purpose
from desktop.services.authority.asked_media import AskedMedia
from desktop.services.authority.asking import AskedDocuments, AskedIdentity
from desktop.services.authority.audit import Audit
from desktop.services.authority.bank import Customers
from desktop.services.authority.ca import CertificateAuthority
from desktop.services.authority.card import Cards
from desktop.services.authority.cloud import Cloud
from desktop.services.authority.codes import Codes
from desktop.services.authority.custody import Custody
from desktop.services.authority.devices import Devices
from desktop.services.authority.documents import Documents
from desktop.services.authority.doorkey import DoorKeys
from desktop.services.authority.enrolments import Enrolments
from desktop.services.authority.estate import Estates, Offices
from desktop.services.authority.exchanges import Exchanges
from desktop.services.authority.idempotency import Calls
from desktop.services.authority.identity import Identity
from desktop.services.authority.journeys import Journeys
from desktop.services.authority.keys import KeyKind, new_key
from desktop.services.authority.making import Maker
from desktop.services.authority.opening import Opening
from desktop.services.authority.orders import Orders
from desktop.services.authority.otp import Tokens
from desktop.services.authority.outbox import Outbox
from desktop.services.authority.outside import Outside, OutsideAuthority, check_same_ca
from desktop.services.authority.phone import Phone
from desktop.services.authority.portfolio import Portfolio
from desktop.services.authority.practice import People
from desktop.services.authority.profile import Names
from desktop.services.authority.shelf import Shelf
from desktop.services.authority.signing import RemoteSigning
from desktop.services.authority.status import StatusService
from desktop.services.authority.store import Store
from desktop.services.authority.terms import Terms
from desktop.services.authority.vault import Vault
from desktop.services.authority.wrapping import Hardness
from desktop.services.hooks.brought import Hooks

#: How long a practice CA has been there when it is made: longer than any certificate of its people.
_PRACTICE_AGE: Final = 1160 * 86_400.0


@dataclass(frozen=True, slots=True)
class Parts:
    """`estates` in practice alone; `asked_media` and `outside` where the bank has brought a hook for them."""

    store: Store
    vault: Vault
    clock: Callable[[], float]
    calls: Calls
    journeys: Journeys
    terms: Terms
    customers: Customers
    identity: Identity
    codes: Codes
    cards: Cards
    tokens: Tokens
    documents: Documents
    phone: Phone
    ca: CertificateAuthority
    status: StatusService
    cloud: Cloud
    maker: Maker
    enrolments: Enrolments
    exchanges: Exchanges
    doorkeys: DoorKeys
    devices: Devices
    opening: Opening
    signing: RemoteSigning
    portfolio: Portfolio
    audit: Audit
    estates: Estates | None
    hooks: Hooks
    outbox: Outbox
    asked_media: AskedMedia | None
    outside: Outside | None


def assemble(
    store: Store,
    vault: Vault,
    clock: Callable[[], float],
    banks: Mapping[str, Bank],
    people: People,
    *,
    practice: bool,
    hardness: Hardness | None = None,
    bank_of: Callable[[str], Bank | None] | None = None,
    home: Path | None = None,
    names: Names | None = None,
    ca_keys: KeyKind = "rsa",
    custody: Custody | None = None,
    hooks: Hooks | None = None,
) -> Parts:
    """Makes the CA's keys on first start, in about a tenth of a second. `hardness` of the PIN's KDF, for tests.

    `bank_of` knows the profile of a bank that is not among `banks`, whose certificates practice people may have.
    `home` is the folder under which practice people have their certificate files (in NPKI); None: nowhere. `names` is
    what new certificates say of their issuer; None: that it is practice.
    `ca_keys` is the kind of a new CA's keys; `custody` tells where they are. `hooks`: what the bank
    has brought of its own, in the place of practice's.
    Raises ServiceError STORE_CORRUPT when the key file is not the one that this store was made with, and OTHER_PURPOSE
    when it was made for practice and this is not, or for another CA, or the other way round.
    """
    trail, brought, post = Audit(vault, clock), hooks or Hooks(), Outbox(clock)
    _check_store(store, vault, practice=practice, outside=brought.issuer is not None)
    cards, tokens = Cards(vault), Tokens(vault, clock)
    telephone = Phone(vault, clock, post.put if brought.gateway else None)
    age = _PRACTICE_AGE if practice else 0.0
    authority = CertificateAuthority(
        store, vault, clock, names=names, age=age, keys=ca_keys, signer=custody.ca if custody else None
    )
    outside = _outside(store, vault, clock, brought)
    if outside:
        authority = outside.ca
    with store.read() as cx:
        shelf = Shelf.of(cx, vault)
    sessions = Journeys(vault, shelf, clock, banks, practice=practice)
    accounts = Cloud(vault, clock, hardness=hardness, keys=brought.keys.take if brought.keys else new_key)
    customers, machines = Customers(vault), Devices(vault, clock)
    calls = Calls(store, vault, trail, clock)
    maker = Maker(authority, accounts)
    offices = Offices(authority, accounts, maker, customers, machines, home)
    return Parts(
        store=store,
        vault=vault,
        clock=clock,
        calls=calls,
        journeys=sessions,
        terms=Terms(clock),
        customers=customers,
        identity=_identity(store, customers, sessions, cards, tokens, brought),
        codes=Codes(vault, clock, telephone),
        cards=cards,
        tokens=tokens,
        documents=_documents(store, vault, sessions, customers, brought),
        phone=telephone,
        ca=authority,
        status=StatusService(authority, clock),
        cloud=accounts,
        maker=maker,
        enrolments=Enrolments(vault, clock),
        exchanges=Exchanges(shelf, clock),
        doorkeys=DoorKeys(store, vault, clock, authority=authority),
        devices=machines,
        opening=Opening(accounts),
        signing=RemoteSigning(store, vault, clock, ca=authority, cloud=accounts),
        portfolio=Portfolio(clock, authority=authority, cloud=accounts, customers=customers),
        audit=trail,
        estates=Estates(store, clock, offices, people.people, bank_of or banks.get) if practice else None,
        hooks=brought,
        outbox=post,
        asked_media=AskedMedia(store, calls, sessions, customers, server=brought.media) if brought.media else None,
        outside=outside,
    )


def _identity(
    store: Store, customers: Customers, sessions: Journeys, cards: Cards, tokens: Tokens, hooks: Hooks
) -> Identity:
    if hooks.directory is None:
        return Identity(customers, sessions, cards, tokens)
    return AskedIdentity(store, customers, sessions, cards, tokens, hooks=hooks)


def _documents(store: Store, vault: Vault, sessions: Journeys, customers: Customers, hooks: Hooks) -> Documents:
    if hooks.directory is None:
        return Documents(vault, sessions)
    return AskedDocuments(store, vault, sessions, customers, directory=hooks.directory)


def _outside(store: Store, vault: Vault, clock: Callable[[], float], hooks: Hooks) -> Outside | None:
    if hooks.issuer is None:
        return None
    kept = Orders(vault, clock)
    return Outside(hooks.issuer, kept, OutsideAuthority(store, vault, clock, issuer=hooks.issuer, orders=kept))


def _check_store(store: Store, vault: Vault, *, practice: bool, outside: bool) -> None:
    """A lost key file would be made anew, and every sealed thing lost without a word: say so instead."""
    mark = vault.digest(b"", "key-check")
    with store.transaction() as cx:
        row = cx.execute("SELECT mark FROM key_check").fetchone()
        if row is None:
            cx.execute("INSERT INTO key_check VALUES (?)", (mark,))
        elif row["mark"] != mark:
            raise ServiceError(Reason.STORE_CORRUPT, detail="server_key")
        purpose.settle(cx, practice=practice, older=row is not None)
        check_same_ca(cx, outside=outside)
