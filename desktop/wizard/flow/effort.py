"""How long a step takes a person: the keystroke-level model over its fields and stages.

Human time and waiting are counted apart. A practised person types what they know, looks up what they do not, and goes
on with Enter; what is prefilled or preselected costs a glance. A first-timer reads, thinks and looks longer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from desktop.banks import Bank
from desktop.services.api import Channel, Medium
from desktop.wizard.flow.calls import LIMITS
from desktop.wizard.flow.fields import FIELDS
from desktop.wizard.flow.operators import FIRST_TIME, Effort
from desktop.wizard.flow.plan import Plan
from desktop.wizard.flow.steps import Effect, Stage, Step
from desktop.wizard.flow.view import Entry

#: Until a message or a call has come (seconds), beside the call of the service itself.
_DELIVERY = {Channel.SMS: 4.0, Channel.ARS: 8.0}
#: How long a call's voice speaks before it takes or tells the digits.
_CALL_SPEAKS = 10.0
#: What happens on the phone after a hand-off: fingerprint or pattern, and reading what it says.
_ON_THE_PHONE = 20.0


class Source(Enum):
    """Where a person has from what they enter."""

    KNOWN = "known"  # by heart
    NEW = "new"  # made up now
    AGAIN = "again"  # what was typed a moment ago
    PAPER = "paper"  # a bankbook, a card, a token, a document
    PHONE = "phone"  # a message or a call


#: Remember it once; make it up, and check it.
_THOUGHTS = {Source.KNOWN: 1, Source.NEW: 2, Source.AGAIN: 0}

SOURCES: Mapping[str, Source] = {
    "rrn": Source.KNOWN,
    "account": Source.PAPER,
    "account_password": Source.KNOWN,
    "code": Source.PHONE,
    "card_serial": Source.PAPER,
    "card_first": Source.PAPER,
    "card_second": Source.PAPER,
    "otp": Source.PAPER,
    "name": Source.KNOWN,
    "phone": Source.KNOWN,
    "birth_date": Source.KNOWN,
    "cloud_code": Source.PHONE,
    "user_id": Source.KNOWN,
    "email": Source.KNOWN,
    "current_password": Source.KNOWN,
    "document_number": Source.PAPER,
    "document_date": Source.PAPER,
    "current_pin": Source.KNOWN,
    "password": Source.NEW,
    "password_again": Source.AGAIN,
    "token_pin": Source.KNOWN,
    "pin": Source.NEW,
    "pin_again": Source.AGAIN,
}

#: Characters of what has no fixed length: three syllables are eight keys, a password has twelve with two shifted.
_KEYS = {
    "name": 8,
    "user_id": 8,
    "email": 18,
    "current_password": 14,
    "password": 14,
    "password_again": 14,
    "token_pin": 8,
}
_ACCOUNT_DIGITS = 14
#: Shown on the screen, to be keyed during the call.
_KEYED_DIGITS = 2


@dataclass(frozen=True, slots=True)
class Way:
    """Which of the ways a bank offers a person takes; the bank's first where nothing is said."""

    channel: Channel
    medium: Medium

    @classmethod
    def of(cls, bank: Bank) -> Way:
        return cls(bank.policies.channels[0], bank.policies.media[0])

    @classmethod
    def chosen(cls, bank: Bank, answers: Mapping[str, str]) -> Way:
        """What the person has chosen so far."""
        first = cls.of(bank)
        return cls(Channel(answers.get("channel", first.channel)), Medium(answers.get("medium", first.medium)))


def step_seconds(plan: Plan, step: Step, way: Way | None = None) -> tuple[float, float]:
    """What the step takes a practised and what it takes a first-time person (seconds, waits included)."""
    effort = step_effort(plan, step, way)
    return effort.human() + effort.waits, effort.human(FIRST_TIME) + effort.waits


def journey_effort(plan: Plan, way: Way | None = None, *, pointing: bool = False) -> Effort:
    """The whole journey of a person for whom nothing is out of the ordinary."""
    steps = [step for step in plan.steps if plan.condition(step) is None and not step.rare]
    return sum((step_effort(plan, step, way, pointing=pointing) for step in steps), Effort())


def step_effort(plan: Plan, step: Step, way: Way | None = None, *, pointing: bool = False) -> Effort:
    """One page by keyboard alone or, with `pointing`, by mouse until the first page that is typed on.

    From there the hands stay on the keyboard, since Enter goes on everywhere.
    """
    way = way or Way.of(plan.bank)
    total = Effort()
    for stage in step.stages:
        total += _stage(plan, step, stage, way)
        if not (stage.auto or _is_silent(stage, plan, way)):
            total += _going_on(plan, step, stage, pointing=pointing)
    return total


def _stage(plan: Plan, step: Step, stage: Stage, way: Way) -> Effort:
    """What the fields of a stage cost, and the wait for its call."""
    asked = [name for name in stage.asks if _is_asked(name, stage, plan, way)]
    total = Effort(waits=_waits(plan, stage, way))
    fresh = [name for name in asked if not _is_given(plan, step, name)]
    if len(fresh) < len(asked):
        total += Effort(thinks=1)  # one glance at what is there already
    for name in fresh:
        total += _field(plan, step, name)
    if stage.effect in {Effect.ISSUE, Effect.CHANGE}:
        total += Effort(thinks=2)  # the rows, and what it leads to
    elif stage.effect is Effect.CONFIRM_CODE and not asked:
        total += _phone(plan, step) + Effort(copied=_KEYED_DIGITS, keys=2)  # answer, digits, #
    elif stage.effect is Effect.COMPLETE_HAND_OFF:
        total += _phone(plan, step) + Effort(look_ups=1, keys=2)  # aim at the square, open, confirm
    elif not stage.asks and not stage.auto:
        total += Effort(thinks=1)  # read the page
    return total


