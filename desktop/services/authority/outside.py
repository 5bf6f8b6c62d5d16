"""The ledger of certificates that a CA outside signs: entered here as they come, and told of there as they end."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import NoReturn

from cryptography import x509
from cryptography.x509 import ReasonFlags

from desktop.services.api import Reason, ServiceError, Status
from desktop.services.authority import ledger
from desktop.services.authority.ca import CertificateAuthority, CertificateRequest, IssuedCertificate
from desktop.services.authority.connection import Connection
from desktop.services.authority.orders import Duty, Orders
from desktop.services.authority.store import Store
from desktop.services.authority.vault import Vault
from desktop.services.hooks.issuer import Issuer

_log = logging.getLogger(__name__)


class OutsideAuthority(CertificateAuthority):
    """Its own two keys sign for the servants of this house alone, and no person's certificate."""

    def __init__(
        self, store: Store, vault: Vault, clock: Callable[[], float], *, issuer: Issuer, orders: Orders
    ) -> None:
        super().__init__(store, vault, clock)
        self._outside, self._orders = issuer, orders

    def chain(self) -> tuple[bytes, bytes]:
        return self._outside.chain

    def issue(self, cx: Connection, request: CertificateRequest) -> NoReturn:
        raise ServiceError(Reason.NOT_OFFERED, detail="outside_ca")

    def enter(self, cx: Connection, der: bytes) -> IssuedCertificate:
        """One that was fetched, and checked as it came."""
        certificate = x509.load_der_x509_certificate(der)
        begins, ends = certificate.not_valid_before_utc.timestamp(), certificate.not_valid_after_utc.timestamp()
        serial = certificate.serial_number
        # For who looks through the books without knowing what was brought.
        cx.execute("INSERT INTO outside_issuer VALUES (?) ON CONFLICT DO NOTHING", (self.chain()[0],))
        cx.execute(
            "INSERT INTO ca_certificates (serial, certificate, not_after) VALUES (?, ?, ?)",
            (str(serial), der, int(ends)),
        )
        return IssuedCertificate(serial, der, begins, ends)

    def learn(self, cx: Connection, serial: int, told: Status) -> None:
        """What the CA says of its own accord: it may have revoked one, or put it on hold, without us."""
        known = self.status(cx, serial)
        changed = {
            (Status.GOOD, Status.REVOKED),
            (Status.GOOD, Status.SUSPENDED),
            (Status.SUSPENDED, Status.REVOKED),
        }
        if (known, told) in changed:
            held = told == Status.SUSPENDED
            reason = ReasonFlags.certificate_hold if held else ReasonFlags.unspecified
            super()._change(cx, serial, frozenset({known}), told, reason)

    def _change(
        self,
        cx: Connection,
        serial: int,
        allowed: frozenset[Status],
        to: Status,
        reason: ReasonFlags | None,
        *,
        at: float | None = None,
    ) -> None:
        """Here at once, so that nobody uses it here; and for the CA to be told after the commit."""
        super()._change(cx, serial, allowed, to, reason, at=at)
        if to == Status.REVOKED or self._outside.holds:
            found = ledger.find(cx, serial)
            assert found is not None, "it was changed"
            self._orders.tell(cx, found.certificate, reason or ReasonFlags.remove_from_crl)


@dataclass(frozen=True, slots=True)
class Outside:
    issuer: Issuer
    orders: Orders
    ca: OutsideAuthority


def check_same_ca(cx: Connection, *, outside: bool) -> None:
    """Whose list and responder tell of a certificate must not change with a setting. Raises OTHER_PURPOSE."""
    signed = cx.execute("SELECT 1 FROM ca_certificates LIMIT 1").fetchone() is not None
    by_another = cx.execute("SELECT 1 FROM outside_issuer LIMIT 1").fetchone() is not None
    if signed and by_another != outside:
        raise ServiceError(Reason.OTHER_PURPOSE)


class Clerk:
    """Tells the CA what was decided here; called from the courier's thread."""

    def __init__(self, store: Store, outside: Outside) -> None:
        self._store, self._orders, self._issuer = store, outside.orders, outside.issuer

    def round(self) -> bool:
        """Whether there was anything to tell."""
        with self._store.read() as cx:
            if not self._orders.waiting(cx):
                return False
        with self._store.transaction() as cx:
            self._orders.end_forsaken(cx)
            duty = self._orders.take(cx)
        if duty is None:
            return False
        told = self._tell(duty)
        with self._store.transaction() as cx:
            if told:
                self._orders.told(cx, duty)
            else:
                self._orders.later(cx, duty)
        return told

    def _tell(self, duty: Duty) -> bool:
        """Refused or not reached: a certificate that ought to be revoked is never given up."""
        try:
            self._issuer.revoke(duty.certificate, duty.reason, key=duty.key)
        except ServiceError as error:
            _log.warning("the CA was not told of a revocation: %s", error.detail or error.reason.value)
            return False
        except Exception as error:  # noqa: BLE001 - as any other failure, it is tried again
            _log.error("internal error: %s", type(error).__name__)
            return False
        return True


def ask_states(store: Store, outside: Outside, serials: Iterable[int]) -> None:
    """Asks the CA how these certificates are, and enters what has changed; a CA that is away changes nothing."""
    for serial in serials:
        with store.read() as cx:
            found = ledger.find(cx, serial)
        if found is None or found.status == Status.REVOKED:
            continue
        with suppress(ServiceError):
            told = outside.issuer.status(found.certificate)
            if told is not None and told != found.status:
                with store.transaction() as cx:
                    outside.ca.learn(cx, serial, told)
