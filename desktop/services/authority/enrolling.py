"""A key made on the person's own side: the leave to fetch its certificate, the door where, and the outcome."""

from __future__ import annotations

import functools
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from desktop.services.api import Enrol, Enrolment, Issued, Kind, Reason, ServiceError, Task
from desktop.services.authority.connection import Connection
from desktop.services.authority.delivery import Admitted, Delivery
from desktop.services.authority.door import Door, withdraw
from desktop.services.authority.doorkey import DoorKey
from desktop.services.authority.idempotency import Call
from desktop.services.authority.parts import Parts
from desktop.services.cmp.applying import Decryption
from desktop.services.cmp.peer import Identity
from desktop.services.cmp.proving import read_proof
from desktop.services.cmp.responder import Responder


@dataclass(frozen=True, slots=True)
class _Open:
    """The door with the key it has now."""

    responder: Responder
    renew_at: float


class Enrolling:
    """Blocking; called from worker threads. `name` is a journey's id. Each raises what its Services method may."""

    def __init__(self, parts: Parts, *, require_random: bool = True, implicit: bool = False) -> None:
        self._parts, self._delivery, self._implicit = parts, Delivery(parts), implicit
        self._lock = threading.Lock()
        self._open: _Open | None = None
        self.door = Door(parts, self._delivery, require_random=require_random)

    def enrol(self, name: str, request: Enrol, key: str) -> Enrolment:
        def effect(cx: Connection) -> Enrolment:
            journey = self._parts.journeys.enter(cx, name)
            if journey.kind != Kind.JOINT or self._parts.outside:
                raise ServiceError(Reason.NOT_OFFERED)
            admitted = self._delivery.admit(cx, journey, request)
            for leave in self._parts.enrolments.of_journey(cx, journey.id):
                withdraw(cx, self._parts, leave)
            return self._allow(cx, admitted, replace_elsewhere=request.replace_elsewhere)

        return self._parts.calls.once(Call(key, name, "enrol", request, Enrolment), effect)

    def issued(self, name: str) -> Issued | None:
        """Told of a journey that is over too."""
        with self._parts.store.read() as cx:
            return self._parts.journeys.outcome(cx, name)

    def pkix(self, message: bytes) -> bytes:
        return self.responder().answer(message)

    def pkix_together(self, messages: Sequence[tuple[bytes, bytes]]) -> list[bytes | Exception]:
        """As `pkix`, each with what a witness has proven of it (or nothing), and one commit for all."""
        answer = self.responder().answer
        return self._parts.store.together(
            [functools.partial(answer, message, read_proof(proof) if proof else None) for message, proof in messages]
        )

    def responder(self) -> Responder:
        """With the key that the door has now."""
        with self._lock:
            if self._open is None or self._parts.clock() >= self._open.renew_at:
                self._open = self._opened(self._parts.doorkeys.current())
            return self._open.responder

    def _opened(self, own: DoorKey) -> _Open:
        responder = Responder(
            self.door,
            Identity(own.certificate, own.key, self._parts.ca.chain()[:1]),
            decryption=Decryption(own.certificate, own.key),
            implicit=self._implicit,
            now=self._parts.clock,
        )
        return _Open(responder, own.renew_at)

    def _allow(self, cx: Connection, admitted: Admitted, *, replace_elsewhere: bool) -> Enrolment:
        journey, old = admitted.journey, admitted.old
        seconds, naming = float(journey.bank.policies.enrolment_seconds), self._parts.ca.naming(cx)
        with self._parts.customers.known(cx, journey) as person:
            subject = self._parts.maker.subject(person, journey.bank, naming)
        # As admitted: what was left open in the request is settled now.
        wanted = Enrol(admitted.usage, old.credential.id if old else "", replace_elsewhere)
        reference, code = self._parts.enrolments.open(cx, journey.id, wanted, naming, seconds=seconds)
        return Enrolment(
            reference=reference,
            code=code,
            expires_in=seconds,
            subject=subject.public_bytes(),
            chain=self._parts.ca.chain(),
            replaces=old.credential.certificate if old and journey.task == Task.RENEW else None,
            key_bits=journey.bank.product(journey.kind).key_bits,
        )
