"""What certificates a person has, here and at other banks, and what each allows to be done with it now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cryptography import x509

from desktop.services.api import Holding, Holdings, Kind, Reason, ServiceError, Status, Task
from desktop.services.authority import ledger
from desktop.services.authority.bank import Customers
from desktop.services.authority.ca import CertificateAuthority
from desktop.services.authority.cloud import Cloud, Credential
from desktop.services.authority.connection import Connection
from desktop.services.authority.dates import renewal_opens
from desktop.services.authority.journeys import Journey

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS registration (
    bank TEXT NOT NULL, credential TEXT NOT NULL REFERENCES cloud_credentials (id), at REAL NOT NULL,
    PRIMARY KEY (bank, credential)
);
"""
#: How a certificate must stand for a task.
_NEEDS: Final = {
    Task.REISSUE: {Status.GOOD, Status.SUSPENDED, Status.EXPIRED},
    Task.RENEW: {Status.GOOD},
    Task.REVOKE: {Status.GOOD, Status.SUSPENDED},
    Task.SUSPEND: {Status.GOOD},
    Task.RESUME: {Status.SUSPENDED},
    Task.REGISTER: {Status.GOOD},
    Task.DEVICES: {Status.GOOD},
    Task.PIN: {Status.GOOD},
    Task.LOSS: {Status.GOOD, Status.SUSPENDED},
}
#: What stays closed after a reported loss until a certificate was reissued.
_CLOSED_BY_LOSS: Final = frozenset({Task.RENEW, Task.RESUME, Task.DEVICES, Task.PIN})
_REFUSALS: Final = {
    Status.GOOD: Reason.NOT_SUSPENDED,
    Status.SUSPENDED: Reason.CERTIFICATE_SUSPENDED,
    Status.REVOKED: Reason.CERTIFICATE_REVOKED,
    Status.EXPIRED: Reason.CERTIFICATE_EXPIRED,
}


@dataclass(frozen=True, slots=True)
class Held:
    """A certificate that a person has, as it stands now. Times in seconds, UTC."""

    credential: Credential
    status: Status
    not_before: float
    not_after: float
    held_until: float | None
    registered_at: tuple[str, ...]


