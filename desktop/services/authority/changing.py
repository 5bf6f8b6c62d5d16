"""What is done to a certificate there is: revoke, suspend, resume, register, limit to devices, new PIN, loss."""

from __future__ import annotations

from dataclasses import dataclass, field

from cryptography.x509 import ReasonFlags

from desktop.services.api import (
    Change,
    Changed,
    DeviceList,
    Holdings,
    Kind,
    Reason,
    ServiceError,
    Status,
    Task,
)
from desktop.services.authority import ledger
from desktop.services.authority.bank import masked_name
from desktop.services.authority.connection import Connection
from desktop.services.authority.dates import months_later
from desktop.services.authority.idempotency import Call
from desktop.services.authority.journeys import Journey
from desktop.services.authority.keyrules import new_pin
from desktop.services.authority.losses import report_loss
from desktop.services.authority.parts import Parts
from desktop.services.authority.portfolio import Held
from desktop.services.authority.wrapping import WrappedKey

_TASKS = frozenset({Task.REVOKE, Task.SUSPEND, Task.RESUME, Task.REGISTER, Task.DEVICES, Task.PIN, Task.LOSS})


@dataclass(frozen=True, slots=True)
class _Opened:
    """What came of the current PIN between two transactions: whether it opened, and the key under the new one."""

    right: bool
    rewrapped: WrappedKey | None = field(default=None, repr=False)


