"""How each effect becomes calls of the services: what it sends, how long it may take, and what it gives."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import assert_never

from desktop.secret import Secret
from desktop.services.api import (
    AcceptTerms,
    AnswerMedium,
    ChallengeMedium,
    Change,
    Changed,
    Channel,
    ConfirmCloud,
    ConfirmCode,
    Document,
    Holdings,
    Issue,
    Issued,
    JourneyOpened,
    Kind,
    Medium,
    OpenCloud,
    OpenJourney,
    Reason,
    SendCode,
    ServiceError,
    Services,
    VerifyAccount,
    VerifyDocument,
    VerifyIdentity,
    Wallet,
)
from desktop.wizard.flow.confirm import confirm
from desktop.wizard.flow.journey import Journey
from desktop.wizard.flow.keeping import enrol, prove_at_hand, prove_password
from desktop.wizard.flow.prove import prove
from desktop.wizard.flow.session import Session
from desktop.wizard.flow.steps import Effect


@dataclass(frozen=True, slots=True)
class Limit:
    """`usual`: what it mostly takes, for the progress shown. `most`: then it counts as timed out. Seconds."""

    usual: float
    most: float


LIMITS: dict[Effect, Limit] = {
    Effect.OPEN_JOURNEY: Limit(0.3, 10),
    Effect.RESUME_JOURNEY: Limit(0.5, 10),
    Effect.ACCEPT_TERMS: Limit(0.3, 10),
    Effect.VERIFY_IDENTITY: Limit(1, 15),
    Effect.SEND_CODE: Limit(2, 30),
    Effect.CONFIRM_CODE: Limit(0.5, 15),
    Effect.CHALLENGE_MEDIUM: Limit(0.5, 15),
    Effect.ANSWER_MEDIUM: Limit(0.5, 15),
    Effect.OPEN_CLOUD: Limit(2, 30),
    Effect.CONFIRM_CLOUD: Limit(0.5, 15),
    Effect.VERIFY_DOCUMENT: Limit(1, 15),
    Effect.VERIFY_ACCOUNT: Limit(1, 15),
    Effect.VERIFY_PASSWORD: Limit(1, 15),
    Effect.LIST_HOLDINGS: Limit(0.5, 15),
    Effect.LIST_DEVICES: Limit(0.5, 15),
    Effect.LIST_PLACES: Limit(0.3, 15),
    Effect.HAND_OFF: Limit(0.5, 15),
    Effect.COMPLETE_HAND_OFF: Limit(0.5, 15),
    Effect.ISSUE: Limit(3, 60),
    Effect.CHANGE: Limit(1, 30),
    Effect.PROVE: Limit(1, 30),
    Effect.CONFIRM: Limit(0.5, 30),
}


async def perform(
    effect: Effect,
    journey: Journey,
    services: Services,
    wallet: Wallet,
    session: Session,
    *,
    key: str,
    resume: str,
    device: str,
) -> object:
    """Runs one effect and returns its fact. Raises ServiceError.

    `resume` is the interrupted journey's id, or empty; `device` is the one that this program runs on.
    """
    stage = journey.stage
    lent = session.lend((*stage.asks, *stage.uses))
    try:
        return await _call(effect, journey, services, wallet, lent, key=key, resume=resume, device=device)
    finally:
        for secret in lent.values():
            secret.wipe()


async def _call(  # noqa: PLR0911, PLR0912 — one return an effect reads best in one match
    effect: Effect,
    journey: Journey,
    services: Services,
    wallet: Wallet,
    lent: dict[str, Secret],
    *,
    key: str,
    resume: str,
    device: str,
) -> object:
    opened = journey.facts.get(JourneyOpened)
    here = opened.journey if opened else ""
    data, answers = journey.plan.data, journey.answers
    match effect:
        case Effect.OPEN_JOURNEY:
            opening = OpenJourney(journey.plan.bank.id, data.kind, data.task, device)
            return await services.open_journey(opening, key=key)
        case Effect.RESUME_JOURNEY:
            return await services.journey_status(resume)
        case Effect.ACCEPT_TERMS:
            return await services.accept_terms(here, _terms(journey), key=key)
        case Effect.VERIFY_IDENTITY:
            plain = {name: Secret.of(answers[name]) for name in journey.stage.asks if name in answers}
            return await services.verify_identity(here, VerifyIdentity({**lent, **plain}), key=key)
        case Effect.SEND_CODE:
            return await services.send_code(here, SendCode(Channel(answers["channel"])), key=key)
        case Effect.CONFIRM_CODE:
            return await services.confirm_code(here, ConfirmCode(lent["code"]), key=key)
        case Effect.CHALLENGE_MEDIUM:
            return await services.challenge_medium(here, ChallengeMedium(Medium(answers["medium"])), key=key)
        case Effect.ANSWER_MEDIUM:
            return await services.answer_medium(here, _medium_answer(lent), key=key)
        case Effect.OPEN_CLOUD:
            request = OpenCloud(answers["name"], answers["phone"], answers["birth_date"])
            return await services.open_cloud(here, request, key=key)
        case Effect.CONFIRM_CLOUD:
            return await services.confirm_cloud(here, ConfirmCloud(lent["cloud_code"]), key=key)
        case Effect.VERIFY_DOCUMENT:
            document = VerifyDocument(Document(answers["document"]), lent["document_date"], lent.get("document_number"))
            return await services.verify_document(here, document, key=key)
        case Effect.VERIFY_ACCOUNT:
            account = VerifyAccount(lent["account"], lent["account_password"], answers["email"], answers["phone"])
            return await services.verify_account(here, account, key=key)
        case Effect.VERIFY_PASSWORD:
            return await prove_password(journey, services, wallet, lent["current_password"], key=key)
        case Effect.LIST_HOLDINGS:
            return _usable(await services.holdings(here), journey)
        case Effect.LIST_DEVICES:
            return await services.devices(here, answers["certificate"])
        case Effect.LIST_PLACES:
            return await wallet.places()
        case Effect.HAND_OFF:
            return await services.hand_off(here, key=key)
        case Effect.COMPLETE_HAND_OFF:
            delivered = await services.await_reply(here, wait=0)
            if not isinstance(delivered, Issued):
                raise ServiceError(Reason.HANDOFF_WAITING)
            return delivered
        case Effect.ISSUE if data.kind is Kind.JOINT:
            return await enrol(journey, services, wallet, lent, key=key)
        case Effect.ISSUE:
            return await services.issue(here, _issue(journey, lent), key=key)
        case Effect.CHANGE:
            return await services.change(here, _change(journey, lent), key=key)
        case Effect.CONFIRM:
            changed = journey.facts.get(Changed)
            assert changed is not None, "the plan puts the confirmation after the change"
            return await confirm(services, changed)
        case Effect.PROVE:
            issued = journey.facts.get(Issued)
            assert issued is not None, "the plan puts the proof after the issue"
            if data.kind is Kind.JOINT:
                return await prove_at_hand(wallet, issued, lent)
            return await prove(services, here, issued, lent["pin"])
    assert_never(effect)


def _terms(journey: Journey) -> AcceptTerms:
    accepted = set(journey.answers["terms"].split())
    return AcceptTerms(tuple((term.id, term.version) for term in journey.plan.bank.terms if term.id in accepted))


def _usable(holdings: Holdings, journey: Journey) -> Holdings:
    """Raises NO_CERTIFICATE where a task needs one and there is none that it can be done to."""
    needs_one = any("certificate" in stage.asks for stage in journey.step.stages)
    known = replace(journey, facts=journey.facts.plus(holdings, 0.0))
    if needs_one and not known.choices("certificate"):
        raise ServiceError(Reason.NO_CERTIFICATE)
    return holdings


def _issue(journey: Journey, lent: dict[str, Secret]) -> Issue:
    answers = journey.answers
    return Issue(
        pin=lent.get("pin"),
        usage=answers.get("usage", ""),
        credential_id=answers.get("certificate", ""),
        replace_elsewhere=answers.get("existing") == "new",
    )


def _change(journey: Journey, lent: dict[str, Secret]) -> Change:
    answers = journey.answers
    chosen = tuple(answers.get("devices", "").split()) if answers.get("limit") == "chosen" else None
    return Change(answers["certificate"], lent.get("current_pin"), lent.get("pin"), chosen)


def _medium_answer(lent: dict[str, Secret]) -> AnswerMedium:
    return AnswerMedium(
        serial=lent.get("card_serial"),
        first=lent.get("card_first"),
        second=lent.get("card_second"),
        otp=lent.get("otp"),
    )
