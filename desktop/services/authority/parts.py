"""What an authority is made of: every part on one store, under one key and by one clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from desktop.banks import Bank
from desktop.services.api import Reason, ServiceError
from desktop.services.authority import (
    audit,
    bank,
    ca,
    card,
    cloud,
    codes,
    idempotency,
    journeys,
    otp,
    phone,
    signing,
    terms,
)
from desktop.services.authority.audit import Audit
from desktop.services.authority.bank import Customers
from desktop.services.authority.ca import CertificateAuthority
from desktop.services.authority.card import Cards
from desktop.services.authority.cloud import Cloud
from desktop.services.authority.codes import Codes
from desktop.services.authority.idempotency import Calls
from desktop.services.authority.journeys import Journeys
from desktop.services.authority.otp import Tokens
from desktop.services.authority.phone import Phone
from desktop.services.authority.signing import RemoteSigning
from desktop.services.authority.status import StatusService
from desktop.services.authority.store import Store
from desktop.services.authority.terms import Terms
from desktop.services.authority.vault import Vault
from desktop.services.authority.wrapping import Hardness

_KEY_CHECK: Final = "CREATE TABLE IF NOT EXISTS key_check (mark BLOB NOT NULL)"
SCHEMAS: Final = (
    _KEY_CHECK,
    *(m.SCHEMA for m in (audit, bank, ca, card, cloud, codes, idempotency, journeys, otp, phone, signing, terms)),
)


@dataclass(frozen=True, slots=True)
class Parts:
    store: Store
    clock: Callable[[], float]
    calls: Calls
    journeys: Journeys
    terms: Terms
    customers: Customers
    codes: Codes
    cards: Cards
    tokens: Tokens
    phone: Phone
    ca: CertificateAuthority
    status: StatusService
    cloud: Cloud
    signing: RemoteSigning
    audit: Audit


def assemble(
    store: Store,
    vault: Vault,
    clock: Callable[[], float],
    banks: Mapping[str, Bank],
    messages: Mapping[str, str],
    *,
    practice: bool,
    hardness: Hardness | None = None,
) -> Parts:
    """Makes the CA's keys on first start, in about a tenth of a second. `hardness` of the PIN's KDF, for tests.

    Raises ServiceError STORE_CORRUPT when the key file is not the one that this store was made with.
    """
    _check_key(store, vault)
    trail = Audit(vault, clock)
    sessions = Journeys(vault, clock, banks, practice=practice)
    cards, tokens, telephone = Cards(vault), Tokens(vault, clock), Phone(vault, clock)
    authority, accounts = CertificateAuthority(store, vault, clock), Cloud(vault, clock, hardness=hardness)
    return Parts(
        store=store,
        clock=clock,
        calls=Calls(store, vault, trail, clock),
        journeys=sessions,
        terms=Terms(clock),
        customers=Customers(vault, sessions, cards, tokens),
        codes=Codes(vault, clock, telephone, messages),
        cards=cards,
        tokens=tokens,
        phone=telephone,
        ca=authority,
        status=StatusService(authority, clock),
        cloud=accounts,
        signing=RemoteSigning(store, vault, clock, ca=authority, cloud=accounts),
        audit=trail,
    )


def _check_key(store: Store, vault: Vault) -> None:
    """A lost key file would be made anew, and every sealed thing lost without a word: say so instead."""
    mark = vault.digest(b"", "key-check")
    with store.transaction() as cx:
        row = cx.execute("SELECT mark FROM key_check").fetchone()
        if row is None:
            cx.execute("INSERT INTO key_check VALUES (?)", (mark,))
        elif row["mark"] != mark:
            raise ServiceError(Reason.STORE_CORRUPT, detail="server_key")
