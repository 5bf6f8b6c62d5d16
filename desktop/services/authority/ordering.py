"""A certificate in the cloud that a CA outside signs: ordered between two transactions, and never made twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from cryptography.x509 import ReasonFlags, load_der_x509_certificate

from desktop.secret import Secret
from desktop.services.api import Issue, Issued, Reason, ServiceError
from desktop.services.authority import ledger
from desktop.services.authority.asking import answered, key_for
from desktop.services.authority.ca import IssuedCertificate
from desktop.services.authority.cloud import PreparedKey
from desktop.services.authority.connection import Connection
from desktop.services.authority.delivery import Admitted
from desktop.services.authority.idempotency import PASSING, Call
from desktop.services.authority.keys import load_key
from desktop.services.authority.making import policy_of
from desktop.services.authority.orders import Order, State
from desktop.services.authority.outside import Outside
from desktop.services.authority.parts import Parts
from desktop.services.authority.store import whole
from desktop.services.hooks.issuer import Wanted


class Desk(Protocol):
    """Who may have a certificate now, and what else is done as one is handed over."""

    def admit(self, cx: Connection, name: str, request: Issue) -> Admitted: ...

    def hand_over(self, cx: Connection, admitted: Admitted, key: PreparedKey, made: IssuedCertificate) -> Issued: ...


@dataclass(frozen=True, slots=True)
class _Made:
    key: PreparedKey
    certificate: bytes


class Ordering:
    """Blocking; called from worker threads.

    The key is kept before the CA hears of it, and the certificate before the CA hears that it is wanted. Whatever
    breaks off in between is gone on with under the same call, or revoked when another takes its place.
    """

    def __init__(self, parts: Parts, outside: Outside, desk: Desk) -> None:
        self._parts, self._store, self._desk = parts, parts.store, desk
        self._ca, self._orders, self._issuer = outside.ca, outside.orders, outside.issuer

    def issue(self, name: str, request: Issue, key: str) -> Issued:
        def begin(cx: Connection) -> str:
            return str(self._orders.begin(cx, self._desk.admit(cx, name, request).journey.id, key))

        def fetch(note: str) -> _Made | ServiceError | None:
            order = int(note)
            try:
                return answered(lambda: self._fetch(order, name, request, key))
            except ServiceError:
                with self._store.transaction() as cx:
                    self._orders.let_go(cx, order)
                raise

        def hand_over(cx: Connection, note: str, made: _Made | ServiceError | None) -> Issued:
            try:
                if isinstance(made, ServiceError):
                    raise made
                admitted = self._desk.admit(cx, name, request)
                if made is None or self._orders.hold(cx, int(note), key) is None:
                    raise ServiceError(Reason.STORE_BUSY)  # another call is about it, and will be done
                with whole(cx):
                    entered = self._ca.enter(cx, made.certificate)
                    issued = self._desk.hand_over(cx, admitted, made.key, entered)
            except ServiceError as error:
                if error.reason not in PASSING:
                    self._orders.end(cx, int(note), delivered=False)
                raise
            self._orders.end(cx, int(note), delivered=True)
            return issued

        return self._parts.calls.twice(Call(key, name, "issue", request, Issued), begin, hand_over, between=fetch)

    def _fetch(self, order: int, name: str, request: Issue, key: str) -> _Made | None:
        with self._store.transaction() as cx:
            found = self._orders.hold(cx, order, key)
            admitted = self._desk.admit(cx, name, request) if found else None
        if found is None or admitted is None:
            return None
        pin = request.pin or Secret()
        prepared = found.prepared or self._prepare(found, pin)
        if found.state == State.CONFIRMED and found.certificate:
            return _Made(prepared, found.certificate)
        if found.certificate:
            self._undo(found, key_for(name, f"{key}.undo"))
        wanted = self._wanted(admitted, prepared, pin)
        certificate = self._issuer.issue(
            wanted, lambda der: self._store_certificate(order, der), key=key_for(name, key)
        )
        with self._store.transaction() as cx:
            self._orders.store(cx, order, certificate, State.CONFIRMED)
        return _Made(prepared, certificate)

    def _prepare(self, order: Order, pin: Secret) -> PreparedKey:
        prepared = self._parts.cloud.prepare_key(pin)
        with self._store.transaction() as cx:
            self._orders.prepare(cx, order.id, prepared)
        return prepared

    def _undo(self, order: Order, key: str) -> None:
        """Whether the CA heard that it was wanted is not known: it is taken back, and another asked for."""
        assert order.certificate is not None, "asked before"
        self._issuer.revoke(order.certificate, ReasonFlags.superseded, key=key)
        with self._store.transaction() as cx:
            self._orders.store(cx, order.id, None, State.OPEN)

    def _store_certificate(self, order: int, certificate: bytes) -> None:
        """Raises ENROLMENT_BROKEN for a serial number that the CA has given before."""
        with self._store.transaction() as cx:
            if ledger.find(cx, load_der_x509_certificate(certificate).serial_number):
                raise ServiceError(Reason.ENROLMENT_BROKEN, detail="serial")
            self._orders.store(cx, order, certificate, State.STORED)

    def _wanted(self, admitted: Admitted, prepared: PreparedKey, pin: Secret) -> Wanted:
        plain = self._parts.cloud.unlock(prepared.record, pin)
        try:
            with plain.view() as view:
                key = load_key(view)
        finally:
            plain.wipe()
        bank, kind = admitted.journey.bank, admitted.journey.kind
        with self._store.read() as cx, self._parts.customers.known(cx, admitted.journey) as person:
            name = person.name
        policy = policy_of(bank.product(kind), admitted.usage)
        return Wanted(name, bank.unit, bank.code, policy, key, prepared.random)
