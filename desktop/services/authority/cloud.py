"""The cloud: accounts, keys that only their PIN together with the server's own key can open, and what is elsewhere."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from desktop.secret import Secret
from desktop.services.api import Kind, Reason, Renewal, ServiceError
from desktop.services.authority.ca import IssuedCertificate
from desktop.services.authority.connection import Connection, Row
from desktop.services.authority.keys import PublicKey, key_bytes, new_key
from desktop.services.authority.vault import Vault
from desktop.services.authority.wrapping import Hardness, KeyWrapper, WrappedKey
from desktop.services.npki.vid import RANDOM_BYTES

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS cloud_accounts (
    id INTEGER PRIMARY KEY,
    customer TEXT NOT NULL UNIQUE,
    opened_at INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS cloud_credentials (
    id TEXT PRIMARY KEY,
    account INTEGER NOT NULL REFERENCES cloud_accounts,
    serial TEXT NOT NULL UNIQUE,
    certificate BLOB NOT NULL,
    sealed_random BLOB NOT NULL,
    wrapped_key BLOB NOT NULL,
    salt BLOB NOT NULL,
    iterations INTEGER NOT NULL,
    lanes INTEGER NOT NULL,
    memory_kib INTEGER NOT NULL,
    wrong_pins INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    bank TEXT NOT NULL DEFAULT '',
    kind TEXT NOT NULL DEFAULT 'financial',
    usage TEXT NOT NULL DEFAULT '',
    renewal TEXT NOT NULL DEFAULT 'check',
    limited INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX IF NOT EXISTS cloud_by_account ON cloud_credentials (account);
"""


@dataclass(frozen=True, slots=True)
class PreparedKey:
    """A new key pair that no certificate has yet; `random` is the R for the VID."""

    public_key: PublicKey
    random: bytes = field(repr=False)
    record: WrappedKey


