"""A bank's customers and accounts: entered, found by what they tell of themselves, and read for a block's length."""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from desktop.secret import Secret
from desktop.services.authority.connection import Connection, Row
from desktop.services.authority.journeys import Journey
from desktop.services.authority.vault import Vault
from desktop.services.hooks.directory import Person

SCHEMA = """
CREATE TABLE IF NOT EXISTS customer (
    id INTEGER PRIMARY KEY, rrn_digest BLOB NOT NULL UNIQUE, rrn BLOB NOT NULL, name BLOB NOT NULL, phone BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS membership (
    bank TEXT NOT NULL, customer INTEGER NOT NULL REFERENCES customer (id), user_id BLOB, PRIMARY KEY (bank, customer)
);
CREATE TABLE IF NOT EXISTS account (
    id INTEGER PRIMARY KEY, bank TEXT NOT NULL, customer INTEGER NOT NULL REFERENCES customer (id),
    number_digest BLOB NOT NULL, number BLOB NOT NULL, password BLOB NOT NULL, tries INTEGER NOT NULL DEFAULT 0,
    UNIQUE (bank, number_digest)
);
CREATE INDEX IF NOT EXISTS account_by_customer ON account (customer, bank);
CREATE INDEX IF NOT EXISTS membership_by_user ON membership (bank, user_id) WHERE user_id IS NOT NULL;
CREATE TABLE IF NOT EXISTS bank_reference (
    bank TEXT NOT NULL, customer INTEGER NOT NULL REFERENCES customer (id), reference BLOB NOT NULL,
    PRIMARY KEY (bank, customer)
);
"""
_BIRTH_CENTURY = {"9": "18", "0": "18", "1": "19", "2": "19", "5": "19", "6": "19"}


@dataclass(frozen=True, slots=True)
class Customer:
    """Who proved to be one. `birth_date` YYYYMMDD, `phone` digits alone; `account` is empty for who has none here."""

    name: str
    phone: str
    birth_date: str
    rrn: Secret
    account: Secret


@dataclass(frozen=True, slots=True)
class Match:
    """Row ids of a customer and of their account here: the one that was told, or their first, or none."""

    customer: int
    account: int | None = None


