"""What time does by itself: holds run out, certificates renew themselves, and old calls and messages are forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cryptography.x509 import ReasonFlags, load_der_x509_certificate

from desktop.banks import Bank
from desktop.services.api import Renewal, Status
from desktop.services.authority.cloud import Credential, credential_of
from desktop.services.authority.connection import Connection
from desktop.services.authority.dates import renewal_opens, renewed_until
from desktop.services.authority.keys import check_own
from desktop.services.authority.losses import is_hardened
from desktop.services.authority.making import Wish
from desktop.services.authority.parts import Parts

#: A certificate that renews itself waits until its last week, so that its owner may do it first.
AUTOMATIC_DAYS: Final = 7


def tidy(cx: Connection, parts: Parts, banks: Mapping[str, Bank]) -> None:
    """At every start, in one transaction."""
    parts.phone.forget_old(cx)
    parts.outbox.forget_old(cx)
    parts.calls.forget_old(cx)
    parts.exchanges.forget_old(cx)
    parts.enrolments.forget_codes(cx)
    for _ in range(parts.ca.expire_holds(cx)):
        parts.audit.write(cx, journey="", event="expire_hold")
    for _ in range(0 if parts.outside else renew_due(cx, parts, banks)):
        parts.audit.write(cx, journey="", event="renew_due")


def renew_due(cx: Connection, parts: Parts, banks: Mapping[str, Bank]) -> int:
    """Renews what renews itself and ends within a week; how many that were.

    The key stays the same and under the same PIN: nobody is there to give it, and nothing but the dates changes.
    """
    rows = cx.execute(
        "SELECT cloud_credentials.*, customer AS owner FROM cloud_credentials"
        " JOIN cloud_accounts ON cloud_accounts.id = account"
        " JOIN ca_certificates ON ca_certificates.serial = cloud_credentials.serial"
        " WHERE renewal = ? AND not_after >= ? AND not_after < ?",
        (Renewal.AUTOMATIC.value, parts.clock(), parts.clock() + (AUTOMATIC_DAYS + 1) * 86_400),
    ).fetchall()
    due = [(credential_of(row), int(row["owner"])) for row in rows]
    return sum(_renew(cx, parts, banks[c.purpose.bank], c, who) for c, who in due if c.purpose.bank in banks)


def _renew(cx: Connection, parts: Parts, bank: Bank, old: Credential, customer: int) -> bool:
    certificate = load_der_x509_certificate(old.certificate)
    not_after = certificate.not_valid_after_utc.timestamp()
    if parts.clock() < renewal_opens(not_after, AUTOMATIC_DAYS) or is_hardened(cx, bank.id, customer):
        return False
    if parts.ca.status(cx, old.serial) != Status.GOOD:
        return False
    purpose = old.purpose
    wish = Wish(
        bank=bank,
        kind=purpose.kind,
        usage=purpose.usage,
        public_key=check_own(certificate.public_key()),
        random=parts.cloud.random(cx, old.account, old.id),
        until=renewed_until(not_after, bank.product(purpose.kind).years),
    )
    with parts.customers.person(cx, customer) as person:
        made = parts.maker.make(cx, person, wish)
    parts.ca.revoke(cx, old.serial, ReasonFlags.superseded)
    parts.cloud.replace_certificate(cx, old.id, made)
    return True