@dataclass(frozen=True, slots=True)
class Account:
    id: int
    new: bool


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a certificate was issued as: by which bank, of which kind, for which use, and how it is renewed."""

    bank: str
    kind: Kind
    usage: str
    renewal: Renewal


@dataclass(frozen=True, slots=True)
class Credential:
    """A certificate of an account, and its key. That of a mobile one is on the phone, of a joint one with its owner."""

    id: str
    account: int
    serial: int
    certificate: bytes = field(repr=False)
    wrong_pins: int
    record: WrappedKey = field(repr=False)
    purpose: Purpose


class Cloud:
    """Slow work (`prepare_key`, `unlock`) runs outside any transaction, in a worker thread."""

    def __init__(
        self,
        vault: Vault,
        clock: Callable[[], float],
        *,
        hardness: Hardness | None = None,
        keys: Callable[[], RSAPrivateKey] = new_key,
    ) -> None:
        """`keys`: where the next key pair comes from."""
        self._vault, self._keys = vault, keys
        self._clock = clock
        self._wrapper = KeyWrapper(vault, hardness or Hardness())

    def open_account(self, cx: Connection, customer: str) -> Account:
        """The customer's one account, opened where there was none."""
        made = cx.execute(
            "INSERT INTO cloud_accounts (customer, opened_at) VALUES (?, ?)"
            " ON CONFLICT (customer) DO NOTHING RETURNING id",
            (customer, int(self._clock())),
        ).fetchone()
        if made is not None:
            return Account(made["id"], new=True)
        known = self.find_account(cx, customer)
        assert known is not None
        return Account(known, new=False)

    def find_account(self, cx: Connection, customer: str) -> int | None:
        row = cx.execute("SELECT id FROM cloud_accounts WHERE customer = ?", (customer,)).fetchone()
        return row["id"] if row else None

    def prepare_key(self, pin: Secret) -> PreparedKey:
        """Key pair, R and wrapping: about a quarter of a second. The caller wipes the PIN."""
        key = self._keys()
        record = self._wrapper.wrap(secrets.token_hex(16), key_bytes(key), pin)
        return PreparedKey(key.public_key(), secrets.token_bytes(RANDOM_BYTES), record)

    def prepare_phone_key(self) -> PreparedKey:
        """As the phone of practice makes it and shows its public half: the private one never comes here."""
        return foreign_key(new_key().public_key(), secrets.token_bytes(RANDOM_BYTES))

    def store_credential(
        self, cx: Connection, account: int, prepared: PreparedKey, issued: IssuedCertificate, purpose: Purpose
    ) -> str:
        """Keeps key, R and certificate together; the credential's id."""
        record = prepared.record
        cx.execute(
            "INSERT INTO cloud_credentials (id, account, serial, certificate, sealed_random, wrapped_key, salt,"
            " iterations, lanes, memory_kib, created_at, bank, kind, usage, renewal)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                record.credential_id,
                account,
                str(issued.serial),
                issued.der,
                self._vault.seal(prepared.random, _random_context(record.credential_id)),
                record.wrapped,
                record.salt,
                record.hardness.iterations,
                record.hardness.lanes,
                record.hardness.memory_kib,
                int(self._clock()),
                purpose.bank,
                purpose.kind.value,
                purpose.usage,
                purpose.renewal.value,
            ),
        )
        return record.credential_id

    def rewrap(self, record: WrappedKey, key: Secret, pin: Secret) -> WrappedKey:
        """The same key under another PIN, in 0.2 s and outside any transaction. The caller wipes both secrets."""
        return self._wrapper.wrap(record.credential_id, key.view(), pin)

    def replace_key(self, cx: Connection, record: WrappedKey) -> None:
        """Keeps what `rewrap` made: from here on the old PIN opens nothing."""
        hardness = (record.hardness.iterations, record.hardness.lanes, record.hardness.memory_kib)
        cx.execute(
            "UPDATE cloud_credentials SET wrapped_key = ?, salt = ?, iterations = ?, lanes = ?, memory_kib = ?"
            " WHERE id = ?",
            (record.wrapped, record.salt, *hardness, record.credential_id),
        )

    def replace_certificate(self, cx: Connection, credential_id: str, issued: IssuedCertificate) -> None:
        """A newer certificate for the same key, which stays under the same PIN."""
        values = (str(issued.serial), issued.der, credential_id)
        cx.execute("UPDATE cloud_credentials SET serial = ?, certificate = ? WHERE id = ?", values)

    def credentials(self, cx: Connection, account: int) -> tuple[Credential, ...]:
        """Oldest first."""
        rows = cx.execute(
            "SELECT cloud_credentials.* FROM cloud_credentials"
            " JOIN ca_certificates ON ca_certificates.serial = cloud_credentials.serial"
            " WHERE account = ? ORDER BY sequence",
            (account,),
        )
        return tuple(map(credential_of, rows))

    def by_serial(self, cx: Connection, serial: int) -> Credential | None:
        """Whose it is, if anybody's."""
        row = cx.execute("SELECT * FROM cloud_credentials WHERE serial = ?", (str(serial),)).fetchone()
        return credential_of(row) if row else None

    def credential(self, cx: Connection, account: int, credential_id: str) -> Credential:
        """Raises ServiceError NO_CERTIFICATE, for somebody else's as for one that never was."""
        row = cx.execute(
            "SELECT * FROM cloud_credentials WHERE id = ? AND account = ?", (credential_id, account)
        ).fetchone()
        if row is None:
            raise ServiceError(Reason.NO_CERTIFICATE)
        return credential_of(row)

    def random(self, cx: Connection, account: int, credential_id: str) -> bytes:
        """R, with which the owner shows that the VID is theirs. Raises as `credential`."""
        self.credential(cx, account, credential_id)
        row = cx.execute("SELECT sealed_random FROM cloud_credentials WHERE id = ?", (credential_id,)).fetchone()
        return self._vault.unseal(row["sealed_random"], _random_context(credential_id))

    def count_try(self, cx: Connection, credential_id: str, *, pin_tries: int) -> int:
        """Counts a try and says how many in a row that makes. Raises ServiceError PIN_LOCKED after `pin_tries`.

        Commit before the PIN is looked at: then neither a crash nor many tries at once gain one.
        """
        row = cx.execute(
            "UPDATE cloud_credentials SET wrong_pins = wrong_pins + 1 WHERE id = ? AND wrong_pins < ?"
            " RETURNING wrong_pins",
            (credential_id, pin_tries),
        ).fetchone()
        if row is None:
            raise ServiceError(Reason.PIN_LOCKED, field="pin", tries_left=0)
        counted: int = row["wrong_pins"]
        return counted

    def forgive(self, cx: Connection, credential_id: str, counted: int) -> None:
        """After the right PIN: forgets the tries up to this one, not one that began meanwhile."""
        cx.execute(
            "UPDATE cloud_credentials SET wrong_pins = CASE WHEN wrong_pins > ? THEN wrong_pins - ? ELSE 0 END"
            " WHERE id = ?",
            (counted, counted, credential_id),
        )

    def unlock(self, record: WrappedKey, pin: Secret) -> Secret:
        """The PKCS#8 DER, to be wiped. Raises ServiceError WRONG_PIN. Only after `count_try`, outside a transaction."""
        return self._wrapper.unwrap(record, pin)


def foreign_key(public_key: PublicKey, random: bytes = b"") -> PreparedKey:
    """A key that is kept elsewhere; R too, where it is left out."""
    return PreparedKey(public_key, random, WrappedKey(secrets.token_hex(16), b"", b"", Hardness(0, 0, 0)))


def credential_of(row: Row) -> Credential:
    hardness = Hardness(row["iterations"], row["lanes"], row["memory_kib"])
    return Credential(
        id=row["id"],
        account=row["account"],
        serial=int(row["serial"]),
        certificate=row["certificate"],
        wrong_pins=row["wrong_pins"],
        record=WrappedKey(row["id"], row["wrapped_key"], row["salt"], hardness),
        purpose=Purpose(row["bank"], Kind(row["kind"]), row["usage"], Renewal(row["renewal"])),
    )


def _random_context(credential_id: str) -> str:
    return f"cloud:random:{credential_id}"
