"""Judges what a page gave: digits made plain, secrets moved into the session, every field checked."""

from __future__ import annotations

from datetime import date
from types import MappingProxyType

from desktop.secret import Secret
from desktop.wizard.flow.fields import FIELDS, Context, Field, normalise
from desktop.wizard.flow.journey import Journey, Judged
from desktop.wizard.flow.session import Session
from desktop.wizard.flow.view import Given, Problem


def judge(journey: Journey, session: Session, given: Given, *, today: date) -> Journey:
    """Takes the current stage's fields out of `given`; everything else in it is wiped and ignored.

    A secret that cannot be read as digits is wiped at once, since it has to be typed again anyway.
    """
    asks = [FIELDS[name] for name in journey.stage.asks if not journey.settled]
    asks = [asked for asked in asks if asked.applies(journey.facts, {**journey.answers, **given.plain})]
    unreadable: dict[str, str] = {}
    plain: dict[str, str] = {}
    for asked in asks:
        typed = _typed(asked, given)
        if typed is None:
            continue
        clean, code = normalise(asked, typed.view())
        typed.wipe()
        if code is not None:
            unreadable[asked.id] = code
        if not asked.secret:
            plain[asked.id] = clean.decode() if code is None else given.plain[asked.id]
        elif code is None:
            session.put(asked.id, Secret(clean))
        _wipe(clean)
    for secret in given.secrets.values():
        secret.wipe()
    return _checked(journey, session, plain, unreadable, today)


def _checked(
    journey: Journey, session: Session, plain: dict[str, str], unreadable: dict[str, str], today: date
) -> Journey:
    answers = {**journey.answers, **plain}
    context = Context(today, journey.facts, answers, session.views(), journey.plan.required_terms)
    problems: dict[str, Problem] = {}
    warnings: dict[str, Problem] = {}
    masks: dict[str, str] = {}
    for asked in (FIELDS[name] for name in journey.stage.asks if not journey.settled):
        if not asked.applies(journey.facts, answers):
            continue
        value = context.secrets.get(asked.id) if asked.secret else memoryview(answers.get(asked.id, "").encode())
        problem, warning = asked.judge(value if value is not None else memoryview(b""), context)
        problem = unreadable.get(asked.id, problem)
        if problem:
            problems[asked.id] = Problem(problem, asked.id)
        if warning:
            warnings[asked.id] = Problem(warning, asked.id)
        if asked.secret and value is not None and not problem:
            masks[asked.id] = asked.mask(value)
    faulty = [name for name in problems if FIELDS[name].secret]
    for view in context.secrets.values():
        view.release()
    session.drop(faulty)
    return journey.answered(
        Judged(plain, MappingProxyType(problems), MappingProxyType(warnings), MappingProxyType(masks), session.held)
    )


def _typed(asked: Field, given: Given) -> Secret | None:
    """What was typed; None where nothing came. A secret left empty keeps the one held; a plain field is emptied."""
    if asked.secret:
        secret = given.secrets.get(asked.id)
        return secret if secret is not None and len(secret) > 0 else None
    text = given.plain.get(asked.id)
    return None if text is None else Secret.of(text)


def _wipe(buffer: bytearray) -> None:
    for i in range(len(buffer)):
        buffer[i] = 0