class Changing:
    """Blocking; called from worker threads. `name` is a journey's id. Each raises what its Services method may."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def holdings(self, name: str) -> Holdings:
        with self._parts.store.transaction() as cx:
            self._parts.ca.expire_holds(cx)
            return self._parts.portfolio.holdings(cx, self._parts.journeys.enter(cx, name))

    def devices(self, name: str, credential_id: str) -> DeviceList:
        with self._parts.store.transaction() as cx:
            journey = self._parts.journeys.enter(cx, name)
            held = self._parts.portfolio.usable(cx, journey, credential_id).credential
            self._parts.devices.used(cx, held.account, journey.device)
            return self._parts.devices.list(cx, held.account, held.id, here=journey.device)

    def change(self, name: str, request: Change, key: str) -> Changed:
        """A PIN is counted in the first transaction, tried between the two, and the change is made in the second."""

        def count(cx: Connection) -> str:
            journey, held = self._admit(cx, name, request)
            policies, counted = journey.bank.policies, 0
            if request.current_pin is not None:
                counted = self._parts.opening.count(
                    cx,
                    held.credential,
                    request.current_pin,
                    pin_tries=policies.pin_tries,
                    pin_digits=policies.pin_digits,
                    field="current_pin",
                )
            return f"{held.credential.id} {held.credential.account} {counted}"

        def apply(cx: Connection, note: str, opened: _Opened) -> Changed:
            journey, held = self._admit(cx, name, request)
            if request.current_pin is not None:
                self._parts.opening.settle(
                    cx,
                    held.credential,
                    opened=opened.right,
                    counted=int(note.split()[2]),
                    pin_tries=journey.bank.policies.pin_tries,
                    field="current_pin",
                )
            allowed = self._apply(cx, journey, held, request, opened)
            changed = self._changed(cx, journey, held, allowed)
            self._parts.journeys.mark_changed(cx, journey, changed)
            return changed

        return self._parts.calls.twice(
            Call(key, name, "change", request, Changed),
            count,
            apply,
            between=lambda note: self._open(note, request),
        )

    def _admit(self, cx: Connection, name: str, request: Change) -> tuple[Journey, Held]:
        """Raises OUT_OF_ORDER, NOT_OFFERED, BAD_REQUEST, WEAK_PIN, NO_CERTIFICATE, or why it cannot be done to it."""
        self._parts.ca.expire_holds(cx)
        journey = self._parts.journeys.enter(cx, name)
        journey.expect_all()
        if journey.task not in _TASKS or (journey.task == Task.PIN and journey.kind != Kind.FINANCIAL):
            raise ServiceError(Reason.NOT_OFFERED)
        if journey.changed:
            raise ServiceError(Reason.OUT_OF_ORDER)
        held = self._parts.portfolio.choose(cx, journey, request.credential_id)
        self._check_request(cx, journey, held, request)
        return journey, held

    def _check_request(self, cx: Connection, journey: Journey, held: Held, request: Change) -> None:
        """What each task takes: a PIN that holds, a new PIN, devices. What it does not take is refused."""
        task, proven = journey.task, journey.opened == held.credential.id
        takes_pin = task in {Task.PIN, Task.REGISTER}
        if (request.current_pin is None) == (takes_pin and not proven):
            raise ServiceError(Reason.BAD_REQUEST, field="current_pin")
        if (request.pin is not None) != (task == Task.PIN):
            raise ServiceError(Reason.BAD_REQUEST, field="pin")
        if request.devices is not None and task != Task.DEVICES:
            raise ServiceError(Reason.BAD_REQUEST, field="devices")
        if task == Task.PIN:
            with self._parts.customers.known(cx, journey) as customer:
                new_pin(request.pin, customer, pin_digits=journey.bank.policies.pin_digits)

    def _open(self, note: str, request: Change) -> _Opened:
        """Half a second at most, outside any transaction."""
        credential_id, account, _ = note.split()
        if request.current_pin is None:
            return _Opened(right=False)
        with self._parts.store.read() as cx:
            held = self._parts.cloud.credential(cx, int(account), credential_id)
        key = self._parts.opening.attempt(held, request.current_pin)
        if key is None:
            return _Opened(right=False)
        try:
            if request.pin is None:
                return _Opened(right=True)
            return _Opened(right=True, rewrapped=self._parts.cloud.rewrap(held.record, key, request.pin))
        finally:
            key.wipe()

    def _apply(self, cx: Connection, journey: Journey, held: Held, request: Change, opened: _Opened) -> int | None:
        """Does it; for a limit, the number of devices allowed."""
        serial, authority = held.credential.serial, self._parts.ca
        match journey.task:
            case Task.REVOKE:
                authority.revoke(cx, serial, ReasonFlags.cessation_of_operation)
            case Task.SUSPEND:
                authority.suspend(cx, serial, until=self._hold_ends(journey))
            case Task.RESUME:
                authority.resume(cx, serial)
            case Task.REGISTER:
                self._parts.portfolio.register(cx, journey, held)
            case Task.DEVICES:
                account, chosen = held.credential.account, request.devices
                return self._parts.devices.limit(cx, account, held.credential.id, chosen)
            case Task.PIN:
                assert opened.rewrapped is not None, "the current PIN was right"
                self._parts.cloud.replace_key(cx, opened.rewrapped)
            case Task.LOSS:
                self._report_loss(cx, journey)
        return None

    def _report_loss(self, cx: Connection, journey: Journey) -> None:
        """Every good certificate of this bank is on hold from this moment on, whichever was named."""
        for held in self._parts.portfolio.of(cx, journey.owner()):
            if held.credential.purpose.bank == journey.bank.id and held.status == Status.GOOD:
                self._parts.ca.suspend(cx, held.credential.serial, until=self._hold_ends(journey))
        report_loss(cx, journey.bank.id, journey.owner(), self._parts.clock())

    def _hold_ends(self, journey: Journey) -> float:
        return months_later(self._parts.clock(), journey.bank.policies.suspension_months)

    def _changed(self, cx: Connection, journey: Journey, held: Held, allowed: int | None) -> Changed:
        credential, purpose = held.credential, held.credential.purpose
        entry = ledger.find(cx, credential.serial)
        assert entry is not None
        with self._parts.customers.known(cx, journey) as customer:
            owner = masked_name(customer.name)
        return Changed(
            task=journey.task,
            bank=purpose.bank,
            kind=purpose.kind,
            serial=str(credential.serial),
            status=self._parts.ca.status(cx, credential.serial),
            certificate=credential.certificate,
            chain=self._parts.ca.chain(),
            not_before=held.not_before,
            not_after=held.not_after,
            owner=owner,
            credential_id=credential.id,
            held_until=None if entry.held_until is None else float(entry.held_until),
            devices=allowed,
        )
