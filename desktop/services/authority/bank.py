"""A bank's customers and accounts, and the check that somebody is one of them."""

from __future__ import annotations

import hmac
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from desktop.secret import Secret
from desktop.services.api import Check, IdentityVerified, Reason, ServiceError, VerifyIdentity
from desktop.services.authority.card import Cards
from desktop.services.authority.inputs import digits
from desktop.services.authority.journeys import Journey, Journeys
from desktop.services.authority.otp import Tokens
from desktop.services.authority.vault import Vault

SCHEMA = """
CREATE TABLE IF NOT EXISTS customer (
    id INTEGER PRIMARY KEY, rrn_digest BLOB NOT NULL UNIQUE, rrn BLOB NOT NULL, name BLOB NOT NULL, phone BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS membership (
    bank TEXT NOT NULL, customer INTEGER NOT NULL REFERENCES customer (id), PRIMARY KEY (bank, customer)
);
CREATE TABLE IF NOT EXISTS account (
    id INTEGER PRIMARY KEY, bank TEXT NOT NULL, customer INTEGER NOT NULL REFERENCES customer (id),
    number_digest BLOB NOT NULL, number BLOB NOT NULL, password BLOB NOT NULL, tries INTEGER NOT NULL DEFAULT 0,
    UNIQUE (bank, number_digest)
);
"""
ASKED = frozenset({"rrn", "account", "account_password"})
ACCOUNT_LENGTHS = tuple(range(10, 17))
_BIRTH_CENTURY = {"9": "18", "0": "18", "1": "19", "2": "19", "5": "19", "6": "19"}


@dataclass(frozen=True, slots=True)
class Customer:
    """Who proved to be one. `birth_date` YYYYMMDD, `phone` digits alone."""

    name: str
    phone: str
    birth_date: str
    rrn: Secret
    account: Secret


