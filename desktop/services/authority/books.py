"""The balance of a store: what must hold between its tables, whatever was killed, filled up or restored meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Final

import msgspec
from cryptography import x509

from desktop.banks import Bank
from desktop.services.api import Check, Reason, ServiceError
from desktop.services.authority import founding
from desktop.services.authority.audit import OK, Audit
from desktop.services.authority.belonging import Belonging
from desktop.services.authority.card import POSITIONS
from desktop.services.authority.connection import Connection, Row
from desktop.services.authority.enrolments import CODE_TRIES
from desktop.services.authority.shelf import Shelf
from desktop.services.authority.status import CRL_LIFE
from desktop.services.authority.tally import Imbalance, pages
from desktop.services.authority.vault import Vault

#: Columns that open under the vault's key alone, each with the context it was sealed in.
_SEALED: Final = (
    ("customer", "rrn", "rrn"),
    ("customer", "name", "name"),
    ("customer", "phone", "phone"),
    ("account", "number", "account"),
    ("card", "serial", "card-serial"),
    ("token", "secret", "otp"),
    ("phone_event", "message", "phone-event"),
    ("ca_door", "sealed_key", "ca:door"),
)
#: A certificate was handed over, in the words of the audit trail.
_HANDED_OVER: Final = ("issue", "pkix certconf", "press issue")


@dataclass(frozen=True, slots=True)
class Balance:
    """How much was looked at, and what is wrong with it."""

    certificates: int
    calls: int
    audit: int
    wrong: tuple[Imbalance, ...]


def balance(cx: Connection, vault: Vault, banks: Mapping[str, Bank], clock: Callable[[], float]) -> Balance:
    """On one consistent look at the store. `banks` whose limits are compared; those of others are not known."""
    mark = cx.execute("SELECT mark FROM key_check").fetchone()
    if mark is None or mark["mark"] != vault.digest(b"", "key-check"):
        return Balance(0, 0, 0, (Imbalance("server_key"),))
    try:
        known = founding.look(cx, vault)
    except ServiceError:
        known = None
    if known is None:
        return Balance(0, 0, 0, (Imbalance("ca"),))
    issuer = known[0]
    belonging = Belonging(cx, vault, Shelf.of(cx, vault), banks, issuer, clock())
    wrong = list(belonging.wrong())
    calls = list(_calls(cx, vault, belonging.ledger))
    audit = _audit(cx, vault)
    wrong += [found for found in calls if found is not None]
    wrong += [] if audit is not None else [Imbalance("audit")]
    wrong += [*_handed_over(cx), *_crl(cx, issuer), *_limits(cx, banks), *_proofs(cx), *_sealed(cx, vault)]
    return Balance(len(belonging.ledger), len(calls), audit or 0, tuple(wrong))


def _audit(cx: Connection, vault: Vault) -> int | None:
    """How many rows; None for a broken chain."""
    try:
        return Audit(vault, _never).verify_chain(cx)
    except ServiceError:
        return None


def _calls(cx: Connection, vault: Vault, serials: Set[str]) -> Iterator[Imbalance | None]:
    """One for each call, None where it is right. Who asks again is told of a certificate that the ledger has."""
    references = {row["reference"] for row in cx.execute("SELECT reference FROM enrolment")}
    for row in pages(cx, "SELECT * FROM call WHERE true", by="key"):
        try:
            told = _outcome(vault, row)
        except (ServiceError, msgspec.DecodeError, ValueError):
            yield Imbalance("call", row["key"])
            continue
        lost = "certificate" in told and told.get("serial") not in serials
        lost = lost or ("reference" in told and told["reference"] not in references)
        yield Imbalance("call_lost", row["key"]) if lost else None


def _outcome(vault: Vault, row: Row) -> Mapping[str, object]:
    """What a call came to, by name; nothing for one that is claimed or answered without a word.

    Raises ValueError for a state that is none, and what it raises that cannot be opened or read.
    """
    if row["state"] == "claimed" and row["result"] is None:
        return {}
    if row["state"] not in {"answered", "refused"}:
        raise ValueError(row["state"])
    told = msgspec.msgpack.decode(vault.unseal(row["result"], f"call:{row['key']}"))
    if row["state"] == "refused":
        Reason(told["reason"])
        return {}
    return told if isinstance(told, dict) else {}


def _handed_over(cx: Connection) -> Iterator[Imbalance]:
    """The audit trail and the journeys tell of as many certificates."""
    events = ", ".join("?" * len(_HANDED_OVER))
    query = f"SELECT count(*) AS n FROM audit WHERE reason = ? AND event IN ({events})"  # noqa: S608 - question marks
    audited = cx.execute(query, (OK, *_HANDED_OVER)).fetchone()["n"]
    issued = cx.execute("SELECT count(*) AS n FROM journey WHERE issued IS NOT NULL").fetchone()["n"]
    if audited != issued:
        yield Imbalance("handed_over", f"{audited} / {issued}")


def _crl(cx: Connection, issuer: x509.Certificate) -> Iterator[Imbalance]:
    """A list that is not marked as stale names exactly what is not good; an old one is signed at least."""
    row = cx.execute("SELECT * FROM ca_crl").fetchone()
    if row is None:
        return
    try:
        crl = x509.load_der_x509_crl(row["crl"])
        number = crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
    except (ValueError, x509.ExtensionNotFound):
        yield Imbalance("crl_form", str(row["number"]))
        return
    if number != row["number"] or not crl.is_signature_valid(issuer.public_key()):  # type: ignore[arg-type]  # an RSA key
        yield Imbalance("crl_form", str(row["number"]))
    if row["stale"]:
        return
    since = row["this_update"] - int(CRL_LIFE.total_seconds())
    listed = {str(revoked.serial_number) for revoked in crl}
    rows = cx.execute("SELECT serial FROM ca_certificates WHERE status <> 'good' AND not_after > ?", (since,))
    for serial in sorted(listed ^ {found["serial"] for found in rows}):
        yield Imbalance("crl", serial)


def _limits(cx: Connection, banks: Mapping[str, Bank]) -> Iterator[Imbalance]:
    """No counter is below nothing or above what its bank allows."""
    of_journey = "(SELECT bank FROM journey WHERE journey.id = code.journey)"
    for bank in banks.values():
        most = bank.policies
        for table, column, where, limit in (
            ("account", "tries", "bank = ?", most.account_tries),
            ("card", "tries", "bank = ?", most.card_tries),
            ("token", "tries", "bank = ?", most.otp_tries),
            ("cloud_credentials", "wrong_pins", "bank = ?", most.pin_tries),
            ("journey", "identity_tries", "bank = ?", most.identity_tries),
            ("journey", "document_tries", "bank = ?", most.document_tries),
            ("code", "sends", f"{of_journey} = ?", most.codes_per_journey),
            ("code", "tries", f"purpose = '{Check.PHONE}' AND {of_journey} = ?", most.code_tries),
            ("code", "tries", f"purpose = '{Check.CLOUD}' AND {of_journey} = ?", most.cloud_tries),
        ):
            query = f"SELECT id FROM {table} WHERE {where} AND NOT {column} BETWEEN 0 AND ?"  # noqa: S608 - of above
            for row in cx.execute(query, (bank.id, limit)):
                yield Imbalance("counter", f"{table}.{column} {row['id']}")
    for row in cx.execute(
        "SELECT id FROM enrolment WHERE wrong_codes < 0 OR (wrong_codes >= ? AND state IN ('open', 'pending'))",
        (CODE_TRIES,),
    ):
        yield Imbalance("counter", f"enrolment.wrong_codes {row['id']}")


def _proofs(cx: Connection) -> Iterator[Imbalance]:
    """A check by a code is done when its code was given, and a card asks for two of its codes or for none."""
    for row in cx.execute(
        "SELECT journey, name FROM journey_check WHERE name IN ('phone', 'cloud') AND NOT EXISTS"
        " (SELECT 1 FROM code WHERE code.journey = journey_check.journey AND purpose = name AND done_by IS NOT NULL)"
    ):
        yield Imbalance("unproven", f"{row['journey']} {row['name']}")
    for row in cx.execute(
        "SELECT id FROM card WHERE (first IS NULL) <> (second IS NULL) OR first = second"
        " OR NOT first BETWEEN 1 AND ? OR NOT second BETWEEN 1 AND ?",
        (POSITIONS, POSITIONS),
    ):
        yield Imbalance("card", str(row["id"]))


def _sealed(cx: Connection, vault: Vault) -> Iterator[Imbalance]:
    for table, column, context in _SEALED:
        by = "only" if table.startswith("ca_") else "id"
        query = f'SELECT "{by}", {column} FROM {table} WHERE true'  # noqa: S608 - of the table above
        for row in pages(cx, query, by=by):
            try:
                vault.unseal(row[column], context)
            except ServiceError:
                yield Imbalance("sealed", f"{table}.{column} {row[by]}")


def _never() -> float:
    raise AssertionError("nothing is written")