class Customers:
    """Personal data is sealed; what must be found or compared is digested under the vault's key."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def add(self, cx: Connection, *, rrn: str, name: str, phone: str) -> int:
        """The customer's row id, which is the same for the same RRN."""
        digest = self._vault.digest(rrn.encode(), "rrn")
        sealed = (self._seal(rrn, "rrn"), self._seal(name, "name"), self._seal(phone, "phone"))
        cx.execute(
            "INSERT INTO customer (rrn_digest, rrn, name, phone) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (digest, *sealed),
        )
        row_id: int = cx.execute("SELECT id FROM customer WHERE rrn_digest = ?", (digest,)).fetchone()["id"]
        return row_id

    def by_rrn(self, cx: Connection, rrn: str) -> int | None:
        digest = self._vault.digest(rrn.encode(), "rrn")
        row = cx.execute("SELECT id FROM customer WHERE rrn_digest = ?", (digest,)).fetchone()
        return row["id"] if row else None

    def join(self, cx: Connection, *, bank: str, customer: int, user_id: str = "") -> None:
        """To the bank's internet or smart banking, which a certificate needs."""
        digest = self._user_digest(bank, user_id.encode()) if user_id else None
        cx.execute("INSERT INTO membership VALUES (?, ?, ?) ON CONFLICT DO NOTHING", (bank, customer, digest))

    def has_joined(self, cx: Connection, bank: str, customer: int) -> bool:
        row = cx.execute("SELECT 1 FROM membership WHERE bank = ? AND customer = ?", (bank, customer)).fetchone()
        return row is not None

    def add_account(
        self, cx: Connection, *, bank: str, customer: int, number: str, password: str, tries: int = 0
    ) -> None:
        account = cx.execute(
            "INSERT INTO account (bank, customer, number_digest, number, password, tries) VALUES (?, ?, ?, ?, ?, ?)"
            " RETURNING id",
            (bank, customer, self._number_digest(bank, number.encode()), self._seal(number, "account"), b"", tries),
        ).fetchone()["id"]
        kept = self._vault.digest(password.encode(), _password_context(account))
        cx.execute("UPDATE account SET password = ? WHERE id = ?", (kept, account))

    def welcome(self, cx: Connection, bank: str, person: Person) -> Match:
        """Enters whom the bank's own directory knows, or what it knows anew of them."""
        customer = self.add(cx, rrn=person.rrn.reveal(), name=person.name, phone=person.phone)
        sealed = (self._seal(person.name, "name"), self._seal(person.phone, "phone"), customer)
        cx.execute("UPDATE customer SET name = ?, phone = ? WHERE id = ?", sealed)
        cx.execute(
            "INSERT INTO bank_reference VALUES (?, ?, ?)"
            " ON CONFLICT (bank, customer) DO UPDATE SET reference = excluded.reference",
            (bank, customer, self._seal(person.id, "reference")),
        )
        if person.joined:
            self.join(cx, bank=bank, customer=customer)
        if not person.account:
            return Match(customer)
        # Its password stays with the bank.
        account = cx.execute(
            "INSERT INTO account (bank, customer, number_digest, number, password) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (bank, number_digest) DO UPDATE SET customer = excluded.customer RETURNING id",
            (
                bank,
                customer,
                self._number_digest(bank, person.account.encode()),
                self._seal(person.account, "account"),
                b"",
            ),
        ).fetchone()
        return Match(customer, account["id"])

    def reference(self, cx: Connection, bank: str, customer: int) -> str:
        """The bank's own id of a customer whom its directory has told of; empty for another."""
        row = cx.execute(
            "SELECT reference FROM bank_reference WHERE bank = ? AND customer = ?", (bank, customer)
        ).fetchone()
        return self._vault.unseal(row["reference"], "reference").decode() if row else ""

    def find(self, cx: Connection, bank: str, told: Mapping[str, Secret], *, only: int | None) -> Match | None:
        """Who all of this fits: rrn, account, user_id, phone. `only`: the one customer that it may be, if any."""
        rrn = self._told(told, "rrn", "rrn")
        account = self._told(told, "account", f"account:{bank}")
        user_id = self._told(told, "user_id", f"user:{bank}")
        fits = {"rrn_digest": rrn, "number_digest": account, "user_id": user_id, "customer.id": only}
        # Only what was told, so that the database finds it by an index.
        given = {column: value for column, value in fits.items() if value is not None}
        if not given:
            return None
        row = cx.execute(
            "SELECT customer.*, account.id AS account FROM customer"  # noqa: S608 - columns of the dict above
            " LEFT JOIN account ON account.customer = customer.id AND account.bank = ?"
            " LEFT JOIN membership ON membership.customer = customer.id AND membership.bank = ?"
            f" WHERE {' AND '.join(f'{column} = ?' for column in given)} ORDER BY account.id",
            (bank, bank, *given.values()),
        ).fetchone()
        if row is None or not self._is_phone(row, told.get("phone")):
            return None
        return Match(row["id"], row["account"])

    def owns_phone(self, cx: Connection, customer: int, phone: str) -> bool:
        row = cx.execute("SELECT phone FROM customer WHERE id = ?", (customer,)).fetchone()
        return self._is_phone(row, Secret.of(phone))

    def is_password(self, cx: Connection, account: int, password: Secret) -> bool:
        row = cx.execute("SELECT password FROM account WHERE id = ?", (account,)).fetchone()
        with password.view() as view:
            return hmac.compare_digest(row["password"], self._vault.digest(view, _password_context(account)))

    def known(self, cx: Connection, journey: Journey) -> AbstractContextManager[Customer]:
        """The customer of a journey, in clear for the length of the block. Raises OUT_OF_ORDER before the identity."""
        return self.person(cx, journey.owner(), account=journey.account)

    @contextmanager
    def person(self, cx: Connection, customer: int, *, account: int | None = None) -> Iterator[Customer]:
        """By row id."""
        row = cx.execute("SELECT * FROM customer WHERE id = ?", (customer,)).fetchone()
        held = account and cx.execute("SELECT number FROM account WHERE id = ?", (account,)).fetchone()
        rrn = Secret(self._vault.unseal(row["rrn"], "rrn"))
        number = Secret(self._vault.unseal(held["number"], "account")) if held else Secret()
        name, phone = (self._vault.unseal(row[part], part).decode() for part in ("name", "phone"))
        try:
            yield Customer(name=name, phone=phone, birth_date=_birth_date(rrn), rrn=rrn, account=number)
        finally:
            rrn.wipe()
            number.wipe()

    def name(self, cx: Connection, customer: int) -> str:
        """By row id, as it may be shown: masked."""
        row = cx.execute("SELECT name FROM customer WHERE id = ?", (customer,)).fetchone()
        return masked_name(self._vault.unseal(row["name"], "name").decode())

    def _told(self, told: Mapping[str, Secret], name: str, context: str) -> bytes | None:
        if name not in told:
            return None
        with told[name].view() as view:
            return self._vault.digest(view, context)

    def _is_phone(self, row: Row, told: Secret | None) -> bool:
        """Right too where none was told."""
        if told is None:
            return True
        with told.view() as view:
            return hmac.compare_digest(self._vault.unseal(row["phone"], "phone"), bytes(view))

    def _number_digest(self, bank: str, number: bytes | memoryview) -> bytes:
        return self._vault.digest(number, f"account:{bank}")

    def _user_digest(self, bank: str, user_id: bytes | memoryview) -> bytes:
        return self._vault.digest(user_id, f"user:{bank}")

    def _seal(self, text: str, context: str) -> bytes:
        return self._vault.seal(text.encode(), context)


def masked_name(name: str) -> str:
    """김우체 → 김*체, 남궁우체 → 남**체, 이산 → 이*."""
    return name[:1] + "*" * max(len(name) - 2, 1) + (name[-1] if len(name) > 2 else "")


def masked_phone(phone: str) -> str:
    """01000001234 → 010-0000-****, as the person's own answer is masked: two ways of masking would tell it all."""
    return f"{phone[:3]}-{phone[3:-4]}-****"


def _birth_date(rrn: Secret) -> str:
    with rrn.view() as view:
        head = bytes(view[:7]).decode()
    return _BIRTH_CENTURY.get(head[6], "20") + head[:6]


def _password_context(account: int) -> str:
    return f"account-password:{account}"