class Customers:
    """Personal data is sealed; what must be found or compared is digested under the vault's key."""

    def __init__(self, vault: Vault, journeys: Journeys, cards: Cards, tokens: Tokens) -> None:
        self._vault, self._journeys, self._cards, self._tokens = vault, journeys, cards, tokens

    def add(self, cx: sqlite3.Connection, *, rrn: str, name: str, phone: str) -> int:
        """The customer's row id, which is the same for the same RRN."""
        digest = self._vault.digest(rrn.encode(), "rrn")
        sealed = (self._seal(rrn, "rrn"), self._seal(name, "name"), self._seal(phone, "phone"))
        cx.execute(
            "INSERT OR IGNORE INTO customer (rrn_digest, rrn, name, phone) VALUES (?, ?, ?, ?)", (digest, *sealed)
        )
        row_id: int = cx.execute("SELECT id FROM customer WHERE rrn_digest = ?", (digest,)).fetchone()["id"]
        return row_id

    def join(self, cx: sqlite3.Connection, *, bank: str, customer: int) -> None:
        """To the bank's internet or smart banking, which a certificate needs."""
        cx.execute("INSERT OR IGNORE INTO membership VALUES (?, ?)", (bank, customer))

    def add_account(
        self, cx: sqlite3.Connection, *, bank: str, customer: int, number: str, password: str, tries: int = 0
    ) -> None:
        cursor = cx.execute(
            "INSERT INTO account (bank, customer, number_digest, number, password, tries) VALUES (?, ?, ?, ?, ?, ?)",
            (bank, customer, self._number_digest(bank, number.encode()), self._seal(number, "account"), b"", tries),
        )
        account = cursor.lastrowid or 0
        kept = self._vault.digest(password.encode(), _password_context(account))
        cx.execute("UPDATE account SET password = ? WHERE id = ?", (kept, account))

    def count(self, cx: sqlite3.Connection, journey: Journey, request: VerifyIdentity) -> str:
        """Counts a try: on the account where there is one, else on the journey. The note holds the account and count.

        Raises BAD_REQUEST, ACCOUNT_LOCKED, or IDENTITY_LOCKED, which closes the journey.
        """
        rrn, number = _asked(request)
        limits = journey.bank.policies
        if journey.identity_tries >= limits.identity_tries:
            self._journeys.shut(cx, journey.id)
            raise ServiceError(Reason.IDENTITY_LOCKED, tries_left=0)
        account = self._find(cx, journey, rrn, number)
        if account is None:
            cx.execute("UPDATE journey SET identity_tries = identity_tries + 1 WHERE id = ?", (journey.id,))
            return f"0 {journey.identity_tries + 1}"
        if account["tries"] >= limits.account_tries:
            raise ServiceError(Reason.ACCOUNT_LOCKED, tries_left=0)
        cx.execute("UPDATE account SET tries = tries + 1 WHERE id = ?", (account["id"],))
        return f"{account['id']} {account['tries'] + 1}"

    def check(self, cx: sqlite3.Connection, journey: Journey, request: VerifyIdentity, note: str) -> IdentityVerified:
        """Compares the account password and marks the identity as proven.

        Raises IDENTITY_MISMATCH without saying which part, WRONG_ACCOUNT_PASSWORD, NOT_JOINED, NO_MEDIUM, …_LOCKED.
        """
        account, counted = map(int, note.split())
        limits = journey.bank.policies
        if not account:
            left = limits.identity_tries - counted
            if left > 0:
                raise ServiceError(Reason.IDENTITY_MISMATCH, tries_left=left)
            self._journeys.shut(cx, journey.id)
            raise ServiceError(Reason.IDENTITY_LOCKED, tries_left=0)
        row = cx.execute("SELECT * FROM account WHERE id = ?", (account,)).fetchone()
        with request.fields["account_password"].view() as password:
            given = self._vault.digest(password, _password_context(account))
        if not hmac.compare_digest(row["password"], given):
            left = max(limits.account_tries - counted, 0)
            reason = Reason.WRONG_ACCOUNT_PASSWORD if left else Reason.ACCOUNT_LOCKED
            raise ServiceError(reason, field="account_password", tries_left=left)
        # Forgives the tries up to this one, not one that began meanwhile.
        cx.execute("UPDATE account SET tries = max(0, tries - ?) WHERE id = ?", (counted, account))
        return self._verified(cx, journey, row["customer"], account)

    @contextmanager
    def known(self, cx: sqlite3.Connection, journey: Journey) -> Iterator[Customer]:
        """The customer of a journey, in clear for the length of the block. Raises OUT_OF_ORDER before the identity."""
        row = cx.execute("SELECT * FROM customer WHERE id = ?", (journey.owner(),)).fetchone()
        account = cx.execute("SELECT number FROM account WHERE id = ?", (journey.account,)).fetchone()
        rrn = Secret(self._vault.unseal(row["rrn"], "rrn"))
        number = Secret(self._vault.unseal(account["number"], "account"))
        name, phone = (self._vault.unseal(row[part], part).decode() for part in ("name", "phone"))
        try:
            yield Customer(name=name, phone=phone, birth_date=_birth_date(rrn), rrn=rrn, account=number)
        finally:
            rrn.wipe()
            number.wipe()

    def _verified(self, cx: sqlite3.Connection, journey: Journey, customer: int, account: int) -> IdentityVerified:
        bank = journey.bank
        if not cx.execute("SELECT 1 FROM membership WHERE bank = ? AND customer = ?", (bank.id, customer)).fetchone():
            raise ServiceError(Reason.NOT_JOINED)
        held = {*self._cards.held(cx, bank.id, customer), *self._tokens.held(cx, bank.id, customer)}
        media = tuple(medium for medium in bank.policies.media if medium in held)
        if not media and Check.MEDIUM in journey.checks:
            raise ServiceError(Reason.NO_MEDIUM)
        cx.execute("UPDATE journey SET customer = ?, account = ? WHERE id = ?", (customer, account, journey.id))
        self._journeys.mark_done(cx, journey, Check.IDENTITY)
        row = cx.execute("SELECT name, phone FROM customer WHERE id = ?", (customer,)).fetchone()
        name, phone = (self._vault.unseal(row[part], part).decode() for part in ("name", "phone"))
        return IdentityVerified(masked_name(name), masked_phone(phone), media, bank.policies.channels)

    def _find(self, cx: sqlite3.Connection, journey: Journey, rrn: Secret, number: Secret) -> sqlite3.Row | None:
        """The account, if RRN and number belong together and, after a restart, to the person of this journey."""
        with rrn.view() as rrn_view, number.view() as number_view:
            rrn_digest = self._vault.digest(rrn_view, "rrn")
            number_digest = self._number_digest(journey.bank.id, number_view)
        row: sqlite3.Row | None = cx.execute(
            "SELECT account.* FROM account JOIN customer ON customer.id = account.customer"
            " WHERE account.bank = ? AND number_digest = ? AND rrn_digest = ? AND ifnull(?, customer.id) = customer.id",
            (journey.bank.id, number_digest, rrn_digest, journey.customer),
        ).fetchone()
        return row

    def _number_digest(self, bank: str, number: bytes | memoryview) -> bytes:
        return self._vault.digest(number, f"account:{bank}")

    def _seal(self, text: str, context: str) -> bytes:
        return self._vault.seal(text.encode(), context)


def masked_name(name: str) -> str:
    """김우체 → 김*체, 남궁우체 → 남**체, 이산 → 이*."""
    return name[:1] + "*" * max(len(name) - 2, 1) + (name[-1] if len(name) > 2 else "")


def masked_phone(phone: str) -> str:
    """01000001234 → 010-****-1234."""
    return f"{phone[:3]}-{'*' * (len(phone) - 7)}-{phone[-4:]}"


def _asked(request: VerifyIdentity) -> tuple[Secret, Secret]:
    unknown = request.fields.keys() - ASKED
    if unknown:
        raise ServiceError(Reason.BAD_REQUEST, field=min(unknown))
    rrn = digits(request.fields.get("rrn"), "rrn", 13)
    number = digits(request.fields.get("account"), "account", *ACCOUNT_LENGTHS)
    digits(request.fields.get("account_password"), "account_password", 4)
    return rrn, number


def _birth_date(rrn: Secret) -> str:
    with rrn.view() as view:
        head = bytes(view[:7]).decode()
    return _BIRTH_CENTURY.get(head[6], "20") + head[:6]


def _password_context(account: int) -> str:
    return f"account-password:{account}"