class Portfolio:
    """`customer` is a row id. Newest first everywhere."""

    def __init__(
        self, clock: Callable[[], float], *, authority: CertificateAuthority, cloud: Cloud, customers: Customers
    ) -> None:
        self._clock, self._ca, self._cloud, self._customers = clock, authority, cloud, customers

    def of(self, cx: Connection, customer: int) -> tuple[Held, ...]:
        account = self._cloud.find_account(cx, str(customer))
        if account is None:
            return ()
        # Of two that begin on one day the later comes first too.
        held = [self._held(cx, found) for found in reversed(self._cloud.credentials(cx, account))]
        return tuple(sorted(held, key=lambda h: h.not_before, reverse=True))

    def holdings(self, cx: Connection, journey: Journey) -> Holdings:
        """This bank's certificates, and the good ones of others that are of the journey's kind."""
        customer = journey.owner()
        held = self.of(cx, customer)
        owner = self._customers.name(cx, customer)
        here = tuple(self._holding(h, journey, owner) for h in held if h.credential.purpose.bank == journey.bank.id)
        elsewhere = tuple(self._holding(h, journey, owner) for h in self._elsewhere(held, journey))
        return Holdings(here, elsewhere)

    def beside(self, cx: Connection, journey: Journey) -> tuple[Held, ...]:
        """What a first one of this bank would stand beside: good ones of this kind that other banks have issued.

        Raises as `refuse_in_vain` does for a second one of this bank.
        """
        held = self.of(cx, journey.owner())
        _refuse_second(_here(held, journey), hardened=journey.hardened)
        return self._elsewhere(held, journey)

    def good_elsewhere(self, cx: Connection, journey: Journey, customer: int) -> tuple[Held, ...]:
        """What C1 is about: good certificates of this kind that other banks have issued."""
        return self._elsewhere(self.of(cx, customer), journey)

    def choose(self, cx: Connection, journey: Journey, credential_id: str) -> Held:
        """The certificate that the journey's task is done to; an empty id is the newest one that it can be done to.

        Raises NO_CERTIFICATE, or why the task cannot be done to it.
        """
        known = self._candidates(cx, journey, journey.owner())
        if credential_id:
            known = tuple(h for h in known if h.credential.id == credential_id)
        if not known:
            raise ServiceError(Reason.NO_CERTIFICATE)
        refusals = [self.refusal(h, journey.task, journey, hardened=journey.hardened) for h in known]
        for held, refusal in zip(known, refusals, strict=True):
            if refusal is None:
                return held
        assert refusals[0] is not None
        raise refusals[0]

    def refuse_in_vain(self, cx: Connection, journey: Journey, customer: int, *, hardened: bool) -> None:
        """Says at once what would be said ten pages later: that the task cannot be done for this person."""
        known = self._candidates(cx, journey, customer)
        if journey.task == Task.ISSUE:
            _refuse_second(known, hardened=hardened)
            return
        refusals = [self.refusal(held, journey.task, journey, hardened=hardened) for held in known]
        if not refusals:
            raise ServiceError(Reason.NO_CERTIFICATE)
        if refusals[0] is not None and None not in refusals:
            raise refusals[0]

    def refusal(self, held: Held, task: Task, journey: Journey, *, hardened: bool) -> ServiceError | None:
        """Why a task cannot be done to a certificate now; None when it can."""
        alive = held.status in {Status.GOOD, Status.SUSPENDED}
        if hardened and alive and task in _CLOSED_BY_LOSS:
            return ServiceError(Reason.LOSS_REPORTED)
        if held.status not in _NEEDS.get(task, set()):
            return ServiceError(_REFUSALS[held.status])
        if task == Task.REGISTER and journey.bank.id in held.registered_at:
            return ServiceError(Reason.ALREADY_REGISTERED)
        if task == Task.RENEW:
            wait = renewal_opens(held.not_after, journey.bank.policies.renewal_days) - self._clock()
            if wait > 0:
                return ServiceError(Reason.RENEWAL_TOO_EARLY, retry_after=wait)
        return None

    def register(self, cx: Connection, journey: Journey, held: Held) -> None:
        """From now on it may be used at the journey's bank."""
        cx.execute("INSERT INTO registration VALUES (?, ?, ?)", (journey.bank.id, held.credential.id, self._clock()))

    def usable(self, cx: Connection, journey: Journey, credential_id: str) -> Held:
        """A certificate that this person may use at this bank. Raises NO_CERTIFICATE."""
        account = self._cloud.find_account(cx, str(journey.owner()))
        if account is None:
            raise ServiceError(Reason.NO_CERTIFICATE)
        held = self._held(cx, self._cloud.credential(cx, account, credential_id))
        if journey.bank.id not in (held.credential.purpose.bank, *held.registered_at):
            raise ServiceError(Reason.NO_CERTIFICATE)
        return held

    def all_usable(self, cx: Connection, journey: Journey) -> tuple[str, ...]:
        """The ids of those whose key is in the cloud, oldest first."""
        return tuple(
            held.credential.id
            for held in reversed(self.of(cx, journey.owner()))
            if held.credential.purpose.kind == Kind.FINANCIAL
            and journey.bank.id in (held.credential.purpose.bank, *held.registered_at)
        )

    def _candidates(self, cx: Connection, journey: Journey, customer: int) -> tuple[Held, ...]:
        """Those of the journey's kind that its task could be about: other banks' to register, else this bank's."""
        held = self.of(cx, customer)
        if journey.task != Task.REGISTER:
            return _here(held, journey)
        return tuple(h for h in held if h.credential.purpose.kind == journey.kind and not _is_here(h, journey))

    def _elsewhere(self, held: tuple[Held, ...], journey: Journey) -> tuple[Held, ...]:
        return tuple(
            h
            for h in held
            if h.credential.purpose.bank != journey.bank.id
            and h.credential.purpose.kind == journey.kind
            and h.status == Status.GOOD
        )

    def _held(self, cx: Connection, credential: Credential) -> Held:
        entry = ledger.find(cx, credential.serial)
        assert entry is not None, "every credential has its line in the ledger"
        rows = cx.execute("SELECT bank FROM registration WHERE credential = ? ORDER BY bank", (credential.id,))
        return Held(
            credential=credential,
            status=self._ca.status(cx, credential.serial),
            not_before=x509.load_der_x509_certificate(credential.certificate).not_valid_before_utc.timestamp(),
            not_after=float(entry.not_after),
            held_until=None if entry.held_until is None else float(entry.held_until),
            registered_at=tuple(row["bank"] for row in rows),
        )

    def _holding(self, held: Held, journey: Journey, owner: str) -> Holding:
        purpose = held.credential.purpose
        here = purpose.bank == journey.bank.id
        possible = tuple(
            task
            for task in _NEEDS
            if (task == Task.REGISTER) != here
            and journey.bank.journey(purpose.kind, task)
            and self.refusal(held, task, journey, hardened=journey.hardened) is None
        )
        return Holding(
            credential_id=held.credential.id,
            bank=purpose.bank,
            kind=purpose.kind,
            serial=str(held.credential.serial),
            status=held.status,
            not_before=held.not_before,
            not_after=held.not_after,
            owner=owner,
            renewal=purpose.renewal,
            tasks=possible,
            usage=purpose.usage,
            registered_at=held.registered_at,
            held_until=held.held_until,
        )


def _is_here(held: Held, journey: Journey) -> bool:
    return held.credential.purpose.bank == journey.bank.id


def _here(held: tuple[Held, ...], journey: Journey) -> tuple[Held, ...]:
    """This bank's of the journey's kind."""
    return tuple(h for h in held if h.credential.purpose.kind == journey.kind and _is_here(h, journey))


def _refuse_second(held: tuple[Held, ...], *, hardened: bool) -> None:
    """Raises ALREADY_ISSUED beside a good certificate; beside a suspended one, what has to be done with it first."""
    found = {h.status for h in held}
    if Status.GOOD in found:
        raise ServiceError(Reason.ALREADY_ISSUED)
    if Status.SUSPENDED in found:
        raise ServiceError(Reason.LOSS_REPORTED if hardened else Reason.CERTIFICATE_SUSPENDED)
