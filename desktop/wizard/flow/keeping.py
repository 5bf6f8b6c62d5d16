"""What a journey does on the person's own side: fetch and keep a certificate, try it, prove an old one's password."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from desktop.secret import Secret
from desktop.services.api import (
    Enrol,
    Holdings,
    Issued,
    JourneyOpened,
    PasswordVerified,
    Reason,
    ServiceError,
    Services,
    VerifyPassword,
    Wallet,
    password_statement,
)
from desktop.wizard.flow.journey import Journey
from desktop.wizard.flow.prove import new_statement, verify
from desktop.wizard.flow.steps import Proof

#: Of these the place that was chosen is at fault, and another one may do.
_OF_THE_PLACE = frozenset(
    {
        Reason.MEDIUM_GONE,
        Reason.MEDIUM_FULL,
        Reason.MEDIUM_READ_ONLY,
        Reason.MEDIUM_FAILED,
        Reason.TOKEN_GONE,
        Reason.TOKEN_FAILED,
        Reason.TOKEN_LOCKED,
    }
)


async def enrol(journey: Journey, services: Services, wallet: Wallet, lent: dict[str, Secret], *, key: str) -> Issued:
    """Leave from the bank, then key and certificate at the place chosen. Asked again it finds out what became of it.

    Raises ServiceError: what the bank or the CA said, or MEDIUM_… and TOKEN_… with the field `place`.
    """
    here, answers = _opened(journey), journey.answers
    request = Enrol(
        usage=answers.get("usage", ""),
        credential_id=answers.get("certificate", ""),
        replace_elsewhere=answers.get("existing") == "new",
    )
    enrolment = await services.enrol(here, request, key=key)
    issued = await services.issued(here)
    if issued is not None:  # by a call whose answer was lost
        return issued
    secret = lent.get("token_pin") or lent["password"]
    try:
        place = await wallet.enrol(answers["place"], enrolment, secret, services.pkix)
    except ServiceError as error:
        raise _at(error, "token_pin" if error.reason is Reason.WRONG_TOKEN_PIN else _place_at_fault(error)) from error
    issued = await services.issued(here)
    if issued is None:
        raise ServiceError(Reason.ENROLMENT_BROKEN)
    return replace(issued, kept_at=place)


async def prove_at_hand(wallet: Wallet, issued: Issued, lent: dict[str, Secret]) -> Proof:
    """The new certificate, read from where it is kept now, signs a fresh document.

    Raises ServiceError: PROOF_FAILED, CERTIFICATE_NOT_HERE, WRONG_PASSWORD, WRONG_TOKEN_PIN, FILE_….
    """
    field = "token_pin" if "token_pin" in lent else "password"
    document, now = new_statement(issued)
    try:
        signed = await wallet.sign(issued.serial, lent[field], document)
    except ServiceError as error:
        wrong = error.reason in {Reason.WRONG_PASSWORD, Reason.WRONG_TOKEN_PIN}
        raise _at(error, field if wrong else None) from error
    if signed.certificate != issued.certificate:
        raise ServiceError(Reason.PROOF_FAILED, detail="not_registered")
    await asyncio.to_thread(verify, issued, document, signed.signature)
    return Proof(document, signed.signature, now)


async def prove_password(
    journey: Journey, services: Services, wallet: Wallet, password: Secret, *, key: str
) -> PasswordVerified:
    """The old certificate signs with the password given; the password itself goes nowhere.

    Raises ServiceError: CERTIFICATE_NOT_HERE, WRONG_PASSWORD, FILE_…, or what the bank said.
    """
    here, holdings = _opened(journey), journey.facts.get(Holdings)
    assert holdings is not None, "the plan lists what the person has first"
    wanted = journey.answers.get("certificate")
    held = next((h for h in (*holdings.certificates, *holdings.elsewhere) if h.credential_id == wanted), None)
    assert held is not None, "the plan lets a certificate be chosen first"
    try:
        signed = await wallet.sign(held.serial, password, password_statement(here))
    except ServiceError as error:
        raise _at(error, "current_password" if error.reason is Reason.WRONG_PASSWORD else None) from error
    request = VerifyPassword(signed.certificate, signed.signature)
    return await services.verify_password(here, request, key=key)


def _opened(journey: Journey) -> str:
    opened = journey.facts.get(JourneyOpened)
    assert opened is not None, "a journey is opened on its first page"
    return opened.journey


def _place_at_fault(error: ServiceError) -> str | None:
    return "place" if error.reason in _OF_THE_PLACE else error.field


def _at(error: ServiceError, field: str | None) -> ServiceError:
    """The same, at the field where it can be mended."""
    return ServiceError(
        error.reason,
        field=field,
        tries_left=error.tries_left,
        retry_after=error.retry_after,
        detail=error.detail,
        where=error.where,
    )