def _phone(plan: Plan, step: Step) -> Effort:
    """Fetched once, looked at from then on."""
    return Effort(phones=1) if step.id == _first_on_phone(plan) else Effort(look_ups=1)


def _field(plan: Plan, step: Step, name: str) -> Effort:
    """One field to be filled; Tab or the last digit leads to the next."""
    if name not in SOURCES:
        return Effort(keys=0 if name in _PRESELECTED else 1, thinks=1)
    source, count = SOURCES[name], _length(plan, name)
    if source is Source.PHONE:
        return _phone(plan, step) + Effort(copied=count)
    if source is Source.PAPER:
        return Effort(copied=count, look_ups=1)
    return Effort(keys=count + (source is Source.KNOWN), thinks=_THOUGHTS[source])


def _going_on(plan: Plan, step: Step, stage: Stage, *, pointing: bool) -> Effort:
    """Enter; or a click on the button, and one on the agreement, while the hand is at the mouse."""
    typed = _first_typed(plan)
    here = next(n for n, candidate in enumerate(plan.steps) if candidate.id == step.id)
    if not pointing or here > typed:
        return Effort(keys=1)
    if here == typed:
        return Effort(keys=1, homes=1)
    choices = sum(FIELDS[name].entry in {Entry.AGREEMENTS, Entry.CHOICE} for name in stage.asks)
    # The Space that agrees is not pressed as well.
    return Effort(keys=-choices, points=1 + choices)


def _first_typed(plan: Plan) -> int:
    def is_typed(step: Step) -> bool:
        return any(name in SOURCES for name in _names(step))

    return next((n for n, step in enumerate(plan.steps) if is_typed(step)), len(plan.steps))


def _names(step: Step) -> Iterator[str]:
    return (name for stage in step.stages if not stage.auto for name in stage.asks)


#: Asked of who limits devices, shows a driving licence, or has a token.
_SELDOM = frozenset({"devices", "document_number", "token_pin"})
#: Choices that stand on what most people take.
_PRESELECTED = frozenset({"channel", "medium", "usage", "limit", "document", "place"})


def _is_asked(name: str, stage: Stage, plan: Plan, way: Way) -> bool:
    """Left out: what a stage that runs by itself holds already, other media, and what few people are asked."""
    if stage.auto or name in _SELDOM:
        return False
    by_card, serial = way.medium == Medium.CARD, plan.bank.policies.card_serial_digits > 0
    asked = {
        "card_serial": by_card and serial,
        "card_first": by_card,
        "card_second": by_card,
        "otp": way.medium == Medium.OTP,
        "code": not _is_keyed(plan, way),
    }
    return asked.get(name, True)


def _is_keyed(plan: Plan, way: Way) -> bool:
    """The call takes the digits that the screen shows; nothing is typed here."""
    return way.channel == Channel.ARS and plan.bank.policies.ars == "keyed"


def _is_silent(stage: Stage, plan: Plan, way: Way) -> bool:
    """A stage that asks nothing most people have to answer, or that the phone completes."""
    if stage.effect is Effect.CONFIRM_CODE:
        return _is_keyed(plan, way)
    if stage.effect is Effect.COMPLETE_HAND_OFF:
        return True
    return bool(stage.asks) and not any(_is_asked(name, stage, plan, way) for name in stage.asks)


def _is_given(plan: Plan, step: Step, name: str) -> bool:
    """Prefilled: asked on an earlier page, or told by the resident number."""
    if FIELDS[name].secret:
        return False
    before = plan.steps[: next(n for n, candidate in enumerate(plan.steps) if candidate.id == step.id)]
    earlier = {asked for other in before if plan.condition(other) is None for asked in _names(other)}
    return name in earlier or (name == "birth_date" and "rrn" in earlier)


def _first_on_phone(plan: Plan) -> str | None:
    """The step for which the phone is fetched; afterwards it lies at hand."""
    on_phone = (s for s in plan.steps if any(SOURCES.get(n) is Source.PHONE for n in _names(s)) or s.id == "handoff")
    return next((s.id for s in on_phone), None)


def _length(plan: Plan, name: str) -> int:
    """Characters to be typed."""
    policies = plan.bank.policies
    told = {
        "code": policies.code_digits,
        "card_serial": policies.card_serial_digits,
        "otp": policies.otp_digits,
        "cloud_code": policies.cloud_code_digits,
        "pin": policies.pin_digits,
        "pin_again": policies.pin_digits,
        "current_pin": policies.pin_digits,
        "account": _ACCOUNT_DIGITS,
    }
    return told.get(name) or _KEYS.get(name) or FIELDS[name].lengths[1]


def _waits(plan: Plan, stage: Stage, way: Way) -> float:
    """The call as it usually takes, and what has to arrive."""
    if stage.effect is None:
        return 0.0
    wait = LIMITS[stage.effect].usual
    match stage.effect:
        case Effect.SEND_CODE:
            return wait + _DELIVERY[way.channel]
        case Effect.CONFIRM_CODE if way.channel == Channel.ARS:
            return wait + _CALL_SPEAKS
        case Effect.OPEN_CLOUD:
            return wait + _DELIVERY[Channel.SMS]
        case Effect.COMPLETE_HAND_OFF:
            return wait + _ON_THE_PHONE
        case _:
            return wait
