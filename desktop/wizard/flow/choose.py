"""Which task a person needs, asked in at most three questions: which bank, what is the matter, which kind (GN-01).

A pure decision table. It offers only what the bank offers; where the best way is not offered it takes the next best and
says why, and where nothing helps here it says whom to ask.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from desktop.banks import Bank
from desktop.known import Known, state_of
from desktop.services.api import Kind, Renewal, Status, Task


class Situation(StrEnum):
    """What is the matter, in the order it is offered to a person of whom nothing is known."""

    NONE = "none"  # no certificate yet
    ELSEWHERE = "elsewhere"  # one of another bank
    SOON = "soon"  # expires within the time for renewal
    EXPIRED = "expired"
    FORGOTTEN = "forgotten"  # PIN or password
    LOST = "lost"  # certificate, phone or computer lost or stolen
    NEW_DEVICE = "new_device"
    CHANGE_SECRET = "change_secret"
    LIMIT = "limit"  # to chosen devices
    PAUSE = "pause"  # not to be used for a while
    SUSPENDED = "suspended"
    STOP = "stop"  # no longer wanted
    VALID = "valid"  # have one, and it works


#: What helps, the best first. What a kind cannot need is left out by its bank offering no such task for it.
_WAYS: Mapping[Situation, tuple[Task, ...]] = {
    Situation.NONE: (Task.ISSUE,),
    Situation.ELSEWHERE: (Task.REGISTER, Task.ISSUE),
    Situation.SOON: (Task.RENEW, Task.REISSUE),
    Situation.EXPIRED: (Task.REISSUE, Task.ISSUE),
    Situation.FORGOTTEN: (Task.REISSUE, Task.REVOKE),
    Situation.LOST: (Task.LOSS, Task.REVOKE, Task.SUSPEND),
    Situation.NEW_DEVICE: (Task.REISSUE, Task.ISSUE),
    Situation.CHANGE_SECRET: (Task.PIN, Task.REISSUE),
    Situation.LIMIT: (Task.DEVICES,),
    Situation.PAUSE: (Task.SUSPEND, Task.REVOKE),
    Situation.SUSPENDED: (Task.RESUME, Task.REISSUE),
    Situation.STOP: (Task.REVOKE,),
    Situation.VALID: (),
}
#: Where the kinds differ: a joint certificate is a file, a mobile one lives on its phone, and the cloud needs nothing.
_WAYS_OF: Mapping[tuple[Situation, Kind], tuple[Task, ...]] = {
    (Situation.NEW_DEVICE, Kind.FINANCIAL): (),
    (Situation.ELSEWHERE, Kind.MOBILE): (),
    (Situation.NEW_DEVICE, Kind.MOBILE): (Task.ISSUE,),
    (Situation.EXPIRED, Kind.MOBILE): (Task.ISSUE,),
    (Situation.FORGOTTEN, Kind.MOBILE): (Task.ISSUE,),
}
#: Nothing is to be done, and that is good news.
_NOTHING = frozenset({(Situation.VALID, kind) for kind in Kind} | {(Situation.NEW_DEVICE, Kind.FINANCIAL)})


@dataclass(frozen=True, slots=True)
class Choice:
    """What to do. `task` None: nothing (`reason` says why), or nothing here (`centre`: call the bank).

    `reason` is a key of the words: `choose.reason.<situation>.<what>`.
    """

    kind: Kind
    task: Task | None
    reason: str
    centre: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """`name` is bank, situation or kind; `options` in the order shown; `suggested` is preselected, or empty."""

    name: str
    options: tuple[str, ...]
    suggested: str = ""


@dataclass(frozen=True, slots=True)
class Answers:
    bank: str = ""
    situation: Situation | None = None
    kind: Kind | None = None


def ask(banks: Mapping[str, Bank], answers: Answers, *, known: Sequence[Known], today: date) -> Question | Choice:
    """The next question, or the choice once enough is known. What the person already has is preselected."""
    bank = banks.get(answers.bank)
    if bank is None:
        urgent = [entry.bank for entry in known if entry.bank in banks]
        only = next(iter(banks)) if len(banks) == 1 else ""
        return Question("bank", tuple(banks), urgent[0] if urgent else only)
    if answers.situation is None:
        return Question("situation", situations(bank), suggested_situation(bank, known, today))
    kinds = kinds_for(bank, answers.situation)
    if answers.kind not in kinds and len(kinds) > 1:
        return Question("kind", kinds, _suggested_kind(bank, known, kinds))
    kind = answers.kind if answers.kind in kinds else kinds[0]
    assert kind is not None, "a bank has products"
    return choose(bank, answers.situation, kind)


def choose(bank: Bank, situation: Situation, kind: Kind) -> Choice:
    """Total: every situation and every kind that the bank has leads somewhere."""
    if (situation, kind) in _NOTHING:
        return Choice(kind, None, f"choose.reason.{situation}.nothing_{kind}")
    task = next((task for task in _ways(situation, kind) if bank.journey(kind, task)), None)
    if task is None:
        return Choice(kind, None, f"choose.reason.{situation}.centre", centre=True)
    what = task.value
    if task == Task.RENEW:
        what = f"renew_{bank.product(kind).renewal}"
    elif situation == Situation.FORGOTTEN and task == Task.REISSUE:
        what = f"reissue_{kind}"
    elif task == Task.ISSUE and situation == Situation.ELSEWHERE and bank.policies.replaces_elsewhere:
        what = "issue_replaces"  # C1
    return Choice(kind, task, f"choose.reason.{situation}.{what}")


def situations(bank: Bank) -> tuple[Situation, ...]:
    """Those that this bank has anything to offer for, here or by saying that nothing is needed."""
    helped = (s for s in Situation if any(not choose(bank, s, product.kind).centre for product in bank.products))
    return tuple(s for s in helped if s != Situation.SUSPENDED or _suspends(bank))


def kinds_for(bank: Bank, situation: Situation) -> tuple[Kind, ...]:
    """The kinds for which this bank has something to offer; all of them where it has for none."""
    kinds = tuple(product.kind for product in bank.products)
    return tuple(kind for kind in kinds if not choose(bank, situation, kind).centre) or kinds


def suggested_situation(bank: Bank, known: Sequence[Known], today: date) -> Situation:
    """From the certificates known on this PC: the most pressing one of this bank, else one of another bank."""
    here = [entry for entry in known if entry.bank == bank.id and entry.status != Status.REVOKED]
    listed = situations(bank)
    states = {_situation_of(entry, today, bank) for entry in here} & set(listed)
    for pressing in (Situation.EXPIRED, Situation.SOON, Situation.SUSPENDED, Situation.VALID):
        if pressing in states:
            return pressing
    kinds = {product.kind for product in bank.products}
    elsewhere = any(e.bank != bank.id and e.kind in kinds and _situation_of(e, today) in _USABLE for e in known)
    return Situation.ELSEWHERE if elsewhere and Situation.ELSEWHERE in listed else Situation.NONE


_USABLE = frozenset({Situation.VALID, Situation.SOON})


def _situation_of(entry: Known, today: date, bank: Bank | None = None) -> Situation:
    state = state_of(entry, today, bank)
    if state.days_left < 0 or entry.status == Status.EXPIRED:
        return Situation.EXPIRED
    if entry.status == Status.SUSPENDED:
        return Situation.SUSPENDED
    # One that renews by itself presses nobody.
    return Situation.SOON if state.urgent and entry.renewal != Renewal.AUTOMATIC else Situation.VALID


def _suggested_kind(bank: Bank, known: Sequence[Known], kinds: tuple[Kind, ...]) -> str:
    """The kind the person has at this bank, else the one the bank puts first."""
    had = [entry.kind for entry in known if entry.bank == bank.id and entry.kind in kinds]
    return had[0] if had else kinds[0]


def _ways(situation: Situation, kind: Kind) -> tuple[Task, ...]:
    return _WAYS_OF.get((situation, kind), _WAYS[situation])


def _suspends(bank: Bank) -> bool:
    return any(journey.task in {Task.SUSPEND, Task.RESUME} for journey in bank.journeys)
