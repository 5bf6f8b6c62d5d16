"""What an authority is made of: every part on one store, under one key and by one clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from desktop.banks import Bank
from desktop.services.api import Reason, ServiceError
from desktop.services.authority import (
    asked_media,
    audit,
    bank,
    ca,
    card,
    cloud,
    codes,
    devices,
    documents,
    doorkey,
    enrolments,
    estate,
    exchanges,
    founding,
    idempotency,
    journeys,
    losses,
    orders,
    otp,
    outbox,
    phone,
    portfolio,
    purpose,
    signing,
    terms,
)
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
from desktop.services.authority.outside import Outside, OutsideAuthority
from desktop.services.authority.phone import Phone
from desktop.services.authority.portfolio import Portfolio
from desktop.services.authority.practice import People
from desktop.services.authority.profile import Names
from desktop.services.authority.signing import RemoteSigning
from desktop.services.authority.status import StatusService
from desktop.services.authority.store import Store
from desktop.services.authority.terms import Terms
from desktop.services.authority.vault import Vault
from desktop.services.authority.wrapping import Hardness
from desktop.services.hooks.brought import Hooks

_KEY_CHECK: Final = "CREATE TABLE IF NOT EXISTS key_check (mark BLOB NOT NULL)"
#: Each after those that its tables refer to.
_MODULES: Final = (
    bank,
    ca,
    cloud,
    journeys,
    asked_media,
    audit,
    card,
    codes,
    devices,
    documents,
    doorkey,
    enrolments,
    estate,
    exchanges,
    founding,
    idempotency,
    losses,
    orders,
    otp,
    outbox,
    phone,
    portfolio,
    purpose,
    signing,
    terms,
)
SCHEMAS: Final = (_KEY_CHECK, *(module.SCHEMA for module in _MODULES))
#: From the schema of a version to the next, for files that exist.
UPGRADES: Final = {
    1: (
        "ALTER TABLE membership ADD COLUMN user_id BLOB",
        "ALTER TABLE ca_certificates ADD COLUMN held_until INTEGER",
        "ALTER TABLE journey ADD COLUMN changed BLOB",
        "ALTER TABLE journey ADD COLUMN document_tries INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE journey ADD COLUMN password_tries INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE journey ADD COLUMN opened TEXT",
        "ALTER TABLE journey ADD COLUMN device TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE cloud_credentials ADD COLUMN bank TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE cloud_credentials ADD COLUMN kind TEXT NOT NULL DEFAULT 'financial'",
        "ALTER TABLE cloud_credentials ADD COLUMN usage TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE cloud_credentials ADD COLUMN renewal TEXT NOT NULL DEFAULT 'check'",
        "ALTER TABLE cloud_credentials ADD COLUMN limited INTEGER NOT NULL DEFAULT 0",
        # Every certificate of that version was issued in a journey of its owner's.
        "UPDATE cloud_credentials SET bank = coalesce((SELECT journey.bank FROM journey"
        " JOIN cloud_accounts ON cloud_accounts.customer = CAST(journey.customer AS TEXT)"
        " WHERE cloud_accounts.id = cloud_credentials.account AND journey.issued IS NOT NULL LIMIT 1), '')",
    ),
    2: (
        estate.SCHEMA,
        "ALTER TABLE journey DROP COLUMN password_tries",
        # The keys of joint certificates of that version lay in the cloud, and no file of them exists. They are
        # revoked; practice people get theirs anew, as files, when they next show up.
        "UPDATE ca_certificates SET status = 'revoked', reason = 'cessation_of_operation', held_until = NULL,"
        " changed_at = CAST(strftime('%s', 'now') AS INTEGER)"
        " WHERE status <> 'revoked' AND serial IN (SELECT serial FROM cloud_credentials WHERE kind = 'joint')",
        "UPDATE ca_crl SET stale = 1",
        "UPDATE cloud_credentials SET wrapped_key = x'', salt = x'', sealed_random = x'' WHERE kind = 'joint'",
        "DELETE FROM estate WHERE customer IN (SELECT CAST(customer AS INTEGER) FROM cloud_accounts"
        " JOIN cloud_credentials ON account = cloud_accounts.id WHERE kind = 'joint')",
    ),
}
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
    when it was made for practice and this is not, or the other way round.
    """
    _check_store(store, vault, practice=practice)
    trail, brought, post = Audit(vault, clock), hooks or Hooks(), Outbox(clock)
    sessions = Journeys(vault, clock, banks, practice=practice)
    cards, tokens = Cards(vault), Tokens(vault, clock)
    telephone = Phone(vault, clock, post.put if brought.gateway else None)
    age = _PRACTICE_AGE if practice else 0.0
    authority = CertificateAuthority(
        store, vault, clock, names=names, age=age, keys=ca_keys, signer=custody.ca if custody else None
    )
    outside = _outside(store, vault, clock, brought)
    if outside:
        authority = outside.ca
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
        exchanges=Exchanges(vault, clock),
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


def _check_store(store: Store, vault: Vault, *, practice: bool) -> None:
    """A lost key file would be made anew, and every sealed thing lost without a word: say so instead."""
    mark = vault.digest(b"", "key-check")
    with store.transaction() as cx:
        row = cx.execute("SELECT mark FROM key_check").fetchone()
        if row is None:
            cx.execute("INSERT INTO key_check VALUES (?)", (mark,))
        elif row["mark"] != mark:
            raise ServiceError(Reason.STORE_CORRUPT, detail="server_key")
        purpose.settle(cx, practice=practice, older=row is not None)
